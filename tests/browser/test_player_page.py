"""A recording is watched in a real browser."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import recorded
from common import START
from databases import in_thread
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.bootstrap import TENANT, ensure_development_tenant
from app.database import Address
from app.domain.recordings import links, queries
from app.domain.tenants import queries as tenants
from app.kit.clock import ManualClock
from app.kit.work import Works
from app.workers.scheduler import Scheduler

pytestmark = pytest.mark.browser


@pytest.fixture
def path(database: Address) -> str:
    """Where the recording of the lesson of two minutes is; held before any server looks at the real clock."""

    async def hold() -> str:
        engine = create_async_engine(database.url, poolclass=NullPool)
        clock = ManualClock(START)
        works = Works(engine, clock)
        async with works.begin() as work:
            await ensure_development_tenant(work, "http://homeroom.test")
        made = await recorded.a_class(works, TENANT, recording_download=True)
        await recorded.a_lesson(works, clock, made)
        scheduler = Scheduler(works)
        while await scheduler.tick():
            pass
        async with works.begin() as work:
            tenant = await tenants.by_id(work, TENANT)
            (one,) = await queries.of_classroom(work, TENANT, made.classroom_id)
        await engine.dispose()
        return links.player(tenant.signing_secret, TENANT, one.recording_id)

    return str(in_thread(hold))


@pytest.fixture
def url(path: str, server: Any) -> str:
    return f"{server.base_url}{path}"


@pytest.fixture
def page(url: str, browser: Browser) -> Iterator[Page]:
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    # A policy that is broken is told here and nowhere else.
    page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    page.goto(url)
    expect(page.get_by_role("button", name="Play")).to_be_enabled()
    yield page
    assert trouble == []


def seek(page: Page, second: int) -> None:
    page.get_by_label("Time in the class").evaluate(
        "(bar, second) => { bar.value = second; bar.dispatchEvent(new Event('input', {bubbles: true})); }",
        second,
    )


def ink(page: Page) -> set[str]:
    """The colours on the board, the paper's apart."""
    found = page.locator("#board").evaluate(
        """board => {
          const bits = board.getContext('2d').getImageData(0, 0, board.width, board.height).data;
          const seen = new Set();
          for (let at = 0; at < bits.length; at += 4) seen.add([bits[at], bits[at + 1], bits[at + 2]].join());
          return [...seen];
        }"""
    )
    pure = {"255,0,0": "red", "0,0,255": "blue"}
    return {pure[color] for color in found if color in pure}


def people(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("#people li").all_inner_texts()]


def test_seeking_shows_the_room_as_it_was(page: Page) -> None:
    assert people(page) == ["Ms Teach Host"]
    expect(page.locator("#total")).to_have_text("2:00")
    expect(page.locator("#chat li")).to_have_count(0)
    seek(page, 36)
    assert people(page) == ["Ms Teach Host", "Ada ✋"]
    expect(page.locator("#chat .text")).to_have_text(["Good morning <b>!"])
    expect(page.locator("#reactions")).to_have_text("👏 Ada")
    expect(page.locator("#now")).to_have_text("0:36")
    assert ink(page) == {"red"}
    seek(page, 57)
    assert people(page) == ["Ms Teach Host", "Ada"]
    expect(page.locator("#reactions")).to_have_text("")
    expect(page.locator("#questions li")).to_contain_text(["Why is that?"])
    expect(page.locator("#quizzes li.quiz")).to_contain_text(["Running, 1 answered"])
    seek(page, 72)
    expect(page.locator("#quizzes li.quiz")).to_contain_text(["Ended, 1 answered"])
    expect(page.locator("#quizzes .right")).to_contain_text(["4 ✓"])
    expect(page.locator("#shared li")).to_have_text(["Fractions.pdf"])
    expect(page.locator("#page")).to_have_text("Page 2")
    assert ink(page) == {"blue"}
    seek(page, 120)
    assert people(page) == ["Ms Teach Host"]
    expect(page.locator("#chat .text")).to_have_count(2)
    seek(page, 5)
    assert people(page) == ["Ms Teach Host"]
    expect(page.locator("#chat li")).to_have_count(0)
    assert ink(page) == set()


def test_private_words_never_reach_the_page(page: Page) -> None:
    seek(page, 120)
    assert "secret" not in page.content()
    assert "secret" not in page.evaluate("fetch(document.body.dataset.events).then(a => a.text())")


def test_it_plays_at_the_speed_that_is_chosen_and_pauses(page: Page) -> None:
    page.get_by_label("Speed").select_option("4")
    seek(page, 8)
    page.get_by_role("button", name="Play").click()
    expect(page.locator("#people li")).to_have_count(2)
    expect(page.locator("#chat li")).to_have_count(1)
    page.get_by_role("button", name="Pause").click()
    now = page.locator("#now").inner_text()
    expect(page.locator("#status")).to_have_text(f"Paused at {now}")
    assert page.locator("#now").inner_text() == now


def test_idle_time_can_be_skipped(page: Page) -> None:
    page.get_by_label("Skip idle time").check()
    page.get_by_label("Speed").select_option("4")
    seek(page, 90)
    page.get_by_role("button", name="Play").click()
    # Thirty seconds in which nothing happens would take more than seven.
    expect(page.locator("#status")).to_have_text("The end of the recording", timeout=4000)
    page.get_by_role("button", name="Play").click()
    expect(page.locator("#status")).to_have_text("Playing")


