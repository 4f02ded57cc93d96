"""Situations of Matrix, MediaWiki and WordPress servers, for the table of test_profiles.py."""

from __future__ import annotations

from monitoring.target import State

UP, DOWN = State.UP, State.DOWN
DEGRADED, MAINTENANCE = State.DEGRADED, State.MAINTENANCE
VERSIONS, SOFTWARE = "GET /_matrix/client/versions?sonde=", "GET /_matrix/federation/v1/version "
ROOM = "GET /_matrix/client/v3/directory/list/room/!sonde"
GENERAL = "GET /api.php?action=query&meta=siteinfo&siprop=general&"
FIGURES = "GET /api.php?action=query&meta=siteinfo&siprop=statistics&"
IN_FOLDER = {name.replace("/api.php", "/w/api.php"): name for name in (GENERAL, FIGURES)}
INDEX, SIGN_IN, PAGE = "GET /?rest_route=/&_fields=", "GET /wp-login.php ", "GET /?sonde="
INSTALLATION = "GET /wp-admin/install.php "

MATRIX_UP = {
    VERSIONS: "matrix/versions",
    SOFTWARE: "matrix/software",
    ROOM: "matrix/room_unknown",
}
MEDIAWIKI_UP = {GENERAL: "mediawiki/general", FIGURES: "mediawiki/statistics"}
WORDPRESS_UP = {INDEX: "wordpress/index", PAGE: "wordpress/page"}

Row = tuple[str, str, dict[str, str], State, str, str | None]
SITUATIONS: list[Row] = [
    ("matrix", "healthy", MATRIX_UP, UP, "ok", "1.163.2"),
    (
        *("matrix", "federation closed"),
        MATRIX_UP | {SOFTWARE: "matrix/unrecognized"},
        *(UP, "ok", None),
    ),
    (
        *("matrix", "database gone, everything constant still there"),
        MATRIX_UP | {ROOM: "matrix/room_database_gone"},
        *(DOWN, "database", "1.163.2"),
    ),
    (
        *("matrix", "another program with the same habit of errors"),
        {VERSIONS: "matrix/unrecognized"},
        *(DOWN, "http-404", None),
    ),
    (
        "matrix",
        "data of another shape",
        {VERSIONS: "matrix/software"},
        DOWN,
        "wrong-software",
        None,
    ),
    ("mediawiki", "healthy", MEDIAWIKI_UP, UP, "ok", "1.39.17"),
    (
        *("mediawiki", "in a folder of its own"),
        {folder: MEDIAWIKI_UP[name] for folder, name in IN_FOLDER.items()},
        *(UP, "ok", "1.39.17"),
    ),
    (
        *("mediawiki", "locked against writing"),
        MEDIAWIKI_UP | {GENERAL: "mediawiki/general_locked"},
        *(DEGRADED, "read-only", "1.39.17"),
    ),
    (
        *("mediawiki", "everyone must sign in"),
        {GENERAL: "mediawiki/sign_in_first", FIGURES: "mediawiki/sign_in_first"},
        *(UP, "ok", None),
    ),
    (
        *("mediawiki", "database gone"),
        {GENERAL: "mediawiki/database_gone"},
        *(DOWN, "database", None),
    ),
    (
        *("mediawiki", "database gone, what it says of itself still kept"),
        MEDIAWIKI_UP | {FIGURES: "mediawiki/database_gone"},
        *(DOWN, "database", "1.39.17"),
    ),
    ("mediawiki", "a fault inside", {GENERAL: "mediawiki/fault"}, DOWN, "http-500", None),
    ("mediawiki", "nothing there", {GENERAL: "mediawiki/another_place"}, DOWN, "http-404", None),
    ("mediawiki", "other data", {GENERAL: "wordpress/index"}, DOWN, "wrong-software", None),
    ("wordpress", "healthy", WORDPRESS_UP, UP, "ok", "6.1.9"),
    (
        *("wordpress", "version hidden"),
        WORDPRESS_UP | {PAGE: "wordpress/page_without_version"},
        *(UP, "ok", None),
    ),
    (
        *("wordpress", "interface closed by a plug-in"),
        {INDEX: "wordpress/rest_refused", SIGN_IN: "wordpress/sign_in", PAGE: "wordpress/page"},
        *(UP, "ok", "6.1.9"),
    ),
    (
        *("wordpress", "interface closed, and another page to sign in"),
        {INDEX: "wordpress/rest_refused", SIGN_IN: "shared/sign_in_page"},
        *(DOWN, "wrong-software", None),
    ),
    (
        *("wordpress", "during an update"),
        {INDEX: "wordpress/maintenance"},
        *(MAINTENANCE, "retry-after", None),
    ),
    (
        *("wordpress", "database gone"),
        {INDEX: "wordpress/database_gone"},
        *(DOWN, "database", None),
    ),
    (
        *("wordpress", "database gone, in French"),
        {INDEX: "wordpress/database_gone_french"},
        *(DOWN, "database", None),
    ),
    (
        *("wordpress", "first page broken by a plug-in"),
        WORDPRESS_UP | {PAGE: "wordpress/critical_error"},
        *(DOWN, "http-500", None),
    ),
    (
        *("wordpress", "not installed"),
        {INDEX: "wordpress/to_installation", INSTALLATION: "wordpress/page"},
        *(DOWN, "not-installed", None),
    ),
]
FIRST = {"matrix": VERSIONS, "mediawiki": GENERAL, "wordpress": INDEX}
SIDE = {
    "matrix": (ROOM, MATRIX_UP),
    "mediawiki": (FIGURES, MEDIAWIKI_UP),
    "wordpress": (PAGE, WORDPRESS_UP),
}
