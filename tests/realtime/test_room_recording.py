"""Everybody in a room is told that it is recorded: who is there, and who comes later."""

from typing import Any

import pytest
from beside import beside
from make import MadeClass, merithub_class
from tabs import joined

from app.bootstrap import TENANT
from app.database import Address
from app.domain import classrooms, recordings
from app.domain.classrooms.plan import Recording
from app.rules.takes import TakePlan


async def begin(database: Address, made: MadeClass, plan: TakePlan) -> None:
    async with beside(database) as work:
        await recordings.start_take(work, TENANT, made.class_id, plan, length=None)


async def hold(database: Address, made: MadeClass, *, held: bool) -> None:
    async with beside(database) as work:
        await recordings.configure_take(work, TENANT, made.class_id, {"held": held}, length=None)


async def stop(database: Address, made: MadeClass) -> None:
    async with beside(database) as work:
        await recordings.stop_take(work, TENANT, made.class_id)


async def state_told_to_a_newcomer(server: Any, made: MadeClass) -> Any:
    async with joined(server, made.student_links[0], "late") as late:
        return late.welcome["room"].get("recording")


async def test_a_recording_is_told_from_its_start_to_its_end(server: Any, database: Address) -> None:
    made = merithub_class(server, students=1)
    async with joined(server, made.host_link) as teacher:
        assert "recording" not in teacher.welcome["room"]
        await begin(database, made, TakePlan())
        assert (await teacher.heard("recording"))["state"] == "running"
        assert await state_told_to_a_newcomer(server, made) == "running"
        await hold(database, made, held=True)
        assert (await teacher.heard("recording"))["state"] == "held"
        assert await state_told_to_a_newcomer(server, made) == "held"
        await hold(database, made, held=False)
        assert (await teacher.heard("recording"))["state"] == "running"
        await stop(database, made)
        assert (await teacher.heard("recording"))["state"] == "over"
        assert await state_told_to_a_newcomer(server, made) is None


async def test_one_that_begins_held_is_told_as_paused(server: Any, database: Address) -> None:
    made = merithub_class(server, students=1)
    async with joined(server, made.host_link) as teacher:
        await begin(database, made, TakePlan(held=True))
        assert (await teacher.heard("recording"))["state"] == "held"


@pytest.mark.parametrize(("recording", "told"), [({"record": True}, True), ({}, False)])
async def test_a_class_whose_lessons_are_recorded_says_so(
    server: Any, recording: dict[str, bool], told: object
) -> None:
    made = merithub_class(server, students=1, recording=recording)
    async with joined(server, made.student_links[0]) as student:
        assert student.welcome["room"]["recorded"] is told


async def test_people_in_the_room_are_told_when_its_lessons_begin_to_be_recorded(
    server: Any, database: Address
) -> None:
    made = merithub_class(server, students=1)
    async with joined(server, made.student_links[0]) as student:
        async with beside(database) as work:
            changes = {"recording": Recording(record=True)}
            await classrooms.edit(work, TENANT, made.class_id, changes)
        assert (await student.heard("edited"))["recorded"] is True
