"""The shape of the national catalogue: frozen values, unknown keys refused."""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Text(Model):
    """Words for people: French, and English where it was written."""

    fr: str = Field(min_length=1)
    en: str | None = Field(default=None, min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _accept_plain_french(cls, value: Any) -> Any:
        return {"fr": value} if isinstance(value, str) else value

    def said_in(self, language: str) -> str:
        return self.en if language == "en" and self.en else self.fr

    def language(self, wanted: str) -> str:
        """Return the language that `said_in` answers in."""
        return "en" if wanted == "en" and self.en else "fr"

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        words = {"type": "string", "minLength": 1}
        return {"anyOf": [words, _languages(words)]}


class _Longest:
    """Bounds each language of a Text, in characters."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __call__(self, text: Text) -> Text:
        for language, value in (("fr", text.fr), ("en", text.en or "")):
            if len(value) > self.length:
                raise PydanticCustomError(
                    "text_too_long",
                    "at most {limit} characters, found {length}",
                    {"limit": self.length, "length": len(value), "language": language},
                )
        return text

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Let an editor count too: either form of a Text, each language bounded."""
        words = {"type": "string", "minLength": 1, "maxLength": self.length}
        return {"anyOf": [words, _languages(words)]}


def _languages(words: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"fr": words, "en": words},
        "required": ["fr"],
        "additionalProperties": False,
    }


class _Readable:
    """Refuses what no program can find the host and the port of, such as "https://[a"."""

    def __init__(self, form: str) -> None:
        self.form = form

    def __call__(self, address: str) -> str:
        if not _has_host(address):
            raise PydanticCustomError(
                "unreadable_address",
                "expected an address whose host and port can be read, found {text}",
                {"form": self.form, "text": address},
            )
        return address


def _has_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


GENTLE_INTERVAL = 300
"""Seconds, at least, between two probes of machines that are not the ministry's or an académie's:
they are not ours to load."""

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
WebUrl = Annotated[
    str,
    Field(pattern=r"^https?://[^\s/?#@]+([/?#]\S*)?$", max_length=500),
    AfterValidator(_Readable("web-address")),
]
ProbeUrl = Annotated[
    str,
    Field(pattern=r"^(https?|tcp)://[^\s/?#@]+([/?#]\S*)?$", max_length=500),
    AfterValidator(_Readable("probe-address")),
]
Sentence = Annotated[Text, AfterValidator(_Longest(300))]
ShortText = Annotated[Text, AfterValidator(_Longest(80))]


class Stage(StrEnum):
    ALPHA = "alpha"
    BETA = "beta"
    STABLE = "stable"
    OBSOLETE = "obsolete"


class Rollout(StrEnum):
    EVERYONE = "everyone"
    OPT_IN = "opt-in"
    REQUIRED = "required"


class OperatorKind(StrEnum):
    EDUCATION = "education"
    STATE = "state"
    COLLECTIVITE = "collectivite"
    ASSOCIATION = "association"


class Profile(StrEnum):
    """Who a service is most useful to; the values stand in addresses (`?pour=`)."""

    ECOLE = "ecole"
    COLLEGE_LYCEE = "college-lycee"
    DIRECTION = "direction"
    BUREAUX = "bureaux"
    ACCOMPAGNEMENT = "accompagnement"


class SignIn(StrEnum):
    NONE = "none"
    AGENT = "agent"
    PROCONNECT = "proconnect"
    EDUCONNECT = "educonnect"
    ACCOUNT = "account"


class Access(StrEnum):
    DIRECT = "direct"
    LINK = "link"


class Visibility(StrEnum):
    PUBLIC = "public"
    AGENTS = "agents"


class LaunchKind(StrEnum):
    LINK = "link"
    CREATE = "create"
    ROOM = "room"
    DOCUMENT = "document"


class WithPupilsAnswer(StrEnum):
    YES = "yes"
    NO = "no"
    CONDITIONS = "conditions"


class Category(Model):
    id: Id
    title: ShortText
    icon: Id


class Support(Model):
    """Whom to ask about a service. Hours are of the operator's own zone, Monday to Friday."""

    url: WebUrl | None = None
    email: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    phone: str | None = Field(default=None, pattern=r"^[0-9+ .]+$")
    opens: time | None = None
    closes: time | None = None
    timezone: str = "Europe/Paris"


class Operator(Model):
    id: Id
    name: ShortText
    kind: OperatorKind
    url: WebUrl | None = None
    support: Support | None = None


class Software(Model):
    name: str = Field(min_length=1, max_length=60)
    license: str | None = Field(default=None, max_length=60)
    """SPDX identifier."""
    source: WebUrl | None = None


class Users(Model):
    """Who may enter, each directly or by a link that somebody gives."""

    agents: Access | None = None
    eleves: Access | None = None
    familles: Access | None = None
    tous: Access | None = None


class WithPupils(Model):
    answer: WithPupilsAnswer
    note: Sentence | None = None


