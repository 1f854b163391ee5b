"""SKOS: what leaves is read by others; what comes in becomes a framework or is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyld import jsonld

from graph.catalogue import Catalogue
from graph.errors import SourcesError
from graph.exchange import FORMATS, Selection, Source
from graph.exchange.foreign_rdf import read_statements
from graph.exchange.guess import choose_format
from graph.exchange.incoming import UNSTATED_CONFIDENCE
from graph.model import Relation
from graph.store import open_store
from graph.workspace import import_file

if TYPE_CHECKING:
    from pathlib import Path

    from graph.exchange.incoming import Incoming, IncomingFramework

#: rdflib's own JSON-LD and N-Quads parsers use what rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")

NAMES = [name for name in FORMATS if name.startswith("skos-")]

_RDFLIB = {
    "skos-turtle": "turtle",
    "skos-jsonld": "json-ld",
    "skos-rdfxml": "xml",
    "skos-nquads": "nquads",
}
_OX = {
    "skos-turtle": ox.RdfFormat.TURTLE,
    "skos-jsonld": ox.RdfFormat.JSON_LD,
    "skos-rdfxml": ox.RdfFormat.RDF_XML,
    "skos-nquads": ox.RdfFormat.N_QUADS,
}

PREFIXES = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix c: <https://example.org/care/> .
@prefix e: <https://example.org/else#> .
"""

CARE = """<https://example.org/care> a skos:ConceptScheme ;
  dcterms:title "Zorg"@nl , "Care"@en ;
  dcterms:publisher "Care Council" ;
  dcterms:issued "2021-03-04"^^<http://www.w3.org/2001/XMLSchema#date> ;
  skos:hasTopConcept c:A .
c:A a skos:Concept ; skos:prefLabel "Listen"@en , "Luisteren"@nl ; skos:narrower c:A10 , c:A2 .
c:A2 a skos:Concept ; skos:prefLabel "Ask"@en ; skos:definition "Find out by asking."@en ;
  skos:inScheme <https://example.org/care> .
c:A10 a skos:Concept ; skos:prefLabel "Answer"@en ; skos:inScheme <https://example.org/care> .
"""

MAPPED = (
    CARE
    + """
<https://example.org/else> a skos:ConceptScheme ; dcterms:title "Else"@en .
e:x skos:prefLabel "X"@en ; skos:inScheme <https://example.org/else> .
e:y skos:prefLabel "Y"@en ; skos:inScheme <https://example.org/else> .
"""
)


def _without(catalogue: Catalogue, *frameworks: str) -> Catalogue:
    """A workspace that lacks some frameworks and everything that hangs on them."""
    return replace(
        catalogue,
        frameworks={k: f for k, f in catalogue.frameworks.items() if k not in frameworks},
        competencies={
            k: c for k, c in catalogue.competencies.items() if c.framework not in frameworks
        },
        crosswalks={},
        alignments={},
    )


def _read(
    text: str | bytes, catalogue: Catalogue, name: str = "care.ttl", framework_id: str = ""
) -> Incoming:
    raw = text.encode() if isinstance(text, str) else text
    return FORMATS["skos-turtle"].read(raw, Source(name, catalogue, framework_id))


def _one(text: str, catalogue: Catalogue, **names: str) -> IncomingFramework:
    (framework,) = _read(PREFIXES + text, catalogue, **names).frameworks
    return framework


def _refused(text: str | bytes, catalogue: Catalogue, name: str = "care.ttl") -> list[str]:
    with pytest.raises(SourcesError) as caught:
        _read(text, catalogue, name)
    return [str(finding) for finding in caught.value.findings]


def _notes(text: str, catalogue: Catalogue) -> str:
    return "\n".join(str(note) for note in _read(PREFIXES + text, catalogue).notes)


def _written(catalogue: Catalogue, name: str) -> list[bytes]:
    """Every framework and every crosswalk in one format."""
    format_ = FORMATS[name]
    frameworks = [format_.write_framework(catalogue, f) for f in catalogue.frameworks.values()]
    crosswalks = [
        format_.write(Selection(catalogue, catalogue.by_crosswalk[key], crosswalk))
        for key, crosswalk in catalogue.crosswalks.items()
    ]
    return frameworks + crosswalks


def _triples(content: bytes, name: str) -> set[tuple[str, ...]]:
    dataset = rdflib.Dataset(default_union=True).parse(data=content, format=_RDFLIB[name])
    return {tuple(term.n3() for term in quad[:3]) for quad in dataset.quads()}


