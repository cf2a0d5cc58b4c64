"""Names are found by an index, in any case

Revision ID: 8d1f3b6a52c7
Revises: 377da4af5854
"""

import sqlalchemy as sa
from alembic import op

revision = "8d1f3b6a52c7"
down_revision = "377da4af5854"
branch_labels = None
depends_on = None

USERS = sa.table(
    "users", sa.column("tenant_id"), sa.column("user_id"), sa.column("name"), sa.column("name_key")
)


def upgrade() -> None:
    op.add_column("users", sa.Column("name_key", sa.String()))
    fold_names(op.get_bind())
    op.alter_column("users", "name_key", nullable=False)
    op.create_index(
        "ix_users_name_key",
        "users",
        ["tenant_id", "name_key", "user_id"],
        postgresql_where=sa.text("NOT guest"),
    )


def fold_names(connection: sa.Connection) -> None:
    # Python folds the case of all letters; the database's own folding depends on how it was set up.
    people = connection.execute(sa.select(USERS.c.tenant_id, USERS.c.user_id, USERS.c.name)).all()
    if people:
        connection.execute(
            sa.update(USERS)
            .where(USERS.c.tenant_id == sa.bindparam("tenant"), USERS.c.user_id == sa.bindparam("user"))
            .values(name_key=sa.bindparam("key")),
            [
                {"tenant": one.tenant_id, "user": one.user_id, "key": one.name.casefold()[:500]}
                for one in people
            ],
        )


def downgrade() -> None:
    op.drop_index("ix_users_name_key", table_name="users")
    op.drop_column("users", "name_key")
