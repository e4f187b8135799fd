"""The page that tells people how to use the API from a program, with examples that a test runs as they stand."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, render_template

from claims.services.limiting import CLAIMS_PER_WINDOW
from claims.web.access import ANYONE, opens
from claims.web.api.answers import KEPT_FOR, PREFIX
from claims.web.api.assessments import LARGEST_BODY, MOST_CLAIMS
from claims.web.api.description import CALLS
from claims.web.api.problems import KINDS, PAGE
from claims.web.security import MEGABYTE
from claims.web.wiring import services

pages = Blueprint("programs", __name__)

ADDRESS = "{address}"
"""Stands in an example for where the API is."""


@dataclass(frozen=True, slots=True)
class Example:
    """Something to try, in a shell or in Python (3, without further packages)."""

    title: str
    language: str
    text: str


EXAMPLES = (
    Example(
        "What would be paid for one claim, and why?",
        "curl",
        """\
curl -sS {address}/assessments \\
  -H 'Content-Type: application/json' \\
  -d '{
    "employer": {"provides_adult_social_care": true, "employs_care_staff_in_england": true,
                 "committed_gbp": "0.00"},
    "learner": {"job_role": "care-worker", "engagement": "employee", "works_in_england": true},
    "training": {"course": "610/4009/5", "cost_gbp": "1600.00", "other_funding_gbp": "0.00",
                 "paid_on": "2025-05-01", "started_on": "2025-05-10"},
    "claim": {"part": "start", "submitted_on": "2025-06-01"}
  }'""",
    ),
    Example(
        "Which of these claims would fail?",
        "Python",
        """\
import json
from urllib.request import Request, urlopen

claims = [
    {"training": {"course": "LTS", "paid_on": "2025-06-02"}, "claim": {"part": "full"}},
    {"training": {"course": "DLP", "paid_on": "2025-06-02"}, "claim": {"part": "full"}},
]
request = Request(
    "{address}/assessments",
    data=json.dumps(claims).encode(),
    headers={"Content-Type": "application/json"},
)
with urlopen(request) as answer:
    for claim, assessment in zip(claims, json.load(answer)):
        print(claim["training"]["course"], assessment["outcome"])
        for finding in assessment["findings"]:
            if finding["outcome"] == "fail":
                print("  " + finding["message"])""",
    ),
    Example(
        "How much is paid back for dementia courses bought on 1 March 2026?",
        "curl",
        """\
curl -sS '{address}/courses?q=dementia&on=2026-03-01&limit=5'""",
    ),
    Example(
        "One course, with all its dated amounts",
        "curl",
        """\
curl -sS {address}/courses/610-4009-5""",
    ),
    Example(
        "Every course that serves people who are new to care, page by page",
        "Python",
        """\
import json
from urllib.parse import urlencode
from urllib.request import urlopen

asked = {"role_category": "new-to-care", "on": "2026-03-01"}
while True:
    with urlopen("{address}/courses?" + urlencode(asked)) as answer:
        page = json.load(answer)
    for course in page["courses"]:
        print(course["code"], course["title"], course["amount"]["max_reimbursement_gbp"])
    if page["next_cursor"] is None:
        break
    asked["cursor"] = page["next_cursor"]""",
    ),
)


@pages.get(PAGE)
@opens(ANYONE)
def programs() -> str:
    address = services().settings.base_url + PREFIX
    return render_template(
        "public/programs.html",
        address=address,
        calls=CALLS,
        examples=[(each, each.text.replace(ADDRESS, address)) for each in EXAMPLES],
        kinds=KINDS,
        most_claims=MOST_CLAIMS,
        claims_per_minute=CLAIMS_PER_WINDOW,
        megabytes=LARGEST_BODY // MEGABYTE,
        minutes_kept=KEPT_FOR // timedelta(minutes=1),
    )
