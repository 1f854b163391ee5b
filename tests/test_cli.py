"""The command line: every command, its help, its example, and what it says when things go wrong."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner

from api.cli import cli, where_to_go
from graph import __version__
from graph.exchange import FORMATS, Content, formats_writing
from graph.queries import shipped_queries
from graph.settings import Settings

if TYPE_CHECKING:
    from click.testing import Result

    from graph.catalogue import Catalogue

TABLE = "crosswalks/sw-1--imp-1.sssom.tsv"
ROOT = Path(__file__).resolve().parent.parent

#: Commands whose example is not run: it would not end.
ENDLESS = {"serve"}

#: Commands whose example writes a file where it runs.
WRITING = {"site"}


def run(*words: str, data: Path | None = None, width: int = 100) -> Result:
    """One command in this process."""
    before = ["--data", str(data)] if data else []
    return CliRunner(env={"COLUMNS": str(width)}).invoke(cli, [*before, *words])


def answer(*words: str, data: Path | None = None) -> Any:
    """What a command with `--json` writes."""
    result = run(*words, "--json", data=data)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def process(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """One command in a process of its own."""
    command = [sys.executable, "-c", "from api.cli import main; main()", *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60, **options
    )


def edit(data: Path, name: str, old: str, new: str) -> None:
    text = (data / name).read_text(encoding="utf-8")
    assert old in text
    (data / name).write_text(text.replace(old, new), encoding="utf-8")


def bytes_below(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


# ---- help --------------------------------------------------------------------------------


NAMES = cli.list_commands(click.Context(cli))


def _example(name: str | None) -> str:
    result = run(*([name] if name else []), "--help", width=200)
    assert result.exit_code == 0
    (line,) = re.findall(r"Example: crosswalk (.*)", result.stdout)
    return str(line)


@pytest.mark.parametrize("name", [None, *NAMES])
def test_every_help_has_an_example(name: str | None) -> None:
    assert _example(name)


@pytest.mark.parametrize("name", [None, *sorted(set(NAMES) - ENDLESS)])
def test_every_example_runs(
    name: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path if name in WRITING else ROOT)
    result = run(*shlex.split(_example(name)))
    assert result.exit_code == 0, result.output


def test_every_command_is_here() -> None:
    assert set(NAMES) == {
        "align", "analyze", "build", "check", "diff", "explain", "export", "format", "frameworks",
        "import", "mcp", "plan", "query", "rebase", "release", "search", "serve", "show",
        "site",
    }  # fmt: skip


def test_version() -> None:
    assert run("--version").stdout == f"crosswalk, version {__version__}\n"


# ---- show ---------------------------------------------------------------------------------


def test_show_tells_what_a_competency_is(mini_data: Path) -> None:
    assert run("show", "imp-1:1.2", data=mini_data).stdout == (
        "imp-1:1.2  Addressing power\n"
        "\n"
        "What it is  Notice who decides.\n"
        "Level       competency of Implementation support (imp-1)\n"
        "Within      imp-1:D1  Working together\n"
        "Alignments  1 aligned, 1 judged and not aligned; see: crosswalk align imp-1:1.2\n"
        "Source      Someone (2020).\n"
        "            https://example.org/source\n"
        "Reading     high confidence: seen in full\n"
        "Resources   A story of power. Told well. Teller (2021).\n"
        "            https://example.org/source\n"
    )


def test_show_json_is_the_record_of_the_api(catalogue: Catalogue) -> None:
    from graph.records import competency_record, framework_record

    for key in ("isp-2020:1.3", "epas-2022:7", "isp-2020:D1", "epas-2008:2.1.1"):
        assert answer("show", key) == competency_record(catalogue, catalogue.competencies[key])
    framework = catalogue.frameworks["isp-2020"]
    assert answer("show", "isp-2020") == framework_record(catalogue, framework, tree=True)


def test_show_takes_every_kind_of_id(mini_data: Path, mini_catalogue: Catalogue) -> None:
    for key in mini_catalogue.alignments:
        assert f"Alignment {key}" in run("show", key, data=mini_data).stdout
        assert answer("show", f"alignment:{key}", data=mini_data)["id"] == key
    assert "  sw-1:1.a" in run("show", "sw-1", data=mini_data).stdout
    assert answer("show", "framework:sw-1", data=mini_data)["counts"] == {
        "competency": 2,
        "behavior": 1,
    }
    counts = answer("show", "sw-1--imp-1", data=mini_data)["counts"]
    assert (counts["aligned"], counts["not_aligned"]) == (3, 1)
    assert "3 aligned, 1 not aligned" in run("show", "sw-1--imp-1", data=mini_data).stdout


@pytest.mark.parametrize(
    ("command", "key", "hint"),
    [
        ("show", "imp-1:1.22", "imp-1:1.2"),
        ("align", "imp-1:1.22", "imp-1:1.2"),
        ("show", "imp1", "imp-1"),
        ("show", "sw-1-imp-1", "sw-1--imp-1"),
        ("export", "sw-1-imp-1", "sw-1--imp-1"),
    ],
)
def test_an_unknown_id_is_met_with_the_nearest(
    mini_data: Path, command: str, key: str, hint: str
) -> None:
    result = run(command, key, data=mini_data)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("crosswalk: there is no ")
    assert "did you mean" in result.stderr
    assert hint in result.stderr


# ---- align --------------------------------------------------------------------------------


def test_align_is_a_table_that_reads_as_sentences(mini_data: Path) -> None:
    result = run("align", "imp-1:1.1", data=mini_data)
    assert result.stdout == (
        "imp-1:1.1  Assessing needs and assets\n"
        "\n"
        "Partner                Relation    Strength  Sure  Why\n"
        "\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500"
        "\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500  "
        "\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500  "
        "\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500  \u2500\u2500\u2500\u2500  "
        + "\u2500"
        * 49
        + "\n"
        "sw-1:1 Assess needs    is close    strong    0.80  "
        'Both find out what is lacking; one says "assets",\n'
        "                                                   the other, in <1> way, not.\n"
        "\n"
        "sw-1:1.a Collect data  is broader  moderate  0.55  "
        "Collecting data is where an assessment starts,\n"
        "                                                   \u00e9tape par \u00e9tape.\n"
    )
    assert result.stderr == ""


def test_align_hides_what_does_not_align_unless_asked(mini_data: Path) -> None:
    some = run("align", "sw-1:1", data=mini_data)
    assert "Judged and not aligned: 1" in some.stderr
    assert "not aligned" not in some.stdout
    every = run("align", "sw-1:1", "--all", data=mini_data)
    assert every.stderr == ""
    assert "Weighing what is lacking" in every.stdout
    assert [
        (item["partner_id"], item["verdict"])
        for item in answer("align", "sw-1:1", "--all", data=mini_data)["items"]
    ] == [("imp-1:1.1", "aligned"), ("imp-1:1.2", "not-aligned")]


def test_align_to_one_framework() -> None:
    partners = [item["partner_id"] for item in answer("align", "epas-2022:7")["items"]]
    chosen = answer("align", "epas-2022:7", "--to", "isp-2020")["items"]
    assert [item["partner_id"] for item in chosen] == [
        partner for partner in partners if partner.startswith("isp-2020:")
    ]
    assert run("align", "epas-2022:7", "--to", "isp").exit_code == 2


def test_align_says_so_if_there_is_nothing(mini_data: Path) -> None:
    assert "Nothing aligns with it." in run("align", "imp-1:D1", data=mini_data).stdout


@pytest.mark.parametrize("width", [45, 60, 80, 132])
@pytest.mark.parametrize(
    "words",
    [("align", "epas-2022:7"), ("frameworks",), ("search", "power"), ("query",), ("export",)],
)
def test_output_keeps_to_the_width(width: int, words: tuple[str, ...]) -> None:
    result = run(*words, width=width)
    lines = result.stdout.splitlines()
    assert [line for line in lines if len(line) > width and len(line.split()) > 1] == []


# ---- search, query, frameworks ---------------------------------------------------------------


def test_search_finds_and_suggests(mini_data: Path) -> None:
    result = run("search", "power", data=mini_data)
    assert result.stdout.startswith("imp-1:1.2  Addressing power\n    Notice who decides.\n")
    nothing = run("search", "pwoer", data=mini_data)
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert nothing.stderr == "nothing found for 'pwoer'\ndid you mean: power\n"
    record = answer("search", "power", "--kind", "competency", data=mini_data)
    assert [item["id"] for item in record["items"]] == ["imp-1:1.2"]


def test_query_alone_lists_the_questions() -> None:
    assert [item["name"] for item in answer("query")["items"]] == [*shipped_queries()]
    listed = run("query", width=160).stdout
    assert all(name in listed for name in shipped_queries())


def test_query_answers_in_every_format() -> None:
    name = next(name for name, query in shipped_queries().items() if not query.params)
    assert name in run("query").stdout
    rows = answer("query", name)["items"]
    columns = list(shipped_queries()[name].columns)
    assert all(list(row) == columns for row in rows)
    result = json.loads(run("query", name, "--format", "json").stdout)
    assert len(result["results"]["bindings"]) == len(rows)
    assert run("query", name, "--format", "csv").stdout.startswith(",".join(columns))
    assert run("query", name, "--format", "tsv").stdout.startswith(f"?{columns[0]}")
    assert run("query", name, "--format", "xml").stdout.startswith("<?xml")
    table = run("query", name)
    assert table.stdout
    assert f"{len(rows)} row" in table.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("query", "find-alignmets"), "there is no query 'find-alignmets'; did you mean"),
        (
            ("query", "find-alignments", "--param", "x"),
            "--param cannot be 'x'; it takes NAME=VALUE",
        ),
        (("query", "find-alignments", "--param", "y=1"), "'y'"),
        (("query", "find-alignments", "--param", "competency=isp-2020:1.33"), "isp-2020:1.3"),
    ],
)
def test_a_wrong_question_is_explained(words: tuple[str, ...], said: str) -> None:
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("crosswalk: ")
    assert said in result.stderr


def test_frameworks_are_listed(mini_data: Path) -> None:
    assert [item["id"] for item in answer("frameworks", data=mini_data)["items"]] == [
        "imp-1",
        "sw-1",
    ]


# ---- export -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", formats_writing(Content.CROSSWALK))
def test_export_writes_what_the_registry_writes(
    mini_data: Path, mini_catalogue: Catalogue, tmp_path: Path, name: str
) -> None:
    from graph.exchange import Selection

    crosswalk = mini_catalogue.crosswalks["sw-1--imp-1"]
    found = mini_catalogue.by_crosswalk[crosswalk.id]
    expected = FORMATS[name].write(Selection(mini_catalogue, found, crosswalk))
    result = run("export", "sw-1--imp-1", "--format", name, data=mini_data)
    assert result.stdout_bytes == expected
    file = tmp_path / "out"
    written = run("export", "imp-1--sw-1", "--format", name, "--output", str(file), data=mini_data)
    assert (written.stdout, file.read_bytes()) == ("", expected)
    assert "wrote 4 alignments" in written.stderr


def test_export_alone_lists_the_crosswalks_and_frameworks(mini_data: Path) -> None:
    listed = answer("export", data=mini_data)
    assert [item["id"] for item in listed["items"]] == ["sw-1--imp-1"]
    assert [item["id"] for item in listed["frameworks"]] == ["imp-1", "sw-1"]
    shown = run("export", data=mini_data)
    assert "sw-1--imp-1" in shown.stdout
    assert "export --list" in shown.stderr


def test_export_in_an_unknown_format_lists_the_formats(mini_data: Path) -> None:
    result = run("export", "sw-1--imp-1", "--format", "docs", data=mini_data)
    assert result.exit_code == 2
    assert all(name in result.stderr for name in formats_writing(Content.CROSSWALK))


@pytest.mark.parametrize("name", formats_writing(Content.FRAMEWORK))
def test_export_writes_a_framework_as_the_registry_does(
    mini_data: Path, mini_catalogue: Catalogue, tmp_path: Path, name: str
) -> None:
    expected = FORMATS[name].write_framework(mini_catalogue, mini_catalogue.frameworks["sw-1"])
    assert run("export", "sw-1", "--format", name, data=mini_data).stdout_bytes == expected
    file = tmp_path / "out"
    written = run("export", "sw-1", "--format", name, "--output", str(file), data=mini_data)
    assert (written.stdout, file.read_bytes()) == ("", expected)
    assert "wrote 3 competencies" in written.stderr


def test_export_of_a_framework_in_a_format_for_alignments_lists_those_for_frameworks(
    mini_data: Path,
) -> None:
    result = run("export", "sw-1", "--format", "sssom", data=mini_data)
    assert result.exit_code == 2
    assert "csv" in result.stderr


def test_export_lists_every_format_and_what_it_holds(mini_data: Path) -> None:
    listed = answer("export", "--list", data=mini_data)["items"]
    assert [item["name"] for item in listed] == list(FORMATS)
    for item in listed:
        assert set(item["writes"]) == FORMATS[item["name"]].writes
        assert set(item["reads"]) == FORMATS[item["name"]].reads
    shown = run("export", "--list", data=mini_data).stdout
    assert all(name in shown for name in FORMATS)


def test_export_to_where_nothing_can_be_written(mini_data: Path) -> None:
    result = run("export", "sw-1--imp-1", "--output", "/nowhere/at/all", data=mini_data)
    assert result.exit_code != 0
    assert "/nowhere/at/all" in result.stderr
    assert "Traceback" not in result.stderr


# ---- build, check, format, diff ----------------------------------------------------------------


def test_build_changes_nothing_the_second_time(mini_data: Path) -> None:
    before = bytes_below(mini_data)
    for words in (("build",), ("build", "--check")):
        result = run(*words, data=mini_data)
        assert (result.exit_code, result.stdout) == (0, "")
    assert bytes_below(mini_data) == before


def test_build_check_changes_nothing_and_says_what_it_would(mini_data: Path) -> None:
    edit(mini_data, TABLE, "\t0.8\t", "\t0.85\t")
    before = bytes_below(mini_data)
    result = run("build", "--check", data=mini_data)
    assert result.exit_code == 1
    assert result.stdout == "build/MANIFEST.tsv\nbuild/crosswalks/sw-1--imp-1.ttl\n"
    assert bytes_below(mini_data) == before
    assert run("build", data=mini_data).stdout == result.stdout
    assert run("build", "--check", data=mini_data).exit_code == 0


@pytest.mark.parametrize("command", ["build", "check"])
def test_a_broken_table_is_named_by_line_and_nothing_is_built(
    mini_data: Path, command: str
) -> None:
    edit(mini_data, TABLE, "\t0.8\t", "\t80%\t")
    lines = (mini_data / TABLE).read_text(encoding="utf-8").splitlines()
    line = next(n for n, text in enumerate(lines, start=1) if "80%" in text)
    before = bytes_below(mini_data)
    result = run(command, data=mini_data)
    assert result.exit_code == 1
    said = f"{TABLE}:{line}: confidence '80%' does not match "
    assert (result.stdout + result.stderr).startswith(said)
    assert bytes_below(mini_data) == before


def test_check_is_clean_or_lists_findings(mini_data: Path) -> None:
    edit(mini_data, "frameworks.tsv", "Social work, first", "Social work,  first ")
    edit(mini_data, TABLE, "\t0.8\t", "\t0.85\t")
    result = run("check", data=mini_data)
    assert result.exit_code == 1
    assert any(line.startswith("build/MANIFEST.tsv:1: ") for line in result.stdout.splitlines())
    assert all(re.match(r"[^:]+:\d+: .", line) for line in result.stdout.splitlines())
    record = json.loads(run("check", "--json", data=mini_data).stdout)
    assert record["total"] == len(result.stdout.splitlines())


def test_format_brings_rows_and_line_ends_in_order(mini_data: Path) -> None:
    path = mini_data / TABLE
    canonical = path.read_bytes()
    *head, last = canonical.decode().splitlines()
    first_row = next(n for n, line in enumerate(head) if line.startswith("sw-1:1\t"))
    head.insert(first_row, last)
    shuffled = "\r\n".join(head).encode() + b"\r\n"
    path.write_bytes(shuffled)
    checked = run("format", "--check", data=mini_data)
    assert (checked.exit_code, checked.stdout) == (1, f"{TABLE}\n")
    assert path.read_bytes() == shuffled
    for name in (TABLE, str(path)):
        path.write_bytes(shuffled)
        assert run("format", name, data=mini_data).stdout == f"{TABLE}\n"
        assert path.read_bytes() == canonical
    assert run("format", "--check", data=mini_data).exit_code == 0


def test_format_refuses_what_it_would_lose(mini_data: Path) -> None:
    edit(mini_data, TABLE, "Rules are one place", "Rules are\tone place")
    (mini_data / "evidence.tsv").write_bytes(b"id\tkind\xff\n")
    before = bytes_below(mini_data)
    result = run("format", data=mini_data)
    assert result.exit_code == 1
    assert "cells, not 18" in result.stderr
    assert "evidence.tsv:1: is not UTF-8" in result.stderr
    assert bytes_below(mini_data) == before


@pytest.mark.parametrize("name", ["no-such.tsv", "vocabulary.ttl", "/etc/hostname"])
def test_format_takes_only_tables(mini_data: Path, name: str) -> None:
    result = run("format", name, data=mini_data)
    assert result.exit_code == 2
    assert TABLE in result.stderr


def test_diff_writes_markdown_or_nothing(mini_data: Path, tmp_path: Path) -> None:
    same = run("diff", str(mini_data), str(mini_data))
    assert (same.exit_code, same.stdout, same.stderr) == (0, "", "nothing changed\n")
    old = tmp_path / "old"
    subprocess.run(["cp", "-r", str(mini_data), str(old)], check=True)
    edit(mini_data, TABLE, "\t0.8\t", "\t0.85\t")
    assert "  - confidence: 0.8 \u2192 0.85\n" in run("diff", str(old), str(mini_data)).stdout
    assert answer("diff", str(old), str(mini_data))["total"] == 1
    assert run("diff", str(old), str(tmp_path / "nowhere")).exit_code == 2


# ---- the edges ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [("show", "sw-1:1"), ("align", "sw-1:1"), ("search", "x"), ("export",), ("frameworks",)],
)
def test_without_a_build_the_mend_is_named(mini_data: Path, words: tuple[str, ...]) -> None:
    (mini_data / "build" / "MANIFEST.tsv").unlink()
    result = run(*words, data=mini_data)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.rstrip().endswith("run: crosswalk build")


def test_an_unknown_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSWALK_COLOUR", "red")
    result = run("frameworks")
    assert result.exit_code == 2
    assert result.stderr.startswith("crosswalk: ")
    assert "CROSSWALK_COLOUR" in result.stderr
    assert "CROSSWALK_DATA_DIR" in result.stderr


def test_data_may_come_from_the_environment(
    mini_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CROSSWALK_DATA_DIR", str(mini_data))
    assert answer("show", "sw-1:1")["title"] == "Assess needs"


def test_a_closed_pipe_is_no_accident(mini_data: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-c", "from api.cli import main; main()"]
    for words in (["align", "sw-1:1"], ["export", "sw-1--imp-1"], ["frameworks", "--json"]):
        result = subprocess.run(
            [*command, "--data", str(mini_data), *words],
            stdout=writing, stderr=subprocess.PIPE, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert (result.returncode, result.stderr) in ((0, ""), (0, _HIDDEN))
    os.close(writing)


_HIDDEN = "\nJudged and not aligned: 1; add --all to see why.\n"


def test_a_process_writes_plain_text_and_status(mini_data: Path) -> None:
    good = process("--data", str(mini_data), "show", "imp-1:1.2")
    assert good.returncode == 0
    assert "\x1b" not in good.stdout
    bad = process("--data", str(mini_data), "show", "imp-1:9")
    assert (bad.returncode, bad.stdout) == (2, "")
    edit(mini_data, TABLE, "\t0.8\t", "\t80%\t")
    broken = process("--data", str(mini_data), "build")
    assert broken.returncode == 1
    assert broken.stderr.startswith(f"{TABLE}:")
    assert "Traceback" not in bad.stderr + broken.stderr


def test_show_imports_little(mini_data: Path) -> None:
    program = (
        "import sys\n"
        f"sys.argv = ['crosswalk', '--data', {str(mini_data)!r}, 'show', 'imp-1:1.2']\n"
        "from api.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'rdflib', 'pyshacl', 'fastapi', 'networkx', 'rich', 'pydantic', 'sqlite3'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stderr == "[]\n"


def test_serve_says_where_to_go() -> None:
    assert where_to_go(Settings(host="0.0.0.0", port=81)).splitlines()[1:] == [
        "  page       http://127.0.0.1:81/",
        "  API        http://127.0.0.1:81/docs",
        "  SPARQL     http://127.0.0.1:81/sparql",
        "  questions  http://127.0.0.1:81/api/v1/queries",
        "Stop with Ctrl+C.",
    ]
    assert "https://x.org/docs" in where_to_go(Settings(public_url="https://x.org/"))
    assert "http://[::1]:8000/" in where_to_go(Settings(host="::1"))


def test_serve_passes_its_settings_on(mini_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import api.server

    served: list[Settings] = []
    monkeypatch.setattr(api.server, "serve", served.append)
    result = run("serve", "--port", "8123", "--host", "127.0.0.2", "--data", str(mini_data))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "http://127.0.0.2:8123/sparql" in result.stderr
    (settings,) = served
    assert (settings.host, settings.port, settings.data_dir) == ("127.0.0.2", 8123, mini_data)


def test_a_terminal_gets_bold_and_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    from graph.terminal import bold, shows_colour

    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    assert shows_colour(Terminal())
    assert not shows_colour(object())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not shows_colour(Terminal())
    assert click.unstyle(bold("x", colour=True)) == bold("x", colour=False) == "x"


def test_a_picture_is_drawn_though_nobody_reads_the_table(tmp_path: Path) -> None:
    """A reader that closes the pipe at once, as `head` may, must not cost the file asked for."""
    picture = tmp_path / "agenda.svg"
    command = Path(sys.executable).parent / "crosswalk"
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        subprocess.run(
            [command, "analyze", "agenda", "epas-2022", "isp-2020", "--picture", picture],
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert picture.read_text(encoding="utf-8").startswith("<svg")
