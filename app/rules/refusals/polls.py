"""How polls say no."""

from dataclasses import dataclass

from app.rules.refusals.base import Conflict


@dataclass(eq=False)
class PollRunning(Conflict):
    """A poll runs already; there is one at a time."""

    poll_id: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "A poll is running already: end it before the next one."


@dataclass(eq=False)
class PollOver(Conflict):
    """The poll does not run (any more)."""

    poll_id: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "This poll is over."


@dataclass(eq=False)
class AlreadyVoted(Conflict):
    """A poll is answered once."""

    poll_id: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "You have taken part in this poll already."
