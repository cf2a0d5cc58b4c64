"""The first thing a socket hears: the whole room as it stands."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from app.domain import joint
from app.domain.activities import group_queries, state
from app.domain.activities import people as gathering
from app.domain.activities import queries as chat
from app.domain.classrooms import queries as classrooms
from app.domain.classrooms.tables import Classroom, Lesson
from app.domain.drive import queries as drive
from app.domain.drive.links import FOR_ROOMS, content_path
from app.domain.drive.tables import File as FileRow
from app.domain.events import queries as ledger
from app.domain.participants import queries as participants
from app.domain.participants.queries import Door
from app.domain.presence import queries as presence
from app.domain.properties import queries as properties
from app.domain.recordings import take_queries as takes
from app.domain.resources import queries as resources
from app.domain.tenants import queries as tenants
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

NOTHING: dict[str, Any] = {"hands": [], "questions": [], "board": Board(page=1, strokes=[]), "shared": []}


async def welcome_of(
    work: Work, tenant_id: str, classroom_id: str, participant_id: str, link: str
) -> Welcome:
    """The room for a participant. Refused where the door closed or the seat went since the socket came."""
    # The number is read before the rest: what happens after it is heard again, never missed.
    seq = await ledger.last_seq(work, tenant_id, classroom_id)
    door = await participants.door(work, tenant_id, link)
    lesson = await classrooms.open_lesson(work, tenant_id, classroom_id)
    people = await presence.people(work, tenant_id, classroom_id)
    lesson_id = lesson.lesson_id if lesson else None
    lines = await chat.recent(work, tenant_id, classroom_id, lesson_id, participant_id)
    take = await takes.running(work, tenant_id, classroom_id)
    stage = await gathering.stage(work, tenant_id, classroom_id)
    groups = await group_queries.groups(work, tenant_id, classroom_id)
    link_of = _linking(work, await tenants.by_id(work, tenant_id))
    standing = await _standing(work, lesson, participant_id, link_of) if lesson else NOTHING
    return Welcome(
        **standing,
        seq=seq,
        now=work.now,
        you=You(
            participant_id=participant_id,
            name=door.user.name if door.user else "",
            role=door.role.value,
            link=link,
        ),
        room=Room(
            title=door.classroom.title,
            state=door.classroom.state,
            starts_at=door.classroom.starts_at,
            lesson_id=lesson_id,
            started_at=lesson.started_at if lesson else None,
            duration_minutes=door.classroom.duration_minutes,
            muted=bool(door.classroom.controls.get("muted")),
            stage_places=door.classroom.controls.get("stage_places"),
            joint=await _joint(work, door.classroom, lesson) if door.classroom.joint else None,
            recorded=door.classroom.recorded,
            recording=take.state.value if take else None,
        ),
        may=May(
            draw=may(door.role, Deed.DRAW, write=bool(door.classroom.controls.get("write"))),
            moderate=door.role in LEADERS,
        ),
        stage=stage.on_stage,
        invited=stage.invited,
        groups=[Group.model_validate(one) for one in groups],
        files=await _files(work, door, link_of),
        resources=[
            Resource.model_validate(one)
            for one in await resources.of_classroom(work, tenant_id, classroom_id)
        ],
        properties=[
            Properties.model_validate(one) for one in await properties.standing(work, tenant_id, classroom_id)
        ],
        people=[Person(**asdict(person)) for person in people],
        chat=[
            ChatMessage(**{name: getattr(line, name) for name in ChatMessage.model_fields}) for line in lines
        ],
    )


Linking = Callable[[FileRow], File]


def _linking(work: Work, tenant: Tenant) -> Linking:
    """From a file to what the room hears of it, with a link that holds for some hours."""

    def link_of(file: FileRow) -> File:
        url = content_path(tenant.tenant_id, file.file_id, tenant.signing_secret, work.now + FOR_ROOMS)
        return File(file_id=file.file_id, title=file.title, content_type=file.content_type, url=url)

    return link_of


async def _files(work: Work, door: Door, link_of: Linking) -> list[File] | None:
    """What the person may share, where the role is one that shares."""
    if door.user is None or not may(door.role, Deed.SHARE_FILE):
        return None
    classroom = door.classroom
    found = await drive.usable(work, classroom.tenant_id, classroom.classroom_id, door.user.user_id)
    return [link_of(file) for file in found]


async def _joint(work: Work, classroom: Classroom, lesson: Lesson | None) -> Joint:
    if lesson is None:
        return Joint(ready=await joint.ready(work, classroom), seconds=0)
    return Joint(
        ready=[],
        seconds=lesson.counted_seconds,
        running_since=lesson.stretch_at if lesson.interrupted_at is None else None,
        interrupted_at=lesson.interrupted_at,
    )


async def _standing(work: Work, lesson: Lesson, participant_id: str, link_of: Linking) -> dict[str, Any]:
    """What stands in a live class, by the welcome's names."""
    quiz = await state.running_quiz(work, lesson, participant_id)
    poll = await state.running_poll(work, lesson, participant_id)
    board = await state.board(work, lesson)
    return {
        "hands": await state.hands(work, lesson),
        "questions": [
            Question.model_validate(question) for question in await state.open_questions(work, lesson)
        ],
        "board": Board(page=board.page, strokes=[Stroke(**stroke) for stroke in board.strokes]),
        "shared": [link_of(file) for file in await state.shared_files(work, lesson)],
        "quiz": Quiz.model_validate(quiz) if quiz else None,
        "poll": Poll.model_validate(poll) if poll else None,
    }
