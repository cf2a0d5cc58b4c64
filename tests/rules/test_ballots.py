import pytest

from app.rules.ballots import Ballot, ballot, bare_ballot, chosen, tally, verdict, voted
from app.rules.refusals import BadValue

YES_NO = ("yes", "no")


def test_a_question_is_put_without_space_around_it() -> None:
    assert ballot(" 2 + 2? ", [" 3", "4 "], [1, 1]) == Ballot("2 + 2?", ("3", "4"), (1,))


def test_an_opinion_has_no_right_answer() -> None:
    assert ballot("Break?", YES_NO, []).correct == ()


@pytest.mark.parametrize(
    ("question", "options", "correct", "field"),
    [
        ("  ", YES_NO, (), "question"),
        ("q" * 501, YES_NO, (), "question"),
        ("q", ("yes",), (), "options"),
        ("q", ("o",) * 9, (), "options"),
        ("q", ("yes", " "), (), "options"),
        ("q", ("yes", "o" * 201), (), "options"),
        ("q", YES_NO, (2,), "correct"),
        ("q", YES_NO, (-1,), "correct"),
    ],
)
def test_what_cannot_be_asked(
    question: str, options: tuple[str, ...], correct: tuple[int, ...], field: str
) -> None:
    with pytest.raises(BadValue) as refused:
        ballot(question, options, correct)
    assert refused.value.field == field


def test_the_longest_question_with_the_most_options_can_be_asked() -> None:
    assert len(ballot("q" * 500, ("o" * 200,) * 8, range(8)).options) == 8


def test_a_question_may_be_said_aloud() -> None:
    assert bare_ballot(" ", ["A", "B"], [0]) == Ballot("", ("A", "B"), (0,))
    with pytest.raises(BadValue, match="question"):
        bare_ballot("q" * 501, YES_NO, [])


def test_a_poll_takes_one_choice_or_several() -> None:
    assert voted([1, 1], 3, multiple=False) == (1,)
    assert voted([2, 0], 3, multiple=True) == (0, 2)
    with pytest.raises(BadValue, match=r"^choices must be one"):
        voted([0, 1], 3, multiple=False)
    with pytest.raises(BadValue, match="choices"):
        voted([], 3, multiple=True)


def test_an_answer_names_each_place_once_and_in_order() -> None:
    assert chosen([2, 0, 2], 3) == (0, 2)


@pytest.mark.parametrize("choices", [(), (3,), (-1,), (0, 7)])
def test_what_cannot_be_answered(choices: tuple[int, ...]) -> None:
    with pytest.raises(BadValue, match="choices"):
        chosen(choices, 3)


@pytest.mark.parametrize(
    ("choices", "correct", "expected"),
    [
        ((1,), (1,), True),
        ((0, 2), (2, 0), True),
        ((0,), (0, 2), False),
        ((0, 1, 2), (0, 2), False),
        ((0,), (1,), False),
        ((0,), (), None),
    ],
)
def test_an_answer_is_right_when_exactly_the_right_ones_are_chosen(
    choices: tuple[int, ...],
    correct: tuple[int, ...],
    expected: bool | None,  # noqa: FBT001
) -> None:
    assert verdict(choices, correct) is expected


def test_each_option_is_counted() -> None:
    assert tally([(0,), (0, 2), (2,), (0,)], 4) == (3, 0, 2, 0)
    assert tally([], 2) == (0, 0)
