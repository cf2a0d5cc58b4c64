"""What is known of the installation as a whole, in one row."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base


class Installation(Base):
    """The one row; there is none before something is known."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("one", name="one"),)

    one: Mapped[bool] = mapped_column(primary_key=True)
    files_mark: Mapped[str | None]
    """The name of the store that the files of this database are in."""
    files_place: Mapped[str | None]
    """Where that was when it was named, in words."""
    swept_at: Mapped[datetime | None]
    """When all that is old enough had been removed the last time, by the machine's clock."""
