"""The pages that work long: the graph and the analytics, each with its question in its address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.analyzing import analyze, in_turn, names_of, once
from api.deps import ServiceDep, refuse_unknown_parameters
from api.pages.analytics import analytic_page, analytics, asked_of, is_complete, with_level
from api.pages.graph import NAMES, failed_page, graph_page, question_of
from api.problems import STATUS
from api.routes.pages import AskedDep, show
from graph.analytics.registry import find_analytic
from graph.errors import (
    NotFoundError,
    ParameterError,
    QueryBusyError,
    QueryTimeoutError,
    UnknownParameterError,
)

if TYPE_CHECKING:
    from api.pages.view import View
    from graph.analytics.analytic import Outcome

router = APIRouter(include_in_schema=False)

#: Parameters of every page that only say its form.
_OUTWARD = ("format", "table")

#: What a page says in place, below its form, so that the question can be mended there.
_MENDABLE = (NotFoundError, ParameterError, QueryBusyError, QueryTimeoutError)


@router.get("/analytics", dependencies=[Depends(refuse_unknown_parameters)])
async def read_analytics(service: ServiceDep, asked: AskedDep) -> Response:
    """What can be counted."""
    return show(service, asked, analytics())


@router.get("/analytics/{name}")
async def read_analytic(
    name: str, request: Request, service: ServiceDep, asked: AskedDep
) -> Response:
    """One analytic, asked by a form."""
    analytic, catalogue = find_analytic(name), service.catalogue
    known = (*names_of(analytic), "picture", *_OUTWARD)
    given = once(request.query_params.multi_items(), known)
    picture = given.get("picture", "")
    question = asked_of(catalogue, analytic, given)

    def answered(outcome: Outcome) -> View:
        return analytic_page(catalogue, analytic, question, outcome, picture=picture)

    try:
        if is_complete(analytic, question):
            if analytic.name == "paths":
                question = with_level(catalogue, question, ("a", "b"))
            view = await analyze(service, analytic, question, answered)
        else:
            view = analytic_page(catalogue, analytic, question, picture=picture)
    except _MENDABLE as error:
        if asked.form != "html" or isinstance(error, UnknownParameterError):
            raise
        view = analytic_page(catalogue, analytic, question, error=error, status=STATUS[error.code])
    return show(service, asked, view)


@router.get("/graph")
async def read_graph(request: Request, service: ServiceDep, asked: AskedDep) -> Response:
    """Two frameworks as a net."""
    catalogue = service.catalogue
    given = once(request.query_params.multi_items(), (*NAMES, *_OUTWARD))
    question = {name: given[name] for name in NAMES if given.get(name)}
    try:
        question = question_of(catalogue, question)
        view = await in_turn(
            service, "graph", lambda progress: graph_page(catalogue, question, progress)
        )
    except _MENDABLE as error:
        if asked.form != "html":
            raise
        view = failed_page(catalogue, question, error, STATUS[error.code])
    return show(service, asked, view)
