"""A teacher and a student meet in the room with a real browser."""

from typing import Any

import pytest
from browsing import entered
from make import merithub_class
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser


def test_a_teacher_and_a_student_meet_chat_start_and_end(browser: Browser, server: Any) -> None:
    made = merithub_class(server, students=1)
    teacher, _ = entered(browser, server, made, made.host_link)
    expect(teacher.locator("#state")).to_have_text("Not started")
    student, _ = entered(browser, server, made, made.student_links[0])
    for page in (teacher, student):
        expect(page.locator("#people li")).to_have_count(2)
    expect(student.get_by_role("button", name="Start class")).to_be_hidden()

    student.get_by_label("Message", exact=True).fill("Good morning <b>!")
    student.keyboard.press("Enter")
    expect(teacher.locator("#chat .text")).to_have_text("Good morning <b>!")

    teacher.get_by_role("button", name="Start class").click()
    for page in (teacher, student):
        expect(page.locator("#state")).to_have_text("Live")
        expect(page.locator("#elapsed")).to_be_visible()

    student.reload()
    expect(student.locator("#chat .text")).to_have_text("Good morning <b>!")
    expect(student.locator("#state")).to_have_text("Live")

    teacher.get_by_role("button", name="End class").click()
    teacher.get_by_role("button", name="End for everybody?").click()
    for page in (teacher, student):
        expect(page.get_by_role("heading", name="The class has ended")).to_be_visible()
    student.reload()
    expect(student.locator("main h1")).to_be_visible()


def test_whoever_leaves_is_gone_for_the_others_and_may_come_back(browser: Browser, server: Any) -> None:
    made = merithub_class(server, students=1)
    teacher, _ = entered(browser, server, made, made.host_link)
    student, _ = entered(browser, server, made, made.student_links[0])
    expect(teacher.locator("#people li")).to_have_count(2)
    student.get_by_role("button", name="Leave").click()
    expect(teacher.locator("#people li")).to_have_count(1)
    student.get_by_role("button", name="Enter again").click()
    expect(teacher.locator("#people li")).to_have_count(2)


def test_a_lost_connection_is_shown_and_made_again(browser: Browser, server: Any) -> None:
    made = merithub_class(server)
    teacher, _ = entered(browser, server, made, made.host_link)
    teacher.evaluate("lastSocket.close(3000)")
    expect(teacher.locator("#trouble")).to_contain_text("The connection was lost")
    expect(teacher.locator("#trouble")).to_be_hidden()
    expect(teacher.locator("#send")).to_be_enabled()


def test_the_device_check_comes_before_the_room_and_a_reload_skips_it(browser: Browser, server: Any) -> None:
    made = merithub_class(server)
    page = browser.new_context(viewport={"width": 390, "height": 700}).new_page()
    page.goto(f"{server.base_url}/info/room/{made.client_id}/{made.host_link}?devicetest=true&iframe=true")
    expect(page.locator("#check-result")).to_have_text("Everything needed for the class works.")
    expect(page.locator("#checks .good")).to_have_count(4)
    expect(page.locator("#inside")).to_be_hidden()
    page.get_by_role("button", name="Test microphone and camera").click()
    expect(page.locator("#media-result")).to_contain_text("The class works without.")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#people li")).to_have_text(["Ms Teach (you) Host"])
    page.reload()
    expect(page.locator("#people li")).to_have_count(1)
