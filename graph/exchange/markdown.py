"""Alignments as a Markdown table, for a document or a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.exchange import Selection


def write(selection: Selection, _name: str) -> bytes:
    """A heading for a whole crosswalk, then one row an alignment."""
    lines = []
    if selection.crosswalk:
        lines += [f"# {selection.crosswalk.title}", "", selection.crosswalk.description, ""]
    lines += [
        "| Subject | Relation | Object | Strength | Confidence | Why |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for a in selection.alignments:
        cells = (
            f"{a.subject_id} {a.subject_label}",
            a.relation if a.aligned else "not aligned",
            f"{a.object_id} {a.object_label}",
            a.strength or "–",
            f"{a.confidence}",
            a.rationale,
        )
        lines.append("| " + " | ".join(_escaped(cell) for cell in cells) + " |")
    return ("\n".join(lines) + "\n").encode()


def _escaped(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
