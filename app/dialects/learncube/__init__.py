"""LearnCube's language: the class page, questions and notices to the customer's server, the class log."""

import re

from fastapi import APIRouter

from app.dialects.base import Dialect
from app.dialects.learncube.pages import router as pages
from app.dialects.learncube.refuse import refuse
from app.dialects.learncube.rest import router as rest
from app.dialects.learncube.translate import translate

router = APIRouter()
router.include_router(pages)
router.include_router(rest)

LEARNCUBE = Dialect(
    name="learncube",
    router=router,
    claims=re.compile(r"/classv3(/|$)|/class/start(/|$)|/api/virtual-classroom(/|$)"),
    refuse=refuse,
    translate=translate,
    pages=re.compile(r"/classv3/?$|/class/start/?$"),
)
