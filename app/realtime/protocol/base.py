"""What every message of the server is built on, and the protocol's own numbers."""

from pydantic import BaseModel, ConfigDict

VERSION = 1
# A chat message of 2000 emoji written as escapes fits, and so does a stroke of 500 points.
LARGEST_FRAME = 32 * 1024


class Told(BaseModel):
    """A message to a client. What is not known is left out, so there is no null on the wire."""

    model_config = ConfigDict(frozen=True)

    def text(self) -> str:
        """The frame."""
        return self.model_dump_json(exclude_none=True)


class CloseCode:
    """Why the server closes a socket; 4000 and up are this protocol's own."""

    LEFT = 1000
    BROKEN = 1011
    RESTARTING = 1012
    TOO_SLOW = 1013
    TOO_BIG = 1009
    CLASS_ENDED = 4000
    BAD_MESSAGE = 4001
    REFUSED = 4003
    SILENT = 4008
    DISPLACED = 4009
    REMOVED = 4010
    PUT_OUT = 4011
