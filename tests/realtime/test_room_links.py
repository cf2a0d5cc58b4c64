"""Links before the class over real sockets of a running server."""

from typing import Any

from make import merithub_class
from tabs import joined


async def test_links_are_told_and_late_joiners_get_them(server: Any) -> None:
    made = merithub_class(server)
    link = {"resource_id": "slides", "name": "Slides", "url": "https://example.com/slides"}
    async with joined(server, made.host_link) as teacher, joined(server, made.student_links[0]) as student:
        await teacher.send(type="put_resource", **link)
        assert (await student.heard("resources_put"))["resources"] == [link | {"size": 0}]
        await teacher.send(type="put_resource", name="Book", url="https://example.com/book", size=5)
        [book] = (await student.heard("resources_put"))["resources"]
        assert book.pop("resource_id")
        assert book == {"name": "Book", "url": "https://example.com/book", "size": 5}
        await student.send(type="remove_resource", resource_id="slides")
        assert (await student.heard("refused"))["code"] == "notAllowed"
        await teacher.send(type="put_resource", name="Trap", url="javascript:alert(1)")
        assert (await teacher.heard("refused"))["code"] == "badValue"
        async with joined(server, made.student_links[1]) as late:
            assert [one["name"] for one in late.welcome["resources"]] == ["Slides", "Book"]
        await teacher.send(type="remove_resource", resource_id="slides")
        heard = await student.heard("resources_removed")
        assert [one["resource_id"] for one in heard["resources"]] == ["slides"]
