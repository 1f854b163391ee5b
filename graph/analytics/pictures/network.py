"""The alignments of two frameworks as lines: side by side, around a circle, or theme by theme."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.analytics.edges import WEIGHT
from graph.analytics.pictures import parts
from graph.analytics.pictures.svg import (
    INK,
    KINDS,
    LABEL_LINES,
    LEADING,
    LINE,
    MARGIN,
    MUTED,
    PAPER,
    RULE,
    WIDTH,
    Drawing,
    label_height,
    wrap,
)
from graph.analytics.pictures.widths import width_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from graph.analytics.communities import Communities, Community
    from graph.analytics.edges import Edges
    from graph.analytics.pictures.parts import Edge, Node

_WIDTH: Final = 1020.0
_LABEL: Final = 310.0
_ROW: Final = 40.0

#: From a mark to the label beside it; the number of partners stands between them.
_APART: Final = 50.0
_LEFT: Final = MARGIN + _LABEL + _APART
_RIGHT: Final = _WIDTH - MARGIN - _LABEL - _APART

#: Lines that are there for context only.
_PALE: Final = "#d4d4d4"


# ---- side by side --------------------------------------------------------------------------


def bipartite(edges: Edges, title: str, *, chosen: Collection[str] = ()) -> str:
    """Both frameworks as columns, alignments as lines between them, as wide as they are strong.

    With `chosen` statements, only their lines are in colour and the others pale.
    """
    sides = [parts.nodes_of(edges, side) for side in (0, 1)]
    drawn = parts.edges_of(edges, [*sides[0], *sides[1]])
    about = "Lines are alignments, the wider and darker the stronger. Numbers: partners out of all."
    if chosen:
        about = (
            "Bold: the members of the set and what they reach. Lines are alignments, the wider "
            "and darker the stronger; those of other competencies are pale."
        )
    drawing = Drawing("bipartite", title, f"{about} {parts.left_out(edges)}", width=_WIDTH)
    parts.line_legend(drawing, derived=any(edge.derived for edge in drawn))
    _heads(drawing, edges)
    picked = {node.place for nodes in sides for node in nodes if node.id in chosen}
    lit = picked | {e.right for e in drawn if e.left in picked}
    at, height = _rows(sides, drawing.y, bold=lit)
    for edge in sorted(drawn, key=lambda edge: edge.left in picked or edge.right in picked):
        pale = bool(picked) and not {edge.left, edge.right} & picked
        _curve(drawing, edges, edge, at, colour=_PALE if pale else LINE[edge.strength])
    for side, nodes in enumerate(sides):
        for node in nodes:
            _node(drawing, node, side, at[node.place], bold=node.place in lit)
    drawing.y += height + 6
    return drawing.svg()


def _rows(
    sides: Sequence[Sequence[Node]], top: float, *, bold: Collection[int] = ()
) -> tuple[dict[int, float], float]:
    """The height of each statement's middle, and how high the higher side is.

    The lower side has its statements farther apart, so that both end on one line.
    """
    heights = [
        [
            max(_ROW, label_height(node.id, node.title, _label_room(node), bold=node.place in bold))
            for node in nodes
        ]
        for nodes in sides
    ]
    whole = max(_ROW, *(sum(side) for side in heights))
    at = {}
    for nodes, side in zip(sides, heights, strict=True):
        spare = (whole - sum(side)) / max(len(nodes), 1)
        y = top
        for node, height in zip(nodes, side, strict=True):
            at[node.place] = y + (height + spare) / 2
            y += height + spare
    return at, whole


def _apart_of(node: Node) -> float:
    """How far a label is from its mark: more where many partners are counted."""
    return max(_APART, 11 + width_of(_partners(node), 11) + 7)


def _label_room(node: Node) -> float:
    return _LABEL + _APART - _apart_of(node)


def _partners(node: Node) -> str:
    return f"{node.partners}/{node.others}"


def _heads(drawing: Drawing, edges: Edges) -> None:
    names = [
        wrap(name, _LABEL, 13, most=1, bold=True)[0]
        for name in (edges.selection.from_, edges.selection.to)
    ]
    drawing.text(_LEFT - _APART, drawing.y + 12, names[0], bold=True, anchor="end", size=13)
    drawing.text(_RIGHT + _APART, drawing.y + 12, names[1], bold=True, size=13)
    drawing.y += 22


def _node(
    drawing: Drawing, node: Node, side: int, y: float, *, bold: bool = False, colour: str = INK
) -> None:
    """A statement: a circle on the *from* side, a square on the other."""
    words = f"{node.id} {node.title}: {node.partners} of {node.others}"
    data = {"id": node.id, "partners": node.partners, "others": node.others}
    hollow = PAPER if not node.partners else colour
    if side == 0:
        drawing.circle(_LEFT, y, 6, fill=hollow, stroke=colour, title=words, data=data)
    else:
        drawing.rect(
            _RIGHT - 5.5, y - 5.5, 11, 11, fill=hollow, stroke=colour, title=words, data=data
        )
    anchor, sign = ("end", -1) if side == 0 else ("start", 1)
    x = _LEFT if side == 0 else _RIGHT
    drawing.lines(x + sign * 11, y, [_partners(node)], size=11, fill=MUTED, anchor=anchor)
    drawing.label(
        x + sign * _apart_of(node), y, node.id, node.title, _label_room(node), anchor=anchor,
        bold=bold,
    )  # fmt: skip


def _curve(
    drawing: Drawing, edges: Edges, edge: Edge, at: Mapping[int, float], *, colour: str
) -> None:
    bend = (_RIGHT - _LEFT) * 0.45
    one, other = at[edge.left], at[edge.right]
    drawing.path(
        ["M", _LEFT, one, "C", _LEFT + bend, one, _RIGHT - bend, other, _RIGHT, other],
        stroke=colour, width=WIDTH[edge.strength], dash=parts.DASH if edge.derived else "",
        title=f"{edges.ids[edge.left]} × {edges.ids[edge.right]}: {edge.words}",
        data=_data(edges, edge),
    )  # fmt: skip


def _data(edges: Edges, edge: Edge) -> dict[str, object]:
    return {
        "from": edges.ids[edge.left],
        "to": edges.ids[edge.right],
        "strength": edge.strength,
        "derived": str(edge.derived).lower(),
    }


# ---- around a circle -----------------------------------------------------------------------

_RADIUS: Final = 235.0
_BAND: Final = 12.0

#: From the circle to the labels, their size, and how wide they may be.
_OUT: Final = 27.0
_ARC_SIZE: Final = 11.0
_ARC_LABEL: Final = _WIDTH / 2 - _RADIUS - _OUT - MARGIN

#: How near to the middle bands are drawn, as a share of the radius.
_PULL: Final = 0.35
_SPAN: Final = math.radians(158)
_PAUSE: Final = math.radians(1.6)


@dataclass(frozen=True, slots=True)
class _Arc:
    """A statement's part of the circle, by angles from the right, downwards."""

    node: Node
    begin: float
    end: float

    @property
    def middle(self) -> float:
        return (self.begin + self.end) / 2


