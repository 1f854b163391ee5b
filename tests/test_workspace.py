"""A folder of one's own: what a file brings into it, all of it or nothing."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from api.cli import cli
from graph.catalogue import Catalogue
from graph.errors import ParameterError, SourcesError
from graph.exchange import FORMATS, Content, Selection, formats_reading
from graph.exchange.guess import choose_format
from graph.store import open_store
from graph.terms import shipped_data
from graph.validation import check
from graph.workspace import Account, import_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.exchange import Format

ROOT = Path(__file__).resolve().parent.parent
NURSING = (ROOT / "examples/nursing.csv").read_bytes()


def bytes_below(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def take(raw: bytes, folder: Path, name: str = "file.csv", **options: Any) -> Account:
    return import_file(raw, name, folder, choose_format, **options)


def refused(raw: bytes, folder: Path, name: str = "file.csv", **options: Any) -> list[str]:
    """What an import of a wrong file says; it must leave every byte as it was."""
    before = bytes_below(folder)
    with pytest.raises(SourcesError) as caught:
        take(raw, folder, name, **options)
    assert bytes_below(folder) == before
    assert not folder.exists() or before
    return [str(finding) for finding in caught.value.findings]


def table(*rows: dict[str, str]) -> bytes:
    output = io.StringIO()
    columns = list(dict.fromkeys(key for row in rows for key in row))
    writer = csv.DictWriter(output, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return output.getvalue().encode()


def exported(catalogue: Catalogue, key: str, name: str = "csv") -> bytes:
    if key in catalogue.frameworks:
        return FORMATS[name].write_framework(catalogue, catalogue.frameworks[key])
    found = catalogue.by_crosswalk[key]
    return FORMATS[name].write(Selection(catalogue, found, catalogue.crosswalks[key]))


def opened(folder: Path) -> Catalogue:
    return Catalogue.load(open_store(folder))


# ---- a new workspace ----------------------------------------------------------------------


def test_a_new_workspace_has_the_shipped_content_and_the_framework(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "nursing"
    account = take(NURSING, folder)
    assert account.created
    assert check(folder) == []
    catalogue = opened(folder)
    assert catalogue.frameworks.keys() == {
        "nursing-example", *open_store(shipped_data()).prefixes.iris.keys()
        & {"epas-2008", "epas-2015", "epas-2022", "gis", "isp-2018", "isp-2020", "tci-2024"},
    }  # fmt: skip
    assert [c.id for c in catalogue.by_framework["nursing-example"]] == [
        f"nursing-example:{code}" for code in ("1", "1.1", "1.2", "2", "2.1", "2.2")
    ]
    assert catalogue.competencies["nursing-example:1.1"].parent == "nursing-example:1"
    assert not list(tmp_path.rglob("*.py"))
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["nursing"]


def test_a_bare_workspace_has_only_what_came(tmp_path: Path) -> None:
    folder = tmp_path / "nursing"
    take(NURSING, folder, bare=True)
    assert check(folder) == []
    assert opened(folder).frameworks.keys() == {"nursing-example"}
    assert opened(folder).alignments == {}


def test_a_dry_run_says_what_would_come_and_writes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "nursing"
    account = take(NURSING, folder, bare=True, dry_run=True)
    assert not folder.exists()
    assert list(tmp_path.iterdir()) == []
    assert "6 competencies added" in account.summary
    assert "dry run" in account.summary


def test_what_ships_is_not_imported_into(tmp_path: Path) -> None:
    before = bytes_below(shipped_data())
    for folder in (shipped_data(), shipped_data() / "frameworks", shipped_data() / "new"):
        with pytest.raises(ParameterError, match="--into"):
            take(NURSING, folder)
    link = tmp_path / "link"
    link.symlink_to(shipped_data())
    with pytest.raises(ParameterError, match="--into"):
        take(NURSING, link)
    assert bytes_below(shipped_data()) == before


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear all", encoding="utf-8")
    with pytest.raises(ParameterError, match="has no prefixes"):
        take(NURSING, tmp_path)


def test_bare_is_for_new_workspaces(mini_data: Path) -> None:
    with pytest.raises(ParameterError, match="--bare"):
        take(NURSING, mini_data, bare=True)


# ---- once more ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["csv", "tsv", "xlsx"])
@pytest.mark.parametrize("key", ["sw-1", "sw-1--imp-1"])
def test_an_export_comes_back_without_a_change(
    mini_data: Path, mini_catalogue: Catalogue, key: str, name: str
) -> None:
    before = bytes_below(mini_data)
    take(exported(mini_catalogue, key, name), mini_data, f"file.{name}")  # takes shapes over
    after = bytes_below(mini_data)
    assert {p for p in before if before[p] != after[p]} == set()
    account = take(exported(mini_catalogue, key, name), mini_data, f"file.{name}")
    assert account.files == ()
    assert not account.changes
    assert bytes_below(mini_data) == after


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_everything_that_ships_comes_back_without_a_change(
    catalogue: Catalogue, real_data: Path, name: str, tmp_path: Path
) -> None:
    """Also into a workspace that begins with nothing: what goes in is what ships."""
    folder = tmp_path / "copy"
    for key in ("isp-2018", "isp-2020", "epas-2022", "epas-2022--isp-2020"):
        options = {"bare": True} if key == "isp-2018" else {}
        raw = exported(catalogue, key, name)
        if key == "epas-2022":
            raw = exported(replace_revision(catalogue), key, name)
        take(raw, folder, f"{key}.{name}", **options)
    for table_name in ("frameworks/isp-2020.tsv", "frameworks/epas-2022.tsv"):
        assert (folder / table_name).read_bytes() == (real_data / table_name).read_bytes()
    one, other = (
        path.read_text(encoding="utf-8").split("\nsubject_id\t")[1]
        for path in (
            folder / "crosswalks/epas-2022--isp-2020.sssom.tsv",
            real_data / "crosswalks/epas-2022--isp-2020.sssom.tsv",
        )
    )
    assert one == other


def replace_revision(catalogue: Catalogue) -> Catalogue:
    """The content as if EPAS 2022 revised nothing: its elder is not in a bare workspace."""
    framework = replace(catalogue.frameworks["epas-2022"], revision_of=None)
    return replace(catalogue, frameworks={**catalogue.frameworks, "epas-2022": framework})


def test_an_updated_file_updates_its_rows_and_says_which(mini_data: Path) -> None:
    take(NURSING, mini_data)
    account = take(NURSING.replace(b"Share decisions", b"Decide together"), mini_data)
    assert "nursing-example:1.2" in account.changes.markdown()
    assert account.files == ("frameworks/nursing-example.tsv",)
    assert opened(mini_data).competencies["nursing-example:1.2"].title == "Decide together"


def test_a_changed_title_is_carried_into_the_labels_of_alignments(
    mini_data: Path, mini_catalogue: Catalogue
) -> None:
    raw = exported(mini_catalogue, "sw-1").replace(b"Assess needs", b"Find out needs")
    account = take(raw, mini_data)
    assert "crosswalks/sw-1--imp-1.sssom.tsv" in account.files
    assert check(mini_data) == []


def test_a_statement_that_alignments_name_cannot_go(
    mini_data: Path, mini_catalogue: Catalogue
) -> None:
    rows = exported(mini_catalogue, "imp-1").splitlines(keepends=True)
    findings = refused(b"".join(row for row in rows if b"imp-1:1.2" not in row), mini_data)
    assert any("'imp-1:1.2' is in no line of frameworks/imp-1.tsv" in f for f in findings)


def test_a_new_edition_does_not_slip_under_judgments_of_the_old_one(
    mini_data: Path, mini_catalogue: Catalogue
) -> None:
    rows = [*csv.DictReader(io.StringIO(exported(mini_catalogue, "sw-1").decode()))]
    rows[0]["framework_version"] = "2"
    unfit, finding = refused(table(*rows), mini_data)
    assert "does not fit the workspace, which stays as it was" in unfit
    assert "metadata subject_source_version is '1', not '2'" in finding


# ---- alignments that contradict -----------------------------------------------------------------


@pytest.fixture
def row(mini_catalogue: Catalogue) -> Callable[..., bytes]:
    """The first alignment as a file of one row, with some cells changed."""

    def make(**cells: str) -> bytes:
        raw = exported(mini_catalogue, "sw-1--imp-1").decode()
        (first, *_) = csv.DictReader(io.StringIO(raw))
        return table({**first, **cells})

    return make


def test_another_relation_for_a_judged_pair_is_a_finding(
    mini_data: Path, row: Callable[..., bytes]
) -> None:
    (finding,) = refused(row(id="", relation="broad"), mini_data)
    assert "sw-1:1 and imp-1:1.1 are close matches" in finding
    assert "broad matches here; keep one of the two" in finding


def test_another_author_does_not_overwrite_a_judgment(
    mini_data: Path, row: Callable[..., bytes]
) -> None:
    (finding,) = refused(row(author="agent:somebody", rationale="Mine is better."), mini_data)
    assert "were judged by agent:project already" in finding


def test_an_author_may_mend_a_judgment(mini_data: Path, row: Callable[..., bytes]) -> None:
    account = take(row(rationale="Both ask what is there before asking what is not."), mini_data)
    assert account.files == ("crosswalks/sw-1--imp-1.sssom.tsv",)
    assert len(opened(mini_data).alignments) == 4


def test_what_somebody_else_judged_stands_beside_ours(
    mini_data: Path, row: Callable[..., bytes]
) -> None:
    theirs = {
        "id": "", "subject_id": "sw-1:2", "object_id": "imp-1:1.2", "status": "imported",
        "author": "", "date": "", "strength": "", "direction": "", "aims": "", "evidence": "",
        "evidence_supports": "", "justification": "semapv:LexicalMatching", "subject_code": "",
        "subject_label": "", "subject_iri": "", "object_code": "", "object_label": "",
        "object_iri": "",
    }  # fmt: skip
    take(row(**theirs, relation="close"), mini_data)
    assert len(opened(mini_data).alignments) == 5
    account = take(row(**theirs, relation="related"), mini_data)
    assert account.files == ()
    assert "was judged so here already" in str(account.notes[0])
    found = {a.status: a for a in opened(mini_data).alignments_of("sw-1:2")}["imported"]
    assert (found.author, found.date, found.strength) == ("", "", None)
    assert found.justification == "semapv:LexicalMatching"


def test_a_crosswalk_that_stands_the_other_way_round_is_turned(
    mini_data: Path, mini_catalogue: Catalogue, row: Callable[..., bytes]
) -> None:
    key = "sw-1:1.a", "imp-1:1.1"
    narrow = next(
        a for a in mini_catalogue.alignments.values() if (a.subject_id, a.object_id) == key
    )
    raw = row(
        id="", subject_id=key[1], subject_code="", subject_label="", subject_iri="",
        object_id=key[0], object_code="", object_label="", object_iri="", relation="broad",
        rationale=narrow.rationale, strength="moderate", confidence="0.55", direction="", aims="",
        evidence="", evidence_supports="",
    )  # fmt: skip
    account = take(raw, mini_data)
    assert account.files == ()
    assert "turned round" in str(account.notes[0])


def test_new_evidence_gets_a_line_of_its_own(mini_data: Path, row: Callable[..., bytes]) -> None:
    url = "https://example.org/another"
    account = take(row(evidence=url, evidence_supports="that needs differ"), mini_data)
    assert "evidence.tsv" in account.files
    assert url in (mini_data / "evidence.tsv").read_text(encoding="utf-8")
    assert check(mini_data) == []


# ---- files that are wrong ------------------------------------------------------------------


def test_names_that_are_taken_are_refused(mini_data: Path) -> None:
    taken = NURSING.replace(b"nursing-example", b"alignment")
    assert "is the name of a prefix here; add --as" in refused(taken, mini_data)[0]
    rows = [*csv.DictReader(io.StringIO(NURSING.decode()))]
    iri = "https://w3id.org/competency-crosswalk/id/sw-1/"
    rows[0]["framework_iris"] = iri
    assert "has the IRIs of 'sw-1'" in refused(table(*rows), mini_data)[0]


def test_another_name_makes_it_another_framework(mini_data: Path) -> None:
    take(NURSING, mini_data, framework_id="nursing-2")
    catalogue = opened(mini_data)
    assert catalogue.competencies["nursing-2:1.1"].parent == "nursing-2:1"
    assert "nursing-example" not in catalogue.frameworks


def test_a_kind_of_statement_that_is_new_joins_the_list_of_levels(mini_data: Path) -> None:
    take(NURSING.replace(b",competency,", b",Learning outcome,"), mini_data)
    levels = {c.id: c for c in opened(mini_data).concepts if c.scheme == "level"}
    assert levels["learning-outcome"].label == "Learning outcome"
    assert opened(mini_data).competencies["nursing-example:1.1"].level == "learning-outcome"
    assert check(mini_data) == []


def test_a_workspace_that_is_not_in_order_is_mended_first(mini_data: Path) -> None:
    path = mini_data / "frameworks/sw-1.tsv"
    path.write_text(path.read_text(encoding="utf-8").replace("\tbehavior\t", "\tdeed\t"))
    findings = refused(NURSING, mini_data)
    assert findings[-1].startswith("frameworks/sw-1.tsv:3: level 'deed' is none of")


# ---- crashes ------------------------------------------------------------------------------


class Crash(BaseException):
    """The machine stops here."""


def test_a_crash_at_any_step_leaves_the_old_state_or_one_that_is_finished_later(
    mini_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every rename in turn is the one that does not happen any more."""
    from graph.tables import read_sources

    really, states = Path.rename, []
    start = {k.removeprefix(str(mini_data)): v for k, v in bytes_below(mini_data).items()}

    def rename(self: Path, target: Path) -> Path:
        states.append(shutil.copytree(mini_data, tmp_path / f"step-{len(states)}"))
        return really(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename)
        take(NURSING, mini_data)
    expected = {k.removeprefix(str(mini_data)): v for k, v in bytes_below(mini_data).items()}
    assert start != expected
    assert len(states) > 4
    for step, folder in enumerate([*states, mini_data]):
        assert read_sources(folder).findings == []
        again = take(NURSING, folder)
        now = {k.removeprefix(str(folder)): v for k, v in bytes_below(folder).items()}
        assert now == expected
        assert (again.files == ()) == (step > 0)


