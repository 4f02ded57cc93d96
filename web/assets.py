"""Style sheets, scripts and pictograms: read once, named by their content, compressed once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from settings import ROOT
from web.kept import Kept, encoded

STATIC = ROOT / "static"
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
}
SPRITE = "icons.svg"
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    url_path: str
    answers: dict[str, Kept]
    """By content encoding."""


class Assets:
    """Every file of `static/`, and the sprite made of `static/icons/`."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._by_name: dict[str, Asset] = {}
        self._by_path: dict[str, Asset] = {}
        for file in sorted(folder.rglob("*")):
            name = file.relative_to(folder).as_posix()
            if file.is_file() and file.suffix in CONTENT_TYPES and not name.startswith("icons/"):
                self._add(name, file.read_bytes())
        self._add(SPRITE, _sprite(folder / "icons"))

    def url_path(self, name: str) -> str:
        """Return the address of a file, with its fingerprint; raises KeyError if there is none."""
        return self._by_name[name].url_path

    def answer(self, path: str, encoding: str) -> Kept | None:
        asset = self._by_path.get(path)
        return None if asset is None else asset.answers[encoding]

    def _add(self, name: str, content: bytes) -> None:
        stem, _, suffix = name.rpartition(".")
        path = f"/static/{stem}.{sha256(content).hexdigest()[:10]}.{suffix}"
        headers = [
            ("Content-Type", CONTENT_TYPES[f".{suffix}"]),
            ("Cache-Control", _FOREVER),
            ("X-Content-Type-Options", "nosniff"),
        ]
        compress = suffix not in ("png", "ico")
        answers = encoded(content, headers, route="static", compress=compress)
        asset = Asset(url_path=path, answers=answers)
        self._by_name[name] = self._by_path[path] = asset


def _sprite(folder: Path) -> bytes:
    """Put each pictogram in one file as a symbol named like its own file."""
    symbols = [
        _symbol(file.stem, file.read_text(encoding="utf-8"))
        for file in sorted(folder.glob("*.svg"))
    ]
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'.encode()


def _symbol(name: str, svg: str) -> str:
    opening = re.search(r"<svg\b([^>]*)>", svg)
    if opening is None:
        raise ValueError(f"{name}.svg holds no <svg> element")
    inside = svg[opening.end() : svg.rindex("</svg>")].strip()
    kept = re.findall(r'\b(?:viewBox|fill|stroke[\w-]*)="[^"]*"', opening.group(1))
    return f'<symbol id="{name}" {" ".join(kept)}>{inside}</symbol>'
