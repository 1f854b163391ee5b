"""The command that counts, ranks and draws. `graph.cli` adds it to its group."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from graph.analytics.registry import ANALYTICS, find_analytic
from graph.cli_io import json_option, print_json
from graph.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from graph.analytics.analytic import Analytic, Outcome, Parameter
    from graph.cli import Session
    from graph.records import Record

    Command = Callable[..., None]

#: Columns that people see, with their heads, by the columns that a result has. The others, which
#: are for programs, are in `--json`.
_SHOWN: Final[dict[str, dict[str, str]]] = {
    "coverage": {
        "framework": "Framework", "by": "By", "label": "Which", "reached": "Reached",
        "total": "Of", "share": "Share", "strength": "Strength", "confidence": "Confidence",
    },
    "coverage editions": {
        "edition": "Edition", "regime": "Regime", "reached": "Reached", "total": "Of",
        "strength": "Strength", "to": "To", "to_reached": "Reached", "to_total": "Of",
        "note": "Note",
    },
    "gaps": {
        "id": "Gap", "title": "Title", "kind": "Nearest", "statement": "From", "partner": "To",
        "strength": "Strength", "reason": "Why",
    },
    "core": {
        "member": "Member", "title": "Title", "reaches": "Reaches", "only_ids": "Alone",
        "in_sets": "In sets", "of_sets": "Of",
    },
    "centrality": {
        "measure": "Measure", "rank": "Rank", "rank from": "from", "rank to": "to",
        "competency": "Competency", "title": "Title", "value": "Value",
    },
    "communities": {
        "theme": "Theme", "label": "Words", "competency": "Competency", "title": "Title",
        "stability": "Together",
    },
    "paths": {
        "path": "Path", "from": "From", "relation": "Relation", "to": "To",
        "strength": "Strength", "confidence": "Sure", "reason": "Why",
    },
    "agenda": {
        "rank": "", "from": "From", "to": "To", "strength": "Strength", "confidence": "Sure",
        "value": "Value", "reason": "If it were otherwise",
    },
}  # fmt: skip

#: Cells longer than this may be broken over several lines.
_WRAPS_FROM: Final = 24

#: Most optimal sets that are listed for people.
_MOST_SETS: Final = 30


def _options(command: Command) -> Command:
    """An option for each parameter that any analytic has."""
    owners: dict[str, list[tuple[Analytic, Parameter]]] = {}
    for analytic in ANALYTICS.values():
        for parameter in analytic.parameters:
            owners.setdefault(parameter.name, []).append((analytic, parameter))
    for name, having in reversed(owners.items()):
        parameter = having[0][1]
        about = parameter.about
        if len(having) <= len(ANALYTICS) // 2:
            about = f"{', '.join(analytic.name for analytic, _ in having)}: {about}"
        flag = f"--{name.replace('_', '-')}"
        if parameter.type is bool:
            command = click.option(flag, name, is_flag=True, help=about)(command)
            continue
        metavar = {int: "NUMBER", float: "NUMBER"}.get(parameter.type, name.upper())
        if parameter.choices and len(parameter.choices) <= 4:
            metavar = "|".join(parameter.choices)
        command = click.option(flag, name, metavar=metavar, help=about)(command)
    return command


@click.command(
    "analyze",
    short_help="Coverage, gaps, core and other answers about two frameworks.",
    epilog="Example: crosswalk analyze core epas-2022 isp-2020",
)
@click.argument("name", required=False)
@click.argument("from_", metavar="[FROM]", required=False)
@click.argument("to", metavar="[TO]", required=False)
@_options
@click.option(
    "--picture",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw into this file, .svg or .png.",
)
@click.option("--draw", metavar="PICTURE", help="Which picture; see the list.")
@json_option
@click.pass_obj
def analyze(
    session: Session,
    /,
    name: str | None,
    from_: str | None,
    to: str | None,
    file: Path | None,
    draw: str | None,
    *,
    as_json: bool,
    **given: Any,
) -> None:
    """Answer a question about two frameworks by counting.

    NAME is an analytic; without it all are listed. FROM and TO are frameworks; for `paths`, two
    competencies. Counted are asserted alignments of any strength between competencies, unless
    options say otherwise.
    """  # fmt: skip
    if name is None:
        _list(session, as_json=as_json)
        return
    analytic = find_analytic(name)
    options = analytic.options(
        {
            key: "true" if value is True else value
            for key, value in given.items()
            if value is not None and value is not False
        }
    )
    _check_file(analytic, file, draw)
    outcome = _run(session, analytic, from_, to, options)
    # Drawn first: whoever reads the output may have seen enough before its end.
    if file is not None:
        _draw(outcome, file, draw)
    if as_json:
        print_json(outcome.record())
    else:
        _show(session, outcome)


def _check_file(analytic: Analytic, file: Path | None, draw: str | None) -> None:
    """Before any work: a picture that could not be written is known by its name."""
    if draw is not None:
        analytic.picture_parameter.parse(draw)
        if file is None:
            raise ParameterError("--picture", None, "a file to draw into")
    if file is not None and file.suffix.lower() not in (".svg", ".png"):
        raise ParameterError("--picture", str(file), "a file that ends in .svg or .png")


def _run(
    session: Session, analytic: Analytic, from_: str | None, to: str | None, options: Record
) -> Outcome:
    """The answer, with a bar on standard error while long work runs."""
    bar: Any = None

    def progress(done: int, total: int) -> None:
        nonlocal bar
        if bar is None:
            bar = click.progressbar(length=total, label=analytic.name, file=sys.stderr)
            bar.__enter__()
        bar.update(done - bar.pos)

    try:
        shows = sys.stderr.isatty()
        return analytic.run(
            session.catalogue, from_, to, options, progress=progress if shows else None
        )
    finally:
        if bar is not None:
            bar.__exit__(None, None, None)


def _show(session: Session, outcome: Outcome) -> None:
    from graph.terminal import Column

    session.heading(outcome.says)
    columns, rows = outcome.table()
    key = outcome.analytic
    if outcome.parameters.get("editions"):
        key = "coverage editions"
    shown = _SHOWN.get(key, {})
    if not shown or not shown.keys() <= {*columns}:
        shown = {column: column for column in columns}
    places = [[*columns].index(column) for column in shown]
    cells = [[_cell(columns[place], row[place]) for place in places] for row in rows]
    if not cells:
        return
    click.echo()
    heads = [
        Column(shown[columns[place]], wraps=_wraps(cells, number))
        for number, place in enumerate(places)
    ]
    session.table(heads, cells)
    if key == "core":
        _show_sets(session, outcome.record()["optimal_sets"])


def _show_sets(session: Session, sets: list[list[str]]) -> None:
    """Every set that is as good as the one in the table."""
    click.echo()
    for number, members in enumerate(sets[:_MOST_SETS]):
        session.labelled("" if number else "All sets", ", ".join(members))
    if len(sets) > _MOST_SETS:
        session.labelled("", f"and {len(sets) - _MOST_SETS} more: see --json")


def _wraps(cells: Sequence[Sequence[str]], column: int) -> bool:
    """Whether a column has a text that may be broken; ids may not."""
    return any(len(row[column]) > _WRAPS_FROM and " " in row[column] for row in cells)


def _cell(column: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.0%}" if column == "share" else f"{value:g}"
    return str(value)


def _draw(outcome: Outcome, file: Path, draw: str | None) -> None:
    content = outcome.picture(draw)
    if file.suffix.lower() == ".png":
        from graph.analytics.pictures import png

        data = png(content)
    else:
        data = content.encode()
    try:
        file.write_bytes(data)
    except OSError as error:
        raise click.FileError(str(file), error.strerror) from None
    click.echo(f"drew {file}", err=True)


def _list(session: Session, *, as_json: bool) -> None:
    from graph.terminal import Column

    if as_json:
        items = [analytic.record() for analytic in ANALYTICS.values()]
        print_json({"items": items, "total": len(items), "next": None})
        return
    rows = [(a.name, a.summary, ", ".join(a.pictures)) for a in ANALYTICS.values()]
    session.table((Column("Name"), Column("Summary", wraps=True), Column("Pictures", True)), rows)
    click.echo()
    for line in _hints():
        click.echo(line)


def _hints() -> Iterator[str]:
    yield "crosswalk analyze NAME FROM TO, for example: crosswalk analyze core epas-2022 isp-2020"
