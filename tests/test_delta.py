"""What changed between two data folders, in words."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from graph.delta import diff
from graph.errors import SourcesError

if TYPE_CHECKING:
    from pathlib import Path

TABLE = "crosswalks/sw-1--imp-1.sssom.tsv"


@pytest.fixture
def new(mini_data: Path, tmp_path: Path) -> Path:
    """A second folder, equal at first."""
    folder = tmp_path / "new"
    shutil.copytree(mini_data, folder)
    return folder


def _edit(data: Path, name: str, old: str, new: str) -> None:
    text = (data / name).read_text(encoding="utf-8")
    assert old in text
    (data / name).write_text(text.replace(old, new), encoding="utf-8")


def test_equal_folders_have_no_delta(mini_data: Path, new: Path) -> None:
    delta = diff(mini_data, new)
    assert not delta
    assert delta.markdown() == ""
    assert delta.summary() == "nothing changed"
    assert delta.record() == {
        "summary": "nothing changed", "total": 0, "verdicts": {}, "items": []
    }  # fmt: skip


def test_real_content_equals_itself(real_data: Path) -> None:
    assert not diff(real_data, real_data)


def test_an_alignment_is_changed_field_by_field(mini_data: Path, new: Path) -> None:
    _edit(new, TABLE, "skos:closeMatch", "skos:exactMatch")
    _edit(new, TABLE, "strong\tmutual", "moderate\tmutual")
    _edit(new, TABLE, "\t0.8\t", "\t0.85\t")
    _edit(new, TABLE, "Both find out", "The two find out")
    delta = diff(mini_data, new)
    (change,) = delta.changes
    assert (change.kind, change.action) == ("alignment", "changed")
    assert change.within == "sw-1--imp-1"
    assert change.label == "sw-1:1 Assess needs \u2013 imp-1:1.1 Assessing needs and assets"
    told = {field.field: (field.old, field.new) for field in change.fields}
    assert told.pop("rationale")[1].startswith("The two find out")
    assert told == {
        "relation": ("close", "exact"),
        "strength": ("strong", "moderate"),
        "confidence": ("0.8", "0.85"),
    }


def test_a_turned_verdict_is_one_change_of_one_pair(mini_data: Path, new: Path) -> None:
    _edit(new, TABLE, "skos:relatedMatch\tNot\t", "skos:relatedMatch\t\t")
    _edit(new, TABLE, "who decides about it.\t\t", "who decides about it.\tweak\t")
    delta = diff(mini_data, new)
    assert delta.summary() == "1 alignment changed"
    assert delta.markdown() == (
        "# What changed\n"
        "\n"
        "1 alignment changed.\n"
        "\n"
        "## Alignments of sw-1--imp-1\n"
        "\n"
        "Aligned 3 \u2192 4, not aligned 1 \u2192 0.\n"
        "\n"
        "### Changed (1)\n"
        "\n"
        "- sw-1:1 Assess needs \u2013 imp-1:1.2 Addressing power\n"
        "  - verdict turned: not aligned \u2192 aligned\n"
        "  - strength: none \u2192 weak\n"
    )


def test_a_row_taken_out_is_removed_and_its_inverse_added(mini_data: Path, new: Path) -> None:
    lines = (new / TABLE).read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("sw-1:2\t")]
    (new / TABLE).write_text("".join(kept), encoding="utf-8")
    forth, back = diff(mini_data, new), diff(new, mini_data)
    assert forth.summary() == "1 alignment removed"
    assert back.summary() == "1 alignment added"
    assert forth.changes[0].label == back.changes[0].label
    assert back.changes[0].about == (
        "related, weak, confidence 0.7: "
        "Rules are one place where power is settled, and policy practice reopens them."
    )


def test_frameworks_and_competencies_are_told_with_old_and_new(mini_data: Path, new: Path) -> None:
    _edit(new, "frameworks.tsv", "Implementation support", "Implementation *support*")
    _edit(new, "frameworks/sw-1.tsv", "Change rules with", "Alter rules with")
    with (new / "frameworks/imp-1.tsv").open("a", encoding="utf-8") as table:
        row = ("imp-1:1.3", "competency", "imp-1:D1", "Brokering", "Link.", "S.", "https://x.org/")
        table.write("\t".join((*row, "high")) + "\n")
    delta = diff(mini_data, new)
    assert delta.summary() == "1 framework changed; 1 competency added, 1 changed"
    text = delta.markdown()
    assert "- `imp-1:1.3` Brokering\n" in text
    assert "  - description reworded\n    - was: Change rules with" in text
    assert "Implementation \\*support\\*" in text


def test_a_changed_order_is_told_once(mini_data: Path, new: Path) -> None:
    path = new / "frameworks/sw-1.tsv"
    head, one, a, two = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join((head, two, one, a)), encoding="utf-8")
    (change,) = diff(mini_data, new).changes
    assert [field.field for field in change.fields] == ["order"]
    assert change.fields[0].new == "sw-1:2 sw-1:1 sw-1:1.a"


@pytest.mark.parametrize(
    ("name", "old", "new_text", "summary"),
    [
        ("evidence.tsv", "Needs are", "Wants are", "1 source of evidence changed"),
        ("resources.tsv", "Told well", "Told badly", "1 resource changed"),
        ("schemes.tsv", "Social justice", "Justice", "1 term of a controlled list changed"),
        (TABLE, "A tiny", "A small", "1 crosswalk changed"),
        (TABLE, "needs are assessed", "wants are assessed", "1 alignment changed"),
    ],
)
def test_no_change_goes_untold(
    mini_data: Path, new: Path, name: str, old: str, new_text: str, summary: str
) -> None:
    _edit(new, name, old, new_text)
    assert diff(mini_data, new).summary() == summary


def test_a_new_crosswalk_comes_with_all_its_alignments(mini_data: Path, new: Path) -> None:
    (mini_data / TABLE).unlink()
    assert diff(mini_data, new).summary() == "1 crosswalk added; 4 alignments added"


def test_a_broken_table_is_named_with_its_folder(mini_data: Path, new: Path) -> None:
    _edit(new, TABLE, "\t0.8\t", "\t80%\t")
    with pytest.raises(SourcesError) as caught:
        diff(mini_data, new)
    (finding,) = caught.value.findings
    assert finding.path == str(new / TABLE)
