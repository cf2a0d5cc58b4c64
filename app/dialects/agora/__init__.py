"""Agora's language: numbered rooms and states, an envelope with a code, the feed of numbered events."""

import re

from fastapi import APIRouter
from starlette.convertors import StringConvertor, register_url_convertor

from app.dialects.agora.described import SHOWN, answers
from app.dialects.agora.narrate import narrate
from app.dialects.agora.pages import router as pages
from app.dialects.agora.refuse import refuse
from app.dialects.agora.routes_events import router as events
from app.dialects.agora.routes_groups import router as groups
from app.dialects.agora.routes_people import router as people
from app.dialects.agora.routes_properties import router as flexible
from app.dialects.agora.routes_records import router as records
from app.dialects.agora.routes_resources import router as resources
from app.dialects.agora.routes_rooms import router as rooms
from app.dialects.agora.routes_stage import router as stage
from app.dialects.agora.routes_users import router as users
from app.dialects.agora.routes_widgets import router as widgets
from app.dialects.agora.translate import translate
from app.dialects.base import Dialect


class Region(StringConvertor):
    """The vendor's regions; all lead to the same rooms."""

    regex = "cn|ap|eu|na"


register_url_convertor("region", Region())

# The vendor's second domain is for where the first is not reached; both have machines by region.
HOSTS = r"api(-[a-z]{2}-[a-z]+-\d+)?\.(agora\.io|sd-rtn\.com)"

router = APIRouter()
for part in (
    events,
    groups,
    people,
    records,
    rooms,
    stage,
    users,
    flexible,
    resources,
    widgets,
):
    router.include_router(part, responses=answers(), dependencies=SHOWN)
    router.include_router(part, prefix="/{region:region}", include_in_schema=False)

router.include_router(pages)

AGORA = Dialect(
    name="agora",
    router=router,
    claims=re.compile(r"/([^/]+/)?edu(/|$)|/agora(/|$)"),
    refuse=refuse,
    translate=translate,
    pages=re.compile(r"/agora(/(?!.*/enter$)|$)"),
    hosts=re.compile(HOSTS),
    host_names=("api.agora.io", "api.sd-rtn.com"),
    browser_headers=("Content-Type", "Authorization", "x-agora-token", "x-agora-uid", "token"),
    narrate=narrate,
)
