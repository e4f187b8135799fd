"""Rules about the learner."""

import re
from collections.abc import Mapping

from claims.rules.case import Case
from claims.rules.facts import COMPLETION, START, Engagement
from claims.rules.findings import CHECK, FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Finding, Says, answers
from claims.rules.scheme import OMMT, JobRole
from claims.rules.sources import GUIDE, JOB_ROLES, NUMBER_FORMAT

_NATIONAL_INSURANCE_NUMBER = re.compile(
    r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]",
    re.IGNORECASE | re.ASCII,
)


def normal_national_insurance_number(text: str) -> str | None:
    """``text`` as ``AB123456C``, spaces and case ignored; ``None`` when it is not a well-formed number.

    Source: HMRC National Insurance Manual, NIM39110.
    """
    number = "".join(text.split())
    return number.upper() if _NATIONAL_INSURANCE_NUMBER.fullmatch(number) else None


def learner_has_national_insurance_number(case: Case) -> Finding:
    """The learner's National Insurance number is well-formed."""
    number = case.facts.learner.national_insurance_number
    if number is None:
        outcome, message = UNKNOWN, "Enter the learner's National Insurance number."
    elif normal_national_insurance_number(number) is None:
        outcome = FAIL
        message = (
            "This is not a National Insurance number, which has two letters, six numbers and a letter A to D, "
            "like AB 12 34 56 C: check it against the learner's payslip."
        )
    else:
        outcome, message = PASS, "The National Insurance number has the right form."
    return Finding(
        "learner-has-national-insurance-number",
        outcome,
        message,
        (("learner.national_insurance_number", number),),
        (),
        NUMBER_FORMAT,
    )


_WORKS_IN_ENGLAND = answers(
    "learner-works-in-england",
    GUIDE,
    "learner.works_in_england",
    passes=True,
    yes="The learner is legally employed in England.",
    no="Only staff who are legally employed in England are funded, so this learner cannot be claimed for.",
    unknown="Tell us whether the learner is legally employed in England.",
)


def learner_works_in_england(case: Case) -> Finding:
    """The learner is legally employed in England."""
    return _WORKS_IN_ENGLAND[case.facts.learner.works_in_england]


_WORKS_AS = {
    Engagement.EMPLOYEE: "an employee",
    Engagement.BANK: "bank staff",
    Engagement.ZERO_HOURS: "staff on a zero-hours contract",
    Engagement.AGENCY: "agency staff",
    Engagement.PERSONAL_ASSISTANT: "a personal assistant",
    Engagement.VOLUNTEER: "a volunteer",
    Engagement.SELF_EMPLOYED: "self-employed",
}


def learner_engagement_is_funded(case: Case) -> Finding:
    """The learner works for the employer in a way that is funded."""
    engagement = case.facts.learner.engagement
    if engagement is None:
        outcome, message = UNKNOWN, "Tell us how the learner works for you, for example as an employee."
    elif engagement is Engagement.VOLUNTEER and case.fund is OMMT:
        outcome = CHECK
        message = "The learner is a volunteer: an assessor will check whether this Oliver McGowan training is funded."
    elif engagement in (Engagement.VOLUNTEER, Engagement.SELF_EMPLOYED):
        outcome = FAIL
        message = (
            f"The learner is {_WORKS_AS[engagement]}, and only staff who work for you as employees, bank, zero-hours "
            "or agency staff or personal assistants are funded, so this learner cannot be claimed for."
        )
    else:
        outcome, message = PASS, f"The learner works for you as {_WORKS_AS[engagement]}, which is funded."
    facts = ("learner.engagement", engagement)
    return Finding(
        "learner-engagement-is-funded",
        outcome,
        message,
        (facts, *case.decided_by) if engagement is Engagement.VOLUNTEER else (facts,),
        (),
        GUIDE,
    )


_MANAGERS = ("registered-manager", "deputy-manager")
"""Their posts may ask for a professional registration that the work itself does not need."""


