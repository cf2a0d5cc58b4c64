"""Messages by classroom, lesson and number, so that no more are read than are shown, however old a class is

Revision ID: 8a41d6f0c297
Revises: 5d1c8be3f026
"""

import sqlalchemy as sa
from alembic import op

revision = "8a41d6f0c297"
down_revision = "5d1c8be3f026"
branch_labels = None
depends_on = None

ORDER = ["tenant_id", "classroom_id", "lesson_id", "seq"]


def upgrade() -> None:
    op.create_index("ix_messages_in_order", "messages", ORDER)
    op.create_index(
        "ix_messages_aside",
        "messages",
        ORDER,
        postgresql_where=sa.text("to_participant_id IS NOT NULL OR group_id IS NOT NULL"),
    )
    op.drop_index("ix_messages_tenant_id_classroom_id_sent_at", "messages")
    op.drop_index("ix_messages_tenant_id_lesson_id", "messages")


def downgrade() -> None:
    op.create_index("ix_messages_tenant_id_lesson_id", "messages", ["tenant_id", "lesson_id"])
    op.create_index(
        "ix_messages_tenant_id_classroom_id_sent_at", "messages", ["tenant_id", "classroom_id", "sent_at"]
    )
    op.drop_index("ix_messages_aside", "messages")
    op.drop_index("ix_messages_in_order", "messages")
