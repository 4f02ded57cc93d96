from __future__ import annotations

from monitoring.profiles import PROFILES
from monitoring.target import ProbeResult, State
from tests.portal import Portal
from web.admin import probe_words


def test_every_reason_that_a_profile_may_give_is_said_in_words(portal: Portal) -> None:
    reasons = {
        reason: state
        for profile in PROFILES.values()
        for part in profile.checks
        for reason, state in part.tells.items()
    }
    with portal.app.test_request_context("/"):
        words = {
            reason: probe_words.reason(ProbeResult(state=state, reason=reason))
            for reason, state in reasons.items()
        }
        unknown = probe_words.reason(ProbeResult(state=State.DOWN, reason="no-such-reason"))
    assert "no-such-reason" in unknown
    assert [reason for reason, said in words.items() if reason in said] == []
    assert len(set(words.values())) == len(words)
