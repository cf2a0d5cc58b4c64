"""joint lessons, and questions to the customer's server

Revision ID: 7a3e90c41d5f
Revises: 7d2c1be0a4f3
"""

import sqlalchemy as sa
from alembic import op

revision = "7a3e90c41d5f"
down_revision = "7d2c1be0a4f3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("classrooms", sa.Column("joint", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("classrooms", "joint", server_default=None)
    op.add_column("classrooms", sa.Column("reference", sa.String(), nullable=True))
    op.add_column("classrooms", sa.Column("endpoint", sa.String(), nullable=False, server_default=""))
    op.alter_column("classrooms", "endpoint", server_default=None)
    op.add_column("classrooms", sa.Column("asking_until", sa.DateTime(timezone=True), nullable=True))
    op.create_unique_constraint(
        op.f("uq_classrooms_tenant_id_reference"), "classrooms", ["tenant_id", "reference"]
    )
    op.add_column("lessons", sa.Column("stretch_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("lessons", sa.Column("interrupted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("lessons", sa.Column("counted_seconds", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("lessons", "counted_seconds", server_default=None)
    op.add_column("participants", sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("deliveries", sa.Column("query", sa.String(), nullable=False, server_default=""))
    op.alter_column("deliveries", "query", server_default=None)
    op.create_table(
        "hosts",
        sa.Column("dialect", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.tenant_id"], name=op.f("fk_hosts_tenant_id_tenants"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("dialect", "host", name=op.f("pk_hosts")),
    )
    op.create_index("ix_hosts_tenant_id", "hosts", ["tenant_id"])
    op.create_table(
        "enquiries",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("enquiry_id", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("response", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.tenant_id"],
            name=op.f("fk_enquiries_tenant_id_tenants"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "enquiry_id", name=op.f("pk_enquiries")),
    )
    op.create_index("ix_enquiries_tenant_id_reference", "enquiries", ["tenant_id", "reference", "asked_at"])


def downgrade() -> None:
    op.drop_table("enquiries")
    op.drop_table("hosts")
    op.drop_column("deliveries", "query")
    op.drop_column("participants", "ready_at")
    for column in ("counted_seconds", "interrupted_at", "stretch_at"):
        op.drop_column("lessons", column)
    op.drop_constraint(op.f("uq_classrooms_tenant_id_reference"), "classrooms", type_="unique")
    for column in ("asking_until", "endpoint", "reference", "joint"):
        op.drop_column("classrooms", column)