# ---- out ----------------------------------------------------------------------------------


def test_every_syntax_says_the_same(catalogue: Catalogue) -> None:
    by_name = {name: [_triples(c, name) for c in _written(catalogue, name)] for name in NAMES}
    for name in NAMES:
        assert by_name[name] == by_name["skos-turtle"], name


@pytest.mark.parametrize("name", NAMES)
def test_two_parsers_read_the_same_triples(mini_catalogue: Catalogue, name: str) -> None:
    for content in _written(mini_catalogue, name):
        triples = {str(quad.triple) for quad in ox.parse(content, format=_OX[name])}
        again = rdflib.Dataset(default_union=True).parse(data=content, format=_RDFLIB[name])
        lines = "".join(f"{s.n3()} {p.n3()} {o.n3()} .\n" for s, p, o, _ in again.quads())
        assert triples == {str(q.triple) for q in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)}


def test_json_ld_expands_without_a_network(mini_catalogue: Catalogue) -> None:
    for content in _written(mini_catalogue, "skos-jsonld"):
        quads = jsonld.to_rdf(json.loads(content), {"format": "application/n-quads"})
        found = {str(q.triple) for q in ox.parse(quads, format=ox.RdfFormat.N_QUADS)}
        assert found == {str(q.triple) for q in ox.parse(content, format=ox.RdfFormat.JSON_LD)}


@pytest.mark.parametrize("name", NAMES)
def test_the_same_content_gives_the_same_bytes(mini_catalogue: Catalogue, name: str) -> None:
    assert _written(mini_catalogue, name) == _written(mini_catalogue, name)


def test_a_pair_that_is_not_aligned_leaves_no_mapping(catalogue: Catalogue) -> None:
    for key, crosswalk in catalogue.crosswalks.items():
        rows = catalogue.by_crosswalk[key]
        content = FORMATS["skos-turtle"].write(Selection(catalogue, rows, crosswalk))
        graph = rdflib.Graph().parse(data=content, format="turtle")
        stated = {
            (str(s), str(o)) for s, p, o in graph if str(p).endswith("Match")
        }  # fmt: skip
        expand = catalogue.prefixes.expand
        assert stated == {(expand(a.subject_id), expand(a.object_id)) for a in rows if a.aligned}


def test_both_ends_of_a_mapping_are_described(mini_catalogue: Catalogue) -> None:
    selection = Selection(mini_catalogue, [*mini_catalogue.alignments.values()])
    graph = rdflib.Graph().parse(data=FORMATS["skos-turtle"].write(selection), format="turtle")
    skos = rdflib.SKOS
    matches = [(s, o) for s, p, o in graph if str(p).endswith("Match")]
    assert len(matches) == 3
    for end in {end for pair in matches for end in pair}:
        assert (end, rdflib.RDF.type, skos.Concept) in graph
        assert graph.value(end, skos.prefLabel).language == "en"
        assert (graph.value(end, skos.inScheme), rdflib.RDF.type, skos.ConceptScheme) in graph


# ---- out and in again ---------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_framework_comes_back_as_it_left(catalogue: Catalogue, name: str) -> None:
    for framework in catalogue.frameworks.values():
        members = catalogue.by_framework.get(framework.id)
        if members:
            workspace = _without(catalogue, framework.id)
            content = FORMATS[name].write_framework(catalogue, framework)
            incoming = FORMATS[name].read(content, Source("file", workspace))
            (found,) = incoming.frameworks
            assert found.framework == framework
            assert found.competencies == tuple(members)
            assert found.prefix_iri == catalogue.prefixes.iris[framework.id]
            assert (found.levels, incoming.notes, incoming.crosswalks) == ((), (), ())


@pytest.mark.parametrize("name", NAMES)
def test_a_crosswalk_comes_back_with_what_skos_can_carry(catalogue: Catalogue, name: str) -> None:
    for key, crosswalk in catalogue.crosswalks.items():
        rows = catalogue.by_crosswalk[key]
        content = FORMATS[name].write(Selection(catalogue, rows, crosswalk))
        incoming = FORMATS[name].read(content, Source("file", catalogue))
        assert incoming.frameworks == ()
        (found,) = incoming.crosswalks
        assert (found.subject_framework, found.object_framework) == tuple(key.split("--"))
        expected = {a.id: a for a in rows if a.aligned}
        assert {a.id for a in found.alignments} == expected.keys()
        for alignment in found.alignments:
            like = expected[alignment.id]
            assert alignment.subject_label == like.subject_label
            assert alignment.relation is like.relation
            assert (alignment.status, alignment.strength) == ("imported", None)
            assert alignment.confidence == UNSTATED_CONFIDENCE


