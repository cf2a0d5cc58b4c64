"""Quizzes and polls: what can be asked, what can be answered, and how answers are counted."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from app.rules.refusals import BadValue

LONGEST_QUESTION = 500
LONGEST_OPTION = 200
FEWEST_OPTIONS, MOST_OPTIONS = 2, 8


@dataclass(frozen=True)
class Ballot:
    """A question with its options; `correct` has the places of the right ones, none where opinions count."""

    question: str
    options: tuple[str, ...]
    correct: tuple[int, ...]


def ballot(question: str, options: Iterable[str], correct: Iterable[int]) -> Ballot:
    """A question that can be put to people, without space around the texts; BadValue where it cannot."""
    if not question.strip():
        raise BadValue("question", f"must have from 1 to {LONGEST_QUESTION} characters")
    return bare_ballot(question, options, correct)


def bare_ballot(question: str, options: Iterable[str], correct: Iterable[int]) -> Ballot:
    """The same, where the question may also be said aloud and left empty here."""
    made = Ballot(question.strip(), tuple(option.strip() for option in options), tuple(sorted(set(correct))))
    if len(made.question) > LONGEST_QUESTION:
        raise BadValue("question", f"must have from 1 to {LONGEST_QUESTION} characters")
    if not FEWEST_OPTIONS <= len(made.options) <= MOST_OPTIONS:
        raise BadValue("options", f"must be from {FEWEST_OPTIONS} to {MOST_OPTIONS}")
    if not all(1 <= len(option) <= LONGEST_OPTION for option in made.options):
        raise BadValue("options", f"must have from 1 to {LONGEST_OPTION} characters each")
    _must_be_places("correct", made.correct, len(made.options))
    return made


def chosen(choices: Iterable[int], options: int) -> tuple[int, ...]:
    """An answer's places in order, each once; BadValue where there is none or one is not an option."""
    places = tuple(sorted(set(choices)))
    if not places:
        raise BadValue("choices", "must not be empty")
    _must_be_places("choices", places, options)
    return places


def voted(choices: Iterable[int], options: int, *, multiple: bool) -> tuple[int, ...]:
    """What somebody chose in a poll: one option, or several where it takes several."""
    places = chosen(choices, options)
    if len(places) > 1 and not multiple:
        raise BadValue("choices", "must be one: the poll takes no more")
    return places


def verdict(choices: Collection[int], correct: Collection[int]) -> bool | None:
    """Whether exactly the right options were chosen; None where nothing is right or wrong."""
    return set(choices) == set(correct) if correct else None


def tally(answers: Iterable[Sequence[int]], options: int) -> tuple[int, ...]:
    """How often each option was chosen."""
    counts = [0] * options
    for answer in answers:
        for place in answer:
            counts[place] += 1
    return tuple(counts)


def _must_be_places(name: str, places: Iterable[int], options: int) -> None:
    if not all(0 <= place < options for place in places):
        raise BadValue(name, f"must be places from 0 to {options - 1}")
