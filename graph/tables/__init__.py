"""The tables that experts edit: read them, put them in canonical form, name what is wrong.

A table is UTF-8 text, one row a line, cells separated by a tab and never quoted, so that one
decision is always one line of a diff. Crosswalks are SSSOM TSV with the metadata as YAML in
`#` lines above the header row (SSSOM 1.0, "TSV format").

What a single cell must look like is checked here, because a wrong one cannot become a value.
What a statement must look like is `ontology/shapes.ttl`; what must hold across statements is
`queries/checks/`.
"""

from graph.tables.layout import ALIGNMENT_COLUMNS, COLUMNS, Row, kind_of, table_paths
from graph.tables.reading import CODE, FRAMEWORK_ID, read_sources
from graph.tables.sources import CrosswalkTable, Sources
from graph.tables.text import format_table, parse_table

__all__ = [
    "ALIGNMENT_COLUMNS",
    "CODE",
    "COLUMNS",
    "FRAMEWORK_ID",
    "CrosswalkTable",
    "Row",
    "Sources",
    "format_table",
    "kind_of",
    "parse_table",
    "read_sources",
    "table_paths",
]
