"""The ledger's rows, and the counter that numbers them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base

NAMES_ADDRESSES = (
    "kind = 'AttendanceReady' AND "
    """jsonb_path_exists(data, '$.rows[*] ? (@.ip != "" || @.user_agent != "")')"""
)
"""That a report of attendance still says from where and with what people came."""


class Ledger(Base):
    """A classroom's last event number. Its row lock makes the numbers gapless and in commit order."""

    __tablename__ = "ledgers"

    tenant_id: Mapped[str] = mapped_column(
        ForeignKey("tenants.tenant_id", ondelete="CASCADE"), primary_key=True
    )
    classroom_id: Mapped[str] = mapped_column(primary_key=True)
    last_seq: Mapped[int]


class Event(Base):
    """One thing that happened."""

    __tablename__ = "events"
    __table_args__ = (
        # For the log of joint classrooms, which asks what happened from when until when.
        Index(
            "ix_events_comings",
            "tenant_id",
            "at",
            postgresql_where=text(
                "kind IN ('ClassroomScheduled', 'ParticipantAdded', 'VisitorJoined', 'VisitorLeft')"
            ),
        ),
        # For the reports of a class: one a lesson, among all that happened in it.
        Index(
            "ix_events_reports",
            "tenant_id",
            "classroom_id",
            "seq",
            postgresql_where=text("kind = 'AttendanceReady'"),
        ),
        # For what goes by age.
        Index("ix_events_at", "at"),
        Index("ix_events_addresses", "at", postgresql_where=text(NAMES_ADDRESSES)),
    )

    tenant_id: Mapped[str] = mapped_column(
        ForeignKey("tenants.tenant_id", ondelete="CASCADE"), primary_key=True
    )
    classroom_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]]
