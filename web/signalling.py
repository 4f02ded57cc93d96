"""What people say does not work for them: counted, never a verdict, and nothing kept of who."""

from __future__ import annotations

from flask import Response, abort, make_response, render_template, request

from instances.page import Tile
from web import current, readers, tenancy
from web.absence import absent_page
from web.headers import no_store
from web.site import utc_now
from web.status import at
from web.status_view import ENOUGH_TO_TELL, signalled_of

_FORBIDDEN = 403


@at("", methods=("POST",))
def signal(academie: str) -> Response:
    """Count that a service does not work for somebody; the database is not waited for."""
    if not readers.is_from_our_own_page(request):
        abort(_FORBIDDEN)
    page = current.page_of(academie)
    service_id = request.form.get("service", "")
    absent = absent_page(page, service_id, endpoint="opening.trouble")
    if absent is not None:
        return no_store(absent)
    tile = current.tile_of(page, service_id)
    noted = _count(academie, tile)
    now = utc_now()
    said = signalled_of(current.snapshot(), academie, service_id, now=now)
    body = render_template(
        "status/noted.html",
        page=page,
        tile=tile,
        noted=noted,
        said=said if said is not None and said.n >= ENOUGH_TO_TELL else None,
        now=now,
    )
    return no_store(make_response(body))


def _count(academie: str, tile: Tile) -> bool:
    """Return False when that place has said so already, or too many say so at this moment."""
    site, now = current.site(), utc_now()
    if not readers.is_a_person_clicking(request):
        return False
    address = tenancy.client_address(request.environ, site.settings.trusted_proxies)
    if not site.signal_throttle.lets(address, (academie, tile.service.id), now=now):
        return False
    site.signals.add(academie, tile.service.id, now=now)
    return True
