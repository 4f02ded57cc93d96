"""Profile `discourse`: its own status, the read-only mode, and the page that says its version.

From its source and documentation, not verified against a running server: /srv/status is the text
"ok" (500 "shutting down" while it drains), `Discourse-Readonly: true` stands on every answer of a
site that accepts no writing, about.json reads the database and is refused by sites where everyone
must sign in.
"""

from __future__ import annotations

from monitoring.profiles.recipe import (
    Ask,
    Check,
    Context,
    Profile,
    UnlikeError,
    Verdict,
    is_html,
    json_headers,
    json_object,
    text_of,
    version_of,
)
from monitoring.target import State
from outbound import Answer


def _read_status(answer: Answer, _context: Context) -> Verdict:
    if is_html(answer):
        raise UnlikeError("wrong-software")
    if text_of(answer).strip() != "ok":
        raise UnlikeError("health-fail")
    return _writable(answer)


def _read_basic_info(answer: Answer, _context: Context) -> Verdict:
    json_object(answer, "title")
    return _writable(answer)


def _read_about(answer: Answer, _context: Context) -> Verdict:
    about = json_object(answer, "about")["about"]
    version = version_of(about.get("version")) if isinstance(about, dict) else None
    return _writable(answer, version)


def _writable(answer: Answer, version: str | None = None) -> Verdict:
    if answer.headers.get("Discourse-Readonly", "").lower() == "true":
        return Verdict(state=State.DEGRADED, reason="read-only", version=version)
    return Verdict(state=State.UP, version=version)


PROFILE = Profile(
    name="discourse",
    checks=(
        Check(
            proves="The server says it is well, and takes what people write.",
            asks=(
                Ask(place="/srv/status", read=_read_status),
                Ask(place="/site/basic-info.json", read=_read_basic_info, headers=json_headers()),
            ),
        ),
        Check(
            proves="The database answers with the site's own page.",
            asks=(
                Ask(
                    place="/about.json",
                    read=_read_about,
                    headers=json_headers(),
                    max_bytes=1024 * 1024,
                ),
            ),
            rest=1800,
            essential=False,
        ),
    ),
)
