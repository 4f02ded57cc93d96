"""English for the command line: what a problem of the catalogue expected, found, and its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalogue.problems import Code, Problem, Value


@dataclass(frozen=True, kw_only=True)
class Words:
    expected: str
    found: str
    remedy: str


FORMS = {
    "id": "small letters, digits and hyphens, such as visio-agents",
    "web-address": "a web address such as https://nuage.example.fr/",
    "probe-address": "an address such as https://nuage.example.fr/ or tcp://host:443",
    "email": "a mail address such as aide@example.fr",
    "phone": "a telephone number in quotes, digits and spaces, such as '+33 1 23 45 67 89'",
    "path": "a path that starts with / and has no space, such as /p/{name}",
    "country": "a country in two capitals, such as FR",
    "json-path": "keys joined by dots, such as status.version",
    "any-id": "the id of a service, such as visio-agents or lyon.nuage",
    "instant": "an instant with its offset, in quotes, such as '2026-08-31T18:00:00+02:00'",
    "base64": "a picture in base64",
}

KINDS = {
    "mapping": "keys and values (key: value, one a line)",
    "list": "a list ([one, two], or a line starting with - for each)",
    "text": "text",
    "words": "text, or fr: and en: under it",
    "choice": "one word",
    "integer": "a whole number",
    "boolean": "true or false",
    "date": "a date such as 2026-08-31",
    "time": "an hour such as '9:00'",
}

_DOCS = "see docs/catalogue.md"

# {instead} proposes the nearest name when there is one.
WORDS: dict[Code, tuple[str, str, str]] = {
    Code.SOURCE_MISSING: (
        "a catalogue file", "no such file", "check the path given or TROUSSE_CATALOGUE"),
    Code.SOURCE_UNREADABLE: (
        "a file that can be read", "{reason}", "check its kind and its permissions"),
    Code.SOURCE_CHANGING: (
        "a file that is finished", "one being written", "try again in a moment"),
    Code.SOURCE_UNREACHABLE: (
        "an answer", "{reason}", "check the address, its certificate and the network"),
    Code.SOURCE_TOO_SLOW: (
        "the whole file in time", "nothing complete after {seconds} s", "try again later"),
    Code.SOURCE_STATUS: (
        "status 200", "status {status}", "check that the address gives the file to anybody"),
    Code.SOURCE_REDIRECT: (
        "an https address all the way, 5 redirects at most", "{address}",
        "give the final https address"),
    Code.TOO_LARGE: (
        "at most {limit} bytes", "{size} bytes", "check that this is a catalogue"),
    Code.EMPTY_FILE: (
        "a catalogue", "an empty file", "write it again; meanwhile the last one is served"),
    Code.NOT_UTF8: (
        "text in UTF-8", "byte {byte}", "save the file as UTF-8 in your editor"),
    Code.BYTE_ORDER_MARK: (
        "plain UTF-8", "a byte order mark", "save as UTF-8 without BOM in your editor"),
    Code.CONTROL_CHARACTER: (
        "characters that can be seen", "{character}", "remove this invisible character"),
    Code.TAB: ("spaces", "a tab", "replace it with spaces"),
    Code.NO_BREAK_SPACE: (
        "ordinary spaces", "a no-break space", "replace it with an ordinary space"),
    Code.SYNTAX: ("YAML", "{message}", "look at this line and the one above"),
    Code.COLON_IN_TEXT: (
        "one key and one value", "a second ': ' in the line", "put the text between quotes"),
    Code.UNCLOSED_QUOTE: (
        "a closing quote", "other keys or the end of the file inside",
        "close the quote that opens here"),
    Code.UNCLOSED_BRACKET: (
        "a closing bracket", "other keys or the end of the file inside",
        "close the bracket that opens here"),
    Code.INDENTATION: (
        "a key with ': ' or an item with '- ', aligned with its neighbours", "something else",
        "align this line with those around it, and check colons, brackets and quotes above"),
    Code.RESERVED_CHARACTER: (
        "text", "{character}, which YAML keeps for itself", "put the text between quotes"),
    Code.SEVERAL_DOCUMENTS: ("one document", "a second one", "remove the line ---"),
    Code.TOO_DEEP: (
        "at most {limit} levels", "a deeper one", "check the brackets and the indentation"),
    Code.UNSUPPORTED_FORMAT: (
        "format: {choices}", "{text}", "write format: 1, or use a newer La Trousse"),
    Code.NO_SERVICE: (
        "at least one service", "none", "write one; meanwhile the last ones are served"),
    Code.UNFINISHED: (
        "a line end after the last line", "the end of the file",
        "add a line end; until then nothing is removed and the last entry stays as it was"),
    Code.TOO_MANY_PROBLEMS: (
        "fewer problems", "more than {limit}", "correct these, then check again"),
    Code.ANCHOR: ("plain values", "an anchor, &{name}", "remove it and write the value out"),
    Code.ALIAS: ("plain values", "an alias, *{name}", "write the value out"),
    Code.TAG: ("plain values", "a tag, {name}", "remove it: the key says what its value is"),
    Code.MERGE_KEY: ("plain keys", "a merge key, <<", "write the keys out"),
    Code.COMPLEX_KEY: ("a word as key", "a list or a mapping", "write one word before the colon"),
    Code.DUPLICATE_KEY: (
        "each key once", "{key} again, first on line {first_line}", "keep one of the two"),
    Code.UNKNOWN_KEY: ("one of {choices}", "{key}", "{instead_of_key}"),
    Code.MISSING_KEY: ("the key {key}", "nothing", "add it: " + _DOCS),
    Code.EMPTY_VALUE: ("a value", "nothing", "write the value of {key} or remove the key"),
    Code.WRONG_KIND: ("{wanted}", "{kind}", "write it so: " + _DOCS),
    Code.UNQUOTED: (
        "text", "{text} without quotes, which YAML may take for something else",
        "write '{text}'"),
    Code.NOT_AN_INTEGER: (
        "a whole number in plain digits", "{text}",
        "write it without quotes, sign, separator, point or leading zero"),
    Code.NOT_A_BOOLEAN: ("true or false", "{text}", "write true or false without quotes"),
    Code.NOT_A_DATE: (
        "a date of the calendar: year-month-day", "{text}", "write it like 2026-08-31"),
    Code.NOT_A_TIME: ("an hour", "{text}", "write it like '9:00' or '17:30', in quotes"),
    Code.UNKNOWN_CHOICE: ("one of {choices}", "{text}", "{instead}"),
    Code.TOO_LONG: ("at most {limit} characters", "{length}", "shorten it"),
    Code.BAD_FORM: ("{form}", "{text}", "write it in that form"),
    Code.LOCAL_ID: (
        "an id without a dot", "{text}",
        "remove the dot: slug.name is the form of an académie's own services"),
    Code.OUT_OF_RANGE: ("at {bound} {limit}", "{text}", "choose another number"),
    Code.TOO_FEW: ("at least {least}", "fewer", "add one or remove the key"),
    Code.INVALID: ("a valid value", "{message}", _DOCS),
    Code.BACKENDS_AND_VARIANTS: (
        "backends or variants", "both", "put the backends into the variants, or remove those"),
    Code.NO_ADDRESS: (
        "backends or variants", "neither",
        "add one; only an opt-in or an obsolete service may have none"),
    Code.NAME_PLACEHOLDER: (
        "a path with {{name}} once, as a {kind} needs", "{text}", "write it like /p/{{name}}"),
    Code.NAME_NOT_WANTED: (
        "a path without {{name}}", "{text}",
        "remove it, or make it a room or a document: a {kind} has no name"),
    Code.UNKNOWN_PLACEHOLDER: (
        "no braces but {{name}} in the path", "{text}", "remove them or write {{name}}"),
    Code.DUPLICATE_ID: ("an id of its own", "{id}{first}", "give one of the two another id"),
    Code.LISTED_TWICE: ("each item once", "{text} again", "remove one of the two"),
    Code.NO_TAKEOUT: (
        "data.takeout, as it ends on {until}", "nothing",
        "add data.takeout: how people take their data out before that day"),
    Code.ENDS_BEFORE_START: (
        "an end after {since}", "{until}", "correct lifecycle.since or lifecycle.until"),
    Code.OBSOLETE_WITHOUT_SUCCESSOR: (
        "lifecycle.successor", "nothing", "name the service that people should use now"),
    Code.NOTE_MISSING: (
        "with_pupils.note", "nothing", "say in one sentence under which conditions"),
    Code.NOBODY_ENTERS: (
        "who may enter", "nobody", "add agents, eleves, familles or tous: direct or link"),
    Code.LICENSE_FORM: (
        "an SPDX identifier such as AGPL-3.0-or-later, or several joined by AND, OR, WITH",
        "{text}", "write the identifier that https://spdx.org/licenses/ gives"),
    Code.UNKNOWN_TIMEZONE: ("a time zone such as Europe/Paris", "{text}", "{instead}"),
    Code.HOURS_INCOMPLETE: ("opens and closes", "one of the two", "add the other"),
    Code.HOURS_REVERSED: (
        "an hour after {opens}", "{closes}", "correct support.opens or support.closes"),
    Code.UNKNOWN_PROFILE: ("one of {choices}", "{text}", "{instead}"),
    Code.PROBE_ADDRESS: (
        "tcp://host:port for tcp, a web address for all other profiles",
        "{text} with profile {profile}", "set probe.url or another profile"),
    Code.EXPECT_UNUSED: (
        "expect with the profile http only", "profile {profile}",
        "remove expect: {profile} knows what to look for"),
    Code.TIMEOUT_OVER_INTERVAL: (
        "a time-out shorter than the interval", "{timeout} s for an interval of {interval} s",
        "shorten the time-out"),
    Code.UNKNOWN_ICON: (
        "the name of a file of static/icons", "{text}",
        "{instead}, or draw static/icons/{text}.svg"),
    Code.UNKNOWN_ACADEMIE: ("the slug of an académie", "{text}", "{instead}"),
    Code.UNKNOWN_OPERATOR: ("the id of an operator of this file", "{text}", "{instead}"),
    Code.WITHHELD_OPERATOR: (
        "an operator without errors", "{text}", "correct the entry of the operator {text}"),
    Code.UNKNOWN_CATEGORY: ("the id of a category of this file", "{text}", "{instead}"),
    Code.WITHHELD_CATEGORY: (
        "a category without errors", "{text}", "correct the entry of the category {text}"),
    Code.UNKNOWN_SERVICE: ("the id of a service of this file", "{text}", "{instead}"),
    Code.SELF_REFERENCE: ("another service", "{text} itself", "remove it or name another"),
    Code.SUCCESSOR_CIRCLE: (
        "a successor that leads somewhere", "{chain}", "remove one of these successors"),
    Code.DEPENDENCY_CIRCLE: (
        "a service that does not need this one", "{chain}", "remove one of these depends_on"),
    Code.ALTERNATIVE_CLOSED: (
        "a service that still works", "{text}, which is obsolete", "name its successor"),
    Code.ALIAS_TAKEN: (
        "an id that nobody else has", "{text}, of the service {owner}", "remove this alias"),
    Code.ASSOCIATION_NOT_OPT_IN: (
        "rollout: opt-in, as {operator} is an association", "{text}", "write rollout: opt-in"),
    Code.PROBED_TOO_OFTEN: (
        "at least {least} s, as {operator} is an association", "{interval} s",
        "write interval: {least} or remove it"),
    Code.TASK_TWICE: (
        "a task that no other service has", "the task of {others} too",
        "say what this one is for that the other is not"),
    Code.ALIKE: (
        "choose_when, as one word finds {others} too", "nothing",
        "add choose_when: 40 characters that help to choose"),
}  # fmt: skip


def words(problem: Problem) -> Words:
    """Say it in English; `found` quotes the file."""
    values = _said(problem.values)
    expected, found, remedy = (text.format(**values) for text in WORDS[problem.code])
    return Words(expected=expected, found=found, remedy=remedy)


def line(problem: Problem) -> str:
    """Write one problem on one line, the way editors and CI recognise."""
    said = words(problem)
    path = f"{problem.path}: " if problem.path else ""
    place = f"{problem.file}:{problem.line}:{problem.column}"
    fault = f"expected {said.expected}, found {said.found}; {said.remedy}"
    return f"{place}: {problem.severity}: {path}{fault} [{problem.code}]"


def _said(values: Mapping[str, Value]) -> dict[str, str]:
    """Turn values into words, with those that depend on whether there is a nearest name."""
    said = {
        name: ", ".join(value) if isinstance(value, tuple) else str(value)
        for name, value in values.items()
    }
    near = values.get("nearest")
    said["instead"] = f"write {near}" if near else "use one that exists"
    said["instead_of_key"] = f"write {near}" if near else f"remove it: {_DOCS}"
    first = values.get("first_line")
    said["first"] = f", already on line {first}" if first else " twice in this list"
    circle = values.get("ids")
    said["chain"] = " → ".join(circle) if isinstance(circle, tuple) else ""
    said["form"] = FORMS.get(said.get("form", ""), said.get("form", ""))
    if "kind" in values and "wanted" in values:
        said["wanted"] = KINDS.get(said["wanted"], said["wanted"])
        said["kind"] = said.get("text") or {"mapping": "keys", "list": "a list"}.get(
            said["kind"], said["kind"]
        )
    return said
