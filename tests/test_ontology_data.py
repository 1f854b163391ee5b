"""What must be true of the shipped data, each claim with the command that repairs it.

The eight claims: tables are canonical; formatting loses nothing; the build follows from the
tables; it loses nothing; a second parser agrees; the graph is valid; the checks bite (see
`test_validation.py`); the manifest counts what is there.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rdflib import OWL, RDF, RDFS, SKOS, BNode, Graph, Literal, URIRef
from rdflib.namespace import XSD

from graph.build import build, stale_files
from graph.build_files import VOCABULARY_FILE, read_manifest
from graph.errors import StoreError
from graph.queries import read_query
from graph.store import EmbeddedStore
from graph.tables import (
    ALIGNMENT_COLUMNS,
    COLUMNS,
    format_table,
    kind_of,
    parse_table,
    read_sources,
    table_paths,
)
from graph.terms import Prefixes, alignment_id, natural_key, shipped_data
from graph.turtle import write_turtle
from graph.validation import check, parse_twice, shipped_checks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from graph.tables import Row

DATA = shipped_data()
PREFIXES = Prefixes.read(DATA / "prefixes.tsv")
SOURCES = read_sources(DATA)
LABELS = {key: competency.title for key, competency in SOURCES.competencies.items()}
TABLES = [path.relative_to(DATA).as_posix() for path in table_paths(DATA)]
CROSSWALKS = [name for name in TABLES if name.startswith("crosswalks/")]
TURTLE = sorted(path.relative_to(DATA).as_posix() for path in DATA.rglob("*.ttl"))


def text_of(name: str) -> str:
    return (DATA / name).read_bytes().decode("utf-8")


def rows_of(name: str) -> list[Row]:
    _, rows, findings = parse_table(text_of(name), name)
    assert findings == []
    return rows


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    """What is committed under `build/`, loaded as the service loads it."""
    return EmbeddedStore.open(DATA)


# ---- 1, 2: tables ------------------------------------------------------------------------


def test_the_tables_follow_their_own_rules() -> None:
    assert [str(finding) for finding in SOURCES.findings] == []


@pytest.mark.parametrize("name", TABLES)
def test_table_is_canonical(name: str) -> None:
    assert text_of(name) == format_table(text_of(name), name, LABELS), "run: crosswalk format"


@pytest.mark.parametrize("name", TABLES)
def test_formatting_is_idempotent_and_loses_no_row(name: str) -> None:
    header, *lines = [line for line in text_of(name).split("\n") if not line.startswith("#")]
    mixed = "\n".join([header, *sorted(lines, reverse=True)])
    once = format_table(mixed, name, LABELS)
    assert format_table(once, name, LABELS) == once, "mend graph.tables.format_table"
    assert Counter(filter(None, once.split("\n")[1:])) == Counter(filter(None, lines))


@pytest.mark.parametrize("name", CROSSWALKS)
def test_extension_slots_are_those_of_the_vocabulary(name: str) -> None:
    header, _, _ = parse_table(text_of(name), name)
    defined = {
        entry["slot_name"]: (entry["property"], entry["type_hint"])
        for entry in header["extension_definitions"]
    }
    assert defined == {
        column: (f"xw:{column}", "xsd:string")
        for column in ALIGNMENT_COLUMNS
        if column.startswith("ext_")
    }, f"correct the lines below extension_definitions in {name}"


# ---- 3: the build follows from the tables --------------------------------------------------


def test_the_build_is_current() -> None:
    assert stale_files(DATA, build(DATA)) == [], "run: crosswalk build"


def test_building_twice_gives_the_same_bytes() -> None:
    assert build(DATA) == build(DATA)


# ---- 4: nothing is lost --------------------------------------------------------------------


def curie_or_text(term: object) -> str:
    if isinstance(term, ox.NamedNode):
        return PREFIXES.contract(term.value)
    assert isinstance(term, ox.Literal)
    return term.value


def described(store: EmbeddedStore, type_: str) -> dict[str, dict[str, list[str]]]:
    """Values by predicate of every node of a type, read without any code of the build."""
    query = f"SELECT ?s ?p ?o WHERE {{ ?s a {type_} . ?s ?p ?o }} ORDER BY ?s ?p ?o"
    answer = store.query(PREFIXES.header() + query)
    assert isinstance(answer, ox.QuerySolutions)
    nodes: dict[str, dict[str, list[str]]] = {}
    for subject, predicate, value in answer:
        node = nodes.setdefault(curie_or_text(subject), {})
        node.setdefault(curie_or_text(predicate), []).append(curie_or_text(value))
    return nodes


def one(node: Mapping[str, list[str]], predicate: str) -> str:
    """The value of a predicate that has at most one; empty, as in a table, if it has none."""
    (value,) = set(node.get(predicate, [""]))
    return value


def local(curie: str) -> str:
    return curie.partition(":")[2]


def address(url: str) -> str:
    """A web address of somebody else, back from the CURIE that contraction may make of it."""
    prefix, _, rest = url.partition(":")
    return PREFIXES.iris[prefix] + rest if prefix in PREFIXES.iris else url


def cells(rows: list[Row]) -> list[dict[str, str]]:
    return [dict(row.cells) for row in rows]


def test_no_framework_is_lost_in_the_build(store: EmbeddedStore) -> None:
    nodes = described(store, "xw:Framework")
    read_back = [
        {
            "id": one(node, "skos:notation"),
            "title": one(node, "dcterms:title"),
            "version": one(node, "owl:versionInfo"),
            "issued": one(node, "dcterms:issued"),
            "publisher": one(node, "dcterms:publisher"),
            "description": one(node, "dcterms:description"),
            "citation": one(node, "dcterms:bibliographicCitation"),
            "url": address(one(node, "dcterms:source")),
            "confidence": local(one(node, "xw:readingConfidence")),
            "revision_of": local(one(node, "prov:wasRevisionOf")),
            "note": one(node, "skos:scopeNote"),
        }
        for node in nodes.values()
    ]
    read_back.sort(key=lambda row: natural_key(row["id"]))
    assert read_back == cells(rows_of("frameworks.tsv"))


def test_no_competency_is_lost_in_the_build(store: EmbeddedStore) -> None:
    nodes = described(store, "xw:Competency")
    in_order = sorted(nodes, key=lambda key: int(one(nodes[key], "xw:position")))
    for framework in (row["id"] for row in rows_of("frameworks.tsv")):
        name = f"frameworks/{framework}.tsv"
        read_back = [
            {
                "id": key,
                "level": local(one(nodes[key], "xw:level")),
                "parent": one(nodes[key], "skos:broader"),
                "title": one(nodes[key], "skos:prefLabel"),
                "description": one(nodes[key], "skos:definition"),
                "citation": one(nodes[key], "dcterms:bibliographicCitation"),
                "url": address(one(nodes[key], "dcterms:source")),
                "confidence": local(one(nodes[key], "xw:readingConfidence")),
            }
            for key in in_order
            if one(nodes[key], "skos:inScheme") == f"framework:{framework}"
        ]
        assert read_back == (cells(rows_of(name)) if name in TABLES else [])


@pytest.mark.parametrize("name", CROSSWALKS)
def test_no_alignment_is_lost_in_the_build(name: str, store: EmbeddedStore) -> None:
    nodes = described(store, "xw:Alignment")
    supports = described(store, "xw:Support")
    evidence = described(store, "xw:Evidence")
    titles = {
        key: one(node, "skos:prefLabel") for key, node in described(store, "xw:Competency").items()
    }
    stem = Path(name).name.removesuffix(".sssom.tsv")
    crosswalk = described(store, "xw:Crosswalk")[f"crosswalk:{stem}"]
    read_back = []
    for key in crosswalk["sssom:mappings"]:
        node = nodes[key]
        cited = sorted(node.get("xw:support", []))
        source, target = one(node, "owl:annotatedSource"), one(node, "owl:annotatedTarget")
        urls = [one(evidence[one(supports[s], "xw:source")], "dcterms:source") for s in cited]
        assert sorted(urls) == sorted(node.get("rdfs:seeAlso", []))
        row = {
            "subject_id": source,
            "subject_label": titles[source],
            "predicate_id": one(node, "owl:annotatedProperty"),
            "predicate_modifier": "Not" if "sssom:predicate_modifier" in node else "",
            "object_id": target,
            "object_label": titles[target],
            "mapping_justification": one(node, "sssom:mapping_justification"),
            "author_id": one(node, "pav:authoredBy"),
            "mapping_date": one(node, "dcterms:created"),
            "confidence": one(node, "sssom:confidence"),
            "see_also": "|".join(map(address, urls)),
            "comment": one(node, "rdfs:comment"),
            "ext_strength": local(one(node, "xw:strength")),
            "ext_direction": local(one(node, "xw:direction")),
            "ext_aims": " ".join(sorted(local(aim) for aim in node.get("xw:aim", []))),
            "ext_evidence_supports": "|".join(one(supports[s], "xw:supports") for s in cited),
            "ext_status": local(one(node, "xw:status")),
            "ext_change": one(node, "xw:change"),
        }
        assert key == "alignment:" + alignment_id(
            source, row["predicate_modifier"], row["predicate_id"], target
        )
        if not row["predicate_modifier"]:
            match = f"ASK {{ {source} {row['predicate_id']} {target} }}"
            assert store.query(turtle_names(match))
        read_back.append(row)
    expected = [
        {
            **row,
            "ext_aims": " ".join(sorted(row["ext_aims"].split())),
            "see_also": "|".join(part.strip() for part in row["see_also"].split("|")),
            "ext_evidence_supports": "|".join(
                part.strip() for part in row["ext_evidence_supports"].split("|")
            ),
        }
        for row in cells(rows_of(name))
    ]
    numbers = [float(row.pop("confidence")) for row in sorted(read_back, key=by_pair)]
    assert numbers == [float(row.pop("confidence")) for row in sorted(expected, key=by_pair)]
    assert sorted(read_back, key=by_pair) == sorted(expected, key=by_pair)


def by_pair(row: Mapping[str, str]) -> tuple[str, str, str]:
    return row["subject_id"], row["object_id"], row["predicate_id"]


def turtle_names(query: str) -> str:
    """A query with IRIs for the CURIEs that SPARQL cannot write as names."""
    return re.sub(r"(?<=\s)[a-z0-9-]+:\S+", lambda m: f"<{PREFIXES.expand(m[0])}>", query)


@pytest.mark.parametrize("name", CROSSWALKS)
def test_no_crosswalk_metadata_is_lost_in_the_build(name: str, store: EmbeddedStore) -> None:
    header, _, _ = parse_table(text_of(name), name)
    key = PREFIXES.contract(header["mapping_set_id"])
    node = described(store, "xw:Crosswalk")[key]
    assert {
        "mapping_set_title": one(node, "dcterms:title"),
        "mapping_set_description": one(node, "dcterms:description"),
        "license": address(one(node, "dcterms:license")),
        "subject_source": one(node, "sssom:subject_source"),
        "subject_source_version": one(node, "sssom:subject_source_version"),
        "object_source": one(node, "sssom:object_source"),
        "object_source_version": one(node, "sssom:object_source_version"),
    } == {
        name: value
        for name, value in header.items()
        if name not in ("curie_map", "mapping_set_id", "extension_definitions")
        and not name.endswith("_type")
    }


def test_no_evidence_is_lost_in_the_build(store: EmbeddedStore) -> None:
    read_back = [
        {
            "id": local(key),
            "kind": one(node, "dcterms:type"),
            "citation": one(node, "dcterms:bibliographicCitation"),
            "url": address(one(node, "dcterms:source")),
            "finding": one(node, "dcterms:description"),
        }
        for key, node in described(store, "xw:Evidence").items()
    ]
    read_back.sort(key=lambda row: natural_key(row["id"]))
    assert read_back == cells(rows_of("evidence.tsv"))


def test_no_resource_is_lost_in_the_build(store: EmbeddedStore) -> None:
    read_back = [
        {
            "competency": one(node, "schema:teaches"),
            "title": one(node, "dcterms:title"),
            "description": one(node, "dcterms:description"),
            "citation": one(node, "dcterms:bibliographicCitation"),
            "url": address(one(node, "dcterms:source")),
        }
        for node in described(store, "xw:Resource").values()
    ]
    read_back.sort(key=lambda row: (natural_key(row["competency"]), natural_key(row["title"])))
    assert read_back == cells(rows_of("resources.tsv"))


def test_no_term_of_a_list_is_lost_in_the_build(store: EmbeddedStore) -> None:
    nodes = {
        key: node
        for key, node in described(store, "skos:Concept").items()
        if one(node, "skos:inScheme").startswith("scheme:")
    }
    read_back = [
        {
            "scheme": local(one(nodes[key], "skos:inScheme")),
            "id": one(nodes[key], "skos:notation"),
            "label": one(nodes[key], "skos:prefLabel"),
            "definition": one(nodes[key], "skos:definition"),
            "broader": local(one(nodes[key], "skos:broader")),
            "source": one(nodes[key], "dcterms:provenance"),
        }
        for key in sorted(nodes, key=lambda key: int(one(nodes[key], "xw:position")))
    ]
    assert read_back == cells(rows_of("schemes.tsv"))


# ---- 5, 6, 7, 8: the graph -----------------------------------------------------------------


@pytest.mark.parametrize("name", TURTLE)
def test_two_parsers_read_the_same_triples(name: str) -> None:
    assert parse_twice(text_of(name), name)


def test_the_data_are_in_order() -> None:
    assert [str(finding) for finding in check(DATA)] == [], "run: crosswalk check"


def test_every_check_has_a_summary_and_a_file_of_its_own() -> None:
    assert shipped_checks()
    for name, query in shipped_checks().items():
        assert query == read_query(DATA.parent / "queries" / "checks" / f"{name}.rq")
        assert query.summary


def test_the_manifest_counts_what_is_there() -> None:
    _, entries = read_manifest(DATA)
    rows = {name: len(rows_of(name)) for name in TABLES}
    items = {
        **{
            f"frameworks/{key}.ttl": rows.get(f"frameworks/{key}.tsv", 0)
            for key in SOURCES.frameworks
        },
        **{name.replace(".sssom.tsv", ".ttl"): rows[name] for name in CROSSWALKS},
        **{f"{name}.ttl": rows[f"{name}.tsv"] for name in ("schemes", "evidence", "resources")},
        "provenance.ttl": 0,
        VOCABULARY_FILE: 0,
    }
    assert {entry.file: entry.items for entry in entries} == items, "run: crosswalk build"
    for entry in entries:
        name = entry.file if entry.file == VOCABULARY_FILE else f"build/{entry.file}"
        assert entry.triples == len(parse_twice(text_of(name), name)), "run: crosswalk build"


# ---- vocabulary and shapes -----------------------------------------------------------------

VOCABULARY = Graph().parse(DATA / "vocabulary.ttl")
XW = PREFIXES.iris["xw"]
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


def own_terms(graph: Graph) -> set[str]:
    return {
        str(n) for triple in graph for n in triple if isinstance(n, URIRef) and n.startswith(XW)
    }


DECLARED = {str(s) for s in VOCABULARY.subjects(RDF.type) if str(s).startswith(XW)}


@pytest.mark.parametrize("name", TURTLE)
def test_every_term_of_ours_is_declared(name: str) -> None:
    graph = Graph().parse(data=text_of(name), format="turtle")
    assert own_terms(graph) - DECLARED == set(), "declare it in ontology/vocabulary.ttl"


def test_every_term_of_ours_in_a_check_is_declared() -> None:
    for query in shipped_checks().values():
        used = {XW + name for name in re.findall(r"\bxw:(\w+)", query.text)}
        assert used - DECLARED == set(), query.name


@pytest.mark.parametrize("iri", sorted(DECLARED), ids=PREFIXES.contract)
def test_a_term_is_described_in_full(iri: str) -> None:
    term = URIRef(iri)
    (kind,) = VOCABULARY.objects(term, RDF.type)
    (label,) = VOCABULARY.objects(term, RDFS.label)
    (definition,) = VOCABULARY.objects(term, SKOS.definition)
    assert kind in KINDS
    assert isinstance(label, Literal)
    assert isinstance(definition, Literal)
    assert label.language == definition.language == "en"
    assert label[0].islower()
    assert not definition.endswith(".")
    if kind == OWL.Class:
        assert (term, RDFS.subClassOf, None) in VOCABULARY
        assert iri.removeprefix(XW)[0].isupper()
    else:
        assert (term, RDFS.range, None) in VOCABULARY
        assert iri.removeprefix(XW)[0].islower()


@pytest.mark.parametrize("name", ["vocabulary.ttl", "shapes.ttl"])
def test_hand_written_turtle_keeps_to_one_statement_a_line(name: str) -> None:
    text = text_of(name)
    graph = Graph().parse(data=text, format="turtle")
    assert not [node for triple in graph for node in triple if isinstance(node, BNode)]
    assert not re.search(r"[^\"],$", text, re.MULTILINE)
    prefixes = dict(re.findall(r"^@prefix (\S+): <(\S+)> \.$", text, re.MULTILINE))
    assert prefixes.items() <= PREFIXES.iris.items()
    assert list(prefixes) == sorted(prefixes)
    body = re.sub(r'"[^"\n]*"|^#.*$|^@prefix.*$', "", text, flags=re.MULTILINE)
    used = set(re.findall(r"(?<![\w<:/-])([a-z][\w-]*):(?!//)", body))
    assert used == prefixes.keys()


def test_what_the_vocabulary_borrows_is_declared() -> None:
    links = (RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range)
    borrowed = {o for p in links for o in VOCABULARY.objects(None, p)}
    borrowed |= set(VOCABULARY.predicates())
    builtin = tuple(map(str, (RDF, RDFS, OWL, XSD)))
    undeclared = {
        term for term in borrowed
        if not str(term).startswith(builtin) and (term, RDF.type, None) not in VOCABULARY
    }  # fmt: skip
    assert undeclared == set()


# ---- laws ----------------------------------------------------------------------------------

#: What a cell can hold: any text without tabs, line ends and lone surrogates. Line separators
#: of Unicode are ordinary characters here; superscript digits cannot be sorted by number.
CELL = st.text(
    st.characters(exclude_categories=["Cs", "No"], exclude_characters="\t\n\r\ufeff\x00"),
    max_size=12,
).map(str.strip)


def table_text(kind: str, rows: list[tuple[str, ...]]) -> str:
    return "\n".join(["\t".join(COLUMNS[kind]), *("\t".join(row) for row in rows)]) + "\n"


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[tuple[str, ...]]]:
    kind = draw(st.sampled_from(["evidence.tsv", "resources.tsv", "schemes.tsv", "frameworks.tsv"]))
    row = st.tuples(*(CELL for _ in COLUMNS[kind]))
    return kind, draw(st.lists(row, max_size=8))


@settings(deadline=None, max_examples=150)
@given(tables())
def test_format_table_is_idempotent_and_loses_no_row(
    table: tuple[str, list[tuple[str, ...]]],
) -> None:
    kind, rows = table
    once = format_table(table_text(kind, rows), kind, {})
    assert format_table(once, kind, {}) == once
    assert Counter(tuple(line.split("\t")) for line in once.split("\n")[1:-1]) == Counter(rows)


@settings(deadline=None, max_examples=100)
@given(tables(), st.randoms(use_true_random=False))
def test_format_table_does_not_depend_on_the_order_of_lines(
    table: tuple[str, list[tuple[str, ...]]], random: Random
) -> None:
    kind, rows = table
    assume(kind != "schemes.tsv")  # keeps the order of its authors
    shuffled = random.sample(rows, len(rows))
    once = format_table(table_text(kind, rows), kind, {})
    assert format_table(table_text(kind, shuffled), kind, {}) == once


def test_format_table_sorts_codes_that_count_the_same() -> None:
    rows = [("1", *"abcd"), ("01", *"abcd")]
    once = format_table(table_text("evidence.tsv", rows), "evidence.tsv", {})
    assert format_table(table_text("evidence.tsv", rows[::-1]), "evidence.tsv", {}) == once


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NODES = st.sampled_from(
    [URIRef(PREFIXES.expand(c)) for c in ("epas-2022:1", "isp-2020:P1", "xw:a")]
)
LITERALS = st.one_of(
    TEXT.map(Literal),
    st.builds(Literal, TEXT, st.sampled_from(["en", "de", "pt-br"])),
    st.integers().map(Literal),
    st.booleans().map(Literal),
    st.dates().map(Literal),
)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(NODES, NODES, LITERALS | NODES), max_size=8))
def test_turtle_is_read_back_as_the_same_graph(
    triples: list[tuple[URIRef, URIRef, Literal | URIRef]],
) -> None:
    graph = Graph(bind_namespaces="none")
    for triple in triples:
        graph.add(triple)
    text = write_turtle(graph, PREFIXES, banner="test")
    again = Graph(bind_namespaces="none")
    for read in parse_twice(text, "case.ttl"):
        again.add(read)
    assert set(again) == set(graph)
    assert write_turtle(again, PREFIXES, banner="test") == text


def test_the_writer_refuses_blank_nodes() -> None:
    graph = Graph().add((BNode(), RDF.type, OWL.Class))
    with pytest.raises(StoreError, match="blank nodes"):
        write_turtle(graph, PREFIXES, banner="test")


def test_every_kind_of_table_is_there() -> None:
    assert {kind_of(name) for name in TABLES} == COLUMNS.keys()
