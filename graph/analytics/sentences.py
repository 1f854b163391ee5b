"""What one sees in each answer of the analytics, in a sentence or three, with the denominator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graph.model import Strength, Verdict

if TYPE_CHECKING:
    from graph.analytics.agenda import Agenda
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

_PLURAL: Final = {"competency": "competencies", "activity": "activities"}

#: Measures of centrality, as they are said.
MEASURES: Final = {
    "degree": "weighted degree",
    "betweenness": "betweenness",
    "pagerank": "PageRank",
    "hits": "HITS",
}


def say_nothing(edges: Edges) -> str | None:
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


def say_coverage(found: Coverage, edges: Edges) -> str:
    """How many statements of each framework the other reaches."""
    if nothing := say_nothing(edges):
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


def say_editions(found: EditionCoverage) -> str:
    """How many statements of each edition are reached, by regime."""
    level, to = found.selection.level, found.selection.to
    parts = [
        f"{row.edition} {row.whole.reached} of {row.whole.total} ({row.regime})"
        for row in found.rows
    ]
    return f"{_noun(level, 2).capitalize()} that {to} reaches, by edition: {'; '.join(parts)}."


def say_gaps(found: Gaps, edges: Edges) -> str:
    """How many statements are not reached, and the first of them."""
    if nothing := say_nothing(edges):
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


def say_core(found: Core, edges: Edges) -> str:
    """How large the core is, what it reaches, and whether that is proven."""
    if nothing := say_nothing(edges):
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
    if sets == 1:
        others = "It is the only set of that size."
        if not found.complete:
            others = "Whether another set of that size does was not settled in the time."
    else:
        count = f"{sets}" if found.complete else f"At least {sets}"
        others = f"{count} sets of that size do; shown is the one that reaches most strongly."
    return f"{first} No smaller set does, which is proven. {others}"


def say_agenda(found: Agenda) -> str:
    """How many verdicts could turn a claim, and the first to review."""
    if not found.verdicts:
        return (
            f"There is no verdict between {found.selection.from_} and {found.selection.to} that "
            "is open to review."
        )
    cores = "" if found.cores else " Claims about the core were left out, as there are too many."
    first = f" First: {found.items[0].reason}" if found.items else ""
    return (
        f"Of {_many(found.verdicts, 'verdict')} open to review, {found.effective} would each turn "
        f"at least one of {_many(found.claims, 'claim')} about coverage and core if they were "
        f"wrong.{cores}{first}"
    )


def say_centrality(found: Centrality) -> str:
    """What comes first on each side by the first measure, and how surely."""
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
            text += f"; {_many(rivals, 'other')} may be first as well)"
        parts.append(text)
    return f"By {MEASURES[measure.value]}: {'; '.join(parts)}."


def say_communities(found: Communities, edges: Edges) -> str:
    """How many themes there are, and how stable they are."""
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


def say_paths(found: Paths, where: str) -> str:
    """How far two competencies are apart, and how sure the best way is."""
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
        f"{found.source} and {found.target} are {_many(steps, 'step')} apart "
        f"in {where}; listed: {listed}. All steps of the best hold with a confidence of at least "
        f"{sure.lower:.2f} and at most {sure.upper:.2f}.{weak}"
    )


def say_suggestions(found: Suggestions) -> str:
    """How many pairs were looked at, and how many are listed."""
    first, second = len(found.candidate_alignments), len(found.candidate_faults)
    return (
        f"Of {_many(found.judged + found.undecided, 'pair')} looked at, {found.judged} are judged, "
        f"{found.aligned} of them aligned. Listed to look at again: {first} that are not aligned "
        f"and look most alike, {second} that are aligned and look least alike."
    )


def say_similarity(found: Similarity) -> str:
    """How many pairs there are, and which look most alike."""
    pairs = found.pairs
    if not pairs:
        return f"{found.selection.from_} and {found.selection.to} have no pairs at this level."
    aligned = sum(pair.verdict is Verdict.ALIGNED for pair in pairs)
    best = pairs[0]
    return (
        f"{_many(len(pairs), 'pair')}, {aligned} of them judged aligned. Most alike: "
        f"{best.subject_id} and {best.object_id} ({best.score:.2f})."
    )


def say_consistency(found: Consistency, where: str) -> str:
    """How many rows disagree, or that none do."""
    counts = found.counts
    faults, warnings = counts["fault"], counts["warning"]
    if not found.conflicts:
        return f"The {found.judged} rows of {where} agree with each other ({found.regime.value})."
    return (
        f"Among the {_many(found.judged, 'row')} of {where} there are {_many(faults, 'fault')} and "
        f"{_many(warnings, 'warning')} ({found.regime.value})."
    )


def _many(count: int, noun: str) -> str:
    """So many of something whose plural ends in s."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


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


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
