"""SSSOM: what we write comes back the same, and somebody else's set is read by its own rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import SourcesError
from graph.exchange import FORMATS, Selection, Source
from graph.exchange.incoming import UNSTATED_LICENSE, UNSTATED_RATIONALE
from graph.exchange.sssom_file import parse, parted
from graph.exchange.sssom_slots import (
    ADDRESSES,
    CHOICES,
    DATES,
    MAPPING_SLOTS,
    MULTIVALUED,
    NUMBERS,
    PROPAGATED,
    REFERENCES,
    SET_SLOTS,
)
from graph.model import Direction, Relation, Strength, Verdict
from graph.terms import alignment_id

if TYPE_CHECKING:
    from pathlib import Path

    from graph.catalogue import Catalogue
    from graph.exchange.incoming import Incoming
    from graph.model import Alignment

HEAD = """\
#curie_map:
#  FBbt: http://purl.obolibrary.org/obo/FBbt_
#  mesh: https://meshb.nlm.nih.gov/record/ui?ui=
#  orcid: https://orcid.org/
#  oboInOwl: http://www.geneontology.org/formats/oboInOwl#
#mapping_set_id: https://example.org/sets/flies.sssom.tsv
#mapping_set_title: Flies
#license: https://creativecommons.org/publicdomain/zero/1.0/
"""
COLUMNS = "subject_id\tsubject_label\tpredicate_id\tobject_id\tobject_label\tmapping_justification"
ROW = "FBbt:1\twing\tskos:exactMatch\tmesh:W1\tWings\tsemapv:LexicalMatching"

_relaxed = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _set(*rows: str, columns: str = COLUMNS, head: str = HEAD) -> str:
    return head + "\n".join([columns, *rows]) + "\n"


def _with(slot: str, value: str, row: str = ROW) -> str:
    """A set of one row that has one more column."""
    return _set(f"{row}\t{value}", columns=f"{COLUMNS}\t{slot}")


@pytest.fixture
def read(mini_catalogue: Catalogue) -> Reads:
    return Reads(mini_catalogue)


class Reads:
    """Reads texts into a tiny workspace."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def __call__(self, text: str | bytes, framework_id: str = "") -> Incoming:
        raw = text if isinstance(text, bytes) else text.encode()
        return FORMATS["sssom"].read(raw, Source("set.sssom.tsv", self.catalogue, framework_id))

    def alignment(self, text: str) -> Alignment:
        (crosswalk,) = self(text).crosswalks
        (alignment,) = crosswalk.alignments
        return alignment

    def problems(self, text: str | bytes) -> list[str]:
        with pytest.raises(SourcesError) as caught:
            self(text)
        return [str(finding) for finding in caught.value.findings]

    def notes(self, text: str) -> list[str]:
        return [str(note) for note in self(text).notes]


# ---- round trips ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sssom", "sssom-1.1"])
def test_every_crosswalk_comes_back_as_it_was(catalogue: Catalogue, name: str) -> None:
    for key, crosswalk in catalogue.crosswalks.items():
        rows = catalogue.by_crosswalk[key]
        raw = FORMATS[name].write(Selection(catalogue, rows, crosswalk))
        incoming = FORMATS["sssom"].read(raw, Source(f"{key}.sssom.tsv", catalogue))
        (found,) = incoming.crosswalks
        assert list(found.alignments) == rows
        assert (found.title, found.description) == (crosswalk.title, crosswalk.description)
        assert (found.subject_framework, found.object_framework) == (
            crosswalk.subject_framework, crosswalk.object_framework,
        )  # fmt: skip
        assert found.license == crosswalk.license
        assert incoming.frameworks == incoming.notes == ()
        assert incoming.original == ""


def test_the_shipped_tables_are_sssom_as_they_stand(catalogue: Catalogue, real_data: Path) -> None:
    for key, rows in catalogue.by_crosswalk.items():
        raw = (real_data / f"crosswalks/{key}.sssom.tsv").read_bytes()
        incoming = FORMATS["sssom"].read(raw, Source(f"{key}.sssom.tsv", catalogue))
        assert list(incoming.crosswalks[0].alignments) == rows
        assert incoming.notes == ()


