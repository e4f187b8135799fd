"""Rules about the employer."""

from datetime import date

from claims.rules.case import Case
from claims.rules.deadlines import latest_anniversary
from claims.rules.findings import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Finding, answers
from claims.rules.scheme import MAIN
from claims.rules.sources import GUIDE, OMMT_TERMS, WORKFORCE_DATA
from claims.rules.wording import in_words

_PROVIDES_ADULT_SOCIAL_CARE = answers(
    "employer-provides-adult-social-care",
    GUIDE,
    "employer.provides_adult_social_care",
    passes=True,
    yes="You provide an adult social care service.",
    no="Only employers that provide an adult social care service can claim, so this claim cannot be paid.",
    unknown="Tell us whether you provide an adult social care service.",
)


def employer_provides_adult_social_care(case: Case) -> Finding:
    """The employer provides an adult social care service."""
    return _PROVIDES_ADULT_SOCIAL_CARE[case.facts.employer.provides_adult_social_care]


_EMPLOYS_CARE_STAFF_IN_ENGLAND = answers(
    "employer-employs-care-staff-in-england",
    GUIDE,
    "employer.employs_care_staff_in_england",
    passes=True,
    yes="You directly employ care staff in England.",
    no="Only employers that directly employ care staff in England can claim, so this claim cannot be paid.",
    unknown="Tell us whether you directly employ care staff in England.",
)


def employer_employs_care_staff_in_england(case: Case) -> Finding:
    """The employer directly employs care staff in England."""
    return _EMPLOYS_CARE_STAFF_IN_ENGLAND[case.facts.employer.employs_care_staff_in_england]


def say_outdated(updated_on: date, since: date) -> str:
    """Why an update of workforce records before ``since`` does not count; the full stop is left to the caller."""
    return (
        f"Your workforce records (ASC-WDS) were last updated on {in_words(updated_on)}: "
        f"update them, because only days from {in_words(since)} count"
    )


def employer_workforce_data_up_to_date(case: Case) -> Finding:
    """Workforce records were updated since the latest 1 April on or before the day of submission."""
    updated_on = case.facts.employer.workforce_data_updated_on
    since = latest_anniversary(case.year.text("workforce_data_updated_since"), case.submission_on)
    if updated_on is None:
        outcome = UNKNOWN
        message = (
            "Tell us when your workforce records (ASC-WDS) were last updated: "
            f"any day from {in_words(since)} counts{case.year_note}."
        )
    elif updated_on < since:
        outcome = FAIL
        message = f"{say_outdated(updated_on, since)}{case.year_note}."
    else:
        outcome = PASS
        message = (
            f"Your workforce records (ASC-WDS) were updated on {in_words(updated_on)}: "
            f"any day from {in_words(since)} counts{case.year_note}."
        )
    return Finding(
        "employer-workforce-data-up-to-date",
        outcome,
        message,
        case.reading(
            ("employer.workforce_data_updated_on", updated_on),
            ("claim.submitted_on", case.facts.claim.submitted_on),
        ),
        case.year.parameters_named("workforce_data_updated_since"),
        WORKFORCE_DATA,
    )


_REGISTERED_WITH_CQC = answers(
    "employer-registered-with-cqc",
    OMMT_TERMS,
    "employer.registered_with_cqc",
    passes=True,
    yes="You are registered with the Care Quality Commission (CQC) as an adult social care provider.",
    no=(
        "Oliver McGowan training is only funded for providers of adult social care that are registered with the "
        "Care Quality Commission (CQC), so this claim cannot be paid."
    ),
    unknown="Tell us whether the Care Quality Commission (CQC) has registered you as an adult social care provider.",
)


def employer_registered_with_cqc(case: Case) -> Finding:
    """For OMMT, the employer is registered with CQC as an adult social care provider."""
    if case.fund is MAIN:
        return Finding(
            "employer-registered-with-cqc",
            NOT_APPLICABLE,
            "Registration with the Care Quality Commission (CQC) is only needed to claim for Oliver McGowan training.",
            case.decided_by[:1] if case.entry else (),
            (),
            OMMT_TERMS,
        )
    said = _REGISTERED_WITH_CQC[case.facts.employer.registered_with_cqc]
    return said._replace(facts=said.facts + case.decided_by[:1])


def employer_signed_agreement(case: Case) -> Finding:
    """The senior responsible officer signed the year's agreement, on or before submission."""
    signed_on = case.facts.employer.agreement_signed_on
    if signed_on is None:
        outcome = UNKNOWN
        message = (
            f"Your senior responsible officer needs to sign the grant agreement for {case.year.name} "
            f"before you submit{case.year_note}."
        )
    elif signed_on <= case.submission_on:
        outcome = PASS
        message = (
            f"Your senior responsible officer signed the grant agreement for {case.year.name} "
            f"on {in_words(signed_on)}{case.year_note}."
        )
    else:
        outcome = FAIL
        message = (
            f"The grant agreement for {case.year.name} must be signed by the day you submit, "
            f"{in_words(case.submission_on)}, but its date is {in_words(signed_on)}: "
            f"correct the date, or submit after signing{case.year_note}."
        )
    return Finding(
        "employer-signed-agreement",
        outcome,
        message,
        case.reading(
            ("employer.agreement_signed_on", signed_on),
            ("claim.submitted_on", case.facts.claim.submitted_on),
        ),
        (),
        GUIDE,
    )
