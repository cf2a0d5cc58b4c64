"""Everything of the operator's side in one router: admin API, inbox, health, metrics."""

from fastapi import APIRouter, Depends

from app.admin import (
    clock,
    deliveries,
    endpoints,
    feeds,
    health,
    inbox,
    jobs,
    ledger,
    listening,
    metrics,
    receivers,
    signing,
    tenants,
)
from app.admin.auth import require_admin

api = APIRouter(prefix="/_/admin/v1", dependencies=[Depends(require_admin)])
for part in (tenants, signing, endpoints, clock, ledger, deliveries, jobs, listening, receivers, feeds):
    api.include_router(part.router)

router = APIRouter()
for whole in (api, inbox.router, health.router, metrics.router):
    router.include_router(whole)
