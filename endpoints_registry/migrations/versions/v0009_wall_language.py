"""A screen on a wall speaks the language of its link."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    # What hangs already has spoken Vietnamese unless its address said otherwise, which still goes before.
    op.add_column("wall", sa.Column("language", sa.String(10), nullable=False, server_default="vi"))
