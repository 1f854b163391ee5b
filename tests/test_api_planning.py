"""Claims and the planner over HTTP: the same answers as the command line, and plain refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from defusedxml import ElementTree

from api import schemas
from graph.bounded import parse_yaml
from graph.curriculum.claim_file import read_claims
from graph.curriculum.claims import check_claims
from graph.curriculum.goal_file import read_goals
from graph.curriculum.planner import plan_courses
from graph.curriculum.reading import read_plan
from tests.test_api import problem

if TYPE_CHECKING:
    import httpx2

    from graph.catalogue import Catalogue
    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

CLAIMS: Final = "/api/v1/course-plans/claims"
SOLUTION: Final = "/api/v1/course-plans/solution"
EXAMPLES: Final = Path(__file__).resolve().parent.parent / "examples"


def example(name: str) -> Any:
    return parse_yaml((EXAMPLES / name).read_bytes(), name)


def send(server: Server, path: str, body: Any, **headers: str) -> httpx2.Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return server.request(
        "POST", path, content=raw, headers={"content-type": "application/json", **headers}
    )


def test_claims_come_back_as_the_command_line_has_them(
    server: Server, catalogue: Catalogue
) -> None:
    body = {"plan": example("msw-2022.yaml"), "claims": example("claims-msw-2022.yaml")}
    response = send(server, CLAIMS, body)
    assert response.status_code == 200, response.text
    schemas.ClaimsReportOut.model_validate_json(response.content, strict=True)
    plan = read_plan((EXAMPLES / "msw-2022.yaml").read_bytes(), "msw-2022.yaml", catalogue)
    raw = (EXAMPLES / "claims-msw-2022.yaml").read_bytes()
    report = check_claims(plan, read_claims(raw, "claims.yaml", catalogue), catalogue)
    found = response.json()
    assert [(r["id"], r["verdict"], r["summary"]) for r in found["results"]] == [
        (result.claim.id, result.verdict, result.summary) for result in report.results
    ]
    assert found["passes"] is False
    assert send(server, CLAIMS, body).content == response.content


def test_claims_may_be_the_text_of_their_file_and_the_answer_junit(server: Server) -> None:
    text = (EXAMPLES / "claims-msw-2022.yaml").read_text(encoding="utf-8")
    body = {"plan": example("msw-2022.yaml"), "claims": text}
    as_text = send(server, CLAIMS, body).json()
    assert as_text["results"][0]["line"] == 9
    response = send(server, CLAIMS + "?strict=true", body, accept="application/xml")
    assert response.headers["content-type"].startswith("application/xml")
    root = ElementTree.fromstring(response.content)
    assert int(root.get("failures")) == as_text["fails"] + as_text["unproven"]


def test_the_smallest_plan_comes_back_as_the_command_line_has_it(
    server: Server, catalogue: Catalogue
) -> None:
    body = {"plan": example("modules.yaml"), "goals": example("goals.yaml")}
    response = send(server, SOLUTION + "?alternatives=1", body)
    assert response.status_code == 200, response.text
    schemas.PlanSolutionOut.model_validate_json(response.content, strict=True)
    plan = read_plan((EXAMPLES / "modules.yaml").read_bytes(), "modules.yaml", catalogue)
    goals = read_goals((EXAMPLES / "goals.yaml").read_bytes(), "goals.yaml", catalogue)
    expected = plan_courses(plan, goals, catalogue, alternatives=1).record()
    assert response.json() == {**json.loads(json.dumps(expected)), "plan": "plan.json"}


@pytest.mark.parametrize(
    ("path", "body", "finding"),
    [
        (CLAIMS, [], "body:1: must be an object with the keys plan and claims"),
        (CLAIMS, {"plan": {}, "goals": {}}, "body:1: must be an object with the keys plan and"),
        (SOLUTION, {"plan": {}}, "body:1: must be an object with the keys plan and goals"),
        (CLAIMS, b"{", "body:1: is not JSON"),
        (CLAIMS, {"plan": {}, "claims": {"claims": [{"id": "a"}]}}, "claims:3: claim a: has no t"),
        (CLAIMS, {"plan": {}, "claims": "claims:\n- id: a\n"}, "claims:2: claim a: has no title"),
        (SOLUTION, {"plan": {}, "goals": {"goals": []}}, "goals:2: has no list 'goals'"),
    ],
)
def test_a_faulty_body_is_told_with_its_places(
    server: Server, path: str, body: Any, finding: str
) -> None:
    found = problem(send(server, path, body), "bad-plan")
    places = [f"{f['path']}:{f['line']}: {f['message']}" for f in found["findings"]]
    assert any(place.startswith(finding) for place in places), places


def test_what_is_no_json_and_unknown_parameters_are_refused(server: Server) -> None:
    response = server.request("POST", CLAIMS, content=b"a", headers={"content-type": "text/csv"})
    assert problem(response, "unsupported-media-type")
    assert problem(send(server, SOLUTION + "?alternatives=50", {}), "bad-parameter")
    assert problem(send(server, SOLUTION + "?seconds=900", {}), "bad-parameter")
    assert server.request("GET", CLAIMS).headers["allow"] == "POST, OPTIONS"
