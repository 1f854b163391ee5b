"""Course plans: claims about one, tested, and the smallest one that reaches stated goals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api import planning, schemas
from api.deps import ServiceDep, refuse_unknown_parameters
from api.routes.content import accept_of, respond
from api.routes.plans import PLAN_EXAMPLE, plan_turns
from api.uploads import work_on
from graph.curriculum.planner import MOST_PLANS

if TYPE_CHECKING:
    from api.answer import Answer

_PROBLEM: Final[dict[str, Any]] = {"model": schemas.ProblemOut}

router = APIRouter(
    prefix="/api/v1/course-plans",
    tags=["course plans"],
    dependencies=[Depends(refuse_unknown_parameters)],
    responses={413: _PROBLEM, 415: _PROBLEM, 422: _PROBLEM},
)


def _body(asked: str, page: str, example: dict[str, Any]) -> dict[str, Any]:
    """Description of a body with a plan and what is asked of it."""
    either = [{"type": "object"}, {"type": "string"}]
    schema = {
        "type": "object",
        "required": ["plan", asked],
        "additionalProperties": False,
        "properties": {
            "plan": {"description": "As a course plan's JSON file."},
            asked: {"anyOf": either, "description": f"As {page} says, or the text of the file."},
        },
    }
    content = {"schema": schema, "example": {"plan": PLAN_EXAMPLE, asked: example}}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


_CLAIM: Final = {
    "id": "assessment",
    "title": "Assessment is practised in a required course",
    "every": "epas-2022:7",
    "is": "practised",
    "in": "a required course",
}
_GOAL: Final = {"every": "epas-2022:7", "is": "practised"}


@router.post(
    "/claims",
    summary="Accreditation claims about a course plan, tested",
    response_model=schemas.ClaimsReportOut,
    responses={200: {"content": {"application/xml": {}}}},
    openapi_extra=_body("claims", "docs/claims.md", {"claims": [_CLAIM]}),
)
async def check_plan(
    request: Request,
    service: ServiceDep,
    strict: Annotated[
        bool, Query(description="Whether a claim that is unproven counts as one that fails.")
    ] = False,
) -> Response:
    """Each holds, fails, or is unproven; as JSON, or with Accept: application/xml as JUnit."""
    raw = await planning.read_question(service, request.scope, request.receive)
    accept = accept_of(request)

    def job() -> Answer:
        return planning.claims_report(service.catalogue, raw, accept, strict=strict)

    return respond(await work_on(service, plan_turns(request), job))


@router.post(
    "/solution",
    summary="The smallest choice of courses that reaches stated goals",
    response_model=schemas.PlanSolutionOut,
    openapi_extra=_body("goals", "docs/planner.md", {"objective": "courses", "goals": [_GOAL]}),
)
async def solve_plan(
    request: Request,
    service: ServiceDep,
    alternatives: Annotated[
        int, Query(ge=0, lt=MOST_PLANS, description="How many next best plans to list.")
    ] = 3,
) -> Response:
    """With the next best, what each course alone is for, and what stands in the way."""
    raw = await planning.read_question(service, request.scope, request.receive)

    def job() -> Answer:
        seconds = service.settings.planner_seconds
        return planning.solution(service.catalogue, raw, alternatives, seconds)

    return respond(await work_on(service, plan_turns(request), job))
