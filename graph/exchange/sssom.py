"""Alignments as SSSOM TSV, version 1.0, in the canonical form of the specification.

Canonical: metadata embedded as `#` lines in the order of the schema, only used prefixes, repeated
propagatable values condensed into the metadata, empty columns left out, rows sorted, LF.
"""

from __future__ import annotations

import csv
import hashlib
import io
from typing import TYPE_CHECKING, Any, Final

import yaml

from graph.tables import ALIGNMENT_COLUMNS
from graph.terms import framework_of

if TYPE_CHECKING:
    from graph.exchange import Selection
    from graph.model import Alignment

#: Prefixes that every SSSOM reader knows; they must not be declared again.
_BUILT_IN: Final = frozenset({"owl", "rdf", "rdfs", "semapv", "skos", "sssom", "xsd"})

_EXTENSIONS: Final = tuple(c for c in ALIGNMENT_COLUMNS if c.startswith("ext_"))
_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"


def write(selection: Selection, _name: str) -> bytes:
    """The selection as one mapping set; whole crosswalks keep their own identifier."""
    rows = sorted((_cells(alignment) for alignment in selection.alignments), key=_values)
    dates = {row["mapping_date"] for row in rows}
    condensed = {"mapping_date"} if len(dates) == 1 else set()
    columns = [c for c in ALIGNMENT_COLUMNS if c not in condensed and any(row[c] for row in rows)]
    header = _header(selection, columns, dates.pop() if condensed else None)
    output = io.StringIO()
    text = yaml.safe_dump(header, sort_keys=False, allow_unicode=True, width=10_000)
    output.writelines(f"#{line}\n" for line in text.splitlines())
    writer = csv.writer(output, delimiter="\t", lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row[column] for column in columns] for row in rows)
    return output.getvalue().encode()


def _values(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row.values())


def _cells(a: Alignment) -> dict[str, str]:
    return {
        "subject_id": a.subject_id,
        "subject_label": a.subject_label,
        "predicate_id": a.relation.predicate_id,
        "predicate_modifier": "" if a.aligned else "Not",
        "object_id": a.object_id,
        "object_label": a.object_label,
        "mapping_justification": a.justification,
        "author_id": a.author,
        "mapping_date": a.date,
        "confidence": f"{a.confidence:.3f}".rstrip("0").rstrip("."),
        "see_also": "|".join(_piped(evidence.url) for evidence in a.evidence),
        "comment": a.rationale,
        "ext_strength": a.strength or "",
        "ext_direction": a.direction or "",
        "ext_aims": " ".join(a.aims),
        "ext_evidence_supports": "|".join(evidence.supports for evidence in a.evidence),
        "ext_status": a.status,
        "ext_change": a.change or "",
    }


def _piped(value: str) -> str:
    """A value inside a multi-valued slot (SSSOM/TSV, "multi-valued slots")."""
    return value.replace("\\", "\\\\").replace("|", "\\|")


def _header(selection: Selection, columns: list[str], date: str | None) -> dict[str, Any]:
    catalogue, crosswalk = selection.catalogue, selection.crosswalk
    prefixes = catalogue.prefixes
    subjects = {framework_of(a.subject_id) for a in selection.alignments}
    objects = {framework_of(a.object_id) for a in selection.alignments}
    used = subjects | objects | {"framework"}
    used |= {a.author.partition(":")[0] for a in selection.alignments if a.author}
    header: dict[str, Any] = {
        "curie_map": {p: prefixes.iris[p] for p in sorted(used - _BUILT_IN)},
    }
    if crosswalk:
        header |= {
            "mapping_set_id": prefixes.expand(f"crosswalk:{crosswalk.id}"),
            "mapping_set_title": crosswalk.title,
            "mapping_set_description": crosswalk.description,
            "license": crosswalk.license,
        }
    else:
        ids = "\n".join(sorted(alignment.id for alignment in selection.alignments))
        digest = hashlib.sha256(ids.encode()).hexdigest()[:16]
        header |= {
            "mapping_set_id": prefixes.expand(f"crosswalk:selection-{digest}"),
            "mapping_set_title": "Selected alignments of the competency crosswalk",
            "license": "https://creativecommons.org/licenses/by/4.0/",
        }
    for side, found in (("subject", subjects), ("object", objects)):
        header[f"{side}_type"] = "skos concept"
        if len(found) == 1:
            framework = catalogue.framework(next(iter(found)))
            header[f"{side}_source"] = f"framework:{framework.id}"
            header[f"{side}_source_version"] = framework.version
    if date:
        header["mapping_date"] = date
    header["extension_definitions"] = [
        {"slot_name": slot, "property": prefixes.expand(f"xw:{slot}"), "type_hint": _STRING}
        for slot in _EXTENSIONS
        if slot in columns
    ]
    return header
