"""The command that tests claims about a course plan. `graph.cli_plan` adds it to its group."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from graph.cli_io import (
    FINDINGS,
    could_not_run,
    file_path,
    json_option,
    print_json,
    read_input,
    write_output,
)
from graph.cli_plan import plan_file, read_course_plan
from graph.errors import ParameterError

if TYPE_CHECKING:
    from graph.cli import Session
    from graph.curriculum.verdicts import Report, Result

#: Rows printed for one statement, and statements for one claim.
_ROWS, _STATEMENTS = 4, 8


@click.command(
    epilog="Example: crosswalk plan check examples/msw-2022.yaml --claims "
    "examples/claims-msw-2022.yaml"
)
@plan_file
@click.option(
    "--claims",
    "claims_file",
    required=True,
    type=file_path,
    help="Claims as YAML; docs/claims.md says how to write them.",
)
@click.option("--strict", is_flag=True, help="Treat a claim that is unproven as one that fails.")
@click.option(
    "--junit",
    "junit_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write JUnit XML here as well, for continuous integration.",
)
@click.option("--all", "show_all", is_flag=True, help="Show the rows of claims that hold as well.")
@json_option
@click.pass_obj
def check(
    session: Session,
    file: Path,
    claims_file: Path,
    junit_file: Path | None,
    *,
    strict: bool,
    show_all: bool,
    as_json: bool,
) -> None:
    """Test claims about a course plan: each holds, fails, or is unproven.

    Unproven means that the plan does not say enough. Exit status 0: nothing fails; 1: a claim
    fails, or is unproven with --strict; 2: could not run.
    """
    from graph.curriculum.claim_file import read_claims
    from graph.curriculum.claims import check_claims
    from graph.curriculum.junit import junit

    if str(file) == str(claims_file) == "-":
        raise ParameterError("--claims", "-", "another file than FILE")
    with could_not_run():
        raw, name = read_input(claims_file)
        claims = read_claims(raw, name, session.catalogue)
        plan = read_course_plan(session, file)
    report = check_claims(plan, claims, session.catalogue, name)
    if junit_file is not None:
        with could_not_run():
            write_output(junit_file, junit(report, strict=strict))
    if as_json:
        print_json(report.record())
    else:
        _print(session, report, show_all=show_all)
    click.echo(report.summary, err=True)
    if not report.passes(strict=strict):
        sys.exit(FINDINGS)


def _print(session: Session, report: Report, *, show_all: bool) -> None:
    from graph.curriculum.verdicts import Verdict
    from graph.terminal import labelled

    for result in report.results:
        click.echo(
            labelled(result.verdict, f"{result.claim.title} [{result.claim.id}]", session.width)
        )
        if result.verdict is not Verdict.HOLDS or show_all:
            _print_result(session, result)


def _print_result(session: Session, result: Result) -> None:
    from graph.terminal import paragraph

    def line(text: str, indent: int) -> None:
        click.echo(paragraph(text, session.width, indent=indent))

    line(f"Tested: {result.claim.sentence}", 12)
    shown = result.shown
    for judged in shown[:_STATEMENTS]:
        named = f"{judged.statement} {judged.title}: " if judged.statement else ""
        line(f"{named}{judged.why}.", 12)
        for row in judged.rows[:_ROWS]:
            line(f"{row.counts}: {row.text}", 14)
        _print_rest(len(judged.rows) - _ROWS, "row", 14)
    _print_rest(len(shown) - _STATEMENTS, "statement", 12)


def _print_rest(count: int, noun: str, indent: int) -> None:
    if count > 0:
        nouns = noun if count == 1 else f"{noun}s"
        click.echo(f"{'':{indent}}and {count} more {nouns}; --json has all")
