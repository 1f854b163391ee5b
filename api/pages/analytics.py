"""Pages of the analytics: a form, a sentence, a picture and its table; made from the registry."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from api.analyzing import names_of
from api.pages.forms import fault_words, field, framework_fields, parameter_field, statements
from api.pages.values import heading, terms
from api.pages.view import Column, DataTable, View
from graph.analytics.analytic import ALL_LEVELS
from graph.analytics.registry import ANALYTICS
from graph.model import Relation, Strength
from graph.records import DIRECTION_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from graph.analytics.analytic import Analytic, Outcome
    from graph.catalogue import Catalogue
    from graph.errors import CrosswalkError
    from graph.records import Record

#: What a page calls an analytic.
TITLES: Final = {
    "coverage": "Coverage",
    "gaps": "Gaps",
    "core": "Core set",
    "centrality": "Bridges",
    "communities": "Themes",
    "paths": "Paths",
    "similarity": "Look-alikes",
    "suggestions": "Second looks",
    "agenda": "Review agenda",
    "consistency": "Consistency",
}

#: For each analytic what its figures mean, and what they do not mean.
MEANING: Final[dict[str, tuple[str, str]]] = {
    "coverage": (
        "A statement is reached if at least one alignment that counts leads from it to the other "
        "framework. The figure counts statements, so one broad competency with ten alignments "
        "counts once. It differs by direction; both are given. Strength and confidence are means "
        "over all statements, where an unreached one counts as nothing.",
        "Full coverage does not mean that two frameworks ask for the same: one weak alignment is "
        "enough to be reached. Read it beside the strengths.",
    ),
    "gaps": (
        "A gap is a statement that no alignment which counts reaches. Only alignments between two "
        "statements of the level that is chosen count: a competency that only a behavior reaches "
        "is a gap here, but not in the named question about gaps. For each, the table tells "
        "what comes nearest: an alignment that the filters left out, one of its parts or of its "
        "whole, a pair that was judged not aligned, or a pair that nobody has judged.",
        "A gap is no shortcoming of a profession. It may be what makes the profession distinct, "
        "and it may close when filters are loosened.",
    ),
    "core": (
        "The fewest competencies of the first framework that together reach everything in the "
        "second that can be reached. Proven means that no smaller set exists. What a member "
        "reaches alone would be lost without it. “In sets” counts in how many of the equally small "
        "sets a member is.",
        "It is not a ranking of importance, and usually several sets are equally small. A member "
        "that is in few of them can be exchanged for others.",
    ),
    "centrality": (
        "Which competencies tie the two professions together, by how much they share (degree), "
        "over whom others connect (betweenness), and two measures of being well connected. The "
        "interval shows the ranks that nine of ten samples allow when each alignment is kept as "
        "often as its confidence says.",
        "Where two intervals overlap, the data do not say which of the two is the more central. "
        "The intervals know nothing of errors that one author makes alike in many rows.",
    ),
    "communities": (
        "Groups of competencies from both professions that align among themselves more than "
        "chance would have it, named by words that their members share. Stability says how often "
        "two members were together over many runs.",
        "Below an agreement of about 0.75 the themes are one way to sort among several, not a "
        "finding. The words are taken from texts; nobody has named the themes.",
    ),
    "paths": (
        "How two competencies connect, step by step, each step with its reason. A strong step "
        "costs 2, a moderate one 3, a weak one 6; the cheapest ways come first. The confidence of "
        "a way is given as bounds that hold however its steps depend on each other.",
        "A path does not say that its ends align. What follows from the steps and what does not, "
        "the page of the pair explains.",
    ),
    "similarity": (
        "How alike two statements look: half by their words, half by what was decided about the "
        "statements around them. One is the most.",
        "Looking alike is not being aligned. The score was measured against the verdicts and is "
        "worth little; it is a reason to look, never a finding.",
    ),
    "suggestions": (
        "Pairs whose verdict does not fit how alike they look: not aligned though they look most "
        "alike, and aligned though they look least alike.",
        "Nothing here says that a verdict is wrong. It says where a second reader's time may be "
        "well spent.",
    ),
    "agenda": (
        "Which verdicts a panel should review first: those whose change would turn the most "
        "claims about coverage and the core set. The value is one minus the confidence, times the "
        "mean number of claims that turn over the ways in which the verdict may be wrong.",
        "A verdict that is not listed may still be wrong; it would only change fewer of the "
        "claims that are counted here.",
    ),
    "consistency": (
        "Verdicts that cannot all be right, each time with the smallest set of rows that "
        "conflict; also through links that follow from others by the rules that are chosen.",
        "Rows that agree with each other can all be wrong together. Consistency is a floor.",
    ),
}

#: Questions that people ask often: what is said, and the parameters.
_OFTEN: Final[dict[str, tuple[tuple[str, dict[str, str]], ...]]] = {
    "coverage": (
        ("Editions side by side", {"editions": "true"}),
        ("Strong alignments only", {"min_strength": "strong"}),
        ("Behaviors", {"level": "behavior"}),
    ),
    "gaps": (
        ("What nothing reaches strongly", {"min_strength": "strong"}),
        ("Behaviors that nothing reaches", {"level": "behavior"}),
    ),
    "core": (("For four fifths of what can be reached", {"share": "0.8"}),),
    "centrality": (("By whom others connect over (betweenness)", {"measures": "betweenness"}),),
    "communities": (("Fewer, larger themes", {"resolution": "0.8"}),),
}

#: How pictures are called.
_PICTURES: Final = {
    "bars": "Bars",
    "matrix": "Matrix",
    "bipartite": "Lines between two columns",
    "chord": "Bands around a circle",
    "ranks": "Ranks with intervals",
    "map": "Themes",
    "ways": "Ways",
    "ranking": "List with bars",
}

#: What the header of a column says where its name in the data does not say it well.
_HEADINGS: Final = {
    "alignment": "Why",
    "by": "Counted by",
    "expected": "Mean of the samples",
    "if_lowered": "Claims if lowered",
    "if_raised": "Claims if raised",
    "if_reversed": "Claims if reversed",
    "in_sets": "In sets",
    "kind": "What comes nearest",
    "of_sets": "Of all sets",
    "only": "Reached alone",
    "only_ids": "What it reaches alone",
    "partner_title": "Title of the partner",
    "rank_from": "Best rank",
    "rank_to": "Worst rank",
    "to_reached": "Reached of the other",
    "to_share": "Share of the other",
    "to_total": "Total of the other",
}

#: Columns whose values are codes, and what the codes say.
_CODED: Final = ("by", "label", "kind", "verdict", "suggestion")
_WORDS: Final = {
    "filtered": "left out by the filters",
    "below": "a part of it is aligned",
    "above": "what contains it is aligned",
    "undecided": "nobody has judged it",
    "parent": "what contains it",
    "candidate-alignment": "perhaps aligned after all",
    "candidate-fault": "perhaps not aligned after all",
}
_TERMS: Final = frozenset(
    {
        "not-aligned", "social-justice", "economic-justice", "human-rights", "racial-equity",
        "environmental-justice", *DIRECTION_WORDS,
    }
)  # fmt: skip

_SIZE: Final = re.compile(r'<svg [^>]*?width="(?P<width>[\d.]+)" height="(?P<height>[\d.]+)"')

_RELATIONS: Final = frozenset(relation.value for relation in Relation)
_STRENGTHS: Final = frozenset(strength.value for strength in Strength)


def analytics() -> View:
    """What can be counted."""
    items = [
        {"id": name, "title": TITLES[name], "summary": analytic.summary, "often": _often(name)}
        for name, analytic in ANALYTICS.items()
    ]
    return View(
        "analytics.html",
        "Analytics",
        {"items": items},
        about="What the alignments add up to: coverage, gaps, core set, bridges, themes and more.",
        section="analytics",
    )


def first_frameworks(catalogue: Catalogue) -> dict[str, str]:
    """The frameworks of the crosswalk on the home page, or else of the first; empty if none."""
    found = catalogue.usual_crosswalk()
    return {"from": found.subject_framework, "to": found.object_framework} if found else {}


def asked_of(catalogue: Catalogue, analytic: Analytic, given: Mapping[str, str]) -> dict[str, str]:
    """The question of a form: open fields left out, and both frameworks if none is named."""
    kept = {name: value for name, value in given.items() if value}
    if analytic.needs_frameworks and not {"from", "to"} & set(kept):
        kept = {**first_frameworks(catalogue), **kept}
    return {name: kept[name] for name in names_of(analytic) if name in kept}


def with_level(
    catalogue: Catalogue, question: Mapping[str, str], ends: Sequence[str]
) -> dict[str, str]:
    """A question with the level of the statements that it names, unless it says one.

    Raises
    ------
    NotFoundError
        If there is no such statement, with the nearest that are.
    """
    levels = {catalogue.competency(question[end]).level for end in ends if end in question}
    if "level" in question or levels <= {"competency"}:
        return dict(question)
    return {**question, "level": levels.pop() if len(levels) == 1 else ALL_LEVELS}


def is_complete(analytic: Analytic, question: Mapping[str, str]) -> bool:
    """Whether there is enough to answer; paths need both their ends."""
    return analytic.name != "paths" or {"a", "b"} <= set(question)


def analytic_page(
    catalogue: Catalogue,
    analytic: Analytic,
    question: Mapping[str, str],
    outcome: Outcome | None = None,
    *,
    picture: str = "",
    error: CrosswalkError | None = None,
    status: int = 200,
) -> View:
    """One analytic: the form, and below it the answer, or why there is none.

    Raises
    ------
    ParameterError
        If this answer has no such picture.
    """
    name = analytic.name
    means, not_means = MEANING[name]
    path = f"/api/v1/analytics/{name}"
    record: Record = {
        "analytic": {"id": name, "title": TITLES[name], "summary": analytic.summary},
        "means": means,
        "means_not": not_means,
        "fields": _fields(catalogue, analytic, question, picture),
        "statements": statements(catalogue) if name == "paths" else [],
        "often": _often(name),
        "failed": fault_words(error) if error else None,
        "answer": None,
        "picture": None,
        "others": [{"id": key, "title": title} for key, title in TITLES.items() if key != name],
    }
    tables: tuple[DataTable, ...] = ()
    draw: Callable[[], str] | None = None
    if outcome is not None:
        shown = picture or next(iter(outcome.drawings))
        size = _SIZE.search(outcome.picture(shown))
        assert size is not None  # every drawing begins with its size
        query = urlencode(question)
        record["answer"] = outcome.record()
        record["picture"] = {
            "id": shown,
            "label": _PICTURES[shown],
            "width": float(size["width"]),
            "height": float(size["height"]),
            "address": f"{path}?{urlencode({**question, 'format': 'svg', 'picture': shown})}",
            "png": f"{path}?{urlencode({**question, 'format': 'png', 'picture': shown})}",
        }
        record["api"] = {
            "json": f"{path}?{query}" if query else path,
            "csv": f"{path}?{urlencode({**question, 'format': 'csv'})}",
        }
        tables = (outcome_table(catalogue, outcome),)
        draw = partial(outcome.picture, shown)
    return View(
        "analytic.html",
        TITLES[name],
        record,
        about=f"{analytic.summary}.",
        tables=tables,
        trail=(("Analytics", "/analytics"),),
        section="analytics",
        picture=draw,
        status=status,
    )


def _often(name: str) -> list[Record]:
    return [
        {"label": label, "address": f"/analytics/{name}?{urlencode(query)}"}
        for label, query in _OFTEN.get(name, ())
    ]


# ---- the form ------------------------------------------------------------------------------


def _fields(
    catalogue: Catalogue, analytic: Analytic, question: Mapping[str, str], picture: str
) -> list[Record]:
    """Fields of a form, as the parameters say."""
    every = "" if analytic.needs_frameworks else "all crosswalks"
    ends = framework_fields(catalogue, question.get("from", ""), question.get("to", ""), every)
    own = [parameter_field(catalogue, p, question.get(p.name)) for p in analytic.parameters]
    pictures = [(key, _PICTURES[key]) for key in analytic.pictures]
    drawn = field("picture", "How the answer is drawn.", picture or pictures[0][0], pictures)
    return [*ends, *own, *([drawn] if len(pictures) > 1 else [])]


# ---- the table -----------------------------------------------------------------------------


def outcome_table(catalogue: Catalogue, outcome: Outcome) -> DataTable:
    """The table of an answer, in which what has a page leads there."""
    names, cells = outcome.table()
    rows: list[Record] = []
    for values in cells:
        row = dict(zip(names, values, strict=True))
        pages = {name: _page(catalogue, value) for name, value in row.items()}
        if row.get("alignment"):
            pages["alignment"] = alignment_page(catalogue, row)
        said = {name: _words(value) for name, value in row.items() if name.lower() in _CODED}
        rows.append({**row, "pages": pages, "words": {k: v for k, v in said.items() if v}})
    fine = outcome.analytic == "centrality"
    columns = tuple(
        Column(
            name,
            _heading(name),
            _kind(catalogue, name, [row[name] for row in rows], fine=fine),
        )
        for name in names
    )
    counted = f"{len(rows)} row" if len(rows) == 1 else f"{len(rows)} rows"
    return DataTable(outcome.analytic, f"{TITLES[outcome.analytic]}: {counted}", columns, rows)


def _heading(name: str) -> str:
    return _HEADINGS.get(name) or heading(name)


def _words(value: Any) -> str | None:
    """A code of an answer in words; None if it is none."""
    if not isinstance(value, str):
        return None
    if value in _WORDS:
        return _WORDS[value]
    return terms(value) if value in _TERMS else None


def _kind(catalogue: Catalogue, name: str, values: Iterable[Any], *, fine: bool) -> str:
    """How a page writes the cells of a column; fine if its figures differ in the third place."""
    present = [value for value in values if value not in (None, "")]
    if name == "alignment":
        return "why"
    if present and all(isinstance(value, str) for value in present):
        if all(value in _STRENGTHS for value in present):
            return "strength"
        if all(value in _RELATIONS for value in present):
            return "relation"
        if all(part in catalogue.competencies for value in present for part in value.split()):
            return "ids"
        if all(part in catalogue.alignments for value in present for part in value.split()):
            return "whys"
        return "linked"
    if present and all(isinstance(value, int | float) for value in present):
        if name in ("confidence", "share"):
            return name
        if any(isinstance(value, float) for value in present):
            return "measure" if fine else "score"
        return "number"
    return "text"


def _page(catalogue: Catalogue, value: Any) -> str | None:
    """Where a value leads: a statement or a framework, alone or before its title."""
    if not isinstance(value, str) or not value:
        return None
    first = value.split(maxsplit=1)[0]
    if first in catalogue.competencies:
        return f"/competencies/{first}"
    return f"/frameworks/{value}" if value in catalogue.frameworks else None


def alignment_page(catalogue: Catalogue, row: Record) -> str | None:
    """The page of a verdict, or of the proof of what nobody has judged."""
    if row["alignment"] in catalogue.alignments:
        return f"/alignments/{row['alignment']}"
    ends = [
        row.get(one) or row.get(other) for one, other in (("from", "statement"), ("to", "partner"))
    ]
    return f"/alignments/{ends[0]}/{ends[1]}" if all(ends) else None
