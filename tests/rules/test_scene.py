"""What a film shows of a room at an instant."""

from typing import Any

import pytest

from app.rules.recording import SHOWN
from app.rules.scene import Scene

ADA = {"participant_id": "p1", "name": "Ada", "role": "participant"}


def after(*happened: tuple[str, dict[str, Any]]) -> Scene:
    scene = Scene()
    for kind, data in happened:
        scene.take_in(kind, data)
    return scene


def test_people_come_and_go_with_their_hands() -> None:
    up = ("HandRaised", {"participant_id": "p1", "name": "Ada"})
    scene = after(("VisitorJoined", ADA), up)
    assert (scene.people, scene.hands) == ({"p1": "Ada"}, {"p1"})
    for kind in ("VisitorLeft", "ParticipantRemoved"):
        gone = after(("VisitorJoined", ADA), up, (kind, {"participant_id": "p1"}))
        assert (gone.people, gone.hands) == ({}, set())
    assert after(("VisitorJoined", ADA), up, ("HandLowered", {"participant_id": "p1"})).hands == set()


def test_questions_are_said_too() -> None:
    said = after(
        ("MessageSent", {"name": "Ada", "text": "Hi"}), ("QuestionAsked", {"name": "Ada", "text": "Why?"})
    )
    assert list(said.said) == [("Ada", "Hi"), ("Ada asks", "Why?")]


@pytest.mark.parametrize("what", ["Quiz", "Poll"])
def test_a_quiz_or_poll_is_counted(what: str) -> None:
    started = (f"{what}Started", {"question": "2 + 2?", "options": ["3", "4"]})
    answered = (f"{what}Answered", {"answered": 2, "counts": [0, 2]})
    poll = after(started, answered).poll
    assert poll is not None
    assert (poll.question, poll.answered, list(poll.counts)) == ("2 + 2?", 2, [0, 2])
    over = after(started, (f"{what}Ended", {"answered": 3, "counts": [1, 2]})).poll
    assert over is not None
    assert (over.answered, list(over.counts)) == (3, [1, 2])


def test_a_lesson_begins_with_nothing_put_before_it_but_its_people() -> None:
    shared = ("ContentShared", {"file_id": "f1", "title": "Fractions.pdf"})
    before = [("VisitorJoined", ADA), shared, ("PageTurned", {"page": 3})]
    assert after(*before).files == {"f1": "Fractions.pdf"}
    assert after(*before, ("ContentUnshared", {"file_id": "f1"})).files == {}
    for kind in ("LessonStarted", "LessonEnded"):
        scene = after(*before, (kind, {}))
        assert (scene.files, scene.page, scene.people) == ({}, 1, {"p1": "Ada"})


def test_what_changes_nothing_says_so() -> None:
    scene = after()
    assert not scene.take_in("VisitorLeft", {"participant_id": "nobody"})
    assert not scene.take_in("QuizEnded", {"answered": 0, "counts": []})
    assert not scene.take_in("Reacted", {"participant_id": "p1", "name": "Ada", "reaction": "👍"})


def test_every_shown_kind_is_taken_in() -> None:
    """With the fields that a recording shows, and no more."""
    for kind, fields in SHOWN.items():
        Scene().take_in(kind, dict.fromkeys(fields, "x"))
