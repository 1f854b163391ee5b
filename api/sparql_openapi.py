"""The SPARQL endpoint as the OpenAPI document shows it."""

from __future__ import annotations

from typing import Any, Final

from api.sparql import DIRECT, FORM
from graph.store.media import GRAPHS, RESULTS

_EXAMPLE: Final = (
    "SELECT ?partner ?label WHERE { epas-2022:7 skos:closeMatch ?partner . "
    "?partner skos:prefLabel ?label } ORDER BY ?partner"
)

_GRAPHS: Final = {"type": "array", "items": {"type": "string", "format": "uri"}}

_DATASET: Final[list[dict[str, Any]]] = [
    {
        "name": name,
        "in": "query",
        "required": False,
        "schema": _GRAPHS,
        "description": f"a graph of the dataset to query, as {role}",
    }
    for name, role in (
        ("default-graph-uri", "part of its default graph"),
        ("named-graph-uri", "a named graph"),
    )
]

_PROBLEM: Final = {
    "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}
}

_RESPONSES: Final = {
    "200": {
        "description": "the answer, in the form that Accept asks for",
        "content": {name: {"schema": {"type": "string"}} for name in (*RESULTS, *GRAPHS)},
    },
    **{
        status: {"description": text, "content": _PROBLEM}
        for status, text in (
            ("400", "the query is wrong (line and column), refused, or nested too deep"),
            ("406", "the form of the query has no representation that is accepted"),
            ("413", "the query is too long"),
            ("415", "the body is of another type"),
            ("422", "the query needs too much memory, or its answer is too large"),
            ("503", "too many queries at once; Retry-After says when to come back"),
            ("504", "the query ran out of time"),
        )
    },
}

SPARQL_PATHS: Final[dict[str, Any]] = {
    "/sparql": {
        "get": {
            "tags": ["SPARQL"],
            "operationId": "sparql_get",
            "summary": "SPARQL 1.1 query; without parameters, the service description",
            "parameters": [
                {
                    "name": "query",
                    "in": "query",
                    "required": False,
                    "schema": {"type": "string"},
                    "example": _EXAMPLE,
                },
                *_DATASET,
                {
                    "name": "format",
                    "in": "query",
                    "required": False,
                    "schema": {"type": "string"},
                    "description": "json, xml, csv, tsv, ttl, nt, rdf, jsonld, trig or nq; wins "
                    "over Accept",
                },
            ],
            "responses": _RESPONSES,
        },
        "post": {
            "tags": ["SPARQL"],
            "operationId": "sparql_post",
            "summary": "SPARQL 1.1 query, as a form or as the body",
            "parameters": _DATASET,
            "requestBody": {
                "required": True,
                "content": {
                    FORM: {
                        "schema": {
                            "type": "object",
                            "required": ["query"],
                            "properties": {
                                "query": {"type": "string"},
                                "default-graph-uri": _GRAPHS,
                                "named-graph-uri": _GRAPHS,
                            },
                        },
                        "example": {"query": _EXAMPLE},
                    },
                    DIRECT: {"schema": {"type": "string"}, "example": _EXAMPLE},
                },
            },
            "responses": _RESPONSES,
        },
    }
}
