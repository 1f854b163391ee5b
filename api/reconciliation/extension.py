"""Data extension: values of some properties for some competencies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.answer import Answer
from api.reconciliation.asked import excerpt, expect, parsed
from api.reconciliation.desk import ALIGNED_WITH, find_property, properties_of, values_of
from graph.errors import ParameterError, QuerySizeError

if TYPE_CHECKING:
    from api.reconciliation.desk import Desk, Property
    from graph.records import Record


def extended(desk: Desk, text: str) -> Answer:
    """Values of some properties for some competencies; one that is not here has none.

    Raises
    ------
    ParameterError
        Naming the member.
    QuerySizeError
        If there are more ids than one request may have.
    """
    query = expect(parsed("extend", text), dict, "extend", "an object with ids and properties")
    keys = expect(query.get("ids"), list, "extend/ids", "a list of ids")
    asked = expect(query.get("properties"), list, "extend/properties", "a list of objects")
    most = desk.service.settings.reconcile_queries_most
    if len(keys) > most:
        message = f"{len(keys)} ids in one request are more than {most}; send several requests"
        raise QuerySizeError(message, limit="reconcile_queries_most")
    chosen = [_extension(desk, f"extend/properties/{n}", each) for n, each in enumerate(asked)]
    catalogue = desk.catalogue
    known = {competency.id: competency for competency in desk.competencies()}
    rows = {}
    for key in map(str, keys):
        row = {}
        for property_, limit in chosen:
            found = values_of(desk, known[key], property_) if key in known else []
            row[property_.id] = found[: limit or None]
        rows[key] = row
    meta = []
    for property_, _ in chosen:
        partner = property_.id.removeprefix(ALIGNED_WITH)
        record: Record = {"id": property_.id, "name": property_.name}
        if partner != property_.id:
            title = catalogue.frameworks[partner].title
            record["type"] = {"id": f"framework:{partner}", "name": title}
        meta.append(record)
    return Answer.of({"meta": meta, "rows": rows})


def _extension(desk: Desk, name: str, value: Any) -> tuple[Property, int]:
    expect(value, dict, name, "an object with an `id`")
    property_ = find_property(desk, excerpt(value.get("id", "")), f"{name}/id")
    settings = expect(value.get("settings") or {}, dict, f"{name}/settings", "an object")
    limit = settings.get("limit", 0)
    # Forms send numbers as texts.
    text = str(limit).removesuffix(".0")
    if set(settings) - {"limit"} or isinstance(limit, bool) or not text.isdecimal():
        raise ParameterError(f"{name}/settings", excerpt(settings), "`limit`, a whole number")
    return property_, int(text[:6])


def proposed(desk: Desk, type_: str, limit: int) -> Answer:
    """Properties worth asking for; the same for every type."""
    shown = [property_.record() for property_ in properties_of(desk)]
    record: Record = {"type": type_, "properties": shown[: limit or None]}
    return Answer.of(record | ({"limit": limit} if limit else {}))
