"""CTDL-ASN as JSON-LD: frameworks and their competencies as the Credential Registry takes them.

Each node satisfies the Registry's JSON Schema for its class and expands by the published context,
which is named and not repeated (CTDL-ASN terms, credreg.net/ctdlasn/terms). A title is the
`competencyText`, a description a `comment`; what kind of statement it is stands twice, as a word
(`competencyCategory`) and as the IRI of our own list (`conceptTerm`). Alignments are arrays of IRIs
on both ends; CTDL-ASN has no place for strength, confidence, reason or author, nor for a pair that
is not aligned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_URL, uuid5

import orjson

from graph.exchange.ctdlasn.reading import read_ctdlasn
from graph.exchange.ctdlasn.words import CONTEXT, PROPERTIES
from graph.model import INVERSE
from graph.terms import framework_of

if TYPE_CHECKING:
    from graph.catalogue import Catalogue
    from graph.exchange import Selection, Source
    from graph.exchange.incoming import Incoming
    from graph.model import Alignment, Competency, Framework

Record = dict[str, Any]

_LANGUAGE: Final = "en"


def read(raw: bytes, source: Source) -> Incoming:
    """Frameworks of a file, and the alignments between what it and the workspace hold.

    Raises
    ------
    SourcesError
        With every problem that was found.
    """
    return read_ctdlasn(raw, source)


def write_framework(catalogue: Catalogue, framework: Framework, _name: str) -> bytes:
    """A framework with all of its statements."""
    members = catalogue.by_framework.get(framework.id, [])
    nodes = [_framework(catalogue, framework, whole=True)]
    nodes += [_competency(catalogue, member) for member in members]
    return _document(catalogue.prefixes.expand(f"graph:framework/{framework.id}"), nodes)


def write(selection: Selection, _name: str) -> bytes:
    """Alignments on their competencies, at both ends.

    A whole crosswalk comes with both frameworks whole, so that what receives it loses no statement;
    any other selection only with the competencies that it aligns.
    """
    catalogue, crosswalk = selection.catalogue, selection.crosswalk
    links = _links(selection)
    frameworks = {framework_of(key) for key in links}
    if crosswalk:
        frameworks = {crosswalk.subject_framework, crosswalk.object_framework}
    nodes = []
    for key in sorted(frameworks):
        node = _framework(catalogue, catalogue.framework(key), whole=crosswalk is not None)
        if crosswalk:
            ends = crosswalk.subject_framework, crosswalk.object_framework
            name, other = ("alignTo", ends[1]) if key == ends[0] else ("alignFrom", ends[0])
            node[f"ceasn:{name}"] = [catalogue.prefixes.expand(f"framework:{other}")]
        nodes.append(node)
        for member in catalogue.by_framework.get(key, []):
            if crosswalk or member.id in links:
                whole = crosswalk is not None
                nodes.append(_competency(catalogue, member, whole=whole) | links.get(member.id, {}))
    about = f"crosswalk/{crosswalk.id}" if crosswalk else "selection"
    return _document(catalogue.prefixes.expand(f"graph:{about}"), nodes)


def identifier(iri: str) -> str:
    """The CTID of something with an IRI: `ce-` and its UUID, version 5 (RFC 9562, 5.5)."""
    return f"ce-{uuid5(NAMESPACE_URL, iri)}"


def _document(about: str, nodes: list[Record]) -> bytes:
    document = {"@context": CONTEXT, "@id": about, "@graph": nodes}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _links(selection: Selection) -> dict[str, Record]:
    """Alignment properties by competency, each alignment at both of its ends."""
    found: dict[str, dict[str, set[str]]] = {}

    def add(alignment: Alignment, subject: str, name: str, object_: str) -> None:
        iri = selection.catalogue.prefixes.expand(object_)
        found.setdefault(subject, {}).setdefault(f"ceasn:{name}", set()).add(iri)

    for a in selection.alignments:
        if a.aligned:
            add(a, a.subject_id, PROPERTIES[a.relation], a.object_id)
            add(a, a.object_id, PROPERTIES[INVERSE[a.relation]], a.subject_id)
    return {
        subject: {name: sorted(iris) for name, iris in sorted(properties.items())}
        for subject, properties in found.items()
    }


def _framework(catalogue: Catalogue, framework: Framework, *, whole: bool) -> Record:
    """A framework; `whole` if its statements stand beside it."""
    iri = catalogue.prefixes.expand(f"framework:{framework.id}")
    tops = [m.id for m in catalogue.by_framework.get(framework.id, []) if m.parent is None]
    return _filled(
        {
            "@type": "ceasn:CompetencyFramework",
            "@id": iri,
            "ceterms:ctid": identifier(iri),
            "ceasn:name": _text(framework.title),
            "ceasn:description": _text(framework.description),
            "ceasn:inLanguage": [_LANGUAGE],
            "ceasn:publisherName": {_LANGUAGE: [framework.publisher]}
            if framework.publisher
            else "",
            "ceasn:source": [framework.url],
            "ceasn:dateCreated": framework.issued
            if len(framework.issued) == len("2020-01-31")
            else "",
            "ceasn:hasTopChild": [catalogue.prefixes.expand(t) for t in tops] if whole else [],
        }
    )


def _competency(catalogue: Catalogue, competency: Competency, *, whole: bool = True) -> Record:
    """A competency; `whole` if those above and below it are in the same file."""
    expand = catalogue.prefixes.expand
    iri, framework = expand(competency.id), expand(f"framework:{competency.framework}")
    parent, children = competency.parent, catalogue.children.get(competency.id, [])
    labels = {c.id: c.label for c in catalogue.concepts if c.scheme == "level"}
    node: Record = {
        "@type": "ceasn:Competency",
        "@id": iri,
        "ceterms:ctid": identifier(iri),
        "ceasn:competencyText": _text(competency.title),
        "ceasn:comment": _text(competency.description) if competency.description else {},
        "ceasn:codedNotation": competency.code,
        "ceasn:listID": str(competency.position),
        # The Registry's schema wants an array, the context a language map; this is both.
        "ceasn:competencyCategory": [
            {"@language": _LANGUAGE, "@value": labels.get(competency.level, competency.level)}
        ],
        "ceasn:conceptTerm": [expand(f"level:{competency.level}")],
        "ceasn:inLanguage": [_LANGUAGE],
        "ceasn:isPartOf": [framework],
    }
    if whole:
        node["ceasn:isTopChildOf"] = "" if parent else framework
        node["ceasn:isChildOf"] = [expand(parent)] if parent else []
        node["ceasn:hasChild"] = [expand(child.id) for child in children]
    return _filled(node)


def _text(text: str) -> Record:
    return {_LANGUAGE: text}


def _filled(record: Record) -> Record:
    return {name: value for name, value in record.items() if value}
