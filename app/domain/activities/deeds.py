"""Counting what each person did in a lesson, from the ledger."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.domain.classrooms.tables import Lesson
from app.domain.events.tables import Event
from app.kit.work import Work

COUNTED = ("HandRaised", "Reacted", "QuestionAsked", "ContentOpened", "StrokeDrawn", "QuizAnswered")


@dataclass
class Deeds:
    """How often somebody did what in a lesson; `opened` counts different files."""

    hands: int = 0
    reactions: int = 0
    questions: int = 0
    opened: int = 0
    strokes: int = 0
    quiz_attempted: int = 0
    quiz_correct: int = 0
    quiz_wrong: int = 0


async def deeds(work: Work, lesson: Lesson) -> dict[str, Deeds]:
    """What each participant did in a lesson, counted from the ledger between its start and its end."""
    who = Event.data["participant_id"].astext

    def times(kind: str) -> Any:
        return func.count().filter(Event.kind == kind)

    verdict = Event.data["correct"].astext
    answered = Event.kind == "QuizAnswered"
    # A changed answer counts once, and as what it became.
    first = Event.data["again"].astext.is_distinct_from("true")
    before = Event.data["before"].astext
    wanted = (
        select(
            who.label("who"),
            times("HandRaised").label("hands"),
            times("Reacted").label("reactions"),
            times("QuestionAsked").label("questions"),
            func.count(Event.data["file_id"].astext.distinct())
            .filter(Event.kind == "ContentOpened")
            .label("opened"),
            times("StrokeDrawn").label("strokes"),
            func.count().filter(answered, first).label("quiz_attempted"),
            (func.count().filter(answered, verdict == "true") - func.count().filter(before == "true")).label(
                "quiz_correct"
            ),
            (
                func.count().filter(answered, verdict == "false") - func.count().filter(before == "false")
            ).label("quiz_wrong"),
        )
        .where(
            Event.tenant_id == lesson.tenant_id,
            Event.classroom_id == lesson.classroom_id,
            Event.seq > lesson.first_seq,
            Event.kind.in_(COUNTED),
        )
        .group_by(who)
    )
    if lesson.last_seq is not None:
        wanted = wanted.where(Event.seq < lesson.last_seq)
    done = defaultdict[str, Deeds](Deeds)
    for row in (await work.db.execute(wanted)).mappings():
        done[row["who"]] = Deeds(**{name: row[name] for name in Deeds.__dataclass_fields__})
    return done
