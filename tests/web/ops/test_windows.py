"""Omar sees every announced maintenance, and may end or call off any."""

from __future__ import annotations

from datetime import UTC, datetime

from tests import cast
from tests.portal import Portal
from tests.web import forms
from tests.web.operator.windows import DAY, HOUR, begun, declare, stored, told

LIST = "/ops/maintenances"


def test_everybodys_are_listed_with_their_owners(portal: Portal) -> None:
    begun(portal, title="De la DNE")
    begun(portal, title="De Lyon", owner="academie/lyon", value="lyon:pronote")
    begun(portal, title="De qui ?", owner="operator/parti", scope="operator", value="parti")
    omar = portal.signed_in(cast.OMAR)
    seen = omar.get(LIST)
    for title in ("De la DNE", "De Lyon", "De qui ?"):
        assert title in told(seen)
    assert "En cours (3)" in told(seen)
    assert 'href="/operateur/dne/maintenances"' in seen.text
    assert 'href="/lyon/etat"' in seen.text


def test_omar_ends_and_calls_off_what_is_not_his(portal: Portal) -> None:
    omar = portal.signed_in(cast.OMAR)
    numbers = [begun(portal), declare(portal, owner="academie/lyon", value="lyon:pronote")]
    for number, deed in zip(numbers, ("terminer", "annuler"), strict=True):
        page = f"{LIST}?liste={'en-cours' if deed == 'terminer' else 'a-venir'}"
        sent = forms.send(omar, page, f"{LIST}/{number}/{deed}", version="1")
        assert sent.status_code == 303
    assert all(row.ended_at for row in stored(portal))
    assert forms.send(omar, "/mon-compte", f"{LIST}/99/annuler", version="1").status_code == 404


def test_what_changed_since_the_list_was_shown_is_looked_at_again(portal: Portal) -> None:
    omar = portal.signed_in(cast.OMAR)
    number = begun(portal, version=2)
    forms.send(omar, LIST, f"{LIST}/{number}/terminer", version="1")
    assert stored(portal)[0].ended_at is None
    assert "relisez d'abord" in told(omar.get(LIST))


def test_nora_looks_on(portal: Portal) -> None:
    number = begun(portal)
    nora = portal.signed_in(cast.NORA)
    seen = nora.get(LIST)
    assert "Mise à jour" in seen.text
    assert "terminer" not in seen.text
    sent = forms.send(nora, "/mon-compte", f"{LIST}/{number}/terminer", version="1")
    assert sent.status_code == 403


def test_what_is_over_comes_page_by_page(portal: Portal) -> None:
    now = datetime.now(UTC)
    for n in range(53):
        ends_at = now - (n + 1) * DAY
        declare(portal, title=f"Passée {n:02d}.", starts_at=ends_at - HOUR, ends_at=ends_at)
    omar = portal.signed_in(cast.OMAR)
    first, second = (told(omar.get(f"{LIST}?liste=passees&page={n}")) for n in (1, 2))
    assert "Passées ou annulées (53)" in first
    assert "Passée 00." in first
    assert "Passée 49." in first
    assert "Passée 50." not in first
    assert "Passée 52." in second
    assert "Page 2 sur 2" in second
    for odd in ("0", "9", "-1", "abc", "9" * 30):
        assert omar.get(f"{LIST}?liste=passees&page={odd}").status_code == 200
