"""Every kind of event: past tense, complete, never edited. Every dialect decides what each means to it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ClassroomScheduled:
    """A classroom was made."""

    starts_at: datetime
    timezone: str


@dataclass(frozen=True)
class ClassroomEdited:
    """A classroom's plan was changed; the values are those after the change."""

    starts_at: datetime
    timezone: str


@dataclass(frozen=True)
class ClassroomCancelled:
    """A classroom will not be held."""

    starts_at: datetime
    timezone: str


@dataclass(frozen=True)
class ClassroomExpired:
    """A classroom's time passed and nobody started it."""

    starts_at: datetime
    timezone: str


@dataclass(frozen=True)
class LessonStarted:
    """A classroom went live. `starts_at` is what was planned, or the start itself where nothing was."""

    lesson_id: str
    starts_at: datetime
    timezone: str
    at: datetime


@dataclass(frozen=True)
class LessonEnded:
    """A lesson ended; `by` is a participant, or `overtime`, `empty`, `cancelled`, `crash`.

    Of a joint lesson: `seconds` is the length of its last stretch, `reference` and `endpoint` the customer's
    names of the classroom and of the way in.
    """

    lesson_id: str
    starts_at: datetime
    timezone: str
    at: datetime
    by: str
    seconds: int | None = None
    reference: str = ""
    endpoint: str = ""


@dataclass(frozen=True)
class StartPressed:
    """One side of a joint classroom wants to start."""

    participant_id: str
    name: str


@dataclass(frozen=True)
class StartRefused:
    """The customer said no to the start of a joint lesson; `message` is for the people in the room."""

    message: str


@dataclass(frozen=True)
class LessonInterrupted:
    """A joint lesson lost one side after a stretch of so many whole seconds; it may come back in a minute."""

    lesson_id: str
    at: datetime
    seconds: int
    reference: str
    endpoint: str


@dataclass(frozen=True)
class LessonResumed:
    """Both sides of an interrupted lesson are there again: a new stretch begins."""

    lesson_id: str
    at: datetime


@dataclass(frozen=True)
class SeriesEnded:
    """A standing classroom had its last lesson, or its last day passed."""

    starts_at: datetime
    timezone: str
    at: datetime


@dataclass(frozen=True)
class VisitorJoined:
    """Somebody who was not there is there now (further tabs of one person are not told)."""

    participant_id: str
    visit_id: str
    name: str
    role: str


@dataclass(frozen=True)
class VisitorLeft:
    """Somebody's last tab went; the event is dated at the last sign of life in `left_at`."""

    participant_id: str
    visit_id: str
    name: str
    role: str
    reason: str
    left_at: datetime


@dataclass(frozen=True)
class MessageSent:
    """A chat message; `to` is the one other reader of a private one."""

    message_id: str
    participant_id: str
    name: str
    text: str
    to: str | None
    lesson_id: str | None


@dataclass(frozen=True)
class ParticipantAdded:
    """The customer vouched for somebody who had no seat in the classroom so far."""

    participant_id: str
    name: str
    role: str


@dataclass(frozen=True)
class ParticipantRemoved:
    """Somebody's seat was taken away; the link is dead."""

    participant_id: str
    user_id: str


@dataclass(frozen=True)
class AttendanceRow:
    """One person in the report of a lesson; `opened` counts different files."""

    user_id: str
    guest: bool
    role: str
    joined_at: datetime
    left_at: datetime
    seconds: int
    reconnects: int
    messages: int
    ip: str
    user_agent: str
    # Reports of earlier versions have none of these.
    hands: int = 0
    reactions: int = 0
    questions: int = 0
    opened: int = 0
    strokes: int = 0
    quiz_attempted: int = 0
    quiz_correct: int = 0
    quiz_wrong: int = 0


@dataclass(frozen=True)
class AttendanceReady:
    """The report of a lesson, one row per person who was present."""

    lesson_id: str
    rows: tuple[AttendanceRow, ...]


@dataclass(frozen=True)
class ChatsReady:
    """The chat of a lesson is complete; `private` has the pair of each private thread."""

    lesson_id: str
    private: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class HandRaised:
    """Somebody wants to speak."""

    participant_id: str
    name: str


@dataclass(frozen=True)
class HandLowered:
    """A raised hand went down; `by` is its owner or whoever called on them."""

    participant_id: str
    by: str


@dataclass(frozen=True)
class Reacted:
    """A passing reaction: one emoji."""

    participant_id: str
    name: str
    reaction: str


@dataclass(frozen=True)
class QuestionAsked:
    """A question to the teacher, kept in sight until it is closed."""

    question_id: str
    participant_id: str
    name: str
    text: str


@dataclass(frozen=True)
class QuestionClosed:
    """A question was dealt with."""

    question_id: str
    by: str


@dataclass(frozen=True)
class StrokeDrawn:
    """A line on a page of the board; points are whole ten-thousandths of its width and height."""

    stroke_id: str
    participant_id: str
    page: int
    color: str
    width: int
    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class BoardCleared:
    """A page of the board was wiped."""

    page: int
    by: str


@dataclass(frozen=True)
class PageTurned:
    """The board shows another page to everybody."""

    page: int
    by: str


@dataclass(frozen=True)
class QuizStarted:
    """A question with options was put to the class; which are right stays with the quiz until it ends."""

    quiz_id: str
    participant_id: str
    question: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class QuizAnswered:
    """Somebody chose; `choices` are places in the options, `answered` is how many have chosen by now.

    `correct`: whether exactly the right ones were chosen; None where the quiz has no right ones.
    """

    quiz_id: str
    participant_id: str
    choices: tuple[int, ...]
    correct: bool | None
    answered: int


@dataclass(frozen=True)
class QuizEnded:
    """No more answers; `counts` is how often each option was chosen."""

    quiz_id: str
    by: str
    correct: tuple[int, ...]
    counts: tuple[int, ...]
    answered: int


@dataclass(frozen=True)
class ContentShared:
    """A file was put before the class; `user_id` is whose file it is, empty for the organization's.

    `again`: it was shared and taken away before in the same lesson.
    """

    file_id: str
    participant_id: str
    user_id: str
    title: str
    content_type: str
    lesson_id: str | None
    at: datetime
    again: bool


@dataclass(frozen=True)
class ContentUnshared:
    """A shared file was taken away again."""

    file_id: str
    by: str


@dataclass(frozen=True)
class ContentOpened:
    """Somebody opened a shared file."""

    file_id: str
    participant_id: str


@dataclass(frozen=True)
class RecordingReady:
    """The event recording of a lesson can be played."""

    lesson_id: str
    recording_id: str
    started_at: datetime
    timezone: str
    seconds: int


AnyEvent = (
    ClassroomScheduled
    | ClassroomEdited
    | ClassroomCancelled
    | ClassroomExpired
    | LessonStarted
    | StartPressed
    | StartRefused
    | LessonInterrupted
    | LessonResumed
    | LessonEnded
    | SeriesEnded
    | VisitorJoined
    | VisitorLeft
    | MessageSent
    | ParticipantAdded
    | ParticipantRemoved
    | AttendanceReady
    | ChatsReady
    | HandRaised
    | HandLowered
    | Reacted
    | QuestionAsked
    | QuestionClosed
    | StrokeDrawn
    | BoardCleared
    | PageTurned
    | QuizStarted
    | QuizAnswered
    | QuizEnded
    | ContentShared
    | ContentUnshared
    | ContentOpened
    | RecordingReady
)