def chord(edges: Edges, title: str) -> str:
    """Both frameworks around a circle, alignments as bands across it.

    The longer a statement's arc, the more it shares: three parts for a strong alignment, two for a
    moderate, one for a weak one. Both half circles have the same scale.
    """
    sides = [parts.nodes_of(edges, side) for side in (0, 1)]
    drawn = parts.edges_of(edges, [*sides[0], *sides[1]])
    about = (
        f"Left: {edges.selection.from_}, right: {edges.selection.to}. Each band is an alignment, "
        "the wider and darker the stronger. An arc is as long as what the statement shares "
        f"(number: strong 3, moderate 2, weak 1, summed). {parts.left_out(edges)}"
    )
    drawing = Drawing("chord", title, about, width=_WIDTH)
    parts.line_legend(drawing, derived=any(edge.derived for edge in drawn))
    labels = [[_arc_label(node, drawn) for node in nodes] for nodes in sides]
    heights = [[len(lines) * _ARC_SIZE * LEADING + 4 for _, lines in side] for side in labels]
    room = max(2 * _RADIUS + 40, *(sum(side) for side in heights))
    x, y = _WIDTH / 2, drawing.y + room / 2 + 8
    total = sum(WEIGHT_OF[edge.strength] for edge in drawn)
    longest = max(len(sides[0]), len(sides[1]), 1)
    unit = (_SPAN - _PAUSE * longest) / total if total else 0.0
    arcs: dict[int, _Arc] = {}
    for side, nodes in enumerate(sides):
        arcs |= _arcs(nodes, drawn, side, unit)
    for edge, ends in _bands(drawn, arcs, sides, unit):
        _band(drawing, edges, edge, ends, x, y)
    for side, nodes in enumerate(sides):
        mine = [arcs[node.place] for node in nodes]
        places = _apart(mine, heights[side], y, room)
        for arc, at, (shared, lines) in zip(mine, places, labels[side], strict=True):
            _arc(drawing, arc, side, x, y, shared)
            _beside(drawing, arc, side, (x, y), at, lines)
    drawing.y += room + 20
    return drawing.svg()


#: Parts of an arc for each strength.
WEIGHT_OF: Final = {strength.value: weight for strength, weight in WEIGHT.items()}


