"""Course plans: a template, and the analysis and documents of a plan that is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api import plans, schemas
from api.deps import FormatDep, ServiceDep, refuse_unknown_parameters
from api.routes.content import accept_of, respond
from api.turns import Turns
from api.uploads import XLSX, read_upload, work_on
from graph.curriculum.briefs import BRIEF_FORMATS
from graph.curriculum.documents import MATRIX_FORMATS
from graph.curriculum.model import Depth
from graph.curriculum.reach import Filters
from graph.documents import RENDERERS
from graph.model import Strength

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from api.answer import Answer
    from api.service import Service

_PROBLEM: Final[dict[str, Any]] = {"model": schemas.ProblemOut}

router = APIRouter(
    prefix="/api/v1/course-plans",
    tags=["course plans"],
    dependencies=[Depends(refuse_unknown_parameters)],
    responses={404: _PROBLEM, 422: _PROBLEM},
)

#: A plan in each kind that may be sent, for the OpenAPI document.
PLAN_EXAMPLE: Final = {
    "programme": "A programme",
    "level": "generalist",
    "edition": "epas-2022",
    "courses": [
        {
            "code": "SW 501",
            "title": "Foundations",
            "required": True,
            "serves": [
                {
                    "competency": "epas-2022:7",
                    "depth": "practises",
                    "content": "Case formulation",
                    "dimensions": ["skills"],
                    "page": "Syllabus p. 4",
                }
            ],
        }
    ],
}
_CSV: Final = "course,competency,depth\nSW 501,epas-2022:7,P\n"
_YAML: Final = (
    "edition: epas-2022\ncourses:\n- code: SW 501\n  serves:\n"
    "  - {competency: 'epas-2022:7', depth: practises}\n"
)
PLAN_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "A course plan; docs/course-plans.md says how it is filled in.",
        "content": {
            "application/json": {"schema": {"type": "object"}, "example": PLAN_EXAMPLE},
            "application/yaml": {"schema": {"type": "string"}, "example": _YAML},
            "text/csv": {"schema": {"type": "string"}, "example": _CSV},
            XLSX: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}

FormQuery = Annotated[
    Literal["xlsx", "csv", "matrix", "yaml", "json"],
    Query(description="csv is one row an entry, matrix one column a course."),
]
OntoQuery = Annotated[
    str,
    Query(
        description=(
            "Framework that is reached. Empty: isp-2020, or in a workspace without it the first "
            "that a crosswalk joins with the plan's."
        ),
        examples=["isp-2020"],
    ),
]
NameQuery = Annotated[
    str,
    Query(description="Name of the file, whose ending tells its kind; wins over Content-Type."),
]


def plan_turns(request: Request) -> Turns:
    """The turns of the service that a request about a plan belongs to."""
    state = request.app.state
    if not hasattr(state, "plan_turns"):
        state.plan_turns = Turns("course plans")
    turns: Turns = state.plan_turns
    return turns


async def _answer(
    request: Request, service: Service, name: str, job: Callable[[bytes, str], Answer]
) -> Response:
    """What comes of a plan that a request brings, in its turn; the job gets content and name."""
    raw, called = await read_upload(service, request.scope, request.receive, name)
    return respond(await work_on(service, plan_turns(request), lambda: job(raw, called)))


def _written_as(formats: Sequence[str]) -> dict[int | str, dict[str, Any]]:
    """What the OpenAPI document says of a file in one of some formats."""
    kinds: dict[str, Any] = {RENDERERS[name].media_type: {} for name in formats}
    return {200: {"content": kinds}, 406: _PROBLEM, 413: _PROBLEM, 415: _PROBLEM}


@router.get(
    "/template",
    summary="A course plan to fill in",
    responses={
        200: {"content": {XLSX: {}, "text/csv": {}, "application/yaml": {}, "application/json": {}}}
    },
)
async def read_template(
    service: ServiceDep,
    form: FormQuery = "xlsx",
    edition: Annotated[
        str, Query(description="Empty: the usual one.", examples=["epas-2022"])
    ] = "",
    onto: OntoQuery = "",
) -> Response:
    """With every competency and behavior of the edition, and those of the other framework."""
    return respond(plans.template(service.catalogue, form, edition, onto))


@router.post(
    "/analysis",
    summary="What a course plan covers, reaches and lacks",
    response_model=schemas.PlanAnalysisOut,
    responses={413: _PROBLEM, 415: _PROBLEM},
    openapi_extra=PLAN_BODY,
)
async def analyze_plan(
    request: Request,
    service: ServiceDep,
    onto: OntoQuery = "",
    min_strength: Annotated[
        Strength | None, Query(description="Least strength of a route's weakest link.")
    ] = None,
    min_confidence: Annotated[float, Query(ge=0, le=1)] = 0,
    min_depth: Annotated[Depth, Query()] = Depth.INTRODUCES,
    course: Annotated[list[str] | None, Query(description="Only these courses.")] = None,
    name: NameQuery = "",
) -> Response:
    """Nothing of the plan is kept. A faulty one is 422 with every fault at its row and column."""
    filters = Filters(min_strength, min_confidence, min_depth)

    def job(raw: bytes, called: str) -> Answer:
        accept = accept_of(request)
        return plans.analysis(service.catalogue, raw, called, onto, filters, course or (), accept)

    return await _answer(request, service, name, job)


@router.post(
    "/matrix",
    summary="What accreditors ask for: matrix, evidence, reach, gaps, assessment forms",
    response_class=Response,
    responses=_written_as(MATRIX_FORMATS),
    openapi_extra=PLAN_BODY,
)
async def write_plan_matrix(
    request: Request,
    service: ServiceDep,
    onto: OntoQuery = "",
    format_: FormatDep = "",
    name: NameQuery = "",
) -> Response:
    """As docx, xlsx, markdown or html. Nothing of the plan is kept."""

    def job(raw: bytes, called: str) -> Answer:
        accept = accept_of(request)
        return plans.matrix(service.catalogue, raw, called, onto, format_, accept)

    return await _answer(request, service, name, job)


@router.post(
    "/briefs",
    summary="A page for the syllabus of each course",
    response_class=Response,
    responses=_written_as(BRIEF_FORMATS),
    openapi_extra=PLAN_BODY,
)
async def write_plan_briefs(
    request: Request,
    service: ServiceDep,
    onto: OntoQuery = "",
    course: Annotated[list[str] | None, Query(description="Only these courses.")] = None,
    format_: FormatDep = "",
    name: NameQuery = "",
) -> Response:
    """As docx, markdown or html, a page a course. Nothing of the plan is kept."""

    def job(raw: bytes, called: str) -> Answer:
        accept = accept_of(request)
        return plans.briefs(service.catalogue, raw, called, onto, course or (), format_, accept)

    return await _answer(request, service, name, job)


@router.post(
    "/convert",
    summary="A course plan in another form",
    response_class=Response,
    responses={
        200: {
            "content": {XLSX: {}, "text/csv": {}, "application/yaml": {}, "application/json": {}}
        },
        413: _PROBLEM,
        415: _PROBLEM,
    },
    openapi_extra=PLAN_BODY,
)
async def convert_plan(
    request: Request, service: ServiceDep, form: FormQuery = "json", name: NameQuery = ""
) -> Response:
    """Nothing is lost, or it is refused: a matrix has no place for contents and pages."""

    def job(raw: bytes, called: str) -> Answer:
        return plans.convert(service.catalogue, raw, called, form)

    return await _answer(request, service, name, job)
