"""The language of the page and the words in it, typed."""

from __future__ import annotations

import flask_babel


def gettext(message: str, **values: object) -> str:
    """Translate into the page's language; typed, which flask_babel is not."""
    return str(flask_babel.gettext(message, **values))


def translated(message: str) -> str:
    """Return the words of the page's language, their holes not yet filled."""
    return str(flask_babel.get_translations().ugettext(message))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Translate what is counted; `num` stands in both forms."""
    return plural_of(one, many, num) % {"num": num, **values}


def plural_of(one: str, many: str, num: int) -> str:
    """Return the form for so many, its holes not yet filled: in French none is singular."""
    if num == 0 and language() == "fr":
        return one
    return str(flask_babel.get_translations().ungettext(one, many, num))


def capital(words: str) -> str:
    """Begin a sentence with words that are written for the middle of one."""
    return words[:1].upper() + words[1:]


def language() -> str:
    """Return the language of the page, "fr" outside a request."""
    locale = flask_babel.get_locale()
    return str(locale.language) if locale else "fr"


def lazy_gettext(message: str, **values: object) -> str:
    """Translate when it is shown: for what is written where no request is, a form's labels."""
    return flask_babel.lazy_gettext(message, **values)  # type: ignore[no-any-return]
