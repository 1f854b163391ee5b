"""Alignments as SSSOM TSV, versions 1.0 and 1.1, in the canonical form of the specification.

Canonical (`spec-formats-tsv.md`): metadata embedded as `#` lines in the order of the schema, only
used prefixes, text plain or in double quotes, repeated propagatable values condensed into the
metadata, empty columns left out, extensions last and in the order of their properties, numbers
with at most three decimals, rows sorted, LF. Version 1.1 adds each record's identifier.
"""

from __future__ import annotations

import csv
import hashlib
import io
import sys
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

import yaml

from graph.exchange.sssom_reading import read
from graph.exchange.sssom_slots import BUILT_IN, MAPPING_SLOTS
from graph.tables import ALIGNMENT_COLUMNS
from graph.terms import framework_of

if TYPE_CHECKING:
    from graph.exchange import Selection
    from graph.model import Alignment

__all__ = ["read", "write"]

#: Our extensions, all with properties of one namespace, so that their names sort as those do.
_EXTENSIONS: Final = tuple(sorted(c for c in ALIGNMENT_COLUMNS if c.startswith("ext_")))
_COLUMNS: Final = (
    *(slot for slot in MAPPING_SLOTS if slot in ALIGNMENT_COLUMNS or slot == "record_id"),
    *_EXTENSIONS,
)


def write(selection: Selection, name: str) -> bytes:
    """The selection as one mapping set; whole crosswalks keep their own identifier."""
    newer = name == "sssom-1.1"
    rows = sorted(
        (_cells(alignment, newer=newer) for alignment in selection.alignments), key=_values
    )
    dates = {row["mapping_date"] for row in rows}
    condensed = {"mapping_date"} if len(dates) == 1 else set()
    columns = [c for c in _COLUMNS if c not in condensed and any(row[c] for row in rows)]
    header = _header(selection, columns, dates.pop() if condensed else None, newer=newer)
    output = io.StringIO()
    text = yaml.dump(
        header, Dumper=_Canonical, sort_keys=False, allow_unicode=True, width=sys.maxsize
    )
    output.writelines(f"#{line}\n" for line in text.removesuffix("\n").split("\n"))
    writer = csv.writer(output, delimiter="\t", lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row[column] for column in columns] for row in rows)
    return output.getvalue().encode()


class _Canonical(yaml.SafeDumper):
    """Text plain where it can be, otherwise in double quotes; a date is text."""

    def choose_scalar_style(self) -> str:
        style: str = super().choose_scalar_style()
        return '"' if style == "'" else style


_Canonical.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
}


def _values(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[column] for column in _COLUMNS)


def _cells(a: Alignment, *, newer: bool) -> dict[str, str]:
    return {
        "record_id": f"alignment:{a.id}" if newer else "",
        "subject_id": a.subject_id,
        "subject_label": a.subject_label,
        "predicate_id": a.relation.predicate_id,
        "predicate_modifier": "" if a.aligned else "Not",
        "object_id": a.object_id,
        "object_label": a.object_label,
        "mapping_justification": a.justification,
        "author_id": _piped(a.author),
        "mapping_date": a.date,
        "confidence": _number(a.confidence),
        "see_also": "|".join(_piped(evidence.url) for evidence in a.evidence),
        "comment": a.rationale,
        "ext_strength": a.strength or "",
        "ext_direction": a.direction or "",
        "ext_aims": " ".join(a.aims),
        "ext_evidence_supports": "|".join(_piped(evidence.supports) for evidence in a.evidence),
        "ext_status": a.status,
        "ext_change": a.change or "",
    }


def _number(value: float) -> str:
    """At most three decimals, halves rounded up."""
    rounded = Decimal(repr(value)).quantize(Decimal("0.001"), ROUND_HALF_UP)
    return f"{rounded:f}".rstrip("0").rstrip(".")


def _piped(value: str) -> str:
    """A value inside a multi-valued slot (SSSOM/TSV, "multi-valued slots")."""
    return value.replace("\\", "\\\\").replace("|", "\\|")


def _header(
    selection: Selection, columns: list[str], date: str | None, *, newer: bool
) -> dict[str, Any]:
    catalogue, crosswalk = selection.catalogue, selection.crosswalk
    prefixes = catalogue.prefixes
    subjects = {framework_of(a.subject_id) for a in selection.alignments}
    objects = {framework_of(a.object_id) for a in selection.alignments}
    used = subjects | objects
    used |= {a.author.partition(":")[0] for a in selection.alignments if a.author}
    used |= {"framework"} if 1 in (len(subjects), len(objects)) else set()
    used |= {"alignment"} if newer and selection.alignments else set()
    extensions = [slot for slot in _EXTENSIONS if slot in columns]
    used |= {"xw"} if extensions else set()
    header: dict[str, Any] = {
        "curie_map": {p: prefixes.iris[p] for p in sorted(used - BUILT_IN.keys())},
    }
    if newer:
        header["sssom_version"] = "1.1"
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
    if extensions:
        # A reader ignores a definition whose property is no CURIE ("Support for defined
        # extensions").
        header["extension_definitions"] = [
            {"slot_name": slot, "property": f"xw:{slot}", "type_hint": "xsd:string"}
            for slot in extensions
        ]
    return header