def test_the_keyboard_is_enough(page: Page) -> None:
    bar = page.get_by_label("Time in the class")
    bar.focus()
    for key, text in (
        ("ArrowRight", "0:05"),
        ("PageUp", "1:05"),
        ("ArrowLeft", "1:00"),
        ("End", "2:00"),
        ("PageDown", "1:00"),
        ("Home", "0:00"),
    ):
        page.keyboard.press(key)
        expect(page.locator("#now")).to_have_text(text)
    page.keyboard.press("PageUp")
    expect(bar).to_have_attribute("aria-valuetext", "1 minute of 2 minutes")
    bar.evaluate("bar => bar.blur()")
    page.keyboard.press("k")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_it_fits_a_phone_and_an_iframe_in_the_dark(url: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640}, color_scheme="dark")
    page = context.new_page()
    page.set_content(f'<iframe src="{url}" width="340" height="600"></iframe>')
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("button", name="Play")).to_be_enabled()
    inside = page.frames[1]
    assert inside.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert inside.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 26)"


def test_the_archive_is_a_click_away(page: Page) -> None:
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert re.fullmatch(r"recording-[0-9a-v]{20}\.zip", download.value.suggested_filename)


def test_an_erased_person_has_no_name(page: Page) -> None:
    page.route(
        re.compile("/events"),
        lambda route: route.fulfill(
            json={
                "events": [
                    dict(event, **{name: "" for name in ("name", "text") if name in event})
                    for event in route.fetch().json()["events"]
                ]
            }
        ),
    )
    page.reload()
    expect(page.get_by_role("button", name="Play")).to_be_enabled()
    seek(page, 45)
    assert people(page) == ["Former participant Host", "Former participant"]
    expect(page.locator("#chat .text")).to_have_text(["(removed)"])


# ---- The fold

IDS = st.sampled_from(["a", "b", "c"])
FIELDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "LessonStarted": {},
    "LessonEnded": {},
    "VisitorJoined": {"participant_id": IDS, "name": IDS, "role": IDS},
    "VisitorLeft": {"participant_id": IDS},
    "ParticipantRemoved": {"participant_id": IDS},
    "MessageSent": {"message_id": IDS, "name": IDS, "text": IDS},
    "HandRaised": {"participant_id": IDS},
    "HandLowered": {"participant_id": IDS},
    "Reacted": {"name": IDS, "reaction": IDS},
    "QuestionAsked": {"question_id": IDS, "name": IDS, "text": IDS},
    "QuestionClosed": {"question_id": IDS},
    "StrokeDrawn": {"stroke_id": IDS, "page": st.integers(1, 3), "color": IDS, "points": st.just([[1, 2]])},
    "BoardCleared": {"page": st.integers(1, 3)},
    "PageTurned": {"page": st.integers(1, 3)},
    "QuizStarted": {"quiz_id": IDS, "question": IDS, "options": st.just(["x", "y"])},
    "QuizAnswered": {"quiz_id": IDS, "answered": st.integers(1, 3)},
    "QuizEnded": {"quiz_id": IDS, "correct": st.just([0]), "counts": st.just([1, 0]), "answered": st.just(1)},
    "PollStarted": {"poll_id": IDS, "question": IDS, "options": st.just(["x", "y"])},
    "PollAnswered": {"poll_id": IDS, "counts": st.just([1, 0]), "answered": st.just(1)},
    "PollEnded": {"poll_id": IDS, "counts": st.just([1, 1]), "answered": st.just(2)},
    "ContentShared": {"file_id": IDS, "title": IDS},
    "ContentUnshared": {"file_id": IDS},
    "constructor": {},
}
EVENT = st.sampled_from(sorted(FIELDS)).flatmap(
    lambda kind: st.fixed_dictionaries({"kind": st.just(kind), "t": st.integers(0, 9), **FIELDS[kind]})
)

COMPARE = """async ([events, cut]) => {
  const { after, empty } = await import("/_/static/player/fold.js");
  const spread = (_, inner) => (inner instanceof Map || inner instanceof Set ? [...inner] : inner);
  const plain = (value) => JSON.stringify(value, spread);
  const first = after(empty(), events.slice(0, cut));
  const kept = plain(first);
  const rest = after(first, events.slice(cut));
  let single = empty();
  for (const event of events) single = after(single, [event]);
  return [plain(after(empty(), events)), plain(rest), plain(single), kept, plain(first)];
}"""


def test_folding_in_pieces_is_folding_at_once_and_changes_nothing_that_was(page: Page) -> None:
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(EVENT, max_size=40), st.integers(0, 40))
    def holds(events: list[dict[str, Any]], cut: int) -> None:
        whole, rest, single, kept, first = page.evaluate(COMPARE, [events, cut])
        assert rest == whole
        assert single == whole
        assert kept == first

    holds()


def test_times_never_fall_and_stay_within_the_lesson(page: Page) -> None:
    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.integers(-100, 200)), st.integers(0, 120))
    def holds(seconds: list[int], at: int) -> None:
        events = [{"at": f"2026-03-02T08:{30 + one // 60:02}:{one % 60:02}+00:00"} for one in seconds]
        times, count = page.evaluate(
            """async ([events, at]) => {
              const { timed, countBy } = await import("/_/static/player/fold.js");
              const found = timed(events, Date.parse("2026-03-02T08:30:00Z"), 120);
              return [found.map((event) => event.t), countBy(found, at)];
            }""",
            [events, at],
        )
        assert times == sorted(times)
        assert all(0 <= one <= 120 for one in times)
        assert count == len([one for one in times if one <= at])

    holds()


def test_the_clock_shows_hours_in_long_lessons_only(page: Page) -> None:
    cases = [(0, 120), (65.9, 120), (3725, 3725), (5, 3600), (-1, 1)]
    shown = page.evaluate(
        """async (cases) => {
          const { clockText } = await import("/_/static/player/fold.js");
          return cases.map(([time, seconds]) => clockText(time, seconds));
        }""",
        cases,
    )
    assert shown == ["0:00", "1:05", "1:02:05", "0:00:05", "0:00"]
