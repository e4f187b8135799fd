"""Draw the life of a claim from the table of moves into docs/lifecycle.md."""

from pathlib import Path

from claims.lifecycle import FINAL, MOVES, PAST, WORDS, State

PAGE = Path(__file__).resolve().parent.parent / "docs" / "lifecycle.md"


def picture() -> str:
    """The page: a state diagram, and the same as a table for those who read rather than look."""
    names = {state: state.value.replace("-", "_") for state in State}
    arrows: dict[tuple[State, State | None], list[str]] = {}
    for (state, act), move in MOVES.items():
        arrows.setdefault((state, move.to), []).append(act.value)
    lines = [
        "# The life of a claim",
        "",
        "Made by `make lifecycle` from `claims/lifecycle.py`; a test fails when it is out of date.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        *(f"    {names[state]}: {WORDS[state]}" for state in State),
        "    [*] --> draft",
    ]
    for (state, to), acts in arrows.items():
        lines.append(f"    {names[state]} --> {names[to] if to else '[*]'}: {', '.join(acts)}")
    lines += [f"    {names[state]} --> [*]" for state in State if state in FINAL]
    lines += ["```", "", "| from | act | to | who | needs |", "|---|---|---|---|---|"]
    for (state, act), move in MOVES.items():
        needs = [
            word for word, needed in (("a reason", move.because), ("a second person", move.second_person)) if needed
        ]
        to = WORDS[move.to] if move.to else "gone; the event is kept"
        who = ", ".join(sorted(move.who))
        lines.append(f"| {WORDS[state]} | {act.value} ({PAST[act]}) | {to} | {who} | {' and '.join(needs)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(picture())
    print(f"Wrote docs/{PAGE.name}")
