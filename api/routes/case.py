"""The CASE provider below `/ims/case/`. It is described by a document of its own, not in `/docs`.

CASE has rules of its own for parameters and errors; ours do not apply here.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import case
from api.case_query import CaseError
from api.deps import ServiceDep
from api.routes.content import respond
from graph.errors import QueryBusyError

if TYPE_CHECKING:
    from api.answer import Answer

router = APIRouter(include_in_schema=False)

_log = logging.getLogger(__name__)


@router.get("/ims/case/v1p1/{path:path}")
async def read_case(request: Request, path: str, service: ServiceDep) -> Response:
    """Whatever is below the address of the provider."""
    parameters = request.query_params.multi_items()
    base = service.settings.public_url.rstrip("/")

    def answer() -> Answer:
        try:
            return case.read(service.case, path, parameters, base)
        except CaseError as error:
            return case.refused(error)
        except Exception:
            _log.exception("%s failed", request.url.path)
            fault = CaseError(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "internal_server_error",
                "internal error; it was logged",
            )
            return case.refused(fault)

    try:
        return respond(await service.run("case", answer))
    except QueryBusyError as error:
        busy = CaseError(HTTPStatus.TOO_MANY_REQUESTS, "server_busy", str(error))
        return respond(case.refused(busy, (("retry-after", str(error.retry_after)),)))


@router.api_route("/ims/case/v1p1/{path:path}", methods=["POST", "PUT", "PATCH", "DELETE"])
async def change_case(request: Request, path: str) -> Response:
    """Nothing can be changed through CASE."""
    return respond(case.unsupported(request.method))


@router.get("/ims/case/v1p0/{path:path}")
async def move_case(request: Request, path: str) -> Response:
    """From the address of CASE 1.0 to that of 1.1."""
    return respond(case.moved(path, request.url.query))
