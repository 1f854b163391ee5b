"""The documentation of the API: ten calls to begin with, addresses of standards, every path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.description import public_address
from api.pages.view import Column, DataTable, View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.service import Service
    from graph.records import Record

#: What to try first: a sentence, the address, and further arguments of curl.
CALLS: Final[tuple[tuple[str, str, str], ...]] = (
    ("One competency, with parents, children and source", "/api/v1/competencies/epas-2022:7", ""),
    (
        "What it aligns with and why, best first",
        "/api/v1/competencies/epas-2022:7/alignments?limit=5",
        "",
    ),
    (
        "Alignments by any filter",
        "/api/v1/alignments?from=epas-2022&to=isp-2020&strength=strong&aim=racial-equity",
        "",
    ),
    (
        "A whole crosswalk as a spreadsheet",
        "/api/v1/crosswalks/epas-2022/isp-2020?format=xlsx",
        "-o crosswalk.xlsx",
    ),
    ("Search in titles, descriptions and reasons", "/api/v1/search?q=supervision", ""),
    (
        "How much of one framework reaches the other",
        "/api/v1/analytics/coverage?from=epas-2022&to=isp-2020",
        "",
    ),
    (
        "A named question, as CSV",
        "/api/v1/queries/find-gaps?from=isp-2020&to=epas-2022&format=csv",
        "",
    ),
    (
        "Anything else, in SPARQL",
        "/sparql",
        "-H 'Accept: text/csv' --data-urlencode "
        "'query=SELECT ?partner { epas-2022:7 skos:closeMatch ?partner }'",
    ),
    (
        "A course plan to fill in",
        "/api/v1/course-plans/template?form=csv",
        "-o plan.csv",
    ),
    (
        "What a course plan covers, reaches and lacks",
        "/api/v1/course-plans/analysis",
        "-H 'Content-Type: application/json' --data-binary "
        """'{"edition": "epas-2022", "courses": [{"code": "SW 501", "title": "Foundations", """
        """"serves": [{"competency": "epas-2022:7", "depth": "practises"}]}]}'""",
    ),
)

#: Addresses for the tools of others: a name, the address, what it is for.
_STANDARDS: Final = (
    ("SPARQL 1.1 Protocol", "/sparql", "any query, read only; a browser gets an editor"),
    ("1EdTech CASE 1.1", "/ims/case/v1p1/CFDocuments", "frameworks and associations, for an LMS"),
    ("JSKOS", "/jskos/mappings?limit=5", "mappings and vocabularies, for Cocoda"),
    ("Reconciliation", "/reconcile", "what the cells of a column mean, for OpenRefine"),
    (
        "SSSOM",
        "/api/v1/crosswalks/epas-2022/isp-2020?format=sssom",
        "a crosswalk as a mapping set, for sssom-py and others",
    ),
    ("VoID, DCAT and PROV-O", "/.well-known/void", "what the dataset says of itself"),
    ("OpenAPI 3.1", "/openapi.json", "every path and parameter, for code generators"),
    ("Releases", "/releases", "immutable downloads with checksums"),
)

#: Members of a path item that are operations.
_METHODS: Final = frozenset({"delete", "get", "head", "options", "patch", "post", "put"})

_CALLS: Final = (
    Column("about", "What it answers"),
    Column("path", "Address"),
    Column("command", "Command"),
)


_PATHS: Final = (
    Column("method", "Method"),
    Column("path", "Path"),
    Column("about", "What it answers"),
)


def docs(service: Service, paths: Mapping[str, Mapping[str, Record]]) -> View:
    """A short introduction before the documentation that is made from the OpenAPI document.

    Parameters
    ----------
    paths : Mapping[str, Mapping[str, Record]]
        The path items of that document, each by method (OpenAPI 3.1, section 4.8.9): listed in
        plain words for paper and for those who run no script.
    """
    base = public_address(service.settings)
    calls = [
        {
            "about": about,
            "path": path,
            "link": path if "--data" not in arguments else None,
            "command": " ".join(filter(None, ["curl", arguments, f"'{base}{path}'"])),
        }
        for about, path, arguments in CALLS
    ]
    standards = [{"name": name, "path": path, "about": about} for name, path, about in _STANDARDS]
    listed = [
        {"method": method.upper(), "path": path, "about": operation["summary"]}
        for path, item in paths.items()
        for method, operation in item.items()
        if method in _METHODS
    ]
    return View(
        "docs.html",
        "API",
        {"base": base, "calls": calls, "standards": standards, "paths": listed},
        about="How programs ask the crosswalk: ten calls to begin with, and every path.",
        tables=(
            DataTable("calls", f"{len(calls)} calls to begin with", _CALLS, calls),
            DataTable("paths", f"{len(listed)} operations of the API", _PATHS, listed),
        ),
        section="docs",
        styles=("vendor/swagger-ui/swagger-ui.css",),
        # The documentation of paths sets sizes on its elements as it works.
        policy={"style-src": "'self' 'unsafe-inline'"},
    )