@pytest.mark.parametrize("name", ["sssom", "sssom-1.1"])
def test_all_alignments_in_one_file_come_back_as_they_were(catalogue: Catalogue, name: str) -> None:
    rows = list(catalogue.alignments.values())
    raw = FORMATS[name].write(Selection(catalogue, rows))
    incoming = FORMATS["sssom"].read(raw, Source("all.sssom.tsv", catalogue))
    assert len(incoming.crosswalks) == len(catalogue.crosswalks)
    found = {a.id: a for crosswalk in incoming.crosswalks for a in crosswalk.alignments}
    assert found == catalogue.alignments


_CELL = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=40
).map(str.strip).filter(bool)  # fmt: skip


@_relaxed
@given(st.data(), st.sampled_from(["sssom", "sssom-1.1"]))
def test_any_alignment_comes_back_as_it_was(
    mini_catalogue: Catalogue, data: st.DataObject, name: str
) -> None:
    like = next(a for a in mini_catalogue.alignments.values() if a.evidence)
    aligned = data.draw(st.booleans())
    relation = data.draw(st.sampled_from(Relation))
    status = data.draw(st.sampled_from(["proposed", "imported"]))
    unstated = status == "imported"
    strengths = st.sampled_from(Strength)
    drawn = replace(
        like,
        id=alignment_id(
            like.subject_id, "" if aligned else "Not", relation.predicate_id, like.object_id
        ),
        relation=relation,
        verdict=Verdict.ALIGNED if aligned else Verdict.NOT_ALIGNED,
        strength=data.draw(st.none() | strengths if unstated else strengths) if aligned else None,
        confidence=data.draw(st.integers(0, 1000)) / 1000,
        rationale=data.draw(_CELL),
        direction=data.draw(st.none() | st.sampled_from(Direction)) if aligned else None,
        aims=tuple(data.draw(st.sets(st.sampled_from(["poverty", "racial-equity"])))),
        evidence=tuple(replace(e, supports=data.draw(_CELL)) for e in like.evidence)
        if aligned
        else (),
        status=status,
        author=data.draw(st.sampled_from(["", "agent:project"])) if unstated else like.author,
        date=data.draw(st.sampled_from(["", "2020-02-29"])) if unstated else like.date,
        change=data.draw(st.none() | _CELL),
        justification=data.draw(st.sampled_from(["semapv:LexicalMatching", like.justification])),
    )
    raw = FORMATS[name].write(Selection(mini_catalogue, [drawn]))
    incoming = FORMATS["sssom"].read(raw, Source("one.sssom.tsv", mini_catalogue))
    (crosswalk,) = incoming.crosswalks
    assert crosswalk.alignments == (drawn,)
    assert incoming.notes == ()


@given(st.lists(st.text(max_size=8), min_size=1))
def test_any_values_come_back_out_of_a_multi_valued_slot(values: list[str]) -> None:
    piped = "|".join(v.replace("\\", "\\\\").replace("|", "\\|") for v in values)
    assert parted(piped) == values


# ---- what we write -------------------------------------------------------------------------


def _metadata(catalogue: Catalogue, name: str) -> list[str]:
    key = "sw-1--imp-1"
    selection = Selection(catalogue, catalogue.by_crosswalk[key], catalogue.crosswalks[key])
    text = FORMATS[name].write(selection).decode()
    return [line for line in text.split("\n") if line.startswith("#")]


def test_the_metadata_is_in_canonical_form(mini_catalogue: Catalogue) -> None:
    lines = _metadata(mini_catalogue, "sssom")
    slots = [line[1:].partition(":")[0] for line in lines if line[1] not in " -"]
    assert slots == sorted(slots, key=SET_SLOTS.index)
    assert "#mapping_date: 2026-11-23" in lines
    assert '#subject_source_version: "1"' in lines
    assert not [line for line in lines if "'" in line]
    defined = [line.removeprefix("#  property: ") for line in lines if "property: " in line]
    assert defined == sorted(defined)
    assert all(prop.startswith("xw:") for prop in defined)


