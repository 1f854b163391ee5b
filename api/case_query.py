"""Parameters of the list of CFDocuments, by the rules of the CASE 1.1 REST binding, section 3.

They are not ours: an unknown parameter is passed over, an unknown field to sort by gives the
default order, an unknown field to select gives all fields. What the binding has refused is refused
with the codes that its OpenAPI file knows; `invalid_filter_field`, which only its prose knows, is
`invalid_selection_field` there.
"""

from __future__ import annotations

import operator
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from graph.exchange.case.shape import CLASSES, STANDALONE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DEFAULT_LIMIT: Final = 100

_FIELDS: Final = CLASSES["CFDocument"] | STANDALONE["CFDocument"]
_TERM: Final = re.compile(r"\s*([A-Za-z0-9_.]+)\s*(!=|>=|<=|=|>|<|~)\s*'([^']*)'\s*")
_LOGICAL: Final = re.compile(r"(?<=') (AND|OR) (?=[A-Za-z])")
_COMPARISONS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge, "<": operator.lt,
    "<=": operator.le,
}  # fmt: skip
_NUMBER: Final = re.compile(r"\d{1,9}")


class CaseError(Exception):
    """A request that CASE refuses. `code` is one of the minor codes of its OpenAPI file."""

    def __init__(self, status: HTTPStatus, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code = status, code


def _bad(code: str, detail: str) -> CaseError:
    return CaseError(HTTPStatus.BAD_REQUEST, code, detail)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list.

    Attributes
    ----------
    total : int
        Length of the whole list.
    links : str
        The other parts, as the value of a Link header; empty if there are none.
    """

    records: list[dict[str, Any]]
    total: int
    links: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What is wanted of a list of CFDocuments."""

    given: tuple[tuple[str, str], ...]
    limit: int
    offset: int
    sort: str
    descending: bool
    keep: Callable[[dict[str, Any]], bool]
    fields: tuple[str, ...]

    @classmethod
    def of(cls, parameters: Sequence[tuple[str, str]]) -> Listing:
        """Read the parameters of a request; of one that is given twice, the first counts.

        Raises
        ------
        CaseError
            400, saying which cannot be followed.
        """
        values = dict(reversed(parameters))
        order = values.get("orderBy", "asc")
        if order not in ("asc", "desc"):
            raise _bad("invalid_sort_field", f"orderBy is {order!r}, not asc or desc")
        return cls(
            given=tuple(parameters),
            limit=_number(values, "limit", DEFAULT_LIMIT, 1),
            offset=_number(values, "offset", 0, 0),
            sort=values.get("sort", ""),
            descending=order == "desc",
            keep=_filter(values["filter"]) if "filter" in values else lambda _: True,
            fields=_selected([value for name, value in parameters if name == "fields"]),
        )

    def page(self, records: Sequence[dict[str, Any]], path: str) -> Page:
        """The part that is wanted of records in their default order."""
        found = [record for record in records if self.keep(record)]
        if self.sort in _FIELDS:
            said = [record for record in found if self.sort in record]
            unsaid = [record for record in found if self.sort not in record]
            said.sort(key=lambda r: _collated(_text(r[self.sort])), reverse=self.descending)
            found = said + unsaid
        elif self.descending:
            found.reverse()
        shown = found[self.offset : self.offset + self.limit]
        if self.fields:
            shown = [{n: v for n, v in record.items() if n in self.fields} for record in shown]
        return Page(shown, len(found), self._links(len(found), path))

    def _links(self, total: int, path: str) -> str:
        last = max(total - 1, 0) // self.limit * self.limit
        wanted = {"first": 0, "prev": self.offset - self.limit, "next": self.offset + self.limit,
                  "last": last}  # fmt: skip
        if self.offset > 0:
            wanted["prev"] = max(wanted["prev"], 0)
        else:
            del wanted["prev"]
        if wanted["next"] >= total:
            del wanted["next"]
        if wanted.keys() == {"first", "last"}:
            return ""
        kept = [(n, v) for n, v in self.given if n not in ("limit", "offset")]
        return ", ".join(
            f'<{path}?{urlencode([*kept, ("limit", self.limit), ("offset", place)])}>; rel="{name}"'
            for name, place in wanted.items()
        )


def _number(values: dict[str, str], name: str, default: int, least: int) -> int:
    text = values.get(name)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text) or int(text) < least:
        message = f"{name} is {text!r}, not a whole number from {least} to 999999999"
        raise _bad("invalid_selection_field", message)
    return int(text)


