"""The crosswalk's own words as frozen values: no input, no output, no RDF.

A *framework* is a published set of *competencies* in one edition. An *alignment* is one judged
link between competencies of two frameworks; all of them between the same two are a *crosswalk*.
Identifiers are CURIEs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class Relation(StrEnum):
    """How the subject of an alignment relates to its object: a SKOS mapping relation.

    `broad` means that the object is the broader of the two (SKOS Reference, section 10).
    """

    EXACT = "exact"
    CLOSE = "close"
    BROAD = "broad"
    NARROW = "narrow"
    RELATED = "related"

    @property
    def predicate_id(self) -> str:
        """The relation as a CURIE, for example `skos:closeMatch`."""
        return f"skos:{self.value}Match"

    @classmethod
    def of(cls, predicate_id: str) -> Relation:
        """The relation that a SKOS CURIE names.

        Raises
        ------
        ValueError
            If it names none.
        """
        return cls(predicate_id.removeprefix("skos:").removesuffix("Match"))


class Verdict(StrEnum):
    """What was decided about a pair. A pair without an alignment is undecided."""

    ALIGNED = "aligned"
    NOT_ALIGNED = "not-aligned"


class Strength(StrEnum):
    """How much of one competency the shared component makes up."""

    STRONG = "strong"
    MODERATE = "moderate"
    WEAK = "weak"


class Direction(StrEnum):
    """Who gains by an alignment of a social work and an implementation competency."""

    SW_ENHANCES_ISP = "sw-enhances-isp"
    ISP_ENHANCES_SW = "isp-enhances-sw"
    MUTUAL = "mutual"


#: What an alignment means read from its other end (SKOS Reference, S43 and S44).
INVERSE: Final = {
    Relation.EXACT: Relation.EXACT,
    Relation.CLOSE: Relation.CLOSE,
    Relation.BROAD: Relation.NARROW,
    Relation.NARROW: Relation.BROAD,
    Relation.RELATED: Relation.RELATED,
}

#: Justification of whatever a person judged (semapv; SSSOM, slot `mapping_justification`).
CURATED: Final = "semapv:ManualMappingCuration"

#: Status of an alignment that was taken over from somebody else's mapping set, and confidence of a
#: framework or competency that was taken over from somebody else's file.
IMPORTED: Final = "imported"

#: Best first, for every list of alignments that we print.
STRENGTH_ORDER: Final = {Strength.STRONG: 0, Strength.MODERATE: 1, Strength.WEAK: 2, None: 3}
RELATION_ORDER: Final = {relation: place for place, relation in enumerate(Relation)}


@dataclass(frozen=True, slots=True)
class Framework:
    """A published set of competencies in one edition.

    Attributes
    ----------
    confidence : str
        How far it was read: `high` in full, `medium` in part; `imported`: taken over from a file of
        the publisher, or of whoever sent it, and described by nobody here.
    revision_of : str | None
        Framework id of the edition that it revises.
    note : str
        What was not read, in one sentence; empty if there is nothing to say.
    """

    id: str
    title: str
    version: str
    issued: str
    publisher: str
    description: str
    citation: str
    url: str
    confidence: str
    revision_of: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Competency:
    """Any statement of a framework: domain, competency, behavior, principle, activity, function.

    Attributes
    ----------
    title : str
        As published.
    description : str
        In this project's own words; of an imported statement the publisher's, or empty.
    position : int
        Place in published order within the framework, from 1.
    """

    id: str
    framework: str
    code: str
    level: str
    parent: str | None
    title: str
    description: str
    citation: str
    url: str
    confidence: str
    position: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A source, and what exactly it supports in one alignment."""

    id: str
    kind: str
    citation: str
    url: str
    supports: str


@dataclass(frozen=True, slots=True)
class Alignment:
    """One judged link from a competency to a competency of another framework.

    Attributes
    ----------
    confidence : float
        Between 0 and 1: how sure the author is of the verdict.
    strength, direction : Strength | None, Direction | None
        `None` for verdict *not aligned* and where an imported alignment states none; direction
        also between editions of one profession.
    author, date : str
        Empty only where an imported alignment states none.
    change : str | None
        Between editions only: what became of the older statement.
    derived : bool
        Whether it follows from others by a rule. Asserted alignments have no proof.
    justification : str
        How it was arrived at: a term of the semantic mapping vocabulary (semapv), as a CURIE.
    """

    id: str
    subject_id: str
    subject_label: str
    relation: Relation
    object_id: str
    object_label: str
    verdict: Verdict
    strength: Strength | None
    confidence: float
    rationale: str
    direction: Direction | None
    aims: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    status: str
    author: str
    date: str
    change: str | None = None
    derived: bool = False
    proof: Mapping[str, Any] | None = None
    justification: str = CURATED

    @property
    def aligned(self) -> bool:
        """Whether the verdict is positive."""
        return self.verdict is Verdict.ALIGNED

    @property
    def withdrawn(self) -> bool:
        """Whether people gave the verdict up: it is kept for the record, and counts for nothing."""
        return self.status == "withdrawn"


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """All alignments between two frameworks, as decided by one set of rows."""

    id: str
    title: str
    description: str
    subject_framework: str
    object_framework: str
    license: str


@dataclass(frozen=True, slots=True)
class Resource:
    """Further reading that helps to teach a competency."""

    id: str
    competency: str
    title: str
    description: str
    citation: str
    url: str


@dataclass(frozen=True, slots=True)
class Concept:
    """One term of a controlled list: a level, an aim, a sector, a strength."""

    scheme: str
    id: str
    label: str
    definition: str
    broader: str | None
    source: str


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something that a check found, at the place where it can be mended."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        """As compilers print it: `file:line: message`."""
        return f"{self.path}:{self.line}: {self.message}"
