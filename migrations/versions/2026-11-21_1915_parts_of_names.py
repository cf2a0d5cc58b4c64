"""Parts of names are found by an index, however many people there are

Revision ID: e2f7a90c4b13
Revises: c41d7be09a52
"""

import sqlalchemy as sa
from alembic import op

revision = "e2f7a90c4b13"
down_revision = "c41d7be09a52"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Every two and three letters that stand together, as numbers that the tenant is part of. `pg_trgm` would
    # do the same for all tenants together, and is not at hand everywhere.
    op.execute(
        """
        CREATE FUNCTION name_parts(tenant text, name text) RETURNS int[]
        LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000
        AS $$
            SELECT coalesce(array_agg(DISTINCT hashtext(tenant || '/' || substr(name, place, size))), '{}')
            FROM generate_series(2, 3) size, generate_series(1, length(name) - size + 1) place
        $$
        """
    )
    op.create_index(
        "ix_users_name_parts",
        "users",
        [sa.text("name_parts(tenant_id::text, name_key::text)")],
        postgresql_using="gin",
        postgresql_where=sa.text("NOT guest"),
    )


def downgrade() -> None:
    op.drop_index("ix_users_name_parts", table_name="users")
    op.execute("DROP FUNCTION name_parts(text, text)")
