"""Reconciliation: the service that OpenRefine asks what the cells of a column mean."""

# Annotations are evaluated here, not kept as text: those of a router name its own dependency.
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from api import reconciliation, schemas
from api.deps import ServiceDep, refuse_unknown_parameters
from api.reconciliation import Desk
from api.routes.content import respond

_BATCH = '{"q0":{"query":"facilitating meetings","limit":3}}'
_EXTENSION = '{"ids":["isp-2020:2.4"],"properties":[{"id":"code"},{"id":"aligned-with:epas-2022"}]}'

Prefix = Annotated[str, Query(max_length=200, examples=["facil"])]
Cursor = Annotated[int, Query(ge=0, description="Suggestions to skip.")]
Identifier = Annotated[str, Query(alias="id", description="A CURIE.", examples=["isp-2020:2.4"])]
TypeName = Annotated[str, Query(alias="type", examples=["framework:isp-2020/competency"])]
Limit = Annotated[int, Query(ge=0, le=reconciliation.MOST_CANDIDATES)]
Queries = Annotated[str, Query(description="A batch of queries, as JSON.", examples=[_BATCH])]
Extend = Annotated[str, Query(description="Ids and properties, as JSON.", examples=[_EXTENSION])]

#: The form of a POST, for the OpenAPI document; it is read within bounds of our own.
_FORM: dict[str, Any] = {
    "requestBody": {
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "properties": {"queries": {"type": "string"}, "extend": {"type": "string"}},
                },
                "example": {"queries": _BATCH},
            }
        }
    }
}


def _whole(service: ServiceDep) -> Desk:
    return reconciliation.open_desk(service)


def _one(
    service: ServiceDep,
    framework: Annotated[str, Path(description="Id of a framework.", examples=["isp-2020"])],
) -> Desk:
    return reconciliation.open_desk(service, framework)


def _router(prefix: str, desk: Any, over: str) -> APIRouter:
    """The service over everything, or over one framework."""
    router = APIRouter(
        prefix=reconciliation.MOUNT + prefix,
        tags=["reconciliation"],
        responses={404: {"model": schemas.ProblemOut}, 422: {"model": schemas.ProblemOut}},
        generate_unique_id_function=lambda route: f"{route.name}_{over}",
    )
    DeskDep = Annotated[Desk, Depends(desk)]  # noqa: N806
    strict = [Depends(refuse_unknown_parameters)]

    @router.get("", summary=f"Reconciliation over {over}", response_model=dict[str, Any])
    async def reconcile(
        request: Request, desk: DeskDep, queries: Queries = "", extend: Extend = ""
    ) -> Response:
        """The manifest; with `queries`, candidates for each; with `extend`, values."""
        return respond(
            await reconciliation.answer_reconciliation(desk, request.scope, request.receive)
        )

    @router.post(
        "",
        summary=f"A batch of queries over {over}",
        response_model=dict[str, Any],
        openapi_extra=_FORM,
    )
    async def reconcile_posted(request: Request, desk: DeskDep) -> Response:
        """The same by form."""
        return respond(
            await reconciliation.answer_reconciliation(desk, request.scope, request.receive)
        )

    @router.get(
        "/suggest/entity", summary="Competencies that begin so", dependencies=strict,
        response_model=dict[str, Any],
    )  # fmt: skip
    async def suggest_entity(desk: DeskDep, prefix: Prefix = "", cursor: Cursor = 0) -> Response:
        """For a field in which somebody types."""
        answer = await desk.service.run(
            "reconcile suggest", lambda: reconciliation.suggest_entities(desk, prefix, cursor)
        )
        return respond(answer)

    @router.get(
        "/suggest/type", summary="Types that begin so", dependencies=strict,
        response_model=dict[str, Any],
    )  # fmt: skip
    async def suggest_type(desk: DeskDep, prefix: Prefix = "", cursor: Cursor = 0) -> Response:
        """Frameworks, levels, and levels of one framework."""
        return respond(reconciliation.suggest_types(desk, prefix, cursor))

    @router.get(
        "/suggest/property", summary="Properties that begin so", dependencies=strict,
        response_model=dict[str, Any],
    )  # fmt: skip
    async def suggest_property(desk: DeskDep, prefix: Prefix = "", cursor: Cursor = 0) -> Response:
        """What can be asked of a competency."""
        return respond(reconciliation.suggest_properties(desk, prefix, cursor))

    @router.get(
        "/extend/propose", summary="Properties to fetch", dependencies=strict,
        response_model=dict[str, Any],
    )  # fmt: skip
    async def propose(desk: DeskDep, type_: TypeName = "", limit: Limit = 0) -> Response:
        """What can be fetched; the same for every type."""
        return respond(reconciliation.proposed(desk, type_, limit))

    @router.get(
        "/preview", summary="A small page about a competency", dependencies=strict,
        response_class=Response,
    )  # fmt: skip
    async def preview(desk: DeskDep, identifier: Identifier) -> Response:
        """Title, description and best alignments, for a frame of 440 by 300 pixels."""
        return respond(reconciliation.preview(desk, identifier))

    return router


router = APIRouter()
router.include_router(_router("", _whole, "everything"))
router.include_router(_router("/{framework}", _one, "framework"))
