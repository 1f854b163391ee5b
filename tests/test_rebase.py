"""Files on another edition: nothing lost, nothing added silently, the same edition untouched."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.catalogue import Catalogue
from graph.cli import Session
from graph.cli_rebase import rebase as command
from graph.errors import NotFoundError, ParameterError, SourcesError
from graph.exchange import Selection, find_format
from graph.model import Competency, Framework, Relation
from graph.rebase import Outcome, Rebased, editions_of, find_concordance, rebase
from graph.store import open_store
from graph.tables import ALIGNMENT_COLUMNS, parse_table, read_sources
from graph.terms import Prefixes, framework_of, shipped_data

if TYPE_CHECKING:
    from collections.abc import Iterable

PLANS = Path(__file__).resolve().parent.parent / "examples"
MAIN = "epas-2022--isp-2020.sssom.tsv"


def shipped(name: str) -> bytes:
    return (shipped_data() / "crosswalks" / name).read_bytes()


def rows_of(content: bytes) -> list[dict[str, str]]:
    _, rows, findings = parse_table(content.decode(), "some.sssom.tsv")
    assert findings == []
    return [dict(row.cells) for row in rows]


def judged(content: bytes, subject: str, object_: str) -> dict[str, str]:
    (found,) = (
        row
        for row in rows_of(content)
        if (row["subject_id"], row["object_id"]) == (subject, object_)
    )
    return found


def plan_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def plan(*rows: tuple[str, str, str], head: str = "course,competency,level") -> bytes:
    return "\n".join([head, *(",".join(row) for row in rows), ""]).encode()


def adds_up(found: Rebased, rows_in: int) -> bool:
    counts = found.counts
    total = counts["carried"] + counts["changed"] + counts["review"] + counts["orphaned"]
    return total == rows_in == len(found.decisions) == len({d.line for d in found.decisions})


def findings_of(raw: bytes, catalogue: Catalogue, name: str = "plan.csv") -> list[str]:
    with pytest.raises(SourcesError) as caught:
        rebase(raw, name, catalogue, "epas-2022")
    return [str(finding) for finding in caught.value.findings]


# ---- the real data ------------------------------------------------------------------------


def test_the_shipped_crosswalk_goes_back_and_forth(catalogue: Catalogue) -> None:
    raw = shipped(MAIN)
    back = rebase(raw, MAIN, catalogue, "epas-2015")
    rows = rows_of(raw)
    assert adds_up(back, len(rows))
    assert back.counts["orphaned"] == 0  # every statement of 2022 has an ancestor in 2015
    assert {framework_of(row["subject_id"]) for row in rows_of(back.content)} == {"epas-2015"}
    forth = rebase(back.content, MAIN, catalogue, "epas-2022")
    assert adds_up(forth, back.rows_out)
    pairs = {(row["subject_id"], row["object_id"]) for row in rows}
    assert {(r["subject_id"], r["object_id"]) for r in rows_of(forth.content)} >= pairs


def test_the_outcomes_are_those_of_the_concordance(catalogue: Catalogue) -> None:
    back = rebase(shipped(MAIN), MAIN, catalogue, "epas-2015")
    concordance = find_concordance(catalogue, "epas-2022", "epas-2015")
    assert concordance is not None
    for decision in back.decisions:
        relations = [s.relation for s in concordance.successors[decision.old]]
        expected = {
            (Relation.EXACT,): Outcome.CARRIED,
            (Relation.CLOSE,): Outcome.CHANGED,
        }.get(tuple(relations), Outcome.REVIEW)
        assert decision.outcome is expected
        assert len(decision.written) == len(relations)


@pytest.mark.parametrize("name", [MAIN, "epas-2022--tci-2024.sssom.tsv"])
def test_the_same_edition_is_the_identity(name: str, catalogue: Catalogue) -> None:
    raw = shipped(name)
    found = rebase(raw, name, catalogue, "epas-2022")
    assert found.content == raw
    assert found.counts == {
        "carried": len(rows_of(raw)), "changed": 0, "review": 0, "orphaned": 0,
    }  # fmt: skip


def test_a_rebased_crosswalk_is_a_sound_table(
    catalogue: Catalogue, real_data: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    for path in [*real_data.glob("*.tsv"), *real_data.glob("frameworks/*.tsv")]:
        target = data / path.relative_to(real_data)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    back = rebase(shipped(MAIN), MAIN, catalogue, "epas-2015")
    (data / "crosswalks").mkdir()
    (data / "crosswalks" / "epas-2015--isp-2020.sssom.tsv").write_bytes(back.content)
    sources = read_sources(data)
    assert sources.findings == []
    (table,) = sources.crosswalks
    assert len(table.alignments) == back.rows_out
    pairs = [(a.subject_id, a.object_id) for a in table.alignments]
    assert len(pairs) == len(set(pairs))


def test_derived_rows_say_so(catalogue: Catalogue) -> None:
    raw = shipped(MAIN)
    back = rebase(raw, MAIN, catalogue, "epas-2015")
    before = judged(raw, "epas-2022:7", "isp-2020:2.1")
    after = judged(back.content, "epas-2015:7", "isp-2020:2.1")
    assert (
        before
        | {
            "subject_id": "epas-2015:7",
            "predicate_id": "skos:relatedMatch",  # close, over a changed wording
            "mapping_justification": "semapv:MappingChaining",
            "confidence": "0.55",  # 0.75 + 0.8 - 1
            "comment": before["comment"] + " [Rebased from epas-2022:7 (same number; reworded; "
            "reduced); confidence is the lower bound of 0.75 and 0.8.]",
            "ext_strength": "moderate",
            "ext_change": "same number; reworded; reduced",
        }
        == after
    )


def test_negative_verdicts_stay_negative(catalogue: Catalogue) -> None:
    raw = shipped(MAIN)
    back = rebase(raw, MAIN, catalogue, "epas-2015")
    denied = {(r["subject_id"], r["object_id"]) for r in rows_of(raw) if r["predicate_modifier"]}
    for decision, row in zip(back.decisions, rows_of(raw), strict=True):
        is_denied = (row["subject_id"], row["object_id"]) in denied
        assert all(("not aligned" in written) == is_denied for written in decision.written)
    for row in rows_of(back.content):
        if row["predicate_modifier"]:
            assert row["ext_strength"] == ""
            assert row["predicate_id"] == "skos:relatedMatch"


def test_an_export_rebases_like_its_table(catalogue: Catalogue) -> None:
    crosswalk = catalogue.crosswalks["epas-2022--isp-2020"]
    selection = Selection(catalogue, catalogue.by_crosswalk[crosswalk.id], crosswalk)
    exported = find_format("sssom").write(selection)
    assert exported != shipped(MAIN)
    found = rebase(exported, "export.sssom.tsv", catalogue, "epas-2015")
    assert found.content == rebase(shipped(MAIN), MAIN, catalogue, "epas-2015").content
    assert rebase(exported, "export.sssom.tsv", catalogue, "epas-2022").content == exported


# ---- course plans -------------------------------------------------------------------------


def test_a_plan_of_2015_becomes_one_of_2022(catalogue: Catalogue) -> None:
    raw = (PLANS / "msw-2015.csv").read_bytes()
    found = rebase(raw, "msw-2015.csv", catalogue, "epas-2022")
    assert found.counts == {"carried": 2, "changed": 8, "review": 8, "orphaned": 4}
    assert adds_up(found, 22)
    after = plan_rows(found.content)
    assert len(after) == found.rows_out == 16
    assert {framework_of(row["competency"]) for row in after} == {"epas-2022", "isp-2020"}
    assert list(after[0]) == ["course", "title", "competency", "level", "content", "hours"]
    assert after[0] == {
        "course": "SOWK 501", "title": "Foundations of Social Work Practice",
        "competency": "epas-2022:1.a", "level": "introduces",
        "content": "Case: dual roles, with the NASW Code", "hours": "3",
    }  # fmt: skip
    assert rebase(found.content, "msw.csv", catalogue, "epas-2022").content == found.content
    back = rebase(found.content, "msw.csv", catalogue, "epas-2015")
    assert adds_up(back, 16)


def test_orphans_are_listed_with_where_their_subject_went(catalogue: Catalogue) -> None:
    raw = plan(("A", "epas-2015:8.e", "introduces"))
    found = rebase(raw, "plan.csv", catalogue, "epas-2022")
    assert plan_rows(found.content) == []
    (decision,) = found.decisions
    assert decision.outcome is Outcome.ORPHANED
    assert decision.written == ()
    assert decision.to_decide == (
        "Is epas-2022:8 meant, where its subject went? "
        "If nothing is put in its place, it ends here."
    )
    assert "| 2 | A introduces epas-2015:8.e | epas-2015:8.e Transitions" in found.markdown()


def test_a_statement_that_was_split_yields_several_rows_and_counts_once(
    catalogue: Catalogue,
) -> None:
    raw = plan(("A", "epas-2022:3.b", "introduces"))
    found = rebase(raw, "plan.csv", catalogue, "epas-2015")
    assert [row["competency"] for row in plan_rows(found.content)] == [
        "epas-2015:1.b", "epas-2015:2.b", "epas-2015:2.c",
    ]  # fmt: skip
    assert found.counts["review"] == 1


def test_rows_that_become_equal_are_written_once_and_noted(catalogue: Catalogue) -> None:
    raw = plan(("A", "epas-2015:2.b", "introduces"), ("A", "epas-2015:2.c", "introduces"))
    found = rebase(raw, "plan.csv", catalogue, "epas-2022")
    assert [row["competency"] for row in plan_rows(found.content)] == ["epas-2022:3.b"]
    assert found.decisions[1].notes == ("A introduces epas-2022:3.b stands already, from line 2.",)


def test_rows_of_other_frameworks_keep_their_very_text(catalogue: Catalogue) -> None:
    kept = b'"A", isp-2020:1.3 ,introduces\r\n'
    raw = b"\xef\xbb\xbfcourse,competency,level\r\n" + kept + b"B,epas-2015:1.d,practises"
    found = rebase(raw, "plan.csv", catalogue, "epas-2022")
    head, middle, last = found.content.split(b"\r\n")[:3]
    assert head == b"\xef\xbb\xbfcourse,competency,level"
    assert middle + b"\r\n" == kept
    assert last == b"B,epas-2022:1.c,practises"


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_other_forms_keep_their_values(suffix: str, catalogue: Catalogue) -> None:
    raw = (PLANS / f"msw-2015.{suffix}").read_bytes()
    found = rebase(raw, f"msw.{suffix}", catalogue, "epas-2022")
    assert found.counts == {"carried": 0, "changed": 1, "review": 0, "orphaned": 1}
    before: Any = yaml.safe_load(raw)
    after: Any = yaml.safe_load(found.content)
    assert after == [before[0] | {"competency": "epas-2022:4.a"}]
    assert [d.line for d in found.decisions] == ([2, 4] if suffix == "json" else [1, 6])
    assert rebase(found.content, f"msw.{suffix}", catalogue, "epas-2022").content == found.content


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_cells_that_hold_lists_and_objects_stay_as_they_are(
    suffix: str, catalogue: Catalogue
) -> None:
    row = {"course": "A", "competency": "epas-2015:5", "level": "introduces", "by": {"a": [{}]}}
    found = rebase(json.dumps([row]).encode(), f"p.{suffix}", catalogue, "epas-2022")
    assert yaml.safe_load(found.content) == [row | {"competency": "epas-2022:5"}]


# ---- rows that meet -----------------------------------------------------------------------


def crosswalk(*rows: dict[str, str]) -> bytes:
    lines = ["\t".join(ALIGNMENT_COLUMNS)]
    for row in rows:
        cells = {
            "predicate_id": "skos:relatedMatch", "object_id": "isp-2020:1.1",
            "author_id": "agent:project", "mapping_date": "2026-11-23", "confidence": "0.5",
            "mapping_justification": "semapv:ManualMappingCuration", "ext_status": "proposed",
            **row,
        }  # fmt: skip
        lines.append("\t".join(cells.get(column, "") for column in ALIGNMENT_COLUMNS))
    return ("\n".join(lines) + "\n").encode()


def test_rows_that_disagree_on_one_pair_are_all_for_review(catalogue: Catalogue) -> None:
    raw = crosswalk(
        {"subject_id": "epas-2015:2.b", "ext_strength": "weak", "comment": "Because."},
        {"subject_id": "epas-2015:2.c", "predicate_modifier": "Not", "comment": "Not so."},
    )
    found = rebase(raw, "x.tsv", catalogue, "epas-2022")
    (row,) = rows_of(found.content)
    assert row["predicate_modifier"] == ""
    assert row["comment"].startswith("Because. [")
    assert found.counts["review"] == 2
    assert found.decisions[1].notes == (
        "On epas-2022:3.b and isp-2020:1.1 it differs from line 2; "
        "written: epas-2022:3.b related match of isp-2020:1.1.",
    )


def test_rows_that_agree_are_joined(catalogue: Catalogue) -> None:
    raw = crosswalk(
        {"subject_id": "epas-2015:2.b", "ext_strength": "weak", "comment": "One.",
         "ext_aims": "poverty", "ext_direction": "sw-enhances-isp"},
        {"subject_id": "epas-2015:2.c", "ext_strength": "weak", "comment": "Two.",
         "ext_aims": "human-rights", "ext_direction": "isp-enhances-sw"},
    )  # fmt: skip
    (row,) = rows_of(rebase(raw, "x.tsv", catalogue, "epas-2022").content)
    assert row["comment"].startswith("One. / Two. [Rebased from epas-2015:2.b (merged)")
    assert row["ext_aims"] == "poverty human-rights"
    assert row["ext_direction"] == "mutual"


def test_a_row_on_the_edition_already_stays_alone(catalogue: Catalogue) -> None:
    raw = crosswalk(
        {"subject_id": "epas-2015:1.d", "ext_strength": "weak", "comment": "Old."},
        {"subject_id": "epas-2022:1.c", "predicate_modifier": "Not", "comment": "New."},
    )
    found = rebase(raw, "x.tsv", catalogue, "epas-2022")
    (row,) = rows_of(found.content)
    assert (row["comment"], row["predicate_modifier"]) == ("New.", "Not")
    assert [d.outcome for d in found.decisions] == [Outcome.REVIEW, Outcome.CARRIED]


# ---- concordance --------------------------------------------------------------------------


def test_editions_are_found_in_both_directions(catalogue: Catalogue) -> None:
    epas = {"epas-2008", "epas-2015", "epas-2022"}
    assert all(editions_of(catalogue, edition) == epas for edition in epas)
    assert editions_of(catalogue, "gis") == {"gis"}


def test_a_moved_text_is_for_review_though_close(catalogue: Catalogue) -> None:
    key, row = next(
        (k, a) for k, a in catalogue.alignments.items() if a.subject_id == "epas-2015:1.a"
    )
    for change, outcome in (
        ("reworded", Outcome.CHANGED),
        ("moved", Outcome.REVIEW),
        ("reworded; merged", Outcome.REVIEW),
        ("dropped as behavior", Outcome.ORPHANED),
    ):
        changed = {**catalogue.alignments, key: replace(row, change=change)}
        concordance = find_concordance(
            replace(catalogue, alignments=changed), "epas-2015", "epas-2022"
        )
        assert concordance is not None
        assert concordance.outcome("epas-2015:1.a") is outcome
    assert concordance.outcome("epas-2015:never-traced") is Outcome.ORPHANED


# ---- bad input ----------------------------------------------------------------------------


def test_unknown_editions_and_competencies_are_named(catalogue: Catalogue) -> None:
    with pytest.raises(NotFoundError, match="epas-2022"):
        rebase(plan(), "plan.csv", catalogue, "epas-2202")
    raw = plan(("A", "epas-2015:2.d", "practises"), ("A", "epas2015:1", "practises"))
    first, second = findings_of(raw, catalogue)
    assert first.startswith("plan.csv:2: competency 'epas-2015:2.d' is no statement of epas-2015")
    assert "; did you mean epas-2015:" in first
    assert second.startswith("plan.csv:3: competency 'epas2015:1' names no framework; did you")


def test_an_edition_without_a_concordance_is_named(catalogue: Catalogue) -> None:
    raw = plan(("A", "epas-2022:1", "practises"), ("A", "epas-2008:2.1.1", "practises"))
    assert findings_of(raw, catalogue) == [
        "plan.csv:3: names epas-2008, and no concordance joins epas-2008 and epas-2022; "
        "make crosswalks/epas-2008--epas-2022.sssom.tsv, or take out the rows of epas-2008"
    ]


@pytest.mark.parametrize(
    ("name", "raw", "expected"),
    [
        ("plan.csv", b"course,competancy,level\n", "1: column 'competency' is missing; a course "
         "plan has course, title, competency, level; is unknown column 'competancy' meant?"),
        ("plan.csv", plan(("A", "epas-2015:1", "practices")),
         "2: level 'practices' is none of introduces, practises, demonstrates"),
        ("plan.csv", plan(("", "epas-2015:1", "practises")), "2: course must not be empty"),
        ("plan.csv", b"course,competency,level\nA,epas-2015:1\n",
         "2: has 2 cells, not 3; is a comma not in quotes?"),
        ("plan.csv", b'course,competency,level\n"A,epas-2015:1,practises\n',
         "2: is not CSV: unexpected end of data; close the quotation mark, or write it twice"),
        ("plan.csv", b"course,level,competency,level\n",
         "1: column 'level' stands 2 times; keep one"),
        ("plan.csv", b"course\xff\n", "1: byte 0xff is not UTF-8; save the file as UTF-8"),
        ("plan.csv", plan(("A", "gis:D1", "practises")),
         "2: names no statement of epas-2022 nor of another edition of it; "
         "editions: epas-2008, epas-2015, epas-2022"),
        ("notes.txt", b"Dear all,\nsee below\n",
         "1: is neither a crosswalk (SSSOM TSV with a column 'subject_id') nor a course plan "
         "(CSV, JSON or YAML with columns course, title, competency, level); "
         "write a crosswalk with: crosswalk export --format sssom"),
        ("empty", b"", "1: is neither"),
        ("plan.json", b'{"course": 1}', "1: must be a list of records with course, title"),
        ("plan.json", b'[\n{"course": "A", "competency": "epas-2015:1"}]', "2: column 'level' is"),
        ("plan.json", b'[{"course": "A",\n}]', "2: is not JSON: "),
        ("plan.json", b'[{"course": NaN}]', "1: cannot be read: NaN is no JSON"),
        ("plan.json", b'[{"course": "\\ud800"}]', "1: holds half of a character"),
        ("plan.json", b"[" * 100_000, "1: "),
        ("plan.json", b"[] x", "1: is not JSON: Extra data"),
        ("plan.yaml", b"- course: [\n", "2: is not plain YAML: "),
        ("plan.yaml", b"- course: {a: b}\n  competency: epas-2015:5\n  level: introduces\n",
         "1: course must be a text"),
        ("plan.yaml", b"course: A\n", "1: must be a list of records"),
        ("plan.yaml", b"", "1: "),
        ("plan.yaml", b"- course: A\n  course: B\n", "2: is not plain YAML: 'course' stands twice"),
        ("x.tsv", crosswalk().replace(b"ext_aims", b"aims"), "1: unknown columns 'aims'"),
        ("x.tsv", b"subject_id\tobject_id\n", "1: missing columns 'predicate_id', 'confidence'"),
        ("x.tsv", crosswalk({"subject_id": "epas-2015:1", "confidence": "nan"}),
         "2: confidence 'nan' is no number from 0 to 1; write it like 0.65"),
        ("x.tsv", crosswalk({"subject_id": "epas-2015:1", "predicate_id": "skos:match"}),
         "2: predicate_id 'skos:match' is none of skos:exactMatch"),
        ("x.tsv", crosswalk({"subject_id": "epas-2015:1", "object_id": "epas-2022:1"}),
         "2: joins epas-2015:1 and epas-2022:1, two editions of one framework; "),
    ],
)  # fmt: skip
def test_bad_files_are_named_with_line_and_mend(
    name: str, raw: bytes, expected: str, catalogue: Catalogue
) -> None:
    assert findings_of(raw, catalogue, name)[0].startswith(f"{name}:{expected}")


# ---- properties ---------------------------------------------------------------------------

_CATALOGUE = Catalogue.load(open_store(shipped_data()))
_STATEMENTS = sorted(
    key for key in _CATALOGUE.competencies
    if framework_of(key) in ("epas-2015", "epas-2022", "isp-2020")
)  # fmt: skip
_EPAS = [key for key in _STATEMENTS if key.startswith("epas")]
_ONTO = st.sampled_from(["epas-2015", "epas-2022"])
_PLAN = st.lists(
    st.tuples(
        st.sampled_from(["A", "B"]),
        st.sampled_from(_STATEMENTS),
        st.sampled_from(["introduces", "practises"]),
        st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=5),
    ),
    max_size=12,
)
_TABLE = st.lists(
    st.fixed_dictionaries(
        {
            "subject_id": st.sampled_from(_EPAS),
            "object_id": st.sampled_from(["isp-2020:1.1", "isp-2020:1.2"]),
            "predicate_id": st.sampled_from([r.predicate_id for r in Relation]),
            "predicate_modifier": st.sampled_from(["", "Not"]),
            "ext_strength": st.sampled_from(["strong", "moderate", "weak", ""]),
            "confidence": st.sampled_from(["0", "0.05", "0.5", "0.95", "1"]),
            "comment": st.sampled_from(["One.", "Two."]),
        }
    ),
    max_size=12,
)


def _named(rows: Iterable[str]) -> bool:
    return any(key.startswith("epas") for key in rows)


def _csv(rows: list[tuple[str, str, str, str]]) -> bytes:
    output = io.StringIO(newline="")
    writer = csv.writer(output)
    writer.writerows([("course", "competency", "level", "content"), *rows])
    return output.getvalue().encode()


@settings(max_examples=150, deadline=None)
@given(rows=_PLAN, onto=_ONTO)
def test_no_row_of_a_plan_is_lost(rows: list[tuple[str, str, str, str]], onto: str) -> None:
    if rows and not _named(row[1] for row in rows):
        return
    found = rebase(_csv(rows), "plan.csv", _CATALOGUE, onto)
    assert adds_up(found, len(rows))
    after = [tuple(row.values()) for row in plan_rows(found.content)]
    assert len(after) == found.rows_out
    for decision, row in zip(found.decisions, rows, strict=True):
        assert (decision.written == ()) == (decision.outcome is Outcome.ORPHANED)
        for written in decision.written:
            course, level, statement = written.split(" ")
            assert framework_of(statement) in (onto, "isp-2020")
            assert (course, statement, level, row[3]) in after
    again = (
        rebase(found.content, "plan.csv", _CATALOGUE, onto)
        if _named(r[1] for r in after)
        else found
    )
    assert again.content == found.content


@settings(max_examples=150, deadline=None)
@given(rows=_TABLE, onto=_ONTO, order=st.randoms(use_true_random=False))
def test_no_row_of_a_crosswalk_is_lost(rows: list[dict[str, str]], onto: str, order: Any) -> None:
    found = rebase(crosswalk(*rows), "x.tsv", _CATALOGUE, onto)
    assert adds_up(found, len(rows))
    after = rows_of(found.content)
    assert len(after) == found.rows_out
    pairs = {(row["subject_id"], row["object_id"]) for row in after}
    for decision, row in zip(found.decisions, rows, strict=True):
        assert (decision.written == ()) == (decision.outcome is Outcome.ORPHANED)
        for written in decision.written:
            subject, *_, object_ = written.split(" ")
            assert (subject, object_) in pairs
            assert object_ == row["object_id"]
    assert all(framework_of(subject) == onto for subject, _ in pairs)
    derived = [row for row in after if row["mapping_justification"] == "semapv:MappingChaining"]
    assert all(row["ext_status"] == "proposed" for row in derived)
    most = max([float(row["confidence"]) for row in rows], default=0)
    assert all(float(row["confidence"]) <= most for row in derived)
    assert rebase(found.content, "x.tsv", _CATALOGUE, onto).content == found.content
    mixed = list(rows)
    order.shuffle(mixed)
    if any(framework_of(row["subject_id"]) != onto for row in rows):
        assert rebase(crosswalk(*mixed), "x.tsv", _CATALOGUE, onto).content == found.content


def test_rebasing_onto_the_next_edition_but_one_says_which_comes_first() -> None:
    def named(framework: str, revision_of: str | None) -> Framework:
        return Framework(framework, "", "1", "", "", "", "", "", "high", revision_of, "")

    chain = {"a1": None, "a2": "a1", "a3": "a2"}
    competencies = {
        f"{f}:1": Competency(f"{f}:1", f, "1", "competency", None, "One", "", "", "", "high", 1)
        for f in chain
    }
    template = next(a for a in _CATALOGUE.alignments.values() if a.change)
    links = [
        replace(template, id=f"{one}{other}", subject_id=f"{one}:1", object_id=f"{other}:1")
        for one, other in (("a1", "a2"), ("a2", "a3"))
    ]
    catalogue = Catalogue(
        "test", Prefixes({}), {f: named(f, r) for f, r in chain.items()}, competencies, {},
        {a.id: a for a in links}, [], {},
    )  # fmt: skip
    with pytest.raises(SourcesError, match="rebase onto a2 first, and then onto a3"):
        rebase(plan(("A", "a1:1", "practises")), "plan.csv", catalogue, "a3")


# ---- the command --------------------------------------------------------------------------


def run(*arguments: str, stdin: bytes | None = None) -> Any:
    return CliRunner().invoke(command, arguments, obj=Session(None), input=stdin)


def test_command_writes_the_file_and_prints_the_review_list(tmp_path: Path) -> None:
    output = tmp_path / "new.csv"
    source = str(PLANS / "msw-2015.csv")
    result = run(source, "--onto", "epas-2022", "--output", str(output))
    assert result.exit_code == 0
    assert len(plan_rows(output.read_bytes())) == 16
    assert result.stdout.startswith("# msw-2015.csv: course plan rebased onto epas-2022\n")
    assert "## Needs review (8)" in result.stdout
    assert result.stderr == (
        "22 rows in = 2 carried + 8 changed + 8 review + 4 orphaned; 16 rows out\n"
    )


def test_command_pipes_the_file_and_keeps_talk_apart(tmp_path: Path) -> None:
    raw = (PLANS / "msw-2015.csv").read_bytes()
    review = tmp_path / "review.json"
    result = run("-", "--onto", "epas-2022", "--review", str(review), "--json", stdin=raw)
    assert len(plan_rows(result.stdout_bytes)) == 16
    record = json.loads(review.read_bytes())
    assert record["counts"] == {
        "in": 22, "carried": 2, "changed": 8, "review": 8, "orphaned": 4, "out": 16,
    }  # fmt: skip
    assert record["total"] == len(record["items"]) == 21  # the row of isp-2020 is not concerned
    same = run("-", "--onto", "epas-2015", stdin=raw)
    assert same.stdout_bytes == raw


def test_a_byte_order_mark_is_no_part_of_a_column_and_stays_in_the_file(
    catalogue: Catalogue,
) -> None:
    raw = b"\xef\xbb\xbf" + b'"course",title,competency,level\r\nA,,epas-2022:1,practises\r\n'
    assert rebase(raw, "plan.csv", catalogue, "epas-2022").content == raw


def test_command_never_writes_over_its_source(tmp_path: Path) -> None:
    path, other = tmp_path / "plan.csv", tmp_path / "new.csv"
    raw = plan(("A", "epas-2015:1", "practises"))
    path.write_bytes(raw)
    for option, *words in (
        ("--output", "--output", str(path)),
        ("--review", "--review", str(path)),
        ("--review", "--output", str(other), "--review", str(other)),
    ):
        result = run(str(path), "--onto", "epas-2022", *words)
        assert isinstance(result.exception, ParameterError)
        assert option in str(result.exception)
    assert path.read_bytes() == raw
    assert not other.exists()
    assert run(str(tmp_path / "none"), "--onto", "epas-2022").exit_code == 1