def test_an_interrupted_import_does_not_overwrite_what_was_edited_since(
    mini_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if target.name == "frameworks.tsv":
            raise Crash
        return really(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename)
        with pytest.raises(Crash):
            take(NURSING, mini_data)
    edited = mini_data / "frameworks.tsv"
    edited.write_text(edited.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    (finding,) = refused(NURSING, mini_data)
    assert finding.startswith("frameworks.tsv:1: was changed after an import was interrupted")


def test_what_is_edited_after_an_import_is_not_taken_for_a_leftover_of_it(
    mini_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if the machine stopped while the last traces of the import were swept up."""
    really = shutil.rmtree

    def rmtree(path: Path, **options: bool) -> None:
        if Path(path) == mini_data / ".import" and not options:
            raise Crash
        really(path, **options)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", rmtree)
        with pytest.raises(Crash):
            take(NURSING, mini_data)
    edited = mini_data / "frameworks/nursing-example.tsv"
    text = edited.read_text(encoding="utf-8")
    edited.write_text(text.replace("Share decisions", "Decide together"), encoding="utf-8")
    account = take(NURSING, mini_data)
    assert account.files == ("frameworks/nursing-example.tsv",)


def test_a_folder_that_is_filled_meanwhile_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new"

    def choose(raw: bytes, name: str) -> Format:
        folder.mkdir()
        (folder / "letter.txt").write_text("Dear all", encoding="utf-8")
        return choose_format(raw, name)

    with pytest.raises(ParameterError, match=r"--into.*still new or empty"):
        import_file(NURSING, "nursing.csv", folder, choose, bare=True)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_two_imports_at_once_do_not_mix(mini_data: Path) -> None:
    import fcntl
    import os

    handle = os.open(mini_data, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(ParameterError, match="nobody else imports"):
        take(NURSING, mini_data)
    os.close(handle)


# ---- the command ---------------------------------------------------------------------------


def test_the_command_says_what_it_did(mini_data: Path) -> None:
    words = ["import", str(ROOT / "examples/nursing.csv"), "--into", str(mini_data)]
    dry = CliRunner().invoke(cli, [*words, "--dry-run"])
    assert dry.exit_code == 0, dry.output
    assert "`nursing-example` Nursing outcomes of an invented college" in dry.stdout
    assert "6 competencies added" in dry.stderr
    record = json.loads(CliRunner().invoke(cli, [*words, "--json"]).stdout)
    assert (record["format"], record["created"], record["dry_run"]) == ("csv", False, False)
    assert "frameworks/nursing-example.tsv" in record["files"]


def test_the_command_lists_the_findings_and_exits_with_1(mini_data: Path, tmp_path: Path) -> None:
    file = tmp_path / "wrong.csv"
    file.write_bytes(NURSING.replace(b",title,", b",titel,"))
    result = CliRunner().invoke(cli, ["import", str(file), "--into", str(mini_data)])
    assert result.exit_code == 1
    assert "wrong.csv:1: unknown columns 'titel'" in result.stderr
    assert "wrong.csv:1: missing columns 'title'" in result.stderr


def test_a_format_that_cannot_be_read_is_answered_with_those_that_can(mini_data: Path) -> None:
    words = ["import", str(ROOT / "examples/nursing.csv"), "--into", str(mini_data)]
    result = CliRunner().invoke(cli, [*words, "--format", "markdown"])
    assert result.exit_code == 2
    assert "csv, tsv" in result.stderr


@pytest.mark.parametrize("name", formats_reading())
def test_the_format_of_an_export_is_told_by_its_content_alone(
    mini_catalogue: Catalogue, name: str
) -> None:
    """Under a name that tells nothing, of a framework and of a crosswalk, whichever it holds."""
    format_ = FORMATS[name]
    for key in ("sw-1", "sw-1--imp-1"):
        content = Content.FRAMEWORK if key == "sw-1" else Content.CROSSWALK
        if content in format_.reads & format_.writes:
            raw = exported(mini_catalogue, key, name)
            assert choose_format(raw, "download").name == name
            assert choose_format(raw, f"file{format_.suffix}").name == name


def test_a_file_of_no_known_format_is_answered_with_those_there_are(mini_data: Path) -> None:
    (finding,) = refused(b"Dear all", mini_data, "letter.txt")
    assert "is of no known format; say which with --format: csv, tsv" in finding


# ---- the documentation ---------------------------------------------------------------------


def test_every_command_of_the_page_about_workspaces_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "docs/workspaces.md").read_text(encoding="utf-8")
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^\$ crosswalk (.+)$", page, re.MULTILINE)
    assert len(commands) > 8
    for command in commands:
        result = CliRunner().invoke(cli, shlex.split(command))
        assert result.exit_code == 0, f"{command}: {result.output}"
    assert check(tmp_path / "nursing") == []
