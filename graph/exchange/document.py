"""A crosswalk or framework as a document: Word (DOCX), or an HTML page whose tables can be pasted.

A whole crosswalk has its matrix at a glance, then every verdict with its reason; any other
selection of alignments has the reasons alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.documents import Column, Document, Paragraph, Section, Span, Table, render
from graph.model import Strength
from graph.terms import code_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.catalogue import Catalogue
    from graph.documents import Block
    from graph.exchange import Selection
    from graph.model import Alignment, Competency, Crosswalk, Framework

#: What stands in the matrix for each strength, and for a pair that is not aligned. Letters, so that
#: a photocopy and a voice tell them apart.
_LETTERS: Final = {Strength.STRONG: "S", Strength.MODERATE: "M", Strength.WEAK: "W", None: "×"}
_LEGEND: Final = (
    "S strong, M moderate, W weak; × judged and not aligned; an empty cell: nothing was decided. "
    "The reason for each is in the tables below."
)


def write(selection: Selection, name: str) -> bytes:
    """The selection as a document; `name` is that of the format."""
    return render(_document(selection), name)


def write_framework(catalogue: Catalogue, framework: Framework, name: str) -> bytes:
    """A framework with its statements: codes and titles as published, descriptions our own."""
    rows = tuple(
        (code_of(c.id), c.level, c.title, c.description)
        for c in catalogue.by_framework.get(framework.id, ())
    )
    columns = (Column("Code", 10), Column("Level", 14), Column("Title", 36), Column("About", 60))
    caption = f"Statements of {framework.title}"
    about = [
        Paragraph.of(framework.description),
        Paragraph((Span(framework.citation, url=framework.url),)),
        Paragraph.of(
            "Codes and titles are the publisher's; what they are about is said in this project's "
            f"words. {framework.note}".strip()
        ),
    ]
    table = Table("Statements", caption, columns, rows, heads=1)
    document = Document(
        framework.title,
        f"{framework.id}, release {catalogue.release}",
        (
            Section("About this framework", tuple(about)),
            Section("Statements", (table,)),
        ),
        footer=f"Release {catalogue.release[:12]}",
    )
    return render(document, name)


def _document(selection: Selection) -> Document:
    catalogue, crosswalk = selection.catalogue, selection.crosswalk
    aligned = [a for a in selection.alignments if a.aligned]
    refused = [a for a in selection.alignments if not a.aligned]
    sections = [Section("About this document", tuple(_about(selection)))]
    if crosswalk:
        sections.append(
            Section("At a glance", (_matrix(catalogue, crosswalk, selection.alignments),))
        )
    sections.append(Section("Alignments and why", (_reasons(aligned),)))
    if refused:
        sections.append(Section("Not aligned, and why not", (_refusals(refused),)))
    return Document(
        crosswalk.title if crosswalk else "Alignments",
        f"{len(aligned)} alignments and {len(refused)} pairs that are not aligned, "
        f"release {catalogue.release}",
        tuple(sections),
        footer=f"Release {catalogue.release[:12]}",
    )


def _about(selection: Selection) -> list[Block]:
    blocks: list[Block] = []
    if selection.crosswalk:
        blocks.append(Paragraph.of(selection.crosswalk.description))
    statuses = sorted({a.status for a in selection.alignments})
    blocks.append(
        Paragraph.of(
            f"Made from release {selection.catalogue.release}. Status of the verdicts here: "
            f"{', '.join(statuses) or 'none'}. A proposed verdict is reasoned by its author and "
            "was not reviewed by a panel. No publisher of the frameworks has endorsed it."
        )
    )
    if selection.crosswalk and selection.crosswalk.license:
        address = selection.crosswalk.license
        blocks.append(Paragraph((Span("Licence: "), Span(address, url=address))))
    return blocks


def _matrix(catalogue: Catalogue, crosswalk: Crosswalk, alignments: Sequence[Alignment]) -> Table:
    """Subjects down, objects across, of the level on which most was decided."""
    letters = {(a.subject_id, a.object_id): _LETTERS[a.strength] for a in alignments}
    subjects = _judged(catalogue, crosswalk.subject_framework, {a.subject_id for a in alignments})
    objects = _judged(catalogue, crosswalk.object_framework, {a.object_id for a in alignments})
    columns = (
        Column(f"Competency of {crosswalk.subject_framework}", 44),
        *(Column(code_of(o.id), 6, centered=True) for o in objects),
    )
    rows = tuple(
        (f"{code_of(s.id)} {s.title}", *(letters.get((s.id, o.id), "") for o in objects))
        for s in subjects
    )
    across = "; ".join(f"{code_of(o.id)} {o.title}" for o in objects)
    return Table(
        "Matrix",
        f"{crosswalk.title}: strength of each alignment",
        columns,
        rows,
        notes=(_LEGEND, f"Columns are {crosswalk.object_framework}: {across}."),
    )


def _judged(catalogue: Catalogue, framework: str, judged: set[str]) -> list[Competency]:
    """Competencies of a framework, or whatever was judged where it has none, by code."""
    members = [c for c in catalogue.by_framework.get(framework, ()) if c.id in judged]
    chosen = [c for c in members if c.level == "competency"] or members
    return sorted(chosen, key=lambda c: natural_key(c.id))


def _reasons(aligned: Sequence[Alignment]) -> Table:
    columns = (
        Column("Subject", 25),
        Column("Relation", 11),
        Column("Object", 25),
        Column("Strength", 12),
        Column("Sure", 7),
        Column("Why", 56),
    )
    rows = tuple(
        (
            f"{a.subject_id} {a.subject_label}",
            a.relation.value,
            f"{a.object_id} {a.object_label}",
            a.strength.value if a.strength else "–",
            f"{a.confidence:.2f}",
            a.rationale,
        )
        for a in aligned
    )
    notes = (
        "Relation as in SKOS: broad means that the object is the broader of the two. Sure is how "
        "sure the author is of the verdict, from 0 to 1.",
    )
    return Table("Alignments", "Alignments with their reasons", columns, rows, heads=1, notes=notes)


def _refusals(refused: Sequence[Alignment]) -> Table:
    columns = (
        Column("Subject", 28),
        Column("Object", 28),
        Column("Sure", 7),
        Column("Why not", 70),
    )
    rows = tuple(
        (
            f"{a.subject_id} {a.subject_label}",
            f"{a.object_id} {a.object_label}",
            f"{a.confidence:.2f}",
            a.rationale,
        )
        for a in refused
    )
    return Table("Not aligned", "Pairs that are not aligned, with the reasons", columns, rows)
