"""All 25 rules with every finding, beside zen-engine with its trace, on the same claims and on one core."""

import gc
import json
import os
import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any

import zen

from bench import zen_rules
from bench.claims_made_up import TODAY, make_records
from bench.rows import Row
from bench.zen_sentences import Said, Words, fill, sentences_as_templates
from claims.exchange.facts import read_facts
from claims.reference import load
from claims.rules.engine import assess
from claims.rules.findings import Assessment

RECORDS = 10_000
ROUNDS = 5
BAR = 10


def measure() -> list[Row]:
    """Processor seconds for 10,000 claims, medians of 5 rounds in which all take turns, and how they compare."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        return _measure()
    finally:
        os.sched_setaffinity(0, cores)
        gc.unfreeze()


def _measure() -> list[Row]:
    reference = load()
    claims = [read_facts(record) for record in make_records(RECORDS)]
    assessments = [assess(facts, reference, TODAY) for facts in claims]
    contexts = [zen_rules.context_of(facts, reference, TODAY) for facts in claims]
    words = [context["w"] for context in contexts]
    said = sentences_as_templates(assessments, words)
    _check_reached(said)
    alike = _share_of_equal_sentences(assessments, words, said)
    given = [json.dumps(context).encode() for context in contexts]
    given_bare = [json.dumps({name: context[name] for name in context if name != "w"}).encode() for context in contexts]
    engine = zen.ZenEngine()
    contestants = {
        "one node, whole findings": (engine.create_decision(zen_rules.as_one_node(said)), given),
        "25 decision tables": (engine.create_decision(zen_rules.as_tables(said)), given),
        "one node, bare outcomes": (engine.create_decision(zen_rules.as_bare_outcomes()), given_bare),
    }
    outcomes = [tuple(str(finding.outcome) for finding in assessment.findings) for assessment in assessments]
    for model, theirs in contestants.values():
        _check_equal(model, theirs, outcomes)
    # Nothing that is kept should be looked through again and again by the collector while either is timed.
    del assessments, outcomes, contexts, words
    gc.collect()
    gc.freeze()
    runs: dict[str, Callable[[], None]] = {
        "ours": lambda: _run(lambda facts: assess(facts, reference, TODAY), claims),
        **{
            name: lambda model=model, theirs=theirs: _run(lambda each: model.evaluate(each, {"trace": True}), theirs)
            for name, (model, theirs) in contestants.items()
        },
    }
    seconds = _time_in_turns(runs)
    ours, whole, tables, bare = seconds.values()
    best = min(whole, tables)
    sentences = f"{alike:.1%} of its sentences are ours word for word"
    free = "zen gets numbers, lookups, deadline, amounts and words ready made; ours works them out"
    return [
        _inform("25 rules, every finding, 10,000 claims", ours, "s", "facts to assessment, with amounts and deadline"),
        _inform("zen-engine with trace, one node giving whole findings", whole, "s", sentences),
        _inform("zen-engine with trace, 25 decision tables", tables, "s", f"facts read are in its trace; {sentences}"),
        _inform("zen-engine with trace, one node giving bare outcomes", bare, "s", "no sentence, facts or parameters"),
        Row(
            "ours, times as fast as the faster zen form that gives findings",
            best / ours,
            "times",
            f"at least {BAR}",
            best / ours >= BAR,
            f"outcome of each rule equal for all {RECORDS:,} claims; {free}",
        ),
        _inform("ours, times as fast as zen giving bare outcomes", bare / ours, "times", "not like for like"),
    ]


def _inform(name: str, value: float, unit: str, note: str) -> Row:
    """A figure without a bar."""
    return Row(name, value, unit, bar="", holds=True, note=note)


def _check_reached(said: Said) -> None:
    wanted = {(slug, outcome) for slug, rows in zen_rules.RULES.items() for _, outcome in rows}
    assert wanted == said.keys(), f"outcomes that one side never reaches: {wanted ^ said.keys()}"


def _share_of_equal_sentences(assessments: list[Assessment], words: list[Words], said: Said) -> float:
    equal = [
        fill(said[finding.rule, str(finding.outcome)].message, of_claim) == finding.message
        for assessment, of_claim in zip(assessments, words, strict=True)
        for finding in assessment.findings
    ]
    return sum(equal) / len(equal)


def _check_equal(model: zen.ZenDecision, contexts: list[bytes], outcomes: list[tuple[str, ...]]) -> None:
    for position, (context, ours) in enumerate(zip(contexts, outcomes, strict=True)):
        theirs = zen_rules.outcomes_in(model.evaluate(context, {"trace": True})["result"])
        both = zip(zen_rules.RULES, ours, theirs, strict=True)
        differ = [f"{slug} is {our} and in zen {their}" for slug, our, their in both if our != their]
        assert not differ, f"claim {position}: {'; '.join(differ)}"


def _run(judge: Callable[[Any], object], given: Iterable[Any]) -> None:
    for each in given:
        judge(each)


def _time_in_turns(runs: dict[str, Callable[[], None]]) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            gc.collect()
            begun = time.process_time()
            run()
            taken[name].append(time.process_time() - begun)
    return {name: statistics.median(times) for name, times in taken.items()}