def test_only_version_1_1_says_its_version_and_names_each_record(
    mini_catalogue: Catalogue,
) -> None:
    older, newer = _metadata(mini_catalogue, "sssom"), _metadata(mini_catalogue, "sssom-1.1")
    assert not [line for line in older if line.startswith("#sssom_version")]
    assert newer.index('#sssom_version: "1.1"') == newer.index("#mapping_set_id: "
        "https://w3id.org/competency-crosswalk/id/crosswalk/sw-1--imp-1") - 1  # fmt: skip
    alignments = list(mini_catalogue.alignments.values())
    raw = FORMATS["sssom-1.1"].write(Selection(mini_catalogue, alignments))
    found = parse(raw, "x")
    assert {r.text("record_id") for r in found.records} == {f"alignment:{a.id}" for a in alignments}


@pytest.mark.parametrize(("value", "written"), [(0.0625, "0.063"), (1.0, "1"), (0.5, "0.5")])
def test_numbers_have_three_decimals_and_halves_are_rounded_up(
    mini_catalogue: Catalogue, value: float, written: str
) -> None:
    like = next(iter(mini_catalogue.alignments.values()))
    raw = FORMATS["sssom"].write(Selection(mini_catalogue, [replace(like, confidence=value)]))
    (record,) = parse(raw, "x").records
    assert record.text("confidence") == written


# ---- somebody else's terms -----------------------------------------------------------------


def test_a_set_brings_the_terms_that_it_names(read: Reads) -> None:
    incoming = read(_set(ROW, ROW.replace("FBbt:1\twing", "FBbt:00010\tleg")))
    flies, mesh = incoming.frameworks
    assert [c.id for c in flies.competencies] == ["fbbt:1", "fbbt:00010"]
    assert [c.title for c in flies.competencies] == ["wing", "leg"]
    assert flies.prefix_iri == "http://purl.obolibrary.org/obo/FBbt_"
    assert flies.competencies[0].url == "http://purl.obolibrary.org/obo/FBbt_1"
    assert {c.description for c in flies.competencies} == {""}
    assert {f.framework.confidence for f in incoming.frameworks} == {"imported"}
    assert "Only terms that the mapping set names are known" in flies.framework.note
    assert [c.id for c in mesh.competencies] == ["mesh:W1"]
    assert [level.id for level in flies.levels] == ["term"]
    (crosswalk,) = incoming.crosswalks
    assert (crosswalk.subject_framework, crosswalk.object_framework) == ("fbbt", "mesh")
    assert crosswalk.title == "Flies"


def test_what_a_set_does_not_state_stays_unstated(read: Reads) -> None:
    alignment = read.alignment(_set(ROW))
    assert alignment.status == "imported"
    assert (alignment.strength, alignment.direction) == (None, None)
    assert (alignment.author, alignment.date) == ("", "")
    assert alignment.justification == "semapv:LexicalMatching"
    assert alignment.rationale == UNSTATED_RATIONALE


def test_a_confidence_that_is_not_stated_is_1_as_the_schema_says(read: Reads) -> None:
    assert read.alignment(_set(ROW)).confidence == 1.0
    assert any("states no confidence" in note for note in read.notes(_set(ROW)))
    assert read.alignment(_with("confidence", "0.25")).confidence == 0.25


@pytest.mark.parametrize("relation", Relation)
@pytest.mark.parametrize("modifier", ["", "Not"])
def test_all_five_relations_are_read_aligned_or_not(
    read: Reads, relation: Relation, modifier: str
) -> None:
    row = ROW.replace("skos:exactMatch", relation.predicate_id)
    alignment = read.alignment(_with("predicate_modifier", modifier, row))
    assert alignment.relation is relation
    assert alignment.aligned is (modifier == "")


