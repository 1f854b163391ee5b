"""Values as the plain records that leave the system: what JSON has, by the names of the contract.

The command line's `--json` and the HTTP API write the same records.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from graph.model import INVERSE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.catalogue import Catalogue
    from graph.model import Alignment, Competency, Crosswalk, Framework

Record = dict[str, Any]

#: Who gains by an alignment, as every reader of a record is told.
DIRECTION_WORDS: Final = {
    "sw-enhances-isp": "social work enhances implementation support",
    "isp-enhances-sw": "implementation support enhances social work",
    "mutual": "both gain",
}


def figure(value: float) -> float:
    """A reckoned number as it is written: four decimals, and never a negative zero."""
    return round(float(value), 4) + 0.0


def figure_or_none(value: float | None) -> float | None:
    """The same for a number that there may be none of, which is not zero."""
    return None if value is None else figure(value)


def listing(items: list[Record], release: str) -> Record:
    """A whole list by the contract: its items, how many, no further page, the release."""
    return {"items": items, "total": len(items), "next": None, "release": release}


def alignment_record(alignment: Alignment) -> Record:
    """One alignment by the contract: every field, `null` where there is known to be none."""
    return {
        "id": alignment.id,
        "subject_id": alignment.subject_id,
        "subject_label": alignment.subject_label,
        "relation": alignment.relation.value,
        "object_id": alignment.object_id,
        "object_label": alignment.object_label,
        "verdict": alignment.verdict.value,
        "strength": alignment.strength.value if alignment.strength else None,
        "confidence": alignment.confidence,
        "rationale": alignment.rationale,
        "direction": alignment.direction.value if alignment.direction else None,
        "aims": list(alignment.aims),
        "evidence": [
            {
                "id": evidence.id,
                "kind": evidence.kind,
                "citation": evidence.citation,
                "url": evidence.url,
                "supports": evidence.supports,
            }
            for evidence in alignment.evidence
        ],
        "status": alignment.status,
        "author": alignment.author or None,
        "date": alignment.date or None,
        "change": alignment.change,
        "justification": alignment.justification,
        "derived": alignment.derived,
        "proof": alignment.proof,
    }


def partner_of(alignment: Alignment, competency_id: str) -> tuple[str, str, str]:
    """Id, label and relation of the other end, read from this one.

    An alignment found at its object is read backwards: broad becomes narrow.
    """
    if alignment.subject_id == competency_id:
        return alignment.object_id, alignment.object_label, alignment.relation.value
    relation = INVERSE[alignment.relation].value
    return alignment.subject_id, alignment.subject_label, relation


def partner_record(alignment: Alignment, competency_id: str) -> Record:
    """An alignment as its competency sees it: `partner` fields beside the alignment's own."""
    partner_id, partner_label, relation = partner_of(alignment, competency_id)
    return {
        "partner_id": partner_id,
        "partner_label": partner_label,
        "relation_to_partner": relation,
        **alignment_record(alignment),
    }


def brief(competency: Competency) -> Record:
    """A competency as a neighbour: enough to show and to follow."""
    return {"id": competency.id, "level": competency.level, "title": competency.title}


def competency_record(catalogue: Catalogue, competency: Competency) -> Record:
    """One competency with parents, children, source, resources and counts."""
    found = catalogue.by_competency.get(competency.id, [])
    return {
        "id": competency.id,
        "iri": catalogue.prefixes.expand(competency.id),
        "framework": competency.framework,
        "code": competency.code,
        "level": competency.level,
        "title": competency.title,
        "description": competency.description,
        "citation": competency.citation,
        "url": competency.url,
        "confidence": competency.confidence,
        "position": competency.position,
        "parents": [brief(parent) for parent in catalogue.ancestors(competency.id)],
        "children": [brief(child) for child in catalogue.children.get(competency.id, [])],
        "alignments": {
            "aligned": sum(alignment.aligned for alignment in found),
            "not_aligned": sum(not alignment.aligned for alignment in found),
        },
        "resources": [
            {
                "id": resource.id,
                "title": resource.title,
                "description": resource.description,
                "citation": resource.citation,
                "url": resource.url,
            }
            for resource in catalogue.resources.get(competency.id, [])
        ],
    }


def framework_record(catalogue: Catalogue, framework: Framework, *, tree: bool = False) -> Record:
    """One framework with counts by level, and its tree if asked."""
    members = catalogue.by_framework.get(framework.id, [])
    record: Record = {
        "id": framework.id,
        "iri": catalogue.prefixes.expand(f"framework:{framework.id}"),
        "title": framework.title,
        "version": framework.version,
        "issued": framework.issued or None,
        "publisher": framework.publisher or None,
        "description": framework.description,
        "citation": framework.citation,
        "url": framework.url,
        "confidence": framework.confidence,
        "revision_of": framework.revision_of,
        "note": framework.note or None,
        "counts": dict(Counter(member.level for member in members)),
        "crosswalks": [
            crosswalk.id
            for crosswalk in catalogue.crosswalks.values()
            if framework.id in (crosswalk.subject_framework, crosswalk.object_framework)
        ],
    }
    if tree:
        record["tree"] = [_branch(catalogue, member) for member in members if not member.parent]
    return record


def _branch(catalogue: Catalogue, competency: Competency) -> Record:
    below = catalogue.children.get(competency.id, [])
    return {**brief(competency), "children": [_branch(catalogue, child) for child in below]}


def crosswalk_record(catalogue: Catalogue, crosswalk: Crosswalk) -> Record:
    """One crosswalk in outline: what it joins, and how it came out."""
    found = catalogue.by_crosswalk.get(crosswalk.id, [])
    aligned = [alignment for alignment in found if alignment.aligned]
    return {
        "id": crosswalk.id,
        "title": crosswalk.title,
        "description": crosswalk.description,
        "subject_framework": crosswalk.subject_framework,
        "object_framework": crosswalk.object_framework,
        "license": crosswalk.license,
        "counts": {
            "aligned": len(aligned),
            "not_aligned": len(found) - len(aligned),
            "by_relation": _counted(alignment.relation.value for alignment in aligned),
            "by_strength": _counted(a.strength.value for a in aligned if a.strength),
        },
    }


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def matrix_record(catalogue: Catalogue, crosswalk: Crosswalk, level: str = "competency") -> Record:
    """A crosswalk as a table: subjects down, objects across, a verdict in each cell.

    A pair that nobody judged has `null`: undecided is not "not aligned".

    Parameters
    ----------
    level : str
        Level of the statements on both sides.
    """

    def side(framework: str) -> list[Competency]:
        members = catalogue.by_framework.get(framework, [])
        return [member for member in members if member.level == level]

    rows, columns = side(crosswalk.subject_framework), side(crosswalk.object_framework)
    cells = {
        (alignment.subject_id, alignment.object_id): alignment
        for alignment in catalogue.by_crosswalk.get(crosswalk.id, [])
    }
    return {
        "level": level,
        "columns": [brief(column) for column in columns],
        "rows": [
            {**brief(row), "cells": [_cell(cells.get((row.id, column.id))) for column in columns]}
            for row in rows
        ],
        "pairs": len(rows) * len(columns),
        "decided": sum((r.id, c.id) in cells for r in rows for c in columns),
    }


def _cell(alignment: Alignment | None) -> Record | None:
    if alignment is None:
        return None
    return {
        "id": alignment.id,
        "verdict": alignment.verdict.value,
        "relation": alignment.relation.value if alignment.aligned else None,
        "strength": alignment.strength.value if alignment.strength else None,
        "confidence": alignment.confidence,
    }
