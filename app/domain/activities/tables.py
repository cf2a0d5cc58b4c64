"""Chat messages."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base


class Message(Base):
    """A chat message; `to_participant_id` is the one other reader of a private one."""

    __tablename__ = "messages"
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
        Index("ix_messages_tenant_id_classroom_id_sent_at", "tenant_id", "classroom_id", "sent_at"),
        Index("ix_messages_tenant_id_participant_id", "tenant_id", "participant_id"),
        Index("ix_messages_tenant_id_lesson_id", "tenant_id", "lesson_id"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    classroom_id: Mapped[str]
    lesson_id: Mapped[str | None]
    participant_id: Mapped[str]
    to_participant_id: Mapped[str | None]
    text: Mapped[str]
    sent_at: Mapped[datetime]
    seq: Mapped[int]
    """The number of the message's event in the classroom's ledger: the order of the conversation."""
