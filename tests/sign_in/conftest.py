"""A real portal beside a real identity provider, on loopback."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from accounts.models import Account, AccountSession, Grant
from database import writing
from journal import JournalLine
from tests.sign_in.lemonldap import LemonLdap
from tests.sign_in.oidc_server import OidcServer
from tests.sign_in.visitor import Visitor
from tests.sturdy.deployment import Deployment

RULES = """\
academie:
  claim: academie
  values: {Académie de Lyon: lyon}
  mail_domains: true
rules:
  - {role: manager, claim: groups, value: dane, academie: own}
  - {role: editor, claim: groups, pattern: "redaction-(.+)", academie: "{1}"}
  - {role: national, claim: groups, value: dne}
"""


class Scene:
    """The portal, and what its database says."""

    def __init__(self, folder: Path) -> None:
        self.rules = folder / "claims.yaml"
        self.rules.write_text(RULES, encoding="utf-8")
        self.deployment = Deployment(folder, "http://127.0.0.1:9")
        self.address = self.deployment.values["TROUSSE_PUBLIC_URL"]

    def start(self, **settings: str) -> None:
        self.deployment.values |= {"TROUSSE_CLAIMS": str(self.rules), **settings}
        self.deployment.upgrade()
        self.deployment.start_portal()

    @property
    def log(self) -> str:
        return (self.deployment.folder / "portal.log").read_text(encoding="utf-8")

    def account(self, mail: str, **values: Any) -> None:
        now = datetime.now(UTC)
        with writing(self.deployment.sessions) as db:
            account = db.scalars(select(Account).where(Account.email == mail)).one_or_none()
            if account is None:
                account = Account(email=mail, name="-", created_at=now)
                db.add(account)
            for name, value in values.items():
                setattr(account, name, value)

    def accounts(self, mail: str) -> int:
        with self.deployment.sessions() as db:
            return len(db.scalars(select(Account).where(Account.email == mail)).all())

    def rights(self, mail: str) -> set[tuple[str, str]]:
        with self.deployment.sessions() as db:
            rows = db.execute(
                select(Grant.role, Grant.scope)
                .join(Account, Account.id == Grant.account_id)
                .where(Account.email == mail)
            )
            return {(role, scope) for role, scope in rows}

    def sessions(self, mail: str) -> list[AccountSession]:
        with self.deployment.sessions() as db:
            query = (
                select(AccountSession)
                .join(Account, Account.id == AccountSession.account_id)
                .where(Account.email == mail)
            )
            return list(db.scalars(query))

    def events(self, mail: str) -> list[str]:
        with self.deployment.sessions() as db:
            account = db.scalars(select(Account).where(Account.email == mail)).one()
            query = select(JournalLine.event).where(JournalLine.subject == f"account/{account.id}")
            return list(db.scalars(query.order_by(JournalLine.id)))

    def is_signed_in(self, visitor: Visitor) -> bool:
        return visitor.get(f"{self.address}/mon-compte", follow=False).status_code != 303


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The portal, not started yet: its settings name the provider."""
    scene = Scene(tmp_path_factory.mktemp("portal"))
    yield scene
    scene.deployment.end()


@pytest.fixture(scope="module")
def oidc(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OidcServer]:
    """A running oidc-provider, and the portal beside it."""
    server = OidcServer(tmp_path_factory.mktemp("provider"), scene.address)
    server.start()
    scene.start(
        TROUSSE_OIDC_ISSUER=server.issuer,
        TROUSSE_OIDC_CLIENT_ID=server.client_id,
        TROUSSE_OIDC_CLIENT_SECRET=server.secret,
        TROUSSE_OIDC_ACR_VALUES="eidas1",
        TROUSSE_OIDC_NAME="Guichet",
    )
    yield server
    server.stop()


LEMONLDAP_RULES = """\
mail: trusted  # it gives no email_verified
rules:
  - {role: manager, claim: groups, value: dane, academie: lyon}
  - {role: editor, claim: groups, pattern: "redaction-(.+)", academie: "{1}"}
  - {role: national, claim: groups, value: dne}
"""


@pytest.fixture(scope="module")
def lemonldap(scene: Scene) -> Iterator[LemonLdap]:
    """A running LemonLDAP::NG, and the portal beside it."""
    # Its own user must get there, which pytest's folders do not allow.
    folder = Path(tempfile.mkdtemp(prefix="trousse-lemonldap-", dir="/tmp"))
    folder.chmod(0o755)
    server = None
    try:
        server = LemonLdap(folder, scene.address)
        server.start()
        scene.rules.write_text(LEMONLDAP_RULES, encoding="utf-8")
        scene.start(
            TROUSSE_OIDC_ISSUER=server.issuer,
            TROUSSE_OIDC_CLIENT_ID=server.client_id,
            TROUSSE_OIDC_CLIENT_SECRET=server.secret,
            TROUSSE_OIDC_NAME="Le guichet",
        )
        yield server
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder)


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    visitor = Visitor()
    yield visitor
    visitor.close()


@pytest.fixture
def other_visitor() -> Iterator[Visitor]:
    visitor = Visitor()
    yield visitor
    visitor.close()
