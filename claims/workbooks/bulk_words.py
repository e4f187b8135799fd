"""What the workbook in which an employer claims says of itself: hints at its cells, guidance, examples."""

from collections.abc import Mapping
from datetime import date

from claims.workbooks.claims_in import LIMITS

NEW = "National Insurance number of somebody new, or one of your learners from the list."
PROMPTS = {
    "provider": "One you have bought from, or any other name.",
    "number": NEW,
    "first_name": "Only for somebody new, or to change what we have.",
    "last_name": "Only for somebody new, or to change what we have.",
    "job_role": "Only for somebody new, or to change what we have.",
    "engagement": "How they work for you. Only for somebody new, or to change what we have.",
    "post_requires_registration": "With the NMC, the HCPC or Social Work England, not CQC. Empty means no.",
    "works_in_england": "Empty means yes.",
    "apprenticeship": "Empty means no.",
    "second_payment_on": "Only for a payment plan.",
    "other_funding_pence": "What anybody else paid for one learner, in pounds. Empty means nothing.",
    "completed_on": "Empty until they have completed. A certificate is added later.",
    "part": "Start: 60% now. Completion: the rest. Full: all of it, on completion.",
    "invoice_reference": "Rows of one invoice become one purchase.",
}
ALWAYS = ("number", "course", "provider", "paid_on", "cost_pence", "started_on", "part", "invoice_reference")
"""What nearly every claim for bought training needs, for a learner who is known already."""
GUIDANCE = (
    ("Always", "One row for each learner and course. Nearly every row needs the columns with a green heading."),
    ("", "Choose one of your learners, or type the National Insurance number of somebody new, like QQ 12 34 56 C."),
    ("", "What is the same in many rows: copy it down (Ctrl+D). Dragging can count dates and numbers up."),
    ("", "Part: Start is 60%, once paid and started; Completion is the rest. Full: all of it, on completion."),
    ("", "Save it and upload it. You see what would be made of it, and nothing is stored before you confirm."),
    ("Somebody new", "needs first name, last name, job role, engagement and employed from."),
    ("", "Where these columns are folded away, the plus above the sheet shows them."),
    ("Several people on one invoice", "Rows with one invoice reference, course, provider, payment date and cost"),
    ("", "become one purchase. Where the invoice shows a total, divide it: the cost is for one learner."),
    ("A course that is not split", "is always claimed in full. Leave the part empty."),
    ("The start part is approved", "A Completion row needs learner, course, part and completion date."),
    ("Training you give yourself", "(OMMT, internal): leave provider, payment dates, cost and other funding empty."),
    ("Your learners", "What is left empty stays as it is. A row with a name and nothing else claims nothing."),
    ("Claimed or begun already", "A draft of the same person, course and part is changed; what was sent is left."),
    ("", "The same file twice creates nothing twice."),
    ("Typing", "Dates like 27/03/2025 or 27 March 2025. Money in pounds, like 1,540 or 1540.00."),
    ("Formulas", "are not read: paste them as values. Columns may change places, not names."),
    ("Examples", "Rows that begin with the word Example are not read. Overwrite them or leave them."),
    ("Limits", f"{LIMITS.rows:,} rows, {LIMITS.columns} columns, {LIMITS.size_bytes // (1024 * 1024)} MB."),
)
"""When, and what to do then."""


NOTE = "Example lines are not read. Fill in the green columns; copy down what is the same with Ctrl+D, do not drag."
NOTE_OF_BEGUN = f"{NOTE} A name alone claims nothing."
NOTE_OF_MANY = (
    "Example lines are not read. Fill in {first} to {last}, select {first} to {corner}, press Ctrl+D."
    " A name alone claims nothing."
)
"""Above the examples, so that few need to open the guidance."""
SOMEBODY_NEW: Mapping[str, object] = {
    "number": "Example: QQ 12 34 56 C", "first_name": "Sam", "last_name": "Okoro", "job_role": "Care worker",
    "engagement": "Employee", "post_requires_registration": "No", "works_in_england": "Yes",
    "employed_from": date(2024, 3, 1), "course": "610/4009/5", "provider": "Bright Training",
    "apprenticeship": "No", "paid_on": date(2025, 10, 1), "cost_pence": 1500.0, "started_on": date(2025, 10, 6),
    "planned_end_on": date(2026, 6, 26), "part": "Start", "invoice_reference": "INV-17",
}  # fmt: skip
COMPLETED: Mapping[str, object] = {
    "number": "Example: Okoro, Sam (ends 56C)", "course": "610/4009/5", "completed_on": date(2026, 6, 20),
    "part": "Completion",
}  # fmt: skip
KNOWN: Mapping[str, object] = {name: SOMEBODY_NEW[name] for name in ALWAYS} | {"number": COMPLETED["number"]}
EXAMPLES: tuple[Mapping[str, object], ...] = ({"number": NOTE}, SOMEBODY_NEW, COMPLETED)
"""Rows in grey, which are not read."""
EXAMPLES_OF_BEGUN: tuple[Mapping[str, object], ...] = ({"number": NOTE_OF_BEGUN}, KNOWN)
"""The same where the names stand there already, of people who are known and begin a course."""
