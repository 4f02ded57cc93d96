"""One small module per software: where to look, and what is the proof of life."""

from __future__ import annotations

from monitoring.profiles import (
    bigbluebutton,
    codimd,
    collabora,
    cryptpad,
    discourse,
    esup_pod,
    etherpad,
    filesender,
    galene,
    gitlab,
    hedgedoc,
    http,
    jitsi,
    keycloak,
    limesurvey,
    mastodon,
    matrix,
    mattermost,
    mediawiki,
    moodle,
    nextcloud,
    onlyoffice,
    peertube,
    rocketchat,
    statuspage,
    tcp,
    wordpress,
)
from monitoring.profiles.recipe import Profile

PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        http.PROFILE,
        tcp.PROFILE,
        bigbluebutton.PROFILE,
        codimd.PROFILE,
        collabora.PROFILE,
        cryptpad.PROFILE,
        discourse.PROFILE,
        esup_pod.PROFILE,
        etherpad.PROFILE,
        filesender.PROFILE,
        galene.PROFILE,
        gitlab.PROFILE,
        hedgedoc.PROFILE,
        jitsi.PROFILE,
        keycloak.PROFILE,
        limesurvey.PROFILE,
        mastodon.PROFILE,
        matrix.PROFILE,
        mattermost.PROFILE,
        mediawiki.PROFILE,
        moodle.PROFILE,
        nextcloud.PROFILE,
        onlyoffice.PROFILE,
        peertube.PROFILE,
        rocketchat.PROFILE,
        statuspage.PROFILE,
        wordpress.PROFILE,
    )
}
NAMES: frozenset[str] = frozenset(PROFILES)
