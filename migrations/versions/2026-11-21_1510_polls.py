"""polls, and quizzes whose answers may be changed

Revision ID: 8c4b91e6d03f
Revises: e7a90d35c1b8
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "8c4b91e6d03f"
down_revision = "e7a90d35c1b8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "quizzes", sa.Column("changeable", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.alter_column("quizzes", "changeable", server_default=None)
    op.create_table(
        "polls",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("poll_id", sa.String(), nullable=False),
        sa.Column("lesson_id", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("options", postgresql.JSONB(), nullable=False),
        sa.Column("multiple", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lesson_id"],
            ["lessons.tenant_id", "lessons.lesson_id"],
            name=op.f("fk_polls_tenant_id_lesson_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "poll_id", name=op.f("pk_polls")),
    )
    op.create_index("ix_polls_tenant_id_lesson_id", "polls", ["tenant_id", "lesson_id"])
    op.create_index(
        "uq_polls_open",
        "polls",
        ["tenant_id", "lesson_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "poll_answers",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("poll_id", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("choices", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "poll_id"],
            ["polls.tenant_id", "polls.poll_id"],
            name=op.f("fk_poll_answers_tenant_id_poll_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "participant_id"],
            ["participants.tenant_id", "participants.participant_id"],
            name=op.f("fk_poll_answers_tenant_id_participant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "poll_id", "participant_id", name=op.f("pk_poll_answers")),
    )
    op.create_index(
        "ix_poll_answers_tenant_id_participant_id", "poll_answers", ["tenant_id", "participant_id"]
    )


def downgrade() -> None:
    op.drop_table("poll_answers")
    op.drop_table("polls")
    op.drop_column("quizzes", "changeable")
