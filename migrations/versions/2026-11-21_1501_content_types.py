"""content types of deliveries

Revision ID: d57e1f83a6b0
Revises: c92d60b7f1e4
"""

import sqlalchemy as sa
from alembic import op

revision = "d57e1f83a6b0"
down_revision = "c92d60b7f1e4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "deliveries",
        sa.Column("content_type", sa.String(), nullable=False, server_default="application/json"),
    )
    op.alter_column("deliveries", "content_type", server_default=None)


def downgrade() -> None:
    op.drop_column("deliveries", "content_type")
