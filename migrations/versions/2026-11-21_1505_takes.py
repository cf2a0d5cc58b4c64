"""takes

Revision ID: c5d80e1f4a67
Revises: 5d0c2f7be914
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c5d80e1f4a67"
down_revision = "5d0c2f7be914"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "takes",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("take_id", sa.String(), nullable=False),
        sa.Column("classroom_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("plan", postgresql.JSONB(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holds", postgresql.JSONB(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=True),
        sa.Column("film_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "classroom_id"],
            ["classrooms.tenant_id", "classrooms.classroom_id"],
            name=op.f("fk_takes_tenant_id_classroom_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "take_id", name=op.f("pk_takes")),
        sa.UniqueConstraint(
            "tenant_id", "classroom_id", "number", name=op.f("uq_takes_tenant_id_classroom_id_number")
        ),
    )
    op.create_index("ix_takes_film_at", "takes", ["film_at"], postgresql_where=sa.text("film_at IS NOT NULL"))
    op.create_index(
        "uq_takes_running",
        "takes",
        ["tenant_id", "classroom_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "take_files",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("file_id", sa.String(), nullable=False),
        sa.Column("take_id", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_take_files_size")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "take_id"],
            ["takes.tenant_id", "takes.take_id"],
            name=op.f("fk_take_files_tenant_id_take_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.tenant_id"],
            name=op.f("fk_take_files_tenant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "file_id", name=op.f("pk_take_files")),
        sa.UniqueConstraint(
            "tenant_id", "take_id", "part", "place", name=op.f("uq_take_files_tenant_id_take_id_part_place")
        ),
    )


def downgrade() -> None:
    op.drop_table("take_files")
    op.drop_table("takes")
