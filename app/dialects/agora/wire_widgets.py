"""Pop-up quizzes and polls: what programs send, and the records of them that programs read."""

import struct
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from app.dialects.agora.reading import Wire
from app.dialects.agora.words import ms
from app.dialects.reading import Id, Number, Text
from app.rules.refusals import BadValue

QUIZ: Final = "popupQuiz"
POLL: Final = "poll"
NAMES: Final = {"popupQuizs": QUIZ, "polls": POLL}
"""The vendor writes the widgets in the singular where records are read and in the plural elsewhere."""

RECORD: Final = 1110
"""The number of the events that are records of widgets."""

SET: Final = 1
DELETED: Final = 2
RUNNING, OVER = 1, 0
SINGLE, MULTIPLE = 1, 2
DIGITS_OF_A_SINGLE: Final = 9


def _listed(value: Any) -> Any:
    return value if value is None or isinstance(value, list) else [value]


Options = Annotated[list[Id], Field(min_length=2, max_length=8)]
Places = Annotated[list[int], BeforeValidator(_listed), Field(min_length=1)]


class StartQuiz(Wire):
    """A quiz whose question is said aloud: its options, and which of them are right."""

    items: Options
    correct_items: list[Id]


class AnswerQuiz(Wire):
    """The options that somebody selects."""

    selected_items: Annotated[list[Id], BeforeValidator(_listed), Field(min_length=1)]


class StartPoll(Wire):
    """A poll: its options, of which one (mode 1) or several (mode 2) may be selected."""

    mode: Number = SINGLE
    poll_items: Options
    poll_title: Text = None

    @property
    def multiple(self) -> bool:
        """Whether several options may be selected."""
        if self.mode not in (None, SINGLE, MULTIPLE):
            raise BadValue("mode", "must be 1 or 2")
        return self.mode == MULTIPLE


class AnswerPoll(Wire):
    """The places of the options that somebody selects, from 0."""

    select_index: Places


def places(field: str, chosen: Sequence[str], options: Sequence[str]) -> list[int]:
    """Where these options stand; BadValue names one that there is not."""
    for one in chosen:
        if one not in options:
            raise BadValue(field, f"has {one!r}, which is no item")
    return [options.index(one) for one in chosen]


def share(part: int, whole: int) -> int | float:
    """A part of a whole as the vendor prints it: none and all as whole numbers, else in single precision."""
    if part in (0, whole):
        return 1 if part else 0
    (single,) = struct.unpack("f", struct.pack("f", part / whole))
    for digits in range(1, DIGITS_OF_A_SINGLE):
        shown = float(f"{single:.{digits}g}")
        if struct.pack("f", shown) == struct.pack("f", single):
            return shown
    return float(f"{single:.{DIGITS_OF_A_SINGLE}g}")


def quiz_started(
    quiz_id: str, items: Sequence[str], correct_items: Sequence[str], *, total: int, at: datetime
) -> dict[str, Any]:
    """The first summary of a quiz."""
    return {
        "extra.correctItems": list(correct_items),
        "extra.totalCount": total,
        "extra.answerState": RUNNING,
        "state": RUNNING,
        "extra.popupQuizId": quiz_id,
        "extra.averageAccuracy": share(0, 0),
        "extra.correctCount": 0,
        "extra.items": list(items),
        "extra.receiveQuestionTime": ms(at),
    }


def quiz_answer(
    quiz_id: str, selected_items: Sequence[str], *, correct: bool, at: datetime
) -> dict[str, Any]:
    """What one student selected."""
    return {
        "selectedItems": list(selected_items),
        "isCorrect": correct,
        "popupQuizId": quiz_id,
        "lastCommitTime": ms(at),
    }


def quiz_summary(*, total: int, selected: int, correct: int) -> dict[str, Any]:
    """How a quiz stands. `totalCount`: the vendor's table says those who submitted, which its example of a
    quiz that just started denies, and its own page shows selectedCount of totalCount: those who can.
    """
    return {
        "extra.totalCount": total,
        "extra.selectedCount": selected,
        "extra.averageAccuracy": share(correct, selected),
        "extra.correctCount": correct,
    }


def quiz_ended(*, total: int, selected: int, correct: int) -> dict[str, Any]:
    """The last summary of a quiz."""
    return quiz_summary(total=total, selected=selected, correct=correct) | {"extra.answerState": OVER}


def poll_started(poll_id: str, items: Sequence[str], *, multiple: bool) -> dict[str, Any]:
    """The first summary of a poll."""
    return poll_summary(poll_id, [0] * len(items), 0) | {
        "extra.pollState": RUNNING,
        "extra.pollItems": list(items),
        "extra.mode": MULTIPLE if multiple else SINGLE,
        "state": RUNNING,
    }


def poll_answer(poll_id: str, select_index: Sequence[int]) -> dict[str, Any]:
    """What one student selected."""
    return {"pollId": poll_id, "selectIndex": list(select_index)}


def poll_summary(poll_id: str, counts: Sequence[int], answered: int) -> dict[str, Any]:
    """How a poll stands."""
    details = {
        str(place): {"num": num, "percentage": share(num, answered)} for place, num in enumerate(counts)
    }
    return {"extra.pollId": poll_id, "extra.pollDetails": details}


def poll_ended(poll_id: str, counts: Sequence[int], answered: int) -> dict[str, Any]:
    """The last summary of a poll."""
    return poll_summary(poll_id, counts, answered) | {"extra.pollState": OVER}
