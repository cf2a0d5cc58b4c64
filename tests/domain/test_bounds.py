"""Everything that a room carries to everybody has a bound, with a clear refusal."""

from typing import get_args, get_origin

import pytest
from lessons import Held, held
from school import School
from sqlalchemy import text

from app.domain import activities, drive, participants
from app.domain.activities import questions, sharing
from app.domain.drive import FileDraft
from app.domain.participants.service import MOST_SEATS
from app.domain.properties.service import MOST_PARTS, MOST_PEOPLE
from app.domain.resources.service import MOST as MOST_LINKS
from app.domain.tenants.tables import Tenant
from app.kit.allowance import Allowance
from app.kit.work import Works
from app.realtime.entrances import Entrances, Guest
from app.realtime.protocol import Welcome
from app.rules.ballots import MOST_OPTIONS
from app.rules.board import OF_LESSON, OF_PAGE, OF_PERSON, Fill, must_take
from app.rules.groups import MOST_GROUPS
from app.rules.refusals import BoardFull, GuestsFull, QuestionsFull, RateLimited, SharesFull

STROKE = {"page": 1, "color": "#00ff00", "width": 3, "points": [(0, 0), (10_000, 10_000)]}

BOUNDS = {
    "people": MOST_SEATS,
    "hands": MOST_SEATS,
    "stage": MOST_SEATS,
    "invited": MOST_SEATS,
    "chat": 200,
    "groups": MOST_GROUPS,
    "questions": questions.MOST_OPEN,
    "board": OF_LESSON.points,
    "quiz": MOST_OPTIONS,
    "poll": MOST_OPTIONS,
    "shared": sharing.MOST_SHARED,
    "files": 100,
    "resources": MOST_LINKS,
    "properties": MOST_PARTS + MOST_PEOPLE + 1,
}
"""Of each part of the welcome that grows, how many things there are at most."""
SINGLE = {"type", "v", "seq", "now", "you", "room", "may"}


def test_everything_in_a_welcome_has_a_bound() -> None:
    assert set(BOUNDS) | SINGLE == set(Welcome.model_fields)
    assert all(0 < bound <= 300_000 for bound in BOUNDS.values())
    for name in SINGLE:
        kinds = get_args(Welcome.model_fields[name].annotation) or (Welcome.model_fields[name].annotation,)
        assert not any(get_origin(kind) is list for kind in kinds)


@pytest.mark.parametrize(
    ("page", "person", "lesson", "full"),
    [
        (Fill(0, 0), Fill(0, 0), Fill(0, 0), None),
        (Fill(OF_PAGE.strokes - 1, 0), Fill(0, 0), Fill(0, 0), None),
        (OF_PAGE, Fill(0, 0), OF_PAGE, "page"),
        (Fill(0, OF_PAGE.points - 1), Fill(0, 0), Fill(0, 0), "page"),
        (Fill(0, 0), OF_PERSON, OF_PERSON, "person"),
        (Fill(0, 0), None, OF_PERSON, None),
        (Fill(0, 0), None, OF_LESSON, "lesson"),
        (OF_PAGE, OF_PERSON, OF_LESSON, "lesson"),
    ],
)
def test_a_board_is_full_by_page_person_or_lesson(
    page: Fill, person: Fill | None, lesson: Fill, full: str | None
) -> None:
    if full is None:
        must_take(2, page=page, person=person, lesson=lesson)
        return
    with pytest.raises(BoardFull) as refused:
        must_take(2, page=page, person=person, lesson=lesson)
    assert refused.value.where == full


async def drawn(live: Held, who: tuple[str, str, str], page: int, fill: Fill) -> None:
    """As if so much had been drawn."""
    async with live.works.begin() as work:
        await work.db.execute(
            text(
                "INSERT INTO board_fills (tenant_id, lesson_id, page, participant_id, strokes, points)"
                " VALUES (:tenant, :lesson, :page, :who, :strokes, :points)"
            ),
            {
                "tenant": live.tenant_id,
                "lesson": live.lesson.lesson_id,
                "page": page,
                "who": who[2],
                "strokes": fill.strokes,
                "points": fill.points,
            },
        )


async def test_a_full_page_takes_no_line_until_it_is_cleared(works: Works, tenant: Tenant) -> None:
    live = await held(works, tenant, write=True)
    await drawn(live, live.students[0], 1, Fill(OF_PAGE.strokes - 1, 10))
    await live.do(activities.draw, live.host, **STROKE)
    for who in (live.host, live.students[1]):
        with pytest.raises(BoardFull):
            await live.do(activities.draw, who, **STROKE)
    await live.do(activities.draw, live.host, **STROKE | {"page": 2})
    await live.do(activities.clear_board, live.host, page=1)
    await live.do(activities.draw, live.students[1], **STROKE)