_CELL = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=30
).map(str.strip).filter(bool)  # fmt: skip


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_framework_comes_back(mini_catalogue: Catalogue, data: st.DataObject) -> None:
    """Any texts, any levels, any tree, in any syntax."""
    members = mini_catalogue.by_framework["imp-1"]
    changed = []
    for place, member in enumerate(members):
        above = data.draw(st.none() | st.sampled_from(range(place)) if place else st.none())
        changed.append(
            replace(
                member,
                title=data.draw(_CELL),
                description=data.draw(st.just("") | _CELL),
                citation=data.draw(_CELL),
                level=data.draw(st.sampled_from(["domain", "competency", "own-kind"])),
                parent=None if above is None else members[above].id,
            )
        )
    catalogue = replace(
        mini_catalogue, competencies=mini_catalogue.competencies | {c.id: c for c in changed}
    )
    format_ = FORMATS[data.draw(st.sampled_from(NAMES))]
    content = format_.write_framework(catalogue, catalogue.frameworks["imp-1"])
    incoming = format_.read(content, Source("file", _without(mini_catalogue, "imp-1")))
    (found,) = incoming.frameworks
    assert found.framework == mini_catalogue.frameworks["imp-1"]
    assert [*found.competencies] == changed
    assert {level.id for level in found.levels} == {c.level for c in changed} & {"own-kind"}


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from("123"), st.sampled_from("123")),
        st.sampled_from(Relation),
        min_size=1,
    )
)
def test_any_mappings_come_back(
    mini_catalogue: Catalogue, stated: dict[tuple[str, str], Relation]
) -> None:
    """Whatever contradicts itself is refused (S27, S46); everything else is what it was."""
    concepts = "".join(
        f"{p}:{n} skos:prefLabel '{p}{n}'@en ; skos:inScheme <https://example.org/{f}> .\n"
        for p, f in (("c", "care"), ("e", "else"))
        for n in "123"
    )
    lines = [f"e:{s} skos:{relation.value}Match c:{o} ." for (s, o), relation in stated.items()]
    try:
        incoming = _read(PREFIXES + concepts + "\n".join(lines), mini_catalogue)
    except SourcesError as error:
        refused = {finding.message[-5:] for finding in error.findings}
    else:
        refused = set()
        _assert_mappings(incoming, stated)
    assert refused <= {"(S27)", "(S46)"}


def _assert_mappings(incoming: Incoming, stated: dict[tuple[str, str], Relation]) -> None:
    (crosswalk,) = incoming.crosswalks
    assert (crosswalk.subject_framework, crosswalk.object_framework) == ("else", "care")
    found = {(a.subject_id, a.object_id): a.relation for a in crosswalk.alignments}
    assert found == {(f"else:{s}", f"care:{o}"): r for (s, o), r in stated.items()}


def test_a_scheme_goes_into_a_workspace_and_out_again(tmp_path: Path) -> None:
    """All the way: imported, built, checked, read back from the store, exported, the same."""
    raw = (PREFIXES + MAPPED + "c:A skos:broadMatch e:x . c:A2 skos:closeMatch e:y .").encode()
    import_file(raw, "care.ttl", tmp_path / "own", choose_format, bare=True)
    catalogue = Catalogue.load(open_store(tmp_path / "own"))
    assert [c.title for c in catalogue.by_framework["care"]] == ["Listen", "Ask", "Answer"]
    assert catalogue.competencies["care:A"].url == "https://example.org/care/A"
    rows = catalogue.by_crosswalk["care--else"]
    for name in NAMES:
        selection = Selection(catalogue, rows, catalogue.crosswalks["care--else"])
        content = FORMATS[name].write(selection)
        (again,) = FORMATS[name].read(content, Source("again", catalogue)).crosswalks
        assert again.alignments == tuple(rows)


# ---- in -----------------------------------------------------------------------------------


