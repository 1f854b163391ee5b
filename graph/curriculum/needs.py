"""What claims ask of the courses of a plan, statement by statement, for who plans to keep them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.curriculum.claim_rows import Rows, best_by_course, courses_by_certainty, with_facet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.curriculum.claim_model import Claim
    from graph.curriculum.serving import Serving
    from graph.curriculum.verdicts import Row


@dataclass(frozen=True, slots=True)
class Need:
    """What a claim asks of the courses of a plan for one statement.

    Attributes
    ----------
    goal : str
        Id of the claim.
    facet : str
        Dimension or system that must be shown; empty if none is asked for.
    least : int
        How many of `courses` it takes.
    courses : tuple[str, ...]
        Codes of those that count for certain, in the order of the plan.
    rows : tuple[Row, ...]
        For each course the row that says most, whether it counts or not.
    """

    goal: str
    statement: str
    facet: str
    least: int
    courses: tuple[str, ...]
    rows: tuple[Row, ...]


def needs_of(
    claims: Iterable[Claim], serving: Serving, name: str, *, most_rows: int | None = None
) -> Iterator[Need]:
    """What claims of the form *every … in at least n courses* ask for, statement by statement.

    Raises
    ------
    SourcesError
        If that takes a look at more than `most_rows` rows.
    """
    asked = Rows(serving, most_rows, name)
    pairs = [(claim, key) for claim in claims for key in claim.subjects]
    for claim, key in pairs:
        rows = asked.of(claim, key)
        for facet in claim.facets or (None,):
            counted = [with_facet(row, facet) for row in rows] if facet else rows
            yield Need(
                goal=claim.id,
                statement=key,
                facet=facet[1] if facet else "",
                least=int(claim.count.least),
                courses=tuple(courses_by_certainty(counted)[0]),
                rows=tuple(best_by_course(counted)),
            )
