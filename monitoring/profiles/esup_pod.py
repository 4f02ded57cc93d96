"""Profile `esup-pod`: its first page with what it says of a maintenance, and its figures.

Seen with Esup-Pod 4.1.0 on PostgreSQL and Redis; the source of its version 3 says the same. In
maintenance public pages stay 200; a red banner with the administrator's words stands on the first
page, and what changes a video leads to /maintenance/. The planned one that is only announced has a
banner of another colour, and is no maintenance yet. Without its database or its Redis, and once
after its database is back, every page is 500. /info_pod.json gives the version and counts all
videos, hence its rest. A portal whose first page asks for a sign-in elsewhere cannot be measured.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from monitoring.profiles.recipe import (
    Ask,
    Check,
    Context,
    Profile,
    Source,
    Verdict,
    json_headers,
    json_object,
    page_of,
    plain_text,
    version_of,
    words_of,
)
from monitoring.target import Part, State
from outbound import Answer

_BANNER = re.compile(r'<div class="p-3 [^"<>]{0,40}bg-danger text-white">([^<]{0,2000})')


def _read_page(answer: Answer, _context: Context) -> Verdict:
    if urlsplit(answer.url).path.endswith("/maintenance/"):
        words = plain_text(answer)
        return Verdict(state=State.MAINTENANCE, reason="maintenance-page", message=words)
    banner = _BANNER.search(page_of(answer, "pod-navbar", "pod-footer", "pod-main", "css/pod.css"))
    if banner is None:
        return Verdict(state=State.UP)
    message = words_of(banner[1])
    return Verdict(state=State.MAINTENANCE, reason="maintenance-flag", message=message)


def _read_info(answer: Answer, _context: Context) -> Verdict:
    info = json_object(answer, "VERSION", "COUNT_VIDEO")
    return Verdict(state=State.UP, version=version_of(info["VERSION"]))


PROFILE = Profile(
    name="esup-pod",
    covers=("Esup-Pod",),
    version="`VERSION` of /info_pod.json",
    verified=Source.SERVER,
    checks=(
        Check(
            proves="The first page is given, and says nothing of a maintenance.",
            part=Part.HEALTHY,
            up="2xx, a page of Pod without its red banner",
            tells=dict.fromkeys(("maintenance-flag", "maintenance-page"), State.MAINTENANCE),
            asks=(Ask(place="/", read=_read_page, max_bytes=2 * 1024 * 1024),),
        ),
        Check(
            proves="The database answers with the number of videos.",
            part=Part.WORKS,
            up="JSON with `COUNT_VIDEO`",
            asks=(Ask(place="/info_pod.json", read=_read_info, headers=json_headers()),),
            rest=600,
            essential=False,
        ),
    ),
)
