"""What people do in a live class, in real browsers: hands, reactions, questions, the board and a quiz."""

from typing import Any

import pytest
from browsing import entered
from make import merithub_class
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser


def opened(page: Page, panel: str) -> None:
    page.get_by_role("group", name="Show").get_by_role("button", name=panel).click()


def drag(page: Page) -> None:
    """A line across the middle of the board."""
    box = page.locator("#board").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.5, steps=5)
    page.mouse.up()


def ink(page: Page) -> list[int]:
    """The colour in the middle of the board."""
    found: list[int] = page.evaluate(
        "[...document.getElementById('board').getContext('2d').getImageData(800, 450, 1, 1).data]"
    )
    return found


def test_a_lesson_with_hands_reactions_questions_and_a_board(browser: Browser, server: Any) -> None:
    made = merithub_class(server, students=2)
    teacher, _ = entered(browser, server, made, made.host_link)
    one, _ = entered(browser, server, made, made.student_links[0])
    expect(one.locator("#bar")).to_be_hidden()
    teacher.get_by_role("button", name="Start class").click()
    expect(one.locator("#bar")).to_be_visible()

    one.get_by_role("button", name="Raise hand").press("Enter")
    expect(teacher.locator("#people li").first).to_contain_text("✋ Student 1")
    expect(one.get_by_role("button", name="Lower", exact=True)).to_have_count(0)
    one.get_by_role("button", name="Applause").click()
    expect(teacher.locator("#passing")).to_have_text("👏 Student 1")
    opened(one, "Questions")
    one.get_by_label("Your question").fill("Why <i>minus</i>?")
    one.keyboard.press("Enter")
    expect(teacher.locator("#questions .text")).to_have_text("Why <i>minus</i>?")

    opened(teacher, "Board")
    teacher.get_by_label("Red").check()
    drag(teacher)
    expect(one.locator("#board")).to_have_attribute("data-strokes", "1")
    for page in (teacher, one):
        assert ink(page) == [197, 34, 31, 255]
    opened(one, "Board")
    expect(one.locator("#tools")).to_be_hidden()
    drag(one)
    expect(one.locator("#trouble")).to_be_hidden()

    late, _ = entered(browser, server, made, made.student_links[1])
    expect(late.locator("#people li").first).to_contain_text("✋ Student 1")
    expect(late.locator("#questions .text")).to_have_count(1)
    expect(late.locator("#board")).to_have_attribute("data-strokes", "1")
    assert ink(late) == [197, 34, 31, 255]
    expect(late.locator("#questions").get_by_role("button")).to_have_count(0)

    teacher.get_by_role("button", name="Lower the hand of Student 1").click()
    expect(one.get_by_role("button", name="Raise hand")).to_be_enabled()
    opened(teacher, "Questions")
    teacher.get_by_role("button", name="Close question of Student 1").click()
    expect(late.locator("#questions .text")).to_have_count(0)
    opened(teacher, "Board")
    teacher.get_by_role("button", name="Next page").click()
    expect(late.locator("#page-shown")).to_have_text("Page 2")
    expect(late.locator("#board")).to_have_attribute("data-strokes", "0")


def test_a_quiz_by_keyboard_is_counted_and_its_result_shown_to_all(browser: Browser, server: Any) -> None:
    made = merithub_class(server, students=1)
    teacher, _ = entered(browser, server, made, made.host_link)
    teacher.get_by_role("button", name="Start class").press("Enter")
    teacher.get_by_role("button", name="Quiz").press("Enter")
    teacher.get_by_label("Question", exact=True).fill("2 + 2?")
    teacher.get_by_label("Option 1", exact=True).fill("3")
    teacher.get_by_label("Option 2", exact=True).fill("4")
    teacher.get_by_label("Option 2 is right").press("Space")
    teacher.get_by_role("button", name="Start quiz").press("Enter")
    expect(teacher.locator("#quiz-count")).to_have_text("0 answers so far.")

    student, _ = entered(browser, server, made, made.student_links[0])
    choice = student.get_by_label("4", exact=True)
    choice.focus()
    student.keyboard.press("Space")
    student.keyboard.press("Tab")
    student.keyboard.press("Enter")
    expect(teacher.locator("#quiz-count")).to_have_text("1 answer so far.")
    expect(student.locator("#quiz-options li").nth(1)).to_have_text("4 your answer")
    student.reload()
    expect(student.locator("#quiz-options li").nth(1)).to_have_text("4 your answer")

    teacher.get_by_role("button", name="End quiz").press("Enter")
    for page in (teacher, student):
        expect(page.locator("#quiz-count")).to_have_text("Ended with 1 answer.")
        expect(page.locator("#quiz-options .right")).to_contain_text("✓ right 1 of 1")
    expect(student.locator("#quiz-form")).to_be_hidden()
    expect(teacher.locator("#quiz-form")).to_be_visible()


