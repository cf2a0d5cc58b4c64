"""The key by which a tenant's links and access tokens are signed, and changing it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.admin import moments, wire
from app.domain import tenants
from app.kit.web import WorkDep
from app.rules import durations

router = APIRouter(prefix="/tenants/{tenant}/signing-secret", tags=["tenants"])


class Rotation(wire.Change):
    """How long what the present secret signed still holds; without it that holds no more at once."""

    overlap: Annotated[str | None, Field(max_length=moments.LONGEST)] = None


class Rotated(BaseModel):
    """Until when (by the world's clock) links and tokens hold that the former secret signed, if at all."""

    former_secret_until: datetime | None


@router.post("/rotate")
async def rotate(tenant: str, work: WorkDep, body: Rotation | None = None) -> Rotated:
    """Sign the tenant's links and access tokens with a new secret, which nobody is told.

    Links to recordings, chats, files and calendars, and access tokens, that were given out before are void:
    at once, or when the `overlap` (such as `24h`) is over. There are two secrets at most: what one before the
    present one signed is void in any case.
    """
    overlap = durations.span((body and body.overlap) or "0s", "overlap")
    held = await tenants.rotate_signing(work, tenant, overlap)
    return Rotated(former_secret_until=held.former_signing_until)
