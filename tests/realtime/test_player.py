"""The player's addresses: who gets in, what is answered, what the archive holds."""

import io
import json
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import httpx
import pytest
import recorded

from app.domain import classrooms, participants, tenants
from app.domain.recordings import links, queries
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.workers.scheduler import Scheduler


@dataclass(frozen=True)
class Links:
    """Where a recording is."""

    recording_id: str
    player: str
    events: str
    download: str
    made: recorded.Class


async def links_to(works: Works, tenant: Tenant, made: recorded.Class) -> Links:
    scheduler = Scheduler(works)
    while await scheduler.tick():
        pass
    async with works.begin() as work:
        (one,) = await queries.of_classroom(work, tenant.tenant_id, made.classroom_id)
    names = (tenant.signing_secret, tenant.tenant_id, one.recording_id)
    return Links(one.recording_id, links.player(*names), links.events(*names), links.download(*names), made)


@pytest.fixture
async def held(works: Works, clock: ManualClock, tenant: Tenant) -> Links:
    """The recording of a lesson, offered for download."""
    made = await recorded.a_class(works, tenant.tenant_id, recording_download=True)
    await recorded.a_lesson(works, clock, made)
    return await links_to(works, tenant, made)


async def test_the_page_is_strict_and_may_be_embedded(client: httpx.AsyncClient, held: Links) -> None:
    answer = await client.get(held.player)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self'; ")
    assert "unsafe" not in policy
    assert "frame-ancestors" not in policy
    assert "<h1>Algebra</h1>" in answer.text
    assert 'data-seconds="120"' in answer.text


async def test_events_are_read_in_pages_of_public_things(client: httpx.AsyncClient, held: Links) -> None:
    body = (await client.get(held.events)).json()
    assert "next" not in body
    assert len(body["events"]) == 21
    assert body["events"][0] == {
        "seq": body["events"][0]["seq"],
        "at": "2026-03-02T08:00:00+00:00",
        "kind": "VisitorJoined",
        "participant_id": held.made.teacher,
        "name": "Ms Teach",
        "role": "host",
    }
    third = body["events"][2]["seq"]
    rest = (await client.get(f"{held.events}&after={third}")).json()
    assert rest["events"] == body["events"][3:]
    assert "secret" not in json.dumps(body)


@pytest.mark.parametrize(
    "broken",
    [
        lambda url: url[:-1] + ("0" if url[-1] != "0" else "1"),
        lambda url: url.split("?")[0],
        lambda url: url.split("?")[0] + "?signature=%C3%A9",
        lambda url: url.replace("homeroomtesttenant00", "anothertesttenant000"),
        lambda url: url.replace("homeroomtesttenant00", "%00"),
        lambda url: url.replace(url.split("/")[4].split("?")[0], "nowhere"),
    ],
)
async def test_a_link_that_was_tampered_with_opens_nothing(
    client: httpx.AsyncClient, held: Links, broken: object
) -> None:
    assert callable(broken)
    for url in (held.player, held.download):
        answer = await client.get(broken(url))
        assert answer.status_code in (400, 403, 404), answer.text
        assert answer.headers["content-type"].startswith("text/html"), url
        assert "Algebra" not in answer.text
    answer = await client.get(broken(held.events))
    assert answer.status_code in (400, 403, 404)
    assert "Ms Teach" not in answer.text


async def test_a_forged_link_says_so_on_a_page(client: httpx.AsyncClient, held: Links) -> None:
    answer = await client.get(held.player.split("?")[0] + "?signature=0")
    assert answer.status_code == 403
    assert "<h1>This link is not valid</h1>" in answer.text


async def test_another_tenants_signature_opens_nothing(
    client: httpx.AsyncClient, works: Works, held: Links
) -> None:
    async with works.begin() as work:
        other = await tenants.create(work, "Other school", test=True, allow_private=True)
    for tenant_id in (held.made.tenant_id, other.tenant_id):
        forged = links.player(other.signing_secret, tenant_id, held.recording_id)
        answer = await client.get(forged)
        assert answer.status_code in (403, 404)
        assert "Algebra" not in answer.text


async def test_the_link_to_watch_reads_no_archive(client: httpx.AsyncClient, held: Links) -> None:
    signature = held.player.split("signature=")[1]
    answer = await client.get(held.download.split("signature=")[0] + "signature=" + signature)
    assert answer.status_code == 403


