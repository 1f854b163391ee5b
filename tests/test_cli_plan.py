"""The commands about course plans, each with an example that runs."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from graph.cli import cli
from graph.cli_plan import plan
from graph.terms import shipped_data

if TYPE_CHECKING:
    from click.testing import Result

COMMANDS = plan.list_commands(click.Context(plan))


def run(*arguments: str, data: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, ["plan", *arguments], input=data)


@pytest.fixture(autouse=True)
def _beside_the_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shipped_data().parent)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_has_an_example_that_runs(name: str) -> None:
    command = plan.get_command(click.Context(plan), name)
    assert command is not None
    assert command.help
    example = (command.epilog or "").removeprefix("Example: crosswalk plan ")
    assert example.startswith(name)
    result = run(*shlex.split(example))
    assert result.exit_code in (0, 1), result.output
    assert result.stdout


def test_show_says_what_was_read() -> None:
    result = run("show", "examples/msw-2015.csv")
    assert "SOWK 510" in result.stdout
    record = json.loads(run("show", "--json", "examples/msw-2015.csv").stdout)
    assert record["edition"] == "epas-2015"


def test_a_plan_may_come_from_standard_input_and_faults_go_to_standard_error() -> None:
    result = run("show", "-", data=b"course,competency,depth\nA 1,epas-2022:77,I\n")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("standard input:2: column competency: there is no 'epas-20")


def test_a_file_that_is_not_there_is_one_line() -> None:
    result = run("show", "nowhere.xlsx")
    assert result.exit_code == 1
    assert "nowhere.xlsx" in result.stderr
