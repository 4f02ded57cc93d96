"""Whom an académie names under "Besoin d'aide ?": add, change, remove, put in order."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, request, session
from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from instances.schema import ContactKind, HelpContact
from instances.texts import Saying, TextField
from instances.versions import ChangedMeanwhileError
from web import current, links, wording
from web.admin import text_saving as saving
from web.admin import text_words as words
from web.admin import texts
from web.admin.desk import Desk, desk, page
from web.admin.text_forms import ContactForm, MoveForm
from web.guards import needs
from web.translation import gettext as _

blueprint = texts.blueprint
"""One blueprint for the menu's one entry."""
_REMOVED = "removed-contact"
"""Where this browser's form cookie holds what was removed last, to put it back."""


@blueprint.get("/notre-academie/aide")
@needs(Action.SEE_DESK)
def contacts(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    listed = list(enumerate(_contacts(at), start=1))
    groups = [
        (wording.contact_kind(kind), [item for item in listed if item[1].kind is kind])
        for kind in ContactKind
    ]
    return page(
        "admin/text_contacts.html",
        at,
        groups=groups,
        own=saving.said_now(at).help is not None,
        national=words.contacts(saving.national_card(at).help),
        version=saving.version_of(at, TextField.HELP),
    )


@blueprint.get("/notre-academie/aide/nouveau")
@needs(Action.DECIDE)
def new_contact(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    form = _form(at)
    form.version.data = str(saving.version_of(at, TextField.HELP))
    return _show(at, form)


@blueprint.post("/notre-academie/aide/nouveau")
@needs(Action.DECIDE)
def add_contact(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    form = _form(at)
    if not form.validate():
        return _show(at, form, status=422)
    return _save(at, form, (*_contacts(at), form.contact()))


@blueprint.get("/notre-academie/aide/<int:rank>")
@needs(Action.DECIDE)
def edit_contact(academie: str, rank: int) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    form = _form(at)
    form.fill(_contact(_contacts(at), rank))
    form.version.data = str(saving.version_of(at, TextField.HELP))
    return _show(at, form, rank=rank)


@blueprint.post("/notre-academie/aide/<int:rank>")
@needs(Action.DECIDE)
def save_contact(academie: str, rank: int) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    form = _form(at)
    if not form.validate():
        return _show(at, form, rank=rank, status=422)
    several = list(_contacts(at))
    if rank > len(several):
        # Somebody removed some meanwhile: what was typed is kept as one more.
        several.append(form.contact())
    else:
        _contact(several, rank)
        several[rank - 1] = form.contact()
    return _save(at, form, several, rank=rank)


@blueprint.post("/notre-academie/aide/<int:rank>/retirer")
@needs(Action.DECIDE)
def remove_contact(academie: str, rank: int) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    several = list(_contacts(at))
    removed = _contact(several, rank)
    del several[rank - 1]
    if _changed(at, several):
        session[_REMOVED] = [rank, removed.model_dump(mode="json", exclude_none=True)]
        undo = links.url("desk_texts.put_back_contact")
        text = _("%(name)s est retiré.", name=removed.name.fr)
        flash({"text": text, "undo": undo}, "done")  # type: ignore[arg-type]
    return redirect(links.url("desk_texts.contacts"), 303)


@blueprint.post("/notre-academie/aide/remettre")
@needs(Action.DECIDE)
def put_back_contact(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    rank, removed = session.pop(_REMOVED, (0, None))
    if removed is None:
        return redirect(links.url("desk_texts.contacts"), 303)
    several = list(_contacts(at))
    several.insert(rank - 1, HelpContact.model_validate(removed))
    saving.save(at, Saying(field=TextField.HELP, value=tuple(several)))
    return saving.done(_("C'est remis."), "desk_texts.contacts")


@blueprint.post("/notre-academie/aide/<int:rank>/deplacer")
@needs(Action.DECIDE)
def move_contact(academie: str, rank: int) -> ResponseReturnValue:  # noqa: ARG001
    """Change places with the neighbour of its own kind: the page shows kinds apart."""
    at = desk()
    several = list(_contacts(at))
    moved = _contact(several, rank)
    up = request.form.get("sens") == "monter"
    before, after = range(rank - 2, -1, -1), range(rank, len(several))
    others = [place for place in (before if up else after) if several[place].kind is moved.kind]
    if others:
        several[rank - 1], several[others[0]] = several[others[0]], moved
        if _changed(at, several):
            flash(_("L'ordre est changé."), "done")
    return redirect(links.url("desk_texts.contacts"), 303)


def _contacts(at: Desk) -> tuple[HelpContact, ...]:
    """Return the list in force: the académie's own, or the card's to begin with."""
    own = saving.said_now(at).help
    return saving.national_card(at).help if own is None else own


def _contact(several: Sequence[HelpContact], rank: int) -> HelpContact:
    if not 1 <= rank <= len(several):
        current.not_found()
    return several[rank - 1]


def _form(at: Desk) -> ContactForm:
    del at
    form = ContactForm()
    form.set_choices()
    return form


def _changed(at: Desk, several: Sequence[HelpContact]) -> bool:
    """Write what a button does to the list; the list that was looked at must still be there."""
    saying = Saying(field=TextField.HELP, value=tuple(several), seen=MoveForm().seen)
    meanwhile = saving.save(at, saying)
    if meanwhile is None:
        return True
    who, when, _theirs = saving.conflict(at, meanwhile, MoveForm(), [])
    text = _(
        "%(who)s a changé la liste %(when)s : la voici, recommencez s'il le faut.",
        who=who,
        when=when,
    )
    flash(text, "error")
    return False


def _save(
    at: Desk, form: ContactForm, several: Sequence[HelpContact], *, rank: int | None = None
) -> ResponseReturnValue:
    saying = Saying(field=TextField.HELP, value=tuple(several), seen=form.seen, reason=form.why)
    meanwhile = saving.save(at, saying)
    if meanwhile is None:
        return saving.done(_("C'est enregistré."), "desk_texts.contacts")
    return _show_conflict(at, form, meanwhile, rank)


def _show_conflict(
    at: Desk, form: ContactForm, meanwhile: ChangedMeanwhileError, rank: int | None
) -> ResponseReturnValue:
    theirs = [(_("La liste"), " / ".join(words.contacts(_contacts(at))))]
    conflict = saving.conflict(at, meanwhile, form, theirs)
    return _show(at, form, rank=rank, conflict=conflict, status=409)


def _show(
    at: Desk,
    form: ContactForm,
    *,
    rank: int | None = None,
    conflict: saving.Conflict | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    return page(
        "admin/text_contact.html", at, status=status, form=form, rank=rank, conflict_with=conflict
    )
