"""What makes several troubles one incident: a table, and what holds whatever the fleet."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.health import Change
from monitoring.incident_rules import Cluster, Standing, Trouble, clusters, in_order, overall
from monitoring.incidents import Cause, Severity
from monitoring.records import Moved
from monitoring.target import State

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
LONE = (Cause.TARGET, "")
Labels = dict[str, tuple[str, ...]]


def labels(number: int, *, host: str = "", provider: str = "", needs: str = "") -> Labels:
    found: Labels = {"host": (host or f"h{number}",), "service": (f"s{number}",)}
    if provider:
        found["provider"] = (provider,)
    if needs:
        found["depends-on"] = (needs,)
    return found


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def grouped(
    fleet: list[Labels], failed: dict[int, float], standing: dict[int, Cause] | None = None
) -> list[tuple[set[int], Cause, str]]:
    """Group targets that failed at a minute; `standing` are already in an incident of their own."""
    told = standing or {}
    watched = dict(enumerate(fleet))
    troubles = [
        Trouble(
            target_id=number,
            since=at(minute),
            labels=watched[number],
            incident=100 + number if number in told else None,
        )
        for number, minute in failed.items()
    ]
    open_ones = [
        Standing(
            id=100 + number,
            opened_at=at(failed[number]),
            cause=cause,
            value="ovh" if cause is Cause.PROVIDER else "",
            failed={number: at(failed[number])},
        )
        for number, cause in told.items()
    ]
    found = clusters(troubles, watched, open_ones)
    return [(set(item.targets), *item.reason) for item in found]


OVH = [labels(n, provider="ovh") for n in range(6)]
NEEDY = [labels(0), *(labels(n, needs="s0") for n in range(1, 5))]


@pytest.mark.parametrize(
    ("fleet", "failed", "expected"),
    [
        pytest.param(OVH, {0: 0, 1: 5}, [({0}, *LONE), ({1}, *LONE)], id="two are chance"),
        pytest.param(
            OVH, {0: 0, 1: 5, 2: 10}, [({0, 1, 2}, Cause.PROVIDER, "ovh")], id="three of six"
        ),
        pytest.param(
            [*OVH, labels(6, provider="ovh")],
            {0: 0, 1: 5, 2: 10},
            [({0}, *LONE), ({1}, *LONE), ({2}, *LONE)],
            id="three of seven are less than half",
        ),
        pytest.param(
            OVH,
            {0: 0, 1: 5, 2: 10.1},
            [({0}, *LONE), ({1}, *LONE), ({2}, *LONE)],
            id="not within ten minutes",
        ),
        pytest.param(
            OVH,
            {0: 0, 1: 5, 2: 9, 3: 14},
            [({0, 1, 2, 3}, Cause.PROVIDER, "ovh")],
            id="a group leads to the next",
        ),
        pytest.param(
            [labels(0, host="h"), labels(1, host="h"), labels(2)],
            {0: 0, 1: 600, 2: 0},
            [({0, 1}, Cause.HOST, "h"), ({2}, *LONE)],
            id="a host, whenever",
        ),
        pytest.param(
            NEEDY, {0: 0, 3: 55}, [({0, 3}, Cause.DEPENDS_ON, "s0")], id="what it needs is broken"
        ),
        pytest.param(
            NEEDY, {0: 0, 3: -9}, [({0, 3}, Cause.DEPENDS_ON, "s0")], id="found a little later"
        ),
        pytest.param(
            NEEDY, {0: 0, 3: -11}, [({0}, *LONE), ({3}, *LONE)], id="it failed long before"
        ),
        pytest.param(
            NEEDY, {2: 0, 3: 8}, [({2, 3}, Cause.DEPENDS_ON, "s0")], id="half of those who need it"
        ),
        pytest.param(NEEDY, {2: 0}, [({2}, *LONE)], id="one alone needs nobody's help to fail"),
        pytest.param(
            [labels(n, provider="ovh", host="h") for n in range(3)],
            {0: 0, 1: 1, 2: 2},
            [({0, 1, 2}, Cause.PROVIDER, "ovh")],
            id="a provider is more than a host",
        ),
    ],
)
def test_causes(
    fleet: list[Labels], failed: dict[int, float], expected: list[tuple[set[int], Cause, str]]
) -> None:
    assert grouped(fleet, failed) == expected


def test_half_of_a_service_must_be_broken_to_explain_the_others() -> None:
    fleet = [*NEEDY, *(labels(n) | {"service": ("s0",)} for n in range(5, 8))]
    assert grouped(fleet, {0: 0, 3: 1}) == [({0}, *LONE), ({3}, *LONE)]
    assert grouped(fleet, {0: 0, 5: 0, 3: 1}) == [({0, 3, 5}, Cause.DEPENDS_ON, "s0")]


def test_a_chain_of_needs_is_one_incident() -> None:
    fleet = [labels(0), labels(1, needs="s0"), labels(2, needs="s1")]
    ((targets, cause, _value),) = grouped(fleet, {0: 0, 1: 1, 2: 2})
    assert (targets, cause) == ({0, 1, 2}, Cause.DEPENDS_ON)


def test_an_incident_known_to_be_common_takes_in_who_fails_soon_after() -> None:
    assert grouped(OVH, {0: 0, 1: 9}, {0: Cause.PROVIDER}) == [({0, 1}, Cause.PROVIDER, "ovh")]
    assert grouped(OVH, {0: 0, 1: 11}, {0: Cause.PROVIDER}) == [({1}, *LONE)]
    assert grouped(OVH, {0: 0, 1: 9}, {0: Cause.TARGET}) == [({1}, *LONE)]


def test_the_oldest_takes_in_the_others() -> None:
    found = clusters(
        [
            Trouble(target_id=n, since=at(m), labels=OVH[n], incident=incident)
            for n, m, incident in ((0, 3, 1), (1, 2, 2), (2, 4, None))
        ],
        dict(enumerate(OVH)),
        [
            Standing(id=1, opened_at=at(3), cause=Cause.TARGET, value=""),
            Standing(id=2, opened_at=at(2), cause=Cause.TARGET, value=""),
        ],
    )
    reason = (Cause.PROVIDER, "ovh")
    assert found == (Cluster(targets=(0, 1, 2), fresh=(2,), incidents=(2, 1), reason=reason),)


def test_nothing_is_said_of_groups_in_which_nobody_has_just_failed() -> None:
    assert grouped(OVH, {0: 0, 1: 0, 2: 0}, dict.fromkeys(range(3), Cause.TARGET)) == []


@pytest.mark.parametrize(
    ("current", "members", "expected"),
    [
        ("minor", [("degraded", "down")], "minor"),
        ("major", [("degraded", "down")], "minor"),
        ("minor", [("degraded", "degraded"), ("down", "down")], "major"),
        ("major", [("unknown", "down"), ("degraded", "degraded")], "major"),
        ("minor", [("unknown", "down")], "minor"),
        ("major", [("maintenance", "degraded"), ("degraded", "down")], "minor"),
        ("major", [("maintenance", "degraded")], "major"),
    ],
)
def test_how_grave_it_is(current: str, members: list[tuple[str, str]], expected: str) -> None:
    found = overall(Severity(current), [(State(now), State(worst)) for now, worst in members])
    assert found == expected


some_labels = st.builds(
    lambda host, provider, needs, service: {
        "host": (host,), "provider": provider, "depends-on": needs, "service": (service,),
    },
    st.sampled_from("abcdefgh"),
    st.sampled_from([(), ("ovh",), ("scaleway",), ("ovh", "scaleway")]),
    st.sampled_from([(), ("s1",), ("s2",)]),
    st.sampled_from(["s1", "s2", "s3", "s4"]),
)  # fmt: skip


@given(
    fleet=st.lists(some_labels, min_size=1, max_size=12),
    failed=st.dictionaries(st.integers(0, 11), st.integers(0, 30), min_size=1),
    order=st.randoms(use_true_random=False),
)
def test_every_trouble_is_in_one_group_in_whatever_order_they_come(
    fleet: list[Labels], failed: dict[int, int], order: object
) -> None:
    watched = dict(enumerate(fleet))
    troubles = [
        Trouble(target_id=n, since=at(minute), labels=watched[n])
        for n, minute in failed.items()
        if n in watched
    ]
    found = clusters(troubles, watched, ())
    named = [number for item in found for number in item.targets]
    assert sorted(named) == sorted(item.target_id for item in troubles)
    order.shuffle(troubles)  # type: ignore[attr-defined]
    assert clusters(troubles, watched, ()) == found
    later = [replace(item, since=item.since + timedelta(days=1)) for item in troubles]
    assert [item.targets for item in clusters(later, watched, ())] == [it.targets for it in found]


def test_changes_are_taken_in_order_and_those_of_one_target_as_written() -> None:
    def moved(target_id: int, minute: float, after: State) -> Moved:
        change = Change(at=at(minute), before=State.UP, after=after, reason="test")
        return Moved(target_id=target_id, change=change)

    one, two = moved(1, 5, State.DOWN), moved(1, 4, State.UP)
    other = moved(2, 3, State.DOWN)
    assert in_order([one, two, other]) == [other, one, two]
