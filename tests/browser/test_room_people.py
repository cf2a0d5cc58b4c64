"""What people do with one another, in real browsers."""

from typing import Any

import pytest
from browsing import entered
from make import merithub_class
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser


def manage(page: Page, name: str, choice: str) -> None:
    """Open what may be done with somebody and choose."""
    button = page.get_by_role("button", name=f"Manage {name}", exact=True)
    if button.get_attribute("aria-expanded") == "false":
        button.click()
    page.get_by_role("group", name=f"For {name}").get_by_role("button", name=choice, exact=True).click()


def test_a_teacher_puts_a_student_out_who_comes_back_until_it_is_for_good(
    browser: Browser, server: Any
) -> None:
    made = merithub_class(server, students=1)
    teacher, _ = entered(browser, server, made, made.host_link)
    student, _ = entered(browser, server, made, made.student_links[0])
    expect(student.get_by_role("button", name="Manage")).to_have_count(0)
    manage(teacher, "Student 1", "Put out")
    expect(student.locator("#goodbye-title")).to_have_text("You were put out of the class")
    expect(teacher.locator("#people li")).to_have_count(1)
    student.get_by_role("button", name="Enter again").click()
    expect(teacher.locator("#people li")).to_have_count(2)
    manage(teacher, "Student 1", "Put out for good")
    expect(student.locator("#goodbye-text")).to_have_text("You cannot come back.")
    expect(student.get_by_role("button", name="Enter again")).to_be_hidden()
    student.reload()
    expect(student.locator("body")).to_contain_text("You were put out of this class and cannot come back.")
