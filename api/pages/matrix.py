"""A crosswalk as a matrix that one can read, filter and zoom; and the list of crosswalks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from api.pages.addresses import page_of
from api.pages.columns import ALIGNMENTS
from api.pages.view import Column, DataTable, View
from graph.errors import NotFoundError, ParameterError
from graph.model import STRENGTH_ORDER
from graph.nearest import nearest
from graph.records import alignment_record, brief, crosswalk_record
from graph.terms import framework_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.service import Service
    from graph.catalogue import Catalogue
    from graph.model import Alignment, Competency, Direction, Strength
    from graph.records import Record
    from graph.rules import Regime

Pair = tuple[str, str]

_LIST = (
    Column("title", "Crosswalk", "linked"),
    Column("aligned", "Aligned", "number"),
    Column("not_aligned", "Not aligned", "number"),
    Column("judged", "Judged pairs", "number"),
    Column("id", "Named"),
)

#: What a crosswalk is counted by when nothing else is said.
_LEVEL: Final = "competency"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which alignments of a matrix stand out; the others are shown as left out.

    Attributes
    ----------
    rows, columns : str
        Level of the statements at either side.
    within : str
        Statement whose descendants alone are shown, at its side; empty shows all.
    regime : Regime | None
        Rules by which derived alignments are added.
    """

    rows: str = _LEVEL
    columns: str = _LEVEL
    within: str = ""
    aim: str = ""
    direction: Direction | None = None
    status: str = ""
    min_strength: Strength | None = None
    min_confidence: float = 0.0
    regime: Regime | None = None

    def passes(self, alignment: Alignment) -> bool:
        """Whether an aligned pair passes all of them. A missing strength passes no least one."""
        least = self.min_strength
        return (
            (not self.aim or self.aim in alignment.aims)
            and (self.direction is None or alignment.direction is self.direction)
            and (not self.status or alignment.status == self.status)
            and (least is None or STRENGTH_ORDER[alignment.strength] <= STRENGTH_ORDER[least])
            and alignment.confidence >= self.min_confidence
        )


def crosswalks(service: Service) -> View:
    """All crosswalks, with how each came out."""
    catalogue = service.catalogue
    items = [_outline(catalogue, key) for key in catalogue.crosswalks]
    rows = [
        {
            **item,
            "aligned": item["counts"]["aligned"],
            "not_aligned": item["counts"]["not_aligned"],
            "pages": {"title": page_of("crosswalk", item["id"])},
        }
        for item in items
    ]
    return View(
        "crosswalks.html",
        "Crosswalks",
        {"items": items},
        about="Every pair of frameworks whose statements were judged, and how it came out.",
        tables=(DataTable("crosswalks", f"{len(rows)} crosswalks", _LIST, rows),),
        section="crosswalks",
    )


def _outline(catalogue: Catalogue, key: str) -> Record:
    crosswalk = catalogue.crosswalks[key]
    sizes = [
        sum(m.level == _LEVEL for m in catalogue.by_framework.get(end, ()))
        for end in (crosswalk.subject_framework, crosswalk.object_framework)
    ]
    record = crosswalk_record(catalogue, crosswalk)
    judged = record["counts"]["aligned"] + record["counts"]["not_aligned"]
    return {**record, "judged": judged, "pairs": sizes[0] * sizes[1]}


def matrix(service: Service, from_: str, to: str, filters: Filters, cell: str = "") -> View:
    """A crosswalk of two frameworks, whichever of them is its subject.

    Parameters
    ----------
    cell : str
        A pair whose verdict is shown beside the matrix: two CURIEs with a space between.

    Raises
    ------
    NotFoundError
        If a framework, the crosswalk, or a statement of the cell does not exist.
    ParameterError
        If a filter has a value that it cannot have here.
    """
    catalogue = service.catalogue
    found = catalogue.crosswalk(from_, to)
    judged = {_pair(a, from_): a for a in catalogue.by_crosswalk.get(found.id, [])}
    if filters.regime:
        for a in service.derived(filters.regime):
            pair = _pair(a, from_)
            ends = framework_of(pair[0]), framework_of(pair[1])
            if ends == (from_, to):
                judged.setdefault(pair, a)
    down = _side(catalogue, from_, filters.rows, filters.within, "rows")
    across = _side(catalogue, to, filters.columns, filters.within, "columns")
    rows = [
        {
            **brief(row),
            "parent": row.parent,
            "zoomable": bool(catalogue.children.get(row.id)),
            "cells": [_cell(catalogue, judged, row, column, filters) for column in across],
        }
        for row in down
    ]
    shown = [a for a in _within(judged.values(), down, across, from_) if not a.derived]
    listed = [alignment_record(a) for a in shown if not a.aligned or filters.passes(a)]
    sides = catalogue.framework(from_), catalogue.framework(to)
    record: Record = {
        "crosswalk": {
            **crosswalk_record(catalogue, found),
            "from": from_,
            "to": to,
            "from_title": sides[0].title,
            "to_title": sides[1].title,
        },
        "filters": {
            "rows": filters.rows,
            "columns": filters.columns,
            "within": filters.within,
            "aim": filters.aim,
            "direction": filters.direction,
            "status": filters.status,
            "min_strength": filters.min_strength,
            "min_confidence": filters.min_confidence,
            "regime": filters.regime,
        },
        "choices": _choices(catalogue, from_, to),
        "columns": _columns(catalogue, across),
        "rows": rows,
        "counts": _counts(judged, down, across, filters),
        "cell": _chosen(catalogue, judged, from_, to, cell) if cell else None,
    }
    return View(
        "matrix.html",
        f"{from_} and {to}",
        record,
        about=found.description,
        tables=(
            DataTable("alignments", f"{len(listed)} verdicts of {found.id}", ALIGNMENTS, listed),
        ),
        trail=(("Crosswalks", "/crosswalks"),),
        section="crosswalks",
        scripts=("matrix.js",),
    )