def _arcs(nodes: Sequence[Node], drawn: Sequence[Edge], side: int, unit: float) -> dict[int, _Arc]:
    """Arcs from top to bottom, in published order, centered on their half."""
    lengths = [unit * _shared(node, drawn) for node in nodes]
    whole = sum(lengths) + _PAUSE * len(nodes)
    spare = (_SPAN - whole) / max(len(nodes), 1)
    angle = -_SPAN / 2
    found = {}
    for node, length in zip(nodes, lengths, strict=True):
        angle += (_PAUSE + spare) / 2
        begin, end = angle, angle + length
        if side == 0:
            begin, end = math.pi - begin, math.pi - end
        found[node.place] = _Arc(node, begin, end)
        angle += length + (_PAUSE + spare) / 2
    return found


def _bands(
    drawn: Sequence[Edge], arcs: Mapping[int, _Arc], sides: Sequence[Sequence[Node]], unit: float
) -> list[tuple[Edge, tuple[float, float, float, float]]]:
    """For each alignment the angles at which its band leaves both arcs; strong ones last."""
    places: dict[tuple[int, int, int], tuple[float, float]] = {}
    for side, nodes in enumerate(sides):
        sign = -1 if side == 0 else 1
        for node in nodes:
            angle = arcs[node.place].begin
            mine = [e for e in drawn if node.place in (e.left, e.right)]
            for edge in sorted(mine, key=lambda e, s=side: e.right if s == 0 else e.left):  # type: ignore[misc]
                step = sign * unit * WEIGHT_OF[edge.strength]
                places[edge.left, edge.right, side] = (angle, angle + step)
                angle += step
    return [
        (edge, (*places[edge.left, edge.right, 0], *places[edge.left, edge.right, 1]))
        for edge in drawn
    ]


def _band(
    drawing: Drawing, edges: Edges, edge: Edge, ends: tuple[float, ...], x: float, y: float
) -> None:
    pulls = [(x + _PULL * _RADIUS * math.cos(t), y + _PULL * _RADIUS * math.sin(t)) for t in ends]
    a, b, c, d = ((x + _RADIUS * math.cos(t), y + _RADIUS * math.sin(t)) for t in ends)
    steps: list[str | float] = [
        "M", *a, "A", _RADIUS, _RADIUS, 0, 0, 0, *b, "C", *pulls[1], *pulls[3], *d,
        "A", _RADIUS, _RADIUS, 0, 0, 0, *c, "C", *pulls[2], *pulls[0], *a, "Z",
    ]  # fmt: skip
    drawing.path(
        steps, fill=LINE[edge.strength] if not edge.derived else PAPER,
        stroke=PAPER if not edge.derived else LINE[edge.strength], width=0.4 if not edge.derived
        else 1, dash=parts.DASH if edge.derived else "", opacity=0.9,
        title=f"{edges.ids[edge.left]} × {edges.ids[edge.right]}: {edge.words}",
        data=_data(edges, edge),
    )  # fmt: skip


def _apart(arcs: Sequence[_Arc], heights: Sequence[float], y: float, room: float) -> list[float]:
    """Where the middles of the labels of one side are: near their arcs, clear of each other."""
    found = [y + (_RADIUS + 26) * math.sin(arc.middle) for arc in arcs]
    above = y - room / 2
    for place, height in enumerate(heights):
        found[place] = max(found[place], above + height / 2)
        above = found[place] + height / 2
    below = y + room / 2
    for place in reversed(range(len(found))):
        found[place] = min(found[place], below - heights[place] / 2)
        below = found[place] - heights[place] / 2
    return found


def _shared(node: Node, drawn: Sequence[Edge]) -> int:
    """What a statement shares with the other side."""
    return sum(WEIGHT_OF[e.strength] for e in drawn if node.place in (e.left, e.right))


def _arc_label(node: Node, drawn: Sequence[Edge]) -> tuple[int, list[str]]:
    """What a statement shares, and the lines that say so beside its arc."""
    shared = _shared(node, drawn)
    words = f"{node.id} ({shared}) {node.title}"
    return shared, wrap(words, _ARC_LABEL, _ARC_SIZE, most=LABEL_LINES)


def _arc(drawing: Drawing, arc: _Arc, side: int, x: float, y: float, shared: int) -> None:
    inner, outer = _RADIUS + 2, _RADIUS + 2 + _BAND
    begin, end = arc.begin, arc.end
    if abs(end - begin) < math.radians(0.5):
        begin, end = arc.middle - math.radians(0.25), arc.middle + math.radians(0.25)
    turn = 1 if side else 0
    points = [
        (x + radius * math.cos(angle), y + radius * math.sin(angle))
        for radius, angle in ((inner, begin), (inner, end), (outer, end), (outer, begin))
    ]
    drawing.path(
        ["M", *points[0], "A", inner, inner, 0, 0, turn, *points[1], "L", *points[2],
         "A", outer, outer, 0, 0, 1 - turn, *points[3], "Z"],
        fill=INK if shared else PAPER, stroke=INK, width=0.8,
        title=f"{arc.node.id} {arc.node.title}: {shared}",
        data={"id": arc.node.id, "shared": shared},
    )  # fmt: skip


