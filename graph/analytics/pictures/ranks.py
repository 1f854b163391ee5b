"""Places in several orders, with how far the data allow them to move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.analytics.pictures.svg import INK, MARGIN, MUTED, Drawing, label_height, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.analytics.centrality import Central, Centrality, Measure

_LABEL: Final = 340.0
_PANEL: Final = 170.0
_INSET: Final = 22.0
_ROW: Final = 31.0

#: Of the letters of a label.
_SIZE: Final = 11.5

_FILL: Final = "#2b7bba"

_NAMES: Final = {
    "degree": "Weighted degree",
    "betweenness": "Betweenness",
    "pagerank": "PageRank",
    "hits": "HITS",
}

#: Most competencies of a side that are drawn.
_MOST: Final = 40


def rank_chart(found: Centrality, title: str) -> str:
    """For each measure a dot at the rank, and a line over the ranks to be reckoned with."""
    measures = found.measures
    interval = f"{found.interval:.0%} of {found.samples} samples"
    about = (
        "Dot: rank with every alignment taken as certain, 1 on the left. Line: the ranks in "
        f"{interval} in which alignments are kept as often as their confidence says. Where two "
        "lines overlap, the data do not say which competency is the more central."
        if found.samples
        else "Dot: rank with every alignment taken as certain, 1 on the left."
    )
    width = 2 * MARGIN + _LABEL + _PANEL * max(len(measures), 3)
    drawing = Drawing("centrality", title, about, width=width)
    for side in dict.fromkeys(row.side for row in found.rows):
        _side(drawing, found, measures, side)
    if not found.rows:
        drawing.note("No competencies, and so no ranks.")
    return drawing.svg()


def _side(drawing: Drawing, found: Centrality, measures: Sequence[Measure], side: int) -> None:
    first = found.of(measures[0], side)
    drawing.y += 20
    (name,) = wrap(first[0].framework, _LABEL - 20, 15, most=1, bold=True)
    drawing.text(MARGIN, drawing.y + 10, name, size=15, bold=True)
    for number, measure in enumerate(measures):
        x = MARGIN + _LABEL + number * _PANEL
        drawing.text(x + _INSET, drawing.y + 10, _NAMES[measure.value], bold=True)
    drawing.y += 20
    total = len(first)
    heights = [
        max(_ROW, label_height(row.id, row.title, _LABEL - 20, size=_SIZE)) for row in first[:_MOST]
    ]
    for number in range(len(measures)):
        x = MARGIN + _LABEL + number * _PANEL
        for rank in sorted({1, (total + 1) // 2, total}):
            at = _at(rank, total, x)
            drawing.text(at, drawing.y + 8, str(rank), size=10.5, fill=MUTED, anchor="middle")
            bottom = drawing.y + 12 + sum(heights)
            drawing.line(at, drawing.y + 12, at, bottom, stroke="#e2e2e2")
    drawing.y += 12
    rows = {(row.measure, row.id): row for row in found.rows if row.side == side}
    for row, height in zip(first, heights, strict=False):
        middle = drawing.y + height / 2
        drawing.label(MARGIN, middle, row.id, row.title, _LABEL - 20, size=_SIZE)
        for number, measure in enumerate(measures):
            x = MARGIN + _LABEL + number * _PANEL
            _interval(drawing, rows[measure, row.id], total, x, middle)
        drawing.y += height
        drawing.line(MARGIN, drawing.y, drawing.width - MARGIN, drawing.y, stroke="#f0f0f0")
    if total > _MOST:
        drawing.note(f"The first {_MOST} of {total} by {_NAMES[measures[0].value].lower()}.")


def _at(rank: int, total: int, x: float) -> float:
    return x + _INSET + (_PANEL - 2 * _INSET) * (rank - 1) / max(total - 1, 1)


def _interval(drawing: Drawing, row: Central, total: int, x: float, y: float) -> None:
    words = f"{row.id} {row.title}: rank {row.rank} of {total}, {row.value:.4g}"
    if row.rank_low is not None and row.rank_high is not None:
        words += f"; {row.rank_low} to {row.rank_high}"
        one, other = _at(row.rank_low, total, x), _at(row.rank_high, total, x)
        drawing.line(one, y, other, y, stroke="#8fb8d8", width=6, cap="round")
    drawing.circle(
        _at(row.rank, total, x), y, 5, fill=_FILL, stroke=INK, stroke_width=0.8, title=words,
        data={
            "measure": row.measure.value, "id": row.id, "rank": row.rank, "low": row.rank_low,
            "high": row.rank_high,
        },
    )  # fmt: skip
