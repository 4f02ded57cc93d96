"""The shape of an académie's identity card: who it is, never what it decided."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from catalogue.checks import is_timezone
from catalogue.schema import (
    Id,
    Model,
    Operator,
    OperatorKind,
    Profile,
    Rollout,
    Sentence,
    Service,
    ShortText,
    Text,
    WebUrl,
)

RESERVED_SEGMENTS = frozenset(
    {
        "api", "en", "etat", "favicon.ico", "fr", "healthz", "manifest.webmanifest", "metrics",
        "national", "ops", "readyz", "robots.txt", "sd", "security.txt", "sitemap.xml", "static",
        ".well-known",
        "accessibilite", "mentions-legales", "donnees-personnelles", "cookies", "plan-du-site",
        "contact", "connexion", "deconnexion", "invitation", "mon-compte", "operateur",
    }
)  # fmt: skip
"""First segments of our own addresses: no académie may have one as slug."""


def _known_timezone(name: str) -> str:
    if not is_timezone(name):
        raise ValueError(f"expected a time zone such as Europe/Paris, found {name}")
    return name


def _free_slug(slug: str) -> str:
    if slug in RESERVED_SEGMENTS:
        raise ValueError(f"{slug} is an address of the portal itself")
    return slug


class ContactKind(StrEnum):
    """From the nearest to the farthest: shown in this order under "Besoin d'aide ?"."""

    NEARBY = "nearby"
    ACADEMIE = "academie"


class HelpContact(Model):
    kind: ContactKind
    name: ShortText
    profiles: tuple[Profile, ...] = ()
    """For whom; none: for everybody."""
    phone: str | None = Field(default=None, pattern=r"^[0-9+ .]+$")
    email: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    url: WebUrl | None = None
    hours: Sentence | None = None
    note: Sentence | None = None


class Departement(Model):
    code: str = Field(pattern=r"^([0-9]{2,3}|2A|2B)$")
    name: str


class AcademyCard(Model):
    slug: Annotated[Id, AfterValidator(_free_slug)]
    name: str
    """Short: "Rennes"."""
    title: ShortText
    """ "Académie de Rennes"."""
    within: ShortText
    """ "dans l'académie de Rennes"."""
    region: str | None = None
    departements: tuple[Departement, ...] = ()
    former: tuple[str, ...] = ()
    """Names of académies that it took over."""
    mail_domains: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    """Host names of its own, where its pages lose the slug."""
    timezone: Annotated[str, AfterValidator(_known_timezone)] = "Europe/Paris"
    holiday_zone: str | None = None
    delegation: ShortText
    """What its people call the digital-education delegation: "DRANE Bretagne", "DANE de Lyon"."""
    help: tuple[HelpContact, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


LocalId = Annotated[
    str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*$", max_length=121)
]
"""`academie.name`: a form that the national catalogue refuses, so that the two never meet."""
AnyServiceId = Annotated[
    str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)?$", max_length=121)
]


class Runner(Model):
    """Who runs a local service, when it is not the académie."""

    name: ShortText
    kind: OperatorKind
    url: WebUrl | None = None


OWN_OPERATOR = "academie"


class LocalService(Service):
    """A service of one académie's own: the shape of a national one, and who runs it."""

    id: LocalId
    operator: Id = OWN_OPERATOR
    run_by: Runner | None = None
    """None: the académie itself."""
    alternatives: tuple[AnyServiceId, ...] = ()
    replaced_by: AnyServiceId | None = None
    """Where its old links lead once it is retired."""
    farewell: Sentence | None = None
    """What they say to colleagues then."""

    @model_validator(mode="after")
    def _nothing_of_the_nations(self) -> Self:
        """An académie can neither lend itself an operator of the nation's nor oblige anybody."""
        if self.operator != OWN_OPERATOR:
            raise ValueError(f"a local service says who runs it in run_by, found {self.operator}")
        if self.rollout is not Rollout.EVERYONE:
            raise ValueError(f"a local service has no rollout, found {self.rollout}")
        return self

    def __hash__(self) -> int:
        return hash(self.id)

    def operator_in(self, card: AcademyCard) -> Operator:
        """Return who runs it, as the pages name an operator."""
        if self.run_by is None:
            return Operator(id=card.slug, name=_with_article(card), kind=OperatorKind.EDUCATION)
        return Operator(id=card.slug, **self.run_by.model_dump())


def _with_article(card: AcademyCard) -> Text:
    """Name an académie as it reads after "Tenu par": "l'académie de Lyon"."""
    french, english = card.within.fr.removeprefix("dans "), card.within.en
    if french == card.within.fr:
        return card.title
    return Text(fr=french, en=english.removeprefix("in ") if english else card.title.en)