def _beside(
    drawing: Drawing, arc: _Arc, side: int, middle: tuple[float, float], at: float,
    lines: Sequence[str],
) -> None:  # fmt: skip
    """The label of an arc at a height, and a thin line from the arc to it."""
    x, y = middle
    sign, anchor = (1, "start") if side else (-1, "end")
    edge, outer = x + sign * (_RADIUS + _OUT), _RADIUS + 3 + _BAND
    drawing.path(
        ["M", x + outer * math.cos(arc.middle), y + outer * math.sin(arc.middle),
         "L", edge - sign * 4, at],
        stroke=RULE, width=0.8,
    )  # fmt: skip
    whole = f"{arc.node.id} {arc.node.title}"
    drawing.lines(edge, at, lines, size=_ARC_SIZE, anchor=anchor, title=whole)


# ---- theme by theme ------------------------------------------------------------------------


def community_map(edges: Edges, found: Communities, title: str) -> str:
    """Themes as bands: members on both sides, what joins them in colour, what leaves them pale."""
    by_id = {node.id: node for side in (0, 1) for node in parts.nodes_of(edges, side)}
    drawn = parts.edges_of(edges, [*by_id.values()])
    about = (
        "Each band is a theme: words that its members share, members of "
        f"{edges.selection.from_} on the left and of {edges.selection.to} on the right. Lines in "
        "color stay within a theme; pale lines run between themes. "
        f"{parts.left_out(edges)}"
    )
    drawing = Drawing("communities", title, about, width=_WIDTH)
    _heads(drawing, edges)
    at: dict[int, float] = {}
    theme_of: dict[int, int] = {}
    shown: list[tuple[Node, int, float, str]] = []
    heads: list[tuple[Community, float]] = []
    for community in found.found:
        colour = KINDS[(community.number - 1) % len(KINDS)]
        sides = [[by_id[m.id] for m in community.of_side(side) if m.id in by_id] for side in (0, 1)]
        rows, height = _rows(sides, drawing.y + _BAND_HEAD)
        at |= rows
        drawing.rect(
            MARGIN - 10, drawing.y, _WIDTH - 2 * MARGIN + 20, height + _BAND_HEAD + 10,
            fill="#f8f8f8", radius=6,
            data={
                "theme": community.number, "links": community.links, "outside": community.outside,
            },
        )  # fmt: skip
        drawing.rect(MARGIN - 10, drawing.y, 6, height + _BAND_HEAD + 10, fill=colour, radius=3)
        heads.append((community, drawing.y))
        for side, nodes in enumerate(sides):
            for node in nodes:
                theme_of[node.place] = community.number
                shown.append((node, side, at[node.place], colour))
        drawing.y += _BAND_HEAD + height + 20
    inside = [e for e in drawn if theme_of.get(e.left) == theme_of.get(e.right)]
    for edge in (*(e for e in drawn if e not in inside), *inside):
        if edge.left in at and edge.right in at:
            colour = _PALE
            if edge in inside:
                colour = KINDS[(theme_of[edge.left] - 1) % len(KINDS)]
            _curve(drawing, edges, edge, at, colour=colour)
    for community, y in heads:
        _head(drawing, community, y)
    for node, side, y, colour in shown:
        _node(drawing, node, side, y, colour=colour)
    if found.alone:
        drawing.note(f"Of no theme, without any alignment that counts: {', '.join(found.alone)}.")
    drawing.note("Numbers beside the marks: partners out of all statements of the other framework.")
    return drawing.svg()


#: Height of what is written on top of a theme.
_BAND_HEAD: Final = 48.0


def _head(drawing: Drawing, community: Community, y: float) -> None:
    """What a theme is about, on both sides of the lines."""
    head = f"{community.number}. {community.label}"
    (line,) = wrap(head, _WIDTH - 2 * MARGIN - 4, 14, most=1, bold=True)
    drawing.text(MARGIN + 4, y + 19, line, size=14, bold=True, title=head)
    inside = f"{community.links} alignments inside, {community.outside} to other themes"
    drawing.text(MARGIN + 4, y + 36, inside, size=12, fill=MUTED)
    if community.stability is not None:
        together = f"members together in {community.stability:.0%} of runs"
        drawing.text(_WIDTH - MARGIN, y + 36, together, size=12, fill=MUTED, anchor="end")
