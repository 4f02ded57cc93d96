"""The académie's logo: a small, real, still image in a format that holds no program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from sqlalchemy.orm import Session

import journal
from instances.choices import Decision
from instances.models import InstanceLogo
from instances.versions import check_version

LARGEST = 40 * 1024
"""Bytes."""
SMALLEST_SIDE, LONGEST_SIDE = 16, 2000
"""Pixels; a small file can unfold into a picture that fills a reader's memory."""
SHOWN_HEIGHT = 48
"""Pixels of style sheets, at most."""
_DIGEST = 20

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_JPEG_END = b"\xff\xd9"
_JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of the segments that hold the size."""


class LogoError(Exception):
    """A file that cannot be a logo; `code` says why."""

    def __init__(self, code: str, **values: int) -> None:
        self.code = code
        self.values = values
        super().__init__(f"{code} {values}" if values else code)


@dataclass(frozen=True, kw_only=True)
class Logo:
    media_type: str
    content: bytes
    width: int
    height: int

    @cached_property
    def digest(self) -> str:
        """Name of this very content: its address may be kept for ever."""
        return sha256(self.content).hexdigest()[:_DIGEST]

    @property
    def shown_height(self) -> int:
        return min(self.height, SHOWN_HEIGHT)

    @property
    def shown_width(self) -> int:
        return max(1, round(self.width * self.shown_height / self.height))


def read_logo(content: bytes) -> Logo:
    """Look at the bytes themselves, whatever the file is called; raises LogoError.

    By hand rather than with a library: three headers, no decoder that a stranger's file reaches.
    """
    if not content:
        raise LogoError("empty")
    if len(content) > LARGEST:
        raise LogoError("too-heavy", limit=LARGEST // 1024, found=-(-len(content) // 1024))
    media_type, size = _looked_at(content)
    if size is None:
        raise LogoError("broken")
    width, height = size
    if min(size) < SMALLEST_SIDE or max(size) > LONGEST_SIDE:
        raise LogoError("wrong-size", width=width, height=height)
    return Logo(media_type=media_type, content=content, width=width, height=height)


def set_logo(
    session: Session,
    logo: Logo,
    *,
    by: Decision,
    seen: int | None = None,
    reason: str | None = None,
) -> None:
    """Publish it; raises ChangedMeanwhileError."""
    row = session.get(InstanceLogo, by.academie, with_for_update=True)
    check_version(_versioned(row), seen)
    before = None if row is None else logo_of(row)
    if row is None:
        row = InstanceLogo(academie=by.academie)
        session.add(row)
    row.media_type, row.content = logo.media_type, logo.content
    row.width, row.height = logo.width, logo.height
    row.updated_at, row.updated_by = by.now, by.actor
    _journal(session, before, logo, by=by, reason=reason)


def remove_logo(
    session: Session, *, by: Decision, seen: int | None = None, reason: str | None = None
) -> None:
    """Take it away; raises ChangedMeanwhileError."""
    row = session.get(InstanceLogo, by.academie, with_for_update=True)
    check_version(_versioned(row), seen)
    if row is not None:
        before = logo_of(row)
        session.delete(row)
        _journal(session, before, None, by=by, reason=reason)


def logo_of(row: InstanceLogo) -> Logo:
    return Logo(media_type=row.media_type, content=row.content, width=row.width, height=row.height)


def version_of(logo: Logo | None) -> int:
    """Return what tells one logo from the next, for a form to carry; 0: there is none."""
    return 0 if logo is None else int(logo.digest[:8], 16)


@dataclass
class _Version:
    version: int
    updated_at: datetime
    updated_by: str


def _versioned(row: InstanceLogo | None) -> _Version | None:
    """A logo counts no versions: its content is one."""
    if row is None:
        return None
    version = version_of(logo_of(row))
    return _Version(version=version, updated_at=row.updated_at, updated_by=row.updated_by)


def _journal(
    session: Session,
    before: Logo | None,
    after: Logo | None,
    *,
    by: Decision,
    reason: str | None = None,
) -> None:
    entry = journal.Entry(
        at=by.now,
        actor=by.actor,
        academie=by.academie,
        event="logo.removed" if after is None else "logo.changed",
        subject="logo",
        before=_told(before),
        after=_told(after),
        reason=reason,
    )
    journal.record(session, entry)
    journal.bump(session, journal.Revision.DECISIONS)


def _told(logo: Logo | None) -> dict[str, object] | None:
    if logo is None:
        return None
    return {"digest": logo.digest, "format": logo.media_type, "size": [logo.width, logo.height]}


def _looked_at(content: bytes) -> tuple[str, tuple[int, int] | None]:
    """Return the format and the size in pixels; no size where the file is broken off."""
    if content.startswith(_PNG):
        return "image/png", _png_size(content)
    if content.startswith(_JPEG):
        return "image/jpeg", _jpeg_size(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp", _webp_size(content)
    if b"<svg" in content[:4096].lower():
        raise LogoError("svg")
    raise LogoError("unknown-format")


def _png_size(content: bytes) -> tuple[int, int] | None:
    names = [name for name, _ in _chunks(content, len(_PNG), tail=4, order="big")]
    if b"acTL" in names:
        raise LogoError("animated")
    if names[:1] != [b"IHDR"] or names[-1] != b"IEND" or b"IDAT" not in names:
        return None
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def _webp_size(content: bytes) -> tuple[int, int] | None:
    chunks = dict(_chunks(content, 12, tail=0, order="little"))
    if b"ANIM" in chunks or b"ANMF" in chunks:
        raise LogoError("animated")
    if int.from_bytes(content[4:8], "little") + 8 > len(content):
        return None
    if b"VP8X" in chunks:
        canvas = chunks[b"VP8X"]
        return int.from_bytes(canvas[4:7], "little") + 1, int.from_bytes(canvas[7:10], "little") + 1
    if b"VP8L" in chunks:
        bits = int.from_bytes(chunks[b"VP8L"][1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if b"VP8 " in chunks:
        frame = chunks[b"VP8 "]
        sides = (int.from_bytes(frame[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        width, height = sides
        return width, height
    return None


def _chunks(content: bytes, start: int, *, tail: int, order: str) -> Iterator[tuple[bytes, bytes]]:
    """Walk a file made of named chunks; one that is broken off ends the walk."""
    at = start
    while at + 8 <= len(content):
        head = content[at : at + 8]
        if order == "big":
            length, name = int.from_bytes(head[:4], "big"), head[4:]
        else:
            name, length = head[:4], int.from_bytes(head[4:], "little")
        if at + 8 + length + tail > len(content):
            return
        yield name, content[at + 8 : at + 8 + length]
        # RIFF pads a chunk of odd length.
        at += 8 + length + tail + (length % 2 if order == "little" else 0)


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    if not content.rstrip(b"\0").endswith(_JPEG_END):
        return None
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:  # noqa: PLR2004 - every marker's start
        marker = content[at + 1]
        if marker == 0xFF:  # noqa: PLR2004 - a fill byte
            at += 1
            continue
        if marker in _JPEG_FRAMES:
            height, width = (content[at + 5 : at + 7], content[at + 7 : at + 9])
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None
