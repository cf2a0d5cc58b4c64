"""The secret that signs a tenant's links may be changed, and the one before it hold for a while

Revision ID: 4d7be1c09a35
Revises: 90ac3e57d1b6
"""

import sqlalchemy as sa
from alembic import op

revision = "4d7be1c09a35"
down_revision = "90ac3e57d1b6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tenants", sa.Column("former_signing_secret", sa.String(), nullable=True))
    op.add_column("tenants", sa.Column("former_signing_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("tenants", "former_signing_until")
    op.drop_column("tenants", "former_signing_secret")
