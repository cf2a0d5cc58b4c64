"""Agora's language: numbered rooms and states, an envelope with a code, the feed of numbered events."""

import re

from fastapi import APIRouter
from starlette.convertors import StringConvertor, register_url_convertor

from app.dialects.agora.narrate import narrate
from app.dialects.agora.refuse import refuse
from app.dialects.agora.routes_events import router as events
from app.dialects.agora.routes_rooms import router as rooms
from app.dialects.agora.routes_users import router as users
from app.dialects.agora.translate import translate
from app.dialects.base import Dialect


class Region(StringConvertor):
    """The vendor's regions; all lead to the same rooms."""

    regex = "cn|ap|eu|na"


register_url_convertor("region", Region())

router = APIRouter()
for part in (events, rooms, users):
    router.include_router(part)
    router.include_router(part, prefix="/{region:region}", include_in_schema=False)

AGORA = Dialect(
    name="agora",
    router=router,
    claims=re.compile(r"/([^/]+/)?edu(/|$)"),
    refuse=refuse,
    translate=translate,
    narrate=narrate,
)
