"""Tries a customer's callback the four ways it will be called, and explains what is wrong with it."""

from dataclasses import dataclass

from app.dialects.learncube import answers, wire
from app.dialects.learncube.answers import Fault, Reply
from app.kit import loops
from app.kit.outbound import Answer, Sender, with_query

QUESTIONS = ("connect_lesson", "start_lesson")
NOTICES = ("crash_lesson", "end_lesson")
OK = range(200, 300)

HELP: dict[Fault, str] = {
    Fault.REDIRECT: "It redirects, and redirects are not followed: a POST would become a GET. Give the final "
    "URL (https instead of http, with or without the slash at the end), and let it answer without a login.",
    Fault.CSRF: "It refuses a POST without a CSRF token: exempt this view (Django: `@csrf_exempt`).",
    Fault.EMPTY: 'The body is empty. Answer JSON, such as {"status": true}.',
    Fault.HTML: "It answers HTML, often a login or an error page with status 200. Answer JSON.",
    Fault.NOT_JSON: "The body is not a JSON object. Look for text before it: a warning of PHP, a debug line.",
    Fault.NO_STATUS: 'The JSON has no `status`. Answer {"status": true, …} or {"status": false, …}.',
}


@dataclass(frozen=True)
class Finding:
    """One call and what is to be said of it: `good` or what to mend, and remarks that hinder nothing."""

    request: str
    good: bool
    told: str
    remarks: tuple[str, ...] = ()


async def check(sender: Sender, url: str, *, token: str, user_id: str, seconds: float) -> list[Finding]:
    """Call the callback as a class would: two questions, then two notices with a time."""
    found = []
    for request in (*QUESTIONS, *NOTICES):
        said = {"request": request, "token": token}
        said |= {"user_id": user_id} if request == "connect_lesson" else {}
        said |= {"time": "0"} if request in NOTICES else {}
        answer = await _post(sender, url, said, seconds)
        found.append(
            _question(request, answer, user_id) if request in QUESTIONS else _notice(request, answer)
        )
    return found


async def _post(sender: Sender, url: str, said: dict[str, str], seconds: float) -> Answer:
    body = wire.body({name: int(value) if name == "time" else value for name, value in said.items()})
    posting = sender.post(
        with_query(url, wire.query(said)), body, {"content-type": wire.JSON}, allow_private=True
    )
    try:
        return await loops.within(seconds, posting)
    except TimeoutError:
        return Answer(None, round(seconds * 1000), error=f"no answer in {seconds:g} s")


def _question(request: str, answer: Answer, user_id: str) -> Finding:
    reply = answers.read(answer)
    if reply.fault is not None and reply.fault is not Fault.REFUSED:
        return Finding(request, good=False, told=_help(reply.fault, answer))
    # A no to made-up names is an answer as good as a yes: it was understood.
    told = "It says yes." if reply.granted else f"It says no: {reply.message}"
    return Finding(request, good=True, told=told, remarks=_remarks(request, reply, user_id))


def _notice(request: str, answer: Answer) -> Finding:
    if answer.status in OK:
        return Finding(request, good=True, told="It took the notice.")
    reply = answers.read(answer)
    return Finding(request, good=False, told=_help(reply.fault or Fault.STATUS, answer))


def _help(fault: Fault, answer: Answer) -> str:
    if fault is Fault.NO_ANSWER:
        error = answer.error or ""
        if "ertificate" in error or "SSL" in error:
            return f"Its certificate is not valid for that name ({error})."
        return f"It does not answer ({error}). Is the server running, and reachable from here?"
    if fault is Fault.STATUS:
        return f"It answers HTTP {answer.status}. Only 2xx counts; look into the server's log."
    return HELP[fault]


def _remarks(request: str, reply: Reply, user_id: str) -> tuple[str, ...]:
    said, found = reply.said, []
    if not isinstance(said.get("status"), bool):
        found.append(f"`status` is {said.get('status')!r}; taken, but true or false is the documented form.")
    if reply.granted and request == "connect_lesson":
        if not reply.text("full_name"):
            found.append("`full_name` is missing: the user's id is shown as the name.")
        if "is_tutor" not in said:
            found.append("`is_tutor` is missing: the user is taken for a student.")
        if reply.text("id") not in ("", user_id):
            found.append(f"`id` is {said.get('id')!r}, not the user_id that was asked about.")
    return tuple(found)
