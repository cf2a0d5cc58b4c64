"""The vendor's own examples: what its programs send is taken, what they expect is answered."""

from datetime import UTC, datetime
from typing import Any

import pytest
from agora_program import Program, golden, same_shape

from app.kit.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    """The day before the class of the example."""
    return ManualClock(datetime(2022, 6, 16, 8, tzinfo=UTC))


async def shown(program: Program, method: str, path: str, body: Any = None, *, polling: bool = False) -> Any:
    """The whole answer of a call that succeeds."""
    answer = await program.call(method, path, body, polling=polling)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


async def test_create_a_classroom(program: Program) -> None:
    made = await shown(program, "POST", "v2/rooms/test_class", golden("create_a_classroom.request"))
    same_shape(made, golden("create_a_classroom.response"))
    kept = await program.done("GET", "v2/rooms/test_class")
    assert kept["roomProperties"] == golden("create_a_classroom.request")["roomProperties"]


async def test_set_the_classroom_state(program: Program) -> None:
    await program.room("test_class")
    said = await shown(program, "PUT", "v2/rooms/test_class/states/1")
    same_shape(said, golden("set_the_classroom_state.response"))
    [(cmd, data)] = await program.events("test_class", cmd=1)
    assert cmd == 1
    same_shape(data, golden("room_state.event"))


async def test_query_a_specific_user(program: Program) -> None:
    await program.done("PUT", "v3/rooms/test_class/users/jasoncai1", {"userName": "jasoncai", "role": 1})
    said = await shown(program, "GET", "v2/rooms/test_class/users/jasoncai1", polling=True)
    same_shape(said, golden("query_a_specific_user.response"))


async def test_query_a_specified_event(program: Program) -> None:
    await program.room("test_class")
    await program.done("PUT", "v2/rooms/test_class/states/1")
    said = await shown(program, "GET", "v2/rooms/test_class/sequences?null&cmd=1")
    said["data"]["list"][0]["data"] = {}
    same_shape(said, golden("query_a_specified_event.response"))


async def test_get_classroom_events(program: Program) -> None:
    await program.room("test_class")
    await program.done("PUT", "v2/rooms/test_class/states/1")
    said = await shown(program, "GET", "v2/rooms/sequences", polling=True)
    said["data"][0]["data"] = {}
    same_shape(said, golden("get_classroom_events.response"))