def _pair(alignment: Alignment, from_: str) -> Pair:
    """The two ends, that of the framework which makes the rows first."""
    ends = alignment.subject_id, alignment.object_id
    return ends if framework_of(ends[0]) == from_ else ends[::-1]


def _side(
    catalogue: Catalogue, framework: str, level: str, within: str, name: str
) -> list[Competency]:
    members = [m for m in catalogue.by_framework.get(framework, []) if m.level == level]
    if not members:
        levels = sorted({m.level for m in catalogue.by_framework.get(framework, [])})
        raise ParameterError(name, level, f"a level of {framework}: {', '.join(levels)}")
    if within and framework_of(within) == framework:
        catalogue.competency(within)
        members = [
            m
            for m in members
            if within == m.id or within in (above.id for above in catalogue.ancestors(m.id))
        ]
    return members


def _within(
    alignments: Iterable[Alignment], down: list[Competency], across: list[Competency], from_: str
) -> list[Alignment]:
    rows, columns = {row.id for row in down}, {column.id for column in across}
    return [a for a in alignments if _pair(a, from_)[0] in rows and _pair(a, from_)[1] in columns]


def _cell(
    catalogue: Catalogue,
    judged: dict[Pair, Alignment],
    row: Competency,
    column: Competency,
    filters: Filters,
) -> Record:
    """A verdict, or what the verdicts below a domain add up to, or that nobody decided."""
    pair = row.id, column.id
    found = judged.get(pair)
    if found is not None:
        return {
            "row": row.id,
            "column": column.id,
            "kind": "derived" if found.derived else found.verdict.value,
            "strength": found.strength,
            "relation": found.relation.value if found.aligned else None,
            "confidence": found.confidence,
            "left_out": found.aligned and not filters.passes(found),
        }
    below = [
        judged[r, c]
        for r in _leaves(catalogue, row)
        for c in _leaves(catalogue, column)
        if (r, c) != pair and (r, c) in judged
    ]
    aligned = [a for a in below if a.aligned and filters.passes(a)]
    best = min((a.strength for a in aligned), key=STRENGTH_ORDER.__getitem__, default=None)
    return {
        "row": row.id,
        "column": column.id,
        "kind": "sum" if below else "undecided",
        "strength": best,
        "aligned": len(aligned),
        "judged": len(below),
        "left_out": False,
    }


def _leaves(catalogue: Catalogue, statement: Competency) -> list[str]:
    """A statement, or the competencies below it if it is a domain."""
    if statement.level != "domain":
        return [statement.id]
    return [child.id for child in catalogue.children.get(statement.id, [])]


def _columns(catalogue: Catalogue, across: list[Competency]) -> list[Record]:
    """Column heads in groups of one parent, as the header's two rows need them."""
    groups: list[Record] = []
    for column in across:
        parent = catalogue.competency(column.parent) if column.parent else None
        key = parent.id if parent else None
        if not groups or groups[-1]["id"] != key:
            groups.append({"id": key, "title": parent.title if parent else "", "columns": []})
        groups[-1]["columns"].append(brief(column))
    return groups


def _counts(
    judged: dict[Pair, Alignment],
    down: list[Competency],
    across: list[Competency],
    filters: Filters,
) -> Record:
    found = [judged[r.id, c.id] for r in down for c in across if (r.id, c.id) in judged]
    asserted = [a for a in found if not a.derived]
    aligned = [a for a in asserted if a.aligned]
    pairs = len(down) * len(across)
    return {
        "pairs": pairs,
        "aligned": len(aligned),
        "shown": sum(filters.passes(a) for a in aligned),
        "not_aligned": len(asserted) - len(aligned),
        "derived": len(found) - len(asserted),
        "undecided": pairs - len(found),
        "by_strength": {
            strength: sum(a.strength == strength for a in aligned)
            for strength in ("strong", "moderate", "weak")
        },
    }


def _choices(catalogue: Catalogue, from_: str, to: str) -> Record:
    """What the filters can be set to, where the data decide."""
    concepts = catalogue.concepts

    def levels(framework: str) -> list[str]:
        members = catalogue.by_framework.get(framework, [])
        return [*dict.fromkeys(m.level for m in members)]

    def parents(framework: str) -> list[Record]:
        members = catalogue.by_framework.get(framework, [])
        return [{"id": m.id, "label": f"{m.id} {m.title}"} for m in members if m.id in children]

    children = catalogue.children
    return {
        "rows": levels(from_),
        "columns": levels(to),
        "within": [*parents(from_), *parents(to)],
        "aims": [{"id": c.id, "label": c.label} for c in concepts if c.scheme == "aim"],
        "statuses": [{"id": c.id, "label": c.label} for c in concepts if c.scheme == "status"],
    }


def _chosen(
    catalogue: Catalogue, judged: dict[Pair, Alignment], from_: str, to: str, cell: str
) -> Record:
    row, _, column = cell.partition(" ")
    for key, framework in ((row, from_), (column, to)):
        found = catalogue.competency(key)
        if found.framework != framework:
            members = [m.id for m in catalogue.by_framework.get(framework, [])]
            raise NotFoundError(f"statement of {framework}", key, nearest(key, members))
    alignment = judged.get((row, column))
    return {
        "row": brief(catalogue.competency(row)),
        "column": brief(catalogue.competency(column)),
        "alignment": alignment_record(alignment) if alignment else None,
    }
