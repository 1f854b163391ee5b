"""Turtle whose bytes depend only on the triples: the form in which builds are committed."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF

from graph.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rdflib.term import Node

    from graph.terms import Prefixes

_ESCAPES: Final = str.maketrans(
    {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)


def write_turtle(graph: Graph, prefixes: Prefixes, *, banner: str) -> str:
    """Turtle text of a graph, one statement a line, so that a new triple is a new line.

    Subjects and predicates stand in the order of their written form, `a` first. Only prefixes
    in use are declared.

    Raises
    ------
    StoreError
        If a term is a blank node: it has no stable place in a diff.
    """
    body = list(_statements(graph, prefixes))
    text = "\n".join(body)
    used = [prefix for prefix in sorted(prefixes.iris) if f"{prefix}:" in text]
    head = [f"# {banner}", *(f"@prefix {p}: <{prefixes.iris[p]}> ." for p in used)]
    return "\n".join([*head, *body]) + "\n"


def _statements(graph: Graph, prefixes: Prefixes) -> Iterator[str]:
    written = sorted(
        (term(s, prefixes), "" if p == RDF.type else term(p, prefixes), term(o, prefixes))
        for s, p, o in graph
    )
    for subject, statements in groupby(written, key=lambda triple: triple[0]):
        yield ""
        yield subject
        yield " ;\n".join(f"  {p or 'a'} {o}" for _, p, o in statements) + " ."


def term(node: Node, prefixes: Prefixes) -> str:
    """One RDF term as Turtle and SPARQL write it.

    Raises
    ------
    StoreError
        If the term is a blank node.
    """
    if isinstance(node, URIRef):
        return prefixes.term(str(node))
    if isinstance(node, Literal):
        text = f'"{str(node).translate(_ESCAPES)}"'
        if node.language:
            return f"{text}@{node.language}"
        return f"{text}^^{prefixes.term(str(node.datatype))}" if node.datatype else text
    assert isinstance(node, BNode)
    raise StoreError("blank nodes have no stable place in a diff; mint an IRI")
