"""All académies: their cards read from a folder, found by slug, host or what somebody types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from catalogue.findings import START, Finding, Findings, Loc
from catalogue.problems import Code, Problem, Value
from catalogue.refusals import build
from catalogue.yaml_reader import Node, place_of, read_yaml
from instances.academy_search import NamedAcademy, find_academies
from instances.schema import AcademyCard

CARD_SUFFIXES = (".yaml", ".yml")
MOST_NEAREST = 3
_CLOSE_ENOUGH = 0.6
"""Of two texts that difflib compares: 1 is the same, 0 nothing in common."""


@dataclass(frozen=True)
class Directory:
    """The académies that have a page, in the order of their slugs."""

    cards: tuple[AcademyCard, ...] = ()

    def by_slug(self, slug: str) -> AcademyCard | None:
        return self._by_slug.get(slug)

    def by_host(self, host: str) -> AcademyCard | None:
        """Return the académie whose own host this is; `host` comes without a port."""
        return self._by_host.get(host.lower().rstrip("."))

    def search(self, text: str) -> tuple[AcademyCard, ...]:
        """Return the académies that a name, number, département, région or address means.

        Best first; none when nothing resembles it.
        """
        return find_academies(self._named, text)

    def nearest(self, slug: str) -> tuple[AcademyCard, ...]:
        """Return up to three académies that somebody who typed this address may have meant."""
        found = self.search(slug)
        if not found:
            near = get_close_matches(slug.lower(), self._by_slug, MOST_NEAREST, _CLOSE_ENOUGH)
            found = tuple(self._by_slug[name] for name in near)
        return found[:MOST_NEAREST]

    @cached_property
    def _by_slug(self) -> dict[str, AcademyCard]:
        return {card.slug: card for card in self.cards}

    @cached_property
    def _by_host(self) -> dict[str, AcademyCard]:
        return {host.lower(): card for card in self.cards for host in card.hosts}

    @cached_property
    def _named(self) -> tuple[NamedAcademy, ...]:
        return tuple(NamedAcademy.of(card) for card in self.cards)


def load_cards(folder: Path) -> tuple[Directory, tuple[Problem, ...]]:
    """Read every card of a folder; one with a problem is withheld, the others are served."""
    try:
        names = sorted(path for path in folder.iterdir() if path.suffix in CARD_SUFFIXES)
    except OSError as error:
        return Directory(), (_unreadable(folder, error),)
    if not names:
        message = f"expected at least one card (a file such as {folder}/rennes.yaml), found none"
        return Directory(), (_problem(folder, Code.INVALID, message=message),)
    kept: list[AcademyCard] = []
    problems: list[Problem] = []
    owners: dict[tuple[str, str], str] = {}
    for path in names:
        card, found = _load_card(path, owners)
        problems += found
        if card is not None:
            kept.append(card)
            owners.update({claim: card.slug for claim, _ in _claims(card)})
    return Directory(tuple(sorted(kept, key=lambda card: card.slug))), tuple(problems)


def _load_card(
    path: Path, owners: dict[tuple[str, str], str]
) -> tuple[AcademyCard | None, list[Problem]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        return None, [_unreadable(path, error)]
    findings = Findings()
    node = read_yaml(content, findings)
    card = None if node is None else build(AcademyCard, node, (), findings)
    if node is not None and card is not None:
        _check_slug(card, path, node, findings)
        _check_claims(card, owners, node, findings)
    withheld = card is None or bool(findings.spoilt)
    return (None if withheld else card), [_said_of(path, item) for item in findings.kept]


def _check_slug(card: AcademyCard, path: Path, node: Node, findings: Findings) -> None:
    """The file's name is what people look for; two cards cannot have the same slug then."""
    if card.slug != path.stem:
        message = f"expected {path.stem}, as the file is called, found {card.slug}"
        findings.add(Code.INVALID, place_of(node, ("slug",)), ("slug",), message=message)


def _check_claims(
    card: AcademyCard, owners: dict[tuple[str, str], str], node: Node, findings: Findings
) -> None:
    for claim, where in _claims(card):
        owner = owners.get(claim)
        if owner is not None:
            message = f"expected what no other card has, found {claim[1]}, which {owner} has"
            findings.add(Code.INVALID, place_of(node, where), where, message=message)


def _claims(card: AcademyCard) -> Iterable[tuple[tuple[str, str], Loc]]:
    """List what only one card may have, and where the card says it."""
    yield ("slug", card.slug), ("slug",)
    for number, host in enumerate(card.hosts):
        yield ("host", host.lower()), ("hosts", number)
    for number, domain in enumerate(card.mail_domains):
        yield ("mail domain", domain.lower()), ("mail_domains", number)


def _said_of(path: Path, finding: Finding) -> Problem:
    return Problem(
        code=finding.code,
        file=str(path),
        line=finding.mark.line,
        column=finding.mark.column,
        path=_path(finding.loc),
        values=finding.values,
    )


def _path(loc: Loc) -> str:
    """Write a place as in `help[1].phone`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc)
    return "".join(steps).lstrip(".")


def _unreadable(path: Path, error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError):
        return _problem(path, Code.SOURCE_MISSING)
    return _problem(path, Code.SOURCE_UNREADABLE, reason=error.strerror or str(error))


def _problem(path: Path, code: Code, **values: Value) -> Problem:
    return Problem(code=code, file=str(path), line=START.line, column=START.column, values=values)