async def test_the_recording_of_a_deleted_class_is_gone(
    client: httpx.AsyncClient, works: Works, held: Links
) -> None:
    async with works.begin() as work:
        await classrooms.delete(work, held.made.tenant_id, held.made.classroom_id)
    for url in (held.player, held.download, held.events):
        assert (await client.get(url)).status_code == 404
    assert "<h1>Recording not found</h1>" in (await client.get(held.player)).text


async def test_no_archive_where_the_class_offers_none(
    client: httpx.AsyncClient, works: Works, held: Links
) -> None:
    assert 'data-download="/_/recording/' in (await client.get(held.player)).text
    async with works.begin() as work:
        changes = {"recording_download": False}
        await classrooms.edit(work, held.made.tenant_id, held.made.classroom_id, changes)
    assert 'data-download=""' in (await client.get(held.player)).text
    answer = await client.get(held.download)
    assert answer.status_code == 403
    assert "<h1>No download</h1>" in answer.text


async def archive_of(client: httpx.AsyncClient, held: Links) -> dict[str, str]:
    answer = await client.get(held.download)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="recording-{held.recording_id}.zip"'
    )
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


async def test_the_archive_holds_what_all_saw(client: httpx.AsyncClient, held: Links) -> None:
    files = await archive_of(client, held)
    assert list(files) == [
        "README.txt",
        "events.jsonl",
        "chat.txt",
        "chat.json",
        "board/page-1.svg",
        "board/page-2.svg",
    ]
    assert files["README.txt"].startswith(
        "Algebra\n\nThis is the recording of a lesson that began at 2026-03-02"
    )
    assert files["chat.txt"].splitlines() == [
        "[0:00:20] Ms Teach: Good morning <b>!",
        "[0:01:30] Ms Teach: See you",
        "    [0:00:00] Ada: forged",
    ]
    chat = json.loads(files["chat.json"])
    assert [(line["second"], line["name"], line["text"]) for line in chat] == [
        (20, "Ms Teach", "Good morning <b>!"),
        (90, "Ms Teach", "See you\n[0:00:00] Ada: forged"),
    ]
    rows = [json.loads(line) for line in files["events.jsonl"].splitlines()]
    assert len(rows) == 21
    assert (rows[0]["kind"], rows[0]["second"]) == ("VisitorJoined", 0)
    assert (rows[-1]["kind"], rows[-1]["second"]) == ("LessonEnded", 120)
    assert [row for row in rows if row["kind"] == "QuizAnswered"] == [
        {
            "seq": rows[12]["seq"],
            "at": "2026-03-02T08:01:25Z",
            "second": 55,
            "kind": "QuizAnswered",
            "quiz_id": "z1",
            "answered": 1,
        }
    ]


async def test_the_archive_holds_no_secret(client: httpx.AsyncClient, held: Links) -> None:
    everything = "".join((await archive_of(client, held)).values())
    for secret in ("My secret", "192.0.2.7", "Browser 1"):
        assert secret not in everything


async def test_the_board_is_drawn_as_it_stood_at_the_end(
    client: httpx.AsyncClient, works: Works, clock: ManualClock, tenant: Tenant
) -> None:
    made = await recorded.a_class(works, tenant.tenant_id, recording_download=True)
    await recorded.start(works, made)
    await recorded.record(
        works,
        made,
        recorded.stroke(made, "old"),
        recorded.kinds.BoardCleared(1, made.teacher),
        recorded.stroke(made, "dot", points=((5000, 5000),)),
        recorded.stroke(made, "evil", color='"/><script>', width=900, points=((-1, 99999), (0, 0))),
        recorded.stroke(made, "three", page=3, color=recorded.BLUE),
        recorded.stroke(made, "nowhere", page=51),
    )
    await recorded.end(works, made)
    files = await archive_of(client, await links_to(works, tenant, made))
    assert [name for name in files if name.startswith("board/")] == ["board/page-1.svg", "board/page-3.svg"]
    lines = [
        (found.get("points"), found.get("stroke"), found.get("stroke-width"))
        for found in ET.fromstring(files["board/page-1.svg"]).iter("{http://www.w3.org/2000/svg}polyline")  # noqa: S314
    ]
    assert lines == [("800,450 800,450", "#ff0000", "4"), ("0,900 0,0", "#000000", "40")]
    assert json.loads(files["chat.json"]) == []


async def test_an_erased_person_is_in_the_archive_without_name_and_words(
    client: httpx.AsyncClient, works: Works, held: Links
) -> None:
    async with works.begin() as work:
        await participants.erase_user(work, held.made.tenant_id, held.made.student_user)
    events = (await archive_of(client, held))["events.jsonl"]
    assert held.made.student in events
    for personal in ('"Ada"', "Why is that?"):
        assert personal not in events
