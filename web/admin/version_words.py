"""Words for the version that an académie's own server runs, and until when it gets corrections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from urllib.parse import urlsplit

from instances.version_support import VersionSeen
from monitoring.end_of_life import Standing
from web import dates
from web.translation import gettext as _


def say(seen: VersionSeen) -> str:
    """Word it in one line: « Version 29.0.6, sans correctifs depuis le 30 avril 2025 »."""
    support, version = seen.support, seen.version
    if support is None or support.standing is Standing.UNKNOWN:
        return _("Version %(version)s", version=version)
    if support.ended is not None:
        day = dates.full_day(support.ended)
        return _("Version %(version)s, sans correctifs depuis le %(day)s", version=version, day=day)
    if support.standing is Standing.ENDED:
        return _("Version %(version)s, sans correctifs", version=version)
    if support.until is None:
        return _("Version %(version)s, encore corrigée", version=version)
    day = dates.full_day(support.until)
    return _("Version %(version)s, corrigée jusqu'au %(day)s", version=version, day=day)


def source(seen: VersionSeen) -> str:
    """Word where that is known from, and since when; empty where nothing is known."""
    support = seen.support
    if support is None or support.standing is Standing.UNKNOWN:
        return ""
    day, host = dates.full_day(support.as_of), urlsplit(support.source).hostname or ""
    if support.newest is None:
        return _("D'après %(host)s, au %(day)s.", host=host, day=day)
    return _(
        "D'après %(host)s, au %(day)s ; la plus récente de cette série était la %(newest)s.",
        host=host,
        day=day,
        newest=support.newest,
    )


def due(
    versions: Mapping[str, Iterable[VersionSeen]], service_id: str, *, day: date
) -> tuple[str, ...]:
    """Word what a team should know without opening the service; a version is said once."""
    words = (say(seen) for seen in versions.get(service_id, ()) if seen.is_due(day))
    return tuple(dict.fromkeys(words))
