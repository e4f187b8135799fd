"""Everything that pages name has words."""

from dataclasses import fields, is_dataclass
from typing import get_args, get_type_hints

from claims.lifecycle import State
from claims.rules.facts import Facts
from claims.rules.findings import Outcome, Says
from claims.store.reference import from_files
from claims.web import wording


def interface_names(kind: type, path: str = "") -> set[str]:
    """The interface names of every fact, as findings use them."""
    hints, names = get_type_hints(kind), set()
    for field in fields(kind):
        name = f"{path}{field.name.removesuffix('_pence')}{'_gbp' if field.name.endswith('_pence') else ''}"
        nested = next((each for each in (hints[field.name], *get_args(hints[field.name])) if is_dataclass(each)), None)
        if nested is None:
            names.add(name)
        else:
            names |= interface_names(nested, f"{name}.") | ({name} if path else set())
    return names


def test_every_fact_has_words():
    assert set(wording.FACTS) == interface_names(Facts)


def test_every_state_and_outcome_has_words_and_a_colour():
    assert set(wording.STATES) == set(wording.STATE_COLOURS) == set(State)
    assert set(wording.SAYS) == set(wording.SAYS_COLOURS) == set(Says)
    assert set(wording.OUTCOMES) == set(wording.OUTCOME_COLOURS) == set(Outcome)


def test_every_parameter_of_a_scheme_year_has_words():
    names = {name for year in from_files().years for name in year.parameters}
    assert set(wording.PARAMETERS) == names | {"max_reimbursement_pence"}


def test_what_nobody_has_worded_yet_is_readable():
    assert wording.parameter("cap_new_pence") == "Cap new"
    assert wording.fact("training.something_new_gbp") == "Something new"
