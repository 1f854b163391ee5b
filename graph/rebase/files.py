"""What rebasing needs of a file, whichever kind it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.rebase.account import Decision
    from graph.rebase.concordance import Succession


@dataclass(slots=True)
class Line:
    """A row of a file: its cells by column, and its text if rows have one of their own."""

    number: int
    cells: dict[str, Any]
    raw: str = ""


@dataclass(slots=True)
class Moved:
    """A row that came of another by one succession."""

    line: Line
    cells: dict[str, Any]
    decision: int


class Document(Protocol):
    """A file that was read and can be written again.

    Attributes
    ----------
    ends : tuple[str, ...]
        Columns that hold competencies.
    """

    kind: str
    lines: list[Line]
    ends: tuple[str, ...]

    def brief(self, cells: Mapping[str, Any]) -> str:
        """A row in one line."""

    def moved(self, line: Line, column: str, step: Succession) -> dict[str, Any]:
        """The cells of a row with one end moved to a successor."""

    def write(
        self, kept: list[Line], moved: list[Moved], decisions: list[Decision]
    ) -> tuple[bytes, int]:
        """The new file and its number of rows; adds notes to the decisions of rows that meet."""
