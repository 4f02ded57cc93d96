"""What one look at a server saw, in words that help."""

from __future__ import annotations

from monitoring.target import ProbeResult, State
from web import state_words
from web.admin.probe_now import NotLooked, Seen
from web.translation import gettext as _

_SLOW = 1000
"""Milliseconds from which a time is said in seconds."""


def state_of(seen: Seen) -> str:
    """Return the state by which a look is drawn."""
    return (seen.result.state if seen.result else State.UNKNOWN).value


def headline(seen: Seen) -> str:
    """Say in one sentence what came of it."""
    if seen.result is None:
        return _not_looked(seen.refusal or NotLooked.NOTHING_TO_CHECK)
    if seen.result.state is State.UNKNOWN:
        return _("Nous n'avons pas pu vérifier.")
    return {
        State.UP: _("Ça marche : le service répond comme il faut."),
        State.DEGRADED: _("Le service répond, mais perturbé."),
        State.DOWN: _("Le service ne répond pas comme il faut."),
        State.MAINTENANCE: _("Le service dit qu'il est en maintenance."),
    }[seen.result.state]


def facts(seen: Seen) -> tuple[str, ...]:
    """List what was seen: why, how fast, which version, what the software says."""
    result = seen.result
    if result is None:
        return ()
    found = [] if result.reason == "ok" else [reason(result)]
    if result.latency_ms is not None:
        found.append(_latency(result.latency_ms))
    if result.version:
        found.append(_("Version annoncée : %(version)s.", version=result.version))
    if result.message:
        found.append(_("Le service dit : « %(words)s »", words=result.message))
    if result.steps:
        found.append(_("Regardé : %(url)s", url=result.steps[-1].url))
    return tuple(found)


def status_line(seen: Seen) -> str:
    """Name the state, as the page would."""
    return state_words.state_name(State(state_of(seen)))


def reason(result: ProbeResult) -> str:
    """Say why, and what to do about it where something can be done."""
    if result.reason.startswith("http-"):
        return _("La page répond par l'erreur %(code)s.", code=result.reason[5:])
    words = {**_of_the_network(), **_of_the_guard(), **_of_the_answer(), **_of_the_software()}
    return words.get(result.reason, _("Raison : %(code)s.", code=result.reason))


def _not_looked(refusal: NotLooked) -> str:
    return {
        NotLooked.NOTHING_TO_CHECK: _("Choisissez d'abord une vérification."),
        NotLooked.TOO_OFTEN: _("Beaucoup d'essais en peu de temps : attendez une minute."),
        NotLooked.BUSY: _("D'autres essais sont en cours : recommencez dans un instant."),
    }[refusal]


def _latency(milliseconds: int) -> str:
    if milliseconds < _SLOW:
        return _("Réponse en %(time)s millisecondes.", time=milliseconds)
    seconds = f"{milliseconds / 1000:.1f}".replace(".", ",")
    return _("Réponse en %(time)s secondes.", time=seconds)


def _of_the_network() -> dict[str, str]:
    return {
        "name-not-found": _("Ce nom n'existe pas sur internet. Vérifiez l'adresse."),
        "name-temporary": _("Le nom n'a pas pu être cherché. Réessayez dans un instant."),
        "connection-refused": _("Le serveur refuse la connexion : rien n'écoute à cette adresse."),
        "connection-reset": _("Le serveur a coupé la connexion."),
        "host-unreachable": _("Aucun chemin ne mène à ce serveur."),
        "network-unreachable": _("Notre réseau ne mène pas à ce serveur."),
        "timeout": _("Pas de réponse à temps."),
        "slow": _("La réponse est venue, mais lentement."),
        "tls-expired": _("Le certificat de sécurité n'est plus (ou pas encore) valable."),
        "tls-wrong-host": _("Le certificat de sécurité est celui d'un autre site."),
        "tls-self-signed": _("Le certificat de sécurité n'est signé par personne de connu."),
        "tls-untrusted": _("Le certificat de sécurité n'est pas reconnu."),
        "tls-failed": _("La connexion sécurisée a échoué."),
    }


def _of_the_guard() -> dict[str, str]:
    return {
        "refused-address": _(
            "Cette adresse est celle d'un réseau privé : La Trousse n'y va pas. L'équipe "
            "technique peut autoriser ce réseau. Le service peut être publié quand même."
        ),
        "refused-scheme": _("L'adresse doit commencer par https:// ou http://."),
        "refused-port": _("Ce port n'est pas de ceux que La Trousse vérifie."),
        "refused-credentials": _("Pas d'identifiant ni de mot de passe dans l'adresse."),
        "local-fault": _("Un souci de notre côté a empêché la vérification."),
        "probe-error": _("Un souci de notre côté a empêché la vérification."),
        "unknown-profile": _("Choisissez une vérification de la liste."),
    }


def _of_the_answer() -> dict[str, str]:
    return {
        "redirected-elsewhere": _(
            "Le serveur renvoie ailleurs, sans doute vers une page de connexion. Si c'est "
            "normal, écrivez 200, 302 dans « Réponses normales »."
        ),
        "not-measurable": _(
            "Le serveur demande un mot de passe. Si c'est normal, écrivez 401, 403 dans "
            "« Réponses normales »."
        ),
        "asked-too-often": _("Le serveur demande qu'on l'interroge moins souvent."),
        "retry-after": _("Le serveur annonce qu'il revient bientôt."),
        "too-many-redirects": _("Le serveur renvoie d'adresse en adresse, sans fin."),
        "too-large": _(
            "La page est trop longue pour être lue en entier, et ce qui est attendu n'est pas dans "
            "son début : donnez un autre chemin."
        ),
        "bad-answer": _("La réponse n'est pas celle d'un site web."),
        "text-missing": _("Le texte attendu n'est pas sur la page."),
        "json-missing": _("La valeur attendue n'est pas dans la réponse."),
        "json-mismatch": _("La valeur trouvée n'est pas celle qui était attendue."),
        "bad-json": _("La réponse n'est pas dans la forme attendue."),
    }


def _of_the_software() -> dict[str, str]:
    return {
        "wrong-software": _(
            "Ce qui répond n'est pas le logiciel choisi. Prenez la vérification « Page web »."
        ),
        "wrong-host": _("Le logiciel ne se reconnaît pas sous ce nom de serveur."),
        "session-refused": _("La page s'ouvre, mais le logiciel refuse une session."),
        "database": _("La page s'ouvre, mais la base de données du logiciel ne répond pas."),
        "health-fail": _("Le logiciel dit lui-même qu'il va mal."),
        "health-warn": _("Le logiciel dit lui-même qu'il peine."),
        "read-only": _("Le logiciel est en lecture seule."),
        "not-installed": _("Le logiciel n'est pas encore installé."),
        "file-store": _("Le logiciel répond, mais plus l'endroit où il range les fichiers."),
        "live-feed": _("Le logiciel répond, mais les nouveautés n'arrivent plus d'elles-mêmes."),
        "minor-outage": _("La page d'état du service annonce une petite perturbation."),
        "major-outage": _("La page d'état du service annonce une panne d'une partie du service."),
        "critical-outage": _("La page d'état du service annonce une panne."),
        "maintenance-flag": _("Le logiciel est en mode maintenance."),
        "maintenance-page": _("Le logiciel montre sa page de maintenance."),
        "needs-upgrade": _("Le logiciel attend une mise à jour."),
    }
