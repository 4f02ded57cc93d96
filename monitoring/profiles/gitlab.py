# ruff: noqa: PLR2004 - the statuses of HTTP are names of their own
"""Profile `gitlab`: its readiness where it is open to us, and the page that people sign in on.

From its documentation (17.8) and source (app/controllers/health_controller.rb, and
lib/gitlab/health_checks): /-/readiness with `all=1` names each part (database, Redis, Gitaly…) with
its state; without, it speaks of itself alone. It is 503 when a part failed, and 200 when only some
servers of a part did: degraded then, unless the database is among them. A machine that is not on
its list gets 404, so the sign-in page is asked instead, as the documentation advises. /-/health and
/-/liveness are constants. While an administrator replaces the software, the front shows "Deploy in
progress". Its maintenance mode is read-only and told to people who are signed in. No version is
given to strangers.
"""

from __future__ import annotations

from typing import Any

from monitoring.profiles.recipe import (
    Ask,
    Check,
    Context,
    Profile,
    Source,
    UnlikeError,
    Verdict,
    is_html,
    json_headers,
    json_object,
    judge_status,
    maintenance,
    page_of,
    text_of,
)
from monitoring.target import Part, State
from outbound import Answer


def _read_readiness(answer: Answer, context: Context) -> Verdict:
    if answer.status == 503 and is_html(answer):
        return _closed(answer, context)
    readiness = json_object(answer, "status") if answer.status != 503 else json_object(answer)
    failed = {name for name, result in readiness.items() if _failed(result)}
    if "db_check" in failed:
        raise UnlikeError("database")
    if answer.status == 503 or readiness["status"] != "ok":
        raise UnlikeError("health-fail")
    if failed:
        return Verdict(state=State.DEGRADED, reason="health-warn")
    return Verdict(state=State.UP)


def _failed(results: Any) -> bool:
    each = results if isinstance(results, list) else [results]
    return any(isinstance(one, dict) and one.get("status") == "failed" for one in each)


def _read_page(answer: Answer, context: Context) -> Verdict:
    if answer.status in {502, 503}:
        return _closed(answer, context)
    page_of(answer, 'name="csrf-token"')
    return Verdict(state=State.UP)


def _closed(answer: Answer, context: Context) -> Verdict:
    if "Deploy in progress" in text_of(answer):
        return maintenance(answer, context.now, reason="maintenance-page")
    verdict = judge_status(answer, context.now)
    return verdict or Verdict(state=State.DOWN, reason=f"http-{answer.status}")


_PAGE = Ask(
    place="/users/sign_in", read=_read_page, codes=frozenset({502, 503}), max_bytes=1024 * 1024
)
PROFILE = Profile(
    name="gitlab",
    covers=("GitLab", "La Forge"),
    version="",
    verified=Source.CODE,
    checks=(
        Check(
            proves="The software says that it is ready.",
            part=Part.HEALTHY,
            up="status `ok`, none of its checks failed",
            tells={
                "maintenance-page": State.MAINTENANCE,
                "health-warn": State.DEGRADED,
                "health-fail": State.DOWN,
                "database": State.DOWN,
            },
            asks=(
                Ask(
                    place="/-/readiness?all=1",
                    read=_read_readiness,
                    headers=json_headers(),
                    codes=frozenset({503}),
                ),
                _PAGE,
            ),
        ),
        Check(
            proves="The page that people sign in on is given.",
            part=Part.WORKS,
            up="2xx, a page with its token",
            tells={"maintenance-page": State.MAINTENANCE},
            asks=(_PAGE,),
            rest=600,
            essential=False,
        ),
    ),
)
