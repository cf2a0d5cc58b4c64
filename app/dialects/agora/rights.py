"""Who may do what with which token: one table, asked by every route.

A token of an app, and one for RTM whose user sits nowhere, speak for the customer's server. All others speak
for one person: in that person's room, for that person alone, never above the role that the token signs nor
above the seat that is there. A person who was put out for good does nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from app.dialects.agora.tokens import Caller
from app.dialects.agora.words import SEATS, role_of
from app.domain.rooms.doors import Sitting
from app.rules.bans import must_be_clean
from app.rules.refusals import NotAllowed

STUDENT: Final = 2
RANK: Final = {0: 0, 4: 0, 2: 1, 3: 2, 1: 3}
"""The vendor's roles from those who only watch to the teacher's."""
LEADING: Final = 2
"""The rank from which on somebody leads."""


class Right(Enum):
    """What a call takes."""

    LOOK = "look at the room"
    """Any token that opens the room."""
    SEE = "see what happens in the room without a seat in it"
    """A seat in the room, a token that was signed for it, or the server's."""
    OWN = "act without a seat in the room"
    """A seat in the room, or the server's token; what the seat covers is decided where it is done."""
    LEAD = "do what takes a leader's seat or a server's token"
    MAKE = "do for the whole app what takes a server's token"
    """A server's token, or one for RTM whose user leads somewhere."""
    COME = "come"
    """Any token that opens the room; `coming.py` says for whom and as what."""


RIGHTS: Final[dict[str, Right]] = {
    "create_a_classroom": Right.MAKE,
    "get_a_classroom": Right.LOOK,
    "set_the_classroom_state": Right.LEAD,
    "get_classroom_events": Right.MAKE,
    "query_a_specified_event": Right.SEE,
    "check_in": Right.COME,
    "query_a_specific_user": Right.SEE,
    "query_users": Right.SEE,
    "kick_a_user_out": Right.LEAD,
    "send_a_chat_message": Right.OWN,
    "mute_the_room": Right.LEAD,
    "give_rewards": Right.LEAD,
    "create_breakout_rooms": Right.LEAD,
    "remove_breakout_rooms": Right.LEAD,
    "set_another_state": Right.LEAD,
    "move_between_breakout_rooms": Right.LEAD,
    "set_the_recording_state": Right.LEAD,
    "update_the_recording_configurations": Right.LEAD,
    "get_the_recording_list": Right.LEAD,
    "wave_a_hand": Right.OWN,
    "stop_waving": Right.OWN,
    "bring_on_stage": Right.OWN,
    "take_off_stage": Right.OWN,
    "update_custom_classroom_properties": Right.LEAD,
    "delete_custom_classroom_properties": Right.LEAD,
    "update_properties_of_many_users": Right.LEAD,
    "delete_properties_of_many_users": Right.LEAD,
    "update_custom_user_properties": Right.OWN,
    "delete_custom_user_properties": Right.OWN,
    "set_the_ext_app_properties": Right.LEAD,
    "delete_the_ext_app_properties": Right.LEAD,
    "put_a_resource": Right.LEAD,
    "list_resources": Right.SEE,
    "remove_resources": Right.LEAD,
    "get_data_for_widgets": Right.SEE,
    "start_a_pop_up_quiz": Right.LEAD,
    "stop_a_pop_up_quiz": Right.LEAD,
    "answer_a_pop_up_quiz": Right.OWN,
    "start_a_poll": Right.LEAD,
    "stop_a_poll": Right.LEAD,
    "answer_a_poll": Right.OWN,
}
"""By the names of the routes' functions; a test holds that every route of the API is here."""


@dataclass(frozen=True)
class Standing:
    """What a verified caller is in the room that is asked for, or in the app where none is."""

    caller: Caller
    seat: Sitting | None = None
    leads_somewhere: bool | None = None
    """Whether the caller's user leads in one of the app's rooms; None where the user sits in none."""

    @property
    def is_person(self) -> bool:
        """Whether the token speaks for one person, and not for the customer's server."""
        if self.caller.kind == "rtm":
            return self.seat is not None or self.leads_somewhere is False
        return self.caller.kind != "app"

    @property
    def signed(self) -> int | None:
        """The role that the token signs; one that nobody knows is that of a student."""
        role = self.caller.role
        if self.caller.kind != "room_user" or role is None or role < 0:
            return None
        return role if role in SEATS else STUDENT

    @property
    def role(self) -> int | None:
        """As what a person acts: by the seat, and by the token where that signs less; None without a seat."""
        if self.seat is None:
            return None
        held, signed = role_of(self.seat.role, observer=self.seat.observer), self.signed
        return held if signed is None or RANK[held] <= RANK[signed] else signed

    @property
    def leads(self) -> bool:
        """Whether a leader's seat, or the server, stands behind the call."""
        return not self.is_person or (self.role is not None and RANK[self.role] >= LEADING)

    def must_cover(self, *, own: bool) -> None:
        """NotAllowed where the seat would cover what the token does not sign; `own`: it concerns its person.

        What is done in a class is decided by the seat; a token that signs less must not be lifted by it.
        """
        if self.seat is None or self.role is None:
            return
        held = min(RANK[role_of(self.seat.role, observer=self.seat.observer)], LEADING)
        if RANK[self.role] < (min(held, RANK[STUDENT]) if own else held):
            raise NotAllowed("act above the role that the token signs")

    def must_have(self, right: Right, now: datetime) -> None:
        """Banned, or NotAllowed where the call takes more."""
        if self.is_person and self.seat is not None:
            must_be_clean(self.seat.banned_at, self.seat.banned_until, now)
        if not self._has(right):
            raise NotAllowed(right.value)

    def _has(self, right: Right) -> bool:
        match right:
            case Right.LOOK | Right.COME:
                return True
            case Right.SEE if self.caller.kind == "room_user":
                return True
            case Right.SEE | Right.OWN:
                return not self.is_person or self.seat is not None
            case Right.LEAD:
                return self.leads
            case Right.MAKE:
                return not self.is_person or (self.caller.kind == "rtm" and bool(self.leads_somewhere))


def role_of_a_comer(standing: Standing, asked: int | None, held: int | None) -> int:
    """As what a person comes who shows a token of their own; NotAllowed above what the token signs.

    `held` is the role of the seat that is there: nobody is lifted by coming again, whatever was signed
    before.
    """
    signed = standing.signed
    highest = signed if signed is not None else STUDENT if held is None else held
    wanted = asked if asked is not None else highest
    if RANK[wanted] > RANK[highest]:
        raise NotAllowed("take a role above that of the token and of the seat")
    return wanted if held is None or RANK[wanted] <= RANK[held] else held


def must_reach(standing: Standing, *roles: int | None) -> None:
    """NotAllowed where a leader who is a person would give or take a role above their own."""
    own = standing.role
    if any(role is not None and (own is None or RANK[role] > RANK[own]) for role in roles):
        raise NotAllowed("give or take a role above one's own")
