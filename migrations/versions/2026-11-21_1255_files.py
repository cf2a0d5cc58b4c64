"""files

Revision ID: aaaec6d93c28
Revises: cdc6b0c63d28
Create Date: 2026-11-21 12:20:00

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "aaaec6d93c28"
down_revision: str | None = "cdc6b0c63d28"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "leftovers",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("file_id", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "file_id", name=op.f("pk_leftovers")),
    )
    op.create_index("ix_leftovers_due_at", "leftovers", ["due_at"], unique=False)
    op.create_table(
        "files",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("file_id", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("public OR owner_id IS NOT NULL", name=op.f("ck_files_reachable")),
        sa.CheckConstraint("size > 0", name=op.f("ck_files_size")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            ["users.tenant_id", "users.user_id"],
            name=op.f("fk_files_tenant_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_files_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "file_id", name=op.f("pk_files")),
    )
    op.create_index(
        "ix_files_tenant_id_created_at_file_id", "files", ["tenant_id", "created_at", "file_id"], unique=False
    )
    op.create_index(
        "ix_files_tenant_id_owner_id_created_at",
        "files",
        ["tenant_id", "owner_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "attachments",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("classroom_id", sa.String(), nullable=False),
        sa.Column("file_id", sa.String(), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "classroom_id"],
            ["classrooms.tenant_id", "classrooms.classroom_id"],
            name=op.f("fk_attachments_tenant_id_classroom_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "file_id"],
            ["files.tenant_id", "files.file_id"],
            name=op.f("fk_attachments_tenant_id_file_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "classroom_id", "file_id", name=op.f("pk_attachments")),
    )
    op.create_index("ix_attachments_tenant_id_file_id", "attachments", ["tenant_id", "file_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_attachments_tenant_id_file_id", table_name="attachments")
    op.drop_table("attachments")
    op.drop_index("ix_files_tenant_id_owner_id_created_at", table_name="files")
    op.drop_index("ix_files_tenant_id_created_at_file_id", table_name="files")
    op.drop_table("files")
    op.drop_index("ix_leftovers_due_at", table_name="leftovers")
    op.drop_table("leftovers")
