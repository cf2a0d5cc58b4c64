"""The admin API's own words: what it takes and what it answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    model_validator,
)

from app.domain.events.tables import Event
from app.domain.feeds.tables import Poll
from app.domain.outbox.tables import Attempt, Delivery
from app.domain.rooms import queries as rooms
from app.domain.tenants.tables import Credential, Tenant
from app.rules.hosts import is_host

LONGEST_PORT = 5
MOST_NAMES = 100
DialectName = Literal["merithub", "agora", "learncube"]
DeliveryState = Literal["pending", "delivered", "dead"]
PingKind = Literal["classStatus", "attendance", "recording", "classFiles", "chats"]


def storable(text: str) -> str:
    """The text, or ValueError where the database could not keep it."""
    if "\0" in text:
        raise ValueError("must not hold a NUL character")
    return text


def origin(text: str) -> str:
    """The text where it is an origin such as `https://school.example` or `https://*.school.example`."""
    scheme, mark, place = text.lower().partition("://")
    host, colon, port = place.partition(":")
    right = is_host(host.removeprefix("*.")) and (not colon or (port.isascii() and port.isdecimal()))
    if scheme not in ("http", "https") or not mark or not right or len(port) > LONGEST_PORT:
        raise ValueError("must be an origin such as https://school.example or https://*.school.example")
    return text.lower()


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(storable)]
Url = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Origin = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), AfterValidator(origin)]
LimitName = Literal[
    "grace_minutes",
    "empty_minutes",
    "early_minutes",
    "token_calls_per_hour",
    "player_link_days",
    "download_link_days",
    "chat_link_days",
    "file_link_days",
]
Limit = Annotated[StrictInt, Field(ge=0, le=1440)]

# What a credential's public id and secret are called in each vendor's documentation.
NAMES: dict[str, tuple[str, str]] = {
    "merithub": ("client_id", "client_secret"),
    "agora": ("app_id", "app_certificate"),
    "learncube": ("public_key", "private_key"),
}


class Change(BaseModel):
    """A part to change: what is left out stays, null clears, an unknown name is refused."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _few(cls, said: Any) -> Any:
        # Each name that is not known would be complained about.
        if isinstance(said, dict) and len(said) > MOST_NAMES:
            raise ValueError(f"must have at most {MOST_NAMES} names")
        return said

    def gives(self, field: str) -> bool:
        """Whether the caller said anything of the field, null included."""
        return field in self.model_fields_set


class MeritHubChange(Change):
    """Where MeritHub pings go, and which kinds are sent."""

    ping_url: Url | None = None
    content_ping_url: Url | None = None
    switches: dict[PingKind, StrictBool | None] | None = None


class LearnCubeChange(Change):
    """Where LearnCube questions and commands go."""

    callback_url: Url | None = None


class AgoraChange(Change):
    """Whether every class of the tenant is a room too, by its class id, and who makes a leader of whom.

    `trust_launch_role` lets the `roleType` of a launch address make a teacher of whoever opens it, although
    no token signs it: whoever has such a link can write it so. null: on for test tenants, off for others.
    """

    every_class_is_a_room: StrictBool | None = None
    trust_launch_role: StrictBool | None = None


class TenantChange(Change):
    """A change of a tenant, as a JSON merge patch.

    `grace_minutes` is how long a class may run over, `empty_minutes` how long a live one may stand empty,
    `early_minutes` how long before its time a scheduled lesson of a standing class may start,
    `token_calls_per_hour` how many access tokens it may ask for in an hour (0: as many as it likes).
    `player_link_days`, `download_link_days`, `chat_link_days` and `file_link_days` say how long links to
    recordings, their archives, chats and files of lessons hold that are made from then on (0: for ever).
    `frame_ancestors` names the origins whose pages may show its rooms in a frame; null: any, []: none.
    """

    name: Name | None = None
    limits: dict[LimitName, Limit | None] | None = None
    merithub: MeritHubChange | None = None
    learncube: LearnCubeChange | None = None
    agora: AgoraChange | None = None
    frame_ancestors: Annotated[list[Origin], Field(max_length=50)] | None = None


class NewTenant(TenantChange):
    """A tenant to make; `allow_private` lets its pings go to private addresses.

    `clock` lets the clock of a tenant made with `test: true` stand at an instant of its own, past or future.
    """

    name: Name
    test: StrictBool = False
    clock: AwareDatetime | None = None
    allow_private: StrictBool = False


class MeritHubPart(BaseModel):
    ping_url: str | None
    content_ping_url: str | None
    switches: dict[str, bool]


class AgoraPart(BaseModel):
    every_class_is_a_room: bool
    trust_launch_role: bool


class LearnCubePart(BaseModel):
    callback_url: str | None


