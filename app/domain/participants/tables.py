"""Seats."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base


class Participant(Base):
    """A user's seat in a classroom: a role and a link of its own. A removed seat keeps its link, dead."""

    __tablename__ = "participants"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "classroom_id"],
            ["classrooms.tenant_id", "classrooms.classroom_id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "user_id"], ["users.tenant_id", "users.user_id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "classroom_id", "user_id"),
        UniqueConstraint("tenant_id", "link"),
        Index("ix_participants_tenant_id_user_id", "tenant_id", "user_id"),
        CheckConstraint("role IN ('host', 'moderator', 'participant')", name="role"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    participant_id: Mapped[str] = mapped_column(primary_key=True)
    classroom_id: Mapped[str]
    user_id: Mapped[str]
    role: Mapped[str]
    link: Mapped[str]
    removed_at: Mapped[datetime | None]
    observer: Mapped[bool]
    """Whether this is somebody who only watches."""
    ready_at: Mapped[datetime | None]
    """When somebody pressed start in a joint classroom that waits for the other side."""
    banned_at: Mapped[datetime | None]
    """When somebody was put out of the room and barred from it: up to `banned_until`, without it for ever."""
    banned_until: Mapped[datetime | None]
    rewards: Mapped[int]
