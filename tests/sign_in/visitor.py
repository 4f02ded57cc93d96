"""A browser without a screen: follows redirects, fills forms in, keeps its cookies."""

from __future__ import annotations

from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urljoin, urlsplit

import requests

MOST_REDIRECTS = 12
SECONDS = 60


class Form(HTMLParser):
    """The first form of a page whose address holds a text: where it leads, what stands in it."""

    def __init__(self, page: str, to: str) -> None:
        super().__init__()
        self.action: str | None = None
        self._to = to
        self.fields: dict[str, str] = {}
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and self.action is None and self._to in said.get("action", ""):
            self.action, self._inside = said.get("action", ""), True
        elif tag == "input" and self._inside and said.get("name"):
            self.fields[said["name"]] = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


class Visitor:
    """Somebody with a browser of his own."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Accept-Language"] = "fr"
        self.seen: list[str] = []
        """Every address that was asked for."""

    def get(self, address: str, *, follow: bool = True) -> requests.Response:
        return self._ask("GET", address, follow=follow)

    def send(
        self, page: requests.Response, *, to: str = "", follow: bool = True, **fields: str
    ) -> requests.Response:
        """Fill the first form of a page (that leads there) in and send it."""
        form = Form(page.text, to)
        assert form.action is not None, f"no form on {page.url}:\n{page.text[:2000]}"
        address = urljoin(page.url, form.action or page.url)
        return self._ask("POST", address, follow=follow, data=form.fields | fields)

    def close(self) -> None:
        self.session.close()

    def _keep_cookies(self, answer: requests.Response) -> None:
        """Take the cookies of `localhost` as browsers do: Python's jar refuses that domain."""
        if urlsplit(answer.url).hostname != "localhost":
            return
        for said in answer.raw.headers.getlist("Set-Cookie"):
            for name, cookie in SimpleCookie(said).items():
                self.session.cookies.set(name, cookie.value, domain="localhost.local", path="/")

    def _ask(
        self, method: str, address: str, *, follow: bool, data: dict[str, str] | None = None
    ) -> requests.Response:
        for _ in range(MOST_REDIRECTS):
            self.seen.append(address)
            answer = self.session.request(
                method, address, data=data, allow_redirects=False, timeout=SECONDS
            )
            self._keep_cookies(answer)
            if not follow or not answer.is_redirect:
                return answer
            address = urljoin(answer.url, answer.headers["Location"])
            method, data = "GET", None
        raise AssertionError(f"too many redirects: {self.seen[-MOST_REDIRECTS:]}")
