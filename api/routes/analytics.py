"""The analytics over HTTP: each an endpoint of its own, described by the registry."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

import orjson
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api import schemas
from api.analyzing import analyze, names_of, once
from api.answer import Answer
from api.deps import ServiceDep, refuse_unknown_parameters
from api.negotiation import negotiate
from api.routes.content import respond
from graph.analytics.registry import ANALYTICS, find_analytic
from graph.errors import NotAcceptableError
from graph.records import listing

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from graph.analytics.analytic import Analytic, Outcome, Parameter

router = APIRouter(
    prefix="/api/v1",
    tags=["analytics"],
    responses={404: {"model": schemas.ProblemOut}, 422: {"model": schemas.ProblemOut}},
)

#: Media types by short name, the first if nothing is asked.
_FORMATS: Final = {
    "json": "application/json",
    "csv": "text/csv",
    "svg": "image/svg+xml",
    "png": "image/png",
}
_SUFFIXED: Final = {"csv": "text/csv; charset=utf-8", "svg": "image/svg+xml", "png": "image/png"}

#: Parameters that say how the answer looks, not what is asked.
_OUTWARD: Final = ("format", "picture")


@router.get(
    "/analytics",
    summary="All analytics",
    dependencies=[Depends(refuse_unknown_parameters)],
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def list_analytics(service: ServiceDep) -> Response:
    """What can be counted, with parameters and pictures of each."""
    items = [
        {**analytic.record(), "path": f"/api/v1/analytics/{analytic.name}"}
        for analytic in ANALYTICS.values()
    ]
    return respond(Answer(orjson.dumps(listing(items, service.catalogue.release))))


def _endpoint(analytic: Analytic) -> Callable[..., Coroutine[Any, Any, Response]]:
    """The handler of one analytic."""

    async def answer(request: Request, service: ServiceDep) -> Response:
        given = once(request.query_params.multi_items(), (*names_of(analytic), *_OUTWARD))
        format_ = _format(given.get("format", ""), request.headers.getlist("accept"))
        picture = given.get("picture")
        if picture is not None:
            picture = analytic.picture_parameter.parse(picture)
        question = {k: v for k, v in given.items() if k not in _OUTWARD}
        return respond(
            await analyze(service, analytic, question, lambda o: _written(o, format_, picture))
        )

    return answer


def _format(short: str, accepts: list[str]) -> str:
    """Short name of the format that is wanted."""
    if short:
        if short not in _FORMATS:
            raise NotAcceptableError(short, [*_FORMATS])
        return short
    by_type = {media_type: name for name, media_type in _FORMATS.items()}
    aliases = {"text/html": _FORMATS["json"]}
    return by_type[negotiate(",".join(accepts), tuple(by_type), aliases)]


def _written(outcome: Outcome, format_: str, picture: str | None) -> Answer:
    """An outcome in a format."""
    if format_ == "json":
        return Answer(orjson.dumps(outcome.record()))
    stem = "--".join(
        part
        for part in (outcome.analytic, outcome.parameters["from"], outcome.parameters["to"])
        if part
    )
    headers = (("content-disposition", f'inline; filename="{stem}.{format_}"'),)
    if format_ == "csv":
        body = _csv(outcome)
    else:
        drawn = outcome.picture(picture)
        body = drawn.encode()
        if format_ == "png":
            from graph.analytics.pictures import png

            body = png(drawn)
    return Answer(body, _SUFFIXED[format_], headers=headers)


def _csv(outcome: Outcome) -> bytes:
    """The table as CSV (RFC 4180)."""
    columns, rows = outcome.table()
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return output.getvalue().encode()


# ---- OpenAPI -----------------------------------------------------------------------------


def _described(parameter: Parameter) -> dict[str, Any]:
    """A parameter as OpenAPI has it."""
    kind = parameter.record()["type"]
    schema: dict[str, Any] = {"type": kind}
    if parameter.choices and not parameter.many:
        schema["enum"] = [*parameter.choices]
    for key, value in (
        ("default", parameter.default),
        ("minimum", parameter.least),
        ("maximum", parameter.most),
    ):
        if value is not None:
            schema[key] = value
    described = {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": parameter.about,
        "schema": schema,
    }
    if parameter.example is not None:
        shown = parameter.example
        described["example"] = str(shown).lower() if isinstance(shown, bool) else shown
    return described


def _parameters(analytic: Analytic) -> list[dict[str, Any]]:
    """Everything that an endpoint takes."""
    ends = [
        {
            "name": name,
            "in": "query",
            "required": analytic.needs_frameworks,
            "description": f"Framework {where}.",
            "schema": {"type": "string"},
            **({"example": example} if analytic.needs_frameworks else {}),
        }
        for name, where, example in (
            ("from", "that is counted from", "epas-2022"),
            ("to", "that is counted to", "isp-2020"),
        )
    ]
    own = [_described(parameter) for parameter in analytic.parameters]
    for described in own:
        # Paths need both their ends, and take them as `from` and `to` as well.
        described["required"] = described["name"] in ("a", "b")
    outward = [
        _described(analytic.picture_parameter),
        {
            "name": "format",
            "in": "query",
            "required": False,
            "description": "json, csv, svg or png; wins over Accept.",
            "schema": {"type": "string", "enum": [*_FORMATS]},
            "example": "svg",
        },
    ]
    return [*ends, *own, *outward]


def _content() -> dict[str, Any]:
    answer = {
        "type": "object",
        "required": ["analytic", "says", "parameters", "regime", "release"],
        "properties": {
            "analytic": {"type": "string"},
            "says": {"type": "string", "description": "What one sees, in sentences."},
            "parameters": {"type": "object", "description": "What was asked, as understood."},
            "regime": {"type": "string", "description": "Rules of derivation, or `asserted`."},
            "release": {"type": "string"},
        },
    }
    return {
        "description": "the answer; its further fields are those of the analytic",
        "content": {
            "application/json": {"schema": answer},
            "text/csv": {"schema": {"type": "string"}},
            "image/svg+xml": {"schema": {"type": "string"}},
            "image/png": {"schema": {"type": "string", "format": "binary"}},
        },
    }


for _analytic in ANALYTICS.values():
    router.add_api_route(
        f"/analytics/{_analytic.name}",
        _endpoint(_analytic),
        methods=["GET"],
        name=f"analyze_{_analytic.name}",
        operation_id=f"analyze_{_analytic.name}",
        summary=_analytic.summary,
        response_class=Response,
        responses={200: _content(), 406: {"model": schemas.ProblemOut}},
        openapi_extra={"parameters": _parameters(_analytic)},
    )


@router.get("/analytics/{name}", include_in_schema=False)
async def unknown_analytic(name: str) -> Response:
    """Refuse any other name, with the nearest that exist."""
    find_analytic(name)
    raise AssertionError(name)  # every analytic has its route
