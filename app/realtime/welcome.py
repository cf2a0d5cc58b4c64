"""The first thing a socket hears: the whole room as it stands."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

from app.domain import joint
from app.domain.activities import group_queries, state
from app.domain.activities import people as gathering
from app.domain.activities import queries as chat
from app.domain.classrooms.tables import Classroom, Lesson
from app.domain.drive import queries as drive
from app.domain.drive.links import FOR_ROOMS, content_path
from app.domain.drive.tables import File as FileRow
from app.domain.overview import Overview, overview
from app.domain.participants.queries import Held, must_be_open
from app.domain.presence import queries as presence
from app.domain.properties import queries as properties
from app.domain.resources import queries as resources
from app.domain.tenants.tables import Tenant
from app.kit.work import Work
from app.realtime.protocol import (
    Board,
    ChatMessage,
    File,
    Group,
    Joint,
    May,
    Person,
    Poll,
    Properties,
    Question,
    Quiz,
    Resource,
    Room,
    Stroke,
    Welcome,
    You,
)
from app.rules.permissions import LEADERS, Deed, may
from app.rules.seats import SeatRole

NO_STAGE = gathering.Stage([], [])
NO_BOARD = Board(page=1, strokes=[])


async def welcomes(work: Work, tenant_id: str, classroom_id: str, seats: Sequence[Held]) -> list[Welcome]:
    """The room for each of these seats. Refused where the door closed since the sockets came.

    What is the same for all of them is asked once, and what there is none of not at all.
    """
    # The number is read before the rest: what happens after it is heard again, never missed.
    seen = await overview(work, tenant_id, classroom_id)
    must_be_open(seen.classroom)
    lesson_id = seen.lesson.lesson_id if seen.lesson else None
    ids = [held.seat.participant_id for held in seats]
    link_of = _linking(work, seats[0].tenant)
    room = {
        **await _room(work, seen),
        **await _lesson(work, seen, link_of),
        "seq": seen.seq,
        "now": work.now,
        "people": [Person(**asdict(one)) for one in await presence.people(work, tenant_id, classroom_id)],
    }
    lines = await chat.recent(work, tenant_id, classroom_id, lesson_id, ids)
    asked = await _asking(work, seen, ids)
    told: dict[int, ChatMessage] = {}
    return [
        Welcome(
            **room,
            **await _own(work, seen, held, link_of),
            **asked(held.seat.participant_id),
            chat=[
                told.get(id(line)) or told.setdefault(id(line), _said(line))
                for line in lines[held.seat.participant_id]
            ],
        )
        for held in seats
    ]


def _said(line: chat.Line) -> ChatMessage:
    return ChatMessage(**{name: getattr(line, name) for name in ChatMessage.model_fields})


Linking = Callable[[FileRow], File]


def _linking(work: Work, tenant: Tenant) -> Linking:
    """From a file to what the room hears of it, with a link that holds for some hours."""

    def link_of(file: FileRow) -> File:
        url = content_path(tenant.tenant_id, file.file_id, tenant.signing_secret, work.now + FOR_ROOMS)
        return File(file_id=file.file_id, title=file.title, content_type=file.content_type, url=url)

    return link_of


async def _room(work: Work, seen: Overview) -> dict[str, Any]:
    """What stands in the room, lesson or not, by the welcome's names."""
    classroom, lesson, there = seen.classroom, seen.lesson, seen.there
    here = (work, classroom.tenant_id, classroom.classroom_id)
    stage = await gathering.stage(*here) if "stage" in there else NO_STAGE
    groups = await group_queries.groups(*here) if "groups" in there else []
    links = await resources.of_classroom(*here) if "resources" in there else []
    trees = await properties.standing(*here) if "properties" in there else []
    return {
        "room": Room(
            title=classroom.title,
            state=classroom.state,
            starts_at=classroom.starts_at,
            lesson_id=lesson.lesson_id if lesson else None,
            started_at=lesson.started_at if lesson else None,
            duration_minutes=classroom.duration_minutes,
            muted=bool(classroom.controls.get("muted")),
            stage_places=classroom.controls.get("stage_places"),
            joint=await _joint(work, classroom, lesson) if classroom.joint else None,
            recorded=classroom.recorded,
            recording=seen.take.state.value if seen.take else None,
        ),
        "stage": stage.on_stage,
        "invited": stage.invited,
        "groups": [Group.model_validate(one) for one in groups],
        "resources": [Resource.model_validate(one) for one in links],
        "properties": [Properties.model_validate(one) for one in trees],
    }


