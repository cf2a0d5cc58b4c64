"""A tutor and a student at LearnCube's class page, each in a browser, and the customer's server behind it."""

from collections.abc import Iterator
from typing import Any

import pytest
from cable import laid
from customer import STUDENT, TUTOR, Customer, open_customer
from playwright.sync_api import Browser, Page, expect
from waiting import eventually

from app.bootstrap import LEARNCUBE_PRIVATE, LEARNCUBE_PUBLIC, TENANT

pytestmark = pytest.mark.browser

ADMIN = f"/_/admin/v1/tenants/{TENANT}"


@pytest.fixture
def customer(server: Any) -> Iterator[Customer]:
    with open_customer() as customer:
        _admin(server, "PATCH", "", {"learncube": {"callback_url": customer.url}})
        _admin(server, "POST", "/clock/freeze", {})
        yield customer


def _admin(server: Any, method: str, path: str, body: Any) -> None:
    answer = server.api.request(method, ADMIN + path, json=body, headers=server.admin)
    assert answer.is_success, answer.text


def come(browser: Browser, base_url: str, user_id: str) -> Page:
    page = browser.new_context().new_page()
    page.on("pageerror", lambda error: pytest.fail(f"the page broke: {error}"))
    page.goto(f"{base_url}/classv3/?token=ABC123&user_id={user_id}")
    return page


def end(page: Page) -> None:
    page.get_by_role("button", name="End class").click()
    page.get_by_role("button", name="End for everybody?").click()
    expect(page.get_by_role("heading", name="The class has ended")).to_be_visible()


def begin(*pages: Page) -> None:
    """Everybody presses start, and the class is live for all."""
    for page in pages:
        expect(page.locator("#people li")).to_have_count(2)
        page.get_by_role("button", name="Start class").click()
    for page in pages:
        expect(page.locator("#state")).to_have_text("Live")


def test_a_class_is_held_and_the_student_is_back_after_forty_seconds_without_network(
    browser: Browser, server: Any, customer: Customer
) -> None:
    with laid(server.base_url) as cable:
        tutor, student = come(browser, server.base_url, TUTOR), come(browser, cable.base_url, STUDENT)
        for page in (tutor, student):
            expect(page.locator("#people li")).to_have_count(2)
            expect(page.locator("#people")).to_contain_text("Ms Teach")
        student.get_by_role("button", name="Start class").click()
        expect(student.locator("#joint")).to_contain_text("Waiting for the other side")
        expect(tutor.locator("#joint")).to_contain_text("The other side is ready")
        begin(tutor)
        tutor.get_by_label("Message").fill("Shall we begin?")
        tutor.get_by_role("button", name="Send").click()
        expect(student.locator("#chat")).to_contain_text("Shall we begin?")

        _admin(server, "POST", "/clock/advance", {"by": "5m"})
        cable.cut()
        expect(tutor.locator("#joint")).to_contain_text("The class ends in")
        _admin(server, "POST", "/clock/advance", {"by": "40s"})
        # The page comes back by itself: nobody is asked at the door again.
        cable.mend()
        for page in (tutor, student):
            expect(page.locator("#state")).to_have_text("Live")
        expect(tutor.locator("#joint")).to_be_hidden()
        expect(tutor.locator("#people li")).to_have_count(2)
        _admin(server, "POST", "/clock/advance", {"by": "2m"})
        end(tutor)
    eventually(lambda: customer.heard("end_lesson"), "the customer is told of the end")
    assert customer.heard() == [
        *[("connect_lesson", None)] * 2,
        ("start_lesson", None),
        ("crash_lesson", "300"),
        ("end_lesson", "120"),
    ]


def test_after_sixty_one_seconds_the_class_has_crashed_and_its_token_begins_another(
    browser: Browser, server: Any, customer: Customer
) -> None:
    with laid(server.base_url) as cable:
        tutor, student = come(browser, server.base_url, TUTOR), come(browser, cable.base_url, STUDENT)
        begin(student, tutor)
        _admin(server, "POST", "/clock/advance", {"by": "5m"})
        cable.cut()
        expect(tutor.locator("#joint")).to_contain_text("The class ends in")
        _admin(server, "POST", "/clock/advance", {"by": "61s"})
        expect(tutor.get_by_role("heading", name="The class has ended")).to_be_visible()
        cable.mend()
        tutor.get_by_role("button", name="Enter again").click()
        begin(student, tutor)
        _admin(server, "POST", "/clock/advance", {"by": "1m"})
        end(tutor)
    eventually(lambda: customer.heard("end_lesson"), "the customer is told of the end")
    assert customer.heard("start_lesson", "crash_lesson", "end_lesson") == [
        ("start_lesson", None),
        ("crash_lesson", "300"),
        ("start_lesson", None),
        ("end_lesson", "60"),
    ]


def test_the_customers_words_are_read_to_whom_it_does_not_let_in(
    browser: Browser, server: Any, customer: Customer
) -> None:
    page = come(browser, server.base_url, "999")
    expect(page.locator("#goodbye-text")).to_have_text("Nobody of this name takes this class")


def test_a_no_to_the_start_is_read_to_both(browser: Browser, server: Any, customer: Customer) -> None:
    customer.answers["start_lesson"] = (200, {"status": False, "message": "No credit left"})
    pages = [come(browser, server.base_url, user_id) for user_id in (TUTOR, STUDENT)]
    for page in pages:
        page.get_by_role("button", name="Start class").click()
    for page in pages:
        expect(page.locator("#joint")).to_have_text("No credit left")
        expect(page.get_by_role("button", name="Start class")).to_be_enabled()


def _classroom(server: Any, **terms: Any) -> None:
    body = {"room_token": "ABC123", **terms}
    auth = (LEARNCUBE_PUBLIC, LEARNCUBE_PRIVATE)
    made = server.api.post("/api/virtual-classroom/classrooms/", json=body, auth=auth)
    assert made.status_code == 201, made.text


def test_who_leaves_goes_back_to_where_the_customer_said(
    browser: Browser, server: Any, customer: Customer
) -> None:
    _classroom(server, return_url=f"{server.base_url}/livez?back")
    page = come(browser, server.base_url, TUTOR)
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("link", name="Go back")).to_be_visible()
    page.wait_for_url("**/livez?back")


def test_a_class_of_the_board_alone_shows_nothing_else(
    browser: Browser, server: Any, customer: Customer
) -> None:
    _classroom(server, whiteboard_only=True)
    tutor, student = come(browser, server.base_url, TUTOR), come(browser, server.base_url, STUDENT)
    for page in (student, tutor):
        page.get_by_role("button", name="Start class").click()
    for page in (student, tutor):
        expect(page.locator("#state")).to_have_text("Live")
        expect(page.locator("#board")).to_be_visible()
        expect(page.locator("#tabs")).to_be_hidden()
        expect(page.locator("#chat")).to_be_hidden()
    expect(tutor.locator("#tools")).to_be_visible()


def test_a_server_without_a_callback_says_so_to_a_person(browser: Browser, server: Any) -> None:
    page = come(browser, server.base_url, TUTOR)
    expect(page.locator("#goodbye-text")).to_contain_text("no callback URL is set")
