"""A sender that is killed at any point loses nothing, and repeats only what was under way."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from between import Between, Where
from homeroom import Worker
from owing import Owing
from sink import Arrival, Sink, opened
from waiting import eventually

from app.database import Address

pytestmark = pytest.mark.process

LANES, EACH = 8, 6
DELIVERED_WITHIN = 60.0
CLAIM = r"UPDATE lanes SET .*fence"
SETTLE = r"INSERT INTO attempts"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with opened() as sink:
        yield sink


@pytest.fixture
def between(database: Address) -> Iterator[Between]:
    with Between(database.dsn).running() as between:
        yield between


@pytest.fixture
def worker(between: Between, tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(tmp_path / "data", {"HOMEROOM_DATABASE_URL": between.dsn})
    yield worker
    if worker.runs():
        worker.end()


@pytest.fixture
def owing(database: Address, sink: Sink) -> Owing:
    return Owing(database, sink.url)


def killed_and_mended(
    worker: Worker, owing: Owing, sink: Sink, reached: Callable[[], object]
) -> tuple[set[str], set[str]]:
    """Kill it when that is reached and start it again; what had come and was not settled, what came again."""
    owing.owe(LANES, EACH)
    worker.start()
    eventually(reached, "it is where it is to be killed", DELIVERED_WITHIN)
    worker.end()
    came = {arrival.number for arrival in sink.arrivals}
    open_ones = {number for number, state in owing.states().items() if state == "pending"}
    sink.holds = lambda _: False
    sink.release.set()
    worker.start()
    eventually(
        lambda: set(owing.states().values()) == {"delivered"}, "everything is delivered", DELIVERED_WITHIN
    )
    assert owing.texts_of(sink.first_arrivals("lane")) == owing.told
    return came & open_ones, set(sink.repeated())


@pytest.mark.parametrize(
    ("pattern", "where"),
    [
        pytest.param(CLAIM, "commit", id="before its claim is committed"),
        pytest.param(CLAIM, "committed", id="after its claim"),
        pytest.param(SETTLE, "statement", id="after the answer and before it is settled"),
        pytest.param(SETTLE, "commit", id="before the settling is committed"),
        pytest.param(SETTLE, "committed", id="before it hears that the settling is committed"),
    ],
)
def test_a_sender_is_killed_at_its_database(
    worker: Worker, between: Between, owing: Owing, sink: Sink, pattern: str, where: Where
) -> None:
    stop = between.stop_at(pattern, where, after=5)
    under_way, repeated = killed_and_mended(worker, owing, sink, stop.reached.is_set)
    assert repeated <= under_way
    assert len(under_way) <= LANES


def test_a_sender_is_killed_while_its_receivers_think(worker: Worker, owing: Owing, sink: Sink) -> None:
    def third_of_its_lane(arrival: Arrival) -> bool:
        return arrival.said["text"].endswith(": 3")

    sink.holds = third_of_its_lane
    under_way, repeated = killed_and_mended(worker, owing, sink, sink.held.is_set)
    assert repeated == under_way
    assert 1 <= len(under_way) <= LANES
