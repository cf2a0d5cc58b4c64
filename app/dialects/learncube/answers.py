"""What a customer's server answered to a question, read with goodwill, or what is wrong with the answer."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.dialects.reading import clean
from app.kit.outbound import Answer
from app.kit.outside import parsed

TRUE = frozenset({"true", "1", "yes"})
REDIRECTS = range(300, 400)
SUCCESS = range(200, 300)
FORBIDDEN = 403
LONGEST_NAME = 100
LONGEST_TEXT = 500


class Fault(StrEnum):
    """Why an answer is no yes."""

    NO_ANSWER = "noAnswer"
    REDIRECT = "redirect"
    CSRF = "csrf"
    STATUS = "status"
    EMPTY = "empty"
    HTML = "html"
    NOT_JSON = "notJson"
    NO_STATUS = "noStatus"
    REFUSED = "refused"


SENTENCES = {
    Fault.NO_ANSWER: "The school's server did not answer. Please try again in a moment.",
    Fault.REFUSED: "The school's server did not allow it.",
}
UNREADABLE = "The school's server gave an answer that could not be understood. Please tell the school."


@dataclass(frozen=True)
class Reply:
    """A question's outcome: granted, or the fault; `said` is the JSON object that came."""

    fault: Fault | None
    said: dict[str, Any]

    @property
    def granted(self) -> bool:
        """Whether it was a yes."""
        return self.fault is None

    @property
    def message(self) -> str:
        """What a person is told of a no: the customer's own words where there are any."""
        own = self.said.get("message")
        if isinstance(own, str) and (told := clean(own).strip()):
            return told[:LONGEST_TEXT]
        return SENTENCES.get(self.fault, UNREADABLE) if self.fault else ""

    def text(self, name: str, longest: int = LONGEST_TEXT) -> str:
        """A value as text; numbers too, empty where there is none."""
        value = self.said.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return ""
        return " ".join(clean(str(value)).split())[:longest]

    def flag(self, name: str) -> bool:
        """A value as yes or no; nothing is no."""
        return truth(self.said.get(name))


def truth(value: Any) -> bool:
    """Yes in any of the forms that running servers send: true, 1, "true", "1"."""
    return str(value).strip().lower() in TRUE


def read(answer: Answer) -> Reply:
    """The reply in an HTTP answer. Anything but a 2xx with a JSON object whose status is true is a no."""
    said = _object(answer.body)
    return Reply(_fault(answer, said), said or {})


def _fault(answer: Answer, said: dict[str, Any] | None) -> Fault | None:  # noqa: PLR0911 - one line for each
    text = answer.body.decode("utf-8", "replace").strip().removeprefix("\ufeff")
    if answer.status is None:
        return Fault.NO_ANSWER
    if answer.status in REDIRECTS:
        return Fault.REDIRECT
    if answer.status == FORBIDDEN and "csrf" in text.lower():
        return Fault.CSRF
    if answer.status not in SUCCESS:
        return Fault.STATUS
    if not text:
        return Fault.EMPTY
    if said is None:
        return Fault.HTML if text.startswith("<") else Fault.NOT_JSON
    if "status" not in said:
        return Fault.NO_STATUS
    return None if truth(said["status"]) else Fault.REFUSED


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        said = parsed(body.decode("utf-8-sig"))
    except ValueError:
        return None
    return said if isinstance(said, dict) else None
