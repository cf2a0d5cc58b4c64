"""Links to the bytes of a file that need no login, for so long."""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from app.domain.tenants.tables import Tenant
from app.kit.signing import link_holds, sign_link
from app.rules.links import is_over
from app.rules.refusals import BadCredentials, ContentLinkOver

FOR_PROGRAMS: Final = timedelta(days=7)
FOR_ROOMS: Final = timedelta(hours=12)
WHAT: Final = "content"


def content_path(tenant_id: str, file_id: str, secret: str, until: datetime | str) -> str:
    """The path with its signature; the address of the server stands before it.

    `until` is an instant, or an expiry as `rules/links.py` has them: empty for a link that holds for ever.
    """
    expires = until if isinstance(until, str) else str(int(until.timestamp()))
    signature = sign_link(secret, WHAT, tenant_id, file_id, expires)
    path = "/".join(quote(part, safe="") for part in (tenant_id, file_id))
    said = f"expires={expires}&" if expires else ""
    return f"/_/content/{path}?{said}signature={signature}"


def check(  # noqa: PLR0913 - each value is named at the call
    tenant: Tenant, file_id: str, *, expires: str, signature: str, now: datetime, wall: datetime | None = None
) -> None:
    """BadCredentials for a link that is not ours, ContentLinkOver for one that was valid once.

    `wall` is the machine's instant, where the tenant's clock says another.
    """
    if not link_holds(
        tenant.signing_secrets(wall or now), signature, WHAT, tenant.tenant_id, file_id, expires
    ):
        raise BadCredentials("The link is not valid.")
    # Only what was written here is signed: a number, or nothing.
    if is_over(expires, now):
        raise ContentLinkOver
