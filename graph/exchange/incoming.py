"""What a file of somebody else holds, as values, before anything of it is stored.

A reader (`graph.exchange`, one module a format) turns bytes into an `Incoming` or raises with every
problem that it found; `graph.workspace` puts an `Incoming` into a folder, all of it or nothing.

Somebody else's file lacks things that we ask of ourselves, and nothing is made up for it. What a
reader writes then, and says once in `notes`:

- A framework and its competencies have the confidence `imported`. A description is what the file
  says beyond the title, or empty; it is the publisher's, and so is its licence. Citation and
  address are those of the file's own document.
- Alignments have the status `imported`, and strength, direction, author and date only if the file
  states them. Without a confidence or a reason of the file's they get `UNSTATED_CONFIDENCE` and
  `UNSTATED_RATIONALE`; without a justification, `UNSTATED_JUSTIFICATION`.
- An alignment that carries a status of ours (a file that was exported here) keeps everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.model import IMPORTED, Alignment, Verdict
from graph.terms import alignment_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.model import Competency, Concept, Finding, Framework, Relation

#: Where the file states none. As likely as not; said to be missing; the term of SEMAPV for it.
UNSTATED_CONFIDENCE: Final = 0.5
UNSTATED_RATIONALE: Final = "The source gives no reason."
UNSTATED_JUSTIFICATION: Final = "semapv:UnspecifiedMatching"

#: What SSSOM says of a mapping set that states no licence.
UNSTATED_LICENSE: Final = "https://w3id.org/sssom/license/unspecified"


@dataclass(frozen=True, slots=True)
class IncomingFramework:
    """A framework that a file brings.

    Attributes
    ----------
    prefix_iri : str
        Start of the IRIs of its statements: where it can be, the publisher's own.
    competencies : tuple[Competency, ...]
        In published order; parents may stand after their children.
    levels : tuple[Concept, ...]
        Kinds of statement that it names and our controlled list does not have.
    """

    framework: Framework
    prefix_iri: str
    competencies: tuple[Competency, ...]
    levels: tuple[Concept, ...] = ()


@dataclass(frozen=True, slots=True)
class IncomingCrosswalk:
    """Alignments between two frameworks that a file brings.

    Both frameworks come with the same file or stand in the workspace already. Evidence of an
    alignment that the workspace does not know yet is added to it by its address.
    """

    subject_framework: str
    object_framework: str
    title: str
    description: str
    license: str
    alignments: tuple[Alignment, ...]


@dataclass(frozen=True, slots=True)
class Incoming:
    """Everything that one file brings.

    Attributes
    ----------
    prefixes : Mapping[str, str]
        Prefixes beyond those of the frameworks, of authors for example, with their IRIs.
    notes : tuple[Finding, ...]
        What was read otherwise than a reader might expect, or what our tables have no place for;
        each at its line. None of them stops the import.
    original : str
        Ending of the name under which the file itself is kept, if what our tables have no place
        for must come out again as it came (`.case.json`); empty if nothing would be lost.
    """

    frameworks: tuple[IncomingFramework, ...] = ()
    crosswalks: tuple[IncomingCrosswalk, ...] = ()
    prefixes: Mapping[str, str] | None = None
    notes: tuple[Finding, ...] = ()
    original: str = ""


def bare_alignment(
    subject_id: str, object_id: str, relation: Relation, titles: Mapping[str, str]
) -> Alignment:
    """An alignment of which a file states its two ends and how they relate, and nothing more.

    Parameters
    ----------
    titles : Mapping[str, str]
        Titles of competencies by id.
    """
    return Alignment(
        id=alignment_id(subject_id, "", relation.predicate_id, object_id),
        subject_id=subject_id,
        subject_label=titles[subject_id],
        relation=relation,
        object_id=object_id,
        object_label=titles[object_id],
        verdict=Verdict.ALIGNED,
        strength=None,
        confidence=UNSTATED_CONFIDENCE,
        rationale=UNSTATED_RATIONALE,
        direction=None,
        aims=(),
        evidence=(),
        status=IMPORTED,
        author="",
        date="",
        justification=UNSTATED_JUSTIFICATION,
    )
