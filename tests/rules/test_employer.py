"""What the rules about the employer say."""

import pytest

from claims.rules.sources import GUIDE, OMMT_TERMS, WORKFORCE_DATA
from tests.rules.judgements import (
    EXTERNAL_OMMT,
    NOT_YET_SUBMITTED,
    Judgement,
    claim,
    employer,
    hold,
    laid_over,
    of_rule,
    submitted,
    training,
    when,
)

JUDGEMENTS = (
    *of_rule(
        "employer-provides-adult-social-care",
        when("it provides adult social care", {}, "pass", "You provide an adult social care service."),
        when(
            "it does not",
            employer(provides_adult_social_care=False),
            "fail",
            ("Only employers that provide an adult social care service can claim, so this claim cannot be paid."),
        ),
        when(
            "nobody has said",
            employer(provides_adult_social_care=None),
            "unknown",
            "Tell us whether you provide an adult social care service.",
        ),
        source=GUIDE,
        reads="employer.provides_adult_social_care",
    ),
    *of_rule(
        "employer-employs-care-staff-in-england",
        when("it employs care staff in England", {}, "pass", "You directly employ care staff in England."),
        when(
            "it does not",
            employer(employs_care_staff_in_england=False),
            "fail",
            ("Only employers that directly employ care staff in England can claim, so this claim cannot be paid."),
        ),
        when(
            "nobody has said",
            employer(employs_care_staff_in_england=None),
            "unknown",
            "Tell us whether you directly employ care staff in England.",
        ),
        source=GUIDE,
        reads="employer.employs_care_staff_in_england",
    ),
    *of_rule(
        "employer-workforce-data-up-to-date",
        when(
            "updated on the latest 1 April",
            employer(workforce_data_updated_on="2025-04-01"),
            "pass",
            ("Your workforce records (ASC-WDS) were updated on 1 April 2025: any day from 1 April 2025 counts."),
        ),
        when(
            "updated the day before the latest 1 April",
            employer(workforce_data_updated_on="2025-03-31"),
            "fail",
            (
                "Your workforce records (ASC-WDS) were last updated on 31 March 2025: update them, because only "
                "days from 1 April 2025 count."
            ),
        ),
        when(
            "updated later",
            {},
            "pass",
            ("Your workforce records (ASC-WDS) were updated on 2 May 2025: any day from 1 April 2025 counts."),
        ),
        when(
            "submitted on 31 March and updated since the 1 April before it",
            laid_over(employer(workforce_data_updated_on="2025-04-01"), submitted("2026-03-31")),
            "pass",
            ("Your workforce records (ASC-WDS) were updated on 1 April 2025: any day from 1 April 2025 counts."),
        ),
        when(
            "submitted on 1 April and updated the day before",
            laid_over(employer(workforce_data_updated_on="2026-03-31"), submitted("2026-04-01")),
            "fail",
            (
                "Your workforce records (ASC-WDS) were last updated on 31 March 2026: update them, because only "
                "days from 1 April 2026 count."
            ),
        ),
        when(
            "submitted again after 1 April and not updated since",
            laid_over(employer(workforce_data_updated_on="2025-04-01"), claim(submitted_on="2026-04-01")),
            "fail",
            (
                "Your workforce records (ASC-WDS) were last updated on 1 April 2025: update them, because only "
                "days from 1 April 2026 count."
            ),
        ),
        when(
            "not yet submitted, so today counts",
            laid_over(employer(workforce_data_updated_on="2025-03-31"), NOT_YET_SUBMITTED),
            "fail",
            (
                "Your workforce records (ASC-WDS) were last updated on 31 March 2025: update them, because only "
                "days from 1 April 2025 count."
            ),
        ),
        when(
            "nobody has said",
            employer(workforce_data_updated_on=None),
            "unknown",
            ("Tell us when your workforce records (ASC-WDS) were last updated: any day from 1 April 2025 counts."),
        ),
        source=WORKFORCE_DATA,
        reads="employer.workforce_data_updated_on claim.submitted_on training.course training.paid_on",
        uses="workforce_data_updated_since",
    ),
    *of_rule(
        "employer-registered-with-cqc",
        when(
            "the course is of the main fund",
            {},
            "not-applicable",
            (
                "Registration with the Care Quality Commission (CQC) is only needed to claim for Oliver McGowan "
                "training."
            ),
            reads="training.course",
        ),
        when(
            "the course is not known",
            training(course=None),
            "not-applicable",
            (
                "Registration with the Care Quality Commission (CQC) is only needed to claim for Oliver McGowan "
                "training."
            ),
            reads="",
        ),
        when(
            "it is registered, for OMMT",
            EXTERNAL_OMMT,
            "pass",
            ("You are registered with the Care Quality Commission (CQC) as an adult social care provider."),
        ),
        when(
            "it is not registered, for OMMT",
            laid_over(EXTERNAL_OMMT, employer(registered_with_cqc=False)),
            "fail",
            (
                "Oliver McGowan training is only funded for providers of adult social care that are registered "
                "with the Care Quality Commission (CQC), so this claim cannot be paid."
            ),
        ),
        when(
            "nobody has said, for OMMT",
            laid_over(EXTERNAL_OMMT, employer(registered_with_cqc=None)),
            "unknown",
            ("Tell us whether the Care Quality Commission (CQC) has registered you as an adult social care provider."),
        ),
        source=OMMT_TERMS,
        reads="employer.registered_with_cqc training.course",
    ),
    *of_rule(
        "employer-signed-agreement",
        when(
            "signed on the day of submission",
            employer(agreement_signed_on="2025-06-01"),
            "pass",
            "Your senior responsible officer signed the grant agreement for 2025-26 on 1 June 2025.",
        ),
        when(
            "signed the day after submission",
            employer(agreement_signed_on="2025-06-02"),
            "fail",
            (
                "The grant agreement for 2025-26 must be signed by the day you submit, 1 June 2025, but its date "
                "is 2 June 2025: correct the date, or submit after signing."
            ),
        ),
        when(
            "signed between the first submission and this one",
            laid_over(employer(agreement_signed_on="2025-06-02"), claim(submitted_on="2025-06-02")),
            "pass",
            "Your senior responsible officer signed the grant agreement for 2025-26 on 2 June 2025.",
        ),
        when(
            "not yet submitted, and signed today",
            laid_over(employer(agreement_signed_on="2025-06-01"), NOT_YET_SUBMITTED),
            "pass",
            "Your senior responsible officer signed the grant agreement for 2025-26 on 1 June 2025.",
        ),
        when(
            "not yet submitted, and to be signed tomorrow",
            laid_over(employer(agreement_signed_on="2025-06-02"), NOT_YET_SUBMITTED),
            "fail",
            (
                "The grant agreement for 2025-26 must be signed by the day you submit, 1 June 2025, but its date "
                "is 2 June 2025: correct the date, or submit after signing."
            ),
        ),
        when(
            "not signed",
            employer(agreement_signed_on=None),
            "unknown",
            ("Your senior responsible officer needs to sign the grant agreement for 2025-26 before you submit."),
        ),
        when(
            "not signed, and the year is not known",
            laid_over(employer(agreement_signed_on=None), training(paid_on=None)),
            "unknown",
            (
                "Your senior responsible officer needs to sign the grant agreement for 2025-26 before you submit "
                "(by the rules of 2025-26, because no payment date is given)."
            ),
        ),
        when(
            "signed, and the year is not known",
            training(paid_on=None),
            "pass",
            (
                "Your senior responsible officer signed the grant agreement for 2025-26 on 10 April 2025 (by the "
                "rules of 2025-26, because no payment date is given)."
            ),
        ),
        when(
            "signed too late, and the year is not known",
            laid_over(employer(agreement_signed_on="2025-06-02"), training(paid_on=None)),
            "fail",
            (
                "The grant agreement for 2025-26 must be signed by the day you submit, 1 June 2025, but its date "
                "is 2 June 2025: correct the date, or submit after signing (by the rules of 2025-26, because no "
                "payment date is given)."
            ),
        ),
        source=GUIDE,
        reads="employer.agreement_signed_on claim.submitted_on training.course training.paid_on",
    ),
)


@pytest.mark.parametrize("judgement", JUDGEMENTS, ids=lambda it: f"{it.rule}: {it.when}")
def test_what_the_rule_says(judgement: Judgement) -> None:
    hold(judgement)
