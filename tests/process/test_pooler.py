"""Homeroom behind PgBouncer, where there is one: it serves and works, or says that it cannot."""

from pathlib import Path

import pytest
from databases import first_column
from homeroom import Homeroom
from pooling import PROGRAM, SPLITS_SESSIONS, pooled
from waiting import eventually

from app.database import Address

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(PROGRAM is None, reason="there is no PgBouncer here"),
]


def test_it_serves_and_works_behind_a_pooler_of_sessions(database: Address, tmp_path: Path) -> None:
    with pooled(database, "session") as address:
        homeroom = Homeroom(tmp_path / "data", settings={"HOMEROOM_DATABASE_URL": address.dsn})
        try:
            homeroom.start()
            # The sign that it lives needs settings that poolers refuse at the start of a session.
            eventually(lambda: first_column(database, "SELECT number FROM senders"), "it shows that it lives")
        finally:
            homeroom.clean_up()
    assert "cannot show that it lives" not in homeroom.log.read_text("utf-8")


@pytest.mark.skipif(not SPLITS_SESSIONS, reason="this PgBouncer keeps prepared statements apart")
def test_it_does_not_start_behind_one_that_splits_sessions(database: Address, tmp_path: Path) -> None:
    with pooled(database, "transaction") as address:
        homeroom = Homeroom(tmp_path / "data", settings={"HOMEROOM_DATABASE_URL": address.dsn})
        try:
            homeroom.launch()
            assert homeroom.process is not None
            assert homeroom.process.wait(30) == 1
        finally:
            homeroom.clean_up()
    said = homeroom.log.read_text("utf-8")
    assert "use PgBouncer 1.21 or newer" in said
    assert "Traceback" not in said
