"""Putting and removing properties, at any time until the classroom is over."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.domain import events
from app.domain.activities.actor import Insider, inside
from app.domain.classrooms import queries as rooms
from app.domain.events import kinds
from app.domain.participants import queries as participants
from app.domain.properties import queries
from app.domain.properties.tables import Properties
from app.kit.work import Work
from app.rules import properties as rule
from app.rules.permissions import Deed
from app.rules.properties import Change, Scope, Tree
from app.rules.refusals import BadValue, UnknownUser

LONGEST_SUBJECT: Final = 64
MOST_PARTS: Final = 100
MOST_PEOPLE: Final = 1_000
"""Of whom each may have properties; all of them are in the welcome of everybody."""

Step = Callable[[Tree], tuple[Tree, Change]]


@dataclass(frozen=True)
class Place:
    """Whose properties: the room's, a participant's, or those of a part of the room."""

    scope: Scope
    subject: str = ""


@dataclass(frozen=True)
class _Edit:
    """What a call does to the properties at some places, and who calls why."""

    steps: Mapping[Place, Step]
    by: str
    cause: Mapping[str, Any]
    enabled: bool | None = None


async def begin(
    work: Work, tenant_id: str, classroom_id: str, *, place: Place, values: Mapping[str, Any]
) -> bool:
    """Keep the first properties of what has none, which changes nothing for anybody; whether it had none."""
    tree, _ = rule.put({}, values, most=place.scope.most_bytes)
    await rooms.locked(work, tenant_id, classroom_id)
    if await _held(work, tenant_id, classroom_id, [place]):
        return False
    await _keep(work, tenant_id, classroom_id, [(place, tree, None)])
    return True


async def put(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    participant_id: str,
    *,
    place: Place,
    values: Mapping[str, Any],
    cause: Mapping[str, Any],
    enabled: bool | None = None,
) -> None:
    """Put values at their paths; `enabled` switches a part of the room on or off."""
    if enabled is not None and place.scope not in rule.PARTS:
        raise BadValue("enabled", "is of parts of the room")
    steps = {place: lambda tree: rule.put(tree, values, most=place.scope.most_bytes)}
    await _change(work, tenant_id, classroom_id, _Edit(steps, participant_id, cause, enabled))


async def remove(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    participant_id: str,
    *,
    place: Place,
    paths: Collection[str],
    cause: Mapping[str, Any],
) -> None:
    """Remove what is at these paths; one that leads to nothing is passed over."""
    steps: dict[Place, Step] = {place: lambda tree: rule.remove(tree, paths)}
    await _change(work, tenant_id, classroom_id, _Edit(steps, participant_id, cause))


async def put_of_people(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    participant_id: str,
    *,
    values: Mapping[str, Mapping[str, Any]],
    cause: Mapping[str, Any],
) -> None:
    """Put values at their paths, for each of these participants; one refusal refuses all."""

    def step(wanted: Mapping[str, Any]) -> Step:
        return lambda tree: rule.put(tree, wanted, most=Scope.PERSON.most_bytes)

    steps = {Place(Scope.PERSON, whose): step(wanted) for whose, wanted in values.items()}
    await _change(work, tenant_id, classroom_id, _Edit(steps, participant_id, cause))


async def remove_of_people(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    participant_id: str,
    *,
    paths: Mapping[str, Collection[str]],
    cause: Mapping[str, Any],
) -> None:
    """Remove what is at these paths, for each of these participants."""

    def step(gone: Collection[str]) -> Step:
        return lambda tree: rule.remove(tree, gone)

    steps = {Place(Scope.PERSON, whose): step(gone) for whose, gone in paths.items()}
    await _change(work, tenant_id, classroom_id, _Edit(steps, participant_id, cause))


async def _change(work: Work, tenant_id: str, classroom_id: str, edit: _Edit) -> None:
    rule.put({}, {"cause": dict(edit.cause)})
    insider = await inside(work, tenant_id, classroom_id, edit.by)
    _must(insider, edit.steps)
    await _must_be_there(work, tenant_id, classroom_id, edit.steps)
    before = await _held(work, tenant_id, classroom_id, edit.steps)
    await _must_fit(work, tenant_id, classroom_id, edit.steps, before)
    rows, happened = _applied(edit, before, insider.name)
    if rows:
        await _keep(work, tenant_id, classroom_id, rows)
        await events.record_all(work, tenant_id, classroom_id, happened)


def _must(insider: Insider, places: Collection[Place]) -> None:
    """Refuse whoever may not change the properties at these places."""
    own = Place(Scope.PERSON, insider.participant_id)
    for place in places:
        insider.must(Deed.SET_OWN_PROPERTIES if place == own else Deed.SET_PROPERTIES)


async def _must_be_there(work: Work, tenant_id: str, classroom_id: str, places: Collection[Place]) -> None:
    people = {place.subject for place in places if place.scope is Scope.PERSON}
    missing = people - await participants.seated(work, tenant_id, classroom_id, people)
    if missing:
        raise UnknownUser(min(missing))
    for place in places:
        if (place.scope is Scope.ROOM) is not (place.subject == ""):
            raise BadValue("subject", "names a person or a part of the room, and not the room itself")
        if len(place.subject) > LONGEST_SUBJECT:
            raise BadValue("subject", f"must have at most {LONGEST_SUBJECT} characters")


async def _held(
    work: Work, tenant_id: str, classroom_id: str, places: Collection[Place]
) -> dict[Place, Properties]:
    found = await work.db.scalars(
        select(Properties)
        .where(
            Properties.tenant_id == tenant_id,
            Properties.classroom_id == classroom_id,
            Properties.scope.in_({place.scope.value for place in places}),
            Properties.subject.in_({place.subject for place in places}),
        )
        .execution_options(populate_existing=True)
    )
    return {Place(Scope(one.scope), one.subject): one for one in found}


async def _must_fit(
    work: Work, tenant_id: str, classroom_id: str, places: Collection[Place], before: Collection[Place]
) -> None:
    fresh = [place for place in places if place.scope in rule.PARTS and place not in before]
    if fresh and await queries.parts(work, tenant_id, classroom_id) + len(fresh) > MOST_PARTS:
        raise BadValue(fresh[0].subject, f"is one too many: at most {MOST_PARTS} parts have properties")
    people = [place for place in places if place.scope is Scope.PERSON and place not in before]
    if people and await queries.people(work, tenant_id, classroom_id) + len(people) > MOST_PEOPLE:
        raise BadValue("subject", f"at most {MOST_PEOPLE} people have properties")


def _applied(
    edit: _Edit, before: Mapping[Place, Properties], name: str
) -> tuple[list[tuple[Place, Tree, bool | None]], list[kinds.PropertiesChanged]]:
    """What is to be kept, and what happened; nothing of places where nothing changed."""
    rows, happened = [], []
    for place, step in edit.steps.items():
        row = before.get(place)
        value, change = step(row.value if row else {})
        was = row.enabled if row else None
        switched = edit.enabled if edit.enabled != was else None
        if not change and switched is None:
            continue
        rows.append((place, value, was if switched is None else switched))
        happened.append(
            kinds.PropertiesChanged(
                scope=place.scope.value,
                subject=place.subject,
                changes=change.put,
                removed=change.removed,
                enabled=switched,
                cause=dict(edit.cause),
                participant_id=edit.by,
                name=name,
            )
        )
    return rows, happened


async def _keep(
    work: Work, tenant_id: str, classroom_id: str, rows: Iterable[tuple[Place, Tree, bool | None]]
) -> None:
    fresh = insert(Properties).values(
        [
            {
                "tenant_id": tenant_id,
                "classroom_id": classroom_id,
                "scope": place.scope.value,
                "subject": place.subject,
                "participant_id": place.subject if place.scope is Scope.PERSON else None,
                "value": value,
                "enabled": enabled,
            }
            for place, value, enabled in rows
        ]
    )
    await work.db.execute(
        fresh.on_conflict_do_update(
            index_elements=[
                Properties.tenant_id,
                Properties.classroom_id,
                Properties.scope,
                Properties.subject,
            ],
            set_={"value": fresh.excluded.value, "enabled": fresh.excluded.enabled},
            where=Properties.tenant_id == tenant_id,
        )
    )
