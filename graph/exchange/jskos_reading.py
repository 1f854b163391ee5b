"""JSKOS of anybody: concept schemes as frameworks, concordances and mappings as alignments.

What the file holds is sorted by `jskos_file`; `jskos_schemes` makes the frameworks. What becomes an
alignment:

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
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from graph.errors import SourcesError
from graph.exchange.incoming import (
    UNSTATED_CONFIDENCE,
    UNSTATED_JUSTIFICATION,
    UNSTATED_LICENSE,
    UNSTATED_RATIONALE,
    Incoming,
    IncomingCrosswalk,
)
from graph.exchange.jskos import ORCID, SKOS
from graph.exchange.jskos_file import JskosFile
from graph.exchange.jskos_schemes import SchemeReader
from graph.exchange.naming import slug
from graph.model import (
    IMPORTED,
    Alignment,
    Direction,
    Evidence,
    Finding,
    Relation,
    Strength,
    Verdict,
)
from graph.terms import alignment_id, framework_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graph.exchange import Source
    from graph.exchange.jskos_file import Place, Record

_BUNDLES: Final = ("memberSet", "memberList", "memberChoice", "memberRoles")
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
    file = JskosFile(raw, source.name)
    schemes = SchemeReader(file, source)
    frameworks = schemes.frameworks()
    mappings = _MappingReader(file, source, schemes.ends)
    crosswalks = mappings.crosswalks()
    if file.findings:
        raise SourcesError([*dict.fromkeys(file.findings)])
    if not frameworks and not crosswalks:
        why = "".join(f"; {text}" for text in sorted(file.notes))
        message = f"holds no concept scheme with concepts and no mapping that is an alignment{why}"
        raise SourcesError([Finding(source.name, 1, message)])
    return Incoming(
        frameworks=tuple(frameworks),
        crosswalks=tuple(crosswalks),
        prefixes=mappings.prefixes,
        notes=tuple(
            Finding(source.name, 1, text if count == 1 else f"{text} ({count} times)")
            for text, count in sorted(file.notes.items())
        ),
    )


class _MappingReader:
    """Makes alignments of the mappings of a file.

    Parameters
    ----------
    ends : Mapping[str, tuple[str, str]]
        CURIE and title of each concept that the file brings, by its URI.
    """

    def __init__(
        self, file: JskosFile, source: Source, ends: Mapping[str, tuple[str, str]]
    ) -> None:
        self.file, self.ends = file, ends
        self.catalogue = source.catalogue
        self.prefixes: dict[str, str] = {}
        concepts = self.catalogue.concepts
        self._aims = {c.id for c in concepts if c.scheme == "aim"}
        self._statuses = {c.id for c in concepts if c.scheme == "status"}
        self._evidence = {
            evidence.url: evidence
            for alignment in self.catalogue.alignments.values()
            for evidence in alignment.evidence
        }

    def crosswalks(self) -> list[IncomingCrosswalk]:
        """Alignments by pair of frameworks, in the order of the file."""
        found: dict[tuple[str, str], dict[str, Alignment]] = defaultdict(dict)
        parts: dict[tuple[str, str], tuple[Place, Record]] = {}
        for place, record, part in self.file.mappings:
            alignment = self._alignment(place, record)
            if alignment is None:
                continue
            pair = framework_of(alignment.subject_id), framework_of(alignment.object_id)
            if alignment.id in found[pair]:
                message = f"{alignment.subject_id} and {alignment.object_id} are mapped so twice"
                self.file.find(place, f"{message}; keep one")
            found[pair][alignment.id] = alignment
            parts.setdefault(pair, (place, part))
        return [self._crosswalk(pair, *parts[pair], rows) for pair, rows in found.items()]

    def _crosswalk(
        self, pair: tuple[str, str], place: Place, part: Record, rows: Mapping[str, Alignment]
    ) -> IncomingCrosswalk:
        title = self.file.text(place, part, "prefLabel") or f"{pair[0]} to {pair[1]}"
        licenses = self.file.members(place, part, "license")
        first = licenses[0] if licenses and isinstance(licenses[0], dict) else {}
        return IncomingCrosswalk(
            subject_framework=pair[0],
            object_framework=pair[1],
            title=title,
            description=self.file.text(place, part, "definition", "scopeNote") or title,
            license=self.file.plain(place, first, "uri") or UNSTATED_LICENSE,
            alignments=tuple(rows.values()),
        )

    def _alignment(self, place: Place, record: Record) -> Alignment | None:
        bundles = [self._members(place, record, side) for side in ("from", "to")]
        if None in bundles:
            return None
        relation = self._relation(place, record)
        if not all(bundles):
            self.file.notes["a mapping to or from nothing says no verdict on a pair; left out"] += 1
            return None
        if any(len(bundle) > 1 for bundle in bundles if bundle):
            self.file.notes["a mapping of several concepts together is no pair; left out"] += 1
            return None
        ends = [self._end(place, bundle[0]) for bundle in bundles if bundle]
        if None in ends or relation is None:
            return None
        (subject, subject_title), (object_, object_title) = (end for end in ends if end)
        if framework_of(subject) == framework_of(object_):
            self.file.find(place, f"{subject} and {object_} are of the same framework")
            return None
        status = self.file.plain(place, record, "STATUS")
        ours = record if status in self._statuses else {}
        if not ours and any(name in record for name in ("STRENGTH", "DIRECTION", "AIMS", "CHANGE")):
            self.file.notes["fields in capitals without a STATUS of ours are left out"] += 1
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
            rationale=self.file.text(place, record, "note") or ("" if ours else UNSTATED_RATIONALE),
            direction=self._one_of(place, ours, "DIRECTION", Direction),
            aims=self._aims_of(place, ours),
            evidence=tuple(self._evidence_of(place, record)),
            status=status if ours else IMPORTED,
            author=self._author(place, record),
            date=self._date(place, record),
            change=self.file.plain(place, ours, "CHANGE") or None,
            justification=self._justification(record),
        )

    def _members(self, place: Place, record: Record, side: str) -> list[Record] | None:
        """Concepts on one side; None, with a finding or note, if that cannot be said."""
        bundle = record.get(side)
        names = [name for name in _BUNDLES if isinstance(bundle, dict) and name in bundle]
        if not isinstance(bundle, dict) or len(names) != 1:
            self.file.find(place, f"{side} must be an object with one of {', '.join(_BUNDLES)}")
            return None
        value = bundle[names[0]]
        if names[0] == "memberRoles":
            self.file.notes["a mapping of concepts in roles is no pair; left out"] += 1
            return None
        if not isinstance(value, list):
            self.file.find(place, f"{side}/{names[0]} is no array")
            return None
        if None in value:
            self.file.notes["a mapping whose concepts are not all named is no pair; left out"] += 1
            return None
        if not all(isinstance(each, dict) for each in value):
            self.file.find(place, f"{side}/{names[0]} holds something that is no concept")
            return None
        return value

    def _relation(self, place: Place, record: Record) -> Relation | None:
        types = self.file.members(place, record, "type")
        if not types or types[0] == f"{SKOS}mappingRelation":
            self.file.notes["a mapping that does not say which relation holds is left out"] += 1
            return None
        if not isinstance(types[0], str) or types[0] not in _RELATIONS:
            accepted = ", ".join(sorted(_RELATIONS))
            self.file.find(place, f"type {types[0]!r} must begin with one of {accepted}")
            return None
        if any(type_ in [*_RELATIONS] for type_ in types[1:]):
            self.file.find(place, "has two SKOS mapping properties as type; JSKOS allows one")
            return None
        return _RELATIONS[types[0]]

    def _end(self, place: Place, concept: Record) -> tuple[str, str] | None:
        """CURIE and title of a concept that the file or the workspace has."""
        uri = concept.get("uri")
        if not isinstance(uri, str):
            self.file.find(place, "a concept has no `uri` by which it could be found")
            return None
        if uri in self.ends:
            return self.ends[uri]
        known = self.catalogue.competencies.get(self.catalogue.prefixes.contract(uri))
        if known is None:
            message = f"concept {uri} is neither in this file nor in a framework of the workspace"
            self.file.find(place, f"{message}; import its concept scheme first")
            return None
        return known.id, known.title

    def _one_of(self, place: Place, record: Record, name: str, kind: Any) -> Any:
        value = record.get(name)
        if value is None:
            return None
        try:
            return kind(value)
        except ValueError:
            self.file.find(place, f"{name} {value!r} is none of {', '.join(kind)}")
            return None

    def _aims_of(self, place: Place, record: Record) -> tuple[str, ...]:
        aims = self.file.members(place, record, "AIMS")
        for aim in aims:
            if not isinstance(aim, str) or aim not in self._aims:
                self.file.find(place, f"AIMS {aim!r} is none of {', '.join(sorted(self._aims))}")
        return tuple(map(str, aims))

    def _confidence(self, place: Place, record: Record) -> float:
        value = record.get("mappingRelevance")
        if value is None:
            self.file.notes[f"a mapping without mappingRelevance gets {UNSTATED_CONFIDENCE}"] += 1
            return UNSTATED_CONFIDENCE
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            self.file.find(place, f"mappingRelevance {value!r} is no number from 0 to 1")
            return UNSTATED_CONFIDENCE
        if round(value, 3) != value:
            self.file.notes["a mappingRelevance is rounded to three decimals"] += 1
        return round(float(value), 3)

    def _justification(self, record: Record) -> str:
        value = record.get("justification")
        match = _SEMAPV.fullmatch(value) if isinstance(value, str) else None
        if value is not None and match is None:
            self.file.notes["a justification is no term of semapv; left out"] += 1
        return f"semapv:{match[1]}" if match else UNSTATED_JUSTIFICATION

    def _author(self, place: Place, record: Record) -> str:
        creators = [
            each for each in self.file.members(place, record, "creator") if isinstance(each, dict)
        ]
        if len(creators) > 1:
            self.file.notes["a mapping has several creators; the first is kept"] += 1
        if not creators:
            return ""
        uri, label = creators[0].get("uri"), self.file.text(place, creators[0], "prefLabel")
        if isinstance(uri, str) and uri.startswith(ORCID) and _CODE.fullmatch(uri[len(ORCID) :]):
            self.prefixes["orcid"] = ORCID
            return f"orcid:{uri.removeprefix(ORCID)}"
        if isinstance(uri, str):
            name = self.catalogue.prefixes.contract(uri)
            if name != uri and _CODE.fullmatch(name.partition(":")[2]):
                return name
        if label or uri:
            return f"agent:{slug(label or str(uri), 'agent')}"
        return ""

    def _date(self, place: Place, record: Record) -> str:
        value = record.get("created") or record.get("modified")
        if value is None:
            return ""
        try:
            return date.fromisoformat(str(value)[:10]).isoformat()
        except ValueError:
            if re.fullmatch(r"-?\d{4,}(-\d\d)?", str(value)):
                self.file.notes["a date without a day has no place in our tables; left out"] += 1
            else:
                self.file.find(place, f"created {value!r} is no date")
            return ""

    def _evidence_of(self, place: Place, record: Record) -> Iterable[Evidence]:
        """Sources of a mapping that can be looked at, with what they are said to support."""
        for each in self.file.members(place, record, "source"):
            uri = each.get("uri") if isinstance(each, dict) else None
            if not isinstance(uri, str) or not _HTTP.fullmatch(uri):
                self.file.notes["a source without an address is left out"] += 1
                continue
            known = self._evidence.get(uri)
            supports = self.file.text(place, each, "note") or "source of the mapping"
            citation = self.file.text(place, each, "prefLabel") or uri
            if known:
                yield Evidence(known.id, known.kind, known.citation, uri, supports)
            else:
                yield Evidence(slug(citation, "source")[:60].strip("-"), "web-page", citation,
                               uri, supports)  # fmt: skip
