import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.properties import DEEPEST, MOST_BYTES, MOST_KEYS, Change, Tree, fold, put, remove
from app.rules.refusals import BadValue

BEFORE: Tree = {"a": {"b": 1, "c": {"d": 2}}, "e": "f"}

# what is put, what is there afterwards, what changed
PUTS: list[tuple[Tree, Tree, Tree]] = [
    ({"g": 1}, BEFORE | {"g": 1}, {"g": 1}),
    ({"a.b": 9}, {"a": {"b": 9, "c": {"d": 2}}, "e": "f"}, {"a.b": 9}),
    ({"a.c.x": [1]}, {"a": {"b": 1, "c": {"d": 2, "x": [1]}}, "e": "f"}, {"a.c.x": [1]}),
    ({"a": {"z": 0}}, {"a": {"z": 0}, "e": "f"}, {"a": {"z": 0}}),
    ({"a": {}}, {"a": {}, "e": "f"}, {"a": {}}),
    ({"e.x": 1}, {"a": BEFORE["a"], "e": {"x": 1}}, {"e.x": 1}),
    ({"h.i.j": None}, BEFORE | {"h": {"i": {"j": None}}}, {"h.i.j": None}),
    ({"a.b": 1, "e": "f"}, BEFORE, {}),
    ({"a.b": True}, {"a": {"b": True, "c": {"d": 2}}, "e": "f"}, {"a.b": True}),
    ({}, BEFORE, {}),
    ({"a.b": 5, "a": {"b": 4, "y": 6}}, {"a": {"b": 5, "y": 6}, "e": "f"}, {"a": {"b": 4, "y": 6}, "a.b": 5}),
]


@pytest.mark.parametrize(("values", "after", "changed"), PUTS)
def test_a_value_goes_to_its_path(values: Tree, after: Tree, changed: Tree) -> None:
    found, change = put(BEFORE, values)
    assert json.dumps(found, sort_keys=True) == json.dumps(after, sort_keys=True)
    assert json.dumps(change.put) == json.dumps(changed)
    assert change.removed == ()
    assert bool(change) is bool(changed)


# which paths, what is left, which of them led to something
REMOVALS: list[tuple[list[str], Tree, tuple[str, ...]]] = [
    (["e"], {"a": BEFORE["a"]}, ("e",)),
    (["a.c.d"], {"a": {"b": 1, "c": {}}, "e": "f"}, ("a.c.d",)),
    (["a.c"], {"a": {"b": 1}, "e": "f"}, ("a.c",)),
    (["a.b", "a"], {"e": "f"}, ("a",)),
    (["nothing", "e.f", "a.c.d.x"], BEFORE, ()),
    (["e", "e"], {"a": BEFORE["a"]}, ("e",)),
]


@pytest.mark.parametrize(("paths", "after", "gone"), REMOVALS)
def test_what_is_at_a_path_goes(paths: list[str], after: Tree, gone: tuple[str, ...]) -> None:
    assert remove(BEFORE, paths) == (after, Change(removed=gone))


def test_the_tree_before_stays_as_it_was() -> None:
    before: Tree = {"a": {"b": [1]}}
    after, change = put(before, {"a.c": 1})
    after["a"]["b"].append(2)
    remove(before, ["a.b"])
    assert before == {"a": {"b": [1]}}
    assert change.put == {"a.c": 1}


def nested(levels: int) -> Any:
    """Objects in objects, so many levels of them."""
    return {"k": nested(levels - 1)} if levels else 0


# what is put over `BEFORE`, how the refusal begins
REFUSED: list[tuple[Tree, str]] = [
    ({"": 1}, "a key must be keys"),
    ({"a..b": 1}, r"a\.\.b must be keys"),
    ({".a": 1}, r"\.a must be keys"),
    ({"a.": 1}, r"a\. must be keys"),
    ({"k" * 129: 1}, "k{60}… must have keys of at most 128"),
    ({"a": {"k" * 129: 1}}, "a must have keys of at most 128"),
    ({"a\0b": 1}, r"a\?b must be text"),
    ({"\ud800": 1}, r"\? must be text"),
    ({"a": {"x": "\0"}}, r"a\.x must be text"),
    ({"a": ["\udc00"]}, "a must be text"),
    ({"a": {"x": float("inf")}}, r"a\.x must be a finite"),
    ({"a": float("nan")}, "a must be a finite"),
    ({"a": 10**41}, "a must be a number of at most 40 digits"),
    ({"deep": nested(DEEPEST)}, r"deep\.k.*must be at most 16 levels"),
    ({".".join("k" * (DEEPEST + 1)): 1}, r"k\.k.*must be at most 16 levels"),
    ({"many": {str(number): 1 for number in range(MOST_KEYS)}}, "many must hold fewer than 1000"),
    ({f"k{number}": 1 for number in range(MOST_KEYS)}, "properties must be at most 1000 keys"),
    ({"big": "x" * MOST_BYTES}, "big is too large: all properties together take 65536 bytes"),
]


@pytest.mark.parametrize(("values", "why"), REFUSED)
def test_what_cannot_be_kept_is_refused_by_its_name(values: Tree, why: str) -> None:
    with pytest.raises(BadValue, match=f"^{why}"):
        put(BEFORE, values)


def test_a_path_that_is_none_cannot_be_removed_either() -> None:
    with pytest.raises(BadValue, match=r"^a\.\.b must be keys"):
        remove(BEFORE, ["a..b"])


def test_what_is_at_the_limit_is_kept() -> None:
    assert put({}, {"deep": nested(DEEPEST - 1)})[1]
    assert put({}, {f"k{number}": 1 for number in range(MOST_KEYS)})[1]
    assert put({}, {"big": "x" * (MOST_BYTES - len('{"big":""}'))})[1]


KEYS = st.sampled_from(["a", "b", "c"])
PATHS = st.lists(KEYS, min_size=1, max_size=3).map(".".join)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-2, 2), st.sampled_from(["", "x", 1.0]))
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=6
)
TREES = st.dictionaries(KEYS, VALUES, max_size=3)
PUTTINGS = st.dictionaries(PATHS, VALUES, max_size=4)


def text(value: Any) -> str:
    """The value as whoever reads JSON tells it from others."""
    return json.dumps(value, sort_keys=True)


@given(TREES, PUTTINGS)
def test_the_changes_over_the_state_before_give_the_state_after(before: Tree, values: Tree) -> None:
    after, change = put(before, values)
    assert text(fold(before, change)) == text(after)
    assert change or text(before) == text(after)
    # What was put is there: whoever puts it again changes nothing.
    assert text(put(after, values)[0]) == text(after)


@given(TREES, st.lists(PATHS, max_size=4))
def test_the_removals_over_the_state_before_give_the_state_after(before: Tree, paths: list[str]) -> None:
    after, change = remove(before, paths)
    assert text(fold(before, change)) == text(after)
    assert bool(change) is (text(before) != text(after))
    assert not remove(after, paths)[1]


@given(TREES, PUTTINGS)
def test_what_was_heard_survives_storage_that_forgets_the_order_of_keys(before: Tree, values: Tree) -> None:
    after, change = put(before, values)
    reordered = dict(reversed(change.put.items()))
    assert text(fold(before, Change(put=reordered))) == text(after)
