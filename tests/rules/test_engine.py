"""What all the rules say together, and which year they go by."""

from datetime import date

import pytest

from claims.rules.engine import RULES, assess
from claims.rules.findings import Outcome, Says
from claims.rules.scheme import Fund, Parameter
from tests.builders import a_reference, a_year, a_year_later, an_entry, the_example
from tests.rules.judgements import (
    EXTERNAL_OMMT,
    FULL,
    INTERNAL_OMMT,
    NOT_YET_SUBMITTED,
    REFERENCE,
    Changes,
    claim,
    employer,
    laid_over,
    learner,
    the_finding,
    training,
)

TODAY = date(2025, 6, 1)
GUIDANCE_ORDER = [
    "employer-provides-adult-social-care",
    "employer-employs-care-staff-in-england",
    "employer-workforce-data-up-to-date",
    "employer-registered-with-cqc",
    "employer-signed-agreement",
    "learner-has-national-insurance-number",
    "learner-works-in-england",
    "learner-engagement-is-funded",
    "learner-role-is-funded",
    "learner-employed-when-training-started",
    "learner-still-employed-on-completion",
    "course-on-eligible-list",
    "course-not-an-apprenticeship",
    "part-allowed-for-course",
    "paid-in-scheme-year",
    "started-in-scheme-year",
    "dates-in-order",
    "training-completed",
    "completed-in-time",
    "cost-is-reimbursable",
    "start-part-approved",
    "not-claimed-before",
    "submitted-in-time",
    "fund-open",
    "employer-within-cap",
]
DEPEND_ON_THE_PART = [
    "learner-still-employed-on-completion",
    "part-allowed-for-course",
    "dates-in-order",
    "training-completed",
    "completed-in-time",
    "start-part-approved",
    "not-claimed-before",
    "submitted-in-time",
    "employer-within-cap",
]


def test_all_rules_are_asked_in_the_order_of_the_guidance() -> None:
    assessment = assess(the_example(), REFERENCE, TODAY)

    assert [finding.rule for finding in assessment.findings] == GUIDANCE_ORDER


def test_a_rule_s_slug_is_its_name_with_hyphens_and_its_sentence_is_written_beside_it() -> None:
    assert [rule.__name__.replace("_", "-") for rule in RULES] == GUIDANCE_ORDER
    assert all(rule.__doc__ and rule.__doc__.endswith(".") for rule in RULES)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ((), Outcome.ELIGIBLE),
        ((learner(job_role="assessment-officer"),), Outcome.CHECK),
        ((learner(job_role="assessment-officer"), {"fund": {"open": None}}), Outcome.INCOMPLETE),
        (({"fund": {"open": None}},), Outcome.INCOMPLETE),
        (
            (learner(job_role="assessment-officer", works_in_england=False), {"fund": {"open": None}}),
            Outcome.INELIGIBLE,
        ),
        ((learner(works_in_england=False),), Outcome.INELIGIBLE),
    ],
)
def test_an_assessment_is_the_worst_of_its_findings(changes: tuple[Changes, ...], outcome: Outcome) -> None:
    assessment = assess(the_example(**laid_over(*changes)), REFERENCE, TODAY)

    assert assessment.outcome is outcome
    assert assessment.may_be_submitted == (outcome in (Outcome.ELIGIBLE, Outcome.CHECK))


def test_findings_can_be_asked_for_by_outcome() -> None:
    facts = the_example(**laid_over(learner(works_in_england=False), {"fund": {"open": None}}))
    assessment = assess(facts, REFERENCE, TODAY)

    assert [finding.rule for finding in assessment.findings_that(Says.FAIL, Says.UNKNOWN)] == [
        "learner-works-in-england",
        "fund-open",
    ]


def test_without_a_part_every_rule_that_depends_on_it_is_unknown() -> None:
    assessment = assess(the_example(claim={"part": None}), REFERENCE, TODAY)

    assert [finding.rule for finding in assessment.findings_that(Says.UNKNOWN)] == DEPEND_ON_THE_PART


def test_an_assessment_says_what_it_is_about() -> None:
    assessment = assess(the_example(), REFERENCE, TODAY)

    assert (assessment.scheme_year, assessment.rules_version) == ("2025-26", "2025-26.1")
    assert assessment.fund is Fund.MAIN
    assert assessment.course == REFERENCE.courses["610/4009/5"][1]
    assert [link.role_category for link in assessment.role_categories] == ["new-to-care"]
    assert assessment.last_day_to_claim == date(2025, 8, 10)


def test_without_a_known_course_the_fund_is_taken_as_main() -> None:
    for code in (None, "NOPE"):
        assessment = assess(the_example(training={"course": code}), REFERENCE, TODAY)
        assert (assessment.fund, assessment.course, assessment.role_categories) == (Fund.MAIN, None, ())


def test_a_course_without_links_has_no_role_categories() -> None:
    assert assess(the_example(**FULL), REFERENCE, TODAY).role_categories == ()


def test_a_course_off_the_list_is_still_named() -> None:
    facts = the_example(**laid_over(FULL, training(course="DLP")))

    assert assess(facts, REFERENCE, TODAY).course == REFERENCE.courses["DLP"][0]


def test_the_course_s_maximum_is_a_parameter_with_its_own_source_and_dates() -> None:
    finding = the_finding("course-on-eligible-list", the_example(), TODAY)

    assert finding.parameters == (
        Parameter("max_reimbursement_pence", 154000, "a list", "secondary", date(2025, 4, 1), date(2026, 3, 31)),
    )


