"""The command that puts a file onto another edition. `graph.cli` adds it to its group."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from graph.errors import ParameterError

if TYPE_CHECKING:
    from graph.cli import Session

_path = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


@click.command(
    "rebase",
    epilog="Example: crosswalk rebase examples/msw-2015.csv --onto epas-2022",
)
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--onto", required=True, metavar="FRAMEWORK", help="Edition to arrive at.")
@click.option("--output", type=_path, default="-", help="New file; - is standard output.")
@click.option(
    "--review",
    type=_path,
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

    if str(file) != "-" and str(output) != "-" and output.exists() and output.samefile(file):
        raise ParameterError("--output", str(output), "another file than FILE")
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise click.FileError(str(file), error.strerror) from None
    name = "standard input" if str(file) == "-" else file.name
    found = rebased_onto(raw, name, session.catalogue, onto)
    if as_json:
        import orjson

        options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        account = orjson.dumps(found.record(), option=options)
    else:
        account = found.markdown().encode()
    _write(output, found.content)
    if review is None:
        click.echo(account, nl=False, err=str(output) == "-")
    else:
        _write(review, account)
    click.echo(found.summary, err=True)


def _write(path: Path, content: bytes) -> None:
    if str(path) == "-":
        click.echo(content, nl=False)
        return
    try:
        path.write_bytes(content)
    except OSError as error:
        raise click.FileError(str(path), error.strerror) from None
