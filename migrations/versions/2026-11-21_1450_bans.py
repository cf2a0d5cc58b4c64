"""bans

Revision ID: c2f18a6b4d07
Revises: d57e1f83a6b0
"""

import sqlalchemy as sa
from alembic import op

revision = "c2f18a6b4d07"
down_revision = "d57e1f83a6b0"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("participants", sa.Column("banned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("participants", sa.Column("banned_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("participants", "banned_until")
    op.drop_column("participants", "banned_at")
