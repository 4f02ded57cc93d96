from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from accounts.claims import Decided, Known, decide, is_of_domain, values_of, verified_mail
from accounts.claims_file import ClaimsFile, ClaimsFileError, Trust, read_claims_file
from accounts.errors import AccountError
from accounts.permissions import Right, Role
from settings import ROOT

ACADEMIES = frozenset({"lyon", "rennes", "reunion"})
KNOWN = Known(
    academies=ACADEMIES,
    mail_domains={"ac-lyon.fr": "lyon", "ac-rennes.fr": "rennes"},
    operators=frozenset({"dnum"}),
)
MANAGER_OF_LYON = Right(role=Role.MANAGER, scope="lyon")
VERIFIED = {"email": "lise@ac-lyon.fr", "email_verified": True}


def read(tmp_path: Path, text: str) -> ClaimsFile:
    path = tmp_path / "claims.yaml"
    path.write_text(text, encoding="utf-8")
    return read_claims_file(path, academies=ACADEMIES)


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ClaimsFileError) as caught:
        read(tmp_path, text)
    return [line.partition("claims.yaml")[2] for line in caught.value.problems]


@pytest.fixture
def apply(tmp_path: Path) -> Any:
    def run(text: str, **claims: Any) -> Decided:
        return decide(read(tmp_path, text), claims, known=KNOWN)

    return run


GROUP = """
rules:
  - role: manager
    claim: groups
    value: dane-lyon
    academie: lyon
"""


@pytest.mark.parametrize(
    "groups",
    [
        ["dane-lyon"],
        ["profs", "dane-lyon"],
        ["dane-lyon", "profs"],
        "dane-lyon",
        "profs; dane-lyon",
        "profs,dane-lyon ,autres",
    ],
)
def test_a_group_gives_its_role_in_any_order_and_any_writing(apply: Any, groups: Any) -> None:
    assert apply(GROUP, groups=groups).rights == {MANAGER_OF_LYON}


@pytest.mark.parametrize(
    "groups",
    [
        None, [], "", {}, 12, True, ["dane-lyon-bis"], "ex-dane-lyon", ["DANE-LYON"],
        [["dane-lyon"]], {"dane-lyon": True}, "dane-lyon\u200b",
    ],
)  # fmt: skip
def test_what_only_resembles_a_group_gives_nothing(apply: Any, groups: Any) -> None:
    assert apply(GROUP, groups=groups).rights == frozenset()


def test_a_claim_that_is_absent_gives_nothing(apply: Any) -> None:
    assert apply(GROUP).rights == frozenset()


PATTERN = """
academie: {values: {La Réunion: reunion}}
rules:
  - role: editor
    claim: realm_access.roles
    pattern: "redaction (.+)"
    academie: "{1}"
"""


def test_a_pattern_says_for_which_academie(apply: Any) -> None:
    said = {"roles": ["redaction lyon", "autre", "redaction La Réunion"]}
    assert apply(PATTERN, realm_access=said).rights == {
        Right(role=Role.EDITOR, scope="lyon"),
        Right(role=Role.EDITOR, scope="reunion"),
    }


def test_a_pattern_must_match_the_whole_value(apply: Any) -> None:
    said = {"roles": ["x redaction lyon", "pas redaction lyon"]}
    assert apply(PATTERN, realm_access=said).rights == frozenset()


def test_a_pattern_that_finds_an_unknown_academie_lets_nobody_in(apply: Any) -> None:
    with pytest.raises(AccountError, match="unknown-academie"):
        apply(PATTERN, realm_access={"roles": ["redaction atlantide"]})


DOMAIN = """
rules:
  - {role: manager, mail_domain: "@ac-lyon.fr", academie: lyon}
"""


@pytest.mark.parametrize(
    "mail",
    [
        "x@ac-lyon.fr.evil.example", "x@sub.ac-lyon.fr", "x@evil-ac-lyon.fr",
        "x@ac-lyon.fr@evil.fr", "ac-lyon.fr", "x@ac-lyonxfr", "x@ac-lyon.fr.",
        "x@evil.fr@ac-lyon.fr", "@ac-lyon.fr", "x@AC-LYON.FR.example", "", None, 12,
    ],
)  # fmt: skip
def test_a_mail_domain_is_anchored(apply: Any, mail: Any) -> None:
    assert apply(DOMAIN, email=mail, email_verified=True).rights == frozenset()


@pytest.mark.parametrize("mail", ["x@ac-lyon.fr", "X@AC-Lyon.FR"])
def test_a_mail_domain_gives_its_role(apply: Any, mail: str) -> None:
    assert apply(DOMAIN, email=mail, email_verified=True).rights == {MANAGER_OF_LYON}


