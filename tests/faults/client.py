"""A signed-in browser over a real connection, that sends what it sees filled in and may never get an answer."""

import http.client
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from tests.browsing import Page

Values = Mapping[str, Sequence[str]]


class Client:
    """Keeps its cookies. Every page that it opens is checked as ``tests.browsing`` does."""

    def __init__(self, connect: Callable[[], http.client.HTTPConnection], session_token: str) -> None:
        self._connect = connect
        self._cookies = {"__Host-claims": session_token}

    def open(self, address: str) -> Page:
        return Page(self._ask("GET", address))

    def fetch(self, address: str) -> TestResponse:
        """As ``open``, for whoever only wants to know that there is an answer."""
        return self._ask("GET", address)

    def send(self, action: str, values: Values) -> Page:
        """Posts ``values``. Raises ``OSError`` or ``HTTPException`` when the server dies before it has answered."""
        return Page(self._ask("POST", action, urlencode(values, doseq=True)))

    def _ask(self, method: str, address: str, body: str | None = None) -> TestResponse:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
        }
        with closing(self._connect()) as connection:
            connection.request(method, address, body, headers)
            with connection.getresponse() as answer:
                content = answer.read()
        for given in answer.headers.get_all("Set-Cookie") or []:
            self._cookies.update({name: morsel.value for name, morsel in SimpleCookie(given).items()})
        return TestResponse([content], f"{answer.status} {answer.reason}", Headers(answer.getheaders()), None)
