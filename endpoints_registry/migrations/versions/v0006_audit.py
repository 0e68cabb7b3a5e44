"""The audit log, its private texts beside it, and how long a conference keeps its names."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("done_by", sa.String(200), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(65), nullable=False),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("what", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_done_by_position"), "audit", ["done_by", "position"], unique=False)
    op.create_table(
        "audit_text",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_audit_text")),
    )
    op.create_index(op.f("ix_audit_text_position"), "audit_text", ["position"], unique=False)
    op.add_column("kept_names", sa.Column("keep_days", sa.Integer(), nullable=True))
