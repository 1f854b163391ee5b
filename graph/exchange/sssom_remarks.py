"""What a reader of SSSOM says of a mapping set: faults, and notes that are counted."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from graph.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator


class Remarks:
    """Faults and notes, by their lines.

    Attributes
    ----------
    said : dict[str, list[int]]
        Notes, and the lines that they are about.
    kept : set[str]
        Those of them on what is in the original file alone.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self.said: dict[str, list[int]] = defaultdict(list)
        self.kept: set[str] = set()

    def find(self, line: int, message: str) -> None:
        """Say what is wrong."""
        self.findings.append(Finding(self.name, line, message))

    def note(self, line: int, message: str) -> None:
        """Say something of a line; lines of which the same is said are counted together."""
        self.said[message].append(line)

    def keep(self, line: int, message: str) -> None:
        """The same, where something of a line is in the original file alone."""
        self.kept.add(message)
        self.said[message].append(line)

    def notes(self) -> Iterator[Finding]:
        """One note for each thing that was said, at the first of its lines."""
        for message, lines in self.said.items():
            count = f" ({len(lines)} records, this one first)" if len(lines) > 1 else ""
            kept = "; kept in the original file" if message in self.kept else ""
            yield Finding(self.name, min(lines), f"{message}{count}{kept}")
