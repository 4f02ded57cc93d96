"""An answer made once and given many times, in every encoding that readers accept."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
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
    is_packed: bool = False
    """The body is gzip for us alone: who accepts no compression is rare, a page unpacked is big."""

    @property
    def content(self) -> bytes:
        """What goes over the wire."""
        return gzip.decompress(self.body) if self.is_packed else self.body


def encoded(
    body: bytes, headers: Headers, *, route: str, compress: bool = True, status: str = "200 OK"
) -> dict[str, Kept]:
    """Make the answer in each encoding: "br", "gzip" and "" for none."""
    worth = compress and len(body) >= _WORTH_COMPRESSING
    answers = {
        name: answer(body, headers, route=route, encoding=name if worth else "", status=status)
        for name in ("br", "gzip", "")
    }
    if worth:
        answers[""] = replace(answers[""], body=answers["gzip"].body, is_packed=True)
    return answers


def answer(
    body: bytes, headers: Headers, *, route: str, encoding: str, status: str = "200 OK"
) -> Kept:
    """Make the answer in one encoding."""
    tag = sha256(body).hexdigest()[:20]
    if len(body) < _WORTH_COMPRESSING:
        encoding = ""
    content = _COMPRESS[encoding](body)
    etag = f'"{tag}-{encoding}"' if encoding else f'"{tag}"'
    added = [("ETag", etag), ("Vary", "Accept-Encoding"), ("Content-Length", str(len(content)))]
    if encoding:
        added.append(("Content-Encoding", encoding))
    return Kept(status=status, headers=headers + added, body=content, etag=etag, route=route)


def _as_it_is(body: bytes) -> bytes:
    return body


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, 7, mtime=0)


def _brotli(body: bytes) -> bytes:
    compressed: bytes = brotli.compress(body, quality=6)
    return compressed


_COMPRESS = {"": _as_it_is, "gzip": _gzip, "br": _brotli}


def accepted_encoding(header: str) -> str:
    """Choose among br, gzip and none from an Accept-Encoding header; q=0 refuses."""
    offered = set()
    for item in header.lower().split(","):
        name, _, parameters = item.partition(";")
        if parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            offered.add(name.strip())
    return next((name for name in ("br", "gzip") if name in offered), "")
