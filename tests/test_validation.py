"""Every check and every shape flags what it must and nothing else; findings name their line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pyshacl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from rdflib import RDF, SH, XSD, BNode, Graph, Literal, URIRef

from graph.build import build, write_build
from graph.errors import SourcesError, StoreError
from graph.queries import read_query
from graph.shapes import find_suspects
from graph.store import EmbeddedStore
from graph.terms import Prefixes, shipped_data
from graph.turtle import term
from graph.validation import (
    Fault,
    check,
    parse_twice,
    run_checks,
    shape_faults,
    shipped_checks,
    validate_shapes,
)

DATA = Path(__file__).parent / "data"
ONTOLOGY = shipped_data()
PREFIXES = Prefixes.read(ONTOLOGY / "prefixes.tsv")
VALID = (DATA / "valid.ttl").read_text(encoding="utf-8")
VOCABULARY = Graph().parse(ONTOLOGY / "vocabulary.ttl")
SHAPES = Graph().parse(ONTOLOGY / "shapes.ttl")
BY_HAND = {n: (ONTOLOGY / n).read_text(encoding="utf-8") for n in ("vocabulary.ttl", "shapes.ttl")}
CHECKS = shipped_checks()

#: What a case takes away before it adds: all values of one predicate of one subject.
_WITHOUT = re.compile(r"^#- (\S+) (\S+)$", re.MULTILINE)
_ALSO = re.compile(r"^# also flagged by: (.+)$", re.MULTILINE)


def changed_graph(case: str) -> Graph:
    """The valid crosswalk with the changes of a case."""
    graph = Graph(bind_namespaces="none").parse(data=VALID, format="turtle")
    for subject, predicate in _WITHOUT.findall(case):
        gone = (URIRef(PREFIXES.expand(subject)), URIRef(PREFIXES.expand(predicate)), None)
        assert gone in graph, f"{subject} {predicate} is not in valid.ttl"
        graph.remove(gone)
    return graph.parse(data=PREFIXES.header("@prefix").replace(">\n", "> .\n") + case)


def store_of(graph: Graph) -> EmbeddedStore:
    return EmbeddedStore.from_turtle({"graph:case": graph.serialize(format="nt")}, PREFIXES)


def screened_faults(graph: Graph, shapes: str = "") -> list[Fault]:
    """What the shapes have against the nodes that queries suspect of breaking one."""
    texts = {"case.ttl": graph.serialize(format="nt"), **BY_HAND}
    store = EmbeddedStore.from_turtle(
        {"graph:case": texts["case.ttl"], "graph:vocabulary": texts["vocabulary.ttl"]}, PREFIXES
    )
    return shape_faults(store, texts | ({"shapes.ttl": shapes} if shapes else {}))


def also_flagged(case: str) -> set[str]:
    match = _ALSO.search(case)
    return set(match[1].split()) if match else set()


def shape_names(graph: Graph) -> set[str]:
    """What the shapes flag: the same nodes, values and messages with the queries and without."""
    faults = validate_shapes(graph + VOCABULARY, SHAPES, PREFIXES)
    assert screened_faults(graph) == faults
    return {fault.rule.removeprefix("shapes:") for fault in faults}


# ---- checks --------------------------------------------------------------------------------

FLAGGED = sorted((DATA / "checks").glob("*/flagged*.ttl"))
ACCEPTED = sorted((DATA / "checks").glob("*/accepted*.ttl"))


def test_no_check_flags_the_valid_crosswalk() -> None:
    store = EmbeddedStore.from_turtle({"graph:case": VALID}, PREFIXES)
    assert run_checks(store) == []


@pytest.mark.parametrize("path", FLAGGED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_check_flags_its_case(path: Path) -> None:
    case = path.read_text(encoding="utf-8")
    faults = run_checks(store_of(changed_graph(case)))
    assert {fault.rule for fault in faults} == {path.parent.name} | also_flagged(case)
    for fault in faults:
        assert ":" in fault.subject
        assert fault.message != "None", "one part of the CONCAT is unbound"
        assert "https://w3id.org" not in fault.message


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_check_accepts_what_only_looks_wrong(path: Path) -> None:
    case = path.read_text(encoding="utf-8")
    rules = {fault.rule for fault in run_checks(store_of(changed_graph(case)))}
    assert rules == also_flagged(case)
    assert path.parent.name not in rules


def test_every_check_is_flagged_by_some_case_and_accepts_another() -> None:
    assert {path.parent.name for path in FLAGGED} == CHECKS.keys()
    assert {path.parent.name for path in ACCEPTED} == CHECKS.keys()


@pytest.mark.parametrize("name", CHECKS)
def test_check_is_written_as_checks_are(name: str) -> None:
    query = CHECKS[name]
    assert name.startswith(("no-", "every-"))
    assert query.columns == ("subject", "message")
    assert query.params == ()
    assert query.summary.endswith(".")
    assert "\nORDER BY " in query.text
    assert "SELECT *" not in query.text


@pytest.mark.parametrize("path", FLAGGED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_check_finds_the_same_in_another_engine(path: Path) -> None:
    graph = changed_graph(path.read_text(encoding="utf-8"))
    query = CHECKS[path.parent.name]
    _, rows = store_of(graph).rows(query.text)
    others = {tuple(map(str, row)) for row in graph.query(query.text)}  # type: ignore[arg-type]
    assert {(PREFIXES.contract(subject), message) for subject, message in others} == set(rows)


def test_checks_count_a_statement_once_that_stands_in_two_graphs() -> None:
    # The union of named graphs yields such a triple twice.
    store = EmbeddedStore.from_turtle({"graph:one": VALID, "graph:two": VALID}, PREFIXES)
    assert run_checks(store) == []


# ---- shapes --------------------------------------------------------------------------------

SHAPE_CASES = sorted((DATA / "shapes").glob("*.ttl"))


def constraining_shapes() -> set[str]:
    """Shapes that a report can name: those with a message of their own."""
    return {
        PREFIXES.contract(str(shape)).removeprefix("shapes:")
        for shape in SHAPES.subjects(SH.message)
    }


def constraints(parameter: URIRef) -> set[str]:
    """Shapes that a report can name and that have a parameter such as `sh:minCount`."""
    having = {PREFIXES.contract(str(s)).removeprefix("shapes:") for s in SHAPES.subjects(parameter)}
    return having & constraining_shapes()


def test_no_shape_flags_the_valid_crosswalk() -> None:
    assert shape_names(changed_graph("")) == set()


@pytest.mark.parametrize("path", SHAPE_CASES, ids=lambda path: path.stem)
def test_shape_flags_its_case(path: Path) -> None:
    case = path.read_text(encoding="utf-8")
    assert shape_names(changed_graph(case)) == {path.stem} | also_flagged(case)


def test_an_imported_alignment_may_lack_what_its_source_lacks() -> None:
    gone = ("pav:authoredBy", "dcterms:created", "xw:strength", "xw:status")
    case = "".join(f"#- alignment:a3 {predicate}\n" for predicate in gone)
    assert shape_names(changed_graph(f"{case}alignment:a3 xw:status status:imported .")) == set()


def test_an_imported_statement_may_lack_a_description() -> None:
    case = """
