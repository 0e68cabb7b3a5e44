"""Which screen was last let in by a code that it showed."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("wall", sa.Column("paired_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("wall", sa.Column("paired_from", sa.String(200), nullable=True))
