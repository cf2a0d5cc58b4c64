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


def test_stars_the_stage_and_a_muted_chat(browser: Browser, server: Any) -> None:
    made = merithub_class(server, students=2)
    teacher, _ = entered(browser, server, made, made.host_link)
    one, _ = entered(browser, server, made, made.student_links[0])
    teacher.get_by_role("button", name="Start class").click()

    manage(teacher, "Student 1", "Give a star")
    expect(one.locator("#people li").filter(has_text="(you)").get_by_label("One star")).to_be_visible()
    manage(teacher, "Student 1", "Invite on stage")
    expect(one.locator("#stage-text")).to_have_text("You are invited on the stage.")
    one.get_by_role("button", name="Go on stage").press("Enter")
    expect(teacher.locator("#people").get_by_label("On stage")).to_have_count(1)
    expect(one.get_by_role("button", name="Leave the stage")).to_be_visible()

    teacher.get_by_role("button", name="Mute chat").click()
    expect(one.locator("#muted")).to_be_visible()
    expect(one.locator("#text")).to_be_disabled()
    late, _ = entered(browser, server, made, made.student_links[1])
    expect(late.locator("#text")).to_be_disabled()
    expect(late.locator("#people").get_by_label("One star")).to_be_visible()
    expect(late.locator("#people").get_by_label("On stage")).to_have_count(1)
    teacher.get_by_role("button", name="Unmute chat").click()
    expect(late.locator("#text")).to_be_enabled()

    one.get_by_role("button", name="Leave the stage").click()
    expect(late.locator("#people").get_by_label("On stage")).to_have_count(0)
    expect(one.locator("#stage")).to_be_hidden()
    one.get_by_role("button", name="Raise hand").click()
    manage(teacher, "Student 1", "Bring on stage")
    expect(late.locator("#people").get_by_label("On stage")).to_have_count(1)
    expect(one.get_by_role("button", name="Raise hand")).to_be_enabled()
    manage(teacher, "Student 1", "Take off stage")
    expect(late.locator("#people").get_by_label("On stage")).to_have_count(0)


def test_a_class_is_split_into_groups_that_talk_by_themselves(browser: Browser, server: Any) -> None:
    made = merithub_class(server, students=2)
    teacher, _ = entered(browser, server, made, made.host_link)
    one, _ = entered(browser, server, made, made.student_links[0])
    two, _ = entered(browser, server, made, made.student_links[1])
    expect(teacher.locator("#people li")).to_have_count(3)
    expect(one.locator("#groups-form")).to_be_hidden()
    teacher.get_by_role("button", name="Split the class").click()
    expect(one.locator("#my-group")).to_have_text("You are in Group 1.")
    expect(two.locator("#my-group")).to_have_text("You are in Group 2.")
    expect(teacher.locator("#groups li")).to_have_text(["Group 1: Student 1", "Group 2: Student 2"])

    one.locator("#to").select_option(label="Group 1")
    one.locator("#text").fill("Among us")
    one.get_by_role("button", name="Send").click()
    expect(teacher.locator("#chat .text")).to_have_text("Among us")
    one.locator("#to").select_option(label="Everybody")
    one.locator("#text").fill("To all")
    one.get_by_role("button", name="Send").click()
    expect(two.locator("#chat .text")).to_have_text(["To all"])

    manage(teacher, "Student 2", "To Group 1")
    expect(two.locator("#my-group")).to_have_text("You are in Group 1.")
    teacher.get_by_role("button", name="End groups").click()
    expect(two.locator("#my-group")).to_be_hidden()
    expect(teacher.locator("#groups li")).to_have_count(0)
