"""announced teachers of classrooms

Revision ID: c92d60b7f1e4
Revises: b41c7e0d92a3
"""

import sqlalchemy as sa
from alembic import op

revision = "c92d60b7f1e4"
down_revision = "b41c7e0d92a3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_classrooms_teacher",
        "classrooms",
        ["tenant_id", sa.text("(terms ->> 'teacher')")],
        postgresql_where=sa.text("(terms ->> 'teacher') <> ''"),
    )


def downgrade() -> None:
    op.drop_index("ix_classrooms_teacher", table_name="classrooms")
