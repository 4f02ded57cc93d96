"""Tables of accounts, their rights, sessions, invitations and links."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, UtcDateTime

LOCAL = "local"
"""Source of a right that a person gave; any other is the issuer of an identity provider."""


def _account() -> Mapped[int]:
    return mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)


class Account(Base):
    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """In lower case."""
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    """Argon2id; none: by link or through an identity provider only."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    farewell_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its deletion for want of use was announced."""

    # An id is never given again: the journal would lend one person's deeds to another.
    __table_args__ = ({"sqlite_autoincrement": True},)


class Identity(Base):
    """What an identity provider calls an account: its issuer and the subject there."""

    __tablename__ = "identity"

    issuer: Mapped[str] = mapped_column(String(300), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    account_id: Mapped[int] = _account()


class Grant(Base):
    """One right of one account, and where it comes from."""

    __tablename__ = "account_right"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = _account()
    role: Mapped[str] = mapped_column(String(20))
    scope: Mapped[str] = mapped_column(String(60), default="")
    """Slug of an académie, id of an operator; empty for a role that has none."""
    source: Mapped[str] = mapped_column(String(300), default=LOCAL)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by: Mapped[str] = mapped_column(String(200))

    __table_args__ = (
        UniqueConstraint("account_id", "role", "scope", "source", name="uq_account_right_once"),
    )


class AccountSession(Base):
    """Somebody who is signed in on one device."""

    __tablename__ = "account_session"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the random id in the cookie, in hexadecimal."""
    account_id: Mapped[int] = _account()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """To the minute."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    """However much it is used."""
    issuer: Mapped[str | None] = mapped_column(String(300), index=True)
    subject: Mapped[str | None] = mapped_column(String(255))
    provider_session: Mapped[str | None] = mapped_column(String(255))
    """`sid` of the identity provider."""
    id_token: Mapped[str | None] = mapped_column(Text)
    """What the provider wants to see at its logout."""


class SignInAttempt(Base):
    """Refused attempts of one account or from one address prefix in one window of time."""

    __tablename__ = "sign_in_attempt"

    subject: Mapped[str] = mapped_column(String(120), primary_key=True)
    """ "account:" or "network:", and a keyed hash of the mail typed or of the address's prefix."""
    window: Mapped[int] = mapped_column(primary_key=True)
    """Start, in seconds since the epoch."""
    n: Mapped[int] = mapped_column(default=0)


class SignInLink(Base):
    """A link that lets its holder in, once."""

    __tablename__ = "sign_in_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = _account()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Invitation(Base):
    """A link by which somebody becomes a member of an académie's team."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    academie: Mapped[str] = mapped_column(String(60), index=True)
    role: Mapped[str] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(254))
    """The only one who may accept it; none: whoever has the link."""
    invited_by: Mapped[int] = _account()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))


class SpentToken(Base):
    """An identifier that a provider may use once (`jti` of a logout token)."""

    __tablename__ = "spent_token"

    issuer: Mapped[str] = mapped_column(String(300), primary_key=True)
    token_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
