"""What every command begins with: the settings, and a way to end with a reason."""

import logging
import sys
from typing import NoReturn

from pydantic import ValidationError

from app.settings import Settings, complaints


def fail(sentence: str) -> NoReturn:
    """Ends the command with a reason."""
    print(f"homeroom: {sentence}", file=sys.stderr)
    raise SystemExit(1)


def read_settings() -> Settings:
    """The settings from the environment; a wrong one is named and explained."""
    try:
        settings = Settings()
    except ValidationError as error:
        fail("\n".join(complaints(error)))
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)-7s %(name)s: %(message)s"
    )
    # The pool logs as SQLAlchemy does, by the name of its class.
    for chatty in ("alembic", "httpx", "aiohttp.access", "app.kit.lines.Pool"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    return settings
