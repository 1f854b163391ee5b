"""Frameworks, competencies, alignments, crosswalks and search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from api import named, reading, schemas
from api.deps import (
    CompetencyPath,
    FormatDep,
    FrameworkPath,
    PageDep,
    RdfFormatDep,
    ServiceDep,
    refuse_unknown_parameters,
)
from api.paging import DEFAULT_LIMIT, MOST
from graph.model import Relation, Strength, Verdict
from graph.rules import Regime

if TYPE_CHECKING:
    from api.answer import Answer
    from graph.model import Alignment

router = APIRouter(
    prefix="/api/v1",
    dependencies=[Depends(refuse_unknown_parameters)],
    responses={404: {"model": schemas.ProblemOut}, 422: {"model": schemas.ProblemOut}},
)


def respond(answer: Answer) -> Response:
    """An answer as the framework sends it."""
    headers = dict(answer.headers)
    if not answer.keep:
        headers["cache-control"] = "no-store"
    return Response(answer.body, answer.status, headers, answer.media_type)


def accept_of(request: Request) -> str:
    """What a request accepts: all of its headers about it as one."""
    return ",".join(request.headers.getlist("accept"))


@router.get(
    "/frameworks",
    tags=["frameworks"],
    summary="All frameworks",
    response_model=schemas.PageOut[schemas.FrameworkOut],
)
async def list_frameworks(request: Request, service: ServiceDep, page: PageDep) -> Response:
    """Every published set of competencies that the crosswalk knows, by id."""
    return respond(reading.frameworks(service, page))


@router.get(
    "/frameworks/{framework}",
    tags=["frameworks"],
    summary="One framework with its tree",
    response_model=schemas.FrameworkTreeOut,
)
async def read_framework(
    request: Request, framework: FrameworkPath, service: ServiceDep, format_: FormatDep = ""
) -> Response:
    """Title, source, counts by level, and all statements as a tree; RDF; or a whole file."""
    accept = accept_of(request)
    answer = await service.run(
        f"framework {format_}", lambda: reading.framework(service, framework, accept, format_)
    )
    return respond(answer)


@router.get(
    "/frameworks/{framework}/competencies",
    tags=["frameworks"],
    summary="Competencies of a framework",
    response_model=schemas.PageOut[schemas.CompetencyOut],
)
async def list_competencies(
    request: Request,
    framework: FrameworkPath,
    service: ServiceDep,
    page: PageDep,
    level: Annotated[str | None, Query(examples=["behavior"])] = None,
) -> Response:
    """Competencies in published order, of one level if asked."""
    if level is not None:
        service.catalogue.known.curie("level", level, name="level")
    return respond(reading.framework_competencies(service, framework, level, page))


@router.get(
    "/competencies/{curie}",
    tags=["competencies"],
    summary="One competency",
    response_model=schemas.CompetencyOut,
)
async def read_competency(
    request: Request, curie: CompetencyPath, service: ServiceDep, format_: RdfFormatDep = ""
) -> Response:
    """A competency with parents, children, source and further reading; or RDF."""
    return respond(reading.competency(service, curie, accept_of(request), format_))


@router.get(
    "/competencies/{curie}/alignments",
    tags=["competencies"],
    summary="What a competency aligns with",
    response_model=schemas.PageOut[schemas.PartnerOut],
)
async def list_competency_alignments(
    request: Request,
    curie: CompetencyPath,
    service: ServiceDep,
    page: PageDep,
    verdict: Annotated[Literal["aligned", "not-aligned", "any"], Query()] = "aligned",
    to: Annotated[
        str | None, Query(description="Framework of the partner.", examples=["isp-2020"])
    ] = None,
) -> Response:
    """Partners in both directions, best first: strong before weak, sure before unsure."""
    return respond(
        reading.competency_alignments(
            service,
            curie,
            verdict=None if verdict == "any" else Verdict(verdict),
            to=to,
            page=page,
        )
    )


@router.get(
    "/alignments",
    tags=["alignments"],
    summary="Alignments by any filter",
    response_model=schemas.PageOut[schemas.AlignmentOut],
)
async def list_alignments(
    request: Request,
    service: ServiceDep,
    page: PageDep,
    source: Annotated[
        str | None, Query(description="Subject, a CURIE.", examples=["epas-2022:7"])
    ] = None,
    target: Annotated[
        str | None, Query(description="Object, a CURIE.", examples=["isp-2020:2.1"])
    ] = None,
    from_: Annotated[
        str | None,
        Query(alias="from", description="Framework at one end.", examples=["epas-2022"]),
    ] = None,
    to: Annotated[
        str | None, Query(description="Framework at the other end.", examples=["isp-2020"])
    ] = None,
    relation: Annotated[list[Relation] | None, Query()] = None,
    strength: Annotated[list[Strength] | None, Query()] = None,
    min_confidence: Annotated[float, Query(ge=0, le=1)] = 0,
    status: Annotated[list[str] | None, Query(examples=["proposed"])] = None,
    aim: Annotated[list[str] | None, Query(examples=["poverty"])] = None,
    level: Annotated[
        str | None, Query(description="Level of both ends.", examples=["competency"])
    ] = None,
    verdict: Annotated[Verdict | None, Query()] = None,
    derived: Annotated[
        bool, Query(description="Whether to add what follows from others, with its proof.")
    ] = False,
    regime: Annotated[
        Regime, Query(description="Rules that derived alignments may use.")
    ] = Regime.PRACTICE,
    q: Annotated[str | None, Query(description="Text in a label or rationale.")] = None,
    format_: FormatDep = "",
) -> Response:
    """Records in the order of their codes; `format` writes all of them as a file.

    Derived alignments always need review and are never stored beside asserted ones.
    """
    for name, values in (("aim", aim), ("status", status), ("level", [level] if level else None)):
        for value in values or ():
            service.catalogue.known.curie(name, value, name=name)

    def found() -> list[Alignment]:
        return service.catalogue.select(
            source=source,
            target=target,
            from_=from_,
            to=to,
            relation=relation or (),
            strength=strength or (),
            min_confidence=min_confidence,
            status=status or (),
            aim=aim or (),
            level=level,
            verdict=verdict,
            words=q,
            also=service.derived(regime) if derived else (),
        )

    accept = accept_of(request)
    answer = await service.run(
        f"alignments {format_} {derived}",
        lambda: reading.alignments(service, found(), accept, format_, page),
    )
    return respond(answer)


@router.get(
    "/alignments/{alignment}",
    tags=["alignments"],
    summary="One alignment",
    response_model=schemas.AlignmentOut,
)
async def read_alignment(
    request: Request, alignment: str, service: ServiceDep, format_: RdfFormatDep = ""
) -> Response:
    """An alignment with its reason, evidence and author; or RDF."""
    return respond(reading.alignment(service, alignment, accept_of(request), format_))


@router.get(
    "/crosswalks",
    tags=["crosswalks"],
    summary="All crosswalks",
    response_model=schemas.PageOut[schemas.CrosswalkOut],
)
async def list_crosswalks(request: Request, service: ServiceDep, page: PageDep) -> Response:
    """Every pair of frameworks that was judged, with how it came out."""
    return respond(reading.crosswalks(service, page))


@router.get(
    "/crosswalks/{from}/{to}",
    tags=["crosswalks"],
    summary="One crosswalk, whole",
    response_model=schemas.WholeCrosswalkOut,
)
async def read_crosswalk(
    request: Request,
    from_: Annotated[str, Path(alias="from", examples=["epas-2022"])],
    to: Annotated[str, Path(examples=["isp-2020"])],
    service: ServiceDep,
    format_: FormatDep = "",
) -> Response:
    """Every verdict and the matrix; `format` or Accept gives CSV, TSV, SSSOM, Turtle, JSON-LD."""
    accept = accept_of(request)
    answer = await service.run(
        f"crosswalk {format_}", lambda: reading.crosswalk(service, from_, to, accept, format_)
    )
    return respond(answer)


@router.get(
    "/search", tags=["search"], summary="Search titles, descriptions and rationales",
    response_model=schemas.SearchOut,
)  # fmt: skip
async def search(
    service: ServiceDep,
    q: Annotated[str, Query(min_length=1, max_length=200, examples=["supervision"])],
    kind: Annotated[list[Literal["competency", "alignment", "framework"]] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = DEFAULT_LIMIT,
) -> Response:
    """Ranked hits with the matched words marked; stems are matched, not spellings."""
    answer = await service.run("search", lambda: reading.searched(service, q, kind or (), limit))
    return respond(answer)


@router.get("/queries", include_in_schema=False)
async def list_queries(service: ServiceDep) -> Response:
    """All named questions, for requests that the hot path leaves to the framework."""
    return respond(named.list_named(service))


@router.get(
    "/explanations/{subject}/{object}",
    tags=["alignments"],
    summary="What links two competencies, in sentences",
    response_model=schemas.ExplanationOut,
)
async def read_explanation(
    subject: Annotated[str, Path(description="A CURIE.", examples=["epas-2015:2"])],
    object_: Annotated[str, Path(alias="object", examples=["isp-2020:1.3"])],
    service: ServiceDep,
    regime: Annotated[
        Regime, Query(description="Rules that a derived link may use.")
    ] = Regime.PRACTICE,
) -> Response:
    """An alignment that somebody judged, else the shortest proof, else why nothing follows."""
    answer = await service.run(
        "explain", lambda: reading.explanation(service, subject, object_, regime)
    )
    return respond(answer)
