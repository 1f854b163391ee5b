"""Every pair of two frameworks as a cell: aligned and how strongly, not aligned, or undecided."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from graph.analytics.pictures import parts
from graph.analytics.pictures.svg import INK, MARGIN, MUTED, RULE, Drawing, label_height, wrap
from graph.analytics.pictures.widths import width_of
from graph.catalogue import best_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.analytics.edges import Edges
    from graph.analytics.pictures.parts import Node
    from graph.model import Alignment

_LABELS = 330.0
_ROW, _GAP = 34.0, 10.0

#: Heights that the titles of the columns may have; the least that cuts none is taken.
_HEADERS = (130.0, 150.0, 170.0, 190.0, 210.0, 230.0, 250.0)

#: From one line of such a title to the next.
_LINE = 12.5

#: Groups of columns that are no wider get no heading.
_NARROW = 66.0


def matrix(edges: Edges, title: str) -> str:
    """The heat-map matrix of a projection, one row for each *from* statement.

    Strength shows by shade and by the number of dots. A pair judged not aligned has a cross, one
    filtered out a dash, one that nobody judged a question mark on gray, a derived one a dashed
    frame and hollow dots. Beside each row and below each column: aligned out of all.
    """
    rows, columns = parts.nodes_of(edges, 0), parts.nodes_of(edges, 1)
    totals = [f"{other.partners}/{other.others}" for other in columns]
    column = max(
        38.0 if len(columns) <= 30 else 26.0,
        *(width_of(words, 11, bold=True) + 4 for words in totals),
        0,
    )
    lefts = dict(_spread(edges, columns, MARGIN + _LABELS, column))
    right = max(lefts.values(), default=MARGIN + _LABELS) + column
    ends = [f"{row.partners} of {row.others}" for row in rows]
    end = max((width_of(words, 12, bold=True) for words in ends), default=0.0)
    verdicts = _verdicts(edges)
    found = {(e.left, e.right): e for e in parts.edges_of(edges, [*rows, *columns])}
    pairs = [(row.place, other.place) for row in rows for other in columns]
    about = (
        f"Rows: {edges.selection.from_}. Columns: {edges.selection.to}. Each cell is one pair; "
        "the darker and the more dots, the stronger. Numbers at the ends: aligned out of all. "
        f"{parts.left_out(edges)}"
    )
    drawing = Drawing("matrix", title, about, width=max(math.ceil(right + 8 + end + MARGIN), 760))
    parts.cell_legend(
        drawing,
        derived=any(edge.derived for edge in found.values()),
        filtered=any(v.aligned and pair not in found for pair, v in verdicts.items()),
        undecided=any(pair not in found and pair not in verdicts for pair in pairs),
    )
    _headers(drawing, edges, columns, lefts, column)
    for row, words in zip(rows, ends, strict=True):
        height = max(_ROW, label_height(row.id, row.title, _LABELS - 14))
        middle = drawing.y + height / 2
        drawing.label(MARGIN, middle, row.id, row.title, _LABELS - 14)
        for other in columns:
            x, y = lefts[other.place], drawing.y
            edge = found.get((row.place, other.place))
            pair = f"{row.id} {row.title} × {other.id} {other.title}"
            data = {"from": row.id, "to": other.id}
            if edge:
                parts.cell(
                    drawing, x + 1, y + 1, column - 2, height - 2, edge.strength,
                    derived=edge.derived, title=f"{pair}: {edge.words}", data=data,
                )  # fmt: skip
                continue
            verdict = verdicts.get((row.place, other.place))
            parts.empty_cell(
                drawing, x + 1, y + 1, column - 2, height - 2, judged=verdict is not None,
                filtered=verdict is not None and verdict.aligned,
                title=f"{pair}: {_words(verdict)}", data=data,
            )  # fmt: skip
        drawing.lines(
            right + 8, middle, [words], fill=MUTED if row.partners else INK, bold=not row.partners
        )
        drawing.y += height
    for other, words in zip(columns, totals, strict=True):
        drawing.lines(
            lefts[other.place] + column / 2, drawing.y + 12, [words], size=11, anchor="middle",
            fill=MUTED if other.partners else INK, bold=not other.partners,
        )  # fmt: skip
    drawing.y += 26
    return drawing.svg()


def _spread(
    edges: Edges, columns: list[Node], x: float, width: float
) -> Iterator[tuple[int, float]]:
    """Where each column begins; columns with the same parent stand together."""
    before: str | None = None
    for place, node in enumerate(columns):
        parent = edges.parents[node.place]
        if place and parent != before:
            x += _GAP
        before = parent
        yield node.place, x
        x += width


def _headers(
    drawing: Drawing, edges: Edges, columns: list[Node], lefts: dict[int, float], width: float
) -> None:
    """Titles of the columns, read upwards, and what they belong to above them."""
    top = drawing.y
    groups: dict[str, list[Node]] = {}
    for node in columns:
        if parent := edges.parents[node.place]:
            groups.setdefault(parent, []).append(node)
    if not _stand_together(columns, groups):
        groups = {}
    names = []
    for parent, members in groups.items():
        first, last = lefts[members[0].place] + 1, lefts[members[-1].place] + width - 1
        name = f"{parent} {edges.title_of(parent)}"
        lines = wrap(name, last - first + 4, 11, most=3) if last - first > _NARROW else []
        names.append((first, last, name, lines))
    if names:
        top += 6 + 14 * max(len(lines) for *_, lines in names)
    for first, last, name, lines in names:
        drawing.line(first, top - 5, last, top - 5, stroke=INK)
        drawing.lines(first, top - 10 - 7 * len(lines), lines, size=11, title=name)
    wholes = [f"{node.id} {node.title}" for node in columns]
    height, most = _header(wholes, width)
    bottom = top + height
    for node, whole in zip(columns, wholes, strict=True):
        lines = wrap(whole, height - 12, 11, most=most)
        middle = lefts[node.place] + width / 2
        for place, line in enumerate(lines):
            x = middle + (place - (len(lines) - 1) / 2) * _LINE + 4
            drawing.text(x, bottom - 6, line, size=11, turned=True, title=whole)
    end = max(lefts.values(), default=_LABELS) + width
    drawing.line(MARGIN, bottom - 1, end, bottom - 1, stroke=RULE)
    drawing.y = bottom + 2


def _header(titles: Sequence[str], width: float) -> tuple[float, int]:
    """How high the titles of columns are and in how many lines: with room between if it goes."""
    close = max(int(width // _LINE), 1)
    found = _HEADERS[-1], close
    for most in (max(close - 1, 1), close):
        for height in _HEADERS:
            found = height, most
            if not any(wrap(t, height - 12, 11, most=most)[-1].endswith("…") for t in titles):
                return found
    return found


def _stand_together(columns: list[Node], groups: dict[str, list[Node]]) -> bool:
    """Whether the columns of each parent are neighbors, with no parent among them."""
    place = {node.id: number for number, node in enumerate(columns)}
    return not groups.keys() & place.keys() and all(
        place[members[-1].id] - place[members[0].id] == len(members) - 1
        for members in groups.values()
    )


def _verdicts(edges: Edges) -> dict[tuple[int, int], Alignment]:
    """The best verdict on each pair of places, whatever it is."""
    place = {key: number for number, key in enumerate(edges.ids)}
    found: dict[tuple[int, int], Alignment] = {}
    for alignment in sorted(edges.verdicts, key=best_first):
        ends = place.get(alignment.subject_id), place.get(alignment.object_id)
        if ends[0] is not None and ends[1] is not None:
            found.setdefault((min(ends[0], ends[1]), max(ends[0], ends[1])), alignment)
    return found


def _words(verdict: Alignment | None) -> str:
    if verdict is None:
        return "undecided"
    if verdict.aligned:
        return f"aligned ({verdict.strength}), filtered out here. {verdict.rationale}"
    return f"not aligned, confidence {verdict.confidence:g}. {verdict.rationale}"
