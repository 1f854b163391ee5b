"""Which statements of two frameworks look alike, by their words and by what surrounds them.

A pair is scored by two halves. *Text* is the cosine of weighted words of titles and descriptions
(`graph.analytics.words`). *Structure* is what else was decided nearby
(`graph.analytics.surroundings`). The verdict on a pair itself, and every rationale, stay out of its
score, so that a score can be held against the verdict.

A score is a reason to look, and no finding. How far it can be trusted was measured; the figures,
which are poor for words across professions, are in `docs/suggestions.md`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph.analytics.project import select
from graph.analytics.surroundings import BLOCK, Surroundings, balance
from graph.analytics.words import Texts
from graph.errors import ParameterError
from graph.records import figure
from graph.terms import natural_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graph.analytics.edges import Floats, Ints, Selection
    from graph.analytics.words import Word
    from graph.catalogue import Catalogue
    from graph.model import Competency, Verdict
    from graph.records import Record

#: Partners by text that are looked at for each statement if the other framework has more.
DEPTH: Final = 50

#: Scores are compared to this many decimals, so that equal ones are equal on every machine.
_DECIMALS: Final = 9


@dataclass(frozen=True, slots=True)
class Pair:
    """Two statements, how alike they look, and why.

    Attributes
    ----------
    subject_id, object_id : str
        From the *from* framework and from the other.
    score : float
        Mean of `text` and `structure`: 1 if everything agrees, 0 if nothing is known, below 0
        if what surrounds the pair speaks against it. Ordinal: fit for ranking, no probability.
    text : float
        Cosine of the weighted words, 0 to 1.
    structure : float
        Mean of `shared`, `neighbors` and `above`, -1 to 1.
    shared, neighbors, above : float
        See `Surroundings`. `above` is (aligned - not aligned) over their number plus one.
    verdicts_above, verdicts_below : tuple[int, int]
        Verdicts on pairs of parents and on pairs of children: aligned, and not aligned. Those
        below are not part of the score.
    partners : tuple[str, ...]
        Statements of third frameworks that both align with.
    words : tuple[Word, ...]
        What `text` is the sum of, greatest first.
    verdict : Verdict | None
        What was decided about the pair, `None` if nothing was. Never part of the score.
    alignment : str | None
        Id of that decision.
    """

    subject_id: str
    subject_title: str
    object_id: str
    object_title: str
    score: float
    text: float
    structure: float
    shared: float
    neighbors: float
    above: float
    verdicts_above: tuple[int, int]
    verdicts_below: tuple[int, int]
    partners: tuple[str, ...]
    words: tuple[Word, ...]
    verdict: Verdict | None
    alignment: str | None

    def record(self) -> Record:
        """As JSON."""
        return {
            "subject_id": self.subject_id,
            "subject_label": self.subject_title,
            "object_id": self.object_id,
            "object_label": self.object_title,
            "score": figure(self.score),
            "text": figure(self.text),
            "structure": figure(self.structure),
            "shared": figure(self.shared),
            "neighbors": figure(self.neighbors),
            "above": figure(self.above),
            "verdicts_above": _verdicts(self.verdicts_above),
            "verdicts_below": _verdicts(self.verdicts_below),
            "partners": [*self.partners],
            "words": [word.record() for word in self.words],
            "verdict": self.verdict.value if self.verdict else None,
            "alignment": self.alignment,
        }


@dataclass(frozen=True, slots=True)
class Similarity:
    """Pairs of two frameworks, most alike first; ties in the order of their codes."""

    selection: Selection
    pairs: tuple[Pair, ...]

    def record(self) -> Record:
        """As JSON."""
        return {
            "from": self.selection.from_,
            "to": self.selection.to,
            "level": self.selection.level,
            "total": len(self.pairs),
            "items": [pair.record() for pair in self.pairs],
        }

    def table(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Columns, and a row for each pair with its three weightiest words."""
        columns = ("From", "To", "Score", "Text", "Structure", "Verdict", "Words")
        rows: list[tuple[Any, ...]] = [
            (
                f"{pair.subject_id} {pair.subject_title}",
                f"{pair.object_id} {pair.object_title}",
                figure(pair.score),
                figure(pair.text),
                figure(pair.structure),
                pair.verdict.value if pair.verdict else "undecided",
                ", ".join(word.term for word in pair.words[:3]),
            )
            for pair in self.pairs
        ]
        return columns, rows


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Every pair that was looked at, as columns, and the means to say why.

    Attributes
    ----------
    rows, columns : Ints
        For each pair the places of its ends in `left` and `right`.
    order : Ints
        Places of the pairs, most alike first.
    verdicts : Ints
        1 aligned, -1 not aligned, 0 undecided.
    """

    selection: Selection
    left: tuple[Competency, ...]
    right: tuple[Competency, ...]
    rows: Ints
    columns: Ints
    text: Floats
    structure: Floats
    score: Floats
    verdicts: Ints
    order: Ints
    _parts: tuple[Floats, ...] = field(repr=False)
    _texts: Texts = field(repr=False)
    _around: Surroundings = field(repr=False)

    def pair(self, place: int) -> Pair:
        """One pair with its reasons."""
        one, other = self.left[self.rows[place]], self.right[self.columns[place]]
        alignment = self._around.judged.get((one.id, other.id))
        shared, neighbors, above = (float(part[place]) for part in self._parts)
        return Pair(
            subject_id=one.id,
            subject_title=one.title,
            object_id=other.id,
            object_title=other.title,
            score=float(self.score[place]),
            text=float(self.text[place]),
            structure=float(self.structure[place]),
            shared=shared,
            neighbors=neighbors,
            above=above,
            verdicts_above=self._around.above(one.id, other.id),
            verdicts_below=self._around.below(one.id, other.id),
            partners=self._around.partners(one.id, other.id),
            words=self._texts.shared(one.id, other.id),
            verdict=alignment.verdict if alignment else None,
            alignment=alignment.id if alignment else None,
        )


def similarity(
    catalogue: Catalogue,
    from_: str,
    to: str,
    level: str | None = "competency",
    *,
    top: int | None = None,
    depth: int = DEPTH,
) -> Similarity:
    """Pairs of statements of two frameworks, most alike first, with what made them so.

    Symmetric: turned round, the same pairs get the same scores, as long as all of them are
    looked at (see `depth`). Nothing that was decided about a pair counts in its own score.

    Parameters
    ----------
    level : str | None
        Level of both ends; `None` for every level with every level.
    top : int | None
        At most so many pairs for each statement of the *from* side.
    depth : int
        If the other framework has more statements than this, only so many of the nearest by text
        are looked at for each statement, besides all pairs that were judged or share a partner.

    Raises
    ------
    NotFoundError
        If a framework does not exist.
    ParameterError
        If the level is unknown, both frameworks are the same, or a number is below 1.

    Notes
    -----
    Empty case: no pairs if a side has no statements at the level. Statements without any word in
    common have text 0. With n and m statements, d = `depth` and t words a statement:
    O(n t p) for text, where p is how many statements hold a word (an inverted index in blocks),
    and O(n d) for the rest; memory O(n d).
    """
    if top is not None and top < 1:
        raise ParameterError("top", str(top), "a whole number of at least 1")
    scores = score_pairs(catalogue, from_, to, level, depth=depth)
    kept, taken = [], Counter[int]()
    for place in scores.order:
        row = int(scores.rows[place])
        if top is None or taken[row] < top:
            taken[row] += 1
            kept.append(scores.pair(int(place)))
    return Similarity(scores.selection, tuple(kept))


def score_pairs(
    catalogue: Catalogue,
    from_: str,
    to: str,
    level: str | None = "competency",
    *,
    depth: int = DEPTH,
    texts: Texts | None = None,
) -> Scores:
    """The same as `similarity`, as columns and without reasons; `texts` if they are at hand."""
    if depth < 1:
        raise ParameterError("depth", str(depth), "a whole number of at least 1")
    selection = select(catalogue, from_=from_, to=to, level=level)
    left, right = (
        tuple(
            statement
            for statement in sorted(catalogue.by_framework.get(side, ()), key=lambda s: s.position)
            if level is None or statement.level == level
        )
        for side in (from_, to)
    )
    texts = texts or Texts(catalogue, (from_, to))
    around = Surroundings(catalogue, from_, to)
    rows, columns = _looked_at(texts, around, left, right, depth)
    pairs = [(left[row].id, right[column].id) for row, column in zip(rows, columns, strict=True)]
    text = np.array([texts.cosine(*pair) for pair in pairs], dtype=np.float64)
    shared = np.array([around.shared(*pair) for pair in pairs], dtype=np.float64)
    above = np.array([balance(*around.above(*pair)) for pair in pairs], dtype=np.float64)
    neighbors = around.neighbors(left, right, rows, columns)
    structure = (shared + neighbors + above) / 3
    score = np.round((text + structure) / 2, _DECIMALS)
    known = (around.judged.get(pair) for pair in pairs)
    verdicts = np.array([0 if a is None else 1 if a.aligned else -1 for a in known], dtype=np.int64)
    ranks = [_ranks(side) for side in (left, right)]
    order = np.lexsort((ranks[1][columns], ranks[0][rows], -score)).astype(np.int64)
    return Scores(
        selection, left, right, rows, columns, text, structure, score, verdicts, order,
        (shared, neighbors, above), texts, around,
    )  # fmt: skip


def _verdicts(counts: tuple[int, int]) -> Record:
    return {"aligned": counts[0], "not_aligned": counts[1]}


def _ranks(side: Sequence[Competency]) -> Ints:
    """Place of each statement in the order of codes."""
    ranks = np.zeros(len(side), dtype=np.int64)
    ranks[sorted(range(len(side)), key=lambda n: natural_key(side[n].id))] = np.arange(len(side))
    return ranks


def _looked_at(
    texts: Texts,
    around: Surroundings,
    left: Sequence[Competency],
    right: Sequence[Competency],
    depth: int,
) -> tuple[Ints, Ints]:
    """Pairs to score: all of them if they are few, else those that something speaks for."""
    if len(right) <= depth:
        rows, columns = np.divmod(np.arange(len(left) * len(right)), max(len(right), 1))
        return rows.astype(np.int64), columns.astype(np.int64)
    places = [{statement.id: place for place, statement in enumerate(side)}
              for side in (left, right)]  # fmt: skip
    found: set[tuple[int, int]] = set(_nearest(texts, left, right, depth))
    for one, other in around.judged:
        if one in places[0] and other in places[1]:
            found.add((places[0][one], places[1][other]))
    holders: dict[str, list[int]] = defaultdict(list)
    for other in places[1]:
        for partner in around.elsewhere[other]:
            holders[partner].append(places[1][other])
    for one in places[0]:
        for partner in around.elsewhere[one]:
            found.update((places[0][one], place) for place in holders[partner])
    pairs = np.array(sorted(found), dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _nearest(
    texts: Texts, left: Sequence[Competency], right: Sequence[Competency], depth: int
) -> Iterable[tuple[int, int]]:
    """For each statement the others with the most alike words, among those that share any."""
    index = texts.matrix([statement.id for statement in right]).T.tocsc()
    rows = texts.matrix([statement.id for statement in left])
    for start in range(0, rows.shape[0], BLOCK):
        block = (rows[start : start + BLOCK] @ index).tocsr()
        block.sort_indices()
        for row in range(block.shape[0]):
            span = slice(block.indptr[row], block.indptr[row + 1])
            best = np.argsort(-np.round(block.data[span], _DECIMALS), kind="stable")[:depth]
            yield from ((start + row, int(column)) for column in block.indices[span][best])
