"""The national desk: the picture of the whole country, by service, by académie, as a sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from flask import Blueprint, Response, make_response, request
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from instances.country import Country, Deed, Stand, Unsaid, Wanted, picture
from instances.models import HideReason
from web import current, links
from web.admin import national_words as words
from web.admin.journal_sheet import harmless
from web.admin.national_desk import NationalDesk, national_desk, page
from web.guards import needs
from web.site import utc_now
from web.translation import gettext as _

blueprint = Blueprint("national_desk", __name__, url_prefix="/national/gestion")

_DEED, _REASON = "ecart", "raison"
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


@blueprint.get("/")
@needs(Action.SEE_COUNTRY)
def index() -> ResponseReturnValue:
    at, wanted = national_desk(), _wanted()
    country, everything = _picture(at, wanted), _picture(at, Wanted())
    return page(
        "admin/national.html",
        at,
        country=country,
        cells=country.cells,
        wanted=wanted,
        reasons=[
            (item or Unsaid.UNSAID, words.reason(item), n) for item, n in everything.by_reason()
        ],
        deeds=[(item, words.deed_filter(item), _count(everything, item)) for item in Deed],
        total=len(everything.stands),
        words=words,
        query={_DEED: wanted.deed, _REASON: wanted.reason},
    )


@blueprint.get("/services/<service_id>")
@needs(Action.SEE_COUNTRY)
def service(service_id: str) -> ResponseReturnValue:
    at = national_desk()
    country = _picture(at, Wanted())
    found = next((item for item in country.services if item.id == service_id), None)
    if found is None:
        current.not_found()
    names = {card.slug: card.title.fr for card in country.cards}
    lines = [(names[item.academie], item) for item in country.of_service(service_id)]
    return page(
        "admin/national_service.html",
        at,
        service=found,
        lines=lines,
        country=country,
        words=words,
    )


@blueprint.get("/academies/<slug>")
@needs(Action.SEE_COUNTRY)
def academie(slug: str) -> ResponseReturnValue:
    at = national_desk()
    found = at.snapshot.directory.by_slug(slug)
    if found is None:
        current.not_found()
    country = _picture(at, Wanted())
    titles = {item.id: item.title for item in country.services}
    lines = [(titles[item.service_id], item) for item in country.of_academie(slug)]
    return page(
        "admin/national_academie.html",
        at,
        about=found,
        lines=lines,
        country=country,
        own=[item.title for item in at.snapshot.local.get(slug, ())],
        desk_address=links.url("desk_start.start", academie=slug),
        words=words,
    )


@blueprint.get("/choix.csv")
@needs(Action.SEE_COUNTRY)
def sheet() -> Response:
    country = _picture(national_desk(), _wanted())
    response = make_response("".join(_sheet(country)))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="choix-des-academies.csv"'
    return response


def _picture(at: NationalDesk, wanted: Wanted) -> Country:
    with current.site().sessions() as session:
        return picture(session, at.snapshot, now=utc_now(), wanted=wanted)


def _wanted() -> Wanted:
    deed, reason = request.args.get(_DEED, ""), request.args.get(_REASON, "")
    return Wanted(
        deed=Deed(deed) if deed in set(Deed) else None,
        reason=_reason(reason),
    )


def _reason(wanted: str) -> HideReason | Unsaid | None:
    if wanted == Unsaid.UNSAID:
        return Unsaid.UNSAID
    return HideReason(wanted) if wanted in set(HideReason) else None


def _count(country: Country, deed: Deed) -> int:
    return sum(deed in item.deeds for item in country.stands)


def _sheet(country: Country) -> Iterator[str]:
    """Yield a heading, then one row for each académie and service; semicolons, in UTF-8."""
    heading = (_("Académie"), _("Service"), _("Écart"), _("Raison"), _("Précision"),
               _("À la place"), _("À revoir le"), _("Jusqu'au"))  # fmt: skip
    names = {card.slug: card.title.fr for card in country.cards}
    titles = {item.id: item.title for item in country.services}
    yield _BOM + _row(heading)
    for item in country.stands:
        yield _row((names[item.academie], titles[item.service_id], *_values(item, country)))


def _values(item: Stand, country: Country) -> tuple[str, ...]:
    return (
        words.deeds(item),
        words.reason(item.reason) if Deed.HIDDEN in item.deeds else "",
        item.precision or "",
        words.instead(item, country),
        item.review_on.isoformat() if item.review_on else "",
        item.until.isoformat() if item.until else "",
    )


def _row(values: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";").writerow(map(harmless, values))
    return line.getvalue()
