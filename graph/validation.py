"""Whether a data folder is in order: every finding at the line of the table that can mend it.

What one cell must look like is the business of `graph.tables`; what one node must look like is
in `ontology/shapes.ttl`; what must hold across nodes is in `queries/checks/`, where any row is a
fault. This module runs all of them over what the tables say now, not over what was built last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import SH

from graph.build import build, stale_files
from graph.build_files import MANIFEST, VOCABULARY_FILE
from graph.catalogue import Catalogue
from graph.consistency import Severity, conflict_findings, find_conflicts
from graph.errors import SourcesError, StoreError
from graph.model import IMPORTED, Finding
from graph.queries import FOLDER, read_queries
from graph.rules import Regime
from graph.shapes import aim, find_suspects
from graph.store import EmbeddedStore
from graph.tables import format_table, read_sources, table_paths
from graph.terms import framework_of, shipped_data

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from rdflib.term import Node

    from graph.build import Build
    from graph.consistency import Conflict
    from graph.queries import NamedQuery
    from graph.store import Store
    from graph.tables import Sources
    from graph.terms import Prefixes

SHAPES_FILE: Final = "shapes.ttl"

#: Where a subject stands that has no line of its own, by its prefix; `*` is the rest of its id.
_FILES: Final = {
    "crosswalk": "crosswalks/*.sssom.tsv",
    "scheme": "schemes.tsv",
    "shapes": SHAPES_FILE,
    "xw": VOCABULARY_FILE,
}

_IRI: Final = re.compile(r"<([^<> ]+)>")

#: One triple, the same for both parsers: IRIs as text, literals as value, datatype, language.
Triple = tuple[object, object, object]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What one rule has against one subject.

    Attributes
    ----------
    subject : str
        CURIE.
    rule : str
        Name of the check, or CURIE of the shape.
    """

    subject: str
    rule: str
    message: str


def check(data: Path) -> list[Finding]:
    """Everything that is wrong with a data folder, in the order in which one would mend it.

    Tables first: their own rules, then their canonical form. If a table breaks a rule, nothing
    can be built from it and the rest waits. Then whether `build/` is what the tables say, whether
    two parsers agree on every Turtle file, the shapes, the checks, and at last what contradicts
    itself only through what follows from it.

    Raises
    ------
    SourcesError
        If `prefixes.tsv` is missing, without which nothing can be read.
    """
    sources = read_sources(data)
    findings = [*sources.findings, *_not_canonical(data, sources)]
    if sources.findings:
        return findings
    try:
        built = build(data, sources)
    except SourcesError as error:
        return [*findings, *error.findings]
    findings += [
        Finding(f"build/{name}", 1, "is not what the tables say; run: crosswalk build")
        for name in stale_files(data, built)
    ]
    findings += _misread({f"build/{n}": text for n, text in built.files.items() if n != MANIFEST})
    return findings + check_content(data, sources, built)


def check_content(data: Path, sources: Sources, built: Build) -> list[Finding]:
    """Everything that is wrong with what the sound tables of a data folder say.

    Of the Turtle only what is written by hand is read by two parsers. What is built takes four
    tenths of the time of an import to read twice, and tells of the writer, not of the tables.

    Parameters
    ----------
    sources : Sources
        What the tables say, without findings.
    built : Build
        What was built of them.
    """
    texts = turtle_texts(data, built)
    by_hand = {name: text for name, text in texts.items() if not name.startswith("build/")}
    findings = list(_misread(by_hand))
    if any(finding.path == SHAPES_FILE for finding in findings):
        texts[SHAPES_FILE] = ""
    store = built_store(data, built, sources.prefixes)
    faults = shape_faults(store, texts)
    faults += run_checks(store)
    findings += [_finding(fault, sources) for fault in faults]
    catalogue = Catalogue.load(store)
    conflicts = find_conflicts(catalogue, Regime.PRACTICE)
    hard = [c for c in conflicts if c.severity is Severity.FAULT and _judged_here(c, catalogue)]
    return findings + conflict_findings(hard, sources.places)


