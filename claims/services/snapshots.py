"""A claim as it was when it was last submitted: taken then, and compared with what it says now."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from claims.exchange.assessments import render_assessment
from claims.exchange.facts import render_facts
from claims.models import Claim, Evidence
from claims.rules.facts import Facts
from claims.rules.findings import Assessment
from claims.store.claims import certificates_of, payment_evidence_of

WATCHED = ("learner", "training")
"""Subjects of facts that an employer can change; the rest changes around the claim."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different since the claim was last submitted."""

    name: str
    """A fact by its interface name, or ``evidence.added`` and ``evidence.removed``."""
    before: Any
    """As the interface writes it: text, truth, or ``None``."""
    now: Any


def take_snapshot(session: Session, claim: Claim, facts: Facts, assessment: Assessment) -> dict[str, Any]:
    """Employer, purchase, learner, facts, evidence and assessment as JSON values; the number is left out."""
    employer, purchase, learner = claim.purchase.employer, claim.purchase, claim.learner
    return {
        "employer": {
            "name": employer.name,
            "workplace_id": employer.workplace_id,
            "address": employer.address,
            "registration": employer.registration,
        },
        "purchase": {
            "id": purchase.id,
            "provider": purchase.provider,
            "invoice_reference": purchase.invoice_reference,
            "by_plan": purchase.by_plan,
            "cost_pence": purchase.cost_pence,
            "people_covered": purchase.people_covered,
            "other_funding_pence": purchase.other_funding_pence,
        },
        "learner": {"name": learner.name},
        "facts": _facts_without_number(facts),
        "assessment": _without_number(render_assessment(assessment)),
        "evidence": [_evidence(file) for file in _files(session, claim)],
    }


def without_names(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The same without the learner's name and the files' names; figures, course and dates stay."""
    files = [{**file, "name": ""} for file in snapshot.get("evidence", ())]
    return {**snapshot, "learner": {"name": ""}, "evidence": files}


def changes_since(session: Session, claim: Claim, facts: Facts) -> tuple[Change, ...]:
    """What an employer has changed since the claim was last submitted; nothing for a claim that never was."""
    before = claim.as_submitted
    if before is None:
        return ()
    now = _facts_without_number(facts)
    changes = [
        Change(f"{subject}.{name}", before["facts"][subject].get(name), value)
        for subject in WATCHED
        for name, value in now[subject].items()
        if before["facts"][subject].get(name) != value
    ]
    then = {file["sha256"]: file["name"] for file in before["evidence"]}
    there = {file.sha256: file.name for file in _files(session, claim)}
    changes += [Change("evidence.added", None, name) for sha256, name in there.items() if sha256 not in then]
    changes += [Change("evidence.removed", name, None) for sha256, name in then.items() if sha256 not in there]
    return tuple(changes)


def _files(session: Session, claim: Claim) -> list[Evidence]:
    return [*payment_evidence_of(session, claim.purchase), *certificates_of(session, claim)]


def _evidence(file: Evidence) -> dict[str, Any]:
    return {"id": file.id, "kind": file.kind, "name": file.name, "sha256": file.sha256, "size_bytes": file.size_bytes}


def _facts_without_number(facts: Facts) -> dict[str, Any]:
    rendered = render_facts(facts)
    del rendered["learner"]["national_insurance_number"]
    return rendered


def _without_number(assessment: dict[str, Any]) -> dict[str, Any]:
    for finding in assessment["findings"]:
        finding["facts"].pop("learner.national_insurance_number", None)
    return assessment
