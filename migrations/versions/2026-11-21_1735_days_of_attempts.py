"""days of attempts

Revision ID: 19ece5e31197
Revises: b7d24e61fa05
"""

from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "19ece5e31197"
down_revision = "b7d24e61fa05"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
AHEAD = 7
BEFORE = timedelta(days=60)


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("former_secret", sa.String(), nullable=True))
    op.add_column("subscriptions", sa.Column("former_until", WHEN, nullable=True))
    set_former_aside()
    op.create_table(
        "attempts",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("attempt_id", sa.String(), nullable=False),
        sa.Column("logged_at", WHEN, nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("request_head", sa.String(), nullable=False),
        sa.Column("response_head", sa.String(), nullable=False),
        sa.Column("response_body", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant_id", "delivery_id", "attempt_id", "logged_at", name=op.f("pk_attempts")
        ),
        postgresql_partition_by="RANGE (logged_at)",
    )
    op.execute("CREATE TABLE attempts_rest PARTITION OF attempts DEFAULT")
    today = datetime.now(UTC)
    ahead = {(today + timedelta(days=number)).date() for number in range(AHEAD + 1)}
    for day in sorted(days_in_use(today) | ahead):
        op.execute(
            f"CREATE TABLE attempts_{day:%Y%m%d} PARTITION OF attempts "
            f"FOR VALUES FROM ('{day} 00:00+00') TO ('{day + timedelta(days=1)} 00:00+00')"
        )
    # A test tenant's clock may be in the future: what it tried was logged by now at the latest.
    op.execute(
        sa.text(
            "INSERT INTO attempts SELECT tenant_id, delivery_id, attempt_id, least(at, :now), at, status, "
            "duration_ms, error, '', '', response_head FROM former_attempts"
        ).bindparams(sa.bindparam("now", today, WHEN))
    )
    op.drop_table("former_attempts")


def set_former_aside() -> None:
    op.drop_index("ix_attempts_tenant_id_delivery_id", table_name="attempts")
    op.rename_table("attempts", "former_attempts")
    for name in ("pk_{}", "fk_{}_tenant_id"):
        before, after = name.format("attempts"), name.format("former_attempts")
        op.execute(f"ALTER TABLE former_attempts RENAME CONSTRAINT {before} TO {after}")


def days_in_use(now: datetime) -> set[date]:
    wanted = sa.text(
        "SELECT DISTINCT (least(at, :now) AT TIME ZONE 'UTC')::date FROM former_attempts WHERE at > :since"
    ).bindparams(sa.bindparam("now", now, WHEN), sa.bindparam("since", now - BEFORE, WHEN))
    return set(op.get_bind().scalars(wanted))


def downgrade() -> None:
    op.create_table(
        "former_attempts",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("attempt_id", sa.String(), nullable=False),
        sa.Column("delivery_id", sa.String(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("response_head", sa.String(), nullable=False),
    )
    op.execute(
        "INSERT INTO former_attempts SELECT tenant_id, attempt_id, delivery_id, at, status, duration_ms, "
        "error, response_body FROM attempts JOIN tenants USING (tenant_id)"
    )
    op.drop_table("attempts")
    op.rename_table("former_attempts", "attempts")
    op.create_primary_key(op.f("pk_attempts"), "attempts", ["tenant_id", "attempt_id"])
    op.create_foreign_key(
        op.f("fk_attempts_tenant_id"), "attempts", "tenants", ["tenant_id"], ["tenant_id"], ondelete="CASCADE"
    )
    op.create_index("ix_attempts_tenant_id_delivery_id", "attempts", ["tenant_id", "delivery_id", "at"])
    op.drop_column("subscriptions", "former_until")
    op.drop_column("subscriptions", "former_secret")
