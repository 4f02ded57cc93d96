from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from catalogue.changes import Change, ChangeKind, Part
from catalogue.schema import Catalogue, Text
from instances import choices, news, publication
from instances.choices import Decision, Hiding
from instances.differences import DifferenceKind, differences
from instances.models import Acknowledgement, HideReason, LocalServiceRow, Publication
from instances.news import Aspect, NewsItem, NewsKind, national_news, read_news
from instances.publication import Sources
from instances.reminders import ReminderKind, reminders
from instances.schema import AcademyCard
from instances.snags import SnagKind, snags
from instances.snapshot import Snapshot, read_snapshot
from journal import JournalLine
from tests.portal import ACADEMIES, CATALOGUE

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
BY = Decision(academie="lyon", actor="account/1", now=NOW)
NATION = CATALOGUE.read_text(encoding="utf-8")


class Country:
    """A catalogue that the nation edits, and an académie that decides meanwhile."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.session = session
        self.file = folder / "services.yaml"
        self.sources = Sources(catalogue=str(self.file), academies=ACADEMIES)
        self.publish(NATION)

    def publish(self, text: str) -> None:
        self.file.write_text(text, encoding="utf-8")
        found = publication.look(self.sources, etag=None)
        publication.accept(self.session, found, self.sources, now=NOW)
        self.session.flush()

    def edit(self, *pairs: tuple[str, str]) -> None:
        text = NATION
        for before, after in pairs:
            assert before in text
            text = text.replace(before, after)
        self.publish(text)

    def without(self, service_id: str) -> None:
        """Publish the list without a service and without whoever names it."""
        before, _, rest = NATION.partition(f"  - id: {service_id}\n")
        _, mark, after = rest.partition("  - id: ")
        text = before + mark + after
        for alternative in (
            f"    alternatives: [{service_id}]\n",
            f"      successor: {service_id}\n",
        ):
            text = text.replace(alternative, "")
        self.publish(text)

    @property
    def snapshot(self) -> Snapshot:
        self.session.flush()
        return read_snapshot(self.session, self.sources, now=NOW)

    @property
    def card(self) -> AcademyCard:
        card = self.snapshot.card("lyon")
        assert card is not None
        return card

    def news(self, now: datetime = NOW) -> news.News:
        return read_news(self.session, self.snapshot, self.card, now=now)

    def hide(self, service_id: str, **values: Any) -> None:
        catalogue = self.snapshot.catalogue
        service = catalogue.service(service_id)
        assert service is not None
        hiding = Hiding(reason=HideReason.OUTAGES, **values)
        known = [item.id for item in catalogue.services]
        choices.hide_service(self.session, service, hiding, by=BY, known=known)

    def reword(self, service_id: str, words: Mapping[str, str]) -> None:
        service = self.snapshot.catalogue.service(service_id)
        assert service is not None
        wording = {name: Text(fr=text) for name, text in words.items()}
        choices.reword_service(self.session, service, wording, by=BY)

    def read(self) -> None:
        found = self.news()
        assert found.publication is not None
        assert news.acknowledge(self.session, found.publication, by=BY)

    def snags(self, now: datetime = NOW) -> list[tuple[SnagKind, str, str | None]]:
        found = snags(self.snapshot, self.card, now=now)
        return [(item.kind, item.subject, item.other) for item in found]


@pytest.fixture
def country(any_engine: Engine, tmp_path: Path) -> Any:
    with Session(any_engine) as session:
        session.connection(execution_options={"trousse_writes": True})
        yield Country(session, tmp_path)


def kinds(items: tuple[NewsItem, ...]) -> list[tuple[NewsKind, str]]:
    return [(item.kind, item.id) for item in items]


def test_on_day_one_nothing_is_new(country: Country) -> None:
    assert country.news().count == 0
    news.begin(country.session, by=BY)
    assert country.news().count == 0
    assert country.news().since == NOW


def test_what_the_nation_changes_is_new_until_it_is_read(country: Country) -> None:
    news.begin(country.session, by=BY)
    country.edit(
        ("title: Rendez-vous", "title: Rendez-vous plus"),
        ('url: "https://notes.example.fr/"', 'url: "https://carnets.example.fr/"'),
        ("lifecycle: {stage: beta}", "lifecycle: {stage: beta, until: 2027-01-31}"),
    )
    found = country.news()
    assert {item.id: item.aspects for item in found.items} == {
        "salle": (Aspect.WORDS,),
        "notes": (Aspect.ADDRESSES,),
        "pad": (Aspect.DATES,),
    }
    assert found.count == 3
    country.read()
    assert country.news().count == 0
    line = country.session.scalars(select(JournalLine).order_by(JournalLine.id.desc())).first()
    assert line is not None
    assert (line.event, line.academie) == ("news.acknowledged", "lyon")


def test_beginning_twice_keeps_what_is_unread(country: Country) -> None:
    news.begin(country.session, by=BY)
    country.edit(("title: Rendez-vous", "title: Rendez-vous plus"))
    news.begin(country.session, by=BY)
    assert country.news().count == 1


def test_services_that_come_and_go_are_new(country: Country) -> None:
    country.without("pad")
    news.begin(country.session, by=BY)
    country.without("framasalle")
    assert kinds(country.news().items) == [
        (NewsKind.ADDED, "pad"),
        (NewsKind.REMOVED, "framasalle"),
        (NewsKind.CHANGED, "pads-2020"),
    ], "what closed in 2024 has its successor again"


def test_a_retired_operator_is_new_and_its_choices_are_kept(country: Country) -> None:
    service = country.snapshot.catalogue.service("framasalle")
    assert service is not None
    choices.show_service(country.session, service, by=BY)
    news.begin(country.session, by=BY)
    text = NATION[: NATION.index("  - id: framasalle")]
    text += NATION[NATION.index("  - id: pads-2020") :]
    country.publish(
        text.replace(
            "  - {id: asso, name: {fr: Une association, en: An association}, kind: association}\n",
            "",
        )
    )
    assert kinds(country.news().items) == [
        (NewsKind.REMOVED, "framasalle"),
        (NewsKind.OPERATOR_REMOVED, "asso"),
    ]
    assert country.snags() == [(SnagKind.SERVICE_GONE, "framasalle", None)]
    assert country.news().count == 3


def test_what_only_machines_care_for_is_not_new(country: Country) -> None:
    news.begin(country.session, by=BY)
    country.edit(
        ("probe: {profile: jitsi}}", "probe: {profile: jitsi, interval: 60}}"),
        ("keywords: [etherpad]", "keywords: [etherpad, framapad]"),
        ("en: Write together", "en: Write with others"),
    )
    assert country.news().items == ()


def test_addresses_of_other_academies_are_not_new(country: Country) -> None:
    news.begin(country.session, by=BY)
    more = '- {id: r, url: "https://rennes.example.fr", academies: [rennes]}\n      '
    here = '- {id: a, url: "https://salle.example.fr"'
    country.edit((here, more + here))
    assert country.news().items == ()
    country.edit((here, more.replace("rennes]", "lyon]") + here))
    assert [item.aspects for item in country.news().items] == [(Aspect.ADDRESSES,)]


def test_a_version_that_was_dropped_gives_way_to_the_oldest_kept(country: Country) -> None:
    news.begin(country.session, by=BY)
    country.edit(("title: Rendez-vous", "title: Rendez-vous deux"))
    country.edit(("title: Rendez-vous", "title: Rendez-vous trois"))
    first = country.session.get_one(Acknowledgement, "lyon").publication_id
    country.session.execute(delete(Publication).where(Publication.id == first))
    (item,) = country.news().items
    assert [(change.before, change.after) for change in item.changes] == [
        ("Rendez-vous deux", "Rendez-vous trois")
    ]


def test_what_came_after_the_screen_was_made_stays_to_be_read(country: Country) -> None:
    news.begin(country.session, by=BY)
    country.edit(("title: Rendez-vous", "title: Rendez-vous deux"))
    seen = country.news().publication
    assert seen is not None
    country.edit(("title: Rendez-vous", "title: Rendez-vous trois"))
    assert news.acknowledge(country.session, seen, by=BY)
    assert country.news().count == 1
    assert not news.acknowledge(country.session, 10_000, by=BY)


def test_a_service_that_vanishes_and_returns_keeps_its_choice(country: Country) -> None:
    country.hide("pad", replacement_service="notes", word="Prenez CodiMD.")
    news.begin(country.session, by=BY)
    country.without("pad")
    assert country.snags() == [(SnagKind.SERVICE_GONE, "pad", None)]
    assert country.news().new_snags == frozenset(country.news().snags)
    country.publish(NATION)
    assert country.snags() == []
    (found,) = differences(country.session, country.snapshot, country.card, now=NOW)
    assert (found.kind, found.word, found.replacement) == (
        DifferenceKind.HIDDEN,
        "Prenez CodiMD.",
        "notes",
    )


def test_a_replacement_that_leaves_is_told_every_day(country: Country) -> None:
    country.hide("visio", replacement_service="pad")
    country.without("pad")
    news.begin(country.session, by=BY)
    assert country.snags() == [(SnagKind.REPLACEMENT_MISSING, "visio", "pad")]
    assert country.news().count == 1, "people are sent to what is not there"
    country.publish(NATION)
    country.read()
    country.hide("pad")
    assert country.snags() == [(SnagKind.REPLACEMENT_MISSING, "visio", "pad")]
    assert country.news().count == 1


def test_a_wording_that_the_nation_took_over_is_useless(country: Country) -> None:
    country.reword("salle", {"summary": "Une salle en un clic.", "task": "Se parler"})
    news.begin(country.session, by=BY)
    assert country.snags() == []
    country.edit(
        (
            "summary: {fr: Une salle sans compte., en: A room without account.}",
            "summary: Une salle en un clic.",
        )
    )
    (snag,) = country.news().snags
    assert (snag.kind, snag.fields) == (SnagKind.SAME_WORDING, ("summary",))
    assert country.news().count == 2, "the nation's words, and ours that serve no more"
    country.read()
    assert country.news().count == 0, "read, and still in the list"
    assert country.snags() != []


def test_a_hiding_that_became_impossible_is_told(country: Country) -> None:
    country.hide("pad")
    news.begin(country.session, by=BY)
    country.edit(("lifecycle: {stage: beta}", "rollout: required"))
    assert (SnagKind.HIDING_REFUSED, "pad", None) in country.snags()


def test_what_was_asked_for_and_comes_to_all_is_told(country: Country) -> None:
    service = country.snapshot.catalogue.service("framasalle")
    assert service is not None
    choices.show_service(country.session, service, by=BY)
    country.edit(("rollout: opt-in", "rollout: everyone"), ("kind: association", "kind: education"))
    assert country.snags() == [(SnagKind.SHOWN_BY_ALL, "framasalle", None)]


def test_a_national_newcomer_that_duplicates_a_local_one_is_told(country: Country) -> None:
    entry = country.snapshot.catalogue.service("pad")
    assert entry is not None
    content = entry.model_dump(mode="json", exclude_none=True)
    content |= {"title": "Pad de Lyon", "alternatives": []}
    del content["id"], content["operator"]
    country.without("pad")
    row = LocalServiceRow(
        academie="lyon", name="pad", content=content, updated_at=NOW, updated_by="account/1"
    )
    country.session.add(row)
    news.begin(country.session, by=BY)
    assert country.snags() == []
    country.publish(NATION)
    assert country.snags() == [(SnagKind.DUPLICATE, "lyon.pad", "pad")]
    assert len(country.news().new_snags) == 1


def test_a_day_that_comes_is_told(country: Country) -> None:
    country.hide("visio", review_on=date(2026, 12, 10))
    country.hide("salle", until=date(2026, 12, 12))

    def told(day: int) -> list[tuple[ReminderKind, str, bool]]:
        now = NOW + timedelta(days=day)
        found = reminders(country.session, country.snapshot, country.card, now=now)
        return [(item.kind, item.service.id, item.due) for item in found]

    review = (ReminderKind.REVIEW, "visio", False)
    ends = (ReminderKind.HIDING_ENDS, "salle", False)
    due = (ReminderKind.REVIEW, "visio", True)
    ended = (ReminderKind.HIDING_ENDED, "salle", False)
    assert told(-40) == []
    assert told(0) == [review, ends]
    assert told(18) == [due, ends], "on its very day"
    assert told(21) == [due, ended]
    assert told(60) == [due], "until somebody looks"
    assert country.news(NOW + timedelta(days=60)).count == 1


def test_a_hiding_that_is_over_is_no_difference(country: Country) -> None:
    country.hide("salle", until=date(2026, 12, 12))
    later = NOW + timedelta(days=21)
    assert len(differences(country.session, country.snapshot, country.card, now=NOW)) == 1
    assert differences(country.session, country.snapshot, country.card, now=later) == ()


def test_what_closes_is_told_three_months_before(country: Country) -> None:
    country.edit(
        ("lifecycle: {stage: beta}", "lifecycle: {until: 2027-02-01}"),
        (
            'url: "https://salle.example.fr"',
            'url: "https://salle.example.fr", hosting: {provider: OVH, until: 2026-12-31}',
        ),
    )
    found = reminders(country.session, country.snapshot, country.card, now=NOW)
    assert [(item.kind, item.service.id, item.provider) for item in found] == [
        (ReminderKind.HOSTING_ENDS, "salle", "OVH"),
        (ReminderKind.SERVICE_ENDS, "pad", None),
    ]


def test_each_difference_has_its_author(country: Country) -> None:
    country.hide("visio")
    other = Decision(academie="lyon", actor="account/2", now=NOW + timedelta(hours=1))
    service = country.snapshot.catalogue.service("visio")
    assert service is not None
    wording = {"summary": Text(fr="Une salle à nous.")}
    choices.reword_service(country.session, service, wording, by=other)
    found = differences(country.session, country.snapshot, country.card, now=NOW)
    assert [(item.kind, item.actor) for item in found] == [
        (DifferenceKind.HIDDEN, "account/1"),
        (DifferenceKind.REWORDED, "account/2"),
    ]
    assert found[0].reason is HideReason.OUTAGES


@pytest.mark.parametrize(
    ("field", "aspect"),
    [
        ("task.fr", Aspect.WORDS),
        ("task.en", None),
        ("backends[a].url", Aspect.ADDRESSES),
        ("backends[a].weight", None),
        ("backends[a].hosting.until", Aspect.DATES),
        ("backends", None),
        ("variants[x].backends[a]", Aspect.ADDRESSES),
        ("sign_in", Aspect.ACCESS),
        ("icon", None),
    ],
)
def test_a_change_is_about_something(field: str, aspect: Aspect | None) -> None:
    change = Change(kind=ChangeKind.CHANGED, part=Part.SERVICE, id="x", field=field)
    assert news.aspect_of(change) is aspect


def test_two_lists_alike_give_no_news() -> None:
    assert national_news(Catalogue(), Catalogue(), slug="lyon") == ()
