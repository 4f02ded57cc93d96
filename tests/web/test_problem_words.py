from __future__ import annotations

import re

import pytest
from flask import Flask

from catalogue.conversion import shape_of
from catalogue.problems import Code, Value
from catalogue.refusals import FORMS
from tests.portal import Portal
from web import problem_words

VALUES: dict[str, Value] = {
    "reason": "raison", "seconds": 3, "status": 503, "address": "https://a.example.fr",
    "limit": 10, "size": 20, "byte": 7, "character": "U+0007", "message": "message",
    "text": "texte", "choices": ("un", "deux"), "name": "nom", "key": "title", "first_line": 4,
    "nearest": "proche", "wanted": "integer", "kind": "list", "length": 90, "form": "web-address",
    "bound": "least", "least": 1, "id": "a", "until": "2026-08-31", "since": "2026-09-01",
    "opens": "9:00", "closes": "8:00", "profile": "http", "timeout": 9, "interval": 5,
    "ids": ("a", "b"), "owner": "visio", "operator": "asso", "others": ("pad", "visio"),
}  # fmt: skip
"""One of each value that some code carries."""


@pytest.fixture
def app(portal: Portal) -> Flask:
    return portal.app


@pytest.mark.parametrize("code", Code)
def test_every_fault_of_a_catalogue_has_a_sentence(app: Flask, code: Code) -> None:
    with app.test_request_context("/"):
        said = problem_words.sentence(code, VALUES)
        beside = problem_words.field_sentence(code, VALUES)
    for text in (said, beside):
        assert text.endswith((".", "?"))
        assert "%(" not in text
        assert not re.search(r" [:;?!»]|« ", text), "a line may end there"


def test_every_form_and_kind_is_named() -> None:
    assert set(FORMS.values()) <= set(problem_words.FORMS)
    assert shape_of(int).kind in problem_words.KINDS


def test_a_field_names_services_as_people_know_them(app: Flask) -> None:
    with app.test_request_context("/"):
        text = problem_words.field_sentence(
            Code.TASK_TWICE, {"text": "Écrire", "others": ("pad",)}, {"pad": "Pad de Lyon"}
        )
    assert text.startswith("Pad de Lyon a déjà cette tâche")


def test_a_near_name_is_proposed_only_when_there_is_one(app: Flask) -> None:
    with app.test_request_context("/"):
        near = problem_words.sentence(Code.UNKNOWN_ICON, {"text": "vizio", "nearest": "visio"})
        alone = problem_words.sentence(Code.UNKNOWN_ICON, {"text": "zzz", "nearest": None})
    assert "Vouliez-vous dire visio" in near
    assert "Vouliez" not in alone
