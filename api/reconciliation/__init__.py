"""The reconciliation service API, version 0.2: OpenRefine's way to find what a cell means.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/. The entities are
competencies, known by their CURIEs. A service over everything is at `/reconcile`, one for each
framework at `/reconcile/{framework}`. Version 1.0 is a draft whose manifest contradicts that of 0.2
(`suggest` holds booleans there, addresses here), so it is not claimed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.answer import Answer
from api.description import public_address
from api.http import header, parameters, read_body
from api.problems import RequestError
from api.reconciliation.desk import MOUNT, Desk, open_desk, types_of
from api.reconciliation.extension import extended, proposed
from api.reconciliation.queries import (
    CLEAR_BY,
    MOST_CANDIDATES,
    SURE,
    reconciled,
)
from api.reconciliation.suggestions import (
    PREVIEW_HEIGHT,
    PREVIEW_WIDTH,
    preview,
    suggest_entities,
    suggest_properties,
    suggest_types,
)
from graph import __version__

if TYPE_CHECKING:
    from api.http import Receive, Scope
    from api.service import Service

__all__ = [
    "CLEAR_BY",
    "MOST_CANDIDATES",
    "MOUNT",
    "SURE",
    "Desk",
    "answer_reconciliation",
    "manifest",
    "open_desk",
    "preview",
    "proposed",
    "suggest_entities",
    "suggest_properties",
    "suggest_types",
]

VERSION: Final = "0.2"

_FORM: Final = "application/x-www-form-urlencoded"


async def answer_reconciliation(desk: Desk, scope: Scope, receive: Receive) -> Answer:
    """Answer a request to the address of the service: manifest, queries, or data extension.

    Raises
    ------
    RequestError, CrosswalkError
        As `api.problems` has them.
    """
    given = parameters(scope["query_string"].decode("latin-1"), origin="the query string")
    if scope["method"] == "POST":
        given += await _form(desk.service, scope, receive)
    values: dict[str, str] = {}
    for name, value in given:
        if name in values or name not in ("queries", "extend"):
            message = f"{name!r} has no place here; send `queries` or `extend`, once"
            raise RequestError("bad-request", message)
        values[name] = value
    if len(values) > 1:
        raise RequestError("bad-request", "send `queries` or `extend`, one request for each")
    if not values:
        if scope["method"] == "POST":
            raise RequestError("bad-request", "the form has neither `queries` nor `extend`")
        return manifest(desk)
    name, text = next(iter(values.items()))
    answering = reconciled if name == "queries" else extended
    # Requests of one size take alike, so that a long batch is never done as if it were a short one.
    size = len(text).bit_length()
    answer = await desk.service.run(f"reconcile {name} {size}", lambda: answering(desk, text))
    return Answer(answer.body, answer.media_type, keep=scope["method"] == "GET")


async def _form(service: Service, scope: Scope, receive: Receive) -> list[tuple[str, str]]:
    kind = header(scope, b"content-type").partition(";")[0].strip().lower()
    if kind != _FORM:
        message = f"content-type {kind!r} is not supported; send {_FORM}"
        raise RequestError("unsupported-media-type", message, [("accept-post", _FORM)])
    body = await read_body(scope, receive, service.settings.body_kb * 1000)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"byte {error.start} of the form is not UTF-8"
        raise RequestError("bad-request", message) from None
    return parameters(text, origin="the form")


def manifest(desk: Desk) -> Answer:
    """What the service is and what it offers, with the addresses of its parts."""
    catalogue, base = desk.catalogue, desk.address
    about = "Competency crosswalk"
    if desk.framework:
        about += f": {catalogue.frameworks[desk.framework].title}"
    record = {
        "versions": [VERSION],
        "name": about,
        "identifierSpace": catalogue.prefixes.iris["framework"],
        "schemaSpace": catalogue.prefixes.iris["xw"],
        "documentation": f"{public_address(desk.service.settings)}/docs",
        "serviceVersion": __version__,
        "batchSize": desk.service.settings.reconcile_queries_most,
        "defaultTypes": [{"id": key, "name": name} for key, name in types_of(desk).items()],
        "view": {"url": f"{public_address(desk.service.settings)}/competencies/{{{{id}}}}"},
        "preview": {
            "url": f"{base}/preview?id={{{{id}}}}",
            "width": PREVIEW_WIDTH,
            "height": PREVIEW_HEIGHT,
        },
        "suggest": {
            kind: {"service_url": base, "service_path": f"/suggest/{kind}"}
            for kind in ("entity", "type", "property")
        },
        "extend": {
            "propose_properties": {"service_url": base, "service_path": "/extend/propose"},
            "property_settings": [
                {
                    "name": "limit",
                    "label": "Most values",
                    "type": "number",
                    "default": 0,
                    "help_text": "Most values in a row, best first; 0 means all of them.",
                }
            ],
        },
    }
    return Answer.of(record)
