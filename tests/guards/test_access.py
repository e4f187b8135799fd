"""Who may open every address: written down in ``who_may_open.txt``, and tried as everybody, nobody and a stranger."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from werkzeug.routing import Rule

from claims.db import Database
from claims.files import EvidenceStore
from claims.files.specimens import specimen_pdf
from claims.lifecycle import EMPLOYER_ROLES, Actor, Role
from claims.models import Claim, Event, Evidence, Membership, Passkey, Registration, RegistrationProof
from claims.services.bulk_uploading import keep_upload
from claims.services.dividing import add_service
from claims.services.drawing_up import draw_up, seen_hash
from claims.services.evidencing import KeptFile
from claims.services.inviting import invite
from claims.store.ready import RunFilter, ready_claims
from claims.web.access import ANYONE, opened_to
from claims.web.pages.employer.waiting_files import seal_nameless
from claims.web.wiring import EXTENSION, Services
from tests.browsing import Browser
from tests.keys import KEYRING
from tests.site import Site, site, still_clock
from tests.stage import AT, Stage

__all__ = ["site", "still_clock"]

REGISTER = Path(__file__).parent / "who_may_open.txt"
READING = {"GET"}


def declared(app: Flask) -> list[str]:
    """One line for each address and method: ``GET /claims: sro, submitter``."""
    lines = []
    for rule in app.url_map.iter_rules():
        who = ", ".join(sorted(str(role) for role in opened_to(app.view_functions[rule.endpoint])))
        lines += [f"{method} {rule.rule}: {who}" for method in methods_of(rule)]
    return sorted(lines, key=lambda line: line.split(" ", 1)[::-1])


def methods_of(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Town:
    """A site with claims of Hartley House in several states, a run, and addresses that lead to them."""

    site: Site
    names: dict[str, str]

    def address(self, rule: Rule) -> str | None:
        """The rule with Hartley House's things in it; ``None`` for what has no thing of theirs in it to name."""
        wanted = set(rule.arguments)
        if not wanted <= self.names.keys():
            return None
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: self.names[found[1]], rule.rule)

    def everybody(self) -> dict[Role, Actor]:
        office, house = self.site.office, self.site.house
        return {
            Role.SRO: house.sro,
            Role.SUBMITTER: house.submitter,
            Role.ASSESSOR: office.assessor,
            Role.LEAD_ASSESSOR: office.lead,
            Role.FINANCE: office.finance,
            Role.ADMINISTRATOR: office.administrator,
            Role.AUDITOR: office.auditor,
        }


def open_store(site: Site) -> EvidenceStore:
    services: Services = site.app.extensions[EXTENSION]
    return services.store


def registered(site: Site) -> int:
    """Hartley House as if it had registered here; the id of a proof of its address."""
    sro, house = site.house.sro, site.house.employer_id
    with site.database.write() as session:
        told = Registration(
            employer_id=house, times_sent=1, sent_at=AT, sent_by_id=sro.person_id, reference="7KD-4XQ2-M9RT", reasons=""
        )
        proof = RegistrationProof(
            employer_id=house,
            kind="lease",
            name="lease.pdf",
            media_type="application/pdf",
            size_bytes=1000,
            sha256=open_store(site).put(specimen_pdf("Lease", ["14 Orchard Road"])),
            added_at=AT,
            added_by_id=sro.person_id,
        )
        session.add_all([told, proof])
        session.flush()
        return proof.id


@pytest.fixture
def town(site: Site) -> Town:
    site.app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # the tokens have tests of their own; here everybody gets past
    stage = Stage(site.database, site.house, site.meadow, site.office)
    stage.approved("Zofia Kowalska")
    purchase_id = stage.submitted("Niamh O’Brien", "Daniel Mensah")
    proof_id = registered(site)
    with site.database.write() as session:
        wanted = RunFilter(scheme_year="2025-26")
        seen = seen_hash(ready_claims(session, wanted))
        run = draw_up(session, KEYRING, wanted, site.office.finance, AT, seen=seen)
        # The stage's files stand in the tables only; this one is opened.
        session.execute(update(Evidence).values(sha256=open_store(site).put(specimen_pdf("Invoice", ["Paid"]))))
        claim_id = session.scalars(select(Claim.id).where(Claim.purchase_id == purchase_id)).first()
        service = add_service(session, site.house.employer_id, "Orchard wing", by=site.house.sro, at=AT)
        member = select(Membership.id).where(
            Membership.employer_id == site.house.employer_id, Membership.person_id == site.house.submitter.person_id
        )
        evidence_id = session.scalars(select(Evidence.id).where(Evidence.purchase_id == purchase_id)).first()
        invitation = invite(
            session, KEYRING, email="ada@example.com", name="Ada Lamb", declared=True, by=site.house.sro, at=AT
        )
        passkey = Passkey(
            person_id=site.house.sro.person_id,
            name="Grace’s telephone",
            credential_id="AAAA",
            public_key="AAAA",
            sign_count=0,
            transports=["internal"],
            added_at=AT,
        )
        session.add(passkey)
        session.flush()
        names = {
            "passkey_id": str(passkey.id),
            "purchase_id": str(purchase_id),
            "claim_id": str(claim_id),
            "evidence_id": str(evidence_id),
            "learner_id": str(site.house.learners["Niamh O’Brien"]),
            "request_id": "1",
            "invitation_id": str(invitation.id),
            "service_id": str(service.id),
            "upload_id": str(
                keep_upload(
                    session, KEYRING, site.house.employer_id, "claims.csv", b"x", by=site.house.submitter, at=AT
                ).id
            ),
            "membership_id": str(session.scalars(member).one()),
            "reference": run.reference,
            "version": "1",
            "employer_id": str(site.house.employer_id),
            "proof_id": str(proof_id),
        }
    certificate = specimen_pdf("Certificate", ["Completed"])
    waiting = KeptFile("scan.pdf", "application/pdf", len(certificate), open_store(site).put(certificate))
    with site.app.app_context():
        names["sealed"] = seal_nameless(site.house.employer_id, purchase_id, 1, waiting)
    return Town(site, names)


