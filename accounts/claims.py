"""From what a provider says of somebody to rights here: pure rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.claims_file import GROUP, OWN, Belonging, ClaimsFile, Others, Rule, Trust
from accounts.errors import AccountError
from accounts.permissions import Right, Role

MOST_VALUES = 2000
LONGEST_VALUE = 500
_SEPARATORS = re.compile(r"[;,]")


@dataclass(frozen=True, kw_only=True)
class Known:
    """What exists here."""

    academies: frozenset[str]
    mail_domains: Mapping[str, str]
    """Mail domain in lower case → slug of the académie whose it is."""
    operators: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What the claims give."""

    rights: frozenset[Right]
    academies: tuple[str, ...] = ()
    """Where somebody belongs."""
    unknown_operators: tuple[str, ...] = ()
    """Their rights are left out: an operator may leave the catalogue."""


def decide(file: ClaimsFile, claims: Mapping[str, Any], *, known: Known) -> Decided:
    """Apply every rule; raises AccountError "unknown-academie" or "not-expected".

    An académie that does not exist lets nobody in: half of somebody's rights would be a riddle.
    """
    mail = verified_mail(claims, trust=file.mail)
    own = _own_academies(file.academie, claims, mail=mail, known=known)
    expected, rights, unknown = False, set(), set()
    for rule in file.rules:
        for match in _matches(rule, claims, mail):
            expected = True
            for right in _rights(rule, match, own, file=file, known=known):
                if right.role is Role.OPERATOR and right.scope not in known.operators:
                    unknown.add(right.scope or "")
                elif right.role is not Role.TEACHER:  # everybody with an account is one
                    rights.add(right)
    if not expected and file.others is Others.REFUSED:
        raise AccountError("not-expected")
    return Decided(
        rights=frozenset(rights), academies=own, unknown_operators=tuple(sorted(unknown))
    )


def verified_mail(claims: Mapping[str, Any], *, trust: Trust) -> str | None:
    """Return the mail address, in lower case, when it is sure to be the person's own."""
    mail, verified = claims.get("email"), claims.get("email_verified")
    if not isinstance(mail, str) or not mail.strip() or not mail.isprintable():
        return None
    said = {"true": True, "false": False}.get(verified) if isinstance(verified, str) else verified
    sure = said is True or (trust is Trust.TRUSTED and said is None)
    return mail.strip().lower() if sure else None


def names_used(file: ClaimsFile) -> frozenset[str]:
    """Return the claims that the rules look at."""
    names = {rule.claim for rule in file.rules} | {file.academie.claim}
    return frozenset(name for name in names if name is not None)


def values_of(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return the values of a claim: a list's items, or a text whole and in its parts.

    `realm_access.roles` looks inside, unless a claim has just that name.
    """
    given = _inside(claims, name)
    if isinstance(given, str):
        parts = (part.strip() for part in _SEPARATORS.split(given))
        given = [given.strip(), *parts]
    elif not isinstance(given, list | tuple):
        given = [given]
    plain = (_text(item) for item in given[:MOST_VALUES])
    found = (text for text in plain if text and len(text) <= LONGEST_VALUE)
    return tuple(dict.fromkeys(found))


def is_of_domain(mail: str, domain: str, *, subdomains: bool = False) -> bool:
    """Tell whether an address ends with @domain, the whole of it."""
    local, at, here = mail.lower().partition("@")
    if not local or not at or "@" in here:  # a second one would be another program's riddle
        return False
    return here == domain or (subdomains and here.endswith(f".{domain}"))


def _inside(claims: Mapping[str, Any], name: str) -> Any:
    if name in claims:
        return claims[name]
    found: Any = claims
    for step in name.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int) else None


def _own_academies(
    belonging: Belonging, claims: Mapping[str, Any], *, mail: str | None, known: Known
) -> tuple[str, ...]:
    said: tuple[str, ...] = ()
    if belonging.claim is not None:
        said = values_of(claims, belonging.claim)
        whole = _inside(claims, belonging.claim)
        # "Saint-Denis, La Réunion" may be one name.
        if isinstance(whole, str) and whole.strip():
            named = whole.strip() in belonging.values or len(said) == 1
            said = said[:1] if named else said[1:]
    if said:
        return tuple(dict.fromkeys(_slug(name, belonging, known) for name in said))
    if belonging.mail_domains and mail is not None:
        domains = known.mail_domains.items()
        return tuple(slug for domain, slug in domains if is_of_domain(mail, domain))
    return ()


def _slug(name: str, belonging: Belonging, known: Known) -> str:
    slug = belonging.values.get(name, name)
    if slug not in known.academies:
        raise AccountError("unknown-academie", found=name)
    return slug


def _matches(
    rule: Rule, claims: Mapping[str, Any], mail: str | None
) -> Iterator[re.Match[str] | None]:
    """Yield once for each way in which somebody fulfils a rule."""
    if rule.mail_domain is not None:
        of_it = mail is not None and is_of_domain(
            mail, rule.mail_domain, subdomains=rule.subdomains
        )
        if not of_it:
            return
    if rule.claim is None:
        yield None
        return
    for value in values_of(claims, rule.claim):
        if rule.value is not None and value in rule.value:
            yield None
        elif rule.pattern is not None and (match := rule.pattern.fullmatch(value)):
            yield match


def _rights(
    rule: Rule,
    match: re.Match[str] | None,
    own: tuple[str, ...],
    *,
    file: ClaimsFile,
    known: Known,
) -> Iterator[Right]:
    if rule.operator is not None:
        yield Right(role=rule.role, scope=_filled(rule.operator, match))
    elif rule.academie is None:
        yield Right(role=rule.role)
    elif rule.academie == OWN:
        if not own:
            raise AccountError("unknown-academie", found="")
        for slug in own:
            yield Right(role=rule.role, scope=slug)
    elif GROUP.fullmatch(rule.academie):
        name = _filled(rule.academie, match)
        yield Right(role=rule.role, scope=_slug(name, file.academie, known))
    else:
        yield Right(role=rule.role, scope=rule.academie)


def _filled(text: str, match: re.Match[str] | None) -> str:
    group = GROUP.fullmatch(text)
    return text if group is None or match is None else match[int(group[1])] or ""
