"""An invitation to a team, opened by its link: accepted by who is signed in, or by a newcomer."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, StringField

from accounts import invitations, lifecycle, passwords
from accounts.errors import AccountError
from accounts.invitations import InvitationError, Offer
from accounts.models import Account
from accounts.passwords import PasswordError
from database import writing
from web import account_words, auth, current, links
from web.current import site
from web.forms import DeskForm
from web.guards import DOOR, rule
from web.site import utc_now
from web.translation import gettext as _
from web.translation import lazy_gettext

blueprint = Blueprint("invitation", __name__, url_prefix="/invitation/<token>")


class NewcomerForm(DeskForm):
    name = StringField(lazy_gettext("Votre nom"), render_kw={"autocomplete": "name"})
    email = StringField(
        lazy_gettext("Votre adresse mail professionnelle"),
        render_kw={"type": "email", "autocomplete": "email"},
    )
    password = PasswordField(
        lazy_gettext("Mot de passe"), render_kw={"autocomplete": "new-password"}
    )
    again = PasswordField(
        lazy_gettext("Le même mot de passe, encore une fois"),
        render_kw={"autocomplete": "new-password"},
    )


@blueprint.get("")
@rule(DOOR)
def show(token: str) -> Response:
    return _screen(token, _look(token), NewcomerForm())


@blueprint.post("")
@rule(DOOR)
def accept(token: str) -> ResponseReturnValue:
    """By who is signed in."""
    _look(token)
    person = auth.current_person()
    if person is None:
        return redirect(links.url("invitation.show", token=token), 303)
    with writing(site().sessions) as db:
        account = db.get_one(Account, person.account_id)
        offer = invitations.accept(db, token, account, now=utc_now())
    return _welcome(offer)


@blueprint.post("/compte")
@rule(DOOR)
def join(token: str) -> ResponseReturnValue:
    """By a newcomer, who chooses a password on the way."""
    offer, form = _look(token), NewcomerForm()
    if form.password.data != form.again.data:
        form.again.errors = [_("Les deux mots de passe ne sont pas les mêmes.")]
        return _screen(token, offer, form, status=422)
    try:
        account_id = _create(token, offer, form)
    except InvitationError:
        raise
    except AccountError as error:
        _put_beside(form, error)
        return _screen(token, offer, form, status=422)
    response = _welcome(offer)
    auth.sign_in(response, account_id)
    flash(_("Bienvenue ! Vous êtes de l'équipe."), "done")
    return response


def _look(token: str) -> Offer:
    with site().sessions() as db:
        offer = invitations.look(db, token, now=utc_now())
    if current.snapshot().card(offer.academie) is None:
        raise InvitationError("unknown")
    current.enter(offer.academie)
    return offer


def _create(token: str, offer: Offer, form: NewcomerForm) -> int:
    """Make the account and accept: both, or nothing."""
    now = utc_now()
    email = lifecycle.checked_email(offer.email or form.email.data or "")
    name = lifecycle.checked_name(form.name.data or "")
    # Hashed before anything is written: others would wait.
    draft = Account(email=email, name=name)
    passwords.set_password(draft, form.password.data or "")
    with writing(site().sessions) as db:
        account = lifecycle.create_account(db, email=email, name=name, now=now)
        account.password_hash = draft.password_hash
        invitations.accept(db, token, account, now=now)
        return account.id


def _put_beside(form: NewcomerForm, error: AccountError) -> None:
    """Say what is wrong beside the field that it is about."""
    field = form.password if isinstance(error, PasswordError) else form.email
    words = account_words.refused(error)
    if error.code == "bad-name":
        field = form.name
    if error.code == "email-taken":
        words = f"{words} {_('Entrez d’abord avec ce compte, puis rouvrez votre invitation.')}"
    field.errors = [words]


def _screen(token: str, offer: Offer, form: NewcomerForm, *, status: int = 200) -> Response:
    person = auth.current_person()
    body = render_template(
        "auth/invitation.html",
        token=token,
        offer=offer,
        form=form,
        role=account_words.role(offer.role),
        explained=account_words.role_at_length(offer.role),
        is_for_another=person is not None and offer.email not in (None, person.email),
        door=f"{links.url('auth.sign_in')}?next={request.script_root}/invitation/{token}",
    )
    return make_response(body, status)


def _welcome(offer: Offer) -> Response:
    response: Response = redirect(  # type: ignore[assignment]
        links.url("desk_start.start", academie=offer.academie), 303
    )
    return response
