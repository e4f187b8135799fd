"""What the office reads for the values that tables hold: on its pages and in its workbooks, the same words."""

from claims.lifecycle import WORDS

CLAIM_STATES = {state.value: words for state, words in WORDS.items()}
FUNDS = {"main": "Main", "ommt": "OMMT"}
PARTS = {"full": "All at once", "start": "Start", "completion": "Completion"}
FUNDING_MODELS = {"full": "All at once", "split": "60% and 40%, or all at once"}
CONFIDENCES = {"confirmed": "Confirmed", "secondary": "Secondary source", "unconfirmed": "Unconfirmed"}
"""How far a maximum amount is to be trusted."""
RUN_STATES = {"drawn-up": "Drawn up", "released": "Released", "settled": "Settled", "cancelled": "Cancelled"}
LINE_STATES = {"live": "In payment", "paid": "Paid", "failed": "Failed", "removed": "Taken out"}
"""Of one claim in a payment run."""
RECOVERY_WAYS = {"set-off": "Set off in later runs", "invoice": "By invoice"}
