"""A sender that is killed holds nobody up: what it had under way goes on long before its leases run out."""

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from databases import first_column
from homeroom import Worker
from owing import Owing
from sink import Sink, opened
from waiting import eventually

from app.database import Address
from app.domain.outbox.claiming import LEASE
from app.domain.outbox.senders import LOCK

pytestmark = pytest.mark.process

LANES, EACH = 16, 60
GOES_ON_WITHIN = LEASE.total_seconds() / 2
DELIVERED_WITHIN = 60.0


@pytest.fixture
def sink() -> Iterator[Sink]:
    with opened() as sink:
        yield sink


@pytest.fixture
def workers(database: Address, tmp_path: Path) -> Iterator[list[Worker]]:
    settings = {"HOMEROOM_DATABASE_URL": database.dsn}
    workers = [Worker(tmp_path / f"data {number}", settings) for number in range(2)]
    yield workers
    for worker in workers:
        if worker.runs():
            worker.end()


@pytest.fixture
def owing(database: Address, sink: Sink) -> Owing:
    return Owing(database, sink.url)


def senders(database: Address) -> set[int]:
    return set(first_column(database, "SELECT number FROM senders"))


def all_delivered(owing: Owing) -> None:
    eventually(
        lambda: set(owing.states().values()) == {"delivered"}, "everything is delivered", DELIVERED_WITHIN
    )


def test_the_classes_of_a_killed_sender_go_on_with_another(
    database: Address, workers: list[Worker], owing: Owing, sink: Sink
) -> None:
    sink.thinks = 0.02
    for worker in workers:
        worker.start()
    eventually(lambda: len(senders(database)) == 2, "both senders stand")
    owing.owe(LANES, EACH)
    leased = "SELECT DISTINCT leased_by FROM lanes WHERE leased_until IS NOT NULL"
    eventually(lambda: len(first_column(database, leased)) == 2, "both send")
    workers[0].end()
    killed = time.monotonic()
    came = {arrival.number for arrival in tuple(sink.arrivals)}
    under_way = len(came) - list(owing.states().values()).count("delivered")
    all_delivered(owing)
    for lane, mine in sink.first_arrivals("lane").items():
        times = [killed, *(one.at for one in mine if one.at > killed)]
        longest = max((after - before for before, after in pairwise(times)), default=0.0)
        assert longest < GOES_ON_WITHIN, lane
    assert owing.texts_of(sink.first_arrivals("lane")) == owing.told
    repeated = sink.repeated()
    assert repeated.keys() <= came
    assert len(repeated) <= max(under_way, 0) + LANES
    assert set(repeated.values()) <= {2}


def test_the_only_sender_goes_on_as_soon_as_it_is_back(
    database: Address, workers: list[Worker], owing: Owing, sink: Sink
) -> None:
    sink.holds = lambda arrival: arrival.said["text"].endswith(": 3")
    owing.owe(1, 5)
    workers[0].start()
    eventually(sink.held.is_set, "a request is under way")
    former = senders(database)
    workers[0].end()
    sink.holds = lambda _: False
    workers[0].start()
    eventually(lambda: senders(database) - former, "it stands again")
    stands = time.monotonic()
    eventually(lambda: len(sink.arrivals) > 4, "it goes on")
    assert sink.arrivals[4].at < stands + GOES_ON_WITHIN
    assert list(sink.repeated().values()) == [2]
    sink.release.set()
    all_delivered(owing)


def test_a_sender_that_loses_its_session_breaks_off_and_goes_on_under_another_number(
    database: Address, workers: list[Worker], owing: Owing, sink: Sink
) -> None:
    sink.holds = lambda arrival: arrival.said["text"].endswith(": 3")
    owing.owe(1, 5)
    workers[0].start()
    eventually(sink.held.is_set, "a request is under way")
    [former] = senders(database)
    sink.holds = lambda _: False
    first_column(database, f"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE classid = {LOCK}")  # noqa: S608
    eventually(lambda: len(sink.arrivals) > 4, "it goes on", 10)
    assert list(sink.repeated().values()) == [2]
    eventually(lambda: former not in senders(database), "the former number is forgotten")
    all_delivered(owing)
    assert owing.texts_of(sink.first_arrivals("lane")) == owing.told
