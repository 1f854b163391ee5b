"""Media types of answers, and what the engine calls them. First of each is the default."""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

#: SELECT and ASK (SPARQL 1.1 Query Results JSON, XML, CSV and TSV).
RESULTS: Final = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}

#: CONSTRUCT and DESCRIBE.
GRAPHS: Final = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-quads": ox.RdfFormat.N_QUADS,
}

#: Other names by which clients ask for the same thing.
ALIASES: Final = {
    "application/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "text/xml": "application/sparql-results+xml",
    "application/x-turtle": "text/turtle",
    "text/plain": "application/n-triples",
}

#: Short names for `?format=` and the command line.
SHORT: Final = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
    "turtle": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "trig": "application/trig",
    "nq": "application/n-quads",
}

#: Graph formats in which declared prefixes make the answer readable.
_WITH_PREFIXES: Final = ("text/turtle", "application/trig", "application/rdf+xml")


def write_answer(
    answer: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples,
    media_type: str,
    prefixes: dict[str, str],
    output: object,
) -> None:
    """Let the engine serialise an answer into a writable binary object."""
    if not isinstance(answer, ox.QueryTriples):
        answer.serialize(output, format=RESULTS[media_type])  # type: ignore[arg-type]
    elif media_type in _WITH_PREFIXES:
        ox.serialize(answer, output, format=GRAPHS[media_type], prefixes=prefixes)  # type: ignore[arg-type]
    else:
        answer.serialize(output, format=GRAPHS[media_type])  # type: ignore[arg-type]