@pytest.mark.parametrize(
    ("predicate", "relation"),
    [
        ("owl:equivalentClass", Relation.EXACT),
        ("owl:equivalentProperty", Relation.EXACT),
        ("owl:sameAs", Relation.EXACT),
        ("rdfs:subClassOf", Relation.BROAD),
        ("rdfs:subPropertyOf", Relation.BROAD),
    ],
)
def test_stronger_predicates_are_weakened_unless_negated(
    read: Reads, predicate: str, relation: Relation
) -> None:
    row = ROW.replace("skos:exactMatch", predicate)
    assert read.alignment(_set(row)).relation is relation
    assert any(f"{predicate} is read as" in note for note in read.notes(_set(row)))
    negated = _set(f"{ROW}\t", f"{row}\tNot", columns=f"{COLUMNS}\tpredicate_modifier")
    assert read.alignment(negated).aligned
    assert any(f"left out: Not {predicate} is no mapping" in note for note in read.notes(negated))


LEFT_OUT = [
    (ROW.replace("skos:exactMatch", "oboInOwl:hasDbXref"), "no mapping relation of SKOS"),
    (ROW.replace("mesh:W1", "sssom:NoTermFound"), "there is no second term"),
    (ROW.replace("mesh:W1", "FBbt:2"), "both ends are of one framework"),
    (ROW.replace("mesh:W1", "mesh:a/b"), "cannot end an address of ours"),
    (ROW.replace("mesh:W1", "skos:Concept"), "stands for something else than a framework"),
    (ROW, "another record says the same, surer or later"),
]


@pytest.mark.parametrize(("row", "why"), LEFT_OUT)
def test_what_our_tables_have_no_place_for_is_left_out_and_said(
    read: Reads, row: str, why: str
) -> None:
    text = _set(ROW, row)
    read.alignment(text)
    (note,) = [note for note in read.notes(text) if "left out" in note]
    assert note.startswith("set.sssom.tsv:11: left out: ")
    assert why in note
    assert note.endswith("kept in the original file")
    assert read(text).original == ".sssom.tsv"


def test_a_literal_is_left_out_and_said(read: Reads) -> None:
    literal = "\tsome words\tskos:exactMatch\tmesh:W1\tWings\tsemapv:LexicalMatching\trdfs literal"
    text = _set(f"{ROW}\t", literal, columns=f"{COLUMNS}\tsubject_type")
    read.alignment(text)
    assert any("left out: a literal is no term" in note for note in read.notes(text))


def test_a_reviewer_who_is_not_sure_makes_no_alignment(read: Reads) -> None:
    columns = f"{COLUMNS}\treviewer_id\treviewer_agreement"
    rows = [f"{ROW}\torcid:1\t1", f"{ROW.replace('FBbt:1', 'FBbt:2')}\torcid:1\t0.0"]
    alignment = read.alignment(_set(*rows, columns=columns))
    assert alignment.subject_id == "fbbt:1"
    assert any("its reviewer is not sure" in n for n in read.notes(_set(*rows, columns=columns)))


def test_a_set_of_which_nothing_could_be_taken_is_a_problem(read: Reads) -> None:
    (problem,) = read.problems(_set(ROW.replace("mesh:W1", "sssom:NoTermFound")))
    assert "set.sssom.tsv:10: brings no alignment: left out: sssom:NoTermFound" in problem
    assert read.problems(_set()) == ["set.sssom.tsv:1: brings no alignment: it has no record"]


def test_of_equal_records_the_surest_stays_and_then_the_latest(read: Reads) -> None:
    columns = f"{COLUMNS}\tmapping_date\tconfidence"
    rows = [f"{ROW}\t2020-01-01\t0.9", f"{ROW}\t2021-01-01\t0.9", f"{ROW}\t2022-01-01\t0.5"]
    assert read.alignment(_set(*rows, columns=columns)).date == "2021-01-01"


def test_many_framework_pairs_make_many_crosswalks(read: Reads) -> None:
    back = "mesh:W1\tWings\tskos:broadMatch\tFBbt:7\tfly\tsemapv:LexicalMatching"
    ours = "sw-1:1\t\tskos:closeMatch\tmesh:W1\tWings\tsemapv:LexicalMatching"
    head = HEAD.replace("#  mesh", f"#  sw-1: {read.catalogue.prefixes.iris['sw-1']}\n#  mesh")
    incoming = read(_set(ROW, back, ours, head=head))
    assert [(c.subject_framework, c.object_framework) for c in incoming.crosswalks] == [
        ("fbbt", "mesh"), ("mesh", "fbbt"), ("sw-1", "mesh"),
    ]  # fmt: skip
    assert [f.framework.id for f in incoming.frameworks] == ["fbbt", "mesh"]
    assert incoming.crosswalks[2].alignments[0].subject_label == "Assess needs"
    assert incoming.crosswalks[2].title == "Flies: sw-1 and mesh"


