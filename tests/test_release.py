"""Releases: made twice they are the same, touched they are found out, and nothing private is in."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import rdflib
from click.testing import CliRunner

from graph.build import build, write_build
from graph.cli import cli
from graph.errors import NotFoundError, StoreError
from graph.exchange import Content, formats_writing
from graph.release.folder import find_release, make_release, releases, verify

if TYPE_CHECKING:
    from graph.release.folder import Release

pytest_plugins = ("tests.http_server",)


@pytest.fixture
def data(mini_data: Path) -> Path:
    """The tiny data, built."""
    return mini_data


@pytest.fixture(scope="module")
def _made(_mini_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    return make_release(_mini_template, tmp_path_factory.mktemp("made") / "releases")[0]


@pytest.fixture
def release(_made: Release, tmp_path: Path) -> Release:
    """A release of the tiny data, in a folder of the test's own."""
    shutil.copytree(_made.path.parent, tmp_path / "releases")
    return find_release(tmp_path / "releases", _made.hash)


def _bytes(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _changed(data: Path, old: str, new: str) -> None:
    """The data with one reason changed, built."""
    (table,) = (data / "crosswalks").glob("*.sssom.tsv")
    table.write_text(table.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    write_build(data, build(data))


# ---- making --------------------------------------------------------------------------------


def test_a_release_made_twice_is_the_same_byte_for_byte(data: Path, tmp_path: Path) -> None:
    one, _, _ = make_release(data, tmp_path / "one")
    other, _, _ = make_release(data, tmp_path / "other")
    assert one.hash == other.hash
    assert _bytes(one.path) == _bytes(other.path)
    assert one.digest() == other.digest()


def test_the_real_content_releases_in_every_format_and_is_as_it_was_made(
    served: Release,
) -> None:
    files = _bytes(served.path)
    for content, folder in ((Content.FRAMEWORK, "frameworks"), (Content.CROSSWALK, "crosswalks")):
        stem = "epas-2022" if folder == "frameworks" else "epas-2022--isp-2020"
        found = [name for name in files if name.startswith(f"{folder}/{stem}.")]
        assert len(found) == len(formats_writing(content))
    assert served.record["left_out"] == {}
    assert verify(served.path) == []


@pytest.fixture(scope="module")
def served(served_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release of the real content."""
    return make_release(served_data, tmp_path_factory.mktemp("real") / "releases")[0]


def test_the_release_hash_is_the_checksum_of_the_dataset(release: Release) -> None:
    """Whoever has `sha256sum` can check what an answer's release stands for."""
    dataset = (release.path / "dataset.nq").read_bytes()
    assert hashlib.sha256(dataset).hexdigest() == release.hash
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"],
        cwd=release.path, check=False, capture_output=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, b"")


def test_a_release_can_be_answered_from(release: Release) -> None:
    result = CliRunner().invoke(cli, ["--data", str(release.data), "show", "sw-1:1", "--json"])
    assert json.loads(result.stdout)["title"] == "Assess needs"


def test_nothing_private_is_in_a_release(data: Path, tmp_path: Path) -> None:
    (data / "private").mkdir()
    marker = "OFFICIAL-WORDING-UNDER-LICENCE"
    columns = "competency\twording\tlicence\tsource\n"
    (data / "private" / "wording.tsv").write_text(f"{columns}sw-1:1\t{marker}\tours\tx\n")
    made, _, _ = make_release(data, tmp_path / "releases")
    assert not any(marker.encode() in content for content in _bytes(made.path).values())
    assert not (made.data / "private").exists()


def test_a_build_that_is_behind_its_tables_is_not_released(data: Path, tmp_path: Path) -> None:
    (table,) = (data / "crosswalks").glob("*.sssom.tsv")
    text = table.read_text(encoding="utf-8").replace("Rules are", "Rules were")
    table.write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match="crosswalk build"):
        make_release(data, tmp_path / "releases")
    assert not (tmp_path / "releases").exists()


def test_the_description_names_every_format_with_its_checksum(release: Release) -> None:
    graph = rdflib.Graph().parse(release.path / "dataset.ttl", format="turtle")
    question = """
        PREFIX dcat: <http://www.w3.org/ns/dcat#>
        PREFIX dcterms: <http://purl.org/dc/terms/>
        PREFIX spdx: <http://spdx.org/rdf/terms#>
        SELECT ?path ?value ?size WHERE {
          ?release a dcat:Dataset ; dcat:distribution ?file .
          ?file dcterms:title ?path ; dcat:byteSize ?size ; dcat:mediaType ?type ;
            spdx:checksum [ spdx:checksumValue ?value ] .
        }"""
    told = {str(row.path): (str(row.value).lower(), int(row.size)) for row in graph.query(question)}
    assert "dataset.nq" in told
    for path, (digest, size) in told.items():
        content = (release.path / path).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (digest, size)
    written = [f["path"] for f in release.record["files"]]
    assert {p for p in written if p.startswith(("frameworks/", "crosswalks/"))} <= told.keys()
    assert not any(isinstance(node, rdflib.BNode) for node in graph.all_nodes())


# ---- one after the other -------------------------------------------------------------------


def test_the_next_release_says_what_changed_since_the_last(
    data: Path, release: Release, tmp_path: Path
) -> None:
    _changed(data, "Rules are one place", "Rules are the place")
    later, _, new = make_release(data, tmp_path / "releases")
    assert new
    assert later.record["previous"] == release.hash
    changes = (later.path / "CHANGES.md").read_text(encoding="utf-8")
    assert "1 alignment changed" in changes
    assert "Rules are the place" in changes
    assert [*releases(tmp_path / "releases")] == [release.hash, later.hash]
    assert verify(later.path) == []


def test_making_the_same_release_again_changes_nothing(
    data: Path, release: Release, tmp_path: Path
) -> None:
    before = {p: p.stat().st_mtime_ns for p in release.path.rglob("*")}
    again, _, new = make_release(data, tmp_path / "releases")
    assert (again.hash, new) == (release.hash, False)
    assert {p: p.stat().st_mtime_ns for p in release.path.rglob("*")} == before


def test_a_release_is_never_written_over(data: Path, release: Release, tmp_path: Path) -> None:
    touched = release.path / "README.md"
    touched.chmod(0o644)
    touched.write_text("mine now", encoding="utf-8")
    with pytest.raises(StoreError, match=r"README\.md"):
        make_release(data, tmp_path / "releases")
    assert touched.read_text(encoding="utf-8") == "mine now"


def test_a_release_is_found_by_the_beginning_of_its_hash(release: Release) -> None:
    folder = release.path.parent
    assert find_release(folder, release.hash[:8]).hash == release.hash
    for name in (release.hash[:7], "0" * 64, ""):
        with pytest.raises(NotFoundError):
            find_release(folder, name)


# ---- tampering -----------------------------------------------------------------------------


def _mend_sums(path: Path) -> None:
    """What a careful forger does: checksums that match again."""
    record = json.loads((path / "release.json").read_text(encoding="utf-8"))
    for file in record["files"]:
        content = (path / file["path"]).read_bytes()
        file |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (path / "release.json").chmod(0o644)
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    (path / "release.json").write_text(text, encoding="utf-8")
    sums = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(_bytes(path).items())
        if name != "SHA256SUMS"
    )
    (path / "SHA256SUMS").chmod(0o644)
    (path / "SHA256SUMS").write_text(sums, encoding="utf-8")


