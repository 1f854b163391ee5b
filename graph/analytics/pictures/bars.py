"""Shares as bars whose whole length is the denominator, and lists in order of a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.analytics.pictures import parts
from graph.analytics.pictures.svg import (
    INK,
    KINDS,
    LABEL_LINES,
    LEADING,
    MARGIN,
    MUTED,
    PAPER,
    RULE,
    SHADE,
    TRACK,
    Drawing,
    wrap,
)
from graph.analytics.pictures.widths import width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.analytics.coverage import Coverage, Share
    from graph.analytics.editions import EditionCoverage

_WIDTH: Final = 880.0
_LABEL: Final = 290.0
_BAR: Final = 380.0
_ROW: Final = 25.0

_FILL: Final = "#2b7bba"

#: Headings of the groups of a coverage, in the order of its table.
_GROUPS: Final = {
    "all": "All",
    "level": "By level",
    "parent": "By what stands above",
    "strength": "Reached by an alignment",
    "aim": "Reached by an alignment that serves",
    "direction": "Reached by an alignment whose value runs",
}

_DIRECTIONS: Final = {
    "sw-enhances-isp": "social work to implementation",
    "isp-enhances-sw": "implementation to social work",
    "mutual": "both ways",
}


def coverage_bars(coverage: Coverage, title: str) -> str:
    """Coverage of both frameworks: each bar is as long as its denominator, filled as far as
    reached.
    """  # noqa: D205
    about = (
        "The whole bar is all statements meant, the filled part those reached; the numbers say how "
        "many of how many. Diamond: weighted by strength. Ring: weighted by confidence. Statement "
        "by statement: the matrix, and the table."
    )
    drawing = Drawing("coverage", title, about, width=_WIDTH)
    _marks_legend(drawing)
    for side in coverage.sides:
        drawing.y += 18
        drawing.heading(f"{side.framework}: how much of it {side.other} reaches")
        for name, words in _GROUPS.items():
            shares = [share for share in side.shares if share.by == name]
            if shares and not (name == "all" and not shares[0].total):
                _group(drawing, side.framework, words, shares)
        if not side.whole.total:
            drawing.note(f"{side.framework} has no statement at this level.")
    return drawing.svg()


def edition_bars(coverage: EditionCoverage, title: str) -> str:
    """Editions side by side: what is reached of each, and what each reaches."""
    about = (
        "Asserted: alignments made for this edition. Practice: with what follows by edition "
        "lineage and roll-up, all of which needs review. Compare rows of one regime. Diamond: "
        "weighted by strength. Ring: weighted by confidence."
    )
    drawing = Drawing("editions", title, about, width=_WIDTH)
    _marks_legend(drawing)
    for heading, pick in (
        (f"Each edition: how much of it {coverage.selection.to} reaches", "whole"),
        (f"{coverage.selection.to}: how much of it each edition reaches", "other"),
    ):
        drawing.y += 12
        drawing.heading(heading)
        for row in coverage.rows:
            share: Share = getattr(row, pick)
            _bar(drawing, row.edition, f"{row.edition}, {row.regime}", share)
    for note in dict.fromkeys(row.note for row in coverage.rows if row.note):
        drawing.note(note)
    return drawing.svg()


def _marks_legend(drawing: Drawing) -> None:
    def reached(x: float, y: float) -> None:
        drawing.rect(x, y - 6, 26, 12, fill=_FILL)
        drawing.rect(x + 26, y - 6, 18, 12, fill=TRACK, stroke=RULE, stroke_width=0.7)

    parts.legend(
        drawing,
        [
            ("reached, of all", 44, reached),
            ("weighted by strength", 12, lambda x, y: _mark(drawing, x + 6, y, "diamond")),
            ("weighted by confidence", 12, lambda x, y: _mark(drawing, x + 6, y, "ring")),
        ],
    )
    drawing.y += 14


def _group(drawing: Drawing, framework: str, words: str, shares: Sequence[Share]) -> None:
    drawing.y += 8
    if shares[0].by != "all":
        drawing.text(MARGIN, drawing.y + 12, words, size=12, fill=MUTED)
        drawing.y += 20
    for share in shares:
        label = _DIRECTIONS.get(share.label, share.label)
        if share.by == "all":
            label = "all statements at this level"
        elif share.by == "parent" and share.id:
            label = f"{share.id} {share.label}"
        fill = SHADE.get(share.id or "", _FILL) if share.by == "strength" else _FILL
        _bar(drawing, framework, label, share, fill=fill)


def _bar(drawing: Drawing, framework: str, label: str, share: Share, *, fill: str = _FILL) -> None:
    lines = wrap(label, _LABEL - 16, 12, most=LABEL_LINES)
    height = _ROW - 9
    row = max(_ROW, len(lines) * 12 * LEADING + 5)
    x, y = MARGIN + _LABEL, drawing.y + (row - _ROW) / 2
    middle = y + height / 2
    drawing.lines(MARGIN + 10, middle, lines, title=label)
    words = f"{label}: {share.reached} of {share.total}"
    drawing.rect(
        x, y, _BAR, height, fill=TRACK, stroke=RULE, stroke_width=0.7, title=words,
        data={
            "framework": framework, "by": share.by, "id": share.id or "",
            "reached": share.reached, "total": share.total,
        },
    )  # fmt: skip
    if share.share is None:
        drawing.lines(x + _BAR + 12, middle, ["0 of 0: nothing to reach"], fill=MUTED)
        drawing.y += row
        return
    drawing.rect(x, y, _BAR * share.share, height, fill=fill, stroke=INK, stroke_width=0.5)
    for value, mark in ((share.strength, "diamond"), (share.confidence, "ring")):
        if value is not None and share.reached:
            _mark(drawing, x + _BAR * value, middle, mark)
    counted = f"{share.reached} of {share.total}"
    drawing.lines(x + _BAR + 12, middle, [counted], bold=share.by == "all")
    at = max(74.0, width_of(counted, 12, bold=True) + 12)
    drawing.lines(x + _BAR + 12 + at, middle, [f"{share.share:.0%}"], fill=MUTED)
    drawing.y += row


def _mark(drawing: Drawing, x: float, y: float, kind: str) -> None:
    if kind == "ring":
        drawing.circle(x, y, 4.2, fill=PAPER, stroke=INK, stroke_width=1.6)
        return
    drawing.path(
        ["M", x, y - 5.5, "L", x + 5.5, y, "L", x, y + 5.5, "L", x - 5.5, y, "Z"],
        fill=KINDS[4], stroke=INK, width=0.9,
    )  # fmt: skip


# ---- in order of a figure ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ranked:
    """One line of a list in order of a figure.

    Attributes
    ----------
    value : float
        The figure; below 0 it is drawn to the left.
    figure : str
        As it is written.
    note : str
        Why, below the bar.
    solid : bool
        Hollow bars are for another kind, which the picture explains.
    """

    key: str
    label: str
    value: float
    figure: str
    note: str
    solid: bool = True


@dataclass(frozen=True, slots=True)
class Block:
    """Ranked lines under a heading; `empty` says why there are none."""

    heading: str
    rows: tuple[Ranked, ...]
    empty: str = "None."


def ranking(name: str, title: str, about: str, blocks: Sequence[Block]) -> str:
    """Lists with a bar for each figure, all on one scale."""
    drawing = Drawing(name, title, about, width=_WIDTH)
    values = [row.value for block in blocks for row in block.rows]
    high, low = max([0.0, *values]), min([0.0, *values])
    scale = (_BAR - 20) / (high - low) if high > low else 0.0
    zero = MARGIN + _LABEL - low * scale
    for block in blocks:
        drawing.y += 10
        drawing.heading(block.heading)
        drawing.y += 2
        if not block.rows:
            drawing.note(block.empty)
            drawing.y += 8
        for number, row in enumerate(block.rows, 1):
            _ranked(drawing, number, row, zero, scale)
    return drawing.svg()


def _ranked(drawing: Drawing, number: int, row: Ranked, zero: float, scale: float) -> None:
    top = drawing.y
    labels = wrap(row.label, _LABEL - 40, 12, most=6)
    notes = wrap(row.note, _WIDTH - MARGIN - (MARGIN + _LABEL), 11.5, most=6)
    height = max(len(labels) * 12 * LEADING, 20 + len(notes) * 11.5 * LEADING) + 12
    drawing.lines(MARGIN + 16, top + 8, [str(number)], anchor="end", bold=True)
    drawing.lines(
        MARGIN + 26, top + 8 + (len(labels) - 1) * 12 * LEADING / 2, labels, title=row.label
    )
    length = row.value * scale
    x = min(zero, zero + length)
    drawing.rect(
        x, top + 1, abs(length), 14, fill=_FILL if row.solid else PAPER, stroke=INK,
        stroke_width=0.7, title=f"{row.label}: {row.figure}",
        data={"key": row.key, "value": row.value},
    )  # fmt: skip
    drawing.line(zero, top - 2, zero, top + 18, stroke=INK)
    end = max(zero, zero + length) + 8
    figure = wrap(row.figure, _WIDTH - MARGIN - end, 12, most=1, bold=True)
    drawing.lines(end, top + 8, figure, bold=True, title=row.figure)
    for place, line in enumerate(notes):
        drawing.text(
            MARGIN + _LABEL, top + 31 + place * 11.5 * LEADING, line, size=11.5, fill=MUTED
        )
    drawing.y += height
