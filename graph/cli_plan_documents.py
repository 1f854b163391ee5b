"""The commands that write documents of a course plan. `graph.cli_plan` adds them to its group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from graph.cli_io import file_path, output_option, read_input, write_output
from graph.cli_plan import plan_file, read_course_plan
from graph.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from graph.cli import Session

    _Command = TypeVar("_Command", bound=Callable[..., Any])

_onto = click.option(
    "--onto",
    default="",
    metavar="FRAMEWORK",
    help="Framework of the other profession; left out, isp-2020 or a workspace's own.",
)


def _format_option(formats: str) -> Callable[[_Command], _Command]:
    return click.option(
        "--format",
        "format_",
        metavar="FORMAT",
        help=f"{formats}; left out, what the name of the output ends in, otherwise docx.",
    )


@click.command(
    epilog="Example: crosswalk plan matrix examples/msw-2015.csv --format markdown",
)
@click.argument(
    "file",
    required=False,
    type=file_path,
)
@_format_option("docx, xlsx, markdown or html")
@click.option(
    "--template",
    "template_file",
    type=file_path,
    help="YAML that renames, orders and chooses tables and columns.",
)
@click.option(
    "--print-template", is_flag=True, help="Write the usual template, to change, and stop."
)
@_onto
@output_option
@click.pass_obj
def matrix(
    session: Session,
    file: Path | None,
    format_: str | None,
    template_file: Path | None,
    output: Path,
    onto: str,
    *,
    print_template: bool,
) -> None:
    """Write the curriculum matrix, evidence, reach, gaps and assessment forms of a plan.

    FILE is a course plan as XLSX, CSV, YAML or JSON; - is standard input.
    """
    from graph.curriculum.document_template import read_template, template_text
    from graph.curriculum.documents import MATRIX_FORMATS, write_matrix

    if print_template:
        write_output(output, template_text().encode())
        return
    if file is None:
        raise click.UsageError("Missing argument 'FILE'.")
    if template_file and str(file) == str(template_file) == "-":
        raise ParameterError("--template", "-", "a file, since the plan is standard input")
    template = read_template(*read_input(template_file)) if template_file else None
    plan = read_course_plan(session, file)
    name = format_ or _format_of(output, MATRIX_FORMATS)
    content = write_matrix(plan, session.catalogue, name, template=template, onto=onto)
    write_output(output, content)


@click.command(
    epilog='Example: crosswalk plan brief examples/msw-2015.csv "SOWK 501" --format markdown',
)
@plan_file
@click.argument("courses", nargs=-1, metavar="[COURSE]...")
@click.option("--all", "every", is_flag=True, help="All courses of the plan.")
@_format_option("docx, markdown or html")
@_onto
@output_option
@click.pass_obj
def brief(
    session: Session,
    file: Path,
    courses: tuple[str, ...],
    format_: str | None,
    output: Path,
    onto: str,
    *,
    every: bool,
) -> None:
    """Write a page for the syllabus of each COURSE: which competencies it serves, and why.

    FILE is a course plan as XLSX, CSV, YAML or JSON; - is standard input.
    """
    from graph.curriculum.briefs import BRIEF_FORMATS, write_briefs

    if every == bool(courses):
        given = " ".join(courses) or None
        raise ParameterError("COURSE", given, "codes of courses, or --all and none")
    plan = read_course_plan(session, file)
    name = format_ or _format_of(output, BRIEF_FORMATS)
    write_output(output, write_briefs(plan, session.catalogue, name, courses, onto=onto))


def _format_of(output: Path, formats: Sequence[str]) -> str:
    """The format that the name of a file means; DOCX if it means none."""
    from graph.documents import RENDERERS

    endings = {RENDERERS[name].suffix: name for name in formats}
    return endings.get(output.suffix.lower(), "docx")
