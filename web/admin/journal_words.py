"""What the journal tells, in words: events, and whom or what they are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from accounts.permissions import account_of
from instances.schema import AcademyCard
from instances.snapshot import Snapshot
from web.admin import choice_words
from web.admin.actors import say_actor
from web.translation import gettext as _


@dataclass(frozen=True, kw_only=True)
class Glossary:
    """Names that the journal does not keep: it has ids, which say nothing to people."""

    card: AcademyCard
    titles: Mapping[str, str]
    """Of services, by id."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Of accounts, by actor."""
    categories: Mapping[str, str] = field(default_factory=dict)


def glossary(snapshot: Snapshot, card: AcademyCard, names: Mapping[str, str]) -> Glossary:
    gone = {service.id: service.title for service in snapshot.retired.get(card.slug, ())}
    here = {service.id: service.title for service in snapshot.services_of(card.slug)}
    categories = {item.id: item.title.fr for item in snapshot.catalogue.categories}
    return Glossary(card=card, titles=gone | here, names=names, categories=categories)


def event(code: str) -> str:
    """Word what happened; a code without words of its own is still readable."""
    words = events().get(code)
    if words is not None:
        return words
    kind, _dot, rest = code.partition(".")
    deed = rest.replace("-", " ").replace(".", " ")
    return f"{kinds().get(kind, kind)} ({deed})" if deed else kinds().get(kind, kind)


def kinds() -> dict[str, str]:
    """Name the first words of codes, in the order of the filter."""
    return {
        "service": _("Services"),
        "services": _("Ordre des services"),
        "local-service": _("Nos services à nous"),
        "announcement": _("Annonces"),
        "window": _("Maintenances"),
        "incident": _("Incidents"),
        "alert": _("Alertes"),
        "text": _("Notre académie"),
        "logo": _("Logo"),
        "right": _("Rôles"),
        "invitation": _("Invitations"),
        "preview": _("Liens d'aperçu"),
        "news": _("Nouveautés nationales"),
        "account": _("Comptes"),
        "catalogue": _("Liste nationale"),
        "academies": _("Fiches des académies"),
    }


def events() -> dict[str, str]:
    return {
        **_of_services(),
        **_of_local_services(),
        **_of_texts_and_announcements(),
        **_of_what_is_watched(),
        **_of_people(),
        **_of_the_rest(),
    }


def _of_services() -> dict[str, str]:
    return {
        "service.hidden": _("Service masqué"),
        "service.shown": _("Service affiché"),
        "service.as-the-nation": _("Affichage national repris"),
        "service.re-addressed": _("Adresse changée"),
        "service.reworded": _("Texte changé"),
        "service.undone": _("Décision annulée"),
        "service.imported": _("Réglages du service importés"),
        "service.copied": _("Réglages du service copiés d'une autre académie"),
        "services.reordered": _("Ordre changé"),
    }


def _of_local_services() -> dict[str, str]:
    return {
        "local-service.drafted": _("Brouillon de service enregistré"),
        "local-service.draft-dropped": _("Brouillon de service abandonné"),
        "local-service.published": _("Service de l'académie publié"),
        "local-service.retired": _("Service de l'académie retiré"),
        "local-service.put-back": _("Service de l'académie remis en place"),
        "local-service.deleted": _("Service de l'académie supprimé"),
        "local-service.imported": _("Service de l'académie importé"),
        "local-service.copied": _("Service copié d'une autre académie"),
    }


def _of_texts_and_announcements() -> dict[str, str]:
    return {
        "announcement.published": _("Annonce publiée"),
        "announcement.changed": _("Annonce modifiée"),
        "announcement.withdrawn": _("Annonce retirée"),
        "announcement.restored": _("Annonce remise"),
        "announcement.imported": _("Annonce importée"),
        "announcement.copied": _("Annonce copiée d'une autre académie"),
        "text.changed": _("Texte de l'académie changé"),
        "text.as-the-card": _("Texte d'origine repris"),
        "text.imported": _("Texte de l'académie importé"),
        "text.copied": _("Texte copié d'une autre académie"),
        "logo.changed": _("Logo changé"),
        "logo.removed": _("Logo retiré"),
    }


def _of_what_is_watched() -> dict[str, str]:
    return {
        "window.declared": _("Maintenance annoncée"),
        "window.changed": _("Maintenance modifiée"),
        "window.called-off": _("Maintenance annulée"),
        "window.ended": _("Maintenance terminée avant l'heure"),
        "incident.said": _("Message sur un incident"),
        "incident.merged": _("Incidents réunis"),
        "incident.taken": _("Incident pris en charge"),
        "incident.let-go": _("Incident laissé à d'autres"),
        "alert.tested": _("Alerte d'essai envoyée"),
        "alert.dropped": _("Alerte abandonnée"),
    }


def _of_people() -> dict[str, str]:
    return {
        "right.granted": _("Rôle donné"),
        "right.revoked": _("Rôle retiré"),
        "right.changed": _("Rôle changé"),
        "invitation.made": _("Invitation envoyée"),
        "invitation.accepted": _("Invitation acceptée"),
        "invitation.withdrawn": _("Invitation retirée"),
        "account.created": _("Compte créé"),
        "account.renamed": _("Nom ou adresse du compte changés"),
        "account.password-changed": _("Mot de passe changé"),
        "account.disabled": _("Compte suspendu"),
        "account.enabled": _("Compte rétabli"),
        "account.reset": _("Compte remis à zéro"),
        "account.deleted": _("Compte supprimé"),
        "account.linked": _("Compte relié à un fournisseur d'identité"),
        "account.link-made": _("Lien d'accès créé"),
        "account.farewell": _("Suppression annoncée, faute d'usage"),
    }


def _of_the_rest() -> dict[str, str]:
    return {
        "news.acknowledged": _("Nouveautés nationales lues"),
        "preview.made": _("Lien d'aperçu créé"),
        "preview.revoked": _("Lien d'aperçu retiré"),
        "catalogue.published": _("Liste nationale publiée"),
        "academies.published": _("Fiches des académies publiées"),
    }


def subject(code: str, words: Glossary) -> str:
    """Word what a line is about; empty where the event says it all."""
    if code in words.titles:
        return words.titles[code]
    if account_of(code) is not None:
        return say_actor(code, words.names)
    if code in ("services", "logo", "catalogue", words.card.slug):
        return ""
    kind, slash, rest = code.partition("/")
    if slash:
        return _numbered(kind, rest)
    # A service that is gone: its id is all that is left.
    return code.removeprefix(f"{words.card.slug}.")


def _numbered(kind: str, rest: str) -> str:
    if kind == "text":
        return choice_words.field_name(rest)
    return {
        "announcement": _("annonce n° %(number)s", number=rest),
        "window": _("maintenance n° %(number)s", number=rest),
        "incident": _("incident n° %(number)s", number=rest),
        "invitation": _("invitation n° %(number)s", number=rest),
    }.get(kind, f"{kind} {rest}")
