"""What differs between two course lists, as a value: laid over the one list, it gives the other."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

from claims.rules.scheme import CourseEntry

DECIDING = ("funding_model", "fund", "delivery", "max_reimbursement_pence", "paid_from", "paid_to")
"""What the rules read of an entry; everything else about it is for people."""


class DoesNotFit(ValueError):
    """A difference was laid over a list that it was not made from."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One entry before and after. The code is the same."""

    old: CourseEntry
    new: CourseEntry

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of what differs, in the order of the columns."""
        return tuple(
            field.name
            for field in fields(CourseEntry)
            if getattr(self.old, field.name) != getattr(self.new, field.name)
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """What has to be added, removed and changed; each in the order of codes and of time."""

    added: tuple[CourseEntry, ...]
    removed: tuple[CourseEntry, ...]
    changed: tuple[Changed, ...]
    unchanged: int
    """How many entries are the same in both."""

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed)

    @property
    def codes(self) -> frozenset[str]:
        """The codes of every entry that differs in anything."""
        entries = (*self.added, *self.removed, *(each.new for each in self.changed))
        return frozenset(entry.code for entry in entries)

    @property
    def deciding_codes(self) -> frozenset[str]:
        """The codes of entries that differ in what the rules read: only their claims can come out otherwise."""
        deciding = (each.new for each in self.changed if set(each.fields) & set(DECIDING))
        return frozenset(entry.code for entry in (*self.added, *self.removed, *deciding))


def arrange(entries: Iterable[CourseEntry]) -> tuple[CourseEntry, ...]:
    """A list in its one order, by code and time: the order of rows in a file means nothing."""
    return tuple(sorted(entries, key=lambda entry: (entry.code, entry.paid_from)))


def compare(old: Iterable[CourseEntry], new: Iterable[CourseEntry]) -> Difference:
    """What turns ``old`` into ``new``; in each, no two entries of a code hold on one day.

    Of one code, entries that begin on the same day are the same entry, changed; those left over are paired in order
    of time.
    """
    before, after = _by_code(old), _by_code(new)
    added: list[CourseEntry] = []
    removed: list[CourseEntry] = []
    changed: list[Changed] = []
    unchanged = 0
    for code in sorted(before.keys() | after.keys()):
        pairs, only_before, only_after = _pair(before.get(code, []), after.get(code, []))
        unchanged += sum(1 for was, is_ in pairs if was == is_)
        changed += [Changed(was, is_) for was, is_ in pairs if was != is_]
        removed += only_before
        added += only_after
    return Difference(tuple(added), tuple(removed), tuple(changed), unchanged)


def apply(difference: Difference, old: Iterable[CourseEntry]) -> tuple[CourseEntry, ...]:
    """The list that ``difference`` makes of ``old``: ``apply(compare(a, b), a)`` is ``b``, arranged.

    Raises ``DoesNotFit`` when an entry to be removed or changed is not in ``old``, or one to be added is.
    """
    there = set(old)
    gone = {*difference.removed, *(each.old for each in difference.changed)}
    come = {*difference.added, *(each.new for each in difference.changed)}
    if not gone <= there or come & (there - gone):
        raise DoesNotFit("This difference was not made from this list.")
    return arrange((there - gone) | come)


def undo(difference: Difference) -> Difference:
    """What leads back."""
    changed = tuple(Changed(each.new, each.old) for each in difference.changed)
    return replace(difference, added=difference.removed, removed=difference.added, changed=changed)


def _by_code(entries: Iterable[CourseEntry]) -> dict[str, list[CourseEntry]]:
    by_code: dict[str, list[CourseEntry]] = defaultdict(list)
    for entry in arrange(entries):
        by_code[entry.code].append(entry)
    return by_code


def _pair(
    old: Sequence[CourseEntry], new: Sequence[CourseEntry]
) -> tuple[list[tuple[CourseEntry, CourseEntry]], list[CourseEntry], list[CourseEntry]]:
    """The entries of one code that belong together, in order of time, and those of either list that are left."""
    beginning = {entry.paid_from: entry for entry in new}
    pairs = [(entry, beginning.pop(entry.paid_from)) for entry in old if entry.paid_from in beginning]
    met = {was.paid_from for was, _ in pairs}
    left_old = [entry for entry in old if entry.paid_from not in met]
    left_new = list(beginning.values())
    moved = min(len(left_old), len(left_new))
    pairs += zip(left_old[:moved], left_new[:moved], strict=True)
    return sorted(pairs, key=lambda pair: pair[0].paid_from), left_old[moved:], left_new[moved:]
