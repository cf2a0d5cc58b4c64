"""endpoints apart

Revision ID: e83b5f09c7d4
Revises: f3a7d05c18be
"""

import sqlalchemy as sa
from alembic import op

revision = "e83b5f09c7d4"
down_revision = "f3a7d05c18be"
branch_labels = None
depends_on = None

COMINGS = "kind IN ('ClassroomScheduled', 'ParticipantAdded', 'VisitorJoined', 'VisitorLeft')"
NAMED = "external_id <> ''"


def upgrade() -> None:
    op.drop_constraint("uq_classrooms_tenant_id_joint_reference", "classrooms")
    op.create_unique_constraint(
        "uq_classrooms_tenant_id_joint_endpoint_reference",
        "classrooms",
        ["tenant_id", "joint", "endpoint", "reference"],
    )
    op.add_column("enquiries", sa.Column("endpoint", sa.String(), nullable=False, server_default="callback"))
    op.alter_column("enquiries", "endpoint", server_default=None)
    op.create_index("ix_enquiries_tenant_id_asked_at", "enquiries", ["tenant_id", "asked_at"])
    op.create_index("ix_events_comings", "events", ["tenant_id", "at"], postgresql_where=sa.text(COMINGS))
    op.add_column("users", sa.Column("endpoint", sa.String(), nullable=False, server_default=""))
    op.alter_column("users", "endpoint", server_default=None)
    op.drop_index("uq_users_external_id", table_name="users")
    op.create_index(
        "uq_users_external_id",
        "users",
        ["tenant_id", "external_id", "endpoint"],
        unique=True,
        postgresql_where=sa.text(NAMED),
    )


def downgrade() -> None:
    op.drop_index("uq_users_external_id", table_name="users")
    op.drop_column("users", "endpoint")
    op.create_index(
        "uq_users_external_id",
        "users",
        ["tenant_id", "external_id"],
        unique=True,
        postgresql_where=sa.text(NAMED),
    )
    op.drop_index("ix_events_comings", table_name="events")
    op.drop_index("ix_enquiries_tenant_id_asked_at", table_name="enquiries")
    op.drop_column("enquiries", "endpoint")
    op.drop_constraint("uq_classrooms_tenant_id_joint_endpoint_reference", "classrooms")
    op.create_unique_constraint(
        "uq_classrooms_tenant_id_joint_reference", "classrooms", ["tenant_id", "joint", "reference"]
    )
