"""The integrity conditions of the SKOS Reference, and what our tables ask beyond them.

A condition that is broken in what would be imported stops the import; one that is broken only in
what our tables have no place for is noted.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Final

from graph.exchange.foreign_rdf import Text
from graph.exchange.skos.words import SKOS, TYPE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graph.exchange.foreign_rdf import Statements


#: Circles that are named; a file with more of them has one fault many times.
_MOST_CIRCLES: Final = 20


@dataclass(frozen=True, slots=True)
class Breach:
    """A condition that does not hold.

    Attributes
    ----------
    place : str
        IRI of what breaks it.
    stops : bool
        Whether what breaks it would be imported.
    """

    place: str
    message: str
    stops: bool


def broader_of(s: Statements) -> dict[str, set[str]]:
    """What stands directly above each concept, whichever of the two says so (S25)."""
    found: dict[str, set[str]] = defaultdict(set)
    for below, above in s.pairs(f"{SKOS}broader"):
        found[below].add(above)
    for above, below in s.pairs(f"{SKOS}narrower"):
        found[below].add(above)
    return found


def breaches(s: Statements) -> Iterator[Breach]:
    """Everything in a file that breaks a condition, in no particular order."""
    yield from _kinds(s)
    yield from _labels(s)
    yield from _circles(broader_of(s))
    yield from _hierarchies(s)
    yield from _exact(s)


def _kinds(s: Statements) -> Iterator[Breach]:
    """S9 and S37: concepts, schemes and collections are different things."""
    concepts, schemes = ({*s.subjects(TYPE, SKOS + k)} for k in ("Concept", "ConceptScheme"))
    collections = {
        *s.subjects(TYPE, f"{SKOS}Collection"),
        *s.subjects(TYPE, f"{SKOS}OrderedCollection"),
    }
    for both in concepts & schemes:
        yield Breach(both, "is a concept and a concept scheme; make it one of the two (S9)", True)
    for both in concepts & collections:
        yield Breach(both, "is a concept and a collection; make it one of the two (S37)", True)
    for both in schemes & collections:
        yield Breach(both, "is a scheme and a collection; make it one of the two (S37)", True)


def _labels(s: Statements) -> Iterator[Breach]:
    """S14, one preferred label a language; S13, none of them an alternative label as well."""
    for subject, predicates in s.by_subject.items():
        preferred = s.texts(subject, f"{SKOS}prefLabel")
        by_language: dict[str, list[str]] = defaultdict(list)
        for text in preferred:
            by_language[text.language].append(text.value)
        for language, values in by_language.items():
            if len(values) > 1:
                listed = " and ".join(map(repr, sorted(values)))
                tag = f"in {language!r}" if language else "without a language"
                message = f"has several preferred labels {tag}: {listed}; keep one (S14)"
                yield Breach(subject, message, True)
        alternative = predicates.get(f"{SKOS}altLabel", [])
        hidden = predicates.get(f"{SKOS}hiddenLabel", [])
        for one, other in ((preferred, alternative), (preferred, hidden), (alternative, hidden)):
            for label in sorted({t.value for t in one if isinstance(t, Text) and t in other}):
                yield Breach(subject, f"has {label!r} as labels of two kinds (S13)", False)


def _circles(broader: Mapping[str, set[str]]) -> Iterator[Breach]:
    """No concept may be broader than itself: SKOS allows it, a framework's tree cannot."""
    graph = {below: {*above} for below, above in broader.items()}
    for _ in range(_MOST_CIRCLES):
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            # From the top down, its first again at the end.
            circle = [*reversed(error.args[1])][:-1]
            start = circle.index(min(circle))
            circle = [*circle[start:], *circle[:start]]
            shown = ", which is below ".join([*circle[1:6], "…" if len(circle) > 6 else circle[0]])
            yield Breach(circle[0], f"is below {shown}; take one of these steps out", True)
            for place, below in enumerate(circle):
                graph[below].discard(circle[(place + 1) % len(circle)])
        else:
            return


def _hierarchies(s: Statements) -> Iterator[Breach]:
    """S27: what is related is not also above or below, over any number of steps (with S41, S43)."""
    above = broader_of(s)
    for below, match in s.pairs(f"{SKOS}broadMatch"):
        above[below].add(match)
    for match, below in s.pairs(f"{SKOS}narrowMatch"):
        above[below].add(match)
    seen: set[frozenset[str]] = set()
    for predicate, stops in ((f"{SKOS}relatedMatch", True), (f"{SKOS}related", False)):
        for one, other in s.pairs(predicate):
            if frozenset((one, other)) in seen:
                continue
            seen.add(frozenset((one, other)))
            for below, top in ((one, other), (other, one)):
                if top in _all_above(below, above):
                    yield Breach(below, f"is related to {top} and stands below it (S27)", stops)


def _all_above(start: str, above: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    open_ = [start]
    while open_:
        for node in above.get(open_.pop(), ()):
            if node not in found:
                found.add(node)
                open_.append(node)
    return found


def _exact(s: Statements) -> Iterator[Breach]:
    """S46: what is exactly the same is neither broader, narrower nor merely related (S44, S45)."""
    same: dict[str, str] = {}

    def first(node: str) -> str:
        while node in same:
            node = same[node]
        return node

    for one, other in sorted(s.pairs(f"{SKOS}exactMatch")):
        ends = sorted({first(one), first(other)})
        if len(ends) == 2:
            same[ends[1]] = ends[0]
    for relation in ("broad", "narrow", "related"):
        for one, other in sorted(s.pairs(f"{SKOS}{relation}Match")):
            if first(one) == first(other):
                message = (
                    f"matches {other} exactly and has it as a {relation} match; keep one (S46)"
                )
                yield Breach(one, message, True)
