"""The released content as values, with the ways in that people ask for.

Read once from the store by the queries of `queries/load/`; after that a lookup costs a dictionary
access. About 1.5 kB an alignment.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from graph.errors import NotFoundError, ParameterError
from graph.model import (
    RELATION_ORDER,
    STRENGTH_ORDER,
    Alignment,
    Competency,
    Concept,
    Crosswalk,
    Direction,
    Evidence,
    Framework,
    Relation,
    Resource,
    Strength,
    Verdict,
)
from graph.nearest import nearest
from graph.queries import RELATIONS, Known, internal_query
from graph.terms import code_of, crosswalk_id, framework_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from graph.store import Store
    from graph.terms import Prefixes

_USUAL: Final = crosswalk_id("epas-2022", "isp-2020")


def best_first(alignment: Alignment) -> tuple[Any, ...]:
    """Sort key for what one competency aligns with.

    Aligned before not aligned, strong before weak, exact before related, sure before unsure;
    ties in the order of the codes.
    """
    return (
        not alignment.aligned,
        STRENGTH_ORDER[alignment.strength],
        RELATION_ORDER[alignment.relation],
        -alignment.confidence,
        natural_key(alignment.subject_id),
        natural_key(alignment.object_id),
    )


def by_code(alignment: Alignment) -> tuple[Any, ...]:
    """Sort key for a crosswalk: in the order of the published codes of both ends."""
    return natural_key(alignment.subject_id), natural_key(alignment.object_id)


@dataclass(frozen=True)
class Catalogue:
    """Everything that a release says, by name.

    Attributes
    ----------
    alignments : dict[str, Alignment]
        By id, in the order of their codes.
    by_competency : dict[str, list[Alignment]]
        Alignments at either end, best first.
    by_crosswalk : dict[str, list[Alignment]]
        In the order of their codes.
    folder : Path | None
        Where its sources are, if they are at hand: files that were imported are kept there.
    """

    release: str
    prefixes: Prefixes
    frameworks: dict[str, Framework]
    competencies: dict[str, Competency]
    crosswalks: dict[str, Crosswalk]
    alignments: dict[str, Alignment]
    concepts: list[Concept]
    resources: dict[str, list[Resource]]
    folder: Path | None = None
    children: dict[str, list[Competency]] = field(init=False)
    by_framework: dict[str, list[Competency]] = field(init=False)
    by_competency: dict[str, list[Alignment]] = field(init=False)
    by_crosswalk: dict[str, list[Alignment]] = field(init=False)

    def __post_init__(self) -> None:
        """Build the ways in."""
        children, members = defaultdict(list), defaultdict(list)
        for competency in self.competencies.values():
            members[competency.framework].append(competency)
            if competency.parent:
                children[competency.parent].append(competency)
        ends, crosswalks = defaultdict(list), defaultdict(list)
        for alignment in self.alignments.values():
            ends[alignment.subject_id].append(alignment)
            ends[alignment.object_id].append(alignment)
            pair = framework_of(alignment.subject_id), framework_of(alignment.object_id)
            crosswalks[crosswalk_id(*pair)].append(alignment)
        for found in ends.values():
            found.sort(key=best_first)
        for name, value in (
            ("children", dict(children)),
            ("by_framework", dict(members)),
            ("by_competency", dict(ends)),
            ("by_crosswalk", dict(crosswalks)),
        ):
            object.__setattr__(self, name, value)

    @classmethod
    def load(cls, store: Store) -> Catalogue:
        """Read a store. O(n) in everything that it holds."""

        def rows(name: str) -> list[Any]:
            return store.rows(internal_query(name))[1]

        def records(name: str) -> list[dict[str, Any]]:
            columns, found = store.rows(internal_query(name))
            items = [dict(zip(columns, row, strict=True)) for row in found]
            for item in items:
                for key in item.keys() & {"url", "license"}:
                    item[key] = _address(str(item[key]), store.prefixes)
            return items

        frameworks = {}
        for record in records("frameworks"):
            key = code_of(record.pop("framework"))
            frameworks[key] = Framework(
                **_coded(record, "confidence", "revision_of")
                | {name: record[name] or "" for name in ("issued", "publisher", "note")},
                id=key,
            )
        competencies = {
            record["competency"]: Competency(
                id=record.pop("competency"),
                **_coded(record, "framework", "level", "confidence")
                | {"description": record["description"] or ""},
            )
            for record in records("competencies")
        }
        crosswalks = {}
        for record in records("crosswalks"):
            key = code_of(record.pop("crosswalk"))
            ends = _coded(record, "subject_framework", "object_framework")
            crosswalks[key] = Crosswalk(id=key, **ends)
        resources = defaultdict(list)
        for record in records("resources"):
            key = code_of(record.pop("resource"))
            resources[record["competency"]].append(Resource(id=key, **record))
        concepts = [
            Concept(id=code_of(record.pop("concept")), **_coded(record, "scheme", "broader"))
            for record in records("concepts")
        ]
        return cls(
            release=store.release,
            prefixes=store.prefixes,
            frameworks=frameworks,
            competencies=competencies,
            crosswalks=crosswalks,
            alignments={a.id: a for a in _alignments(rows, competencies, store.prefixes)},
            concepts=concepts,
            resources=dict(resources),
            folder=store.folder,
        )

    @cached_property
    def known(self) -> Known:
        """What a named question's parameters may name."""
        lists: dict[str, dict[str, str]] = defaultdict(dict)
        for concept in self.concepts:
            lists[concept.scheme][concept.id] = f"{concept.scheme}:{concept.id}"
        names = {
            **lists,
            "competency": {key: key for key in self.competencies},
            "framework": {key: f"framework:{key}" for key in self.frameworks},
            "alignment": {key: f"alignment:{key}" for key in self.alignments},
            "relation": RELATIONS,
        }
        return Known(names, self.prefixes)

    def framework(self, key: str) -> Framework:
        """One framework.

        Raises
        ------
        NotFoundError
            With the nearest ids.
        """
        if key not in self.frameworks:
            raise NotFoundError("framework", key, nearest(key, self.frameworks))
        return self.frameworks[key]

    def original(self, framework: str, ending: str) -> bytes | None:
        """The file that a framework was imported from, if it came in one of this ending."""
        path = self.folder / "imported" / f"{framework}{ending}" if self.folder else None
        return path.read_bytes() if path and path.is_file() else None

    def competency(self, key: str) -> Competency:
        """One competency by CURIE.

        Raises
        ------
        NotFoundError
            With the nearest CURIEs.
        """
        if key not in self.competencies:
            raise NotFoundError("competency", key, nearest(key, self.competencies))
        return self.competencies[key]

    def alignment(self, key: str) -> Alignment:
        """One alignment by id.

        Raises
        ------
        NotFoundError
        """
        if key not in self.alignments:
            raise NotFoundError("alignment", key)
        return self.alignments[key]

    def ancestors(self, key: str) -> list[Competency]:
        """From the parent of a competency up to the top."""
        found: list[Competency] = []
        parent = self.competency(key).parent
        while parent:
            found.append(self.competency(parent))
            parent = found[-1].parent
        return found

    def alignments_of(
        self, key: str, *, verdict: Verdict | None = Verdict.ALIGNED
    ) -> list[Alignment]:
        """What a competency aligns with, at either end, best first.

        Raises
        ------
        NotFoundError
            If there is no such competency.
        """
        self.competency(key)
        found = self.by_competency.get(key, [])
        return [a for a in found if verdict is None or a.verdict is verdict]

    def crosswalk(self, from_: str, to: str) -> Crosswalk:
        """The crosswalk of two frameworks, whichever of them is its subject.

        Raises
        ------
        NotFoundError
            If either framework does not exist, or nothing was ever judged between them.
        """
        self.framework(from_)
        self.framework(to)
        for pair in ((from_, to), (to, from_)):
            if crosswalk_id(*pair) in self.crosswalks:
                return self.crosswalks[crosswalk_id(*pair)]
        existing = [*self.crosswalks]
        raise NotFoundError("crosswalk", crosswalk_id(from_, to), existing[:5])

    def usual_crosswalk(self) -> Crosswalk | None:
        """The crosswalk to begin with when nobody says which: EPAS 2022 and ISP, else the first.

        None if there is none: a workspace of somebody's own may hold other frameworks only.
        """
        return self.crosswalks.get(_USUAL) or next(iter(self.crosswalks.values()), None)

    def select(
        self,
        *,
        source: str | None = None,
        target: str | None = None,
        from_: str | None = None,
        to: str | None = None,
        relation: Iterable[Relation] = (),
        strength: Iterable[Strength] = (),
        min_confidence: float = 0,
        status: Iterable[str] = (),
        aim: Iterable[str] = (),
        level: str | None = None,
        verdict: Verdict | None = None,
        words: str | None = None,
        also: Iterable[Alignment] = (),
    ) -> list[Alignment]:
        """Alignments that pass every filter, in the order of their codes.

        Parameters
        ----------
        source, target : str | None
            A competency that must be the subject, or the object.
        from_, to : str | None
            A framework at one end and at the other, whichever way round it was written.
        relation, strength, status, aim : Iterable
            Any of these; empty means any at all.
        min_confidence : float
            Least confidence, 0 to 1, itself included.
        level : str | None
            Level that both ends must have.
        words : str | None
            Text that the rationale or a label must hold, whatever its case.
        also : Iterable[Alignment]
            Further alignments, derived ones, that must pass the same filters.

        Raises
        ------
        NotFoundError
            If a competency or framework does not exist.
        ParameterError
            If `min_confidence` is not between 0 and 1.
        """
        if not 0 <= min_confidence <= 1:
            raise ParameterError("min_confidence", str(min_confidence), "a number from 0 to 1")
        found: Iterable[Alignment] = self.alignments.values()
        for key in (source, target):
            if key:
                self.competency(key)
                found = self.by_competency.get(key, [])
        for framework in (from_, to):
            if framework:
                self.framework(framework)
        relations, strengths = frozenset(relation), frozenset(strength)
        statuses, aims = frozenset(status), frozenset(aim)
        text = words.lower() if words else ""

        def passes(a: Alignment) -> bool:
            ends = {framework_of(a.subject_id), framework_of(a.object_id)}
            return (
                (not source or a.subject_id == source)
                and (not target or a.object_id == target)
                and (not from_ or from_ in ends)
                and (not to or to in ends - ({from_} if from_ else set()))
                and (not relations or a.relation in relations)
                and (not strengths or a.strength in strengths)
                and a.confidence >= min_confidence
                and (not statuses or a.status in statuses)
                and (not aims or not aims.isdisjoint(a.aims))
                and (not level or self._levels(a) == {level})
                and (not verdict or a.verdict is verdict)
                and (not text or text in _haystack(a))
            )

        return sorted((a for a in (*found, *also) if passes(a)), key=by_code)

    def _levels(self, alignment: Alignment) -> set[str]:
        return {
            self.competencies[alignment.subject_id].level,
            self.competencies[alignment.object_id].level,
        }