def test_terms_of_the_workspace_are_known_by_their_iri_whatever_their_prefix(read: Reads) -> None:
    iri = read.catalogue.prefixes.iris["sw-1"]
    row = ROW.replace("FBbt:1", "social:1.a")
    head = HEAD.replace("#  FBbt", f"#  social: {iri}\n#  FBbt")
    assert read.alignment(_set(row, head=head)).subject_id == "sw-1:1.a"
    whole = HEAD.replace("#  FBbt", f"#  social: {iri.removesuffix('sw-1/')}\n#  FBbt")
    row = ROW.replace("FBbt:1", "social:sw-1/1.a")
    assert read.alignment(_set(row, head=whole)).subject_id == "sw-1:1.a"
    (problem,) = read.problems(_set(ROW.replace("FBbt:1", "social:9"), head=head))
    assert "subject_id 'social:9' is no statement of a framework; did you mean" in problem


def test_a_prefix_that_the_workspace_uses_otherwise_gets_another_name(read: Reads) -> None:
    head = HEAD.replace("FBbt", "level")
    incoming = read(_set(ROW.replace("FBbt", "level"), head=head))
    assert [f.framework.id for f in incoming.frameworks] == ["level-terms", "mesh"]
    assert any("prefix 'level' is called 'level-terms' here" in str(n) for n in incoming.notes)


def test_the_one_framework_that_a_set_brings_can_be_given_a_name(read: Reads) -> None:
    head = HEAD.replace("#  mesh", f"#  sw-1: {read.catalogue.prefixes.iris['sw-1']}\n#  mesh")
    text = _set(ROW.replace("mesh:W1", "sw-1:1"), head=head)
    (framework,) = read(text, "flies").frameworks
    assert framework.framework.id == "flies"
    assert framework.competencies[0].id == "flies:1"
    with pytest.raises(SourcesError, match="brings 2 frameworks"):
        read(_set(ROW), "flies")
    with pytest.raises(SourcesError, match="'imp-1' is taken"):
        read(text, "imp-1")
    with pytest.raises(SourcesError, match="lower-case words joined by hyphens"):
        read(text, "Flies!")


def test_a_term_has_its_commonest_label(read: Reads) -> None:
    rows = [ROW.replace("mesh:W1", f"mesh:W{n}") for n in (1, 2, 3)]
    rows[0] = rows[0].replace("wing", "Wing")
    incoming = read(_set(*rows))
    assert incoming.frameworks[0].competencies[0].title == "wing"
    assert {a.subject_label for a in incoming.crosswalks[0].alignments} == {"wing"}
    assert any("have several labels" in str(note) for note in incoming.notes)


def test_a_version_is_that_of_the_framework_that_has_the_term(read: Reads) -> None:
    head = HEAD.replace("#  orcid:", "#  obo: http://purl.obolibrary.org/obo/\n#  orcid:")
    rows = [f"{ROW}\t2024", f"{ROW.replace('FBbt:1', 'obo:FBbt_2')}\t2025"]
    columns = f"{COLUMNS}\tsubject_source_version"
    framework = read(_set(*rows, columns=columns, head=head)).frameworks[0]
    assert [c.id for c in framework.competencies] == ["fbbt:1", "fbbt:2"]
    assert framework.framework.version == "2024, 2025"


def test_authors_bring_their_prefix(read: Reads) -> None:
    text = _with("author_id", "orcid:0000-0001|orcid:0000-0002")
    assert read.alignment(text).author == "orcid:0000-0001"
    assert read(text).prefixes == {"orcid": "https://orcid.org/"}
    assert any("several authors" in note for note in read.notes(text))


def test_addresses_that_a_record_cites_become_evidence(read: Reads) -> None:
    alignment = read.alignment(_with("see_also", "https://example.org/source|https://a.org/?a=b"))
    known, new = alignment.evidence
    assert (known.id, known.citation) == ("one", "One (2020)")
    assert new.url == new.citation == "https://a.org/?a=b"
    assert new.id.startswith("cited-")
    assert "does not say for what" in new.supports


