"""A browser without a window: Flask's test client that checks every page it is shown and fills in forms."""

import secrets
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.test import TestResponse

from claims.web.access import cookie_name
from tests.html_checks import check_page, text_of


class _Compiled(BytecodeCache):
    """Templates compiled once for all tests of a process: compiling takes longer than everything else about a page."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        # The key knows the template's name, the checksum its text.
        if found := self.kept.get(f"{bucket.key} {bucket.checksum}"):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[f"{bucket.key} {bucket.checksum}"] = bucket.bytecode_to_string()


COMPILED = _Compiled()


class Page:
    """One answer. ``document`` is there when it was HTML, and then it has passed every check."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.get_data(as_text=True) if response.mimetype.startswith("text/") else ""
        # The body of a redirect is the library's, and nobody sees it.
        is_page = response.mimetype == "text/html" and not 300 <= self.status < 400
        self.document: Element | None = check_page(response) if is_page else None

    @property
    def heading(self) -> str:
        return text_of(next(self._html.iter("h1")))

    @property
    def title(self) -> str:
        return text_of(next(self._html.iter("title")))

    @property
    def words(self) -> str:
        """What the main part of the page says, spaces single."""
        return text_of(next(self._html.iter("main")))

    @property
    def problems(self) -> list[str]:
        """The sentences of the error summary."""
        summaries = [each for each in self._html.iter("ul") if "govuk-error-summary__list" in each.get("class", "")]
        return [text_of(item) for summary in summaries for item in summary.iter("li")]

    @property
    def field_errors(self) -> list[str]:
        """The sentences at the fields."""
        messages = [each for each in self._html.iter("p") if "govuk-error-message" in each.get("class", "")]
        return [text_of(each).removeprefix("Error: ") for each in messages]

    @property
    def marked(self) -> list[str]:
        """The links under the header that are marked as where one is."""
        links = self._html.iter("a")
        of_header = [each for each in links if "service-navigation__link" in each.get("class", "")]
        return [text_of(each) for each in of_header if each.get("aria-current")]

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.headers.get("Location", "")

    def form(self, action: str = "") -> Element:
        """The form of the main part of the page; the one to ``action`` where there are several."""
        main = next(self._html.iter("main"))
        forms = [form for form in main.iter("form") if not action or form.get("action") == action]
        assert len(forms) == 1, f"{len(forms)} forms to {action or 'anywhere'} on {self.heading!r}"
        return forms[0]

    def filled(self, action: str = "") -> dict[str, list[str]]:
        """What the form would send if nothing were touched."""
        return _values(self.form(action))

    @property
    def _html(self) -> Element:
        assert self.document is not None, f"not a page: {self.status} {self.headers}"
        return self.document


def _values(form: Element) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for each in form.iter():
        name, kind = each.get("name"), (each.get("type") or "").lower()
        if not name:
            continue
        if each.tag == "input" and kind in ("checkbox", "radio"):
            if each.get("checked") is not None:
                values.setdefault(name, []).append(each.get("value", "on"))
        elif each.tag == "input" and kind not in ("file", "submit", "button"):
            values.setdefault(name, []).append(each.get("value", ""))
        elif each.tag == "textarea":
            values.setdefault(name, []).append((each.text or "").removeprefix("\n"))
        elif each.tag == "select":
            options = list(each.iter("option"))
            chosen = [option for option in options if option.get("selected") is not None] or options[:1]
            values.setdefault(name, []).extend(option.get("value", "") for option in chosen)
    return values


class Browser:
    """Keeps its cookies. ``get`` and ``post`` answer with a checked ``Page``."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        app.jinja_env.bytecode_cache = COMPILED
        self.client = app.test_client()
        self.page: Page | None = None

    def sign_in_with(self, token: str) -> "Browser":
        """Puts a session token into the cookie, as signing in does."""
        with self.app.app_context():
            self.client.set_cookie(cookie_name(), token, domain="localhost")
        return self

    def get(self, address: str, **options: Any) -> Page:
        """Opens ``address`` and follows redirects, as a person would; ``follow_redirects=False`` stops at the first."""
        options.setdefault("follow_redirects", True)
        return self._keep(self.client.get(address, buffered=True, **options))

    def post(self, address: str, values: Mapping[str, Any] | None = None, **options: Any) -> Page:
        """Sends ``values`` as they are, with the form token of the page that is open, if any."""
        data: dict[str, Any] = dict(values or {})
        if "csrf_token" not in data and (token := self._csrf_token()):
            data["csrf_token"] = token
        options.setdefault("headers", {"Sec-Fetch-Site": "same-origin", "Referer": "http://localhost/"})
        return self._keep(self.client.post(address, data=data, buffered=True, **options))

    def send(self, values: Mapping[str, Any] | None = None, action: str = "", **options: Any) -> Page:
        """Fills ``values`` into the form of the open page, leaves the rest as it stands, sends it, follows redirects.

        A value is text, a list of texts, or for files ``(io.BytesIO, name)`` or a list of those; ``None`` clears.
        """
        assert self.page is not None, "open a page first"
        form = self.page.form(action)
        data: dict[str, Any] = dict(_values(form))
        known = {each.get("name") for each in form.iter() if each.get("name")}
        for name, value in (values or {}).items():
            assert name in known, f"the form has no {name!r}: {sorted(map(str, known))}"
            data[name] = [] if value is None else value
        if form.get("method") == "get":
            return self.get(form.get("action") or "", query_string=data)
        options.setdefault("follow_redirects", True)
        return self.post(form.get("action") or "", data, **options)

    def _csrf_token(self) -> str | None:
        document = self.page.document if self.page else None
        if document is None:
            return None
        tokens = (each.get("value") for each in document.iter("input") if each.get("name") == "csrf_token")
        return next(tokens, None)

    def _keep(self, response: TestResponse) -> Page:
        for earlier in response.history:
            Page(earlier)
        for each in (*response.history, response):
            # A large upload lies in a temporary file, which the client leaves open.
            each.request.environ["wsgi.input"].close()
        page = Page(response)
        if page.document is not None:
            self.page = page
        return page


def new_token() -> str:
    """A session token for tests with a fake ``actor_of``."""
    return secrets.token_hex(8)
