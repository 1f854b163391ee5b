"""Queries of a batch, and their candidates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from api.answer import Answer
from api.reconciliation.asked import excerpt, expect, parsed
from api.reconciliation.desk import described, find_property, own_types, types_of, values_of
from graph.errors import ParameterError, QuerySizeError
from graph.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.reconciliation.desk import Desk, Property
    from graph.matching import Candidate
    from graph.model import Competency
    from graph.records import Record

DEFAULT_LIMIT: Final = 10
MOST_CANDIDATES: Final = 100

_QUERY_MEMBERS: Final = ("query", "type", "limit", "properties", "type_strict")
_STRICTNESS: Final = ("any", "should", "all")

#: A candidate that is not named outright is a match from this score, if no other comes near it.
SURE: Final = 85.0
CLEAR_BY: Final = 20.0

#: What a type counts for that a candidate should have and has not, with `type_strict` *should*.
_WRONG_TYPE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Query:
    """One cell to be reconciled.

    Attributes
    ----------
    wanted : tuple[tuple[Property, frozenset[str]], ...]
        Properties, each with the values of which it must have one, without case.
    """

    text: str
    types: tuple[str, ...]
    strict: str
    limit: int
    wanted: tuple[tuple[Property, frozenset[str]], ...]


def reconciled(desk: Desk, text: str) -> Answer:
    """Candidates for each query of a batch, best first.

    Raises
    ------
    ParameterError
        Naming the query and its member.
    QuerySizeError
        If there are more queries than one batch may have.
    """
    batch = expect(parsed("queries", text), dict, "queries", "an object of queries by name")
    most = desk.service.settings.reconcile_queries_most
    if len(batch) > most:
        message = f"{len(batch)} queries in one batch are more than {most}; send several batches"
        raise QuerySizeError(message, limit="reconcile_queries_most")
    types = types_of(desk)
    queries = {key: _query(desk, f"queries/{key}", value, types) for key, value in batch.items()}
    return Answer.of({key: {"result": _candidates(desk, query)} for key, query in queries.items()})


def _query(desk: Desk, name: str, value: Any, types: Mapping[str, str]) -> Query:
    expect(value, dict, name, "an object with `query`, `type`, `limit`, `properties`")
    for member in value:
        if member not in _QUERY_MEMBERS:
            raise ParameterError(
                f"{name}/{member}",
                excerpt(value[member]),
                f"nothing: a query has {', '.join(_QUERY_MEMBERS)}",
            )
    text = expect(value.get("query", ""), str, f"{name}/query", "a text").strip()
    wanted = _conditions(desk, f"{name}/properties", value.get("properties", []))
    if not text and not wanted:
        raise ParameterError(f"{name}/query", text, "a text that is not empty, or properties")
    given = value.get("type", [])
    given = [given] if isinstance(given, str) else given
    for key in expect(given, list, f"{name}/type", "the id of a type, or several"):
        if not isinstance(key, str) or key not in types:
            known = nearest(str(key), types) or [*types][:3]
            raise ParameterError(f"{name}/type", excerpt(key), f"a type, like {', '.join(known)}")
    strict = value.get("type_strict", "any")
    if strict not in _STRICTNESS:
        accepted = f"one of {', '.join(_STRICTNESS)}"
        raise ParameterError(f"{name}/type_strict", excerpt(strict), accepted)
    limit = value.get("limit", DEFAULT_LIMIT)
    accepted = f"a whole number from 1 to {MOST_CANDIDATES}"
    if isinstance(limit, bool) or limit not in range(1, MOST_CANDIDATES + 1):
        raise ParameterError(f"{name}/limit", excerpt(limit), accepted)
    return Query(text, tuple(given), strict, int(limit), wanted)


def _conditions(desk: Desk, name: str, value: Any) -> tuple[tuple[Property, frozenset[str]], ...]:
    accepted = "a list of objects with `pid` and `v`"
    found = []
    for place, condition in enumerate(expect(value, list, name, accepted)):
        here = f"{name}/{place}"
        expect(condition, dict, here, "an object with `pid` and `v`")
        if set(condition) != {"pid", "v"}:
            raise ParameterError(here, excerpt(condition), "an object with `pid` and `v`")
        property_ = find_property(desk, str(condition["pid"]), f"{here}/pid")
        values = condition["v"] if isinstance(condition["v"], list) else [condition["v"]]
        texts = {_value(each, f"{here}/v").strip().lower() for each in values}
        if texts - {""}:
            found.append((property_, frozenset(texts - {""})))
    return tuple(found)


def _value(value: Any, name: str) -> str:
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        return str(value["id"])
    if isinstance(value, str | int | float):
        return str(value)
    raise ParameterError(name, excerpt(value), "a text, a number, or an object with an `id`")


def _candidates(desk: Desk, query: Query) -> list[Record]:
    """Candidates of one query as records, best first.

    One is a *match* if it is the only one that was named outright, by id, code, IRI or title; or if
    nothing was, it scores at least `SURE`, and the next one at least `CLEAR_BY` less.
    """
    among = {c.id for c in desk.competencies() if _is_typed(c, query) and _holds(desk, c, query)}
    scored: list[tuple[float, Competency, Candidate | None]]
    if query.text:
        found = desk.service.matcher.find(query.text, among, len(among))
        scored = [(_score(each, query), each.competency, each) for each in found]
        scored.sort(key=lambda each: -each[0])
    else:
        known = desk.catalogue.competencies.values()
        scored = [(100.0, competency, None) for competency in known if competency.id in among]
    named = [c for _, c, candidate in scored if candidate is None or candidate.named]
    first = scored[0][0] if scored else 0.0
    second = scored[1][0] if len(scored) > 1 else 0.0
    if named:
        match = named[0].id if len(named) == 1 else ""
    else:
        match = scored[0][1].id if first >= SURE and first - second >= CLEAR_BY else ""
    names = types_of(desk)
    return [
        {
            "id": competency.id,
            "name": competency.title,
            "description": described(competency),
            "type": [{"id": key, "name": names[key]} for key in own_types(competency)],
            "score": score,
            "match": competency.id == match,
            "features": _features(candidate),
        }
        for score, competency, candidate in scored[: query.limit]
    ]


def _score(candidate: Candidate, query: Query) -> float:
    if query.strict != "should" or not query.types:
        return candidate.score
    fits = not set(query.types).isdisjoint(own_types(candidate.competency))
    return candidate.score if fits else round(candidate.score * _WRONG_TYPE, 1)


def _features(candidate: Candidate | None) -> list[Record]:
    if candidate is None:
        return []
    return [
        {"id": "named", "value": candidate.named},
        {"id": "words_found", "value": candidate.words},
        {"id": "title_named", "value": candidate.title},
    ]


def _is_typed(competency: Competency, query: Query) -> bool:
    if not query.types or query.strict == "should":
        return True
    found = set(own_types(competency))
    wanted = set(query.types)
    return wanted <= found if query.strict == "all" else not wanted.isdisjoint(found)


def _holds(desk: Desk, competency: Competency, query: Query) -> bool:
    return all(
        not values.isdisjoint(
            text.lower()
            for value in values_of(desk, competency, property_)
            for text in value.values()
        )
        for property_, values in query.wanted
    )
