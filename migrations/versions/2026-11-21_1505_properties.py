"""properties

Revision ID: 5d0c2f7be914
Revises: c2f18a6b4d07
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5d0c2f7be914"
down_revision = "c2f18a6b4d07"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "properties",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("classroom_id", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=True),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=True),
        sa.CheckConstraint("scope IN ('room', 'person', 'app', 'widget')", name=op.f("ck_properties_scope")),
        sa.CheckConstraint(
            "(scope = 'person') = (participant_id IS NOT NULL)", name=op.f("ck_properties_person")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "classroom_id"],
            ["classrooms.tenant_id", "classrooms.classroom_id"],
            name=op.f("fk_properties_tenant_id_classroom_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "participant_id"],
            ["participants.tenant_id", "participants.participant_id"],
            name=op.f("fk_properties_tenant_id_participant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "classroom_id", "scope", "subject", name=op.f("pk_properties")),
    )
    op.create_index("ix_properties_tenant_id_participant_id", "properties", ["tenant_id", "participant_id"])


def downgrade() -> None:
    op.drop_table("properties")
