"""SKOS: frameworks as concept schemes, crosswalks as plain mapping triples.

Out: a framework's statements as the build has them, with `skos:narrower` and a label of the scheme,
which some tools need; our own properties (level, position) ride along and are ignored by whoever
does not know them. Of a crosswalk only what is aligned is written: SKOS cannot say *not aligned*.
In: any concept scheme (`graph.exchange.skos.reading`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
import pyoxigraph as ox
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, SKOS, XSD

from graph.build import framework_graph
from graph.exchange.skos.reading import read_skos
from graph.terms import framework_of
from graph.turtle import write_turtle

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.catalogue import Catalogue
    from graph.exchange import Selection, Source
    from graph.exchange.incoming import Incoming
    from graph.model import Framework
    from graph.terms import Prefixes

#: A prefix shortens IRIs in JSON-LD only if its own ends in one of these (JSON-LD 1.1, 4.1.5).
_ENDS_PREFIX: Final = (":", "/", "?", "#", "[", "]", "@")


def read(raw: bytes, source: Source) -> Incoming:
    """Concept schemes and mappings of a file in any syntax of RDF.

    Raises
    ------
    SourcesError
        With every problem that was found.
    """
    return read_skos(raw, source)


def write_framework(catalogue: Catalogue, framework: Framework, name: str) -> bytes:
    """A framework as a concept scheme."""
    members = catalogue.by_framework.get(framework.id, [])
    graph = framework_graph(framework, members, catalogue.prefixes)
    scheme = _iri(catalogue, f"framework:{framework.id}")
    graph.add((scheme, SKOS.prefLabel, Literal(framework.title, lang="en")))
    graph.add((scheme, SKOS.definition, Literal(framework.description, lang="en")))
    for narrower, _, broader in list(graph.triples((None, SKOS.broader, None))):
        graph.add((broader, SKOS.narrower, narrower))
    return _serialised(graph, catalogue, f"graph:framework/{framework.id}", name)


def write(selection: Selection, name: str) -> bytes:
    """Mapping triples of what is aligned, with both ends and their schemes in outline."""
    catalogue = selection.catalogue
    graph = Graph(bind_namespaces="none")
    schemes = set()
    if selection.crosswalk:
        schemes = {selection.crosswalk.subject_framework, selection.crosswalk.object_framework}
    for alignment in selection.alignments:
        if alignment.aligned:
            ends = alignment.subject_id, alignment.object_id
            subject, object_ = (_iri(catalogue, end) for end in ends)
            graph.add((subject, _iri(catalogue, alignment.relation.predicate_id), object_))
            for end in ends:
                _add_concept(graph, catalogue, end)
                schemes.add(framework_of(end))
    for scheme in schemes:
        subject, title = _iri(catalogue, f"framework:{scheme}"), catalogue.framework(scheme).title
        graph.add((subject, RDF.type, SKOS.ConceptScheme))
        for predicate in (DCTERMS.title, SKOS.prefLabel):
            graph.add((subject, predicate, Literal(title, lang="en")))
        graph.add((subject, SKOS.notation, Literal(scheme)))
    about = f"graph:crosswalk/{selection.crosswalk.id}" if selection.crosswalk else ""
    return _serialised(graph, catalogue, about, name)


def _add_concept(graph: Graph, catalogue: Catalogue, key: str) -> None:
    competency, subject = catalogue.competency(key), _iri(catalogue, key)
    graph.add((subject, RDF.type, SKOS.Concept))
    graph.add((subject, SKOS.prefLabel, Literal(competency.title, lang="en")))
    graph.add((subject, SKOS.notation, Literal(competency.code)))
    scheme = _iri(catalogue, f"framework:{competency.framework}")
    graph.add((subject, SKOS.inScheme, scheme))


def _iri(catalogue: Catalogue, curie: str) -> URIRef:
    return URIRef(catalogue.prefixes.expand(curie))


def _serialised(graph: Graph, catalogue: Catalogue, about: str, name: str) -> bytes:
    """A graph in the syntax that a format's name says; the same graph gives the same bytes.

    Parameters
    ----------
    about : str
        Name of the graph, where the syntax has such; empty for the default graph.
    """
    prefixes = catalogue.prefixes
    if name == "skos-turtle":
        banner = f"Competency crosswalk, release {catalogue.release}, as SKOS."
        return write_turtle(graph, prefixes, banner=banner).encode()
    triples = sorted((_triple(t) for t in graph), key=str)
    if name == "skos-jsonld":
        return _json_ld(triples, prefixes)
    if name == "skos-nquads":
        named = ox.NamedNode(prefixes.expand(about)) if about else ox.DefaultGraph()
        quads = (ox.Quad(t.subject, t.predicate, t.object, named) for t in triples)
        return ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
    predicates = {t.predicate.value for t in triples}
    used = {
        prefix: iri
        for prefix, iri in sorted(prefixes.iris.items())
        if any(predicate.startswith(iri) for predicate in predicates)
    }
    return ox.serialize(triples, format=ox.RdfFormat.RDF_XML, prefixes=used) or b""


def _triple(terms: tuple[Any, Any, Any]) -> ox.Triple:
    subject, predicate, value = terms
    if isinstance(value, Literal):
        datatype = ox.NamedNode(str(value.datatype)) if value.datatype else None
        node: Any = ox.Literal(str(value), language=value.language, datatype=datatype)
    else:
        node = ox.NamedNode(str(value))
    return ox.Triple(ox.NamedNode(str(subject)), ox.NamedNode(str(predicate)), node)


def _json_ld(triples: list[ox.Triple], prefixes: Prefixes) -> bytes:
    """One node a subject, with its context written out: a reader needs no network."""
    used: set[str] = set()

    def short(iri: str) -> str:
        curie = prefixes.contract(iri)
        prefix, colon, local = curie.partition(":")
        usable = curie != iri and colon and not local.startswith("//")
        if not usable or not prefixes.iris[prefix].endswith(_ENDS_PREFIX):
            return iri
        used.add(prefix)
        return curie

    nodes: dict[str, dict[str, Any]] = {}
    for triple in triples:
        subject: str = triple.subject.value  # type: ignore[union-attr]
        node = nodes.setdefault(subject, {"@id": short(subject)})
        if triple.predicate.value == str(RDF.type):
            node.setdefault("@type", []).append(short(triple.object.value))  # type: ignore[union-attr]
        else:
            predicate = short(triple.predicate.value)
            node.setdefault(predicate, []).append(_json_value(triple.object, short))
    context = {"@version": 1.1, **{prefix: prefixes.iris[prefix] for prefix in sorted(used)}}
    document = {"@context": context, "@graph": [*nodes.values()]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _json_value(term: Any, short: Callable[[str], str]) -> Any:
    if isinstance(term, ox.NamedNode):
        return {"@id": short(term.value)}
    if term.language:
        return {"@language": term.language, "@value": term.value}
    datatype = term.datatype.value
    if datatype == str(XSD.string):
        return term.value
    return {"@type": short(datatype), "@value": term.value}
