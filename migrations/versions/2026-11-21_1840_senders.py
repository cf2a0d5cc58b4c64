"""senders

Revision ID: c41d7be09a52
Revises: 5d0b8e2f6a91
"""

import sqlalchemy as sa
from alembic import op

revision = "c41d7be09a52"
down_revision = "5d0b8e2f6a91"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "senders",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_senders")),
    )
    op.add_column("lanes", sa.Column("leased_by", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("lanes", "leased_by")
    op.drop_table("senders")
