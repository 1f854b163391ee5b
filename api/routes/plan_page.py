"""The page of course plans: opened, sent a plan by its form, and asked for parts by its script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api import planning
from api.deps import ServiceDep, refuse_unknown_parameters
from api.pages import plan
from api.routes.content import respond
from api.routes.pages import AskedDep, show
from api.routes.plans import NameQuery, plan_turns
from api.uploads import read_form, read_upload, work_on
from graph.curriculum.model import Depth
from graph.curriculum.reach import Filters
from graph.model import Strength  # noqa: TC001 - read when a request comes

if TYPE_CHECKING:
    from api.answer import Answer
    from api.pages.view import View

router = APIRouter(
    prefix="/plan",
    include_in_schema=False,
    dependencies=[Depends(refuse_unknown_parameters)],
)


def get_filters(
    min_strength: Strength | Literal[""] = "",
    min_confidence: Annotated[float, Query(ge=0, le=1)] = 0,
    min_depth: Depth | Literal[""] = "",
) -> Filters:
    """Which routes count; a form sends an empty value for what is left open."""
    return Filters(min_strength or None, min_confidence, min_depth or Depth.INTRODUCES)


FiltersDep = Annotated[Filters, Depends(get_filters)]


@router.get("")
async def read_plan_page(
    service: ServiceDep, asked: AskedDep, filters: FiltersDep, example: str = "", add: str = ""
) -> Response:
    """The page, empty or with a worked example."""
    view = await service.run("plan page", lambda: plan.plan_page(service, example, add, filters))
    return show(service, asked, view)


@router.post("")
async def send_plan(request: Request, service: ServiceDep, filters: FiltersDep) -> Response:
    """The page with the plan that its form sent; nothing of it is kept."""
    form = await read_form(service, request.scope, request.receive, plan.FIELDS)
    sent = plan.sent_of(form)

    def job() -> View:
        return plan.sent_page(service, sent, filters)

    view = await work_on(service, plan_turns(request), job)
    return respond(plan.page_answer(service, view))


@router.post("/analysis")
async def analyze_plan(
    request: Request, service: ServiceDep, filters: FiltersDep, name: NameQuery = ""
) -> Response:
    """The analysis of a plan as a part of the page."""
    raw, called = await read_upload(service, request.scope, request.receive, name)

    def job() -> Answer:
        return plan.analysis_part(service.catalogue, raw, called, filters)

    return respond(await work_on(service, plan_turns(request), job))


@router.post("/claims")
async def check_plan(request: Request, service: ServiceDep) -> Response:
    """Claims about a plan, tested, as a part of the page."""
    raw = await planning.read_question(service, request.scope, request.receive)

    def job() -> Answer:
        return plan.claims_part(service.catalogue, raw)

    return respond(await work_on(service, plan_turns(request), job))


@router.post("/file")
async def write_plan_file(request: Request, service: ServiceDep, filters: FiltersDep) -> Response:
    """The plan of the page as a file, which a button of a form asks for."""
    form = await read_form(service, request.scope, request.receive, ("plan", "form"))

    def job() -> Answer:
        return plan.file_answer(service, form.get("plan", ""), form.get("form", ""), filters)

    return respond(await work_on(service, plan_turns(request), job))
