"""MeritHub's names: what comes in is turned into domain words here, and what goes out into the vendor's."""

from collections.abc import Sequence
from datetime import UTC
from typing import Annotated, Any

from pydantic import AliasChoices, FailFast, Field, ValidationError

from app.dialects.merithub.fields import Id, Many, Text, Wire, zone
from app.dialects.merithub.words import PERMISSIONS, ROLES, code, only_said, word
from app.domain.activities.queries import Line
from app.domain.users import UserDraft
from app.domain.users.tables import User
from app.rules.refusals import BadValue

# ---- Users


class UserBody(Wire):
    """A user to add, or the changes to one."""

    name: Text = None
    title: Text = None
    img: Text = None
    desc: Text = None
    lang: Text = None
    client_user_id: Text = Field(None, alias="clientUserId")
    email: Text = None
    role: Text = None
    timezone: Text = Field(None, validation_alias=AliasChoices("timeZone", "timeZoneId"))
    permission: Text = None

    def to_changes(self) -> dict[str, str]:
        """What was said, in domain words."""
        if self.timezone:
            zone(self.timezone, "timeZone")
        return only_said(
            {
                "name": self.name,
                "title": self.title,
                "image": self.img,
                "about": self.desc,
                "language": self.lang or None,
                "email": self.email,
                "external_id": self.client_user_id,
                "role": word("role", self.role, ROLES),
                "permission": word("permission", self.permission, PERMISSIONS),
                "timezone": self.timezone,
            }
        )

    def to_draft(self) -> UserDraft:
        """The new user."""
        return UserDraft(**({"name": ""} | self.to_changes()))


def added_user(user: User, token: str) -> dict[str, str]:
    """The answer to adding a user."""
    return {"userId": user.user_id, "userToken": token}


PAGE = 100
"""Users in one answer."""


def users_page(found: Sequence[User], client_id: str) -> dict[str, Any]:
    """Users that were found; `nextId` is there when more follow."""
    answer: dict[str, Any] = {"users": [full_user(user, client_id) for user in found[:PAGE]]}
    return answer | ({"nextId": found[PAGE - 1].user_id} if len(found) > PAGE else {})


def full_user(user: User, client_id: str) -> dict[str, str]:
    """A user, whole."""
    return {
        "userId": user.user_id,
        "networkId": client_id,
        "CLIENT_ID": client_id,
        "name": user.name,
        "title": user.title,
        "img": user.image,
        "description": user.about,
        "lang": user.language,
        "email": user.email,
        "role": code(user.role, ROLES),
        "timeZone": user.timezone,
        "permission": code(user.permission, PERMISSIONS),
        "clientUserId": user.external_id,
    }


# ---- People in classes


class Seat(Wire):
    """A user to let into a class, and the common link that says in which role."""

    user_id: Id = Field(alias="userId")
    user_link: Text = Field(None, alias="userLink")

    @property
    def link(self) -> str:
        """The link alone: programs send whole URLs too."""
        return (self.user_link or "").strip().split("?", 1)[0].rstrip("/").rsplit("/", 1)[-1]


class AddUsers(Wire):
    """Users to let into a class; their `userType` is always `su` and says nothing."""

    users: Annotated[list[Seat], FailFast(), Many]

    def to_seats(self) -> list[tuple[str, str]]:
        """Who, with which link."""
        return [(seat.user_id, seat.link) for seat in self.users]


class RemoveUsers(Wire):
    """The ids of the users to put out of a class."""

    users: Annotated[list[Id], FailFast(), Many]


def seats(links: list[tuple[str, str]]) -> list[dict[str, str]]:
    """Everyone's own link, in the order of the request."""
    return [{"userId": user_id, "userLink": link} for user_id, link in links]


SUCCESS = {"message": "success"}

# ---- Reports


def of_class(class_id: str, client_id: str) -> dict[str, Any]:
    """The head of a report about a class."""
    return {"classId": class_id, "networkId": client_id}


def chat(lines: Sequence[Line]) -> list[dict[str, str]]:
    """What was said, line by line."""
    return [
        {
            "messageId": line.message_id,
            "userId": line.user_id,
            "name": line.name,
            "role": line.role,
            "message": line.text,
            "time": line.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        for line in lines
    ]


# ---- Token


class TokenBody(Wire):
    """A request for an access token."""

    grant_type: Text = None
    assertion: Text = None

    @classmethod
    def read(cls, body: str | dict[str, str]) -> "TokenBody":
        """The request from JSON text or from a form's fields."""
        try:
            return cls.model_validate(body)
        except ValidationError:
            raise BadValue("assertion", "could not be read") from None

    def checked(self) -> str:
        """The assertion of a JWT bearer grant."""
        if not (self.assertion or "").strip():
            raise BadValue("assertion", "is required")
        if (self.grant_type or "").strip() != GRANT:
            raise BadValue("grant_type", f"must be {GRANT}")
        return self.assertion or ""


def access_token(token: str, api_domain: str) -> dict[str, Any]:
    """The answer to a grant. `token` has its prefix: most programs store it and send it raw."""
    return {
        "access_token": token,
        "expires_in": TOKEN_SECONDS,
        "api_domain": api_domain,
        "token_type": "Bearer",
    }


GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOKEN_SECONDS = 3600
TOKEN_REQUEST: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "assertion"],
                    "properties": {"grant_type": {"type": "string"}, "assertion": {"type": "string"}},
                }
            }
        },
    }
}
