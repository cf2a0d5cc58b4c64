"""stage, and payloads of hands

Revision ID: f31c8ad27e95
Revises: 8c4b91e6d03f
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "f31c8ad27e95"
down_revision = "8c4b91e6d03f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "hands",
        sa.Column("payload", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb")),
    )
    op.alter_column("hands", "payload", server_default=None)
    op.create_table(
        "stage_places",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("classroom_id", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("on_stage", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "classroom_id"],
            ["classrooms.tenant_id", "classrooms.classroom_id"],
            name=op.f("fk_stage_places_tenant_id_classroom_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "participant_id"],
            ["participants.tenant_id", "participants.participant_id"],
            name=op.f("fk_stage_places_tenant_id_participant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "classroom_id", "participant_id", name=op.f("pk_stage_places")),
    )
    op.create_index(
        "ix_stage_places_tenant_id_participant_id", "stage_places", ["tenant_id", "participant_id"]
    )


def downgrade() -> None:
    op.drop_table("stage_places")
    op.drop_column("hands", "payload")
