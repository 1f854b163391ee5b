"""Most paths of the service: FastAPI, its errors as problem documents, and the OpenAPI document.

Imported after the service has begun to answer (`api.edge`): it takes as long as all the rest of the
start.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from api import named, schemas
from api.jskos import MOUNT
from api.pages.render import asset
from api.problems import STATUS, RequestError, document, problem
from api.routes import (
    analytics,
    case,
    content,
    explore,
    jskos,
    pages,
    plan_page,
    planning,
    plans,
    questions,
    reconciliation,
    releases,
    site,
    system,
)
from api.sparql_openapi import SPARQL_PATHS
from api.uploads import methods_of
from graph import __version__
from graph.errors import CrosswalkError, ParameterError

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from fastapi.responses import Response

    from api.answer import Answer
    from api.service import Service

_ABOUT: Final = (
    "Which social work competencies (EPAS) align with which competencies of implementation "
    "support practitioners (ISP), why, how strongly, and how sure we are. Every alignment is a "
    "proposal of this project until people review it."
)


def create_framework(service: Service) -> FastAPI:
    """The paths that FastAPI answers, around a loaded release."""
    app = FastAPI(
        title="Competency crosswalk",
        version=__version__,
        description=_ABOUT,
        license_info={"name": "Content CC BY 4.0, code Apache-2.0"},
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = service
    app.include_router(content.router)
    app.include_router(analytics.router)
    app.include_router(plans.router)
    app.include_router(planning.router)
    app.include_router(system.router)
    app.include_router(case.router)
    app.include_router(pages.router)
    app.include_router(explore.router)
    app.include_router(questions.router)
    app.include_router(releases.router)
    app.include_router(plan_page.router)
    app.include_router(site.router)
    app.include_router(jskos.router, prefix=MOUNT)
    app.include_router(reconciliation.router)
    # Where jskos-server itself has them, for clients that know the bare address only.
    app.include_router(jskos.router, include_in_schema=False)
    app.mount("/static", _Static(directory=system.STATIC), name="static")
    app.add_middleware(pages.JsonTwins)
    app.add_exception_handler(CrosswalkError, _crosswalk_problem)
    app.add_exception_handler(RequestError, _request_problem)
    app.add_exception_handler(RequestValidationError, _validation_problem)
    app.add_exception_handler(HTTPException, _http_problem)
    app.openapi = lambda: _openapi(app, service)  # type: ignore[method-assign]
    return app


class _Static(StaticFiles):
    """Our assets, of which no stale one meets a new one after an upgrade.

    Pages name them with a version that follows their content, and such an address is kept. A
    module that another imports has no version in its address: it is asked for again each time,
    which its ETag makes cheap, so that it is never older than the one that imports it.
    """

    async def get_response(self, path: str, scope: MutableMapping[str, Any]) -> Response:
        """The file, to be kept only under the address that pages have for its present content."""
        response = await super().get_response(path, scope)
        asked = f"/static/{path}?{scope['query_string'].decode('latin-1')}"
        if response.status_code == HTTPStatus.OK and asked != asset(path):
            response.headers["cache-control"] = "no-cache"
        return response


# ---- errors ------------------------------------------------------------------------------


def _refused(request: Request, answer: Answer, error: Exception) -> Response:
    """A problem: as a page where a person reads, else as a problem document."""
    page = pages.error_page(request, request.app.state.service, answer, error)
    return page or content.respond(answer)


async def _crosswalk_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, CrosswalkError)
    return _refused(request, problem(error), error)


async def _request_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestError)
    return content.respond(problem(error))


async def _validation_problem(request: Request, error: Exception) -> Response:
    """The first parameter that is wrong, by name, with its value and what it takes."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    name = str(first["loc"][1] if len(first["loc"]) > 1 else first["loc"][0])
    value = None if first["type"] == "missing" else str(first["input"])
    accepted = first["msg"].removeprefix("Input should be ").partition(", unable")[0]
    if value is None:
        accepted = "a value"
    if accepted.startswith(("less", "greater")):
        accepted = f"a number {accepted}"
    refused = ParameterError(name, value, accepted)
    return _refused(request, problem(refused), refused)


async def _http_problem(request: Request, error: Exception) -> Response:
    """What the framework itself refuses: an unknown path, a method that a path does not have."""
    assert isinstance(error, HTTPException)
    if error.status_code == STATUS["method-not-allowed"]:
        allowed = methods_of(request.url.path)
        detail = f"{request.method} is not for this path; use {allowed}"
        return content.respond(document("method-not-allowed", detail, [("allow", allowed)]))
    if error.status_code == STATUS["unknown-path"]:
        detail = f"nothing is at {request.url.path}; the paths are listed at /docs"
        return _refused(request, document("unknown-path", detail), error)
    return content.respond(document("bad-request", str(error.detail)))


# ---- OpenAPI -----------------------------------------------------------------------------


def _openapi(app: FastAPI, service: Service) -> dict[str, Any]:
    if app.openapi_schema:
        return app.openapi_schema
    schema = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        license_info=app.license_info,
        routes=app.routes,
    )
    schema["paths"] |= {"/api/v1/queries": _QUERIES_PATH}
    schema["paths"] |= named.openapi_paths(dict(service.queries))
    schema["paths"] |= SPARQL_PATHS
    aligned = next((a.id for a in service.catalogue.alignments.values() if a.aligned), "")
    for path, name in _ALIGNMENT_PATHS.items():
        for parameter in schema["paths"][path]["get"]["parameters"]:
            if parameter["name"] == name:
                parameter["example"] = aligned
    components = schema["components"]
    models = schemas.PageOut[schemas.QueryOut].model_json_schema(
        ref_template="#/components/schemas/{model}"
    )
    components["schemas"] |= models.pop("$defs") | {"QueriesOut": models}
    components["responses"] = {
        name: {
            "description": text,
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}
            },
        }
        for name, text in (
            ("NotFound", "something named is not there; the nearest names are given"),
            ("NotAcceptable", "no representation that is accepted; what there is, is given"),
            ("Invalid", "a parameter has a value that it cannot have"),
        )
    }
    app.openapi_schema = schema
    return schema


#: Paths that end in the id of an alignment, and what they call it.
_ALIGNMENT_PATHS: Final = {
    "/api/v1/alignments/{alignment}": "alignment",
    f"{MOUNT}/mappings/{{mapping}}": "mapping",
}

_QUERIES_PATH: Final = {
    "get": {
        "tags": ["named questions"],
        "summary": "All named questions, with their parameters and SPARQL",
        "operationId": "list_queries",
        "responses": {
            "200": {
                "description": "the questions",
                "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/QueriesOut"}}
                },
            }
        },
    }
}
