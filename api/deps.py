"""What FastAPI handlers ask for: the service, a page, filters; and strictness about the rest."""

from __future__ import annotations

from typing import Annotated, Any, cast

from fastapi import Depends, Path, Query, Request

from api.paging import DEFAULT_LIMIT, MOST, Page
from api.service import Service
from graph.errors import UnknownParameterError


def get_service(request: Request) -> Service:
    """The loaded release."""
    return cast("Service", request.app.state.service)


def get_page(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MOST, description="Items on a page.")] = DEFAULT_LIMIT,
    after: Annotated[str, Query(description="`id` of the last item of the page before.")] = "",
) -> Page:
    """Which part of a list is wanted."""
    given = tuple(request.query_params.multi_items())
    return Page(request.url.path, given, limit, after)


def refuse_unknown_parameters(request: Request) -> None:
    """A misspelt filter must not quietly filter nothing.

    Raises
    ------
    UnknownParameterError
        Naming what the path accepts.
    """
    known = _names(request.scope["route"].dependant)
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise UnknownParameterError(name, value, sorted(known))


def _names(dependant: Any) -> set[str]:
    names = {field.alias for field in dependant.query_params}
    return names.union(*(_names(inner) for inner in dependant.dependencies))


ServiceDep = Annotated[Service, Depends(get_service)]
PageDep = Annotated[Page, Depends(get_page)]
FormatDep = Annotated[
    str,
    Query(
        alias="format",
        description="Name of a format; wins over Accept.",
        examples=["csv"],
    ),
]
RdfFormatDep = Annotated[
    str,
    Query(
        alias="format",
        description="json, ttl, nt, rdf, jsonld, trig or nq; wins over Accept.",
        examples=["ttl"],
    ),
]
FrameworkPath = Annotated[str, Path(description="Id of a framework.", examples=["epas-2022"])]
CompetencyPath = Annotated[str, Path(description="A CURIE.", examples=["epas-2022:7"])]
