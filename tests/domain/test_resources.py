"""Links before a class, on PostgreSQL."""

from typing import Any

import pytest
from lessons import Held, held

from app.domain import classrooms, resources
from app.domain.activities.actor import SERVER
from app.domain.resources import queries
from app.domain.tenants.tables import Tenant
from app.kit.work import Works
from app.rules.refusals import BadValue, LessonOver, NotAllowed, UnknownThing
from app.rules.resources import Link

SLIDES = Link("slides", "Slides", "https://example.com/slides", 1024, {"taskUuid": "t1"})
TOLD = {
    "resource_id": "slides",
    "name": "Slides",
    "url": "https://example.com/slides",
    "size": 1024,
    "task": {"taskUuid": "t1"},
}


@pytest.fixture
async def live(works: Works, tenant: Tenant) -> Held:
    return await held(works, tenant)


def server(live: Held) -> tuple[str, str, str]:
    return live.tenant_id, live.classroom_id, SERVER


async def there(live: Held) -> list[str]:
    async with live.works.begin() as work:
        found = await queries.of_classroom(work, live.tenant_id, live.classroom_id)
    return [one.name for one in found]


async def told(live: Held) -> list[tuple[str, Any, str]]:
    kinds = ("ResourcesPut", "ResourcesRemoved")
    return [
        (event.kind, event.data["resources"], event.data["participant_id"])
        for event in await live.events(*kinds)
    ]


async def test_a_link_is_put_changed_and_removed(live: Held) -> None:
    await live.do(resources.put, server(live), link=SLIDES)
    await live.do(resources.put, live.host, link=SLIDES)
    changed = Link("slides", "Better slides", SLIDES.url)
    await live.do(resources.put, live.moderator, link=changed)
    assert await there(live) == ["Better slides"]
    await live.do(resources.remove, live.host, resource_ids=["slides"])
    assert await there(live) == []
    better = TOLD | {"name": "Better slides", "size": 0, "task": {}}
    assert await told(live) == [
        ("ResourcesPut", [TOLD], "server"),
        ("ResourcesPut", [better], live.moderator[2]),
        ("ResourcesRemoved", [better], live.host[2]),
    ]


async def test_many_go_together_or_not_at_all(live: Held) -> None:
    for name in ("a", "b", "c"):
        await live.do(resources.put, server(live), link=Link(name, name, "https://example.com"))
    with pytest.raises(UnknownThing, match="'x'"):
        await live.do(resources.remove, server(live), resource_ids=["a", "x"])
    assert await there(live) == ["a", "b", "c"]
    await live.do(resources.remove, server(live), resource_ids=["c", "a"])
    await live.do(resources.remove, server(live), resource_ids=[])
    assert await there(live) == ["b"]
    assert [[one["resource_id"] for one in links] for _, links, _ in await told(live)][3:] == [["a", "c"]]


async def test_students_put_and_remove_none(live: Held) -> None:
    await live.do(resources.put, live.host, link=SLIDES)
    with pytest.raises(NotAllowed):
        await live.do(resources.put, live.students[0], link=Link("x", "x", "https://example.com"))
    with pytest.raises(NotAllowed):
        await live.do(resources.remove, live.students[0], resource_ids=["slides"])
    assert await there(live) == ["Slides"]


async def test_a_class_has_at_most_a_hundred(live: Held) -> None:
    async with live.works.begin() as work:
        for number in range(100):
            await resources.put(work, *server(live), link=Link(f"r{number}", "x", "https://example.com"))
    with pytest.raises(BadValue, match="at most 100"):
        await live.do(resources.put, server(live), link=SLIDES)
    await live.do(resources.put, server(live), link=Link("r5", "y", "https://example.com"))


async def test_they_stay_from_lesson_to_lesson_until_the_class_is_over(live: Held) -> None:
    await live.do(resources.put, live.host, link=SLIDES)
    await live.end()
    assert await there(live) == ["Slides"]
    async with live.works.begin() as work:
        await classrooms.cancel(work, live.tenant_id, live.classroom_id)
    with pytest.raises(LessonOver):
        await live.do(resources.remove, server(live), resource_ids=["slides"])
