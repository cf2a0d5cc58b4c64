"""Who may do what in a room, by the role of the seat and by what the class lets its participants do."""

from enum import StrEnum

from app.rules.refusals import NotAllowed, RoomMuted
from app.rules.seats import SeatRole


class Deed(StrEnum):
    """What somebody can want to do in a live class."""

    RAISE_HAND = "raise a hand"
    LOWER_OTHERS_HAND = "lower the hand of others"
    REACT = "react"
    ASK = "ask a question"
    CLOSE_OWN_QUESTION = "close a question of one's own"
    CLOSE_QUESTION = "close the questions of others"
    DRAW = "draw on the board"
    CLEAR_BOARD = "clear the board"
    TURN_PAGE = "turn the board's page"
    START_QUIZ = "start a quiz"
    ANSWER_QUIZ = "answer a quiz"
    ANSWER_OWN_QUIZ = "answer a quiz of one's own"
    END_QUIZ = "end a quiz"
    START_POLL = "start a poll"
    ANSWER_POLL = "take part in a poll"
    ANSWER_OWN_POLL = "take part in a poll of one's own"
    END_POLL = "end a poll"
    SHARE_FILE = "share files"
    OPEN_FILE = "open a shared file"
    PUT_OUT = "put others out"
    SET_PROPERTIES = "change the properties of the class or of others"
    SET_OWN_PROPERTIES = "change one's own properties"
    MUTE_CHAT = "mute the chat"
    REWARD = "give rewards"
    LEAD_STAGE = "bring others on the stage or take them down"
    GO_UP = "go on the stage"
    LEAD_GROUPS = "split the class into groups"


LEADERS = frozenset({SeatRole.HOST, SeatRole.MODERATOR})

EVERYBODY = frozenset(
    {
        Deed.RAISE_HAND,
        Deed.REACT,
        Deed.ASK,
        Deed.CLOSE_OWN_QUESTION,
        Deed.ANSWER_QUIZ,
        Deed.ANSWER_POLL,
        Deed.OPEN_FILE,
        Deed.GO_UP,
        Deed.SET_OWN_PROPERTIES,
    }
)
NOBODY = frozenset({Deed.ANSWER_OWN_QUIZ, Deed.ANSWER_OWN_POLL})


def may(role: SeatRole, deed: Deed, *, write: bool = False) -> bool:
    """Whether this role may; `write` says whether the class lets its participants write on the board."""
    if deed in NOBODY:
        return False
    return role in LEADERS or deed in EVERYBODY or (deed is Deed.DRAW and write)


def must(role: SeatRole, deed: Deed, *, write: bool = False) -> None:
    """Refuse whoever may not."""
    if not may(role, deed, write=write):
        raise NotAllowed(deed.value)


def must_be_heard(role: SeatRole, *, muted: bool) -> None:
    """Refuse whoever speaks in a muted chat and does not lead the class."""
    if muted and role not in LEADERS:
        raise RoomMuted
