"""Visits."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base


class Visit(Base):
    """One connection of one participant: a tab, from when to when."""

    __tablename__ = "visits"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "classroom_id"],
            ["classrooms.tenant_id", "classrooms.classroom_id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "participant_id"],
            ["participants.tenant_id", "participants.participant_id"],
            ondelete="CASCADE",
        ),
        Index(
            "ix_visits_open",
            "tenant_id",
            "classroom_id",
            "participant_id",
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_visits_addresses",
            "closed_at",
            postgresql_where=text("closed_at IS NOT NULL AND (ip <> '' OR user_agent <> '')"),
        ),
        Index("ix_visits_tenant_id_participant_id", "tenant_id", "participant_id"),
        Index("ix_visits_tenant_id_classroom_id_opened_at", "tenant_id", "classroom_id", "opened_at"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    visit_id: Mapped[str] = mapped_column(primary_key=True)
    classroom_id: Mapped[str]
    participant_id: Mapped[str]
    tab: Mapped[str]
    ip: Mapped[str]
    user_agent: Mapped[str]
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """The last sign of life by the tenant's clock."""
    beat_at: Mapped[datetime]
    """The last sign of life by the machine's clock: a moved clock makes nobody silent."""
    closed_at: Mapped[datetime | None]
    reason: Mapped[str | None]
