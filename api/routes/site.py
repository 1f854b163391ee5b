"""The reading side as one file, to download."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.answer import Answer
from api.deps import ServiceDep, refuse_unknown_parameters
from api.routes.content import respond
from api.site import write_site

if TYPE_CHECKING:
    from api.service import Service

router = APIRouter(include_in_schema=False, dependencies=[Depends(refuse_unknown_parameters)])


@router.get("/site.html")
async def read_site(request: Request, service: ServiceDep) -> Response:
    """Everything that can be read, in one file that needs no network."""
    body = await asyncio.shield(_written(request, service))
    disposition = 'attachment; filename="crosswalk.html"'
    return respond(Answer(body, "text/html", headers=(("content-disposition", disposition),)))


def _written(request: Request, service: Service) -> asyncio.Task[bytes]:
    """The file, written once for the release, in a thread that no other request waits for."""
    state = request.app.state
    found: asyncio.Task[bytes] | None = getattr(state, "site", None)
    if found is None or (found.done() and found.exception()):
        found = state.site = asyncio.create_task(asyncio.to_thread(write_site, service))
    return found
