"""From what stands in the form to a catalogue entry, and back; nothing typed is lost on the way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Entry = Mapping[str, Any]
_PLAIN_TEXTS = ("task", "choose_when", "summary", "description")
_ACCESS = ("agents", "eleves", "familles", "tous")
_DATA = {"host": "data_host", "location": "data_location", "retention": "data_retention"}


def french(text: Any) -> str:
    """Return the French of a text, however it is written."""
    if isinstance(text, Mapping):
        return str(text.get("fr") or "")
    return "" if text is None else str(text)


def form_values(entry: Entry, contact: str | None) -> dict[str, Any]:
    """Return what the form shows of an entry."""
    categories = _items(entry, "categories")
    life, data, launch = _of(entry, "lifecycle"), _of(entry, "data"), _of(entry, "launch")
    pupils, runner, users = _of(entry, "with_pupils"), _of(entry, "run_by"), _of(entry, "users")
    values: dict[str, Any] = {name: french(entry.get(name)) for name in _PLAIN_TEXTS}
    values |= {f"users_{who}": users.get(who, "") for who in _ACCESS}
    values |= {field: french(data.get(key)) for key, field in _DATA.items()}
    if values["summary"] == values["task"]:
        values["summary"] = ""
    return values | {
        "title": entry.get("title", ""),
        "icon": entry.get("icon", ""),
        "category": categories[0] if categories else "",
        "other_categories": categories[1:],
        "keywords": ", ".join(map(str, _items(entry, "keywords"))),
        "profiles": _items(entry, "profiles"),
        "with_pupils": pupils.get("answer", ""),
        "with_pupils_note": french(pupils.get("note")),
        "sign_in": _items(entry, "sign_in"),
        "launch_kind": launch.get("kind", "link"),
        "launch_path": launch.get("path", ""),
        "software": _of(entry, "software").get("name", ""),
        "run_by_kind": runner.get("kind", ""),
        "run_by_name": french(runner.get("name")),
        "contact": contact or "",
        "help_url": next((link.get("url", "") for link in _helps(entry)), ""),
        "limits": "\n".join(map(french, _items(entry, "limits"))),
        "takeout": french(data.get("takeout")),
        "stage": life.get("stage", "stable"),
        "since": str(life.get("since") or ""),
        "until": str(life.get("until") or ""),
        "alternative": next(iter(_items(entry, "alternatives")), ""),
        "visibility": entry.get("visibility", "public"),
    }


def backend_values(entry: Entry) -> list[dict[str, Any]]:
    """Return what the form shows of each backend; one empty line when there is none."""
    return [_backend_values(item) for item in _mappings(entry, "backends")] or [{"profile": "http"}]


def _backend_values(backend: Entry) -> dict[str, Any]:
    probe = _of(backend, "probe")
    expect = _of(probe, "expect")
    return {
        "id": backend.get("id", ""),
        "url": backend.get("url", ""),
        "weight": str(backend.get("weight", "")),
        "profile": probe.get("profile", ""),
        "path": probe.get("path") or "",
        "codes": ", ".join(str(code) for code in _items(expect, "codes")),
        "text": expect.get("text") or "",
        "probe_url": probe.get("url") or "",
    }


def entry_of(values: Entry, backends: Sequence[Entry], before: Entry) -> dict[str, Any]:
    """Return the entry that was typed; what the form does not show stays as `before` has it."""
    typed: dict[str, Any] = {name: _text(values[name], before.get(name)) for name in _PLAIN_TEXTS}
    launch = {"kind": values["launch_kind"], "path": values["launch_path"]}
    life = {key: values[key] for key in ("stage", "since", "until")}
    data = {key: _text(values[field], _of(before, "data").get(key)) for key, field in _DATA.items()}
    data["takeout"] = _text(values["takeout"], _of(before, "data").get("takeout"))
    chosen = [values["category"], *values["other_categories"]]
    typed |= {
        "title": values["title"],
        "icon": values["icon"],
        "categories": list(dict.fromkeys(filter(None, chosen))),
        "keywords": _listed(re.split(r"[,;\n]", values["keywords"])),
        "profiles": values["profiles"],
        "users": {who: values[f"users_{who}"] for who in _ACCESS if values[f"users_{who}"]},
        "with_pupils": _with_pupils(values, before),
        "sign_in": values["sign_in"],
        "launch": _merged(before, "launch", launch),
        "software": _software(values["software"], _of(before, "software")),
        "run_by": _run_by(values, before),
        "lifecycle": _merged(before, "lifecycle", life),
        "data": _merged(before, "data", data),
        "links": _links(values["help_url"], before),
        "limits": _limits(values["limits"], _items(before, "limits")),
        "alternatives": _alternatives(values["alternative"], before),
        "visibility": values["visibility"],
        "backends": list(_backends(backends, before)),
    }
    return _filled({**before, **typed})


def _filled(entry: Entry) -> dict[str, Any]:
    """Leave out what says nothing."""
    return {key: value for key, value in entry.items() if value not in ("", None, [], {}, ())}


def _of(entry: Entry, key: str) -> Entry:
    found = entry.get(key)
    return found if isinstance(found, Mapping) else {}


def _items(entry: Entry, key: str) -> list[Any]:
    """Return a list of a draft, which may hold anything: it may come from a file."""
    found = entry.get(key)
    return list(found) if isinstance(found, list | tuple) else []


def _mappings(entry: Entry, key: str) -> list[Entry]:
    return [item for item in _items(entry, key) if isinstance(item, Mapping)]


def _merged(before: Entry, key: str, typed: Entry) -> dict[str, Any]:
    return _filled({**_of(before, key), **typed})


def _text(typed: str, before: Any) -> Any:
    """Keep the English of words that did not change; of others it would be another text's."""
    typed = typed.replace("\r\n", "\n").strip()
    if isinstance(before, Mapping) and before.get("fr") == typed:
        return dict(before)
    return typed


