"""An answer made once and given many times, in every encoding that readers accept."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from hashlib import sha256

import brotli

Headers = list[tuple[str, str]]

_WORTH_COMPRESSING = 200
"""Bytes below which compression gains nothing."""


@dataclass(frozen=True, slots=True)
class Kept:
    status: str
    headers: Headers
    body: bytes
    etag: str
    route: str
    """For logs and metrics."""


def encoded(
    body: bytes, headers: Headers, *, route: str, compress: bool = True, status: str = "200 OK"
) -> dict[str, Kept]:
    """Make the answer in each encoding: "br", "gzip" and "" for none."""
    tag = sha256(body).hexdigest()[:20]
    bodies = {"": body, "gzip": body, "br": body}
    if compress and len(body) >= _WORTH_COMPRESSING:
        bodies["gzip"] = gzip.compress(body, 7, mtime=0)
        bodies["br"] = brotli.compress(body, quality=6)
    answers = {}
    for name, content in bodies.items():
        encoding = "" if content is body else name
        etag = f'"{tag}-{encoding}"' if encoding else f'"{tag}"'
        added = [("ETag", etag), ("Vary", "Accept-Encoding"), ("Content-Length", str(len(content)))]
        if encoding:
            added.append(("Content-Encoding", encoding))
        answers[name] = Kept(
            status=status, headers=headers + added, body=content, etag=etag, route=route
        )
    return answers


def accepted_encoding(header: str) -> str:
    """Choose among br, gzip and none from an Accept-Encoding header; q=0 refuses."""
    offered = set()
    for item in header.lower().split(","):
        name, _, parameters = item.partition(";")
        if parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            offered.add(name.strip())
    return next((name for name in ("br", "gzip") if name in offered), "")
