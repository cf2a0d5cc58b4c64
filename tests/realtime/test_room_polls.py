"""Polls and changed answers over real sockets of a running server."""

from typing import Any

from make import merithub_class
from tabs import joined


async def test_a_poll_and_its_counts_are_seen_by_all(server: Any) -> None:
    made = merithub_class(server)
    async with joined(server, made.host_link) as teacher, joined(server, made.student_links[0]) as student:
        await teacher.send(type="start")
        await student.heard("started")
        await teacher.send(type="start_poll", question="Break?", options=["yes", "no"], multiple=False)
        poll = (await student.heard("poll"))["poll"]
        poll_id = poll.pop("poll_id")
        who = teacher.welcome["you"]["participant_id"]
        asked = {"participant_id": who, "question": "Break?", "options": ["yes", "no"], "multiple": False}
        assert poll == asked
        await student.send(type="answer_poll", poll_id=poll_id, choices=[1])
        heard = await teacher.heard("poll_answered")
        assert (heard["poll_id"], heard["counts"], heard["answered"]) == (poll_id, [0, 1], 1)
        await student.send(type="answer_poll", poll_id=poll_id, choices=[0])
        assert (await student.heard("refused"))["code"] == "alreadyVoted"
        async with (
            joined(server, made.student_links[1]) as late,
            joined(server, made.student_links[0], tab="other") as again,
        ):
            counts = {"poll_id": poll_id, "counts": [0, 1], "answered": 1}
            assert late.welcome["poll"] == asked | counts
            assert again.welcome["poll"] == asked | counts | {"mine": [1]}
        await teacher.send(type="start_poll", options=["a", "b"])
        assert (await teacher.heard("refused"))["code"] == "pollRunning"
        await teacher.send(type="end_poll", poll_id=poll_id)
        ended = await student.heard("poll_ended")
        assert (ended["poll_id"], ended["counts"], ended["answered"]) == (poll_id, [0, 1], 1)
        await teacher.send(type="end_poll", poll_id=poll_id)
        assert (await teacher.heard("refused"))["code"] == "pollOver"


async def test_an_answer_may_be_changed_and_who_chose_what_is_not_told(server: Any) -> None:
    made = merithub_class(server)
    async with joined(server, made.host_link) as teacher, joined(server, made.student_links[0]) as student:
        await teacher.send(type="start")
        await student.heard("started")
        await teacher.send(
            type="start_quiz", question="2 + 2?", options=["3", "4"], correct=[1], changeable=True
        )
        quiz = (await student.heard("quiz"))["quiz"]
        assert quiz["changeable"] is True
        for choices in ([0], [1]):
            await student.send(type="answer", quiz_id=quiz["quiz_id"], choices=choices)
            heard = await teacher.heard("quiz_answered")
            assert heard.keys() == {"type", "seq", "quiz_id", "answered"}
            assert heard["answered"] == 1
        await teacher.send(type="end_quiz", quiz_id=quiz["quiz_id"])
        ended = await student.heard("quiz_ended")
        assert (ended["correct"], ended["counts"], ended["answered"]) == ([1], [0, 1], 1)
