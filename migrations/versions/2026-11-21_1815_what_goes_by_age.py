"""what goes by age

Revision ID: 5d0b8e2f6a91
Revises: 19ece5e31197
"""

import sqlalchemy as sa
from alembic import op

revision = "5d0b8e2f6a91"
down_revision = "19ece5e31197"
branch_labels = None
depends_on = None

REPORTS = (
    "kind = 'AttendanceReady' AND "
    """jsonb_path_exists(data, '$.rows[*] ? (@.ip != "" || @.user_agent != "")')"""
)
VISITS = "closed_at IS NOT NULL AND (ip <> '' OR user_agent <> '')"
INDEXES = (
    ("ix_events_at", "events", "at", None),
    ("ix_events_addresses", "events", "at", REPORTS),
    ("ix_visits_addresses", "visits", "closed_at", VISITS),
    ("ix_messages_sent_at", "messages", "sent_at", None),
    ("ix_deliveries_created_at", "deliveries", "created_at", None),
    ("ix_enquiries_asked_at", "enquiries", "asked_at", None),
    ("ix_recordings_started_at", "recordings", "started_at", None),
    ("ix_polls_of_feeds_age", "polls_of_feeds", "at", None),
)


def upgrade() -> None:
    for name, table, column, where in INDEXES:
        op.create_index(name, table, [column], postgresql_where=sa.text(where) if where else None)


def downgrade() -> None:
    for name, table, _, _ in reversed(INDEXES):
        op.drop_index(name, table_name=table)
