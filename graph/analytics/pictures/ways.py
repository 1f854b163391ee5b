"""Paths between two competencies, step by step, with the reason for each step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.analytics.pictures.parts import DASH
from graph.analytics.pictures.svg import (
    INK,
    LABEL_LINES,
    LEADING,
    LINE,
    MARGIN,
    MUTED,
    PAPER,
    WIDTH,
    Drawing,
    wrap,
)
from graph.analytics.pictures.widths import width_of

if TYPE_CHECKING:
    from graph.analytics.paths import Path, Paths, Step

_WIDTH: Final = 880.0

#: Most paths that are drawn.
_MOST: Final = 5


def path_chart(found: Paths, title: str) -> str:
    """Each path from top to bottom: competencies as boxes, alignments as lines between them."""
    about = (
        "The wider and darker a line, the stronger the alignment. Confidence of a path: the "
        "guaranteed bounds that all its steps hold. A path does not say that its ends align."
    )
    drawing = Drawing("paths", title, about, width=_WIDTH)
    for number, path in enumerate(found.found[:_MOST], 1):
        _path(drawing, number, path)
    if not found.found:
        drawing.note(f"Nothing connects {found.source} with {found.target} here.")
    if len(found.found) > _MOST:
        drawing.note(f"The first {_MOST} of {len(found.found)} paths; the table has all.")
    return drawing.svg()


def _path(drawing: Drawing, number: int, path: Path) -> None:
    drawing.y += 10
    sure = path.confidence
    words = f"{len(path.steps)} {'step' if len(path.steps) == 1 else 'steps'}"
    told = (
        f"all steps hold with at least {sure.lower:.2f}, at most {sure.upper:.2f}; "
        f"cost {path.cost:.3g}"
    )
    drawing.text(_WIDTH - MARGIN, drawing.y + 10, told, anchor="end", fill=MUTED)
    drawing.heading(f"Path {number}: {words}", room=width_of(told, 12) + 12)
    for place, step in enumerate(path.steps):
        if place == 0:
            _box(drawing, step.from_id, step.from_title)
        _step(drawing, step, weakest=len(path.steps) > 1 and path.weakest == place + 1)
        _box(drawing, step.to_id, step.to_title)
    drawing.y += 12


def _box(drawing: Drawing, code: str, title: str) -> None:
    whole = f"{code} {title}"
    lines = wrap(whole, _WIDTH - 2 * MARGIN - 30, 13, most=LABEL_LINES, bold=True)
    height = max(30.0, len(lines) * 13 * LEADING + 14)
    width = max(width_of(line, 13, bold=True) for line in lines) + 28
    drawing.rect(
        MARGIN, drawing.y, width, height, fill=PAPER, stroke=INK, radius=5, data={"id": code}
    )
    drawing.lines(MARGIN + 12, drawing.y + height / 2, lines, size=13, bold=True, title=whole)
    drawing.y += height


def _step(drawing: Drawing, step: Step, *, weakest: bool) -> None:
    head = step.relation.replace("-", " ")
    if step.strength:
        head = f"{head}, {step.strength}, confidence {step.confidence:g}"
    head += ", derived: needs review" if step.derived else ""
    head += " (the weakest step)" if weakest else ""
    x = MARGIN + 44
    lines = wrap(step.rationale, _WIDTH - MARGIN - x - 12, 12, most=4)
    heads = wrap(head, _WIDTH - MARGIN - x - 12, 12, bold=True)
    top = 21 + (len(heads) - 1) * 12 * LEADING
    height = top + 9 + len(lines) * 12 * LEADING + 8
    strength = step.strength or "weak"
    drawing.line(
        MARGIN + 20, drawing.y, MARGIN + 20, drawing.y + height, stroke=LINE[strength]
        if step.strength else INK, width=WIDTH[strength], dash=DASH if step.derived else "",
    )  # fmt: skip
    for place, line in enumerate(heads):
        drawing.text(x, drawing.y + 21 + place * 12 * LEADING, line, bold=True)
    for place, line in enumerate(lines):
        drawing.text(x, drawing.y + top + 17 + place * 12 * LEADING, line, fill=MUTED)
    drawing.y += height
