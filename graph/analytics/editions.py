"""Coverage of the editions of a framework side by side, each row with its regime."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from graph.analytics.analytic import ASSERTED
from graph.analytics.coverage import coverage
from graph.analytics.project import project_selection, select
from graph.records import figure_or_none
from graph.terms import crosswalk_id

if TYPE_CHECKING:
    from graph.analytics.coverage import Share
    from graph.analytics.edges import Edges, Selection
    from graph.catalogue import Catalogue
    from graph.model import Strength
    from graph.records import Record

#: Columns of the table of editions side by side.
COLUMNS: Final = (
    "edition", "regime", "alignments", "derived", "total", "reached", "share", "strength",
    "confidence", "to", "to_total", "to_reached", "to_share", "note",
)  # fmt: skip

#: The regime that hands alignments on from edition to edition.
LINEAGE: Final = "practice"


@dataclass(frozen=True, slots=True)
class EditionShare:
    """Coverage of one edition and of the framework it is compared with, under one regime.

    Attributes
    ----------
    regime : str
        `asserted`: alignments that somebody wrote down for this very edition. `practice`: those
        and what follows by edition lineage and roll-up, all of it for review.
    note : str
        What a reader must know about the row, as a sentence; empty if nothing.
    """

    edition: str
    regime: str
    alignments: int
    derived: int
    whole: Share
    other: Share
    note: str

    def record(self) -> Record:
        """As JSON."""
        return {
            "edition": self.edition,
            "regime": self.regime,
            "alignments": self.alignments,
            "derived": self.derived,
            "coverage": self.whole.record(),
            "coverage_of_to": self.other.record(),
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class EditionCoverage:
    """Editions of one framework side by side, oldest first, each row with its regime."""

    selection: Selection
    rows: tuple[EditionShare, ...]

    def record(self) -> Record:
        """As JSON."""
        return {**self.selection.record(), "editions": [row.record() for row in self.rows]}

    def table(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Columns and rows: one row an edition and regime, `COLUMNS`."""
        return COLUMNS, [
            (
                row.edition,
                row.regime,
                row.alignments,
                row.derived,
                row.whole.total,
                row.whole.reached,
                figure_or_none(row.whole.share),
                figure_or_none(row.whole.strength),
                figure_or_none(row.whole.confidence),
                self.selection.to,
                row.other.total,
                row.other.reached,
                figure_or_none(row.other.share),
                row.note,
            )
            for row in self.rows
        ]


def coverage_by_edition(
    catalogue: Catalogue,
    *,
    from_: str,
    to: str,
    level: str | None = "competency",
    min_strength: Strength | str | None = None,
    aim: str | None = None,
) -> EditionCoverage:
    """How much of each edition of a framework is reached, editions side by side.

    For every edition that `from_` revises or that revises it, oldest first: a row `asserted` if
    the edition has a crosswalk of its own with `to`, and a row `practice` with what lineage and
    roll-up add. Compare rows of one regime: an edition without a crosswalk of its own is known
    through its successor only, and says less.

    Parameters and errors are those of `graph.analytics.project.project`.

    Notes
    -----
    Empty case: an edition that no edition link reaches has reached 0 and a note that says why.
    """
    asked = select(catalogue, from_=from_, to=to, level=level, min_strength=min_strength, aim=aim)
    rows = []
    for edition in editions(catalogue, from_):
        if edition == to:
            continue
        here = replace(asked, from_=edition)
        own = {crosswalk_id(edition, to), crosswalk_id(to, edition)} & catalogue.crosswalks.keys()
        for regime in (None, LINEAGE) if own else (LINEAGE,):
            edges = project_selection(catalogue, replace(here, regime=regime))
            rows.append(_edition(edges, has_crosswalk=bool(own)))
    return EditionCoverage(asked, tuple(rows))


def editions(catalogue: Catalogue, framework_id: str) -> list[str]:
    """The editions that a framework revises, itself, and those that revise it, oldest first.

    Raises
    ------
    NotFoundError
        If the framework does not exist.
    """
    catalogue.framework(framework_id)
    found = [framework_id]
    while (older := catalogue.frameworks[found[0]].revision_of) and older not in found:
        if older not in catalogue.frameworks:
            break
        found.insert(0, older)
    waiting = [framework_id]
    while waiting:
        old = waiting.pop(0)
        newer = [f.id for f in catalogue.frameworks.values() if f.revision_of == old]
        newer = [key for key in sorted(newer) if key not in found]
        found.extend(newer)
        waiting.extend(newer)
    return found


def _edition(edges: Edges, *, has_crosswalk: bool) -> EditionShare:
    counted = coverage(edges)
    edition, to = edges.selection.from_, edges.selection.to
    note = ""
    if not edges.split:
        note = f"{edition} has no statement at this level."
    elif not has_crosswalk:
        note = f"{edition} has no crosswalk of its own with {to}: all rests on edition links."
        if not len(edges):
            note = f"{edition} has no crosswalk with {to}, and nothing follows from edition links."
    return EditionShare(
        edition=edition,
        regime=edges.selection.regime or ASSERTED,
        alignments=counted.alignments,
        derived=counted.derived,
        whole=counted.sides[0].whole,
        other=counted.sides[1].whole,
        note=note,
    )
