"""What sssom-py and sssom-pydantic make of our files, as JSON lines; run in `.venv-outside`.

usage: check_sssom.py FILE…  where a file ends in .sssom.tsv or .ttl
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

import rdflib
from sssom.constants import DEFAULT_VALIDATION_TYPES
from sssom.parsers import from_sssom_rdf, parse_sssom_table
from sssom.validators import validate
from sssom_pydantic import read
from sssom_pydantic.io import read_unprocessed

SSSOM = "https://w3id.org/sssom/"


def rows_of(frame):
    """Cells of a table that hold anything, as text."""
    return [
        {key: str(value) for key, value in row.items() if value == value and value != ""}
        for row in frame.to_dict("records")
    ]


def check_table(path):
    """Problems that either validator has, and the rows that each reads."""
    found = parse_sssom_table(path)
    reports = validate(found, DEFAULT_VALIDATION_TYPES, fail_on_error=False)
    problems = [result.message for report in reports.values() for result in report.results]
    mappings, _, _, errors = read(path, return_errors=True)
    records = read_unprocessed(path).records
    return {
        "problems": problems + [str(error) for error in errors],
        "sssom-py": rows_of(found.df),
        "sssom-pydantic": [r.model_dump(mode="json", exclude_none=True) for r in records],
        "processed": len(mappings),
    }


def check_turtle(path):
    """Rows that sssom-py reads out of the graph, once what is no SSSOM is taken away.

    It refuses a mapping set that is anything else besides, such as a `void:Linkset`.
    """
    graph = rdflib.Graph().parse(path)
    kept = {rdflib.URIRef(SSSOM + "MappingSet"), rdflib.OWL.Axiom}
    for triple in list(graph):
        subject, predicate, value = triple
        foreign = predicate == rdflib.RDF.type and value not in kept
        if foreign or "competency-crosswalk/ns#" in predicate or "rdfs.org/ns/void#" in predicate:
            graph.remove(triple)
        elif isinstance(value, rdflib.Literal) and value.language:
            graph.set((subject, predicate, rdflib.Literal(str(value))))
    prefixes = {prefix: str(iri) for prefix, iri in graph.namespaces() if prefix}
    return {"problems": [], "sssom-py": rows_of(from_sssom_rdf(graph, prefix_map=prefixes).df)}


logging.disable(logging.WARNING)
for name in sys.argv[1:]:
    check = check_turtle if name.endswith(".ttl") else check_table
    sys.stdout.write(json.dumps({"file": Path(name).name, **check(name)}) + "\n")
