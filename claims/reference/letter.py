"""The grant determination letter of a scheme year in plain words, made from the year's parameters."""

from dataclasses import dataclass
from typing import Any

from claims.rules.scheme import SchemeYear
from claims.rules.wording import in_pounds, in_words


@dataclass(frozen=True, slots=True)
class Section:
    """One numbered part of the letter."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """What the senior responsible officer accepts."""

    scheme_year: str
    sections: tuple[Section, ...]

    def as_kept(self) -> dict[str, Any]:
        """As it is kept with the signature; ``letter_from`` reads it back."""
        return {
            "scheme_year": self.scheme_year,
            "sections": [{"heading": each.heading, "paragraphs": list(each.paragraphs)} for each in self.sections],
        }


def letter_from(kept: dict[str, Any]) -> Letter:
    """The letter as it was signed."""
    return Letter(
        kept["scheme_year"],
        tuple(Section(each["heading"], tuple(each["paragraphs"])) for each in kept["sections"]),
    )


def write_letter(year: SchemeYear) -> Letter:
    """The letter of ``year`` with the dates, shares and limits that hold for it."""
    months = year.number("claim_window_months")
    share = year.number("start_share_percent")
    return Letter(
        year.name,
        (
            Section(
                "What this agreement is",
                (
                    (
                        "It sets out on what terms money of the Learning and Development Support Scheme is paid for "
                        f"the scheme year {year.name}. It holds for training paid for from "
                        f"{in_words(year.day('paid_from'))} to {in_words(year.day('paid_to'))}. Each scheme year "
                        "has an agreement of its own."
                    ),
                    "Claims can be prepared before it is signed. None can be submitted until it is.",
                ),
            ),
            Section(
                "What the money is for",
                (
                    (
                        "The money pays back what you paid for training on the published list of courses and "
                        "qualifications, for staff who deliver adult social care in England, up to the maximum of each "
                        "course. It is not paid for training that other public money pays for."
                    ),
                    (
                        "It pays for the training alone: not for wages, cover, travel, or value added tax that you can "
                        "recover."
                    ),
                ),
            ),
            Section(
                "How much is paid, and when",
                (
                    (
                        f"A qualification can be claimed in two parts: {share}% once it is paid for and started, and "
                        "the rest when it is completed. A training course is claimed when it is completed."
                    ),
                    (
                        f"The first part must be claimed within {months} months of paying and starting, everything "
                        f"else within {months} months of completing. The last day to claim is shown with each claim."
                    ),
                    *_limit(year),
                    "Money is paid into the bank account of your organisation that we have verified.",
                ),
            ),
            Section(
                "What you agree to",
                (
                    "You keep your workforce data in the Adult Social Care Workforce Data Set up to date.",
                    "You claim only what was paid, only for your own staff, and once for each person and course.",
                    (
                        "You keep proof of payment and certificates for 7 years after the last payment and show them "
                        "when you are asked."
                    ),
                    "You tell us at once when something that you claimed turns out to be wrong.",
                    "Whoever submits claims for you does so under your authority, and you answer for it.",
                ),
            ),
            Section(
                "If something was not right",
                (
                    (
                        "Money that was paid for what the scheme does not cover, or on wrong information, has to be "
                        "paid back, or is set off against later payments. Claiming what one knows to be wrong is fraud "
                        "and can be prosecuted."
                    ),
                    "Claims can be checked at any time, also after they are paid.",
                ),
            ),
        ),
    )


def _limit(year: SchemeYear) -> tuple[str, ...]:
    cap = year.number_or_none("cap_main_pence")
    if cap is None:
        return ()
    return (f"Your organisation is paid at most {in_pounds(cap)} from the main fund in this scheme year.",)


def as_plain_text(letter: Letter, addressed_to: str, signed: str) -> str:
    """The letter as a text file. ``signed`` says by whom and when, or that nobody has."""
    lines = [f"Grant agreement {letter.scheme_year}", addressed_to, ""]
    for number, section in enumerate(letter.sections, 1):
        lines += [f"{number}. {section.heading}", ""]
        lines += [line for paragraph in section.paragraphs for line in (paragraph, "")]
    return "\n".join([*lines, signed, ""])
