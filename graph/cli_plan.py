"""The group of commands about course plans. `graph.cli` adds it to its own group.

Commands with a module of their own stand in `_ELSEWHERE`; each is imported when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from graph.cli_io import (
    LazyGroup,
    file_path,
    json_option,
    output_option,
    print_json,
    read_input,
    refuse_same_file,
    write_output,
)
from graph.curriculum.report import SECTIONS

if TYPE_CHECKING:
    from pathlib import Path

    from graph.cli import Session
    from graph.curriculum.analysis import Analysis
    from graph.curriculum.model import CoursePlan

#: Module and name of each command that stands elsewhere.
_ELSEWHERE: Final[dict[str, tuple[str, str]]] = {
    "brief": ("graph.cli_plan_documents", "brief"),
    "check": ("graph.cli_claims", "check"),
    "matrix": ("graph.cli_plan_documents", "matrix"),
    "solve": ("graph.cli_planner", "solve"),
}

#: FILE of every command about a plan.
plan_file: Final = click.argument("file", type=file_path)


def read_course_plan(session: Session, file: Path) -> CoursePlan:
    """The course plan of a file, or of standard input for `-`.

    Raises
    ------
    SourcesError
        With every fault of it.
    """
    from graph.curriculum.reading import read_plan

    raw, name = read_input(file)
    return read_plan(raw, name, session.catalogue)


@click.group(
    cls=LazyGroup, elsewhere=_ELSEWHERE, epilog="Example: crosswalk plan show examples/msw-2015.csv"
)
def plan() -> None:
    """Read, analyze and document the course plan of a programme.

    FILE is a course plan as XLSX, CSV (long or matrix), YAML or JSON; - is standard input.
    """


@plan.command(epilog="Example: crosswalk plan show examples/msw-2015.csv")
@plan_file
@json_option
@click.pass_obj
def show(session: Session, file: Path, *, as_json: bool) -> None:
    """Check a plan and show what was read: its courses and how much each serves."""
    from graph.curriculum.writing import plan_record
    from graph.terminal import Column

    found = read_course_plan(session, file)
    if as_json:
        print_json(plan_record(found))
        return
    session.heading(f"{found.programme or found.name}  ({found.level}, {found.edition})")
    click.echo()
    rows = []
    for course in found.courses:
        own = [entry for entry in found.entries if entry.course == course.code]
        rows.append(
            (
                course.code,
                course.title,
                course.level.value,
                "required" if course.required else "elective",
                course.setting.value,
                str(len({entry.competency for entry in own})),
                str(len(own)),
            )
        )
    columns = (
        Column("Course"), Column("Title", wraps=True), Column("Level"), Column("Kind"),
        Column("Setting"), Column("Serves"), Column("Entries"),
    )  # fmt: skip
    session.table(columns, rows)


@plan.command(
    epilog="Example: crosswalk plan analyze examples/msw-2022.yaml --min-strength moderate"
)
@plan_file
@click.option(
    "--onto",
    default="",
    metavar="FRAMEWORK",
    help="Framework that the plan may reach; left out, isp-2020 or a workspace's own.",
)
@click.option(
    "--min-strength",
    type=click.Choice(["strong", "moderate", "weak"]),
    help="Least strength of a route's weakest link.",
)
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="Least confidence of every link.",
)
@click.option(
    "--min-depth",
    type=click.Choice(["introduces", "practises", "demonstrates"]),
    default="introduces",
    show_default=True,
    help="Least that a course must do.",
)
@click.option(
    "--course", "courses", multiple=True, metavar="CODE", help="Only this course; may be repeated."
)
@click.option(
    "--only",
    type=click.Choice(SECTIONS),
    help="One part of the report.",
)
@click.option("--markdown", "as_markdown", is_flag=True, help="As Markdown, for a document.")
@json_option
@click.pass_obj
def analyze(
    session: Session,
    file: Path,
    onto: str,
    min_strength: str | None,
    min_confidence: float,
    min_depth: str,
    courses: tuple[str, ...],
    only: str | None,
    *,
    as_markdown: bool,
    as_json: bool,
) -> None:
    """Say what a plan covers, what it reaches of another framework and why, and what is missing."""
    from graph.curriculum.analysis import analyze as analyzed
    from graph.curriculum.model import Depth
    from graph.curriculum.reach import Filters
    from graph.curriculum.report import markdown
    from graph.model import Strength

    strength = Strength(min_strength) if min_strength else None
    found = analyzed(
        read_course_plan(session, file),
        session.catalogue,
        onto,
        filters=Filters(strength, min_confidence, Depth(min_depth)),
        courses=courses or None,
    )
    if as_json:
        print_json(found.record())
    elif as_markdown:
        click.echo(markdown(found, only), nl=False)
    else:
        _show_sections(session, found, only)


def _show_sections(session: Session, analysis: Analysis, only: str | None) -> None:
    from graph.curriculum.report import sections
    from graph.terminal import Column, paragraph

    for place, section in enumerate(sections(analysis, only)):
        if place:
            click.echo()
        session.heading(section.title)
        for line in section.lines:
            click.echo(paragraph(line, session.width))
        if section.rows:
            click.echo()
            session.table([Column(*column) for column in section.columns], section.rows)


_form = click.option(
    "--form",
    type=click.Choice(["xlsx", "csv", "matrix", "yaml", "json"]),
    required=True,
    help="csv is one row an entry, matrix one column a course.",
)


@plan.command(epilog="Example: crosswalk plan template --form matrix --edition epas-2022")
@_form
@click.option(
    "--edition",
    default="",
    metavar="FRAMEWORK",
    help="Edition that the plan is made to; left out, epas-2022 or a workspace's own.",
)
@click.option(
    "--onto",
    default="",
    metavar="FRAMEWORK",
    help="Framework that it lists besides; left out, isp-2020 or a workspace's own.",
)
@output_option
@click.pass_obj
def template(session: Session, form: str, edition: str, onto: str, output: Path) -> None:
    """Write a plan to fill in, with the real competencies."""
    from graph.curriculum.template import write_template

    write_output(output, write_template(session.catalogue, form, edition, onto))


@plan.command(epilog="Example: crosswalk plan convert examples/msw-2015.csv --form yaml")
@plan_file
@_form
@output_option
@click.pass_obj
def convert(session: Session, file: Path, form: str, output: Path) -> None:
    """Write a plan in another form; what it says stays the same."""
    from graph.curriculum.writing import write_plan

    found = read_course_plan(session, file)
    write_output(output, write_plan(found, form, session.catalogue))


@plan.command(
    epilog="Example: crosswalk plan carry examples/msw-2015.csv --onto epas-2022 --form csv"
)
@plan_file
@click.option("--onto", required=True, metavar="FRAMEWORK", help="Edition to arrive at.")
@_form
@output_option
@click.pass_obj
def carry(session: Session, file: Path, onto: str, form: str, output: Path) -> None:
    """Put a plan of any form onto another edition; the list to review goes to standard error."""
    from graph.curriculum.carrying import carry as carried_to
    from graph.curriculum.writing import write_plan

    refuse_same_file("--output", output, file)
    found = carried_to(read_course_plan(session, file), session.catalogue, onto)
    write_output(output, write_plan(found.plan, form, session.catalogue))
    click.echo(found.account.markdown(), err=True, nl=False)
