"""The alarms."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base


class Alarm(Base):
    """Something due: its kind says what to do, its subject to which row."""

    __tablename__ = "alarms"
    __table_args__ = (
        Index("ix_alarms_due_at", "due_at"),
        Index("ix_alarms_tenant_id_due_at", "tenant_id", "due_at"),
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

    @property
    def when(self) -> datetime:
        """When it is rung next."""
        return self.retry_at or self.due_at