def test_a_poll_on_the_page_shows_its_counts_to_all(browser: Browser, server: Any) -> None:
    made = merithub_class(server, students=1)
    teacher, _ = entered(browser, server, made, made.host_link)
    teacher.get_by_role("button", name="Start class").click()
    student, _ = entered(browser, server, made, made.student_links[0])
    opened(teacher, "Poll")
    teacher.get_by_label("What is asked (may be left empty)").fill("Which fruit?")
    for number, fruit in enumerate(("apple", "pear", "plum"), start=1):
        if number > 2:
            teacher.locator("#add-poll-option").click()
        teacher.get_by_label(f"Poll option {number}").fill(fruit)
    teacher.get_by_label("Several options may be chosen").check()
    teacher.get_by_role("button", name="Start poll").click()
    expect(teacher.locator("#poll-count")).to_have_text("0 people so far.")
    expect(teacher.get_by_role("button", name="Take part")).to_be_hidden()

    opened(student, "Poll")
    expect(student.locator("#poll-question")).to_have_text("Which fruit?")
    student.get_by_label("apple").check()
    student.get_by_label("plum").check()
    student.get_by_role("button", name="Take part").click()
    for page in (teacher, student):
        expect(page.locator("#poll-count")).to_have_text("1 person so far.")
        expect(page.locator("#poll-options .count")).to_have_text(["1 of 1", "0 of 1", "1 of 1"])
    student.reload()
    expect(student.locator("#poll-options li").nth(2)).to_contain_text("plum your choice")

    teacher.get_by_role("button", name="End poll").click()
    for page in (teacher, student):
        expect(page.locator("#poll-count")).to_have_text("Ended: 1 person took part.")
    expect(student.locator("#poll-form")).to_be_hidden()
    expect(teacher.locator("#poll-form")).to_be_visible()


def test_a_link_is_put_before_the_class_on_the_page(browser: Browser, server: Any) -> None:
    made = merithub_class(server, students=1)
    teacher, _ = entered(browser, server, made, made.host_link)
    teacher.get_by_role("button", name="Start class").click()
    student, _ = entered(browser, server, made, made.student_links[0])
    opened(teacher, "Files")
    teacher.get_by_label("Name of a link").fill("Slides")
    teacher.get_by_label("Its address").fill("https://example.com/slides")
    teacher.get_by_role("button", name="Add link").click()
    opened(student, "Files")
    link = student.get_by_role("link", name="Open Slides in a new tab")
    expect(link).to_have_attribute("href", "https://example.com/slides")
    expect(student.get_by_role("button", name="Remove Slides")).to_have_count(0)
    teacher.get_by_role("button", name="Remove Slides").click()
    expect(link).to_have_count(0)


def test_an_answer_is_changed_on_the_page(browser: Browser, server: Any) -> None:
    made = merithub_class(server, students=1)
    teacher, _ = entered(browser, server, made, made.host_link)
    teacher.get_by_role("button", name="Start class").click()
    student, _ = entered(browser, server, made, made.student_links[0])
    opened(teacher, "Quiz")
    teacher.get_by_label("Question", exact=True).fill("2 + 2?")
    teacher.get_by_label("Option 1", exact=True).fill("3")
    teacher.get_by_label("Option 2", exact=True).fill("4")
    teacher.get_by_label("Option 2 is right").check()
    teacher.get_by_label("Answers may be changed while it runs").check()
    teacher.get_by_role("button", name="Start quiz").click()
    opened(student, "Quiz")
    student.get_by_label("3", exact=True).check()
    student.get_by_role("button", name="Answer", exact=True).click()
    expect(teacher.locator("#quiz-count")).to_have_text("1 answer so far.")
    student.get_by_role("button", name="Change my answer").click()
    student.get_by_label("3", exact=True).uncheck()
    student.get_by_label("4", exact=True).check()
    student.get_by_role("button", name="Answer", exact=True).click()
    expect(student.locator("#quiz-options li").nth(1)).to_have_text("4 your answer")
    teacher.get_by_role("button", name="End quiz").click()
    expect(teacher.locator("#quiz-count")).to_have_text("Ended with 1 answer.")
    expect(student.locator("#quiz-options .right")).to_contain_text("✓ right 1 of 1")
    expect(student.get_by_role("button", name="Change my answer")).to_be_hidden()


def test_what_was_refused_comes_back_into_its_box(browser: Browser, server: Any) -> None:
    made = merithub_class(server, students=1)
    teacher, _ = entered(browser, server, made, made.host_link)
    teacher.get_by_role("button", name="Start class").click()
    opened(teacher, "Questions")
    box = teacher.get_by_label("Your question")
    box.evaluate("box => box.removeAttribute('maxlength')")
    box.fill("y" * 501)
    box.press("Enter")
    expect(teacher.locator("#trouble")).to_contain_text("500 characters")
    expect(box).to_have_value("y" * 501)
    expect(teacher.locator("#questions .text")).to_have_count(0)


def test_a_long_line_is_told_in_pieces_that_join(browser: Browser, server: Any) -> None:
    made = merithub_class(server, students=0)
    teacher, _ = entered(browser, server, made, made.host_link)
    lengths = """async () => {
        const { pieces } = await import("/_/static/room/strokes.js");
        const points = (many) => Array.from({ length: many }, (_, place) => [place, place]);
        const ends = (found) => found.map((piece) => [piece[0][0], piece.at(-1)[0]]);
        return [1, 500, 501, 1200].map((many) => ends(pieces(points(many))));
    }"""
    assert teacher.evaluate(lengths) == [
        [[0, 0]],
        [[0, 499]],
        [[0, 499], [499, 500]],
        [[0, 499], [499, 998], [998, 1199]],
    ]
