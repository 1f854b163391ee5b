"""The answers of the analytics: each runs one, and says in a sentence what one sees.

What an analytic needs is imported when it runs.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from graph.analytics.analytic import ALL_LEVELS, ASSERTED
from graph.analytics.sentences import (
    MEASURES,
    say_agenda,
    say_centrality,
    say_communities,
    say_consistency,
    say_core,
    say_coverage,
    say_editions,
    say_gaps,
    say_nothing,
    say_paths,
    say_similarity,
    say_suggestions,
)
from graph.errors import ParameterError
from graph.model import Verdict
from graph.terms import framework_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graph.analytics.analytic import Asked, Found
    from graph.analytics.edges import Edges
    from graph.analytics.pictures import Ranked
    from graph.analytics.similarity import Pair
    from graph.consistency import Consistency

#: Pictures of a projection itself.
GRAPHS: Final = ("matrix", "bipartite", "chord")


def _graphs(edges: Edges, says: str) -> dict[str, Callable[[], str]]:
    """The pictures `GRAPHS`, drawn when asked for."""
    from graph.analytics import pictures

    return {
        "matrix": lambda: pictures.matrix(edges, says),
        "bipartite": lambda: pictures.bipartite(edges, says),
        "chord": lambda: pictures.chord(edges, says),
    }


def answer_coverage(asked: Asked) -> Found:
    """How much of each framework the other reaches."""
    from graph.analytics import pictures
    from graph.analytics.coverage import coverage_between
    from graph.analytics.editions import coverage_by_edition

    if asked.options["editions"]:
        if asked.regime:
            raise ParameterError(
                "regime", asked.regime, f"{ASSERTED} with editions, which show both regimes"
            )
        found = coverage_by_edition(asked.catalogue, **asked.filters)
        says = say_editions(found)
        return found, says, ASSERTED, {"bars": lambda: pictures.edition_bars(found, says)}
    result = coverage_between(asked.catalogue, **asked.filters, regime=asked.regime)
    edges = asked.edges()
    words = say_coverage(result, edges)
    drawings = {"bars": lambda: pictures.coverage_bars(result, words)}
    return result, words, asked.regime or ASSERTED, drawings | _graphs(edges, words)


def answer_gaps(asked: Asked) -> Found:
    """What is not reached, and what comes nearest."""
    from graph.analytics.gaps import gaps

    edges = asked.edges()
    found = gaps(edges, most=asked.options["most"])
    says = say_gaps(found, edges)
    return found, says, asked.regime or ASSERTED, _graphs(edges, says)


def answer_core(asked: Asked) -> Found:
    """The smallest set that reaches the other framework."""
    from graph.analytics import pictures
    from graph.analytics.core import core

    edges = asked.edges()
    found = core(edges, share=asked.options["share"], seconds=asked.options["seconds"])
    says = say_core(found, edges)
    chosen = {member.id for member in found.members}
    drawings = _graphs(edges, says)
    drawings["bipartite"] = lambda: pictures.bipartite(edges, says, chosen=chosen)
    order = {name: drawings[name] for name in ("bipartite", "matrix", "chord")}
    return found, says, asked.regime or ASSERTED, order


def answer_agenda(asked: Asked) -> Found:
    """Which verdict to review next."""
    from graph.analytics import pictures
    from graph.analytics.agenda import agenda

    edges = asked.edges()
    found = agenda(edges, most=asked.options["most"], seconds=asked.options["seconds"])
    says = say_agenda(found)
    titles = dict(zip(edges.ids, edges.titles, strict=True))

    def draw() -> str:
        rows = tuple(
            pictures.Ranked(
                key=item.alignment,
                label=f"{item.from_id} {titles[item.from_id]} × {item.to_id} {titles[item.to_id]}",
                value=item.value,
                figure=f"{item.value:.2f}",
                note=item.reason,
                solid=item.verdict is Verdict.ALIGNED,
            )
            for item in found.items
        )
        about = (
            "Bar: claims that a review is expected to turn, (1 - confidence) times the mean over "
            "the ways in which the verdict may be wrong. Solid: now aligned. Hollow: now judged "
            "not aligned."
        )
        block = pictures.Block(
            "Review these verdicts first", rows, "No verdict would turn a claim."
        )
        return pictures.ranking("agenda", says, about, [block])

    return found, says, asked.regime or ASSERTED, {"ranking": draw}


def answer_centrality(asked: Asked) -> Found:
    """Which competencies bridge the professions."""
    from graph.analytics import pictures
    from graph.analytics.centrality import centrality

    edges = asked.edges()
    found = centrality(
        edges,
        measures=asked.options["measures"] or tuple(MEASURES),
        samples=asked.options["samples"],
        seed=asked.options["seed"],
        progress=asked.progress,
    )
    says = say_nothing(edges) or say_centrality(found)
    drawings = {"ranks": lambda: pictures.rank_chart(found, says)}
    return found, says, asked.regime or ASSERTED, drawings | _graphs(edges, says)


def answer_communities(asked: Asked) -> Found:
    """Themes that cut across the two professions."""
    from graph.analytics import pictures
    from graph.analytics.communities import communities

    edges = asked.edges()
    found = communities(
        edges,
        method=asked.options["method"],
        resolution=asked.options["resolution"],
        runs=asked.options["runs"],
        seed=asked.options["seed"],
        progress=asked.progress,
    )
    says = say_nothing(edges) or say_communities(found, edges)
    drawings = {"map": lambda: pictures.community_map(edges, found, says)}
    return found, says, asked.regime or ASSERTED, drawings | _graphs(edges, says)


def answer_paths(asked: Asked) -> Found:
    """How two competencies connect."""
    from graph.analytics import pictures
    from graph.analytics.paths import paths
    from graph.analytics.project import check_filters
    from graph.analytics.whole import whole_graph

    # Who names two competencies where frameworks are expected means just these.
    for name, place in (("a", "from_"), ("b", "to")):
        given = getattr(asked, place)
        if given and ":" in given:
            if asked.options[name] not in (None, given):
                raise ParameterError(name, asked.options[name], f"{given}, which is given as well")
            asked.options[name] = given
            setattr(asked, place, None)
    ends = []
    for name in ("a", "b"):
        if asked.options[name] is None:
            raise ParameterError(name, None, "the id of a competency, as in epas-2022:7")
        ends.append(asked.catalogue.competency(asked.options[name]))
    options = asked.options
    check_filters(
        asked.catalogue, level=asked.level, min_strength=options["min_strength"],
        aim=options["aim"],
    )  # fmt: skip
    for end in ends:
        if asked.level is not None and end.level != asked.level:
            raise ParameterError(
                "level", asked.level, f"{ALL_LEVELS} here, because {end.id} is a {end.level}"
            )
    G: Any
    if asked.from_ is None and asked.to is None:
        where = "all crosswalks"
        G = whole_graph(
            asked.catalogue, asked.level, min_strength=options["min_strength"],
            aim=options["aim"], derived=_derived(asked),
        )  # fmt: skip
    else:
        if asked.from_ is None or asked.to is None:
            missing = "from" if asked.from_ is None else "to"
            raise ParameterError(missing, None, "a framework, as the other one is given")
        where = f"{asked.from_} and {asked.to}"
        for name, end in zip(("a", "b"), ends, strict=True):
            if end.framework not in asked.frameworks:
                raise ParameterError(name, end.id, f"a competency of {where}")
        G = asked.edges()
    found = paths(G, ends[0].id, ends[1].id, k=options["k"], cost=options["cost"])
    says = say_paths(found, where)
    drawings = {"ways": lambda: pictures.path_chart(found, says)}
    return found, says, asked.regime or ASSERTED, drawings


def _derived(asked: Asked) -> Sequence[Any]:
    if not asked.regime:
        return ()
    from graph.reasoning import Facts, derive
    from graph.rules import Regime

    derived = derive(Facts.of(asked.catalogue), Regime(asked.regime))
    return [one.as_alignment(asked.catalogue) for one in derived]


def answer_suggestions(asked: Asked) -> Found:
    """Pairs worth a second look."""
    from graph.analytics import pictures
    from graph.analytics.suggestions import suggest

    from_, to = asked.frameworks
    found = suggest(asked.catalogue, from_, to, asked.level, limit=asked.options["limit"])
    says = say_suggestions(found)

    def draw() -> str:
        blocks = [
            pictures.Block(
                heading,
                tuple(_ranked(suggestion.pair, suggestion.why) for suggestion in group),
            )
            for heading, group in (
                ("Candidate alignments: not aligned, yet most alike", found.candidate_alignments),
                ("Candidate faults: aligned, yet least alike", found.candidate_faults),
            )
        ]
        about = (
            "Bar: how alike a pair looks by its words and by what was decided around it, 1 at "
            "most; to the left, what surrounds it speaks against it. Solid: now aligned. A "
            "reason to look, no finding."
        )
        return pictures.ranking("suggestions", says, about, blocks)

    return found, says, ASSERTED, {"ranking": draw}


def answer_similarity(asked: Asked) -> Found:
    """Pairs that look alike."""
    from graph.analytics import pictures
    from graph.analytics.similarity import similarity

    from_, to = asked.frameworks
    found = similarity(asked.catalogue, from_, to, asked.level, top=asked.options["top"])
    says = say_similarity(found)

    def draw() -> str:
        rows = tuple(
            _ranked(
                pair,
                f"words {pair.text:.2f}, surroundings {pair.structure:.2f}; shared words: "
                f"{', '.join(word.term for word in pair.words[:6]) or 'none'}",
            )
            for pair in found.pairs[:_MOST_DRAWN]
        )
        about = (
            "Bar: how alike a pair looks, the mean of its words and its surroundings. Solid: "
            f"judged aligned. Drawn are at most {_MOST_DRAWN}; the table has all."
        )
        return pictures.ranking(
            "similarity", says, about, [pictures.Block("Most alike first", rows, "No pairs.")]
        )

    return found, says, ASSERTED, {"ranking": draw}


def _ranked(pair: Pair, note: str) -> Ranked:
    """A pair as a bar: solid if it is judged aligned."""
    from graph.analytics.pictures import Ranked

    return Ranked(
        key=f"{pair.subject_id} {pair.object_id}",
        label=f"{pair.subject_id} {pair.subject_title} × {pair.object_id} {pair.object_title}",
        value=pair.score,
        figure=f"{pair.score:.2f}",
        note=note,
        solid=pair.verdict is Verdict.ALIGNED,
    )


#: Most lines of a list of pairs that a picture shows.
_MOST_DRAWN: Final = 30


def answer_consistency(asked: Asked) -> Found:
    """Alignments that cannot all be right."""
    from graph.analytics import pictures
    from graph.consistency import KINDS, Severity, consistency
    from graph.rules import Regime

    found = consistency(asked.catalogue, Regime(asked.options["regime"]))
    where = "all crosswalks"
    if asked.from_ is not None or asked.to is not None:
        for name, framework in (("from", asked.from_), ("to", asked.to)):
            if framework is None:
                raise ParameterError(name, None, "a framework, as the other one is given")
            asked.catalogue.framework(framework)
        found = _between(asked, found)
        where = f"the crosswalk of {asked.from_} and {asked.to}"
    says = say_consistency(found, where)

    def draw() -> str:
        counts = Counter((conflict.severity, conflict.kind) for conflict in found.conflicts)
        blocks = [
            pictures.Block(
                heading,
                tuple(
                    pictures.Ranked(kind.value, kind.value, count, str(count), KINDS[kind])
                    for kind in KINDS
                    if (count := counts[severity, kind])
                ),
            )
            for severity, heading in (
                (Severity.FAULT, "Faults: a rule or a verdict is contradicted"),
                (Severity.WARNING, "Warnings: possible, but look again"),
            )
        ]
        about = "Bar: conflicts of each kind, each counted at its smallest set of rows."
        return pictures.ranking("consistency", says, about, blocks)

    return found, says, found.regime.value, {"ranking": draw}


def _between(asked: Asked, found: Consistency) -> Consistency:
    """Conflicts in which a row between the two frameworks takes part."""
    ends = {asked.from_, asked.to}
    rows = {
        row.id
        for row in asked.catalogue.alignments.values()
        if {framework_of(row.subject_id), framework_of(row.object_id)} == ends
    }
    judged = sum(not asked.catalogue.alignments[key].withdrawn for key in rows)
    kept = tuple(c for c in found.conflicts if rows & {*c.alignments})
    return replace(found, conflicts=kept, judged=judged)
