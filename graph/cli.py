"""The command line: read the request, call one function, print what it made.

Results go to standard output, talk to standard error. Exit status 0 is clean, 1 means findings,
2 that it could not run. Imports stand inside the commands, so that each pays for its own.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from graph import __version__
from graph.errors import CrosswalkError, NotFoundError, ParameterError, SourcesError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from graph.catalogue import Catalogue
    from graph.model import Finding
    from graph.records import Record
    from graph.search import Segment
    from graph.settings import Settings
    from graph.store import EmbeddedStore
    from graph.terminal import Column

_FINDINGS, _COULD_NOT_RUN = 1, 2

_QUERY_FORMATS: Final = ("table", "json", "csv", "tsv", "xml")


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


#: Commands with a module of their own, imported when they are asked for.
_ELSEWHERE: Final = {
    "analyze": "graph.cli_analyze",
    "explain": "graph.cli_reason",
    "export": "graph.cli_export",
    "import": "graph.cli_import",
    "plan": "graph.cli_plan",
    "rebase": "graph.cli_rebase",
    "release": "graph.cli_release",
}


class _Group(click.Group):
    """A group that turns our errors into one line and an exit status."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _ELSEWHERE:
            name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
            command: click.Command = getattr(import_module(_ELSEWHERE[cmd_name]), name)
            return command
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SourcesError as error:
            for finding in error.findings:
                click.echo(str(finding), err=True)
            ctx.exit(_FINDINGS)
        except CrosswalkError as error:
            click.echo(f"crosswalk: {error}", err=True)
            ctx.exit(_COULD_NOT_RUN)
        except BrokenPipeError:
            # Whoever read the output has seen enough. What is still buffered goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)


