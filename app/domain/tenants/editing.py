"""Changing a customer account: its name, limits and switches."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.tenants.tables import Tenant
from app.kit.work import Work
from app.rules.refusals import BadValue, UnknownThing


async def lock(work: Work, tenant_id: str) -> Tenant:
    """The tenant, held until the work ends: two edits at once must not undo one another."""
    # The key stays, so what refers to the tenant can be written meanwhile.
    tenant = await work.db.get(Tenant, tenant_id, with_for_update={"key_share": True}, populate_existing=True)
    if tenant is None:
        what = "tenant"
        raise UnknownThing(what, tenant_id)
    return tenant


async def rename(work: Work, tenant: Tenant, name: str) -> None:
    """Call the tenant by another name."""
    if not name.strip():
        raise BadValue("name", "must not be empty")
    tenant.name = name
    await work.db.flush()


async def set_limits(work: Work, tenant: Tenant, limits: Mapping[str, int | None]) -> None:
    """Set some of the tenant's limits; a limit that is None goes back to the server's default."""
    await _merge(work, tenant, "limits", limits)


async def set_switches(work: Work, tenant: Tenant, dialect: str, switches: Mapping[str, bool | None]) -> None:
    """Switch kinds of notices off or on in one dialect; None goes back to on."""
    of_all = dict(tenant.settings.get("switches", {}))
    of_all[dialect] = _merged(of_all.get(dialect, {}), switches)
    tenant.settings = {**tenant.settings, "switches": of_all}
    await work.db.flush()


async def set_framers(work: Work, tenant: Tenant, origins: Sequence[str] | None) -> None:
    """Name the origins whose pages may frame the tenant's rooms; None lets any, an empty list none."""
    others = {name: value for name, value in tenant.settings.items() if name != "framers"}
    tenant.settings = others if origins is None else others | {"framers": list(origins)}
    await work.db.flush()


async def _merge(work: Work, tenant: Tenant, part: str, changes: Mapping[str, Any]) -> None:
    # A new dictionary each time: changes inside a JSON column are not noticed.
    tenant.settings = {**tenant.settings, part: _merged(tenant.settings.get(part, {}), changes)}
    await work.db.flush()


def _merged(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**before, **changes}.items() if value is not None}
