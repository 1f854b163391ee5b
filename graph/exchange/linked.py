"""What readers of linked data share: statements named by IRIs, and bare mappings between them.

SKOS and CTDL-ASN say the same few things in different words. Here they become values: which id and
codes a framework gets, what of it the workspace has already, which of several parents counts, and
how mappings without author, reason or confidence become alignments.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from graph.exchange.incoming import (
    UNSTATED_CONFIDENCE,
    IncomingCrosswalk,
    bare_alignment,
)
from graph.exchange.naming import framework_id, name_statements
from graph.model import INVERSE, Alignment, Concept, Finding, Relation
from graph.terms import crosswalk_id, framework_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graph.exchange import Source
    from graph.exchange.incoming import IncomingFramework

#: What stays where a pair is mapped by several relations: what says most (S42 for the first).
_PRECEDENCE: Final = (
    Relation.EXACT, Relation.BROAD, Relation.NARROW, Relation.CLOSE, Relation.RELATED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """A mapping as a file states it; ends are IRIs."""

    subject: str
    relation: Relation
    object: str


def line_of(text: str, iri: str) -> int:
    """Line on which an IRI stands first, in full or by its last part; 1 if it is not found.

    An abbreviated IRI can only be found by what it ends in.
    """
    place = text.find(iri)
    ending = re.split(r"[/#:]", iri)[-1]
    if place < 0 and ending:
        match = re.search(rf"(?<![\w.-]){re.escape(ending)}(?![\w-])", text)
        place = match.start() if match else -1
    return text.count("\n", 0, place) + 1 if place >= 0 else 1


def by_notation(iri: str, notations: Mapping[str, str]) -> tuple[object, ...]:
    """Sort key in the order people count: by notation, where there is none by IRI."""
    return natural_key(f":{notations.get(iri, iri)}"), iri


class LinkedReading:
    """One file on its way to values; collects what is wrong and what is to be noted.

    Attributes
    ----------
    text : str
        The file, for saying where something stands.
    curies : dict[str, str]
        Statements that an alignment may name, by IRI; those of the workspace to begin with.
    titles : dict[str, str]
        Of these statements, by CURIE.
    """

    def __init__(self, source: Source, text: str) -> None:
        self.source = source
        self.text = text
        self.catalogue = source.catalogue
        self.findings: list[Finding] = []
        self.notes: list[Finding] = []
        expand = self.catalogue.prefixes.expand
        self.curies = {expand(key): key for key in self.catalogue.competencies}
        self.titles = {key: c.title for key, c in self.catalogue.competencies.items()}

    # ---- what is said where ---------------------------------------------------------------

    def wrong(self, place: int | str, message: str) -> None:
        """Something that stops the import, at a line or at what an IRI names."""
        self.findings.append(self._finding(place, message))

    def note(self, place: int | str, message: str) -> None:
        """Something to be known, at a line or at what an IRI names."""
        self.notes.append(self._finding(place, message))

    def _finding(self, place: int | str, message: str) -> Finding:
        """A finding at a line, or at what an IRI names, with the IRI in front."""
        if isinstance(place, int):
            return Finding(self.source.name, place, message)
        return Finding(self.source.name, line_of(self.text, place), f"{place} {message}")

    def note_each(self, places: Iterable[str], message: str) -> None:
        """One note for all that are of a kind: where the first stands, and how many there are."""
        found = sorted(set(places))
        if found:
            count = f" (the first of {len(found)})" if len(found) > 1 else ""
            self.note(found[0], f"{message}{count}")

    def known(self, schemes: Mapping[str, list[str]]) -> set[str]:
        """Schemes that the workspace has already, so that mappings may point to it."""
        if self.source.framework_id and len(schemes) == 1:
            return set()
        known = set()
        for scheme, members in schemes.items():
            own = {framework_of(self.curies[m]) for m in members if m in self.curies}
            if own:
                known.add(scheme)
                name = min(own)
                self.note(scheme, f"is {name} of the workspace, which stays as it is there")
                for member in members:
                    if member not in self.curies:
                        self.wrong(
                            member, f"is not among the statements of {name} in the workspace"
                        )
        return known

    def names(
        self,
        scheme: str,
        members: Sequence[str],
        notations: Mapping[str, str],
        suggestions: Iterable[str],
        taken: Sequence[str],
    ) -> tuple[str, str, Mapping[str, str]]:
        """Id of a framework, the start of its IRIs, and the codes of its statements by IRI.

        Parameters
        ----------
        suggestions : Iterable[str]
            What to call the framework, best first, if the caller does not say.
        taken : Sequence[str]
            Ids of other frameworks of the same file.
        """
        prefixes = self.catalogue.prefixes.iris
        names = name_statements(members, notations, "")
        owner = next(
            (p for p, iri in prefixes.items() if names.kept and iri == names.prefix_iri), ""
        )
        others = [prefix for prefix, iri in prefixes.items() if iri != names.prefix_iri]
        if self.source.framework_id:
            key = self.source.framework_id
        elif owner in self.catalogue.frameworks:
            key = owner
        else:
            key = framework_id(suggestions, [*taken, *others])
        if not names.kept or owner not in ("", key):
            fallback = f"{prefixes['framework']}{key}/"
            names = name_statements(members, notations, fallback, keep=False)
            message = f"IRIs become {fallback} and a code"
            reason = (
                f"start as those of {owner} of the workspace do"
                if owner
                else "do not all start alike and go on with what can be a code"
            )
            self.note(scheme or 1, f"has statements whose IRIs {reason}; their {message}")
        return key, names.prefix_iri, names.codes

    def parents(
        self,
        members: Sequence[str],
        broader: Mapping[str, set[str]],
        notations: Mapping[str, str],
    ) -> dict[str, str]:
        """What stands above each statement; of several the first by notation and IRI."""
        inside, parents = {*members}, {}
        several, outside = [], []
        for member in members:
            above = broader.get(member, set())
            found = sorted(above & inside, key=lambda iri: by_notation(iri, notations))
            if found:
                parents[member] = found[0]
            if len(found) > 1:
                several.append(member)
            if above - inside:
                outside.append(member)
        self.note_each(several, "is below several statements; the first by notation is its parent")
        self.note_each(outside, "is below a statement outside its framework, which is left out")
        return parents

    def new_levels(self, levels: Mapping[str, str], title: str) -> tuple[Concept, ...]:
        """Kinds of statement that the workspace's list does not have.

        Parameters
        ----------
        levels : Mapping[str, str]
            Labels by id.
        """
        known = {concept.id for concept in self.catalogue.concepts if concept.scheme == "level"}
        return tuple(
            Concept("level", level, label, f"a kind of statement of {title}", None, title)
            for level, label in sorted(levels.items())
            if level not in known
        )

    # ---- alignments -----------------------------------------------------------------------

    def crosswalks(
        self, matches: Iterable[Match], frameworks: Sequence[IncomingFramework], license_: str
    ) -> tuple[IncomingCrosswalk, ...]:
        """Mappings by pair of frameworks, each pair in one direction and each pair of ends once."""
        unknown, within = [], []
        pairs: dict[tuple[str, str], list[tuple[str, Relation, str]]] = defaultdict(list)
        for match in matches:
            if match.subject not in self.curies or match.object not in self.curies:
                unknown.append(match.subject)
                continue
            subject, object_ = self.curies[match.subject], self.curies[match.object]
            ends = framework_of(subject), framework_of(object_)
            if ends[0] == ends[1]:
                within.append(match.subject)
            else:
                pairs[ends].append((subject, match.relation, object_))
        self.note_each(
            unknown, "is mapped to or from what neither file nor workspace has; left out"
        )
        self.note_each(within, "is mapped to a statement of its own framework; left out")
        titles = {incoming.framework.id: incoming.framework.title for incoming in frameworks}
        titles = {key: f.title for key, f in self.catalogue.frameworks.items()} | titles
        found = []
        for pair in sorted({min(ends, ends[::-1]) for ends in pairs}):
            one, other = pair if self._leads(pairs, pair) else pair[::-1]
            rows = list(pairs.get((one, other), []))
            rows += [(o, INVERSE[relation], s) for s, relation, o in pairs.get((other, one), [])]
            found.append(
                IncomingCrosswalk(
                    one,
                    other,
                    title=f"{titles[one]} and {titles[other]}",
                    description=f"Mappings as {PurePath(self.source.name).name} states them.",
                    license=license_,
                    alignments=tuple(self._alignments(rows)),
                )
            )
        if found:
            message = "states neither reason nor confidence of its mappings, and cannot;"
            self.note(1, f"{message} the confidence {UNSTATED_CONFIDENCE} is written")
        return tuple(found)

    def _leads(
        self, pairs: Mapping[tuple[str, str], Sequence[object]], pair: tuple[str, str]
    ) -> bool:
        """Whether a crosswalk leads from the first of a pair to the second.

        As the workspace has it, else as most mappings do, else in the order of the names.
        """
        there, back = crosswalk_id(*pair), crosswalk_id(*pair[::-1])
        if there in self.catalogue.crosswalks or back in self.catalogue.crosswalks:
            return there in self.catalogue.crosswalks
        return len(pairs.get(pair, ())) >= len(pairs.get(pair[::-1], ()))

    def _alignments(self, rows: Iterable[tuple[str, Relation, str]]) -> Iterator[Alignment]:
        relations: dict[tuple[str, str], set[Relation]] = defaultdict(set)
        for subject, relation, object_ in rows:
            relations[subject, object_].add(relation)
        iris = {curie: iri for iri, curie in self.curies.items()}
        ordered = sorted(relations, key=lambda ends: [natural_key(end) for end in ends])
        for subject, object_ in ordered:
            stated = relations[subject, object_]
            chosen = min(stated, key=_PRECEDENCE.index)
            if {Relation.BROAD, Relation.NARROW} <= stated:
                message = f"has {iris[object_]} as a broader and as a narrower match; keep one"
                self.wrong(iris[subject], message)
            elif len(stated) > 1:
                listed = " and ".join(sorted(stated))
                message = f"has {iris[object_]} as {listed} match; {chosen} is read"
                self.note(iris[subject], message)
            yield bare_alignment(subject, object_, chosen, self.titles)
