"""What Lyon decided, of every kind: each column of each table is set somewhere."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from database import Base
from instances.choices import Decision
from instances.models import (
    Announcement,
    HideReason,
    InstanceLogo,
    InstanceText,
    LocalServiceRow,
    ServiceChoice,
)
from instances.texts import TextField

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 20, 8, 58, tzinfo=UTC)


def _png(side: int) -> bytes:
    """Draw a grey square."""

    def chunk(name: bytes, content: bytes) -> bytes:
        size, check = len(content), zlib.crc32(name + content)
        return struct.pack(">I", size) + name + content + struct.pack(">I", check)

    lines = b"".join(b"\0" + b"\x80" * side for _ in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


LOGO = _png(32)
LISE = "account/2"
BY = Decision(academie="lyon", actor=LISE, now=NOW)


SIGNED: dict[str, Any] = {"updated_at": NOW, "updated_by": LISE, "academie": "lyon"}


def every_kind_of_decision() -> Iterator[Base]:
    yield from _choices()
    yield from _local_services()
    yield from _texts()
    yield from _announcements()


def _choices() -> Iterator[Base]:
    yield ServiceChoice(
        **SIGNED,
        service_id="nuage",
        visibility="hidden",
        visibility_after="shown",
        reason=HideReason.EQUIVALENT_TOOL,
        precision="Nextcloud de l'académie : ouvert en 2020.\r\nVoir le DPD.",
        replacement_service="lyon.nuage",
        word="Utilisez « Nuage de Lyon » : il est à vous.",
        review_on=date(2027, 6, 30),
        until=date(2027, 8, 31),
        position=3,
    )
    yield ServiceChoice(
        **SIGNED, service_id="pad", visibility="hidden", replacement_url="https://pad.ac-lyon.fr/"
    )
    yield ServiceChoice(
        **SIGNED,
        service_id="visio",
        visibility="national",
        wording={"task": {"fr": "Se voir", "en": "Meet"}, "description": {"fr": "Un\n\n**deux**"}},
        backends=[{"id": "propre-1", "url": "https://v.fr/", "probe": {"profile": "http"}}],
    )
    yield ServiceChoice(**SIGNED, service_id="gone-since", visibility="shown")


def _local_services() -> Iterator[Base]:
    published = {
        "title": "Nuage de Lyon",
        "task": {"fr": "Ranger à Lyon"},
        "summary": {"fr": "Un nuage."},
        "icon": "nuage",
        "categories": ["ecrire"],
        "users": {"agents": "direct"},
        "sign_in": ["agent"],
        "lifecycle": {"until": "2028-08-31"},
        "backends": [{"id": "a", "url": "https://nuage.ac-lyon.fr/", "weight": 3}],
    }
    local: dict[str, Any] = SIGNED | {"contact": "Guichet, poste 12"}
    yield LocalServiceRow(**local, name="nuage", content=published, published_at=NOW)
    draft = {"title": "yes", "n": 1, "x": 1.5, "ok": True, "none": None, "texte": "a\n 'b'\t: #"}
    yield LocalServiceRow(**local, name="a-venir", draft=draft | {"list": [{"a": []}, "12"]})
    yield LocalServiceRow(**local, name="ancien", content=published, draft={}, retired_at=NOW)


def _texts() -> Iterator[Base]:
    contact = {"kind": "academie", "name": {"fr": "Guichet"}, "phone": "04 72 00 00 00"}
    spotlight = {"title": "La rentrée", "services": ["visio", "pad", "nuage"]}
    spotlight |= {"starts": "2026-08-25", "ends": "2026-09-30"}
    for field, value in {
        TextField.DELEGATION: {"fr": "DRANE de Lyon"},
        TextField.HELP: [contact],
        TextField.WELCOME: {"fr": "Bienvenue\u200b !", "en": "Welcome!"},
        TextField.SPOTLIGHT: spotlight,
    }.items():
        yield InstanceText(**SIGNED, field=field, value=value)
    yield InstanceLogo(**SIGNED, media_type="image/png", content=LOGO, width=32, height=32)


def _announcements() -> Iterator[Base]:
    told: dict[str, Any] = {"academie": "lyon", "created_by": LISE}
    yield Announcement(
        **told,
        level="important",
        text="Panne demain.\n\nPatience.",
        service_id="visio",
        starts_at=NOW + timedelta(days=1, microseconds=7),
        ends_at=NOW + timedelta(days=2),
    )
    yield Announcement(**told, level="information", text="Trop tôt", starts_at=NOW, withdrawn=True)
    yield Announcement(
        **(told | {"academie": None}), level="important", text="À tous", starts_at=NOW
    )
    yield Announcement(
        **(told | {"academie": "rennes"}), level="important", text="À Rennes", starts_at=NOW
    )
