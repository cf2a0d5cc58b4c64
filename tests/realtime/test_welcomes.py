"""Many who are welcomed together: what is each one's own is told to nobody else."""

from lessons import held

from app.domain import activities
from app.domain.participants import queries as seats
from app.domain.tenants.tables import Tenant
from app.kit.work import Works
from app.realtime.welcome import welcomes


async def test_each_is_told_what_they_chose_themselves(works: Works, tenant: Tenant) -> None:
    live = await held(works, tenant, students=3)
    one, two, three = live.students
    options = {"question": "Which?", "options": ["a", "b"]}
    quiz = await live.do(activities.start_quiz, live.host, **options, correct=[0])
    poll = await live.do(activities.start_poll, live.host, **options, multiple=False)
    await live.do(activities.answer_quiz, one, quiz_id=quiz.quiz_id, choices=[1])
    await live.do(activities.answer_poll, one, poll_id=poll.poll_id, choices=[0])
    await live.do(activities.answer_poll, two, poll_id=poll.poll_id, choices=[1])
    ids = [who[2] for who in (three, one, two, live.host)]
    async with works.begin() as work:
        found = await seats.held_all(work, live.tenant_id, ids)
        told = await welcomes(work, *one[:2], [found[seat] for seat in ids])
    assert [welcome.you.participant_id for welcome in told] == ids
    assert [welcome.quiz and (welcome.quiz.answered, welcome.quiz.mine) for welcome in told] == [
        (1, None),
        (1, [1]),
        (1, None),
        (1, None),
    ]
    assert [welcome.poll and (welcome.poll.counts, welcome.poll.mine) for welcome in told] == [
        ([1, 1], None),
        ([1, 1], [0]),
        ([1, 1], [1]),
        ([1, 1], None),
    ]
    assert [welcome.may.moderate for welcome in told] == [False, False, False, True]
    assert [welcome.files for welcome in told] == [None, None, None, []]
