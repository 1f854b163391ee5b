"""Frameworks as outcomes of Canvas (`outcomes.csv`), to be imported by an account or a course.

The rules are those of Canvas's own importer (`lib/outcomes/csv_importer.rb`, `lib/outcomes/
import.rb`) and of its format's page (`doc/api/outcomes_csv.md`):

- the header must have `vendor_guid`, `object_type`, `title` and `parent_guids`, may have only
  columns that the importer knows, and `ratings` is the last; nothing but blanks may follow it;
- a row's parents are groups that stand before it; a group has at most one;
- groups leave calculation, mastery and ratings blank;
- a `vendor_guid` has no white space, stands once, and must not look like one of Canvas's own;
- ratings are pairs of whole points and a text, in falling order.

Canvas cannot align an outcome with another, so what a statement aligns with stands in its
description. The scale is a start that each programme replaces by its own benchmark.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from graph.errors import ParameterError
from graph.exchange.outline import described, in_tree_order, shortened

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from graph.catalogue import Catalogue
    from graph.exchange import Selection
    from graph.model import Competency, Framework

COLUMNS: Final = (
    "vendor_guid", "object_type", "title", "description", "display_name", "calculation_method",
    "calculation_int", "workflow_state", "parent_guids", "mastery_points", "ratings",
)  # fmt: skip

#: Points and what they stand for, best first.
RATINGS: Final = ((2, "Competent"), (1, "Not yet competent"), (0, "Not shown"))
MASTERY_POINTS: Final = 2

#: Longest title and display name (Canvas: a string column of its database).
_LONGEST: Final = 255

#: Kinds of statement that only hold others together.
_ONLY_GROUPS: Final = frozenset({"domain"})


def write(selection: Selection, _name: str) -> bytes:
    """Both frameworks of a crosswalk as two groups; descriptions tell its alignments.

    Raises
    ------
    ParameterError
        If the selection is not a whole crosswalk.
    """
    crosswalk, catalogue = selection.crosswalk, selection.catalogue
    if crosswalk is None:
        raise ParameterError("format", "canvas", "a whole crosswalk or a framework")
    chosen = {alignment.id for alignment in selection.alignments}
    ends = (crosswalk.subject_framework, crosswalk.object_framework)
    return _written([row for end in ends for row in _rows(catalogue, end, chosen)])


def write_framework(catalogue: Catalogue, framework: Framework, _name: str) -> bytes:
    """A framework as a group; descriptions tell what each statement aligns with."""
    return _written([*_rows(catalogue, framework.id, catalogue.alignments.keys())])


def _written(rows: list[list[str]]) -> bytes:
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    width = len(COLUMNS) - 1 + 2 * len(RATINGS)
    writer.writerow([*COLUMNS, *[""] * (width - len(COLUMNS))])
    writer.writerows([*row, *[""] * (width - len(row))] for row in rows)
    return output.getvalue().encode()


def _rows(catalogue: Catalogue, framework: str, chosen: Collection[str]) -> Iterator[list[str]]:
    """A group for the framework, groups for statements with others below, outcomes for all."""
    top = catalogue.framework(framework)
    name = _guid(catalogue, f"framework:{framework}")
    yield _group(name, top.title, f"<p>{_escaped(top.description)}</p>", "")
    group_of: dict[str | None, str] = {None: name}
    for member in in_tree_order(catalogue, framework):
        parent = group_of[member.parent]
        guid = _guid(catalogue, member.id)
        found = [a for a in catalogue.by_competency.get(member.id, ()) if a.id in chosen]
        text = described(catalogue, member, found)
        title = f"{member.code} {member.title}"
        if member.level in _ONLY_GROUPS:
            group_of[member.id] = guid
            yield _group(guid, title, text, parent)
            continue
        if member.id in catalogue.children:
            # An outcome cannot hold others, so a competency with behaviors is both.
            group_of[member.id] = parent = f"{guid}#group"
            yield _group(parent, title, "", group_of[member.parent])
        yield _outcome(guid, member, title, text, parent)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _guid(catalogue: Catalogue, curie: str) -> str:
    """Our IRI: the same in every release, so that importing again updates instead of doubling."""
    guid = catalogue.prefixes.expand(curie)
    if any(c.isspace() for c in guid) or len(guid) > _LONGEST - len("#group"):
        raise ParameterError("format", "canvas", f"names without spaces, and not {curie!r}")
    return guid


def _group(guid: str, title: str, description: str, parent: str) -> list[str]:
    return [guid, "group", shortened(title, _LONGEST), description, "", "", "", "active", parent]


def _outcome(guid: str, member: Competency, title: str, description: str, parent: str) -> list[str]:
    ratings = [str(part) for pair in RATINGS for part in pair]
    return [
        guid,
        "outcome",
        shortened(title, _LONGEST),
        description,
        shortened(f"{member.id} {member.title}", _LONGEST),
        "highest",
        "",
        "active",
        parent,
        str(MASTERY_POINTS),
        *ratings,
    ]
