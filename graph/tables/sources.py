"""What a data folder says once all its tables are read, with places and findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graph.errors import SourcesError

if TYPE_CHECKING:
    from graph import terms
    from graph.model import (
        Alignment,
        Competency,
        Concept,
        Crosswalk,
        Finding,
        Framework,
        Resource,
    )
    from graph.tables.layout import Row


@dataclass(frozen=True, slots=True)
class CrosswalkTable:
    """One crosswalk as its table has it: metadata, and the alignments row by row."""

    crosswalk: Crosswalk
    subject_version: str
    object_version: str
    alignments: tuple[Alignment, ...]


@dataclass(slots=True)
class Sources:
    """All tables of a data folder, read.

    Attributes
    ----------
    places : dict[str, tuple[str, int]]
        Where each competency, alignment (by id), evidence and framework stands.
    findings : list[Finding]
        What is wrong, in the order of the files. Rows with a finding are left out.
    """

    prefixes: terms.Prefixes
    frameworks: dict[str, Framework] = field(default_factory=dict)
    competencies: dict[str, Competency] = field(default_factory=dict)
    concepts: list[Concept] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    evidence: dict[str, Row] = field(default_factory=dict)
    crosswalks: list[CrosswalkTable] = field(default_factory=list)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def concept_ids(self, scheme: str) -> list[str]:
        """Ids of a controlled list, in its own order."""
        return [concept.id for concept in self.concepts if concept.scheme == scheme]

    def require_sound(self) -> None:
        """Raise with all findings, if there are any.

        Raises
        ------
        SourcesError
        """
        if self.findings:
            raise SourcesError(self.findings)
