"""The pages on claims and on the planner say what is so: their examples are read and run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from api.cli import cli
from graph.curriculum.claim_file import _STATEMENT_KEYS, read_claims
from graph.curriculum.claim_model import Unit, Verb
from graph.curriculum.goal_file import _KEYS, read_goals

if TYPE_CHECKING:
    from graph.catalogue import Catalogue

ROOT = Path(__file__).resolve().parent.parent
PAGES = {
    name: (ROOT / f"docs/{name}.md").read_text(encoding="utf-8") for name in ("claims", "planner")
}
BLOCKS = [
    (name, *match)
    for name, page in PAGES.items()
    for match in re.findall(r"```text\n\$ crosswalk (.*)\n\n((?:(?!```).*\n)*)```", page)
]


def yaml_blocks(name: str) -> list[str]:
    return re.findall(r"```yaml\n((?:(?!```).*\n)*)```", PAGES[name])


@pytest.mark.parametrize(("page", "command", "shown"), BLOCKS)
def test_commands_print_what_the_pages_show(
    monkeypatch: pytest.MonkeyPatch, page: str, command: str, shown: str
) -> None:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(cli, shlex.split(command), env={"COLUMNS": "92"})
    assert result.exit_code in (0, 1)
    beginning, _, rest = shown.rstrip().partition("\u2026\n")
    beginning = beginning.removesuffix("\u2026").rstrip()
    assert result.stdout.startswith(beginning), f"paste the output into docs/{page}.md again"
    assert rest.rstrip().removesuffix("\u2026") in result.stdout


def test_the_pages_show_commands() -> None:
    assert {page for page, _, _ in BLOCKS} == {*PAGES}


@pytest.mark.parametrize("block", yaml_blocks("claims"))
def test_claims_of_the_page_are_read(catalogue: Catalogue, block: str) -> None:
    assert read_claims(block.encode(), "docs/claims.md", catalogue)


@pytest.mark.parametrize("block", yaml_blocks("planner"))
def test_goals_of_the_page_are_read(catalogue: Catalogue, block: str) -> None:
    assert read_goals(block.encode(), "docs/planner.md", catalogue).goals


@pytest.mark.parametrize("word", [*_STATEMENT_KEYS, *Verb, *Unit, "courses", "have"])
def test_every_word_of_a_claim_is_explained(word: str) -> None:
    assert f"`{word}`" in PAGES["claims"] or f"  {word}:" in PAGES["claims"]


@pytest.mark.parametrize("key", sorted({*_KEYS} - {"title"}))
def test_every_key_of_goals_is_explained(key: str) -> None:
    assert f"{key}:" in PAGES["planner"]
