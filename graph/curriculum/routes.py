"""How one statement leads to another, and how far that can be relied on.

Rules
-----
A *route* leads from an entry of the plan (a course, a competency or behavior, a depth) to one
statement of the framework asked about, over at most three links:

1. *part*: a behavior or activity counts for the competency that it is part of. The link says less
   than an alignment of the behavior itself, because the course does a part and not the whole: it is
   *moderate* with confidence 1. It is not taken where the behavior itself was judged against the
   same target, either way: then that verdict decides.
2. *aligned*: an alignment between the competency and a statement of the framework asked about,
   read from either end, with its own strength and confidence. Verdicts "not aligned" and withdrawn
   alignments lead nowhere, and nothing is derived: no chain over a third framework.
3. *part* again, where the alignment arrives at a behavior or activity of the target.

An entry that names the statement itself is a route without links. It is *direct*: it counts as
strong with confidence 1, since nothing has to be inferred. So a plan's own edition can be asked
about as well: then the only routes are direct ones and those over one part.

The *weakest link* of a route is the one of least strength, then of least confidence, then the
first. A route is as strong as that link's strength, and as sure as the least confidence among its
links. The *best* of several routes has the greatest strength, then the greatest confidence, then
the fewest links, then the greatest depth, then the earliest entry (a maximin: strengths are never
added or multiplied, and confidences are not treated as independent chances).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from graph.curriculum.model import DEPTH_ORDER, Depth, Entry
from graph.model import INVERSE, STRENGTH_ORDER, Strength
from graph.terms import framework_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.catalogue import Catalogue
    from graph.model import Alignment
    from graph.records import Record

#: Levels of statement that are counted as targets if nothing else is asked for. Domains only hold
#: competencies together; behaviors and activities show them.
TARGET_LEVELS: Final = ("competency", "principle", "function")

#: How strong it is that a part stands for its whole.
PART_STRENGTH: Final = Strength.MODERATE

PART, ALIGNED = "part", "aligned"


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a route.

    Attributes
    ----------
    kind : str
        `part` or `aligned`.
    source, target : str
        CURIEs, read in the direction of the route.
    relation : str | None
        Read from `source`; None for a part.
    alignment : str | None
        Id of the alignment; None for a part.
    status : str | None
        Of the alignment, `proposed` for example; None for a part.
    """

    kind: str
    source: str
    target: str
    strength: Strength
    confidence: float
    rationale: str
    relation: str | None = None
    alignment: str | None = None
    status: str | None = None

    def record(self) -> Record:
        """As JSON."""
        return {
            "kind": self.kind,
            "source": self.source,
            "target": self.target,
            "relation": self.relation,
            "strength": self.strength.value,
            "confidence": self.confidence,
            "status": self.status,
            "alignment": self.alignment,
            "rationale": self.rationale,
        }


@dataclass(frozen=True)
class Path:
    """The links from one competency to one target, whichever course takes them.

    Attributes
    ----------
    links : tuple[Link, ...]
        None if the competency is the target itself.
    """

    source: str
    target: str
    links: tuple[Link, ...]

    @property
    def direct(self) -> bool:
        """Whether the entry names the target itself."""
        return not self.links

    @cached_property
    def weakest(self) -> Link | None:
        """The link on which the path rests; None for a direct one."""
        return min(self.links, key=_by_weakness, default=None)

    @cached_property
    def strength(self) -> Strength:
        """Of the weakest link; strong for a direct path."""
        return self.weakest.strength if self.weakest else Strength.STRONG

    @cached_property
    def confidence(self) -> float:
        """Least confidence of all links, 0 to 1; 1 for a direct path."""
        return min((link.confidence for link in self.links), default=1.0)

    @cached_property
    def order(self) -> tuple[Any, ...]:
        """Sort key, best first."""
        return STRENGTH_ORDER[self.strength], -self.confidence, len(self.links)


