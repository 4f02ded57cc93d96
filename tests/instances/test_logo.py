"""A logo is a small, real, still image, whatever its file is called."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from instances.choices import Decision
from instances.logo import (
    LARGEST,
    LogoError,
    read_logo,
    remove_logo,
    set_logo,
    version_of,
)
from instances.texts import read_texts
from instances.versions import ChangedMeanwhileError
from journal import JournalLine
from tests import images
from tests.instances.examples import NOW

BY_LISE = Decision(academie="lyon", actor="account/1", now=NOW)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (images.PNG, "image/png"),
        (images.JPEG, "image/jpeg"),
        (images.WEBP, "image/webp"),
        (images.WEBP_LOSSLESS, "image/webp"),
        (images.WEBP_WITH_ALPHA, "image/webp"),
    ],
)
def test_format_and_size_are_read_from_the_bytes(content: bytes, media_type: str) -> None:
    logo = read_logo(content)
    assert (logo.media_type, logo.width, logo.height) == (media_type, 120, 40)


def png_of(width: int, height: int) -> bytes:
    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return images.PNG[:16] + size + images.PNG[24:]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (images.PNG + b"\0" * LARGEST, "too-heavy"),
        (images.SVG, "svg"),
        (b"<html><SVG>", "svg"),
        (b"GIF89a" + b"\0" * 20, "unknown-format"),
        (b"MZ" + images.PNG, "unknown-format"),
        (images.PNG[:-20], "broken"),
        (images.PNG[:8], "broken"),
        (images.JPEG[:-2], "broken"),
        (b"\xff\xd8\xff\xe0\0\0" + b"\xff\xd9", "broken"),
        (images.WEBP[:-4], "broken"),
        (images.WEBP[:12], "broken"),
        (images.MOVING_PNG, "animated"),
        (images.MOVING_WEBP, "animated"),
        (png_of(8, 40), "wrong-size"),
        (png_of(30_000, 30_000), "wrong-size"),
    ],
)
def test_anything_else_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(LogoError) as refused:
        read_logo(content)
    assert refused.value.code == code


@pytest.mark.parametrize("content", [images.PNG, images.JPEG, images.WEBP, images.MOVING_WEBP])
def test_no_file_however_mangled_raises_anything_else(content: bytes) -> None:
    for at in range(len(content)):
        for mangled in (content[:at], content[:at] + b"\xff" + content[at + 1 :]):
            try:
                logo = read_logo(mangled)
            except LogoError:
                continue
            assert logo.width * logo.height > 0


def test_it_is_shown_forty_eight_pixels_high_at_most() -> None:
    assert (read_logo(images.PNG).shown_width, read_logo(images.PNG).shown_height) == (120, 40)
    tall = read_logo(png_of(100, 200))
    assert (tall.shown_width, tall.shown_height) == (24, 48)


def test_it_is_journalled_read_back_and_taken_away(session: Session) -> None:
    logo = read_logo(images.PNG)
    set_logo(session, logo, by=BY_LISE, reason="Nouvelle charte")
    session.flush()
    assert read_texts(session)["lyon"].logo == logo
    remove_logo(session, by=BY_LISE)
    session.flush()
    assert read_texts(session) == {}
    first, last = session.scalars(select(JournalLine).order_by(JournalLine.id))
    assert (first.event, first.before, first.reason) == ("logo.changed", None, "Nouvelle charte")
    assert first.after == last.before
    assert first.after is not None
    assert first.after["digest"] == logo.digest
    assert last.event == "logo.removed"


def test_the_second_of_two_is_told(session: Session) -> None:
    set_logo(session, read_logo(images.PNG), by=BY_LISE, seen=0)
    session.flush()
    with pytest.raises(ChangedMeanwhileError) as meanwhile:
        set_logo(session, read_logo(images.JPEG), by=BY_LISE, seen=0)
    assert meanwhile.value.version == version_of(read_logo(images.PNG))
    set_logo(session, read_logo(images.JPEG), by=BY_LISE, seen=meanwhile.value.version)
