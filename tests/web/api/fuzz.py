"""The long runs: requests of every shape against the description, and random facts to the API and to ``claims assess``.

``python -m tests.web.api.fuzz --requests 20000 --claims 10000``; a sample of each is in ``make test``.
"""

import argparse
import json
import logging
import random
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

import click
import schemathesis
from click.testing import CliRunner
from flask import Flask
from freezegun import freeze_time
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection

from bench.claims_made_up import make_records
from claims import clock
from claims.cli import main as claims_command
from claims.reference import load
from claims.web.api.queries import write_cursor
from claims.web.app import build
from tests.databases import prepare
from tests.site import AT, settings_in

POSITIVE, NEGATIVE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
"""As the description has it, and otherwise."""
ROUND = 500
"""Requests from one seed; then the next, so that a long run does not become stuck in one corner."""
SHARES = {
    ("POST /api/v1/assessments", POSITIVE): 30,
    ("POST /api/v1/assessments", NEGATIVE): 30,
    ("GET /api/v1/courses", POSITIVE): 15,
    ("GET /api/v1/courses", NEGATIVE): 15,
    ("GET /api/v1/courses/{code}", POSITIVE): 10,
}
"""Percent of a run. The other calls take nothing, so that one request each says all there is."""

Answered = Counter[tuple[str, int]]
"""How often each call was answered with each status."""


class ManyNetworks:
    """The application, called from another network each time, so that the limit does not hide what is behind it."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.calls = count()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        number = next(self.calls)
        environ["REMOTE_ADDR"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        return self.app(environ, start_response)


def send_requests(app: Flask, requests: int) -> Answered:
    """At least ``requests`` requests, as described and otherwise.

    Raises for a server error and for every answer that is not as described.
    """
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", ManyNetworks(app))
    answered: Answered = Counter()
    for operation in (each.ok() for each in schema.get_all_operations()):
        for mode in (POSITIVE, NEGATIVE):
            share = SHARES.get((operation.label, mode), 0)
            if share:
                answered += _send_share(operation, mode, -(-requests * share // 100))
            elif mode is POSITIVE and "{" not in operation.path:
                answered += _send_round(operation, mode, 1, 1)
    return answered


def _send_share(operation: APIOperation, mode: GenerationMode, requests: int) -> Answered:
    answered: Answered = Counter()
    for number in count(1):
        left = requests - answered.total()
        if left <= 0:
            break
        answered += _send_round(operation, mode, min(ROUND, left), number)
    return answered


def _send_round(operation: APIOperation, mode: GenerationMode, requests: int, number: int) -> Answered:
    answered: Answered = Counter()
    known = load().courses
    real = st.none() | st.sampled_from([(entries[-1].title, code) for code, entries in known.items()])

    @seed(number)
    @settings(max_examples=requests, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode), course=real)
    def send(case: Case, course: tuple[str, str] | None) -> None:
        if mode is POSITIVE and "cursor" in (case.query or {}):
            # Opaque: what the description cannot say is that only a cursor that was given out is good.
            case.query["cursor"] = write_cursor(*course) if course else ""
        if course and "code" in (case.path_parameters or {}):
            case.path_parameters["code"] = course[1]
        # Nothing at all (null, an empty list) is sent as a blank, which is allowed: then there is nothing to refuse.
        nothing = any(value is None or value in ("", [], {}) for value in (case.query or {}).values())
        response = case.call_and_validate(excluded_checks=[negative_data_rejection] if nothing else [])
        answered[operation.label, response.status_code] += 1

    send()
    return answered


def send_noise(app: Flask, requests: int, seeded_with: int = 1) -> Answered:
    """Bodies that were well formed until bytes in them were changed; each must be answered as described."""
    chance = random.Random(seeded_with)
    client = app.test_client()
    answered: Answered = Counter()
    for number, record in enumerate(make_records(requests, seeded_with)):
        body = bytearray(json.dumps(record if chance.random() < 0.5 else [record, record]).encode())
        for _ in range(chance.randrange(1, 6)):
            place = chance.randrange(len(body))
            body[place : place + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        response = client.post(
            "/api/v1/assessments",
            data=bytes(body),
            content_type="application/json",
            environ_overrides={"REMOTE_ADDR": f"10.1.{number >> 8 & 255}.{number & 255}"},
        )
        assert response.status_code in (200, 400, 422), (bytes(body), response.status)
        assert response.is_json or response.mimetype == "application/problem+json"
        answered["POST /api/v1/assessments", response.status_code] += 1
    return answered


def compare_assessments(app: Flask, claims: int, seeded_with: int = 1) -> Counter[str]:
    """The outcomes of ``claims`` random claims. Raises unless the API and ``claims assess`` say the same of each."""
    client = app.test_client()
    outcomes: Counter[str] = Counter()
    for number, records in enumerate(_in_lists(make_records(claims, seeded_with))):
        from_api = client.post(
            "/api/v1/assessments", json=records, environ_overrides={"REMOTE_ADDR": f"10.2.0.{number}"}
        ).get_json()
        given_lines = "\n".join(map(json.dumps, records))
        arguments = ["assess", "--format", "jsonl", "--today", clock.today().isoformat()]
        from_command = CliRunner().invoke(claims_command, arguments, input=given_lines).stdout
        for record, one, other in zip(records, from_api, map(json.loads, from_command.splitlines()), strict=True):
            assert one == other, record
            outcomes[one["outcome"]] += 1
    return outcomes


def _in_lists(records: Iterator[Any]) -> Iterator[list[Any]]:
    while taken := list(islice(records, 500)):
        yield taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--claims", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'claims.db'}"
        prepare(url)
        app = build(settings_in(Path(folder), url, demonstration=False))
        logging.getLogger("claims.web").setLevel(logging.ERROR)
        with freeze_time(AT):
            outcomes = compare_assessments(app, asked.claims)
        click.echo(f"{outcomes.total():,} claims: the same from the API and from claims assess ({_say(outcomes)}).")
        noise = send_noise(app, asked.requests // 5)
        click.echo(f"{noise.total():,} requests with broken bodies: all answered as described ({_say(noise)}).")
        answered = send_requests(app, asked.requests)
        click.echo(f"{answered.total():,} requests: no fault, and all answered as described ({_say(answered)}).")


def _say(counted: Counter[Any]) -> str:
    return ", ".join(
        f"{key if isinstance(key, str) else ' '.join(map(str, key))}: {n:,}" for key, n in sorted(counted.items())
    )


if __name__ == "__main__":
    main()
