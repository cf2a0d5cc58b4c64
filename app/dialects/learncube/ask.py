"""Questions to the customer's server while somebody waits: outside any transaction, with a time limit."""

from dataclasses import dataclass

from app.dialects.learncube import answers, wire
from app.dialects.learncube.answers import Reply
from app.domain import enquiries
from app.domain.outbox.endpoints import Endpoint
from app.kit import loops
from app.kit.ids import new_id
from app.kit.outbound import Answer, Sender, with_query
from app.kit.signing import signature_headers
from app.kit.work import Work, Works


@dataclass(frozen=True)
class Asked:
    """A question with its answer, to be written down with whatever follows from it."""

    tenant_id: str
    endpoint: str
    kind: str
    reference: str
    person: str
    answer: Answer
    reply: Reply

    async def note(self, work: Work) -> None:
        """Keep it for the class log."""
        await enquiries.note(
            work,
            self.tenant_id,
            self.kind,
            endpoint=self.endpoint,
            reference=self.reference,
            person=self.person,
            granted=self.reply.granted,
            status=self.answer.status,
            duration_ms=self.answer.duration_ms,
            why=self.reply.fault.value if self.reply.fault else "",
            response=self.answer.error or self.answer.body.decode("utf-8", "replace"),
        )


class Asker:
    """Asks; one try more after a connection that failed."""

    def __init__(self, works: Works, sender: Sender, seconds: float) -> None:
        self.works = works
        self._sender = sender
        self._seconds = seconds

    async def ask(self, endpoint: Endpoint, kind: str, reference: str, person: str = "") -> Asked:
        """Ask `connect_lesson` or `start_lesson` and read the answer."""
        said = {"request": kind, "token": reference} | ({"user_id": person} if person else {})
        answer = await self._post(endpoint, said)
        if answer.status is None and answer.refused:
            answer = await self._post(endpoint, said)
        return Asked(
            endpoint.tenant_id, endpoint.purpose, kind, reference, person, answer, answers.read(answer)
        )

    async def _post(self, endpoint: Endpoint, said: dict[str, str]) -> Answer:
        body = wire.body(said)
        headers = signature_headers(f"msg_{new_id()}", self.works.clock.now(), body, *endpoint.secrets)
        headers["content-type"] = wire.JSON
        url = with_query(endpoint.url, wire.query(said))
        posting = self._sender.post(url, body, headers, allow_private=endpoint.allow_private)
        try:
            return await loops.within(self._seconds, posting)
        except TimeoutError:
            return Answer(None, round(self._seconds * 1000), error="no answer in time")
