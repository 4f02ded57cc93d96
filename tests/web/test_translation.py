"""Words in two languages: what is counted agrees with its number."""

from __future__ import annotations

import pytest
from flask import g, render_template_string

from tests.portal import Portal
from web.translation import ngettext

TEMPLATE = """{{ ngettext("%(count)s ouverture", "%(count)s ouvertures", n, count=n) }}"""


@pytest.mark.parametrize(
    ("language", "n", "expected"),
    [
        ("fr", 0, "0 ouverture"),
        ("fr", 1, "1 ouverture"),
        ("fr", 2, "2 ouvertures"),
        ("en", 0, "0 openings"),
        ("en", 1, "1 opening"),
    ],
)
def test_none_is_singular_in_french_alone(
    portal: Portal, language: str, n: int, expected: str
) -> None:
    with portal.app.test_request_context():
        g.language = language
        words = ngettext("%(count)s ouverture", "%(count)s ouvertures", n, count=n)
        assert [words, render_template_string(TEMPLATE, n=n)] == [expected, expected]
