"""How far suggestions can be trusted: measured by leaving out what they would have to find.

Two tasks on the shipped data. In the crosswalk EPAS 2022 x ISP every one of 135 pairs was judged;
each verdict is taken out of the catalogue in turn and the pair is scored again. In the concordance
EPAS 2015 -> EPAS 2022 all verdicts on a statement are taken out in turn, and its successor is
looked for among all statements of the new edition.

    python -m benchmarks.suggestions            # print the figures, as Markdown
    python -m benchmarks.suggestions --write    # renew them in docs/suggestions.md

The same data give the same figures.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass, replace
from math import comb
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from graph.analytics.similarity import score_pairs
from graph.analytics.words import Texts, words_of
from graph.catalogue import Catalogue
from graph.store import open_store
from graph.terms import framework_of, shipped_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from graph.analytics.similarity import Scores

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
#: Scores of all methods, one row a query and one column a candidate.
Scored = dict[str, Floats]

SOCIAL_WORK, IMPLEMENTATION = "epas-2022", "isp-2020"
OLDER, NEWER = "epas-2015", "epas-2022"

SAMPLES: Final = 2000
SEED: Final = 2022
PAGE: Final = Path("docs/suggestions.md")

RANDOM: Final = "Baseline: random order"
OVERLAP: Final = "Baseline: title overlap"
WORDS: Final = "Baseline: word overlap, descriptions too"
CODE: Final = "Baseline: same code"
POPULAR: Final = "Baseline: number of partners"
BOTH: Final = "**Text and structure** (what `suggest` ranks by)"

# ---- figures of one ranking; ties count as every order of the tied, averaged ---------------


def average_precision(scores: Floats, relevant: Ints) -> float:
    """Precision at each relevant item, averaged; expected over the orders of tied items."""
    total = int(relevant.sum())
    if not total:
        return 0.0
    _, sizes, hits = _groups(scores, relevant)
    before, above = np.cumsum(sizes) - sizes, np.cumsum(hits) - hits
    at = np.arange(len(scores)) - np.repeat(before, sizes)
    n, r, over = (np.repeat(part, sizes) for part in (sizes, hits, above))
    inside = at * (r - 1) / np.maximum(n - 1, 1)
    place = np.repeat(before, sizes) + at + 1
    return float((r / n * (over + inside + 1) / place).sum() / total)


def found_at(scores: Floats, relevant: Ints, k: int) -> float:
    """Relevant items among the first `k`, expected over the orders of tied items."""
    _, sizes, hits = _groups(scores, relevant)
    room = np.clip(k - (np.cumsum(sizes) - sizes), 0, sizes)
    return float((hits * room / sizes).sum())


def precision_at(scores: Floats, relevant: Ints, k: int) -> float:
    """Share of relevant items among the first `k`."""
    return found_at(scores, relevant, k) / min(k, len(scores)) if len(scores) else 0.0


def recall_at(scores: Floats, relevant: Ints, k: int) -> float:
    """Share of the relevant items that stand among the first `k`."""
    total = int(relevant.sum())
    return found_at(scores, relevant, k) / total if total else 0.0


def reciprocal_rank(scores: Floats, relevant: Ints) -> float:
    """One over the place of the first relevant item; 0 without any."""
    if not relevant.any():
        return 0.0
    _, sizes, hits = _groups(scores, relevant)
    group = int(np.flatnonzero(hits)[0])
    before, n, r = int(sizes[:group].sum()), int(sizes[group]), int(hits[group])
    ways = (comb(n - place, r - 1) / (before + place) for place in range(1, n - r + 2))
    return sum(ways) / comb(n, r)


def _groups(scores: Floats, relevant: Ints) -> tuple[Floats, Ints, Ints]:
    """Distinct scores, greatest first, with how many items and relevant items have them."""
    values, place = np.unique(-np.round(scores, 9), return_inverse=True)
    sizes = np.bincount(place, minlength=len(values)).astype(np.int64)
    hits = np.bincount(place, weights=relevant, minlength=len(values)).astype(np.int64)
    return -values, sizes, hits


# ---- the two tasks -------------------------------------------------------------------------


def overlap(catalogue: Catalogue, one: str, other: str, *, titles_only: bool = True) -> float:
    """Jaccard index of the words of two titles, or titles with descriptions, as they stand."""
    mine, theirs = (
        set(words_of(c.title if titles_only else f"{c.title} {c.description}"))
        for c in (catalogue.competencies[end] for end in (one, other))
    )
    return len(mine & theirs) / len(mine | theirs) if mine | theirs else 0.0


def _overlaps(catalogue: Catalogue, full: Scores) -> Scored:
    """The baselines that count words."""
    return {
        name: np.array(
            [
                [overlap(catalogue, one.id, two.id, titles_only=short) for two in full.right]
                for one in full.left
            ]
        )
        for name, short in ((OVERLAP, True), (WORDS, False))
    }


def same_code(one: str, other: str) -> float:
    """1 for the same code, 1/2 for the same competency number, else 0."""
    mine, theirs = (end.partition(":")[2] for end in (one, other))
    return 1.0 if mine == theirs else 0.5 * (mine.split(".")[0] == theirs.split(".")[0])


def without(catalogue: Catalogue, left_out: Iterable[str]) -> Catalogue:
    """The catalogue as if some alignments had never been written."""
    gone = set(left_out)
    kept = {key: a for key, a in catalogue.alignments.items() if key not in gone}
    return replace(catalogue, alignments=kept)


def _variants(catalogue: Catalogue, from_: str, to: str) -> dict[str, Texts]:
    ends = from_, to
    return {
        "Text only, without stemming": Texts(catalogue, ends, stemming=False),
        "Text only, without behaviors and activities": Texts(catalogue, ends, below=False),
        "Text only, titles alone": Texts(catalogue, ends, titles_only=True),
    }


@dataclass(frozen=True)
class Task:
    """Queries and candidates with what is relevant, and the scores of every method.

    Attributes
    ----------
    families : Ints
        For each query the cluster that is drawn together when the data are resampled.
    columns : bool
        Whether candidates are drawn as well (each query has the same, and they are few).
    """

    relevant: Ints
    scores: Scored
    families: Ints
    columns: bool


def crosswalk_task(catalogue: Catalogue) -> Task:
    """Leave each of the 135 verdicts out in turn; score its pair; was it aligned?"""
    ends = SOCIAL_WORK, IMPLEMENTATION
    texts = Texts(catalogue, ends)
    full = score_pairs(catalogue, *ends, texts=texts)
    shape = len(full.left), len(full.right)
    if (full.verdicts == 0).any():
        raise SystemExit("a pair has no verdict: this measure needs all of them")
    parts: Scored = {}
    for place in range(len(full.rows)):
        alignment = full.pair(place).alignment
        assert alignment is not None
        left = score_pairs(without(catalogue, [alignment]), *ends, texts=texts)
        pair = left.pair(place)
        assert pair.verdict is None
        at = full.rows[place], full.columns[place]
        for name, value in {
            BOTH: pair.score,
            "Text only": pair.text,
            "Structure only": pair.structure,
            "Structure only: shared partners": pair.shared,
            "Structure only: statements judged alike": pair.neighbors,
            "Text and structure, and verdicts below (circular)": pair.score
            + (pair.verdicts_below[0] - pair.verdicts_below[1])
            / (sum(pair.verdicts_below) + 1)
            / 6,
        }.items():
            parts.setdefault(name, np.zeros(shape))[at] = value
    for name, other in _variants(catalogue, *ends).items():
        parts[name] = score_pairs(catalogue, *ends, texts=other).text.reshape(shape)
    relevant = (full.verdicts.reshape(shape) == 1).astype(np.int64)
    # Partners of each end besides the pair itself, multiplied: "what is popular gets aligned".
    partners = [relevant.sum(axis=axis, keepdims=True) - relevant for axis in (0, 1)]
    parts[POPULAR] = (partners[0] * partners[1]).astype(np.float64)
    parts |= _overlaps(catalogue, full)
    parts[RANDOM] = np.zeros(shape)
    return Task(relevant, parts, np.arange(shape[0]), columns=True)


def concordance_task(catalogue: Catalogue) -> tuple[Task, tuple[str, ...]]:
    """Leave all verdicts on a statement of 2015 out in turn; find its successor in 2022.

    Returns the task, and for each query the title of the statement if it is also that of its
    successor, else an empty text.
    """
    ends = OLDER, NEWER
    texts = Texts(catalogue, ends)
    variants = _variants(catalogue, *ends)
    full = score_pairs(catalogue, *ends, None, texts=texts)
    if len(full.rows) != len(full.left) * len(full.right):
        raise SystemExit("the new edition is too large for this measure")
    shape = len(full.left), len(full.right)
    relevant = (full.verdicts.reshape(shape) == 1).astype(np.int64)
    queries = np.flatnonzero(relevant.any(axis=1))
    scores: Scored = {BOTH: np.zeros(shape)}
    for name in ("Text only", "Structure only"):
        scores[name] = np.zeros(shape)
    for query in queries:
        statement = full.left[query].id
        judged = [
            a.id
            for a in catalogue.by_competency[statement]
            if {framework_of(a.subject_id), framework_of(a.object_id)} == {*ends}
        ]
        left = score_pairs(without(catalogue, judged), *ends, None, texts=texts)
        scores[BOTH][query] = left.score.reshape(shape)[query]
        scores["Text only"][query] = left.text.reshape(shape)[query]
        scores["Structure only"][query] = left.structure.reshape(shape)[query]
    for name, other in variants.items():
        scores[name] = score_pairs(catalogue, *ends, None, texts=other).text.reshape(shape)
    scores |= _overlaps(catalogue, full)
    scores[CODE] = np.array(
        [[same_code(one.id, two.id) for two in full.right] for one in full.left]
    )
    scores[RANDOM] = np.zeros(shape)
    heads = [(s.parent or s.id) for s in full.left]
    families = np.array([sorted(set(heads)).index(head) for head in heads])
    same = tuple(
        full.left[query].title
        if any(
            full.left[query].title.lower() == full.right[column].title.lower()
            for column in np.flatnonzero(relevant[query])
        )
        else ""
        for query in queries
    )
    kept = {name: values[queries] for name, values in scores.items()}
    return Task(relevant[queries], kept, families[queries], columns=False), same


# ---- intervals -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Measure:
    """A figure of a task.

    Attributes
    ----------
    of : Callable
        What it is of one ranking.
    k : int | None
        Where the ranking is cut off.
    by_query : bool
        Whether each query has a ranking, and the figures are averaged; else all pairs are one.
    from_below : bool
        Whether the ranking is read from its end, looking for what is not relevant.
    """

    of: Callable[..., float]
    k: int | None = None
    by_query: bool = False
    from_below: bool = False

    def __call__(self, scores: Floats, relevant: Ints) -> float:
        """The figure of a task."""
        if self.by_query:
            return float(np.mean(self.each(scores, relevant)))
        if self.from_below:
            scores, relevant = -scores, 1 - relevant
        return self._one(scores.ravel(), relevant.ravel())

    def each(self, scores: Floats, relevant: Ints) -> Floats:
        """The figure of every query."""
        return np.array([self._one(*row) for row in zip(scores, relevant, strict=True)])

    def _one(self, scores: Floats, relevant: Ints) -> float:
        return self.of(scores, relevant, *(() if self.k is None else (self.k,)))


def resamples(task: Task, samples: int, seed: int) -> list[tuple[Ints, Ints]]:
    """Queries and candidates of each sample, drawn with replacement.

    Pairs that share a competency are no independent evidence. So competencies are drawn and not
    pairs: in the crosswalk both ends (the pigeonhole bootstrap of A. B. Owen (2007), Annals of
    Applied Statistics 1(2), 386-411), in the concordance whole competencies with their behaviors.
    """
    generator = np.random.default_rng(seed)
    candidates = task.relevant.shape[1]
    groups = [np.flatnonzero(task.families == family) for family in np.unique(task.families)]
    found = []
    for _ in range(samples):
        drawn = generator.integers(len(groups), size=len(groups))
        rows = np.concatenate([groups[group] for group in drawn])
        columns = (
            generator.integers(candidates, size=candidates)
            if task.columns
            else np.arange(candidates)
        )
        found.append((rows, columns))
    return found


@dataclass(frozen=True)
class Figure:
    """A figure, and the middle 95 % of its resamples."""

    value: float
    low: float | None = None
    high: float | None = None
    signed: bool = False

    def __str__(self) -> str:
        """As the tables print it."""
        form = "+.2f" if self.signed else ".2f"
        if self.low is None or self.high is None:
            return f"{self.value + 0.0:{form}}"
        join = " to " if self.signed else "\u2013"
        return f"{self.value + 0.0:{form}} ({self.low:{form}}{join}{self.high:{form}})"


def measure_all(
    task: Task, measures: Mapping[str, Measure], *, against: str, samples: int, seed: int
) -> dict[str, list[Figure]]:
    """Every figure of every method; last, what the first figure gains over a baseline."""
    drawn = resamples(task, samples, seed)
    found: dict[str, list[Figure]] = {}
    firsts: dict[str, Floats] = {}
    for name, scores in task.scores.items():
        figures = []
        for number, measure in enumerate(measures.values()):
            value = measure(scores, task.relevant)
            if measure.by_query and not task.columns:
                each = measure.each(scores, task.relevant)
                values = np.array([each[rows].mean() for rows, _ in drawn])
            else:
                values = np.array(
                    [measure(scores[np.ix_(*at)], task.relevant[np.ix_(*at)]) for at in drawn]
                )
            if number == 0:
                firsts[name] = np.array([value, *values])
            figures.append(_with_interval(value, values))
        found[name] = figures
    for name, values in firsts.items():
        gain = values - firsts[against]
        found[name].append(replace(_with_interval(gain[0], gain[1:]), signed=True))
    return found


def _with_interval(value: float, values: Floats) -> Figure:
    if not len(values):
        return Figure(float(value))
    low, high = np.quantile(values, [0.025, 0.975])
    return Figure(float(value), float(low), float(high))


# ---- the page ------------------------------------------------------------------------------

CROSSWALK_MEASURES: Final = {
    "Average precision": Measure(average_precision),
    "Precision at 10": Measure(precision_at, 10),
    "Precision at 20": Measure(precision_at, 20),
    "Recall at 20": Measure(recall_at, 20),
    "Recall at 63": Measure(recall_at, 63),
    "Reciprocal rank per competency": Measure(reciprocal_rank, by_query=True),
}
FAULT_MEASURES: Final = {
    "Average precision": Measure(average_precision, from_below=True),
    "Precision at 10": Measure(precision_at, 10, from_below=True),
    "Precision at 20": Measure(precision_at, 20, from_below=True),
    "Recall at 20": Measure(recall_at, 20, from_below=True),
}
CONCORDANCE_MEASURES: Final = {
    "Reciprocal rank": Measure(reciprocal_rank, by_query=True),
    "Recall at 1": Measure(recall_at, 1, by_query=True),
    "Recall at 3": Measure(recall_at, 3, by_query=True),
    "Recall at 5": Measure(recall_at, 5, by_query=True),
    "Average precision, all pairs": Measure(average_precision),
    "Precision at 20, all pairs": Measure(precision_at, 20),
}


def tables(catalogue: Catalogue, *, samples: int = SAMPLES, seed: int = SEED) -> str:
    """All figures, as Markdown."""
    crosswalk = crosswalk_task(catalogue)
    concordance, same = concordance_task(catalogue)
    changed = np.array([not title for title in same])
    hard = Task(
        concordance.relevant[changed],
        {name: scores[changed] for name, scores in concordance.scores.items()},
        concordance.families[changed],
        columns=False,
    )
    pairs, aligned = crosswalk.relevant.size, int(crosswalk.relevant.sum())
    parts = [
        f"### Candidate alignments: {SOCIAL_WORK} \u00d7 {IMPLEMENTATION}",
        f"{pairs} pairs, of which {aligned} ({aligned / pairs:.0%}) are aligned.",
        _markdown(crosswalk, CROSSWALK_MEASURES, RANDOM, samples, seed),
        f"### Candidate faults: {SOCIAL_WORK} \u00d7 {IMPLEMENTATION}",
        f"The same list read from its lower end, looking for the {pairs - aligned} pairs "
        f"({(pairs - aligned) / pairs:.0%}) that are not aligned.",
        _markdown(crosswalk, FAULT_MEASURES, RANDOM, samples, seed),
        f"### Successors: {OLDER} \u2192 {NEWER}",
        f"{len(same)} statements of 2015, each with one successor among "
        f"{concordance.relevant.shape[1]} statements of 2022.",
        _markdown(concordance, CONCORDANCE_MEASURES, CODE, samples, seed),
        f"### Successors whose title changed: {OLDER} \u2192 {NEWER}",
        f"The {int(changed.sum())} of those {len(same)} whose successor has another title, "
        "capital letters aside.",
        _markdown(hard, CONCORDANCE_MEASURES, CODE, samples, seed),
    ]
    return "\n\n".join(parts) + "\n"


def _markdown(
    task: Task, measures: Mapping[str, Measure], against: str, samples: int, seed: int
) -> str:
    found = measure_all(task, measures, against=against, samples=samples, seed=seed)
    gain = f"{next(iter(measures))}: gain over {against.removeprefix('Baseline: ')}"
    head = ["Ranked by", *measures, gain]
    lines = [head, ["---"] * len(head)]
    lines += [[name, *map(str, figures)] for name, figures in found.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


_FIGURES: Final = re.compile(r"(?<=<!-- figures -->\n\n).*(?=\n<!-- end of figures -->)", re.DOTALL)


def figures_of(page: str) -> str:
    """The generated part of the page."""
    found = _FIGURES.search(page)
    assert found is not None, "docs/suggestions.md has lost the marks around its figures"
    return found[0]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures, or renew the page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--samples", type=int, default=SAMPLES, help="resamples for intervals")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--write", action="store_true", help=f"renew {PAGE}")
    options = parser.parse_args(arguments)
    catalogue = Catalogue.load(open_store(shipped_data()))
    made = tables(catalogue, samples=options.samples, seed=options.seed)
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        figures_of(page)
        PAGE.write_text(_FIGURES.sub(lambda _: made, page), encoding="utf-8", newline="\n")
    else:
        print(made, end="")


if __name__ == "__main__":
    main()
