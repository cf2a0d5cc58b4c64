"""What people are to one another in a room."""

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base


def of_classroom() -> ForeignKeyConstraint:
    """The rows go with their classroom."""
    return ForeignKeyConstraint(
        ["tenant_id", "classroom_id"],
        ["classrooms.tenant_id", "classrooms.classroom_id"],
        ondelete="CASCADE",
    )


def of_participant() -> ForeignKeyConstraint:
    """The rows go with the seat."""
    return ForeignKeyConstraint(
        ["tenant_id", "participant_id"],
        ["participants.tenant_id", "participants.participant_id"],
        ondelete="CASCADE",
    )


class StagePlace(Base):
    """Somebody who is on the stage, or was invited there."""

    __tablename__ = "stage_places"
    __table_args__ = (
        of_classroom(),
        of_participant(),
        Index("ix_stage_places_tenant_id_participant_id", "tenant_id", "participant_id"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    classroom_id: Mapped[str] = mapped_column(primary_key=True)
    participant_id: Mapped[str] = mapped_column(primary_key=True)
    on_stage: Mapped[bool]
    seq: Mapped[int]
    """The order of coming."""


class Group(Base):
    """A part of a class that talks by itself for a while."""

    __tablename__ = "groups"
    __table_args__ = (of_classroom(), UniqueConstraint("tenant_id", "classroom_id", "reference"))

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    group_id: Mapped[str] = mapped_column(primary_key=True)
    classroom_id: Mapped[str]
    reference: Mapped[str]
    """The customer's own id of it, or ours where there is none."""
    name: Mapped[str]
    place: Mapped[int]
    """The order of making."""


class GroupMember(Base):
    """Somebody who is in a group; nobody is in two."""

    __tablename__ = "group_members"
    __table_args__ = (
        of_classroom(),
        of_participant(),
        ForeignKeyConstraint(
            ["tenant_id", "group_id"], ["groups.tenant_id", "groups.group_id"], ondelete="CASCADE"
        ),
        Index("ix_group_members_tenant_id_participant_id", "tenant_id", "participant_id"),
        Index("ix_group_members_tenant_id_group_id", "tenant_id", "group_id"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    classroom_id: Mapped[str] = mapped_column(primary_key=True)
    participant_id: Mapped[str] = mapped_column(primary_key=True)
    group_id: Mapped[str]
    seq: Mapped[int]
    """The order of coming."""
