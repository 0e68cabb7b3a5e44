"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("scope", sa.String(16), nullable=True),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index(op.f("ix_attempt_subject_at"), "attempt", ["subject", "at"], unique=False)
    op.create_table(
        "cluster",
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_cluster")),
    )
    op.create_table(
        "conference",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("origin", sa.String(20), nullable=False),
        sa.Column("mode", sa.String(20), nullable=False),
        sa.Column("unit_code", sa.String(16), nullable=False),
        sa.Column("hotline_name", sa.String(200), nullable=False),
        sa.Column("hotline_phone", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conference")),
    )
    op.create_table(
        "successor",
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("successor_code", sa.String(16), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("code", "successor_code", "on_day", name=op.f("pk_successor")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("parent_code", sa.String(16), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_unit_code_valid_from")),
    )
    op.create_index(op.f("ix_unit_parent_code"), "unit", ["parent_code"], unique=False)
    op.create_table(
        "cluster_unit",
        sa.Column("cluster_code", sa.String(8), nullable=False),
        sa.Column("unit_code", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["cluster_code"], ["cluster.code"], name=op.f("fk_cluster_unit_cluster_code")),
        sa.PrimaryKeyConstraint("cluster_code", "unit_code", name=op.f("pk_cluster_unit")),
    )
    op.create_table(
        "point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("mode", sa.String(20), nullable=False),
        sa.Column("area", sa.String(100), nullable=False),
        sa.Column("provider", sa.String(100), nullable=False),
        sa.Column("feeder", sa.String(100), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_point_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point")),
        sa.UniqueConstraint("unit_id", "number", name=op.f("uq_point_unit_id_number")),
    )
    op.create_index(op.f("ix_point_code"), "point", ["code"], unique=False)
    op.create_table(
        "round",
        sa.Column("conference_id", sa.String(64), nullable=False),
        sa.Column("sitting_id", sa.String(20), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conference_id"], ["conference.id"], name=op.f("fk_round_conference_id")),
        sa.PrimaryKeyConstraint("conference_id", "sitting_id", "name", name=op.f("pk_round")),
    )
    op.create_table(
        "sitting",
        sa.Column("conference_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["conference_id"], ["conference.id"], name=op.f("fk_sitting_conference_id")),
        sa.PrimaryKeyConstraint("conference_id", "id", name=op.f("pk_sitting")),
    )
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_staff_session_account_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_session")),
    )
    op.create_index(op.f("ix_staff_session_account_id"), "staff_session", ["account_id"], unique=False)
    op.create_table(
        "agent_token",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_agent_token_point_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_agent_token")),
    )
    op.create_index(op.f("ix_agent_token_point_id"), "agent_token", ["point_id"], unique=False)
    op.create_table(
        "chosen_point",
        sa.Column("conference_id", sa.String(64), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["conference_id"], ["conference.id"], name=op.f("fk_chosen_point_conference_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_chosen_point_point_id")),
        sa.PrimaryKeyConstraint("conference_id", "point_id", name=op.f("pk_chosen_point")),
    )
    op.create_table(
        "expected",
        sa.Column("conference_id", sa.String(64), nullable=False),
        sa.Column("sitting_id", sa.String(20), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("mode", sa.String(20), nullable=True),
        sa.ForeignKeyConstraint(["conference_id"], ["conference.id"], name=op.f("fk_expected_conference_id")),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_expected_point_id")),
        sa.PrimaryKeyConstraint("conference_id", "sitting_id", "point_id", name=op.f("pk_expected")),
    )
    op.create_table(
        "person",
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_person_point_id")),
        sa.PrimaryKeyConstraint("point_id", "role", name=op.f("pk_person")),
    )
    op.create_table(
        "point_link",
        sa.Column("handle", sa.String(32), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["point_id"], ["point.id"], name=op.f("fk_point_link_point_id")),
        sa.PrimaryKeyConstraint("handle", name=op.f("pk_point_link")),
    )
    op.create_index(op.f("ix_point_link_point_id"), "point_link", ["point_id"], unique=False)
    op.create_table(
        "link_session",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("handle", sa.String(32), nullable=False),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["handle"], ["point_link.handle"], name=op.f("fk_link_session_handle")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_link_session")),
    )
    op.create_index(op.f("ix_link_session_handle"), "link_session", ["handle"], unique=False)
