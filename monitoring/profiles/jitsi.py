# ruff: noqa: PLR2004 - the statuses of HTTP are names of their own
"""Profile `jitsi`: the page's configuration, and a session opened with the chat server behind it.

nginx goes on serving the page and config.js while Prosody is dead, and a GET of /http-bind is 200
whatever the host: only a session that is really opened (BOSH, XEP-0124 and XEP-0206) proves that
people can meet. It is closed at once. Verified against a real Prosody 0.12.3 with its module bosh:
healthy, stopped behind a front that still serves config.js, and asked for a host it does not serve
(`improper-addressing`; `host-unknown` is for a host without the module). Whether a bridge has room
for the pictures cannot be seen from outside; nor can the version.
"""

from __future__ import annotations

import re
import secrets
from urllib.parse import urljoin, urlsplit
from xml.sax.saxutils import quoteattr

from monitoring.profiles.recipe import (
    Ask,
    Check,
    Context,
    Profile,
    Source,
    UnlikeError,
    Verdict,
    is_html,
    text_of,
)
from monitoring.target import Part, State
from outbound import Answer

# Both forms are in use: one object, or one assignment after the other.
_DOMAIN = re.compile(
    r"""(?:\bhosts['"]?\s*[:=]\s*\{[^{}]*?\bdomain['"]?\s*:|\bhosts\.domain\s*=)\s*"""
    r"""(['"`])([\w.-]{1,253})\1\s*[,;}\r\n]"""
)
_BOSH = re.compile(r"""\bbosh['"]?\s*[:=]\s*(['"`])([^'"`$\s]{1,300})\1""")
_COMMENT_LINE = re.compile(r"(?m)^[^\S\n]*//.*$")
_SESSION = re.compile(r"""<body\b[^<>]*\bsid=(['"])([^'"]{1,200})\1""")
_CONDITION = re.compile(r"""<body\b[^<>]*\bcondition=(['"])([a-z-]{1,40})\1""")
_WRONG_HOST = frozenset({"host-unknown", "host-gone", "improper-addressing"})
_HEADERS = {"Content-Type": "text/xml; charset=utf-8", "Accept": "text/xml"}


def _read_config(answer: Answer, context: Context) -> Verdict:
    text = text_of(answer)
    if is_html(answer) or not re.search(r"\bhosts\b", text):
        raise UnlikeError("wrong-software")
    code = _COMMENT_LINE.sub("", text)
    domain, bosh = _DOMAIN.search(code), _BOSH.search(code)
    here = urlsplit(answer.url)
    declared = urljoin(answer.url, bosh[2]) if bosh else ""
    context.facts["domain"] = domain[2] if domain else here.hostname or ""
    # Only the declared path: the address of another host is not what was given to us to watch.
    same_host = urlsplit(declared).hostname == here.hostname
    context.facts["bosh"] = declared if same_host else urljoin(answer.url, "http-bind")
    context.facts["websocket_only"] = "yes" if bosh is None and "websocket" in code else ""
    context.facts["rid"] = str(secrets.randbelow(2**31) + 2**20)
    return Verdict(state=State.UP)


def _place(context: Context) -> str:
    return context.facts["bosh"]


def _open(context: Context) -> bytes:
    return (
        f"<body rid='{context.facts['rid']}' to={quoteattr(context.facts['domain'])} ver='1.6'"
        " hold='1' wait='5' xml:lang='en' xmpp:version='1.0'"
        " xmlns='http://jabber.org/protocol/httpbind' xmlns:xmpp='urn:xmpp:xbosh'/>"
    ).encode()


def _close(context: Context) -> bytes:
    rid = int(context.facts["rid"]) + 1
    return (
        f"<body rid='{rid}' sid={quoteattr(context.facts['sid'])} type='terminate'"
        " xmlns='http://jabber.org/protocol/httpbind'/>"
    ).encode()


def _read_session(answer: Answer, context: Context) -> Verdict:
    if answer.status == 404:
        if context.facts["websocket_only"]:
            return Verdict(state=State.UNKNOWN, reason="not-measurable")
        raise UnlikeError("http-404")
    text = text_of(answer)
    if "http://jabber.org/protocol/httpbind" not in text:
        raise UnlikeError("wrong-software")
    condition = _CONDITION.search(text)
    if condition is not None:
        raise UnlikeError("wrong-host" if condition[2] in _WRONG_HOST else "session-refused")
    session = _SESSION.search(text)
    if session is None:
        raise UnlikeError("session-refused")
    context.facts["sid"] = session[2]
    return Verdict(state=State.UP)


def _read_nothing(_answer: Answer, _context: Context) -> Verdict:
    return Verdict(state=State.UP)


PROFILE = Profile(
    name="jitsi",
    covers=("Jitsi Meet",),
    version="",
    verified=Source.SERVER,
    checks=(
        Check(
            proves="The page's configuration names its hosts.",
            part=Part.HEALTHY,
            up="JavaScript that names `hosts`",
            asks=(Ask(place="/config.js", read=_read_config),),
        ),
        Check(
            proves="The chat server opens a session for the meeting's host.",
            part=Part.WORKS,
            up="a session is given",
            tells={"wrong-host": State.DOWN, "session-refused": State.DOWN},
            asks=(
                Ask(
                    place=_place,
                    shown="/http-bind, or where config.js says on the same host",
                    read=_read_session,
                    method="POST",
                    headers=_HEADERS,
                    body=_open,
                    codes=frozenset({404}),
                ),
            ),
        ),
        Check(
            proves="The session is given back.",
            part=Part.WORKS,
            up="(does not count)",
            asks=(
                Ask(
                    place=_place,
                    shown="the same",
                    read=_read_nothing,
                    method="POST",
                    headers=_HEADERS,
                    body=_close,
                    own_codes=True,
                ),
            ),
            courtesy=True,
        ),
    ),
)
