"""What reasoning may use: judged alignments, the trees of the frameworks, and their editions."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from graph.model import INVERSE, Alignment, Relation, Strength, Verdict
from graph.rules import hands_on
from graph.terms import alignment_id, framework_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from graph.catalogue import Catalogue

    Pair = tuple[str, str]


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without looking for garbage while hundreds of thousands of values are made to be kept.

    Looking takes half the time otherwise. What one thread does here, others notice at most as
    garbage collected a second later.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


class Link(NamedTuple):
    """That a subject relates to an object, whoever says so. Sorts by subject."""

    subject_id: str
    relation: Relation
    object_id: str

    @property
    def inverse(self) -> Link:
        """The same read from its other end."""
        return Link(self.object_id, INVERSE[self.relation], self.subject_id)

    @property
    def pair(self) -> Pair:
        """Its two ends in no direction."""
        return unordered(self.subject_id, self.object_id)


def unordered(a: str, b: str) -> Pair:
    """Two ids as the name of a pair without direction."""
    return (a, b) if a <= b else (b, a)


class Statement(NamedTuple):
    """A judged link from anywhere, for example a row of somebody's SSSOM file."""

    subject_id: str
    relation: Relation
    object_id: str
    confidence: float | None = None
    author: str = ""
    strength: Strength | None = None
    rationale: str = ""
    change: str | None = None
    negated: bool = False

    @property
    def id(self) -> str:
        """Made when asked for: a hash takes longer than the rest of the row."""
        modifier = "Not" if self.negated else ""
        return alignment_id(self.subject_id, modifier, self.relation.predicate_id, self.object_id)


#: What a fact about a pair may be: a released alignment, or a row from anywhere.
Judged = Alignment | Statement


class Edition(NamedTuple):
    """That a statement of one edition became one of the next.

    Attributes
    ----------
    relation : Relation
        Read from the older to the newer statement.
    strength : Strength | None
        How much of the older statement survives.
    change : str | None
        What became of it, in the fixed phrases of the table.
    alignment : str
        Id of the alignment between the editions that says so.
    """

    older: str
    newer: str
    relation: Relation
    strength: Strength | None
    change: str | None
    alignment: str

    @property
    def hands_on(self) -> bool:
        """Whether alignments of the one speak about the other; not if it was only dropped."""
        return hands_on(self.change)