class Lifecycle(Model):
    stage: Stage = Stage.STABLE
    since: date | None = None
    until: date | None = None
    """The last day on which it works."""
    successor: Id | None = None
    note: Sentence | None = None


class Naming(Model):
    """What a room's or a document's name may be made of."""

    alphabet: Literal["letters", "letters-digits", "letters-digits-hyphen"] = (
        "letters-digits-hyphen"
    )
    length: int = Field(default=60, ge=16, le=200)
    """At most so many characters, the tail included."""


class Launch(Model):
    kind: LaunchKind = LaunchKind.LINK
    path: str = Field(default="", max_length=300, pattern=r"^(/\S*)?$")
    """Added to the backend's url; holds `{name}` once for a room or a document."""
    naming: Naming = Naming()
    host: Sentence | None = None
    """What the organiser must do once inside."""


class Hosting(Model):
    provider: str | None = Field(default=None, max_length=80)
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    until: date | None = None


class Expectation(Model):
    """What the `http` profile wants to see; all that is given must hold."""

    codes: tuple[int, ...] = ()
    text: str | None = Field(default=None, min_length=1, max_length=200)
    json_path: str | None = Field(default=None, pattern=r"^[\w-]+(\.[\w-]+)*$")
    json_value: str | None = None
    """The value at `json_path`, as text ("true", "31.0.1"); absent: any value but null."""


class Probe(Model):
    profile: Id
    url: ProbeUrl | None = None
    """Where to look, when it is not the backend's own url."""
    path: str | None = Field(default=None, pattern=r"^/\S*$", max_length=300)
    interval: int | None = Field(default=None, ge=10, le=86400)
    """Seconds."""
    timeout: int | None = Field(default=None, ge=1, le=60)
    """Seconds, for the whole probe."""
    down_after: int | None = Field(default=None, ge=1, le=20)
    up_after: int | None = Field(default=None, ge=1, le=20)
    expect: Expectation = Expectation()


class Backend(Model):
    id: Id
    url: WebUrl
    hosting: Hosting = Hosting()
    academies: tuple[Id, ...] = ()
    """Slugs it is for; none: all."""
    weight: int = Field(default=1, ge=1, le=1000)
    probe: Probe | None = None

    def __hash__(self) -> int:
        # Asked at each opening: two that are equal have the same id and url, and few others do.
        return hash((self.id, self.url))


class Variant(Model):
    id: Id
    label: ShortText
    profiles: tuple[Profile, ...] = ()
    launch: Launch | None = None
    backends: tuple[Backend, ...] = Field(min_length=1)


class DataHandling(Model):
    host: Sentence | None = None
    location: ShortText | None = None
    retention: Sentence | None = None
    takeout: Sentence | None = None
    """How to take one's data out."""


class LinkKind(StrEnum):
    HELP = "help"
    TUTORIAL = "tutorial"
    TERMS = "terms"
    PRIVACY = "privacy"
    ACCESSIBILITY = "accessibility"
    STATUS = "status"


class Link(Model):
    kind: LinkKind
    title: ShortText
    url: WebUrl


ChooseWhen = Annotated[Text, AfterValidator(_Longest(40))]
Summary = Annotated[Text, AfterValidator(_Longest(120))]


class Service(Model):
    id: Id
    title: str = Field(min_length=1, max_length=60)
    task: ShortText
    choose_when: ChooseWhen | None = None
    summary: Summary
    description: Text | None = None
    """Markdown."""
    icon: Id
    categories: tuple[Id, ...] = Field(min_length=1)
    keywords: tuple[str, ...] = ()
    profiles: tuple[Profile, ...] = ()
    users: Users
    with_pupils: WithPupils | None = None
    sign_in: tuple[SignIn, ...] = Field(min_length=1)
    visibility: Visibility = Visibility.PUBLIC
    software: Software | None = None
    operator: Id
    lifecycle: Lifecycle = Lifecycle()
    rollout: Rollout = Rollout.EVERYONE
    launch: Launch = Launch()
    backends: tuple[Backend, ...] = ()
    variants: tuple[Variant, ...] = ()
    limits: tuple[Sentence, ...] = ()
    data: DataHandling = DataHandling()
    links: tuple[Link, ...] = ()
    alternatives: tuple[Id, ...] = ()
    depends_on: tuple[Id, ...] = ()
    """Services that it cannot work without, such as the one that signs people in."""
    aliases: tuple[Id, ...] = ()

    def __hash__(self) -> int:
        # All of a service is much to hash; its id tells nearly as much.
        return hash(self.id)


class Catalogue(Model):
    format: Literal[1] = 1
    categories: tuple[Category, ...] = ()
    operators: tuple[Operator, ...] = ()
    services: tuple[Service, ...] = ()

    def service(self, service_id: str) -> Service | None:
        return next((item for item in self.services if item.id == service_id), None)

    def operator(self, operator_id: str) -> Operator | None:
        return next((item for item in self.operators if item.id == operator_id), None)
