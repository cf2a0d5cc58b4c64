"""Room on the pages of deliveries, so that settling one changes no index

Revision ID: 5d1c8be3f026
Revises: e2f7a90c4b13
"""

from alembic import op

revision = "5d1c8be3f026"
down_revision = "e2f7a90c4b13"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE deliveries SET (fillfactor = 60)")


def downgrade() -> None:
    op.execute("ALTER TABLE deliveries RESET (fillfactor)")
