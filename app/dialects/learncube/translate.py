"""What happened, as LearnCube's notices to the customer's server: `crash_lesson` and `end_lesson`."""

from typing import Any, assert_never

from app.dialects.base import Facts
from app.dialects.learncube import wire
from app.domain.events import kinds
from app.domain.events.kinds import AnyEvent
from app.domain.outbox.notice import Notice

CRASH = "crash"


def translate(event: AnyEvent, _classroom_id: str, _facts: Facts) -> Notice | None:
    """The notice that tells this event, or nothing where the vendor tells nothing."""
    match event:
        case kinds.LessonInterrupted():
            return _notice("crash_lesson", event.reference, event.seconds, event.endpoint)
        case kinds.LessonEnded(seconds=int(seconds), by=by) if by != CRASH and event.reference:
            return _notice("end_lesson", event.reference, seconds, event.endpoint)
        case (
            kinds.ClassroomScheduled()
            | kinds.ClassroomEdited()
            | kinds.ClassroomCancelled()
            | kinds.ClassroomExpired()
            | kinds.ClassroomEnded()
            | kinds.ClassroomClosed()
            | kinds.LessonStarted()
            | kinds.StartPressed()
            | kinds.StartRefused()
            | kinds.LessonResumed()
            | kinds.LessonEnded()
            | kinds.SeriesEnded()
            | kinds.VisitorJoined()
            | kinds.VisitorLeft()
            | kinds.MessageSent()
            | kinds.ParticipantAdded()
            | kinds.ParticipantRemoved()
            | kinds.ParticipantPutOut()
            | kinds.AttendanceReady()
            | kinds.ChatsReady()
            | kinds.ChatMuted()
            | kinds.ChatUnmuted()
            | kinds.RewardsChanged()
            | kinds.StageInvited()
            | kinds.GroupsChanged()
            | kinds.StageChanged()
            | kinds.HandRaised()
            | kinds.HandLowered()
            | kinds.Reacted()
            | kinds.QuestionAsked()
            | kinds.QuestionClosed()
            | kinds.StrokeDrawn()
            | kinds.BoardCleared()
            | kinds.PageTurned()
            | kinds.PropertiesChanged()
            | kinds.QuizStarted()
            | kinds.QuizAnswered()
            | kinds.QuizEnded()
            | kinds.PollStarted()
            | kinds.PollAnswered()
            | kinds.PollEnded()
            | kinds.ContentShared()
            | kinds.ContentUnshared()
            | kinds.ContentOpened()
            | kinds.ResourcesPut()
            | kinds.ResourcesRemoved()
            | kinds.RecordingReady()
            | kinds.TakeStarted()
            | kinds.TakeHeld()
            | kinds.TakeResumed()
            | kinds.TakeStopped()
        ):
            return None
        case _:
            assert_never(event)


def _notice(request: str, token: str, seconds: int, endpoint: str) -> Notice:
    said: dict[str, Any] = {"request": request, "token": token, "time": seconds}
    return Notice(request, wire.body(said), query=wire.query(said), purpose=endpoint, content_type=wire.JSON)
