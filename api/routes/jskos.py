"""The JSKOS API: mappings, concordances, concept schemes and concepts for Cocoda and its like."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from api import jskos, schemas
from api.deps import ServiceDep, refuse_unknown_parameters
from api.routes.content import respond

router = APIRouter(
    tags=["JSKOS"],
    dependencies=[Depends(refuse_unknown_parameters)],
    responses={404: {"model": schemas.ProblemOut}, 422: {"model": schemas.ProblemOut}},
)

_Records = list[dict[str, Any]]

Language = Annotated[
    str, Query(description="Accepted for clients that send it; all texts are English.")
]
Properties = Annotated[
    str, Query(description="Members to add (`ancestors`) or, after `-`, to leave out.")
]
Several = Annotated[str, Query(description="Several values are separated by `|`.")]
SchemeUri = Annotated[
    str,
    Query(
        description="URI or notation of a concept scheme; several are separated by `|`.",
        examples=["https://w3id.org/competency-crosswalk/id/isp-2020"],
    ),
]
ConceptUri = Annotated[
    str,
    Query(
        description="URI of a concept.",
        examples=["https://w3id.org/competency-crosswalk/id/isp-2020/1.3"],
    ),
]
ConceptUris = Annotated[
    str,
    Query(
        description="URIs or notations of concepts, separated by `|`; `*` at the end: a beginning.",
        examples=["https://w3id.org/competency-crosswalk/id/epas-2022/7"],
    ),
]
Unused = Annotated[
    str, Query(description="Accepted for clients that send it; the answer is the same.")
]
Search = Annotated[str, Query(max_length=200, examples=["supervision"])]
Mode = Literal["and", "or"]
Download = Literal["", "json", "ndjson"]


def get_window(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=jskos.MOST)] = jskos.DEFAULT_LIMIT,
    offset: Annotated[int, Query(ge=0)] = 0,
    properties: Properties = "",
    language: Language = "",
) -> jskos.Window:
    """Which part of a list is wanted."""
    given = tuple(request.query_params.multi_items())
    path = request.url.path.removeprefix(jskos.MOUNT)
    return jskos.Window(path, given, limit, offset, properties)


def get_mapping_query(
    from_: Annotated[ConceptUris, Query(alias="from")] = "",
    to: ConceptUris = "",
    from_scheme: Annotated[SchemeUri, Query(alias="fromScheme")] = "",
    to_scheme: Annotated[SchemeUri, Query(alias="toScheme")] = "",
    identifier: Several = "",
    mode: Mode = "and",
    direction: Literal["forward", "backward", "both"] = "forward",
    type_: Annotated[
        str,
        Query(
            alias="type",
            description="URIs of SKOS mapping properties, separated by `|`.",
            examples=["http://www.w3.org/2004/02/skos/core#closeMatch"],
        ),
    ] = "",
    part_of: Annotated[
        str, Query(alias="partOf", description="URIs of concordances, `any` or `none`.")
    ] = "",
    creator: Several = "",
    annotated_by: Annotated[str, Query(alias="annotatedBy")] = "",
    annotated_for: Annotated[str, Query(alias="annotatedFor")] = "",
    annotated_with: Annotated[str, Query(alias="annotatedWith")] = "",
    sort: Literal["created", "modified", "mappingRelevance"] = "mappingRelevance",
    order: Literal["asc", "desc"] = "desc",
    cardinality: Literal["1-to-1", "1-to-n"] = "1-to-n",
) -> jskos.MappingQuery:
    """Which mappings are wanted; all of ours are from one concept to one concept."""
    return jskos.MappingQuery(
        from_, to, from_scheme, to_scheme, identifier, mode, direction, type_, part_of, creator,
        annotated_by, annotated_for, annotated_with, sort, order,
    )  # fmt: skip


def get_words(search: Search = "", query: str = "", count: Unused = "") -> str:
    """Which words are looked for, under either of two names."""
    return search or query


def accept_unused(use: Unused = "", sort: Unused = "") -> None:
    """Take what clients send with suggestions."""


WindowDep = Annotated[jskos.Window, Depends(get_window)]
MappingsDep = Annotated[jskos.MappingQuery, Depends(get_mapping_query)]
WordsDep = Annotated[str, Depends(get_words)]
Form = Annotated[Literal["opensearch", "jskos"], Query(alias="format")]


@router.get("/status", summary="What the JSKOS API offers", response_model=dict[str, Any])
async def read_status(service: ServiceDep, language: Language = "") -> Response:
    """The addresses of everything else, as clients ask for them first."""
    return respond(jskos.status(service))


@router.get("/mappings", summary="Alignments as JSKOS mappings", response_model=_Records)
async def list_mappings(
    service: ServiceDep,
    query: MappingsDep,
    window: WindowDep,
    download: Literal["", "json", "ndjson", "csv", "tsv"] = "",
) -> Response:
    """Aligned pairs, sure before unsure; JSKOS has no way to say *not aligned*."""
    answer = await service.run(
        f"jskos mappings {download}", lambda: jskos.mappings(service, query, window, download)
    )
    return respond(answer)


@router.get("/mappings/voc", summary="Schemes at the ends of mappings", response_model=_Records)
async def list_mapping_schemes(
    service: ServiceDep,
    window: WindowDep,
    from_: Annotated[ConceptUris, Query(alias="from")] = "",
    to: ConceptUris = "",
    mode: Mode = "or",
) -> Response:
    """Concept schemes with the number of mappings from and to each."""
    query = jskos.MappingQuery(from_, to, mode=mode)
    answer = await service.run(
        "jskos mappings", lambda: jskos.mapping_schemes(service, query, window)
    )
    return respond(answer)


@router.get("/mappings/{mapping}", summary="One JSKOS mapping", response_model=dict[str, Any])
async def read_mapping(
    service: ServiceDep, mapping: str, properties: Properties = "", language: Language = ""
) -> Response:
    """A mapping by the id of its alignment."""
    return respond(jskos.mapping(service, mapping, properties))


@router.get("/concordances", summary="Crosswalks as concordances", response_model=_Records)
async def list_concordances(
    service: ServiceDep,
    window: WindowDep,
    uri: Several = "",
    from_scheme: Annotated[SchemeUri, Query(alias="fromScheme")] = "",
    to_scheme: Annotated[SchemeUri, Query(alias="toScheme")] = "",
    creator: Several = "",
    mode: Mode = "and",
    download: Download = "",
) -> Response:
    """Crosswalks by id, each with the addresses at which its mappings are downloaded."""
    query = jskos.ConcordanceQuery(uri, from_scheme, to_scheme, creator, mode)
    answer = await service.run(
        "jskos concordances", lambda: jskos.concordances(service, query, window, download)
    )
    return respond(answer)


@router.get("/concordances/{concordance}", summary="One concordance", response_model=dict[str, Any])
async def read_concordance(
    service: ServiceDep,
    concordance: Annotated[str, Path(examples=["epas-2022--isp-2020"])],
    properties: Properties = "",
    language: Language = "",
) -> Response:
    """A crosswalk in outline."""
    return respond(jskos.concordance(service, concordance, properties))


@router.get("/voc", summary="Frameworks as concept schemes", response_model=_Records)
async def list_schemes(
    service: ServiceDep, window: WindowDep, uri: SchemeUri = "", notation: Several = ""
) -> Response:
    """Concept schemes by id."""
    return respond(jskos.schemes(service, uri=uri, notation=notation, window=window))


@router.get("/voc/top", summary="Top concepts of a scheme", response_model=_Records)
async def list_top_concepts(
    service: ServiceDep, window: WindowDep, uri: SchemeUri = ""
) -> Response:
    """Concepts with nothing above them, in published order."""
    answer = await service.run(
        "jskos top", lambda: jskos.scheme_concepts(service, uri, window, top=True)
    )
    return respond(answer)


@router.get("/voc/concepts", summary="Concepts of a scheme", response_model=_Records)
async def list_scheme_concepts(
    service: ServiceDep, window: WindowDep, uri: SchemeUri, download: Download = ""
) -> Response:
    """All concepts of a scheme in published order."""
    answer = await service.run(
        f"jskos concepts {window.limit.bit_length()} {download}",
        lambda: jskos.scheme_concepts(service, uri, window, download=download),
    )
    return respond(answer)


@router.get(
    "/voc/suggest", summary="Concept schemes by words", response_model=list[Any],
    dependencies=[Depends(accept_unused)],
)  # fmt: skip
async def suggest_schemes(
    service: ServiceDep, window: WindowDep, words: WordsDep, format_: Form = "opensearch"
) -> Response:
    """Suggestions in the form of OpenSearch, or whole concept schemes."""
    answer = await service.run(
        "jskos search",
        lambda: jskos.suggest_schemes(service, words, window, opensearch=format_ == "opensearch"),
    )
    return respond(answer)


@router.get("/voc/search", summary="Concept schemes by words, whole", response_model=_Records)
async def search_schemes(service: ServiceDep, window: WindowDep, words: WordsDep) -> Response:
    """Concept schemes that match, best first."""
    answer = await service.run(
        "jskos search",
        lambda: jskos.suggest_schemes(service, words, window, opensearch=False),
    )
    return respond(answer)


@router.get("/concepts", summary="Concepts by URI or notation", response_model=_Records)
async def list_concepts(
    service: ServiceDep,
    window: WindowDep,
    uri: ConceptUris = "",
    notation: Several = "",
    voc: SchemeUri = "",
    download: Download = "",
) -> Response:
    """Concepts that are asked for by name."""
    answer = await service.run(
        f"jskos named {download}",
        lambda: jskos.concepts(
            service, uri=uri, notation=notation, voc=voc, window=window, download=download
        ),
    )
    return respond(answer)


@router.get("/concepts/narrower", summary="Concepts below one", response_model=_Records)
async def list_narrower(service: ServiceDep, window: WindowDep, uri: ConceptUri = "") -> Response:
    """Concepts directly below one, in published order."""
    return respond(jskos.narrower(service, uri, window))


@router.get("/concepts/ancestors", summary="Concepts above one", response_model=_Records)
async def list_ancestors(service: ServiceDep, window: WindowDep, uri: ConceptUri = "") -> Response:
    """Concepts above one, from the top down."""
    return respond(jskos.ancestors(service, uri, window))


@router.get(
    "/concepts/suggest", summary="Concepts by words", response_model=list[Any],
    dependencies=[Depends(accept_unused)],
)  # fmt: skip
async def suggest_concepts(
    service: ServiceDep,
    window: WindowDep,
    words: WordsDep,
    voc: SchemeUri = "",
    format_: Form = "opensearch",
    type_: Annotated[str, Query(alias="type")] = "",
) -> Response:
    """Suggestions in the form of OpenSearch, or whole concepts."""
    answer = await service.run(
        "jskos search",
        lambda: jskos.suggest_concepts(
            service, words, voc, type_, window, opensearch=format_ == "opensearch"
        ),
    )
    return respond(answer)


@router.get("/concepts/search", summary="Concepts by words, whole", response_model=_Records)
async def search_concepts(
    service: ServiceDep,
    window: WindowDep,
    words: WordsDep,
    voc: SchemeUri = "",
    type_: Annotated[str, Query(alias="type")] = "",
) -> Response:
    """Concepts that match, best first."""
    answer = await service.run(
        "jskos search",
        lambda: jskos.suggest_concepts(service, words, voc, type_, window, opensearch=False),
    )
    return respond(answer)
