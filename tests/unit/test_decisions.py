"""What checks come to: every combination, the amount in one line, the words an employer reads."""

import pytest

from claims.decisions import Answer, Checked, Request, Verdict, Worth, derivation_of, verdict_of, words_of
from claims.lifecycle import Act
from claims.rules.facts import Part
from claims.rules.findings import Amount

YES = Checked(Answer.YES)
PAYMENT_ACTION = Checked(Answer.ACTION_NEEDED, "Send the second page.")
PAYMENT_REJECT = Checked(Answer.REJECT, "This is a quote.")
ACTION = Checked(Answer.ACTION_NEEDED, "The certificate cannot be read.")
REJECT = Checked(Answer.REJECT, "Another course.")


@pytest.mark.parametrize("needs_payment_check", [True, False])
@pytest.mark.parametrize("completion", [None, YES, ACTION, REJECT])
def test_a_rejected_payment_rejects_every_claim_of_its_purchase(
    completion: Checked | None, needs_payment_check: bool
) -> None:
    assert verdict_of(PAYMENT_REJECT, completion, needs_payment_check=needs_payment_check) == Verdict(
        Act.REJECT, reason="This is a quote."
    )


@pytest.mark.parametrize("needs_payment_check", [True, False])
@pytest.mark.parametrize("completion", [None, YES, REJECT])
def test_a_payment_that_needs_action_sends_every_claim_back(
    completion: Checked | None, needs_payment_check: bool
) -> None:
    verdict = verdict_of(PAYMENT_ACTION, completion, needs_payment_check=needs_payment_check)
    assert verdict == Verdict(Act.REQUEST_ACTION, (Request("payment", "Send the second page."),))


def test_a_claim_sent_back_for_its_payment_is_asked_about_its_completion_too() -> None:
    verdict = verdict_of(PAYMENT_ACTION, ACTION, needs_payment_check=True)
    assert verdict is not None
    assert verdict.requests == (
        Request("payment", "Send the second page."),
        Request("completion", "The certificate cannot be read."),
    )


@pytest.mark.parametrize("payment", [None, YES])
@pytest.mark.parametrize(
    ("completion", "verdict"),
    [
        (YES, Verdict(Act.APPROVE)),
        (ACTION, Verdict(Act.REQUEST_ACTION, (Request("completion", "The certificate cannot be read."),))),
        (REJECT, Verdict(Act.REJECT, reason="Another course.")),
        (None, None),
    ],
)
def test_without_a_payment_check_each_claim_follows_its_own_completion_check(
    payment: Checked | None, completion: Checked | None, verdict: Verdict | None
) -> None:
    assert verdict_of(payment, completion, needs_payment_check=False) == verdict
    if payment == YES:
        assert verdict_of(payment, completion, needs_payment_check=True) == verdict


@pytest.mark.parametrize("completion", [None, YES, ACTION, REJECT])
def test_nothing_is_decided_before_the_payment_is_checked(completion: Checked | None) -> None:
    assert verdict_of(None, completion, needs_payment_check=True) is None


def worth(part: Part, reimbursable: int, entitlement: int, payable: int, **more: int | None) -> Worth:
    left = reimbursable - entitlement if part is Part.START else None
    values: dict[str, int | None] = {"cost_pence": 160_000, "other_funding_pence": 0, "maximum_pence": 154_000, **more}
    return Worth(part, Amount(reimbursable, entitlement, payable, left, False), share_percent=60, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (worth(Part.START, 154_000, 92_400, 92_400), "min(£1,600.00, £1,540.00) x 60% = £924.00"),
        (worth(Part.FULL, 154_000, 154_000, 154_000), "min(£1,600.00, £1,540.00) = £1,540.00"),
        (
            worth(Part.START, 140_000, 84_000, 84_000, other_funding_pence=20_000),
            "min(£1,600.00 - £200.00, £1,540.00) x 60% = £840.00",
        ),
        (
            worth(Part.COMPLETION, 154_000, 61_600, 61_600, started_with_pence=92_400),
            "£1,540.00 - £924.00 = £616.00",
        ),
        (worth(Part.FULL, 1_250, 1_250, 1_250, cost_pence=None, maximum_pence=1_250), "fixed amount £12.50 = £12.50"),
        (
            worth(Part.FULL, 50_000, 50_000, 10_000, cost_pence=50_000, maximum_pence=50_000),
            "min(£500.00, £500.00) = £500.00, of which £100.00 is left under the employer's cap",
        ),
    ],
)
def test_an_amount_shows_how_it_was_worked_out(given: Worth, line: str) -> None:
    assert derivation_of(given) == line


def test_an_amount_that_is_not_known_says_so() -> None:
    unknown = Worth(Part.FULL, Amount(None, None, None, None, False), None, 0, None, 60)
    assert derivation_of(unknown) == "not known"


def test_an_approval_says_what_is_paid_and_what_is_left() -> None:
    words = words_of("7KD-4XQ2-M9RT-B", Verdict(Act.APPROVE), worth(Part.START, 154_000, 92_400, 92_400))
    assert "We will pay £924.00." in words
    assert "min(£1,600.00, £1,540.00) x 60% = £924.00" in words
    assert "£616.00 is left to claim" in words


def test_an_approval_of_the_whole_leaves_nothing_to_claim() -> None:
    assert "left to claim" not in words_of("7KD", Verdict(Act.APPROVE), worth(Part.FULL, 154_000, 154_000, 154_000))


def test_a_request_and_a_rejection_carry_the_notes_word_for_word() -> None:
    asked = Verdict(Act.REQUEST_ACTION, (Request("payment", "Send page 2."), Request("completion", "Sign it.")))
    assert "About the payment: Send page 2." in words_of("7KD", asked, None)
    assert "About the learner and the training: Sign it." in words_of("7KD", asked, None)
    assert words_of("7KD", Verdict(Act.REJECT, reason="Another course."), None).endswith("Why: Another course.")


def test_an_approval_without_an_amount_cannot_be_worded() -> None:
    with pytest.raises(ValueError, match="approve"):
        words_of("7KD", Verdict(Act.APPROVE), None)
