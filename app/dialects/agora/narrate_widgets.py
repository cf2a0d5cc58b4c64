"""Event 1110: the records of pop-up quizzes and polls."""

from typing import Any, Final

from app.dialects.agora import wire_widgets as wire
from app.dialects.agora.scene import Narration, Scene
from app.domain.activities.tables import Quiz
from app.domain.events import kinds
from app.domain.feeds import Item


async def quiz_started(scene: Scene, event: kinds.QuizStarted) -> list[Item]:
    """A quiz began. Which options are right is for programs alone."""
    quiz = await _quiz(scene, event.quiz_id)
    right = [event.options[place] for place in quiz.correct] if quiz else []
    items = event.options[: event.listed]
    changed = wire.quiz_started(event.quiz_id, items, right, total=event.eligible, at=scene.work.now)
    return [record(wire.QUIZ, changed, await scene.operator(event.participant_id))]


async def quiz_answered(scene: Scene, event: kinds.QuizAnswered) -> list[Item]:
    """Somebody selected something: first what, then how the quiz stands by that."""
    quiz = await _quiz(scene, event.quiz_id)
    options = quiz.options if quiz else []
    selected = [options[place] for place in event.choices if place < len(options)]
    mine = wire.quiz_answer(event.quiz_id, selected, correct=bool(event.correct), at=scene.work.now)
    summary = wire.quiz_summary(total=event.eligible, selected=event.answered, correct=event.right)
    server = await scene.operator("")
    return [
        record(wire.QUIZ, mine, server, await scene.operator(event.participant_id)),
        record(wire.QUIZ, summary, server),
    ]


async def quiz_ended(scene: Scene, event: kinds.QuizEnded) -> list[Item]:
    """A quiz takes no more answers."""
    changed = wire.quiz_ended(total=event.eligible, selected=event.answered, correct=event.right)
    return [record(wire.QUIZ, changed, await scene.operator(event.by))]


async def poll_started(scene: Scene, event: kinds.PollStarted) -> list[Item]:
    """A poll began."""
    changed = wire.poll_started(event.poll_id, event.options, multiple=event.multiple)
    return [record(wire.POLL, changed, await scene.operator(event.participant_id))]


async def poll_answered(scene: Scene, event: kinds.PollAnswered) -> list[Item]:
    """Somebody took part: first what was selected, then how the poll stands by that."""
    server = await scene.operator("")
    mine = wire.poll_answer(event.poll_id, event.choices)
    summary = wire.poll_summary(event.poll_id, event.counts, event.answered)
    return [
        record(wire.POLL, mine, server, await scene.operator(event.participant_id)),
        record(wire.POLL, summary, server),
    ]


async def poll_ended(scene: Scene, event: kinds.PollEnded) -> list[Item]:
    """A poll takes no more answers."""
    changed = wire.poll_ended(event.poll_id, event.counts, event.answered)
    return [record(wire.POLL, changed, await scene.operator(event.by))]


def record(
    widget: str, changed: dict[str, Any], operator: dict[str, Any], from_user: dict[str, Any] | None = None
) -> Item:
    """One record of a widget; those of what a student did say who it was."""
    body = {
        "action": wire.SET,
        "widgetUuid": widget,
        "changeProperties": changed,
        "cause": "",
        "operator": operator,
    }
    return Item(wire.RECORD, body | ({"fromUser": from_user} if from_user else {}), widget)


async def _quiz(scene: Scene, quiz_id: str) -> Quiz | None:
    return await scene.work.db.get(Quiz, (scene.classroom.tenant_id, quiz_id))


NARRATED: Final[dict[str, Narration]] = {
    "QuizStarted": quiz_started,
    "QuizAnswered": quiz_answered,
    "QuizEnded": quiz_ended,
    "PollStarted": poll_started,
    "PollAnswered": poll_answered,
    "PollEnded": poll_ended,
}
