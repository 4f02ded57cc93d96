"""Invitations to an académie's team: made, looked at, accepted once, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import journal
from accounts import rights
from accounts.errors import AccountError
from accounts.lifecycle import checked_email
from accounts.models import Account, Invitation
from accounts.permissions import Action, Person, Right, Role, actor_of, may
from accounts.sessions import hash_token, new_token, person_of

LIFETIME = timedelta(days=14)


class InvitationError(AccountError):
    """One that cannot be accepted: "unknown", "accepted", "expired", "void" or "other-mail"."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What an invitation offers, to whom, and who made it."""

    academie: str
    role: Role
    email: str | None
    """The only one who may accept it; none: whoever has the link."""
    inviter: str
    """Name."""
    expires_at: datetime

    @property
    def right(self) -> Right:
        return Right(role=self.role, scope=self.academie)


def invite(
    session: Session, right: Right, *, email: str | None, inviter: Person, now: datetime
) -> str:
    """Invite somebody to an académie's team; return the token of the link, which is kept nowhere.

    With a mail, whoever has that mail alone may accept. Raises AccountError.
    """
    if right.role not in rights.TEAM or right.scope is None:
        raise AccountError("not-of-the-team")
    token = new_token()
    invitation = Invitation(
        token_hash=hash_token(token),
        academie=right.scope,
        role=right.role.value,
        email=checked_email(email) if email else None,
        invited_by=inviter.account_id,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(invitation)
    session.flush()
    after = {"role": right.role.value}
    _journal(session, invitation, "invitation.made", actor=inviter.actor, now=now, after=after)
    return token


def look(session: Session, token: str, *, now: datetime) -> Offer:
    """Return what an invitation offers, without accepting; raises InvitationError."""
    return _offer(session, _valid(session, token, now=now))


def accept(session: Session, token: str, account: Account, *, now: datetime) -> Offer:
    """Make an account a member of the team; of two who accept at once, one does.

    Somebody who has the role already, or a greater one, keeps it. Raises InvitationError.
    """
    invitation = _valid(session, token, now=now)
    offer = _offer(session, invitation)
    if offer.email is not None and account.email != offer.email:
        raise InvitationError("other-mail")
    free = update(Invitation).where(Invitation.id == invitation.id)
    free = free.where(Invitation.accepted_at.is_(None))
    taken = free.values(accepted_at=now, accepted_by=account.id).returning(Invitation.id)
    if session.scalar(taken) is None:
        raise InvitationError("accepted")
    inviter = actor_of(invitation.invited_by)
    before = rights.raise_role(session, account, offer.right, actor=inviter, now=now)
    entry = journal.Entry(
        at=now,
        actor=actor_of(account.id),
        academie=offer.academie,
        event="invitation.accepted",
        subject=actor_of(account.id),
        before=None if before is None else {"role": before.value},
        after={"role": offer.role.value, "invited_by": inviter},
    )
    journal.record(session, entry)
    return offer


def pending(session: Session, academie: str, *, now: datetime) -> Sequence[Invitation]:
    """Return the invitations that somebody may still accept, the newest first."""
    found = select(Invitation).where(
        Invitation.academie == academie,
        Invitation.accepted_at.is_(None),
        Invitation.expires_at > now,
    )
    return session.scalars(found.order_by(Invitation.id.desc())).all()


def withdraw(
    session: Session, academie: str, *, number: int, actor: str, now: datetime
) -> Invitation | None:
    """Take back an invitation that nobody accepted yet; none when there is no such one."""
    invitation = session.get(Invitation, number, with_for_update=True)
    if invitation is None or invitation.academie != academie or invitation.accepted_at is not None:
        return None
    session.delete(invitation)
    before = {"role": invitation.role}
    _journal(session, invitation, "invitation.withdrawn", actor=actor, now=now, before=before)
    return invitation


def _valid(session: Session, token: str, *, now: datetime) -> Invitation:
    query = select(Invitation).where(Invitation.token_hash == hash_token(token))
    invitation = session.scalars(query).one_or_none()
    if invitation is None:
        raise InvitationError("unknown")
    if invitation.accepted_at is not None:
        raise InvitationError("accepted")
    if invitation.expires_at <= now:
        raise InvitationError("expired")
    # Somebody removed from a team must not come back by a link made before.
    inviter = session.get_one(Account, invitation.invited_by)
    allowed = may(person_of(session, inviter), Action.MANAGE_MEMBERS, scope=invitation.academie)
    if inviter.disabled_at is not None or not allowed:
        raise InvitationError("void")
    return invitation


def _offer(session: Session, invitation: Invitation) -> Offer:
    return Offer(
        academie=invitation.academie,
        role=Role(invitation.role),
        email=invitation.email,
        inviter=session.get_one(Account, invitation.invited_by).name,
        expires_at=invitation.expires_at,
    )


def _journal(  # noqa: PLR0913 - one column each
    session: Session,
    invitation: Invitation,
    event: str,
    *,
    actor: str,
    now: datetime,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    entry = journal.Entry(
        at=now,
        actor=actor,
        academie=invitation.academie,
        event=event,
        subject=f"invitation/{invitation.id}",
        before=before,
        after=after,
    )
    journal.record(session, entry)
