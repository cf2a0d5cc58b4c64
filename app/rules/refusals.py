"""Every way in which Homeroom says no: a type with facts. Each dialect phrases it in its own words."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(eq=False)
class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error of the program
    """The root of all refusals; `field` names the offending input where there is one."""

    @property
    def field(self) -> str | None:
        """The input that was refused, in domain words."""
        return None

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "The request was refused."

    def __str__(self) -> str:
        return self.message


class NotFound(Refusal):
    """What was named does not exist (for this tenant)."""


class Gone(Refusal):
    """What was named existed and does not any more."""


class Conflict(Refusal):
    """The state of things does not allow it."""


class Invalid(Refusal):
    """The input is wrong."""


class Denied(Refusal):
    """The caller is known and may not."""


class Unauthenticated(Refusal):
    """The caller is not known."""


class TooMany(Refusal):
    """The caller does it too often."""


@dataclass(eq=False)
class UnknownTenant(Unauthenticated):
    """No tenant has this credential or id."""

    name: str = ""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"There is no account {self.name!r}."


@dataclass(eq=False)
class BadCredentials(Unauthenticated):
    """A credential or token that does not hold; `why` never contains it."""

    why: str = "The credentials are missing or wrong."

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return self.why


@dataclass(eq=False)
class UnknownThing(NotFound):
    """Nothing of this kind has this id."""

    what: str
    name: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"There is no {self.what} {self.name!r}."


class UnknownUser(UnknownThing):
    """No such user in the tenant."""

    def __init__(self, user_id: str) -> None:
        super().__init__("user", user_id)


class UnknownClassroom(UnknownThing):
    """No such classroom in the tenant."""

    def __init__(self, classroom_id: str) -> None:
        super().__init__("class", classroom_id)


class UnknownFile(UnknownThing):
    """No such file in the tenant, or none that the caller may see."""

    def __init__(self, file_id: str) -> None:
        super().__init__("file", file_id)


@dataclass(eq=False)
class UnknownLink(NotFound):
    """The link never led anywhere."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "This link does not lead to a class."


class UnknownRecording(UnknownThing):
    """No such recording: it went with its class."""

    def __init__(self, recording_id: str) -> None:
        super().__init__("recording", recording_id)


@dataclass(eq=False)
class BadLink(Denied):
    """The signature of a link is not that of what it names."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "This link is not valid."


@dataclass(eq=False)
class NoDownload(Denied):
    """The class does not offer its recordings for download."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "The recordings of this class are not offered for download."


@dataclass(eq=False)
class LinkGone(Gone):
    """The link led to a class once: its seat was removed."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "This link is no longer valid."


@dataclass(eq=False)
class RoomClosed(Gone):
    """The classroom ended, expired or was cancelled, and nobody enters it any more."""

    state: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"This class is {self.state} and cannot be entered any more."


@dataclass(eq=False)
class RoomFull(Conflict):
    """As many people as the classroom takes are in it."""

    limit: int

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"The class is full: at most {self.limit} may be in it."


@dataclass(eq=False)
class UserExists(Conflict):
    """Another user of the tenant has this email address or external id."""

    user_id: str
    clash: str

    @property
    def field(self) -> str | None:
        """Which of the two clashes."""
        return self.clash

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"A user with this {self.clash.replace('_', ' ')} exists already."


@dataclass(eq=False)
class BadValue(Invalid):
    """A value that cannot be taken, and why."""

    name: str
    why: str

    @property
    def field(self) -> str | None:
        """The input's name in domain words."""
        return self.name

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"{self.name} {self.why}"


@dataclass(eq=False)
class PastStart(Invalid):
    """A class cannot begin in the past."""

    starts_at: datetime

    @property
    def field(self) -> str | None:
        """The input's name in domain words."""
        return "starts_at"

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "The start time has already passed."


@dataclass(eq=False)
class AlreadyStarted(Conflict):
    """The class is live already."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "The class has been started already."


@dataclass(eq=False)
class NotItsTime(Conflict):
    """A class with a schedule is live at its times only; `following` is when it next begins."""

    following: datetime | None

    @property
    def message(self) -> str:
        """One sentence for a person."""
        if self.following is None:
            return "The class has no further lesson."
        return f"The class can be started at its time, which is next {self.following:%Y-%m-%d %H:%M} UTC."


@dataclass(eq=False)
class NoTestClock(Conflict):
    """Only tenants made for tests have a clock that can be moved."""

    tenant_id: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"{self.tenant_id} was not made with `test: true`, so its clock is the world's."


@dataclass(eq=False)
class ClockMoved(Conflict):
    """Somebody else moved the clock at the same time."""

    name: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"The clock of {self.name!r} was moved by somebody else meanwhile."


@dataclass(eq=False)
class NothingDue(Conflict):
    """There is no alarm to go to."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "Nothing is due, so there is no next alarm."


@dataclass(eq=False)
class NotStarted(Conflict):
    """There is no live class to end."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "The class has not been started."


@dataclass(eq=False)
class AlreadyEnded(Conflict):
    """The class is over; `state` says how."""

    state: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"The class is {self.state} already."


@dataclass(eq=False)
class LastHost(Invalid):
    """A class keeps at least one host."""

    user_id: str

    @property
    def field(self) -> str | None:
        """The input's name in domain words."""
        return "users"

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"{self.user_id} is the only host of the class and cannot be removed."


@dataclass(eq=False)
class NotHost(Denied):
    """Only a host may do this."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "Only a host of the class may do this."


@dataclass(eq=False)
class NotAllowed(Denied):
    """The role of the seat, or what the class lets participants do, does not cover this deed."""

    deed: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"You may not {self.deed} in this class."


@dataclass(eq=False)
class QuizRunning(Conflict):
    """A quiz runs already; there is one at a time."""

    quiz_id: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "A quiz is running already: end it before the next one."


@dataclass(eq=False)
class QuizOver(Conflict):
    """The quiz does not run (any more)."""

    quiz_id: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "This quiz is over."


@dataclass(eq=False)
class AlreadyAnswered(Conflict):
    """A quiz is answered once."""

    quiz_id: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "You have answered this quiz already."


@dataclass(eq=False)
class TooLarge(Invalid):
    """More than this server takes; `limit` is in bytes."""

    what: str
    limit: int

    @property
    def field(self) -> str | None:
        """What was too large."""
        return self.what

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"{self.what} is larger than {self.limit} bytes."


@dataclass(eq=False)
class RangeOutside(Invalid):
    """A part of a file was asked for that it does not have; `size` is the file's, in bytes."""

    size: int

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"The file has {self.size} bytes, and none in this range."


@dataclass(eq=False)
class UploadLapsed(Conflict):
    """The upload took so long that it was given up."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "The upload took too long: start it again."


@dataclass(eq=False)
class MayNotPublish(Denied):
    """The user may not put files into the organization's public library."""

    user_id: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"User {self.user_id} may not add files to the public library."


@dataclass(eq=False)
class ContentLinkOver(Gone):
    """A link to a file was valid once."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "This link has expired: ask for a new one."


@dataclass(eq=False)
class RateLimited(TooMany):
    """Too many calls; `retry_after` is in seconds."""

    retry_after: int

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"Too many calls; try again in {self.retry_after} seconds."
