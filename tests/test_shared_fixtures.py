"""The fixtures that every test leans on do what they promise."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from journal import Revision, read_revisions
from tests import programs
from tests.programs import require_program


def test_a_fresh_database_has_one_counter_for_each_revision(any_engine: Engine) -> None:
    with Session(any_engine) as session:
        assert read_revisions(session) == dict.fromkeys(Revision, 0)


def test_a_missing_program_skips_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install no-such-package"):
        require_program("no-such-program", package="no-such-package")


def test_a_missing_program_fails_under_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such-program is missing"):
        programs.require_program("no-such-program", package="no-such-package")


@pytest.mark.browser
def test_the_browser_shows_a_page(page: Page) -> None:
    page.set_content("<h1>Bonjour</h1>")
    assert page.get_by_role("heading").inner_text() == "Bonjour"
