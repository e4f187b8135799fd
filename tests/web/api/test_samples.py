"""Samples of the long runs in ``fuzz.py``: ``make fuzz`` sends 20,000 requests and compares 10,000 claims."""

from pathlib import Path

import pytest
from flask import Flask
from freezegun import freeze_time

from claims.db import Database
from claims.web.app import build
from tests.site import AT, settings_in
from tests.web.api.fuzz import compare_assessments, send_noise, send_requests


@pytest.fixture
def app(quick_database: Database, tmp_path: Path) -> Flask:
    """Without people, at the real time, which nothing but assessments depends on."""
    return build(settings_in(tmp_path, quick_database.url, demonstration=False))


def test_every_answer_is_as_described(app: Flask):
    answered = send_requests(app, 120)
    assert answered.total() >= 120
    assert {status for _, status in answered} >= {200, 400, 404, 422}


def test_broken_bodies_are_answered_as_described(app: Flask):
    answered = send_noise(app, 300)
    assert {status for _, status in answered} == {200, 400, 422}


def test_the_api_and_claims_assess_say_the_same_of_random_claims(app: Flask):
    with freeze_time(AT):
        outcomes = compare_assessments(app, 300)
    assert outcomes.total() == 300
    assert len(outcomes) > 1
