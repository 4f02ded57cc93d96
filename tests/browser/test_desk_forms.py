"""Forms of the desks that come back, with mistakes or a colleague's decision, are well made too."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response

from tests.browser import desk_world, html_faults
from tests.browser.desk_world import DeskWorld, Who
from tests.browser.test_desk_axe import faults_on, page_of
from tests.portal import Portal

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK = "/lyon/gestion"
LONG = "Anticonstitutionnellement " * 20
AN_IMPORT = b"format: 1\nacademie: lyon\nchoices:\n  - {service: visio, visibility: parfois}\n"
OTHER = {"version": "99"}
"""A version that nobody saw: somebody else decided meanwhile."""
_FILL = """([fields, label]) => {
  const button = Array.from(document.querySelectorAll('main button')).find(node => (
    node.textContent.trim() === label
  ));
  const form = button.form;
  form.noValidate = true;
  Object.entries(fields).forEach(([name, value]) => {
    form.elements[name].value = value;
  });
  button.click();
}"""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A form, what is typed into it, the button, and how it comes back."""

    path: str
    fields: dict[str, str] = field(default_factory=dict)
    button: str
    status: int = 422
    who: Who = Who.LISE
    file: bytes | None = None


SAVE, SEE, PUBLISH, CHANGES = "Enregistrer", "Voir l'effet", "Publier", "Voir ce qui changerait"
OURS, LOCAL, BOARD = f"{DESK}/notre-academie", f"{DESK}/services-locaux", f"{DESK}/annonces"
INVITED = "/invitation/{invitation}"
HIDE_SOME = f"{DESK}/services/plusieurs?action=masquer&service=salle&service=pad"
WORDS = {"task_fr": LONG[:90], "task_en": "Meet", "serveur-0-url": "visio", "serveur-0-weight": "0"}
SPOTLIGHT = {"title": "", "service_2": "visio", "starts": "2099-01-02", "ends": "2099-01-01"}
CONTACT = {"name": "", "phone": "poste 12", "email": "guichet", "url": "guichet"}
FORMS = [
    Sent(path=f"{DESK}/services/salle/masquer", fields={"word": LONG}, button=SEE),
    Sent(path=f"{DESK}/services/pad/masquer", fields={"word": "Mot"}, button=SEE, status=200),
    Sent(path=f"{DESK}/services/pad/masquer", fields=OTHER, button="Masquer Pad", status=409),
    Sent(path=f"{DESK}/services/visio", fields=WORDS, button=SAVE),
    Sent(path=f"{DESK}/services/visio", fields=OTHER | {"task_fr": "Moi"}, button=SAVE, status=409),
    Sent(path=HIDE_SOME, fields={"precision": LONG * 3}, button="Masquer"),
    Sent(path=f"{LOCAL}/nouveau", fields={"title": LONG, "serveur-0-url": "x"}, button=PUBLISH),
    Sent(path=f"{LOCAL}/pronote/modifier", fields=OTHER, button=PUBLISH, status=409),
    Sent(path=f"{LOCAL}/pronote/modifier", button="Essayer la vérification", status=200),
    Sent(path=f"{LOCAL}/pronote/modifier", button="Ajouter un autre serveur", status=200),
    Sent(path=f"{LOCAL}/pronote/retirer", fields={"word": LONG}, button="Retirer Pronote"),
    Sent(path=f"{BOARD}/nouvelle", fields={"end_day": "2020-01-01"}, button=PUBLISH),
    Sent(path=f"{BOARD}/nouvelle", fields={"text": LONG}, button=SEE, status=200),
    Sent(path=f"{BOARD}/1", fields=OTHER, button=SAVE, status=409),
    Sent(path=f"{OURS}/nom", fields={"words": LONG}, button=SAVE),
    Sent(path=f"{OURS}/accueil", fields=OTHER, button=SAVE, status=409),
    Sent(path=f"{OURS}/mise-en-avant", fields=SPOTLIGHT, button=SAVE),
    Sent(path=f"{OURS}/aide/nouveau", fields=CONTACT, button=SAVE),
    Sent(path=f"{OURS}/aide/2", fields=OTHER, button=SAVE, status=409),
    Sent(path=f"{OURS}/logo", button="Publier ce logo", file=b"GIF89a"),
    Sent(path=f"{DESK}/membres", fields={"email": "awa@"}, button="Inviter"),
    Sent(path=f"{DESK}/membres", button="Inviter", status=200),
    Sent(path=f"{DESK}/apercu", fields={"lien-day": "2020-01-01"}, button="Créer un lien"),
    Sent(path=f"{DESK}/apercu", button="Créer un lien", status=200),
    Sent(path=f"{DESK}/export-import", button=CHANGES, file=AN_IMPORT),
    Sent(path=f"{DESK}/export-import", button=CHANGES),
    Sent(path="/national/gestion/annonces/nouvelle", button=PUBLISH, who=Who.NORA),
    Sent(path="/national/gestion/comptes/nouveau", button="Créer le compte", who=Who.NORA),
    Sent(path=INVITED, button="Créer mon compte et accepter", who=Who.ANYBODY),
    Sent(path="/mon-compte/mot-de-passe", button="Enregistrer ce mot de passe"),
    Sent(path="/mon-compte", fields={"name": ""}, button="Enregistrer mon nom"),
    Sent(path="/connexion", button="Entrer", who=Who.ANYBODY),
]


def send(page: Page, world: DeskWorld, form: Sent) -> Response:
    page.goto(world.path(form.path))
    if form.file is not None:
        file = {"name": "a.yaml", "mimeType": "text/plain", "buffer": form.file}
        page.set_input_files("main [type=file]", file)  # type: ignore[arg-type]
    with page.expect_navigation() as sent:
        page.evaluate(_FILL, [form.fields, form.button])
    return sent.value


def faults_of(answer: Response) -> list[str]:
    page, faults = html_faults.read(answer.text(), "fr")
    return [*faults, *html_faults.faults_of(page)]


@pytest.mark.parametrize("part", range(2))
def test_a_form_that_comes_back_is_well_made(
    browser: Browser, portal: Portal, address: str, tmp_path: Path, part: int
) -> None:
    world, faults = desk_world.enter(portal, tmp_path), []
    for who in Who:
        page = page_of(browser, world, who, address)
        for form in (form for form in FORMS[part::2] if form.who is who):
            answer = send(page, world, form)
            assert answer.status == form.status, form
            found = [*faults_of(answer), *faults_on(page)]
            faults += [f"{form.path}, {form.status}: {fault}" for fault in found]
        page.context.close()
    assert faults == []
