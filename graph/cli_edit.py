"""The commands for who edits the tables: build, check, format and diff."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from graph.cli_io import FINDINGS, json_option, print_findings, print_json, talk
from graph.errors import ParameterError, SourcesError

if TYPE_CHECKING:
    from graph.cli import Session
    from graph.model import Finding


@click.command(epilog="Example: crosswalk build --check")
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
        talk(f"{len(stale)} files are not what the tables say; run: crosswalk build")
        raise click.exceptions.Exit(FINDINGS)
    talk(f"{len(stale)} files changed; release {built.release[:12]}")


@click.command(epilog="Example: crosswalk check")
@json_option
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
    print_findings(found, as_json=as_json)
    talk(f"{len(found)} {'finding' if len(found) == 1 else 'findings'}")
    if found:
        raise click.exceptions.Exit(FINDINGS)


@click.command("format", epilog="Example: crosswalk format --check")
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
        talk(f"{len(changed)} tables are not in canonical form; run: crosswalk format")
        raise click.exceptions.Exit(FINDINGS)
    talk(f"{len(changed)} of {len(paths)} tables changed")


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


@click.command(epilog="Example: crosswalk diff ontology ontology")
@click.argument("old", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("new", type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
def diff(old: Path, new: Path, *, as_json: bool) -> None:
    """Tell in words what changed from data folder OLD to NEW, as Markdown."""
    from graph import delta

    found = delta.diff(old, new)
    if as_json:
        print_json(found.record())
    elif found:
        click.echo(found.markdown(), nl=False)
    talk(found.summary())
