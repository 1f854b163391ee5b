"""The text of a table: into rows, and into canonical form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from graph import terms
from graph.errors import SourcesError
from graph.model import Finding
from graph.tables.layout import ALIGNMENT_COLUMNS, COLUMNS, HEADER_KEYS, SORT_BY, Row, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def decode(raw: bytes, name: str) -> tuple[str, list[Finding]]:
    """Text of a file with LF alone, and what is wrong with its encoding or its line ends."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = f"byte {raw[error.start]:#04x} is not UTF-8; save the table as UTF-8"
        return raw.decode("utf-8", errors="replace"), [Finding(name, line, message)]
    findings = []
    if text.startswith("\ufeff"):
        findings.append(Finding(name, 1, "starts with a byte order mark; save without BOM"))
        text = text.removeprefix("\ufeff")
    if "\r" in text:
        line = text[: text.index("\r")].count("\n") + 1
        message = "has Windows line ends; run: crosswalk format"
        findings.append(Finding(name, line, message))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, findings


def parse_table(text: str, name: str) -> tuple[dict[str, Any], list[Row], list[Finding]]:
    """Metadata, rows and findings of one table's text; rows of a wrong width are left out."""
    kind = kind_of(name)
    columns = COLUMNS[kind] if kind else ALIGNMENT_COLUMNS
    lines = text.split("\n")
    top = 0
    while top < len(lines) and lines[top].startswith("#"):
        top += 1
    header, findings = _parse_header([line[1:] for line in lines[:top]], name)
    head = tuple(lines[top].split("\t")) if top < len(lines) else ()
    if head != columns:
        findings.append(Finding(name, top + 1, _wrong_columns(head, columns)))
        return header, [], findings
    rows: list[Row] = []
    for line, content in enumerate(lines[top + 1 :], start=top + 2):
        if not content:
            if line < len(lines):
                findings.append(Finding(name, line, "is empty; delete the line"))
            continue
        cells = content.split("\t")
        if len(cells) != len(columns):
            message = f"has {len(cells)} cells, not {len(columns)}; did an editor move a tab?"
            findings.append(Finding(name, line, message))
            continue
        rows.append(Row(dict(zip(columns, (c.strip() for c in cells), strict=True)), name, line))
    return header, rows, findings


def _wrong_columns(head: tuple[str, ...], columns: tuple[str, ...]) -> str:
    unknown = [column for column in head if column not in columns]
    missing = [column for column in columns if column not in head]
    parts = []
    if unknown:
        parts.append(f"unknown columns {', '.join(map(repr, unknown))}")
    if missing:
        parts.append(f"missing columns {', '.join(map(repr, missing))}")
    return f"{'; '.join(parts) or 'columns out of order'}; expected {' '.join(columns)}"


#: The loader that is written in C, where there is one: ten times as fast.
_YAML: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _parse_header(lines: list[str], name: str) -> tuple[dict[str, Any], list[Finding]]:
    if not lines:
        return {}, []
    try:
        header = yaml.load("\n".join(lines), Loader=_YAML)  # noqa: S506 - a safe one
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "cannot be read"
        return {}, [Finding(name, line, f"the metadata is not YAML: {problem}")]
    if not isinstance(header, dict):
        return {}, [Finding(name, 1, "the metadata must be `key: value` lines")]
    unknown = [key for key in header if key not in HEADER_KEYS]
    message = f"unknown metadata {', '.join(map(repr, unknown))}; known: {', '.join(HEADER_KEYS)}"
    return header, [Finding(name, 1, message)] if unknown else []


def format_table(text: str, name: str, labels: Mapping[str, str]) -> str:
    """Canonical text of a table: fixed column order, sorted rows, LF, labels as published.

    Empty lines go.

    Idempotent, and it loses no row: a table that cannot be read is refused.

    Parameters
    ----------
    name : str
        Path below the data folder, which decides the kind of table.
    labels : Mapping[str, str]
        Published title by competency id; ids that are not there keep their label.

    Raises
    ------
    SourcesError
        If the table cannot be read without loss.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    kind = kind_of(name)
    assert kind is not None
    text = "\n".join(line for line in text.split("\n") if line)
    text = _columns_in_order(text, COLUMNS[kind])
    header, rows, findings = parse_table(text, name)
    if findings:
        raise SourcesError(findings)
    cells = [_relabelled(row.cells, labels) for row in rows]
    if kind in SORT_BY:
        # Whole rows break ties (`1` and `01` count the same), so that every order of lines in has
        # one order of lines out.
        cells.sort(
            key=lambda row: (
                tuple(terms.natural_key(row[column]) for column in SORT_BY[kind]),
                tuple(row.values()),
            )
        )
    lines = ["\t".join(COLUMNS[kind]), *("\t".join(row.values()) for row in cells)]
    return "\n".join([*_header_lines(header), *lines]) + "\n"


def _columns_in_order(text: str, columns: tuple[str, ...]) -> str:
    """Put known columns that stand in another order into ours; leave anything else alone."""
    lines = text.split("\n")
    top = next((i for i, line in enumerate(lines) if not line.startswith("#")), 0)
    head = lines[top].split("\t")
    if tuple(head) == columns or sorted(head) != sorted(columns):
        return text
    places = [head.index(column) for column in columns]
    for i in range(top, len(lines)):
        cells = lines[i].split("\t")
        if len(cells) == len(head):
            lines[i] = "\t".join(cells[place] for place in places)
    return "\n".join(lines)


def _relabelled(cells: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    changed = dict(cells)
    for side in ("subject", "object"):
        if f"{side}_label" in changed:
            own = changed[f"{side}_label"]
            changed[f"{side}_label"] = labels.get(changed[f"{side}_id"], own)
    return changed


def _header_lines(header: Mapping[str, Any]) -> Iterator[str]:
    """Metadata in the order of the SSSOM schema, prefixes A to Z."""
    ordered = {key: header[key] for key in HEADER_KEYS if key in header}
    if isinstance(ordered.get("curie_map"), dict):
        ordered["curie_map"] = dict(sorted(ordered["curie_map"].items()))
    if ordered:
        text = yaml.safe_dump(ordered, sort_keys=False, allow_unicode=True, width=10_000)
        yield from (f"#{line}" for line in text.rstrip("\n").split("\n"))
