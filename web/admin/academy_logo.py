"""The académie's logo: give one, take it away."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from accounts.permissions import Action
from instances.logo import LARGEST, Logo, LogoError, read_logo, remove_logo, set_logo, version_of
from instances.versions import ChangedMeanwhileError
from web.admin import help_contacts
from web.admin import text_saving as saving
from web.admin import text_words as words
from web.admin.desk import Desk, deciding, desk, page
from web.admin.text_forms import LogoForm, ReasonedForm, RevertForm
from web.guards import needs
from web.translation import gettext as _

blueprint = help_contacts.blueprint

_REMOVAL = "admin/text_logo_removal.html"


@blueprint.get("/notre-academie/logo")
@needs(Action.DECIDE)
def edit_logo(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    form = LogoForm()
    form.version.data = str(version_of(_logo(at)))
    return _show(at, form)


@blueprint.post("/notre-academie/logo")
@needs(Action.DECIDE)
def save_logo(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    form = LogoForm()
    try:
        logo = read_logo(form.content())
    except LogoError as error:
        form.validate()
        form.logo.errors = [words.logo_refused(error)]
        return _show(at, form, status=422)
    if not form.validate():
        return _show(at, form, status=422)
    try:
        with deciding() as session:
            set_logo(session, logo, by=at.decision(), seen=form.seen, reason=form.why)
    except ChangedMeanwhileError as error:
        conflict = saving.conflict(at, error, form, [])
        return _show(at, form, conflict=conflict, status=409)
    return saving.done(_("Votre logo est affiché."))


@blueprint.get("/notre-academie/logo/retirer")
@needs(Action.DECIDE)
def ask_removal(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    if _logo(at) is None:
        return saving.done(_("Le logo est retiré."))
    form = RevertForm()
    form.version.data = str(version_of(_logo(at)))
    return _show(at, form, template=_REMOVAL)


@blueprint.post("/notre-academie/logo/retirer")
@needs(Action.DECIDE)
def take_logo_away(academie: str) -> ResponseReturnValue:  # noqa: ARG001
    at = desk()
    form = RevertForm()
    if not form.validate():
        return _show(at, form, template=_REMOVAL, status=422)
    try:
        with deciding() as session:
            remove_logo(session, by=at.decision(), seen=form.seen, reason=form.why)
    except ChangedMeanwhileError as error:
        conflict = saving.conflict(at, error, form, [])
        return _show(at, form, template=_REMOVAL, conflict=conflict, status=409)
    return saving.done(_("Le logo est retiré."))


def _logo(at: Desk) -> Logo | None:
    return saving.said_now(at).logo


def _show(
    at: Desk,
    form: ReasonedForm,
    *,
    template: str = "admin/text_logo.html",
    conflict: saving.Conflict | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    return page(
        template,
        at,
        status=status,
        form=form,
        logo=_logo(at),
        limit=LARGEST // 1024,
        conflict_with=conflict,
    )
