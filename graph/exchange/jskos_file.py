"""The records of a JSKOS file: sorted by their kind, with their fields checked.

Read is one record, an array of records, or one record a line (NDJSON); concordances may hold their
mappings and concept schemes their concepts. A field that JSKOS does not have is a fault; one that
JSKOS has and our tables do not is named in a note.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from graph.bounded import decode_text, parse_json
from graph.errors import SourcesError
from graph.exchange.jskos import CONCORDANCE_TYPE, SCHEME_TYPE, SKOS
from graph.exchange.naming import one_line
from graph.model import Finding
from graph.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
_CONCORDANCES: Final = (CONCORDANCE_TYPE, "http://rdfs.org/ns/void#Linkset")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: its line, and what to call it in a message."""

    line: int
    name: str

    def inside(self, name: str) -> Place:
        """Where a record stands that is held by this one."""
        return Place(self.line, f"{self.name}/{name}")


class JskosFile:
    """Records by their kind, and what is wrong with them or left out of them.

    Attributes
    ----------
    schemes : dict[str, tuple[Place, Record]]
        Concept schemes by their URI.
    concepts : dict[str, tuple[Place, Record, str]]
        Concepts by their URI, each with the URI of its scheme, or empty.
    mappings : list[tuple[Place, Record, Record]]
        Each with the concordance that holds it, or with nothing.
    notes : Counter[str]
        What is read otherwise than it is written, and how often.
    """

    def __init__(self, raw: bytes, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self.notes: Counter[str] = Counter()
        self.schemes: dict[str, tuple[Place, Record]] = {}
        self.concepts: dict[str, tuple[Place, Record, str]] = {}
        self.mappings: list[tuple[Place, Record, Record]] = []
        for place, record in _records(raw, name):
            self._take(place, record)

    def find(self, place: Place, message: str) -> None:
        """Say what is wrong with a record."""
        self.findings.append(Finding(self.name, place.line, f"{place.name}: {message}"))

    def members(self, place: Place, record: Record, name: str) -> list[Any]:
        """Members of a set; a null in it says only that there are more."""
        value = record.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.find(place, f"{name} is no array")
            return []
        return [each for each in value if each is not None]

    def words(self, place: Place, record: Record, name: str) -> list[str]:
        """Members of a set of texts, such as notations and the URIs of types."""
        found = self.members(place, record, name)
        if all(isinstance(each, str) for each in found):
            return found
        self.find(place, f"{name} holds something that is no text")
        return []

    def text(self, place: Place, record: Record, *names: str) -> str:
        """Text of the first of some language maps that has one, in English if there is any."""
        for name in names:
            value = record.get(name)
            if value is None:
                continue
            if not isinstance(value, dict):
                self.find(place, f"{name} is no object of texts by language")
                continue
            languages = sorted(value, key=lambda tag: (tag != "en", tag[:3] != "en-", tag))
            for tag in languages:
                texts = value[tag] if isinstance(value[tag], list) else [value[tag]]
                if not all(isinstance(text, str) or text is None for text in texts):
                    self.find(place, f"{name}/{tag} is no text")
                    continue
                text = one_line(" ".join(filter(None, texts)))
                if text and tag != "-":
                    if len(languages) > 1:
                        self.notes["texts in several languages; one language is kept"] += 1
                    return text
        return ""

    def plain(self, place: Place, record: Record, name: str) -> str:
        """Text of a field that has no language, or empty."""
        value = record.get(name)
        if value is None or isinstance(value, str):
            return value or ""
        self.find(place, f"{name} is no text")
        return ""

    def _take(self, place: Place, record: Any) -> None:
        """Sort one record of the file by its type."""
        if not isinstance(record, dict):
            self.find(place, "is no object; a JSKOS file holds objects")
            return
        kind = _kind(record)
        if kind == "mapping":
            self._take_mapping(place, record, {})
        elif kind == "concordance":
            self._check(place, record, kind)
            for n, each in enumerate(self.members(place, record, "mappings"), start=1):
                self._take_mapping(place.inside(f"mapping {n}"), each, record)
        elif kind == "scheme":
            self._take_scheme(place, record)
        elif kind == "concept":
            self._take_concept(place, record, "")
        else:
            message = "is no mapping, concordance, concept scheme or concept; give it a type"
            self.find(place, message)

    def _take_mapping(self, place: Place, record: Any, part: Record) -> None:
        if self._check(place, record, "mapping"):
            self.mappings.append((place, record, part))

    def _take_scheme(self, place: Place, record: Record) -> None:
        if not self._check(place, record, "scheme"):
            return
        uri = record.get("uri")
        if not isinstance(uri, str) or not uri:
            self.find(place, "is a concept scheme without `uri`")
            return
        if uri in self.schemes:
            self.find(place, f"concept scheme {uri} stands twice; keep one")
            return
        self.schemes[uri] = place, record
        for n, each in enumerate(self.members(place, record, "concepts"), start=1):
            self._take_concept(place.inside(f"concept {n}"), each, uri)

    def _take_concept(self, place: Place, record: Any, scheme: str) -> None:
        if not self._check(place, record, "concept"):
            return
        uri = record.get("uri")
        if not isinstance(uri, str) or not uri:
            self.find(place, "is a concept without `uri`")
            return
        named = [
            *self.members(place, record, "inScheme"),
            *self.members(place, record, "topConceptOf"),
        ]
        uris = [each.get("uri") for each in named if isinstance(each, dict)]
        scheme = scheme or next((text for text in uris if isinstance(text, str)), "")
        if uri in self.concepts:
            self.find(place, f"concept {uri} stands twice; keep one")
            return
        self.concepts[uri] = place, record, scheme

    def _check(self, place: Place, record: Any, kind: str) -> bool:
        """Whether something is an object with the fields of its type; counts what is not kept."""
        if not isinstance(record, dict):
            self.find(place, f"is no {kind}")
            return False
        sound = True
        for name, value in record.items():
            if name in _READ[kind]:
                continue
            if name in _FIELDS[kind] or _CUSTOM.fullmatch(name):
                if value not in ([], {}, "", None, [None]):
                    note = f"{name} of a {kind} has no place in our tables and is left out"
                    self.notes[note] += 1
                continue
            sound = False
            close = nearest(name, _FIELDS[kind])
            hint = f"; did you mean {' or '.join(close)}?" if close else ""
            self.find(place, f"{name!r} is no field of a {kind}{hint}")
        return sound


def _records(raw: bytes, name: str) -> Iterator[tuple[Place, Any]]:
    """Records of a file, each with its place."""
    text = decode_text(raw, name)
    lines = [(n, line) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]
    by_line = len(lines) > 1 and all(line.strip()[0] == "{" for _, line in lines[:2])
    if name.endswith(".ndjson") or (by_line and lines[0][1].rstrip()[-1] == "}"):
        findings = []
        for number, line in lines:
            try:
                yield Place(number, "the record"), parse_json(line.encode(), name)
            except SourcesError as error:
                findings += [Finding(name, number, f.message) for f in error.findings]
        if findings:
            raise SourcesError(findings)
        return
    value = parse_json(raw, name)
    if isinstance(value, list):
        yield from ((Place(1, f"record {n}"), each) for n, each in enumerate(value, start=1))
    else:
        yield Place(1, "the record"), value


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
