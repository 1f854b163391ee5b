"""Alignments and frameworks as Markdown tables, for a document or a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.catalogue import Catalogue
    from graph.exchange import Selection
    from graph.model import Framework


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


def write_framework(catalogue: Catalogue, framework: Framework, _name: str) -> bytes:
    """A heading, what the framework is and whence, then one row a statement."""
    members = catalogue.by_framework.get(framework.id, [])
    source = f"Source: {_escaped(framework.citation)} <{framework.url}>"
    lines = [
        f"# {_escaped(framework.title)}",
        "",
        _escaped(framework.description),
        "",
        source,
        "",
        "| Id | Level | Title | What it is |",
        "| --- | --- | --- | --- |",
    ]
    for c in members:
        cells = (c.id, c.level, c.title, c.description or "–")
        lines.append("| " + " | ".join(_escaped(cell) for cell in cells) + " |")
    return ("\n".join(lines) + "\n").encode()


def _escaped(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