@click.group(
    cls=_Group,
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


_json = click.option("--json", "as_json", is_flag=True, help="Records for machines.")


def _print_json(record: Record | list[Record]) -> None:
    import orjson

    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    _print_bytes(orjson.dumps(record, option=options))


def _print_bytes(content: bytes) -> None:
    click.echo(content, nl=False)


def _talk(text: str) -> None:
    click.echo(text, err=True)


# ---- reading ------------------------------------------------------------------------------


@cli.command(epilog="Example: crosswalk show isp-2020:1.3")
@click.argument("id_", metavar="ID")
@_json
@click.pass_obj
def show(session: Session, id_: str, *, as_json: bool) -> None:
    """Show a competency, a framework, a crosswalk or an alignment by its ID."""
    from graph import records, views

    catalogue = session.outline
    key = id_.strip()
    for prefix in ("framework:", "crosswalk:", "alignment:"):
        key = key.removeprefix(prefix)
    record: Record
    view: Callable[[Session, Record], None]
    if key in catalogue.competencies:
        record = records.competency_record(catalogue, catalogue.competencies[key])
        record["alignments"] = _judged(session, key)
        view = views.show_competency
    elif key in catalogue.frameworks:
        record = records.framework_record(catalogue, catalogue.frameworks[key], tree=True)
        view = views.show_framework
    elif key in catalogue.crosswalks:
        record = records.crosswalk_record(session.catalogue, catalogue.crosswalks[key])
        view = views.show_crosswalk
    elif key in session.catalogue.alignments:
        record = records.alignment_record(session.catalogue.alignments[key])
        view = views.show_alignment
    else:
        raise _unknown(catalogue, key)
    if as_json:
        _print_json(record)
    else:
        view(session, record)
        if key in catalogue.competencies:
            _show_private(session, key)


def _show_private(session: Session, competency_id: str) -> None:
    """Official wording under a licence, to who sits here; never in a record for machines."""
    from graph.private import FILE, read_wording

    found = read_wording(session.settings.data_dir).get(competency_id)
    if found:
        click.echo()
        session.labelled("Private", found.wording)
        session.labelled("", f"Official wording; {found.source}; licence: {found.licence}.")
        session.labelled("", f"From {FILE}: shown here only, in no export and no public answer.")


def _judged(session: Session, competency_id: str) -> Record:
    """How many verdicts a competency has, by kind."""
    from graph.queries import internal_query
    from graph.terms import code_of

    _, rows = session.store.rows(internal_query("judged"))
    counts = {code_of(str(verdict)): n for key, verdict, n in rows if key == competency_id}
    return {"aligned": counts.get("aligned", 0), "not_aligned": counts.get("not-aligned", 0)}


def _unknown(catalogue: Catalogue, key: str) -> NotFoundError:
    from graph.nearest import nearest

    if ":" in key:
        return NotFoundError("competency", key, nearest(key, catalogue.competencies))
    names = (*catalogue.frameworks, *catalogue.crosswalks)
    return NotFoundError("competency, framework, crosswalk or alignment", key, nearest(key, names))


@cli.command(epilog="Example: crosswalk align epas-2022:7 --to isp-2020")
@click.argument("competency_id", metavar="ID")
@click.option("--to", metavar="FRAMEWORK", help="Partners in this framework only.")
@click.option("--all", "every", is_flag=True, help='Also "not aligned", with the reasons.')
@_json
@click.pass_obj
def align(
    session: Session, competency_id: str, to: str | None, *, every: bool, as_json: bool
) -> None:
    """Show what a competency aligns with and why, best first."""
    from graph import views
    from graph.model import Verdict
    from graph.records import listing, partner_of, partner_record
    from graph.terms import framework_of

    catalogue = session.catalogue
    competency = catalogue.competency(competency_id)
    if to:
        catalogue.framework(to)
    verdict = None if every else Verdict.ALIGNED
    found = [
        alignment
        for alignment in catalogue.alignments_of(competency.id, verdict=verdict)
        if not to or framework_of(partner_of(alignment, competency.id)[0]) == to
    ]
    if as_json:
        items = [partner_record(alignment, competency.id) for alignment in found]
        _print_json(listing(items, catalogue.release))
        return
    session.heading(f"{competency.id}  {competency.title}")
    click.echo()
    views.show_partners(session, competency.id, found)
    judged = catalogue.alignments_of(competency.id, verdict=Verdict.NOT_ALIGNED)
    hidden = sum(
        not to or framework_of(partner_of(alignment, competency.id)[0]) == to
        for alignment in judged
    )
    if hidden and not every:
        _talk(f"\nJudged and not aligned: {hidden}; add --all to see why.")


@cli.command(epilog="Example: crosswalk frameworks")
@_json
@click.pass_obj
def frameworks(session: Session, *, as_json: bool) -> None:
    """List the frameworks."""
    from graph.records import framework_record, listing
    from graph.terminal import Column

    catalogue = session.catalogue
    items = [framework_record(catalogue, f) for f in catalogue.frameworks.values()]
    if as_json:
        _print_json(listing(items, catalogue.release))
        return
    rows = [
        (
            item["id"],
            item["title"],
            ", ".join(f"{count} {level}" for level, count in item["counts"].items()),
            str(len(item["crosswalks"])),
        )
        for item in items
    ]
    columns = (
        Column("Framework"),
        Column("Title", wraps=True),
        Column("Holds", wraps=True),
        Column("Crosswalks"),
    )
    session.table(columns, rows)


@cli.command(epilog="Example: crosswalk search power")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(["competency", "framework", "alignment"]),
    help="Only this kind; may be repeated.",
)
@_json
@click.pass_obj
def search(
    session: Session, words: tuple[str, ...], limit: int, kinds: tuple[str, ...], *, as_json: bool
) -> None:
    """Search titles, descriptions and rationales, best first."""
    from graph.records import listing
    from graph.search import Search, hit_record
    from graph.terminal import paragraph

    catalogue = session.catalogue
    index = Search.over(catalogue)
    q = " ".join(words)
    hits = index.find(q, limit=limit, kinds=kinds)
    suggestion = index.did_you_mean(q)
    if as_json:
        record = listing([hit_record(hit) for hit in hits], catalogue.release)
        _print_json({**record, "did_you_mean": suggestion})
        return
    for number, hit in enumerate(hits):
        if number:
            click.echo()
        kind = "not aligned" if hit.verdict == "not-aligned" else hit.kind
        name = " \u2013 ".join(hit.ends) or hit.id
        title = f"{name}  {_marked(hit.title_segments, colour=session.colour)}"
        # A terminal breaks the line itself, and would count marks that take no room.
        title = title if session.colour else paragraph(title, session.width)
        click.echo(title, color=session.colour)
        text = paragraph("".join(segment.text for segment in hit.snippet), session.width, indent=4)
        if text.strip():
            click.echo(text)
        click.echo(f"    {kind} {hit.id}" if hit.ends else f"    {kind}")
    if not hits:
        _talk(f"nothing found for {q!r}")
    if suggestion:
        _talk(f"did you mean: {suggestion}")


def _marked(segments: Iterable[Segment], *, colour: bool) -> str:
    from graph.terminal import bold

    return "".join(bold(s.text, colour=colour and s.marked) for s in segments)


