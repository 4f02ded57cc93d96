"""The form of a local service: one field for each thing that a page may say of it."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import CheckboxInput, DateInput, ListWidget

from catalogue.schema import (
    Access,
    LaunchKind,
    OperatorKind,
    Profile,
    SignIn,
    Stage,
    Visibility,
    WithPupilsAnswer,
)
from monitoring.profiles import PROFILES
from web import wording
from web.admin import local_words as words
from web.forms import DeskForm
from web.translation import gettext as _

Choices = Sequence[tuple[str, str]]


class Boxes(SelectMultipleField):  # type: ignore[misc]
    """Several answers, each with a box of its own."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: DeskForm) -> None:
        """What was chosen is judged with the whole entry: a draft may hold anything."""


class Choice(SelectField):  # type: ignore[misc]
    """One answer of a list; judged with the whole entry."""

    def pre_validate(self, form: DeskForm) -> None:
        """See `Boxes`."""


class Radio(RadioField):  # type: ignore[misc]
    """One answer among those shown; judged with the whole entry."""

    validate_choice = False

    def pre_validate(self, form: DeskForm) -> None:
        """See `Boxes`."""


class LocalServiceForm(DeskForm):
    """What people type is never refused here: a draft is kept as it is, publishing judges it."""

    version = HiddenField(default="0")
    title = StringField(render_kw={"maxlength": 60, "data-counter": 60})
    task = StringField(render_kw={"maxlength": 80, "data-counter": 80})
    choose_when = StringField(render_kw={"maxlength": 40, "data-counter": 40})
    summary = StringField(render_kw={"maxlength": 120, "data-counter": 120})
    description = TextAreaField()
    icon = Radio()
    category = Choice()
    other_categories = Boxes()
    keywords = TextAreaField(render_kw={"rows": 2})
    profiles = Boxes()
    users_agents = Choice()
    users_eleves = Choice()
    users_familles = Choice()
    users_tous = Choice()
    with_pupils = Choice()
    with_pupils_note = StringField()
    sign_in = Boxes()
    launch_kind = Choice()
    launch_path = StringField()
    software = StringField()
    run_by_kind = Choice()
    run_by_name = StringField()
    contact = StringField(render_kw={"maxlength": 300})
    help_url = StringField(render_kw={"inputmode": "url"})
    limits = TextAreaField(render_kw={"rows": 2})
    data_host = StringField()
    data_location = StringField()
    data_retention = StringField()
    takeout = StringField()
    stage = Choice()
    since = StringField(widget=DateInput())
    until = StringField(widget=DateInput())
    alternative = Choice()
    visibility = Choice()
    reason = StringField(render_kw={"maxlength": 300})


class BackendForm(DeskForm):
    """One address, and what to look at there."""

    id = HiddenField()
    url = StringField(render_kw={"inputmode": "url", "autocomplete": "off"})
    weight = StringField(render_kw={"inputmode": "numeric"})
    profile = Choice()
    path = StringField()
    codes = StringField()
    text = StringField()
    probe_url = StringField(render_kw={"inputmode": "url", "autocomplete": "off"})


def fill_choices(form: LocalServiceForm, categories: Choices, services: Choices) -> None:
    """Give the lists their answers and every field its label, in the reader's language."""
    access = [("", _("Non")), *((item.value, words.access(item)) for item in Access)]
    for name in ("agents", "eleves", "familles", "tous"):
        form[f"users_{name}"].choices = access
    form.icon.choices = list(words.icons().items())
    form.category.choices = list(categories)
    form.other_categories.choices = list(categories)
    form.profiles.choices = [(item.value, wording.profile(item)) for item in Profile]
    form.with_pupils.choices = [("", _("Ne rien dire"))]
    form.with_pupils.choices += [
        (item.value, wording.with_pupils(item)) for item in WithPupilsAnswer
    ]
    form.sign_in.choices = [(item.value, wording.sign_in(item)) for item in SignIn]
    form.launch_kind.choices = [(item.value, words.launch(item)) for item in LaunchKind]
    form.run_by_kind.choices = [("", _("L'académie elle-même"))]
    form.run_by_kind.choices += [(item.value, words.runner(item)) for item in OperatorKind]
    form.stage.choices = [(item.value, words.stage(item)) for item in Stage]
    form.alternative.choices = [("", _("Aucun")), *services]
    form.visibility.choices = [(item.value, words.visibility(item)) for item in Visibility]
    for name, label in words.labels().items():
        form[name].label.text = label


def fill_backend(form: BackendForm) -> None:
    profiles = [(name, words.probe_profile(name)) for name in PROFILES]
    form.profile.choices = [("", _("Ne pas vérifier")), *profiles]
    for name, label in words.backend_labels().items():
        form[name].label.text = label
