"""A database or a program that falls silent holds up the other no longer than its patience lasts."""

import contextlib
from collections.abc import AsyncIterator, Iterator

import pytest
from between import Between
from sqlalchemy import text

from app.database import Address
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.lines import open_engine
from app.kit.prepared import Prepared
from app.kit.unreachable import is_unreachable
from app.kit.work import Work, Works

SIZE, PATIENCE = 3, 0.5
ONE = Prepared(text("SELECT 1"), into=int)


@contextlib.asynccontextmanager
async def patient(url: str, dsn: str, clock: ManualClock, seconds: float) -> AsyncIterator[Works]:
    engine = open_engine(url, dsn, size=SIZE, patience=seconds)
    yield Works(engine, clock)
    await engine.dispose()


@pytest.fixture
def between(database: Address) -> Iterator[Between]:
    with Between(database.dsn).running() as between:
        yield between


def school(work: Work) -> Tenant:
    return Tenant(
        tenant_id="one",
        name="School",
        test=False,
        development=False,
        allow_private=False,
        signing_secret="secret",
        settings={},
        created_at=work.now,
    )


async def add(work: Work) -> None:
    work.db.add(school(work))
    await work.db.flush()


@pytest.mark.parametrize("way", ["in a transaction", "without", "with a session"])
async def test_a_silent_database_is_away_and_back_when_it_speaks_again(
    between: Between, database: Address, clock: ManualClock, way: str
) -> None:
    async def look(works: Works) -> int | None:
        async with works.each() if way == "without" else works.begin() as work:
            if way == "with a session":
                return await work.db.scalar(text("SELECT 1"))
            return await ONE.one(work)

    async with patient(database.url, between.dsn, clock, PATIENCE) as works:
        async with works.begin(), works.begin(), works.begin():
            pass
        between.forget()
        with pytest.raises(Exception) as caught:  # noqa: PT011 - what matters is what it counts as
            await look(works)
        assert is_unreachable(caught.value)
        between.remember()
        # Those that waited meanwhile are asked, found silent, and replaced.
        for _ in range(SIZE):
            assert await look(works) == 1


async def test_what_a_silent_program_holds_is_let_go(database: Address, clock: ManualClock) -> None:
    async with (
        patient(database.url, database.dsn, clock, PATIENCE) as silent,
        patient(database.url, database.dsn, clock, 20) as other,
    ):

        async def fall_silent() -> None:
            async with silent.begin() as work:
                await add(work)
                # It waits for the same key until the database has ended the first.
                async with other.begin() as waiting:
                    await add(waiting)

        with pytest.raises(Exception) as caught:  # noqa: PT011 - the same
            await fall_silent()
        assert is_unreachable(caught.value)
        async with other.begin() as work:
            assert await work.db.get(Tenant, "one") is not None
