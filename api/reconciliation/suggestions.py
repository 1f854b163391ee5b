"""Suggestions for somebody who types, and the small page that a client shows of a competency."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

from api.answer import Answer
from api.reconciliation.desk import described, own_types, properties_of, types_of
from graph.errors import NotFoundError
from graph.nearest import nearest
from graph.records import partner_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from api.reconciliation.desk import Desk

SUGGESTIONS: Final = 20

PREVIEW_WIDTH, PREVIEW_HEIGHT = 440, 300
_PREVIEW_ALIGNMENTS: Final = 5
_PREVIEW_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE: Final = (
    "body{font:14px/1.4 sans-serif;margin:.7em;color:#1a1a1a;background:#fff}"
    "h1{font-size:1.1em;margin:0}p,ul{margin:.4em 0}ul{padding-left:1.2em}.k{color:#555}"
)


def suggest_entities(desk: Desk, prefix: str, cursor: int) -> Answer:
    """Competencies whose id, title or text has words that begin so, best first."""
    found = desk.service.search.find(
        prefix, limit=len(desk.catalogue.competencies), kinds=("competency",)
    )
    within = set(desk.frameworks())
    hits = [desk.catalogue.competencies[hit.id] for hit in found]
    names = types_of(desk)
    return Answer.of(
        {
            "result": [
                {
                    "id": competency.id,
                    "name": competency.title,
                    "description": described(competency),
                    "notable": [
                        {"id": key, "name": names[key]} for key in own_types(competency)[:1]
                    ],
                }
                for competency in [c for c in hits if c.framework in within][cursor:][:SUGGESTIONS]
            ]
        }
    )


def suggest_types(desk: Desk, prefix: str, cursor: int) -> Answer:
    """Types whose id or name has a word that begins so."""
    found = [{"id": k, "name": n} for k, n in types_of(desk).items() if _begins(prefix, k, n)]
    return Answer.of({"result": found[cursor:][:SUGGESTIONS]})


def suggest_properties(desk: Desk, prefix: str, cursor: int) -> Answer:
    """Properties whose id or name has a word that begins so."""
    found = [p.record() for p in properties_of(desk) if _begins(prefix, p.id, p.name)]
    return Answer.of({"result": found[cursor:][:SUGGESTIONS]})


def _begins(prefix: str, *names: str) -> bool:
    text = prefix.strip().lower()
    lowered = [name.lower() for name in names]
    words = [word for name in lowered for word in name.replace("/", " ").replace(":", " ").split()]
    return any(word.startswith(text) for word in (*lowered, *words))


def preview(desk: Desk, key: str) -> Answer:
    """A small page about one competency: what it is, and what it aligns with best.

    Raises
    ------
    NotFoundError
        If the service does not cover it.
    """
    known: Collection[str] = {competency.id for competency in desk.competencies()}
    if key not in known:
        raise NotFoundError("competency", key, nearest(key, known))
    catalogue = desk.catalogue
    competency = catalogue.competency(key)
    partners: Sequence[tuple[str, str, str]] = [
        partner_of(alignment, key) for alignment in catalogue.alignments_of(key)
    ]
    more = len(partners) - _PREVIEW_ALIGNMENTS
    lines = "".join(
        f"<li>{html.escape(relation)}: {html.escape(label)} "
        f'<span class="k">{html.escape(partner)}</span></li>'
        for partner, label, relation in partners[:_PREVIEW_ALIGNMENTS]
    )
    if more > 0:
        lines += f'<li class="k">and {more} more</li>'
    title = html.escape(competency.title)
    framework = html.escape(catalogue.framework(competency.framework).title)
    page = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>"
        f'<p class="k">{html.escape(key)} \u00b7 {html.escape(competency.level)} of {framework}</p>'
        f"<p>{html.escape(competency.description)}</p>"
        + (f"<p>Aligned with</p><ul>{lines}</ul>" if lines else "")
        + "</body></html>"
    )
    policy = ("content-security-policy", _PREVIEW_POLICY)
    return Answer(page.encode(), "text/html; charset=utf-8", headers=(policy,))
