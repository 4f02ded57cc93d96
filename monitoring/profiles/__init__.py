"""One small module per software: where to look, and what is the proof of life."""

from __future__ import annotations

from monitoring.profiles import (
    discourse,
    etherpad,
    http,
    jitsi,
    matrix,
    mediawiki,
    nextcloud,
    peertube,
    tcp,
    wordpress,
)
from monitoring.profiles.recipe import Profile

PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        http.PROFILE,
        tcp.PROFILE,
        discourse.PROFILE,
        etherpad.PROFILE,
        jitsi.PROFILE,
        matrix.PROFILE,
        mediawiki.PROFILE,
        nextcloud.PROFILE,
        peertube.PROFILE,
        wordpress.PROFILE,
    )
}
NAMES: frozenset[str] = frozenset(PROFILES)
