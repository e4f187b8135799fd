"""What every answer of the API carries: how long it may be kept, who may read it, how it is described."""

import re

import pytest
from flask.testing import FlaskClient

from claims.web.api.answers import PREFIX
from claims.web.api.description import CALLS
from tests.builders import BASE_RECORD
from tests.site import Site
from tests.web.api.test_assessments import problem_in

READS = [PREFIX + call.path.replace("{code}", "LTS") for call in CALLS if call.method == "get"]


@pytest.mark.parametrize("address", READS)
def test_a_read_may_be_kept_for_five_minutes_and_is_not_sent_twice(client: FlaskClient, address: str):
    answer = client.get(address)
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in answer.headers
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(address, headers={"If-None-Match": '"another"'}).status_code == 200
    assert client.head(address).headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize("address", [*READS, f"{PREFIX}/nothing", f"{PREFIX}/courses/NOPE", f"{PREFIX}/courses?on=x"])
def test_pages_of_other_sites_may_read_every_answer_and_nobody_is_signed_in_there(client: FlaskClient, address: str):
    headers = client.get(address, headers={"Origin": "https://elsewhere.example"}).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_pages_of_other_sites_may_ask_for_assessments_after_asking_whether_they_may(client: FlaskClient):
    asked = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    may = client.options(f"{PREFIX}/assessments", headers=asked)
    assert may.status_code == 200
    assert may.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in may.headers["Access-Control-Allow-Methods"]
    assert may.headers["Access-Control-Allow-Headers"] == "Content-Type"
    answer = client.post(f"{PREFIX}/assessments", json=BASE_RECORD, headers={"Origin": "https://elsewhere.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert {"RateLimit", "Retry-After"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))


def test_pages_of_other_sites_may_read_nothing_else(client: FlaskClient):
    for address in ("/", "/api", "/health/live", "/sign-in"):
        assert "Access-Control-Allow-Origin" not in client.get(address).headers


def test_who_is_signed_in_makes_no_difference(site: Site, client: FlaskClient):
    browser = site.sign_in(site.house.sro)
    answer = browser.client.get(f"{PREFIX}/courses")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.get_json() == client.get(f"{PREFIX}/courses").get_json()


@pytest.mark.parametrize(
    "address", [f"{PREFIX}/", f"{PREFIX}/nothing", f"{PREFIX}/courses/", "/api/v2/courses", "/api/"]
)
def test_there_is_nothing_anywhere_else(client: FlaskClient, address: str):
    problem_in(client.get(address), 404)


def test_every_route_is_described_and_everything_described_is_a_route(site: Site):
    described = {(call.method.upper(), PREFIX + call.path) for call in CALLS}
    routes = {
        (method, re.sub(r"<(?:path:)?(\w+)>", r"{\1}", rule.rule))
        for rule in site.app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == described


def test_the_description_names_every_status_with_its_media_type(client: FlaskClient):
    description = client.get(f"{PREFIX}/openapi.json").get_json()
    assert description["openapi"] == "3.1.0"
    assert description["servers"] == [{"url": "http://localhost"}]
    answers = description["paths"][f"{PREFIX}/assessments"]["post"]["responses"]
    assert sorted(answers) == ["200", "400", "413", "415", "422", "429", "503"]
    for status, answer in answers.items():
        assert list(answer["content"]) == ["application/json" if status == "200" else "application/problem+json"]
    facts = description["components"]["schemas"]["Facts"]
    assert facts["additionalProperties"] is False
    assert set(facts["properties"]) == {"employer", "learner", "training", "claim", "fund"}
