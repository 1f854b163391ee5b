"""What commands share: files in and out, records for machines, and the ways to end."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from graph.errors import ParameterError, SourcesError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graph.model import Finding

#: Exit status of a command that found something, and of one that could not run.
FINDINGS: Final = 1
COULD_NOT_RUN: Final = 2

#: A file; - is standard input or output.
file_path: Final = click.Path(dir_okay=False, allow_dash=True, path_type=Path)

json_option: Final = click.option("--json", "as_json", is_flag=True, help="Records for machines.")

output_option: Final = click.option(
    "--output",
    type=file_path,
    default="-",
    help="File to write; - is standard output.",
)


class LazyGroup(click.Group):
    """A group whose commands have modules of their own, imported when they are asked for.

    Parameters
    ----------
    elsewhere : Mapping[str, tuple[str, str]]
        Module of each command, and what it is called there.
    """

    def __init__(
        self, *args: Any, elsewhere: Mapping[str, tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.elsewhere = elsewhere

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, sorted."""
        return sorted([*super().list_commands(ctx), *self.elsewhere])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name; none if there is none."""
        if cmd_name in self.elsewhere:
            module, name = self.elsewhere[cmd_name]
            command: click.Command = getattr(import_module(module), name)
            return command
        return super().get_command(ctx, cmd_name)


def read_input(file: Path) -> tuple[bytes, str]:
    """Content and name of a file, or of standard input for `-`.

    Raises
    ------
    click.FileError
        If it cannot be read.
    """
    if str(file) == "-":
        return sys.stdin.buffer.read(), "standard input"
    try:
        return file.read_bytes(), file.name
    except OSError as error:
        raise click.FileError(str(file), error.strerror) from None


def write_output(output: Path, content: bytes) -> None:
    """Write a file, or to standard output for `-`.

    Raises
    ------
    click.FileError
        If it cannot be written.
    """
    if str(output) == "-":
        click.echo(content, nl=False)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise click.FileError(str(output), error.strerror) from None


def json_bytes(record: Any) -> bytes:
    """A record as people and machines read it: indented, with a line end."""
    import orjson

    return orjson.dumps(record, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def print_json(record: Any) -> None:
    """Print a record to standard output."""
    click.echo(json_bytes(record), nl=False)


def talk(text: str) -> None:
    """Say something to standard error."""
    click.echo(text, err=True)


def print_findings(found: Sequence[Finding], *, as_json: bool) -> None:
    """Print findings to standard output, a line each or as records."""
    if as_json:
        items = [{"path": f.path, "line": f.line, "message": f.message} for f in found]
        print_json({"items": items, "total": len(items), "next": None})
    else:
        for finding in found:
            click.echo(str(finding))


def refuse_same_file(option: str, written: Path | None, *others: Path) -> None:
    """Refuse to write over a file that the same command reads or writes.

    Raises
    ------
    ParameterError
    """
    if written is None or str(written) == "-":
        return
    for other in others:
        if str(other) == "-":
            continue
        linked = written.exists() and other.exists() and written.samefile(other)
        if linked or written.resolve() == other.resolve():
            raise ParameterError(option, str(written), f"another file than {other}")


@contextmanager
def could_not_run() -> Iterator[None]:
    """End with status 2 if a file is not there or faulty: nothing was tested.

    Status 1 stays for findings, so that continuous integration can tell the two apart.
    """
    try:
        yield
    except SourcesError as error:
        for finding in error.findings:
            talk(str(finding))
        sys.exit(COULD_NOT_RUN)
    except click.FileError as error:
        error.show()
        sys.exit(COULD_NOT_RUN)
