"""The addresses of films: who gets in, what is answered, that it plays from there."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import av
import httpx
import pytest
import recorded
from fastapi import FastAPI

from app.domain import recordings
from app.domain.recordings import links, take_queries
from app.domain.tenants.tables import Tenant
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.rules.takes import TakePlan
from app.workers.renderer import Renderer

SMALL = {"width": 480, "height": 480}


class Filmed:
    """A take of ninety seconds with its film, and where that is."""

    def __init__(self, tenant: Tenant, take_id: str, file_ids: list[str]) -> None:
        names = (tenant.signing_secret, tenant.tenant_id, take_id)
        self.take_id, self.file_ids = take_id, file_ids
        self.playlist = links.playlist(*names)
        self.movie = links.movie(*names, file_ids[0])
        self.download = links.download(*names)


async def filmed(app: FastAPI, works: Works, clock: ManualClock, tenant: Tenant, plan: TakePlan) -> Filmed:
    made = await recorded.a_class(works, tenant.tenant_id)
    here = (tenant.tenant_id, made.classroom_id)
    async with works.begin() as work:
        await recordings.start_take(work, *here, plan, length=None)
    clock.advance(timedelta(seconds=90))
    async with works.begin() as work:
        take = await recordings.stop_take(work, *here)
    await Renderer(works, app.state.store).tick()
    async with works.begin() as work:
        files = await take_queries.files(work, tenant.tenant_id, [take.take_id])
    return Filmed(tenant, take.take_id, [file.file_id for file in files[take.take_id]])


@pytest.fixture
async def movie(asgi: FastAPI, works: Works, clock: ManualClock, tenant: Tenant) -> Filmed:
    plan = TakePlan(form="movie", page="https://page.example/", **SMALL)
    return await filmed(asgi, works, clock, tenant, plan)


@pytest.fixture
async def stream(asgi: FastAPI, works: Works, clock: ManualClock, tenant: Tenant) -> Filmed:
    return await filmed(asgi, works, clock, tenant, TakePlan(**SMALL))


def seconds(path: Path) -> float:
    with av.open(str(path)) as film:
        assert film.duration is not None
        return film.duration / 1_000_000


async def test_a_movie_is_sent_whole_or_in_parts_to_pages_of_anybody(
    client: httpx.AsyncClient, movie: Filmed, tmp_path: Path
) -> None:
    whole = await client.get(movie.movie)
    assert whole.status_code == 200
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["access-control-allow-origin"] == "*"
    part = await client.get(movie.movie, headers={"range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert part.headers["content-range"] == f"bytes 4-7/{len(whole.content)}"
    saved = tmp_path / "film.mp4"
    saved.write_bytes(whole.content)
    assert seconds(saved) == pytest.approx(90, abs=0.1)


async def test_the_list_of_pieces_names_them_by_addresses_that_play(
    client: httpx.AsyncClient, stream: Filmed, tmp_path: Path
) -> None:
    listed = await client.get(stream.playlist)
    assert listed.status_code == 200
    assert listed.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert listed.headers["access-control-allow-origin"] == "*"
    signature = stream.playlist.split("?")[1]
    first, second = stream.file_ids
    assert listed.text.splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        "#EXT-X-TARGETDURATION:60",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXTINF:60.000,",
        f"{first}.ts?{signature}",
        "#EXTINF:30.000,",
        f"{second}.ts?{signature}",
        "#EXT-X-ENDLIST",
    ]
    joined = b""
    for line in listed.text.splitlines():
        if not line.startswith("#"):
            piece = await client.get(urljoin(stream.playlist, line))
            assert (piece.status_code, piece.headers["content-type"]) == (200, "video/mp2t")
            joined += piece.content
    saved = tmp_path / "film.ts"
    saved.write_bytes(joined)
    assert seconds(saved) == pytest.approx(90, abs=0.2)


async def test_without_its_signature_nothing_is_sent(client: httpx.AsyncClient, stream: Filmed) -> None:
    for path in (stream.playlist, urljoin(stream.playlist, f"{stream.file_ids[0]}.ts")):
        plain = path.split("?")[0]
        for query in ("", "?signature=", "?signature=wrong", "?" + stream.download.split("?")[1]):
            answer = await client.get(plain + query)
            assert answer.status_code == 403, plain + query


async def test_a_link_opens_the_files_of_its_own_film_only(
    client: httpx.AsyncClient, stream: Filmed, movie: Filmed
) -> None:
    other = movie.movie.replace(movie.file_ids[0], stream.file_ids[0])
    assert (await client.get(other)).status_code == 404
    foreign = movie.movie.replace(movie.take_id, stream.take_id)
    assert (await client.get(foreign)).status_code == 403


async def test_a_film_that_is_not_there_yet_is_not_found(
    client: httpx.AsyncClient, works: Works, tenant: Tenant
) -> None:
    made = await recorded.a_class(works, tenant.tenant_id)
    async with works.begin() as work:
        take = await recordings.start_take(work, tenant.tenant_id, made.classroom_id, TakePlan(), length=None)
    path = links.playlist(tenant.signing_secret, tenant.tenant_id, take.take_id)
    assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("tail", ["film.m3u8", "x.ts", "x.mp4", "%00.mp4", "a/b.ts", "film.m3u8/x"])
async def test_odd_addresses_are_refused(client: httpx.AsyncClient, tenant: Tenant, tail: str) -> None:
    answer: Any = await client.get(f"/_/recording/{tenant.tenant_id}/nothing/{tail}?signature=x")
    assert answer.status_code in {400, 403, 404, 422}