@pytest.mark.parametrize("name", ["crosswalks/sw-1--imp-1.csv", "dataset.nq", "CITATION.cff"])
def test_a_changed_byte_is_found(release: Release, name: str) -> None:
    file = release.path / name
    file.chmod(0o644)
    file.write_bytes(file.read_bytes().replace(b"0", b"1", 1))
    found = verify(release.path)
    assert {finding.path for finding in found} == {name}
    assert any("its bytes were changed" in finding.message for finding in found)


@pytest.mark.parametrize("name", ["crosswalks/sw-1--imp-1.csv", "dataset.nq", "data/evidence.tsv"])
def test_a_change_is_found_though_its_checksums_were_mended(release: Release, name: str) -> None:
    file = release.path / name
    file.chmod(0o644)
    file.write_bytes(file.read_bytes().replace(b"2", b"3", 1))
    _mend_sums(release.path)
    assert subprocess.run(
        ["sha256sum", "--check", "--status", "SHA256SUMS"], cwd=release.path, check=False
    ).returncode == 0  # fmt: skip
    assert verify(release.path)


def test_missing_and_added_files_are_found(release: Release) -> None:
    (release.path / "CHANGES.md").unlink()
    (release.path / "extra.txt").write_text("hello", encoding="utf-8")
    said = {finding.message for finding in verify(release.path)}
    assert said == {"CHANGES.md is missing", "is not in SHA256SUMS; it was added"}


def test_a_release_under_another_name_is_found(release: Release) -> None:
    other = release.path.with_name("0" * 64)
    shutil.copytree(release.path, other)
    assert any("the folder another" in f.message for f in verify(other, again=False))


def test_what_is_no_release_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is no release"):
        verify(tmp_path)


# ---- the commands --------------------------------------------------------------------------


def test_the_commands_make_list_and_verify(data: Path, tmp_path: Path) -> None:
    folder = str(tmp_path / "made")
    made = CliRunner().invoke(cli, ["--data", str(data), "release", "make", "--into", folder])
    path = made.stdout.strip()
    assert made.exit_code == 0
    assert Path(path).is_dir()
    listed = CliRunner().invoke(cli, ["release", "list", "--from", folder, "--json"])
    (item,) = json.loads(listed.stdout)["items"]
    assert path.endswith(item["release"])
    assert f"sha256:{item['digest']}" in made.stderr
    assert CliRunner().invoke(cli, ["release", "verify", path]).exit_code == 0
    (Path(path) / "more.txt").write_text("x", encoding="utf-8")
    assert CliRunner().invoke(cli, ["release", "verify", path]).exit_code == 1
    assert CliRunner().invoke(cli, ["release", "verify", str(tmp_path)]).exit_code == 2
