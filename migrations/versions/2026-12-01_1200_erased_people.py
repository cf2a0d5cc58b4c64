"""Who is in very many classes is marked first, and erased in some of them after the other

Revision ID: 90ac3e57d1b6
Revises: 2f6b8d0c51e7
"""

import sqlalchemy as sa
from alembic import op

revision = "90ac3e57d1b6"
down_revision = "2f6b8d0c51e7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("erased_as", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("users", "erased_as")
