"""Concept schemes and mappings of somebody else as frameworks and alignments.

What SKOS leaves open is settled by rules that depend on what the file states, never on the order in
which it states it, so that one scheme gives one framework in every syntax.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from graph.errors import SourcesError
from graph.exchange.foreign_rdf import Text, read_statements
from graph.exchange.incoming import (
    UNSTATED_CONFIDENCE,
    UNSTATED_JUSTIFICATION,
    UNSTATED_RATIONALE,
    Incoming,
    IncomingCrosswalk,
    IncomingFramework,
)
from graph.exchange.naming import date_in, framework_id, name_statements, one_line
from graph.exchange.skos import words
from graph.exchange.skos.conditions import breaches, broader_of
from graph.exchange.skos.words import DCTERMS, MATCHES, SKOS, SKOSXL, TYPE
from graph.model import (
    IMPORTED,
    INVERSE,
    Alignment,
    Competency,
    Concept,
    Finding,
    Framework,
    Relation,
    Verdict,
)
from graph.terms import alignment_id, crosswalk_id, framework_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from graph.exchange import Source
    from graph.exchange.foreign_rdf import Statements

#: What SSSOM says where nobody said under which license.
_NO_LICENSE: Final = "https://w3id.org/sssom/license/unspecified"

_CITATION: Final = f"{DCTERMS}bibliographicCitation"

_WEB: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

#: What stays where a pair is mapped by several relations: what says most (S42 for the first).
_PRECEDENCE: Final = (
    Relation.EXACT, Relation.BROAD, Relation.NARROW, Relation.CLOSE, Relation.RELATED,
)  # fmt: skip

_LEFT_OUT: Final = (
    "altLabel", "hiddenLabel", "related", "example", "note", "changeNote", "editorialNote",
    "historyNote",
)  # fmt: skip


def read_skos(raw: bytes, source: Source) -> Incoming:
    """Every concept scheme of a file, and the mappings between what the file or workspace knows.

    Raises
    ------
    SourcesError
        With every problem that was found.
    """
    reading = _Reading(read_statements(raw, source.name), source)
    incoming = reading.incoming()
    if reading.findings:
        raise SourcesError(sorted(set(reading.findings)))
    return incoming


@dataclass(frozen=True, slots=True)
class _Match:
    """A mapping as the file states it; ends are IRIs."""

    subject: str
    relation: Relation
    object: str


class _Reading:
    """One file on its way to values; collects what is wrong and what is to be noted.

    Attributes
    ----------
    curies : dict[str, str]
        Statements that an alignment may name, by IRI.
    titles : dict[str, str]
        Of these statements, by CURIE.
    """

    def __init__(self, statements: Statements, source: Source) -> None:
        self.statements = statements
        self.source = source
        self.catalogue = source.catalogue
        self.findings: list[Finding] = []
        self.notes: list[Finding] = []
        self.curies = {
            self.catalogue.prefixes.expand(key): key for key in self.catalogue.competencies
        }
        self.titles = {key: c.title for key, c in self.catalogue.competencies.items()}
        self.broader = broader_of(statements)

    def incoming(self) -> Incoming:
        """What the file brings; not to be used if there are findings."""
        for breach in breaches(self.statements):
            (self._wrong if breach.stops else self._note)(breach.place, breach.message)
        matches = [
            _Match(subject, relation, object_)
            for predicate, relation in MATCHES.items()
            for subject, object_ in sorted(self.statements.pairs(predicate))
        ]
        schemes = self._schemes()
        known = self._known(schemes) if matches else set()
        new = {scheme: members for scheme, members in schemes.items() if scheme not in known}
        if self.source.framework_id and len(new) > 1:
            message = f"holds {len(new)} concept schemes ({', '.join(new)}), and each becomes a"
            self._wrong(1, f"{message} framework; leave the name out, or split the file")
        frameworks: list[IncomingFramework] = []
        for scheme, members in new.items():
            taken = [incoming.framework.id for incoming in frameworks]
            frameworks.append(self._framework(scheme, members, taken))
        crosswalks = self._crosswalks(matches, frameworks)
        if not frameworks and not crosswalks and not self.findings:
            message = "brings no concept scheme with concepts, and no mapping between frameworks"
            self._wrong(1, f"{message} that it or the workspace knows")
        return Incoming(tuple(frameworks), crosswalks, notes=tuple(sorted(set(self.notes))))

    # ---- what is said where ---------------------------------------------------------------

    def _wrong(self, place: int | str, message: str) -> None:
        self.findings.append(self._finding(place, message))

    def _note(self, place: int | str, message: str) -> None:
        self.notes.append(self._finding(place, message))

    def _finding(self, place: int | str, message: str) -> Finding:
        """A finding at a line, or at what an IRI names, with the IRI in front."""
        if isinstance(place, int):
            return Finding(self.source.name, place, message)
        return Finding(self.source.name, self.statements.line(place), f"{place} {message}")

    def _note_each(self, places: Iterable[str], message: str) -> None:
        """One note for all that are of a kind: where the first stands, and how many there are."""
        found = sorted(set(places))
        if found:
            count = f" (the first of {len(found)})" if len(found) > 1 else ""
            self._note(found[0], f"{message}{count}")

    # ---- what is a scheme, and what a concept ---------------------------------------------

    def _schemes(self) -> dict[str, list[str]]:
        """Concepts by scheme, both in the order of their IRIs, and schemes without any left out.

        A concept is what is said to be one or to be in a scheme; what a mapping merely points to is
        none of this file. Concepts of a file that declares no scheme are put under an empty IRI.
        """
        s = self.statements
        inside: dict[str, set[str]] = {c: set() for c in s.subjects(TYPE, f"{SKOS}Concept")}
        for predicate in ("inScheme", "topConceptOf"):
            for concept, scheme in s.pairs(f"{SKOS}{predicate}"):
                inside.setdefault(concept, set()).add(scheme)
        for scheme, concept in s.pairs(f"{SKOS}hasTopConcept"):
            inside.setdefault(concept, set()).add(scheme)
        collections = {
            node
            for kind in ("Collection", "OrderedCollection")
            for node in s.subjects(TYPE, f"{SKOS}{kind}")
        }
        self._note_each(collections, "is a collection, which our tables have no place for")
        schemes = {*s.subjects(TYPE, f"{SKOS}ConceptScheme")}.union(*inside.values())
        if any(scheme.startswith("_:") for scheme in schemes):
            self._wrong(1, "has a concept scheme without an IRI; give it one")
        found: dict[str, list[str]] = defaultdict(list)
        homeless = []
        for concept in sorted(inside.keys() - collections - schemes):
            if concept.startswith("_:"):
                label = next(iter(s.texts(concept, *words.LABELS)), Text("no label"))
                self._wrong(1, f"has a concept without an IRI ({label.value!r}); give it one")
            elif inside[concept]:
                found[min(inside[concept])].append(concept)
            else:
                homeless.append(concept)
        several = [concept for concept, of in inside.items() if len(of) > 1]
        self._note_each(several, "is in several schemes; it is read into the first by IRI")
        if len(schemes) > 1:
            for concept in homeless:
                self._wrong(concept, "does not say which scheme it is in; add skos:inScheme")
        elif homeless:
            scheme = next(iter(schemes), "")
            found[scheme] = sorted([*found[scheme], *homeless])
            about = "the file's only scheme" if scheme else "a framework named after the file"
            self._note_each(homeless, f"says no scheme; it is read into {about}")
        return {scheme: found[scheme] for scheme in sorted(found)}

    def _known(self, schemes: Mapping[str, list[str]]) -> set[str]:
        """Schemes that the workspace has already, so that mappings may point to it."""
        if self.source.framework_id and len(schemes) == 1:
            return set()
        known = set()
        for scheme, members in schemes.items():
            own = {framework_of(self.curies[m]) for m in members if m in self.curies}
            if own:
                known.add(scheme)
                name = min(own)
                self._note(scheme, f"is {name} of the workspace, which stays as it is there")
                for member in members:
                    if member not in self.curies:
                        self._wrong(
                            member, f"is not among the statements of {name} in the workspace"
                        )
        return known

    # ---- a framework ----------------------------------------------------------------------

    def _framework(
        self, scheme: str, members: Sequence[str], taken: Sequence[str]
    ) -> IncomingFramework:
        s = self.statements
        language = self._languages(members)
        notations = {
            member: one_line(min(found, key=_value).value)
            for member in members
            if (found := s.texts(member, f"{SKOS}notation"))
        }
        title = self._best(scheme, words.NAMES, language) or PurePath(self.source.name).stem
        key, prefix_iri, codes = self._names(scheme, members, notations, title, taken)
        framework = self._described(scheme, key, title, language, prefix_iri)
        parents = self._parents(members, notations)
        for member in members:
            self.curies[member] = f"{key}:{codes[member]}"
            self.titles[self.curies[member]] = self._title(member, language)
        levels = {member: self._own(member, "level") for member in members}
        if not any(levels.values()):
            message = "says nothing of kinds of statement; all are read as competencies"
            self._note(scheme or 1, f"{message}, change the column level where they are not")
        competencies = tuple(
            Competency(
                id=self.curies[member],
                framework=key,
                code=codes[member],
                level=levels[member] or "competency",
                parent=self.curies[parents[member]] if member in parents else None,
                title=self.titles[self.curies[member]],
                description=self._best(member, words.DEFINITIONS, language),
                citation=self._first(member, (_CITATION,), one_line) or framework.citation,
                url=self._page(member) or framework.url,
                confidence=self._own(member, "readingConfidence") or IMPORTED,
                position=position,
            )
            for position, member in enumerate(self._ordered(members, parents, notations), start=1)
        )
        self._note_left_out(members, codes)
        used = {competency.level for competency in competencies}
        return IncomingFramework(framework, prefix_iri, competencies, self._new_levels(used, title))

    def _described(
        self, scheme: str, key: str, title: str, language: str, prefix_iri: str
    ) -> Framework:
        publisher = self._publisher(scheme, language)
        issued = self._first(scheme, words.DATES, date_in)
        description = self._best(scheme, words.DESCRIPTIONS, language) or title
        note = self._best(scheme, (f"{SKOS}scopeNote",), language)
        stated = ". ".join(filter(None, [publisher, f"{title} ({issued[:4] or 'undated'})"]))
        return Framework(
            id=key,
            title=title,
            version=self._first(scheme, words.VERSIONS, one_line) or issued or "unversioned",
            issued=issued,
            publisher=publisher,
            description=description,
            citation=self._first(scheme, (_CITATION,), one_line) or f"{stated}.",
            url=self._page(scheme) or prefix_iri,
            confidence=self._own(scheme, "readingConfidence") or IMPORTED,
            revision_of=self._revised(scheme),
            note="" if note == description else note,
        )

    def _names(
        self,
        scheme: str,
        members: Sequence[str],
        notations: Mapping[str, str],
        title: str,
        taken: Sequence[str],
    ) -> tuple[str, str, Mapping[str, str]]:
        """Id of a framework, the start of its IRIs, and the codes of its statements by IRI."""
        prefixes = self.catalogue.prefixes.iris
        names = name_statements(members, notations, "")
        owner = next(
            (p for p, iri in prefixes.items() if names.kept and iri == names.prefix_iri), ""
        )
        others = [prefix for prefix, iri in prefixes.items() if iri != names.prefix_iri]
        own_notation = [text.value for text in self.statements.texts(scheme, f"{SKOS}notation")]
        ending = re.split(r"[/#:]", scheme.rstrip("/#"))[-1]
        if self.source.framework_id:
            key = self.source.framework_id
        elif owner in self.catalogue.frameworks:
            key = owner
        else:
            suggestions = [*sorted(own_notation), ending, title]
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
            self._note(scheme or 1, f"has concepts whose IRIs {reason}; their {message}")
        return key, names.prefix_iri, names.codes

    def _languages(self, members: Sequence[str]) -> str:
        """The language that most preferred labels have; the first by its tag of those."""
        counts = Counter(
            text.language
            for member in members
            for text in self.statements.texts(member, *words.LABELS)
        )
        tagged = {tag: count for tag, count in counts.items() if tag}
        english = any(tag == "en" or tag.startswith("en-") for tag in tagged)
        main = min(tagged, key=lambda tag: (-tagged[tag], tag), default="")
        if main and not english:
            message = f"has no English label; labels in {main!r} are read, and our tables, which"
            self._note(1, f"{message} name no language, will call them English")
        elif len(tagged) > 1:
            others = ", ".join(sorted(t for t in tagged if t != "en"))
            self._note(1, f"has labels in further languages ({others}), which are not read")
        return main

    def _best(self, subject: str, predicates: Sequence[str], language: str) -> str:
        """A text in English, else in a language, else without one, else in the first by tag."""

        def rank(text: Text) -> tuple[int, str, str]:
            ranks = {"en": 0, language: 2, "": 3}
            place = ranks.get(text.language, 1 if text.language.startswith("en-") else 4)
            return place, text.language, text.value

        found = min(self.statements.texts(subject, *predicates), key=rank, default=None)
        return one_line(found.value) if found else ""

    def _title(self, member: str, language: str) -> str:
        title = self._best(member, words.LABELS, language)
        if title:
            return title
        for label in sorted(self.statements.nodes(member, f"{SKOSXL}prefLabel")):
            if title := self._best(label, (f"{SKOSXL}literalForm",), language):
                return title
        self._wrong(member, "has no preferred label; give it a skos:prefLabel")
        return ""

    def _first(self, subject: str, predicates: Sequence[str], read: Callable[[str], str]) -> str:
        """The first text, by predicate and then by itself, of which something can be read."""
        for predicate in predicates:
            for text in sorted(self.statements.texts(subject, predicate), key=_value):
                if found := read(text.value):
                    return found
        return ""

    def _publisher(self, scheme: str, language: str) -> str:
        for predicate in words.PUBLISHERS:
            names = {one_line(text.value) for text in self.statements.texts(scheme, predicate)}
            for agent in self.statements.nodes(scheme, predicate):
                name = self._best(agent, words.NAMES, language)
                names.add(name or ("" if agent.startswith("_:") else agent))
            if names - {""}:
                return "; ".join(sorted(names - {""}))
        return ""

    def _page(self, subject: str) -> str:
        """Where something can be looked up: a page that it names, or its own IRI."""
        s = self.statements
        for predicate in words.PAGES:
            pages = [*s.nodes(subject, predicate), *(t.value for t in s.texts(subject, predicate))]
            for page in sorted(pages):
                if _WEB.fullmatch(page):
                    return page
        return subject if _WEB.fullmatch(subject) else ""

    def _own(self, subject: str, name: str) -> str:
        """What our own exports say in the project's own words; empty for anything else."""
        iris = self.catalogue.prefixes.iris
        kind = {"readingConfidence": "confidence"}.get(name, name)
        for node in self.statements.nodes(subject, iris["xw"] + name):
            if node.startswith(iris[kind]) and _SLUG.fullmatch(node[len(iris[kind]) :]):
                return node[len(iris[kind]) :]
        return ""

    def _revised(self, scheme: str) -> str | None:
        prefixes = self.catalogue.prefixes
        for node in sorted(self.statements.nodes(scheme, f"{prefixes.iris['prov']}wasRevisionOf")):
            key = node.removeprefix(prefixes.iris["framework"])
            if key in self.catalogue.frameworks:
                return key
            self._note(scheme, f"revises {node}, which the workspace does not have")
        return None

    def _parents(self, members: Sequence[str], notations: Mapping[str, str]) -> dict[str, str]:
        """What stands above each concept of a scheme; of several the first by notation and IRI."""
        inside, parents = {*members}, {}
        several, outside = [], []
        for member in members:
            above = self.broader.get(member, set())
            found = sorted(above & inside, key=lambda iri: _by_notation(iri, notations))
            if found:
                parents[member] = found[0]
            if len(found) > 1:
                several.append(member)
            if above - inside:
                outside.append(member)
        self._note_each(several, "is below several concepts; the first by notation is its parent")
        self._note_each(outside, "is below a concept outside its scheme, which is left out")
        return parents

    def _ordered(
        self, members: Sequence[str], parents: Mapping[str, str], notations: Mapping[str, str]
    ) -> list[str]:
        """As our own export numbers them; else down the tree, by notation, where none by IRI."""
        position = f"{self.catalogue.prefixes.iris['xw']}position"
        places = {
            member: int(text.value)
            for member in members
            for text in self.statements.texts(member, position)
            if text.value.isdecimal()
        }
        if len(places) == len(members):
            return sorted(members, key=lambda member: (places[member], member))
        below: dict[str | None, list[str]] = defaultdict(list)
        for member in sorted(members, key=lambda iri: _by_notation(iri, notations), reverse=True):
            below[parents.get(member)].append(member)
        found: list[str] = []
        open_ = [*below[None]]
        while open_:
            found.append(open_.pop())
            open_ += below[found[-1]]
        return found

    def _new_levels(self, levels: Iterable[str], title: str) -> tuple[Concept, ...]:
        """Kinds of statement of our own export that the workspace's list does not have."""
        known = {concept.id for concept in self.catalogue.concepts if concept.scheme == "level"}
        return tuple(
            Concept("level", level, level.replace("-", " ").capitalize(),
                    f"a kind of statement of {title}", None, title)
            for level in sorted({*levels} - known)
        )  # fmt: skip

    def _note_left_out(self, members: Sequence[str], codes: Mapping[str, str]) -> None:
        s = self.statements
        for name in _LEFT_OUT:
            found = [member for member in members if s.objects(member, SKOS + name)]
            self._note_each(found, f"has skos:{name}, which our tables have no place for")
        other = [
            member
            for member in members
            for text in s.texts(member, f"{SKOS}notation")
            if one_line(text.value) != codes[member]
        ]
        self._note_each(other, "has a notation that is not its code, which ends its IRI")

    # ---- alignments -----------------------------------------------------------------------

    def _crosswalks(
        self, matches: Sequence[_Match], frameworks: Sequence[IncomingFramework]
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
        general = [subject for subject, _ in self.statements.pairs(f"{SKOS}mappingRelation")]
        self._note_each(
            general, "has a skos:mappingRelation, which says no more than that; left out"
        )
        self._note_each(
            unknown, "is mapped to or from what neither file nor workspace has; left out"
        )
        self._note_each(within, "is mapped to a concept of its own framework; left out")
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
                    license=self._license(),
                    alignments=tuple(self._alignments(rows)),
                )
            )
        if found:
            message = "states neither reason nor confidence of its mappings, as SKOS cannot;"
            self._note(1, f"{message} the confidence {UNSTATED_CONFIDENCE} is written")
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

    def _license(self) -> str:
        for predicate in words.LICENSES:
            for scheme in sorted(self.statements.subjects(TYPE, f"{SKOS}ConceptScheme")):
                for node in sorted(self.statements.nodes(scheme, predicate)):
                    return node
        return _NO_LICENSE

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
                self._wrong(iris[subject], message)
            elif len(stated) > 1:
                listed = " and ".join(sorted(stated))
                message = f"has {iris[object_]} as {listed} match; {chosen} is read"
                self._note(iris[subject], message)
            yield Alignment(
                id=alignment_id(subject, "", chosen.predicate_id, object_),
                subject_id=subject,
                subject_label=self.titles[subject],
                relation=chosen,
                object_id=object_,
                object_label=self.titles[object_],
                verdict=Verdict.ALIGNED,
                strength=None,
                confidence=UNSTATED_CONFIDENCE,
                rationale=UNSTATED_RATIONALE,
                direction=None,
                aims=(),
                evidence=(),
                status=IMPORTED,
                author="",
                date="",
                justification=UNSTATED_JUSTIFICATION,
            )


def _value(text: Text) -> str:
    return text.value


def _by_notation(iri: str, notations: Mapping[str, str]) -> tuple[object, ...]:
    return natural_key(f":{notations.get(iri, iri)}"), iri