class TenantShown(BaseModel):
    """A tenant, without secrets."""

    tenant_id: str
    name: str
    test: bool
    allow_private: bool
    created_at: datetime
    limits: dict[str, int]
    frame_ancestors: list[str] | None
    merithub: MeritHubPart
    learncube: LearnCubePart
    agora: AgoraPart

    @classmethod
    def of(cls, tenant: Tenant, urls: dict[tuple[str, str], str]) -> "TenantShown":
        """The tenant's row, with its subscriptions' URLs by dialect and purpose."""
        return cls(
            tenant_id=tenant.tenant_id,
            name=tenant.name,
            test=tenant.test,
            allow_private=tenant.allow_private,
            created_at=tenant.created_at,
            limits=tenant.limits,
            frame_ancestors=tenant.framers,
            merithub=MeritHubPart(
                ping_url=urls.get(("merithub", "status")),
                content_ping_url=urls.get(("merithub", "content")),
                switches=tenant.settings.get("switches", {}).get("merithub", {}),
            ),
            learncube=LearnCubePart(callback_url=urls.get(("learncube", "callback"))),
            agora=AgoraPart(
                every_class_is_a_room=rooms.every(tenant), trust_launch_role=rooms.trusts_addresses(tenant)
            ),
        )


class Tenants(BaseModel):
    tenants: list[TenantShown]


Credentials = dict[str, dict[str, str | None]]


class TenantMade(TenantShown):
    """A new tenant with its secrets."""

    credentials: Credentials


def credential_shown(credential: Credential) -> dict[str, str | None]:
    """One credential in its vendor's words."""
    public, secret = NAMES[credential.dialect]
    shown: dict[str, str | None] = {public: credential.public_id, secret: credential.secret}
    if credential.dialect == "learncube":
        shown["host"] = credential.host
    return shown


def credentials_shown(credentials: Sequence[Credential]) -> Credentials:
    """All credentials of a tenant, by dialect."""
    return {credential.dialect: credential_shown(credential) for credential in credentials}


class EventShown(BaseModel):
    """One thing that happened in a classroom."""

    classroom_id: str
    seq: int
    kind: str
    at: datetime
    data: dict[str, Any]

    @classmethod
    def of(cls, event: Event) -> "EventShown":
        """The event's row."""
        return cls(
            classroom_id=event.classroom_id, seq=event.seq, kind=event.kind, at=event.at, data=event.data
        )


class Events(BaseModel):
    """A page of events; `next` is the `after` of the page that follows, null at the end."""

    events: list[EventShown]
    next: int | None


class DeliveryShown(BaseModel):
    """One message owed to a subscriber; `delivery_id` is what it carries as `webhook-id`."""

    delivery_id: str
    subscription_id: str
    classroom_id: str
    seq: int
    kind: str
    state: str
    created_at: datetime
    settled_at: datetime | None

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryShown":
        """The delivery's row."""
        return cls(
            delivery_id=delivery.delivery_id,
            subscription_id=delivery.subscription_id,
            classroom_id=delivery.classroom_id,
            seq=delivery.seq,
            kind=delivery.kind,
            state=delivery.state,
            created_at=delivery.created_at,
            settled_at=delivery.settled_at,
        )


class Deliveries(BaseModel):
    """A page of deliveries, the latest first; `next` is the `after` of the page that follows, if any."""

    deliveries: list[DeliveryShown]
    next: str | None


class AttemptShown(BaseModel):
    """One try to deliver: the status that came back, or the error; 4 kB of each head and of the body."""

    at: datetime
    status: int | None
    duration_ms: int
    error: str | None
    request_head: str
    response_head: str
    response_body: str

    @classmethod
    def of(cls, attempt: Attempt) -> "AttemptShown":
        """The attempt's row."""
        return cls(
            at=attempt.at,
            status=attempt.status,
            duration_ms=attempt.duration_ms,
            error=attempt.error,
            request_head=attempt.request_head,
            response_head=attempt.response_head,
            response_body=attempt.response_body,
        )


class DeliveryInFull(DeliveryShown):
    """A delivery with the bytes it carries and everything that was tried.

    While it is pending: when it is tried next, and how many of its class have to go before it.
    """

    body: str
    next_try_at: datetime | None
    ahead: int
    attempts: list[AttemptShown]


class PollShown(BaseModel):
    """One call that took events of the feed."""

    poll_id: str
    at: datetime
    caller: str
    taken: int

    @classmethod
    def of(cls, poll: Poll) -> "PollShown":
        """The poll's row."""
        return cls(poll_id=poll.poll_id, at=poll.at, caller=poll.caller, taken=poll.taken)


class Polls(BaseModel):
    polls: list[PollShown]


class Rewound(BaseModel):
    """How many events will be handed out again."""

    events: int
