"""All dialects; a new vendor adds one line here."""

from app.dialects.agora import AGORA
from app.dialects.base import Dialect
from app.dialects.learncube import LEARNCUBE
from app.dialects.merithub import MERITHUB

DIALECTS: tuple[Dialect, ...] = (MERITHUB, LEARNCUBE, AGORA)
