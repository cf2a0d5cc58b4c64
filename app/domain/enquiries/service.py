"""Writing down what was asked."""

from sqlalchemy import update

from app.domain.enquiries.tables import Enquiry
from app.kit import ids
from app.kit.work import Work

LONGEST_RESPONSE = 4096


async def forget(work: Work, tenant_id: str, endpoint: str, person: str) -> None:
    """Blank who was asked about and what the customer said of them; that it was asked stays."""
    await work.db.execute(
        update(Enquiry)
        .where(
            Enquiry.tenant_id == tenant_id,
            Enquiry.endpoint == endpoint,
            Enquiry.person == person,
            Enquiry.person != "",
        )
        .values(person="", response="")
    )


async def note(  # noqa: PLR0913 - each value is named at the call
    work: Work,
    tenant_id: str,
    kind: str,
    *,
    endpoint: str,
    reference: str,
    person: str,
    granted: bool,
    status: int | None,
    duration_ms: int,
    why: str,
    response: str,
) -> None:
    """Keep a question with its answer."""
    work.db.add(
        Enquiry(
            tenant_id=tenant_id,
            enquiry_id=ids.new_id(),
            endpoint=endpoint,
            reference=reference,
            person=person,
            kind=kind,
            asked_at=work.now,
            granted=granted,
            status=status,
            duration_ms=duration_ms,
            why=why,
            response=response[:LONGEST_RESPONSE].replace("\0", ""),
        )
    )
    await work.db.flush()
