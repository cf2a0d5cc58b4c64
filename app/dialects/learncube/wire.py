"""LearnCube's own words: what it says to a customer's server, and what its page says to ours."""

import json
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

JSON = "application/json;charset=UTF-8"


def body(said: dict[str, Any]) -> bytes:
    """The parameters of a callback as its JSON body, in the vendor's order."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def query(said: dict[str, Any]) -> str:
    """The same parameters for the query: running receivers read only there."""
    return urlencode(said)


def _name(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _storable(value: str) -> str:
    if "\0" in value or not value.isprintable():
        raise ValueError("must be plain text")
    return value


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    BeforeValidator(_name),
    BeforeValidator(lambda value: _storable(value) if isinstance(value, str) else value),
]
"""A token or a user id of the customer's: letters, digits, whatever else; numbers are taken too."""


class Enter(BaseModel):
    """What the class page sends to be let in."""

    model_config = ConfigDict(extra="ignore")

    token: Name = Field(validation_alias=AliasChoices("token", "room_token"))
    user_id: Name = Field(validation_alias=AliasChoices("user_id", "userid"))
    pub_key: Name | None = None
