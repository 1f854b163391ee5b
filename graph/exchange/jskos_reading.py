"""JSKOS of anybody: concept schemes as frameworks, concordances and mappings as alignments.

Read is one record, an array of records, or one record a line (NDJSON); concordances may hold their
mappings and concept schemes their concepts. What becomes an alignment:

- A mapping from exactly one concept to exactly one other, of two frameworks that the file brings or
  the workspace has, with one of the five SKOS relations as its type.
- A mapping with an empty side says that a concept has no counterpart, one with several concepts on
  a side that they fit together only, one without a type or with *mappingRelation* that some
  relation holds. None of these is a verdict on a pair: each is counted in a note and left out.
- A concept that is nowhere, a field that JSKOS does not have, or a value that it forbids is a
  fault: nothing is read then. Fields that JSKOS has and our tables do not are named in notes.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from graph.bounded import decode_text, parse_json
from graph.errors import SourcesError
from graph.exchange.incoming import (
    UNSTATED_CONFIDENCE,
    UNSTATED_JUSTIFICATION,
    UNSTATED_LICENSE,
    UNSTATED_RATIONALE,
    Incoming,
    IncomingCrosswalk,
    IncomingFramework,
)
from graph.exchange.jskos import CONCORDANCE_TYPE, ORCID, SCHEME_TYPE, SKOS
from graph.exchange.naming import Names, date_in, framework_id, name_statements, one_line, slug
from graph.model import (
    IMPORTED,
    Alignment,
    Competency,
    Concept,
    Direction,
    Evidence,
    Finding,
    Framework,
    Relation,
    Strength,
    Verdict,
)
from graph.nearest import nearest
from graph.terms import alignment_id, framework_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graph.exchange import Source

    Record = Mapping[str, Any]

#: Fields of an item (JSKOS 0.7.1, "Resource", "Item"), of datasets, and of each type beyond them.
_ITEM: Final = frozenset((
    "@context", "uri", "identifier", "type", "created", "issued", "modified", "creator",
    "contributor", "source", "publisher", "partOf", "annotations", "qualifiedRelations",
    "qualifiedDates", "qualifiedLiterals", "rank", "url", "notation", "prefLabel", "altLabel",
    "hiddenLabel", "scopeNote", "definition", "example", "historyNote", "editorialNote",
    "changeNote", "note", "startDate", "endDate", "relatedDate", "relatedDates", "location",
    "startPlace", "endPlace", "place", "address", "replacedBy", "subject", "subjectOf", "depiction",
    "media", "version", "versionOf", "tool", "issueTracker", "issue", "guidelines",
))  # fmt: skip
_DATASET: Final = frozenset(("distributions", "services", "extent", "license", "objectTypes"))
_ENDS: Final = ("fromScheme", "toScheme")
_FIELDS: Final = {
    "mapping": _ITEM | {"from", "to", *_ENDS, "mappingRelevance", "justification"},
    "concordance": _ITEM | _DATASET | {"mappings", *_ENDS},
    "scheme": _ITEM | _DATASET | {
        "topConcepts", "namespace", "uriPattern", "notationPattern", "notationExamples", "concepts",
        "types", "languages",
    },
    "concept": _ITEM | {
        "narrower", "broader", "related", "previous", "next", "ancestors", "inScheme",
        "topConceptOf", "mappings", "occurrences", "deprecated", "memberSet", "memberList",
        "memberChoice", "memberRoles",
    },
}  # fmt: skip

#: Fields that are read, or that say only what is said elsewhere in the record.
_READ: Final = {
    "mapping": {
        "@context", "uri", "identifier", "type", "from", "to", *_ENDS, "mappingRelevance",
        "justification", "note", "creator", "created", "modified", "partOf", "source", "STRENGTH",
        "DIRECTION", "AIMS", "CHANGE", "STATUS",
    },
    "concordance": {
        "@context", "uri", "type", "notation", "prefLabel", "definition", "scopeNote", *_ENDS,
        "creator", "created", "license", "extent", "objectTypes", "mappings", "distributions",
        "services",
    },
    "scheme": {
        "@context", "uri", "type", "notation", "prefLabel", "definition", "scopeNote", "note",
        "version", "issued", "created", "modified", "publisher", "url", "source", "namespace",
        "languages", "extent", "objectTypes", "types", "topConcepts", "concepts", "distributions",
        "services",
    },
    "concept": {
        "@context", "uri", "type", "notation", "prefLabel", "definition", "scopeNote", "note",
        "url", "source", "inScheme", "topConceptOf", "broader", "narrower", "ancestors",
    },
}  # fmt: skip

_CUSTOM: Final = re.compile(r"_.*|[A-Z0-9]+")
_BUNDLES: Final = ("memberSet", "memberList", "memberChoice", "memberRoles")
_CONCORDANCES: Final = (CONCORDANCE_TYPE, "http://rdfs.org/ns/void#Linkset")
_SEMAPV: Final = re.compile(r"https?://w3id\.org/semapv/(?:vocab/)?([A-Za-z]+)")
_HTTP: Final = re.compile(r"https?://\S+")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.()_-]*")
_RELATIONS: Final = {f"{SKOS}{relation.value}Match": relation for relation in Relation}


def read_jskos(raw: bytes, source: Source) -> Incoming:
    """Read a file of JSKOS.

    Raises
    ------
    SourcesError
        With everything that is wrong with it.
    """
    reader = _Reader(source)
    for place, record in _records(raw, source.name):
        reader.take(place, record)
    frameworks = reader.frameworks()
    crosswalks = reader.crosswalks()
    if reader.findings:
        raise SourcesError(reader.findings)
    if not frameworks and not crosswalks:
        why = "".join(f"; {text}" for text in sorted(reader.notes))
        message = f"holds no concept scheme with concepts and no mapping that is an alignment{why}"
        raise SourcesError([Finding(source.name, 1, message)])
    return Incoming(
        frameworks=tuple(frameworks),
        crosswalks=tuple(crosswalks),
        prefixes=reader.prefixes,
        notes=tuple(
            Finding(source.name, 1, text if count == 1 else f"{text} ({count} times)")
            for text, count in sorted(reader.notes.items())
        ),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a record stands: its line, and what to call it in a message."""

    line: int
    name: str

    def inside(self, name: str) -> _Place:
        return _Place(self.line, f"{self.name}/{name}")


