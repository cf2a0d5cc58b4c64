"""Properties: a small tree of JSON that programs keep at a room, a person or a part of the room.

A path names a place in the tree: its keys with dots between them. What is put at a path replaces all that was
there and leaves the rest alone.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from app.rules.refusals import BadValue

Tree = dict[str, Any]

MOST_BYTES: Final = 64 * 1024
MOST_BYTES_OF_PERSON: Final = 16 * 1024
MOST_KEYS: Final = 1000
LONGEST_KEY: Final = 128
DEEPEST: Final = 16
LONGEST_PATH: Final = DEEPEST * (LONGEST_KEY + 1)
LONGEST_NUMBER: Final = 10**40
SHOWN: Final = 60


class Scope(StrEnum):
    """What can have properties."""

    ROOM = "room"
    PERSON = "person"
    APP = "app"
    WIDGET = "widget"

    @property
    def most_bytes(self) -> int:
        """How large the tree of one subject may grow, written as JSON."""
        return MOST_BYTES_OF_PERSON if self is Scope.PERSON else MOST_BYTES


PARTS: Final = frozenset({Scope.APP, Scope.WIDGET})
"""The parts of a room, which may also be switched on and off."""


@dataclass(frozen=True)
class Change:
    """What became of a tree: the new value at each path that has one, and the paths that are gone."""

    put: Tree = field(default_factory=dict)
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.put or self.removed)


def put(
    before: Mapping[str, Any], values: Mapping[str, Any], *, most: int = MOST_BYTES
) -> tuple[Tree, Change]:
    """The tree with each value at its path, and what changed by that; BadValue names what cannot be kept."""
    if len(values) > MOST_KEYS:
        raise BadValue("properties", f"must be at most {MOST_KEYS} keys in all")
    after: Tree = _copy(before)
    changed: Tree = {}
    for path in _broad_first(values):
        _check(path, values[path], len(path.split(".")))
        if not _same(_found(after, path), values[path]):
            _set(after, path, values[path])
            changed[path] = values[path]
    _check_size(after, most)
    return after, Change(put=changed)


def must_fit(name: str, values: Mapping[str, Any], *, most: int = 2 * MOST_BYTES) -> None:
    """Refuse values that are kept whole under a name: too deep, too many, too large, or not to be stored.

    A tree that fits by itself fits in them.
    """
    for key, value in values.items():
        place = f"{name}.{key}"
        _check_key(place, key)
        _check(place, value, 0)
        if _keys_in(value) > MOST_KEYS:
            raise BadValue(_short(place), f"must be at most {MOST_KEYS} keys in all")
    if len(values) > MOST_KEYS:
        raise BadValue(name, f"must be at most {MOST_KEYS} keys")
    if len(_text(dict(values)).encode()) > most:
        raise BadValue(name, f"is too large: it takes {most} bytes at most")


def remove(before: Mapping[str, Any], paths: Iterable[str]) -> tuple[Tree, Change]:
    """The tree without what is at these paths, and which of them led to something."""
    after: Tree = _copy(before)
    gone = [path for path in _broad_first(paths) if _unset(after, path)]
    return after, Change(removed=tuple(gone))


def fold(before: Mapping[str, Any], change: Change) -> Tree:
    """The tree after a change that somebody heard of."""
    after: Tree = _copy(before)
    for path in change.removed:
        _unset(after, path)
    for path in _broad_first(change.put):
        _set(after, path, change.put[path])
    return after


def _broad_first(paths: Iterable[str]) -> list[str]:
    # Whatever the order in which a program wrote them: of two paths the more precise one has the last word.
    found = sorted(set(paths), key=lambda path: (path.count("."), path))
    for path in found:
        _check_path(path)
    return found


def _check_path(path: str) -> None:
    if len(path) > LONGEST_PATH:
        raise BadValue(_short(path), f"must be at most {LONGEST_PATH} characters")
    for key in path.split("."):
        if not key:
            raise BadValue(_short(path), "must be keys with single dots between them")
        _check_key(path, key)


def _check_key(path: str, key: str) -> None:
    if len(key) > LONGEST_KEY:
        raise BadValue(_short(path), f"must have keys of at most {LONGEST_KEY} characters")
    if not _storable(key):
        raise BadValue(_short(path), "must be text that can be stored")


def _check(path: str, value: Any, depth: int) -> None:
    """Refuse what JSON, or the database, cannot keep."""
    if depth > DEEPEST:
        raise BadValue(_short(path), f"must be at most {DEEPEST} levels deep")
    match value:
        case str() if not _storable(value):
            raise BadValue(_short(path), "must be text that can be stored")
        case float() if not math.isfinite(value):
            raise BadValue(_short(path), "must be a finite number")
        case int() if abs(value) > LONGEST_NUMBER:
            raise BadValue(_short(path), "must be a number of at most 40 digits")
        case dict():
            for key, inner in value.items():
                _check_key(path, key)
                _check(f"{path}.{key}", inner, depth + 1)
        case list():
            for inner in value:
                _check(path, inner, depth + 1)
        case _:
            return


def _check_size(tree: Tree, most: int) -> None:
    for key in tree:
        if _keys_in(tree[key]) >= MOST_KEYS:
            raise BadValue(_short(key), f"must hold fewer than {MOST_KEYS} keys")
    if _keys_in(tree) > MOST_KEYS:
        raise BadValue("properties", f"must be at most {MOST_KEYS} keys in all")
    sizes = {key: len(_text({key: value}).encode()) for key, value in tree.items()}
    if sum(sizes.values()) > most:
        largest = max(sizes, key=lambda key: sizes[key])
        raise BadValue(_short(largest), f"is too large: all properties together take {most} bytes")


def _keys_in(value: Any) -> int:
    match value:
        case dict():
            return len(value) + sum(_keys_in(inner) for inner in value.values())
        case list():
            return sum(_keys_in(inner) for inner in value)
        case _:
            return 0


def _found(tree: Tree, path: str) -> Any:
    """What is at a path, in a list of its own; an empty one where nothing is."""
    place: Any = tree
    for key in path.split("."):
        if not isinstance(place, dict) or key not in place:
            return []
        place = place[key]
    return [place]


def _set(tree: Tree, path: str, value: Any) -> None:
    *parents, last = path.split(".")
    place = tree
    for key in parents:
        if not isinstance(place.get(key), dict):
            place[key] = {}
        place = place[key]
    place[last] = _copy(value)


def _unset(tree: Tree, path: str) -> bool:
    *parents, last = path.split(".")
    place: Any = tree
    for key in parents:
        place = place.get(key) if isinstance(place, dict) else None
    if not isinstance(place, dict) or last not in place:
        return False
    del place[last]
    return True


def _same(found: Any, value: Any) -> bool:
    # Not `==`: to Python 1, 1.0 and true are one value, to whoever reads JSON they are three.
    return bool(found) and _text(found[0]) == _text(value)


def _copy(value: Any) -> Any:
    match value:
        case Mapping():
            return {key: _copy(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_copy(inner) for inner in value]
        case _:
            return value


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _storable(text: str) -> bool:
    """Whether the database keeps it: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _short(path: str) -> str:
    """A path as a refusal repeats it."""
    said = path if len(path) <= SHOWN else f"{path[:SHOWN]}…"
    return said.encode(errors="replace").decode().replace("\0", "?") or "a key"
