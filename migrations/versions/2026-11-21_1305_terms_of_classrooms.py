"""terms of classrooms

Revision ID: b41c7e0d92a3
Revises: 7a3e90c41d5f
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b41c7e0d92a3"
down_revision = "7a3e90c41d5f"
branch_labels = None
depends_on = None

NONE = (
    '{"max_people": null, "audio_only": false, "whiteboard_only": false, '
    '"return_url": "", "parent": "", "teacher": ""}'
)


def upgrade() -> None:
    op.add_column(
        "classrooms",
        sa.Column("terms", postgresql.JSONB(), nullable=False, server_default=sa.text(f"'{NONE}'::jsonb")),
    )
    op.alter_column("classrooms", "terms", server_default=None)


def downgrade() -> None:
    op.drop_column("classrooms", "terms")
