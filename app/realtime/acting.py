"""From a client's message to the verb that does it."""

from collections.abc import Awaitable, Callable
from typing import Any

from app.domain import activities, joint, presence, properties, resources
from app.domain.presence import queries as presence_queries
from app.kit import ids
from app.kit.work import Work
from app.realtime.heard import (
    Answer,
    Ask,
    ClearBoard,
    CloseQuestion,
    Draw,
    End,
    EndQuiz,
    Hand,
    LowerHand,
    Open,
    React,
    Share,
    Start,
    StartQuiz,
    TurnPage,
    Unshare,
)
from app.realtime.heard_base import Act
from app.realtime.heard_people import (
    Assign,
    Ban,
    CallUp,
    DissolveGroups,
    Invite,
    MuteChat,
    PutOut,
    Reward,
    Split,
    Stage,
    TakeDown,
)
from app.realtime.heard_polls import AnswerPoll, EndPoll, StartPoll
from app.realtime.heard_properties import RemoveProperties, SetProperties
from app.realtime.heard_resources import PutResource, RemoveResource
from app.rules.groups import deal
from app.rules.resources import Link
from app.rules.seats import SeatRole

Who = tuple[str, str, str]
"""Tenant, classroom, participant."""


UNSAID = ("type", "ref")


def _values(message: Act) -> dict[str, Any]:
    """What the message says, by the names that the verb takes."""
    return {name: getattr(message, name) for name in type(message).model_fields if name not in UNSAID}


async def _set_properties(work: Work, who: Who, message: SetProperties) -> None:
    await properties.put(
        work,
        *who,
        place=properties.Place(message.scope, message.subject),
        values=message.values,
        cause=message.cause,
        enabled=message.enabled,
    )


async def _remove_properties(work: Work, who: Who, message: RemoveProperties) -> None:
    place = properties.Place(message.scope, message.subject)
    await properties.remove(work, *who, place=place, paths=message.paths, cause=message.cause)


async def _put_resource(work: Work, who: Who, message: PutResource) -> None:
    link = Link(message.resource_id or ids.new_id(), message.name, message.url, message.size)
    await resources.put(work, *who, link=link)


async def _hand(work: Work, who: Who, message: Hand) -> None:
    if message.up:
        await activities.raise_hand(work, *who, payload=message.payload)
    else:
        await activities.lower_hand(work, *who)


async def _split(work: Work, who: Who, message: Split) -> None:
    there = await presence_queries.people(work, *who[:2])
    led = [person.participant_id for person in there if person.role == SeatRole.PARTICIPANT]
    # Whoever comes later stays in the room at large until somebody assigns them.
    await activities.dissolve(work, *who)
    await activities.arrange(work, *who, drafts=deal(led, message.groups))


async def _stage(work: Work, who: Who, message: Stage) -> None:
    await (activities.go_up if message.up else activities.step_down)(work, *who)


async def _mute_chat(work: Work, who: Who, message: MuteChat) -> None:
    await (activities.mute_chat if message.muted else activities.unmute_chat)(work, *who)


VERBS: dict[type[Act], Callable[[Work, Who, Any], Awaitable[object]]] = {
    Hand: _hand,
    LowerHand: lambda work, who, message: activities.lower_hand(work, *who, whose=message.participant_id),
    React: lambda work, who, message: activities.react(work, *who, **_values(message)),
    Ask: lambda work, who, message: activities.ask(work, *who, **_values(message)),
    CloseQuestion: lambda work, who, message: activities.close_question(work, *who, **_values(message)),
    Draw: lambda work, who, message: activities.draw(work, *who, **_values(message)),
    ClearBoard: lambda work, who, message: activities.clear_board(work, *who, **_values(message)),
    TurnPage: lambda work, who, message: activities.turn_page(work, *who, **_values(message)),
    StartQuiz: lambda work, who, message: activities.start_quiz(work, *who, **_values(message)),
    Answer: lambda work, who, message: activities.answer_quiz(work, *who, **_values(message)),
    StartPoll: lambda work, who, message: activities.start_poll(work, *who, **_values(message)),
    AnswerPoll: lambda work, who, message: activities.answer_poll(work, *who, **_values(message)),
    EndPoll: lambda work, who, message: activities.end_poll(work, *who, **_values(message)),
    EndQuiz: lambda work, who, message: activities.end_quiz(work, *who, **_values(message)),
    Share: lambda work, who, message: activities.share(work, *who, **_values(message)),
    Unshare: lambda work, who, message: activities.unshare(work, *who, **_values(message)),
    Open: lambda work, who, message: activities.open_file(work, *who, **_values(message)),
    MuteChat: _mute_chat,
    Stage: _stage,
    Split: _split,
    Assign: lambda work, who, message: activities.regroup(
        work, *who, moves={message.participant_id: message.group_id}
    ),
    DissolveGroups: lambda work, who, _: activities.dissolve(work, *who),
    Invite: lambda work, who, message: activities.invite(work, *who, whose=message.participant_id),
    CallUp: lambda work, who, message: activities.call_up(work, *who, whose=message.participant_id),
    TakeDown: lambda work, who, message: activities.step_down(work, *who, whose=message.participant_id),
    Reward: lambda work, who, message: activities.reward(
        work, *who, changes={message.participant_id: message.change}
    ),
    PutOut: lambda work, who, message: presence.put_out(work, *who, whose=message.participant_id),
    Ban: lambda work, who, message: presence.ban(
        work, *who, whose=message.participant_id, seconds=message.seconds
    ),
    PutResource: _put_resource,
    RemoveResource: lambda work, who, message: resources.remove(
        work, *who, resource_ids=[message.resource_id]
    ),
    SetProperties: _set_properties,
    RemoveProperties: _remove_properties,
}


async def act(work: Work, who: Who, message: Act) -> bool:
    """Do what the client asks; a Refusal where it may not be. True: ask the customer for the start."""
    match message:
        case Start() if await joint.holds(work, *who[:2]):
            return await joint.press_start(work, *who)
        case Start():
            await activities.start_class(work, *who)
        case End() if await joint.holds(work, *who[:2]):
            await joint.end_jointly(work, *who)
        case End():
            await activities.end_class(work, *who)
        case _:
            await VERBS[type(message)](work, who, message)
    return False
