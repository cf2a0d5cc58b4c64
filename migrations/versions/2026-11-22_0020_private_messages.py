"""An index of private messages, so that who spoke in private is found without reading all that was said

Revision ID: 8a41d6f0c297
Revises: 5d1c8be3f026
"""

import sqlalchemy as sa
from alembic import op

revision = "8a41d6f0c297"
down_revision = "5d1c8be3f026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_messages_private",
        "messages",
        ["tenant_id", "classroom_id", "seq"],
        postgresql_where=sa.text("to_participant_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_messages_private", "messages")
