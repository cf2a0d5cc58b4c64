"""Which tenants were made while the development credentials were in force, which everybody knows

In a database that began in development these are all that may reach private addresses: nobody can tell any
more by whom they were made.

Revision ID: 7d1f0c2ab4e8
Revises: 5b0c9e417fa2
"""

import sqlalchemy as sa
from alembic import op

revision = "7d1f0c2ab4e8"
down_revision = "5b0c9e417fa2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "tenants", sa.Column("development", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(
        "UPDATE tenants SET development = true WHERE allow_private"
        " AND EXISTS (SELECT FROM tenants AS first WHERE first.tenant_id = 'development')"
    )


def downgrade() -> None:
    op.drop_column("tenants", "development")
