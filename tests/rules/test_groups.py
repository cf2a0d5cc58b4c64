"""How a class is split into groups."""

import pytest

from app.rules.groups import Draft, deal, must_hold_together
from app.rules.refusals import BadValue


@pytest.mark.parametrize(
    ("many", "expected"),
    [
        (1, [("a", "b", "c", "d", "e")]),
        (2, [("a", "c", "e"), ("b", "d")]),
        (3, [("a", "d"), ("b", "e"), ("c",)]),
        (6, [("a",), ("b",), ("c",), ("d",), ("e",), ()]),
    ],
)
def test_people_are_dealt_as_evenly_as_they_go(many: int, expected: list[tuple[str, ...]]) -> None:
    assert [draft.members for draft in deal("abcde", many)] == expected


@pytest.mark.parametrize("many", [0, -1, 101])
def test_there_are_some_groups_and_not_too_many(many: int) -> None:
    with pytest.raises(BadValue, match="groups"):
        deal("abc", many)


@pytest.mark.parametrize(
    ("drafts", "standing"),
    [
        ([], 0),
        ([Draft(())] * 101, 0),
        ([Draft(())] * 2, 99),
        ([Draft(("a",)), Draft(("a",))], 0),
        ([Draft(("a", "a"))], 0),
        ([Draft((), "one"), Draft((), "one")], 0),
        ([Draft((), None, "x" * 101)], 0),
    ],
)
def test_groups_that_contradict_one_another_are_refused(drafts: list[Draft], standing: int) -> None:
    with pytest.raises(BadValue):
        must_hold_together(drafts, standing)


def test_groups_without_ids_or_people_are_good() -> None:
    must_hold_together([Draft(()), Draft(("a",)), Draft(("b",), "two", "Two")], 97)