@dataclass(frozen=True, slots=True)
class Route:
    """A path as one entry of a plan takes it."""

    entry: Entry
    path: Path

    @property
    def course(self) -> str:
        """Code of the course."""
        return self.entry.course

    @property
    def depth(self) -> Depth:
        """What the course does with the competency that it names."""
        return self.entry.depth

    @property
    def target(self) -> str:
        """CURIE of what is reached."""
        return self.path.target

    @property
    def links(self) -> tuple[Link, ...]:
        """Steps from the competency of the entry to the target."""
        return self.path.links

    @property
    def direct(self) -> bool:
        """Whether the entry names the target itself."""
        return self.path.direct

    @property
    def weakest(self) -> Link | None:
        """The link on which the route rests; None for a direct one."""
        return self.path.weakest

    @property
    def strength(self) -> Strength:
        """Of the weakest link; strong for a direct route."""
        return self.path.strength

    @property
    def confidence(self) -> float:
        """Least confidence of all links, 0 to 1."""
        return self.path.confidence

    @property
    def order(self) -> tuple[Any, ...]:
        """Sort key, best first; routes of one plan that are equal in it stand in its order."""
        return *self.path.order, -DEPTH_ORDER[self.depth]

    def record(self) -> Record:
        """As JSON."""
        return {
            "course": self.course,
            "competency": self.entry.competency,
            "depth": self.depth.value,
            "content": self.entry.content,
            "page": self.entry.page,
            "target": self.target,
            "direct": self.direct,
            "strength": self.strength.value,
            "confidence": self.confidence,
            "links": [link.record() for link in self.links],
            "weakest": self.links.index(self.weakest) if self.weakest else None,
        }


def find_paths(
    catalogue: Catalogue, source: str, onto: str, *, targets: Iterable[str] | None = None
) -> tuple[Path, ...]:
    """All paths from one competency or behavior to statements of a framework; see the module.

    Parameters
    ----------
    targets : Iterable[str] | None
        Statements to arrive at; all of `TARGET_LEVELS` if left out.

    Returns
    -------
    tuple[Path, ...]
        By target in the order of codes, then best first.

    Raises
    ------
    NotFoundError
        If there is no such competency or framework.
    """
    wanted = {*(targets_of(catalogue, onto) if targets is None else targets)}
    start = catalogue.competency(source)
    judged = {_other(a, source) for a in catalogue.by_competency.get(source, ())}
    ways: list[tuple[str, tuple[Link, ...]]] = [(source, ())]
    if start.parent and catalogue.competency(start.parent).level in TARGET_LEVELS:
        ways.append((start.parent, (_part(catalogue, source, start.parent),)))
    found: list[Path] = []
    for place, before in ways:
        if place in wanted:
            found.append(Path(source, place, before))
        if framework_of(place) == onto:
            continue
        for alignment in catalogue.by_competency.get(place, ()):
            end = _other(alignment, place)
            leads = alignment.aligned and alignment.status != "withdrawn"
            if not leads or framework_of(end) != onto or (before and end in judged):
                continue
            links = (*before, _aligned(alignment, place))
            if end in wanted:
                found.append(Path(source, end, links))
            parent = catalogue.competency(end).parent
            if parent in wanted and not (before and parent in judged):
                found.append(Path(source, parent, (*links, _part(catalogue, end, parent))))
    return tuple(sorted(found, key=_path_order))


def targets_of(
    catalogue: Catalogue, onto: str, levels: Iterable[str] = TARGET_LEVELS
) -> tuple[str, ...]:
    """Statements of a framework that can be reached, in published order.

    Raises
    ------
    NotFoundError
        If there is no such framework.
    """
    catalogue.framework(onto)
    wanted = {*levels}
    members = sorted(catalogue.by_framework.get(onto, ()), key=lambda member: member.position)
    return tuple(member.id for member in members if member.level in wanted)


def _other(alignment: Alignment, end: str) -> str:
    return alignment.object_id if alignment.subject_id == end else alignment.subject_id


def _aligned(alignment: Alignment, source: str) -> Link:
    """An alignment as a link that begins at one of its ends."""
    turned = alignment.subject_id != source
    relation = INVERSE[alignment.relation] if turned else alignment.relation
    assert alignment.strength is not None  # the shapes demand one of every positive verdict
    return Link(
        kind=ALIGNED,
        source=source,
        target=_other(alignment, source),
        strength=alignment.strength,
        confidence=alignment.confidence,
        rationale=alignment.rationale,
        relation=relation.value,
        alignment=alignment.id,
        status=alignment.status,
    )


def _part(catalogue: Catalogue, source: str, target: str) -> Link:
    """A part as a link to its whole."""
    part, whole = catalogue.competency(source), catalogue.competency(target)
    rationale = f"{part.title} is a {part.level} of {whole.title}."
    return Link(PART, source, target, PART_STRENGTH, 1.0, rationale)


def _by_weakness(link: Link) -> tuple[int, float]:
    return -STRENGTH_ORDER[link.strength], link.confidence


def _path_order(path: Path) -> tuple[Any, ...]:
    return natural_key(path.target), *path.order, tuple(link.target for link in path.links)
