"""The inbox's rows."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base


class InboxItem(Base):
    """One message that arrived under a name."""

    __tablename__ = "inbox_items"
    # Unique by itself too: the oldest of all names are found by it.
    __table_args__ = (UniqueConstraint("number"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    received_at: Mapped[datetime]
    headers: Mapped[dict[str, str]] = mapped_column(JSONB)
    body: Mapped[bytes]
    """The bytes as they came: a signature is checked over these and no others."""
