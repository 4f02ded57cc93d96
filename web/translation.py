"""The language of the page and the words in it, typed."""

from __future__ import annotations

import flask_babel


def gettext(message: str, **values: object) -> str:
    """Translate into the page's language; typed, which flask_babel is not."""
    return str(flask_babel.gettext(message, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Translate what is counted; `num` stands in both forms."""
    return str(flask_babel.ngettext(one, many, num, **values))


def language() -> str:
    """Return the language of the page, "fr" outside a request."""
    locale = flask_babel.get_locale()
    return str(locale.language) if locale else "fr"


def lazy_gettext(message: str, **values: object) -> str:
    """Translate when it is shown: for what is written where no request is, a form's labels."""
    return flask_babel.lazy_gettext(message, **values)  # type: ignore[no-any-return]
