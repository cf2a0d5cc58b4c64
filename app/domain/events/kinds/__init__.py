"""Every kind of event: past tense, complete, never edited. Every dialect decides what each means to it."""

from app.domain.events.kinds.classes import (
    ClassroomCancelled,
    ClassroomClosed,
    ClassroomEdited,
    ClassroomEnded,
    ClassroomExpired,
    ClassroomScheduled,
    LessonEnded,
    LessonInterrupted,
    LessonResumed,
    LessonStarted,
    SeriesEnded,
    StartPressed,
    StartRefused,
)
from app.domain.events.kinds.deeds import (
    BoardCleared,
    HandLowered,
    HandRaised,
    MessageSent,
    PageTurned,
    QuestionAsked,
    QuestionClosed,
    Reacted,
    StrokeDrawn,
)
from app.domain.events.kinds.files import (
    ContentOpened,
    ContentShared,
    ContentUnshared,
    LinkedResource,
    ResourcesPut,
    ResourcesRemoved,
)
from app.domain.events.kinds.people import (
    ParticipantAdded,
    ParticipantPutOut,
    ParticipantRemoved,
    VisitorJoined,
    VisitorLeft,
)
from app.domain.events.kinds.properties import PropertiesChanged
from app.domain.events.kinds.quizzes import (
    PollAnswered,
    PollEnded,
    PollStarted,
    QuizAnswered,
    QuizEnded,
    QuizStarted,
)
from app.domain.events.kinds.reports import AttendanceReady, AttendanceRow, ChatsReady, RecordingReady
from app.domain.events.kinds.takes import TakeHeld, TakeResumed, TakeStarted, TakeStopped
from app.domain.events.kinds.together import (
    ChatMuted,
    ChatUnmuted,
    GroupOf,
    GroupsChanged,
    RewardChange,
    RewardsChanged,
    StageChanged,
    StageInvited,
)

AnyEvent = (
    ClassroomScheduled
    | ClassroomEdited
    | ClassroomCancelled
    | ClassroomExpired
    | ClassroomEnded
    | ClassroomClosed
    | LessonStarted
    | LessonEnded
    | StartPressed
    | StartRefused
    | LessonInterrupted
    | LessonResumed
    | SeriesEnded
    | VisitorJoined
    | VisitorLeft
    | ParticipantAdded
    | ParticipantPutOut
    | ParticipantRemoved
    | MessageSent
    | ChatMuted
    | ChatUnmuted
    | RewardsChanged
    | StageInvited
    | GroupsChanged
    | StageChanged
    | HandRaised
    | HandLowered
    | Reacted
    | QuestionAsked
    | QuestionClosed
    | StrokeDrawn
    | BoardCleared
    | PageTurned
    | PropertiesChanged
    | QuizStarted
    | QuizAnswered
    | QuizEnded
    | PollStarted
    | PollAnswered
    | PollEnded
    | ContentShared
    | ContentUnshared
    | ContentOpened
    | ResourcesPut
    | ResourcesRemoved
    | AttendanceReady
    | ChatsReady
    | RecordingReady
    | TakeStarted
    | TakeHeld
    | TakeResumed
    | TakeStopped
)

__all__ = [
    "AnyEvent",
    "AttendanceReady",
    "AttendanceRow",
    "BoardCleared",
    "ChatMuted",
    "ChatUnmuted",
    "ChatsReady",
    "ClassroomCancelled",
    "ClassroomClosed",
    "ClassroomEdited",
    "ClassroomEnded",
    "ClassroomExpired",
    "ClassroomScheduled",
    "ContentOpened",
    "ContentShared",
    "ContentUnshared",
    "GroupOf",
    "GroupsChanged",
    "HandLowered",
    "HandRaised",
    "LessonEnded",
    "LessonInterrupted",
    "LessonResumed",
    "LessonStarted",
    "LinkedResource",
    "MessageSent",
    "PageTurned",
    "ParticipantAdded",
    "ParticipantPutOut",
    "ParticipantRemoved",
    "PollAnswered",
    "PollEnded",
    "PollStarted",
    "PropertiesChanged",
    "QuestionAsked",
    "QuestionClosed",
    "QuizAnswered",
    "QuizEnded",
    "QuizStarted",
    "Reacted",
    "RecordingReady",
    "ResourcesPut",
    "ResourcesRemoved",
    "RewardChange",
    "RewardsChanged",
    "SeriesEnded",
    "StageChanged",
    "StageInvited",
    "StartPressed",
    "StartRefused",
    "StrokeDrawn",
    "TakeHeld",
    "TakeResumed",
    "TakeStarted",
    "TakeStopped",
    "VisitorJoined",
    "VisitorLeft",
]