def test_a_comment_is_one_line_in_our_tables(read: Reads) -> None:
    text = _with("comment", '" one\n""two"""')
    assert read.alignment(text).rationale == 'one "two"'
    assert any("are one space now" in note for note in read.notes(text))


# ---- the rules of the format ---------------------------------------------------------------


def test_values_of_the_set_are_given_to_its_records(read: Reads) -> None:
    head = HEAD + "#mapping_date: 2020-02-29\n"
    assert read.alignment(_set(ROW, head=head)).date == "2020-02-29"


def test_no_value_of_the_set_is_given_where_a_record_has_its_own(read: Reads) -> None:
    head = HEAD + "#mapping_date: 2020-02-29\n"
    columns = f"{COLUMNS}\tmapping_date"
    rows = [f"{ROW}\t", f"{ROW.replace('FBbt:1', 'FBbt:2')}\t2021-01-01"]
    incoming = read(_set(*rows, columns=columns, head=head))
    assert [a.date for a in incoming.crosswalks[0].alignments] == ["", "2021-01-01"]
    assert "set.sssom.tsv:9: mapping_date is not given to the records" in str(incoming.notes[0])


def test_a_value_for_the_set_alone_is_not_given_to_its_records(read: Reads) -> None:
    text = _set(ROW, head=HEAD + "#comment: about the set\n")
    assert read.alignment(text).rationale == UNSTATED_RATIONALE
    assert any("metadata comment has no place" in note for note in read.notes(text))


def test_one_value_of_a_multi_valued_slot_may_stand_alone(read: Reads) -> None:
    for value in ("orcid:1", "\n#- orcid:1", "[orcid:1]"):
        read.alignment(_set(ROW, head=HEAD + f"#creator_id: {value}\n"))


def test_all_lines_of_the_metadata_may_be_set_in(read: Reads) -> None:
    spaced = "".join(f"# {line[1:]}\n" for line in HEAD.splitlines())
    assert read.alignment(_set(ROW, head=spaced)) == read.alignment(_set(ROW))


def test_numbers_in_the_metadata_stay_as_they_are_written(read: Reads) -> None:
    head = HEAD + "#subject_source_version: 2024.10\n"
    flies, _ = read(_set(ROW, head=head)).frameworks
    assert flies.framework.version == "2024.10"


def test_quoted_cells_are_read_as_in_csv_with_tabs(read: Reads) -> None:
    quoted = "\t".join(f'"{cell}"' for cell in ROW.split("\t"))
    assert read.alignment(_set(quoted)) == read.alignment(_set(ROW))
    assert read.alignment(_set(ROW).replace("\n", "\r\n")) == read.alignment(_set(ROW))


def test_built_in_prefixes_may_be_declared_as_they_are(read: Reads) -> None:
    line = "#  skos: http://www.w3.org/2004/02/skos/core#\n#  mesh"
    read.alignment(_set(ROW, head=HEAD.replace("#  mesh", line)))


EXTENSION = "#extension_definitions:\n#- slot_name: ext_colour\n#  property: mesh:colour\n"


def test_declared_extensions_of_others_stay_in_the_original(read: Reads) -> None:
    text = _set(f"{ROW}\tred", columns=f"{COLUMNS}\text_colour", head=HEAD + EXTENSION)
    read.alignment(text)
    assert any("ext_colour has no place in our tables" in note for note in read.notes(text))


def test_an_extension_of_our_name_with_another_property_is_not_ours(read: Reads) -> None:
    definition = EXTENSION.replace("ext_colour", "ext_strength")
    text = _set(f"{ROW}\tstrong", columns=f"{COLUMNS}\text_strength", head=HEAD + definition)
    assert read.alignment(text).strength is None
    assert any("ext_strength has no place" in note for note in read.notes(text))


