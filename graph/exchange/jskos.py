"""Alignments and frameworks as JSKOS 0.7, the JSON that Cocoda and BARTOC speak.

A framework is a *concept scheme*, a competency a *concept*, a crosswalk a *concordance*, an
alignment a *mapping* (https://gbv.github.io/jskos/).

- `mappingRelevance` is the confidence: JSKOS defines it as "numerical confidence value between 0
  and 1". Strength is another matter and has no field there. It stands, with direction, aims and
  change, in fields of our own in upper case, which the specification sets aside for such things
  ("Extension with custom fields").
- JSKOS 0.7 has no way to say that two concepts do *not* match: an empty side means that a concept
  has no counterpart at all, and a mapping without a type that some relation holds. Verdicts *not
  aligned* are therefore left out, and the concordance says how many there are.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

import orjson

from graph.exchange.incoming import UNSTATED_LICENSE

if TYPE_CHECKING:
    from graph.catalogue import Catalogue
    from graph.exchange import Selection, Source
    from graph.exchange.incoming import Incoming
    from graph.model import Alignment, Competency, Crosswalk, Framework, Relation
    from graph.records import Record

CONTEXT: Final = "https://gbv.github.io/jskos/context.json"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
CONCORDANCE_TYPE: Final = "http://rdf-vocabulary.ddialliance.org/xkos#Correspondence"
CONCEPT_TYPE: Final = f"{SKOS}Concept"
SCHEME_TYPE: Final = f"{SKOS}ConceptScheme"

#: Justification of what follows from other alignments (https://w3id.org/semapv/vocab/).
_DERIVED: Final = "https://w3id.org/semapv/vocab/MappingChaining"

_PROJECT: Final = "agent:project"
ORCID: Final = "https://orcid.org/"


def write(selection: Selection, name: str) -> bytes:
    """A whole crosswalk as a concordance with its mappings, any other selection as an array.

    `jskos-ndjson` writes one mapping a line instead, as jskos-server takes them in.
    """
    catalogue, crosswalk = selection.catalogue, selection.crosswalk
    mappings = [mapping_record(catalogue, a) for a in selection.alignments if a.aligned]
    if name == "jskos-ndjson":
        return b"".join(orjson.dumps(mapping) + b"\n" for mapping in mappings)
    if crosswalk is None:
        return orjson.dumps(mappings, option=orjson.OPT_INDENT_2)
    record = concordance_record(catalogue, crosswalk) | {"mappings": mappings}
    return orjson.dumps(record, option=orjson.OPT_INDENT_2)


def write_framework(catalogue: Catalogue, framework: Framework, name: str) -> bytes:
    """A framework as a concept scheme with its concepts; `jskos-ndjson`: a concept a line."""
    concepts = [concept_record(catalogue, c) for c in catalogue.by_framework.get(framework.id, [])]
    scheme = scheme_record(catalogue, framework)
    if name == "jskos-ndjson":
        return b"".join(orjson.dumps(record) + b"\n" for record in (scheme, *concepts))
    return orjson.dumps(scheme | {"concepts": concepts}, option=orjson.OPT_INDENT_2)


def read(raw: bytes, source: Source) -> Incoming:
    """Read concordances, mappings, concept schemes and concepts; see `jskos_reading`."""
    from graph.exchange.jskos_reading import read_jskos

    return read_jskos(raw, source)


# ---- schemes and concepts --------------------------------------------------------------------


def scheme_uri(catalogue: Catalogue, framework_id: str) -> str:
    """IRI of a framework."""
    return catalogue.prefixes.expand(f"framework:{framework_id}")


def scheme_reference(catalogue: Catalogue, framework_id: str) -> Record:
    """A framework as others point to it."""
    return {"uri": scheme_uri(catalogue, framework_id), "notation": [framework_id]}


def scheme_record(catalogue: Catalogue, framework: Framework) -> Record:
    """A framework as a concept scheme, without its concepts."""
    members = catalogue.by_framework.get(framework.id, [])
    levels = dict.fromkeys(member.level for member in members)
    labels = {c.id: c.label for c in catalogue.concepts if c.scheme == "level"}
    record: Record = {
        "@context": CONTEXT,
        "uri": scheme_uri(catalogue, framework.id),
        "type": [SCHEME_TYPE],
        "notation": [framework.id],
        "prefLabel": {"en": framework.title},
        "definition": _notes(framework.description),
        "note": _notes(framework.note),
        "version": framework.version,
        "issued": framework.issued,
        "publisher": [{"prefLabel": {"en": framework.publisher}}] if framework.publisher else [],
        "url": framework.url,
        "source": [{"uri": framework.url, "note": _notes(framework.citation)}],
        "namespace": catalogue.prefixes.iris[framework.id],
        "languages": ["en"],
        "extent": f"{len(members)} statements",
        "objectTypes": [CONCEPT_TYPE],
        "types": [
            {"uri": catalogue.prefixes.expand(f"level:{level}"), "prefLabel": {"en": labels[level]}}
            for level in levels
        ],
        "topConcepts": [_concept_reference(catalogue, m) for m in members if not m.parent],
    }
    return _filled(record)


def concept_record(catalogue: Catalogue, competency: Competency) -> Record:
    """A competency as a concept, with what stands directly above and below it.

    `narrower` is always given: an empty one says that nothing stands below.
    """
    scheme = scheme_reference(catalogue, competency.framework)
    children = catalogue.children.get(competency.id, [])
    record = _filled(
        {
            "@context": CONTEXT,
            "uri": catalogue.prefixes.expand(competency.id),
            "type": concept_types(catalogue, competency),
            "notation": [competency.code],
            "prefLabel": {"en": competency.title},
            "definition": _notes(competency.description),
            "source": [{"uri": competency.url, "note": _notes(competency.citation)}],
            "inScheme": [scheme],
            "topConceptOf": [] if competency.parent else [scheme],
        }
    )
    if competency.parent:
        record["broader"] = [_concept_reference(catalogue, catalogue.competency(competency.parent))]
    return record | {"narrower": [_concept_reference(catalogue, child) for child in children]}


def concept_types(catalogue: Catalogue, competency: Competency) -> list[str]:
    """Types of a concept: that it is one, and its level."""
    return [CONCEPT_TYPE, catalogue.prefixes.expand(f"level:{competency.level}")]


def _concept_reference(catalogue: Catalogue, competency: Competency) -> Record:
    return {
        "uri": catalogue.prefixes.expand(competency.id),
        "notation": [competency.code],
        "prefLabel": {"en": competency.title},
    }


# ---- concordances and mappings ---------------------------------------------------------------


def concordance_uri(catalogue: Catalogue, crosswalk_id: str) -> str:
    """IRI of a crosswalk."""
    return catalogue.prefixes.expand(f"crosswalk:{crosswalk_id}")


def concordance_record(catalogue: Catalogue, crosswalk: Crosswalk) -> Record:
    """A crosswalk as a concordance, without its mappings.

    Its `created` is the date of the latest verdict.
    """
    found = catalogue.by_crosswalk.get(crosswalk.id, [])
    aligned = [alignment for alignment in found if alignment.aligned]
    left_out = len(found) - len(aligned)
    notes = [crosswalk.description]
    if left_out:
        notes.append(
            f"{left_out} further pairs were judged not aligned. JSKOS cannot say so; the SSSOM "
            "file of this crosswalk has them with their reasons."
        )
    record: Record = {
        "@context": CONTEXT,
        "uri": concordance_uri(catalogue, crosswalk.id),
        "type": [CONCORDANCE_TYPE],
        "notation": [crosswalk.id],
        "prefLabel": {"en": crosswalk.title},
        "scopeNote": _notes(*notes),
        "fromScheme": scheme_reference(catalogue, crosswalk.subject_framework),
        "toScheme": scheme_reference(catalogue, crosswalk.object_framework),
        "creator": [
            creator_record(catalogue, author) for author in sorted({a.author for a in found} - {""})
        ],
        "created": max((alignment.date for alignment in found), default=""),
        "license": _licenses(catalogue, crosswalk.license),
        "extent": str(len(aligned)),
        "objectTypes": [f"{SKOS}mappingRelation"],
    }
    return _filled(record)


def _licenses(catalogue: Catalogue, license_: str) -> list[dict[str, str]]:
    """A license as JSKOS has it; none if whoever made the crosswalk stated none."""
    prefix = license_.partition(":")[0]
    uri = catalogue.prefixes.expand(license_) if prefix in catalogue.prefixes.iris else license_
    return [] if uri in ("", UNSTATED_LICENSE) else [{"uri": uri}]


def mapping_uri(catalogue: Catalogue, alignment: Alignment) -> str:
    """IRI of an alignment."""
    return catalogue.prefixes.expand(f"alignment:{alignment.id}")


def mapping_record(catalogue: Catalogue, alignment: Alignment) -> Record:
    """An aligned pair as a mapping from one concept to one concept.

    Evidence stands as `source`, each with a note of what it supports; it supports an ingredient
    of the rationale, never the pair.

    Raises
    ------
    ValueError
        If the verdict is *not aligned*, which JSKOS cannot say.
    """
    if not alignment.aligned:
        raise ValueError(f"{alignment.id} is judged not aligned; JSKOS cannot say so")
    subject = catalogue.competency(alignment.subject_id)
    object_ = catalogue.competency(alignment.object_id)
    ends = catalogue.prefixes.expand(subject.id), catalogue.prefixes.expand(object_.id)
    crosswalk = f"{subject.framework}--{object_.framework}"
    record: Record = {
        "@context": CONTEXT,
        "uri": "" if alignment.derived else mapping_uri(catalogue, alignment),
        "identifier": content_identifiers(*ends, alignment.relation),
        "type": [relation_uri(alignment.relation)],
        "from": {"memberSet": [_concept_reference(catalogue, subject)]},
        "to": {"memberSet": [_concept_reference(catalogue, object_)]},
        "fromScheme": scheme_reference(catalogue, subject.framework),
        "toScheme": scheme_reference(catalogue, object_.framework),
        "mappingRelevance": alignment.confidence,
        "justification": _DERIVED
        if alignment.derived
        else catalogue.prefixes.expand(alignment.justification),
        "note": _notes(alignment.rationale),
        "creator": [creator_record(catalogue, alignment.author)] if alignment.author else [],
        "created": alignment.date,
        "source": [
            {
                "uri": evidence.url,
                "prefLabel": {"en": evidence.citation},
                "note": _notes(evidence.supports),
            }
            for evidence in alignment.evidence
        ],
        "partOf": [{"uri": concordance_uri(catalogue, crosswalk)}]
        if crosswalk in catalogue.crosswalks and not alignment.derived
        else [],
        "STRENGTH": alignment.strength,
        "DIRECTION": alignment.direction,
        "AIMS": list(alignment.aims),
        "CHANGE": alignment.change,
        "STATUS": alignment.status,
    }
    return _filled(record) | {"mappingRelevance": alignment.confidence}


def relation_uri(relation: Relation) -> str:
    """IRI of the SKOS mapping property that a relation is."""
    return f"{SKOS}{relation.value}Match"


def content_identifiers(from_: str, to: str, relation: Relation) -> list[str]:
    """The identifiers by which JSKOS tools know the same mapping again, wherever it is kept.

    As jskos-tools computes them (`src/identifiers.js`): SHA-1 of the ends, and of ends and type,
    as compact JSON followed by a line feed.
    """
    content = {
        "from": {"memberSet": [{"uri": from_}]},
        "to": {"memberSet": [{"uri": to}]},
        "type": [relation_uri(relation)],
    }
    return [
        f"urn:jskos:mapping:content:{_sha1(content)}",
        f"urn:jskos:mapping:members:{_sha1(sorted((from_, to)))}",
    ]


def _sha1(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def creator_record(catalogue: Catalogue, author: str) -> Record:
    """Who judged, with a name to show: the author's CURIE where no name is known."""
    prefix, _, local = author.partition(":")
    label = "Competency Crosswalk project" if author == _PROJECT else author
    if prefix.lower() == "orcid":
        return {"uri": ORCID + local, "prefLabel": {"en": label}}
    if prefix in catalogue.prefixes.iris:
        return {"uri": catalogue.prefixes.expand(author), "prefLabel": {"en": label}}
    return {"prefLabel": {"en": label}}


# ---- pieces ----------------------------------------------------------------------------------


def _notes(*texts: str) -> dict[str, list[str]]:
    """A language map of lists; empty if there is nothing to say."""
    found = [text for text in texts if text]
    return {"en": found} if found else {}


def _filled(record: Record) -> Record:
    """A record without empty fields: in JSKOS an empty one says that there is none."""
    return {name: value for name, value in record.items() if value}
