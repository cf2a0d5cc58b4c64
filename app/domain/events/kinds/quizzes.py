"""Quizzes and polls."""

from dataclasses import dataclass


@dataclass(frozen=True)
class QuizStarted:
    """A question with options was put to the class; which are right stays with the quiz until it ends.

    The question may be empty: then it was said aloud. `changeable`: an answer may be changed while the quiz
    runs. `eligible` is how many students there are to answer. `listed`: only so many of the options were
    named as such when a program put the quiz, the others as right answers alone.
    """

    quiz_id: str
    participant_id: str
    question: str
    options: tuple[str, ...]
    # Events of earlier versions have none of what follows.
    changeable: bool = False
    eligible: int = 0
    listed: int | None = None


@dataclass(frozen=True)
class QuizAnswered:
    """Somebody chose; `choices` are places in the options, `answered` is how many have chosen by now.

    `correct`: whether exactly the right ones were chosen; None where the quiz has no right ones. `right` is
    how many have chosen exactly these by now. `again`: it takes the place of an earlier answer, which was
    right or not as `before` says.
    """

    quiz_id: str
    participant_id: str
    choices: tuple[int, ...]
    correct: bool | None
    answered: int
    right: int = 0
    eligible: int = 0
    again: bool = False
    before: bool | None = None


@dataclass(frozen=True)
class QuizEnded:
    """No more answers; `counts` is how often each option was chosen, `right` how many were all right."""

    quiz_id: str
    by: str
    correct: tuple[int, ...]
    counts: tuple[int, ...]
    answered: int
    right: int = 0
    eligible: int = 0


@dataclass(frozen=True)
class PollStarted:
    """The class was asked for its opinion; the question may be empty: then it was said aloud."""

    poll_id: str
    participant_id: str
    question: str
    options: tuple[str, ...]
    multiple: bool


@dataclass(frozen=True)
class PollAnswered:
    """Somebody took part; `counts` is how often each option was chosen by now, by so many."""

    poll_id: str
    participant_id: str
    choices: tuple[int, ...]
    counts: tuple[int, ...]
    answered: int


@dataclass(frozen=True)
class PollEnded:
    """The poll takes no more answers; the counts are final."""

    poll_id: str
    by: str
    counts: tuple[int, ...]
    answered: int
