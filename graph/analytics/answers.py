"""The answers of the analytics: each runs one, and says in a sentence what one sees.

What an analytic needs is imported when it runs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from graph.analytics.analytic import ALL_LEVELS, ASSERTED
from graph.errors import ParameterError
from graph.model import Strength
from graph.terms import framework_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graph.analytics.agenda import Agenda
    from graph.analytics.analytic import Asked, Found
    from graph.analytics.centrality import Centrality
    from graph.analytics.communities import Communities
    from graph.analytics.core import Core
    from graph.analytics.coverage import Coverage
    from graph.analytics.edges import Edges, Selection
    from graph.analytics.editions import EditionCoverage
    from graph.analytics.gaps import Gaps
    from graph.analytics.paths import Paths
    from graph.analytics.similarity import Similarity
    from graph.analytics.suggestions import Suggestions
    from graph.consistency import Consistency


# ---- sentences -----------------------------------------------------------------------------

_PLURAL: Final = {"competency": "competencies", "activity": "activities"}


def _noun(level: str | None, count: int) -> str:
    """What statements of a level are called: competencies, behaviors, statements."""
    if level is None:
        return "statement" if count == 1 else "statements"
    return level if count == 1 else _PLURAL.get(level, f"{level}s")


def _counted(count: int, level: str | None, of: str) -> str:
    return f"{count} {_noun(level, count)} of {of}"


def _scope(selection: Selection) -> str:
    """Which alignments count."""
    words = "asserted alignments"
    if selection.regime:
        words = f"asserted alignments and those derived by the regime {selection.regime}"
    if selection.min_strength is not None and selection.min_strength is not Strength.WEAK:
        words += f", at least {selection.min_strength.value}"
    if selection.aim:
        words += f", that serve {selection.aim}"
    return words


def _nothing(edges: Edges) -> str | None:
    """Why there is nothing to see; `None` if there is something."""
    selection = edges.selection
    for name, size in zip((selection.from_, selection.to), edges.shape, strict=True):
        if not size:
            where = f"at level {selection.level}" if selection.level else "at all"
            return f"{name} has no statement {where}, so there is nothing to compare."
    if not len(edges):
        return (
            f"Nothing connects {selection.from_} and {selection.to}: no pair of their "
            f"{_noun(selection.level, 2)} counts, taking {_scope(selection)}."
        )
    return None


GRAPHS: Final = ("matrix", "bipartite", "chord")


def _graphs(edges: Edges, says: str) -> dict[str, Callable[[], str]]:
    """The pictures of a projection itself."""
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
        says = _says_editions(found)
        return found, says, ASSERTED, {"bars": lambda: pictures.edition_bars(found, says)}
    result = coverage_between(asked.catalogue, **asked.filters, regime=asked.regime)
    edges = asked.edges()
    words = _says_coverage(result, edges)
    drawings = {"bars": lambda: pictures.coverage_bars(result, words)}
    return result, words, asked.regime or ASSERTED, drawings | _graphs(edges, words)


def _says_coverage(found: Coverage, edges: Edges) -> str:
    if nothing := _nothing(edges):
        return nothing
    level = found.selection.level
    parts = []
    for side in found.sides:
        whole = _counted(side.whole.total, level, side.framework)
        some = side.whole.reached < side.whole.total
        share = f"{side.whole.reached} of the {whole}" if some else f"all {whole}"
        parts.append(f"{side.other} reaches {share}")
    derived = f", {found.derived} of them derived" if found.derived else ""
    return f"{'; '.join(parts)}. Counted: {found.alignments} {_scope(found.selection)}{derived}."


def _says_editions(found: EditionCoverage) -> str:
    level, to = found.selection.level, found.selection.to
    parts = [
        f"{row.edition} {row.whole.reached} of {row.whole.total} ({row.regime})"
        for row in found.rows
    ]
    return f"{_noun(level, 2).capitalize()} that {to} reaches, by edition: {'; '.join(parts)}."


def answer_gaps(asked: Asked) -> Found:
    """What is not reached, and what comes nearest."""
    from graph.analytics.gaps import gaps

    edges = asked.edges()
    found = gaps(edges, most=asked.options["most"])
    says = _says_gaps(found, edges)
    return found, says, asked.regime or ASSERTED, _graphs(edges, says)


def _says_gaps(found: Gaps, edges: Edges) -> str:
    if nothing := _nothing(edges):
        return nothing
    parts = []
    for side in found.sides:
        whole = _counted(side.total, found.selection.level, side.framework)
        if not side.gaps:
            parts.append(f"all {whole} are reached")
            continue
        named = ", ".join(gap.id for gap in side.gaps[:5])
        more = f" and {len(side.gaps) - 5} more" if len(side.gaps) > 5 else ""
        verb = "is" if len(side.gaps) == 1 else "are"
        parts.append(f"{len(side.gaps)} of the {whole} {verb} not reached ({named}{more})")
    return f"{_upper('; '.join(parts))}. Counted: {_scope(found.selection)}."


def answer_core(asked: Asked) -> Found:
    """The smallest set that reaches the other framework."""
    from graph.analytics import pictures
    from graph.analytics.core import core

    edges = asked.edges()
    found = core(edges, share=asked.options["share"], seconds=asked.options["seconds"])
    says = _says_core(found, edges)
    chosen = {member.id for member in found.members}
    drawings = _graphs(edges, says)
    drawings["bipartite"] = lambda: pictures.bipartite(edges, says, chosen=chosen)
    order = {name: drawings[name] for name in ("bipartite", "matrix", "chord")}
    return found, says, asked.regime or ASSERTED, order


def _says_core(found: Core, edges: Edges) -> str:
    if nothing := _nothing(edges):
        return nothing
    level, from_, to = found.selection.level, found.selection.from_, found.selection.to
    whole = _counted(edges.shape[0], level, from_)
    reached = f"{found.reached} of the {_counted(found.total, level, to)}"
    if found.size == 0:
        return f"Nothing was asked for (share {found.share:g}), so the empty set is the core."
    if found.reached == found.total:
        reached = f"all {_counted(found.total, level, to)}"
    asked = ""
    if found.share < 1:
        asked = f" ({found.needed} of the {found.reachable} that can be reached were asked for)"
    verb = "reaches" if found.size == 1 else "together reach"
    first = f"{found.size} of the {whole} {verb} {reached}{asked}."
    if not found.proven:
        return (
            f"{first} That is the best set found in the time; no set with fewer than "
            f"{found.lower_bound} members does it."
        )
    sets = len(found.optimal_sets)
    count = f"{sets}" if found.complete else f"More than {sets}"
    others = (
        "It is the only set of that size."
        if sets == 1 and found.complete
        else f"{count} sets of that size do; shown is the one that reaches most strongly."
    )
    return f"{first} No smaller set does, which is proven. {others}"


def answer_agenda(asked: Asked) -> Found:
    """Which verdict to review next."""
    from graph.analytics import pictures
    from graph.analytics.agenda import agenda

    edges = asked.edges()
    found = agenda(edges, most=asked.options["most"], seconds=asked.options["seconds"])
    says = _says_agenda(found)
    titles = dict(zip(edges.ids, edges.titles, strict=True))

    def draw() -> str:
        rows = tuple(
            pictures.Ranked(
                key=item.alignment,
                label=f"{item.from_id} {titles[item.from_id]} × {item.to_id} {titles[item.to_id]}",
                value=item.value,
                figure=f"{item.value:.2f}",
                note=item.reason,
                solid=item.verdict.value == "aligned",
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


def _says_agenda(found: Agenda) -> str:
    if not found.verdicts:
        return (
            f"There is no verdict between {found.selection.from_} and {found.selection.to} that "
            "is open to review."
        )
    cores = "" if found.cores else " Claims about the core were left out, as there are too many."
    first = f" First: {found.items[0].reason}" if found.items else ""
    return (
        f"Of {found.verdicts} verdicts open to review, {found.effective} would each turn at least "
        f"one of {found.claims} claims about coverage and core if they were wrong.{cores}{first}"
    )


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
    says = _nothing(edges) or _says_centrality(found)
    drawings = {"ranks": lambda: pictures.rank_chart(found, says)}
    return found, says, asked.regime or ASSERTED, drawings | _graphs(edges, says)


def _says_centrality(found: Centrality) -> str:
    assert found.selection is not None
    measure = found.measures[0]
    parts = []
    for side in (0, 1):
        rows = found.of(measure, side)
        best = rows[0]
        text = f"of the {_counted(len(rows), found.selection.level, best.framework)}, "
        text += f"{best.id} “{best.title}” comes first"
        if best.rank_low is not None and best.rank_high is not None:
            rivals = sum(row.rank_low == 1 for row in rows) - (best.rank_low == 1)
            text += f" (rank {best.rank_low} to {best.rank_high} in {found.interval:.0%} of samples"
            text += f"; {rivals} others may be first as well)"
        parts.append(text)
    return f"By {MEASURES[measure.value]}: {'; '.join(parts)}."


#: Measures of centrality, as they are said.
MEASURES: Final = {
    "degree": "weighted degree",
    "betweenness": "betweenness",
    "pagerank": "PageRank",
    "hits": "HITS",
}


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
    says = _nothing(edges) or _says_communities(found, edges)
    drawings = {"map": lambda: pictures.community_map(edges, found, says)}
    return found, says, asked.regime or ASSERTED, drawings | _graphs(edges, says)


def _says_communities(found: Communities, edges: Edges) -> str:
    count, members = len(found.found), sum(len(c.members) for c in found.found)
    level = edges.selection.level
    text = (
        f"{count} {'theme holds' if count == 1 else 'themes hold'} {members} of the "
        f"{len(edges.ids)} {_noun(level, len(edges.ids))}; {found.crossing:.0%} of the "
        f"{len(edges)} alignments run between themes."
    )
    if found.stability is None:
        return text
    text += f" Over {found.runs} runs the themes agree to {found.stability:.2f} (1: always, 0: "
    text += "as chance would)."
    return text if found.stability >= 0.75 else f"{text} So they are one way to sort among several."


def answer_paths(asked: Asked) -> Found:
    """How two competencies connect."""
    from graph.analytics import pictures
    from graph.analytics.paths import paths, whole_graph
    from graph.analytics.project import check_filters

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
    says = _says_paths(found, where)
    drawings = {"ways": lambda: pictures.path_chart(found, says)}
    return found, says, asked.regime or ASSERTED, drawings


def _derived(asked: Asked) -> Sequence[Any]:
    if not asked.regime:
        return ()
    from graph.reasoning import Facts, derive
    from graph.rules import Regime

    derived = derive(Facts.of(asked.catalogue), Regime(asked.regime))
    return [one.as_alignment(asked.catalogue) for one in derived]


def _says_paths(found: Paths, where: str) -> str:
    if found.source == found.target:
        return f"{found.source} is where it starts: no step is needed."
    if not found.found:
        return (
            f"No alignments connect {found.source} with {found.target} in {where}, with these "
            "filters."
        )
    best = found.found[0]
    steps = len(best.steps)
    sure = best.confidence
    ways = len(found.found)
    listed = "one way" if ways == 1 else f"{ways} ways, the best first"
    weak = ""
    if best.weakest is not None and steps > 1:
        step = best.steps[best.weakest - 1]
        weak = f" Its weakest step is {step.from_id} to {step.to_id} ({step.confidence:g})."
    return (
        f"{found.source} and {found.target} are {steps} {'step' if steps == 1 else 'steps'} apart "
        f"in {where}; listed: {listed}. All steps of the best hold with a confidence of at least "
        f"{sure.lower:.2f} and at most {sure.upper:.2f}.{weak}"
    )


def answer_suggestions(asked: Asked) -> Found:
    """Pairs worth a second look."""
    from graph.analytics import pictures
    from graph.analytics.suggestions import suggest

    from_, to = asked.frameworks
    found = suggest(asked.catalogue, from_, to, asked.level, limit=asked.options["limit"])
    says = _says_suggestions(found)

    def draw() -> str:
        blocks = [
            pictures.Block(
                heading,
                tuple(
                    pictures.Ranked(
                        key=f"{s.pair.subject_id} {s.pair.object_id}",
                        label=f"{s.pair.subject_id} {s.pair.subject_title} × "
                        f"{s.pair.object_id} {s.pair.object_title}",
                        value=s.pair.score,
                        figure=f"{s.pair.score:.2f}",
                        note=s.why,
                        solid=bool(s.pair.verdict and s.pair.verdict.value == "aligned"),
                    )
                    for s in group
                ),
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


def _says_suggestions(found: Suggestions) -> str:
    first, second = len(found.candidate_alignments), len(found.candidate_faults)
    return (
        f"Of {found.judged + found.undecided} pairs looked at, {found.judged} are judged, "
        f"{found.aligned} of them aligned. Listed to look at again: {first} that are not aligned "
        f"and look most alike, {second} that are aligned and look least alike."
    )


def answer_similarity(asked: Asked) -> Found:
    """Pairs that look alike."""
    from graph.analytics import pictures
    from graph.analytics.similarity import similarity

    from_, to = asked.frameworks
    found = similarity(asked.catalogue, from_, to, asked.level, top=asked.options["top"])
    says = _says_similarity(found)

    def draw() -> str:
        rows = tuple(
            pictures.Ranked(
                key=f"{pair.subject_id} {pair.object_id}",
                label=f"{pair.subject_id} {pair.subject_title} × "
                f"{pair.object_id} {pair.object_title}",
                value=pair.score,
                figure=f"{pair.score:.2f}",
                note=f"words {pair.text:.2f}, surroundings {pair.structure:.2f}; shared words: "
                f"{', '.join(word.term for word in pair.words[:6]) or 'none'}",
                solid=bool(pair.verdict and pair.verdict.value == "aligned"),
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


#: Most lines of a list of pairs that a picture shows.
_MOST_DRAWN: Final = 30


def _says_similarity(found: Similarity) -> str:
    pairs = found.pairs
    if not pairs:
        return f"{found.selection.from_} and {found.selection.to} have no pairs at this level."
    aligned = sum(bool(pair.verdict and pair.verdict.value == "aligned") for pair in pairs)
    best = pairs[0]
    return (
        f"{len(pairs)} pairs, {aligned} of them judged aligned. Most alike: {best.subject_id} and "
        f"{best.object_id} ({best.score:.2f})."
    )


def answer_consistency(asked: Asked) -> Found:
    """Alignments that cannot all be right."""
    from graph.analytics import pictures
    from graph.consistency import KINDS, consistency
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
    says = _says_consistency(found, where)

    def draw() -> str:
        counts = {kind: sum(c.kind is kind for c in found.conflicts) for kind in KINDS}
        severe = {c.kind for c in found.conflicts if c.severity.value == "fault"}
        blocks = [
            pictures.Block(
                heading,
                tuple(
                    pictures.Ranked(kind.value, kind.value, count, str(count), KINDS[kind])
                    for kind, count in counts.items()
                    if count and (kind in severe) is wanted
                ),
            )
            for heading, wanted in (
                ("Faults: a rule or a verdict is contradicted", True),
                ("Warnings: possible, but look again", False),
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
    judged = sum(asked.catalogue.alignments[key].status != "withdrawn" for key in rows)
    kept = tuple(c for c in found.conflicts if rows & {*c.alignments})
    return replace(found, conflicts=kept, judged=judged)


def _says_consistency(found: Consistency, where: str) -> str:
    counts = found.counts
    faults, warnings = counts["fault"], counts["warning"]
    if not found.conflicts:
        return f"The {found.judged} rows of {where} agree with each other ({found.regime.value})."
    return (
        f"Among the {found.judged} rows of {where} there are {faults} "
        f"{'fault' if faults == 1 else 'faults'} and {warnings} "
        f"{'warning' if warnings == 1 else 'warnings'} ({found.regime.value})."
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