@dataclass(frozen=True)
class Facts:
    """Everything that a proof may cite.

    Attributes
    ----------
    asserted : Mapping[Link, Judged]
        Positive alignments. Of several with the same ends and relation the surest.
    verdicts : Mapping[Pair, Judged]
        Pairs judged "not aligned", in no direction, each with who said so and why.
    parents : Mapping[str, str]
        From a statement to the one that it stands under.
    levels : Mapping[str, str]
        Level of each statement; a statement without one rolls up to nothing.
    revisions : Mapping[str, str]
        From a framework to the edition that it revises.
    labels : Mapping[str, str]
        Title of each statement, for sentences only.
    settled : frozenset[Pair]
        Further pairs that lineage and roll-up leave alone, because of facts left out here.
    """

    asserted: Mapping[Link, Judged]
    verdicts: Mapping[Pair, Judged] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)
    revisions: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    settled: frozenset[Pair] = frozenset()

    @classmethod
    def of(cls, catalogue: Catalogue) -> Facts:
        """Facts of the released content. A withdrawn alignment is none."""
        competencies = catalogue.competencies.values()
        found = [a for a in catalogue.alignments.values() if not a.withdrawn]
        return cls.from_statements(
            (a for a in found if a.verdict is Verdict.ALIGNED),
            denied=(a for a in found if a.verdict is Verdict.NOT_ALIGNED),
            parents={c.id: c.parent for c in competencies if c.parent},
            levels={c.id: c.level for c in competencies},
            revisions={f.id: f.revision_of for f in catalogue.frameworks.values() if f.revision_of},
            labels={c.id: c.title for c in competencies},
        )

    @classmethod
    def from_statements(
        cls, aligned: Iterable[Judged], *, denied: Iterable[Judged] = (), **others: Any
    ) -> Facts:
        """Facts from judged links of any kind; `others` are the remaining attributes."""
        asserted: dict[Link, Judged] = {}
        for judged in aligned:
            link = Link(judged.subject_id, judged.relation, judged.object_id)
            known = asserted.setdefault(link, judged)
            if known is not judged and _surer(judged, known):
                asserted[link] = judged
        verdicts = {unordered(judged.subject_id, judged.object_id): judged for judged in denied}
        return cls(asserted, verdicts, **others)

    @classmethod
    def from_links(
        cls,
        links: Iterable[Sequence[Any]],
        *,
        denied: Iterable[Pair] = (),
        **others: Any,
    ) -> Facts:
        """Facts from plain tuples: subject, relation, object, and maybe confidence and author.

        >>> facts = Facts.from_links([("a:1", "exact", "b:1", 0.9), ("b:1", "broad", "c:1", 0.8)])
        >>> len(facts.asserted)
        2
        """
        return cls.from_statements(
            (Statement(row[0], Relation(row[1]), *row[2:]) for row in links),
            denied=(Statement(a, Relation.RELATED, b, negated=True) for a, b in denied),
            **others,
        )

    @cached_property
    def denied(self) -> frozenset[Pair]:
        """Pairs judged "not aligned", each in the order of `unordered`."""
        return frozenset(self.verdicts)

    @cached_property
    def aligned_pairs(self) -> frozenset[Pair]:
        """Pairs with an asserted alignment of any relation, in no direction."""
        return frozenset(unordered(s, o) for s, _, o in self.asserted)

    @cached_property
    def editions(self) -> tuple[Edition, ...]:
        """Links between a statement and its successor, those of dropped ones too."""
        if not self.revisions:
            return ()
        found = []
        for link, judged in sorted(self.asserted.items(), key=_by_link):
            older, newer = framework_of(link.subject_id), framework_of(link.object_id)
            if self.revisions.get(older) == newer:
                link = link.inverse
            elif self.revisions.get(newer) != older:
                continue
            found.append(
                Edition(
                    link.subject_id, link.object_id, link.relation,
                    judged.strength, judged.change, judged.id,
                )
            )  # fmt: skip
        return tuple(found)

    @cached_property
    def statements(self) -> frozenset[str]:
        """Ids of all statements that any fact names."""
        ends = {end for s, _, o in self.asserted for end in (s, o)}
        ends.update(end for pair in self.verdicts for end in pair)
        return frozenset(ends | self.levels.keys() | self.parents.keys())

    @cached_property
    def by_id(self) -> dict[str, Judged]:
        """Positive alignments by id."""
        return {judged.id: judged for judged in self.asserted.values()}

    def judged(self, link: Link) -> Judged:
        """The asserted alignment that a link reads, forwards or backwards.

        Raises
        ------
        KeyError
            If neither is asserted.
        """
        return self.asserted.get(link) or self.asserted[link.inverse]

    @cached_property
    def echoes(self) -> dict[Pair, Judged]:
        """Negative verdicts as they sound in another edition.

        A pair judged "not aligned" speaks against the same pair in another edition where the
        wording is the same or close; where only part of a statement lives on, it says nothing.
        A verdict of the pair itself is not among them.
        """
        found: dict[Pair, Judged] = {}
        counterparts: dict[str, list[str]] = {}
        for edition in self.editions:
            if edition.hands_on and edition.relation in (Relation.EXACT, Relation.CLOSE):
                counterparts.setdefault(edition.older, []).append(edition.newer)
                counterparts.setdefault(edition.newer, []).append(edition.older)
        for pair, judged in sorted(self.verdicts.items()) if counterparts else ():
            for end, other in (pair, pair[::-1]):
                for counterpart in counterparts.get(end, ()):
                    echo = unordered(counterpart, other)
                    if echo not in self.verdicts and counterpart != other:
                        found.setdefault(echo, judged)
        return found

    @cached_property
    def _around(self) -> dict[str, list[Link]]:
        found: dict[str, list[Link]] = {}
        for link in self.asserted:
            for read in (link, link.inverse):
                found.setdefault(read.subject_id, []).append(read)
        return found

    def around(self, statement: str) -> list[Link]:
        """Asserted links of a statement, each read from it, in order."""
        return sorted(self._around.get(statement, ()))

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for child, parent in self.parents.items():
            found.setdefault(parent, []).append(child)
        return found

    def _revised(self, one: str, other: str) -> bool:
        """Whether two statements are of successive editions."""
        f, g = framework_of(one), framework_of(other)
        return self.revisions.get(f) == g or self.revisions.get(g) == f

    def _chained(self, statement: str) -> Iterator[str]:
        never = (Relation.CLOSE, Relation.RELATED)
        return (x.object_id for x in self._around.get(statement, ()) if x.relation not in never)

    def near(self, a: str, b: str) -> Facts:
        """The facts that can bear on a pair; what follows about it from them is the same.

        That is what stands under either end, the other editions of that, and whatever exact,
        broad and narrow matches reach from there. O(facts near) after one pass over all.
        """
        below = _reached((a, b), lambda x: self._children.get(x, ()))
        editions = {
            link.object_id: None
            for statement in below
            for link in self._around.get(statement, ())
            if self._revised(statement, link.object_id)
        }
        found = _reached(below | editions, self._chained)
        asserted = {
            read: self.asserted[read]
            for statement in found
            for link in self._around.get(statement, ())
            if link.object_id in found
            for read in (link, link.inverse)
            if read in self.asserted
        }
        verdicts = {k: v for k, v in self.verdicts.items() if k[0] in found and k[1] in found}
        return replace(self, asserted=asserted, verdicts=verdicts)

    def without(self, ids: Iterable[str]) -> Facts:
        """The same facts, less the positive alignments with these ids.

        What they kept lineage and roll-up from, they still do: leaving a fact out to look for
        another proof must not open a pair that it settles.
        """
        gone = frozenset(ids)
        kept = {link: judged for link, judged in self.asserted.items() if judged.id not in gone}
        settled = self.settled | self.aligned_pairs | self.echoes.keys()
        return replace(self, asserted=kept, settled=frozenset(settled))

    def undecided(self, a: str, b: str) -> Facts:
        """The same facts, as if nobody had judged a pair "not aligned"."""
        pair = unordered(a, b)
        return replace(self, verdicts={k: v for k, v in self.verdicts.items() if k != pair})

    def raw(self) -> dict[str, Any]:
        """As plain values, for `graph.proofs.check_proof`."""
        aligned = [(judged, link.relation, "aligned") for link, judged in self.asserted.items()]
        denied = [(judged, judged.relation, "not-aligned") for judged in self.verdicts.values()]
        return {
            "alignments": {
                judged.id: {
                    "subject_id": judged.subject_id,
                    "relation": relation.value,
                    "object_id": judged.object_id,
                    "verdict": verdict,
                    "strength": judged.strength.value if judged.strength else None,
                    "confidence": judged.confidence,
                    "author": judged.author,
                    "change": judged.change,
                }
                for judged, relation, verdict in (*aligned, *denied)
            },
            "parents": dict(self.parents),
            "levels": dict(self.levels),
            "revisions": dict(self.revisions),
        }


def _reached(start: Iterable[str], following: Callable[[str], Iterable[str]]) -> dict[str, None]:
    """Everything that can be reached, the start included."""
    found = dict.fromkeys(start)
    waiting = list(found)
    while waiting:
        for other in following(waiting.pop()):
            if other not in found:
                found[other] = None
                waiting.append(other)
    return found


def _surer(one: Judged, other: Judged) -> bool:
    """Whether one row says the same as another with more confidence; ties by author."""
    return (-(one.confidence or 0), one.author) < (-(other.confidence or 0), other.author)


def _by_link(item: tuple[Link, Judged]) -> Link:
    return item[0]
