"""Properties of rooms, of people in them and of their parts."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base


class Properties(Base):
    """One tree of properties. `subject` says whose: a participant, a part's name; the room's is empty."""

    __tablename__ = "properties"
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
        Index("ix_properties_tenant_id_participant_id", "tenant_id", "participant_id"),
        CheckConstraint("scope IN ('room', 'person', 'app', 'widget')", name="scope"),
        # What is a person's goes with the person.
        CheckConstraint("(scope = 'person') = (participant_id IS NOT NULL)", name="person"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    classroom_id: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    participant_id: Mapped[str | None]
    value: Mapped[dict[str, Any]]
    enabled: Mapped[bool | None]
    """Of a part of the room: whether it is switched on; None where nobody ever said so."""
