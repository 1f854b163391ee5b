"""The pages: each reads the request, calls one view, and gives it in the form that is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api.deps import CompetencyPath, ServiceDep, refuse_unknown_parameters
from api.negotiation import negotiate
from api.pages import twins
from api.pages.about import about
from api.pages.addresses import is_page, page_of
from api.pages.alignment import alignment, pair
from api.pages.analytics import TITLES
from api.pages.competency import competency
from api.pages.forms import fault_words
from api.pages.frameworks import framework, frameworks
from api.pages.home import home
from api.pages.matrix import Filters, crosswalks, matrix
from api.pages.search import search
from api.pages.view import View
from api.problems import STATUS
from api.routes.content import respond
from graph.errors import CrosswalkError, NotAcceptableError, NotFoundError
from graph.model import Direction, Strength  # noqa: TC001 - read when a request comes
from graph.rules import Regime

if TYPE_CHECKING:
    from api.answer import Answer
    from api.http import App, Receive, Scope, Send
    from api.service import Service

router = APIRouter(include_in_schema=False, dependencies=[Depends(refuse_unknown_parameters)])


@dataclass(frozen=True, slots=True)
class Asked:
    """In which form a page is wanted.

    Attributes
    ----------
    address : str
        Path and query as they were asked for, without what only says the form.
    table : str
        Which table to download.
    """

    address: str
    form: str
    table: str


def get_asked(
    request: Request,
    format_: Annotated[str, Query(alias="format")] = "",
    table: str = "",
) -> Asked:
    """The form that `format` or else Accept asks for."""
    kept = "&".join(
        part
        for part in request.url.query.split("&")
        if part.partition("=")[0] not in ("", "format", "table")
    )
    address = f"{request.url.path}?{kept}" if kept else request.url.path
    accept = ",".join(request.headers.getlist("accept"))
    return Asked(address, twins.form_of(accept, format_), table)


AskedDep = Annotated[Asked, Depends(get_asked)]


def show(service: Service, asked: Asked, view: View) -> Response:
    """A view in the form that was asked for."""
    release = service.catalogue.release
    return respond(twins.answer(view, release, asked.address, asked.form, asked.table))


@router.get("/")
async def read_home(service: ServiceDep, asked: AskedDep, cell: str = "") -> Response:
    """The home page."""
    return show(service, asked, home(service, cell))


@router.get("/about")
async def read_about(service: ServiceDep, asked: AskedDep) -> Response:
    """What one should know before relying on the crosswalk."""
    return show(service, asked, about(service))


@router.get("/search")
async def read_search(
    service: ServiceDep,
    asked: AskedDep,
    q: Annotated[str, Query(max_length=200)] = "",
    kind: Annotated[list[Literal["competency", "alignment", "framework"]] | None, Query()] = None,
) -> Response:
    """What a search finds."""
    view = await service.run("search page", lambda: search(service, q, kind or ()))
    return show(service, asked, view)


@router.get("/frameworks")
async def read_frameworks(service: ServiceDep, asked: AskedDep) -> Response:
    """All frameworks."""
    return show(service, asked, frameworks(service))


@router.get("/frameworks/{framework_id}")
async def read_framework(framework_id: str, service: ServiceDep, asked: AskedDep) -> Response:
    """One framework with its tree."""
    return show(service, asked, framework(service, framework_id))


@router.get("/competencies/{curie}")
async def read_competency(curie: CompetencyPath, service: ServiceDep, asked: AskedDep) -> Response:
    """The page of a competency."""
    view = await service.run("competency page", lambda: competency(service, curie))
    return show(service, asked, view)


@router.get("/alignments/{alignment_id}")
async def read_alignment(alignment_id: str, service: ServiceDep, asked: AskedDep) -> Response:
    """The page of a verdict."""
    return show(service, asked, alignment(service, alignment_id))


@router.get("/alignments/{a}/{b}")
async def read_pair(
    a: str, b: str, service: ServiceDep, asked: AskedDep, regime: Regime = Regime.PRACTICE
) -> Response:
    """What links two statements, judged or not."""
    view = await service.run("pair page", lambda: pair(service, a, b, regime))
    return show(service, asked, view)


@router.get("/crosswalks")
async def read_crosswalks(service: ServiceDep, asked: AskedDep) -> Response:
    """All crosswalks."""
    return show(service, asked, crosswalks(service))


def get_filters(
    service: ServiceDep,
    rows: str = "competency",
    columns: str = "competency",
    within: str = "",
    aim: str = "",
    direction: Direction | Literal[""] = "",
    status: str = "",
    min_strength: Strength | Literal[""] = "",
    min_confidence: Annotated[float, Query(ge=0, le=1)] = 0.0,
    regime: Regime | Literal[""] = "",
) -> Filters:
    """Filters of a matrix; a form sends an empty value for what is left open."""
    for name, value in (("aim", aim), ("status", status)):
        if value:
            service.catalogue.known.curie(name, value, name=name)
    return Filters(
        rows=rows,
        columns=columns,
        within=within,
        aim=aim,
        direction=direction or None,
        status=status,
        min_strength=min_strength or None,
        min_confidence=min_confidence,
        regime=regime or None,
    )


@router.get("/crosswalks/{from_}/{to}")
async def read_matrix(
    from_: str,
    to: str,
    service: ServiceDep,
    asked: AskedDep,
    filters: Annotated[Filters, Depends(get_filters)],
    cell: str = "",
) -> Response:
    """A crosswalk as a matrix."""
    view = await service.run("matrix page", lambda: matrix(service, from_, to, filters, cell))
    return show(service, asked, view)


# ---- twins and errors ----------------------------------------------------------------------


class JsonTwins:
    """An ASGI application that reads `/competencies/epas-2022:7.json` as the page's JSON twin."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with the suffix of a page's path turned into `format=json`."""
        path: str = scope.get("path", "")
        if path.endswith(".json") and (is_page(path) or path == "/index.json"):
            bare = "/" if path == "/index.json" else path.removesuffix(".json")
            query = scope["query_string"]
            scope = {
                **scope,
                "path": bare,
                "raw_path": scope["raw_path"].removesuffix(b".json") if bare != "/" else b"/",
                "query_string": query + (b"&" if query else b"") + b"format=json",
            }
        await self._app(scope, receive, send)


_TITLES: Final = {404: "Not found", 406: "Not available in this form", 422: "That cannot be asked"}


def _title(service: Service, kind: str, key: str) -> str:
    """What something is called beside its name; empty if its name says it all."""
    if kind == "analytic":
        return TITLES[key]
    if kind == "query":
        return service.queries[key].summary
    if kind == "competency":
        return service.catalogue.competencies[key].title
    return service.catalogue.frameworks[key].title if kind == "framework" else ""


def error_page(
    request: Request, service: Service, problem: Answer, error: Exception
) -> Response | None:
    """A problem as a page, for a browser; None if the client rather wants a problem document."""
    path = request.url.path
    accept = ",".join(request.headers.getlist("accept"))
    try:
        wanted = negotiate(accept, ("application/json", "text/html"))
    except NotAcceptableError:
        return None
    if wanted != "text/html" or not (is_page(path) or problem.status == STATUS["unknown-path"]):
        return None
    nearest = []
    if isinstance(error, NotFoundError):
        found = ((name, page_of(error.kind, name)) for name in error.nearest)
        nearest = [
            {"id": name, "title": _title(service, error.kind, name), "path": address}
            for name, address in found
            if address
        ]
    detail = f"Nothing is at {path}."
    if isinstance(error, CrosswalkError):
        detail = fault_words(error, hint=not nearest)
    record = {"detail": detail, "nearest": nearest}
    title = _TITLES.get(problem.status, "Something went wrong")
    view = View("error.html", title, record, section="error", status=problem.status)
    return respond(twins.answer(view, service.catalogue.release, path, "html"))
