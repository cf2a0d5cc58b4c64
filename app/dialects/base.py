"""What a dialect is: a router, the paths it claims, a way to refuse and a way to tell what happened."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from app.domain.classrooms.tables import Classroom
from app.domain.events.kinds import AnyEvent
from app.domain.feeds import Item
from app.domain.outbox.notice import Notice
from app.kit.work import Recorded, Work
from app.rules.links import LinkKind, expiry
from app.rules.refusals import Invalid, NotFound, Refusal


@dataclass(frozen=True)
class Facts:
    """What a dialect knows of the tenant it speaks for: its public id there, our address, its key, its id.

    And its limits, and the instant at which it speaks: links that it gives away may have an end.
    """

    public_id: str
    base_url: str
    signing_secret: str
    tenant_id: str = ""
    limits: Mapping[str, int] = field(default_factory=dict)
    now: datetime | None = None

    def expires(self, kind: LinkKind) -> str:
        """Until when a link of this kind holds; empty: for ever."""
        return expiry(self.limits, kind, self.now) if self.now else ""


@dataclass(frozen=True)
class Dialect:
    """One vendor's language. `pages` are those of its paths that people open in a browser.

    `translate` takes an event, the id of its classroom, and the facts of the tenant. `hosts` are the vendor's
    own host names, past ones too: asked under one of them, the server is that vendor and nothing else.
    `host_names` are those that programs are known to use, for hosts files and certificates. `narrate` gives
    what the vendor's pollers read of what happened in a classroom that is a room to them. `browser_headers`
    are those that programs in browsers send, where the vendor has such.
    """

    name: str
    router: APIRouter
    claims: re.Pattern[str]
    refuse: Callable[[Refusal, str, datetime], Response]
    translate: Callable[[AnyEvent, str, Facts], Notice | None]
    pages: re.Pattern[str] | None = None
    hosts: re.Pattern[str] | None = None
    host_names: tuple[str, ...] = ()
    browser_headers: tuple[str, ...] = ()
    narrate: Callable[[Work, Classroom, Facts, Sequence[Recorded]], Awaitable[list[Item]]] | None = None

    def owns(self, path: str) -> bool:
        """Whether the path belongs to this dialect."""
        return self.claims.match(path) is not None

    def is_named(self, host: str) -> bool:
        """Whether a `Host` header names one of the vendor's own hosts, whatever the port."""
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        return self.hosts is not None and self.hosts.fullmatch(name.rstrip(".").lower()) is not None

    def shows_page(self, path: str) -> bool:
        """Whether a person looks at this path in a browser, so that a refusal must be a page too."""
        return self.pages is not None and self.pages.match(path) is not None


# HTTP itself refuses too, before any verb of the domain is called. These give such refusals a type, so that a
# dialect phrases them in its table like all others.


@dataclass(eq=False)
class NoSuchPath(NotFound):
    """No operation has this path."""

    path: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"There is nothing at {self.path}."


@dataclass(eq=False)
class WrongMethod(Invalid):
    """The path exists, but not with this method."""

    method: str
    allow: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"{self.method} is not possible here."


@dataclass(eq=False)
class Malformed(Invalid):
    """The request could not be read; `where` is the offending input in the caller's own words."""

    where: str
    why: str

    @property
    def field(self) -> str | None:
        """The input's name as the caller wrote it."""
        return self.where or None

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"{self.where}: {self.why}" if self.where else self.why


@dataclass(eq=False)
class OtherHttp(Refusal):
    """Any other status that the web framework answers by itself."""

    status: int
    why: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return self.why


class Broken(Refusal):
    """Our own fault: an exception that nobody expected."""

    @property
    def message(self) -> str:
        """One sentence for a person; what went wrong is in the log, under the trace id."""
        return "Something went wrong on this server."


class Unavailable(Refusal):
    """The database does not answer, or is asked by too many at once; the same call may succeed soon."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "The server cannot answer now. Try again in a moment."


class FilesUnavailable(Unavailable):
    """The store of files cannot be used now, whatever the reason; all else goes on."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "The store of files cannot be used now. Try again in a moment."
