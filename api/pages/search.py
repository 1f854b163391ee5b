"""What a search found, as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.pages.addresses import page_of
from api.pages.view import Column, DataTable, View
from graph.search import hit_record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.service import Service
    from graph.search import Kind

_MOST = 50

_HITS = (
    Column("kind", "Kind"),
    Column("id", "Name"),
    Column("title", "Title"),
    Column("path", "Page"),
)


def search(service: Service, q: str, kinds: Sequence[Kind]) -> View:
    """The best hits; without words, an empty form."""
    hits = service.search.find(q, limit=_MOST, kinds=kinds) if q.strip() else []
    items = [{**hit_record(hit), "path": page_of(hit.kind, hit.id)} for hit in hits]
    suggestion = service.search.did_you_mean(q) if q.strip() and not hits else None
    return View(
        "search.html",
        f"Search: {q}" if q else "Search",
        {"q": q, "kinds": list(kinds), "items": items, "did_you_mean": suggestion},
        tables=(DataTable("hits", f"{len(items)} hits for {q}", _HITS, items),),
        section="search",
    )
