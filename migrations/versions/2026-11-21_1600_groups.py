"""groups

Revision ID: a84e5b17cd30
Revises: e83b5f09c7d4
"""

import sqlalchemy as sa
from alembic import op

revision = "a84e5b17cd30"
down_revision = "e83b5f09c7d4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("group_id", sa.String(), nullable=True))
    op.create_table(
        "groups",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("classroom_id", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        _of_classroom("groups"),
        sa.PrimaryKeyConstraint("tenant_id", "group_id", name=op.f("pk_groups")),
        sa.UniqueConstraint(
            "tenant_id", "classroom_id", "reference", name=op.f("uq_groups_tenant_id_classroom_id_reference")
        ),
    )
    op.create_table(
        "group_members",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("classroom_id", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        _of_classroom("group_members"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "participant_id"],
            ["participants.tenant_id", "participants.participant_id"],
            name=op.f("fk_group_members_tenant_id_participant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "group_id"],
            ["groups.tenant_id", "groups.group_id"],
            name=op.f("fk_group_members_tenant_id_group_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "classroom_id", "participant_id", name=op.f("pk_group_members")),
    )
    for column in ("participant_id", "group_id"):
        op.create_index(f"ix_group_members_tenant_id_{column}", "group_members", ["tenant_id", column])


def _of_classroom(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "classroom_id"],
        ["classrooms.tenant_id", "classrooms.classroom_id"],
        name=op.f(f"fk_{table}_tenant_id_classroom_id"),
        ondelete="CASCADE",
    )


def downgrade() -> None:
    op.drop_table("group_members")
    op.drop_table("groups")
    op.drop_column("messages", "group_id")
