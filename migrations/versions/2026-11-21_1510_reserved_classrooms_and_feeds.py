"""reserved classrooms and feeds

Revision ID: 5d0e8a1c7b42
Revises: c5d80e1f4a67
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5d0e8a1c7b42"
down_revision = "c5d80e1f4a67"
branch_labels = None
depends_on = None

KINDS = "kind IN ('once', 'standing')"
MORE_KINDS = "kind IN ('once', 'standing', 'reserved')"
STATES = "state IN ('scheduled', 'live', 'completed', 'expired', 'cancelled')"
MORE_STATES = "state IN ('scheduled', 'live', 'ended', 'completed', 'expired', 'cancelled')"
NOW = sa.DateTime(timezone=True)


def upgrade() -> None:
    _check("kind", MORE_KINDS)
    _check("state", MORE_STATES)
    op.add_column("classrooms", sa.Column("linger_seconds", sa.Integer(), nullable=True))
    op.drop_constraint("uq_classrooms_tenant_id_reference", "classrooms")
    op.create_unique_constraint(
        "uq_classrooms_tenant_id_joint_reference", "classrooms", ["tenant_id", "joint", "reference"]
    )
    op.add_column(
        "participants", sa.Column("observer", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.alter_column("participants", "observer", server_default=None)
    op.create_table(
        "reservations",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("classroom_id", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("duration_seconds", sa.Integer(), nullable=True),
        sa.Column("properties", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "form IN ('one_to_one', 'lecture', 'small', 'cloud')", name=op.f("ck_reservations_form")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "classroom_id"],
            ["classrooms.tenant_id", "classrooms.classroom_id"],
            name=op.f("fk_reservations_tenant_id_classroom_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "classroom_id", name=op.f("pk_reservations")),
    )
    _feeds()


def _feeds() -> None:
    op.create_table(
        "feeds",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("classroom_id", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("last_at", NOW, nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        _of_tenant("feeds"),
        sa.PrimaryKeyConstraint("tenant_id", "classroom_id", name=op.f("pk_feeds")),
    )
    op.create_table(
        "feed_entries",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("classroom_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("at", NOW, nullable=False),
        sa.Column("poll_id", sa.String(), nullable=True),
        _of_tenant("feed_entries"),
        sa.PrimaryKeyConstraint("tenant_id", "classroom_id", "seq", name=op.f("pk_feed_entries")),
    )
    op.create_index("ix_feed_entries_kind", "feed_entries", ["tenant_id", "classroom_id", "kind", "seq"])
    op.create_index(
        "ix_feed_entries_subject",
        "feed_entries",
        ["tenant_id", "classroom_id", "kind", "subject", "seq"],
        postgresql_where=sa.text("subject <> ''"),
    )
    op.create_index(
        "ix_feed_entries_unpolled",
        "feed_entries",
        ["tenant_id", "at", "classroom_id", "seq"],
        postgresql_where=sa.text("poll_id IS NULL"),
    )
    op.create_index(
        "ix_feed_entries_poll",
        "feed_entries",
        ["tenant_id", "poll_id"],
        postgresql_where=sa.text("poll_id IS NOT NULL"),
    )
    op.create_table(
        "polls_of_feeds",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("poll_id", sa.String(), nullable=False),
        sa.Column("at", NOW, nullable=False),
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        _of_tenant("polls_of_feeds"),
        sa.PrimaryKeyConstraint("tenant_id", "poll_id", name=op.f("pk_polls_of_feeds")),
    )
    op.create_index("ix_polls_of_feeds_at", "polls_of_feeds", ["tenant_id", "at", "poll_id"])


def _of_tenant(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id"], ["tenants.tenant_id"], name=op.f(f"fk_{table}_tenant_id"), ondelete="CASCADE"
    )


def _check(name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_classrooms_{name}"), "classrooms")
    op.create_check_constraint(op.f(f"ck_classrooms_{name}"), "classrooms", condition)


def downgrade() -> None:
    for table in ("polls_of_feeds", "feed_entries", "feeds", "reservations"):
        op.drop_table(table)
    op.drop_column("participants", "observer")
    op.drop_constraint("uq_classrooms_tenant_id_joint_reference", "classrooms")
    op.create_unique_constraint("uq_classrooms_tenant_id_reference", "classrooms", ["tenant_id", "reference"])
    op.drop_column("classrooms", "linger_seconds")
    # Older versions know no reserved classrooms.
    op.execute("DELETE FROM classrooms WHERE kind = 'reserved'")
    _check("state", STATES)
    _check("kind", KINDS)
