"""A server to be killed."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from databases import fastest_folder
from homeroom import Homeroom


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """In memory where there is room: each of these servers makes a database, written as safely as ever."""
    with TemporaryDirectory(prefix="homeroom-process-", dir=fastest_folder()) as folder:
        yield Path(folder)


@pytest.fixture
def homeroom(tmp_path: Path) -> Iterator[Homeroom]:
    homeroom = Homeroom(tmp_path / "data")
    try:
        homeroom.start()
        yield homeroom
    finally:
        homeroom.clean_up()