def test_a_scheme_becomes_a_framework(mini_catalogue: Catalogue) -> None:
    found = _one(CARE, mini_catalogue)
    framework = found.framework
    assert (framework.id, framework.title, framework.publisher) == ("care", "Care", "Care Council")
    assert (framework.issued, framework.version) == ("2021-03-04", "2021-03-04")
    assert framework.citation == "Care Council. Care (2021)."
    assert found.prefix_iri == "https://example.org/care/"
    assert [(c.id, c.title, c.parent, c.position) for c in found.competencies] == [
        ("care:A", "Listen", None, 1),
        ("care:A2", "Ask", "care:A", 2),
        ("care:A10", "Answer", "care:A", 3),
    ]
    assert found.competencies[1].description == "Find out by asking."
    assert {c.confidence for c in found.competencies} == {"imported"}


@pytest.mark.parametrize(
    ("name", "format_"),
    [("a.nt", "nt"), ("a.rdf", "xml"), ("a.jsonld", "json-ld"), ("a.trig", "trig"), ("a", "nt"),
     ("b", "xml"), ("c", "json-ld"), ("d", "turtle"), ("a.nq", "nquads"), ("e", "nquads")],
)  # fmt: skip
def test_a_scheme_is_the_same_framework_in_every_syntax(
    mini_catalogue: Catalogue, name: str, format_: str
) -> None:
    dataset = rdflib.Dataset()
    dataset.graph("https://example.org/graph").parse(data=PREFIXES + CARE, format="turtle")
    source: Any = dataset if format_ in ("trig", "nquads") else next(
        graph for graph in dataset.graphs() if len(graph)
    )  # fmt: skip
    text = source.serialize(format=format_)
    (found,) = _read(text, mini_catalogue, name).frameworks
    assert found == _one(CARE, mini_catalogue)


def test_labels_are_read_in_english_else_in_the_main_language(mini_catalogue: Catalogue) -> None:
    dutch = 'c:A a skos:Concept ; skos:prefLabel "Luisteren"@nl , "Zuhören"@de .\n'
    dutch += 'c:B a skos:Concept ; skos:prefLabel "Vragen"@nl .\n'
    found = _one(dutch, mini_catalogue)
    assert [c.title for c in found.competencies] == ["Luisteren", "Vragen"]
    assert "has no English label; labels in 'nl' are read" in _notes(dutch, mini_catalogue)
    assert "further languages (nl)" in _notes(CARE, mini_catalogue)


def test_of_several_parents_the_first_by_notation_is_taken(mini_catalogue: Catalogue) -> None:
    text = (
        CARE
        + """c:B a skos:Concept ; skos:prefLabel "Bend"@en ; skos:notation "1" ;
      skos:inScheme <https://example.org/care> .
    c:A skos:notation "2" . c:A2 skos:broader c:B ."""
    )
    found = {c.code: c.parent for c in _one(text, mini_catalogue).competencies}
    assert found == {"A": None, "A2": "care:B", "A10": "care:A", "B": None}
    assert "care/A2 is below several statements" in _notes(text, mini_catalogue)


def test_iris_without_a_common_start_give_way_to_codes(mini_catalogue: Catalogue) -> None:
    text = """<urn:x:1> a skos:Concept ; skos:prefLabel "One"@en ; skos:notation "1.1" .
    e:two a skos:Concept ; skos:prefLabel "Two"@en ; skos:notation "1.2" ."""
    found = _one(text, mini_catalogue)
    assert found.prefix_iri == f"{mini_catalogue.prefixes.iris['framework']}care/"
    assert [(c.id, c.url) for c in found.competencies] == [
        ("care:1.1", found.framework.url),
        ("care:1.2", "https://example.org/else#two"),
    ]
    assert "do not all start alike" in _notes(text, mini_catalogue)


def test_codes_that_would_be_the_same_are_told_apart(mini_catalogue: Catalogue) -> None:
    text = """<https://a.example/x> a skos:Concept ; skos:prefLabel "One"@en .
    <https://b.example/x> a skos:Concept ; skos:prefLabel "Two"@en ."""
    codes = [c.code for c in _one(text, mini_catalogue).competencies]
    assert codes[0] == "x"
    assert codes[1].startswith("x-")


def test_several_schemes_become_a_framework_each(mini_catalogue: Catalogue) -> None:
    text = (
        CARE
        + """<https://example.org/else> a skos:ConceptScheme ; dcterms:title "Else"@en .
    e:x skos:prefLabel "X"@en ; skos:topConceptOf <https://example.org/else> ."""
    )
    incoming = _read(PREFIXES + text, mini_catalogue)
    assert [f.framework.id for f in incoming.frameworks] == ["care", "else"]
    with pytest.raises(SourcesError, match="holds 2 concept schemes"):
        _read(PREFIXES + text, mini_catalogue, framework_id="one")


