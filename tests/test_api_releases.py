"""Releases over HTTP, and answers pinned to a release."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

import pytest

from graph.build import build, write_build
from graph.release.folder import make_release
from tests.http_server import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.release.folder import Release
    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)


@pytest.fixture(scope="module")
def two(served_data: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Release]:
    """Two releases of the real content; the second changed one reason, and is what is served."""
    folder = tmp_path_factory.mktemp("releases")
    data = folder / "data"
    shutil.copytree(served_data, data)
    first, _, _ = make_release(data, folder / "all")
    table = data / "crosswalks" / "epas-2022--isp-2020.sssom.tsv"
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace("is one ability", "is a single ability", 1), encoding="utf-8")
    write_build(data, build(data))
    second, _, _ = make_release(data, folder / "all")
    return [first, second]


@pytest.fixture(scope="module")
def later(two: list[Release], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("later") / "log.txt"
    folder = two[0].path.parent
    with running(folder.parent / "data", log, releases_dir=folder) as server:
        yield server


def test_releases_are_listed_from_the_first_to_the_last(later: Server, two: list[Release]) -> None:
    record = later.get("/releases", headers={"accept": "application/json"}).json()
    assert [item["hash"] for item in record["items"]] == [release.hash for release in two]
    assert (record["current"], record["bundled"]) == (two[1].hash, True)
    page = later.get("/releases", headers={"accept": "text/html"})
    assert two[0].hash in page.text


def test_every_file_of_a_release_is_served_as_it_was_made(
    later: Server, two: list[Release]
) -> None:
    base = f"/releases/{two[0].hash}"
    record = later.get(base, params={"format": "json"}).json()
    for file in record["files"]:
        answer = later.get(file["url"])
        assert hashlib.sha256(answer.content).hexdigest() == file["sha256"], file["path"]
        assert answer.headers["content-type"].partition(";")[0] == file["media_type"]
    sums = later.get(f"{base}/SHA256SUMS")
    assert hashlib.sha256(sums.content).hexdigest() == record["digest"]
    assert later.get(base, headers={"accept": "text/html"}).status_code == 200


@pytest.mark.parametrize("path", ["../data/prefixes.tsv", "data/private/x", "%2e%2e/secret", "x"])
def test_nothing_but_the_files_of_a_release_is_served(
    later: Server, two: list[Release], path: str
) -> None:
    assert later.get(f"/releases/{two[0].hash}/{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/competencies/epas-2022:7/alignments",
        "/api/v1/queries/find-gaps?framework=isp-2020",
        "/api/v1/crosswalks/epas-2022/isp-2020?format=csv",
        "/sparql?query=SELECT%20%3Fs%20%7B%20%3Fs%20a%20skos%3AConcept%20%7D%20ORDER%20BY%20%3Fs",
        "/competencies/epas-2022:7",
    ],
)
def test_an_answer_pinned_to_the_release_that_is_served_is_the_same_bytes(
    later: Server, two: list[Release], path: str
) -> None:
    joined = "&" if "?" in path else "?"
    plain = later.get(path)
    for pin in (two[1].hash, two[1].hash[:12]):
        assert later.get(f"{path}{joined}release={pin}").content == plain.content
    assert later.get(f"{path}{joined}release={two[1].hash}").content == plain.content


def test_a_service_without_bundles_says_how_one_is_made(server: Server) -> None:
    page = server.get("/releases", headers={"accept": "text/html"}).text
    assert "<code>crosswalk release make</code>" in page


def test_an_answer_of_another_release_is_refused_with_what_changed(
    later: Server, two: list[Release]
) -> None:
    answer = later.get(
        "/api/v1/competencies/epas-2022:7/alignments", params={"release": two[0].hash}
    )
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["code"] == "release-differs"
    assert (problem["asked"], problem["current"]) == (two[0].hash, two[1].hash)
    assert problem["changes"] == "1 alignment changed"
    assert later.get(problem["bundle"]).status_code == 200


def test_a_release_that_nobody_has_is_refused_and_a_wrong_name_explained(later: Server) -> None:
    unknown = later.get("/api/v1/frameworks", params={"release": "0" * 64})
    assert (unknown.status_code, unknown.json()["changes"]) == (409, None)
    for wrong in ("v1", "", "ABCDEF0123"):
        answer = later.get("/api/v1/frameworks", params={"release": wrong})
        assert answer.status_code == 422
        assert answer.json()["parameter"] == "release"


def test_a_service_without_releases_says_how_to_make_one(server: Server) -> None:
    record = server.get("/releases", headers={"accept": "application/json"}).json()
    assert (record["items"], record["bundled"]) == ([], False)
    page = server.get("/releases", headers={"accept": "text/html"})
    assert "crosswalk release make" in page.text
    assert server.get("/releases/" + "0" * 64).status_code == 404