def _judged_here(conflict: Conflict, catalogue: Catalogue) -> bool:
    """Whether anybody here could mend it. What others contradict alone, the analytic reports."""
    return any(catalogue.alignments[key].status != IMPORTED for key in conflict.alignments)


def turtle_texts(data: Path, built: Build) -> dict[str, str]:
    """Every Turtle file of a data folder, the built ones as they should be, by path below it.

    A folder without a vocabulary or shapes of its own is held to those that ship.
    """
    texts = {f"build/{name}": text for name, text in built.files.items() if name != MANIFEST}
    for name in (VOCABULARY_FILE, SHAPES_FILE):
        own = data / name
        path = own if own.is_file() else shipped_data() / name
        texts[name] = path.read_text(encoding="utf-8")
    return texts


def built_store(data: Path, built: Build, prefixes: Prefixes) -> EmbeddedStore:
    """A build that is still in memory, ready for questions; graphs are named by their file."""
    graphs = {
        f"graph:{name.removeprefix('build/').removesuffix('.ttl')}": text
        for name, text in turtle_texts(data, built).items()
        if name != SHAPES_FILE
    }
    return EmbeddedStore.from_turtle(graphs, prefixes, built.release, data)


# ---- tables ------------------------------------------------------------------------------


def _not_canonical(data: Path, sources: Sources) -> Iterator[Finding]:
    labels = {key: competency.title for key, competency in sources.competencies.items()}
    for path in table_paths(data):
        name = path.relative_to(data).as_posix()
        text = path.read_bytes().decode("utf-8", errors="replace")
        try:
            canonical = format_table(text, name, labels)
        except SourcesError:
            continue  # read_sources has said why
        if text != canonical:
            line = _first_difference(text, canonical)
            yield Finding(name, line, "is not in canonical form; run: crosswalk format")


def _first_difference(text: str, canonical: str) -> int:
    """Number of the first line that differs; of the last one if only the end differs."""
    pairs = zip_longest(text.split("\n"), canonical.split("\n"))
    differing = (line for line, (old, new) in enumerate(pairs, start=1) if old != new)
    return min(next(differing, 1), text.count("\n") + 1)


# ---- parsers -----------------------------------------------------------------------------


def _misread(texts: Mapping[str, str]) -> Iterator[Finding]:
    """Files that are no Turtle, or that two parsers read differently."""
    for name, text in texts.items():
        try:
            parse_twice(text, name)
        except StoreError as error:
            yield Finding(name, 1, str(error))


def parse_twice(text: str, name: str) -> list[tuple[Node, Node, Node]]:
    """The triples of a Turtle text, if two unrelated parsers read the same ones.

    Raises
    ------
    StoreError
        If either cannot read it, or they differ.
    """
    try:
        graph = Graph(bind_namespaces="none").parse(data=text, format="turtle")
        second = {
            (_ox_term(t.subject), _ox_term(t.predicate), _ox_term(t.object))
            for t in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)
        }
    except Exception as error:  # each parser has errors of its own, some undocumented
        reason = " ".join(str(error).split())[:200]
        raise StoreError(f"{name} is not Turtle: {reason}") from error
    first = {(_rdflib_term(s), _rdflib_term(p), _rdflib_term(o)) for s, p, o in graph}
    if first != second:
        example = min(map(repr, first ^ second))
        raise StoreError(f"{name} is read differently by two parsers, first at {example}")
    return list(graph)


def _rdflib_term(node: Node) -> object:
    if isinstance(node, Literal):
        language = node.language.lower() if node.language else None
        datatype = None if language else str(node.datatype or "")
        return str(node), datatype, language
    return str(node) if isinstance(node, URIRef) else "a blank node"


