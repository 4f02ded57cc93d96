"""Where one signs in, with a password or a link, and out."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from flask_wtf.csrf import generate_csrf
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired, Length

from accounts import links as sign_in_links
from accounts.lifecycle import LONGEST_EMAIL
from accounts.models import Account
from accounts.sessions import person_of
from database import writing
from web import auth, credentials, links, oidc_logout
from web.auth import current_person
from web.current import site
from web.forms import DeskForm
from web.guards import DOOR, rule
from web.landing import landing, own_path
from web.site import utc_now
from web.translation import lazy_gettext

blueprint = Blueprint("auth", __name__)

_UNUSABLE, _GONE, _SEE_OTHER = 422, 410, 303
_MOST = 1000
"""Characters of a password that are read."""


class SignInForm(DeskForm):
    email = EmailField(
        lazy_gettext("Adresse mail professionnelle"),
        [
            InputRequired(lazy_gettext("Tapez votre adresse mail.")),
            Length(max=LONGEST_EMAIL, message=lazy_gettext("Cette adresse est trop longue.")),
        ],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        lazy_gettext("Mot de passe"),
        [
            InputRequired(lazy_gettext("Tapez votre mot de passe.")),
            Length(max=_MOST, message=lazy_gettext("Ce mot de passe est trop long.")),
        ],
        render_kw={"autocomplete": "current-password"},
    )


@blueprint.get("/connexion")
@rule(DOOR)
def sign_in() -> Response:
    person, wanted = current_person(), own_path(request.args.get("next"))
    if person is not None:
        return _see(landing(person, wanted))
    return _door(SignInForm(formdata=None), wanted)


@blueprint.post("/connexion")
@rule(DOOR)
def sign_in_with_password() -> Response:
    form, wanted = SignInForm(), own_path(request.form.get("next"))
    if not form.validate():
        return _door(form, wanted, status=_UNUSABLE)
    account_id = credentials.check(form.email.data, form.password.data)
    if account_id is None:
        return _door(form, wanted, status=_UNUSABLE, refused=True)
    return _let_in(account_id, wanted)


@blueprint.get("/connexion/lien/<token>")
@rule(DOOR)
def link(token: str) -> Response:
    """Show a button: programs that read mail follow links, and would use it up."""
    with site().sessions() as db:
        account = sign_in_links.holder_of(db, token, now=utc_now())
    if account is None:
        return _link_is_over()
    return make_response(render_template("auth/link.html", token=token, account=account))


@blueprint.post("/connexion/lien/<token>")
@rule(DOOR)
def use_link(token: str) -> Response:
    with writing(site().sessions) as db:
        account = sign_in_links.use_link(db, token, now=utc_now())
    return _link_is_over() if account is None else _let_in(account.id, None)


@blueprint.get("/connexion/fait")
@rule(DOOR)
def done() -> Response:
    """Say, in the tab that was opened for it, that the other one may go on."""
    return make_response(render_template("auth/done.html", signed_in=current_person() is not None))


@blueprint.get("/connexion/jeton")
@rule(DOOR)
def fresh_token() -> Response:
    """Give a form that stayed open the token of now; no other site can read this answer."""
    return jsonify(token=generate_csrf(), signed_in=current_person() is not None)


@blueprint.get("/deconnexion")
@rule(DOOR)
def leave() -> Response:
    return make_response(render_template("auth/leave.html", person=current_person()))


@blueprint.post("/deconnexion")
@rule(DOOR)
def sign_out() -> Response:
    response = oidc_logout.logout_page()
    return signed_out() if response is None else response


def signed_out(*, everywhere: bool = False) -> Response:
    """End this browser's session, and say so."""
    response = make_response(render_template("auth/signed_out.html", everywhere=everywhere))
    auth.sign_out(response)
    return response


def _door(
    form: SignInForm, wanted: str | None, *, status: int = 200, refused: bool = False
) -> Response:
    ended = request.method == "GET" and auth.current_token() is not None
    body = render_template(
        "auth/sign_in.html", form=form, next=wanted, refused=refused, ended=ended
    )
    return make_response(body, status)


def _let_in(account_id: int, wanted: str | None) -> Response:
    with site().sessions() as db:
        account = db.get_one(Account, account_id)
        person, has_password = person_of(db, account), account.password_hash is not None
    target = landing(person, wanted)
    if not has_password and site().settings.oidc_issuer is None:
        # The link lets in once: whoever has no other way is asked for one now.
        target = links.url("personal.password", next=target)
    response = _see(target)
    auth.sign_in(response, account_id)
    return response


def _link_is_over() -> Response:
    return make_response(render_template("auth/link_over.html"), _GONE)


def _see(path: str) -> Response:
    return make_response(redirect(path, _SEE_OTHER))