def _selected(given: list[str]) -> tuple[str, ...]:
    """Fields to show; none means all, as one that does not exist does."""
    names = [name.strip() for text in given for name in text.split(",")]
    if "" in names:
        message = "fields names a blank field; write names joined by commas, or leave it out"
        raise _bad("invalid_selection_field", message)
    return tuple(names) if all(name in _FIELDS for name in names) else ()


# ---- filters -----------------------------------------------------------------------------


def _filter(text: str) -> Callable[[dict[str, Any]], bool]:
    """One comparison, or two joined by one AND or OR."""
    parts = _LOGICAL.split(text)
    if len(parts) not in (1, 3):
        raise _bad("invalid_selection_field", "filter takes one AND or one OR at most")
    first, *rest = (_term(part) for part in parts[::2])
    if not rest:
        return first
    second = rest[0]
    if parts[1] == "AND":
        return lambda record: first(record) and second(record)
    return lambda record: first(record) or second(record)


def _term(text: str) -> Callable[[dict[str, Any]], bool]:
    match = _TERM.fullmatch(text)
    if not match:
        message = f"filter {text!r} is not <field><predicate>'value', like version='1.0'"
        raise _bad("invalid_selection_field", message)
    name, predicate, value = match.groups()
    steps = name.split(".")
    _check_field(steps, name)
    return lambda record: _holds(_value(record, steps), predicate, value)


def _check_field(steps: list[str], name: str) -> None:
    members = _FIELDS
    for place, step in enumerate(steps):
        member = members.get(step)
        if member is None:
            message = f"filter names the field {name!r}, which no CFDocument has"
            raise _bad("invalid_selection_field", message)
        if member.kind == "free":
            return
        members = CLASSES.get(member.kind, {})
        if not members and place < len(steps) - 1:
            raise _bad("invalid_selection_field", f"filter field {name!r} goes below a plain value")


def _value(record: Any, steps: list[str]) -> Any:
    """What stands at a place; a list of it below a list; None if nothing does."""
    for place, step in enumerate(steps):
        if isinstance(record, list):
            found = [_value(inner, steps[place:]) for inner in record]
            return [value for value in found if value is not None]
        record = record.get(step) if isinstance(record, dict) else None
    return record


def _holds(found: Any, predicate: str, value: str) -> bool:
    if found is None:
        return predicate == "!="
    if isinstance(found, list):
        return _holds_of_list([_folded(_text(item)) for item in found], predicate, value)
    text, wanted = _text(found), value
    if predicate == "~":
        return _folded(wanted) in _folded(text)
    mine, other = _comparable(text, wanted)
    return bool(_COMPARISONS[predicate](mine, other))


def _holds_of_list(found: list[str], predicate: str, value: str) -> bool:
    """`=` asks for all values of a list, `~` for any of them (binding, section 3.3)."""
    wanted = [_folded(part.strip()) for part in value.split(",")]
    if predicate == "~":
        return any(part in item for part in wanted for item in found)
    if predicate in ("=", "!="):
        return (sorted(found) == sorted(wanted)) is (predicate == "=")
    return any(_holds(item, predicate, value) for item in found)


def _comparable(text: str, wanted: str) -> tuple[Any, Any]:
    """Two moments if both are; else two texts without regard to case."""
    moments = _moment(text), _moment(wanted)
    if None not in moments:
        return moments
    return _folded(text), _folded(wanted)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(_text(item) for item in value)
    if isinstance(value, dict):
        return str(value.get("title", ""))
    return str(value)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _collated(text: str) -> tuple[str, str]:
    """Letters before accents and case: near to the Unicode Collation Algorithm, which is asked."""
    apart = unicodedata.normalize("NFD", text).casefold()
    plain = "".join(c for c in apart if not unicodedata.combining(c))
    return plain, apart
