"""Recordings. What they show stays in the ledger, so what is erased there is erased here."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base


class Recording(Base):
    """The recording of one lesson."""

    __tablename__ = "recordings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "classroom_id"],
            ["classrooms.tenant_id", "classrooms.classroom_id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("tenant_id", "lesson_id"),
        Index("ix_recordings_tenant_id_classroom_id", "tenant_id", "classroom_id"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    recording_id: Mapped[str] = mapped_column(primary_key=True)
    classroom_id: Mapped[str]
    lesson_id: Mapped[str]
    started_at: Mapped[datetime]
    seconds: Mapped[int]
    first_seq: Mapped[int]
    """The stretch's first event. The wait for the lesson is in it: who came early is there from the start."""
    last_seq: Mapped[int]
    """The stretch's last event: the end of the lesson."""
    created_at: Mapped[datetime]
