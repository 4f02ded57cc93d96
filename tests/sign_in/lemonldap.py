"""LemonLDAP::NG from Debian on loopback: its FastCGI server and an nginx, in a folder of ours."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.programs import require_path, require_program
from tests.servers import free_port, wait_until_listening
from tests.sturdy.processes import Process, wait_until

PACKAGE = "lemonldap-ng lemonldap-ng-fastcgi-server (see .ci/run for all of them)"
PORTAL = Path("/usr/share/lemonldap-ng/portal")
USER = "www-data"
"""The server refuses to be root."""

_INI = """\
[all]
logLevel = notice
[configuration]
type = File
dirName = {folder}/conf
localStorage = Cache::FileCache
localStorageOptions = {{ 'namespace' => 'conf', 'default_expires_in' => 600, \
'directory_umask' => '007', 'cache_root' => '{folder}/cache', 'cache_depth' => 3 }}
[portal]
staticPrefix = /static
templateDir = {portal}/templates
languages = fr, en
[handler]
status = 0
"""
_NGINX = """\
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
{user}
events {{}}
http {{
  include /etc/nginx/mime.types;
  access_log off;
  client_body_temp_path {folder}/body;
  fastcgi_temp_path {folder}/fastcgi;
  proxy_temp_path {folder}/proxy;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    server_name localhost;
    root {portal}/htdocs;
    if ($uri !~ ^/((static|javascript|favicon).*|.*\\.psgi)) {{
      rewrite ^/(.*)$ /index.psgi/$1 break;
    }}
    location ~ ^(?<script>/.*\\.psgi)(?:$|/) {{
      include /etc/nginx/fastcgi_params;
      fastcgi_pass unix:{folder}/llng.sock;
      fastcgi_param HTTP_HOST $http_host;
      fastcgi_param LLTYPE psgi;
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_split_path_info ^(.*\\.psgi)(/.*)$;
      fastcgi_param PATH_INFO $fastcgi_path_info;
    }}
    location /static/ {{ alias {portal}/htdocs/static/; }}
  }}
}}
"""


_PEOPLE = {
    "authentication": "Demo",
    "userDB": "Same",
    "passwordDB": "Demo",
    "registerDB": "Demo",
    "whatToTrace": "_whatToTrace",
    "macros": {"_whatToTrace": "$uid"},
    "demoExportedVars": {"cn": "cn", "mail": "mail", "uid": "uid"},
    "exportedVars": {},
    "groups": {
        "dane": "$uid eq 'dwho'",
        "profs": "1",
        "redaction-rennes": "$uid eq 'dwho'",
        "redaction-paris": "$uid eq 'dwho'",
        "dne": "$uid eq 'rtyler'",
    },
}


class LemonLdap:
    """The provider with its demonstration users (dwho, rtyler, msmith) and one client."""

    client_id = "la-trousse"
    secret = "a secret of thirty-two characters"

    def __init__(self, folder: Path, portal: str) -> None:
        self.folder = folder
        self.portal = portal
        self.port = free_port()
        self.issuer = f"http://localhost:{self.port}"
        self.server = require_program("llng-fastcgi-server", package=PACKAGE)
        self.nginx = require_program("nginx", package="nginx")
        require_path(str(PORTAL / "templates"), package=PACKAGE)
        self.processes: list[Process] = []
        self._prepare()

    def start(self) -> None:
        socket = self.folder / "llng.sock"
        own = {"PATH": os.environ["PATH"], "LLNG_DEFAULTCONFFILE": f"{self.folder}/llng.ini",
               "LLNG_DEFAULTLOGGER": "Lemonldap::NG::Common::Logger::Std"}  # fmt: skip
        as_user = ["--user", USER, "--group", USER] if os.geteuid() == 0 else []
        server = Process(
            *(self.server, "--foreground", "--proc", "2", "--socket", str(socket)),
            *("--pid", f"{self.folder}/llng.pid", *as_user),
            environ=own,
            output=self.folder / "llng.log",
        )
        self.processes.append(server)
        wait_until(socket.exists, f"LemonLDAP::NG\n{server.said}")
        nginx = Process(
            *(self.nginx, "-p", str(self.folder), "-c", f"{self.folder}/nginx.conf"),
            environ=own,
            output=self.folder / "nginx.log",
        )
        self.processes.append(nginx)
        wait_until_listening(self.port, nginx._popen)  # noqa: SLF001 - our own Process

    def stop(self) -> None:
        while self.processes:
            self.processes.pop().end()

    @property
    def said(self) -> str:
        return (self.folder / "llng.log").read_text(encoding="utf-8", errors="replace")

    def _prepare(self) -> None:
        for name in (
            "conf",
            "cache",
            "sessions/lock",
            "psessions/lock",
            "notifications",
            "captcha",
        ):
            (self.folder / name).mkdir(parents=True)
        values = {"folder": self.folder, "portal": PORTAL, "port": self.port}
        user = f"user {USER};" if os.geteuid() == 0 else ""
        (self.folder / "llng.ini").write_text(_INI.format(**values), encoding="utf-8")
        (self.folder / "nginx.conf").write_text(
            _NGINX.format(**values, user=user), encoding="utf-8"
        )
        text = json.dumps(self._configuration(), indent=1)
        (self.folder / "conf" / "lmConf-1.json").write_text(text, encoding="utf-8")
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.rglob("*")):
                shutil.chown(path, USER, USER)

    def _configuration(self) -> dict[str, Any]:
        private, public = _key_pair()
        return {
            "cfgNum": 1,
            "cfgDate": "1627287638",
            "cfgVersion": "2.0.15",
            "domain": "localhost",
            "portal": f"{self.issuer}/",
            "key": "encrypts what the tests keep",
            "cookieName": "lemonldap",
            "securedCookie": 0,
            "locationRules": {"localhost": {"default": "accept"}},
            "exportedHeaders": {},
            "applicationList": {},
            "issuerDBOpenIDConnectActivation": 1,
            "oidcServicePrivateKeySig": private,
            "oidcServicePublicKeySig": public,
            "oidcServiceKeyIdSig": "one",
            "oidcRPMetaDataExportedVars": {
                "trousse": {"email": "mail", "name": "cn", "groups": "groups;string;auto"}
            },
            "oidcRPMetaDataOptionsExtraClaims": {"trousse": {"profile": "groups"}},
            "oidcRPMetaDataOptions": {"trousse": self._client()},
            **_PEOPLE,
            **self._storage(),
        }

    def _storage(self) -> dict[str, Any]:
        sessions, kept = f"{self.folder}/sessions", f"{self.folder}/psessions"
        generated = "Lemonldap::NG::Common::Apache::Session::Generate::SHA256"
        return {
            "globalStorage": "Apache::Session::File",
            "globalStorageOptions": {
                "Directory": sessions,
                "LockDirectory": f"{sessions}/lock",
                "generateModule": generated,
            },
            "persistentStorage": "Apache::Session::File",
            "persistentStorageOptions": {"Directory": kept, "LockDirectory": f"{kept}/lock"},
            "localSessionStorage": "Cache::FileCache",
            "localSessionStorageOptions": {
                "namespace": "sessions",
                "default_expires_in": 600,
                "directory_umask": "007",
                "cache_root": f"{self.folder}/cache",
                "cache_depth": 3,
            },
            # It looks at its own sessions again after 15 s; nobody signs out that fast but a test.
            "handlerInternalCache": 0,
        }

    def _client(self) -> dict[str, Any]:
        said = {
            "ClientID": self.client_id,
            "ClientSecret": self.secret,
            "RedirectUris": f"{self.portal}/connexion/oidc/retour",
            "PostLogoutRedirectUris": f"{self.portal}/connexion/oidc/au-revoir",
            "IDTokenSignAlg": "RS256",
            "IDTokenExpiration": 3600,
            "AccessTokenExpiration": 3600,
            "AuthorizationCodeExpiration": 60,
            "BypassConsent": 1,
            "LogoutBypassConfirm": 1,
            "LogoutUrl": f"{self.portal}/connexion/oidc/fin",
            "LogoutType": "front",
            "LogoutSessionRequired": 1,
            "RequirePKCE": 1,
        }
        return {f"oidcRPMetaDataOptions{name}": value for name, value in said.items()}


def _key_pair() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()
