"""What can go wrong on the way through an identity provider: codes, and the page that says it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import structlog
from flask import Response, make_response, render_template

from web.translation import gettext as _

log = structlog.get_logger()


class Failure(StrEnum):
    """One for each cause; the log has it, and people can read it to who helps them."""

    PROVIDER_AWAY = "provider-away"
    PROVIDER_BUSY = "provider-busy"
    PROVIDER_ODD = "provider-odd"
    STATE_UNKNOWN = "state-unknown"
    STATE_EXPIRED = "state-expired"
    STATE_REPLAYED = "state-replayed"
    ACCESS_DENIED = "access-denied"
    PROVIDER_REFUSED = "provider-refused"
    CODE_REFUSED = "code-refused"
    CLIENT_REFUSED = "client-refused"
    BAD_TOKEN = "bad-token"  # noqa: S105 - a code
    BAD_SIGNATURE = "bad-signature"
    WRONG_NONCE = "wrong-nonce"
    WRONG_ISSUER = "wrong-issuer"
    WRONG_AUDIENCE = "wrong-audience"
    TOKEN_EXPIRED = "token-expired"  # noqa: S105 - a code
    CLOCK = "clock"
    # What our own accounts say (codes of accounts.errors.AccountError).
    NO_MAIL = "no-mail"
    BAD_MAIL = "bad-email"
    MAIL_TAKEN = "mail-taken"
    DISABLED = "disabled"
    UNKNOWN_ACADEMIE = "unknown-academie"
    NOT_EXPECTED = "not-expected"


class FailureError(Exception):
    """Nobody is let in. `detail` is for the log: never a token, a name or a mail address."""

    def __init__(self, failure: Failure, detail: str = "") -> None:
        self.failure = failure
        self.detail = detail
        super().__init__(f"{failure}: {detail}" if detail else failure.value)


@dataclass(frozen=True, kw_only=True)
class _Words:
    title: str
    text: str
    again: bool = True
    """Whether trying once more may help."""
    status: int = 403


_AWAY = frozenset({Failure.PROVIDER_AWAY, Failure.PROVIDER_BUSY})
_STATES = frozenset({Failure.STATE_UNKNOWN, Failure.STATE_EXPIRED, Failure.STATE_REPLAYED})


def failure_page(error: FailureError, *, provider: str) -> Response:
    """Say what happened and what can be done; `provider` as people call it."""
    log.warning("sign-in-refused", by="oidc", code=error.failure.value, detail=error.detail)
    words = _words(error.failure, provider)
    body = render_template("auth/oidc_trouble.html", words=words, code=error.failure.value)
    return make_response(body, words.status)


def provider_name(name: str) -> str:
    return name or _("votre compte académique")


def _words(failure: Failure, provider: str) -> _Words:
    if failure in _AWAY:
        return _Words(
            title=_("Le service d'identification ne répond pas"),
            text=_(
                "Le service qui vérifie votre identité (%(provider)s) est en panne ou très lent. "
                "Réessayez dans quelques minutes. Les services, eux, s'ouvrent sans compte.",
                provider=provider,
            ),
            status=503,
        )
    if failure in _STATES:
        return _Words(
            title=_("Cette tentative n'est plus valable"),
            text=_(
                "Une tentative sert une seule fois et dure dix minutes. Celle-ci a déjà servi, a "
                "expiré ou vient d'un autre navigateur. Recommencez."
            ),
            status=400,
        )
    return _person_words(failure, provider) or _provider_words(failure, provider)


def _person_words(failure: Failure, provider: str) -> _Words | None:
    """Word what has to do with the person rather than with the machines."""
    if failure is Failure.ACCESS_DENIED:
        return _Words(
            title=_("Vous avez renoncé"),
            text=_(
                "Vous avez annulé, ou le service d'identification (%(provider)s) a refusé : rien "
                "n'a changé.",
                provider=provider,
            ),
        )
    if failure is Failure.DISABLED:
        return _Words(
            title=_("Ce compte est désactivé"),
            text=_("Demandez à l'équipe numérique de votre académie de le réactiver."),
            again=False,
        )
    if failure is Failure.UNKNOWN_ACADEMIE:
        return _Words(
            title=_("Votre académie n'est pas reconnue"),
            text=_(
                "Le service d'identification (%(provider)s) vous rattache à une académie que ce "
                "portail ne connaît pas, ou à aucune. Signalez-le à l'équipe numérique de votre "
                "académie.",
                provider=provider,
            ),
            again=False,
        )
    if failure is Failure.NOT_EXPECTED:
        return _Words(
            title=_("Ce portail n'attend pas votre compte"),
            text=_(
                "Le service d'identification (%(provider)s) vous reconnaît, mais l'accès est "
                "réservé à certains groupes. Demandez une invitation à l'équipe numérique de "
                "votre académie.",
                provider=provider,
            ),
            again=False,
        )
    return _mail_words(failure, provider)


def _mail_words(failure: Failure, provider: str) -> _Words | None:
    if failure in (Failure.NO_MAIL, Failure.BAD_MAIL):
        return _Words(
            title=_("Votre adresse de messagerie n'est pas confirmée"),
            text=_(
                "Le service d'identification (%(provider)s) ne donne pas d'adresse vérifiée pour "
                "vous. Confirmez-la là-bas, ou demandez de l'aide à l'équipe numérique de votre "
                "académie.",
                provider=provider,
            ),
            again=False,
        )
    if failure is Failure.MAIL_TAKEN:
        return _Words(
            title=_("Un autre compte a déjà cette adresse"),
            text=_(
                "Le service d'identification (%(provider)s) a déjà donné votre adresse de "
                "messagerie à quelqu'un d'autre ici. Demandez à l'équipe technique de rattacher "
                "votre compte.",
                provider=provider,
            ),
            again=False,
        )
    return None


def _provider_words(failure: Failure, provider: str) -> _Words:
    if failure is Failure.CODE_REFUSED:
        return _Words(
            title=_("Trop de temps a passé"),
            text=_(
                "Le service d'identification (%(provider)s) n'accepte plus cette tentative : "
                "elle a expiré ou a déjà servi. Recommencez.",
                provider=provider,
            ),
            status=400,
        )
    if failure in (Failure.CLOCK, Failure.TOKEN_EXPIRED):
        return _Words(
            title=_("Deux horloges ne sont pas d'accord"),
            text=_(
                "L'heure du service d'identification (%(provider)s) et celle de ce portail "
                "diffèrent : par prudence, personne n'entre. Réessayez, puis signalez-le avec le "
                "code ci-dessous.",
                provider=provider,
            ),
            status=502,
        )
    return _Words(
        title=_("Votre identité n'a pas pu être vérifiée"),
        text=_(
            "La réponse du service d'identification (%(provider)s) n'est pas celle qui était "
            "attendue : par prudence, personne n'entre. Réessayez, puis signalez-le avec le code "
            "ci-dessous.",
            provider=provider,
        ),
        status=502,
    )
