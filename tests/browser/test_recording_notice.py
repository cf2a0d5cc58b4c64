"""People see in the room that it is recorded."""

from typing import Any

import pytest
from beside import do_beside
from browsing import entered
from make import merithub_class
from playwright.sync_api import Browser, expect

from app.bootstrap import TENANT
from app.database import Address
from app.domain import classrooms, recordings
from app.domain.classrooms.plan import Recording
from app.rules.takes import TakePlan

pytestmark = pytest.mark.browser


def test_a_recording_is_in_sight_while_it_runs(browser: Browser, server: Any, database: Address) -> None:
    made = merithub_class(server, students=1)

    here = (TENANT, made.class_id)
    teacher, _ = entered(browser, server, made, made.host_link)
    notice = teacher.locator("#recording")
    expect(notice).to_be_hidden()
    do_beside(database, lambda work: recordings.start_take(work, *here, TakePlan(), length=None))
    expect(notice).to_have_text("This class is being recorded.")
    late, _ = entered(browser, server, made, made.student_links[0])
    expect(late.locator("#recording")).to_be_visible()
    do_beside(database, lambda work: recordings.configure_take(work, *here, {"held": True}, length=None))
    expect(notice).to_have_text("The recording of this class is paused.")
    do_beside(database, lambda work: recordings.stop_take(work, *here))
    expect(notice).to_be_hidden()


def test_a_recorded_class_says_so_before_it_begins(browser: Browser, server: Any) -> None:
    made = merithub_class(server, students=1, recording={"record": True})
    student, _ = entered(browser, server, made, made.student_links[0])
    expect(student.locator("#recording")).to_have_text("This class is recorded.")


def test_a_class_that_is_recorded_from_now_on_says_so(
    browser: Browser, server: Any, database: Address
) -> None:
    made = merithub_class(server, students=1)
    student, _ = entered(browser, server, made, made.student_links[0])
    expect(student.locator("#recording")).to_be_hidden()
    changes = {"recording": Recording(record=True)}
    do_beside(database, lambda work: classrooms.edit(work, TENANT, made.class_id, changes))
    expect(student.locator("#recording")).to_have_text("This class is recorded.")
