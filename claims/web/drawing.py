"""Pictures as values: where boxes stand and how lines run. Templates turn them into SVG."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import segno

from claims.rules.scheme import Progression, RoleCategory

BOX_WIDTH, BOX_HEIGHT, GAP = 190, 50, 24
LEFT, RIGHT = 58, 116
"""Room for lines that run back, and for those that run on."""
FIRST_BULGE, BULGE = 18, 26
"""How far a line to a neighbour swings out, and how much farther for each box that it passes."""


@dataclass(frozen=True, slots=True)
class Box:
    """One role category. ``x`` and ``y`` are its upper left corner."""

    category: RoleCategory
    x: int
    y: int
    width: int = BOX_WIDTH
    height: int = BOX_HEIGHT


@dataclass(frozen=True, slots=True)
class Line:
    """One move between two categories: an SVG path, and the basis that decides how it is drawn."""

    path: str
    basis: str


@dataclass(frozen=True, slots=True)
class Picture:
    """In the units of the SVG's view box."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def draw_pathway(categories: Sequence[RoleCategory], moves: Sequence[Progression]) -> Picture:
    """Categories one below the other, moves as arcs: on at the right, back at the left.

    It holds for any number of categories, and arcs never cross a box.
    """
    place = {category.slug: index for index, category in enumerate(categories)}
    boxes = tuple(Box(category, LEFT, 2 + index * (BOX_HEIGHT + GAP)) for index, category in enumerate(categories))
    known = [move for move in moves if move.from_category in place and move.to_category in place]
    ends = _spread_ends([(place[move.from_category], place[move.to_category]) for move in known])
    lines = tuple(_line(move, boxes, start, end) for move, (start, end) in zip(known, ends, strict=True))
    height = len(categories) * (BOX_HEIGHT + GAP) - GAP + 4
    return Picture(LEFT + BOX_WIDTH + RIGHT, max(height, 0), boxes, lines)


def _spread_ends(moves: Sequence[tuple[int, int]]) -> list[tuple[float, float]]:
    """How far down the side of its box each line begins and ends, so that no two meet in one point."""
    at: dict[tuple[int, bool], list[tuple[float, int, int]]] = {}
    for number, (start, end) in enumerate(moves):
        for box, other, which in ((start, end, 0), (end, start, 1)):
            # From top to bottom: lines from above, the nearest first; then lines to below, the farthest first.
            order = (other > box, -other)
            at.setdefault((box, end > start), []).append((order[0] * 1000 + order[1], number, which))
    found = [[0.0, 0.0] for _ in moves]
    for lines in at.values():
        for index, (_, number, which) in enumerate(sorted(lines), start=1):
            found[number][which] = BOX_HEIGHT * index / (len(lines) + 1)
    return [(start, end) for start, end in found]


def _line(move: Progression, boxes: Sequence[Box], start: float, end: float) -> Line:
    places = {box.category.slug: box for box in boxes}
    first, last = places[move.from_category], places[move.to_category]
    on = last.y > first.y
    side = first.x + first.width if on else first.x
    passed = abs(last.y - first.y) // (BOX_HEIGHT + GAP) - 1
    out = side + (1 if on else -1) * (FIRST_BULGE + BULGE * (passed + 1))
    tip = side + (4 if on else -4)
    y1, y2 = first.y + start, last.y + end
    return Line(f"M{side} {y1:.1f}C{out} {y1:.1f} {out} {y2:.1f} {tip} {y2:.1f}", move.basis)


BAR_WIDTH = 1000
NARROWEST = 4
"""What is more than nothing is always seen."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a bar. ``kind`` decides how it is drawn."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """Parts one after the other, from the left, in a view box ``BAR_WIDTH`` wide."""

    segments: tuple[Segment, ...]


def draw_bars(rows: Sequence[Sequence[tuple[str, int]]]) -> list[Bar]:
    """A bar for each row of (kind, amount); all on one scale, on which the largest sum is the whole width.

    Amounts are not below zero; those of nothing are left out. Parts too narrow to be seen are widened a little, at the
    cost of the others.
    """
    largest = max((sum(amount for _, amount in row) for row in rows), default=0)
    return [_bar([(kind, amount / largest) for kind, amount in row if amount > 0]) for row in rows]


def _bar(shares: Sequence[tuple[str, float]]) -> Bar:
    widths = [max(NARROWEST, share * BAR_WIDTH) for _, share in shares]
    shrink = min(1.0, BAR_WIDTH / sum(widths)) if widths else 1.0
    segments, x = [], 0.0
    for (kind, _), width in zip(shares, widths, strict=True):
        segments.append(Segment(kind, round(x, 1), round(width * shrink, 1)))
        x += width * shrink
    return Bar(tuple(segments))


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code, quiet margin included: an SVG path over a square of ``size`` units."""

    size: int
    path: str


def draw_code(text: str) -> Code:
    """``text`` as a QR code that a camera still reads when a sixth of it is hidden."""
    rows = [bytes(row) for row in segno.make_qr(text, error="m").matrix_iter(border=4)]
    runs = [
        f"M{dark.start()} {y}h{dark.end() - dark.start()}v1h-{dark.end() - dark.start()}z"
        for y, row in enumerate(rows)
        for dark in re.finditer(rb"\x01+", row)
    ]
    return Code(len(rows), "".join(runs))
