"""Quizzes."""

from dataclasses import dataclass

from app.rules.refusals.base import Conflict


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
