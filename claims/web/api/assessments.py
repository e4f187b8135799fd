"""The call that assesses claims: facts in, assessments out, by the same rules and the same words as everywhere else."""

import math

from flask import Blueprint, Response, g, request

from claims import clock
from claims.exchange.assessments import render_assessment
from claims.exchange.facts import BadFacts, read_facts
from claims.exchange.json_records import read_value
from claims.exchange.record import BadInput
from claims.exchange.records import UTF8_MARK
from claims.rules.engine import assess
from claims.rules.facts import Facts
from claims.services.limiting import CLAIMS_PER_WINDOW, WINDOW, Allowance, take_allowance
from claims.web.access import ANYONE, opens
from claims.web.api.answers import PREFIX, render
from claims.web.api.listed import find_list
from claims.web.api.problems import MALFORMED, NOT_JSON, TOO_MANY, UNREADABLE, FieldProblem, Problem
from claims.web.security import MEGABYTE
from claims.web.wiring import services

MOST_CLAIMS = 1_000
LARGEST_BODY = 4 * MEGABYTE
"""About four times what 1,000 claims take."""
BYTES_OF_A_CLAIM = 4_096
"""A longer claim counts as several: what a hostile body costs grows with its length. A real one takes about 900."""
POLICY = f'"claims";q={CLAIMS_PER_WINDOW};w={int(WINDOW.total_seconds())}'
"""RateLimit-Policy, as draft-ietf-httpapi-ratelimit-headers has it."""

calls = Blueprint("api_assessments", __name__, url_prefix=PREFIX)


@calls.post("/assessments")
@opens(ANYONE)
def assess_claims() -> Response:
    """Keeps nothing. No transaction is open while it works: the count is written first, by itself."""
    if request.mimetype != "application/json":
        raise Problem(NOT_JSON)
    request.max_content_length = LARGEST_BODY
    body = request.get_data(cache=False)
    # By its size before it is read, so that who has used up their allowance cannot keep us reading.
    counted = max(1, math.ceil(len(body) / BYTES_OF_A_CLAIM))
    _take_allowance(counted)
    content = _read_json(body)
    is_list = isinstance(content, list)
    records: list[object] = content if isinstance(content, list) else [content]
    if len(records) > MOST_CLAIMS:
        problem = FieldProblem(None, "", f"must be at most {MOST_CLAIMS:,} claims at a time")
        raise Problem(MALFORMED, errors=(problem,))
    if len(records) > counted:
        _take_allowance(len(records) - counted)
    facts = _read_all(records, is_list=is_list)
    today = clock.today()
    with services().database.read() as session:
        reference = find_list(session, today).reference
    assessments = [render_assessment(assess(each, reference, today)) for each in facts]
    return render(assessments if is_list else assessments[0])


def _read_json(body: bytes) -> object:
    try:
        return read_value(body.removeprefix(UTF8_MARK))
    except BadInput as error:
        raise Problem(UNREADABLE, f"Line {error.line}: {error.problem}.") from None


def _read_all(records: list[object], *, is_list: bool) -> list[Facts]:
    facts: list[Facts] = []
    errors: list[FieldProblem] = []
    for index, record in enumerate(records):
        try:
            facts.append(read_facts(record))
        except BadFacts as bad:
            place = index if is_list else None
            errors += [FieldProblem(place, error.field, error.problem) for error in bad.errors]
    if errors:
        raise Problem(MALFORMED, errors=tuple(errors))
    return facts


def _take_allowance(claims: int) -> None:
    """Raises ``Problem`` when this network has asked for too much in this minute."""
    given = services()
    with given.database.write() as session:
        allowance = take_allowance(
            session, given.keyring, address=request.remote_addr or "", claims=claims, at=clock.now()
        )
    g.allowance = allowance
    if not allowance.granted:
        raise Problem(
            TOO_MANY,
            f"{allowance.left:,} of {CLAIMS_PER_WINDOW:,} claims are left in this minute. "
            f"The next begins in {allowance.resets_in_seconds} seconds.",
            retry_after_seconds=allowance.resets_in_seconds,
        )


@calls.after_request
def _say_what_is_left(response: Response) -> Response:
    allowance: Allowance | None = g.get("allowance")
    if allowance is not None:
        response.headers["RateLimit-Policy"] = POLICY
        response.headers["RateLimit"] = f'"claims";r={allowance.left};t={allowance.resets_in_seconds}'
    return response
