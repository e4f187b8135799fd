"""The page ``/api``: what it says is so, and its examples are run as they stand against a real server."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from claims.db import Database
from claims.web.api.problems import KINDS
from claims.web.app import build
from claims.web.pages.public.programs import EXAMPLES
from tests.browsing import Browser, Page
from tests.site import Site, settings_in


@pytest.fixture
def page(quick_database: Database, tmp_path: Path) -> Iterator[Page]:
    """The page, of a service that listens where the page says."""
    server = make_server("127.0.0.1", 0, None, threaded=True)
    settings = settings_in(tmp_path, quick_database.url, demonstration=False)
    server.app = build(replace(settings, base_url=f"http://127.0.0.1:{server.port}"))
    listening = threading.Thread(target=server.serve_forever)
    listening.start()
    yield Browser(server.app).get("/api")
    server.shutdown()
    listening.join()
    server.server_close()


def run_examples(page: Page) -> list[str]:
    """What every example of the page writes, in order."""
    assert page.document is not None
    listings = list(page.document.iter("pre"))
    assert len(listings) == len(EXAMPLES)
    commands = {"curl": ["bash", "-euc"], "Python": [sys.executable, "-W", "error", "-c"]}
    written = []
    for listing in listings:
        command = [*commands[listing.get("data-language", "")], "".join(listing.itertext())]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        written.append(done.stdout)
    return written


def test_every_example_works_as_it_stands(page: Page):
    one_claim, failing, dementia, certificate, new_to_care = run_examples(page)
    assessment = json.loads(one_claim)
    assert assessment["outcome"] == "incomplete"
    assert assessment["amount"]["payable_gbp"] == "924.00"
    assert failing.splitlines()[0] == "LTS incomplete"
    assert failing.splitlines()[1] == "DLP ineligible"
    assert "4 February 2025" in failing
    courses = json.loads(dementia)["courses"]
    assert 0 < len(courses) <= 5
    assert all("dementia" in course["title"].lower() for course in courses)
    assert [each["max_reimbursement_gbp"] for each in json.loads(certificate)["amounts"]] == ["1500.00", "1540.00"]
    assert len(new_to_care.splitlines()) > 50
    assert all("." in line.split()[-1] for line in new_to_care.splitlines())


def test_every_kind_of_error_has_its_place_on_the_page(site: Site):
    page = site.visit().get("/api")
    for kind in KINDS:
        assert f'id="{kind.slug}"' in page.text
        assert f"{kind.status}: {kind.title.lower()}" in page.words.lower()


def test_every_page_leads_to_it(site: Site):
    assert 'href="/api"' in site.visit().get("/").text
    assert site.visit().get("/api").heading == "Use the rules and the course list in your own program"