def _ox_term(node: object) -> object:
    if isinstance(node, ox.Literal):
        language = node.language.lower() if node.language else None
        plain = node.datatype.value.endswith("#string")
        return node.value, None if language else "" if plain else node.datatype.value, language
    return node.value if isinstance(node, ox.NamedNode) else "a blank node"


# ---- shapes and checks -------------------------------------------------------------------


def shipped_checks() -> dict[str, NamedQuery]:
    """The checks that ship with the software, by name."""
    return read_queries(FOLDER / "checks")


def run_checks(store: Store, checks: Mapping[str, NamedQuery] | None = None) -> list[Fault]:
    """Every row of every check, by check and then by subject; none if the data are in order."""
    faults = []
    for name, query in (shipped_checks() if checks is None else checks).items():
        _, rows = store.rows(query.text)
        found = {
            Fault(str(subject), name, _shortened(str(message), store.prefixes))
            for subject, message in rows
        }
        faults += sorted(found)
    return faults


def shape_faults(store: EmbeddedStore, texts: Mapping[str, str]) -> list[Fault]:
    """What the shapes have against the nodes of a store, by subject and then by shape.

    The same as `validate_shapes` finds, which is shown only the nodes that a query suspects.

    Parameters
    ----------
    texts : Mapping[str, str]
        The Turtle that is in the store, and the shapes as `SHAPES_FILE`.
    """
    shapes = Graph(bind_namespaces="none").parse(data=texts[SHAPES_FILE], format="turtle")
    suspects = find_suspects(store, shapes)
    if suspects == {}:
        return []
    graph = Graph(bind_namespaces="none")
    for name, text in texts.items():
        if name != SHAPES_FILE:
            graph.parse(data=text, format="turtle")
    aimed = shapes if suspects is None else aim(shapes, suspects)
    return validate_shapes(graph, aimed, store.prefixes)


def validate_shapes(graph: Graph, shapes: Graph, prefixes: Prefixes) -> list[Fault]:
    """What the shapes have against the nodes of a graph, by subject and then by shape.

    The graph should hold everything that its nodes refer to: other nodes and the vocabulary.
    """
    import pyshacl  # here: half a second that only this function needs

    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none")
    assert isinstance(report, Graph)
    faults = set()
    for result in report.objects(None, SH.result):  # not the details of nested shapes
        shape = report.value(result, SH.sourceShape)
        value = report.value(result, SH.value)
        focus = report.value(result, SH.focusNode)
        message = str(shapes.value(shape, SH.message) or report.value(result, SH.resultMessage))
        if value is not None and value != focus:
            message = f"{message} It has: {prefixes.contract(str(value))!r}."
        subject = prefixes.contract(str(focus))
        faults.add(Fault(subject, prefixes.contract(str(shape)), message))
    return sorted(faults)


def _shortened(message: str, prefixes: Prefixes) -> str:
    """A message with CURIEs in place of the `<IRI>`s that a query can write."""
    return _IRI.sub(lambda match: prefixes.contract(match[1]), message)


def _finding(fault: Fault, sources: Sources) -> Finding:
    """A fault at the line of its table, or at the top of the file that has its subject."""
    path, line = _place(fault.subject, sources)
    return Finding(path, line, f"{fault.subject} {fault.message} ({fault.rule})")


def _place(subject: str, sources: Sources) -> tuple[str, int]:
    prefix, _, local = subject.partition(":")
    # Supports are named after their alignment, parts of a crosswalk after the whole.
    whole = local.partition(".")[0]
    for key in (subject, local, whole):
        if key in sources.places and (key == subject or prefix in _BY_LOCAL_NAME):
            return sources.places[key]
    if prefix in _FILES:
        return _FILES[prefix].replace("*", whole), 1
    if framework_of(subject) in sources.frameworks:
        return f"frameworks/{prefix}.tsv", 1
    return "frameworks.tsv", 1


#: Prefixes whose places are kept by the rest of the id alone.
_BY_LOCAL_NAME: Final = ("alignment", "framework", "resource")
