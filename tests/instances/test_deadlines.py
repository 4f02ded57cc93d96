from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from instances.deadlines import Kind, deadlines, unsupported
from instances.fleet import fleet_of
from instances.snapshot import Snapshot
from monitoring.target import State
from tests.instances.examples import (
    NOW,
    make_backend,
    make_health,
    make_service,
    make_snapshot,
)

PARIS = ZoneInfo("Europe/Paris")
DAY = NOW.date()


def in_days(days: int) -> date:
    return DAY + timedelta(days=days)


def world() -> Snapshot:
    def hosted(until: date) -> dict[str, object]:
        return {"provider": "X", "until": until.isoformat()}

    takeout = {"takeout": {"fr": "Menu Exporter."}}
    return make_snapshot(
        make_service(
            "visio",
            backends=[
                make_backend("a", "https://a.example.fr", hosting=hosted(in_days(60))),
                make_backend("b", "https://b.example.fr", hosting=hosted(in_days(61))),
            ],
            data=takeout,
        ),
        make_service(
            "pad",
            lifecycle={"stage": "stable", "until": in_days(10).isoformat()},
            data=takeout,
            backends=[
                make_backend("a", "https://pad-a.example.fr"),
                make_backend("b", "https://pad-b.example.fr"),
            ],
        ),
    )


def test_what_ends_within_sixty_days_is_listed_the_earliest_first() -> None:
    snapshot = world()
    until = {
        "pad/a": datetime(2026, 11, 19, 12, tzinfo=UTC),  # over since yesterday
        "pad/b": NOW + timedelta(days=70),
        # 23:30 in London is the next day in Paris.
        "visio/a": datetime(2026, 11, 24, 23, 30, tzinfo=UTC),
    }
    health = {
        server.place.key or "": make_health(State.UP, certificate_until=until[server.id])
        for server in fleet_of(snapshot, now=NOW).servers
        if server.id in until
    }
    servers = fleet_of(replace(snapshot, health=health), now=NOW).servers
    found = [(item.day, item.kind, item.server.id) for item in deadlines(
        servers, now=NOW, zone=PARIS)]  # fmt: skip
    assert found == [
        (in_days(-1), Kind.CERTIFICATE, "pad/a"),
        (in_days(5), Kind.CERTIFICATE, "visio/a"),
        (in_days(10), Kind.SERVICE, "pad/a"),
        (in_days(60), Kind.HOSTING, "visio/a"),
    ]


def test_versions_without_corrections_are_told_once_with_all_who_run_them() -> None:
    probe = {"profile": "nextcloud"}
    snapshot = make_snapshot(
        make_service(
            "nuage",
            backends=[
                make_backend(name, f"https://{name}.example.fr", probe=probe) for name in "abcd"
            ],
        )
    )
    versions = {"nuage/a": "8.0.1", "nuage/b": "8.0.1", "nuage/c": "999.0", "nuage/d": None}
    health = {
        server.place.key or "": make_health(State.UP, version=versions[server.id])
        for server in fleet_of(snapshot, now=NOW).servers
    }
    servers = fleet_of(replace(snapshot, health=health), now=NOW).servers
    [line] = unsupported(servers, today=DAY)
    assert (line.version, line.support.software) == ("8.0.1", "Nextcloud")
    assert [item.id for item in line.servers] == ["nuage/a", "nuage/b"]
