"""The command line: the group of commands, and what the commands of one run share.

A command reads the request, calls one function and prints what it made. Results go to standard
output, talk to standard error. Exit status 0 is clean, 1 means findings, 2 that it could not run.
Each command stands in a module `graph.cli_…` that is imported when it is asked for, and imports
what it needs inside, so that each pays for its own.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from graph import __version__
from graph.cli_io import COULD_NOT_RUN, FINDINGS, LazyGroup
from graph.errors import CrosswalkError, SourcesError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graph.catalogue import Catalogue
    from graph.settings import Settings
    from graph.store import EmbeddedStore
    from graph.terminal import Column


@dataclass
class Session:
    """What the commands of one run share: settings, and the data once they are needed."""

    data: Path | None

    @cached_property
    def settings(self) -> Settings:
        """Settings of the environment, with the data folder of the command line."""
        from dataclasses import replace

        from graph.settings import Settings

        settings = Settings.from_environment(os.environ)
        return replace(settings, data_dir=self.data) if self.data else settings

    @cached_property
    def store(self) -> EmbeddedStore:
        """The built data."""
        from graph.store import open_store

        return open_store(self.settings.data_dir)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The built data as values."""
        from graph.catalogue import Catalogue

        return Catalogue.load(self.store)

    @cached_property
    def outline(self) -> Catalogue:
        """The same without its alignments, in half the time."""
        from graph.catalogue import Catalogue

        return Catalogue.load(_WithoutAlignments(self.store))

    @cached_property
    def width(self) -> int:
        """Columns to write in."""
        from graph.terminal import terminal_width

        return terminal_width()

    @cached_property
    def colour(self) -> bool:
        """Whether to write control sequences."""
        from graph.terminal import shows_colour

        return shows_colour(sys.stdout)

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
        """Print a table."""
        from graph.terminal import table

        click.echo(table(columns, rows, self.width, colour=self.colour))

    def heading(self, text: str) -> None:
        """Print a line that stands out."""
        from graph.terminal import bold, paragraph

        lines = paragraph(text, self.width).split("\n")
        click.echo("\n".join(bold(line, colour=self.colour) for line in lines), color=self.colour)

    def labelled(self, label: str, text: str) -> None:
        """Print a label and, beside it, a text."""
        from graph.terminal import labelled

        click.echo(labelled(label, text, self.width))


class _WithoutAlignments:
    """A store that tells nothing about alignments, which are most of what there is to read."""

    def __init__(self, store: EmbeddedStore) -> None:
        from graph.queries import internal_query

        self.prefixes, self.release, self.serialise = store.prefixes, store.release, store.serialise
        self.folder, self._store = store.folder, store
        self._left_out = {internal_query(name) for name in ("alignments", "aims", "support")}

    def rows(self, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        return ([], []) if query in self._left_out else self._store.rows(query)


#: Module of each command, and what it is called there.
_COMMANDS: Final = {
    "align": ("graph.cli_show", "align"),
    "analyze": ("graph.cli_analyze", "analyze"),
    "build": ("graph.cli_edit", "build"),
    "check": ("graph.cli_edit", "check"),
    "diff": ("graph.cli_edit", "diff"),
    "explain": ("graph.cli_reason", "explain"),
    "export": ("graph.cli_export", "export"),
    "format": ("graph.cli_edit", "format_"),
    "frameworks": ("graph.cli_show", "frameworks"),
    "import": ("graph.cli_import", "import_"),
    "plan": ("graph.cli_plan", "plan"),
    "query": ("graph.cli_query", "query"),
    "rebase": ("graph.cli_rebase", "rebase"),
    "release": ("graph.cli_release", "release"),
    "search": ("graph.cli_search", "search"),
    "show": ("graph.cli_show", "show"),
}


class _Group(LazyGroup):
    """A group that turns our errors into one line and an exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SourcesError as error:
            for finding in error.findings:
                click.echo(str(finding), err=True)
            ctx.exit(FINDINGS)
        except CrosswalkError as error:
            click.echo(f"crosswalk: {error}", err=True)
            ctx.exit(COULD_NOT_RUN)
        except BrokenPipeError:
            # Whoever read the output has seen enough. What is still buffered goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)


@click.group(
    cls=_Group,
    elsewhere=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: crosswalk align epas-2022:7",
)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the data, laid out like `ontology/`; otherwise that of CROSSWALK_DATA_DIR, "
    "otherwise what ships.",
)
@click.version_option(__version__, prog_name="crosswalk")
@click.pass_context
def cli(ctx: click.Context, data: Path | None) -> None:
    """Which social work competencies align with which implementation support competencies.

    Competencies are named like epas-2022:7 or isp-2020:1.3, frameworks like epas-2022.
    """
    ctx.obj = Session(data)