WRONG = [
    # metadata
    (HEAD + "#mapping_set_titel: x\n", ROW, 9, "metadata 'mapping_set_titel' is no slot", "title"),
    (HEAD + "#license: https://a.org/\n", ROW, 9, "license stands twice", "keep one"),
    (HEAD + "#mapping_date: 2020\n", ROW, 9, "mapping_date '2020' is no date like", "2026-11-23"),
    (HEAD + "#mapping_tool: [a, b]\n", ROW, 9, "mapping_tool takes one plain value", ""),
    (HEAD + "#subject_type: concept\n", ROW, 9, "subject_type 'concept' is none of", "owl class"),
    (HEAD + "#issue_tracker: here\n", ROW, 9, "issue_tracker 'here' is no address", ""),
    (HEAD + "#other: &a x\n", ROW, 9, "anchors and aliases", "write the value out"),
    (HEAD + "#other: [\n", ROW, 9, "is not plain YAML", ""),
    (HEAD + EXTENSION.replace("mesh:", "x:"), ROW, 10, "'x:colour' is no CURIE", "curie_map"),
    (HEAD + EXTENSION.replace("ext_colour", "comment"), ROW, 10, "name of a slot", "rename"),
    (HEAD.replace("mesh: https", "mesh: "), ROW, 3, "'mesh' does not lead to an IRI", ""),
    (HEAD.replace("mesh:", "FBbt:"), ROW, 3, "prefix 'FBbt' stands twice", "keep one"),
    (HEAD.replace("mesh:", "skos:"), ROW, 3, "prefix 'skos' is built in", "drop it"),
    (HEAD.replace("#mapping_set_id", "#comment"), ROW, 1, "mapping_set_id is missing", "address"),
    ("", ROW, 1, "has no metadata", "sssom.yml"),
    # cells
    (HEAD, ROW.replace("mesh:W1", "mesch:W1"), 10, "object_id 'mesch:W1' has the prefix", "mesh?"),
    (HEAD, ROW.replace("mesh:W1", "https://a.org/b"), 10, "is an IRI", "write it as a CURIE"),
    (HEAD, ROW.replace("mesh:W1", "W1"), 10, "object_id 'W1' is no CURIE", "prefix:local"),
    (HEAD, ROW.replace("mesh:W1", ""), 10, "object_id must not be empty", ""),
    (HEAD, ROW.replace("semapv:LexicalMatching", ""), 10, "mapping_justification must not", ""),
    (HEAD, ROW.replace("semapv:", "mesh:"), 10, "is no term of semapv", "mapping_justification"),
    (HEAD, ROW + "\t", 10, "has 7 cells, not 6", "did an editor move a tab?"),
    (HEAD, ROW.replace("wing", '"wing'), 10, "cannot be read as TSV", ""),
    (HEAD, "# a comment", 10, "has 1 cells, not 6", ""),
]


@pytest.mark.parametrize(("head", "row", "line", "what", "mend"), WRONG)
def test_what_is_wrong_is_named_at_its_line(
    read: Reads, head: str, row: str, line: int, what: str, mend: str
) -> None:
    said = read.problems(_set(row, head=head))
    assert any(
        text.startswith(f"set.sssom.tsv:{line}: ") and what in text and mend in text
        for text in said
    ), said


WRONG_CELLS = [
    ("confidence", "1.2", "confidence '1.2' is no number from 0 to 1"),
    ("confidence", "nan", "confidence 'nan' is no number"),
    ("confidence", "high", "confidence 'high' is no number"),
    ("mapping_date", "2020-02-30", "mapping_date '2020-02-30' is no date"),
    ("predicate_modifier", "not", "predicate_modifier 'not' is none of Not"),
    ("mapping_cardinality", "2:1", "mapping_cardinality '2:1' is none of 1:1"),
    ("object_type", "thing", "object_type 'thing' is none of owl class"),
    ("see_also", "https://a.org/|b", "see_also 'b' is no address"),
    ("author_id", "orcid:1|Jane", "author_id 'Jane' is no CURIE"),
    ("reviewer_agreement", "0.5", "not by whom; add reviewer_id"),
]


