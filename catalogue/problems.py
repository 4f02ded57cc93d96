"""What can be wrong with a catalogue: a closed list of codes, and where each was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Value = str | int | tuple[str, ...] | None


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Code(StrEnum):
    """One for each kind of fault; the comment names the values that go with it."""

    # The source could not be read.
    SOURCE_MISSING = "source-missing"
    SOURCE_UNREADABLE = "source-unreadable"  # reason
    SOURCE_CHANGING = "source-changing"
    SOURCE_UNREACHABLE = "source-unreachable"  # reason
    SOURCE_TOO_SLOW = "source-too-slow"  # seconds
    SOURCE_STATUS = "source-status"  # status
    SOURCE_REDIRECT = "source-redirect"  # address
    # The file as a whole.
    TOO_LARGE = "too-large"  # limit, size (bytes)
    EMPTY_FILE = "empty-file"
    NOT_UTF8 = "not-utf-8"  # byte
    BYTE_ORDER_MARK = "byte-order-mark"
    CONTROL_CHARACTER = "control-character"  # character ("U+0007")
    TAB = "tab"
    NO_BREAK_SPACE = "no-break-space"
    SYNTAX = "syntax"  # message
    COLON_IN_TEXT = "colon-in-text"
    UNCLOSED_QUOTE = "unclosed-quote"
    UNCLOSED_BRACKET = "unclosed-bracket"
    INDENTATION = "indentation"
    RESERVED_CHARACTER = "reserved-character"  # character
    SEVERAL_DOCUMENTS = "several-documents"
    TOO_DEEP = "too-deep"  # limit
    UNSUPPORTED_FORMAT = "unsupported-format"  # text, choices
    NO_SERVICE = "no-service"
    UNFINISHED = "unfinished"
    TOO_MANY_PROBLEMS = "too-many-problems"  # limit
    # What YAML offers and this file does without.
    ANCHOR = "anchor"  # name
    ALIAS = "alias"  # name
    TAG = "tag"  # name
    MERGE_KEY = "merge-key"
    COMPLEX_KEY = "complex-key"
    DUPLICATE_KEY = "duplicate-key"  # key, first_line
    # The shape of an entry.
    UNKNOWN_KEY = "unknown-key"  # key, nearest, choices
    MISSING_KEY = "missing-key"  # key
    EMPTY_VALUE = "empty-value"  # key
    WRONG_KIND = "wrong-kind"  # wanted, kind, text
    UNQUOTED = "unquoted"  # text
    NOT_AN_INTEGER = "not-an-integer"  # text
    NOT_A_BOOLEAN = "not-a-boolean"  # text
    NOT_A_DATE = "not-a-date"  # text
    NOT_A_TIME = "not-a-time"  # text
    UNKNOWN_CHOICE = "unknown-choice"  # text, nearest, choices
    TOO_LONG = "too-long"  # limit, length
    BAD_FORM = "bad-form"  # form (see catalogue.conversion.FORMS), text
    LOCAL_ID = "local-id"  # text
    OUT_OF_RANGE = "out-of-range"  # bound ("least" or "most"), limit, text
    TOO_FEW = "too-few"  # least
    INVALID = "invalid"  # message
    # What one entry says of itself.
    BACKENDS_AND_VARIANTS = "backends-and-variants"
    NO_ADDRESS = "no-address"
    NAME_PLACEHOLDER = "name-placeholder"  # kind, text
    NAME_NOT_WANTED = "name-not-wanted"  # kind, text
    UNKNOWN_PLACEHOLDER = "unknown-placeholder"  # text
    DUPLICATE_ID = "duplicate-id"  # id, first_line (none inside one service)
    LISTED_TWICE = "listed-twice"  # text
    NO_TAKEOUT = "no-takeout"  # until
    ENDS_BEFORE_START = "ends-before-start"  # since, until
    OBSOLETE_WITHOUT_SUCCESSOR = "obsolete-without-successor"
    NOTE_MISSING = "note-missing"
    NOBODY_ENTERS = "nobody-enters"
    LICENSE_FORM = "license-form"  # text
    UNKNOWN_TIMEZONE = "unknown-timezone"  # text, nearest
    HOURS_INCOMPLETE = "hours-incomplete"
    HOURS_REVERSED = "hours-reversed"  # opens, closes
    UNKNOWN_PROFILE = "unknown-profile"  # text, nearest, choices
    PROBE_ADDRESS = "probe-address"  # profile, text
    EXPECT_UNUSED = "expect-unused"  # profile
    TIMEOUT_OVER_INTERVAL = "timeout-over-interval"  # timeout, interval
    UNKNOWN_ICON = "unknown-icon"  # text, nearest
    UNKNOWN_ACADEMIE = "unknown-academie"  # text, nearest
    # What entries say of one another.
    UNKNOWN_OPERATOR = "unknown-operator"  # text, nearest
    WITHHELD_OPERATOR = "withheld-operator"  # text
    UNKNOWN_CATEGORY = "unknown-category"  # text, nearest
    WITHHELD_CATEGORY = "withheld-category"  # text
    UNKNOWN_SERVICE = "unknown-service"  # text, nearest
    SELF_REFERENCE = "self-reference"  # text
    SUCCESSOR_CIRCLE = "successor-circle"  # ids
    DEPENDENCY_CIRCLE = "dependency-circle"  # ids
    ALTERNATIVE_CLOSED = "alternative-closed"  # text
    ALIAS_TAKEN = "alias-taken"  # text, owner
    ASSOCIATION_NOT_OPT_IN = "association-not-opt-in"  # operator, text
    PROBED_TOO_OFTEN = "probed-too-often"  # operator, interval, least
    TASK_TWICE = "task-twice"  # text, others
    ALIKE = "alike"  # others


WARNINGS = frozenset(
    {
        Code.ALIKE, Code.ALTERNATIVE_CLOSED, Code.EXPECT_UNUSED,
        Code.LICENSE_FORM, Code.LISTED_TWICE, Code.NOBODY_ENTERS,
        Code.OBSOLETE_WITHOUT_SUCCESSOR, Code.TIMEOUT_OVER_INTERVAL, Code.UNFINISHED,
    }
)  # fmt: skip

ENTRY_STAYS = WARNINGS | {
    Code.ALIAS_TAKEN, Code.DEPENDENCY_CIRCLE, Code.HOURS_INCOMPLETE, Code.HOURS_REVERSED,
    Code.NO_TAKEOUT,
    Code.SELF_REFERENCE, Code.SUCCESSOR_CIRCLE, Code.TASK_TWICE, Code.TOO_MANY_PROBLEMS,
    Code.UNKNOWN_ACADEMIE, Code.UNKNOWN_ICON, Code.UNKNOWN_SERVICE,
}  # fmt: skip
"""Faults that withhold nothing: the entry is shown, a reference that leads nowhere left out."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One fault, without a sentence: `code` and `values` are worded where they are shown."""

    code: Code
    file: str
    line: int
    """From 1, as editors count."""
    column: int
    """From 1, in characters."""
    path: str = ""
    """Such as `services[nuage].backends[main].url`; empty for the file as a whole."""
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        return Severity.WARNING if self.code in WARNINGS else Severity.ERROR

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code.value,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "path": self.path,
            "values": dict(self.values),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Problem:
        """Read back what `as_json` made, after a stay in JSON."""
        values = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in data["values"].items()
        }
        return cls(**{**data, "code": Code(data["code"]), "values": values})
