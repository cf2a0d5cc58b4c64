"""Polls: opinions, one at a time, in which each takes part once; the counts are told as they grow."""

from collections.abc import Sequence

from sqlalchemy import select

from app.domain.activities.actor import Actor, acting
from app.domain.activities.tables import Poll, PollAnswer
from app.domain.events import kinds
from app.kit import ids
from app.kit.work import Work
from app.rules.ballots import bare_ballot, tally, voted
from app.rules.permissions import Deed
from app.rules.refusals import AlreadyVoted, PollOver, PollRunning, UnknownThing


async def start_poll(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    participant_id: str,
    *,
    question: str,
    options: Sequence[str],
    multiple: bool,
) -> Poll:
    """Ask the class for its opinion; a question that is said aloud may be left empty."""
    put = bare_ballot(question, options, ())
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.START_POLL)
    await _must_be_free(actor)
    poll = Poll(
        tenant_id=tenant_id,
        poll_id=ids.new_id(),
        lesson_id=actor.lesson.lesson_id,
        participant_id=participant_id,
        question=put.question,
        options=list(put.options),
        multiple=multiple,
        started_at=work.now,
        ended_at=None,
    )
    work.db.add(poll)
    await work.db.flush()
    await actor.record(kinds.PollStarted(poll.poll_id, participant_id, put.question, put.options, multiple))
    return poll


async def answer_poll(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    classroom_id: str,
    participant_id: str,
    *,
    poll_id: str,
    choices: Sequence[int],
) -> None:
    """Take part, once."""
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    poll = await _running(actor, poll_id)
    own = poll.participant_id == participant_id
    actor.must(Deed.ANSWER_OWN_POLL if own else Deed.ANSWER_POLL)
    places = voted(choices, len(poll.options), multiple=poll.multiple)
    if await work.db.get(PollAnswer, (tenant_id, poll_id, participant_id)) is not None:
        raise AlreadyVoted(poll_id)
    work.db.add(
        PollAnswer(tenant_id=tenant_id, poll_id=poll_id, participant_id=participant_id, choices=list(places))
    )
    await work.db.flush()
    counts, answered = await results(work, poll)
    await actor.record(kinds.PollAnswered(poll_id, participant_id, places, counts, answered))


async def end_poll(
    work: Work, tenant_id: str, classroom_id: str, participant_id: str, *, poll_id: str
) -> None:
    """Take no more answers."""
    actor = await acting(work, tenant_id, classroom_id, participant_id)
    actor.must(Deed.END_POLL)
    poll = await _running(actor, poll_id)
    poll.ended_at = work.now
    await work.db.flush()
    counts, answered = await results(work, poll)
    await actor.record(kinds.PollEnded(poll_id, participant_id, counts, answered))


async def results(work: Work, poll: Poll) -> tuple[tuple[int, ...], int]:
    """How often each option was chosen, and by how many."""
    found = await work.db.scalars(
        select(PollAnswer.choices).where(
            PollAnswer.tenant_id == poll.tenant_id, PollAnswer.poll_id == poll.poll_id
        )
    )
    answers = found.all()
    return tally(answers, len(poll.options)), len(answers)


async def _must_be_free(actor: Actor) -> None:
    running = await actor.work.db.scalar(
        select(Poll.poll_id).where(
            Poll.tenant_id == actor.tenant_id,
            Poll.lesson_id == actor.lesson.lesson_id,
            Poll.ended_at.is_(None),
        )
    )
    if running is not None:
        raise PollRunning(running)


async def _running(actor: Actor, poll_id: str) -> Poll:
    poll = await actor.work.db.get(Poll, (actor.tenant_id, poll_id))
    if poll is None or poll.lesson_id != actor.lesson.lesson_id:
        raise UnknownThing("poll", poll_id)
    if poll.ended_at is not None:
        raise PollOver(poll_id)
    return poll
