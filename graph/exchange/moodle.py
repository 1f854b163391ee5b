"""Frameworks as Moodle's competency framework CSV (its tool `lpimportcsv`).

The rules are those of Moodle's own importer and exporter
(`admin/tool/lpimportcsv/classes/framework_importer.php`, `framework_exporter.php`):

- fourteen columns, told apart by their place; exactly one row is the framework;
- a parent is named by its ID number; an empty one is the top;
- ID numbers and short names are cut at 100 characters, and lose what looks like a tag;
- cross-references are ID numbers joined by commas, a comma inside one written `%2C`; those that do
  not stand in the same file are dropped without a word; a link says only *related*;
- two ID numbers that PHP takes for the same number (`1.1` and `1.10`) are one parent.

So a crosswalk is one file with two branches, whose ID numbers are CURIEs.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from graph.errors import ParameterError
from graph.exchange.outline import described, in_tree_order, shortened

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from graph.catalogue import Catalogue
    from graph.exchange import Selection, Source
    from graph.exchange.incoming import Incoming
    from graph.model import Framework

#: As Moodle's exporter heads them (lang/en/tool_lpimportcsv.php); it reads them by place.
COLUMNS: Final = (
    "Parent ID number", "ID number", "Short name", "Description", "Description format",
    "Scale values", "Scale configuration", "Rule type (optional)", "Rule outcome (optional)",
    "Rule config (optional)", "Cross-referenced competency ID numbers", "Exported ID (optional)",
    "Is framework", "Taxonomy",
)  # fmt: skip

_LONGEST: Final = 100
_HTML: Final = "1"

#: The scale, and which of its values is the default and which are proficient. Moodle puts the id of
#: the scale that it finds or makes into the first element.
_SCALE: Final = "Not yet competent,Competent"
_SCALE_CONFIGURATION: Final = json.dumps(
    [{"scaleid": "1"}, {"id": 2, "scaledefault": 1, "proficient": 1}], separators=(",", ":")
)

#: What Moodle calls each of our levels (competency_framework.php, the taxonomy constants).
_TAXONOMY: Final = {
    "domain": "domain",
    "competency": "competency",
    "behavior": "behaviour",
    "principle": "value",
    "activity": "practice",
    "function": "practice",
}
_TAXONOMY_DEPTH: Final = 4

#: What looks like a tag to PHP's `strip_tags`: it would vanish from ID numbers and short names.
_TAG: Final = re.compile(r"<(?=[A-Za-z/!?])")


def write(selection: Selection, _name: str) -> bytes:
    """A crosswalk as one framework of two branches, each alignment a cross-reference.

    Raises
    ------
    ParameterError
        If the selection is not a whole crosswalk, or a name is longer than Moodle keeps.
    """
    crosswalk, catalogue = selection.crosswalk, selection.catalogue
    if crosswalk is None:
        raise ParameterError("format", "moodle", "a whole crosswalk or a framework")
    chosen = {alignment.id for alignment in selection.alignments}
    ends = (crosswalk.subject_framework, crosswalk.object_framework)
    rows = []
    for end in ends:
        framework = catalogue.framework(end)
        top = _id_number(f"framework:{end}")
        text = f"<p>{html.escape(framework.description)}</p>"
        rows.append(_row("", top, framework.title, text, ()))
        rows += _members(catalogue, end, chosen, top=top, links=True)
    taxonomy = ["domain", *(_words(catalogue, ends))]
    about = f"<p>{html.escape(crosswalk.description)}</p>"
    head = _framework_row(f"crosswalk:{crosswalk.id}", crosswalk.title, about, taxonomy)
    return _written([head, *rows])


def write_framework(catalogue: Catalogue, framework: Framework, _name: str) -> bytes:
    """A framework; descriptions tell what each statement aligns with elsewhere."""
    about = f"<p>{html.escape(framework.description)}</p>"
    taxonomy = _words(catalogue, [framework.id])
    head = _framework_row(f"framework:{framework.id}", framework.title, about, taxonomy)
    chosen = catalogue.alignments.keys()
    return _written([head, *_members(catalogue, framework.id, chosen, top="", links=False)])


def read(raw: bytes, source: Source) -> Incoming:
    """A framework that Moodle exported, or a crosswalk that `write` wrote.

    Raises
    ------
    SourcesError
        With every problem of the file.
    """
    from graph.exchange.moodle_reading import read as read_file

    return read_file(raw, source)


def _written(rows: Sequence[Sequence[str]]) -> bytes:
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return output.getvalue().encode()


def _members(
    catalogue: Catalogue, framework: str, chosen: Collection[str], *, top: str, links: bool
) -> Iterator[list[str]]:
    for member in in_tree_order(catalogue, framework):
        found = [a for a in catalogue.by_competency.get(member.id, ()) if a.id in chosen]
        partners = (
            a.object_id if a.subject_id == member.id else a.subject_id
            for a in found
            if a.aligned and links
        )
        yield _row(
            member.parent or top,
            _id_number(member.id),
            f"{member.code} {member.title}",
            described(catalogue, member, found),
            [*dict.fromkeys(partners)],
        )


def _row(
    parent: str, id_number: str, title: str, description: str, related: Sequence[str]
) -> list[str]:
    short = shortened(_plain(title), _LONGEST)
    if short != title:
        description = f"<p><strong>{html.escape(title)}</strong></p>{description}"
    links = ",".join(key.replace(",", "%2C") for key in related)
    return [
        parent,
        id_number,
        short,
        description,
        _HTML,
        "",
        "",
        "",
        "0",
        "null",
        links,
        "",
        "",
        "",
    ]


def _framework_row(key: str, title: str, description: str, taxonomy: list[str]) -> list[str]:
    words = [*taxonomy, *["competency"] * _TAXONOMY_DEPTH][:_TAXONOMY_DEPTH]
    short = shortened(_plain(title), _LONGEST)
    return [
        "", _id_number(key), short, description, _HTML, _SCALE, _SCALE_CONFIGURATION, "", "", "",
        "", "", "1", ",".join(words),
    ]  # fmt: skip


def _id_number(key: str) -> str:
    if len(key) > _LONGEST or _TAG.search(key):
        raise ParameterError("format", "moodle", f"names of 100 characters at most, and not {key}")
    return key


def _plain(text: str) -> str:
    """A short name from which Moodle strips nothing."""
    return _TAG.sub("‹", text)


def _words(catalogue: Catalogue, frameworks: Sequence[str]) -> list[str]:
    """What statements are called at each depth, by the level that most of them have there."""
    at: dict[int, Counter[str]] = {}
    for framework in frameworks:
        for member in catalogue.by_framework.get(framework, ()):
            depth = len(catalogue.ancestors(member.id))
            at.setdefault(depth, Counter())[_TAXONOMY.get(member.level, "competency")] += 1
    return [at[depth].most_common(1)[0][0] for depth in sorted(at)]
