"""CASE packages: what is written reads back, what others wrote comes out as it came in."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_URL, uuid5

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.cli import cli
from graph.errors import SourcesError
from graph.exchange import FORMATS, Selection, Source
from graph.exchange.case.identity import EXTENSION
from graph.exchange.case.shape import conform
from graph.model import IMPORTED, Relation, Strength, Verdict
from graph.terms import alignment_id

if TYPE_CHECKING:
    from pathlib import Path

    from graph.catalogue import Catalogue
    from graph.exchange.incoming import Incoming
    from graph.model import Alignment, Competency

CASE: Final = FORMATS["case"]
_HERE: Final = "https://cases.example.org/ims/case/v1p0"
_TIME: Final = "2024-05-06T07:08:09+00:00"

_relaxed = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


# ---- packages of somebody else -----------------------------------------------------------


def uuid(number: int) -> str:
    """A UUID that a test can tell from others."""
    return f"{number:08x}-0000-1000-8000-000000000000"


def item(number: int, statement: str, **members: Any) -> dict[str, Any]:
    return {
        "identifier": uuid(number),
        "uri": f"{_HERE}/CFItems/{uuid(number)}",
        "fullStatement": statement,
        "lastChangeDateTime": _TIME,
        **members,
    }


def node(number: int) -> dict[str, Any]:
    return {
        "title": f"node {number}",
        "identifier": uuid(number),
        "uri": f"{_HERE}/CFItems/{uuid(number)}",
    }


def association(
    number: int, origin: int, type_: str, destination: int, **members: Any
) -> dict[str, Any]:
    return {
        "identifier": uuid(number),
        "uri": f"{_HERE}/CFAssociations/{uuid(number)}",
        "associationType": type_,
        "originNodeURI": node(origin),
        "destinationNodeURI": node(destination),
        "lastChangeDateTime": _TIME,
        **members,
    }


def package() -> dict[str, Any]:
    """A small framework as OpenSALT sends it: extra members, an extension, nulls."""
    return {
        "CFDocument": {
            "identifier": uuid(1),
            "uri": f"{_HERE}/CFDocuments/{uuid(1)}",
            "creator": "Nursing Council",
            "title": "Nursing Competencies",
            "lastChangeDateTime": _TIME,
            "version": "3",
            "language": "en",
            "licenseURI": None,
            "CFPackageURI": node(1),
            "extensions": {"council:reviewer": {"name": "somebody"}},
        },
        "CFItems": [
            item(13, "Give medicines safely.", humanCodingScheme="A.2", CFItemType="Competency",
                 notes="Right drug, right person."),
            item(11, "Care", humanCodingScheme="A", CFItemType="Learning Area"),
            item(12, "Assess what a person needs, again and again.", humanCodingScheme="A.1",
                 abbreviatedStatement="Assess needs", CFItemType="Competency",
                 CFDocumentURI=node(1), council_rank=7),
            item(14, "Count\n twice."),
        ],
        "CFAssociations": [
            association(22, 13, "isChildOf", 11, sequenceNumber=20),
            association(21, 11, "isChildOf", 1),
            association(23, 12, "isChildOf", 11, sequenceNumber=10),
            association(24, 14, "isChildOf", 13),
            association(25, 12, "precedes", 13),
        ],
        "CFDefinitions": {"CFItemTypes": [], "CFLicenses": []},
        "council:extra": [1, 2.5, None],
    }  # fmt: skip


def read(value: Any, catalogue: Catalogue, framework_id: str = "") -> Incoming:
    return CASE.read(json.dumps(value).encode(), Source("a.case.json", catalogue, framework_id))


def refusal(value: Any, catalogue: Catalogue) -> list[str]:
    with pytest.raises(SourcesError) as caught:
        read(value, catalogue)
    assert {finding.path for finding in caught.value.findings} == {"a.case.json"}
    return [finding.message for finding in caught.value.findings]


def holding(catalogue: Catalogue, value: Any, folder: Path, framework_id: str = "") -> Catalogue:
    """A catalogue after an import of a package, which is kept as a workspace keeps it."""
    incoming = read(value, catalogue, framework_id)
    (brought,) = incoming.frameworks
    kept = folder / "imported" / f"{brought.framework.id}{incoming.original}"
    kept.parent.mkdir(exist_ok=True, parents=True)
    kept.write_text(json.dumps(value), encoding="utf-8")
    prefixes = type(catalogue.prefixes)(
        {**catalogue.prefixes.iris, brought.framework.id: brought.prefix_iri}
    )
    return replace(
        catalogue,
        prefixes=prefixes,
        frameworks={**catalogue.frameworks, brought.framework.id: brought.framework},
        competencies={**catalogue.competencies, **{c.id: c for c in brought.competencies}},
        concepts=[*catalogue.concepts, *brought.levels],
        folder=folder,
    )


def edited(catalogue: Catalogue, curie: str, **changes: Any) -> Catalogue:
    competencies = dict(catalogue.competencies)
    competencies[curie] = replace(competencies[curie], **changes)
    return replace(catalogue, competencies=competencies)


def written(catalogue: Catalogue, framework: str) -> Any:
    return json.loads(CASE.write_framework(catalogue, catalogue.frameworks[framework]))


# ---- writing -----------------------------------------------------------------------------


def test_every_framework_reads_back_as_it_is(catalogue: Catalogue) -> None:
    for framework in catalogue.frameworks.values():
        members = catalogue.by_framework.get(framework.id, [])
        raw = CASE.write_framework(catalogue, framework)
        assert raw == CASE.write_framework(catalogue, framework)
        if not members:
            continue
        incoming = CASE.read(raw, Source("x", catalogue))
        (brought,) = incoming.frameworks
        assert brought.framework == framework
        assert list(brought.competencies) == members
        assert brought.prefix_iri == catalogue.prefixes.iris[framework.id]
        assert (brought.levels, incoming.crosswalks, incoming.notes) == ((), (), ())


def test_every_crosswalk_reads_back_with_every_verdict(catalogue: Catalogue) -> None:
    for crosswalk in catalogue.crosswalks.values():
        rows = catalogue.by_crosswalk[crosswalk.id]
        incoming = CASE.read(
            CASE.write(Selection(catalogue, rows, crosswalk)), Source("x", catalogue)
        )
        (brought,) = incoming.crosswalks
        assert {a.id: a for a in brought.alignments} == {a.id: a for a in rows}
        assert brought.subject_framework == crosswalk.subject_framework
        assert brought.object_framework == crosswalk.object_framework
        assert (brought.title, brought.description) == (crosswalk.title, crosswalk.description)
        assert brought.license == crosswalk.license
        assert (incoming.frameworks, incoming.notes, incoming.original) == ((), (), "")


_TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co", "Cf", "Zl", "Zp", "Zs")),
    min_size=1, max_size=30,
)  # fmt: skip


@st.composite
def _alignments(draw: st.DrawFn, like: Alignment) -> Alignment:
    aligned, relation = draw(st.booleans()), draw(st.sampled_from(Relation))
    modifier = "" if aligned else "Not"
    return replace(
        like,
        id=alignment_id(like.subject_id, modifier, relation.predicate_id, like.object_id),
        verdict=Verdict.ALIGNED if aligned else Verdict.NOT_ALIGNED,
        relation=relation,
        strength=draw(st.sampled_from(Strength)) if aligned else None,
        confidence=draw(st.integers(0, 100)) / 100,
        rationale=draw(_TEXT),
        status=draw(st.sampled_from(["proposed", "reviewed", IMPORTED])),
        change=draw(st.none() | _TEXT),
        evidence=tuple(replace(e, supports=draw(_TEXT)) for e in like.evidence),
    )


@_relaxed
@given(data=st.data())
def test_any_alignment_reads_back(mini_catalogue: Catalogue, data: st.DataObject) -> None:
    like = next(a for a in mini_catalogue.alignments.values() if a.evidence)
    alignment = data.draw(_alignments(like))
    raw = CASE.write(Selection(mini_catalogue, [alignment]))
    (brought,) = CASE.read(raw, Source("x", mini_catalogue)).crosswalks
    assert brought.alignments == (alignment,)


def test_identifiers_are_those_of_our_iris(catalogue: Catalogue) -> None:
    iri = catalogue.prefixes.expand("epas-2022:7.b")
    found = {i["uri"]: i["identifier"] for i in written(catalogue, "epas-2022")["CFItems"]}
    assert found[iri] == str(uuid5(NAMESPACE_URL, iri)) == "86753465-5be9-58d2-bb6c-87ae2b62edcb"


def test_a_full_statement_is_the_published_title_and_never_our_description(
    catalogue: Catalogue,
) -> None:
    for record in written(catalogue, "epas-2022")["CFItems"]:
        competency = catalogue.competencies[f"epas-2022:{record['humanCodingScheme']}"]
        assert record["fullStatement"] == competency.title
        assert record["notes"] == competency.description
        assert "abbreviatedStatement" not in record
    document = written(catalogue, "epas-2022")["CFDocument"]
    assert "not the publisher's words" in document["notes"]


def test_not_aligned_is_no_association(catalogue: Catalogue) -> None:
    crosswalk = catalogue.crosswalk("epas-2022", "isp-2020")
    rows = catalogue.by_crosswalk[crosswalk.id]
    value = json.loads(CASE.write(Selection(catalogue, rows, crosswalk)))
    denied = [a for a in rows if not a.aligned]
    assert len(value["CFAssociations"]) == len(rows) - len(denied) > 0
    told = value["extensions"][EXTENSION]["notAligned"]
    assert [(t["subject"], t["object"]) for t in told] == [
        (a.subject_id, a.object_id) for a in denied
    ]
    assert value["CFItems"] == []
    assert value["CFDocument"]["adoptionStatus"] == "Draft"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"status": ["proposed"]}, "extension status ['proposed'] is no text"),
        ({"author": {"name": "A"}}, "extension author {'name': 'A'} is no text"),
        ({"change": 1}, "extension change 1 is no text"),
        ({"subject": None}, "notAligned[0]: (no text) or isp-2020:"),
    ],
)
def test_an_extension_of_ours_that_says_it_otherwise_is_refused(
    catalogue: Catalogue, change: dict[str, Any], message: str
) -> None:
    crosswalk = catalogue.crosswalk("epas-2022", "isp-2020")
    rows = catalogue.by_crosswalk[crosswalk.id]
    value = json.loads(CASE.write(Selection(catalogue, rows, crosswalk)))
    value["extensions"][EXTENSION]["notAligned"][0] |= change
    with pytest.raises(SourcesError) as caught:
        CASE.read(json.dumps(value).encode(), Source("x.case.json", catalogue))
    assert message in str(caught.value)


def test_only_an_exact_match_is_called_one(catalogue: Catalogue) -> None:
    rows = [a for a in catalogue.alignments.values() if a.aligned]
    value = json.loads(CASE.write(Selection(catalogue, rows)))
    types = {
        (a["extensions"][EXTENSION]["relation"], a["associationType"])
        for a in value["CFAssociations"]
    }
    assert types == {
        ("skos:exactMatch", "exactMatchOf"),
        ("skos:closeMatch", "isRelatedTo"),
        ("skos:broadMatch", "isRelatedTo"),
        ("skos:narrowMatch", "isRelatedTo"),
        ("skos:relatedMatch", "isRelatedTo"),
    }


# ---- reading -----------------------------------------------------------------------------


def test_a_package_becomes_a_framework(mini_catalogue: Catalogue) -> None:
    incoming = read(package(), mini_catalogue)
    (brought,) = incoming.frameworks
    framework = brought.framework
    assert (framework.id, framework.title) == ("nursing-competencies", "Nursing Competencies")
    assert (framework.version, framework.publisher) == ("3", "Nursing Council")
    assert [
        (c.id, c.level, c.parent, c.title, c.description, c.position) for c in brought.competencies
    ] == [
        ("nursing-competencies:A", "learning-area", None, "Care", "", 1),
        ("nursing-competencies:A.1", "competency", "nursing-competencies:A", "Assess needs",
         "Assess what a person needs, again and again.", 2),
        ("nursing-competencies:A.2", "competency", "nursing-competencies:A",
         "Give medicines safely.", "Right drug, right person.", 3),
        (f"nursing-competencies:{uuid(14)}", "level-3", "nursing-competencies:A.2",
         "Count twice.", "", 4),
    ]  # fmt: skip
    assert [(level.id, level.label) for level in brought.levels] == [
        ("learning-area", "Learning Area"),
        ("level-3", "Level 3"),
    ]
    assert incoming.original == ".case.json"
    assert {note.message for note in incoming.notes} == {
        "CFDocument.CFPackageURI stands in objects outside packages only; kept as it is",
        "CFDocument.licenseURI is null; read as absent",
        "CFItem.CFDocumentURI stands in objects outside packages only; kept as it is",
        "CFItem.council_rank is unknown; kept as it is",
        "CFPackage.council:extra is unknown; kept as it is",
        "an item has no code of its own; its identifier serves as one",
        "precedes inside the framework, or to one that is not here, is kept in the file only",
    }


def test_a_package_inside_a_member_is_read_too(mini_catalogue: Catalogue) -> None:
    bare, wrapped = (read(value, mini_catalogue) for value in (package(), {"CFPackage": package()}))
    assert bare.frameworks == wrapped.frameworks
    assert len(wrapped.notes) == len(bare.notes) + 1


def test_codes_that_cannot_stand_in_an_identifier(mini_catalogue: Catalogue) -> None:
    value = package()
    for record, code in zip(value["CFItems"], ["A 1", "A/1", "(B)", "B)"], strict=True):
        record["humanCodingScheme"] = code
    (brought,) = read(value, mini_catalogue, "n").frameworks
    assert [c.code for c in brought.competencies] == [uuid(11), uuid(12), uuid(13), "B)"]


@pytest.mark.parametrize("link", ["exactMatchOf", "isRelatedTo", "ext:broadMatch"])
def test_a_link_to_a_known_framework_is_an_alignment(
    mini_catalogue: Catalogue, tmp_path: Path, link: str
) -> None:
    known = holding(mini_catalogue, package(), tmp_path, "nursing")
    iri = mini_catalogue.prefixes.expand("sw-1:1")
    value = package()
    value["CFAssociations"] = [
        *value["CFAssociations"],
        association(30, 12, link, 99, notes="The same act.") | {
            "destinationNodeURI": {"title": "x", "identifier": "sw one", "uri": iri}
        },
    ]  # fmt: skip
    (crosswalk,) = read(value, known, "nursing").crosswalks
    (alignment,) = crosswalk.alignments
    assert (alignment.subject_id, alignment.object_id) == ("nursing:A.1", "sw-1:1")
    assert alignment.relation.value in link or alignment.relation is Relation.RELATED
    assert (alignment.status, alignment.strength, alignment.rationale) == (
        IMPORTED, None, "The same act.",
    )  # fmt: skip
    assert (alignment.author, alignment.date) == ("agent:nursing-council", "2024-05-06")


def test_a_link_from_elsewhere_is_read_from_its_other_end(mini_catalogue: Catalogue) -> None:
    value = package()
    iri = mini_catalogue.prefixes.expand("sw-1:1")
    far = association(30, 99, "ext:broadMatch", 12)
    far["originNodeURI"] = {"title": "x", "identifier": str(uuid5(NAMESPACE_URL, iri)), "uri": iri}
    value["CFAssociations"].append(far)
    (crosswalk,) = read(value, mini_catalogue, "n").crosswalks
    (alignment,) = crosswalk.alignments
    assert (crosswalk.subject_framework, crosswalk.object_framework) == ("n", "sw-1")
    assert (alignment.subject_id, alignment.relation) == ("n:A.1", Relation.NARROW)


# ---- refusals ----------------------------------------------------------------------------


def _circle(value: Any) -> None:
    value["CFAssociations"][1] = association(21, 11, "isChildOf", 13)


def _dangling(value: Any) -> None:
    value["CFAssociations"][0] = association(22, 13, "isChildOf", 77)


def _twice(value: Any) -> None:
    value["CFItems"][1]["identifier"] = uuid(13)
    value["CFAssociations"][1] = association(21, 13, "isChildOf", 1)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_circle, "CFAssociations[1]: isChildOf runs in a circle of 2"),
        (_dangling, f"CFAssociations[0].destinationNodeURI: {uuid(77)} is no item of this package"),
        (_twice, f"CFItems[1]: identifier {uuid(13)} is that of CFItems[0] too"),
        (lambda v: v["CFItems"][0].update(identifier="13"), "CFItems[0].identifier: '13'"),
        (lambda v: v["CFItems"][0].pop("fullStatement"), "CFPackage.CFItems[0]: fullStatement is"),
        (lambda v: v["CFDocument"].update(title=7), "CFPackage.CFDocument.title: 7 is not a text"),
        (lambda v: v["CFDocument"].update(subject="Care"), "CFDocument.subject: is no list"),
        (lambda v: v.update(CFItems={}), "CFPackage.CFItems: is no list"),
        (lambda v: v["CFAssociations"][4].update(associationType="likes"),
         "CFPackage.CFAssociations[4].associationType: 'likes' is not one of isChildOf"),
        (lambda v: v["CFAssociations"][0].update(sequenceNumber=True), "sequenceNumber: True"),
        (lambda v: v["CFItems"][0].update(lastChangeDateTime="May"), "lastChangeDateTime: 'May'"),
        (lambda v: v["CFItems"][0].update(uri="a b"), "uri: 'a b' is not a URI"),
        (lambda v: v["CFAssociations"][0]["originNodeURI"].pop("identifier"),
         "identifier is missing; nothing else names the node"),
        (lambda v: v.pop("CFDocument"), "is no CASE package"),
        (lambda v: v["CFAssociations"].append(association(40, 50, "isPeerOf", 51)),
         "neither end is an item"),
    ],
)  # fmt: skip
def test_a_package_with_a_fault_is_refused(
    mini_catalogue: Catalogue, spoil: Any, message: str
) -> None:
    value = package()
    spoil(value)
    found = refusal(value, mini_catalogue)
    assert any(message in text for text in found), found


def test_all_faults_are_told_at_once(mini_catalogue: Catalogue) -> None:
    value = package()
    for record in value["CFItems"]:
        del record["uri"]
    assert len(refusal(value, mini_catalogue)) == 4


def test_a_crosswalk_without_its_frameworks_is_refused(
    catalogue: Catalogue, mini_catalogue: Catalogue
) -> None:
    rows = catalogue.by_crosswalk["epas-2022--tci-2024"]
    value = json.loads(CASE.write(Selection(catalogue, rows)))
    assert any("import its framework first" in text for text in refusal(value, mini_catalogue))


# ---- out again as it came in -------------------------------------------------------------


@pytest.mark.parametrize("wrapped", [False, True])
def test_an_imported_package_comes_out_equal(
    mini_catalogue: Catalogue, tmp_path: Path, wrapped: bool
) -> None:
    value = {"CFPackage": package()} if wrapped else package()
    known = holding(mini_catalogue, value, tmp_path)
    assert written(known, "nursing-competencies") == value


def test_a_whole_number_may_stand_between_quotation_marks(
    mini_catalogue: Catalogue, tmp_path: Path
) -> None:
    """As some packages of OpenSALT have it: siblings stand in the order of the numbers."""
    value = package()
    for record in value["CFAssociations"]:
        if "sequenceNumber" in record:
            record["sequenceNumber"] = str(record["sequenceNumber"])
    first = next(a for a in value["CFAssociations"] if a.get("sequenceNumber") == "10")
    first["sequenceNumber"] = "9"  # as a text, 9 would stand after 20
    incoming, usual = read(value, mini_catalogue), read(package(), mini_catalogue)
    assert incoming.frameworks[0].competencies == usual.frameworks[0].competencies
    assert any("sequenceNumber is a text; read as the number" in n.message for n in incoming.notes)
    known = holding(mini_catalogue, value, tmp_path)
    assert written(known, "nursing-competencies") == value
    served = conform(written(known, "nursing-competencies"), "CFPackage")
    numbers = [a.get("sequenceNumber") for a in served["CFAssociations"]]
    assert {type(number) for number in numbers} <= {int, type(None)}


def test_an_edit_shows_and_nothing_else_changes(mini_catalogue: Catalogue, tmp_path: Path) -> None:
    known = holding(mini_catalogue, package(), tmp_path, "n")
    known = edited(known, "n:A.1", title="Assess need")
    known = edited(known, "n:A.2", description="Also: right time.")
    expected = package()
    expected["CFItems"][2]["abbreviatedStatement"] = "Assess need"
    expected["CFItems"][0]["notes"] = "Also: right time."
    assert written(known, "n") == expected


@st.composite
def _edits(draw: st.DrawFn, members: list[Competency]) -> list[Competency]:
    """Statements after any edits: some gone, some new, moved, reworded, of another kind."""
    kept = [m for m in members if draw(st.integers(0, 5))]
    kept += [
        replace(members[0], id=f"n:new{n}", code=f"new{n}", citation="Ours.", url="https://x.org/",
                confidence="high", level="behavior", title=f"New {n}", description="")
        for n in range(draw(st.integers(0, 2)))
    ]  # fmt: skip
    kept = draw(st.permutations(kept))
    tree: dict[str | None, list[Competency]] = {None: []}
    for member in kept:
        parent = draw(st.sampled_from([*tree]))
        changes: dict[str, Any] = {"parent": parent}
        if draw(st.booleans()):
            changes["title"] = draw(_TEXT)
        if draw(st.booleans()):
            changes["description"] = draw(_TEXT | st.just(""))
        if draw(st.booleans()):
            changes["level"] = draw(st.sampled_from(["behavior", "competency", "principle"]))
        if not draw(st.integers(0, 3)):
            changes["citation"] = draw(_TEXT)
        edited_member = replace(member, **changes)
        tree[parent].append(edited_member)
        tree[member.id] = []

    def below(parent: str | None) -> list[Competency]:
        return [d for member in tree[parent] for d in (member, *below(member.id))]

    return [replace(m, position=place) for place, m in enumerate(below(None), start=1)]


@_relaxed
@given(data=st.data())
def test_whatever_was_edited_reads_back(
    mini_catalogue: Catalogue, tmp_path: Path, data: st.DataObject
) -> None:
    known = holding(mini_catalogue, package(), tmp_path, "n")
    members = data.draw(_edits(known.by_framework["n"]))
    framework = replace(known.frameworks["n"], title=data.draw(_TEXT), note=data.draw(_TEXT))
    others = {k: c for k, c in known.competencies.items() if c.framework != "n"}
    changed = replace(
        known,
        frameworks={**known.frameworks, "n": framework},
        competencies={**others, **{m.id: m for m in members}},
    )
    out = written(changed, "n")
    assert out["council:extra"] == package()["council:extra"]
    assert out["CFDocument"]["extensions"]["council:reviewer"] == {"name": "somebody"}
    if not members:
        assert out["CFItems"] == []
        return
    (brought,) = read(out, changed, "n").frameworks
    assert brought.framework == framework
    assert list(brought.competencies) == members


# ---- size --------------------------------------------------------------------------------


def test_a_long_chain_is_read_without_recursion(mini_catalogue: Catalogue) -> None:
    value = package()
    numbers = range(1000, 6000)
    value["CFItems"] = [item(n, f"Item {n}") for n in numbers]
    value["CFAssociations"] = [
        association(n + 10_000, n, "isChildOf", n - 1 if n > 1000 else 1) for n in numbers
    ]
    (brought,) = read(value, mini_catalogue).frameworks
    assert brought.competencies[-1].level == "level-5000"


def test_many_circles_are_each_told_once(mini_catalogue: Catalogue) -> None:
    value = package()
    numbers = range(1000, 5000)
    value["CFItems"] = [item(n, f"Item {n}") for n in numbers]
    value["CFAssociations"] = [association(n + 10_000, n, "isChildOf", n ^ 1) for n in numbers]
    found = refusal(value, mini_catalogue)
    assert len(found) == 2000
    assert all("circle of 2" in message for message in found)


def test_a_circle_that_a_second_parent_closes_is_refused_and_a_second_parent_alone_is_not(
    mini_catalogue: Catalogue,
) -> None:
    value = package()
    value["CFItems"] = [item(n, f"Item {n}") for n in (1000, 1001, 1002)]
    value["CFAssociations"] = [
        association(2000, 1000, "isChildOf", 1),
        association(2001, 1001, "isChildOf", 1000),
        association(2002, 1002, "isChildOf", 1001),
        association(2003, 1002, "isChildOf", 1000),
        association(2004, 1002, "isChildOf", 1),
    ]
    assert read(value, mini_catalogue).frameworks
    value["CFAssociations"].append(association(2005, 1000, "isChildOf", 1002))
    (found,) = refusal(value, mini_catalogue)
    assert "CFAssociations[5]" in found
    assert "('Item 1000') over a second parent; take it out" in found


# ---- in a workspace ----------------------------------------------------------------------


def _crosswalk(*words: str) -> str:
    result = CliRunner(env={"COLUMNS": "100"}).invoke(cli, words)
    assert result.exit_code == 0, result.output + str(result.exception)
    return result.output


def _exported(workspace: Path, name: str) -> Any:
    out = workspace.parent / "out.json"
    _crosswalk("--data", str(workspace), "export", name, "--format", "case", "--output", str(out))
    return json.loads(out.read_text(encoding="utf-8"))


def test_a_package_goes_through_a_workspace_and_comes_out_equal(tmp_path: Path) -> None:
    workspace, file = tmp_path / "ours", tmp_path / "nursing.case.json"
    file.write_text(json.dumps(package()), encoding="utf-8")
    _crosswalk("import", str(file), "--into", str(workspace), "--bare")
    assert "0 findings" in _crosswalk("--data", str(workspace), "check")
    listed = _crosswalk(
        "--data", str(workspace), "query", "list-competencies", "--json",
        "--param", "framework=nursing-competencies",
    )  # fmt: skip
    assert json.loads(listed)["total"] == len(package()["CFItems"])  # on levels of their own
    assert _exported(workspace, "nursing-competencies") == package()
    assert "nothing changed" in _crosswalk("import", str(file), "--into", str(workspace))

    table = workspace / "frameworks" / "nursing-competencies.tsv"
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace("Assess needs", "Assess need"), encoding="utf-8", newline="\n")
    _crosswalk("--data", str(workspace), "build")
    expected = package()
    expected["CFItems"][2]["abbreviatedStatement"] = "Assess need"
    assert _exported(workspace, "nursing-competencies") == expected


def test_links_between_two_imported_packages_become_a_crosswalk(tmp_path: Path) -> None:
    workspace = tmp_path / "ours"
    first, second = tmp_path / "a.case.json", tmp_path / "b.case.json"
    first.write_text(json.dumps(package()), encoding="utf-8")
    other = package()
    other["CFDocument"] |= {"identifier": uuid(101), "title": "Public health"}
    other["CFItems"] = [item(111, "Find out needs.", humanCodingScheme="PH.1")]
    other["CFAssociations"] = [
        association(121, 111, "isChildOf", 101),
        association(122, 111, "exactMatchOf", 12, notes="One act, two names."),
    ]
    second.write_text(json.dumps(other), encoding="utf-8")
    _crosswalk("import", str(first), "--into", str(workspace), "--bare")
    _crosswalk("import", str(second), "--into", str(workspace))
    assert "0 findings" in _crosswalk("--data", str(workspace), "check")
    assert _exported(workspace, "public-health") == other
    crosswalk = _exported(workspace, "public-health--nursing-competencies")
    (link,) = crosswalk["CFAssociations"]
    assert link["associationType"] == "exactMatchOf"
    assert link["originNodeURI"]["uri"] == f"{_HERE}/CFItems/{uuid(111)}"
    assert link["destinationNodeURI"]["identifier"] == uuid(12)
    assert link["notes"] == "One act, two names."


def test_an_edition_that_is_not_there_is_noted(
    catalogue: Catalogue, mini_catalogue: Catalogue
) -> None:
    value = written(catalogue, "isp-2020")
    incoming = read(value, mini_catalogue)
    assert incoming.frameworks[0].framework.revision_of is None
    (note,) = incoming.notes
    assert "isp-2018 is not in this workspace" in note.message