@pytest.mark.parametrize(("slot", "value", "what"), WRONG_CELLS)
def test_a_wrong_cell_is_named_by_line_and_slot(
    read: Reads, slot: str, value: str, what: str
) -> None:
    (problem,) = read.problems(_with(slot, value))
    assert problem.startswith("set.sssom.tsv:10: ")
    assert what in problem


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        (COLUMNS + "\tconfidance", "column 'confidance' is no slot of SSSOM and no declared"),
        (COLUMNS + "\text_colour", "define it in extension_definitions"),
        (COLUMNS + "\tobject_id", "column 'object_id' stands 2 times"),
        (COLUMNS + "\t", "a column has no name"),
        (COLUMNS.replace("predicate_id", "comment"), "column 'predicate_id' is missing"),
        (
            COLUMNS.replace("object_id\tobject_label", "comment\tother"),
            "column 'object_id' is missing",
        ),
    ],
)
def test_wrong_columns_are_named(read: Reads, columns: str, what: str) -> None:
    said = read.problems(_set(ROW, columns=columns))
    assert any(text.startswith("set.sssom.tsv:9: ") and what in text for text in said), said


def test_every_problem_is_found_at_once(read: Reads) -> None:
    head = HEAD + "#mapping_date: 2020\n#colour: red\n"
    rows = [ROW.replace("mesh:W1", "W1"), ROW.replace("FBbt:1", ""), ROW + "\t"]
    said = read.problems(_set(*rows, head=head))
    assert [int(text.split(":")[1]) for text in said] == [9, 10, 12, 13, 14]


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (_set(ROW).encode("utf-16"), "is UTF-16; save it as UTF-8"),
        (_set(ROW.replace("wing", "wïng")).encode("latin-1"), "is not UTF-8"),
        (b"PK\x03\x04", "is a spreadsheet"),
        (_set(ROW.replace("wing", "wi\x00ng")).encode(), "holds a NUL character"),
        (HEAD.encode(), "has no table under its metadata"),
        (b"", "has no metadata"),
    ],
)
def test_a_file_that_is_no_such_file_is_refused(read: Reads, raw: bytes, what: str) -> None:
    assert any(what in text for text in read.problems(raw))


def test_a_cell_without_end_is_refused(read: Reads) -> None:
    said = read.problems(_set(ROW.replace("wing", "w" * 200_000)))
    assert any("cannot be read as TSV: field larger than" in text for text in said)


def test_what_we_say_of_our_own_extensions_is_checked(mini_catalogue: Catalogue) -> None:
    rows = list(mini_catalogue.alignments.values())
    text = FORMATS["sssom"].write(Selection(mini_catalogue, rows)).decode()
    read = Reads(mini_catalogue)
    for old, new, what in (
        ("\tstrong", "\thuge", "ext_strength 'huge' is none of strong, moderate, weak"),
        ("\tmutual", "\tboth", "ext_direction 'both' is none of"),
        ("poverty racial", "riches racial", "ext_aims 'riches' is none of"),
        ("\tproposed", "\tfinal", "ext_status 'final' is none of"),
        ("\tweak", "\t", "ext_strength is empty; an alignment that is proposed has one"),
        ("\tneeds are assessed in both ways", "\ta|b", "see_also names 1 sources, ext_evidence"),
    ):
        assert old in text
        said = read.problems(text.replace(old, new, 1))
        assert any(what in problem for problem in said), (what, said)


# ---- the slots -----------------------------------------------------------------------------


def test_every_kind_of_slot_is_a_slot() -> None:
    known = {*MAPPING_SLOTS, *SET_SLOTS}
    for kind in (MULTIVALUED, REFERENCES, ADDRESSES, DATES, NUMBERS.keys(), CHOICES.keys()):
        assert kind <= known
    assert set(MAPPING_SLOTS) & set(SET_SLOTS) >= PROPAGATED
    assert len(MAPPING_SLOTS) == len(set(MAPPING_SLOTS)) == 50


def test_a_set_without_a_license_says_so(read: Reads) -> None:
    head = HEAD.replace("#license: https://creativecommons.org/publicdomain/zero/1.0/\n", "")
    incoming = read(_set(ROW, head=head))
    assert incoming.crosswalks[0].license == UNSTATED_LICENSE
    assert any("states no license" in str(note) for note in incoming.notes)
