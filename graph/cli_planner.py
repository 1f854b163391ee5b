"""The command that looks for the smallest plan. `graph.cli_plan` adds it to its group."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from graph.cli_io import FINDINGS, could_not_run, file_path, json_option, print_json, read_input
from graph.cli_plan import plan_file, read_course_plan
from graph.errors import ParameterError

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from graph.cli import Session
    from graph.curriculum.proposals import Member, Planned, Proposal


@click.command(
    epilog="Example: crosswalk plan solve examples/modules.yaml --goals examples/goals.yaml"
)
@plan_file
@click.option(
    "--goals",
    "goals_file",
    required=True,
    type=file_path,
    help="Goals as YAML; docs/planner.md says how to write them.",
)
@click.option(
    "--alternatives", default=3, show_default=True, help="How many next best plans to list."
)
@click.option("--seconds", type=float, help="Longest to search; by default as the settings say.")
@json_option
@click.pass_obj
def solve(
    session: Session,
    file: Path,
    goals_file: Path,
    alternatives: int,
    seconds: float | None,
    *,
    as_json: bool,
) -> None:
    """Find the smallest choice of courses or modules that reaches stated goals.

    The courses of FILE are the candidates. Exit status 0: a plan reaches every goal and is proven
    the smallest; 1: goals that cannot be reached, no plan, or time ran out before the proof; 2:
    could not run.
    """
    from graph.curriculum.goal_file import read_goals
    from graph.curriculum.planner import plan_courses

    if str(file) == str(goals_file) == "-":
        raise ParameterError("--goals", "-", "another file than FILE")
    with could_not_run():
        raw, name = read_input(goals_file)
        goals = read_goals(raw, name, session.catalogue)
        plan = read_course_plan(session, file)
        found = plan_courses(
            plan,
            goals,
            session.catalogue,
            alternatives=alternatives,
            seconds=session.settings.planner_seconds if seconds is None else seconds,
        )
    if as_json:
        print_json(found.record())
    else:
        _print(session, found)
    if not (found.reaches_all and found.proven):
        sys.exit(FINDINGS)


def _print(session: Session, found: Planned) -> None:
    from graph.terminal import Column, paragraph

    def line(text: str, indent: int = 0) -> None:
        click.echo(paragraph(text, session.width, indent=indent))

    session.heading(_headline(found))
    if found.members:
        click.echo()
        columns = (
            Column("Course"),
            Column("Title", wraps=True),
            Column("Hours"),
            Column("Why it is in", wraps=True),
            Column("Without it"),
        )
        session.table(columns, [_row(found, member) for member in found.members])
    if found.plans[1:]:
        click.echo()
        session.heading("Next best")
        for proposal in found.plans[1:]:
            line(f"{_total(found, proposal)}: {_difference(found.plans[0], proposal)}", 2)
    if found.proven and not found.complete:
        click.echo()
        line("Time ran out before all alternatives, and the first among equals, were found.")
    for text in _obstacles(found):
        click.echo()
        line(text)


def _headline(found: Planned) -> str:
    unit = found.goals.objective
    if not found.plans:
        if found.proven:
            return f"None of {found.candidates} candidates together keep all the rules."
        return "Time ran out before a plan was found; allow more seconds."
    best = found.plans[0]
    text = f"{len(best.courses)} of {found.candidates} candidates: {_total(found, best)}"
    if found.proven:
        return f"{text}; no plan has fewer {unit}."
    gap = f"{100 * (found.gap or 0):.1f} %"
    return f"{text}; time ran out: a plan of {_number(found.bound)} {unit} may exist (gap {gap})."


def _row(found: Planned, member: Member) -> tuple[str, ...]:
    unit = found.goals.objective
    if not member.known:
        without = "not known"
    elif member.instead is None or member.dearer is None:
        without = "no plan"
    else:
        without = f"+{_number(member.dearer)} {unit}"
    hours = "" if member.course.hours is None else f"{member.course.hours:g}"
    return member.course.code, member.course.title, hours, _why(member), without


def _why(member: Member) -> str:
    from graph.curriculum.proposals import Why

    parts = []
    if member.sole_for:
        parts.append(f"no other way to {', '.join(member.sole_for)}")
    rest = [key for key in member.only_for if key not in member.sole_for]
    if rest:
        parts.append(f"only for {', '.join(rest)}")
    for reason in member.reasons:
        if reason.why is Why.REQUIRED:
            parts.append("required")
        elif reason.why is Why.PREREQUISITE:
            parts.append(f"needed before {reason.statement}")
    return "; ".join(parts)


def _total(found: Planned, proposal: Proposal) -> str:
    amount = proposal.amount(found.goals.objective)
    assert amount is not None  # the planner adds up what it minimises
    return f"{_number(amount)} {found.goals.objective}"


def _difference(best: Proposal, other: Proposal) -> str:
    more = [code for code in other.courses if code not in best.courses]
    less = [code for code in best.courses if code not in other.courses]
    return f"{', '.join(more) or 'nothing'} instead of {', '.join(less) or 'nothing'}"


def _obstacles(found: Planned) -> list[str]:
    texts = []
    for one in found.unreached:
        facet = f" with {one.facet}" if one.facet else ""
        have = f"{one.possible} of {one.needed}" if one.possible else "none"
        texts.append(
            f"Goal {one.goal} cannot be reached for {one.statement} {one.title}{facet}: "
            f"{have} of the candidates count. Closest: {'; '.join(one.closest)}."
        )
    if found.conflict:
        texts.append(f"Cannot be kept together: {'; '.join(found.conflict)}.")
    if found.without_budget:
        codes = ", ".join(found.without_budget.courses)
        texts.append(f"Without the budget: {_total(found, found.without_budget)} with {codes}.")
    return texts


def _number(value: Fraction) -> str:
    from graph.curriculum.claim_model import number

    return number(value)