@cli.command(epilog="Example: crosswalk query")
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
    type=click.Choice(_QUERY_FORMATS),
    default="table",
    show_default=True,
    help="SPARQL results as JSON, CSV, TSV or XML.",
)
@_json
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
        _print_json(listing(items, session.store.release))
    elif format_ == "table":
        columns, rows = session.store.rows(bound)
        cells = [[_cell(value) for value in row] for row in rows]
        heads = [column.replace("_", " ") for column in columns]
        wraps = [any(len(row[n]) > 20 for row in cells) for n in range(len(columns))]
        titled = zip(heads, wraps, strict=True)
        _talk(f"{question.summary}\n")
        if cells:
            session.table([Column(head, wrap) for head, wrap in titled], cells)
        _talk(f"\n{len(cells)} {'row' if len(cells) == 1 else 'rows'}")
    else:
        _print_bytes(session.store.serialise(bound, SHORT[format_]))


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
                "params": [
                    {
                        "name": param.name,
                        "type": param.type,
                        "about": param.about,
                        "many": param.many,
                        "required": param.required,
                        "example": list(param.example),
                    }
                    for param in question.params
                ],
            }
            for question in questions
        ]
        _print_json({"items": items, "total": len(items), "next": None})
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


# ---- editing ------------------------------------------------------------------------------


@cli.command(epilog="Example: crosswalk build --check")
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit 1 if it would.")
@click.pass_obj
def build(session: Session, *, only_check: bool) -> None:
    """Compile the tables to build/, and say which files changed."""
    from graph import build as builder

    data = session.settings.data_dir
    built = builder.build(data)
    stale = builder.stale_files(data, built) if only_check else builder.write_build(data, built)
    for name in stale:
        click.echo(f"build/{name}")
    if only_check and stale:
        _talk(f"{len(stale)} files are not what the tables say; run: crosswalk build")
        raise click.exceptions.Exit(_FINDINGS)
    _talk(f"{len(stale)} files changed; release {built.release[:12]}")


@cli.command(epilog="Example: crosswalk check")
@_json
@click.pass_obj
def check(session: Session, *, as_json: bool) -> None:
    """Check tables, build, shapes and rules; print file:line: message for each finding."""
    from graph.validation import check as find_faults

    try:
        found = find_faults(session.settings.data_dir)
    except SourcesError as error:
        found = list(error.findings)
    _report(found, as_json=as_json)


def _report(found: list[Finding], *, as_json: bool) -> None:
    if as_json:
        items: list[Record] = [
            {"path": finding.path, "line": finding.line, "message": finding.message}
            for finding in found
        ]
        _print_json({"items": items, "total": len(items), "next": None})
    else:
        for finding in found:
            click.echo(str(finding))
    _talk(f"{len(found)} {'finding' if len(found) == 1 else 'findings'}")
    if found:
        raise click.exceptions.Exit(_FINDINGS)


@cli.command("format", epilog="Example: crosswalk format --check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit 1 if it would.")
@click.pass_obj
def format_(session: Session, files: tuple[Path, ...], *, only_check: bool) -> None:
    """Put tables in canonical form: FILES, or all of them. One that cannot be read stops all."""
    from graph.model import Finding
    from graph.tables import format_table, read_sources, table_paths

    data = session.settings.data_dir
    competencies = read_sources(data).competencies
    labels = {key: competency.title for key, competency in competencies.items()}
    paths = [_table(data, file) for file in files] or table_paths(data)
    changed: dict[Path, bytes] = {}
    findings: list[Finding] = []
    for path in paths:
        name = path.relative_to(data).as_posix()
        raw = path.read_bytes()
        try:
            canonical = format_table(raw.decode("utf-8"), name, labels).encode()
        except SourcesError as error:
            findings += error.findings
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            findings.append(Finding(name, line, "is not UTF-8; save the table as UTF-8"))
        else:
            if canonical != raw:
                changed[path] = canonical
    if findings:
        raise SourcesError(findings)
    for path, canonical in changed.items():
        click.echo(path.relative_to(data).as_posix())
        if not only_check:
            path.write_bytes(canonical)
    if only_check and changed:
        _talk(f"{len(changed)} tables are not in canonical form; run: crosswalk format")
        raise click.exceptions.Exit(_FINDINGS)
    _talk(f"{len(changed)} of {len(paths)} tables changed")


def _table(data: Path, file: Path) -> Path:
    """A table named from here, or from the data folder."""
    from graph.tables import kind_of, table_paths

    for path in (file, data / file):
        resolved = path.resolve()
        if resolved.is_file() and resolved.is_relative_to(data.resolve()):
            name = resolved.relative_to(data.resolve()).as_posix()
            if kind_of(name):
                return data / name
    tables = ", ".join(path.relative_to(data).as_posix() for path in table_paths(data))
    raise ParameterError("FILES", str(file), f"tables of {data}: {tables}")


@cli.command(epilog="Example: crosswalk diff ontology ontology")
@click.argument("old", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("new", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_json
def diff(old: Path, new: Path, *, as_json: bool) -> None:
    """Tell in words what changed from data folder OLD to NEW, as Markdown."""
    from graph import delta

    found = delta.diff(old, new)
    if as_json:
        _print_json(found.record())
    elif found:
        click.echo(found.markdown(), nl=False)
    _talk(found.summary())
