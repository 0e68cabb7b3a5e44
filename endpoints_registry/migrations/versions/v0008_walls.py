"""Screens on walls, each with a link of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "wall",
        sa.Column("handle", sa.String(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("unit_code", sa.String(16), nullable=True),
        sa.Column("views", sa.String(200), nullable=False),
        sa.Column("theme", sa.String(10), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("handle", name=op.f("pk_wall")),
    )
    op.create_table(
        "wall_session",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("handle", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["handle"], ["wall.handle"], name=op.f("fk_wall_session_handle")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_wall_session")),
    )
    op.create_index(op.f("ix_wall_session_handle"), "wall_session", ["handle"], unique=False)
