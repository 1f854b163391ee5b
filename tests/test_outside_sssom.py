"""Two SSSOM libraries that we did not write accept our files and read every cell of them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from graph.exchange import FORMATS, Selection

if TYPE_CHECKING:
    from graph.catalogue import Catalogue
    from graph.model import Alignment

ROOT = Path(__file__).parent.parent
PYTHON = ROOT / ".venv-outside/bin/python"

#: Our exports, and the tables as they ship.
FILES = ("sssom", "sssom-1.1", "table")

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def said(
    catalogue: Catalogue, real_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What both libraries make of every crosswalk in every version, by the name of the file."""
    assert PYTHON.exists(), "the tools of others are not there; run: make outside"
    folder = tmp_path_factory.mktemp("sssom")
    paths = sorted((real_data / "build/crosswalks").glob("*.ttl"))
    for key, crosswalk in catalogue.crosswalks.items():
        selection = Selection(catalogue, catalogue.by_crosswalk[key], crosswalk)
        table = (real_data / f"crosswalks/{key}.sssom.tsv").read_bytes()
        for name in FILES:
            paths.append(folder / f"{key}.{name}.sssom.tsv")
            raw = table if name == "table" else FORMATS[name].write(selection)
            paths[-1].write_bytes(raw)
    done = subprocess.run(
        [PYTHON, ROOT / "tests/outside/check_sssom.py", *paths],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["file"] for answer in answers] == [path.name for path in paths]
    return {answer["file"]: answer for answer in answers}


def _cells(a: Alignment, catalogue: Catalogue, name: str) -> dict[str, Any]:
    """All that a record must say in slots of SSSOM, and nothing empty."""
    cells = {
        "record_id": f"alignment:{a.id}" if name == "sssom-1.1" else "",
        "subject_id": a.subject_id,
        "subject_label": a.subject_label,
        "predicate_id": f"skos:{a.relation}Match",
        "predicate_modifier": "" if a.aligned else "Not",
        "object_id": a.object_id,
        "object_label": a.object_label,
        "mapping_justification": "semapv:ManualMappingCuration",
        "author_id": a.author,
        "mapping_date": a.date,
        "confidence": str(a.confidence),
        "see_also": "|".join(evidence.url for evidence in a.evidence),
        "comment": a.rationale,
    }
    for side, end in (("subject", a.subject_id), ("object", a.object_id)):
        framework = catalogue.frameworks[end.partition(":")[0]]
        cells |= {
            f"{side}_type": "skos concept",
            f"{side}_source": f"framework:{framework.id}",
            f"{side}_source_version": framework.version,
        }
    return {slot: value for slot, value in cells.items() if value}


def _extensions(a: Alignment) -> dict[str, str]:
    cells = {
        "ext_strength": a.strength,
        "ext_direction": a.direction,
        "ext_aims": " ".join(a.aims),
        "ext_evidence_supports": "|".join(evidence.supports for evidence in a.evidence),
        "ext_status": a.status,
        "ext_change": a.change,
    }
    return {slot: str(value) for slot, value in cells.items() if value}


def _sorted(rows: Rows) -> Rows:
    return sorted(rows, key=lambda row: (row["subject_id"], row["object_id"], row["predicate_id"]))


@pytest.mark.parametrize("name", FILES)
def test_neither_library_finds_a_fault(
    catalogue: Catalogue, said: dict[str, Any], name: str
) -> None:
    for key, rows in catalogue.by_crosswalk.items():
        answer = said[f"{key}.{name}.sssom.tsv"]
        assert answer["problems"] == []
        assert answer["processed"] == len(rows)


@pytest.mark.parametrize("name", FILES)
def test_sssom_py_reads_every_cell(catalogue: Catalogue, said: dict[str, Any], name: str) -> None:
    for key, rows in catalogue.by_crosswalk.items():
        expected = [_cells(a, catalogue, name) for a in rows]
        assert _sorted(said[f"{key}.{name}.sssom.tsv"]["sssom-py"]) == _sorted(expected)


@pytest.mark.parametrize("name", FILES)
def test_sssom_pydantic_reads_every_cell_and_our_extensions(
    catalogue: Catalogue, said: dict[str, Any], name: str
) -> None:
    for key, rows in catalogue.by_crosswalk.items():
        expected = []
        for a in rows:
            cells = _cells(a, catalogue, name)
            cells["author_id"] = [cells["author_id"]]
            cells["confidence"] = a.confidence
            if a.evidence:
                cells["see_also"] = [evidence.url for evidence in a.evidence]
            expected.append(cells | {"extensions": _extensions(a)})
        found = said[f"{key}.{name}.sssom.tsv"]["sssom-pydantic"]
        for record in found:
            slots = record["extensions"]
            assert all(
                slot["predicate"] == {"prefix": "xw", "identifier": key}
                for key, slot in slots.items()
            )
            record["extensions"] = {key: slot["value"] for key, slot in slots.items()}
        assert _sorted(found) == _sorted(expected)


def test_sssom_py_reads_every_record_of_the_graph(
    catalogue: Catalogue, said: dict[str, Any]
) -> None:
    # Labels are of the competencies there, and sources of the set.
    told = {
        "record_id", "subject_id", "predicate_id", "predicate_modifier", "object_id",
        "mapping_justification", "author_id", "mapping_date", "confidence", "comment",
    }  # fmt: skip
    for key, rows in catalogue.by_crosswalk.items():
        cells = [_cells(a, catalogue, "sssom-1.1") for a in rows]
        expected = [{s: value for s, value in row.items() if s in told} for row in cells]
        found = said[f"{key}.ttl"]["sssom-py"]
        read = [{s: value for s, value in row.items() if s in told} for row in found]
        assert _sorted(read) == _sorted(expected)
