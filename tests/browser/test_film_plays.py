"""A film plays in a browser from its address."""

from typing import Any

import pytest
from beside import do_beside
from make import merithub_class
from playwright.sync_api import Browser
from waiting import eventually

from app.bootstrap import TENANT
from app.database import Address
from app.domain import recordings
from app.domain.recordings import links, take_queries
from app.domain.tenants import queries as tenants
from app.kit.work import Work
from app.rules.takes import TakePlan

pytestmark = pytest.mark.browser

PLAY = """async (address) => {
  const film = document.createElement("video");
  film.muted = true;
  film.src = address;
  await film.play();
  await new Promise((resolve, reject) => {
    film.onended = resolve;
    film.onerror = () => reject(film.error.message);
  });
  return [film.videoWidth, film.videoHeight, film.duration];
}"""


def test_chromium_plays_it_to_the_end(browser: Browser, server: Any, database: Address) -> None:
    made = merithub_class(server)
    here = (TENANT, made.class_id)
    plan = TakePlan(form="movie", page="https://page.example/", width=640, height=480)
    do_beside(database, lambda work: recordings.start_take(work, *here, plan, length=None))
    do_beside(database, lambda work: recordings.stop_take(work, *here))
    found: list[str] = []

    async def look(work: Work) -> None:
        take = (await take_queries.of_classroom(work, *here)).takes[0]
        for file in (await take_queries.files(work, TENANT, [take.take_id])).get(take.take_id, []):
            secret = (await tenants.by_id(work, TENANT)).signing_secret
            found.append(server.base_url + links.movie(secret, TENANT, take.take_id, file.file_id))

    address = eventually(lambda: do_beside(database, look) or found, "the film")[0]
    page = browser.new_page()
    page.goto(server.base_url + "/livez")
    width, height, seconds = page.evaluate(PLAY, address)
    assert (width, height) == (640, 480)
    assert 0.9 < seconds < 3
