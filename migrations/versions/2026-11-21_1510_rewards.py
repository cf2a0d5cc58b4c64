"""rewards

Revision ID: e7a90d35c1b8
Revises: 5d0e8a1c7b42
"""

import sqlalchemy as sa
from alembic import op

revision = "e7a90d35c1b8"
down_revision = "5d0e8a1c7b42"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("participants", sa.Column("rewards", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("participants", "rewards", server_default=None)


def downgrade() -> None:
    op.drop_column("participants", "rewards")