TWO_YEARS = a_reference(
    years=(a_year(cap_main_pence=100), a_year_later(cap_main_pence=200)),
    extra=(an_entry("LTS", paid_from=date(2026, 4, 1), paid_to=date(2027, 3, 31)),),
)
NO_DATE = "(by the rules of {}, because no payment date is given)."


@pytest.mark.parametrize(
    ("paid_on", "name"), [("2025-04-01", "2025-26"), ("2026-03-31", "2025-26"), ("2026-04-01", "2026-27")]
)
def test_the_year_is_that_of_the_payment_date(paid_on: str, name: str) -> None:
    assessment = assess(the_example(training={"paid_on": paid_on}), TWO_YEARS, date(2030, 1, 1))

    assert (assessment.scheme_year, assessment.rules_version) == (name, f"{name}.1")
    assert assessment.findings[-1].parameters[0].value == {"2025-26": 100, "2026-27": 200}[name]
    assert "by the rules of" not in " ".join(finding.message for finding in assessment.findings)


def test_the_year_of_internal_ommt_is_that_of_its_completion() -> None:
    facts = the_example(**laid_over(INTERNAL_OMMT, training(paid_on="2025-05-01", completed_on="2026-04-01")))

    assert assess(facts, TWO_YEARS, TODAY).scheme_year == "2026-27"


@pytest.mark.parametrize(
    ("today", "name"),
    [
        (date(2025, 3, 31), "2025-26"),
        (date(2025, 4, 1), "2025-26"),
        (date(2026, 3, 31), "2025-26"),
        (date(2026, 4, 1), "2026-27"),
        (date(2027, 3, 31), "2026-27"),
        (date(2027, 4, 1), "2026-27"),
    ],
)
def test_without_a_payment_date_today_s_year_is_used_or_the_latest_begun_or_the_earliest(
    today: date, name: str
) -> None:
    facts = the_example(**laid_over(training(paid_on=None), employer(committed_gbp=None)))
    assessment = assess(facts, TWO_YEARS, today)

    assert (assessment.scheme_year, assessment.rules_version) == (None, f"{name}.1")
    said = {finding.rule: finding.message for finding in assessment.findings}
    assert said["paid-in-scheme-year"].endswith(f"the other answers go by the rules of {name}.")
    for rule in (
        "employer-workforce-data-up-to-date",
        "employer-signed-agreement",
        "started-in-scheme-year",
        "employer-within-cap",
    ):
        assert said[rule].endswith(NO_DATE.format(name))


def test_between_years_the_latest_that_has_begun_is_used() -> None:
    gap = a_reference(years=(a_year(paid_to=date(2026, 1, 31)), a_year_later()))
    facts = the_example(training={"paid_on": None})

    assert assess(facts, gap, date(2026, 2, 1)).rules_version == "2025-26.1"


def test_every_rule_that_uses_a_year_says_which_while_the_claim_s_own_is_not_known() -> None:
    for changes in (
        training(paid_on=None),
        training(paid_on="2024-01-01"),
        laid_over(EXTERNAL_OMMT, training(paid_on=None)),
    ):
        assessment = assess(the_example(**laid_over(FULL, changes)), REFERENCE, TODAY)
        for finding in assessment.findings:
            if finding.parameters:
                assert "the rules of 2025-26" in finding.message, finding


def test_a_date_in_no_year_is_named() -> None:
    facts = the_example(training={"paid_on": "2024-01-01"})

    assert the_finding("started-in-scheme-year", facts, TODAY).message == (
        "The start on 10 May 2025 is in scheme year 2025-26 "
        "(by the rules of 2025-26, because the payment date 1 January 2024 is in no scheme year)."
    )


def test_every_year_that_takes_payments_is_named_to_who_paid_in_none() -> None:
    facts = the_example(training={"paid_on": "2025-03-31"})

    assert the_finding("paid-in-scheme-year", facts, TODAY, TWO_YEARS).message == (
        "You can claim for training paid for from 1 April 2025 until 31 March 2026 and from 1 April 2026 until "
        "31 March 2027, but not on 31 March 2025; the other answers go by the rules of 2025-26."
    )


def test_a_course_listed_twice_with_a_gap_says_both_times() -> None:
    reference = a_reference(
        an_entry("GAP", paid_from=date(2025, 4, 1), paid_to=date(2025, 5, 1)),
        an_entry("GAP", paid_from=date(2025, 5, 3), paid_to=date(2025, 5, 9)),
    )
    facts = the_example(**laid_over(FULL, training(course="GAP", paid_on="2025-05-02")))

    assert the_finding("course-on-eligible-list", facts, TODAY, reference).message == (
        "Course GAP (GAP) is not on the eligible list for payment on 2 May 2025, so it cannot be claimed for: it is "
        "listed for payment from 1 April 2025 until 1 May 2025 and from 3 May 2025 until 9 May 2025."
    )


def test_a_window_for_ommt_asks_for_the_completion() -> None:
    reference = a_reference(years=(a_year(ommt_claim_window_months=3),))
    facts = the_example(**laid_over(EXTERNAL_OMMT, training(completed_on=None), claim(part="start")))

    assert the_finding("submitted-in-time", facts, TODAY, reference).message == (
        "Tell us the completion date of the training, so that we can work out your last day to claim."
    )


def test_not_yet_submitted_and_not_yet_due_says_until_when() -> None:
    facts = the_example(**NOT_YET_SUBMITTED)

    assert the_finding("submitted-in-time", facts, TODAY).message == "You can claim until the end of 10 August 2025."
