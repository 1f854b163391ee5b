"""Alignments as JSON-LD 1.1: the JSON records, plus a context that makes them RDF.

The context is published with the data (`ontology/context.jsonld`) and written into each document,
so that a reader needs no network. Expanded, the document has the same statements as the Turtle.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson

from graph.terms import shipped_data

if TYPE_CHECKING:
    from graph.exchange import Selection
    from graph.model import Alignment


@cache
def context() -> dict[str, Any]:
    """The published JSON-LD context."""
    text = (shipped_data() / "context.jsonld").read_text(encoding="utf-8")
    published: dict[str, Any] = json.loads(text)["@context"]
    return published


def write(selection: Selection, _name: str) -> bytes:
    """A document with one node an alignment, and one node an aligned subject."""
    prefixes = selection.catalogue.prefixes
    used = {end.partition(":")[0] for a in selection.alignments for end in _ends(a)}
    document = {
        "@context": {**context(), **{p: prefixes.iris[p] for p in sorted(used)}},
        "@graph": [node for a in selection.alignments for node in _nodes(a)],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _ends(a: Alignment) -> tuple[str, str]:
    return a.subject_id, a.object_id


def _nodes(a: Alignment) -> list[dict[str, Any]]:
    node: dict[str, Any] = {
        "id": f"alignment:{a.id}",
        "type": ["owl:Axiom", "xw:Alignment"],
        "subject_id": a.subject_id,
        "relation": a.relation.value,
        "object_id": a.object_id,
        "verdict": a.verdict.value,
        "strength": a.strength,
        "confidence": {"@value": str(a.confidence), "@type": "xsd:double"},
        "rationale": a.rationale,
        "direction": a.direction,
        "aims": list(a.aims),
        "status": a.status,
        "author": a.author or None,
        "date": a.date or None,
        "change": a.change,
        "justification": a.justification,
        "see_also": [evidence.url for evidence in a.evidence],
        "support": [
            {
                "id": f"alignment:{a.id}.e{number}",
                "type": "xw:Support",
                "source": f"evidence:{evidence.id}",
                "supports": evidence.supports,
            }
            for number, evidence in enumerate(a.evidence, start=1)
        ],
    }
    if not a.aligned:
        return [{**node, "modifier": "sssom:NegatedPredicate"}]
    return [node, {"id": a.subject_id, a.relation.predicate_id: {"id": a.object_id}}]
