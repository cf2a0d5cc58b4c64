"""Deletes find their rows

Revision ID: aabaa0dac7de
Revises: 4c1f6a0d92be
"""

from alembic import op

revision = "aabaa0dac7de"
down_revision = "4c1f6a0d92be"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_deliveries_tenant_id_classroom_id", "deliveries", ["tenant_id", "classroom_id"], unique=False
    )
    op.create_index(
        "ix_messages_tenant_id_participant_id", "messages", ["tenant_id", "participant_id"], unique=False
    )
    op.create_index(
        "ix_visits_tenant_id_participant_id", "visits", ["tenant_id", "participant_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_visits_tenant_id_participant_id", table_name="visits")
    op.drop_index("ix_messages_tenant_id_participant_id", table_name="messages")
    op.drop_index("ix_deliveries_tenant_id_classroom_id", table_name="deliveries")
