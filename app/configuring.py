"""What every command begins with: the settings, and a way to end with a reason."""

import logging
import re
import sys
from typing import Final, NoReturn

from pydantic import ValidationError

from app.settings import Settings, complaints

SECRETS: Final = (
    re.compile(r"(\b(?:Bearer|Basic|agora token=)\s*)[^\s\"',;]{8,}", re.IGNORECASE),
    re.compile(r"()\beyJ[\w-]{8,}(?:\.[\w-]*)*"),
    re.compile(r"()\b00[67][0-9A-Za-z+/=]{32,}"),
    re.compile(r"(/room/[^\s/]+/)[^\s/?\"']+"),
    re.compile(r"(://[^\s/:@]*:)[^\s/@]+(?=@)"),
    re.compile(
        r"(\b\w*(?:token|secret|password|signature|sig|assertion|credential|api_key)[\"']?\s*[=:]\s*[\"']?)"
        r"[^\s&\"',;}]{6,}",
        re.IGNORECASE,
    ),
)
"""What opens a door; each pattern leaves what stands in its first group. All are linear."""


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
    set_up_logging(settings.log_level)
    return settings


def set_up_logging(level: str) -> None:
    """Log to standard error. Only what is ours says more than warnings: others tell addresses and frames."""
    handler = logging.StreamHandler()
    handler.setFormatter(Discreet("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    logging.basicConfig(level=max(logging.WARNING, getattr(logging, level.upper())), handlers=[handler])
    logging.getLogger("app").setLevel(level.upper())
    # The pool logs as SQLAlchemy does, by the name of its class.
    logging.getLogger("app.kit.lines.Pool").setLevel(logging.WARNING)


class Discreet(logging.Formatter):
    """Writes stars for what opens a door, wherever in a line or a traceback it stands.

    No line of ours holds any; this is for what libraries say, and for values in the words of exceptions.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return without_secrets(super().format(record))


def without_secrets(text: str) -> str:
    """The text with stars for bearer tokens, JWTs, passwords in addresses, and what named parameters hold."""
    for pattern in SECRETS:
        text = pattern.sub(r"\1***", text)
    return text
