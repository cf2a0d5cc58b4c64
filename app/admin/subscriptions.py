"""Where a tenant's notices go: the admin API's URLs and switches as subscriptions of the outbox."""

from collections.abc import Collection
from typing import get_args

from app.admin import wire
from app.domain import outbox
from app.domain.outbox import log
from app.domain.tenants.tables import Tenant
from app.kit.work import Work

FILES: wire.PingKind = "classFiles"

Urls = dict[tuple[str, str], str]


# (dialect, purpose) of a subscription, and the field of the admin API that sets its URL.
FIELDS = {
    ("merithub", "status"): "ping_url",
    ("merithub", "content"): "content_ping_url",
    ("learncube", "callback"): "callback_url",
}


async def urls_of(work: Work, tenant_ids: Collection[str]) -> dict[str, Urls]:
    """Each tenant's URLs by dialect and purpose."""
    found: dict[str, Urls] = {tenant_id: {} for tenant_id in tenant_ids}
    for one in await log.subscriptions(work, *tenant_ids):
        found[one.tenant_id][one.dialect, one.purpose] = one.url
    return found


async def secrets_of(work: Work, tenant_id: str) -> dict[str, str | None]:
    """What each of the tenant's servers checks `webhook-signature` with, by the field of its URL.

    Those of further endpoints are named by their purpose, which has the host name.
    """
    found = await log.subscriptions(work, tenant_id)
    fields = {key: f"{key[0]}.{field}" for key, field in FIELDS.items()}
    return {
        fields.get((one.dialect, one.purpose), f"{one.dialect}.{one.purpose}"): one.secret for one in found
    }


async def apply_urls(work: Work, tenant: Tenant, changes: wire.TenantChange) -> None:
    """Make the subscriptions what the changes ask for; a URL given again also enables it again."""
    before = {(one.dialect, one.purpose): one for one in await log.subscriptions(work, tenant.tenant_id)}
    wanted = {key: subscription.url for key, subscription in before.items()}
    given = _given(changes)
    for key, url in given.items():
        wanted.pop(key, None)
        if url is not None:
            wanted[key] = url
    for dialect, purpose in before.keys() - wanted.keys():
        await outbox.unsubscribe(work, tenant.tenant_id, dialect, purpose)
    kinds = _kinds(tenant, files_apart=("merithub", "content") in wanted)
    for key, url in wanted.items():
        if key in given or before[key].kinds != kinds.get(key):
            await outbox.subscribe(work, tenant.tenant_id, *key, url, kinds=kinds.get(key))


def _given(changes: wire.TenantChange) -> dict[tuple[str, str], str | None]:
    """The URLs that the caller sets or clears; `vetting` judged them."""
    given: dict[tuple[str, str], str | None] = {}
    parts: dict[str, wire.Change | None] = {"merithub": changes.merithub, "learncube": changes.learncube}
    for (dialect, purpose), field in FIELDS.items():
        part = parts[dialect]
        if part is not None and part.gives(field):
            given[dialect, purpose] = getattr(part, field)
    return given


def _kinds(tenant: Tenant, *, files_apart: bool) -> dict[tuple[str, str], list[str] | None]:
    """The kinds of each MeritHub subscription; None means all, those of later versions included."""
    switches = tenant.settings.get("switches", {}).get("merithub", {})
    every = list(get_args(wire.PingKind))
    on = [kind for kind in every if switches.get(kind, True)]
    status = [kind for kind in on if not (files_apart and kind == FILES)]
    return {
        ("merithub", "status"): None if status == every else status,
        ("merithub", "content"): [kind for kind in on if kind == FILES],
    }
