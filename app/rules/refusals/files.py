"""Files, their bytes and the links to them; recordings as files."""

from dataclasses import dataclass

from app.rules.refusals.base import Conflict, Denied, Gone, Invalid, UnknownThing


class UnknownFile(UnknownThing):
    """No such file in the tenant, or none that the caller may see."""

    def __init__(self, file_id: str) -> None:
        super().__init__("file", file_id)


class UnknownRecording(UnknownThing):
    """No such recording: it went with its class."""

    def __init__(self, recording_id: str) -> None:
        super().__init__("recording", recording_id)


@dataclass(eq=False)
class NoDownload(Denied):
    """The class does not offer its recordings for download."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "The recordings of this class are not offered for download."


@dataclass(eq=False)
class TooLarge(Invalid):
    """More than this server takes; `limit` is in bytes."""

    what: str
    limit: int

    @property
    def field(self) -> str | None:
        """What was too large."""
        return self.what

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"{self.what} is larger than {self.limit} bytes."


@dataclass(eq=False)
class RangeOutside(Invalid):
    """A part of a file was asked for that it does not have; `size` is the file's, in bytes."""

    size: int

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"The file has {self.size} bytes, and none in this range."


@dataclass(eq=False)
class UploadLapsed(Conflict):
    """The upload took so long that it was given up."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "The upload took too long: start it again."


@dataclass(eq=False)
class MayNotPublish(Denied):
    """The user may not put files into the organization's public library."""

    user_id: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"User {self.user_id} may not add files to the public library."


@dataclass(eq=False)
class ContentLinkOver(Gone):
    """A link to a file, a recording or a chat was valid once."""

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return "This link has expired: ask for a new one."
