"""What the académie says of itself: the overview, its name, its welcome, what it puts forward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint
from flask.typing import ResponseReturnValue

from accounts.names import names_of
from accounts.permissions import Action
from instances import texts
from instances.offer import today
from instances.texts import LastWord, Saying, TextField, Texts
from web import current, links
from web.admin import text_saving as saving
from web.admin import text_words as words
from web.admin.actors import say_actor
from web.admin.desk import Desk, desk, page
from web.admin.text_forms import DelegationForm, RevertForm, SpotlightForm, WelcomeForm
from web.guards import needs
from web.site import utc_now
from web.translation import gettext as _

blueprint = Blueprint("desk_texts", __name__, url_prefix="/<academie>/gestion")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One field in the overview."""

    title: str
    edit: str
    national: Sequence[str]
    """The card's value; empty: the nation says nothing here."""
    own: Sequence[str]
    told: str
    """Who, when and why; empty: nobody ever touched it."""
    revert: str | None = None
    """Address of the way back, when there is something of the académie's own."""
    revert_words: str = ""


@blueprint.get("/notre-academie")
@needs(Action.SEE_DESK)
def index(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    said = saving.said_now(at)
    with current.site().sessions() as session:
        touched = texts.last_words(session, at.card.slug)
        names = names_of(session, [word.actor for word in touched.values()])
    told = {subject: _told(at, word, names) for subject, word in touched.items()}
    lines = [_line(at, segment, said, told) for segment in words.SEGMENTS]
    return page(
        "admin/texts.html",
        at,
        lines=lines,
        logo=said.logo,
        logo_told=told.get("logo", ""),
    )


def _told(at: Desk, word: LastWord, names: dict[str, str]) -> str:
    who = say_actor(word.actor, names)
    what = _("%(who)s, %(when)s.", who=who, when=saving.when(at, word.at))
    return f"{what} {word.reason}" if word.reason else what


def _line(at: Desk, segment: str, said: Texts, told: dict[str, str]) -> Line:
    field = words.SEGMENTS[segment]
    own = getattr(said, field.value)
    edit = "desk_texts.contacts" if field is TextField.HELP else "desk_texts.edit_" + field.value
    return Line(
        title=words.title(field),
        edit=links.url(edit),
        national=_national(at, field),
        own=_own(at, field, said) if own is not None else [],
        told=told.get(texts.subject_of(field), ""),
        revert=links.url("desk_texts.revert", segment=segment) if own is not None else None,
        revert_words=words.revert(field),
    )


def _national(at: Desk, field: TextField) -> list[str]:
    card = saving.national_card(at)
    if field is TextField.DELEGATION:
        return words.text(card.delegation)
    return words.contacts(card.help) if field is TextField.HELP else []


def _own(at: Desk, field: TextField, said: Texts) -> list[str]:
    if field is TextField.HELP:
        return words.contacts(said.help or ()) or [_("Aucun contact de l'académie.")]
    if field is TextField.SPOTLIGHT:
        shown = saving.shown_services(at)
        return words.spotlight(said.spotlight, shown, today(at.card, utc_now()))
    return words.text(said.delegation if field is TextField.DELEGATION else said.welcome)


@blueprint.get("/notre-academie/nom")
@needs(Action.DECIDE)
def edit_delegation(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    return _edit_words(TextField.DELEGATION)


@blueprint.post("/notre-academie/nom")
@needs(Action.DECIDE)
def save_delegation(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    return _save_words(TextField.DELEGATION)


@blueprint.get("/notre-academie/accueil")
@needs(Action.DECIDE)
def edit_welcome(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    return _edit_words(TextField.WELCOME)


@blueprint.post("/notre-academie/accueil")
@needs(Action.DECIDE)
def save_welcome(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    return _save_words(TextField.WELCOME)


def _words_form(field: TextField) -> DelegationForm:
    return WelcomeForm() if field is TextField.WELCOME else DelegationForm()


def _edit_words(field: TextField) -> ResponseReturnValue:
    at = desk()
    form = _words_form(field)
    said = saving.said_now(at)
    form.fill(said.welcome if field is TextField.WELCOME else said.delegation)
    form.version.data = str(saving.version_of(at, field))
    return _show_words(at, field, form)


def _save_words(field: TextField) -> ResponseReturnValue:
    at = desk()
    form = _words_form(field)
    if not form.validate():
        return _show_words(at, field, form, status=422)
    saying = Saying(field=field, value=form.text(), seen=form.seen, reason=form.why)
    meanwhile = saving.save(at, saying)
    if meanwhile is None:
        return saving.done(_("C'est enregistré."))
    theirs = _own(at, field, saving.said_now(at)) or [_("comme au niveau national")]
    conflict = saving.conflict(at, meanwhile, form, [(words.title(field), " ".join(theirs))])
    return _show_words(at, field, form, conflict=conflict, status=409)


def _show_words(
    at: Desk,
    field: TextField,
    form: DelegationForm,
    *,
    conflict: saving.Conflict | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    return page(
        "admin/text_words.html",
        at,
        status=status,
        form=form,
        heading=words.title(field),
        is_welcome=field is TextField.WELCOME,
        national=" ".join(_national(at, field)) or None,
        conflict_with=conflict,
    )


@blueprint.get("/notre-academie/mise-en-avant")
@needs(Action.DECIDE)
def edit_spotlight(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    form = _spotlight_form(at)
    said = saving.said_now(at).spotlight
    if said is not None:
        form.fill(said)
    form.version.data = str(saving.version_of(at, TextField.SPOTLIGHT))
    return page("admin/text_spotlight.html", at, form=form, conflict_with=None)


@blueprint.post("/notre-academie/mise-en-avant")
@needs(Action.DECIDE)
def save_spotlight(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    form = _spotlight_form(at)
    if not form.validate():
        return page("admin/text_spotlight.html", at, status=422, form=form, conflict_with=None)
    spotlight = form.spotlight()
    day = today(at.card, utc_now())
    texts.check_spotlight(spotlight, known=form.shown, today=day)
    field = TextField.SPOTLIGHT
    saying = Saying(field=field, value=spotlight, seen=form.seen, reason=form.why)
    meanwhile = saving.save(at, saying)
    if meanwhile is None:
        later = spotlight.starts > day
        done = (
            _("C'est enregistré : elle paraîtra à sa date.") if later else _("Elle est affichée.")
        )
        return saving.done(done)
    theirs = _own(at, field, saving.said_now(at))
    conflict = saving.conflict(at, meanwhile, form, [(words.title(field), " · ".join(theirs))])
    return page("admin/text_spotlight.html", at, status=409, form=form, conflict_with=conflict)


def _spotlight_form(at: Desk) -> SpotlightForm:
    form = SpotlightForm()
    form.set_against(saving.shown_services(at), today(at.card, utc_now()))
    return form


@blueprint.get("/notre-academie/<segment>/revenir")
@needs(Action.DECIDE)
def revert(academie: str, segment: str) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    field = _field(segment)
    form = RevertForm()
    form.version.data = str(saving.version_of(at, field))
    return _show_revert(at, field, form)


@blueprint.post("/notre-academie/<segment>/revenir")
@needs(Action.DECIDE)
def save_revert(academie: str, segment: str) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    field = _field(segment)
    form = RevertForm()
    if not form.validate():
        return _show_revert(at, field, form, status=422)
    saying = Saying(field=field, value=None, seen=form.seen, reason=form.why)
    meanwhile = saving.save(at, saying)
    if meanwhile is None:
        return saving.done(words.reverted(field))
    conflict = saving.conflict(at, meanwhile, form, [])
    return _show_revert(at, field, form, conflict=conflict, status=409)


def _field(segment: str) -> TextField:
    field = words.SEGMENTS.get(segment)
    if field is None:
        current.not_found()
    return field


def _show_revert(
    at: Desk,
    field: TextField,
    form: RevertForm,
    *,
    conflict: saving.Conflict | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    return page(
        "admin/text_revert.html",
        at,
        status=status,
        form=form,
        heading=words.revert(field),
        own=_own(at, field, saving.said_now(at)),
        national=_national(at, field),
        conflict_with=conflict,
    )
