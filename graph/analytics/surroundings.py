"""What else was decided around a pair of statements, the verdict on the pair itself left out.

Three things speak for a pair or against it: partners in third frameworks, statements that were
judged alike, and parents.
"""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph.catalogue import best_first
from graph.terms import crosswalk_id, framework_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.analytics.edges import Floats, Ints
    from graph.catalogue import Catalogue
    from graph.model import Alignment, Competency

#: Added where evidence is counted, so that one link alone is never certainty: as if one more had
#: been seen that says nothing.
_DAMPING: Final = 1.0

#: Rows of a matrix that are worked on at a time.
BLOCK: Final = 256


class Surroundings:
    """What was decided around the pairs of two frameworks.

    Every figure about a pair leaves the verdict on that pair out. What was withdrawn is no verdict.
    """

    def __init__(self, catalogue: Catalogue, from_: str, to: str) -> None:
        self._catalogue = catalogue
        ends = {from_, to}
        self.judged: dict[tuple[str, str], Alignment] = {}
        for pair in ((from_, to), (to, from_)):
            for alignment in catalogue.by_crosswalk.get(crosswalk_id(*pair), ()):
                if alignment.withdrawn:
                    continue
                one, other = alignment.subject_id, alignment.object_id
                key = (one, other) if framework_of(one) == from_ else (other, one)
                known = self.judged.get(key)
                if known is None or best_first(alignment) < best_first(known):
                    self.judged[key] = alignment
        self.elsewhere: dict[str, frozenset[str]] = {}
        for statement in (s for f in (from_, to) for s in catalogue.by_framework.get(f, ())):
            partners = set()
            for alignment in catalogue.by_competency.get(statement.id, ()):
                if alignment.aligned and not alignment.withdrawn:
                    partners |= {alignment.subject_id, alignment.object_id}
            self.elsewhere[statement.id] = frozenset(
                partner for partner in partners if framework_of(partner) not in ends
            )

    def partners(self, one: str, other: str) -> tuple[str, ...]:
        """Statements of third frameworks that both ends of a pair align with, by code."""
        return tuple(sorted(self.elsewhere[one] & self.elsewhere[other], key=natural_key))

    def shared(self, one: str, other: str) -> float:
        """Shared partners over the geometric mean of both counts (Ochiai [1]_), 0 to 1.

        0 also if either end has no partner in a third framework.

        References
        ----------
        .. [1] A. Ochiai (1957), Bulletin of the Japanese Society of Scientific Fisheries 22(9).
        """
        mine, theirs = self.elsewhere[one], self.elsewhere[other]
        both = len(mine & theirs)
        return both / math.sqrt(len(mine) * len(theirs)) if both else 0.0

    def above(self, one: str, other: str) -> tuple[int, int]:
        """Verdicts on pairs of an end or its parent with the other's parent or end.

        Returns how many are aligned and how many are not; at most three are there.
        """
        return self._count(one, other, self._with_parent(one), self._with_parent(other))

    def below(self, one: str, other: str) -> tuple[int, int]:
        """Verdicts on pairs of an end or its children with the other's children or end.

        Returns how many are aligned and how many are not. They are told and never scored: what
        stands below a pair is judged because of what was decided about the pair, so that a score
        with it would repeat the verdict. The rule *roll-up* of the regime `practice` is where
        they count.
        """
        return self._count(one, other, self._with_children(one), self._with_children(other))

    def neighbors(
        self, left: Sequence[Competency], right: Sequence[Competency], rows: Ints, columns: Ints
    ) -> Floats:
        """What is decided about statements that were judged like the two ends, -1 to 1.

        The *agreement* of two statements of one framework is the sum over partners judged with
        both of +1 (same verdict) or -1, over their number plus one. The neighbors of the first
        end are the others at its level that were judged with the second end; their verdicts with
        it, +1 or -1, are averaged by agreement, as if one more spoke for neither. The same is
        done from the second end, and the mean of both is taken: user- and item-based
        collaborative filtering [1]_ over verdicts. For a pair of two levels, only verdicts
        between those two levels count.

        Parameters
        ----------
        rows, columns : array of int
            Places of the pairs in `left` and `right`.

        Notes
        -----
        Empty case: 0 where nothing is judged nearby. Memory O(block x statements); time O(pairs
        judged x statements), in products of sparse and dense matrices.

        References
        ----------
        .. [1] B. Sarwar et al. (2001), Item-based collaborative filtering recommendation
           algorithms, WWW10, 285-295.
        """
        found = np.zeros(len(rows))
        for levels in product(*(sorted({s.level for s in side}) for side in (left, right))):
            places: list[dict[str, int]] = []
            for side, level in zip((left, right), levels, strict=True):
                ids = [statement.id for statement in side if statement.level == level]
                places.append({statement: place for place, statement in enumerate(ids)})
            here = [(places[0].get(left[row].id, -1), places[1].get(right[column].id, -1))
                    for row, column in zip(rows, columns, strict=True)]  # fmt: skip
            pairs = np.array(here, dtype=np.int64).reshape(-1, 2)
            wanted = (pairs >= 0).all(axis=1)
            signs = self._signs(*places)
            if signs.nnz and wanted.any():
                ones, others = pairs[wanted].T
                found[wanted] = (
                    _by_agreement(signs, ones, others)
                    + _by_agreement(signs.T.tocsr(), others, ones)
                ) / 2
        return found

    def _signs(self, rows: dict[str, int], columns: dict[str, int]) -> Any:
        """Verdicts as a sparse matrix of +1 and -1."""
        from scipy import sparse

        known = [
            (rows[one], columns[other], 1.0 if alignment.aligned else -1.0)
            for (one, other), alignment in self.judged.items()
            if one in rows and other in columns
        ]
        at, to, verdicts = zip(*known, strict=True) if known else ((), (), ())
        return sparse.csr_matrix((verdicts, (at, to)), shape=(len(rows), len(columns)), dtype=float)

    def _with_parent(self, statement_id: str) -> list[str]:
        parent = self._catalogue.competencies[statement_id].parent
        return [statement_id, parent] if parent else [statement_id]

    def _with_children(self, statement_id: str) -> list[str]:
        children = self._catalogue.children.get(statement_id, ())
        return [statement_id, *(child.id for child in children)]

    def _count(
        self, one: str, other: str, mine: Sequence[str], theirs: Sequence[str]
    ) -> tuple[int, int]:
        aligned = against = 0
        for pair in product(mine, theirs):
            alignment = self.judged.get(pair) if pair != (one, other) else None
            if alignment is not None:
                aligned += alignment.aligned
                against += not alignment.aligned
        return aligned, against


