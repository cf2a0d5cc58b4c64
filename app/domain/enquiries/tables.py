"""Enquiries: the synchronous half of what goes out; notices, the other half, are deliveries."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base


class Enquiry(Base):
    """One question, with the answer or the reason why there was none."""

    __tablename__ = "enquiries"
    __table_args__ = (
        Index("ix_enquiries_tenant_id_reference", "tenant_id", "reference", "asked_at"),
        Index("ix_enquiries_tenant_id_asked_at", "tenant_id", "asked_at"),
        Index("ix_enquiries_asked_at", "asked_at"),
    )

    tenant_id: Mapped[str] = mapped_column(
        ForeignKey("tenants.tenant_id", ondelete="CASCADE"), primary_key=True
    )
    enquiry_id: Mapped[str] = mapped_column(primary_key=True)
    endpoint: Mapped[str]
    """The customer's endpoint whose server was asked."""
    reference: Mapped[str]
    """The customer's own name of the classroom."""
    person: Mapped[str]
    """The customer's own id of whoever waits; empty where nobody in particular does."""
    kind: Mapped[str]
    asked_at: Mapped[datetime]
    granted: Mapped[bool]
    status: Mapped[int | None]
    duration_ms: Mapped[int]
    why: Mapped[str]
    """Why it was not granted, in a sentence; empty where it was."""
    response: Mapped[str]
