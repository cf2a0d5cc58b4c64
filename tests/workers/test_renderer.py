"""Films of takes: what comes out, how long, and what happens when a maker dies or somebody is erased."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import pytest
import recorded
from PIL.Image import Image
from sqlalchemy.exc import IntegrityError

from app.domain import classrooms, drive, recordings
from app.domain.drive import leftovers
from app.domain.events import kinds
from app.domain.recordings import films, take_queries
from app.domain.recordings.tables import Take, TakeFile
from app.domain.tenants.tables import Tenant
from app.kit import loops
from app.kit.clock import ManualClock
from app.kit.store import Store
from app.kit.work import Works
from app.rules.takes import TakePlan
from app.workers.renderer import Renderer
from app.workers.sweeper import Sweeper

MOVIE = TakePlan(form="movie", page="https://page.example/", width=640, height=480)
STREAM = TakePlan(width=640, height=480)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def store(folder: Path) -> Store:
    return Store.opened(None, folder)


@pytest.fixture
def renderer(works: Works, store: Store) -> Renderer:
    return Renderer(works, store)


@pytest.fixture
async def made(works: Works, tenant: Tenant) -> recorded.Class:
    return await recorded.a_class(works, tenant.tenant_id)


async def start(works: Works, made: recorded.Class, plan: TakePlan) -> None:
    async with works.begin() as work:
        await recordings.start_take(work, made.tenant_id, made.classroom_id, plan, length=None)


async def hold(works: Works, made: recorded.Class, *, held: bool) -> None:
    async with works.begin() as work:
        await recordings.configure_take(work, made.tenant_id, made.classroom_id, {"held": held}, length=None)


async def stop(works: Works, made: recorded.Class) -> Take:
    async with works.begin() as work:
        return await recordings.stop_take(work, made.tenant_id, made.classroom_id)


async def a_lesson_filmed(works: Works, clock: ManualClock, made: recorded.Class, plan: TakePlan) -> Take:
    """The two minutes of the lesson and thirty seconds before it."""
    await start(works, made, plan)
    await recorded.a_lesson(works, clock, made)
    return await stop(works, made)


async def files(works: Works, take: Take) -> list[TakeFile]:
    async with works.begin() as work:
        return (await take_queries.files(work, take.tenant_id, [take.take_id])).get(take.take_id, [])


def bytes_of(folder: Path, file: TakeFile) -> str:
    return str(folder / drive.key(file.tenant_id, file.file_id))


def size_of(path: str) -> int:
    return Path(path).stat().st_size


def exists(path: str) -> bool:
    return Path(path).exists()


def names_in(folder: Path, tenant_id: str) -> list[str]:
    return [path.name for path in (folder / tenant_id).iterdir()]


def seconds(path: str) -> float:
    with av.open(path) as film:
        assert film.duration is not None
        return film.duration / 1_000_000


def pictures(path: str) -> Iterator[tuple[float, Image]]:
    """Each picture with its second."""
    with av.open(path) as film:
        for frame in film.decode(video=0):
            yield frame.time or 0.0, frame.to_image()  # type: ignore[no-untyped-call]


def differ(one: Image, other: Image, box: tuple[int, int, int, int]) -> bool:
    """Whether a part of two pictures differs by more than compression does."""
    pairs = zip(one.crop(box).tobytes(), other.crop(box).tobytes(), strict=True)
    return max(abs(a - b) for a, b in pairs) > 60


async def test_a_movie_is_one_file_of_the_recorded_time_and_the_size_asked_for(
    works: Works, clock: ManualClock, made: recorded.Class, renderer: Renderer, folder: Path
) -> None:
    take = await a_lesson_filmed(works, clock, made, MOVIE)
    assert await renderer.tick() == 1
    (file,) = await files(works, take)
    path = bytes_of(folder, file)
    assert (file.milliseconds, file.size) == (150_000, size_of(path))
    assert seconds(path) == pytest.approx(150, abs=0.1)
    with av.open(path) as film:
        picture, sound = film.streams.video[0], film.streams.audio[0]
        assert (picture.width, picture.height, picture.codec_context.name) == (640, 480, "h264")
        assert (sound.rate, sound.layout.name, sound.codec_context.name) == (48_000, "mono", "aac")
        assert sum(frame.samples for frame in film.decode(audio=0)) / 48_000 == pytest.approx(150, abs=0.1)


async def test_the_picture_shows_who_comes_what_is_drawn_and_said(
    works: Works, clock: ManualClock, made: recorded.Class, renderer: Renderer, folder: Path
) -> None:
    take = await a_lesson_filmed(works, clock, made, MOVIE)
    await renderer.tick()
    (file,) = await files(works, take)
    shown = list(pictures(bytes_of(folder, file)))

    def at(second: float) -> Image:
        return [picture for time, picture in shown if time <= second][-1]

    board, people, chat, clock_box = (
        (20, 60, 460, 300), (478, 60, 630, 200), (478, 230, 630, 470), (500, 2, 638, 32)
    )  # fmt: skip
    assert not differ(at(35), at(38), board)
    assert differ(at(29), at(41), people)
    assert differ(at(45), at(52), chat)
    assert differ(at(55), at(62), board)
    assert differ(at(95), at(102), board)
    assert differ(at(0), at(5), clock_box)


async def test_a_stream_is_cut_into_pieces_that_play_by_themselves(
    works: Works, clock: ManualClock, made: recorded.Class, renderer: Renderer, folder: Path
) -> None:
    take = await a_lesson_filmed(works, clock, made, STREAM)
    await renderer.tick()
    found = await files(works, take)
    assert [(one.place, one.milliseconds) for one in found] == [(0, 60_000), (1, 60_000), (2, 30_000)]
    for one in found:
        with av.open(bytes_of(folder, one)) as piece:
            assert piece.format.name == "mpegts"
            assert next(piece.decode(video=0)).key_frame


@pytest.mark.parametrize(("audio", "layout"), [(0, "mono"), (1, "mono"), (2, "stereo")])
async def test_the_sound_is_as_asked_and_odd_sizes_become_even(
    works: Works,
    clock: ManualClock,
    made: recorded.Class,
    renderer: Renderer,
    folder: Path,
    audio: int,
    layout: str,
) -> None:
    plan = TakePlan(form="movie", root="https://a.example", width=481, height=641, audio=audio)
    await start(works, made, plan)
    clock.advance(timedelta(seconds=3))
    take = await stop(works, made)
    await renderer.tick()
    (file,) = await files(works, take)
    with av.open(bytes_of(folder, file)) as film:
        assert film.streams.audio[0].layout.name == layout
        assert (film.streams.video[0].width, film.streams.video[0].height) == (480, 640)


async def test_held_stretches_are_not_in_the_film_and_what_happens_in_them_is_seen_after(
    works: Works, clock: ManualClock, made: recorded.Class, renderer: Renderer, folder: Path
) -> None:
    await start(works, made, MOVIE)
    await recorded.start(works, made)
    clock.advance(timedelta(seconds=20))
    await hold(works, made, held=True)
    clock.advance(30 * MINUTE)
    await recorded.record(works, made, recorded.stroke(made, "s1", width=40))
    clock.advance(30 * MINUTE)
    await hold(works, made, held=False)
    clock.advance(timedelta(seconds=20))
    take = await stop(works, made)
    await renderer.tick()
    (file,) = await files(works, take)
    path = bytes_of(folder, file)
    assert seconds(path) == pytest.approx(40, abs=0.1)
    shown = dict(pictures(path))
    assert not differ(shown[0], shown[15], (20, 60, 460, 300))
    assert differ(shown[15], shown[20], (20, 60, 460, 300))


async def test_a_long_take_goes_on_in_a_new_file_every_two_hours(
    works: Works, clock: ManualClock, made: recorded.Class, renderer: Renderer, folder: Path
) -> None:
    await start(works, made, MOVIE)
    clock.advance(timedelta(hours=2, minutes=1))
    take = await stop(works, made)
    assert await renderer.tick() == 2
    found = await files(works, take)
    assert [(one.part, one.milliseconds) for one in found] == [(0, 7_200_000), (1, 60_000)]
    assert [seconds(bytes_of(folder, one)) for one in found] == pytest.approx([7200, 60], abs=0.1)


async def test_there_is_no_film_before_the_end_nor_of_a_take_that_was_held_throughout(
    works: Works, clock: ManualClock, made: recorded.Class, renderer: Renderer
) -> None:
    await start(works, made, TakePlan(held=True))
    clock.advance(MINUTE)
    assert await renderer.tick() == 0
    take = await stop(works, made)
    assert await renderer.tick() == 0
    assert await files(works, take) == []


async def test_a_take_of_no_length_has_a_film_of_a_second(
    works: Works, made: recorded.Class, renderer: Renderer, folder: Path
) -> None:
    await start(works, made, MOVIE)
    take = await stop(works, made)
    await renderer.tick()
    (file,) = await files(works, take)
    assert seconds(bytes_of(folder, file)) == pytest.approx(1, abs=0.1)


async def test_what_a_killed_maker_left_is_made_again_by_the_next_and_once(
    works: Works, clock: ManualClock, made: recorded.Class, renderer: Renderer
) -> None:
    await start(works, made, MOVIE)
    clock.advance(timedelta(seconds=5))
    take = await stop(works, made)
    async with works.begin() as work:
        assert await films.claim(work) is not None
    assert await renderer.tick() == 0
    clock.advance(films.LEASE)
    assert await renderer.tick() == 1
    assert len(await files(works, take)) == 1
    assert await renderer.tick() == 0


async def test_a_maker_who_needs_longer_keeps_its_part(
    works: Works, clock: ManualClock, made: recorded.Class, renderer: Renderer
) -> None:
    await start(works, made, MOVIE)
    clock.advance(timedelta(seconds=5))
    take = await stop(works, made)
    async with works.begin() as work:
        job = await films.claim(work)
    assert job is not None
    for _ in range(3):
        clock.advance(films.LEASE * 0.9)
        async with works.begin() as work:
            job = await films.extend(work, job)
        assert await renderer.tick() == 0
    async with works.begin() as work:
        (upload,) = await films.uploads(work, job, 1)
        await films.settle(work, job, [films.Piece(upload, 5000, 3)])
    assert len(await files(works, take)) == 1


async def test_a_part_that_was_lost_cannot_be_held_on_to(
    works: Works, clock: ManualClock, made: recorded.Class
) -> None:
    await start(works, made, MOVIE)
    clock.advance(timedelta(seconds=5))
    await stop(works, made)
    async with works.begin() as work:
        late = await films.claim(work)
    clock.advance(films.LEASE)
    async with works.begin() as work:
        taken_over = await films.claim(work)
        assert late is not None
        assert await films.extend(work, late) == late
    assert taken_over is not None
    async with works.begin() as work:
        assert (await films.extend(work, taken_over)).until > taken_over.until - films.LEASE


async def test_a_tenant_goes_with_its_films(
    works: Works, clock: ManualClock, made: recorded.Class, renderer: Renderer, store: Store, folder: Path
) -> None:
    await start(works, made, MOVIE)
    clock.advance(timedelta(seconds=5))
    await stop(works, made)
    await renderer.tick()
    async with works.begin() as work:
        await drive.close_tenant(work, made.tenant_id)
    await Sweeper(works, store).tick()
    assert not exists(str(folder / made.tenant_id))


async def test_whoever_is_late_with_a_part_leaves_no_bytes(
    works: Works, clock: ManualClock, made: recorded.Class, renderer: Renderer, store: Store, folder: Path
) -> None:
    await start(works, made, MOVIE)
    clock.advance(timedelta(seconds=5))
    take = await stop(works, made)
    async with works.begin() as work:
        late = await films.claim(work)
    assert late is not None
    clock.advance(films.LEASE)
    await renderer.tick()
    async with works.begin() as work:
        (upload,) = await films.uploads(work, late, 1)
    await store.put(upload.key, _bytes())
    async with works.begin() as work:
        await films.settle(work, late, [films.Piece(upload, 5000, 3)])
    await Sweeper(works, store).tick()
    (file,) = await files(works, take)
    assert names_in(folder, take.tenant_id) == [file.file_id]


async def _bytes() -> AsyncIterator[bytes]:
    yield b"abc"


async def test_a_film_that_cannot_be_stored_is_tried_again(
    works: Works, clock: ManualClock, made: recorded.Class, folder: Path
) -> None:
    await start(works, made, MOVIE)
    clock.advance(timedelta(seconds=5))
    take = await stop(works, made)
    folder.parent.mkdir(exist_ok=True)
    store = Store.opened(None, folder)
    (folder / made.tenant_id).write_text("no folder can be made here")
    renderer = Renderer(works, store)
    assert await renderer.tick() == 1
    assert await files(works, take) == []
    (folder / made.tenant_id).unlink()
    clock.advance(films.RETRY)
    assert await renderer.tick() == 1
    assert len(await files(works, take)) == 1


async def test_a_server_that_stops_gives_its_part_back(
    works: Works, clock: ManualClock, made: recorded.Class, renderer: Renderer, store: Store
) -> None:
    await start(works, made, TakePlan())
    clock.advance(timedelta(hours=2))
    take = await stop(works, made)
    busy = asyncio.create_task(renderer.tick())
    while renderer._crew is None:
        await loops.pause(0.01)
    await renderer.stop()
    assert await busy == 1
    assert await files(works, take) == []
    async with works.begin() as work:
        again = await films.claim(work)
    assert again is not None
    assert again.part == 0


async def test_a_deleted_class_leaves_no_film(
    works: Works, clock: ManualClock, made: recorded.Class, renderer: Renderer, store: Store, folder: Path
) -> None:
    await a_lesson_filmed(works, clock, made, STREAM)
    await renderer.tick()
    async with works.begin() as work:
        await recordings.delete_classroom(work, made.tenant_id, made.classroom_id)
    await Sweeper(works, store).tick()
    assert names_in(folder, made.tenant_id) == []


async def test_the_films_of_an_erased_person_are_gone_at_once_and_made_again_without_the_name(
    works: Works, clock: ManualClock, made: recorded.Class, renderer: Renderer, store: Store, folder: Path
) -> None:
    take = await a_lesson_filmed(works, clock, made, MOVIE)
    await renderer.tick()
    (before,) = await files(works, take)
    old = dict(pictures(bytes_of(folder, before)))
    async with works.begin() as work:
        await recordings.erase_user(work, made.tenant_id, made.student_user)
    assert await files(works, take) == []
    await Sweeper(works, store).tick()
    assert not exists(bytes_of(folder, before))
    assert await renderer.tick() == 1
    (after,) = await files(works, take)
    new = dict(pictures(bytes_of(folder, after)))
    people = (478, 60, 630, 200)
    assert not differ(old[35], new[35], people)
    assert differ(old[45], new[45], people)


async def test_a_film_that_is_being_made_when_a_person_is_erased_is_thrown_away(
    works: Works, clock: ManualClock, made: recorded.Class, renderer: Renderer
) -> None:
    take = await a_lesson_filmed(works, clock, made, MOVIE)
    async with works.begin() as work:
        job = await films.claim(work)
        assert job is not None
        (upload,) = await films.uploads(work, job, 1)
    async with works.begin() as work:
        await recordings.erase_user(work, made.tenant_id, made.student_user)
    async with works.begin() as work:
        await films.settle(work, job, [films.Piece(upload, 1000, 3)])
    assert await files(works, take) == []
    async with works.begin() as work:
        assert len(await leftovers.claim(work)) == 1
    assert await renderer.tick() == 1


async def test_what_was_not_said_to_all_is_not_told_to_the_maker(
    works: Works, clock: ManualClock, made: recorded.Class
) -> None:
    await start(works, made, MOVIE)
    among = kinds.MessageSent("m-group", made.student, "Ada", "Among us", None, None, group_id="g1")
    await recorded.record(works, made, among)
    await recorded.a_lesson(works, clock, made)
    take = await stop(works, made)
    async with works.begin() as work:
        told = await take_queries.happened(work, take)
    texts: list[Any] = [one.data.get("text") for one in told.shown if one.kind == "MessageSent"]
    assert texts == ["Good morning <b>!", "See you\n[0:00:00] Ada: forged"]


async def test_a_classroom_with_films_cannot_be_deleted_past_them(
    works: Works, clock: ManualClock, made: recorded.Class, renderer: Renderer
) -> None:
    await start(works, made, MOVIE)
    clock.advance(timedelta(seconds=5))
    take = await stop(works, made)
    await renderer.tick()
    with pytest.raises(IntegrityError):
        async with works.begin() as work:
            await classrooms.delete(work, made.tenant_id, made.classroom_id)
    assert len(await files(works, take)) == 1
