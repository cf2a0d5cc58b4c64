"""Who somebody is, where a link leads, and what a seat may do."""

from dataclasses import dataclass

from app.rules.refusals.base import Conflict, Denied, Gone, Invalid, NotFound, Unauthenticated, UnknownThing


@dataclass(eq=False)
class UnknownTenant(Unauthenticated):
    """No tenant has this credential or id."""

    name: str = ""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"There is no account {self.name!r}."


@dataclass(eq=False)
class BadCredentials(Unauthenticated):
    """A credential or token that does not hold; `why` never contains it."""

    why: str = "The credentials are missing or wrong."

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return self.why


class PasswordNeeded(Unauthenticated):
    """A page that a browser asks a password for."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "This page has a password."


class UnknownUser(UnknownThing):
    """No such user in the tenant."""

    def __init__(self, user_id: str) -> None:
        super().__init__("user", user_id)


@dataclass(eq=False)
class UserExists(Conflict):
    """Another user of the tenant has this email address or external id."""

    user_id: str
    clash: str

    @property
    def field(self) -> str | None:
        """Which of the two clashes."""
        return self.clash

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"A user with this {self.clash.replace('_', ' ')} exists already."


@dataclass(eq=False)
class UnknownLink(NotFound):
    """The link never led anywhere."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "This link does not lead to a class."


@dataclass(eq=False)
class BadLink(Denied):
    """The signature of a link is not that of what it names."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "This link is not valid."


@dataclass(eq=False)
class LinkGone(Gone):
    """The link led to a class once: its seat was removed."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "This link is no longer valid."


@dataclass(eq=False)
class NoGuests(Denied):
    """A common link of a class that takes no guests."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "This class takes no guests: ask for a link of your own."


@dataclass(eq=False)
class NotHost(Denied):
    """Only a host may do this."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "Only a host of the class may do this."


@dataclass(eq=False)
class NotAllowed(Denied):
    """The role of the seat, or what the class lets participants do, does not cover this deed."""

    deed: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"You may not {self.deed} in this class."


@dataclass(eq=False)
class LastHost(Invalid):
    """A class keeps at least one host."""

    user_id: str

    @property
    def field(self) -> str | None:
        """The input's name in domain words."""
        return "users"

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"{self.user_id} is the only host of the class and cannot be removed."
