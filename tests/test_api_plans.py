"""Course plans over HTTP: sent in any kind of file, analyzed, and forgotten."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from api import schemas
from api.uploads import XLSX, file_name, methods_of
from graph.curriculum.analysis import analyze
from graph.curriculum.briefs import write_briefs
from graph.curriculum.documents import MATRIX_FORMATS, write_matrix
from graph.curriculum.reading import read_plan
from graph.curriculum.writing import FORMS, write_plan
from graph.documents import RENDERERS
from graph.terms import shipped_data
from tests.test_api import problem

if TYPE_CHECKING:
    from pathlib import Path

    import httpx2

    from graph.catalogue import Catalogue
    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

ANALYSIS: Final = "/api/v1/course-plans/analysis"
TEMPLATE: Final = "/api/v1/course-plans/template"
EXAMPLE: Final = shipped_data().parent / "examples/msw-2022.yaml"


def send(server: Server, raw: bytes, kind: str, query: str = "", **headers: str) -> httpx2.Response:
    return server.request(
        "POST", ANALYSIS + query, content=raw, headers={"content-type": kind, **headers}
    )


@pytest.mark.parametrize("form", [form for form in FORMS if form != "matrix"])
def test_a_plan_of_any_kind_has_the_same_analysis(
    server: Server, catalogue: Catalogue, form: str
) -> None:
    plan = read_plan(EXAMPLE.read_bytes(), "plan.yaml", catalogue)
    response = send(server, write_plan(plan, form, catalogue), FORMS[form][1])
    assert response.status_code == 200, response.text
    schemas.PlanAnalysisOut.model_validate_json(response.content, strict=True)
    expected = analyze(plan, catalogue).record()
    found = response.json()
    for key in ("coverage", "gaps", "losses", "proposals", "reach"):
        assert _without_lines(found[key]) == _without_lines(json.loads(json.dumps(expected[key])))


def _without_lines(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_lines(one) for key, one in value.items() if key != "lines"}
    return [_without_lines(one) for one in value] if isinstance(value, list) else value


def test_a_name_tells_what_the_media_type_does_not(server: Server) -> None:
    raw = EXAMPLE.read_bytes()
    assert send(server, raw, "application/octet-stream", "?name=plan.yaml").status_code == 200
    found = problem(send(server, raw, "application/octet-stream"), "unsupported-media-type")
    assert "name=FILE" in found["detail"]


def test_filters_and_courses_narrow_what_counts(server: Server) -> None:
    raw = EXAMPLE.read_bytes()
    query = "?min_strength=strong&course=SW%20610&course=SW%20620"
    found = send(server, raw, "application/yaml", query).json()
    assert found["counted_courses"] == ["SW 610", "SW 620"]
    assert found["filters"]["min_strength"] == "strong"
    assert found["reach"]["reached"] < 21
    unknown = send(server, raw, "application/yaml", "?course=SW%20999")
    assert problem(unknown, "not-found")["kind"] == "course"
    assert problem(send(server, raw, "application/yaml", "?onto=isp-2021"), "not-found")
    assert problem(send(server, raw, "application/yaml", "?min_depth=deep"), "bad-parameter")
    assert problem(send(server, raw, "application/yaml", "?colour=red"), "bad-parameter")


def test_a_plan_to_2015_comes_with_what_to_review(server: Server) -> None:
    raw = (EXAMPLE.parent / "msw-2015.csv").read_bytes()
    found = send(server, raw, "text/csv").json()
    assert found["carried"]["from"] == "epas-2015"
    assert found["carried"]["review"]


def test_markdown_is_for_who_accepts_it(server: Server) -> None:
    response = send(server, EXAMPLE.read_bytes(), "application/yaml", accept="text/markdown")
    assert response.headers["content-type"] == "text/markdown; charset=utf-8"
    assert response.text.startswith("# Master of Social Work of a fictional university")
    refused = send(server, EXAMPLE.read_bytes(), "application/yaml", accept="image/png")
    problem(refused, "not-acceptable")


def test_every_fault_of_a_plan_is_listed_with_its_place(server: Server) -> None:
    raw = b"course,competency,depth\nA 1,epas-2022:77,I\nA 1,epas-2022:1,X\n"
    found = problem(send(server, raw, "text/csv"), "bad-plan")
    assert found["total"] == 2
    assert [(one["path"], one["line"]) for one in found["findings"]] == [
        ("plan.csv", 2),
        ("plan.csv", 3),
    ]
    assert "did you mean epas-2022:7" in found["findings"][0]["message"]


def test_of_very_many_faults_a_thousand_are_listed(server: Server) -> None:
    rows = "".join(f"A 1,epas-2022:{n},I\n" for n in range(100, 1300))
    found = problem(
        send(server, f"course,competency,depth\n{rows}".encode(), "text/csv"), "bad-plan"
    )
    assert found["total"] == 1200
    assert len(found["findings"]) == 1000


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"not a zip", XLSX),
        (b"PK\x03\x04 no zip either", XLSX),
        (b"{", "application/json"),
        (b'{"courses": 3}', "application/json"),
        (b"[[[", "application/yaml"),
        (b"a: &x 1\nb: *x\n", "application/yaml"),
        (b"\xff\xfe", "text/csv"),
        (b"", "text/csv"),
        (b"", "application/yaml"),
        (b"\x00", "application/json"),
    ],
)
def test_what_is_no_plan_is_refused_and_never_an_internal_error(
    server: Server, raw: bytes, kind: str
) -> None:
    assert problem(send(server, raw, kind), "bad-plan")["findings"]


@pytest.mark.parametrize("kind", ["text/html", "text/csv; charset=latin-1", "application/xml"])
def test_another_media_type_is_415_and_says_what_is_read(server: Server, kind: str) -> None:
    response = send(server, b"x", kind)
    problem(response, "unsupported-media-type")


def test_a_body_that_is_too_large_is_413(server: Server) -> None:
    found = problem(send(server, b"x" * (4 * 1024 * 1024 + 1), "text/csv"), "too-large")
    assert found["limit"] == "upload_mib"


def test_scripts_of_any_origin_may_post_and_a_get_is_405(server: Server) -> None:
    preflight = server.request(
        "OPTIONS", ANALYSIS, headers={"origin": "https://example.org",
                                      "access-control-request-method": "POST"},
    )  # fmt: skip
    assert preflight.headers["access-control-allow-methods"] == "POST, OPTIONS"
    assert preflight.headers["access-control-allow-origin"] == "*"
    response = server.get(ANALYSIS)
    problem(response, "method-not-allowed")
    assert response.headers["allow"] == "POST, OPTIONS"
    assert methods_of(TEMPLATE) == "GET, HEAD, OPTIONS"


def test_nothing_of_a_plan_is_kept_or_logged(server: Server) -> None:
    secret = "Seminar-that-nobody-may-know"
    raw = f"course,competency,depth,content\n{secret},epas-2022:1,I,{secret}\n".encode()
    response = send(server, raw, "text/csv")
    assert secret in response.text
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers
    assert secret not in server.log.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", FORMS)
def test_a_template_downloads_under_its_name(server: Server, form: str) -> None:
    response = server.get(f"{TEMPLATE}?form={form}&edition=epas-2015")
    assert response.status_code == 200
    name = f"course-plan-epas-2015{FORMS[form][0]}"
    assert response.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert problem(server.get(f"{TEMPLATE}?form=pdf"), "bad-parameter")
    assert problem(server.get(f"{TEMPLATE}?edition=epas-2023"), "not-found")


def test_the_documented_bodies_are_answered(server: Server) -> None:
    operation = server.get("/openapi.json").json()["paths"][ANALYSIS]["post"]
    content = operation["requestBody"]["content"]
    for kind, described in content.items():
        if "example" in described:
            example = described["example"]
            text = example if isinstance(example, str) else json.dumps(example)
            assert send(server, text.encode(), kind).status_code == 200, kind
    assert XLSX in content


def test_a_name_loses_its_folders(tmp_path: Path) -> None:
    assert file_name("text/csv", r"C:\secret\plan.csv") == "plan.csv"
    assert file_name("", f"{tmp_path}/plan.xlsx") == "plan.xlsx"


# ---- documents ----------------------------------------------------------------------------


def _ask(server: Server, what: str, query: str = "", **headers: str) -> httpx2.Response:
    headers = {"content-type": "application/yaml", **headers}
    path = f"/api/v1/course-plans/{what}{query}"
    return server.request("POST", path, content=EXAMPLE.read_bytes(), headers=headers)


@pytest.mark.parametrize("format_", MATRIX_FORMATS)
def test_a_plan_comes_back_as_the_documents_that_accreditors_ask_for(
    server: Server, catalogue: Catalogue, format_: str
) -> None:
    plan = read_plan(EXAMPLE.read_bytes(), "plan.yaml", catalogue)
    expected = write_matrix(plan, catalogue, format_)
    response = _ask(server, "matrix", f"?format={format_}")
    assert response.status_code == 200, response.text
    assert response.content == expected
    kind = RENDERERS[format_]
    assert response.headers["content-type"].partition(";")[0] == kind.media_type
    disposition = f'attachment; filename="curriculum-matrix{kind.suffix}"'
    assert response.headers["content-disposition"] == disposition
    assert _ask(server, "matrix", accept=kind.media_type).content == expected


def test_a_matrix_is_a_word_file_for_who_takes_anything(server: Server) -> None:
    response = _ask(server, "matrix", accept="*/*")
    assert response.headers["content-type"] == RENDERERS["docx"].media_type


def test_briefs_are_of_the_courses_that_were_asked_for(
    server: Server, catalogue: Catalogue
) -> None:
    plan = read_plan(EXAMPLE.read_bytes(), "plan.yaml", catalogue)
    response = _ask(server, "briefs", "?format=markdown&course=SW%20610&course=SW%20501")
    assert response.content == write_briefs(plan, catalogue, "markdown", ["SW 610", "SW 501"])
    every = _ask(server, "briefs", "?format=html")
    assert every.content == write_briefs(plan, catalogue, "html")
    assert problem(_ask(server, "briefs", "?course=SW%20999"), "not-found")["kind"] == "course"


@pytest.mark.parametrize("what", ["matrix", "briefs"])
def test_documents_refuse_what_they_cannot_be(server: Server, what: str) -> None:
    available = problem(_ask(server, what, "?format=pdf"), "not-acceptable")["available"]
    assert available[0] == "docx"
    problem(_ask(server, what, accept="image/png"), "not-acceptable")
    problem(_ask(server, what, "?colour=red"), "bad-parameter")
    problem(_ask(server, what, "?onto=isp-2021"), "not-found")
