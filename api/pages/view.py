"""What a page shows, before it is HTML."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graph.records import Record


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    key : str
        Member of a row's record, and the column's name in CSV.
    label : str
        What its header says.
    kind : str
        How a page writes its cells: `text`, `number`, `competency`, `alignment`, `strength`,
        `relation`, `confidence`, `url`, `terms` (of lists, in words), `ids` and `whys` (statements
        or alignments with spaces between), `share` (0 to 1), `score` (two decimals), `measure`
        (three), `linked` and `why` (to `row["pages"][key]`), `route` (steps with arrows between).
        What a page says instead of a value is `row["words"][key]`; downloads always hold the plain
        value.
    """

    key: str
    label: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class DataTable:
    """A table of a page, which downloads as what is shown.

    Attributes
    ----------
    name : str
        Its name in the address of the download, and its `id` on the page.
    caption : str
        What it lists, with its denominator.
    rows : Sequence[Record]
        One record a row, with a member for each column.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: Sequence[Record]


@dataclass(frozen=True, slots=True)
class View:
    """A page: everything that it says, and the template that says it.

    Attributes
    ----------
    template : str
        File below `api/templates`.
    title : str
        Of the page, for the heading and the browser's tab.
    record : Record
        What the page says, as JSON: the whole context of the template.
    about : str
        One sentence for search engines and previews.
    tables : tuple[DataTable, ...]
        Tables that can be downloaded.
    trail : tuple[tuple[str, str], ...]
        Pages above this one: label and address.
    section : str
        Which entry of the navigation this page belongs to.
    scripts : tuple[str, ...]
        Modules below `api/static/js` that make the page more comfortable.
    styles : tuple[str, ...]
        Further style sheets below `api/static`.
    picture : Callable[[], str] | None
        Draws what the page shows, as SVG, for where no script can.
    policy : dict[str, str]
        Directives of the Content-Security-Policy that differ from the strict one.
    steady : bool
        Whether the page depends on nothing but the data and its address.
    """

    template: str
    title: str
    record: Record
    about: str = ""
    tables: tuple[DataTable, ...] = ()
    trail: tuple[tuple[str, str], ...] = ()
    section: str = ""
    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    picture: Callable[[], str] | None = None
    policy: dict[str, str] = field(default_factory=dict)
    status: int = 200
    steady: bool = True

    @property
    def keep(self) -> bool:
        """Whether the same request gives the same page for as long as the release lasts."""
        return self.steady and self.status == HTTPStatus.OK

    def table(self, name: str) -> DataTable | None:
        """A table by name; the first if the name is empty; None if there is no such table."""
        return next((t for t in self.tables if not name or t.name == name), None)

    def context(self) -> dict[str, Any]:
        """What the template sees of the page itself."""
        return {**self.record, "tables": {table.name: table for table in self.tables}}
