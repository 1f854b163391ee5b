"""The commands about course plans, each with an example that runs."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from graph.build import build, write_build
from graph.cli import cli
from graph.cli_plan import plan
from graph.terms import shipped_data

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

COMMANDS = plan.list_commands(click.Context(plan))


def run(*arguments: str, data: bytes | None = None, data_dir: Path | None = None) -> Result:
    before = ["--data", str(data_dir)] if data_dir else []
    return CliRunner().invoke(cli, [*before, "plan", *arguments], input=data)


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


def test_an_analysis_is_a_record_a_text_or_one_part_of_it() -> None:
    record = json.loads(run("analyze", "--json", "examples/msw-2022.xlsx").stdout)
    assert record["plan"]["courses"] == 20
    assert record["reach"]["total"] == 21
    text = run("analyze", "--markdown", "examples/msw-2022.xlsx").stdout
    assert text.startswith("# Master of Social Work of a fictional university")
    assert "| epas-2022:6.a | Theory-guided engagement | missing |" in text
    gaps = run("analyze", "--only", "gaps", "examples/msw-2022.xlsx").stdout
    assert gaps.startswith("Gaps\n")
    assert "Coverage of" not in gaps


def test_an_analysis_of_some_courses_with_filters() -> None:
    arguments = ("--course", "SW 610", "--min-depth", "demonstrates", "--json")
    record = json.loads(run("analyze", *arguments, "examples/msw-2022.yaml").stdout)
    assert record["counted_courses"] == ["SW 610"]
    reached = {
        one["id"]
        for group in record["reach"]["groups"]
        for one in group["targets"]
        if one["reached"]
    }
    assert "isp-2020:2.3" in reached  # which it demonstrates
    assert "isp-2020:1.5" not in reached  # which it practises
    wrong = run("analyze", "--course", "SW 61", "examples/msw-2022.yaml")
    assert wrong.exit_code == 2
    assert "did you mean SW 651 or SW 610" in wrong.stderr


def test_a_plan_is_carried_with_its_list_to_review() -> None:
    result = run("carry", "examples/msw-2015.csv", "--onto", "epas-2022", "--form", "yaml")
    assert "edition: epas-2022" in result.stdout
    assert "epas-2015" not in result.stdout
    assert "## Needs review" in result.stderr


def test_carrying_a_plan_never_writes_over_the_one_that_it_carries(tmp_path: Path) -> None:
    path, link = tmp_path / "plan.csv", tmp_path / "link.csv"
    raw = (shipped_data().parent / "examples/msw-2015.csv").read_bytes()
    path.write_bytes(raw)
    link.hardlink_to(path)
    for output in (path, link):
        words = ("--onto", "epas-2022", "--form", "csv", "--output", str(output))
        result = run("carry", str(path), *words)
        assert result.exit_code == 2
        assert "another file than" in result.stderr
        assert path.read_bytes() == raw


def test_a_template_that_is_written_to_a_file_is_a_workbook(tmp_path: Path) -> None:
    target = tmp_path / "plan.xlsx"
    assert run("template", "--form", "xlsx", "--output", str(target)).exit_code == 0
    assert target.read_bytes()[:4] == b"PK\x03\x04"
    shown = run("show", str(target))
    assert "no course serves any competency; fill in the map" in shown.stderr


# ---- documents ----------------------------------------------------------------------------


def test_a_matrix_has_the_format_that_its_name_ends_in(tmp_path: Path) -> None:
    for ending, start in ((".docx", b"PK"), (".xlsx", b"PK"), (".md", b"# "), (".html", b"<!")):
        file = tmp_path / f"matrix{ending}"
        result = run("matrix", "examples/msw-2015.csv", "--output", str(file))
        assert (result.exit_code, result.stdout) == (0, "")
        assert file.read_bytes().startswith(start)
    again = run("matrix", "examples/msw-2015.csv", "--format", "markdown")
    assert again.stdout_bytes == (tmp_path / "matrix.md").read_bytes()


def test_a_printed_template_is_one_to_begin_with(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    result = run("matrix", "--print-template", "--output", str(template))
    assert result.exit_code == 0
    arguments = ("matrix", "examples/msw-2015.csv", "--format", "markdown")
    usual = run(*arguments).stdout
    assert run(*arguments, "--template", str(template)).stdout == usual
    template.write_text("title: Volume 1\n")
    assert run(*arguments, "--template", str(template)).stdout.startswith("# Volume 1")


def test_a_faulty_template_writes_nothing(tmp_path: Path) -> None:
    template, file = tmp_path / "template.yaml", tmp_path / "matrix.docx"
    template.write_text("titel: Volume 1\n")
    result = run(
        "matrix", "examples/msw-2015.csv", "--template", str(template), "--output", str(file)
    )
    assert result.exit_code == 1
    assert "template.yaml:1: the template: there is no 'titel'" in result.stderr
    assert not file.exists()


def test_briefs_are_of_named_courses_or_of_all(tmp_path: Path) -> None:
    file = "examples/msw-2015.csv"
    one = run("brief", file, "SOWK 510", "--format", "markdown")
    assert "## SOWK 510" in one.stdout
    assert "## SOWK 501" not in one.stdout
    every = tmp_path / "briefs.html"
    assert run("brief", file, "--all", "--output", str(every)).exit_code == 0
    assert every.read_text().count("<h2") == 7
    for arguments in ((), ("SOWK 510", "--all")):
        result = run("brief", file, *arguments)
        assert result.exit_code == 2
        assert "COURSE" in result.stderr
    assert "did you mean" in run("brief", file, "SOWK 511").stderr


@pytest.mark.parametrize("command", ["matrix", "brief"])
def test_an_unknown_format_of_a_document_lists_those_there_are(command: str) -> None:
    arguments = ("--all",) if command == "brief" else ()
    result = run(command, "examples/msw-2015.csv", *arguments, "--format", "pdf")
    assert result.exit_code == 2
    assert "available: docx" in result.stderr


def test_a_matrix_of_nothing_is_refused() -> None:
    assert run("matrix").exit_code == 2
    result = run("matrix", "-", "--template", "-", data=b"")
    assert "since the plan is standard input" in result.stderr


@pytest.mark.parametrize(
    "command",
    [("analyze",), ("matrix", "--format", "markdown"), ("brief", "--all", "--format", "markdown")],
)
def test_in_a_workspace_of_other_frameworks_a_plan_reaches_what_its_crosswalk_joins(
    mini_data: Path, command: tuple[str, ...]
) -> None:
    raw = b"course,competency,depth\nA 1,sw-1:1,P\n"
    result = run(command[0], "-", *command[1:], data=raw, data_dir=mini_data)
    assert result.exit_code == 0, result.output
    assert "imp-1:" in result.stdout or "IMP 1" in result.stdout


def test_a_template_of_such_a_workspace_lists_its_frameworks(mini_data: Path) -> None:
    rows = run("template", "--form", "csv", data_dir=mini_data).stdout
    assert "sw-1:1,Assess needs" in rows
    assert "imp-1:" in rows


def test_without_a_crosswalk_a_plan_says_what_is_missing(mini_data: Path) -> None:
    for file in (mini_data / "crosswalks").iterdir():
        file.unlink()
    write_build(mini_data, build(mini_data))
    result = run(
        "analyze", "-", data=b"course,competency,depth\nA 1,sw-1:1,P\n", data_dir=mini_data
    )
    assert result.exit_code == 2
    assert "there is no crosswalk here" in result.stderr
    assert "`crosswalk import` brings one" in result.stderr