#- epas-2022:1 skos:definition
#- epas-2022:1 xw:readingConfidence
epas-2022:1 xw:readingConfidence confidence:imported .
confidence:imported skos:inScheme scheme:confidence .
"""
    assert shape_names(changed_graph(case)) == set()


def test_what_only_others_contradict_does_not_stop_a_check(mini_data: Path) -> None:
    path = mini_data / "crosswalks/sw-1--imp-1.sssom.tsv"
    lines = path.read_text(encoding="utf-8").replace("\tproposed", "\timported").split("\n")
    match = {"sw-1:1.a": "skos:exactMatch", "sw-1:1\t": "skos:exactMatch"}
    for place, line in enumerate(lines):
        for start, predicate in match.items():
            if line.startswith(start) and "\tNot\t" not in line:
                lines[place] = re.sub(r"skos:\w+Match", predicate, line)
    text = "\n".join(lines)
    path.write_text(text, encoding="utf-8")
    write_build(mini_data, build(mini_data))
    assert check(mini_data) == []
    path.write_text(text.replace("\timported", "\tproposed"), encoding="utf-8")
    write_build(mini_data, build(mini_data))
    said = [str(finding) for finding in check(mini_data)]
    assert any("no-two-exact-matches-into-a-framework" in text for text in said)
    assert any("same-framework-exact" in text for text in said)


def test_every_shape_is_flagged_by_some_case() -> None:
    assert {path.stem for path in SHAPE_CASES} == constraining_shapes()


def test_shapes_flag_whatever_is_missing() -> None:
    bare = Graph(bind_namespaces="none")
    for triple in changed_graph("").triples((None, RDF.type, None)):
        bare.add(triple)
    assert constraints(SH.minCount) <= shape_names(bare)


def test_shapes_flag_whatever_is_there_twice() -> None:
    graph = changed_graph("")
    for name in constraints(SH.maxCount):
        shape = URIRef(PREFIXES.expand(f"shapes:{name}"))
        path = SHAPES.value(shape, SH.path)
        assert isinstance(path, URIRef)
        for focus in focus_nodes(graph, shape):
            for number in (1, 2):
                graph.add((focus, path, right_kind(shape, number)))
    assert constraints(SH.maxCount) <= shape_names(graph)


#: For each kind of constraint, a value that breaks it and the component that reports it.
WRONG = {
    SH["class"]: (URIRef("https://example.org/x"), SH.ClassConstraintComponent),
    SH.datatype: (Literal("x", datatype=XSD.anyURI), SH.DatatypeConstraintComponent),
    SH.maxInclusive: (Literal(2.0), SH.MaxInclusiveConstraintComponent),
    SH.minInclusive: (Literal(-1), SH.MinInclusiveConstraintComponent),
    SH.minLength: (Literal(""), SH.MinLengthConstraintComponent),
    SH.node: (URIRef("https://example.org/x"), SH.NodeConstraintComponent),
    SH.nodeKind: (None, SH.NodeKindConstraintComponent),
    SH.pattern: (Literal("?"), SH.PatternConstraintComponent),
}


@pytest.mark.parametrize("parameter", WRONG, ids=PREFIXES.contract)
def test_shapes_flag_values_of_the_wrong_kind(parameter: URIRef) -> None:
    value, component = WRONG[parameter]
    graph = changed_graph("")
    for name in constraints(parameter):
        shape = URIRef(PREFIXES.expand(f"shapes:{name}"))
        path = SHAPES.value(shape, SH.path)
        assert isinstance(path, URIRef)
        literal_wanted = SHAPES.value(shape, SH.nodeKind) == SH.Literal
        other_kind = URIRef("https://example.org/x") if literal_wanted else Literal("x")
        for focus in focus_nodes(graph, shape):
            graph.set((focus, path, other_kind if value is None else value))
    _, report, _ = pyshacl.validate(graph + VOCABULARY, shacl_graph=SHAPES)
    assert isinstance(report, Graph)
    flagged = {
        PREFIXES.contract(str(report.value(result, SH.sourceShape))).removeprefix("shapes:")
        for result in report.subjects(SH.sourceConstraintComponent, component)
    }
    assert constraints(parameter) <= flagged


def focus_nodes(graph: Graph, shape: URIRef) -> list[URIRef]:
    """Nodes that a property shape is about."""
    owner = SHAPES.value(predicate=SH.property, object=shape)
    target = SHAPES.value(owner, SH.targetClass)
    found = [node for node in graph.subjects(RDF.type, target) if isinstance(node, URIRef)]
    assert found, f"valid.ttl has no {target}"
    return found


def right_kind(shape: URIRef, number: int) -> URIRef | Literal:
    """A value of the kind that a shape asks for, so that only the count is wrong."""
    datatype = SHAPES.value(shape, SH.datatype)
    if datatype == RDF.langString:
        return Literal(f"more {number}", lang="en")
    if isinstance(datatype, URIRef):
        return Literal(f"{number}", datatype=datatype)
    return URIRef(f"https://example.org/{number}")


def test_the_shapes_are_shapes() -> None:
    conforms, _, text = pyshacl.validate(changed_graph(""), shacl_graph=SHAPES, meta_shacl=True)
    assert conforms, text


def test_shapes_have_names_and_messages() -> None:
    assert not [node for triple in SHAPES for node in triple if isinstance(node, BNode)]
    targeted = {PREFIXES.contract(str(s)) for s in SHAPES.objects(None, SH.property)}
    named = {PREFIXES.contract(str(s)) for s in SHAPES.subjects(RDF.type, SH.PropertyShape)}
    assert targeted == named
    for message in SHAPES.objects(None, SH.message):
        assert isinstance(message, Literal)
        assert message.language == "en"
        assert str(message).endswith(".")


def test_a_shape_is_named_after_what_it_constrains() -> None:
    for owner, shape in SHAPES.subject_objects(SH.property):
        path = PREFIXES.contract(str(SHAPES.value(shape, SH.path)))
        if (shape, SH.message, None) in SHAPES:
            assert str(shape) == f"{owner}-{path.partition(':')[2]}"


# ---- shapes as queries ---------------------------------------------------------------------


def suspects(graph: Graph, shapes: Graph = SHAPES) -> dict[str, list[str]] | None:
    text = (graph + VOCABULARY).serialize(format="nt")
    return find_suspects(EmbeddedStore.from_turtle({"graph:case": text}, PREFIXES), shapes)


def test_no_node_of_the_valid_crosswalk_is_suspected() -> None:
    assert suspects(changed_graph("")) == {}


@pytest.mark.parametrize("path", SHAPE_CASES, ids=lambda path: path.stem)
def test_only_nodes_that_break_a_shape_are_suspected(path: Path) -> None:
    graph = changed_graph(path.read_text(encoding="utf-8"))
    nodes = {node for found in (suspects(graph) or {}).values() for node in found}
    faults = screened_faults(graph)
    assert {PREFIXES.contract(node) for node in nodes} == {fault.subject for fault in faults}


#: Values of every kind that the data have, and of kinds that no shape wants.
ODD_VALUES = st.sampled_from(
    [
        *sorted({o for o in changed_graph("").objects() if isinstance(o, URIRef)})[::7],
        *(
            Literal(text, datatype=datatype)
            for text in ("", "1", "0.5", "2026-02-30", "2026-11-24", "02026-11-24", "x\n", "2026\n")
            for datatype in (None, XSD.string, XSD.integer, XSD.double, XSD.date, XSD.gYear)
        ),
        Literal("", lang="en"),
        Literal("text", lang="EN"),
        Literal("NaN", datatype=XSD.double),
        Literal("1e400", datatype=XSD.double),
    ]
)


@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.data())
def test_queries_and_shapes_find_the_same_in_any_data(draw: st.DataObject) -> None:
    graph = changed_graph("")
    triples = sorted(graph)
    for subject, predicate, value in draw.draw(
        st.lists(st.sampled_from(triples), min_size=4, max_size=12, unique=True)
    ):
        change = draw.draw(st.sampled_from(("take away", "add", "replace")))
        if change != "add":
            graph.remove((subject, predicate, value))
        if change != "take away":
            graph.add((subject, predicate, draw.draw(ODD_VALUES)))
    shape_names(graph)


#: What the queries have no words for; `ON` a framework, the values of its notation `MUST` do this.
OWN_SHAPES = {
    "another target": "sh:targetNode framework:x ; sh:property shapes:p .",
    "a list": "ON sh:or ( shapes:p ) .",
    "another path": "ON sh:property [ sh:path [ sh:inversePath skos:broader ] ; sh:maxCount 0 ] .",
    "two of something": "MUST sh:minCount 2 ] .",
    "a class of its own": "a rdfs:Class ; sh:property shapes:p .",
    "a pattern of one engine": 'MUST sh:pattern "^(?!epas)" ] .',
    "a pattern under not": 'ON sh:not [ sh:property [ sh:path skos:notation ; sh:pattern "e" ] ] .',
    "a choice of languages": 'MUST sh:languageIn ( "de" ) ] .',
    "itself": "ON sh:property [ sh:path prov:wasRevisionOf ; sh:node shapes:own ] .",
    "something switched off": "ON sh:deactivated true ; sh:property shapes:p .",
}


@pytest.mark.parametrize("own", OWN_SHAPES.values(), ids=OWN_SHAPES.keys())
def test_shapes_beyond_the_queries_are_judged_on_every_node(own: str) -> None:
    on = "sh:targetClass xw:Framework ;"
    own = own.replace("MUST", "ON sh:property [ sh:path skos:notation ;").replace("ON", on)
    text = (
        PREFIXES.header("@prefix").replace(">\n", "> .\n")
        + f"shapes:own {own}\nshapes:p sh:path rdfs:seeAlso ; sh:minCount 1 ."
    )
    shapes = Graph(bind_namespaces="none").parse(data=text, format="turtle")
    graph = changed_graph("")
    assert suspects(graph, shapes) is None
    expected = validate_shapes(graph + VOCABULARY, shapes, PREFIXES)
    assert [fault.subject for fault in screened_faults(graph, text)] == [
        fault.subject for fault in expected
    ]


def test_a_node_without_a_name_is_left_to_the_shapes() -> None:
    graph = changed_graph("[] a xw:Evidence .")
    assert suspects(graph) is None


# ---- the whole check -----------------------------------------------------------------------


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the shipped data that a test may spoil."""
    copy = tmp_path / "ontology"
    shutil.copytree(ONTOLOGY, copy)
    return copy


