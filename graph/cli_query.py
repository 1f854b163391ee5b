"""The command that answers named questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from graph.cli_io import json_option, print_json, talk
from graph.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.cli import Session
    from graph.records import Record

_FORMATS: Final = ("table", "json", "csv", "tsv", "xml")


@click.command(epilog="Example: crosswalk query")
@click.argument("name", required=False)
@click.option(
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="Value of a parameter; may be repeated.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(_FORMATS),
    default="table",
    show_default=True,
    help="SPARQL results as JSON, CSV, TSV or XML.",
)
@json_option
@click.pass_obj
def query(
    session: Session, name: str | None, params: tuple[str, ...], format_: str, *, as_json: bool
) -> None:
    """Answer a named question; without NAME, list the questions."""
    from graph.queries import find_query
    from graph.records import listing
    from graph.store.media import SHORT
    from graph.terminal import Column

    if name is None:
        _list_queries(session, as_json=as_json)
        return
    question = find_query(name)
    bound = question.bind(_values(params), session.catalogue.known)
    if as_json:
        columns, rows = session.store.rows(bound)
        items = [dict(zip(columns, row, strict=True)) for row in rows]
        print_json(listing(items, session.store.release))
    elif format_ == "table":
        columns, rows = session.store.rows(bound)
        cells = [[_cell(value) for value in row] for row in rows]
        heads = [column.replace("_", " ") for column in columns]
        wraps = [any(len(row[n]) > 20 for row in cells) for n in range(len(columns))]
        titled = zip(heads, wraps, strict=True)
        talk(f"{question.summary}\n")
        if cells:
            session.table([Column(head, wrap) for head, wrap in titled], cells)
        talk(f"\n{len(cells)} {'row' if len(cells) == 1 else 'rows'}")
    else:
        click.echo(session.store.serialise(bound, SHORT[format_]), nl=False)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else str(value)


def _values(params: Iterable[str]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for text in params:
        name, equals, value = text.partition("=")
        if not equals:
            raise ParameterError("--param", text, "NAME=VALUE")
        values.setdefault(name.strip(), []).append(value.strip())
    return values


def _list_queries(session: Session, *, as_json: bool) -> None:
    from graph.queries import shipped_queries
    from graph.terminal import Column

    questions = shipped_queries().values()
    if as_json:
        items: list[Record] = [
            {
                "name": question.name,
                "summary": question.summary,
                "returns": question.returns,
                "columns": list(question.columns),
                "params": [param.record() for param in question.params],
            }
            for question in questions
        ]
        print_json({"items": items, "total": len(items), "next": None})
        return
    rows = []
    for question in questions:
        given = (f"{p.name}={p.example[0] if p.example else ''}" for p in question.params)
        rows.append((question.name, question.summary, " ".join(given)))
    columns = (
        Column("Question"),
        Column("What it answers", wraps=True),
        Column("Parameters", wraps=True),
    )
    session.table(columns, rows)
