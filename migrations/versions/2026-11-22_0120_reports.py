"""An index of the attendance reports of a class, which are few among all that happened in it

Revision ID: c37e05b9a1d4
Revises: 8a41d6f0c297
"""

import sqlalchemy as sa
from alembic import op

revision = "c37e05b9a1d4"
down_revision = "8a41d6f0c297"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_events_reports",
        "events",
        ["tenant_id", "classroom_id", "seq"],
        postgresql_where=sa.text("kind = 'AttendanceReady'"),
    )


def downgrade() -> None:
    op.drop_index("ix_events_reports", "events")
