"""One view, several forms: HTML for people, JSON for tools, each table as a download."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

import orjson

from api.answer import Answer
from api.negotiation import negotiate
from api.pages.render import html_answer
from graph.errors import NotAcceptableError, NotFoundError
from graph.sheets import Table, guarded, write_workbook

if TYPE_CHECKING:
    from api.pages.view import DataTable, View

_HTML: Final = "text/html"
_JSON: Final = "application/json"
_CSV: Final = "text/csv"
_SVG: Final = "image/svg+xml"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: What `?format=` takes on every page.
FORMATS: Final = {"html": _HTML, "json": _JSON, "csv": _CSV, "xlsx": _XLSX, "svg": _SVG}


def form_of(accept: str, format_: str) -> str:
    """Short name of the form that is wanted: `format` wins over Accept.

    Raises
    ------
    NotAcceptableError
    """
    if format_:
        if format_ not in FORMATS:
            raise NotAcceptableError(format_, tuple(FORMATS))
        return format_
    by_type = {media_type: name for name, media_type in FORMATS.items()}
    return by_type[negotiate(accept, (_HTML, _JSON), {})]


def answer(view: View, release: str, address: str, form: str, table: str = "") -> Answer:
    """A view in one of its forms.

    Parameters
    ----------
    table : str
        Which table to download; empty: the first.

    Raises
    ------
    NotFoundError
        If the page has no such table, or no picture.
    """
    if form == "html":
        return html_answer(view, release, address)
    if form == "json":
        record = {"title": view.title, **view.record, "release": release}
        return Answer(orjson.dumps(record), _JSON, view.status, keep=view.keep)
    if form == "svg":
        if view.picture is None:
            raise NotFoundError("picture of this page", "svg", [])
        return Answer(view.picture().encode(), _SVG)
    found = view.table(table)
    if found is None:
        raise NotFoundError("table", table or "table", [t.name for t in view.tables])
    body = _csv(found) if form == "csv" else _xlsx(found, view.title, release)
    disposition = f'attachment; filename="{found.name}.{form}"'
    return Answer(body, FORMATS[form], headers=(("content-disposition", disposition),))


def _cells(table: DataTable) -> list[list[str | int | float | None]]:
    return [[_plain(row.get(column.key)) for column in table.columns] for row in table.rows]


def _plain(value: object) -> str | int | float | None:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        return " ".join(str(part) for part in value)
    return str(value)


def _csv(table: DataTable) -> bytes:
    """For spreadsheets, as what people download from a page is: no cell is ever a formula."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(column.key for column in table.columns)
    for cells in _cells(table):
        writer.writerow(guarded(c) if isinstance(c, str) else c for c in cells)
    return output.getvalue().encode()


def _xlsx(table: DataTable, title: str, release: str) -> bytes:
    sheet = Table(
        table.name,
        [column.label for column in table.columns],
        _cells(table),
        [60 if column.kind == "text" else 18 for column in table.columns],
    )
    return write_workbook([sheet], title=title, about=f"{table.caption} Release {release}.")
