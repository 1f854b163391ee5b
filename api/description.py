"""What the endpoint says of itself: the SPARQL service description and VoID, as RDF.

Service description: https://www.w3.org/TR/sparql11-service-description/. The address in it is the
configured one, never what a request's Host header claims: answers are kept and shared.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from api.answer import Answer
from api.negotiation import negotiate
from graph.store.media import GRAPHS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.service import Service
    from graph.settings import Settings

_SD: Final = "http://www.w3.org/ns/sparql-service-description#"
_VOID: Final = "http://rdfs.org/ns/void#"
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_FORMATS: Final = "http://www.w3.org/ns/formats/"

_RESULT_FORMATS: Final = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads",
)  # fmt: skip


def public_address(settings: Settings) -> str:
    """Where clients reach the service, without a slash at the end."""
    return settings.public_url.rstrip("/") or f"http://{settings.host}:{settings.port}"


def describe_service(service: Service, accept: str) -> Answer:
    """The service description, with the dataset and its graphs.

    Raises
    ------
    NotAcceptableError
        If no RDF format is accepted.
    """
    media_type = negotiate(accept, tuple(GRAPHS), {"text/html": "text/turtle"})
    endpoint = public_address(service.settings) + "/sparql"
    dataset, default = f"{endpoint}#dataset", f"{endpoint}#default-graph"
    node = ox.NamedNode
    triples = [
        (endpoint, f"{_RDF}type", node(f"{_SD}Service")),
        (endpoint, f"{_SD}endpoint", node(endpoint)),
        (endpoint, f"{_SD}supportedLanguage", node(f"{_SD}SPARQL11Query")),
        (endpoint, f"{_SD}feature", node(f"{_SD}UnionDefaultGraph")),
        *((endpoint, f"{_SD}resultFormat", node(_FORMATS + name)) for name in _RESULT_FORMATS),
        (endpoint, f"{_SD}defaultDataset", node(dataset)),
        (endpoint, f"{_SD}availableGraphs", node(dataset)),
        (dataset, f"{_RDF}type", node(f"{_SD}Dataset")),
        (dataset, f"{_SD}defaultGraph", node(default)),
        (default, f"{_RDF}type", node(f"{_SD}Graph")),
    ]
    for graph in sorted(service.store.graphs):
        place = f"{endpoint}#{graph.rpartition('/graph/')[2]}"
        triples += [
            (dataset, f"{_SD}namedGraph", node(place)),
            (place, f"{_RDF}type", node(f"{_SD}NamedGraph")),
            (place, f"{_SD}name", node(graph)),
        ]
    prefixes = {"sd": _SD, "formats": _FORMATS}
    return _serialised(triples, media_type, prefixes)


def describe_dataset(service: Service, accept: str) -> Answer:
    """VoID, DCAT and PROV-O of the dataset, and where to query it (`/.well-known/void`)."""
    media_type = negotiate(accept, tuple(GRAPHS), {"text/html": "text/turtle"})
    prefixes = service.store.prefixes
    graph = prefixes.expand("graph:provenance")
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    found = service.store.query(query)
    assert isinstance(found, ox.QueryTriples)
    address = public_address(service.settings)
    extra = [
        (graph, f"{_VOID}sparqlEndpoint", ox.NamedNode(f"{address}/sparql")),
        (graph, f"{_VOID}vocabulary", ox.NamedNode(prefixes.iris["skos"])),
        (graph, f"{_VOID}vocabulary", ox.NamedNode(prefixes.iris["sssom"])),
    ]
    triples = [(t.subject.value, t.predicate.value, t.object) for t in found]
    return _serialised([*triples, *extra], media_type, prefixes.iris)


def _serialised(
    triples: Iterable[tuple[str, str, object]], media_type: str, prefixes: dict[str, str]
) -> Answer:
    output = io.BytesIO()
    ox.serialize(
        (ox.Triple(ox.NamedNode(s), ox.NamedNode(p), o) for s, p, o in sorted(triples, key=str)),  # type: ignore[arg-type]
        output,
        format=GRAPHS[media_type],
        prefixes=prefixes,
    )
    return Answer(output.getvalue(), media_type)
