"""The command that brings files into a workspace. `graph.cli` adds it to its group."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from graph.cli_io import file_path, print_json, read_input, talk

if TYPE_CHECKING:
    from graph.cli import Session
    from graph.exchange import Format


@click.command(
    "import", epilog="Example: crosswalk import examples/nursing.csv --into nursing --dry-run"
)
@click.argument("file", type=file_path)
@click.option(
    "--into",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Workspace; it is made if it is not there.",
)
@click.option("--format", "format_", help="Name of a format; otherwise as the file looks.")
@click.option("--as", "framework_id", default="", metavar="ID", help="Name for its framework.")
@click.option("--bare", is_flag=True, help="Begin a new workspace without the shipped content.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="The account as a record for machines.")
@click.pass_obj
def import_(
    _: Session,
    file: Path,
    folder: Path,
    format_: str | None,
    framework_id: str,
    *,
    bare: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Put the framework or the alignments of FILE into a workspace, all of it or nothing.

    A workspace is a data folder of your own: name it in --data to build, check, serve, query and
    export it. FILE may be - for standard input, with --format.
    """
    from graph.exchange.guess import choose_format
    from graph.workspace import import_file

    def choose(raw: bytes, name: str) -> Format:
        return choose_format(raw, name, format_)

    raw, name = read_input(file)
    account = import_file(
        raw, name, folder, choose, framework_id=framework_id, bare=bare, dry_run=dry_run
    )
    if as_json:
        print_json(account.record())
    else:
        click.echo(account.changes.markdown(), nl=False)
        for note in account.notes:
            talk(str(note))
    talk(account.summary)
