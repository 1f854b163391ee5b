"""The command that puts a file onto another edition. `graph.cli` adds it to its group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from graph.cli_io import (
    file_path,
    json_bytes,
    output_option,
    read_input,
    refuse_same_file,
    write_output,
)

if TYPE_CHECKING:
    from pathlib import Path

    from graph.cli import Session


@click.command(
    "rebase",
    epilog="Example: crosswalk rebase examples/msw-2015.csv --onto epas-2022",
)
@click.argument("file", type=file_path)
@click.option("--onto", required=True, metavar="FRAMEWORK", help="Edition to arrive at.")
@output_option
@click.option(
    "--review",
    type=file_path,
    help="Where the review list goes; otherwise standard output if the new file goes elsewhere, "
    "standard error if not.",
)
@click.option("--json", "as_json", is_flag=True, help="The review list as a record for machines.")
@click.pass_obj
def rebase(
    session: Session, file: Path, onto: str, output: Path, review: Path | None, *, as_json: bool
) -> None:
    """Put a crosswalk or course plan onto another edition of its framework.

    FILE is a crosswalk as SSSOM TSV, or a course plan (CSV, JSON, YAML) with the columns course,
    title, competency and level; - is standard input. Each row is carried, carried with changed
    text, for review, or orphaned; the review list says why and what to decide.
    """
    from graph.rebase import rebase as rebased_onto

    refuse_same_file("--output", output, file)
    refuse_same_file("--review", review, file, output)
    raw, name = read_input(file)
    found = rebased_onto(raw, name, session.catalogue, onto)
    account = json_bytes(found.record()) if as_json else found.markdown().encode()
    write_output(output, found.content)
    if review is None:
        click.echo(account, nl=False, err=str(output) == "-")
    else:
        write_output(review, account)
    click.echo(found.summary, err=True)