def _by_agreement(signs: Any, rows: Ints, columns: Ints) -> Floats:
    """Verdicts of a column's other rows, averaged by their agreement with a row.

    `signs` holds +1, -1 or nothing. A row's agreement with another leaves the column in question
    out: where both are judged with it, the sum loses its product and the number loses one. The
    product is known once both signs are, so that each case is a product of matrices.
    """
    found = np.zeros(len(rows))
    absolute, plus, minus = abs(signs), signs.maximum(0), (-signs).maximum(0)
    wanted, place_of = np.unique(rows, return_inverse=True)
    for start in range(0, len(wanted), BLOCK):
        block = wanted[start : start + BLOCK]
        sums = (signs[block] @ signs.T).toarray()
        numbers = (absolute[block] @ absolute.T).toarray()
        counts = np.ones_like(sums)
        counts[np.arange(len(block)), block] = 0
        own = signs[block].toarray()

        def agreement(product: int, sums: Floats = sums, numbers: Floats = numbers) -> Floats:
            left = np.maximum(numbers - abs(product), 0)
            return (sums - product) / (left + _DAMPING)

        def average(sign: int, counts: Floats = counts) -> Floats:
            for_, against = agreement(sign) * counts, agreement(-sign) * counts
            above = for_ @ plus - against @ minus
            below = np.abs(for_) @ plus + np.abs(against) @ minus
            return np.asarray(above / (below + _DAMPING))

        scores = np.where(own > 0, average(1), np.where(own < 0, average(-1), average(0)))
        here = np.flatnonzero((place_of >= start) & (place_of < start + len(block)))
        found[here] = scores[place_of[here] - start, columns[here]]
    return found


def balance(aligned: int, against: int) -> float:
    """What verdicts say together, -1 to 1: their balance, as if one more spoke for neither."""
    return (aligned - against) / (aligned + against + _DAMPING)
