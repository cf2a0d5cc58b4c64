"""What fails too often is dead until somebody has it tried again, and costs no look at what is due

Revision ID: 2f6b8d0c51e7
Revises: 7d1f0c2ab4e8
"""

import sqlalchemy as sa
from alembic import op

revision = "2f6b8d0c51e7"
down_revision = "7d1f0c2ab4e8"
branch_labels = None
depends_on = None

WHEN = sa.text("COALESCE(retry_at, due_at)")
ALIVE = sa.text("dead_at IS NULL")


def upgrade() -> None:
    op.add_column("alarms", sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("alarms", sa.Column("failure", sa.String(), nullable=True))
    op.create_index("ix_alarms_when", "alarms", [WHEN], postgresql_where=ALIVE)
    op.create_index("ix_alarms_tenant_id_when", "alarms", ["tenant_id", WHEN], postgresql_where=ALIVE)
    op.create_index(
        "ix_alarms_failed",
        "alarms",
        ["tenant_id", "due_at", "kind", "subject"],
        postgresql_where=sa.text("tries > 0"),
    )
    op.drop_index("ix_alarms_due_at", "alarms")
    op.drop_index("ix_alarms_tenant_id_due_at", "alarms")


def downgrade() -> None:
    op.create_index("ix_alarms_tenant_id_due_at", "alarms", ["tenant_id", "due_at"])
    op.create_index("ix_alarms_due_at", "alarms", ["due_at"])
    for name in ("ix_alarms_failed", "ix_alarms_tenant_id_when", "ix_alarms_when"):
        op.drop_index(name, "alarms")
    op.drop_column("alarms", "failure")
    op.drop_column("alarms", "dead_at")
