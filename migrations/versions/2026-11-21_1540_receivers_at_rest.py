"""receivers at rest

Revision ID: b7d24e61fa05
Revises: a84e5b17cd30
"""

import sqlalchemy as sa
from alembic import op

revision = "b7d24e61fa05"
down_revision = "a84e5b17cd30"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("passed_at", WHEN, nullable=True))
    op.add_column("subscriptions", sa.Column("away_tries", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("subscriptions", "away_tries", server_default=None)
    op.add_column("subscriptions", sa.Column("parked_until", WHEN, nullable=True))
    op.add_column("lanes", sa.Column("failed_at", WHEN, nullable=True))
    op.create_index(
        "ix_lanes_subscription_id",
        "lanes",
        ["tenant_id", "subscription_id", "due_at"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_lanes_subscription_id", table_name="lanes")
    op.drop_column("lanes", "failed_at")
    op.drop_column("subscriptions", "parked_until")
    op.drop_column("subscriptions", "away_tries")
    op.drop_column("subscriptions", "passed_at")