def _coded(record: dict[str, Any], *names: str) -> dict[str, Any]:
    """A record in which some CURIEs are cut down to what stands after the colon."""
    return record | {name: record[name] and code_of(record[name]) for name in names}


def _haystack(alignment: Alignment) -> str:
    labels = alignment.subject_label, alignment.object_label, alignment.rationale
    return "\n".join(labels).lower()


def _address(iri: str, prefixes: Prefixes) -> str:
    """An address as it was written; the store gives a CURIE where some prefix begins like it."""
    if iri.startswith(("http://", "https://")) or iri.partition(":")[0] not in prefixes.iris:
        return iri
    return prefixes.expand(iri)


def _alignments(
    rows: Any, competencies: dict[str, Competency], prefixes: Prefixes
) -> list[Alignment]:
    aims = defaultdict(list)
    for alignment, aim in rows("aims"):
        aims[alignment].append(code_of(aim))
    evidence = defaultdict(list)
    for alignment, source, kind, citation, url, supports in rows("support"):
        evidence[alignment].append(
            Evidence(code_of(source), kind, citation, _address(url, prefixes), supports)
        )
    found = [
        Alignment(
            id=code_of(key),
            subject_id=subject,
            subject_label=competencies[subject].title,
            relation=Relation.of(predicate),
            object_id=object_,
            object_label=competencies[object_].title,
            verdict=Verdict(code_of(verdict)),
            strength=Strength(code_of(strength)) if strength else None,
            confidence=confidence,
            rationale=rationale,
            direction=Direction(code_of(direction)) if direction else None,
            aims=tuple(aims[key]),
            evidence=tuple(evidence[key]),
            status=code_of(status),
            author=author or "",
            date=date or "",
            change=change,
            justification=justification,
        )
        for (
            key, subject, predicate, object_, verdict, strength, confidence, rationale, direction,
            status, author, date, change, justification,
        ) in rows("alignments")
    ]  # fmt: skip
    found.sort(key=by_code)
    return found