def test_the_caller_may_name_the_framework(mini_catalogue: Catalogue) -> None:
    assert _one(CARE, mini_catalogue, framework_id="care-2021").framework.id == "care-2021"


def test_a_name_of_the_workspace_is_not_taken_again(mini_catalogue: Catalogue) -> None:
    text = CARE.replace("https://example.org/care>", "https://example.org/skos>")
    assert _one(text, mini_catalogue).framework.id == "care"
    again = text.replace('"Care"', '"Skos"')
    assert _one(again, mini_catalogue).framework.id == "skos-2"


def _mapped(text: str, catalogue: Catalogue) -> list[tuple[str, Relation, str]]:
    (crosswalk,) = _read(PREFIXES + MAPPED + text, catalogue).crosswalks
    return [(a.subject_id, a.relation, a.object_id) for a in crosswalk.alignments]


def test_mappings_are_read_in_one_direction_and_once(mini_catalogue: Catalogue) -> None:
    text = """c:A skos:broadMatch e:x . e:x skos:narrowMatch c:A .
    e:y skos:broadMatch c:A2 . c:A10 skos:closeMatch e:y , e:x ; skos:exactMatch e:y ."""
    assert _mapped(text, mini_catalogue) == [
        ("care:A", Relation.BROAD, "else:x"),
        ("care:A2", Relation.NARROW, "else:y"),
        ("care:A10", Relation.CLOSE, "else:x"),
        ("care:A10", Relation.EXACT, "else:y"),
    ]
    notes = _notes(MAPPED + text, mini_catalogue)
    assert "has https://example.org/else#y as close and exact match; exact is read" in notes


def test_mappings_to_the_unknown_are_left_out_and_noted(mini_catalogue: Catalogue) -> None:
    text = "c:A skos:closeMatch <https://example.org/nowhere> ; skos:relatedMatch c:A2 ."
    incoming = _read(PREFIXES + CARE.replace("c:A2 .", "c:A3 .") + text, mini_catalogue)
    assert incoming.crosswalks == ()
    notes = "\n".join(str(note) for note in incoming.notes)
    assert "is mapped to or from what neither file nor workspace has" in notes
    assert "is mapped to a statement of its own framework" in notes


def test_mappings_may_lead_to_what_the_workspace_has(mini_catalogue: Catalogue) -> None:
    known = mini_catalogue.prefixes.expand("imp-1:1.1")
    incoming = _read(PREFIXES + CARE + f"c:A skos:closeMatch <{known}> .", mini_catalogue)
    assert [f.framework.id for f in incoming.frameworks] == ["care"]
    (crosswalk,) = incoming.crosswalks
    assert [(a.subject_id, a.object_id) for a in crosswalk.alignments] == [("care:A", "imp-1:1.1")]


# ---- conditions ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("c:A a skos:ConceptScheme .",
         "is a concept and a concept scheme"),
        ("c:A a skos:Collection .",
         "is a concept and a collection"),
        ('c:A skos:prefLabel "Hear"@en .',
         "has several preferred labels in 'en': 'Hear' and 'Listen'; keep one (S14)"),
        ("c:A skos:broader c:A2 .",
         "is below https://example.org/care/A2"),
        ("c:A skos:exactMatch e:x . e:x skos:broadMatch c:A .",
         "and has it as a broad match"),
        ("c:A skos:exactMatch e:x . e:x skos:exactMatch c:A2 . c:A skos:relatedMatch c:A2 .",
         "matches https://example.org/care/A2 exactly and has it as a related match"),
        ("c:A2 skos:relatedMatch c:A .",
         "is related to https://example.org/care/A and stands"),
        ("c:B a skos:Concept ; skos:inScheme <https://example.org/care> .",
         "has no preferred label"),
        ('[] a skos:Concept ; skos:prefLabel "Nameless"@en .',
         "has a concept without an IRI ('Nameless')"),
        ('e:z a skos:Concept ; skos:prefLabel "Z" . <https://example.org/2> a skos:ConceptScheme .',
         "does not say which scheme it is in"),
        ("c:A skos:broadMatch e:x ; skos:narrowMatch e:x . e:x skos:prefLabel 'X'@en ; "
         "skos:inScheme <https://example.org/else> .", "as a broader and as a narrower match"),
    ],
)  # fmt: skip
def test_a_broken_condition_stops_the_import(
    mini_catalogue: Catalogue, text: str, message: str
) -> None:
    findings = _refused(PREFIXES + CARE + text, mini_catalogue)
    assert any(message in finding for finding in findings), findings


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('c:A skos:altLabel "Listen"@en .', "has 'Listen' as labels of two kinds (S13)"),
        ("c:A2 skos:related c:A .", "stands below it (S27)"),
        ("e:all a skos:Collection ; skos:member c:A .", "is a collection"),
        ("c:A skos:notation 'I' .", "has a notation that is not its code"),
        ("c:A skos:broader e:top .", "is below a statement outside its framework"),
    ],
)
def test_what_our_tables_cannot_hold_is_noted(
    mini_catalogue: Catalogue, text: str, message: str
) -> None:
    assert message in _notes(CARE + text, mini_catalogue)


