"""clocks of test tenants

Revision ID: 4c1f6a0d92be
Revises: 5ffa17a04088
Create Date: 2026-11-21 11:40:00

"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "4c1f6a0d92be"
down_revision: str | None = "5ffa17a04088"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("tenants", sa.Column("stands_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tenants", sa.Column("ahead", sa.Interval(), nullable=True))
    op.create_check_constraint(
        op.f("ck_tenants_clock"), "tenants", "test OR (stands_at IS NULL AND ahead IS NULL)"
    )
    op.create_index(
        "ix_tenants_clock",
        "tenants",
        ["tenant_id"],
        postgresql_where=sa.text("stands_at IS NOT NULL OR ahead IS NOT NULL"),
    )
    op.create_index("ix_alarms_tenant_id_due_at", "alarms", ["tenant_id", "due_at"])
    op.add_column("lanes", sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("visits", sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE visits SET beat_at = seen_at")
    op.alter_column("visits", "beat_at", nullable=False)


def downgrade() -> None:
    op.drop_column("visits", "beat_at")
    op.drop_column("lanes", "leased_until")
    op.drop_index("ix_alarms_tenant_id_due_at", table_name="alarms")
    op.drop_index("ix_tenants_clock", table_name="tenants")
    op.drop_constraint(op.f("ck_tenants_clock"), "tenants", type_="check")
    op.drop_column("tenants", "ahead")
    op.drop_column("tenants", "stands_at")
