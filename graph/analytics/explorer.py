"""Two frameworks as a net to walk through: which statements and links are shown, and where.

Positions depend on the data alone: a column for each framework, statements in published order
under their domain, or theme by theme. Nothing is left to chance or to the machine, so that a net
that was shown to somebody looks the same when it is opened again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph.analytics.edges import DIRECTIONS, STRENGTH_OF
from graph.catalogue import best_first
from graph.errors import NotFoundError, ParameterError
from graph.model import Verdict
from graph.nearest import nearest
from graph.records import figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.analytics.communities import Communities
    from graph.analytics.edges import Edges
    from graph.analytics.paths import Paths, Step
    from graph.model import Alignment
    from graph.records import Record

#: Distances in the units of the picture: between statements, around a group, between columns.
_ROW, _GAP, _WIDE = 46, 34, 560


class Show(StrEnum):
    """Which verdicts are links of the net."""

    ALIGNED = "aligned"
    NOT_ALIGNED = "not-aligned"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Node:
    """A statement of the net.

    Attributes
    ----------
    side : int
        0 for the *from* framework, 1 for *to*, 2 for any other that a path leads through.
    group : int
        Number of its group, from 1; 0 if it is in none.
    links : int
        How many statements it is aligned with in the net.
    x, y : int
        Where it stands, to the right and downwards.
    """

    id: str
    title: str
    level: str
    framework: str
    side: int
    group: int
    links: int
    x: int
    y: int

    def record(self) -> Record:
        """As JSON."""
        return {
            "id": self.id,
            "title": self.title,
            "level": self.level,
            "framework": self.framework,
            "side": self.side,
            "group": self.group,
            "links": self.links,
            "x": self.x,
            "y": self.y,
        }


@dataclass(frozen=True, slots=True)
class Link:
    """A verdict of the net, or a step of the path; its relation is read from `from_id`.

    Attributes
    ----------
    step : int
        Place on the path, from 1; 0 if it is not on it.
    """

    from_id: str
    to_id: str
    verdict: str
    relation: str | None
    strength: str | None
    confidence: float
    direction: str | None
    aims: tuple[str, ...]
    derived: bool
    rationale: str
    alignment: str | None
    step: int = 0

    @property
    def ends(self) -> frozenset[str]:
        """Both statements, whichever comes first."""
        return frozenset((self.from_id, self.to_id))

    def record(self) -> Record:
        """As JSON."""
        return {
            "from": self.from_id,
            "to": self.to_id,
            "verdict": self.verdict,
            "relation": self.relation,
            "strength": self.strength,
            "confidence": figure(self.confidence),
            "direction": self.direction,
            "aims": [*self.aims],
            "derived": self.derived,
            "rationale": self.rationale,
            "alignment": self.alignment,
            "step": self.step,
        }


@dataclass(frozen=True, slots=True)
class Group:
    """Statements that stand together: those of a domain, or of a theme.

    Attributes
    ----------
    side : int | None
        Which framework it belongs to; `None` for a theme, which has members of both.
    """

    number: int
    label: str
    side: int | None
    size: int

    def record(self) -> Record:
        """As JSON."""
        return {
            "number": self.number,
            "label": self.label,
            "side": self.side,
            "size": self.size,
        }


@dataclass(frozen=True, slots=True)
class Heading:
    """What is written above a group."""

    text: str
    side: int
    x: int
    y: int

    def record(self) -> Record:
        """As JSON."""
        return {"text": self.text, "side": self.side, "x": self.x, "y": self.y}


@dataclass(frozen=True, slots=True)
class Net:
    """What is shown, and where.

    Attributes
    ----------
    edges : Edges
        The aligned links as a projection, for pictures.
    totals : tuple[int, int]
        How many statements each framework has at this level, shown or not.
    """

    edges: Edges
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    groups: tuple[Group, ...]
    headings: tuple[Heading, ...]
    focus: str | None
    totals: tuple[int, int]

    def record(self) -> Record:
        """As JSON."""
        return {
            "nodes": [node.record() for node in self.nodes],
            "edges": [link.record() for link in self.links],
            "groups": [group.record() for group in self.groups],
            "headings": [heading.record() for heading in self.headings],
        }

    @property
    def says(self) -> str:
        """What is shown, with its denominators."""
        selection = self.edges.selection
        names = selection.from_, selection.to
        aligned = [link for link in self.links if link.verdict == Verdict.ALIGNED.value]
        refused = len(self.links) - len(aligned)
        kinds = Counter(link.strength or "of no stated strength" for link in aligned)
        named = ", ".join(f"{kinds[kind]} {kind}" for kind in _KINDS if kinds[kind])
        strengths = f" ({named})" if named else ""
        if self.focus:
            side = next(node.side for node in self.nodes if node.id == self.focus)
            partners = sum(self.focus in link.ends for link in aligned)
            text = (
                f"{self.focus} and its links: aligned with {partners} of "
                f"{self.totals[1 - side]} statements of {names[1 - side]}{strengths}"
            )
            return f"{text}, judged not aligned with {refused}." if refused else f"{text}."
        sides = [
            f"{sum(node.side == side for node in self.nodes)} of {total} statements of {name}"
            for side, (name, total) in enumerate(zip(names, self.totals, strict=True))
        ]
        others = sum(node.side == len(sides) for node in self.nodes)
        if others:
            sides.append(f"{others} of other frameworks on the path")
        count = f"{len(aligned)} {'alignment' if len(aligned) == 1 else 'alignments'}{strengths}"
        shown = count if aligned or not refused else ""
        if refused:
            pairs = f"{refused} {'pair' if refused == 1 else 'pairs'} judged not aligned"
            shown = f"{shown} and {pairs}" if shown else pairs
        return f"{', '.join(sides[:-1])} and {sides[-1]}, with {shown}."


_KINDS: Final = ("strong", "moderate", "weak", "of no stated strength")


def explore(
    edges: Edges,
    *,
    show: Show = Show.ALIGNED,
    min_confidence: float = 0,
    focus: str | None = None,
    themes: Communities | None = None,
    path: Paths | None = None,
) -> Net:
    """The net of a projection.

    Parameters
    ----------
    edges : Edges
        Made by `project_edges`, whose filters hold for aligned pairs.
    show : Show
        Which verdicts are links. A pair judged not aligned has no strength and serves no aim:
        only the confidence filters it.
    min_confidence : float
        Leave out links that are less sure, 0 to 1.
    focus : str | None
        Keep this statement and what it is linked with.
    themes : Communities | None
        Group by these themes; by domain if left out.
    path : Paths | None
        Its first way is shown whatever the filters, with statements of other frameworks on it.

    Raises
    ------
    NotFoundError
        If the focus is none of the statements, with the nearest that are.
    ParameterError
        If the confidence is none that there is.
    """
    if not 0 <= min_confidence <= 1:
        raise ParameterError("min_confidence", str(min_confidence), "a number from 0 to 1")
    if focus is not None and focus not in edges.ids:
        where = f"statement of {edges.selection.from_} or {edges.selection.to} at this level"
        raise NotFoundError(where, focus, nearest(focus, edges.ids))
    mask = edges.confidence >= min_confidence
    if show is Show.NOT_ALIGNED:
        mask = np.zeros_like(mask)
    kept = _masked(edges, mask)
    links = [*_aligned(kept)]
    if show is not Show.ALIGNED:
        links += _refused(edges, min_confidence)
    if focus is not None:
        links = [link for link in links if focus in link.ends]
    steps = path.found[0].steps if path and path.found else ()
    links = _with_path(links, steps)
    wanted = set(edges.ids)
    if focus is not None:
        wanted = {focus} | {end for link in links for end in link.ends}
    groups, group_of = _groups(edges, themes)
    nodes, headings = _placed(edges, wanted, groups, group_of, links, steps)
    order = {node.id: place for place, node in enumerate(nodes)}
    links.sort(key=lambda link: (order[link.from_id], order[link.to_id]))
    present = {node.group for node in nodes}
    return Net(
        kept,
        tuple(nodes),
        tuple(links),
        tuple(group for group in groups if group.number in present),
        tuple(headings),
        focus,
        edges.shape,
    )


def _masked(edges: Edges, mask: Any) -> Edges:
    """The same nodes with some of the edges."""
    places = np.flatnonzero(mask)
    columns = ("left", "right", "weight", "confidence", "direction", "derived", "aims")
    texts = ("alignments", "relations", "rationales")
    kept: dict[str, Any] = {name: getattr(edges, name)[places] for name in columns}
    kept |= {name: tuple(getattr(edges, name)[place] for place in places) for name in texts}
    return replace(edges, **kept)


def _aligned(edges: Edges) -> Iterator[Link]:
    """The edges of a projection as links."""
    for edge in range(len(edges)):
        direction = int(edges.direction[edge])
        served = zip(edges.aim_names, edges.aims[edge], strict=True)
        yield Link(
            edges.ids[edges.left[edge]],
            edges.ids[edges.right[edge]],
            Verdict.ALIGNED.value,
            edges.relations[edge],
            STRENGTH_OF[int(edges.weight[edge])].value,
            float(edges.confidence[edge]),
            DIRECTIONS[direction].value if direction >= 0 else None,
            tuple(aim for aim, yes in served if yes),
            bool(edges.derived[edge]),
            edges.rationales[edge],
            edges.alignments[edge],
        )


def _refused(edges: Edges, min_confidence: float) -> Iterator[Link]:
    """Pairs judged not aligned, read from the *from* side; of several verdicts the best counts."""
    place = {node: number for number, node in enumerate(edges.ids)}
    best: dict[tuple[int, int], Alignment] = {}
    for verdict in edges.verdicts:
        one, other = place.get(verdict.subject_id), place.get(verdict.object_id)
        if one is None or other is None:
            continue
        pair = min(one, other), max(one, other)
        if pair not in best or best_first(verdict) < best_first(best[pair]):
            best[pair] = verdict
    for (left, right), verdict in sorted(best.items(), key=lambda item: item[0]):
        if not verdict.aligned and verdict.confidence >= min_confidence:
            yield Link(
                edges.ids[left],
                edges.ids[right],
                Verdict.NOT_ALIGNED.value,
                None,
                None,
                verdict.confidence,
                None,
                (),
                False,
                verdict.rationale,
                verdict.id,
            )


def _with_path(links: Sequence[Link], steps: Sequence[Step]) -> list[Link]:
    """Links with the steps of a path marked, and those steps that were not among them."""
    place = {frozenset((step.from_id, step.to_id)): n for n, step in enumerate(steps, start=1)}
    found = [replace(link, step=place.get(link.ends, 0)) for link in links]
    known = {link.ends for link in found}
    for number, step in enumerate(steps, start=1):
        if frozenset((step.from_id, step.to_id)) not in known:
            found.append(
                Link(
                    step.from_id,
                    step.to_id,
                    Verdict.ALIGNED.value,
                    step.relation,
                    step.strength,
                    step.confidence,
                    None,
                    (),
                    step.derived,
                    step.rationale,
                    step.alignment,
                    number,
                )
            )
    return found


def _groups(edges: Edges, themes: Communities | None) -> tuple[list[Group], dict[str, int]]:
    """The groups, and the group of each statement."""
    if themes is not None:
        groups = [Group(c.number, c.label, None, len(c.members)) for c in themes.found]
        return groups, {m.id: c.number for c in themes.found for m in c.members}
    if edges.selection.level is None:
        return [], {}  # wholes and parts stand under each other already
    parents = list(dict.fromkeys(parent for parent in edges.parents if parent))
    number = {parent: place for place, parent in enumerate(parents, start=1)}
    group_of = {
        node: number[parent]
        for node, parent in zip(edges.ids, edges.parents, strict=True)
        if parent
    }
    sizes = Counter(group_of.values())
    from_side = {parent for place, parent in enumerate(edges.parents) if place < edges.split}
    return [
        Group(number[p], edges.title_of(p), int(p not in from_side), sizes[number[p]])
        for p in parents
    ], group_of


def _placed(
    edges: Edges,
    wanted: set[str],
    groups: Sequence[Group],
    group_of: dict[str, int],
    links: Sequence[Link],
    steps: Sequence[Step],
) -> tuple[list[Node], list[Heading]]:
    """Statements in columns, group by group, each column in the middle of the highest."""
    aligned = [link for link in links if link.verdict == Verdict.ALIGNED.value]
    counts = Counter(end for link in aligned for end in link.ends)
    labels = {group.number: group.label for group in groups}
    themes = any(group.side is None for group in groups)
    columns: list[list[Node]] = [[], []]
    headings: list[list[Heading]] = [[], []]
    heights = [0, 0]
    for side in (0, 1):
        members = [place for place in edges.side(side) if edges.ids[place] in wanted]
        if themes:  # in their order; what is in no theme comes last
            members.sort(key=lambda place: group_of.get(edges.ids[place], len(labels) + 1))
        before, y, x = 0, 0, side * _WIDE
        for place in members:
            group = group_of.get(edges.ids[place], 0)
            if group != before:
                y += _GAP if columns[side] else 0
                if group:
                    number = f"{group}. " if themes else ""
                    headings[side].append(Heading(number + labels[group], side, x, y))
                    y += _GAP
            before = group
            columns[side].append(
                Node(
                    edges.ids[place],
                    edges.titles[place],
                    edges.levels[place],
                    (edges.selection.from_, edges.selection.to)[side],
                    side,
                    group,
                    counts[edges.ids[place]],
                    x,
                    y,
                )
            )
            y += _ROW
        heights[side] = y
    highest = max(heights)
    nodes, heads = [], []
    for side in (0, 1):
        down = (highest - heights[side]) // 2
        nodes += [replace(node, y=node.y + down) for node in columns[side]]
        heads += [replace(heading, y=heading.y + down) for heading in headings[side]]
    nodes += _between({node.id for node in nodes}, counts, steps, highest)
    return nodes, heads


def _between(
    known: set[str], counts: Counter[str], steps: Sequence[Step], top: int
) -> Iterator[Node]:
    """Statements on a path that are of neither column, below the columns from left to right."""
    titles = {s.from_id: s.from_title for s in steps} | {s.to_id: s.to_title for s in steps}
    others = [key for key in titles if key not in known]
    for place, key in enumerate(others, start=1):
        yield Node(
            key,
            titles[key],
            "",
            key.partition(":")[0],
            2,
            0,
            counts[key],
            _WIDE * place // (len(others) + 1),
            top + _ROW * (1 + place % 2),
        )
