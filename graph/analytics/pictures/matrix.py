"""Every pair of two frameworks as a cell: aligned and how strongly, not aligned, or undecided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.analytics.pictures import parts
from graph.analytics.pictures.svg import INK, MUTED, RULE, Drawing, wrap
from graph.catalogue import best_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.analytics.pictures.parts import Node
    from graph.analytics.project import Edges
    from graph.model import Alignment

_MARGIN, _LABELS, _TOTALS = 24.0, 300.0, 64.0
_HEADER = 190.0
_ROW, _GAP = 34.0, 10.0

#: Groups of columns that are no wider get no heading.
_NARROW = 66.0


def matrix(edges: Edges, title: str) -> str:
    """The heat-map matrix of a projection, one row for each *from* statement.

    Strength shows by shade and by the number of dots. A pair judged not aligned has a cross, one
    filtered out a dash, one that nobody judged a question mark on gray, a derived one a dashed
    frame and hollow dots. Beside each row and below each column: aligned out of all.
    """
    rows, columns = parts.nodes_of(edges, 0), parts.nodes_of(edges, 1)
    column = 38.0 if len(columns) <= 30 else 26.0
    lefts = dict(_spread(edges, columns, _MARGIN + _LABELS, column))
    right = max(lefts.values(), default=_MARGIN + _LABELS) + column
    verdicts = _verdicts(edges)
    found = {(e.left, e.right): e for e in parts.edges_of(edges, [*rows, *columns])}
    pairs = [(row.place, other.place) for row in rows for other in columns]
    about = (
        f"Rows: {edges.selection.from_}. Columns: {edges.selection.to}. Each cell is one pair; "
        "the darker and the more dots, the stronger. Numbers at the ends: aligned out of all. "
        f"{parts.left_out(edges)}"
    )
    drawing = Drawing("matrix", title, about, width=max(right + _TOTALS + _MARGIN, 760))
    parts.cell_legend(
        drawing,
        _MARGIN,
        derived=any(edge.derived for edge in found.values()),
        filtered=any(v.aligned and pair not in found for pair, v in verdicts.items()),
        undecided=any(pair not in found and pair not in verdicts for pair in pairs),
    )
    _headers(drawing, edges, columns, lefts, column)
    for row in rows:
        drawing.label(_MARGIN, drawing.y + _ROW / 2, row.id, row.title, _LABELS - 14, most=2)
        for other in columns:
            x, y = lefts[other.place], drawing.y
            edge = found.get((row.place, other.place))
            pair = f"{row.id} {row.title} × {other.id} {other.title}"
            data = {"from": row.id, "to": other.id}
            if edge:
                parts.cell(
                    drawing, x + 1, y + 1, column - 2, _ROW - 2, edge.strength,
                    derived=edge.derived, title=f"{pair}: {edge.words}", data=data,
                )  # fmt: skip
                continue
            verdict = verdicts.get((row.place, other.place))
            parts.empty_cell(
                drawing, x + 1, y + 1, column - 2, _ROW - 2, judged=verdict is not None,
                filtered=verdict is not None and verdict.aligned,
                title=f"{pair}: {_words(verdict)}", data=data,
            )  # fmt: skip
        drawing.lines(
            right + 8, drawing.y + _ROW / 2, [f"{row.partners} of {row.others}"],
            fill=MUTED if row.partners else INK, bold=not row.partners,
        )  # fmt: skip
        drawing.y += _ROW
    for other in columns:
        drawing.lines(
            lefts[other.place] + column / 2, drawing.y + 12, [f"{other.partners}/{other.others}"],
            size=11, anchor="middle", fill=MUTED if other.partners else INK,
            bold=not other.partners,
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
    if groups:
        top += 32
    for parent, members in groups.items():
        first, last = lefts[members[0].place] + 1, lefts[members[-1].place] + width - 1
        drawing.line(first, top - 5, last, top - 5, stroke=INK)
        name = f"{parent} {edges.title_of(parent)}"
        lines = wrap(name, last - first + 8, 11, most=2) if last - first > _NARROW else []
        drawing.lines(first, top - 10 - 7 * len(lines), lines, size=11, title=name)
    bottom = top + _HEADER
    for node in columns:
        whole = f"{node.id} {node.title}"
        lines = wrap(whole, _HEADER - 12, 11, most=int(width // 12))
        middle = lefts[node.place] + width / 2
        for place, line in enumerate(lines):
            x = middle + (place - (len(lines) - 1) / 2) * 12 + 4
            drawing.text(x, bottom - 6, line, size=11, turned=True, title=whole)
    end = max(lefts.values(), default=_LABELS) + width
    drawing.line(_MARGIN, bottom - 1, end, bottom - 1, stroke=RULE)
    drawing.y = bottom + 2


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
