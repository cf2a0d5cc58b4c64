"""Quizzes."""

from dataclasses import dataclass


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
