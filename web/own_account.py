"""One's own account: name, password, devices, desks, and the way to be forgotten."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, request
from wtforms import BooleanField, PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from accounts import lifecycle, sessions
from accounts.errors import AccountError
from accounts.models import Account
from accounts.passwords import LEAST, PasswordError
from accounts.permissions import Action, may
from database import writing
from instances.national import NATIONAL_CARD
from web import auth, credentials, links
from web.auth import current_token, require_person
from web.current import site
from web.forms import DeskForm
from web.guards import needs
from web.landing import academie_of, desks_of, operators_of, own_path
from web.personal import blueprint
from web.rights_words import say_rights
from web.sign_in import signed_out
from web.site import utc_now
from web.translation import gettext as _
from web.translation import lazy_gettext

__all__ = ["blueprint"]
"""The personal blueprint, with the routes of this module too."""

_UNUSABLE, _CONFLICT, _SEE_OTHER = 422, 409, 303
_MOST = 1000


class NameForm(DeskForm):
    name = StringField(
        lazy_gettext("Votre nom"),
        [
            InputRequired(lazy_gettext("Dites comment vous vous appelez.")),
            Length(max=lifecycle.LONGEST_NAME, message=lazy_gettext("Ce nom est trop long.")),
        ],
        render_kw={"autocomplete": "name"},
    )


class PasswordForm(DeskForm):
    current_password = PasswordField(
        lazy_gettext("Votre mot de passe actuel"),
        [Length(max=_MOST)],
        render_kw={"autocomplete": "current-password"},
    )
    new_password = PasswordField(
        lazy_gettext("Nouveau mot de passe"),
        [InputRequired(lazy_gettext("Tapez un nouveau mot de passe."))],
        render_kw={"autocomplete": "new-password", "minlength": str(LEAST)},
    )
    new_password_again = PasswordField(
        lazy_gettext("Le même, encore une fois"),
        [InputRequired(lazy_gettext("Tapez-le une deuxième fois."))],
        render_kw={"autocomplete": "new-password"},
    )

    def validate_new_password_again(self, item: PasswordField) -> None:
        if item.data != self.new_password.data:
            raise ValidationError(_("Les deux ne sont pas pareils."))


class DeletionForm(DeskForm):
    sure = BooleanField(
        lazy_gettext("J'ai lu ce qui part et ce qui reste."),
        [InputRequired(lazy_gettext("Cochez cette case si vous voulez vraiment partir."))],
    )


@blueprint.get("/mon-compte")
@needs(Action.USE_OWN_SPACE)
def account() -> Response:
    return _account_page(NameForm(formdata=None, data={"name": require_person().name}))


@blueprint.post("/mon-compte")
@needs(Action.USE_OWN_SPACE)
def rename() -> Response:
    form, person = NameForm(), require_person()
    if not form.validate():
        return _account_page(form, status=_UNUSABLE)
    try:
        with writing(site().sessions) as db:
            mine = db.get_one(Account, person.account_id)
            lifecycle.change_identity(
                db, mine, email=mine.email, name=form.name.data, actor=person.actor, now=utc_now()
            )
    except AccountError:
        form.name.errors = [_("Ce nom ne peut pas être gardé : écrivez-le autrement.")]
        return _account_page(form, status=_UNUSABLE)
    flash(_("Votre nom est changé."), "done")
    return _see(links.url("personal.account"))


@blueprint.post("/mon-compte/partout")
@needs(Action.USE_OWN_SPACE)
def leave_everywhere() -> Response:
    with writing(site().sessions) as db:
        sessions.sign_out_everywhere(db, require_person().account_id)
    return signed_out(everywhere=True)


@blueprint.get("/mon-compte/bureaux")
@needs(Action.USE_OWN_SPACE)
def desks() -> Response:
    person = require_person()
    body = render_template(
        "personal/desks.html",
        desks=desks_of(person),
        governs=may(person, Action.SEE_COUNTRY),
        operates=may(person, Action.OPERATE),
        operators=operators_of(person),
    )
    return make_response(body)


@blueprint.get("/mon-compte/mot-de-passe")
@needs(Action.USE_OWN_SPACE)
def password() -> Response:
    return _password_page(PasswordForm(formdata=None))


@blueprint.post("/mon-compte/mot-de-passe")
@needs(Action.USE_OWN_SPACE)
def change_password() -> Response:
    form, person = PasswordForm(), require_person()
    if not form.validate():
        return _password_page(form, status=_UNUSABLE)
    if (
        _has_password()
        and credentials.check(person.email, form.current_password.data or "") is None
    ):
        form.current_password.errors = [_("Ce n'est pas votre mot de passe actuel.")]
        return _password_page(form, status=_UNUSABLE)
    first = not _has_password()
    try:
        with writing(site().sessions) as db:
            mine = db.get_one(Account, person.account_id)
            lifecycle.change_password(db, mine, form.new_password.data, now=utc_now())
            # Whoever knew the old one is out.
            sessions.sign_out_everywhere(db, person.account_id, keep=current_token())
    except PasswordError as error:
        form.new_password.errors = [_refused(error)]
        return _password_page(form, status=_UNUSABLE)
    changed = _("Votre mot de passe est changé ; vos autres appareils devront l'utiliser.")
    flash(_("Votre mot de passe est enregistré.") if first else changed, "done")
    return _see(own_path(request.form.get("next")) or links.url("personal.account"))


@blueprint.get("/mon-compte/supprimer")
@needs(Action.USE_OWN_SPACE)
def deletion() -> Response:
    return _deletion_page(DeletionForm(formdata=None))


@blueprint.post("/mon-compte/supprimer")
@needs(Action.USE_OWN_SPACE)
def delete_account() -> Response:
    form, person = DeletionForm(), require_person()
    if not form.validate():
        return _deletion_page(form, status=_UNUSABLE)
    try:
        with writing(site().sessions) as db:
            mine = db.get_one(Account, person.account_id)
            lifecycle.delete_account(db, mine, actor=person.actor, now=utc_now())
    except AccountError as error:
        return _deletion_page(form, status=_CONFLICT, refused=_kept(error))
    response = make_response(render_template("personal/deleted.html"))
    auth.sign_out(response)
    return response


def _account_page(form: NameForm, *, status: int = 200) -> Response:
    person = require_person()
    home = academie_of(person)
    with site().sessions() as db:
        devices = sessions.own_sessions(
            db,
            person.account_id,
            now=utc_now(),
            lifetimes=auth.lifetimes(),
            token=current_token(),
        )
    body = render_template(
        "personal/account.html",
        form=form,
        me=person,
        rights=say_rights(person.rights),
        devices=devices,
        desks=desks_of(person),
        governs=may(person, Action.SEE_COUNTRY),
        operates=may(person, Action.OPERATE),
        operators=operators_of(person),
        has_password=_has_password(),
        here=NATIONAL_CARD.zone if home is None else home.zone,
    )
    return make_response(body, status)


def _password_page(form: PasswordForm, *, status: int = 200) -> Response:
    wanted = own_path(request.values.get("next"))
    body = render_template(
        "personal/password.html",
        form=form,
        next=wanted,
        least=LEAST,
        has_password=_has_password(),
        email=require_person().email,
    )
    return make_response(body, status)


def _deletion_page(form: DeletionForm, *, status: int = 200, refused: str = "") -> Response:
    number = require_person().account_id
    body = render_template("personal/delete.html", form=form, number=number, refused=refused)
    return make_response(body, status)


def _has_password() -> bool:
    with site().sessions() as db:
        mine = db.get(Account, require_person().account_id)
        return mine is not None and mine.password_hash is not None


def _refused(error: PasswordError) -> str:
    words = {
        "too-short": _(
            "Il faut %(least)d signes au moins : une phrase fait l'affaire.", least=LEAST
        ),
        "too-long": _("C'est trop long."),
        "too-simple": _(
            "Trop facile à deviner : choisissez une phrase que personne d'autre ne dirait."
        ),
        "like-the-name": _("Il ressemble trop à votre nom ou à votre adresse."),
    }
    return words[error.code]


def _kept(error: AccountError) -> str:
    if error.code == "last-national":
        return _(
            "Vous êtes la dernière personne à administrer le niveau national : donnez d'abord ce "
            "rôle à quelqu'un d'autre."
        )
    return _(
        "Vous êtes la dernière personne responsable d'une équipe : donnez d'abord ce rôle à "
        "quelqu'un d'autre, dans « Membres »."
    )


def _see(path: str) -> Response:
    return make_response(redirect(path, _SEE_OTHER))