def _listed(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, (item.strip() for item in items))))


def _with_pupils(values: Entry, before: Entry) -> dict[str, Any]:
    if not values["with_pupils"]:
        return {}
    note = _text(values["with_pupils_note"], _of(before, "with_pupils").get("note"))
    return _filled({"answer": values["with_pupils"], "note": note})


def _software(name: str, before: Entry) -> dict[str, Any]:
    """Forget licence and source with the software that they are of."""
    if not name:
        return {}
    return dict(before) if before.get("name") == name else {"name": name}


def _run_by(values: Entry, before: Entry) -> dict[str, Any]:
    if not values["run_by_kind"]:
        return {}
    known = _of(before, "run_by")
    name = _text(values["run_by_name"], known.get("name"))
    url = known.get("url") if name == known.get("name") else None
    return _filled({"name": name, "kind": values["run_by_kind"], "url": url})


def _helps(entry: Entry) -> list[Entry]:
    return [link for link in _mappings(entry, "links") if link.get("kind") == "help"]


def _links(url: str, before: Entry) -> list[Entry]:
    helps = _helps(before)
    others = [link for link in _mappings(before, "links") if link not in helps[:1]]
    if not url:
        return others
    known = helps[0] if helps else {"kind": "help", "title": {"fr": "Aide", "en": "Help"}}
    return [{**known, "url": url}, *others]


def _limits(typed: str, before: Sequence[Any]) -> list[Any]:
    known = {french(limit): limit for limit in before}
    return [known.get(line, line) for line in _listed(typed.splitlines())]


def _alternatives(chosen: str, before: Entry) -> list[str]:
    others = _items(before, "alternatives")[1:]
    return list(dict.fromkeys(filter(None, [chosen, *others])))


def _backends(typed: Sequence[Entry], before: Entry) -> Iterable[dict[str, Any]]:
    known = {item.get("id"): item for item in _mappings(before, "backends")}
    for number, values in enumerate(typed):
        if number and not (values["url"] or values["probe_url"]):
            continue
        yield backend_of(values, number, known.get(values["id"], {}))


def backend_of(values: Entry, number: int, before: Entry) -> dict[str, Any]:
    """Return the backend that was typed on one line of the form."""
    probe = _probe(values, _of(before, "probe")) if values["profile"] else None
    backend = {
        "id": values["id"] or ("principal" if number == 0 else f"serveur-{number + 1}"),
        "url": values["url"],
        "weight": _number(values["weight"]),
        "probe": probe,
    }
    return _filled({**before, **backend})


def _probe(values: Entry, before: Entry) -> dict[str, Any]:
    expect: dict[str, Any] = {}
    if values["profile"] == "http":
        codes = [_number(code) for code in _listed(re.split(r"[,;\s]", values["codes"]))]
        expect = _filled({**_of(before, "expect"), "codes": codes, "text": values["text"]})
    probe = {
        "profile": values["profile"],
        "path": values["path"],
        "url": values["probe_url"],
        "expect": expect,
    }
    return _filled({**before, **probe})


def _number(text: str) -> int | str:
    """Return the number that was typed; what is none stays as it is, to be told so."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text  # noqa: PLR2004
