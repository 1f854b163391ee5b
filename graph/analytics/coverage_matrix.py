"""Coverage of every framework of a registry by every other, in one pass over all alignments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from graph.analytics.edges import WEIGHT
from graph.analytics.project import check_filters
from graph.records import figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.analytics.edges import Ints
    from graph.catalogue import Catalogue
    from graph.model import Strength
    from graph.records import Record


@dataclass(frozen=True, slots=True)
class CoverageMatrix:
    """How many statements of each framework each other framework reaches.

    Attributes
    ----------
    frameworks : tuple[str, ...]
        Names of rows and columns.
    totals : tuple[int, ...]
        Statements of each framework: the denominators.
    reached : Ints
        Row framework by column framework: statements of the row that the column reaches.
    """

    frameworks: tuple[str, ...]
    totals: tuple[int, ...]
    reached: Ints

    def share(self, framework: str, other: str) -> float | None:
        """Share of a framework that another reaches; `None` if it has no statement."""
        row, column = self.frameworks.index(framework), self.frameworks.index(other)
        return int(self.reached[row, column]) / self.totals[row] if self.totals[row] else None

    def record(self) -> Record:
        """As JSON: pairs of frameworks with at least one alignment."""
        columns, rows = self.table()
        return {"coverage": [dict(zip(columns, row, strict=True)) for row in rows]}

    def table(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Columns and rows: one row a pair with at least one alignment, in order of the names."""
        pairs = zip(*np.nonzero(self.reached), strict=True)
        rows = [
            (
                self.frameworks[row],
                self.frameworks[column],
                self.totals[row],
                int(self.reached[row, column]),
                figure(int(self.reached[row, column]) / self.totals[row]),
            )
            for row, column in pairs
        ]
        return ("framework", "other", "total", "reached", "share"), rows


def coverage_matrix(
    frameworks: Sequence[str],
    framework_of_statement: Ints,
    one: Ints,
    other: Ints,
) -> CoverageMatrix:
    """Coverage of every framework by every other, in one pass over all alignments.

    Parameters
    ----------
    frameworks : Sequence[str]
        Framework ids.
    framework_of_statement : array of int
        For each statement its framework's place in `frameworks`.
    one, other : array of int
        For each alignment the places of its two statements. An alignment within a framework
        counts for nothing.

    Notes
    -----
    O(n + m log m) in time, O(n + m + f²) in memory: half a million alignments among 200
    frameworks take one pass, not 20,000 projections.
    """
    count = len(frameworks)
    own = np.asarray(framework_of_statement, dtype=np.int64)
    ends = np.concatenate([one, other]).astype(np.int64)
    far = own[np.concatenate([other, one]).astype(np.int64)]
    across = own[ends] != far
    reached_by = np.unique(ends[across] * count + far[across])
    cells = own[reached_by // count] * count + reached_by % count
    reached = np.bincount(cells, minlength=count * count).reshape(count, count)
    totals = np.bincount(own, minlength=count)
    return CoverageMatrix(tuple(frameworks), tuple(map(int, totals)), reached.astype(np.int64))


def coverage_of_registry(
    catalogue: Catalogue,
    *,
    level: str | None = "competency",
    min_strength: Strength | str | None = None,
    aim: str | None = None,
) -> CoverageMatrix:
    """`coverage_matrix` of everything asserted in a catalogue, at one level or at all.

    Raises
    ------
    ParameterError
        If level, strength or aim is unknown.
    """
    strength = check_filters(catalogue, level=level, min_strength=min_strength, aim=aim)
    least = WEIGHT[strength] if strength else 0
    names = [*catalogue.frameworks]
    number = {name: index for index, name in enumerate(names)}
    members = [c for c in catalogue.competencies.values() if level is None or c.level == level]
    place = {member.id: index for index, member in enumerate(members)}
    pairs = [
        (place[a.subject_id], place[a.object_id])
        for a in catalogue.alignments.values()
        if a.strength is not None
        and a.aligned
        and not a.withdrawn
        and WEIGHT[a.strength] >= least
        and (aim is None or aim in a.aims)
        and a.subject_id in place
        and a.object_id in place
    ]
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    own = np.array([number[member.framework] for member in members], dtype=np.int64)
    return coverage_matrix(names, own, ends[:, 0], ends[:, 1])
