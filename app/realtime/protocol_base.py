"""What the messages of the server are made of."""

from pydantic import BaseModel, ConfigDict


class Told(BaseModel):
    """A message to a client. What is not known is left out, so there is no null on the wire."""

    model_config = ConfigDict(frozen=True)

    def text(self) -> str:
        """The frame."""
        return self.model_dump_json(exclude_none=True)
