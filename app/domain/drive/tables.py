"""Files, to which classes they are attached, and which bytes of the store are to be removed."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base


class File(Base):
    """A file whose bytes are in the store, whole. Without an owner it is the organization's."""

    __tablename__ = "files"
    __table_args__ = (
        # No cascade: whoever erases a user has to see to the bytes of the files.
        ForeignKeyConstraint(["tenant_id", "owner_id"], ["users.tenant_id", "users.user_id"]),
        CheckConstraint("public OR owner_id IS NOT NULL", name="reachable"),
        CheckConstraint("size > 0", name="size"),
        Index("ix_files_tenant_id_created_at_file_id", "tenant_id", "created_at", "file_id"),
        Index("ix_files_tenant_id_owner_id_created_at", "tenant_id", "owner_id", "created_at"),
    )

    tenant_id: Mapped[str] = mapped_column(
        ForeignKey("tenants.tenant_id", ondelete="CASCADE"), primary_key=True
    )
    file_id: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[str | None]
    public: Mapped[bool]
    """Whether everybody in the organization may use it."""
    title: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class Attachment(Base):
    """A file at hand in a class."""

    __tablename__ = "attachments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "classroom_id"],
            ["classrooms.tenant_id", "classrooms.classroom_id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "file_id"], ["files.tenant_id", "files.file_id"], ondelete="CASCADE"
        ),
        Index("ix_attachments_tenant_id_file_id", "tenant_id", "file_id"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    classroom_id: Mapped[str] = mapped_column(primary_key=True)
    file_id: Mapped[str] = mapped_column(primary_key=True)
    attached_at: Mapped[datetime]


class Leftover(Base):
    """Bytes that no file answers for (not yet, or not any more); they are removed when due.

    It outlives its tenant, so nothing refers to one; without a file id it means all bytes of the tenant.
    Its times are the machine's: the store does not live by a tenant's test clock.
    """

    __tablename__ = "leftovers"
    __table_args__ = (Index("ix_leftovers_due_at", "due_at"),)

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    file_id: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
    until: Mapped[datetime]
    """Until then bytes may still come in: it is swept again after that, and then forgotten."""
