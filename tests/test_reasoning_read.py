"""Other people's tables: what is sound is read, what is not is named with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.errors import SourcesError
from graph.model import Relation
from graph.reasoning import Facts, Link, Regime, Statement, derive
from graph.reasoning.read import facts_of, read_sssom

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = """\
#curie_map:
#  a: https://example.org/a/
#  b: https://example.org/b/
#mapping_set_id: https://example.org/set
#license: https://creativecommons.org/publicdomain/zero/1.0/
subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification\tauthor_id\tconfidence
"""
_REASON = "semapv:ManualMappingCuration"


def _write(folder: Path, *rows: tuple[str, ...], head: str = _HEAD) -> Path:
    path = folder / "set.sssom.tsv"
    path.write_text(head + "".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_sound_rows_are_read_in_order(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        ("a:1", "skos:exactMatch", "", "b:1", _REASON, "orcid:1", "0.9"),
        ("a:2", "skos:broadMatch", "", "b:2", _REASON, "", ""),
        ("a:3", "skos:exactMatch", "Not", "b:3", _REASON, "", "0.5"),
        ("a:4", "rdfs:seeAlso", "", "b:4", _REASON, "", ""),
    )
    reading = read_sssom(path)
    assert reading.findings == []
    assert reading.others == {"rdfs:seeAlso": 1}
    assert reading.statements == [
        Statement("a:1", Relation.EXACT, "b:1", 0.9, "orcid:1"),
        Statement("a:2", Relation.BROAD, "b:2"),
        Statement("a:3", Relation.EXACT, "b:3", 0.5, negated=True),
    ]
    facts = facts_of([reading])
    assert set(facts.asserted) == {
        Link("a:1", Relation.EXACT, "b:1"),
        Link("a:2", Relation.BROAD, "b:2"),
    }
    assert facts.denied == {("a:3", "b:3")}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("a:1", "skos:exactMatch", "", "b:1"), "4 cells in 7 columns"),
        (("a:1", "skos:exactMatch", "", "", _REASON, "", ""), "a cell is empty"),
        (("a:1", "skos:exactMatch", "", "b:1", "", "", ""), "a cell is empty"),
        (("c:1", "skos:exactMatch", "", "b:1", _REASON, "", ""), "'c:1' is no CURIE"),
        (("a", "skos:exactMatch", "", "b:1", _REASON, "", ""), "'a' is no CURIE"),
        (("a:1", "exactMatch", "", "b:1", _REASON, "", ""), "'exactMatch' is no CURIE"),
        (("a:1", "skos:exactMatch", "No", "b:1", _REASON, "", ""), "'No' is not Not"),
        (("a:1", "skos:exactMatch", "", "b:1", _REASON, "", "1.5"), "'1.5' is not between"),
        (("a:1", "skos:exactMatch", "", "b:1", _REASON, "", "nan"), "'nan' is not between"),
        (("a:1", "skos:exactMatch", "", "b:1", _REASON, "", "high"), "'high' is not between"),
    ],
)
def test_an_unsound_row_is_left_out_and_named(
    tmp_path: Path, row: tuple[str, ...], message: str
) -> None:
    sound = ("a:1", "skos:closeMatch", "", "b:1", _REASON, "", "")
    reading = read_sssom(_write(tmp_path, sound, row))
    assert len(reading.statements) == 1
    (finding,) = reading.findings
    assert finding.line == 8
    assert message in finding.message


@pytest.mark.parametrize("text", ["", "#license: x\n", "subject_id\tobject_id\na:1\tb:1\n"])
def test_a_file_without_the_table_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourcesError, match="no SSSOM table: there is no column"):
        read_sssom(_write(tmp_path, head=text))


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "set.sssom.tsv"
    path.write_bytes(_HEAD.encode() + b"a:1\t\xff\n")
    with pytest.raises(SourcesError, match="no SSSOM table"):
        read_sssom(path)


def test_our_own_tables_are_read_as_the_catalogue_has_them(real_data: Path) -> None:
    readings = [read_sssom(path) for path in sorted((real_data / "crosswalks").glob("*.tsv"))]
    assert all(not reading.findings and not reading.others for reading in readings)
    assert all(s.confidence is not None for reading in readings for s in reading.statements)


def test_a_thousand_exact_pairs_chain_through_a_hub() -> None:
    facts = Facts.from_links([("hub:0", "exact", f"x{n}:1", 0.9) for n in range(60)])
    found = derive(facts, Regime.SSSOM)
    assert sum(x.link.relation is Relation.EXACT for x in found) == 60 * 59 // 2
    assert sum(x.link.relation is Relation.CLOSE for x in found) == 61 * 60 // 2
    assert all(len(x.inference.cited(x.link)) <= 2 for x in found)
