"""shared files

Revision ID: 7d2c1be0a4f3
Revises: aaaec6d93c28
Create Date: 2026-11-21 13:00:00

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "7d2c1be0a4f3"
down_revision: str | None = "aaaec6d93c28"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "shares",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("lesson_id", sa.String(), nullable=False),
        sa.Column("file_id", sa.String(), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unshared_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "file_id"],
            ["files.tenant_id", "files.file_id"],
            name=op.f("fk_shares_tenant_id_file_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lesson_id"],
            ["lessons.tenant_id", "lessons.lesson_id"],
            name=op.f("fk_shares_tenant_id_lesson_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "lesson_id", "file_id", name=op.f("pk_shares")),
    )
    op.create_index("ix_shares_tenant_id_file_id", "shares", ["tenant_id", "file_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_shares_tenant_id_file_id", table_name="shares")
    op.drop_table("shares")
