"""What stands against publishing, said beside the fields in which it was typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from catalogue.findings import Fault, Loc
from catalogue.problems import Code
from web import problem_words
from web.admin import local_words
from web.admin.local_form import BackendForm, LocalServiceForm
from web.translation import gettext as _

_FIELDS: Mapping[Loc, str] = {
    ("with_pupils", "answer"): "with_pupils_note",
    ("with_pupils", "note"): "with_pupils_note",
    ("launch", "kind"): "launch_kind",
    ("launch",): "launch_path",
    ("run_by", "kind"): "run_by_kind",
    ("run_by",): "run_by_name",
    ("lifecycle", "stage"): "stage",
    ("lifecycle", "since"): "since",
    ("lifecycle",): "until",
    ("data", "takeout"): "takeout",
    ("data", "location"): "data_location",
    ("data", "retention"): "data_retention",
    ("data",): "data_host",
    ("categories",): "category",
    ("users",): "users_agents",
    ("links",): "help_url",
    ("alternatives",): "alternative",
}
"""The longest place that fits wins; other keys are named like their field."""
_BACKEND_FIELDS: Mapping[Loc, str] = {
    ("probe", "profile"): "profile",
    ("probe", "path"): "path",
    ("probe", "url"): "probe_url",
    ("probe", "expect", "codes"): "codes",
    ("probe", "expect"): "text",
    ("probe",): "profile",
    ("weight",): "weight",
}


def put_beside(
    faults: Iterable[Fault],
    form: LocalServiceForm,
    backends: Sequence[BackendForm],
    titles: Mapping[str, str],
) -> None:
    """Give each fault to its field, or to the whole form when it has none."""
    for fault in faults:
        if fault.where[:1] == ("summary",) and fault.code is Code.MISSING_KEY:
            continue  # follows from the task, of which it is said already
        words = say(fault, titles)
        target = _backend_of(fault, backends)
        name = _field_in(_BACKEND_FIELDS, fault.where[2:]) or "url" if target else _name(fault)
        holder = target or form
        if name in holder:
            holder[name].errors = (*holder[name].errors, words)
        else:
            form.form_errors.append(words)


def say(fault: Fault, titles: Mapping[str, str]) -> str:
    if fault.code is Code.MISSING_KEY:
        return local_words.missing(str(fault.values["key"]))
    if fault.code is Code.TOO_FEW and fault.where:
        return local_words.missing(str(fault.where[0]))
    if fault.code is Code.NOT_AN_INTEGER and fault.where[-2:-1] == ("codes",):
        return _("Écrivez des nombres comme 200, 302, séparés par des virgules.")
    return problem_words.field_sentence(fault.code, fault.values, titles)


def _name(fault: Fault) -> str:
    if fault.code is Code.NO_TAKEOUT:
        return "takeout"
    return _field_in(_FIELDS, fault.where) or (str(fault.where[0]) if fault.where else "")


def _backend_of(fault: Fault, backends: Sequence[BackendForm]) -> BackendForm | None:
    if fault.code is Code.NO_ADDRESS:
        return backends[0]
    match fault.where:
        case ("backends", int(number), *_) if number < len(backends):
            return backends[number]
    return None


def _field_in(fields: Mapping[Loc, str], where: Loc) -> str | None:
    places = (where[:size] for size in range(len(where), 0, -1))
    return next((fields[place] for place in places if place in fields), None)
