"""A teacher and a student at an Agora room's page, each in a browser, and the customer's program."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from waiting import eventually

from app.bootstrap import AGORA_CERTIFICATE, AGORA_ID
from app.dialects.agora import building
from app.dialects.agora.building import Seal
from app.kit.clock import SystemClock

pytestmark = pytest.mark.browser

HOUR = 3600


def seal() -> Seal:
    return Seal(AGORA_ID, AGORA_CERTIFICATE, int(SystemClock().now().timestamp()), HOUR, 7)


@dataclass
class Program:
    """The customer's program on the running server."""

    server: Any

    def done(self, method: str, path: str, body: Any = None, area: str = "edu") -> Any:
        headers = {"x-agora-token": building.rtm_007(seal(), "server"), "x-agora-uid": "server"}
        url = f"/{area}/apps/{AGORA_ID}/v2/rooms/{path}"
        answer: httpx.Response = self.server.api.request(method, url, json=body, headers=headers)
        assert answer.json()["code"] == 0, answer.text
        return answer.json().get("data")

    def events(self, room: str) -> list[tuple[int, Any]]:
        listed = self.done("GET", f"{room}/sequences?nextId=1")["list"]
        return [(event["cmd"], event["data"]) for event in listed]


@pytest.fixture
def program(server: Any) -> Program:
    return Program(server)


def come(browser: Browser, server: Any, room: str, **said: str) -> Page:
    page = browser.new_context().new_page()
    page.on("pageerror", lambda error: pytest.fail(f"the page broke: {error}"))
    page.goto(f"{server.base_url}/agora/{AGORA_ID}/rooms/{room}?{urlencode(said)}")
    return page


def test_a_lesson_is_held_by_tokens_and_its_program_polls_what_happened(
    browser: Browser, server: Any, program: Program
) -> None:
    program.done("POST", "algebra", {"roomName": "Algebra", "roomType": 4})
    mine, theirs = (
        building.room_user_007(seal(), "algebra", user, role) for user, role in (("teach", 1), ("ada", 2))
    )
    teacher = come(browser, server, "algebra", userUuid="teach", userName="Ms Teach", token=mine)
    student = come(browser, server, "algebra", userUuid="ada", userName="Ada", token=theirs)
    for page in (teacher, student):
        expect(page.locator("#people li")).to_have_count(2)
        expect(page.locator("#title")).to_have_text("Algebra")
    expect(student.get_by_role("button", name="Start class")).to_be_hidden()
    teacher.get_by_role("button", name="Start class").click()
    for page in (teacher, student):
        expect(page.locator("#state")).to_have_text("Live")
    student.locator("#text").fill("Good morning")
    student.locator("#text").press("Enter")
    expect(teacher.get_by_role("log", name="Chat")).to_contain_text("Good morning")
    student.reload()
    expect(student.locator("#people li")).to_have_count(2)
    program.done("PUT", "algebra/states/2")
    eventually(lambda: [cmd for cmd, _ in program.events("algebra") if cmd == 1] == [1, 1], "it was ended")
    came = [
        data["onlineUsers"][0]["userUuid"]
        for cmd, data in program.events("algebra")
        if cmd == 20 and data["onlineUsers"]
    ]
    assert came[:2] == ["teach", "ada"]
    (said,) = [data for cmd, data in program.events("algebra") if cmd == 3]
    assert (said["message"], said["fromUser"]["userUuid"]) == ("Good morning", "ada")


def test_whoever_has_no_token_for_the_room_is_told_so(browser: Browser, server: Any) -> None:
    token = building.room_user_007(seal(), "biology", "ada", 1)
    page = come(browser, server, "physics", userUuid="ada", token=token)
    expect(page.get_by_role("heading", name="You cannot enter")).to_be_visible()
    expect(page.locator("#goodbye-text")).to_contain_text("it is for another room")
    nobody = come(browser, server, "physics")
    expect(nobody.locator("#goodbye-text")).to_contain_text("does not let you in")


def test_a_page_of_another_origin_calls_the_api(browser: Browser, server: Any, program: Program) -> None:
    """As the vendor's own client does: a preflight, then the call with its headers, then a 401 to read."""
    program.done("POST", "chemistry", {"roomName": "Chemistry", "roomType": 4})
    page = browser.new_context().new_page()
    # The same server by another name is another origin.
    port = httpx.URL(server.base_url).port
    page.goto(f"http://localhost:{port}/livez")
    call = """async ([url, token]) => {
      const json = "application/json;charset=UTF-8";
      const headers = {"x-agora-token": token, "x-agora-uid": "server", "content-type": json};
      const answer = await fetch(url, {method: "PUT", headers});
      return (await answer.json()).code;
    }"""
    url = f"http://127.0.0.1:{port}/edu/apps/{AGORA_ID}/v2/rooms/chemistry/states/1"
    assert page.evaluate(call, [url, building.rtm_007(seal(), "server")]) == 0
    assert page.evaluate(call, [url, "nothing"]) == 401
