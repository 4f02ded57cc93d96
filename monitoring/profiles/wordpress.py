# ruff: noqa: PLR2004 - the statuses of HTTP are names of their own
"""Profile `wordpress`: what the site says of itself, and the first page that people meet.

Verified against a running WordPress 6.1.9 on MariaDB: healthy, in maintenance (the file of an
update: 503 with `Retry-After: 600` on every address), database stopped (500 "Error establishing a
database connection" on every address), not installed, stopped, and asked by the name of another
site. From its source: the words of that error are French in the French package.

The address with `rest_route` works whatever the site's permanent links are, is kept by no cache of
pages, and reads the settings from the database at each request. A theme or a plug-in may hide the
interface, the version, or both; then the sign-in page is the proof. Who asks for JSON is given
the words of a maintenance in JSON: a page is asked for.
"""

from __future__ import annotations

import re
import secrets

from monitoring.profiles.own_address import require_own_address
from monitoring.profiles.recipe import (
    Ask,
    Check,
    Context,
    Profile,
    Source,
    UnlikeError,
    Verdict,
    is_html,
    json_object,
    judge_status,
    text_of,
    version_of,
)
from monitoring.target import Part, State
from outbound import Answer

_DATABASE = re.compile(r"(?i)database (connection|error)|base de donn")
_GENERATOR = re.compile(r"""<meta\b[^<>]*\bcontent=(['"])WordPress ([\w.+-]{1,60})\1""")
_LONGEST_LOOK = 64 * 1024
"""Bytes of a page that are searched: its head."""


def _judge(answer: Answer, context: Context) -> Verdict | None:
    """What must be told before the body is read as the page that was asked for."""
    if answer.status == 500:
        found = _DATABASE.search(text_of(answer)[:_LONGEST_LOOK])
        raise UnlikeError("database" if found else "http-500")
    if answer.url.partition("?")[0].endswith("/wp-admin/install.php"):
        raise UnlikeError("not-installed")
    return judge_status(answer, context.now)


def _read_index(answer: Answer, context: Context) -> Verdict:
    judged = _judge(answer, context)
    if judged is not None:
        return judged
    index = json_object(answer, "name", "namespaces")
    require_own_address(answer, index.get("home"))
    return Verdict(state=State.UP)


def _read_sign_in(answer: Answer, context: Context) -> Verdict:
    judged = _judge(answer, context)
    if judged is not None:
        return judged
    if not re.search(r"""\bid=['"]loginform['"]""", text_of(answer)):
        raise UnlikeError("wrong-software")
    return Verdict(state=State.UP)


def _first_page(_context: Context) -> str:
    return f"/?sonde={secrets.token_hex(10)}"


def _read_first_page(answer: Answer, context: Context) -> Verdict:
    judged = _judge(answer, context)
    if judged is not None:
        return judged
    if not is_html(answer):
        raise UnlikeError("wrong-software")
    found = _GENERATOR.search(text_of(answer)[:_LONGEST_LOOK])
    return Verdict(state=State.UP, version=version_of(found[2]) if found else None)


PROFILE = Profile(
    name="wordpress",
    covers=("WordPress",),
    version="the page's `generator`, where it is left",
    verified=Source.SERVER,
    checks=(
        Check(
            proves="The site says what it is, from the settings in its database.",
            part=Part.HEALTHY,
            up="JSON with `namespaces`, or the form to sign in",
            tells={
                "database": State.DOWN,
                "not-installed": State.DOWN,
                "wrong-host": State.DOWN,
            },
            asks=(
                Ask(
                    place="/?rest_route=/&_fields=name,home,namespaces",
                    read=_read_index,
                    own_codes=True,
                ),
                Ask(place="/wp-login.php", read=_read_sign_in, own_codes=True),
            ),
        ),
        Check(
            proves="The first page that people meet is given.",
            part=Part.WORKS,
            up="2xx, a page",
            tells={"database": State.DOWN},
            asks=(
                Ask(
                    place=_first_page,
                    shown="/?sonde=<20 random digits>",
                    read=_read_first_page,
                    own_codes=True,
                    max_bytes=2 * 1024 * 1024,
                ),
            ),
            rest=300,
            essential=False,
        ),
    ),
)
