"""Recordings of lessons, and on demand. They show what is in the ledger: what is erased there is gone."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base
from app.rules.intervals import Interval
from app.rules.takes import TakePlan, TakeState


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
        Index("ix_recordings_started_at", "started_at"),
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


class Take(Base):
    """A recording that was started and stopped on demand; a classroom may have many, one at a time."""

    __tablename__ = "takes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "classroom_id"],
            ["classrooms.tenant_id", "classrooms.classroom_id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("tenant_id", "classroom_id", "number"),
        Index(
            "uq_takes_running",
            "tenant_id",
            "classroom_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_takes_film_at", "film_at", postgresql_where=text("film_at IS NOT NULL")),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    take_id: Mapped[str] = mapped_column(primary_key=True)
    classroom_id: Mapped[str]
    number: Mapped[int]
    """From 1, in the order of starting."""
    plan: Mapped[dict[str, Any]]
    started_at: Mapped[datetime]
    held_since: Mapped[datetime | None]
    holds: Mapped[list[Any]]
    """The stretches in which it was held and that are over: pairs of instants as text."""
    ended_at: Mapped[datetime | None]
    first_seq: Mapped[int]
    """The number of its start in the classroom's ledger; its end is `last_seq`."""
    last_seq: Mapped[int | None]
    film_at: Mapped[datetime | None]
    """Since when its film is to be made or, while somebody makes it, until when that is their business.

    By the machine's clock: making a film does not live by a tenant's test clock.
    """

    @property
    def asked(self) -> TakePlan:
        """What was asked of it."""
        return TakePlan(**self.plan)

    @property
    def state(self) -> TakeState:
        """Where it is."""
        if self.ended_at is not None:
            return TakeState.OVER
        return TakeState.RUNNING if self.held_since is None else TakeState.HELD

    @property
    def held(self) -> list[Interval]:
        """The stretches in which it was held, of those that are over."""
        return [Interval(*(datetime.fromisoformat(end) for end in pair)) for pair in self.holds]


class TakeFile(Base):
    """A finished piece of a take's film, its bytes in the store under its id."""

    __tablename__ = "take_files"
    __table_args__ = (
        # No cascade: whoever deletes a classroom has to see to the bytes of its films.
        ForeignKeyConstraint(["tenant_id", "take_id"], ["takes.tenant_id", "takes.take_id"]),
        UniqueConstraint("tenant_id", "take_id", "part", "place"),
        CheckConstraint("size > 0", name="size"),
    )

    tenant_id: Mapped[str] = mapped_column(
        ForeignKey("tenants.tenant_id", ondelete="CASCADE"), primary_key=True
    )
    file_id: Mapped[str] = mapped_column(primary_key=True)
    take_id: Mapped[str]
    part: Mapped[int]
    """Which two hours of the film, from 0."""
    place: Mapped[int]
    """Where in the part, from 0."""
    milliseconds: Mapped[int]
    size: Mapped[int] = mapped_column(BigInteger)
