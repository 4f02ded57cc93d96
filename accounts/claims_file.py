"""The file that says which role a claim gives: read strictly, every problem told at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from accounts.permissions import SCOPED, Role
from settings_file import Loc, Reading, SettingsFileError, read_text

OWN = "own"
"""As académie of a rule: the one that somebody belongs to."""
GROUP = re.compile(r"\{([1-9])\}")
"""As académie or operator of a rule: what a group of its pattern matched."""
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


class ClaimsFileError(SettingsFileError):
    """The rules cannot be used; the message lists every problem, one a line."""


def _read_flag(value: Any) -> bool:
    """Take true and false alone: `yes` may be the name of a group."""
    if value in ("true", "false"):
        return bool(value == "true")
    raise ValueError(f"expected true or false, found {value!r}")


def _read_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _read_domain(value: Any) -> str:
    domain = value.lower().removeprefix("@") if isinstance(value, str) else ""
    if not _DOMAIN.fullmatch(domain):
        raise ValueError(f"expected a mail domain such as ac-lyon.fr, found {value!r}")
    return domain


def _read_pattern(value: Any) -> re.Pattern[str]:
    try:
        return re.compile(value)
    except (re.error, TypeError, RecursionError, OverflowError) as error:
        raise ValueError(f"expected a regular expression, found {value!r}: {error}") from error


Text = Annotated[str, Field(min_length=1, max_length=500)]
Flag = Annotated[bool, BeforeValidator(_read_flag)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_read_list), Field(min_length=1)]
Domain = Annotated[str, BeforeValidator(_read_domain)]
Pattern = Annotated[re.Pattern[str], BeforeValidator(_read_pattern)]


class Trust(StrEnum):
    """When a mail address is taken for the person's own."""

    VERIFIED = "verified"
    """The provider says `email_verified`."""
    TRUSTED = "trusted"
    """Always, unless it says that it is not: the provider's administrators give addresses."""


class Others(StrEnum):
    """What becomes of those to whom no rule applies."""

    TEACHER = "teacher"
    REFUSED = "refused"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Belonging(_Model):
    """Where somebody belongs: what a claim says, else the mail domains of the académies' cards."""

    claim: Text | None = None
    values: dict[str, Text] = Field(default_factory=dict)
    """What the provider calls an académie → its slug; what is not listed is a slug already."""
    mail_domains: Flag = False


class Rule(_Model):
    """A role for whoever fulfils all that is said here."""

    role: Role
    claim: Text | None = None
    value: Texts | None = None
    """One of these, to the letter."""
    pattern: Pattern | None = None
    """The whole of a value."""
    mail_domain: Domain | None = None
    subdomains: Flag = False
    academie: Text | None = None
    """A slug, `own`, or `{1}`: the first group of the pattern."""
    operator: Text | None = None


class ClaimsFile(_Model):
    mail: Trust = Trust.VERIFIED
    others: Others = Others.TEACHER
    academie: Belonging = Belonging()
    rules: tuple[Rule, ...] = ()


def read_claims_file(path: Path, *, academies: Collection[str]) -> ClaimsFile:
    """Read the rules; raises ClaimsFileError. `academies`: the slugs that exist."""
    reading = Reading()
    try:
        value = reading.read(read_text(path))
    except SettingsFileError as error:
        raise ClaimsFileError(list(error.problems)) from error
    found = ClaimsFile()
    if value is not None and not reading.problems:
        try:
            found = ClaimsFile.model_validate(value)
        except ValidationError as error:
            reading.take(error, _keys_at)
        else:
            _check(reading, found, academies)
    if reading.problems:
        raise ClaimsFileError(reading.lines(path))
    return found


def _keys_at(loc: Loc) -> Iterable[str]:
    """Return what may stand beside an unknown key."""
    model: type[BaseModel] = Belonging if loc[0] == "academie" else Rule
    model = ClaimsFile if len(loc) == 1 else model
    return model.model_fields


def _check(reading: Reading, found: ClaimsFile, academies: Collection[str]) -> None:
    """Report what single values cannot show."""
    for name, slug in found.academie.values.items():
        if slug not in academies:
            words = f"expected the slug of an académie, found {slug}"
            reading.add(("academie", "values", name), words)
    for number, rule in enumerate(found.rules):
        for key, words in _faults(rule, found, academies):
            reading.add(("rules", number, key), words)


def _faults(rule: Rule, file: ClaimsFile, academies: Collection[str]) -> Iterator[tuple[str, str]]:
    """List what is wrong with one rule: under which key, and in which words."""
    if rule.claim is None and rule.mail_domain is None:
        yield "claim", "expected a claim or a mail_domain, or the role would be everybody's"
    if rule.claim is not None and (rule.value is None) == (rule.pattern is None):
        yield "claim", "expected either value or pattern beside it"
    if rule.claim is None and (rule.value is not None or rule.pattern is not None):
        yield "claim", "is missing: which claim holds the value?"
    if rule.subdomains and rule.mail_domain is None:
        yield "subdomains", "expected a mail_domain beside it"
    yield from _scope_faults(rule, file, academies)


def _scope_faults(
    rule: Rule, file: ClaimsFile, academies: Collection[str]
) -> Iterator[tuple[str, str]]:
    wanted = SCOPED.get(rule.role)
    for key, said in (("academie", rule.academie), ("operator", rule.operator)):
        if said is not None and key != wanted:
            yield key, f"the role {rule.role} is for no {key}"
        if said is None and key == wanted:
            yield key, f"is missing: which {key} is the role {rule.role} for?"
        group = GROUP.fullmatch(said or "")
        if group is not None and (rule.pattern is None or rule.pattern.groups < int(group[1])):
            yield key, f"{said} expected a pattern with as many groups in parentheses"
    if rule.academie == OWN:
        if file.academie.claim is None and not file.academie.mail_domains:
            yield "academie", "own expected `academie:` at the top to say where somebody belongs"
    elif _is_unknown(rule.academie, academies):
        yield "academie", f"expected a slug, own or {{1}}, found {rule.academie}"


def _is_unknown(academie: str | None, academies: Collection[str]) -> bool:
    return academie is not None and not GROUP.fullmatch(academie) and academie not in academies
