"""How the description tells of refusals."""

from typing import Any

_DETAIL = {"type": "object", "properties": {"detail": {"type": "string"}}, "required": ["detail"]}
_FIELDS = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}


def _said(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


WRONG: dict[int | str, dict[str, Any]] = {
    400: _said("A value cannot be taken: the messages by field.", {"anyOf": [_FIELDS, _DETAIL]}),
}
REFUSALS: dict[int | str, dict[str, Any]] = WRONG | {
    401: _said("No living token and no key pair.", _DETAIL),
    404: _said("There is none of this uuid, or no such page.", _DETAIL),
    409: _said("The state of the classroom does not allow it.", _DETAIL),
}
