"""Claims and the planner over HTTP: one body with a course plan and what is asked of it.

The body is JSON, with the plan under `plan`, as a plan's own JSON file has it, and claims or goals
beside it: as an object, as their YAML file has them, or as the text of that file.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import orjson

from api.answer import Answer
from api.negotiation import negotiate
from api.problems import RequestError
from api.uploads import read_upload
from graph.bounded import parse_json, refusal
from graph.curriculum.claim_file import read_claims
from graph.curriculum.claims import check_claims
from graph.curriculum.goal_file import read_goals
from graph.curriculum.junit import junit
from graph.curriculum.planner import plan_courses
from graph.curriculum.reading import read_plan

if TYPE_CHECKING:
    from api.http import Receive, Scope
    from api.service import Service
    from graph.catalogue import Catalogue

#: Most rows of a plan that one request has looked at, which takes some seconds; no limit of a
#: file's size says how often its rows are looked at.
MOST_ROWS: Final = 300_000

_JSON: Final = "application/json"
_XML: Final = "application/xml"


async def read_question(service: Service, scope: Scope, receive: Receive) -> bytes:
    """The body of a request, which must be JSON.

    Raises
    ------
    RequestError, QuerySizeError
        If it is of another kind, or too large.
    """
    raw, name = await read_upload(service, scope, receive, "")
    if not name.endswith(".json"):
        message = "the plan and what is asked of it come together; send application/json"
        raise RequestError("unsupported-media-type", message, [("accept-post", _JSON)])
    return raw


def claims_report(catalogue: Catalogue, raw: bytes, accept: str, *, strict: bool) -> Answer:
    """Claims about a plan, tested; as JSON, or as JUnit XML.

    Raises
    ------
    SourcesError
        With every fault of the body, of the plan, or of the claims.
    """
    media_type = negotiate(accept, (_JSON, _XML), {"text/html": _JSON})
    plan, asked = _parts(raw, "claims")
    claims = read_claims(asked, "claims", catalogue)
    report = check_claims(
        read_plan(plan, "plan.json", catalogue), claims, catalogue, most_rows=MOST_ROWS
    )
    if media_type == _XML:
        return Answer(junit(report, strict=strict), _XML, keep=False)
    record = {**report.record(), "passes": report.passes(strict=strict)}
    return Answer(orjson.dumps(record), keep=False)


def solution(catalogue: Catalogue, raw: bytes, alternatives: int, seconds: float) -> Answer:
    """The smallest plan that reaches the goals.

    Raises
    ------
    SourcesError
        With every fault of the body, of the plan, or of the goals.
    """
    plan, asked = _parts(raw, "goals")
    goals = read_goals(asked, "goals", catalogue)
    courses = read_plan(plan, "plan.json", catalogue)
    found = plan_courses(
        courses, goals, catalogue, alternatives=alternatives, seconds=seconds, most_rows=MOST_ROWS
    )
    return Answer(orjson.dumps(found.record()), keep=False)


def _parts(raw: bytes, asked: str) -> tuple[bytes, bytes]:
    """The plan of a body as a file, and what is asked of it as another.

    Lines of faults count in these files: an object is laid out one value a line.
    """
    body = parse_json(raw, "body")
    if not isinstance(body, dict) or {*body} != {"plan", asked}:
        raise refusal("body", 1, f"must be an object with the keys plan and {asked}")
    given = body[asked]
    text = given if isinstance(given, str) else _laid_out(given)
    return _laid_out(body["plan"]).encode(), text.encode()


def _laid_out(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
