"""Profile `keycloak`: a realm describes itself under its own address, and gives its keys.

From its documentation, and its source for what a realm says (OIDCWellKnownProvider.java): its
health addresses stand on a port of their own, which is not ours to reach. The address to watch is a
realm's (https://…/realms/<name>); without one, `master` is asked. The `issuer` must be the very
address that was asked: services refuse a sign-in whose issuer is another one, so a realm behind the
wrong name is down, `wrong-host`. The keys come with it, or no signature can be checked. Old servers
stand below /auth. It knows no maintenance mode, and gives no version to strangers.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from monitoring.profiles.recipe import (
    Ask,
    Check,
    Context,
    Place,
    Profile,
    Source,
    UnlikeError,
    Verdict,
    json_headers,
    json_object,
)
from monitoring.target import Part, State
from outbound import Answer

_TAIL = "/.well-known/openid-configuration"


def _described_below(prefix: str) -> Place:
    def place(context: Context) -> str:
        has_realm = "/realms/" in urlsplit(context.target.url).path
        return _TAIL if has_realm else f"{prefix}/realms/master{_TAIL}"

    return place


def _read_realm(answer: Answer, context: Context) -> Verdict:
    realm = json_object(answer, "issuer", "authorization_endpoint")
    issuer = answer.url.partition("?")[0].removesuffix(_TAIL)
    if realm["issuer"] not in (issuer, f"{issuer}/"):
        raise UnlikeError("wrong-host")
    context.facts["keys"] = f"{issuer}/protocol/openid-connect/certs"
    return Verdict(state=State.UP)


def _keys(context: Context) -> str:
    return context.facts["keys"]


def _read_keys(answer: Answer, _context: Context) -> Verdict:
    keys = json_object(answer, "keys")["keys"]
    if not isinstance(keys, list) or not keys:
        raise UnlikeError("wrong-software")
    return Verdict(state=State.UP)


PROFILE = Profile(
    name="keycloak",
    covers=("Keycloak",),
    version="",
    verified=Source.CODE,
    checks=(
        Check(
            proves="The realm describes itself under its own address.",
            part=Part.HEALTHY,
            up="JSON whose `issuer` is the address that was asked",
            tells={"wrong-host": State.DOWN},
            asks=tuple(
                Ask(
                    place=_described_below(prefix),
                    shown=f"{prefix}/realms/<name>{_TAIL}",
                    read=_read_realm,
                    headers=json_headers(),
                )
                for prefix in ("", "/auth")
            ),
        ),
        Check(
            proves="The keys that sign-ins are checked with are given.",
            part=Part.WORKS,
            up="JSON with `keys`, at least one",
            asks=(
                Ask(
                    place=_keys,
                    shown="/realms/<name>/protocol/openid-connect/certs",
                    read=_read_keys,
                    headers=json_headers(),
                ),
            ),
            rest=600,
            essential=False,
        ),
    ),
)