async def test_one_person_does_not_fill_the_board_for_all(works: Works, tenant: Tenant) -> None:
    live = await held(works, tenant, write=True)
    for page in (1, 2):
        await drawn(live, live.students[0], page, Fill(OF_PERSON.strokes // 2, 10))
    with pytest.raises(BoardFull) as refused:
        await live.do(activities.draw, live.students[0], **STROKE)
    assert refused.value.where == "person"
    await live.do(activities.draw, live.students[1], **STROKE)
    await live.do(activities.draw, live.host, **STROKE)


async def test_lines_that_were_drawn_are_counted(works: Works, tenant: Tenant) -> None:
    live = await held(works, tenant)
    await live.do(activities.draw, live.host, **STROKE)
    await live.do(activities.draw, live.host, **STROKE | {"points": [(0, 0)] * 5})
    async with live.works.begin() as work:
        found = await work.db.execute(
            text("SELECT strokes, points FROM board_fills WHERE tenant_id = :tenant"),
            {"tenant": live.tenant_id},
        )
        assert [tuple(row) for row in found] == [(2, 7)]


async def test_ten_questions_of_one_person_wait_and_two_hundred_in_all(works: Works, tenant: Tenant) -> None:
    live = await held(works, tenant)
    first, second = live.students
    asked = [
        (await live.do(activities.ask, first, text=f"Why {number}?")).question_id
        for number in range(questions.MOST_OPEN_OF_ONE)
    ]
    with pytest.raises(QuestionsFull) as refused:
        await live.do(activities.ask, first, text="And why?")
    assert refused.value.own
    await live.do(activities.ask, second, text="Why not?")
    await live.do(activities.close_question, first, question_id=asked[0])
    await live.do(activities.ask, first, text="And why?")
    async with live.works.begin() as work:
        await work.db.execute(
            text(
                "INSERT INTO questions"
                " (tenant_id, question_id, lesson_id, participant_id, text, asked_at, seq)"
                " SELECT tenant_id, question_id || n, lesson_id, :who, text, asked_at, seq"
                " FROM questions, generate_series(1, :many) n"
                " WHERE tenant_id = :tenant AND question_id = :one"
            ),
            {"tenant": live.tenant_id, "one": asked[0], "many": 200, "who": live.host[2]},
        )
    with pytest.raises(QuestionsFull) as refused:
        await live.do(activities.ask, second, text="Still?")
    assert not refused.value.own


async def test_no_more_guests_come_by_a_common_link_than_there_are_seats(school: School) -> None:
    classroom = await school.classroom()
    door = await school.door(await school.common_link(classroom))
    async with school.begin() as work:
        await work.db.execute(
            text(
                "INSERT INTO users SELECT (jsonb_populate_record(u, jsonb_build_object('user_id', 'u' || n,"
                " 'email', ''))).* FROM users u, generate_series(1, :many) n WHERE tenant_id = :tenant"
                " AND user_id = :owner"
            ),
            {"tenant": school.tenant_id, "many": MOST_SEATS - 2, "owner": classroom.owner_id},
        )
        await work.db.execute(
            text(
                "INSERT INTO participants SELECT (jsonb_populate_record(p, jsonb_build_object("
                "'participant_id', 'p' || n, 'user_id', 'u' || n, 'link', 'l' || n))).* FROM participants p,"
                " generate_series(1, :many) n WHERE tenant_id = :tenant AND classroom_id = :classroom"
            ),
            {"tenant": school.tenant_id, "many": MOST_SEATS - 2, "classroom": classroom.classroom_id},
        )
    async with school.begin() as work:
        assert len(await participants.enter_as_guests(work, door, ["Ada"])) == 1
    async with school.begin() as work:
        with pytest.raises(GuestsFull):
            await participants.enter_as_guests(work, door, ["Bob"])


async def test_a_hundred_files_are_before_a_class_at_once(works: Works, tenant: Tenant) -> None:
    live = await held(works, tenant)
    async with live.works.begin() as work:
        files = []
        for _ in range(sharing.MOST_SHARED + 1):
            upload = await drive.expect(work, live.tenant_id)
            draft = FileDraft("Sheet", "application/pdf", 3, None, public=True)
            files.append((await drive.add(work, live.tenant_id, upload, draft)).file_id)
    for file_id in files[:-1]:
        await live.do(activities.share, live.host, file_id=file_id)
    with pytest.raises(SharesFull):
        await live.do(activities.share, live.host, file_id=files[-1])
    await live.do(activities.unshare, live.host, file_id=files[0])
    await live.do(activities.share, live.host, file_id=files[-1])


async def test_guests_of_one_address_are_counted_by_the_minute(school: School) -> None:
    classroom = await school.classroom()
    link = await school.common_link(classroom)
    entrances = Entrances(school.works, Allowance(2))
    for name in ("Ada", "Bob"):
        await entrances.seat(school.tenant_id, link, Guest(name, "192.0.2.1"))
    with pytest.raises(RateLimited):
        await entrances.seat(school.tenant_id, link, Guest("Eve", "192.0.2.1"))
    await entrances.seat(school.tenant_id, link, Guest("Dan", "192.0.2.2"))
    # Who has a seat is no guest, and comes as often as the line breaks.
    (own,) = await school.enrol(classroom, await school.user("Grace"))
    for _ in range(5):
        await entrances.seat(school.tenant_id, own, Guest("", "192.0.2.1"))
