"""Who is of the team: invite, change a role, remove."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, session
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, StringField

from accounts import invitations, mail, rights, teams
from accounts.errors import AccountError
from accounts.mail import MailError
from accounts.models import Account
from accounts.permissions import Action, Right, Role
from accounts.teams import Member
from web import account_words, current, letters, links
from web.admin.desk import Desk, deciding, desk, page
from web.current import site
from web.forms import DeskForm
from web.guards import needs
from web.site import utc_now
from web.translation import gettext as _
from web.translation import language, lazy_gettext

blueprint = Blueprint("desk_members", __name__, url_prefix="/<academie>/gestion/membres")

_LINK = "invitation-link"
"""Where this browser's form cookie holds a link until it was shown, once."""


class InviteForm(DeskForm):
    email = StringField(
        lazy_gettext("Adresse mail (facultatif)"),
        render_kw={"type": "email", "autocomplete": "off"},
    )
    role = RadioField(lazy_gettext("Rôle dans l'équipe"), default=Role.EDITOR.value)


class RoleForm(DeskForm):
    role = HiddenField()
    seen = HiddenField()
    """The role that the person had on the screen."""


@blueprint.get("")
@needs(Action.MANAGE_MEMBERS)
def index(academie: str) -> Response:  # noqa: ARG001
    return _screen(desk(), _invite_form())


@blueprint.post("")
@needs(Action.MANAGE_MEMBERS)
def invite(academie: str) -> ResponseReturnValue:
    at, form = desk(), _invite_form()
    if not form.validate():
        return _screen(at, form, status=422)
    right = Right(role=Role(form.role.data), scope=academie)
    email = (form.email.data or "").strip() or None
    try:
        with deciding() as db:
            token = invitations.invite(db, right, email=email, inviter=at.person, now=utc_now())
    except AccountError as error:
        form.email.errors = [account_words.refused(error)]
        return _screen(at, form, status=422)
    _hand_over(at, right, email=email, token=token)
    return _back()


@blueprint.post("/<int(max=2147483647):number>/role")
@needs(Action.MANAGE_MEMBERS)
def change_role(academie: str, number: int) -> ResponseReturnValue:
    at, form = desk(), RoleForm()
    if form.role.data not in {role.value for role in rights.TEAM}:
        current.not_found()
    right = Right(role=Role(form.role.data), scope=academie)
    member = _member(academie, number)
    if form.seen.data != member.role:
        return _changed_meanwhile(member)
    try:
        with deciding() as db:
            account = db.get_one(Account, number)
            rights.change_role(db, account, right, actor=at.person.actor, now=utc_now())
    except AccountError as error:
        return _refused(error)
    role = account_words.role(right.role)
    flash(_("%(name)s a maintenant le rôle « %(role)s ».", name=member.name, role=role), "done")
    return _back()


@blueprint.get("/<int(max=2147483647):number>/retirer")
@needs(Action.MANAGE_MEMBERS)
def confirm_removal(academie: str, number: int) -> Response:
    member = _member(academie, number)
    return page("admin/members_remove.html", desk(), member=member)


@blueprint.post("/<int(max=2147483647):number>/retirer")
@needs(Action.MANAGE_MEMBERS)
def remove(academie: str, number: int) -> ResponseReturnValue:
    at, member = desk(), _member(academie, number)
    try:
        with deciding() as db:
            account = db.get_one(Account, number)
            rights.leave_team(db, account, academie, actor=at.person.actor, now=utc_now())
    except AccountError as error:
        return _refused(error)
    flash(_("%(name)s n'est plus de l'équipe.", name=member.name), "done")
    if number == at.person.account_id and not at.may(Action.GOVERN):
        return redirect(links.url("personal.account"), 303)
    return _back()


@blueprint.post("/invitations/<int(max=2147483647):number>/retirer")
@needs(Action.MANAGE_MEMBERS)
def withdraw(academie: str, number: int) -> ResponseReturnValue:
    actor = desk().person.actor
    with deciding() as db:
        found = invitations.withdraw(db, academie, number=number, actor=actor, now=utc_now())
    if found is None:
        flash(
            _("Cette invitation n'attendait plus : elle a servi, ou elle était retirée."), "error"
        )
    else:
        flash(_("L'invitation est retirée : son lien ne mène plus à rien."), "done")
    return _back()


def _screen(at: Desk, form: InviteForm, *, status: int = 200) -> Response:
    now = utc_now()
    with site().sessions() as db:
        team = teams.members(db, at.card.slug)
        waiting = invitations.pending(db, at.card.slug, now=now)
    return page(
        "admin/members.html",
        at,
        status=status,
        form=form,
        team=team,
        waiting=waiting,
        is_last=teams.is_last_manager(team, at.person.account_id),
        mail_goes_out=mail.is_configured(site().settings),
        fresh_link=session.pop(_LINK, None) if status == 200 else None,  # noqa: PLR2004
        words=account_words,
        now=now,
    )


def _invite_form() -> InviteForm:
    form = InviteForm()
    form.role.choices = [
        (role.value, f"{account_words.role(role)} : {account_words.role_at_length(role)}")
        for role in (Role.EDITOR, Role.MANAGER)
    ]
    return form


def _hand_over(at: Desk, right: Right, *, email: str | None, token: str) -> None:
    """Send the invitation, or keep its link to be shown once; nothing is written any more."""
    address = links.absolute_url("invitation.show", token=token)
    if email is None or not mail.is_configured(site().settings):
        session[_LINK] = {"address": address, "email": email}
        flash(_("L'invitation est prête : copiez son lien ci-dessous."), "done")
        return
    until = (utc_now() + invitations.LIFETIME).astimezone(at.card.zone).date()
    letter = letters.invitation(
        email,
        inviter=at.person.name,
        academie=at.card.title.said_in(language()),
        role=right.role,
        address=address,
        until=until,
    )
    try:
        mail.send(site().settings, letter)
    except MailError as error:
        session[_LINK] = {"address": address, "email": email}
        words = _("Le mail n'est pas parti. Transmettez vous-même le lien ci-dessous.")
        flash(f"{account_words.refused(error)} {words}", "error")
        return
    flash(_("L'invitation est partie à %(email)s.", email=email), "done")


def _member(academie: str, number: int) -> Member:
    with site().sessions() as db:
        found = teams.member(db, academie, number)
    if found is None:
        current.not_found()
    return found


def _changed_meanwhile(member: Member) -> ResponseReturnValue:
    words = _(
        "%(name)s a changé de rôle entre-temps : regardez, puis choisissez de nouveau.",
        name=member.name,
    )
    flash(words, "error")
    return _back()


def _refused(error: AccountError) -> ResponseReturnValue:
    flash(account_words.refused(error), "error")
    return _back()


def _back() -> Response:
    return redirect(links.url("desk_members.index"), 303)  # type: ignore[return-value]
