"""Everything that can go wrong, and who can put it right.

CrosswalkError
├── SourcesError               tables break their own rules; their editor can mend them
├── StoreError                 the data cannot be loaded or read
├── NotFoundError              the caller named something that is not there
├── ParameterError             a parameter has a value that it cannot have
│   └── UnknownParameterError  there is no such parameter
├── ReleaseDiffersError        an answer of another release was asked for
├── NotAcceptableError         no representation that the caller accepts
└── QueryError                 a query sent to us is wrong or asks too much
    ├── QuerySyntaxError       it cannot be parsed
    ├── QueryRefusedError      it asks for what this endpoint does not do
    ├── QueryLimitError        it asks more memory, or more room for its answer, than there is
    │   ├── QueryTimeoutError  it ran out of time
    │   ├── QuerySizeError     it is too long
    │   └── QueryNestingError  it is nested too deep to be parsed safely
    └── QueryBusyError         too many queries at once
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graph.model import Finding


class CrosswalkError(Exception):
    """Root of the tree. `code` is stable, public and documented; the text is not."""

    code: ClassVar[str] = "internal"


#: Longest message of a finding, in characters; what a file says in one cell can be a book.
MOST_MESSAGE: Final = 2000


def _bounded(finding: Finding) -> Finding:
    """A finding whose message keeps its begin and its end, the place and the mend."""
    text = finding.message
    if len(text) <= MOST_MESSAGE:
        return finding
    half = MOST_MESSAGE // 2 - 1
    return replace(finding, message=f"{text[:half]} \u2026{text[-half:]}")


class SourcesError(CrosswalkError):
    """One or more tables are wrong; nothing was built."""

    code = "bad-source"

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(map(_bounded, findings))
        super().__init__("\n".join(map(str, self.findings)))


class StoreError(CrosswalkError):
    """Data cannot be loaded or read."""

    code = "store"

    def __init__(self, message: str, *, path: Path | None = None) -> None:
        super().__init__(message)
        self.path = path


class NotFoundError(CrosswalkError):
    """Something was named that is not there; `nearest` are names that are."""

    code = "not-found"

    def __init__(self, kind: str, name: str, nearest: Sequence[str] = ()) -> None:
        hint = f"; did you mean {' or '.join(nearest)}?" if nearest else ""
        super().__init__(f"there is no {kind} {name!r}{hint}")
        self.kind, self.id, self.nearest = kind, name, tuple(nearest)


class NoCrosswalkError(NotFoundError):
    """Something needs a crosswalk, and the data have none: a workspace that was begun just now."""

    def __init__(self, needs: str) -> None:
        super().__init__("crosswalk", "")
        self.args = (f"there is no crosswalk here, and {needs}; `crosswalk import` brings one",)


class ParameterError(CrosswalkError):
    """A parameter has a value that it cannot have."""

    code = "bad-parameter"

    def __init__(self, name: str, value: str | None, accepted: str) -> None:
        given = "is missing" if value is None else f"cannot be {value!r}"
        super().__init__(f"{name} {given}; it takes {accepted}")
        self.name, self.value, self.accepted = name, value, accepted


class UnknownParameterError(ParameterError):
    """A parameter that does not exist; a misspelt one must not quietly do nothing."""

    def __init__(self, name: str, value: str | None, known: Sequence[str]) -> None:
        accepted = f"one of {', '.join(known)}" if known else "no parameters"
        Exception.__init__(self, f"there is no parameter {name!r} here; known: {accepted}")
        self.name, self.value, self.accepted = name, value, accepted


class ReleaseDiffersError(CrosswalkError):
    """An answer of a release was asked for that is not the one that is served.

    `changes` says how the two differ, in a sentence, if the one asked for is at hand.
    """

    code = "release-differs"

    def __init__(self, asked: str, current: str, changes: str = "", bundle: str = "") -> None:
        since = f"; since then: {changes}" if changes else ""
        message = f"release {asked} was asked for, and {current[:12]} is served{since}"
        super().__init__(message)
        self.asked, self.current, self.changes, self.bundle = asked, current, changes, bundle


class NotAcceptableError(CrosswalkError):
    """The caller accepts none of the representations that exist."""

    code = "not-acceptable"

    def __init__(self, asked: str, available: Sequence[str]) -> None:
        super().__init__(f"cannot answer as {asked!r}; available: {', '.join(available)}")
        self.available = tuple(available)


class QueryError(CrosswalkError):
    """A query sent to us is wrong or asks too much."""

    code = "bad-query"


class QuerySyntaxError(QueryError):
    """The query cannot be parsed. Lines and columns count from 1."""

    code = "query-syntax"

    def __init__(self, message: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line, self.column = line, column


class QueryRefusedError(QueryError):
    """The query asks for something that this read-only endpoint does not do."""

    code = "query-refused"


class QueryLimitError(QueryError):
    """The query ran out of memory or of room for its answer, and was cut off.

    `limit` names the setting that it met, as do those below.
    """

    code = "query-limit"

    def __init__(self, message: str, *, limit: str) -> None:
        super().__init__(message)
        self.limit = limit


class QueryTimeoutError(QueryLimitError):
    """The query ran out of time and was cut off."""

    code = "query-timeout"


class QuerySizeError(QueryLimitError):
    """The text sent is too long; nothing of it was evaluated."""

    code = "too-large"


class QueryNestingError(QueryLimitError):
    """The query is nested too deep to be parsed safely."""

    code = "query-nesting"


class QueryBusyError(QueryError):
    """Too many queries are under way; try again in `retry_after` seconds."""

    code = "query-busy"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
