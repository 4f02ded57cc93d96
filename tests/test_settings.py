"""Settings: what is read, and that every problem is told at once."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest

from settings import ROOT, Settings, SettingsError


def problems(**environ: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({f"TROUSSE_{name}": value for name, value in environ.items()})
    return caught.value.problems


def test_nothing_needs_to_be_set() -> None:
    settings = Settings.from_env({})
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.state_dir == ROOT / "var"
    assert settings.database_url == f"sqlite:///{ROOT}/var/trousse.db"
    assert settings.probe_allowed_networks == ()


def test_all_problems_are_told_at_once() -> None:
    found = problems(
        CATALOGUE="http://example.fr/services.yaml",
        PUBLIC_URL="trousse.example.fr",
        PROBE_INTERVAL="4",
        PROBE_ALLOWED_NETWORKS="10.0.0.0/8, 10.0.0.1/8, everywhere",
        ACCESSIBILITY="yes",
        LOG_LEVEL="loud",
        PROBE_INTERVALL="60",
    )
    starts = sorted(problem.partition(":")[0].partition(" ")[0] for problem in found)
    assert starts == [
        "TROUSSE_ACCESSIBILITY",
        "TROUSSE_CATALOGUE",
        "TROUSSE_LOG_LEVEL",
        "TROUSSE_PROBE_ALLOWED_NETWORKS",
        "TROUSSE_PROBE_ALLOWED_NETWORKS",
        "TROUSSE_PROBE_INTERVAL",
        "TROUSSE_PROBE_INTERVALL",
        "TROUSSE_PUBLIC_URL",
    ]


@pytest.mark.parametrize("value", ["4", "3601", "-60", "1e2", "sixty", "60.0"])
def test_a_number_out_of_bounds_says_the_bounds(value: str) -> None:
    (problem,) = problems(PROBE_INTERVAL=value)
    assert "from 5 to 3600" in problem
    assert repr(value) in problem


@pytest.mark.parametrize(
    "value",
    [
        "https://trousse.example.fr/portail",
        "ftp://example.fr",
        "https://",
        "https://e.fr/?a=b",
        "http://[bad",
        "http://e.fr:port",
        "http://e.fr:99999",
    ],
)
def test_a_public_address_is_a_scheme_and_a_host(value: str) -> None:
    (problem,) = problems(PUBLIC_URL=value)
    assert "https://trousse.example.fr" in problem


def test_a_slash_after_the_public_address_is_forgiven() -> None:
    settings = Settings.from_env({"TROUSSE_PUBLIC_URL": "https://trousse.example.fr/"})
    assert settings.public_url == "https://trousse.example.fr"


def test_networks_are_read_with_or_without_spaces() -> None:
    settings = Settings.from_env({"TROUSSE_PROBE_ALLOWED_NETWORKS": "10.0.0.0/8 ,::1/128,"})
    assert settings.probe_allowed_networks == (ip_network("10.0.0.0/8"), ip_network("::1/128"))


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("s3cret\n", encoding="utf-8")
    assert Settings.from_env({"TROUSSE_METRICS_TOKEN_FILE": str(file)}).metrics_token == "s3cret"


def test_a_secret_given_twice_is_a_problem(tmp_path: Path) -> None:
    (problem,) = problems(METRICS_TOKEN="a", METRICS_TOKEN_FILE=str(tmp_path / "token"))
    assert "both set" in problem


def test_a_secret_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    (problem,) = problems(METRICS_TOKEN_FILE=str(tmp_path / "nowhere"))
    assert "nowhere" in problem
    assert "No such file" in problem


def test_a_secret_file_that_is_no_text_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_bytes(b"\xff\xfe\x00")
    (problem,) = problems(METRICS_TOKEN_FILE=str(file))
    assert "UTF-8" in problem
    assert str(file) in problem


def test_what_gunicorn_reads_is_no_misspelling() -> None:
    Settings.from_env(
        {
            "TROUSSE_WORKERS": "4",
            "TROUSSE_THREADS": "4",
            "TROUSSE_MAX_REQUESTS": "1",
            "TROUSSE_PIN_WORKERS": "0",
        }
    )


def test_variables_of_others_are_none_of_our_business() -> None:
    Settings.from_env({"PATH": "/bin", "LANG": "C"})


def test_where_to_ask_whether_we_are_online() -> None:
    read = Settings.from_env({"TROUSSE_ONLINE_CHECKS": "192.0.2.1:53, https://example.fr, [::1]:9"})
    assert read.online_checks == ("192.0.2.1:53", "https://example.fr", "[::1]:9")
    for wrong in ("example.fr", "http://example.fr", "a:b", "https://x@example.fr", "tcp://a:1"):
        (found,) = problems(ONLINE_CHECKS=f"192.0.2.1:53,{wrong}")
        assert repr(wrong) in found
