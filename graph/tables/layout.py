"""Which tables there are, where they stand, and what their columns are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.model import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ALIGNMENT_COLUMNS: Final = (
    "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id",
    "object_label", "mapping_justification", "author_id", "mapping_date", "confidence",
    "see_also", "comment", "ext_strength", "ext_direction", "ext_aims",
    "ext_evidence_supports", "ext_status", "ext_change",
)  # fmt: skip

#: Columns of each table, by its path below the data folder; `*` stands for a framework's name.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "prefixes.tsv": ("prefix", "iri"),
    "frameworks.tsv": (
        "id", "title", "version", "issued", "publisher", "description", "citation", "url",
        "confidence", "revision_of", "note",
    ),
    "frameworks/*.tsv": (
        "id", "level", "parent", "title", "description", "citation", "url", "confidence",
    ),
    "resources.tsv": ("competency", "title", "description", "citation", "url"),
    "evidence.tsv": ("id", "kind", "citation", "url", "finding"),
    "schemes.tsv": ("scheme", "id", "label", "definition", "broader", "source"),
    "crosswalks/*.sssom.tsv": ALIGNMENT_COLUMNS,
}  # fmt: skip

#: What a row is sorted by. The other tables keep the order of their authors: published order.
SORT_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "prefixes.tsv": ("prefix",),
    "frameworks.tsv": ("id",),
    "resources.tsv": ("competency", "title"),
    "evidence.tsv": ("id",),
    "crosswalks/*.sssom.tsv": ("subject_id", "object_id", "predicate_id"),
}

#: Metadata of a crosswalk, in the order of the SSSOM schema.
HEADER_KEYS: Final = (
    "curie_map", "mapping_set_id", "mapping_set_title", "mapping_set_description", "license",
    "subject_type", "subject_source", "subject_source_version", "object_type", "object_source",
    "object_source_version", "extension_definitions",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its cells by column, and where it stands."""

    cells: Mapping[str, str]
    path: str
    line: int

    def __getitem__(self, column: str) -> str:
        """Text of one cell."""
        return self.cells[column]

    def finding(self, message: str) -> Finding:
        """A finding at this row."""
        return Finding(self.path, self.line, message)


def kind_of(path: str) -> str | None:
    """Which kind of table a path below the data folder is; None if it is no table of ours."""
    folder, _, name = path.rpartition("/")
    if folder == "crosswalks":
        return "crosswalks/*.sssom.tsv" if name.endswith(".sssom.tsv") else None
    if folder == "frameworks":
        return "frameworks/*.tsv" if name.endswith(".tsv") else None
    return path if path in COLUMNS else None


def table_paths(data: Path) -> list[Path]:
    """All tables of a data folder, in the order in which they are read."""
    single = [data / kind for kind in COLUMNS if "*" not in kind and (data / kind).is_file()]
    return [
        *single,
        *sorted((data / "frameworks").glob("*.tsv")),
        *sorted((data / "crosswalks").glob("*.sssom.tsv")),
    ]
