"""Shapes as queries: which nodes could break one, asked of a store in seconds.

pySHACL takes milliseconds for each node. Of a hundred thousand nodes nearly all are in order; one
query for each shape with a target finds the few that may not be, and what is wrong with those
pySHACL then says. So the shapes stay the only place where a rule is written.

A query may suspect a node that is in order, never the other way round: whatever cannot be evaluated
counts as broken, and of the syntax of patterns only that is taken which both engines read alike.
Shapes that say anything without an exact translation here are not screened at all.

The rules are those of SHACL (W3C, 2017): section 2.1.3 for targets, section 4 for constraints.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from rdflib import OWL, RDF, RDFS, SH, XSD, Graph, Literal, URIRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rdflib.term import Node

    from graph.store import EmbeddedStore

#: What says something about a shape and demands nothing of a node.
_TOLD: Final = frozenset(
    (SH.description, SH.group, SH.message, SH.name, SH.order, SH.path, SH.severity, SH.targetClass)
)

#: What shapes may define beside shapes: targets that are not said, and rules of their own.
_DEFINING: Final = frozenset((OWL.Class, RDFS.Class, SH.ConstraintComponent))

#: How a literal of a datatype is tested for being written as its datatype wants it. A date outside
#: the years 1 to 9999 or with a time zone is for pySHACL to judge.
_WELL_WRITTEN: Final[Mapping[Node, str]] = {
    XSD.string: "true",
    RDF.langString: "true",
    XSD.integer: "isNumeric({v})",
    XSD.double: "isNumeric({v})",
    XSD.date: "YEAR({v}) > 0 && STRLEN(STR({v})) = 10",
}

_KINDS: Final[Mapping[Node, str]] = {SH.IRI: "isIRI", SH.Literal: "isLiteral"}

#: Syntax of regular expressions that Python and the store read differently, or only one of them.
_OWN_SYNTAX: Final = re.compile(r"\\|\(\?|\[\[|&&|--|~~|[*+?}]\+")

#: What would end an IRI in a query early.
_NOT_IN_IRI: Final = re.compile(r'[\x00-\x20<>"{}|\\^`]')


class _NotTranslatableError(Exception):
    """The shapes say something that only pySHACL can judge."""


def find_suspects(store: EmbeddedStore, shapes: Graph) -> dict[str, list[str]] | None:
    """Which nodes of a store may break a shape, by the IRI of the shape that has them as target.

    Parameters
    ----------
    store : EmbeddedStore
        Everything that the nodes refer to, and the vocabulary.

    Returns
    -------
    dict[str, list[str]] | None
        IRIs, sorted; shapes that nothing breaks are left out. None if the shapes go beyond what is
        translated: every node may break them.
    """
    try:
        queries = _Translator(store, shapes).queries()
    except _NotTranslatableError:
        return None
    suspects = {}
    for shape, text in queries.items():
        answer = store.query(text)
        assert isinstance(answer, ox.QuerySolutions)
        nodes = [solution["focus"] for solution in answer]
        if not all(isinstance(node, ox.NamedNode) for node in nodes):
            return None  # blank nodes cannot be named to pySHACL
        if nodes:
            suspects[shape] = sorted(node.value for node in nodes)
    return suspects


def aim(shapes: Graph, suspects: Mapping[str, Iterable[str]]) -> Graph:
    """The same shapes with some nodes as their targets, by the IRI of the shape."""
    aimed = Graph(bind_namespaces="none")
    for triple in shapes:
        if triple[1] != SH.targetClass:
            aimed.add(triple)
    for shape, nodes in suspects.items():
        for node in nodes:
            aimed.add((URIRef(shape), SH.targetNode, URIRef(node)))
    return aimed


class _Translator:
    """Shapes into SPARQL. Every method for a rule gives an expression that is true if it is broken.

    Expressions never fail: below `sh:not` an error would hide what is broken.
    """

    def __init__(self, store: EmbeddedStore, shapes: Graph) -> None:
        self.store = store
        self.shapes = shapes
        self.numbers = count(1)

    def queries(self) -> dict[str, str]:
        """One query for each shape with a target, by its IRI."""
        targets = {p for p in self.shapes.predicates() if str(p).startswith(f"{SH}target")}
        if targets - {SH.targetClass} or {*self.shapes.objects(None, RDF.type)} & _DEFINING:
            raise _NotTranslatableError
        classes: defaultdict[Node, set[str]] = defaultdict(set)
        for shape, target in self.shapes.subject_objects(SH.targetClass):
            classes[shape] |= self.subclasses(target)
        return {
            _iri(shape): (
                f"SELECT DISTINCT ?focus WHERE {{ VALUES ?class {{ {' '.join(sorted(names))} }}"
                f" ?focus a ?class . FILTER({self.broken(shape, '?focus', ())}) }}"
            )
            for shape, names in sorted(classes.items())
        }

    def subclasses(self, target: Node) -> set[str]:
        """IRIs as SPARQL writes them: a class and, as SHACL wants it, all below it."""
        below = f"SELECT ?class WHERE {{ ?class <{RDFS.subClassOf}>* <{_iri(target)}> }}"
        answer = self.store.query(below)
        assert isinstance(answer, ox.QuerySolutions)
        return {str(solution["class"]) for solution in answer} | {f"<{_iri(target)}>"}

    def variable(self) -> str:
        return f"?v{next(self.numbers)}"

    def broken(
        self, shape: Node, node: str, within: tuple[Node, ...], *, exact: bool = False
    ) -> str:
        """Whether a node breaks a shape.

        Parameters
        ----------
        within : tuple[Node, ...]
            Shapes that lead here; one that leads to itself has no expression.
        exact : bool
            Whether to suspect nothing: what is turned round by `sh:not`.
        """
        if shape in within:
            raise _NotTranslatableError
        within = (*within, shape)
        rules: defaultdict[Node, list[Node]] = defaultdict(list)
        for rule, value in sorted(self.shapes.predicate_objects(shape)):
            if str(rule).startswith(str(SH)) and rule not in _TOLD:
                rules[rule].append(value)
        paths = [*self.shapes.objects(shape, SH.path)]
        if not paths:
            return _any(self.value_rules(rules, node, within, exact=exact))
        (path,) = paths if len(paths) == 1 else (None,)
        triple = f"{node} <{_iri(path)}>"
        parts = [*self.counts(rules, triple)]
        parts += [f"NOT EXISTS {{ {triple} <{_iri(o)}> }}" for o in rules.pop(SH.hasValue, ())]
        v = self.variable()
        wrong = self.value_rules(rules, v, within, exact=exact)
        if wrong:
            parts.append(f"EXISTS {{ {triple} {v} . FILTER({_any(wrong)}) }}")
        return _any(parts)

    def counts(self, rules: dict[Node, list[Node]], triple: str) -> list[str]:
        one, other = self.variable(), self.variable()
        parts = []
        for least in rules.pop(SH.minCount, ()):
            if _number(least, (0, 1)):
                parts.append(f"NOT EXISTS {{ {triple} {one} }}")
        for most in rules.pop(SH.maxCount, ()):
            if _number(most, (0, 1)):
                further = f"{triple} {one}, {other} . FILTER(!sameTerm({one}, {other}))"
                parts.append(f"EXISTS {{ {further} }}")
            else:
                parts.append(f"EXISTS {{ {triple} {one} }}")
        return parts

    def value_rules(
        self, rules: Mapping[Node, list[Node]], v: str, within: tuple[Node, ...], *, exact: bool
    ) -> list[str]:
        """What one value can break, each as an expression."""
        parts = []
        for rule, values in rules.items():
            for value in values:
                if rule in (SH.property, SH.node):
                    parts.append(self.broken(value, v, within, exact=exact))
                elif rule == SH["not"]:
                    parts.append(f"!({self.broken(value, v, within, exact=True)})")
                elif rule == SH["class"]:
                    names, type_ = ", ".join(sorted(self.subclasses(value))), self.variable()
                    parts.append(f"NOT EXISTS {{ {v} a {type_} . FILTER({type_} IN ({names})) }}")
                elif rule == SH.hasValue:
                    parts.append(f"!sameTerm({v}, <{_iri(value)}>)")
                elif rule == SH.nodeKind and value in _KINDS:
                    parts.append(f"!{_KINDS[value]}({v})")
                elif not exact:
                    parts.append(f"!COALESCE({_kept(rule, value, v)}, false)")
                else:
                    raise _NotTranslatableError
        return parts


def _kept(rule: Node, value: Node, v: str) -> str:
    """An expression that is true only if a value keeps a rule about how it is written."""
    if rule == SH.datatype and value in _WELL_WRITTEN:
        return f"DATATYPE({v}) = <{value}> && {_WELL_WRITTEN[value].format(v=v)}"
    if rule == SH.minLength:
        _number(value, (0, 1))
        return f"STRLEN(STR({v})) >= {_number(value, (0, 1))}"
    if rule == SH.minInclusive:
        return f"{v} >= {_number(value)}"
    if rule == SH.maxInclusive:
        return f"{v} <= {_number(value)}"
    if rule == SH.pattern and isinstance(value, Literal) and not _OWN_SYNTAX.search(value):
        return f"REGEX(STR({v}), {ox.Literal(str(value))})"
    raise _NotTranslatableError


def _any(parts: list[str]) -> str:
    return " || ".join(f"({part})" for part in parts) or "false"


def _number(node: Node, accepted: tuple[int, ...] | None = None) -> int:
    """The whole number that a rule names."""
    number = node.value if isinstance(node, Literal) and node.datatype == XSD.integer else None
    if not isinstance(number, int) or (accepted is not None and number not in accepted):
        raise _NotTranslatableError
    return number


def _iri(node: Node | None) -> str:
    if not isinstance(node, URIRef) or _NOT_IN_IRI.search(node):
        raise _NotTranslatableError
    return str(node)
