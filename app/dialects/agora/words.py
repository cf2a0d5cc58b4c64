"""Agora's numbers and names with the domain's words for them."""

from datetime import UTC, datetime, timedelta

from app.rules.booking import Form
from app.rules.lifecycle import State
from app.rules.seats import SeatRole

FORMS = {0: Form.ONE_TO_ONE, 2: Form.LECTURE, 4: Form.SMALL, 10: Form.CLOUD}
STATES = {
    State.SCHEDULED: 0,
    State.LIVE: 1,
    State.ENDED: 2,
    State.COMPLETED: 3,
    State.EXPIRED: 3,
    State.CANCELLED: 3,
}
WANTED = {0: State.SCHEDULED, 1: State.LIVE, 2: State.ENDED, 3: State.COMPLETED}
ROLES = {SeatRole.HOST: 1, SeatRole.PARTICIPANT: 2, SeatRole.MODERATOR: 3}
WORDS = {SeatRole.HOST: "host", SeatRole.PARTICIPANT: "audience", SeatRole.MODERATOR: "assistant"}
SEATS = {
    0: SeatRole.PARTICIPANT,
    1: SeatRole.HOST,
    2: SeatRole.PARTICIPANT,
    3: SeatRole.MODERATOR,
    4: SeatRole.PARTICIPANT,
}
WATCHING = frozenset({0, 4})
"""The roles of those who only watch; the first is what is told of them."""

FIELDS = {
    "title": "roomName",
    "form": "roomType",
    "duration_seconds": "roomProperties.schedule.duration",
    "linger_seconds": "roomProperties.schedule.closeDelay",
    "reference": "roomUuid",
    "text": "message",
    "choices": "selectIndex",
    "resource_id": "resourceUuid",
    "subject": "extAppUuid",
    "page": "webRecordConfig.url",
    "root": "webRecordConfig.rootUrl",
    "width": "webRecordConfig.videoWidth",
    "height": "webRecordConfig.videoHeight",
    "bitrate": "webRecordConfig.videoBitrate",
    "fps": "webRecordConfig.videoFps",
    "audio": "webRecordConfig.audioProfile",
    "hours": "webRecordConfig.maxRecordingHour",
    "seconds": "dirty.duration",
    "change": "changeReward",
}
"""The vendor's names of domain fields, for sentences about them."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def ms(at: datetime) -> int:
    """An instant as the vendor writes it."""
    return (at - EPOCH) // MILLISECOND


def role_word(role: str, *, observer: bool) -> str:
    """The word for a seat's role where the vendor writes one instead of the number."""
    return WORDS[SeatRole.PARTICIPANT if observer else SeatRole(role)]


def role_of(role: str, *, observer: bool) -> int:
    """The number of a seat's role."""
    return 0 if observer else ROLES[SeatRole(role)]


def rte_word(role: str, *, observer: bool, one_to_one: bool) -> str:
    """The word for how a seat takes part in sound and picture: in a lesson of two, both are seen."""
    if observer:
        return "observer"
    if one_to_one and role == SeatRole.PARTICIPANT:
        return "broadcaster"
    return WORDS[SeatRole(role)]
