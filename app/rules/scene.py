"""What a room looks like at an instant, folded out of what happened: all but the lines on the board."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

LINES: Final = 40
"""As many of the latest words as any picture has room for."""


@dataclass
class Poll:
    """A question with options and, when it is over, how often each was chosen."""

    question: str
    options: Sequence[str]
    answered: int = 0
    counts: Sequence[int] = ()


@dataclass
class Scene:
    """Takes in the events of a room, as a recording shows them, in their order."""

    people: dict[str, str] = field(default_factory=dict)
    """The names of those who are there, by seat, in the order of coming."""
    hands: set[str] = field(default_factory=set)
    said: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=LINES))
    files: dict[str, str] = field(default_factory=dict)
    poll: Poll | None = None
    page: int = 1

    def take_in(self, kind: str, data: Mapping[str, Any]) -> bool:
        """Whether the event changed what is to be seen."""
        match kind:
            case "LessonStarted" | "LessonEnded":
                self._clear()
            case "VisitorJoined":
                self.people[data["participant_id"]] = data["name"]
            case "VisitorLeft" | "ParticipantRemoved":
                self.hands.discard(data["participant_id"])
                return self.people.pop(data["participant_id"], None) is not None
            case "MessageSent":
                self.said.append((data["name"], data["text"]))
            case "QuestionAsked":
                self.said.append((f"{data['name']} asks", data["text"]))
            case "HandRaised":
                self.hands.add(data["participant_id"])
            case "HandLowered":
                self.hands.discard(data["participant_id"])
            case _:
                return self._put(kind, data)
        return True

    def _put(self, kind: str, data: Mapping[str, Any]) -> bool:
        """What is put before everybody: pages, files, quizzes."""
        match kind:
            case "PageTurned":
                self.page = data["page"]
            case "ContentShared":
                self.files[data["file_id"]] = data["title"]
            case "ContentUnshared":
                self.files.pop(data["file_id"], None)
            case "QuizStarted" | "PollStarted":
                self.poll = Poll(data["question"], data["options"])
            case "QuizAnswered" | "PollAnswered" | "QuizEnded" | "PollEnded" if self.poll:
                self.poll.answered = data.get("answered", self.poll.answered + 1)
                self.poll.counts = data.get("counts", ())
            case _:
                return False
        return True

    def _clear(self) -> None:
        """A lesson begins with an empty board, and leaves none behind."""
        self.hands.clear()
        self.files.clear()
        self.poll = None
        self.page = 1