def _records(raw: bytes, name: str) -> Iterator[tuple[_Place, Any]]:
    """Records of a file, each with its place."""
    text = decode_text(raw, name)
    lines = [(n, line) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]
    by_line = len(lines) > 1 and all(line.strip()[0] == "{" for _, line in lines[:2])
    if name.endswith(".ndjson") or (by_line and lines[0][1].rstrip()[-1] == "}"):
        findings = []
        for number, line in lines:
            try:
                yield _Place(number, "the record"), parse_json(line.encode(), name)
            except SourcesError as error:
                findings += [Finding(name, number, f.message) for f in error.findings]
        if findings:
            raise SourcesError(findings)
        return
    value = parse_json(raw, name)
    if isinstance(value, list):
        yield from ((_Place(1, f"record {n}"), each) for n, each in enumerate(value, start=1))
    else:
        yield _Place(1, "the record"), value


class _Reader:
    """Collects records, and makes values of them once all are known."""

    def __init__(self, source: Source) -> None:
        self.source, self.catalogue = source, source.catalogue
        self.findings: list[Finding] = []
        self.notes: Counter[str] = Counter()
        self.prefixes: dict[str, str] = {}
        #: Ids of the frameworks of this file.
        self._taken: set[str] = set()
        self._schemes: dict[str, tuple[_Place, Record]] = {}
        self._concepts: dict[str, tuple[_Place, Record, str]] = {}
        self._mappings: list[tuple[_Place, Record, Record]] = []
        #: CURIE and title of each concept of the file, by its URI.
        self._ends: dict[str, tuple[str, str]] = {}
        concepts = self.catalogue.concepts
        self._levels = {c.id for c in concepts if c.scheme == "level"}
        self._aims = {c.id for c in concepts if c.scheme == "aim"}
        self._statuses = {c.id for c in concepts if c.scheme == "status"}
        self._evidence = {
            evidence.url: evidence
            for alignment in self.catalogue.alignments.values()
            for evidence in alignment.evidence
        }

    # ---- taking in -----------------------------------------------------------------------

    def take(self, place: _Place, record: Any) -> None:
        """Sort one record of the file by its type."""
        if not isinstance(record, dict):
            self._find(place, "is no object; a JSKOS file holds objects")
            return
        kind = _kind(record)
        if kind == "mapping":
            self._take_mapping(place, record, {})
        elif kind == "concordance":
            self._check(place, record, kind)
            for n, each in enumerate(self._list(place, record, "mappings"), start=1):
                self._take_mapping(place.inside(f"mapping {n}"), each, record)
        elif kind == "scheme":
            self._take_scheme(place, record)
        elif kind == "concept":
            self._take_concept(place, record, "")
        else:
            message = "is no mapping, concordance, concept scheme or concept; give it a type"
            self._find(place, message)

    def _take_mapping(self, place: _Place, record: Any, part: Record) -> None:
        if self._check(place, record, "mapping"):
            self._mappings.append((place, record, part))

    def _take_scheme(self, place: _Place, record: Record) -> None:
        if not self._check(place, record, "scheme"):
            return
        uri = record.get("uri")
        if not isinstance(uri, str) or not uri:
            self._find(place, "is a concept scheme without `uri`")
            return
        if uri in self._schemes:
            self._find(place, f"concept scheme {uri} stands twice; keep one")
            return
        self._schemes[uri] = place, record
        for n, each in enumerate(self._list(place, record, "concepts"), start=1):
            self._take_concept(place.inside(f"concept {n}"), each, uri)

    def _take_concept(self, place: _Place, record: Any, scheme: str) -> None:
        if not self._check(place, record, "concept"):
            return
        uri = record.get("uri")
        if not isinstance(uri, str) or not uri:
            self._find(place, "is a concept without `uri`")
            return
        named = [*self._list(place, record, "inScheme"), *self._list(place, record, "topConceptOf")]
        uris = [each.get("uri") for each in named if isinstance(each, dict)]
        scheme = scheme or next((text for text in uris if isinstance(text, str)), "")
        if uri in self._concepts:
            self._find(place, f"concept {uri} stands twice; keep one")
            return
        self._concepts[uri] = place, record, scheme

    def _check(self, place: _Place, record: Any, kind: str) -> bool:
        """Whether something is an object with the fields of its type; counts what is not kept."""
        if not isinstance(record, dict):
            self._find(place, f"is no {kind}")
            return False
        sound = True
        for name, value in record.items():
            if name in _READ[kind]:
                continue
            if name in _FIELDS[kind] or _CUSTOM.fullmatch(name):
                if value not in ([], {}, "", None, [None]):
                    self.notes[
                        f"{name} of a {kind} has no place in our tables and is left out"
                    ] += 1
                continue
            sound = False
            close = nearest(name, _FIELDS[kind])
            hint = f"; did you mean {' or '.join(close)}?" if close else ""
            self._find(place, f"{name!r} is no field of a {kind}{hint}")
        return sound

    def _list(self, place: _Place, record: Record, name: str) -> list[Any]:
        """Members of a set; a null in it says only that there are more."""
        value = record.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self._find(place, f"{name} is no array")
            return []
        return [each for each in value if each is not None]

    def _find(self, place: _Place, message: str) -> None:
        self.findings.append(Finding(self.source.name, place.line, f"{place.name}: {message}"))

    # ---- frameworks ----------------------------------------------------------------------

    def frameworks(self) -> list[IncomingFramework]:
        """Concept schemes of which the file brings concepts, in its order."""
        members: dict[str, list[str]] = defaultdict(list)
        for uri, (place, _, scheme) in self._concepts.items():
            if not scheme and len(self._schemes) == 1:
                scheme = next(iter(self._schemes))
            if scheme not in self._schemes:
                self._find(place, f"concept {uri} is of no concept scheme of this file")
                continue
            members[scheme].append(uri)
        wanted = self.source.framework_id if len(members) == 1 else ""
        return [
            self._framework(*self._schemes[scheme], uris, wanted)
            for scheme, uris in members.items()
        ]

    def _framework(
        self, place: _Place, record: Record, uris: list[str], wanted: str
    ) -> IncomingFramework:
        title = self._text(place, record, "prefLabel")
        if not title:
            self._find(place, "is a concept scheme without `prefLabel`")
        key, names = self._names(place, record, title, uris, wanted)
        codes = names.codes
        days = [date_in(str(record.get(name) or "")) for name in ("issued", "modified", "created")]
        day = next(filter(None, days), "")
        publishers = [
            self._text(place, each, "prefLabel")
            for each in self._list(place, record, "publisher")
            if isinstance(each, dict)
        ]
        publisher = next(filter(None, publishers), "")
        url = str(record.get("url") or record["uri"])
        year = f" ({day[:4]})" if day else ""
        framework = Framework(
            id=key,
            title=title,
            version=str(record.get("version") or day or "undated"),
            issued=days[0],
            publisher=publisher,
            description=self._text(place, record, "definition", "scopeNote") or title,
            citation=self._cited(place, record) or f"{publisher or title}{year}. {title}.",
            url=url,
            confidence=IMPORTED,
            revision_of=None,
            note=self._text(place, record, "note"),
        )
        parents = self._parents(uris)
        self._refuse_cycles(parents)
        labels = {
            str(each.get("uri")): self._text(place, each, "prefLabel")
            for each in self._list(place, record, "types")
            if isinstance(each, dict)
        }
        levels: dict[str, Concept] = {}
        competencies = []
        for position, uri in enumerate(uris, start=1):
            level = self._level(uri, labels, parents, framework)
            if level.id not in self._levels:
                levels.setdefault(level.id, level)
            competency = self._competency(uri, codes, parents, level.id, position, framework)
            self._ends[uri] = competency.id, competency.title
            competencies.append(competency)
        return IncomingFramework(
            framework, names.prefix_iri, tuple(competencies), tuple(levels.values())
        )

    def _names(
        self, place: _Place, record: Record, title: str, uris: list[str], wanted: str
    ) -> tuple[str, Names]:
        """Id of a framework, and the codes of its concepts.

        A start of URIs belongs to one framework: a scheme that the workspace has already keeps its
        name, so that reading it again mends it and adds no second one.
        """
        iris = self.catalogue.prefixes.iris
        notations = {}
        for uri in uris:
            found = self._list(place, self._concepts[uri][1], "notation")
            if found and isinstance(found[0], str):
                notations[uri] = found[0]
        names = name_statements(uris, notations, "")
        owner = next((p for p, iri in iris.items() if names.kept and iri == names.prefix_iri), "")
        given = self._list(place, record, "notation")
        suggestions = (str(given[0]) if given else "", title)
        known = owner if owner in self.catalogue.frameworks else ""
        taken = ({*self.catalogue.frameworks, *iris} - {owner}) | self._taken
        key = wanted or known or framework_id(suggestions, taken)
        self._taken.add(key)
        if not names.kept or owner not in ("", key):
            names = name_statements(uris, notations, f"{iris['framework']}{key}/", keep=False)
            self.notes["URIs cannot be kept as they are; concepts get addresses of ours"] += 1
        return key, names

    def _parents(self, uris: list[str]) -> dict[str, str]:
        """What stands directly above each concept, by `broader`, else by the other's `narrower`."""
        inside = set(uris)
        parents: dict[str, str] = {}
        for uri in uris:
            place, record, _ = self._concepts[uri]
            above = [
                str(each.get("uri"))
                for each in self._list(place, record, "broader")
                if isinstance(each, dict)
            ]
            here = [each for each in above if each in inside]
            if len(above) > len(here):
                self.notes["a broader concept is not in the same scheme; left out"] += 1
            if len(here) > 1:
                self.notes["a concept has several broader ones; the first is kept"] += 1
            if here:
                parents[uri] = here[0]
        for uri in uris:
            place, record, _ = self._concepts[uri]
            for each in self._list(place, record, "narrower"):
                below = each.get("uri") if isinstance(each, dict) else None
                if below in inside:
                    parents.setdefault(str(below), uri)
        return parents

    def _refuse_cycles(self, parents: dict[str, str]) -> None:
        clear: set[str] = set()
        for uri in parents:
            line: dict[str, None] = {}
            at = uri
            while at in parents and at not in clear and at not in line:
                line[at] = None
                at = parents[at]
            if at in line:
                circle = [*line][[*line].index(at) :]
                message = f"concept {at} is above itself by {' < '.join([*circle, at])}"
                self._find(self._concepts[at][0], message)
                for each in circle:
                    parents.pop(each)
                return self._refuse_cycles(parents)
            clear |= set(line)
        return None

    def _level(
        self, uri: str, labels: Mapping[str, str], parents: Mapping[str, str], framework: Framework
    ) -> Concept:
        """Kind of a concept: its second type, or how deep it stands."""
        types = [str(t) for t in self._list(*self._concepts[uri][:2], "type")]
        for type_ in types:
            if type_ == f"{SKOS}Concept":
                continue
            name = self.catalogue.prefixes.contract(type_)
            if name.startswith("level:") and name[6:] in self._levels:
                return Concept("level", name[6:], labels.get(type_, name[6:]), "", None, "")
            label = labels.get(type_) or re.split(r"[/#:]", type_.rstrip("/#"))[-1]
            definition = f"a concept that {framework.title} calls {label}"
            return Concept("level", slug(label, "kind"), label, definition, None, framework.url)
        depth, at = 1, uri
        while at in parents:
            depth, at = depth + 1, parents[at]
        definition = f"a statement at depth {depth} of a framework that names no kinds"
        return Concept("level", f"level-{depth}", f"Level {depth}", definition, None, framework.url)

    def _competency(
        self, uri: str, codes: Mapping[str, str], parents: Mapping[str, str], level: str,
        position: int, framework: Framework,
    ) -> Competency:  # fmt: skip
        place, record, _ = self._concepts[uri]
        notations = self._list(place, record, "notation")
        title = self._text(place, record, "prefLabel")
        if not title and notations:
            title = one_line(str(notations[0]))
            self.notes["a concept has no label; its notation stands for one"] += 1
        if not title:
            self._find(place, f"concept {uri} has neither `prefLabel` nor `notation`")
        if notations and notations[0] != codes[uri]:
            self.notes["a notation differs from the end of its URI, which is the code here"] += 1
        parent = parents.get(uri)
        pages = [
            str(e.get("uri")) for e in self._list(place, record, "source") if isinstance(e, dict)
        ]
        page = next((p for p in (str(record.get("url") or ""), *pages) if _HTTP.fullmatch(p)), uri)
        return Competency(
            id=f"{framework.id}:{codes[uri]}",
            framework=framework.id,
            code=codes[uri],
            level=level,
            parent=f"{framework.id}:{codes[parent]}" if parent else None,
            title=title,
            description=self._text(place, record, "definition", "scopeNote", "note"),
            citation=self._cited(place, record) or f"{framework.citation} {codes[uri]}.",
            url=page,
            confidence=IMPORTED,
            position=position,
        )

    def _cited(self, place: _Place, record: Record) -> str:
        """Citation of a record: the note of its first source."""
        sources = [each for each in self._list(place, record, "source") if isinstance(each, dict)]
        return self._text(place, sources[0], "note", "prefLabel") if sources else ""

    def _text(self, place: _Place, record: Record, *names: str) -> str:
        """Text of the first of some language maps that has one, in English if there is any."""
        for name in names:
            value = record.get(name)
            if value is None:
                continue
            if not isinstance(value, dict):
                self._find(place, f"{name} is no object of texts by language")
                continue
            languages = sorted(value, key=lambda tag: (tag != "en", tag[:3] != "en-", tag))
            for tag in languages:
                texts = value[tag] if isinstance(value[tag], list) else [value[tag]]
                if not all(isinstance(text, str) or text is None for text in texts):
                    self._find(place, f"{name}/{tag} is no text")
                    continue
                text = one_line(" ".join(filter(None, texts)))
                if text and tag != "-":
                    if len(languages) > 1:
                        self.notes["texts in several languages; one language is kept"] += 1
                    return text
        return ""

    # ---- alignments ----------------------------------------------------------------------

    def crosswalks(self) -> list[IncomingCrosswalk]:
        """Alignments by pair of frameworks, in the order of the file."""
        found: dict[tuple[str, str], dict[str, Alignment]] = defaultdict(dict)
        parts: dict[tuple[str, str], tuple[_Place, Record]] = {}
        for place, record, part in self._mappings:
            alignment = self._alignment(place, record)
            if alignment is None:
                continue
            pair = framework_of(alignment.subject_id), framework_of(alignment.object_id)
            if alignment.id in found[pair]:
                message = f"{alignment.subject_id} and {alignment.object_id} are mapped so twice"
                self._find(place, f"{message}; keep one")
            found[pair][alignment.id] = alignment
            parts.setdefault(pair, (place, part))
        return [self._crosswalk(pair, *parts[pair], rows) for pair, rows in found.items()]

    def _crosswalk(
        self, pair: tuple[str, str], place: _Place, part: Record, rows: Mapping[str, Alignment]
    ) -> IncomingCrosswalk:
        title = self._text(place, part, "prefLabel") or f"{pair[0]} to {pair[1]}"
        licenses = self._list(place, part, "license")
        license_ = licenses[0].get("uri") if licenses and isinstance(licenses[0], dict) else None
        return IncomingCrosswalk(
            subject_framework=pair[0],
            object_framework=pair[1],
            title=title,
            description=self._text(place, part, "definition", "scopeNote") or title,
            license=str(license_ or UNSTATED_LICENSE),
            alignments=tuple(rows.values()),
        )

    def _alignment(self, place: _Place, record: Record) -> Alignment | None:
        bundles = [self._members(place, record, side) for side in ("from", "to")]
        if None in bundles:
            return None
        relation = self._relation(place, record)
        if not all(bundles):
            self.notes["a mapping to or from nothing says no verdict on a pair; left out"] += 1
            return None
        if any(len(bundle) > 1 for bundle in bundles if bundle):
            self.notes["a mapping of several concepts together is no pair; left out"] += 1
            return None
        ends = [self._end(place, bundle[0]) for bundle in bundles if bundle]
        if None in ends or relation is None:
            return None
        (subject, subject_title), (object_, object_title) = (end for end in ends if end)
        if framework_of(subject) == framework_of(object_):
            self._find(place, f"{subject} and {object_} are of the same framework")
            return None
        status = record.get("STATUS")
        ours = record if status in self._statuses else {}
        if not ours and any(name in record for name in ("STRENGTH", "DIRECTION", "AIMS", "CHANGE")):
            self.notes["fields in capitals without a STATUS of ours are left out"] += 1
        return Alignment(
            id=alignment_id(subject, "", relation.predicate_id, object_),
            subject_id=subject,
            subject_label=subject_title,
            relation=relation,
            object_id=object_,
            object_label=object_title,
            verdict=Verdict.ALIGNED,
            strength=self._one_of(place, ours, "STRENGTH", Strength),
            confidence=self._confidence(place, record),
            rationale=self._text(place, record, "note") or ("" if ours else UNSTATED_RATIONALE),
            direction=self._one_of(place, ours, "DIRECTION", Direction),
            aims=self._aims_of(place, ours),
            evidence=tuple(self._evidence_of(place, record)),
            status=str(status) if ours else IMPORTED,
            author=self._author(place, record),
            date=self._date(place, record),
            change=str(ours["CHANGE"]) if ours.get("CHANGE") else None,
            justification=self._justification(record),
        )

    def _members(self, place: _Place, record: Record, side: str) -> list[Record] | None:
        """Concepts on one side; None, with a finding or note, if that cannot be said."""
        bundle = record.get(side)
        names = [name for name in _BUNDLES if isinstance(bundle, dict) and name in bundle]
        if not isinstance(bundle, dict) or len(names) != 1:
            self._find(place, f"{side} must be an object with one of {', '.join(_BUNDLES)}")
            return None
        value = bundle[names[0]]
        if names[0] == "memberRoles":
            self.notes["a mapping of concepts in roles is no pair; left out"] += 1
            return None
        if not isinstance(value, list):
            self._find(place, f"{side}/{names[0]} is no array")
            return None
        if None in value:
            self.notes["a mapping whose concepts are not all named is no pair; left out"] += 1
            return None
        if not all(isinstance(each, dict) for each in value):
            self._find(place, f"{side}/{names[0]} holds something that is no concept")
            return None
        return value

    def _relation(self, place: _Place, record: Record) -> Relation | None:
        types = self._list(place, record, "type")
        if not types or types[0] == f"{SKOS}mappingRelation":
            self.notes["a mapping that does not say which relation holds is left out"] += 1
            return None
        if types[0] not in _RELATIONS:
            accepted = ", ".join(sorted(_RELATIONS))
            self._find(place, f"type {types[0]!r} must begin with one of {accepted}")
            return None
        if any(type_ in _RELATIONS for type_ in types[1:]):
            self._find(place, "has two SKOS mapping properties as type; JSKOS allows one")
            return None
        return _RELATIONS[types[0]]

    def _end(self, place: _Place, concept: Record) -> tuple[str, str] | None:
        """CURIE and title of a concept that the file or the workspace has."""
        uri = concept.get("uri")
        if not isinstance(uri, str):
            self._find(place, "a concept has no `uri` by which it could be found")
            return None
        if uri in self._ends:
            return self._ends[uri]
        known = self.catalogue.competencies.get(self.catalogue.prefixes.contract(uri))
        if known is None:
            message = f"concept {uri} is neither in this file nor in a framework of the workspace"
            self._find(place, f"{message}; import its concept scheme first")
            return None
        return known.id, known.title

    def _one_of(self, place: _Place, record: Record, name: str, kind: Any) -> Any:
        value = record.get(name)
        if value is None:
            return None
        try:
            return kind(value)
        except ValueError:
            self._find(place, f"{name} {value!r} is none of {', '.join(kind)}")
            return None

    def _aims_of(self, place: _Place, record: Record) -> tuple[str, ...]:
        aims = self._list(place, record, "AIMS")
        for aim in aims:
            if aim not in self._aims:
                self._find(place, f"AIMS {aim!r} is none of {', '.join(sorted(self._aims))}")
        return tuple(map(str, aims))

    def _confidence(self, place: _Place, record: Record) -> float:
        value = record.get("mappingRelevance")
        if value is None:
            self.notes[f"a mapping without mappingRelevance gets {UNSTATED_CONFIDENCE}"] += 1
            return UNSTATED_CONFIDENCE
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            self._find(place, f"mappingRelevance {value!r} is no number from 0 to 1")
            return UNSTATED_CONFIDENCE
        if round(value, 3) != value:
            self.notes["a mappingRelevance is rounded to three decimals"] += 1
        return round(float(value), 3)

    def _justification(self, record: Record) -> str:
        value = record.get("justification")
        match = _SEMAPV.fullmatch(value) if isinstance(value, str) else None
        if value is not None and match is None:
            self.notes["a justification is no term of semapv; left out"] += 1
        return f"semapv:{match[1]}" if match else UNSTATED_JUSTIFICATION

    def _author(self, place: _Place, record: Record) -> str:
        creators = [each for each in self._list(place, record, "creator") if isinstance(each, dict)]
        if len(creators) > 1:
            self.notes["a mapping has several creators; the first is kept"] += 1
        if not creators:
            return ""
        uri, label = creators[0].get("uri"), self._text(place, creators[0], "prefLabel")
        if isinstance(uri, str) and uri.startswith(ORCID):
            self.prefixes["orcid"] = ORCID
            return f"orcid:{uri.removeprefix(ORCID)}"
        if isinstance(uri, str):
            name = self.catalogue.prefixes.contract(uri)
            if name != uri and _CODE.fullmatch(name.partition(":")[2]):
                return name
        if label or uri:
            return f"agent:{slug(label or str(uri), 'agent')}"
        return ""

    def _date(self, place: _Place, record: Record) -> str:
        value = record.get("created") or record.get("modified")
        if value is None:
            return ""
        try:
            return date.fromisoformat(str(value)[:10]).isoformat()
        except ValueError:
            if re.fullmatch(r"-?\d{4,}(-\d\d)?", str(value)):
                self.notes["a date without a day has no place in our tables; left out"] += 1
            else:
                self._find(place, f"created {value!r} is no date")
            return ""

    def _evidence_of(self, place: _Place, record: Record) -> Iterable[Evidence]:
        """Sources of a mapping that can be looked at, with what they are said to support."""
        for each in self._list(place, record, "source"):
            uri = each.get("uri") if isinstance(each, dict) else None
            if not isinstance(uri, str) or not _HTTP.fullmatch(uri):
                self.notes["a source without an address is left out"] += 1
                continue
            known = self._evidence.get(uri)
            supports = self._text(place, each, "note") or "source of the mapping"
            citation = self._text(place, each, "prefLabel") or uri
            if known:
                yield Evidence(known.id, known.kind, known.citation, uri, supports)
            else:
                yield Evidence(slug(citation, "source")[:60].strip("-"), "web-page", citation,
                               uri, supports)  # fmt: skip


def _kind(record: Record) -> str:
    types = record.get("type")
    first = types[0] if isinstance(types, list) and types else ""
    if "from" in record or "to" in record:
        return "mapping"
    if first in _CONCORDANCES or "mappings" in record:
        return "concordance"
    if first == SCHEME_TYPE or "concepts" in record or "topConcepts" in record:
        return "scheme"
    if first == f"{SKOS}Concept" or {"inScheme", "topConceptOf", "broader"} & set(record):
        return "concept"
    return ""
