"""Calendars: how often a class was changed and when, the key of a user's calendar link, seats by user

Revision ID: 5ffa17a04088
Revises: fe43d71f2094
"""

import sqlalchemy as sa
from alembic import op

revision = "5ffa17a04088"
down_revision = "fe43d71f2094"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("classrooms", sa.Column("revision", sa.Integer()))
    op.add_column("classrooms", sa.Column("changed_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE classrooms SET revision = 0, changed_at = created_at")
    op.alter_column("classrooms", "revision", nullable=False)
    op.alter_column("classrooms", "changed_at", nullable=False)
    op.add_column("users", sa.Column("calendar_key", sa.Integer()))
    op.execute("UPDATE users SET calendar_key = 0")
    op.alter_column("users", "calendar_key", nullable=False)
    op.create_index("ix_participants_tenant_id_user_id", "participants", ["tenant_id", "user_id"])


def downgrade() -> None:
    op.drop_index("ix_participants_tenant_id_user_id", table_name="participants")
    op.drop_column("users", "calendar_key")
    op.drop_column("classrooms", "changed_at")
    op.drop_column("classrooms", "revision")
