"""The documentation says what is so: its commands run, its tables are the generated ones."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from api.cli import cli
from api.problems import STATUS
from graph.exchange import FORMATS, Content
from graph.settings import settings_table

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
REASONING = (ROOT / "docs/reasoning.md").read_text(encoding="utf-8")
PLANS = (ROOT / "docs/course-plans.md").read_text(encoding="utf-8")
BLOCKS = re.findall(
    r"```text\n\$ crosswalk (.*)\n\n?((?:(?!```).*\n)*)```",
    README + REASONING + PLANS,
    re.MULTILINE,
)


@pytest.mark.parametrize(("command", "shown"), BLOCKS, ids=[command for command, _ in BLOCKS])
def test_commands_print_what_the_documentation_shows(command: str, shown: str) -> None:
    printed = subprocess.run(
        [Path(sys.executable).parent / "crosswalk", *shlex.split(command)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "92", "NO_COLOR": "1"},
    ).stdout
    beginning = shown.rstrip().removesuffix("…").rstrip()
    assert printed.startswith(beginning), "paste the output of the command into the page again"


def test_readme_shows_a_question_and_its_answer() -> None:
    assert BLOCKS


def test_settings_table_is_the_generated_one() -> None:
    assert settings_table() in README


@pytest.mark.parametrize("code", sorted(STATUS.keys() - {"bad-source"}))
def test_every_error_code_is_documented_with_its_status(code: str) -> None:
    assert f"| {STATUS[code].value} | `{code}` |" in README


@pytest.mark.parametrize("command", cli.list_commands(click.Context(cli)))
def test_every_command_is_documented(command: str) -> None:
    assert f"`crosswalk {command}" in README


def test_links_lead_somewhere() -> None:
    pages = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "LICENSE-CONTENT.md")]
    pages += [ROOT / folder / "README.md" for folder in ("ontology", "queries", "benchmarks")]
    pages += sorted((ROOT / "docs").glob("*.md"))
    pages += sorted((ROOT / "docs").glob("*.md"))
    for page in pages:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target} is not there"


def test_the_number_of_frameworks_in_the_readme_is_true(real_data: Path) -> None:
    """EPAS 2022 has nine competencies, the ISP profile fifteen: every pair is in the crosswalk."""
    table = (real_data / "crosswalks/epas-2022--isp-2020.sssom.tsv").read_text(encoding="utf-8")
    pairs = re.findall(r"^epas-2022:\d\t[^\n]*?\tisp-2020:\d\.\d\t", table, re.MULTILINE)
    assert len(pairs) == 135
    assert "135 pairs" in README


def test_every_format_is_told_of_with_what_it_reads() -> None:
    page = (ROOT / "docs/formats.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| `")]
    told = {name.strip(" `"): row for row in rows for name in row[1].split(",")}
    assert told.keys() == FORMATS.keys()
    for name, row in told.items():
        format_ = FORMATS[name]
        reads = format_.reads or (name == "sssom-1.1" and FORMATS["sssom"].reads)
        reads = reads or (name == "jskos-ndjson" and FORMATS["jskos"].reads)
        assert bool(row[4].strip()) == bool(reads), name
        assert ("frameworks" in row[3]) == (Content.FRAMEWORK in format_.writes), name
