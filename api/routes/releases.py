"""The paths of releases."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from api import releases
from api.deps import ServiceDep, refuse_unknown_parameters
from api.routes.content import respond
from api.routes.pages import AskedDep, show

router = APIRouter(tags=["releases"], dependencies=[Depends(refuse_unknown_parameters)])


@router.get("/releases", summary="All releases")
async def read_releases(service: ServiceDep, asked: AskedDep) -> Response:
    """Immutable states of the data, from the first to the last; a page, or JSON.

    Each names the address of its files, below `/releases/{hash}/`.
    """
    return show(
        service, asked, await service.run("releases", lambda: releases.list_releases(service))
    )


# Which releases there are depends on the service: `/releases` tells their addresses.
@router.get("/releases/{release}", include_in_schema=False)
async def read_release(release: str, service: ServiceDep, asked: AskedDep) -> Response:
    """Its files with their checksums; a page, or JSON."""
    view = await service.run("release", lambda: releases.show_release(service, release))
    return show(service, asked, view)


@router.get("/releases/{release}/{path:path}", include_in_schema=False)
async def read_release_file(release: str, path: str, service: ServiceDep) -> Response:
    """The file as it was made."""
    answer = await service.run(
        "release file", lambda: releases.release_file(service, release, path)
    )
    return respond(answer)
