"""Incidents, windows, history and the outbox; roll-ups in seconds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


ROLLUPS = (("rollup_five_minutes", 300), ("rollup_hour", 3600), ("rollup_day", 86400))
SECONDS = ("up", "degraded", "down", "maintenance")
LATENCIES = ("latency_sum", "latency_count", "latency_max")


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("event", sa.String(length=30), nullable=False),
        sa.Column("route", sa.String(length=60), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uncertain", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("subject", "event", "route", name="uq_alert_once"),
        sa.UniqueConstraint("uid", name=op.f("uq_alert_uid")),
    )
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.create_index("ix_alert_sent_at_due_at", ["sent_at", "due_at"], unique=False)

    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("cause", sa.String(length=12), nullable=False),
        sa.Column("value", sa.String(length=250), server_default="", nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("quiet_seconds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("taken_by", sa.String(length=200), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["incident.id"], name=op.f("fk_incident_merged_into_incident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("uid", name=op.f("uq_incident_uid")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_closed_at"), ["closed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_incident_opened_at"), ["opened_at"], unique=False)

    op.create_table(
        "maintenance_window",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("owner", sa.String(length=70), nullable=False),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("value", sa.String(length=250), nullable=False),
        sa.Column("title", sa.String(length=140), nullable=False),
        sa.Column("text", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("repeats", sa.String(length=10), server_default="once", nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cuts", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance_window")),
        sa.UniqueConstraint("uid", name=op.f("uq_maintenance_window_uid")),
    )
    with op.batch_alter_table("maintenance_window", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_maintenance_window_owner"), ["owner"], unique=False)

    op.create_table(
        "signal",
        sa.Column("academie", sa.String(length=60), nullable=False),
        sa.Column("service_id", sa.String(length=121), nullable=False),
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("academie", "service_id", "bucket", name=op.f("pk_signal")),
    )
    op.create_table(
        "history",
        sa.Column("target_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["target_id"], ["target.id"], name=op.f("fk_history_target_id_target")
        ),
        sa.PrimaryKeyConstraint("target_id", name=op.f("pk_history")),
    )
    op.create_table(
        "incident_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("actor", sa.String(length=200), server_default="", nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=True),
        sa.Column("text", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("code", sa.String(length=30), server_default="", nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_message_incident_id_incident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_message")),
        sa.UniqueConstraint("uid", name=op.f("uq_incident_message_uid")),
    )
    with op.batch_alter_table("incident_message", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_incident_message_incident_id"), ["incident_id"], unique=False
        )

    op.create_table(
        "incident_target",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_target_incident_id_incident")
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["target.id"], name=op.f("fk_incident_target_target_id_target")
        ),
        sa.PrimaryKeyConstraint("incident_id", "target_id", name=op.f("pk_incident_target")),
    )
    with op.batch_alter_table("incident_target", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_incident_target_target_id"), ["target_id"], unique=False
        )

    op.create_table(
        "last_probe",
        sa.Column("target_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["target_id"], ["target.id"], name=op.f("fk_last_probe_target_id_target")
        ),
        sa.PrimaryKeyConstraint("target_id", name=op.f("pk_last_probe")),
    )
    for name in ("incidents", "windows", "history", "signals"):
        op.execute(f"INSERT INTO revision (name, n) VALUES ('{name}', 0)")  # noqa: S608
    for table, span in ROLLUPS:
        _count_seconds(table, span)

    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.add_column(sa.Column("silent", sa.String(length=45), nullable=True))
        batch_op.add_column(sa.Column("heard", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("maintenance_month", sa.String(length=7), nullable=True))
        batch_op.add_column(
            sa.Column("maintenance_seconds", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(
            sa.Column("intermediate_first", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def _count_seconds(table: str, span: int) -> None:
    """Roll-ups counted probes, and count seconds now: those there are were a minute apart."""
    before = f"{table}_before"
    op.execute(f"CREATE TEMPORARY TABLE {before} AS SELECT * FROM {table}")  # noqa: S608
    op.drop_table(table)
    op.create_table(
        table,
        sa.Column("target_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in (*SECONDS, "checks", "failures", *LATENCIES)
        ),
        sa.PrimaryKeyConstraint("target_id", "bucket", name=op.f(f"pk_{table}")),
        postgresql_with={"fillfactor": 80},
        sqlite_with_rowid=False,
    )
    total = "(up + degraded + down + maintenance + unknown)"
    share = f"CASE WHEN {total} * 60 > {span} THEN {{0}} * {span} / {total} ELSE {{0}} * 60 END"
    seconds = ", ".join(share.format(name) for name in SECONDS)
    latencies = ", ".join(LATENCIES)
    op.execute(
        f"INSERT INTO {table} (target_id, bucket, {', '.join(SECONDS)}, checks, failures, "  # noqa: S608
        f"{latencies}) SELECT target_id, bucket, {seconds}, {total} - unknown, down, {latencies} "
        f"FROM {before}"
    )
    op.execute(f"DROP TABLE {before}")
