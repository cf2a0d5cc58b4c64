"""A tenant of any size in seconds: a class that waits, one that was held and a room are copied."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import String, Table, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.bootstrap import TENANT
from app.domain import (
    activities,
    alarms,
    attendance,
    classrooms,
    outbox,
    participants,
    presence,
    properties,
    rooms,
    users,
)
from app.domain.activities.actor import SERVER
from app.domain.classrooms.plan import ClassroomPlan
from app.domain.metadata import metadata
from app.domain.outbox import Outcome
from app.domain.outbox.claiming import Room
from app.domain.outbox.tables import Delivery, Lane
from app.domain.participants import queries as seats
from app.domain.properties.service import Place
from app.domain.rooms.service import Booking
from app.domain.users import UserDraft
from app.kit.work import Works
from app.rules.booking import Form
from app.rules.lifecycle import State
from app.rules.presence import LeaveReason
from app.rules.properties import Scope
from app.rules.seats import SeatRole

NUMBERED: Final = 7
"""So many characters at the beginning of an id are the number of the copy."""
STUDENTS: Final = 4
SENTENCES: Final = 80
"""With what else happens they make ten events a class on average."""
EVERY: Final = 10
"""Of so many classes one was held, one is a room, and the others wait."""
HELD, ROOM, WAITING = f"n % {EVERY} = 0", f"n % {EVERY} = 1", f"n % {EVERY} > 1"
ROOM_NAME, SOMEBODY = "model00-room", "model00-person"
SPECIAL: Final = {"feed_entries": {"poll_id": "'model00-of-long-ago'"}}
KEYS: Final = frozenset({"link", "subject", "lane_key", "email", "external_id", "reference"})
SHARED: Final = frozenset({"tenant_id", "subscription_id"})


@dataclass(frozen=True)
class Model:
    """The ids of what was copied."""

    user_id: str
    waiting_id: str
    held_id: str
    room_id: str
    person_id: str
    lesson_id: str
    host_link: str
    common_link: str

    def copy(self, original: str, number: int) -> str:
        """The id that the copy of this number has."""
        return f"{number * 10:0{NUMBERED}}{original[NUMBERED:]}"


async def model(works: Works) -> Model:
    """A teacher with a class to come and a class that was held, its pings delivered."""
    async with works.begin() as work:
        draft = UserDraft("Teacher", email="model00@bench.example", external_id="model00-bench")
        user = (await users.add(work, TENANT, draft)).user_id
        ids = []
        for title in ("To come", "Held"):
            plan = ClassroomPlan(title, work.now + timedelta(days=300), "Europe/Berlin")
            ids.append((await classrooms.schedule(work, TENANT, user, plan)).classroom_id)
        waiting, held = ids
        link = await participants.host_link(work, TENANT, waiting)
        await participants.host_link(work, TENANT, held)
        seat = (await seats.seat_of(work, TENANT, held, user)).participant_id
        common = (await seats.common_links(work, TENANT, waiting)).popitem()[1]
    lesson = await _hold(works, held, seat)
    return Model(user, waiting, held, *await _reserve(works), lesson, link, common)


async def _reserve(works: Works) -> tuple[str, str]:
    """A room that is live, with somebody in it, and properties that were changed some times."""
    async with works.begin() as work:
        room = await rooms.reserve(work, TENANT, ROOM_NAME, Booking("Room", Form.SMALL))
        somebody = UserDraft("Somebody", external_id=SOMEBODY)
        seat = await rooms.check_in(work, room, somebody, SeatRole.HOST, observer=False)
        await rooms.set_state(work, TENANT, room.classroom_id, State.LIVE)
    for number in range(5):
        async with works.begin() as work:
            place, values = Place(Scope.ROOM), {"page": number}
            await properties.put(
                work, TENANT, room.classroom_id, SERVER, place=place, values=values, cause={}
            )
    return room.classroom_id, seat.user_id


async def _hold(works: Works, classroom_id: str, seat: str) -> str:
    """A lesson of an hour with chat, settled."""
    begins = works.clock.now()
    async with works.begin(at=begins) as work:
        visit = await presence.open_visit(
            work, TENANT, classroom_id, seat, tab="tab", ip="192.0.2.1", user_agent="Firefox"
        )
        lesson = await classrooms.start(work, TENANT, classroom_id)
        for number in range(SENTENCES):
            await activities.say(work, TENANT, classroom_id, seat, f"Sentence {number}")
    async with works.begin(at=begins + timedelta(hours=1)) as work:
        await presence.close_visit(work, TENANT, visit.visit_id, reason=LeaveReason.LEFT, at=work.now)
        await classrooms.end(work, TENANT, classroom_id, by=seat)
        await attendance.settle(work, TENANT, lesson.lesson_id)
        await alarms.cancel(work, TENANT, "settle", lesson.lesson_id)
    async with works.begin() as work:
        for one in await outbox.claim(work, Room.for_all(10)):
            await outbox.settle(work, one, Outcome(200, 1))
        # The rest was taken too.
        idle = {"done_seq": Lane.last_seq, "due_at": None, "leased_until": None}
        await work.db.execute(update(Lane).where(Lane.tenant_id == TENANT).values(idle))
        taken = {"state": "delivered", "settled_at": work.now}
        await work.db.execute(update(Delivery).where(Delivery.tenant_id == TENANT).values(taken))
    return lesson.lesson_id


async def fill(connection: AsyncConnection, made: Model, size: int) -> None:
    """So many teachers with a class each, a tenth of the classes held, four students in every class."""
    # What is copied refers to what is copied with it: asked row by row that would take most of the time.
    await connection.execute(text("SET session_replication_role = replica"))
    for user_id, which in ((made.user_id, "true"), (made.person_id, ROOM)):
        await _copy(connection, metadata.tables["users"], f"user_id = '{user_id}'", which, size)
    for classroom_id, which in ((made.waiting_id, WAITING), (made.held_id, HELD), (made.room_id, ROOM)):
        for table in metadata.sorted_tables:
            if (rows := _rows_of(table, classroom_id)) is not None:
                await _copy(connection, table, rows, which, size, SPECIAL.get(table.name))
        if classroom_id == made.room_id:
            continue
        seat = metadata.tables["participants"]
        for student in range(1, STUDENTS + 1):
            await _copy(
                connection,
                seat,
                f"classroom_id = '{classroom_id}'",
                which,
                size,
                {
                    "participant_id": _numbered("participant_id", f"n * 10 + {student}"),
                    "link": _numbered("link", f"n * 10 + {student}"),
                    "user_id": _numbered("user_id", f"((n + {student}) % {size}) * 10"),
                    "role": "'participant'",
                },
            )


def _rows_of(table: Table, classroom_id: str) -> str | None:
    """Which rows of a table belong to a classroom; None where none do."""
    for name in ("classroom_id", "lane_key"):
        if name in table.c:
            return f"{name} = '{classroom_id}'"
    if table.name == "attempts":
        deliveries = f"SELECT delivery_id FROM deliveries WHERE classroom_id = '{classroom_id}'"  # noqa: S608
        return f"delivery_id IN ({deliveries})"
    return None


async def _copy(  # noqa: PLR0913 - each is a part of the statement
    connection: AsyncConnection,
    table: Table,
    rows: str,
    which: str,
    size: int,
    special: dict[str, str] | None = None,
) -> None:
    values = {}
    if table.name == "users":
        values = {name: f"{name} || to_char(n, ' FM000000')" for name in ("name", "name_key")}
    for column in table.columns:
        key = column.name.endswith("_id") or column.name in KEYS
        if key and isinstance(column.type, String) and column.name not in SHARED:
            values[column.name] = _numbered(column.name, "n * 10")
    values |= special or {}
    names = ", ".join(column.name for column in table.columns)
    chosen = ", ".join(values.get(column.name, column.name) for column in table.columns)
    # Numbers in the ids tell models from copies: the model's own rows are the only random ones.
    await connection.execute(
        text(
            f"INSERT INTO {table.name} ({names}) SELECT {chosen} FROM "  # noqa: S608 - our own names
            f"(SELECT * FROM {table.name} WHERE tenant_id = '{TENANT}' AND {rows}) model, "
            f"generate_series(0, {size - 1}) n WHERE {which}"
        )
    )


def _numbered(column: str, number: str) -> str:
    digits = f"to_char({number}, 'FM{'0' * NUMBERED}')"
    return f"CASE WHEN {column} = '' THEN '' ELSE {digits} || substr({column}, {NUMBERED + 1}) END"
