"""Bodies of the REST API: JSON or a form, read with goodwill, every fault named at once."""

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request

from app.dialects.base import Malformed
from app.dialects.forms import fields
from app.dialects.learncube.refuse import Faults
from app.kit.outside import parsed
from app.rules.refusals import BadValue

MISSING = "This field is required."
SAID = {"missing": MISSING, "string_type": "Not a valid string.", "none_required": "Not a valid value."}


class Body(BaseModel):
    """What a program sends; unknown keys are ignored."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)


B = TypeVar("B", bound=Body)


async def read(request: Request, model: type[B]) -> B:
    """The request's body as this model; Faults name every field that cannot be taken."""
    try:
        return model.model_validate(await _values(request))
    except ValidationError as error:
        raise faults(error) from None


def faults(error: ValidationError) -> Faults:
    """What is wrong, field by field, never the input itself."""
    messages: dict[str, list[str]] = {}
    for one in error.errors(include_url=False, include_input=False, include_context=False):
        field = str(one["loc"][0]) if one["loc"] else "non_field_errors"
        why = SAID.get(one["type"], str(one["msg"]).removeprefix("Value error, "))
        said = f"{why[:1].upper()}{why[1:].rstrip('.')}."
        if said not in messages.setdefault(field, []):
            messages[field].append(said)
    return Faults(messages)


async def _values(request: Request) -> dict[str, Any]:
    try:
        found: Any = await fields(await request.body())
    except BadValue as refusal:
        raise Malformed("", f"Parse error: {refusal.message}.") from None
    if isinstance(found, dict):
        return found
    try:
        found = parsed(found)
    except ValueError:
        raise Malformed("", "JSON parse error: the body is not valid JSON.") from None
    if not isinstance(found, dict):
        raise Faults({"non_field_errors": ["Invalid data. Expected a dictionary."]})
    return found


def described(model: type[BaseModel], *, required: bool = True) -> dict[str, Any]:
    """The body's place in the description, which FastAPI cannot see: it is read by hand."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    content = {kind: {"schema": schema} for kind in ("application/json", "application/x-www-form-urlencoded")}
    return {"requestBody": {"required": required, "content": content}}
