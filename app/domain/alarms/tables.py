"""The alarms."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base

WHEN = text("COALESCE(retry_at, due_at)")
"""A failed alarm waits for its next try."""
ALIVE = text("dead_at IS NULL")


class Alarm(Base):
    """Something due: its kind says what to do, its subject to which row."""

    __tablename__ = "alarms"
    __table_args__ = (
        # Dead ones are in neither, so however many there are they cost a look nothing.
        Index("ix_alarms_when", WHEN, postgresql_where=ALIVE),
        Index("ix_alarms_tenant_id_when", "tenant_id", WHEN, postgresql_where=ALIVE),
        Index(
            "ix_alarms_failed", "tenant_id", "due_at", "kind", "subject", postgresql_where=text("tries > 0")
        ),
        Index("ix_alarms_tenant_id_classroom_id", "tenant_id", "classroom_id"),
    )

    tenant_id: Mapped[str] = mapped_column(
        ForeignKey("tenants.tenant_id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    classroom_id: Mapped[str]
    due_at: Mapped[datetime]
    retry_at: Mapped[datetime | None]
    """Set when ringing failed: the alarm keeps its due time and is tried again from here."""
    tries: Mapped[int]
    """How often ringing failed."""
    dead_at: Mapped[datetime | None]
    """Set when it failed too often: it is not tried any more until somebody says so."""
    failure: Mapped[str | None]
    """Why it failed last."""

    @property
    def when(self) -> datetime:
        """When it is rung next."""
        return self.retry_at or self.due_at
