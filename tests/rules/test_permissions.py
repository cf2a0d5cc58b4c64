import pytest

from app.rules.permissions import Deed, may, must, must_be_heard
from app.rules.refusals import NotAllowed, RoomMuted
from app.rules.seats import SeatRole

HOST, MODERATOR, PARTICIPANT = SeatRole.HOST, SeatRole.MODERATOR, SeatRole.PARTICIPANT

# deed, host, moderator, participant
TABLE = [
    (Deed.RAISE_HAND, True, True, True),
    (Deed.LOWER_OTHERS_HAND, True, True, False),
    (Deed.REACT, True, True, True),
    (Deed.ASK, True, True, True),
    (Deed.CLOSE_OWN_QUESTION, True, True, True),
    (Deed.CLOSE_QUESTION, True, True, False),
    (Deed.DRAW, True, True, False),
    (Deed.CLEAR_BOARD, True, True, False),
    (Deed.TURN_PAGE, True, True, False),
    (Deed.START_QUIZ, True, True, False),
    (Deed.ANSWER_QUIZ, True, True, True),
    (Deed.ANSWER_OWN_QUIZ, False, False, False),
    (Deed.END_QUIZ, True, True, False),
    (Deed.START_POLL, True, True, False),
    (Deed.ANSWER_POLL, True, True, True),
    (Deed.ANSWER_OWN_POLL, False, False, False),
    (Deed.END_POLL, True, True, False),
    (Deed.SHARE_FILE, True, True, False),
    (Deed.OPEN_FILE, True, True, True),
    (Deed.PUT_OUT, True, True, False),
    (Deed.SET_PROPERTIES, True, True, False),
    (Deed.SET_OWN_PROPERTIES, True, True, True),
    (Deed.MUTE_CHAT, True, True, False),
    (Deed.REWARD, True, True, False),
    (Deed.LEAD_STAGE, True, True, False),
    (Deed.GO_UP, True, True, True),
    (Deed.LEAD_GROUPS, True, True, False),
]


@pytest.mark.parametrize(("deed", "host", "moderator", "participant"), TABLE)
def test_the_role_decides(deed: Deed, host: bool, moderator: bool, participant: bool) -> None:  # noqa: FBT001
    assert [may(role, deed) for role in (HOST, MODERATOR, PARTICIPANT)] == [host, moderator, participant]


def test_every_deed_is_decided() -> None:
    assert [row[0] for row in TABLE] == list(Deed)


def test_a_class_may_let_its_participants_draw_and_nothing_more() -> None:
    more = [deed for deed in Deed if may(PARTICIPANT, deed, write=True) != may(PARTICIPANT, deed)]
    assert more == [Deed.DRAW]


def test_who_may_not_is_refused() -> None:
    must(HOST, Deed.START_QUIZ)
    with pytest.raises(NotAllowed, match=r"^You may not start a quiz in this class\.$"):
        must(PARTICIPANT, Deed.START_QUIZ)


@pytest.mark.parametrize(("role", "heard"), [(HOST, True), (MODERATOR, True), (PARTICIPANT, False)])
def test_in_a_muted_chat_only_the_leaders_are_heard(role: SeatRole, heard: bool) -> None:  # noqa: FBT001
    must_be_heard(role, muted=False)
    if heard:
        must_be_heard(role, muted=True)
        return
    with pytest.raises(RoomMuted, match=r"^The chat is muted\.$"):
        must_be_heard(role, muted=True)
