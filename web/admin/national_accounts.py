"""Accounts of the whole portal, and the rights that people gave them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import account_list, lifecycle, rights
from accounts import links as sign_in_links
from accounts.errors import AccountError
from accounts.models import LOCAL, Account, Grant
from accounts.permissions import Action, Right, Role
from web import account_words, current, links
from web.admin.desk import deciding
from web.admin.national_account_forms import DeleteForm, NewAccountForm, RightForm
from web.admin.national_desk import NationalDesk, national_desk, page
from web.guards import needs
from web.site import utc_now
from web.translation import gettext as _

blueprint = Blueprint("national_accounts", __name__, url_prefix="/national/gestion/comptes")

_ONE = "/<int(max=2147483647):number>"
_INVALID, _SEE_OTHER = 422, 303
_LONGEST_QUERY = 100


@blueprint.get("/")
@needs(Action.GOVERN)
def index() -> ResponseReturnValue:
    at, query = national_desk(), request.args.get("q", "").strip()[:_LONGEST_QUERY]
    with current.site().sessions() as session:
        number = request.args.get("page", 1, type=int)
        found = account_list.list_accounts(session, query=query, number=number)
    return page(
        "admin/national_accounts.html",
        at,
        found=found,
        query=query,
        words=account_words,
        names=_names(at),
        now=utc_now(),
    )


@blueprint.get("/nouveau")
@needs(Action.GOVERN)
def new() -> ResponseReturnValue:
    at = national_desk()
    return page("admin/national_account_new.html", at, form=NewAccountForm(at.snapshot))


@blueprint.post("/nouveau")
@needs(Action.GOVERN)
def create() -> ResponseReturnValue:
    at = national_desk()
    form = NewAccountForm(at.snapshot)
    right = form.right if form.validate() else None
    if right is None:
        return page("admin/national_account_new.html", at, status=_INVALID, form=form)
    try:
        with deciding() as session:
            number, token = _created(session, form, right, at)
    except AccountError as error:
        item = form.name if error.code == "bad-name" else form.email
        item.errors = [*item.errors, account_words.refused(error)]
        return page("admin/national_account_new.html", at, status=_INVALID, form=form)
    return _show(at, number, link=_address(token))


def _created(
    session: Session, form: NewAccountForm, right: Right, at: NationalDesk
) -> tuple[int, str]:
    """Make the account with its first right, and the link that lets its holder in."""
    actor, now = at.person.actor, utc_now()
    account = lifecycle.create_account(
        session, email=form.email.data or "", name=form.name.data or "", now=now, actor=actor
    )
    rights.grant(session, account, right, actor=actor, now=now)
    return account.id, sign_in_links.make_link(session, account, now=now, by=actor)


@blueprint.get(_ONE)
@needs(Action.GOVERN)
def show(number: int) -> ResponseReturnValue:
    return _show(national_desk(), number)


@blueprint.post(f"{_ONE}/droits")
@needs(Action.GOVERN)
def grant(number: int) -> ResponseReturnValue:
    at = national_desk()
    form = RightForm(at.snapshot)
    right = form.right if form.validate() else None
    if right is None:
        return _show(at, number, form=form, status=_INVALID)

    def give(session: Session, account: Account) -> None:
        rights.grant(session, account, right, actor=at.person.actor, now=utc_now())

    return _done(number, give, _("Le droit est donné."))


@blueprint.post(f"{_ONE}/droits/retirer")
@needs(Action.GOVERN)
def revoke(number: int) -> ResponseReturnValue:
    actor, role = national_desk().person.actor, request.form.get("role", "")
    if role not in set(Role):
        current.not_found()
    right = Right(role=Role(role), scope=request.form.get("scope") or None)

    def take(session: Session, account: Account) -> None:
        rights.revoke(session, account, right, actor=actor, now=utc_now())

    return _done(number, take, _("Le droit est retiré."))


@blueprint.post(f"{_ONE}/desactiver")
@needs(Action.GOVERN)
def disable(number: int) -> ResponseReturnValue:
    actor = national_desk().person.actor

    def close(session: Session, account: Account) -> None:
        lifecycle.disable_account(session, account, actor=actor, now=utc_now())

    return _done(number, close, _("Le compte est désactivé : personne n'y entre plus."))


@blueprint.post(f"{_ONE}/reactiver")
@needs(Action.GOVERN)
def enable(number: int) -> ResponseReturnValue:
    actor = national_desk().person.actor

    def reopen(session: Session, account: Account) -> None:
        lifecycle.enable_account(session, account, actor=actor, now=utc_now())

    return _done(number, reopen, _("Le compte est de nouveau ouvert."))


@blueprint.post(f"{_ONE}/lien")
@needs(Action.GOVERN)
def make_link(number: int) -> ResponseReturnValue:
    """Show a link that lets its holder in, once; it is kept nowhere, so it is shown at once."""
    at = national_desk()
    with deciding() as session:
        account = _account(session, number)
        if account.disabled_at is not None:
            current.not_found()
        token = sign_in_links.make_link(session, account, now=utc_now(), by=at.person.actor)
    return _show(at, number, link=_address(token))


@blueprint.post(f"{_ONE}/supprimer")
@needs(Action.GOVERN)
def delete(number: int) -> ResponseReturnValue:
    at, form = national_desk(), DeleteForm()
    if not form.validate():
        return _show(at, number, delete_form=form, status=_INVALID)

    def remove(session: Session, account: Account) -> None:
        lifecycle.delete_account(session, account, actor=at.person.actor, now=utc_now())

    return _done(number, remove, _("Le compte est supprimé."), endpoint="index")


def _done(
    number: int,
    deed: Callable[[Session, Account], None],
    words: str,
    *,
    endpoint: str = "show",
) -> ResponseReturnValue:
    """Do it, and say so; or say why not."""
    values: dict[str, Any] = {"number": number} if endpoint == "show" else {}
    address = links.url(f"national_accounts.{endpoint}", **values)
    try:
        with deciding() as session:
            deed(session, _account(session, number))
    except AccountError as error:
        flash(account_words.refused(error), "error")
        return redirect(links.url("national_accounts.show", number=number), _SEE_OTHER)
    flash(words, "done")
    return redirect(address, _SEE_OTHER)


def _account(session: Session, number: int) -> Account:
    found = session.get(Account, number)
    return current.not_found() if found is None else found


def _show(at: NationalDesk, number: int, *, status: int = 200, **changes: Any) -> Response:
    with current.site().sessions() as session:
        account = _account(session, number)
        held = session.scalars(
            select(Grant).where(Grant.account_id == number).order_by(Grant.role, Grant.scope)
        ).all()
    values: dict[str, Any] = {
        "form": RightForm(at.snapshot, formdata=None),
        "delete_form": DeleteForm(formdata=None),
        "link": None,
    }
    return page(
        "admin/national_account.html",
        at,
        status=status,
        account=account,
        held=[(row, _named(row, at), row.source == LOCAL) for row in held],
        visit=account_words.last_visit(account.seen_at, utc_now()),
        **(values | changes),
    )


def _named(row: Grant, at: NationalDesk) -> str:
    right = rights.right_of(row)
    return row.role if right is None else account_words.right(right, _names(at))


def _names(at: NationalDesk) -> dict[str, str]:
    """Name académies by slug and operators by id."""
    operators = {item.id: item.name.fr for item in at.snapshot.catalogue.operators}
    return operators | {card.slug: card.title.fr for card in at.snapshot.directory.cards}


def _address(token: str) -> str:
    return links.absolute_url("auth.link", token=token)
