"""Health, documentation, our own IRIs, and what the dataset says of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi import Path as PathParameter
from fastapi.responses import FileResponse, RedirectResponse, Response

from api import reading, schemas
from api.deps import FrameworkPath, ServiceDep
from api.description import describe_dataset
from api.negotiation import negotiate
from api.routes.content import accept_of, respond
from graph.errors import NotAcceptableError, NotFoundError
from graph.store.media import GRAPHS
from graph.terms import shipped_data

router = APIRouter()

STATIC: Final = Path(__file__).parent.parent / "static"

#: What says how the service is now must not be kept.
_FRESH: Final = {"cache-control": "no-store"}


@router.get("/health/live", tags=["health"], summary="Whether the process runs")
async def live() -> Response:
    """Answers as long as the event loop turns."""
    return Response(b'{"status":"ok"}', media_type="application/json", headers=_FRESH)


@router.get("/health/ready", tags=["health"], response_model=schemas.HealthOut)
async def ready(service: ServiceDep) -> Response:
    """Whether a release is loaded, which, and how many workers wait for queries."""
    return respond(reading.health(service))


@router.get("/.well-known/void", tags=["linked data"], summary="VoID, DCAT and PROV-O")
async def well_known_void(request: Request, service: ServiceDep) -> Response:
    """What the dataset says of itself, as RDF."""
    return respond(describe_dataset(service, accept_of(request)))


@router.get("/id/{kind}/{name:path}", tags=["linked data"], status_code=303)
async def resolve(
    request: Request,
    kind: Annotated[str, PathParameter(examples=["epas-2022"])],
    name: Annotated[str, PathParameter(examples=["7"])],
    service: ServiceDep,
) -> Response:
    """A 303 from one of our IRIs to the document about it; its form depends on Accept there."""
    catalogue, base = service.catalogue, _base(request)
    if kind in catalogue.frameworks:
        return _see_other(f"{base}/competencies/{catalogue.competency(f'{kind}:{name}').id}")
    if kind == "alignment":
        return _see_other(f"{base}/alignments/{catalogue.alignment(name.partition('.')[0]).id}")
    if kind == "crosswalk" and name in catalogue.crosswalks:
        found = catalogue.crosswalks[name]
        return _see_other(f"{base}/crosswalks/{found.subject_framework}/{found.object_framework}")
    return _see_other(_description(service, f"{kind}:{name}"))


@router.get("/id/{framework}", tags=["linked data"], status_code=303)
async def resolve_framework(
    request: Request, framework: FrameworkPath, service: ServiceDep
) -> Response:
    """A 303 from a framework's IRI to the document about it."""
    found = service.catalogue.framework(framework)
    return _see_other(f"{_base(request)}/frameworks/{found.id}")


def _base(request: Request) -> str:
    """Where the document is that somebody wants: a page for a reader, data for a tool."""
    accept = accept_of(request)
    try:
        wanted = negotiate(accept, ("application/json", *GRAPHS, "text/html"))
    except NotAcceptableError:
        wanted = "application/json"
    return "" if wanted == "text/html" else "/api/v1"


def _description(service: ServiceDep, curie: str) -> str:
    """Address of a DESCRIBE of something that has no path of its own, if the data knows it."""
    try:
        iri = service.store.prefixes.expand(curie)
        known = bool(service.store.query(f"ASK {{ <{iri}> ?p ?o }}"))
    except ValueError:
        known = False
    if not known:
        raise NotFoundError("resource", curie)
    return "/sparql?" + urlencode({"query": f"DESCRIBE <{iri}>"})


def _see_other(address: str) -> Response:
    return RedirectResponse(address, status_code=303)


@router.get("/ns", tags=["linked data"], summary="The vocabulary")
async def vocabulary() -> Response:
    """Classes and properties of the crosswalk, as Turtle."""
    return FileResponse(shipped_data() / "vocabulary.ttl", media_type="text/turtle")


@router.get("/ns/context.jsonld", tags=["linked data"], summary="The JSON-LD context")
async def context() -> Response:
    """What the names in JSON records mean."""
    return FileResponse(shipped_data() / "context.jsonld", media_type="application/ld+json")
