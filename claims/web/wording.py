"""The words pages use for states, outcomes, facts and parameters."""

from claims.lifecycle import WORDS, Role, State
from claims.rules.findings import Outcome, Says
from claims.rules.scheme import PathwayLink

STATES = WORDS

STATE_COLOURS: dict[State, str] = {
    State.DRAFT: "grey",
    State.SUBMITTED: "blue",
    State.NEEDS_ACTION: "orange",
    State.APPROVED: "teal",
    State.REJECTED: "red",
    State.WITHDRAWN: "grey",
    State.IN_PAYMENT: "purple",
    State.PAID: "green",
    State.RECOVERED: "magenta",
}
"""Colours of the tag component. Never the only sign: the words are always there."""

ROLES: dict[Role, str] = {
    Role.SRO: "senior responsible officer",
    Role.SUBMITTER: "submitter",
    Role.ASSESSOR: "assessor",
    Role.LEAD_ASSESSOR: "lead assessor",
    Role.FINANCE: "finance",
    Role.ADMINISTRATOR: "administrator",
    Role.AUDITOR: "auditor",
    Role.SYSTEM: "the service",
}

SAYS: dict[Says, str] = {
    Says.FAIL: "Not met",
    Says.CHECK: "To be checked",
    Says.UNKNOWN: "Not known yet",
    Says.PASS: "Met",
    Says.NOT_APPLICABLE: "Does not apply",
}
SAYS_COLOURS: dict[Says, str] = {
    Says.FAIL: "red",
    Says.CHECK: "yellow",
    Says.UNKNOWN: "grey",
    Says.PASS: "green",
    Says.NOT_APPLICABLE: "grey",
}

OUTCOMES: dict[Outcome, str] = {
    Outcome.ELIGIBLE: "Can be claimed",
    Outcome.CHECK: "Can be claimed, and will be checked",
    Outcome.INCOMPLETE: "Something is not known yet",
    Outcome.INELIGIBLE: "Cannot be claimed",
}
OUTCOME_COLOURS: dict[Outcome, str] = {
    Outcome.ELIGIBLE: "green",
    Outcome.CHECK: "yellow",
    Outcome.INCOMPLETE: "grey",
    Outcome.INELIGIBLE: "red",
}

FACTS: dict[str, str] = {
    "employer.provides_adult_social_care": "Provides adult social care",
    "employer.employs_care_staff_in_england": "Employs care staff in England",
    "employer.workforce_data_updated_on": "Workforce data last updated",
    "employer.registered_with_cqc": "Registered with CQC",
    "employer.agreement_signed_on": "Agreement signed",
    "employer.committed_gbp": "Already approved or paid this year",
    "learner.national_insurance_number": "National Insurance number",
    "learner.job_role": "Job role",
    "learner.engagement": "How the learner works for you",
    "learner.works_in_england": "Works in England",
    "learner.post_requires_registration": "Post requires professional registration",
    "learner.employed_on_start": "Employed when the training started",
    "learner.employed_on_completion": "Employed when the training was completed",
    "training.course": "Course",
    "training.cost_gbp": "Cost for this learner",
    "training.other_funding_gbp": "Other funding",
    "training.apprenticeship": "Part of an apprenticeship",
    "training.paid_on": "Paid",
    "training.second_payment_on": "Second payment",
    "training.started_on": "Started",
    "training.completed_on": "Completed",
    "claim.part": "Part of the claim",
    "claim.first_submitted_on": "First submitted",
    "claim.submitted_on": "Submitted",
    "claim.start_part": "Start claim",
    "claim.start_part.state": "State of the start claim",
    "claim.start_part.amount_gbp": "Amount of the start claim",
    "claim.start_part.reimbursable_gbp": "Reimbursable amount fixed by the start claim",
    "claim.overlapping": "Other claims for the same training",
    "claim.overlapping.own": "Your other claims for the same training",
    "claim.overlapping.another_employer": "Another employer has claimed",
    "fund.open": "Fund is open",
}
"""Facts by interface name. A test holds this complete."""

NAMED_BY_GOVERNMENT = "named on the GOV.UK pathway page"
NAMED_BY_AWARDING_BODY = "named by the awarding body"
SUGGESTED = "suggested from level and topic, not official"
BASES = (NAMED_BY_GOVERNMENT, NAMED_BY_AWARDING_BODY, SUGGESTED)
"""Why a course is said to serve a role category; the firmest first."""

MOVE_BASES: dict[str, str] = {
    "published": "published in the care workforce pathway",
    "supported": "supported by what the pathway says of the roles",
    "inferred": "suggested by this project, not official",
}
"""Why people are said to move from one role category to another."""


def basis(link: PathwayLink) -> str:
    """Why the course of ``link`` is said to serve its role category."""
    if link.basis != "published":
        return SUGGESTED
    return NAMED_BY_GOVERNMENT if link.evidence.startswith("G") else NAMED_BY_AWARDING_BODY


_UNITS = ("_gbp", "_pence", "_percent")


def fact(name: str) -> str:
    """A fact in words; a name nobody has worded yet is at least readable."""
    return FACTS.get(name) or readable(name.rpartition(".")[2])


def role(name: str) -> str:
    """``lead-assessor`` as ``lead assessor``."""
    return "senior responsible officer" if name == "sro" else name.replace("-", " ")


PARAMETERS: dict[str, str] = {
    "paid_from": "First day to pay for training",
    "paid_to": "Last day to pay for training",
    "started_from": "First day to start training",
    "started_to": "Last day to start training",
    "claim_window_months": "Time to claim",
    "start_share_percent": "Share paid at the start of long training",
    "long_courses_completed_by": "Last day to complete long courses",
    "cap_main_pence": "Most for one employer in the year, courses and qualifications",
    "cap_ommt_pence": "Most for one employer in the year, Oliver McGowan training",
    "ommt_from": "First day of Oliver McGowan training",
    "ommt_completed_by": "Last day to complete Oliver McGowan training",
    "ommt_last_day_to_claim": "Last day to claim for Oliver McGowan training",
    "ommt_claim_window_months": "Time to claim for Oliver McGowan training",
    "payment_evidence_files_max": "Most files as evidence of payment, for one purchase",
    "completion_evidence_files": "Files as evidence of completion, for one claim",
    "evidence_extensions": "Kinds of evidence files",
    "evidence_file_bytes_max": "Largest evidence file",
    "people_per_employer": "Most people on an employer’s team",
    "sro_per_employer": "Senior responsible officers on an employer’s team",
    "submitters_per_employer": "Most submitters on an employer’s team",
    "workforce_data_updated_since": "Workforce data must be updated since the latest",
    "max_reimbursement_pence": "Most paid back for each learner",
}
"""Parameters of scheme years, and a course's amount, by name. A test holds this complete."""


def parameter(name: str) -> str:
    """A parameter in words; one that nobody has worded yet is at least readable."""
    return PARAMETERS.get(name) or readable(name)


def readable(name: str) -> str:
    """``quality_assured_from`` as ``Quality assured from``; a unit at the end is left out."""
    for unit in _UNITS:
        name = name.removesuffix(unit)
    return name.replace("_", " ").capitalize()
