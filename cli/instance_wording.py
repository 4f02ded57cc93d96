"""English for the command line: why a decision or an announcement is refused, and what to do."""

from __future__ import annotations

from instances.announcements import MAX_LENGTH, AnnouncementError
from instances.choices import ChoiceError

CHOICES = {
    "required": "the nation requires {service} everywhere: it cannot be hidden",
    "replaces-itself": "{service} cannot replace itself: name another service, or an address",
    "two-replacements": "expected one replacement, found a service and an address: keep one",
    "unknown-replacement": (
        "expected the id of a service or an https address, found {found}: "
        "`flask instances services ACADEMIE` lists the ids"
    ),
    "not-an-address": "expected an address like https://nuage.example.fr/, found {found}",
    "word-too-long": "expected a word of {limit} characters at most, found {length}: shorten it",
    "precision-too-long": "expected a precision of {limit} characters at most, found {length}",
    "has-variants": (
        "{service} has variants, each with its own addresses: an address of the académie's own "
        "would open nowhere; hide it and name the address as its replacement"
    ),
    "unknown-wording": "{field} cannot be reworded",
    "wording-refused": "{field}: {message}",
}

ANNOUNCEMENTS = {
    "empty": "the text is empty",
    "too-long": f"the text is longer than {MAX_LENGTH} characters",
    "ends-before-start": "it would end before it starts: check --from and --until",
    "over": "it is over or withdrawn: announce it again",
    "unknown-service": (
        "--service: expected the id of a service; `flask instances services ACADEMIE` lists them"
    ),
}


def choice_refused(error: ChoiceError) -> str:
    return f"not decided: {CHOICES[error.code].format(**error.values)}"


def announcement_refused(error: AnnouncementError) -> str:
    return f"not published: {ANNOUNCEMENTS[error.code]}"
