"""The SPARQL editor, and the answer to a foreign query as a page that reads without script.

A foreign query is scanned and evaluated as at `/sparql` (`api.sparql.evaluate`); only what came
back is looked at here, and no more of it than a page can hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import orjson

from api.pages.query import page_about
from api.pages.view import View
from api.problems import STATUS
from api.sparql import evaluate
from graph.errors import QueryError, QuerySyntaxError
from graph.store.media import RESULTS

if TYPE_CHECKING:
    from api.answer import Answer
    from api.http import Receive
    from api.service import Service
    from graph.records import Record

#: Cells that a page shows; a query can ask for very many columns.
_CELLS_MOST: Final = 5_000
_ROWS_MOST: Final = 500
_COLUMNS_MOST: Final = 100

#: A larger answer is for download alone.
_PAGE_MOST_BYTES: Final = 1_000_000

#: An answer larger than this is read in a thread, unless such answers were quick before.
_SMALL_BYTES: Final = 50_000

#: Rows as JSON, graphs as Turtle: what a page is made from.
_ACCEPT: Final = "application/sparql-results+json, text/turtle;q=0.9"

#: What an answer downloads as, by what it is.
_FORMS: Final = {
    True: (("CSV", "csv"), ("TSV", "tsv"), ("JSON", "json"), ("XML", "xml")),
    False: (("Turtle", "ttl"), ("JSON-LD", "jsonld"), ("RDF/XML", "rdf")),
}


def editor(
    service: Service,
    query: str = "",
    answer: Record | None = None,
    fault: QueryError | None = None,
    *,
    steady: bool = True,
) -> View:
    """The SPARQL editor, with our prefixes and the named questions as examples.

    Parameters
    ----------
    answer : Record | None
        What the query gave, if it was run.
    fault : QueryError | None
        Why it gave nothing.
    """
    record = {
        "query": query or _FIRST,
        "answer": answer,
        "fault": _fault(query, fault) if fault else None,
        "prefixes": dict(sorted(service.store.prefixes.iris.items())),
        "examples": [
            {"id": q.name, "summary": q.summary, "sparql": q.text} for q in service.queries.values()
        ],
        "limits": {
            "seconds": service.settings.query_seconds,
            "answer": f"{service.settings.query_answer_mib} MiB",
        },
        "graphs": sorted(service.store.prefixes.contract(g) for g in service.store.graphs),
    }
    return View(
        "sparql.html",
        "SPARQL editor",
        record,
        about="Ask the whole dataset anything, in SPARQL 1.1.",
        trail=(("Questions", "/query"),),
        section="query",
        scripts=("sparql.js",),
        styles=("vendor/yasgui/yasgui.min.css",),
        # The editor sets heights and colours on its elements as it works.
        policy={"style-src": "'self' 'unsafe-inline'"},
        status=STATUS[fault.code] if fault else 200,
        steady=steady,
    )


async def answered(service: Service, receive: Receive, query: str, *, in_place: bool) -> View:
    """The editor with the answer to its query.

    Parameters
    ----------
    receive : Receive
        Tells when the client goes away, which ends the query.
    in_place : bool
        Whether a query that cannot be answered is said on the page, as a person wants it, instead
        of raised.

    Raises
    ------
    QueryError
        As at `/sparql`.
    """
    try:
        answer = await evaluate(service, receive, query, accept=_ACCEPT)
    except QueryError as error:
        if not in_place:
            raise
        return editor(service, query, fault=error)
    kind = "SPARQL page" if len(answer.body) < _SMALL_BYTES else "long SPARQL page"
    record = await service.run(kind, lambda: _answer(service, query, answer))
    return editor(service, query, record, steady=answer.keep)


def _fault(query: str, error: QueryError) -> Record:
    """What is wrong, where, and the line in which it is."""
    says = str(error)
    found: Record = {
        "says": f"{says[:1].upper()}{says[1:].rstrip('.')}.",
        "line": None,
        "column": None,
        "text": "",
    }
    if isinstance(error, QuerySyntaxError) and error.line is not None:
        lines = query.splitlines()
        text = lines[error.line - 1] if error.line <= len(lines) else ""
        found |= {"line": error.line, "column": error.column, "text": text}
    return found


def _answer(service: Service, query: str, answer: Answer) -> Record:
    """An answer as the page shows it: rows, a truth value, a graph as text, or only downloads."""
    rows = answer.media_type in RESULTS
    record: Record = {
        "kind": "large",
        "bytes": len(answer.body),
        "columns": [],
        "rows": [],
        "total": None,
        "text": "",
        "downloads": [
            {"label": label, "address": f"/sparql?{urlencode({'query': query, 'format': short})}"}
            for label, short in _FORMS[rows]
        ],
    }
    if len(answer.body) > _PAGE_MOST_BYTES:
        return record
    if not rows:
        return record | {"kind": "graph", "text": answer.body.decode()}
    found = orjson.loads(answer.body)
    if "boolean" in found:
        return record | {"kind": "truth", "text": "yes" if found["boolean"] else "no"}
    columns, bindings = found["head"]["vars"], found["results"]["bindings"]
    if len(columns) > _COLUMNS_MOST:
        return record
    most = min(_ROWS_MOST, _CELLS_MOST // max(len(columns), 1))
    return record | {
        "kind": "rows",
        "columns": columns,
        "rows": [
            [_cell(service, binding.get(column)) for column in columns]
            for binding in bindings[:most]
        ],
        "total": len(bindings),
    }


def _cell(service: Service, term: dict[str, Any] | None) -> Record | None:
    """A term as text, with the page that it leads to; None where nothing is bound."""
    if term is None:
        return None
    kind, value = term["type"], term["value"]
    if kind == "uri":
        text = service.store.prefixes.contract(value)
        return {"text": text, "path": page_about(service, text)}
    if kind == "literal":
        return {"text": value, "path": None}
    # A blank node, or a statement about a statement.
    return {"text": f"_:{value}" if isinstance(value, str) else str(value), "path": None}


#: What the editor holds when nothing else is asked for.
_FIRST: Final = """\
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xw:   <https://w3id.org/competency-crosswalk/ns#>

SELECT ?competency ?label ?level
WHERE {
  ?competency xw:level ?level ;
              skos:prefLabel ?label .
}
ORDER BY ?competency
LIMIT 20
"""
