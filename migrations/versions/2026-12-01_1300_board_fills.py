"""How much is drawn on the pages of a lesson's board, and by whom: the board has bounds

Revision ID: 3e9b1c64d7a0
Revises: 4d7be1c09a35
"""

import sqlalchemy as sa
from alembic import op

revision = "3e9b1c64d7a0"
down_revision = "4d7be1c09a35"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "board_fills",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("lesson_id", sa.String(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("strokes", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lesson_id"],
            ["lessons.tenant_id", "lessons.lesson_id"],
            name=op.f("fk_board_fills_tenant_id_lesson_id_lessons"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "tenant_id", "lesson_id", "page", "participant_id", name=op.f("pk_board_fills")
        ),
    )


def downgrade() -> None:
    op.drop_table("board_fills")
