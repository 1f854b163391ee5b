"""Addresses of pages, for templates, redirects and errors: one place that knows the paths."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

#: First segments of the paths of pages; each page has a twin whose path ends in `.json`.
SECTIONS: Final = frozenset(
    {
        "about",
        "alignments",
        "analytics",
        "competencies",
        "crosswalks",
        "docs",
        "frameworks",
        "graph",
        "plan",
        "query",
        "search",
    }
)

#: What kinds of thing have pages of their own.
_FOLDERS: Final = {
    "competency": "competencies",
    "framework": "frameworks",
    "alignment": "alignments",
    "analytic": "analytics",
    "query": "query",
}


def page_of(kind: str, key: str) -> str | None:
    """Path of the page about something; None if things of its kind have none.

    A crosswalk is named like `epas-2022--isp-2020`.
    """
    if kind == "crosswalk":
        from_, _, to = key.partition("--")
        return f"/crosswalks/{quote(from_)}/{quote(to)}"
    folder = _FOLDERS.get(kind)
    return f"/{folder}/{quote(key, safe=':')}" if folder else None


def is_page(path: str) -> bool:
    """Whether a path is one that people read, or its twin: the home page, or below a section."""
    return path == "/" or path.split("/", 2)[1].removesuffix(".json") in SECTIONS
