"""MeritHub's language: camelCase JSON, the JWT bearer grant, join links and status pings."""

import re

from fastapi import APIRouter

from app.dialects.base import Dialect
from app.dialects.merithub.drive import router as drive
from app.dialects.merithub.pages import router as pages
from app.dialects.merithub.recordings import router as recordings
from app.dialects.merithub.refuse import documented, refuse
from app.dialects.merithub.reports import router as reports
from app.dialects.merithub.router import router as operations
from app.dialects.merithub.timetable import router as timetable
from app.dialects.merithub.translate import translate

router = APIRouter()
# `drive` comes first: in a path it would fit as an id too.
for part in (drive, operations, reports, recordings, timetable):
    router.include_router(part, responses=documented())
router.include_router(pages)

PAGES = r"/info/(room|device-test)(/|$)|/[^/]+/sessions/view(/|$)"

# The numbers are those of the vendor's machines: older programs have others.
HOSTS = (
    r"(serviceaccount\d*|class\d*|live\d*)\.(meritgraph|merithub)\.com"
    r"|merithub\.com|s\d+\.(serviceaccounts|classes)\.merithub\.net"
)
HOST_NAMES = (
    *(
        f"{label}.{domain}"
        for domain in ("meritgraph.com", "merithub.com")
        for label in ("serviceaccount1", "class1", "live")
    ),
    # Those of programs that are older than today's page.
    *("merithub.com", "s1.serviceaccounts.merithub.net", "s1.classes.merithub.net"),
)

MERITHUB = Dialect(
    name="merithub",
    router=router,
    claims=re.compile(rf"/v1(/|$)|{PAGES}"),
    refuse=refuse,
    translate=translate,
    pages=re.compile(PAGES),
    hosts=re.compile(HOSTS),
    host_names=HOST_NAMES,
)
