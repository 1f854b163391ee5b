"""Errors as problem documents (RFC 9457): one table, one shape, everywhere."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import orjson

from api.answer import Answer
from graph.errors import (
    CrosswalkError,
    NotAcceptableError,
    NotFoundError,
    ParameterError,
    QueryBusyError,
    QueryLimitError,
    QuerySyntaxError,
    ReleaseDiffersError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.model import Finding

MEDIA_TYPE: Final = "application/problem+json"

#: HTTP status by error code. The only place where the one becomes the other.
STATUS: Final = {
    "internal": HTTPStatus.INTERNAL_SERVER_ERROR,
    "bad-source": HTTPStatus.INTERNAL_SERVER_ERROR,
    "store": HTTPStatus.INTERNAL_SERVER_ERROR,
    "not-found": HTTPStatus.NOT_FOUND,
    "bad-parameter": HTTPStatus.UNPROCESSABLE_ENTITY,
    "bad-plan": HTTPStatus.UNPROCESSABLE_ENTITY,
    "not-acceptable": HTTPStatus.NOT_ACCEPTABLE,
    "release-differs": HTTPStatus.CONFLICT,
    "bad-query": HTTPStatus.BAD_REQUEST,
    "query-syntax": HTTPStatus.BAD_REQUEST,
    "query-refused": HTTPStatus.BAD_REQUEST,
    "query-nesting": HTTPStatus.BAD_REQUEST,
    "too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "query-limit": HTTPStatus.UNPROCESSABLE_ENTITY,
    "query-timeout": HTTPStatus.GATEWAY_TIMEOUT,
    "query-busy": HTTPStatus.SERVICE_UNAVAILABLE,
    # What HTTP itself gets wrong, before any error of ours can arise.
    "bad-request": HTTPStatus.BAD_REQUEST,
    "unknown-path": HTTPStatus.NOT_FOUND,
    "method-not-allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "request-timeout": HTTPStatus.REQUEST_TIMEOUT,
    "unsupported-media-type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
}

#: Base of the `type` of a problem; the README explains each code.
_TYPES: Final = "https://w3id.org/competency-crosswalk/problem/"


class RequestError(Exception):
    """A request that HTTP, not the crosswalk, finds wrong. `code` is a key of `STATUS`."""

    def __init__(self, code: str, detail: str, headers: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(detail)
        self.code, self.headers = code, tuple(headers)


class UploadError(RequestError):
    """A file that was sent is faulty. Its faults are the sender's to mend, not ours."""

    #: Most faults that are listed; whoever has more has made one mistake in every row.
    MOST_LISTED: Final = 1000

    def __init__(self, code: str, findings: Sequence[Finding]) -> None:
        count = len(findings)
        says = f"{findings[0]}" if count == 1 else f"{count} faults; the first: {findings[0]}"
        super().__init__(code, says)
        self.findings = tuple(findings)


def problem(error: CrosswalkError | RequestError) -> Answer:
    """An error as the answer that the client gets."""
    status = STATUS[error.code]
    detail = str(error) if status < HTTPStatus.INTERNAL_SERVER_ERROR else "internal error"
    if isinstance(error, QueryLimitError | QueryBusyError):
        detail = str(error)
    headers: list[tuple[str, str]] = []
    if isinstance(error, RequestError):
        headers += error.headers
    if isinstance(error, QueryBusyError):
        headers.append(("retry-after", str(error.retry_after)))
    return document(error.code, detail, headers, **_particulars(error))


def document(
    code: str, detail: str, headers: Sequence[tuple[str, str]] = (), **particulars: Any
) -> Answer:
    """A problem document.

    Parameters
    ----------
    particulars : Any
        What a program needs to react: line and column, the limit, the nearest names.
    """
    status = STATUS[code]
    body = {
        "type": _TYPES + code,
        "title": status.phrase,
        "status": status.value,
        "code": code,
        "detail": detail,
        **particulars,
    }
    return Answer(orjson.dumps(body), MEDIA_TYPE, status.value, tuple(headers), keep=False)


def _particulars(error: CrosswalkError | RequestError) -> dict[str, Any]:
    if isinstance(error, UploadError):
        listed = [
            {"path": finding.path, "line": finding.line, "message": finding.message}
            for finding in error.findings[: UploadError.MOST_LISTED]
        ]
        return {"findings": listed, "total": len(error.findings)}
    if isinstance(error, NotFoundError):
        return {"kind": error.kind, "id": error.id, "nearest": list(error.nearest)}
    if isinstance(error, ParameterError):
        return {
            "parameter": error.name,
            "value": error.value,
            "accepted": error.accepted,
        }
    if isinstance(error, ReleaseDiffersError):
        return {
            "asked": error.asked,
            "current": error.current,
            "changes": error.changes or None,
            "bundle": error.bundle or None,
        }
    if isinstance(error, NotAcceptableError):
        return {"available": list(error.available)}
    if isinstance(error, QuerySyntaxError):
        return {"line": error.line, "column": error.column}
    if isinstance(error, QueryLimitError):
        return {"limit": error.limit}
    return {}
