"""The named questions as pages: a list of them, and each as a form with its answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from api.named import PATH, query_record
from api.pages.addresses import page_of
from api.pages.forms import fault_words, label_of
from api.pages.values import all_meanings, all_words, heading, shown
from api.pages.view import Column, DataTable, View
from graph.errors import CrosswalkError, NotFoundError, ParameterError
from graph.queries import find_query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.service import Service
    from graph.queries import NamedQuery, Param
    from graph.records import Record
    from graph.store import Value

    Given = Mapping[str, Sequence[str]]

#: What the first word of a question's name promises, in the order of the page.
VERBS: Final = {
    "show": "Look up one thing",
    "find": "Find what fits",
    "list": "List everything of a kind",
    "count": "Count",
    "compare": "Compare",
    "trace": "Follow between editions",
}

#: Rows of an answer that a page shows; its downloads have all.
SHOWN_MOST: Final = 500

#: Parameter types that are written into a field; all others are chosen from a list.
_TYPED: Final = ("competency", "alignment", "text", "number")

#: A choice of several with more options than this is a list to scroll.
_BOXES_MOST: Final = 12

#: How headers of questions begin to say what a row is.
_ONE_ROW: Final = re.compile(r"^one row an? ")

#: Columns of counts that a chart stacks.
_STACKED: Final = ("strong", "moderate", "weak", "not_aligned")

#: Columns of counts that add up others, or weigh them.
_NOT_DRAWN: Final = ("total", "judged", "weight")


def questions(service: Service) -> View:
    """All named questions, in groups by what they do."""
    groups: dict[str, list[Record]] = {verb: [] for verb in VERBS}
    for query in service.queries.values():
        verb = query.name.partition("-")[0]
        groups.setdefault(verb, []).append(
            {"id": query.name, "summary": query.summary, "parameters": len(query.params)}
        )
    record = {
        "groups": [
            {"verb": verb, "title": VERBS.get(verb, verb.capitalize()), "items": items}
            for verb, items in groups.items()
            if items
        ],
        "total": len(service.queries),
    }
    return View(
        "questions.html",
        "Questions",
        record,
        about="Questions that the crosswalk answers, each as a form, with its SPARQL.",
        section="query",
    )


def question(service: Service, name: str, given: Given, *, in_place: bool = False) -> View:
    """One question as a form, with its answer.

    Without any value it is asked with the example values of its file.

    Parameters
    ----------
    given : Mapping[str, Sequence[str]]
        Values as they came, by parameter name; empty ones count as left open.
    in_place : bool
        Whether a value that cannot be is said beside the form, as a person wants it, instead of
        raised.

    Raises
    ------
    NotFoundError
        If there is no such question, or a value names what is not there.
    ParameterError
        If a parameter is unknown, missing or malformed.
    """
    query = find_query(name, service.queries)
    values = {key: [v for v in some if v] for key, some in given.items()}
    try:
        text = query.bind(values, service.catalogue.known) if values else query.text
    except (NotFoundError, ParameterError) as error:
        if not in_place:
            raise
        return _view(service, query, values, fault=error)
    columns, rows = service.store.rows(text)
    return _view(service, query, values, text, columns, rows)


def _view(
    service: Service,
    query: NamedQuery,
    given: Given,
    text: str = "",
    columns: Sequence[str] = (),
    rows: Sequence[tuple[Value, ...]] = (),
    fault: CrosswalkError | None = None,
) -> View:
    items = [dict(zip(columns, row, strict=True)) for row in rows]
    asked = {
        key: list(values)
        for key, values in (given or {p.name: p.example for p in query.params}).items()
        if values
    }
    address = urlencode(asked, doseq=True)
    found = {value for row in rows for value in row if isinstance(value, str)}
    words = {value: text for value, text in all_words(service.catalogue).items() if value in found}
    record: Record = {
        "question": query_record(query),
        "returns": _ONE_ROW.sub("one row for each ", query.returns),
        "example": not given,
        "fields": [_field(service, param, given) for param in query.params],
        "fault": fault_words(fault) if fault else None,
        "fault_at": getattr(fault, "name", None),
        "nearest": list(getattr(fault, "nearest", ())),
        "columns": [{"key": key, "label": heading(key)} for key in columns],
        "items": items,
        "total": len(items),
        "shown_most": SHOWN_MOST,
        "pages": _pages(service, rows),
        "words": words,
        "titles": _titles(service, columns, items),
        "meanings": _meanings(service, rows),
        "chart": _chart(query, columns, items, words),
        "sparql": text,
        "api": f"{PATH}{query.name}" + (f"?{address}" if address else ""),
        "editor": f"/query/sparql?{urlencode({'query': text})}" if text else "",
    }
    table = DataTable(
        query.name,
        query.summary,
        tuple(Column(key, heading(key)) for key in columns),
        items,
    )
    return View(
        "question.html",
        query.summary,
        record,
        about=f"{query.summary} Returns {query.returns}.",
        tables=(table,) if text else (),
        trail=(("Questions", "/query"),),
        section="query",
        scripts=("query.js",),
        status=200 if fault is None else 404 if isinstance(fault, NotFoundError) else 422,
    )


def _field(service: Service, param: Param, given: Given) -> Record:
    """One parameter as a form shows it; what is left open has the values of the file."""
    values = [*given.get(param.name, ())]
    if not values and (not given or not param.required):
        values = [*param.example]
    options = [] if param.type in _TYPED else _options(service, param)
    return {
        "name": param.name,
        "label": label_of(param.name),
        "about": param.about,
        "type": param.type,
        "many": param.many,
        "required": param.required,
        "widget": _widget(param, len(options)),
        "options": options,
        "values": values,
    }


def _widget(param: Param, options: int) -> str:
    if param.type in _TYPED:
        return param.type
    if not param.many:
        return "select"
    return "boxes" if options <= _BOXES_MOST else "list"


def _options(service: Service, param: Param) -> list[Record]:
    catalogue = service.catalogue
    labels = {c.id: c.label for c in catalogue.concepts if c.scheme == param.type}
    if param.type == "framework":
        labels = {key: f"{key}: {found.title}" for key, found in catalogue.frameworks.items()}
    names = catalogue.known.names.get(param.type, {})
    return [{"value": name, "label": labels.get(name, name)} for name in names]


def _pages(service: Service, rows: Sequence[tuple[Value, ...]]) -> dict[str, str]:
    """Addresses of the pages about values of an answer."""
    found = {}
    for value in dict.fromkeys(value for row in rows for value in row if isinstance(value, str)):
        address = page_about(service, value)
        if address:
            found[value] = address
    return found


def page_about(service: Service, value: str) -> str | None:
    """Where a value of an answer leads: a page of ours, the address that it is, or nowhere."""
    if value.startswith(("http://", "https://")):
        return value
    catalogue = service.catalogue
    if value in catalogue.competencies:
        return page_of("competency", value)
    kind, _, key = value.partition(":")
    if kind == "framework" and key in catalogue.frameworks:
        return page_of("framework", key)
    if kind == "alignment" and key in catalogue.alignments:
        return page_of("alignment", key)
    if kind == "crosswalk" and key in catalogue.crosswalks:
        return page_of("crosswalk", key)
    return None


def _titles(
    service: Service, columns: Sequence[str], items: Sequence[Record]
) -> dict[str, dict[str, str]]:
    """By column, the titles of competencies that no other column of the answer spells out."""
    catalogue = service.catalogue
    found: dict[str, dict[str, str]] = {}
    for column in columns:
        known = [i for i in items if i[column] in catalogue.competencies]
        titles = {i[column]: catalogue.competencies[i[column]].title for i in known}
        if any(titles[item[column]] not in item.values() for item in known):
            found[column] = titles
    return found


def _meanings(service: Service, rows: Sequence[tuple[Value, ...]]) -> list[Record]:
    """What the terms of controlled lists in an answer mean, in the order in which they come."""
    known = all_meanings(service.catalogue)
    words = all_words(service.catalogue)
    spelled = {value for row in rows for value in row if isinstance(value, str)}
    terms = dict.fromkeys(v for row in rows for v in row if isinstance(v, str) and v in known)
    return [
        {"term": words.get(value, shown(value)), "means": known[value]}
        for value in terms
        if known[value] not in spelled
    ]


def _chart(
    query: NamedQuery, columns: Sequence[str], items: list[Record], words: Mapping[str, str]
) -> Record | None:
    """Bars for an answer of counts: the first count of a row, or its strengths on top of it."""
    if query.name.partition("-")[0] not in ("count", "compare") or len(items) < 2:
        return None
    counts = [
        key
        for key in columns
        if key not in _NOT_DRAWN and all(type(item[key]) is int for item in items)
    ]
    if not counts:
        return None
    series = [key for key in counts if key in _STACKED] or counts[:1]
    names = [key for key in columns if not any(type(item[key]) in (int, float) for item in items)]
    if "label" in names:
        names = [key for key in names if key != "level"]
    bars = [
        {
            "label": " ".join(words.get(item[key]) or shown(item[key]) for key in names),
            "parts": [{"series": key, "count": item[key]} for key in series],
            "count": sum(item[key] for key in series),
        }
        for item in items
    ]
    most = max(bar["count"] for bar in bars)
    return {"series": series, "most": most, "bars": bars} if most else None