def edit(path: Path, line: int, old: str, new: str) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    path.write_text("\n".join(lines), encoding="utf-8")


def line_of(path: Path, start: str) -> int:
    lines = path.read_text(encoding="utf-8").split("\n")
    return next(n for n, line in enumerate(lines, start=1) if line.startswith(start))


def without_build(data: Path) -> list[str]:
    """Findings as printed, but for those on the build, which every edit makes stale."""
    return [str(found) for found in check(data) if not found.path.startswith("build/")]


def test_a_broken_table_stops_the_check_before_the_build(data: Path) -> None:
    edit(data / "frameworks/gis.tsv", 2, "medium", "unsure")
    assert [str(finding) for finding in check(data)] == [
        "frameworks/gis.tsv:2: confidence 'unsure' is none of high, medium, imported"
    ]


def test_a_folder_without_prefixes_cannot_be_checked(tmp_path: Path) -> None:
    with pytest.raises(SourcesError, match=r"prefixes\.tsv"):
        check(tmp_path)


def test_a_table_out_of_order_names_its_first_wrong_line(data: Path) -> None:
    path = data / "evidence.tsv"
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[2], lines[3] = lines[3], lines[2]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert without_build(data) == [
        "evidence.tsv:3: is not in canonical form; run: crosswalk format"
    ]


