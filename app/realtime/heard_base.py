"""What the messages of clients are made of.

Lengths and ranges are the domain's to refuse, so that a wrong value costs a refusal and not the socket.
"""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints


def _storable(text: str) -> str:
    # PostgreSQL has no NUL in text.
    if "\0" in text:
        raise ValueError("must not contain NUL characters")
    return text


Text = Annotated[str, AfterValidator(_storable)]
# Any whole number is of the protocol; which ones a verb takes is said by the verb.
Whole = Annotated[int, Field(ge=-(2**31), lt=2**31)]
Id = Annotated[Text, StringConstraints(min_length=1, max_length=64)]


class Heard(BaseModel):
    """A message from a client; what it says beyond this is ignored, so that newer clients may say more."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Act(Heard):
    """Something to be done in the room; `ref` comes back when it is refused."""

    ref: Id | None = None
