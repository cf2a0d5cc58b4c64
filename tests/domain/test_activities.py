"""What people do in a live class, on PostgreSQL."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from lessons import Held, held
from sqlalchemy import func, select

from app.domain import activities, classrooms, participants, presence
from app.domain.activities import state
from app.domain.activities.deeds import Deeds, deeds
from app.domain.activities.tables import Hand, Question, Quiz, QuizAnswer
from app.domain.attendance import queries as reports
from app.domain.attendance import settle
from app.domain.classrooms import queries as rooms
from app.domain.events import kinds, record
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.rules.presence import LeaveReason
from app.rules.refusals import (
    AlreadyAnswered,
    BadValue,
    LinkGone,
    NotAllowed,
    NotStarted,
    QuizOver,
    QuizRunning,
    UnknownThing,
)

STROKE = {"page": 1, "color": "#00ff00", "width": 3, "points": [(0, 0), (10_000, 10_000)]}
SUM = {"question": "2 + 2?", "options": ["3", "4", "5"], "correct": [1]}


@pytest.fixture
async def live(works: Works, tenant: Tenant) -> Held:
    return await held(works, tenant)


async def hands(live: Held) -> list[str]:
    async with live.works.begin() as work:
        return await state.hands(work, live.lesson)


async def open_questions(live: Held) -> list[str]:
    async with live.works.begin() as work:
        return [one.text for one in await state.open_questions(work, live.lesson)]


async def running(live: Held, for_whom: str) -> state.RunningQuiz | None:
    async with live.works.begin() as work:
        return await state.running_quiz(work, live.lesson, for_whom)


async def board(live: Held) -> tuple[int, list[int]]:
    """The page shown and the width of each stroke."""
    async with live.works.begin() as work:
        found = await state.board(work, live.lesson)
    return found.page, [stroke["width"] for stroke in found.strokes]


async def done(live: Held) -> dict[str, Deeds]:
    async with live.works.begin() as work:
        lesson = await rooms.lesson(work, live.tenant_id, live.lesson.lesson_id)
        assert lesson is not None
        return dict(await deeds(work, lesson))


async def test_hands_stand_in_the_order_of_raising(live: Held) -> None:
    first, second = live.students
    await live.do(activities.raise_hand, second)
    await live.do(activities.raise_hand, first)
    await live.do(activities.raise_hand, second)
    assert await hands(live) == [second[2], first[2]]
    await live.do(activities.lower_hand, second)
    await live.do(activities.lower_hand, second)
    assert await hands(live) == [first[2]]
    await live.do(activities.lower_hand, live.moderator, whose=first[2])
    assert await live.kinds() == ["HandRaised", "HandRaised", "HandLowered", "HandLowered"]
    lowered = (await live.events())[-1].data
    assert lowered == {"participant_id": first[2], "by": live.moderator[2], "payload": {}}


async def test_a_student_does_not_lower_anothers_hand(live: Held) -> None:
    first, second = live.students
    await live.do(activities.raise_hand, first)
    with pytest.raises(NotAllowed):
        await live.do(activities.lower_hand, second, whose=first[2])
    assert await hands(live) == [first[2]]


async def test_a_hand_raised_from_two_tabs_at_once_is_raised_once(live: Held) -> None:
    await asyncio.gather(*(live.do(activities.raise_hand, live.students[0]) for _ in range(10)))
    assert await live.kinds() == ["HandRaised"]


async def test_whoever_leaves_with_all_tabs_lets_the_hand_fall_and_the_question_stand(live: Held) -> None:
    student = live.students[0]
    one, two = await live.arrive(student, "one"), await live.arrive(student, "two")
    await live.do(activities.raise_hand, student)
    await live.do(activities.ask, student, text="Why?")

    async def close(visit_id: str) -> None:
        async with live.works.begin() as work:
            await presence.close_visit(work, live.tenant_id, visit_id, reason=LeaveReason.LEFT, at=work.now)

    await close(one)
    assert await hands(live) == [student[2]]
    await close(two)
    assert await hands(live) == []
    assert await open_questions(live) == ["Why?"]
    assert (await live.kinds())[-2:] == ["HandLowered", "VisitorLeft"]


async def test_a_reloaded_tab_keeps_its_hand_up(live: Held) -> None:
    await live.arrive(live.students[0])
    await live.do(activities.raise_hand, live.students[0])
    await live.arrive(live.students[0])
    assert await hands(live) == [live.students[0][2]]


async def test_a_removed_participant_has_no_hand_up_and_does_nothing_more(live: Held) -> None:
    student = live.students[0]
    await live.do(activities.raise_hand, student)
    async with live.works.begin() as work:
        await participants.remove_many(work, live.tenant_id, live.classroom_id, [live.user_ids[2]])
    assert await hands(live) == []
    with pytest.raises(LinkGone):
        await live.do(activities.react, student, reaction="👍")


async def test_a_seat_of_another_class_does_nothing_here(live: Held, tenant: Tenant) -> None:
    other = await held(live.works, tenant)
    stranger = (live.tenant_id, live.classroom_id, other.host[2])
    with pytest.raises(LinkGone):
        await live.do(activities.raise_hand, stranger)
    question = await live.do(activities.ask, live.host, text="Mine?")
    with pytest.raises(UnknownThing):
        await other.do(activities.close_question, other.host, question_id=question.question_id)


async def test_reactions_are_of_a_small_set(live: Held) -> None:
    for reaction in ("👍", "👏", "❤️", "😂", "😮", "🎉"):
        await live.do(activities.react, live.students[0], reaction=reaction)
    with pytest.raises(BadValue, match="reaction"):
        await live.do(activities.react, live.students[0], reaction="💩")
    assert [event.data["reaction"] for event in await live.events()] == ["👍", "👏", "❤️", "😂", "😮", "🎉"]


async def test_a_question_stands_until_its_asker_or_a_leader_closes_it(live: Held) -> None:
    first, second = live.students
    mine = (await live.do(activities.ask, first, text="  Mine? ")).question_id
    other = (await live.do(activities.ask, first, text="Another?")).question_id
    assert await open_questions(live) == ["Mine?", "Another?"]
    with pytest.raises(NotAllowed):
        await live.do(activities.close_question, second, question_id=mine)
    await live.do(activities.close_question, first, question_id=mine)
    await live.do(activities.close_question, live.host, question_id=other)
    await live.do(activities.close_question, live.host, question_id=other)
    assert await open_questions(live) == []
    assert (await live.kinds()).count("QuestionClosed") == 2


@pytest.mark.parametrize("text", ["", "   ", "q" * 501])
async def test_a_question_has_some_words_and_not_too_many(live: Held, text: str) -> None:
    with pytest.raises(BadValue, match="text"):
        await live.do(activities.ask, live.host, text=text)


async def test_the_board_shows_what_was_drawn_since_a_page_was_cleared(live: Held) -> None:
    for page, width in ((1, 1), (2, 2), (1, 3)):
        await live.do(activities.draw, live.host, **STROKE | {"page": page, "width": width})
    await live.do(activities.turn_page, live.moderator, page=2)
    await live.do(activities.clear_board, live.host, page=1)
    await live.do(activities.draw, live.host, **STROKE | {"width": 4})
    assert await board(live) == (2, [2, 4])


async def test_students_draw_where_the_class_lets_them(works: Works, tenant: Tenant) -> None:
    strict, free = await held(works, tenant), await held(works, tenant, write=True)
    with pytest.raises(NotAllowed):
        await strict.do(activities.draw, strict.students[0], **STROKE)
    await free.do(activities.draw, free.students[0], **STROKE)
    with pytest.raises(NotAllowed):
        await free.do(activities.clear_board, free.students[0], page=1)
    assert await board(strict) == (1, [])
    assert await board(free) == (1, [3])


async def test_a_quiz_is_answered_once_by_each_and_told_when_it_ends(live: Held) -> None:
    first, second = live.students
    quiz = (await live.do(activities.start_quiz, live.host, **SUM)).quiz_id
    await live.do(activities.answer_quiz, first, quiz_id=quiz, choices=[1])
    with pytest.raises(AlreadyAnswered):
        await live.do(activities.answer_quiz, first, quiz_id=quiz, choices=[0])
    await live.do(activities.answer_quiz, second, quiz_id=quiz, choices=[2, 0])
    with pytest.raises(NotAllowed):
        await live.do(activities.answer_quiz, live.host, quiz_id=quiz, choices=[1])
    assert await running(live, first[2]) == state.RunningQuiz(
        quiz, live.host[2], "2 + 2?", ["3", "4", "5"], changeable=False, answered=2, mine=[1]
    )
    with pytest.raises(NotAllowed):
        await live.do(activities.end_quiz, first, quiz_id=quiz)
    await live.do(activities.end_quiz, live.moderator, quiz_id=quiz)
    assert (await live.events("QuizEnded"))[0].data == {
        "quiz_id": quiz,
        "by": live.moderator[2],
        "correct": [1],
        "counts": [1, 1, 1],
        "answered": 2,
        "right": 1,
        "eligible": 2,
    }
    assert await running(live, first[2]) is None
    with pytest.raises(QuizOver):
        await live.do(activities.answer_quiz, live.moderator, quiz_id=quiz, choices=[1])


async def test_the_right_answers_stay_with_the_quiz_until_it_ends(live: Held) -> None:
    await live.do(activities.start_quiz, live.host, **SUM)
    [started] = await live.events("QuizStarted")
    assert "correct" not in started.data
    assert "[1]" not in str(started.data)


async def test_one_quiz_runs_at_a_time(live: Held) -> None:
    async def start(who: tuple[str, str, str]) -> bool:
        try:
            await live.do(activities.start_quiz, who, **SUM)
        except QuizRunning:
            return False
        return True

    started = await asyncio.gather(*(start(who) for who in (live.host, live.moderator) * 3))
    assert sorted(started) == [False] * 5 + [True]
    assert (await live.kinds()) == ["QuizStarted"]


async def test_an_answer_names_options_of_a_quiz_that_there_is(live: Held) -> None:
    quiz = (await live.do(activities.start_quiz, live.host, **SUM)).quiz_id
    for choices in ([], [3], [-1]):
        with pytest.raises(BadValue, match="choices"):
            await live.do(activities.answer_quiz, live.students[0], quiz_id=quiz, choices=choices)
    with pytest.raises(UnknownThing):
        await live.do(activities.answer_quiz, live.students[0], quiz_id="other", choices=[1])


async def test_a_hundred_answers_at_once_are_counted_exactly(works: Works, tenant: Tenant) -> None:
    live = await held(works, tenant, students=100)
    quiz = (await live.do(activities.start_quiz, live.host, **SUM)).quiz_id
    queue = asyncio.Semaphore(40)  # the embedded PostgreSQL takes no more than 100 connections

    async def answer(number: int) -> None:
        async with queue:
            who = live.students[number]
            await live.do(activities.answer_quiz, who, quiz_id=quiz, choices=[number % 3])

    await asyncio.gather(*(answer(number) for number in range(100)))
    await live.do(activities.end_quiz, live.host, quiz_id=quiz)
    told = [event.data["answered"] for event in await live.events("QuizAnswered")]
    assert told == list(range(1, 101))
    [ended] = await live.events("QuizEnded")
    assert (ended.data["counts"], ended.data["answered"]) == ([34, 33, 33], 100)
    counted = (await done(live)).values()
    assert sum(one.quiz_attempted for one in counted) == 100
    assert sum(one.quiz_correct for one in counted) == 33
    assert sum(one.quiz_wrong for one in counted) == 67


def every_deed(live: Held) -> list[Callable[[], Awaitable[Any]]]:
    host = live.host
    return [
        lambda: live.do(activities.raise_hand, host),
        lambda: live.do(activities.lower_hand, host),
        lambda: live.do(activities.react, host, reaction="👍"),
        lambda: live.do(activities.ask, host, text="Why?"),
        lambda: live.do(activities.close_question, host, question_id="q"),
        lambda: live.do(activities.draw, host, **STROKE),
        lambda: live.do(activities.clear_board, host, page=1),
        lambda: live.do(activities.turn_page, host, page=1),
        lambda: live.do(activities.start_quiz, host, **SUM),
        lambda: live.do(activities.answer_quiz, host, quiz_id="q", choices=[0]),
        lambda: live.do(activities.end_quiz, host, quiz_id="q"),
    ]


async def test_nothing_but_chat_is_done_in_a_class_that_is_not_live(live: Held) -> None:
    await live.end()
    before = await live.kinds()
    for deed in every_deed(live):
        with pytest.raises(NotStarted):
            await deed()
    assert await live.kinds() == before


async def test_the_next_lesson_begins_with_nothing(live: Held) -> None:
    student = live.students[0]
    await live.do(activities.raise_hand, student)
    question = (await live.do(activities.ask, student, text="Why?")).question_id
    await live.do(activities.draw, live.host, **STROKE)
    await live.do(activities.turn_page, live.host, page=2)
    quiz = (await live.do(activities.start_quiz, live.host, **SUM)).quiz_id
    await live.end()
    following = await live.again()
    assert await hands(following) == []
    assert await open_questions(following) == []
    assert await board(following) == (1, [])
    assert await running(following, student[2]) is None
    with pytest.raises(UnknownThing):
        await following.do(activities.answer_quiz, student, quiz_id=quiz, choices=[1])
    with pytest.raises(UnknownThing):
        await following.do(activities.close_question, student, question_id=question)
    await following.do(activities.start_quiz, live.host, **SUM)
    await following.do(activities.raise_hand, student)
    assert await hands(following) == [student[2]]


async def test_the_report_counts_what_each_did_in_the_lesson_and_nothing_of_the_next(
    live: Held, clock: ManualClock
) -> None:
    first, second = live.students
    for who in (live.host, first, second):
        await live.arrive(who)
    for _ in range(2):
        await live.do(activities.raise_hand, first)
        await live.do(activities.lower_hand, first)
    for _ in range(3):
        await live.do(activities.react, first, reaction="👍")
    await live.do(activities.ask, first, text="Why?")
    await live.do(activities.draw, live.host, **STROKE)
    for correct in ([1], [1], []):
        quiz = (await live.do(activities.start_quiz, live.host, **SUM | {"correct": correct})).quiz_id
        await live.do(activities.answer_quiz, first, quiz_id=quiz, choices=[1])
        await live.do(activities.answer_quiz, second, quiz_id=quiz, choices=[0])
        await live.do(activities.end_quiz, live.host, quiz_id=quiz)
    async with live.works.begin() as work:
        for file_id in ("a", "b", "a"):
            opened = kinds.ContentOpened(file_id, second[2])
            await record(work, live.tenant_id, live.classroom_id, opened)
    clock.advance(timedelta(seconds=20))
    await live.end()
    following = await live.again()
    await following.do(activities.raise_hand, second)
    async with live.works.begin() as work:
        await settle(work, live.tenant_id, live.lesson.lesson_id)
        [report] = await reports.of_classroom(work, live.tenant_id, live.classroom_id)
    names = ("hands", "reactions", "questions", "opened", "strokes")
    names += ("quiz_attempted", "quiz_correct", "quiz_wrong")
    rows = {row["user_id"]: [row[name] for name in names] for row in report["rows"]}
    assert rows == {
        live.user_ids[0]: [0, 0, 0, 0, 1, 0, 0, 0],
        live.user_ids[2]: [2, 3, 1, 0, 0, 3, 2, 0],
        live.user_ids[3]: [0, 0, 0, 2, 0, 3, 0, 2],
    }


async def rows_of(live: Held) -> list[int]:
    async with live.works.begin() as work:
        return [
            await work.db.scalar(
                select(func.count()).select_from(table).where(table.tenant_id == live.tenant_id)
            )
            or 0
            for table in (Hand, Question, Quiz, QuizAnswer)
        ]


async def do_some(live: Held) -> None:
    student = live.students[0]
    await live.do(activities.raise_hand, student)
    await live.do(activities.ask, student, text="Is my name Student 1?")
    await live.do(activities.react, student, reaction="👍")
    quiz = (await live.do(activities.start_quiz, live.host, **SUM)).quiz_id
    await live.do(activities.answer_quiz, student, quiz_id=quiz, choices=[1])


async def test_a_deleted_class_takes_all_of_it_along(live: Held) -> None:
    await do_some(live)
    assert await rows_of(live) == [1, 1, 1, 1]
    async with live.works.begin() as work:
        await classrooms.delete(work, live.tenant_id, live.classroom_id)
    assert await rows_of(live) == [0, 0, 0, 0]


async def test_an_erased_person_leaves_neither_name_nor_words(live: Held) -> None:
    await do_some(live)
    async with live.works.begin() as work:
        await participants.erase_user(work, live.tenant_id, live.user_ids[2])
    assert await rows_of(live) == [0, 0, 1, 0]
    told = [event.data for event in await live.events("HandRaised", "QuestionAsked", "Reacted")]
    assert [one["name"] for one in told] == ["", "", ""]
    assert told[1]["text"] == ""
    [answered] = await live.events("QuizAnswered")
    assert answered.data["answered"] == 1
    quiz = (await live.events("QuizStarted"))[0].data["quiz_id"]
    await live.do(activities.end_quiz, live.host, quiz_id=quiz)


async def test_acting_while_the_class_ends_neither_hangs_nor_is_recorded_after_the_end(live: Held) -> None:
    async def react(number: int) -> None:
        try:
            await live.do(activities.react, live.students[number % 2], reaction="👍")
        except NotStarted:
            return

    await asyncio.gather(
        *(react(number) for number in range(15)), live.end(), *(react(number) for number in range(15))
    )
    happened = await live.kinds()
    assert happened[-1] == "LessonEnded"
    assert happened.count("LessonEnded") == 1


async def test_chat_and_a_start_at_the_same_time_do_not_wait_for_each_other(live: Held) -> None:
    await live.end()
    await asyncio.gather(
        live.again(), *(live.do(activities.say, live.students[0], text=str(number)) for number in range(20))
    )
    assert (await live.kinds()).count("MessageSent") == 20
