"""Polls, and quizzes whose answers may be changed, on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from lessons import Held, held
from sqlalchemy.ext.asyncio import create_async_engine

from app.database import Address
from app.dialects.registry import DIALECTS
from app.dialects.telling import teller
from app.domain import activities, feeds, participants
from app.domain.activities import state
from app.domain.activities.actor import SERVER
from app.domain.activities.deeds import Deeds, deeds
from app.domain.classrooms import queries as rooms
from app.domain.rooms.queries import EVERY, SWITCH
from app.domain.tenants import editing
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.rules.refusals import (
    AlreadyAnswered,
    AlreadyVoted,
    BadValue,
    LinkGone,
    NotAllowed,
    NotStarted,
    PollOver,
    PollRunning,
    QuizOver,
    UnknownThing,
)

FRUIT = {"question": "Which fruit?", "options": ["apple", "pear", "plum"], "multiple": True}
LETTERS = {"options": ["A", "B", "C"], "correct": [0, 2]}


@pytest.fixture
async def live(works: Works, tenant: Tenant) -> Held:
    return await held(works, tenant)


@pytest.fixture
async def crowd(works: Works, tenant: Tenant, database: Address, clock: ManualClock) -> AsyncIterator[Held]:
    """A class of 500 whose deeds share a few connections, as on a server, and whose pollers are told."""
    live = await held(works, tenant, students=500)
    async with works.begin() as work:
        mine = await editing.lock(work, tenant.tenant_id)
        await editing.set_switches(work, mine, SWITCH, {EVERY: True})
    engine = create_async_engine(database.url, pool_size=20, max_overflow=0, pool_timeout=300)
    told = teller(DIALECTS, "http://homeroom.test")
    yield replace(live, works=Works(engine, clock, before_commit=told))
    await engine.dispose()


async def records(live: Held, widget: str) -> list[dict[str, Any]]:
    """What pollers read of a widget."""
    async with live.works.begin() as work:
        page = await feeds.page(work, live.tenant_id, live.classroom_id, subject=widget, limit=2000)
    assert page.total == len(page.entries)
    return [entry.body["changeProperties"] for entry in page.entries]


def server(live: Held) -> tuple[str, str, str]:
    return live.tenant_id, live.classroom_id, SERVER


async def data(live: Held, kind: str) -> list[dict[str, Any]]:
    return [event.data for event in await live.events(kind)]


async def done(live: Held) -> dict[str, Deeds]:
    async with live.works.begin() as work:
        lesson = await rooms.lesson(work, live.tenant_id, live.lesson.lesson_id)
        assert lesson is not None
        return dict(await deeds(work, lesson))


async def test_a_poll_from_its_question_to_its_end(live: Held) -> None:
    first, second = live.students
    poll = (await live.do(activities.start_poll, live.host, **FRUIT)).poll_id
    await live.do(activities.answer_poll, first, poll_id=poll, choices=[2, 0])
    await live.do(activities.answer_poll, second, poll_id=poll, choices=[0])
    async with live.works.begin() as work:
        assert await state.running_poll(work, live.lesson, first[2]) == state.RunningPoll(
            poll,
            live.host[2],
            "Which fruit?",
            ["apple", "pear", "plum"],
            multiple=True,
            counts=(2, 0, 1),
            answered=2,
            mine=[0, 2],
        )
    await live.do(activities.end_poll, live.moderator, poll_id=poll)
    assert await data(live, "PollStarted") == [
        FRUIT | {"poll_id": poll, "participant_id": live.host[2]},
    ]
    assert await data(live, "PollAnswered") == [
        {
            "poll_id": poll,
            "participant_id": first[2],
            "choices": [0, 2],
            "counts": [1, 0, 1],
            "answered": 1,
        },
        {"poll_id": poll, "participant_id": second[2], "choices": [0], "counts": [2, 0, 1], "answered": 2},
    ]
    assert await data(live, "PollEnded") == [
        {"poll_id": poll, "by": live.moderator[2], "counts": [2, 0, 1], "answered": 2}
    ]
    async with live.works.begin() as work:
        assert await state.running_poll(work, live.lesson, first[2]) is None


async def test_a_poll_counts_nothing_in_the_attendance(live: Held) -> None:
    poll = (await live.do(activities.start_poll, live.host, **FRUIT)).poll_id
    await live.do(activities.answer_poll, live.students[0], poll_id=poll, choices=[0])
    assert await done(live) == {}


async def test_a_poll_runs_beside_a_quiz_and_not_beside_another_poll(live: Held) -> None:
    await live.do(activities.start_bare_quiz, server(live), **LETTERS)

    async def start(who: tuple[str, str, str]) -> bool:
        try:
            await live.do(activities.start_poll, who, **FRUIT)
        except PollRunning:
            return False
        return True

    started = await asyncio.gather(*(start(who) for who in (live.host, server(live)) * 3))
    assert sorted(started) == [False] * 5 + [True]


Refused = Callable[[Held, str], Awaitable[object]]

# what somebody does to the running poll of the host, which the first student has answered; how it is refused
REFUSED: list[tuple[str, type[Exception], Refused]] = [
    ("own", NotAllowed, lambda live, poll: vote(live, live.host, poll, [0])),
    ("again", AlreadyVoted, lambda live, poll: vote(live, live.students[0], poll, [1])),
    ("nothing", BadValue, lambda live, poll: vote(live, live.students[1], poll, [])),
    ("no option", BadValue, lambda live, poll: vote(live, live.students[1], poll, [3])),
    ("no poll", UnknownThing, lambda live, _: vote(live, live.students[1], "other", [0])),
    (
        "a student starts",
        NotAllowed,
        lambda live, _: live.do(activities.start_poll, live.students[0], **FRUIT),
    ),
    (
        "a student ends",
        NotAllowed,
        lambda live, poll: live.do(activities.end_poll, live.students[0], poll_id=poll),
    ),
    ("no poll ends", UnknownThing, lambda live, _: live.do(activities.end_poll, live.host, poll_id="other")),
    (
        "few options",
        BadValue,
        lambda live, _: live.do(activities.start_poll, live.host, **FRUIT | {"options": ["a"]}),
    ),
]


async def vote(live: Held, who: tuple[str, str, str], poll: str, choices: list[int]) -> None:
    await live.do(activities.answer_poll, who, poll_id=poll, choices=choices)


@pytest.mark.parametrize(("what", "refusal", "deed"), REFUSED)
async def test_each_refusal(live: Held, what: str, refusal: type[Exception], deed: Refused) -> None:
    poll = (await live.do(activities.start_poll, live.host, **FRUIT)).poll_id
    await vote(live, live.students[0], poll, [0])
    before = await live.kinds()
    with pytest.raises(refusal):
        await deed(live, poll)
    assert await live.kinds() == before


async def test_a_single_choice_is_one(live: Held) -> None:
    poll = (await live.do(activities.start_poll, server(live), **FRUIT | {"multiple": False})).poll_id
    with pytest.raises(BadValue, match=r"^choices must be one"):
        await vote(live, live.students[0], poll, [0, 1])
    await vote(live, live.students[0], poll, [1])


async def test_what_is_over_takes_no_answers(live: Held) -> None:
    poll = (await live.do(activities.start_poll, live.host, **FRUIT)).poll_id
    await live.do(activities.end_poll, server(live), poll_id=poll)
    for verb in (
        vote(live, live.students[0], poll, [0]),
        live.do(activities.end_poll, live.host, poll_id=poll),
    ):
        with pytest.raises(PollOver):
            await verb
    await live.do(activities.start_poll, live.host, **FRUIT)
    await live.end()
    with pytest.raises(NotStarted):
        await vote(live, live.students[0], poll, [0])
    following = await live.again()
    with pytest.raises(UnknownThing):
        await vote(following, live.students[0], poll, [0])


async def test_whose_seat_was_taken_away_takes_no_part(live: Held) -> None:
    poll = (await live.do(activities.start_poll, live.host, **FRUIT)).poll_id
    async with live.works.begin() as work:
        await participants.remove_many(work, live.tenant_id, live.classroom_id, [live.user_ids[2]])
    with pytest.raises(LinkGone):
        await vote(live, live.students[0], poll, [0])


async def test_five_hundred_take_part_at_once_and_are_counted_exactly(crowd: Held) -> None:
    poll = (await crowd.do(activities.start_poll, server(crowd), **FRUIT)).poll_id
    choices = [[number % 3, 2] if number % 2 else [number % 3] for number in range(500)]
    await asyncio.gather(
        *(vote(crowd, who, poll, mine) for who, mine in zip(crowd.students, choices, strict=True))
    )
    await crowd.do(activities.end_poll, server(crowd), poll_id=poll)
    told = await data(crowd, "PollAnswered")
    assert [one["answered"] for one in told] == list(range(1, 501))
    counts = [0, 0, 0]
    for one in told:
        for place in one["choices"]:
            counts[place] += 1
        assert one["counts"] == counts
    summaries = (await records(crowd, "poll"))[2:-1:2]
    assert len(summaries) == 500
    for one, summary in zip(told, summaries, strict=True):
        details = summary["extra.pollDetails"].values()
        assert [detail["num"] for detail in details] == one["counts"]
        assert [detail["percentage"] * one["answered"] for detail in details] == pytest.approx(one["counts"])
    # 167 of 500 numbers leave 0, 167 leave 1, 166 leave 2; of the 250 odd ones 167 choose plum besides.
    [ended] = await data(crowd, "PollEnded")
    assert (ended["counts"], ended["answered"]) == ([167, 167, 333], 500)


async def test_five_hundred_answer_and_change_their_answers_at_once(crowd: Held) -> None:
    quiz = (await crowd.do(activities.start_bare_quiz, server(crowd), **LETTERS)).quiz_id

    async def answer(number: int, *choices: int) -> None:
        who = crowd.students[number]
        await crowd.do(activities.answer_quiz, who, quiz_id=quiz, choices=choices)

    async def answers(number: int) -> None:
        await answer(number, 1)
        if number % 2:
            await answer(number, 2, 0)
        if number % 4 == 1:
            await answer(number, 0)

    await asyncio.gather(*(answers(number) for number in range(500)))
    await crowd.do(activities.end_quiz, server(crowd), quiz_id=quiz)
    [ended] = await data(crowd, "QuizEnded")
    # Even numbers stay with B; of the odd ones half stay with A and C, half end with A alone.
    assert ended == {
        "quiz_id": quiz,
        "by": "server",
        "correct": [0, 2],
        "counts": [250, 250, 125],
        "answered": 500,
        "right": 125,
        "eligible": 500,
    }
    told = await data(crowd, "QuizAnswered")
    assert len(told) == 500 + 250 + 125
    assert sum(not one["again"] for one in told) == 500
    assert all(one["eligible"] == 500 for one in told)
    right, seen = 0, set()
    for one in told:
        right += (one["correct"] is True) - (one["before"] is True)
        seen.add(one["participant_id"])
        assert (one["right"], one["answered"]) == (right, len(seen))
    found = await records(crowd, "popupQuiz")
    assert [one["extra.selectedCount"] for one in found[2:-1:2]] == [one["answered"] for one in told]
    assert [one["extra.correctCount"] for one in found[2:-1:2]] == [one["right"] for one in told]
    assert found[-1] == {
        "extra.totalCount": 500,
        "extra.selectedCount": 500,
        "extra.averageAccuracy": 0.25,
        "extra.correctCount": 125,
        "extra.answerState": 0,
    }
    counted = list((await done(crowd)).values())
    assert sum(one.quiz_attempted for one in counted) == 500
    assert sum(one.quiz_correct for one in counted) == 125
    assert sum(one.quiz_wrong for one in counted) == 375
    assert {one.quiz_attempted for one in counted} == {1}


async def test_an_answer_is_changed_only_where_the_quiz_lets_it(live: Held) -> None:
    student = live.students[0]
    values = {"question": "2 + 2?", "options": ["3", "4"], "correct": [1]}
    fixed = (await live.do(activities.start_quiz, live.host, **values)).quiz_id
    await live.do(activities.answer_quiz, student, quiz_id=fixed, choices=[0])
    with pytest.raises(AlreadyAnswered):
        await live.do(activities.answer_quiz, student, quiz_id=fixed, choices=[1])
    await live.do(activities.end_quiz, live.host, quiz_id=fixed)
    free = (await live.do(activities.start_quiz, live.host, **values, changeable=True)).quiz_id
    for choices in ([0], [0], [1], [1]):
        await live.do(activities.answer_quiz, student, quiz_id=free, choices=choices)
    async with live.works.begin() as work:
        running = await state.running_quiz(work, live.lesson, student[2])
    assert running is not None
    assert (running.changeable, running.answered, running.mine) == (True, 1, [1])
    # The same answer once more changes nothing.
    changes = [(one["choices"], one["again"], one["before"]) for one in await data(live, "QuizAnswered")]
    assert changes == [([0], False, None), ([0], False, None), ([1], True, False)]
    await live.do(activities.end_quiz, live.host, quiz_id=free)
    with pytest.raises(QuizOver):
        await live.do(activities.answer_quiz, student, quiz_id=free, choices=[0])
    mine = (await done(live))[student[2]]
    assert (mine.quiz_attempted, mine.quiz_correct, mine.quiz_wrong) == (2, 1, 1)


async def test_who_leads_may_answer_the_quiz_of_the_server_and_counts_then(live: Held) -> None:
    quiz = (await live.do(activities.start_bare_quiz, server(live), **LETTERS)).quiz_id
    with pytest.raises(NotAllowed):
        await live.do(activities.answer_quiz, server(live), quiz_id=quiz, choices=[0])
    await live.do(activities.answer_quiz, live.moderator, quiz_id=quiz, choices=[0, 2])
    assert [one["eligible"] for one in await data(live, "QuizStarted")] == [2]
    assert [(one["eligible"], one["right"]) for one in await data(live, "QuizAnswered")] == [(3, 1)]
