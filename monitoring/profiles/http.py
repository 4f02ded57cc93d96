"""Profile `http`: an address answers with the expected code, text or JSON value.

Without expectation any 2xx is healthy. A status that the target lists is expected whatever it is,
401 and redirects included. Verified against a real DokuWiki.
"""

from __future__ import annotations

import json
from typing import Any

from monitoring.profiles.recipe import (
    Ask,
    Check,
    Context,
    Profile,
    Source,
    UnlikeError,
    Verdict,
    json_of,
    judge_status,
    text_of,
)
from monitoring.target import Part, State
from outbound import Answer


def _read(answer: Answer, context: Context) -> Verdict:
    expect = context.target.expect
    judged = None if answer.status in expect.codes else judge_status(answer, context.now)
    if judged is not None:
        return judged
    if expect.codes and answer.status not in expect.codes:
        raise UnlikeError(f"http-{answer.status}")
    if expect.text is not None and expect.text not in text_of(answer):
        raise UnlikeError("text-missing")
    if expect.json_path is not None:
        _compare(value_at(json_of(answer), expect.json_path), expect.json_value)
    return Verdict(state=State.UP)


def _compare(found: Any, expected: str | None) -> None:
    if found is None:
        raise UnlikeError("json-missing")
    if expected is not None and as_text(found) != expected:
        raise UnlikeError("json-mismatch")


def value_at(value: Any, path: str) -> Any:
    """The value at a dotted path (figures count in lists), None when there is none."""
    for name in path.split("."):
        if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        elif isinstance(value, dict):
            value = value.get(name)
        else:
            return None
    return value


def as_text(value: Any) -> str:
    """As the catalogue writes it: text bare, the rest as JSON does ("true", "3")."""
    return value if isinstance(value, str) else json.dumps(value)


PROFILE = Profile(
    name="http",
    covers=("Any page",),
    version="",
    verified=Source.SERVER,
    checks=(
        Check(
            proves="The address answers as expected.",
            part=Part.WORKS,
            up="2xx, or one of `expect.codes`; contains `expect.text`; has `expect.json_path`"
            " (equal to `expect.json_value`)",
            tells=dict.fromkeys(("text-missing", "json-missing", "json-mismatch"), State.DOWN),
            asks=(Ask(place="", read=_read, own_codes=True, max_bytes=2 * 1024 * 1024),),
        ),
    ),
)
