"""Alignments and frameworks as JSON records, the same as in the API's lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from graph.records import (
    alignment_record,
    competency_record,
    crosswalk_record,
    framework_record,
    matrix_record,
)

if TYPE_CHECKING:
    from graph.catalogue import Catalogue
    from graph.exchange import Selection
    from graph.model import Framework
    from graph.records import Record


def write(selection: Selection, _name: str) -> bytes:
    """Records with the release; a whole crosswalk also has its outline and matrix."""
    catalogue, crosswalk = selection.catalogue, selection.crosswalk
    document: Record = {}
    if crosswalk:
        document |= crosswalk_record(catalogue, crosswalk)
    document["items"] = [alignment_record(alignment) for alignment in selection.alignments]
    document["total"] = len(selection.alignments)
    if crosswalk:
        document["matrix"] = matrix_record(catalogue, crosswalk)
    document["next"] = None
    document["release"] = catalogue.release
    return orjson.dumps(document)


def write_framework(catalogue: Catalogue, framework: Framework, _name: str) -> bytes:
    """The framework with its tree, and all of its statements in published order."""
    members = catalogue.by_framework.get(framework.id, [])
    document = framework_record(catalogue, framework, tree=True)
    document["competencies"] = [competency_record(catalogue, member) for member in members]
    document["release"] = catalogue.release
    return orjson.dumps(document)