def test_subdomains_count_when_they_are_wanted() -> None:
    assert is_of_domain("x@sub.ac-lyon.fr", "ac-lyon.fr", subdomains=True)
    assert not is_of_domain("x@subac-lyon.fr", "ac-lyon.fr", subdomains=True)


@pytest.mark.parametrize("verified", [None, False, "false", "no", 1, 0, "True "])
def test_an_address_that_is_not_verified_gives_nothing(apply: Any, verified: Any) -> None:
    claims = {"email": "x@ac-lyon.fr", "email_verified": verified}
    assert apply(DOMAIN, **claims).rights == frozenset()


@pytest.mark.parametrize(
    ("verified", "trust", "sure"),
    [
        (True, Trust.VERIFIED, True),
        ("true", Trust.VERIFIED, True),
        (None, Trust.VERIFIED, False),
        (None, Trust.TRUSTED, True),
        (False, Trust.TRUSTED, False),
        ("false", Trust.TRUSTED, False),
    ],
)
def test_a_trusted_provider_may_leave_out_that_it_verified(
    verified: Any, trust: Trust, *, sure: bool
) -> None:
    claims = {"email": "A@ac-lyon.fr", "email_verified": verified}
    assert verified_mail(claims, trust=trust) == ("a@ac-lyon.fr" if sure else None)


def test_a_claim_and_a_domain_must_both_hold(apply: Any) -> None:
    both = GROUP + "    mail_domain: ac-lyon.fr\n"
    assert apply(both, groups="dane-lyon", **VERIFIED).rights == {MANAGER_OF_LYON}
    elsewhere = {**VERIFIED, "email": "lise@ac-rennes.fr"}
    assert apply(both, groups="dane-lyon", **elsewhere).rights == frozenset()


OWN = """
academie:
  claim: acad
  values: {"069": lyon, "Saint-Denis, La Réunion": reunion}
  mail_domains: true
rules:
  - {role: editor, claim: groups, value: [dane, drane], academie: own}
"""


@pytest.mark.parametrize(
    ("claims", "slugs"),
    [
        ({"acad": "069"}, {"lyon"}),
        ({"acad": "rennes"}, {"rennes"}),
        ({"acad": "Saint-Denis, La Réunion"}, {"reunion"}),
        ({"acad": ["rennes", "069"]}, {"lyon", "rennes"}),
        ({"acad": "069;rennes"}, {"lyon", "rennes"}),
        (VERIFIED, {"lyon"}),
        ({**VERIFIED, "acad": "rennes"}, {"rennes"}),
        ({**VERIFIED, "acad": ""}, {"lyon"}),
    ],
)
def test_the_own_academie_comes_from_a_claim_or_else_from_the_mail(
    apply: Any, claims: dict[str, Any], slugs: set[str]
) -> None:
    decided = apply(OWN, groups=["drane"], **claims)
    assert {right.scope for right in decided.rights} == slugs
    assert set(decided.academies) == slugs


@pytest.mark.parametrize(
    "claims",
    [
        {"acad": "Atlantide"},
        {"acad": ["lyon", "Atlantide"]},
        {"email": "x@ac-atlantide.fr", "email_verified": True},
        {"email": "x@ac-lyon.fr"},
        {},
    ],
)
def test_an_academie_that_is_unknown_lets_nobody_in(apply: Any, claims: dict[str, Any]) -> None:
    with pytest.raises(AccountError, match="unknown-academie"):
        apply(OWN, groups="dane", **claims)


def test_who_has_no_role_needs_no_academie(apply: Any) -> None:
    assert apply(OWN, groups="profs").rights == frozenset()


def test_roles_without_an_academie(apply: Any) -> None:
    text = """
rules:
  - {role: national, claim: groups, value: dne}
  - {role: ops, claim: groups, value: exploitation}
  - {role: operator, claim: groups, pattern: "exploitant-(.+)", operator: "{1}"}
  - {role: teacher, claim: groups, value: profs}
"""
    decided = apply(text, groups=["dne", "exploitation", "exploitant-dnum", "profs"])
    assert decided.rights == {
        Right(role=Role.NATIONAL),
        Right(role=Role.OPS),
        Right(role=Role.OPERATOR, scope="dnum"),
    }


def test_an_operator_that_left_the_catalogue_is_left_out_and_named(apply: Any) -> None:
    text = "rules:\n  - {role: operator, claim: groups, value: a, operator: parti}\n"
    decided = apply(text, groups="a")
    assert decided.rights == frozenset()
    assert decided.unknown_operators == ("parti",)


