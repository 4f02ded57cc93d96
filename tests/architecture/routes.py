"""The addresses of the site, written down: a change shows in review (`make routes`)."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from app import create_app
from settings import Settings

SNAPSHOT = Path(__file__).with_name("routes.txt")


def describe_routes(application: Flask) -> str:
    """Return one line a route: methods, rule and endpoint, sorted by rule."""
    lines = [
        (rule.rule, " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})), rule.endpoint)
        for rule in application.url_map.iter_rules()
    ]
    return "".join(f"{methods:<5} {rule}  {name}\n" for rule, methods, name in sorted(lines))


def main() -> None:
    SNAPSHOT.write_text(describe_routes(create_app(Settings.from_env({}))), encoding="utf-8")


if __name__ == "__main__":
    main()