def test_a_stale_build_names_its_file_and_the_repair(data: Path) -> None:
    path = data / "build/frameworks/gis.ttl"
    path.write_text("# empty\n", encoding="utf-8")
    assert "build/frameworks/gis.ttl:1: is not what the tables say; run: crosswalk build" in [
        str(finding) for finding in check(data)
    ]


def test_a_check_cites_the_row_of_the_alignment(data: Path) -> None:
    path = data / "crosswalks/epas-2022--isp-2020.sssom.tsv"
    line = line_of(path, "epas-2022:1\t")
    edit(path, line, "\tproposed\t", "\treviewed\t")
    (finding,) = without_build(data)
    assert finding.startswith(f"crosswalks/epas-2022--isp-2020.sssom.tsv:{line}: alignment:")
    assert "only recorded reviews raise a status" in finding
    assert finding.endswith("(no-status-without-review)")


def test_a_missing_verdict_cites_its_crosswalk(data: Path) -> None:
    path = data / "crosswalks/epas-2022--isp-2020.sssom.tsv"
    lines = path.read_text(encoding="utf-8").split("\n")
    del lines[line_of(path, "epas-2022:1\t") - 1]
    path.write_text("\n".join(lines), encoding="utf-8")
    (finding,) = without_build(data)
    assert finding == (
        "crosswalks/epas-2022--isp-2020.sssom.tsv:1: crosswalk:epas-2022--isp-2020 has no verdict"
        " on epas-2022:1 and isp-2020:1.1; add a row, aligned or not, with its reason"
        " (every-claimed-pair-judged)"
    )