def test_others_may_be_refused(apply: Any) -> None:
    text = "others: refused\nrules:\n  - {role: teacher, claim: groups, value: profs}\n"
    assert apply(text, groups=["profs"]).rights == frozenset()
    with pytest.raises(AccountError, match="not-expected"):
        apply(text, groups=["eleves"])


def test_an_empty_file_gives_nothing_to_everybody(apply: Any) -> None:
    assert apply("", groups="dane").rights == frozenset()


def test_a_claim_of_that_very_name_comes_before_what_is_inside() -> None:
    claims = {"a.b": "whole", "a": {"b": "inside"}}
    assert values_of(claims, "a.b") == ("whole",)
    assert values_of({"a": {"b": "inside"}}, "a.b") == ("inside",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rules: [{role: manager, claim: g, value: a}]", "line 1: .*academie: is missing"),
        ("rules:\n  - {role: chef, claim: g, value: a}", "line 2: .*role: expected"),
        ("rules:\n  - {claim: g, value: a}", "line 2: .*role: is missing"),
        ("rules:\n  - role: ops\n    claims: g\n    value: a", "line 3: .*is not a key.*claim"),
        ("rules:\n  - role: ops", "line 2: .*everybody's"),
        ("rules:\n  - {role: ops, claim: g}", "either value or pattern"),
        ("rules:\n  - {role: ops, claim: g, value: a, pattern: a}", "either value or pattern"),
        ("rules:\n  - {role: ops, mail_domain: a.fr, value: a}", "which claim"),
        ("rules:\n  - {role: ops, claim: g, pattern: '('}", "regular expression"),
        ("rules:\n  - {role: ops, mail_domain: lyon}", "expected a mail domain"),
        ("rules:\n  - {role: ops, mail_domain: '*.fr'}", "expected a mail domain"),
        ("rules:\n  - {role: ops, claim: g, value: a, academie: lyon}", "for no academie"),
        ("rules:\n  - {role: editor, claim: g, value: a, academie: lyons}", "found lyons"),
        ("rules:\n  - {role: editor, claim: g, value: a, academie: '{1}'}", "groups in paren"),
        ("rules:\n  - {role: editor, claim: g, pattern: a, academie: '{1}'}", "groups in paren"),
        ("rules:\n  - {role: editor, claim: g, value: a, academie: own}", "at the top"),
        ("rules:\n  - {role: editor, mail_domain: a.fr, academie: lyon, subdomains: yes}", "true"),
        ("rules:\n  - {role: ops, claim: g, value: a, subdomains: true}", "mail_domain beside"),
        ("rules:\n  - {role: operator, claim: g, value: a}", "operator: is missing"),
        ("rules: {role: ops}", "rules: "),
        ("- role: ops", "line 1: "),
        ("academie:\n  values:\n    Lyon: lyons", "line 3: .*found lyons"),
        ("academie: {domains: true}", "is not a key.*mail_domains"),
        ("mail: always", "mail: expected"),
        ("mail: trusted\nmail: verified", "line 2: .*twice"),
        ("rules: &a []\nothers: *a", "no anchor"),
        ("mail: !!str trusted", "no tag"),
        ("rules: [", "line 1"),
        ("\tmail: trusted", "line 1"),
        ("a: 1\n---\nb: 2", "line"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, expected: str) -> None:
    said = problems(tmp_path, text)
    assert any(re.search(expected, line) for line in said), said


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    said = problems(
        tmp_path,
        "rules:\n"
        "  - {role: editor, claim: g, value: a, academie: lyons}\n"
        "  - {role: ops}\n"
        "  - {role: operator, mail_domain: a.fr, pattern: x}\n",
    )
    assert [line.partition(":")[0] for line in said] == [
        ", line 2", ", line 3", ", line 4", ", line 4"
    ]  # fmt: skip


def test_the_example_of_the_documentation_is_sound(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "sign-in.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    path = tmp_path / "claims.yaml"
    path.write_text(example, encoding="utf-8")
    found = read_claims_file(path, academies={"lyon", "grenoble", "rennes"})
    assert {rule.role for rule in found.rules} == set(Role) - {Role.TEACHER}


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ClaimsFileError, match="cannot be read"):
        read_claims_file(tmp_path / "none.yaml", academies=ACADEMIES)
    (tmp_path / "latin.yaml").write_bytes(b"mail: \xe9")
    with pytest.raises(ClaimsFileError, match="UTF-8"):
        read_claims_file(tmp_path / "latin.yaml", academies=ACADEMIES)
