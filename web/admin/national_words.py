"""What académies do otherwise than the nation proposes, in words."""

from __future__ import annotations

from instances.country import Country, Deed, Stand
from instances.models import HideReason
from web import dates
from web.admin import choice_words
from web.translation import gettext as _


def deed(value: Deed) -> str:
    return {
        Deed.HIDDEN: _("Masqué"),
        Deed.SHOWN: _("Affiché"),
        Deed.ADDRESS: _("Adresse"),
        Deed.WORDING: _("Texte"),
    }[value]


def deed_filter(value: Deed) -> str:
    return {
        Deed.HIDDEN: _("Masqués"),
        Deed.SHOWN: _("Proposés et affichés"),
        Deed.ADDRESS: _("Adresse propre"),
        Deed.WORDING: _("Texte propre"),
    }[value]


def reason(value: HideReason | None) -> str:
    return _("Sans raison dite") if value is None else choice_words.reason(value)


def deeds(stand: Stand) -> str:
    return ", ".join(map(deed, stand.deeds))


def why(stand: Stand) -> str:
    """Say why a service is hidden; empty when it is not."""
    if Deed.HIDDEN not in stand.deeds:
        return ""
    words = reason(stand.reason)
    return (
        _("%(words)s : %(more)s", words=words, more=stand.precision) if stand.precision else words
    )


def instead(stand: Stand, country: Country) -> str:
    titles = {service.id: service.title for service in country.services}
    if stand.replacement_service:
        return titles.get(stand.replacement_service, stand.replacement_service)
    return stand.replacement_url or ""


def when(stand: Stand) -> str:
    if stand.until is not None:
        return _("jusqu'au %(day)s", day=dates.full_day(stand.until))
    if stand.review_on is not None:
        return _("à revoir le %(day)s", day=dates.full_day(stand.review_on))
    return ""
