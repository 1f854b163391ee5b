"""Concept schemes and mappings of somebody else as frameworks and alignments.

What SKOS leaves open is settled by rules that depend on what the file states, never on the order in
which it states it, so that one scheme gives one framework in every syntax.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from graph.errors import SourcesError
from graph.exchange.foreign_rdf import Text, read_statements
from graph.exchange.incoming import UNSTATED_LICENSE, Incoming, IncomingFramework
from graph.exchange.linked import LinkedReading, Match, by_notation
from graph.exchange.naming import date_in, one_line
from graph.exchange.skos import words
from graph.exchange.skos.conditions import breaches, broader_of
from graph.exchange.skos.words import DCTERMS, MATCHES, SKOS, SKOSXL, TYPE
from graph.model import IMPORTED, Competency, Framework

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graph.exchange import Source
    from graph.exchange.foreign_rdf import Statements

#: Parts of a scheme's IRI that name no scheme.
_NO_NAMES: Final = frozenset(
    {"", "scheme", "conceptscheme", "concept-scheme", "skos", "id", "def", "vocab", "vocabulary"}
)

_CITATION: Final = f"{DCTERMS}bibliographicCitation"

_WEB: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

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


class _Reading(LinkedReading):
    """A file of SKOS on its way to values."""

    def __init__(self, statements: Statements, source: Source) -> None:
        super().__init__(source, statements.text)
        self.statements = statements
        self.broader = broader_of(statements)

    def incoming(self) -> Incoming:
        """What the file brings; not to be used if there are findings."""
        for breach in breaches(self.statements):
            (self.wrong if breach.stops else self.note)(breach.place, breach.message)
        matches = [
            Match(subject, relation, object_)
            for predicate, relation in MATCHES.items()
            for subject, object_ in sorted(self.statements.pairs(predicate))
        ]
        schemes = self._schemes()
        known = self.known(schemes) if matches else set()
        new = {scheme: members for scheme, members in schemes.items() if scheme not in known}
        if self.source.framework_id and len(new) > 1:
            message = f"holds {len(new)} concept schemes ({', '.join(new)}), and each becomes a"
            self.wrong(1, f"{message} framework; leave the name out, or split the file")
        frameworks: list[IncomingFramework] = []
        for scheme, members in new.items():
            taken = [incoming.framework.id for incoming in frameworks]
            frameworks.append(self._framework(scheme, members, taken))
        general = [subject for subject, _ in self.statements.pairs(f"{SKOS}mappingRelation")]
        self.note_each(general, "has a skos:mappingRelation, which says no more; left out")
        crosswalks = self.crosswalks(matches, frameworks, self._license())
        if not frameworks and not crosswalks and not self.findings:
            message = "brings no concept scheme with concepts, and no mapping between frameworks"
            self.wrong(1, f"{message} that it or the workspace knows")
        return Incoming(tuple(frameworks), crosswalks, notes=tuple(sorted(set(self.notes))))

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
        self.note_each(collections, "is a collection, which our tables have no place for")
        schemes = {*s.subjects(TYPE, f"{SKOS}ConceptScheme")}.union(*inside.values())
        if any(scheme.startswith("_:") for scheme in schemes):
            self.wrong(1, "has a concept scheme without an IRI; give it one")
        found: dict[str, list[str]] = defaultdict(list)
        homeless = []
        for concept in sorted(inside.keys() - collections - schemes):
            if concept.startswith("_:"):
                label = next(iter(s.texts(concept, *words.LABELS)), Text("no label"))
                self.wrong(1, f"has a concept without an IRI ({label.value!r}); give it one")
            elif inside[concept]:
                found[min(inside[concept])].append(concept)
            else:
                homeless.append(concept)
        several = [concept for concept, of in inside.items() if len(of) > 1]
        self.note_each(several, "is in several schemes; it is read into the first by IRI")
        if len(schemes) > 1:
            for concept in homeless:
                self.wrong(concept, "does not say which scheme it is in; add skos:inScheme")
        elif homeless:
            scheme = next(iter(schemes), "")
            found[scheme] = sorted([*found[scheme], *homeless])
            about = "the file's only scheme" if scheme else "a framework named after the file"
            self.note_each(homeless, f"says no scheme; it is read into {about}")
        return {scheme: found[scheme] for scheme in sorted(found)}

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
        suggestions = [
            *sorted(text.value for text in s.texts(scheme, f"{SKOS}notation")),
            *sorted(text.value for text in s.texts(scheme, words.PREFIX)),
            *_parts(scheme),
            title,
        ]
        key, prefix_iri, codes = self.names(scheme, members, notations, suggestions, taken)
        framework = self._described(scheme, key, title, language, prefix_iri)
        parents = self.parents(members, self.broader, notations)
        for member in members:
            self.curies[member] = f"{key}:{codes[member]}"
            self.titles[self.curies[member]] = self._title(member, language)
        levels = {member: self._own(member, "level") for member in members}
        if not any(levels.values()):
            message = "says nothing of kinds of statement; all are read as competencies"
            self.note(scheme or 1, f"{message}, change the column level where they are not")
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
        used = {level: level.replace("-", " ").capitalize() for level in levels.values() if level}
        return IncomingFramework(framework, prefix_iri, competencies, self.new_levels(used, title))

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
            self.note(1, f"{message} name no language, will call them English")
        elif len(tagged) > 1:
            others = ", ".join(sorted(t for t in tagged if t != "en"))
            self.note(1, f"has labels in further languages ({others}), which are not read")
        return main

    def _best(self, subject: str, predicates: Sequence[str], language: str) -> str:
        """A text in English, else in a language, else without one, else in the first by tag."""

        def rank(text: Text) -> tuple[int, str, str]:
            ranks = {"en": 0, language: 2, "": 3}
            place = ranks.get(text.language, 1 if text.language.startswith("en-") else 4)
            return place, text.language, text.value

        for predicate in predicates:
            texts = self.statements.texts(subject, predicate)
            found = min((t for t in texts if t.value.strip()), key=rank, default=None)
            if found:
                return one_line(found.value)
        return ""

    def _title(self, member: str, language: str) -> str:
        title = self._best(member, words.LABELS, language)
        if title:
            return title
        for label in sorted(self.statements.nodes(member, f"{SKOSXL}prefLabel")):
            if title := self._best(label, (f"{SKOSXL}literalForm",), language):
                return title
        self.wrong(member, "has no preferred label; give it a skos:prefLabel")
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
            self.note(scheme, f"revises {node}, which the workspace does not have")
        return None

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
        for member in sorted(members, key=lambda iri: by_notation(iri, notations), reverse=True):
            below[parents.get(member)].append(member)
        found: list[str] = []
        open_ = [*below[None]]
        while open_:
            found.append(open_.pop())
            open_ += below[found[-1]]
        return found

    def _license(self) -> str:
        schemes = sorted(self.statements.subjects(TYPE, f"{SKOS}ConceptScheme"))
        for predicate in words.LICENSES:
            for scheme in schemes:
                for node in sorted(self.statements.nodes(scheme, predicate)):
                    return node
        return UNSTATED_LICENSE

    def _note_left_out(self, members: Sequence[str], codes: Mapping[str, str]) -> None:
        s = self.statements
        for name in _LEFT_OUT:
            found = [member for member in members if s.objects(member, SKOS + name)]
            self.note_each(found, f"has skos:{name}, which our tables have no place for")
        other = [
            member
            for member in members
            for text in s.texts(member, f"{SKOS}notation")
            if one_line(text.value) != codes[member]
        ]
        self.note_each(other, "has a notation that is not its code, which ends its IRI")


def _value(text: Text) -> str:
    return text.value


def _parts(scheme: str) -> list[str]:
    """What in a scheme's IRI may name it, last first; never the host."""
    _, separator, after = scheme.partition("://")
    path = after.partition("/")[2] if separator else scheme
    return [part for part in re.split(r"[/#:]", path)[::-1] if part.lower() not in _NO_NAMES]
