"""Private wording is shown to who sits at the machine, and leaks nowhere else."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from typing import TYPE_CHECKING, Final

import pytest
from click.testing import CliRunner

from api.cli import cli
from graph.build import build
from graph.catalogue import Catalogue
from graph.errors import ParameterError, SourcesError
from graph.exchange import FORMATS, Content, Selection
from graph.exchange.guess import choose_format
from graph.private import FILE, read_wording
from graph.settings import Settings
from graph.store import open_store
from graph.validation import check
from graph.workspace import import_file
from tests.http_server import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.http_server import Server

MARK: Final = "zqx-official-wording"
PATH: Final = "/private/competencies/sw-1:1"


def write_wording(data: Path, *lines: str) -> None:
    (data / "private").mkdir(exist_ok=True)
    text = "\n".join(["competency\twording\tlicence\tsource", *lines]) + "\n"
    (data / FILE).write_text(text, encoding="utf-8")


@pytest.fixture
def data(mini_data: Path) -> Path:
    """The tiny data with official wording of one competency."""
    write_wording(mini_data, f"sw-1:1\tThe {MARK} in full.\tContract 7 of {MARK}\tPage 3, {MARK}")
    return mini_data


def unpacked(content: bytes) -> bytes:
    """What a file says; a spreadsheet or Word document is an archive."""
    if content[:4] != b"PK\x03\x04":
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


# ---- shown --------------------------------------------------------------------------------


def test_show_tells_the_wording_and_its_licence_to_who_sits_here(data: Path) -> None:
    shown = CliRunner().invoke(cli, ["--data", str(data), "show", "sw-1:1"]).stdout
    assert f"Private     The {MARK} in full." in shown
    assert f"licence: Contract 7 of {MARK}" in " ".join(shown.split())
    assert "in no export" in shown
    assert MARK not in CliRunner().invoke(cli, ["--data", str(data), "show", "sw-1:2"]).stdout


def test_a_folder_without_private_wording_shows_none(mini_data: Path) -> None:
    assert read_wording(mini_data) == {}
    assert (
        "Private"
        not in CliRunner().invoke(cli, ["--data", str(mini_data), "show", "sw-1:1"]).stdout
    )


def test_a_wrong_file_says_where_without_repeating_it(mini_data: Path) -> None:
    write_wording(
        mini_data,
        f"sw-1:1\t{MARK}\tours",
        f"sw-1:2\t{MARK}\t\tbook",
        "a:1\tx\ty\tz",
        "a:1\tx\ty\tz",
    )
    with pytest.raises(SourcesError) as caught:
        read_wording(mini_data)
    assert [str(finding) for finding in caught.value.findings] == [
        f"{FILE}:2: has 3 cells, not 4",
        f"{FILE}:3: licence must not be empty",
        f"{FILE}:5: a:1 stands twice; keep one",
    ]
    (mini_data / FILE).write_text(f"id\ttext\nsw-1:1\t{MARK}\n", encoding="utf-8")
    with pytest.raises(SourcesError, match="the first line must be competency wording licence"):
        read_wording(mini_data)


# ---- and nowhere else -----------------------------------------------------------------------


def test_no_export_has_it(data: Path) -> None:
    catalogue = Catalogue.load(open_store(data))
    written = 0
    for format_ in FORMATS.values():
        if Content.FRAMEWORK in format_.writes:
            for framework in catalogue.frameworks.values():
                content = format_.write_framework(catalogue, framework)
                assert MARK.encode() not in unpacked(content), format_.name
                written += 1
        if Content.CROSSWALK in format_.writes:
            for key, crosswalk in catalogue.crosswalks.items():
                found = Selection(catalogue, catalogue.by_crosswalk[key], crosswalk)
                assert MARK.encode() not in unpacked(format_.write(found)), format_.name
                written += 1
    assert written > len(FORMATS)


def test_no_build_store_or_finding_has_it(data: Path) -> None:
    built = build(data)
    assert all(MARK not in text for text in built.files.values())
    graph = open_store(data).serialise("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "text/turtle")
    assert MARK.encode() not in graph
    assert MARK not in "".join(map(str, check(data)))


@pytest.mark.parametrize(
    "words",
    [
        ("show", "sw-1:1", "--json"), ("show", "sw-1"), ("align", "sw-1:1", "--all"),
        ("search", "official", "wording", "needs"), ("query", "show-competency", "--param",
        "competency=sw-1:1"), ("export", "sw-1", "--json"), ("frameworks", "--json"),
        ("build",), ("check",), ("format", "--check"), ("explain", "sw-1:1", "imp-1:1.1"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_no_other_command_has_it(data: Path, words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(cli, ["--data", str(data), *words])
    assert result.exit_code == 0, result.output
    assert MARK not in result.output


def test_no_copy_has_it(data: Path, tmp_path: Path) -> None:
    """An import leaves it where it is, and a comparison of folders does not see it."""
    raw = FORMATS["csv"].write_framework(
        (catalogue := Catalogue.load(open_store(data))), catalogue.frameworks["sw-1"]
    )
    before = (data / FILE).read_bytes()
    account = import_file(raw.replace(b"Assess needs", b"Find needs"), "f.csv", data, choose_format)
    assert account.files
    assert MARK not in str(account.record())
    assert (data / FILE).read_bytes() == before
    copies = [p for p in tmp_path.rglob("*") if p.is_file() and MARK.encode() in p.read_bytes()]
    assert copies == [data / FILE]


# ---- over HTTP -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(
    _mini_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, Server]]:
    """A server that shows private wording to this machine, and one that does not."""
    folder = tmp_path_factory.mktemp("private")
    shutil.copytree(_mini_template, folder / "data")
    write_wording(folder / "data", f"sw-1:1\tThe {MARK}.\tContract 7\tPage 3")
    with (
        running(folder / "data", folder / "log-on.txt", private="true") as on,
        running(folder / "data", folder / "log-off.txt") as off,
    ):
        yield on, off


def test_the_service_shows_it_only_where_it_was_turned_on(served: tuple[Server, Server]) -> None:
    on, off = served
    answer = on.get(PATH)
    assert answer.json() == {
        "id": "sw-1:1", "wording": f"The {MARK}.", "licence": "Contract 7", "source": "Page 3",
        "private": True,
    }  # fmt: skip
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert off.get(PATH).status_code == 404
    assert off.get(PATH).json()["code"] == "unknown-path"
    assert on.get("/private/competencies/sw-1:2").status_code == 404
    assert on.get("/private/competencies/sw-9:9").status_code == 404
    assert on.request("POST", PATH).status_code in (404, 405)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("host", "crosswalk.example.org"), ("host", "127.0.0.1.example.org:80"),
        ("x-forwarded-for", "203.0.113.7"), ("forwarded", "for=203.0.113.7"), ("via", "1.1 proxy"),
        ("x-real-ip", "203.0.113.7"), ("x-forwarded-host", "example.org"),
    ],
)  # fmt: skip
def test_nothing_is_there_for_who_comes_by_another_name_or_a_proxy(
    served: tuple[Server, Server], header: str, value: str
) -> None:
    on, _ = served
    answer = on.get(PATH, headers={header: value})
    assert answer.status_code == 404
    assert MARK not in answer.text


def test_no_other_path_has_it(served: tuple[Server, Server]) -> None:
    """Every path of the API's description, in every format, of both servers."""
    values = {
        "framework": "sw-1", "curie": "sw-1:1", "from": "sw-1", "to": "imp-1", "from_": "sw-1",
        "subject": "sw-1:1", "object": "imp-1:1.1", "kind": "sw-1", "name": "1", "alignment": "x",
        "object_": "imp-1:1.1",
    }  # fmt: skip
    for server in served:
        described = server.get("/openapi.json").json()["paths"]
        paths = {
            re.sub(r"\{(\w+)(:path)?\}", lambda m: values.get(m[1], "sw-1:1"), path)
            for path, methods in described.items()
            if "get" in methods
        }
        paths |= {f"/api/v1/frameworks/sw-1?format={name}" for name in FORMATS}
        paths |= {f"/api/v1/crosswalks/sw-1/imp-1?format={name}" for name in FORMATS}
        paths |= {
            "/", "/docs", "/competencies/sw-1:1", "/competencies/sw-1:1.json",
            "/api/v1/search?q=official+wording", "/.well-known/void", "/private/wording.tsv",
            "/private/", "/static/../private/wording.tsv", "/id/sw-1/1",
            "/sparql?query=SELECT+*+%7B+%3Fs+%3Fp+%3Fo+%7D",
        }  # fmt: skip
        assert not any("private" in path for path in described)
        for path in sorted(paths):
            assert MARK.encode() not in unpacked(server.get(path).content), path
        assert MARK not in server.log.read_text(encoding="utf-8")


def test_a_service_that_listens_to_others_shows_nothing(data: Path, tmp_path: Path) -> None:
    with running(data, tmp_path / "log.txt", private="true", host="0.0.0.0") as server:
        assert server.get(PATH).status_code == 404


def test_the_setting_takes_yes_and_no_only() -> None:
    assert Settings.from_environment({"CROSSWALK_PRIVATE": "true"}).private is True
    assert Settings.from_environment({"CROSSWALK_PRIVATE": "0"}).private is False
    assert Settings.from_environment({}).private is False
    with pytest.raises(ParameterError, match="true or false"):
        Settings.from_environment({"CROSSWALK_PRIVATE": "perhaps"})