def test_a_finding_says_where_its_concept_stands(mini_catalogue: Catalogue) -> None:
    (finding,) = _refused(PREFIXES + CARE + "c:A2 a skos:Collection .", mini_catalogue)
    assert finding.startswith("care.ttl:11: https://example.org/care/A2 is a concept")


def test_every_problem_is_named_at_once(mini_catalogue: Catalogue) -> None:
    text = "c:A a skos:ConceptScheme . c:A10 skos:broader c:A10 . c:B skos:topConceptOf c:S ."
    assert len(_refused(PREFIXES + CARE + text, mini_catalogue)) >= 3


# ---- files that would do harm -------------------------------------------------------------

_XML = (
    '<?xml version="1.0"?>{}<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{}</r:RDF>'
)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.ttl", "<http://a> <http://b> " + "[ <http://c> " * 5000, "deeper than 100 brackets"),
        ("a.trig", "<http://a> <http://b> " + "<< " * 5000, "nests deeper than 100 brackets"),
        ("a.jsonld", '{"a":' * 5000, "nests deeper than 100 brackets"),
        ("a.rdf", _XML.format("", "<a><b>" * 5000), "nests deeper than 100 elements"),
        ("a.rdf", _XML.format('<!DOCTYPE a [<!ENTITY b "c">]>', ""), "declares a DOCTYPE"),
        ("a.rdf", '<?xml version="1.0" encoding="ISO-8859-1"?><a/>', "encoding ISO-8859-1"),
        ("a.jsonld", '{"@context": "https://example.org/c", "@id": "x:y"}', "nothing is fetched"),
        ("a.jsonld", '[{"@context": [{}, "https://example.org/c"]}]', "nothing is fetched"),
        ("a.jsonld", '{"@context": {"@import": "https://example.org/c"}}', "nothing is fetched"),
        ("a.jsonld", '{"@graph": [{"a": {"@context": "x.json"}}]}', "nothing is fetched"),
        ("a.ttl", "<a> <b> <c> .", "No scheme found in an absolute IRI"),
        ("a.ttl", "not\n RDF", "is not well formed"),
        ("a.ttl", "", "brings no concept scheme"),
        ("a.nt", "<http://a> <http://b> <http://c> .", "brings no concept scheme"),
        ("a.ttl", "<http://a> <http://b> <<( <http://a> <http://b> <http://c> )>> .", "RDF 1.2"),
    ],
)  # fmt: skip
def test_a_harmful_or_broken_file_is_refused(
    mini_catalogue: Catalogue, name: str, text: str, message: str
) -> None:
    (finding,) = _refused(text, mini_catalogue, name)
    assert message in finding


def test_wrong_encodings_and_sizes_are_refused(mini_catalogue: Catalogue) -> None:
    (finding,) = _refused('c:A skos:prefLabel "Zuhören" .'.encode("latin-1"), mini_catalogue)
    assert finding == "care.ttl:1: byte 0xf6 is not UTF-8; save the file as UTF-8"
    (finding,) = _refused(b"#" * (32 * 1024 * 1024 + 1), mini_catalogue)
    assert "the most that is read" in finding


def test_brackets_in_texts_iris_and_comments_do_not_nest() -> None:
    text = '<http://a/((> <http://b> "[[[" , \'[[\' , """[" [[ """ . # [[[\n' * 200
    assert len(read_statements(text.encode(), "a.ttl").by_subject["http://a/(("]["http://b"]) == 3


def test_an_error_names_its_line(mini_catalogue: Catalogue) -> None:
    (finding,) = _refused(PREFIXES + "c:A a skos:Concept ;\n ; nothing:here 1 .", mini_catalogue)
    assert finding.startswith("care.ttl:7: is not well formed:")
