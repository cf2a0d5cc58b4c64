"""What is known of a reserved classroom beyond what every classroom has."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base


class Reservation(Base):
    """The form of a reserved classroom, its length to the second, and what its maker says of it."""

    __tablename__ = "reservations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "classroom_id"],
            ["classrooms.tenant_id", "classrooms.classroom_id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("form IN ('one_to_one', 'lecture', 'small', 'cloud')", name="form"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    classroom_id: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str]
    duration_seconds: Mapped[int | None]
    properties: Mapped[dict[str, Any]]
    """What the maker's programs want to find again, as it came."""