def test_a_shape_cites_the_row_of_the_resource(data: Path) -> None:
    path = data / "resources.tsv"
    lines = path.read_text(encoding="utf-8").split("\n")
    cells = lines[3].split("\t")
    cells[2] = ""
    lines[3] = "\t".join(cells)
    path.write_text("\n".join(lines), encoding="utf-8")
    (finding,) = without_build(data)
    assert finding.startswith("resources.tsv:4: resource:")
    assert "A resource has one description, in English." in finding


def test_a_check_cites_the_row_of_the_competency(data: Path) -> None:
    path = data / "frameworks/tci-2024.tsv"
    line = line_of(path, "tci-2024:2\t")
    edit(path, line, "competency\t\t", "competency\tisp-2020:1.1\t")
    assert without_build(data) == [
        f"frameworks/tci-2024.tsv:{line}: tci-2024:2 has the parent isp-2020:1.1 of"
        " framework:isp-2020; across frameworks use an alignment (no-parent-in-another-framework)"
    ]


def test_a_check_cites_the_row_of_the_framework(data: Path) -> None:
    path = data / "frameworks.tsv"
    line = line_of(path, "isp-2020\t")
    edit(path, line, "\tisp-2018\t", "\tisp-2020\t")
    assert without_build(data) == [
        f"frameworks.tsv:{line}: framework:isp-2020 is a revision of itself; one revision_of must"
        " go (no-framework-that-revises-itself)"
    ]