def learner_role_is_funded(case: Case) -> Finding:
    """The learner's job role is funded for this course's fund."""
    outcome, message = _judge_role(case)
    learner = case.facts.learner
    return Finding(
        "learner-role-is-funded",
        outcome,
        message,
        (
            ("learner.job_role", learner.job_role),
            ("learner.post_requires_registration", learner.post_requires_registration),
            *case.decided_by,
        ),
        (),
        JOB_ROLES,
    )


def _judge_role(case: Case) -> tuple[Says, str]:
    slug = case.facts.learner.job_role
    registered = case.facts.learner.post_requires_registration
    if slug is None:
        return UNKNOWN, "Tell us the learner's job role."
    role = case.reference.job_roles.get(slug)
    if role is None:
        return FAIL, f"“{slug}” is not a job role in ASC-WDS: choose the learner's job role from the list."
    if role.funding == "no":
        return FAIL, f"The job role “{role.title}” is outside the scheme, so this learner cannot be claimed for."
    if case.fund is OMMT:
        return PASS, f"The job role “{role.title}” is funded for Oliver McGowan training."
    if role.funding == "ommt-only":
        return FAIL, (
            f"The job role “{role.title}” is a regulated profession, which is only funded for Oliver McGowan "
            "training, so this course cannot be claimed for this learner."
        )
    if registered is None:
        return UNKNOWN, "Tell us whether the learner's post requires professional registration."
    if registered and slug in _MANAGERS:
        return CHECK, (
            f"The learner's post of “{role.title}” requires professional registration: "
            "an assessor will check whether it is funded."
        )
    if registered:
        return FAIL, (
            "The learner's post requires professional registration, and such posts are only funded for "
            "Oliver McGowan training, so this course cannot be claimed for this learner."
        )
    if role.funding == "check":
        return CHECK, (
            f"Whether the job role “{role.title}” is funded depends on the person: an assessor will check this."
        )
    return PASS, f"The job role “{role.title}” is funded."


def roles_alike(job_roles: Mapping[str, JobRole]) -> dict[str, str]:
    """By slug of a job role, the first one that ``learner_role_is_funded`` judges alike whatever else is known."""
    first: dict[tuple[str, bool], str] = {}
    return {slug: first.setdefault((role.funding, slug in _MANAGERS), slug) for slug, role in job_roles.items()}


_EMPLOYED_WHEN_TRAINING_STARTED = answers(
    "learner-employed-when-training-started",
    GUIDE,
    "learner.employed_on_start",
    passes=True,
    yes="The learner works for you on the start date of the training.",
    no="The learner does not work for you on the start date of the training, so you cannot claim for this learner.",
    unknown="Tell us whether the learner works for you on the start date of the training.",
)


def learner_employed_when_training_started(case: Case) -> Finding:
    """The learner was employed by this employer on the start date."""
    return _EMPLOYED_WHEN_TRAINING_STARTED[case.facts.learner.employed_on_start]


def learner_still_employed_on_completion(case: Case) -> Finding:
    """The learner was still employed by this employer on completion."""
    part = case.facts.claim.part
    employed = case.facts.learner.employed_on_completion
    read = ("learner.employed_on_completion", employed)
    if part is None:
        outcome = UNKNOWN
        message = "Tell us which part you are claiming, so that we know whether the learner must still work for you."
    elif part is START:
        outcome = NOT_APPLICABLE
        message = "The learner only needs to be still working for you when you claim the completion part."
    elif employed is None:
        outcome, message = UNKNOWN, "Tell us whether the learner still works for you on the completion date."
    elif employed:
        outcome, message = PASS, "The learner still works for you on the completion date."
    elif part is COMPLETION:
        outcome = FAIL
        message = "The learner no longer works for you on the completion date, so you cannot claim the completion part."
    else:
        outcome = CHECK
        message = (
            "The learner no longer works for you on the completion date: an assessor will check whether you can claim."
        )
    return Finding(
        "learner-still-employed-on-completion",
        outcome,
        message,
        (("claim.part", part),) if part is START else (("claim.part", part), read),
        (),
        GUIDE,
    )
