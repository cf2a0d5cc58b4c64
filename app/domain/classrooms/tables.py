"""Classrooms, their lessons and their common links."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base


class Classroom(Base):
    """The durable thing that people enter."""

    __tablename__ = "classrooms"
    __table_args__ = (
        CheckConstraint("kind IN ('once', 'standing', 'reserved')", name="kind"),
        CheckConstraint(
            "state IN ('scheduled', 'live', 'ended', 'completed', 'expired', 'cancelled')", name="state"
        ),
        CheckConstraint("duration_minutes BETWEEN 1 AND 1440", name="duration"),
        UniqueConstraint("tenant_id", "joint", "endpoint", "reference"),
        Index(
            "ix_classrooms_teacher",
            "tenant_id",
            text("(terms ->> 'teacher')"),
            postgresql_where=text("(terms ->> 'teacher') <> ''"),
        ),
    )

    tenant_id: Mapped[str] = mapped_column(
        ForeignKey("tenants.tenant_id", ondelete="CASCADE"), primary_key=True
    )
    classroom_id: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[str]
    state: Mapped[str]
    title: Mapped[str]
    starts_at: Mapped[datetime | None]
    timezone: Mapped[str]
    duration_minutes: Mapped[int]
    kind: Mapped[str]
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    ends_on: Mapped[datetime | None]
    occurrences: Mapped[int | None]
    description: Mapped[str]
    language: Mapped[str]
    layout: Mapped[str]
    access: Mapped[str]
    login_required: Mapped[bool]
    recording_download: Mapped[bool]
    recording: Mapped[dict[str, Any]]
    controls: Mapped[dict[str, Any]]
    joint: Mapped[bool]
    reference: Mapped[str | None]
    endpoint: Mapped[str]
    terms: Mapped[dict[str, Any]]
    linger_seconds: Mapped[int | None]
    """Of a reserved one: how long people may stay and come after its lesson."""
    asking_until: Mapped[datetime | None]
    """While the customer is asked whether a joint lesson may start: until when, by the machine's clock."""
    created_at: Mapped[datetime]
    revision: Mapped[int]
    """How often it was edited or cancelled: calendars take the higher number for the newer."""
    changed_at: Mapped[datetime]

    @property
    def reopens(self) -> bool:
        """Whether it waits for another lesson after one ended."""
        return self.kind == "standing"

    @property
    def lingers(self) -> bool:
        """Whether people may stay after its lesson, until it closes."""
        return self.kind == "reserved"

    @property
    def recorded(self) -> bool:
        """Whether its lessons are recorded."""
        return bool(self.recording["record"] or self.recording["auto"])


class Lesson(Base):
    """One live occurrence of a classroom."""

    __tablename__ = "lessons"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "classroom_id"],
            ["classrooms.tenant_id", "classrooms.classroom_id"],
            ondelete="CASCADE",
        ),
        Index(
            "uq_lessons_open",
            "tenant_id",
            "classroom_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_lessons_tenant_id_classroom_id", "tenant_id", "classroom_id"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    lesson_id: Mapped[str] = mapped_column(primary_key=True)
    classroom_id: Mapped[str]
    planned_at: Mapped[datetime]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    first_seq: Mapped[int]
    """The number of its start in the classroom's ledger; what happened in it follows, up to `last_seq`."""
    last_seq: Mapped[int | None]
    stretch_at: Mapped[datetime | None]
    """Of a joint lesson: since when both sides are there, or were until `interrupted_at`."""
    interrupted_at: Mapped[datetime | None]
    counted_seconds: Mapped[int]
    """Of a joint lesson: the length of the stretches that are over."""

    def seconds(self, at: datetime) -> int:
        """The whole seconds of the running stretch at an instant; 0 while it is interrupted."""
        if self.stretch_at is None or self.interrupted_at is not None:
            return 0
        return max(0, int((at - self.stretch_at).total_seconds()))


class CommonLink(Base):
    """A link by which anybody enters a classroom in one role; it also names that role when enrolling."""

    __tablename__ = "common_links"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "classroom_id"],
            ["classrooms.tenant_id", "classrooms.classroom_id"],
            ondelete="CASCADE",
        ),
        Index("ix_common_links_tenant_id_classroom_id", "tenant_id", "classroom_id"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    link: Mapped[str] = mapped_column(primary_key=True)
    classroom_id: Mapped[str]
    role: Mapped[str]