def addresses(town: Town) -> Iterator[tuple[str, str, frozenset[Role | str], bool]]:
    """Method, address, who may open it, and whether it names something of Hartley House."""
    for rule in town.site.app.url_map.iter_rules():
        address = town.address(rule)
        if address is not None:
            for method in methods_of(rule):
                who = opened_to(town.site.app.view_functions[rule.endpoint])
                yield method, address, who, bool(rule.arguments)


def try_it(browser: Browser, method: str, address: str) -> int:
    """The status of opening ``address``, or of sending it an empty form. Never a 5xx."""
    page = browser.get(address, follow_redirects=False) if method in READING else browser.post(address)
    assert page.status < 500 or address == "/health/ready", f"{method} {address}: {page.status}"
    return page.status


def test_who_may_open_what_is_what_the_register_says(site: Site) -> None:
    assert declared(site.app) == REGISTER.read_text().splitlines(), "Read the difference; then mend one or the other"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_a_role_opens_what_is_open_to_it_and_nothing_else(town: Town, role: Role) -> None:
    who = town.everybody()[role]
    for method, address, may, _ in addresses(town):
        if address.startswith("/sign-out"):
            continue
        status = try_it(town.site.sign_in(who), method, address)
        if ANYONE not in may:
            assert (status == 403) == (role not in may), f"{role}: {method} {address}: {status}"


def test_nobody_opens_anything_but_what_is_open_to_anyone(town: Town) -> None:
    for method, address, may, _ in addresses(town):
        if ANYONE in may:
            continue
        page = (
            town.site.visit().get(address, follow_redirects=False)
            if method in READING
            else town.site.visit().post(address)
        )
        if method in READING:
            assert page.status == 303, address
            assert page.location.startswith("/sign-in?next="), address
        else:
            assert page.heading == "You have been signed out", address


@pytest.mark.parametrize("role", sorted(EMPLOYER_ROLES))
def test_another_employers_things_are_not_there(town: Town, role: Role) -> None:
    stranger = town.site.meadow.sro if role == Role.SRO else town.site.meadow.submitter
    tried = 0
    for method, address, may, names_a_thing in addresses(town):
        if role in may and names_a_thing and "/sign" not in address:
            assert try_it(town.site.sign_in(stranger), method, address) == 404, f"{method} {address}"
            tried += 1
    assert tried > 20


def fingerprint(database: Database) -> list[object]:
    """Something that changes with every write but a session's being in use."""
    with database.read() as session:
        tables = [name for name in Claim.metadata.tables if name not in ("sessions", "heartbeats")]
        counts = [session.scalar(text(f"SELECT count(*) FROM {name}")) for name in tables]  # noqa: S608  our own names
        return [counts, session.scalar(select(func.max(Event.number))), session.scalar(select(func.sum(Claim.changes)))]


def test_looking_changes_nothing(town: Town) -> None:
    for role, who in town.everybody().items():
        browser = town.site.sign_in(who)
        before = fingerprint(town.site.database)
        for method, address, may, _ in addresses(town):
            if method in READING and (role in may or ANYONE in may):
                try_it(browser, method, address)
        assert fingerprint(town.site.database) == before, role


def test_what_only_the_demonstration_has_is_nowhere_else(site: Site) -> None:
    assert [site.visit().get(f"/demonstration/{page}").status for page in ("people", "messages")] == [404, 404]


def test_a_session_that_timed_out_opens_nothing(town: Town) -> None:
    browser = town.site.sign_in(town.site.house.sro)
    assert browser.get("/home", follow_redirects=False).status == 200
    town.site.time.tick(timedelta(minutes=31))
    assert browser.get("/home", follow_redirects=False).status == 303
