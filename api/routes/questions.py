"""Pages of the named questions, of the SPARQL editor and of the API's documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api.deps import ServiceDep, refuse_unknown_parameters
from api.pages.docs import docs
from api.pages.query import question, questions
from api.pages.sparql import answered, editor
from api.routes.pages import AskedDep, show

if TYPE_CHECKING:
    from api.pages.view import View

router = APIRouter(include_in_schema=False)

_STRICT: Final = [Depends(refuse_unknown_parameters)]

#: Parameters of the page itself; all others are the question's own.
_OF_THE_PAGE: Final = ("format", "table")


@router.get("/query", dependencies=_STRICT)
async def read_questions(service: ServiceDep, asked: AskedDep) -> Response:
    """All named questions."""
    return show(service, asked, questions(service))


@router.get("/query/sparql", dependencies=_STRICT)
async def read_editor(
    request: Request,
    service: ServiceDep,
    asked: AskedDep,
    query: Annotated[str, Query(max_length=100_000)] = "",
    run: Literal["", "yes"] = "",
) -> Response:
    """The SPARQL editor, with the answer to its query if that is to be run."""
    if not run:
        return show(service, asked, editor(service, query))
    view = await answered(service, request.receive, query, in_place=asked.form == "html")
    return await service.run("SPARQL page as HTML", lambda: show(service, asked, view))


@router.get("/query/{name}")
async def read_question(
    name: str, request: Request, service: ServiceDep, asked: AskedDep
) -> Response:
    """A named question with its answer."""
    given: dict[str, list[str]] = {}
    for key, value in request.query_params.multi_items():
        if key not in _OF_THE_PAGE:
            given.setdefault(key, []).append(value)

    def ask() -> View:
        return question(service, name, given, in_place=asked.form == "html")

    return show(service, asked, await service.run(f"{name} page", ask))


@router.get("/docs", dependencies=_STRICT)
async def read_docs(request: Request, service: ServiceDep, asked: AskedDep) -> Response:
    """The API's documentation."""
    return show(service, asked, docs(service, request.app.openapi()["paths"]))
