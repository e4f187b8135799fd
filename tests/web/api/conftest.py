"""The API as a program calls it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.site import Site

Ask = Callable[..., TestResponse]


@pytest.fixture
def client(site: Site) -> FlaskClient:
    """Without cookies, as a program has none."""
    return site.app.test_client(use_cookies=False)


@pytest.fixture
def ask(client: FlaskClient) -> Ask:
    """Asks for assessments; ``facts`` are JSON values, or ``data`` is sent as it is."""

    def post(facts: Any = None, **options: Any) -> TestResponse:
        if "data" not in options:
            options["json"] = facts
        options.setdefault("content_type", "application/json")
        return client.post("/api/v1/assessments", **options)

    return post