def test_vocabulary_that_is_no_turtle_is_reported(data: Path) -> None:
    (data / "shapes.ttl").write_text("shapes:x a .", encoding="utf-8")
    (finding,) = without_build(data)
    assert finding.startswith("shapes.ttl:1: shapes.ttl is not Turtle: ")


def test_a_vocabulary_that_cannot_be_built_with_is_reported(data: Path) -> None:
    (data / "vocabulary.ttl").write_text("# one\nxw:x a .", encoding="utf-8")
    (finding,) = check(data)
    assert str(finding).startswith("vocabulary.ttl:2: is not Turtle: ")


def test_two_parsers_that_differ_are_reported() -> None:
    # rdflib takes an IRI with a space in it; the other refuses it.
    with pytest.raises(StoreError, match=r"is not Turtle|read differently"):
        parse_twice("<http://a/b c> <http://a/p> 1 .", "case.ttl")


def test_the_turtle_of_a_term_is_read_back_as_the_same_term() -> None:
    node = Literal('a "quoted"\nline\\', lang="en")
    text = f"<http://a/s> <http://a/p> {term(node, PREFIXES)} ."
    assert parse_twice(text, "case.ttl")[0][2] == node


def test_checks_can_be_chosen() -> None:
    one = read_query(Path(str(ONTOLOGY)).parent / "queries/checks/no-self-alignment.rq")
    case = (DATA / "checks/no-second-verdict/flagged.ttl").read_text(encoding="utf-8")
    assert run_checks(store_of(changed_graph(case)), {one.name: one}) == []
