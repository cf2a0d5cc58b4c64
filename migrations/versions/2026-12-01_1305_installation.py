"""What belongs to the database as a whole: which store its files are in, and when old rows were removed last

Revision ID: c8a41f7e2d90
Revises: 3e9b1c64d7a0
"""

import sqlalchemy as sa
from alembic import op

revision = "c8a41f7e2d90"
down_revision = "3e9b1c64d7a0"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("one", sa.Boolean(), nullable=False),
        sa.Column("files_mark", sa.String(), nullable=True),
        sa.Column("files_place", sa.String(), nullable=True),
        sa.Column("swept_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("one", name=op.f("ck_installation_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_installation")),
    )


def downgrade() -> None:
    op.drop_table("installation")
