"""What several pictures share: how a strength looks, legends, and which statements are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from graph.analytics.edges import STRENGTH_OF
from graph.analytics.pictures.svg import INK, LINE, MARGIN, MUTED, PAPER, RULE, SHADE, WIDTH
from graph.analytics.pictures.widths import width_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graph.analytics.edges import Edges
    from graph.analytics.pictures.svg import Data, Drawing

#: Most statements of a side that a picture draws. The table has all of them.
MOST: Final = 60

#: How many dots stand for a strength.
DOTS: Final = {"strong": 3, "moderate": 2, "weak": 1}

_NOTHING: Data = {}

#: Dash of what was derived, not asserted.
DASH: Final = "5 3"


@dataclass(frozen=True, slots=True)
class Node:
    """A statement as drawn: its place in `Edges.ids`, and what is written beside it."""

    place: int
    id: str
    title: str
    partners: int
    others: int


@dataclass(frozen=True, slots=True)
class Edge:
    """An alignment as drawn, by places in `Edges.ids`."""

    left: int
    right: int
    strength: str
    confidence: float
    relation: str
    derived: bool
    rationale: str

    @property
    def words(self) -> str:
        """What it says, for who points at it."""
        origin = "derived, needs review" if self.derived else "asserted"
        said = f"{self.strength}, {self.relation}, confidence {self.confidence:g}, {origin}"
        return f"{said}. {self.rationale}".strip()


def nodes_of(edges: Edges, side: int) -> list[Node]:
    """Statements of a side in published order; of more than `MOST` those with most partners."""
    counts = np.bincount(edges.ends(side), minlength=len(edges.ids))
    places = [*edges.side(side)]
    if len(places) > MOST:
        places = sorted(sorted(places, key=lambda place: -int(counts[place]))[:MOST])
    others = edges.shape[1 - side]
    return [
        Node(place, edges.ids[place], edges.titles[place], int(counts[place]), others)
        for place in places
    ]


def edges_of(edges: Edges, nodes: Sequence[Node]) -> list[Edge]:
    """Alignments between statements that are drawn, weak ones first, so that strong ones show."""
    drawn = {node.place for node in nodes}
    found = [
        Edge(
            left, right, STRENGTH_OF[weight].value, confidence, relation, derived, rationale
        )
        for left, right, weight, confidence, relation, derived, rationale in zip(
            edges.left.tolist(), edges.right.tolist(), edges.weight.tolist(),
            edges.confidence.tolist(), edges.relations, edges.derived.tolist(), edges.rationales,
            strict=True,
        )
        if left in drawn and right in drawn
    ]  # fmt: skip
    return sorted(found, key=lambda edge: DOTS[edge.strength])


def left_out(edges: Edges) -> str:
    """What a picture of many statements does not show, as a sentence; empty if nothing."""
    names = edges.selection.from_, edges.selection.to
    parts = [
        f"{MOST} of the {size} of {name}"
        for name, size in zip(names, edges.shape, strict=True)
        if size > MOST
    ]
    if not parts:
        return ""
    return f"Drawn are the {' and the '.join(parts)} with most alignments; the table has all."


def dots(drawing: Drawing, x: float, y: float, strength: str, *, derived: bool = False) -> None:
    """Three, two or one dot in a row around a point; hollow if derived."""
    ink = PAPER if strength == "strong" else INK
    count = DOTS[strength]
    for place in range(count):
        at = x + (place - (count - 1) / 2) * 7
        if derived:
            drawing.circle(at, y, 2.1, stroke=ink, stroke_width=1.1)
        else:
            drawing.circle(at, y, 2.5, fill=ink)


def cross(drawing: Drawing, x: float, y: float, size: float = 4) -> None:
    """The mark of *not aligned*."""
    for turn in (1, -1):
        drawing.line(x - size, y - turn * size, x + size, y + turn * size, stroke="#8a8a8a")


def line_legend(drawing: Drawing, *, derived: bool) -> None:
    """What the lines of a graph mean, at `drawing.y`."""

    def stroke(strength: str, *, dash: str = "") -> Callable[[float, float], None]:
        colour, width = LINE[strength], 2 if dash else WIDTH[strength]
        return lambda x, y: drawing.line(x, y, x + 34, y, stroke=colour, width=width, dash=dash)

    marks = [(strength, stroke(strength)) for strength in DOTS]
    if derived:
        marks.append(("derived by the regime, needs review", stroke("strong", dash=DASH)))
    drawing.y += 8
    legend(drawing, [(words, 34, draw) for words, draw in marks])
    drawing.y += 16


def cell_legend(drawing: Drawing, *, derived: bool, filtered: bool, undecided: bool) -> None:
    """What the cells of a matrix mean, at `drawing.y`."""

    def full(strength: str, *, derived: bool = False) -> Callable[[float, float], None]:
        return lambda x, y: cell(drawing, x, y - 10, 30, 20, strength, derived=derived)

    def empty(*, judged: bool, filtered: bool = False) -> Callable[[float, float], None]:
        return lambda x, y: empty_cell(drawing, x, y - 10, 30, 20, judged=judged, filtered=filtered)

    marks = [(strength, full(strength)) for strength in DOTS]
    if derived:
        marks.append(("derived, needs review", full("moderate", derived=True)))
    marks.append(("judged: not aligned", empty(judged=True)))
    if filtered:
        marks.append(("aligned, but filtered out", empty(judged=True, filtered=True)))
    if undecided:
        marks.append(("undecided: nobody has judged", empty(judged=False)))
    drawing.y += 14
    legend(drawing, [(words, 30, draw) for words, draw in marks])
    drawing.y += 28


def legend(
    drawing: Drawing, marks: Sequence[tuple[str, float, Callable[[float, float], None]]]
) -> None:
    """Marks and what they mean, in as many rows as they need.

    Each is its meaning, its width, and what draws it, given its left edge and its middle. The
    first row has its middle at `drawing.y`, which is then the middle of the last.
    """
    x = MARGIN
    for words, wide, draw in marks:
        end = x + wide + 8 + width_of(words, 12)
        if end > drawing.width - MARGIN and x > MARGIN:
            end, x = end - x + MARGIN, MARGIN
            drawing.y += 26
        draw(x, drawing.y)
        drawing.lines(x + wide + 8, drawing.y, [words], size=12, fill=MUTED)
        x = end + 22


def cell(
    drawing: Drawing, x: float, y: float, width: float, height: float, strength: str, *,
    derived: bool = False, title: str = "", data: Data = _NOTHING,
) -> None:  # fmt: skip
    """A cell of an aligned pair."""
    drawing.rect(
        x, y, width, height, fill=SHADE[strength], title=title,
        data={**data, "strength": strength, "derived": str(derived).lower()},
    )  # fmt: skip
    if derived:
        drawing.rect(
            x + 2, y + 2, width - 4, height - 4, stroke=INK if strength != "strong" else PAPER,
            stroke_width=1.2, dash="3 2",
        )  # fmt: skip
    dots(drawing, x + width / 2, y + height / 2, strength, derived=derived)


def empty_cell(
    drawing: Drawing, x: float, y: float, width: float, height: float, *, judged: bool,
    filtered: bool = False, title: str = "", data: Data = _NOTHING,
) -> None:  # fmt: skip
    """A cell of a pair that is not aligned, filtered out, or undecided."""
    if judged:
        drawing.rect(x, y, width, height, fill=PAPER, stroke="#d9d9d9", title=title, data=data)
        if filtered:
            drawing.line(
                x + width / 2 - 6, y + height / 2, x + width / 2 + 6, y + height / 2, stroke=MUTED
            )
        else:
            cross(drawing, x + width / 2, y + height / 2)
        return
    drawing.rect(
        x + 0.5, y + 0.5, width - 1, height - 1, fill="#f7f7f7", stroke=RULE, dash="1.5 3",
        title=title, data=data,
    )  # fmt: skip
    drawing.lines(x + width / 2, y + height / 2, ["?"], size=12, fill=MUTED, anchor="middle")
