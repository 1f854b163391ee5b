"""The command that writes crosswalks and frameworks as files. `graph.cli` adds it to its group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from graph.cli_io import json_option, output_option, print_json, talk, write_output
from graph.errors import NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from graph.catalogue import Catalogue
    from graph.cli import Session
    from graph.records import Record


@click.command("export", epilog="Example: crosswalk export epas-2022--isp-2020 --format csv")
@click.argument("name", metavar="[CROSSWALK|FRAMEWORK]", required=False)
@click.option(
    "--format",
    "format_",
    default="csv",
    show_default=True,
    help="Name of a format; --list shows all of them.",
)
@output_option
@click.option("--list", "listed", is_flag=True, help="Show the formats and what each can hold.")
@json_option
@click.pass_obj
def export(
    session: Session, name: str | None, format_: str, output: Path, *, listed: bool, as_json: bool
) -> None:
    """Write a CROSSWALK or a FRAMEWORK in a format that other tools read.

    Without a name, list what there is to write.
    """
    from graph.exchange import Content, find_format

    if listed:
        _list_formats(session, as_json=as_json)
        return
    catalogue = session.catalogue
    if name is None:
        _list_contents(session, as_json=as_json)
        return
    wanted = "json" if as_json else format_
    if name in catalogue.frameworks:
        framework = catalogue.frameworks[name]
        found = find_format(wanted, Content.FRAMEWORK)
        content = found.write_framework(catalogue, framework)
        held = f"{len(catalogue.by_framework.get(name, []))} competencies"
    else:
        content, held = _crosswalk(catalogue, name, wanted)
    write_output(output, content)
    if str(output) != "-":
        talk(f"wrote {held} to {output}")


def _crosswalk(catalogue: Catalogue, name: str, format_: str) -> tuple[bytes, str]:
    from graph.exchange import Content, Selection, find_format
    from graph.nearest import nearest

    from_, dashes, to = name.partition("--")
    if not dashes:
        names = (*catalogue.crosswalks, *catalogue.frameworks)
        raise NotFoundError("crosswalk or framework", name, nearest(name, names))
    found = find_format(format_, Content.CROSSWALK)
    crosswalk = catalogue.crosswalk(from_, to)
    alignments = catalogue.by_crosswalk.get(crosswalk.id, [])
    content = found.write(Selection(catalogue, alignments, crosswalk))
    return content, f"{len(alignments)} alignments"


def _list_formats(session: Session, *, as_json: bool) -> None:
    from graph.exchange import FORMATS
    from graph.terminal import Column

    items: list[Record] = [
        {
            "name": name,
            "about": format_.about,
            "media_type": format_.media_type,
            "suffix": format_.suffix,
            "writes": sorted(format_.writes),
            "reads": sorted(format_.reads),
        }
        for name, format_ in FORMATS.items()
    ]
    if as_json:
        print_json({"items": items, "total": len(items), "next": None})
        return
    rows = [
        (item["name"], item["about"], ", ".join(item["writes"]), ", ".join(item["reads"]))
        for item in items
    ]
    columns = (
        Column("Format"),
        Column("What it is", wraps=True),
        Column("Writes", wraps=True),
        Column("Reads", wraps=True),
    )
    session.table(columns, rows)


def _list_contents(session: Session, *, as_json: bool) -> None:
    from graph.records import crosswalk_record, framework_record, listing
    from graph.terminal import Column

    catalogue = session.catalogue
    crosswalks = [crosswalk_record(catalogue, found) for found in catalogue.crosswalks.values()]
    frameworks = [framework_record(catalogue, found) for found in catalogue.frameworks.values()]
    if as_json:
        print_json(listing(crosswalks, catalogue.release) | {"frameworks": frameworks})
        return
    rows = [
        (
            item["id"],
            item["title"],
            f"{item['counts']['aligned']} aligned, {item['counts']['not_aligned']} not aligned",
        )
        for item in crosswalks
    ]
    rows += [
        (item["id"], item["title"], f"{sum(item['counts'].values())} competencies")
        for item in frameworks
    ]
    columns = (Column("Name"), Column("Title", wraps=True), Column("Holds", wraps=True))
    session.table(columns, rows)
    talk("\nFormats: crosswalk export --list")
