"""A server to be killed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from homeroom import Homeroom


@pytest.fixture
def homeroom(tmp_path: Path) -> Iterator[Homeroom]:
    homeroom = Homeroom(tmp_path / "data")
    try:
        homeroom.start()
        yield homeroom
    finally:
        homeroom.clean_up()
