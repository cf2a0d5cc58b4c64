"""The root of all refusals, what kind of no each is, and those that name an input or a thing."""

from dataclasses import dataclass


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
class UnknownThing(NotFound):
    """Nothing of this kind has this id."""

    what: str
    name: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"There is no {self.what} {self.name!r}."


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
class RateLimited(TooMany):
    """Too many calls; `retry_after` is in seconds."""

    retry_after: int

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"Too many calls; try again in {self.retry_after} seconds."
