"""A MediaWiki and a WordPress from Debian packages, under PHP's own server, on a MariaDB."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests import mariadb
from tests.backends import Program
from tests.programs import require_path, require_program, skip_loudly
from tests.servers import free_port

WIKI_LOCK = "lock"
"""A file in the wiki's folder: while it is there, the wiki can only be read, for its reason."""
UPGRADE = ".maintenance"
"""A file in the blog's root, as WordPress makes it while it renews itself."""

_WIKI_ADDITIONS = """
$wgReadOnlyFile = '{folder}/{lock}';
$wgMainCacheType = CACHE_NONE;
"""
_BLOG_SETTINGS = """<?php
define('DB_NAME', '{name}');
define('DB_USER', '{user}');
define('DB_PASSWORD', '');
define('DB_HOST', '{host}:{port}');
define('DB_CHARSET', 'utf8mb4');
define('WP_CONTENT_DIR', '{folder}/content');
define('DISABLE_WP_CRON', true);
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
$table_prefix = 'wp_';
require_once ABSPATH . 'wp-settings.php';
"""
_BLOG_INSTALLATION = """<?php
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = '{address}';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
require ABSPATH . 'wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
function wp_mail() {{ return true; }}
wp_install('Blog des essais', 'omar', 'omar@example.org', true, '', 'essai-de-sonde');
switch_theme('essai');
"""
_THEME = """<!DOCTYPE html>
<html><head><?php wp_head(); ?></head><body><h1>Blog des essais</h1></body></html>
"""


@contextlib.contextmanager
def mediawiki(folder: Path, database: Program, *, address: str) -> Iterator[Program]:
    """A running wiki that believes to live at `address`, a whole one, without path."""
    root = require_path("/usr/share/mediawiki", package="mediawiki")
    mariadb.create_database(database, "wiki")
    _php(
        *(str(root / "maintenance" / "install.php"), "--dbtype", "mysql", "--dbname", "wiki"),
        *("--dbserver", f"{mariadb.HOST}:{database.port}"),
        *("--dbuser", mariadb.USER, "--dbpass", "", "--installdbuser", mariadb.USER),
        *("--confpath", str(folder), "--server", address, "--scriptpath", ""),
        *("--pass", "essai-de-sonde-42", "Wiki des essais", "Omar"),
    )
    settings = folder / "LocalSettings.php"
    with settings.open("a") as file:
        file.write(_WIKI_ADDITIONS.format(folder=folder, lock=WIKI_LOCK))
    server = _site(folder, root, environ={"MW_CONFIG_FILE": str(settings)})
    with server.running():
        yield server


@contextlib.contextmanager
def wordpress(folder: Path, database: Program, *, address: str) -> Iterator[Program]:
    """A running blog that believes to live at `address`: host and port."""
    package = require_path("/usr/share/wordpress", package="wordpress")
    mariadb.create_database(database, "blog")
    root = _blog_root(folder, package)
    settings = _BLOG_SETTINGS.format(
        name="blog", user=mariadb.USER, host=mariadb.HOST, port=database.port, folder=folder
    )
    (root / "wp-config.php").write_text(settings)
    # Debian looks for its settings in /etc, by host: this tells another place for all.
    before = folder / "before.php"
    before.write_text(f"<?php define('ABSPATH', '{root}/');")
    install = folder / "install.php"
    install.write_text(_BLOG_INSTALLATION.format(address=address))
    _php("-d", f"auto_prepend_file={before}", str(install))
    with _site(folder, root, options=("-d", f"auto_prepend_file={before}")).running() as server:
        yield server


def _blog_root(folder: Path, package: Path) -> Path:
    """The package's files, by links, in a folder where settings of our own may stand."""
    root = folder / "root"
    root.mkdir()
    for path in package.iterdir():
        if path.name not in {"wp-config.php", "wp-content", ".htaccess"}:
            (root / path.name).symlink_to(path)
    theme = folder / "content" / "themes" / "essai"
    theme.mkdir(parents=True)
    (theme / "style.css").write_text("/*\nTheme Name: Essai\n*/\n")
    (theme / "index.php").write_text(_THEME)
    return root


def _site(
    folder: Path,
    root: Path,
    *,
    options: tuple[str, ...] = (),
    environ: dict[str, str] | None = None,
) -> Program:
    php = _require_php()
    port = free_port()
    # What a test writes counts at once.
    command = (php, *options, "-d", "display_errors=stderr", "-d", "opcache.enable=0")
    listen = ("-S", f"127.0.0.1:{port}", "-t", str(root))
    return Program((*command, *listen), port=port, folder=folder, environ=environ)


@cache
def _require_php() -> str:
    php = require_program("php", package="php-cli")
    modules = subprocess.run((php, "-m"), capture_output=True, check=True, timeout=60).stdout
    missing = {"intl", "mbstring", "mysqli", "xml"} - set(modules.decode().lower().split())
    if missing:
        names = " ".join(sorted(f"php-{name}".replace("mysqli", "mysql") for name in missing))
        skip_loudly(f"PHP lacks {', '.join(sorted(missing))}: apt-get install {names}")
    return php


def _php(*arguments: str) -> None:
    php = _require_php()
    done = subprocess.run(
        (php, *arguments), stdin=subprocess.DEVNULL, capture_output=True, check=False,
        timeout=120, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    said = (done.stdout + done.stderr).decode(errors="replace")
    assert done.returncode == 0, f"{arguments}: {said}"
