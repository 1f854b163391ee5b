"""Frameworks as trees, for formats that hold a tree: each statement after its parent.

Learning management systems show a description as HTML and have no room for an alignment of their
own, so what a statement aligns with is told there, in words.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

from graph.catalogue import best_first
from graph.records import partner_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.catalogue import Catalogue
    from graph.model import Alignment, Competency

#: A relation as it reads before the partner's name.
_WORDS: Final = {
    "exact": "says the same as",
    "close": "is close to",
    "broad": "is contained in",
    "narrow": "contains",
    "related": "is related to",
}


def in_tree_order(catalogue: Catalogue, framework: str) -> Iterator[Competency]:
    """Statements of a framework, each after its parent, in published order."""
    members = catalogue.by_framework.get(framework, [])
    pending = [member for member in members if not member.parent][::-1]
    while pending:
        member = pending.pop()
        yield member
        pending += reversed(catalogue.children.get(member.id, []))


def described(catalogue: Catalogue, competency: Competency, found: Iterable[Alignment]) -> str:
    """Description and alignments of a statement as HTML; everything in it is escaped."""
    parts = [f"<p>{html.escape(competency.description)}</p>"] if competency.description else []
    items = [_item(competency.id, a) for a in sorted(found, key=best_first) if a.aligned]
    if items:
        parts.append(f"<p>Aligned with:</p><ul>{''.join(items)}</ul>")
    parts.append(
        f"<p>Source: {html.escape(competency.citation)} "
        f"Competency crosswalk, release {catalogue.release[:12]}.</p>"
    )
    return "".join(parts)


def _item(key: str, alignment: Alignment) -> str:
    partner, label, relation = partner_of(alignment, key)
    strength = f"{alignment.strength}, " if alignment.strength else ""
    text = (
        f"{_WORDS[relation]} {partner} {label} "
        f"({strength}confidence {alignment.confidence:.2f}, {alignment.status}): "
        f"{alignment.rationale}"
    )
    return f"<li>{html.escape(text)}</li>"


def shortened(text: str, most: int) -> str:
    """A text of at most `most` characters, cut at a word, with an ellipsis if it was cut.

    >>> shortened("Engage in Policy Practice", 18)
    'Engage in Policy…'
    >>> shortened("Engage", 18)
    'Engage'
    """
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    head, space, _ = cut.rpartition(" ")
    return f"{(head if space else cut).rstrip(' ,;:')}…"
