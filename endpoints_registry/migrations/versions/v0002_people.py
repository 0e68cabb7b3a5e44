"""People by name, for the conferences that keep names."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "kept_names",
        sa.Column("conference_id", sa.String(64), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conference_id"], ["conference.id"], name=op.f("fk_kept_names_conference_id")),
        sa.PrimaryKeyConstraint("conference_id", name=op.f("pk_kept_names")),
    )
    op.create_table(
        "attendee",
        sa.Column("conference_id", sa.String(64), nullable=False),
        sa.Column("person", sa.String(10), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("position", sa.String(300), nullable=False),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("unit", sa.String(300), nullable=False),
        sa.Column("own_code", sa.String(40), nullable=False),
        # To the row that stands only while names are kept: the database itself refuses a person otherwise.
        sa.ForeignKeyConstraint(
            ["conference_id"], ["kept_names.conference_id"], name=op.f("fk_attendee_conference_id")
        ),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_attendee_point_id")),
        sa.PrimaryKeyConstraint("conference_id", "person", name=op.f("pk_attendee")),
    )
