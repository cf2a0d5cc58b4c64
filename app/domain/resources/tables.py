"""Links that are before a class."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base


class Resource(Base):
    """A link that is before a class, by the name that whoever put it gave it."""

    __tablename__ = "resources"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "classroom_id"],
            ["classrooms.tenant_id", "classrooms.classroom_id"],
            ondelete="CASCADE",
        ),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    classroom_id: Mapped[str] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    url: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    task: Mapped[dict[str, Any]]
    """What prepares it for showing, as its owner says."""
    put_at: Mapped[datetime]