async def _joint(work: Work, classroom: Classroom, lesson: Lesson | None) -> Joint:
    if lesson is None:
        return Joint(ready=await joint.ready(work, classroom), seconds=0)
    return Joint(
        ready=[],
        seconds=lesson.counted_seconds,
        running_since=lesson.stretch_at if lesson.interrupted_at is None else None,
        interrupted_at=lesson.interrupted_at,
    )


async def _lesson(work: Work, seen: Overview, link_of: Linking) -> dict[str, Any]:
    """What stands in a live class for everybody, by the welcome's names."""
    lesson, there = seen.lesson, seen.there
    found: dict[str, Any] = {"hands": [], "questions": [], "board": NO_BOARD, "shared": []}
    if lesson is None:
        return found
    if "hands" in there:
        found["hands"] = await state.hands(work, lesson)
    if "questions" in there:
        found["questions"] = [
            Question.model_validate(one) for one in await state.open_questions(work, lesson)
        ]
    if "board" in there:
        board = await state.board(work, lesson)
        found["board"] = Board(page=board.page, strokes=[Stroke(**stroke) for stroke in board.strokes])
    if "shared" in there:
        found["shared"] = [link_of(file) for file in await state.shared_files(work, lesson)]
    return found


async def _own(work: Work, seen: Overview, held: Held, link_of: Linking) -> dict[str, Any]:
    """What only this person is told, by the welcome's names."""
    classroom, role = seen.classroom, SeatRole(held.seat.role)
    return {
        "you": You(
            participant_id=held.seat.participant_id,
            name=held.user.name,
            role=role.value,
            link=held.seat.link,
        ),
        "may": May(
            draw=may(role, Deed.DRAW, write=bool(classroom.controls.get("write"))),
            moderate=role in LEADERS,
        ),
        "files": await _files(work, held, link_of),
    }


async def _files(work: Work, held: Held, link_of: Linking) -> list[File] | None:
    """What the person may share, where the role is one that shares."""
    if not may(SeatRole(held.seat.role), Deed.SHARE_FILE):
        return None
    found = await drive.usable(work, held.seat.tenant_id, held.seat.classroom_id, held.user.user_id)
    return [link_of(file) for file in found]


Asked = Callable[[str], dict[str, Any]]
"""The quiz and the poll that run, with what a participant chose, by the welcome's names."""


async def _asking(work: Work, seen: Overview, ids: Sequence[str]) -> Asked:
    """What each of these people is asked."""
    tenant_id, lesson = seen.classroom.tenant_id, seen.lesson
    quiz = await state.running_quiz(work, lesson, ids[0]) if lesson and "quiz" in seen.there else None
    poll = await state.running_poll(work, lesson, ids[0]) if lesson and "poll" in seen.there else None
    in_quiz = await state.quiz_choices(work, tenant_id, quiz.quiz_id, ids) if quiz else {}
    in_poll = await state.poll_choices(work, tenant_id, poll.poll_id, ids) if poll else {}

    def asked(participant_id: str) -> dict[str, Any]:
        return {
            "quiz": Quiz.model_validate(replace(quiz, mine=in_quiz.get(participant_id))) if quiz else None,
            "poll": Poll.model_validate(replace(poll, mine=in_poll.get(participant_id))) if poll else None,
        }

    return asked
