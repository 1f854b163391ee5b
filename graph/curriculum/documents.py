"""What accreditors ask a programme for: matrix, map, evidence, reach, gaps, assessment forms.

The tables are made of the plan and the catalogue alone. What a plan cannot know, such as how well
students do, is left empty for the programme, and the document says so. Which tables there are and
what they are called is a `Template`; how they are written is `graph.documents`.

The columns of the matrix are those that accreditors are known to want (competency, behavior,
course, content, dimensions, systems level, page); CSWE's own form for the 2022 standards could not
be seen, and every document says that a person must compare.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.curriculum.carrying import onto_for
from graph.curriculum.document_rows import ROWS, Rows, reach_note, short_name
from graph.curriculum.document_template import CODE, default_template
from graph.curriculum.model import Depth
from graph.documents import Column, Document, Paragraph, Section, Table, render

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.catalogue import Catalogue
    from graph.curriculum.document_template import ChosenTable, Template
    from graph.curriculum.model import CoursePlan

#: Formats that the document comes in.
MATRIX_FORMATS: Final = ("docx", "xlsx", "markdown", "html")

#: What is said where a table has no rows; a plan without gaps is no reason to be silent.
_EMPTY: Final = {
    "reach": "Nothing in the plan leads to a competency of the other profession.",
    "gaps": "None were found.",
}

_DIMENSIONS: Final = ("knowledge", "values", "skills", "cognitive-and-affective-processes")
_SYSTEMS: Final = ("individual", "family", "group", "organization", "community")
_DEPTHS: Final = tuple(depth.value for depth in Depth)


def write_matrix(
    plan: CoursePlan,
    catalogue: Catalogue,
    format_: str,
    *,
    template: Template | None = None,
    onto: str = "",
) -> bytes:
    """The document as a file; the same plan, release and template give the same bytes.

    Raises
    ------
    NotFoundError
        If there is no framework `onto`.
    NotAcceptableError
        If there is no such format.
    """
    document = matrix_document(plan, catalogue, template=template, onto=onto)
    return render(document, format_, MATRIX_FORMATS)


def matrix_document(
    plan: CoursePlan,
    catalogue: Catalogue,
    *,
    template: Template | None = None,
    onto: str = "",
) -> Document:
    """The document, free of any format.

    Parameters
    ----------
    template : Template | None
        What it is called and made of; the usual if left out.
    onto : str
        Framework of the other profession; if empty, the one that `onto_for` chooses.

    Raises
    ------
    NotFoundError
        If there is no framework `onto`.
    """
    chosen = template or default_template()
    maker = _Maker(plan, catalogue, chosen, onto or onto_for(plan, catalogue))
    title = f"{chosen.title}: {plan.programme}" if plan.programme else chosen.title
    sections = [Section("About this document", tuple(maker.about()))]
    sections += [
        Section(table.title, (maker.table(table),), new_page=bool(place))
        for place, table in enumerate(chosen.tables)
    ]
    return Document(
        title=title,
        subject=f"Made from the course plan {plan.name} and crosswalk release {catalogue.release}",
        sections=tuple(sections),
        footer=f"{title} · crosswalk release {catalogue.release[:12]}",
        language=chosen.language,
        paper=chosen.paper,
    )


class _Maker:
    """The texts and tables of one document."""

    def __init__(
        self, plan: CoursePlan, catalogue: Catalogue, template: Template, onto: str
    ) -> None:
        self.plan, self.catalogue, self.template, self.onto = plan, catalogue, template, onto
        self.rows = Rows(plan, catalogue, template, onto)

    # ---- what is said ---------------------------------------------------------------------

    def about(self) -> Iterator[Paragraph]:
        """What the document is, and how far to trust it."""
        plan, release = self.plan, self.catalogue.release
        if self.template.introduction:
            yield Paragraph.of(self.template.introduction)
        yield Paragraph.of(
            f"{plan.programme or 'Programme'}, {plan.level.value} practice: "
            f"{_count(len(plan.courses), 'course')} and {_count(len(plan.entries), 'entry')}, as "
            f"the plan {plan.name} says; nothing was added to it. Competencies are those of "
            f"{self.catalogue.framework(plan.edition).title}, with its titles and codes."
        )
        yield Paragraph.of(
            "Links to implementation competencies come from the competency crosswalk, release "
            f"{release}. They are proposals reasoned by its authors; unless a status says "
            "otherwise, no panel has reviewed them, and no publisher of a framework has endorsed "
            "them."
        )
        yield Paragraph.of(
            "Tables and column titles follow what programmes have published. They are not an "
            "accreditor's form: before this document is handed in, a person must compare it with "
            "the current template of the Council on Social Work Education."
        )

    def _legend(self, *groups: Sequence[str]) -> str:
        """Abbreviations that differ from what they stand for."""
        labels = {
            concept.id: concept.label.lower()
            for concept in self.catalogue.concepts
            if concept.scheme in ("dimension", "system")
        }
        pairs = [
            (self.template.abbreviations[key], labels.get(key, key))
            for group in groups
            for key in group
        ]
        return "; ".join(f"{short} {label}" for short, label in pairs if short != label)

    # ---- tables ---------------------------------------------------------------------------

    def table(self, chosen: ChosenTable) -> Table:
        """One table, with the titles and columns of the template."""
        rows = ROWS[chosen.key](self.rows)
        framework = self.onto if chosen.key == "reach" else self.plan.edition
        legends = {
            "matrix": (_DIMENSIONS, _SYSTEMS, _DEPTHS) if _has_depth(chosen) else
            (_DIMENSIONS, _SYSTEMS),
            "map": (_DEPTHS,),
        }.get(chosen.key, ())  # fmt: skip
        legend = self._legend(*legends)
        notes = [note for note in (chosen.note, f"{legend}." if legend else "") if note]
        note = reach_note(self.plan, self.catalogue, self.onto) if chosen.key == "reach" else ""
        columns, keys = self._columns(chosen)
        name = "" if chosen.key in ("courses", "gaps") else f" ({short_name(framework)})"
        return Table(
            name=chosen.title,
            caption=f"{chosen.title}{name}",
            columns=tuple(columns),
            rows=tuple(tuple(row[key] for key in keys) for row in rows),
            notes=(*notes, note) if note else tuple(notes),
            empty=_EMPTY.get(chosen.key, "The plan says nothing about this."),
        )

    def _columns(self, chosen: ChosenTable) -> tuple[list[Column], list[str]]:
        """Columns, and what each shows; that of the courses becomes one for each course."""
        columns, keys = [], []
        for key, title in chosen.columns:
            kind = chosen.kind.column(key)
            if kind.title == CODE:
                columns += [
                    Column(title.replace(CODE, code), kind.width, kind.centered)
                    for code in self.rows.courses
                ]
                keys += [f"course {code}" for code in self.rows.courses]
            else:
                columns.append(Column(title, kind.width, kind.centered))
                keys.append(key)
        return columns, keys


def _has_depth(chosen: ChosenTable) -> bool:
    return any(key == "depth" for key, _ in chosen.columns)


def _count(number: int, noun: str) -> str:
    plural = f"{noun.removesuffix('y')}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"
