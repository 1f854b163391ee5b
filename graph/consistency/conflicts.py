"""What a conflict is, which kinds there are, and how each is said and mended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from graph.model import Finding
from graph.terms import natural_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graph.model import Alignment
    from graph.rules import Regime

#: A statement is a hub if it is aligned with at least this share of another framework's
#: competencies, of which there are at least so many. Source of both: this project.
HUB_SHARE: Final = 0.9

HUB_LEAST: Final = 5


class Severity(StrEnum):
    """Whether rows contradict a rule, or only look like a slip."""

    FAULT = "fault"
    WARNING = "warning"


class Kind(StrEnum):
    """What is wrong, in the order in which conflicts are listed."""

    TWO_VERDICTS = "two-verdicts"
    EXACT_AND_OTHER = "exact-and-other"
    SAME_FRAMEWORK_EXACT = "same-framework-exact"
    RELATED_AND_BROADER = "related-and-broader"
    BROADER_CYCLE = "broader-cycle"
    DENIED_BUT_DERIVED = "denied-but-derived"
    PARENT_NOT_ALIGNED = "parent-not-aligned"
    PARENTS_NOT_ALIGNED = "parents-not-aligned"
    CROSSING = "crossing"
    OTHER_EDITION_ALIGNED = "other-edition-aligned"
    HUB = "hub"


#: What each kind means and by which rule, for people.
KINDS: Final = {
    Kind.TWO_VERDICTS: "one pair is judged aligned and not aligned",
    Kind.EXACT_AND_OTHER: "what matches exactly, directly or through others, is also broader, "
    "narrower or merely related (SKOS S44, S45, S46)",
    Kind.SAME_FRAMEWORK_EXACT: "exact matches make two statements of one framework the same "
    "(SKOS S45)",
    Kind.RELATED_AND_BROADER: "a statement is merely related to one that contains it, directly or "
    "through others (SKOS S27)",
    Kind.BROADER_CYCLE: "each of some statements contains the next, and the last the first",
    Kind.DENIED_BUT_DERIVED: "a pair is judged not aligned, and an alignment of it follows",
    Kind.PARENT_NOT_ALIGNED: "a part is aligned with a statement with which its whole is not",
    Kind.PARENTS_NOT_ALIGNED: "two parts are aligned whose wholes are judged not aligned",
    Kind.CROSSING: "of two parts and their wholes, one pair says that the first is the larger, "
    "the other that it is not",
    Kind.OTHER_EDITION_ALIGNED: "a pair is judged not aligned, and aligned in another edition "
    "(regime practice)",
    Kind.HUB: f"a statement is aligned with at least {HUB_SHARE:.0%} of a framework's "
    "competencies, and so distinguishes nothing",
}

_OPENING: Final = {
    Kind.TWO_VERDICTS: "{0} and {1} are judged both ways",
    Kind.EXACT_AND_OTHER: "{0} and {1} match exactly and also otherwise",
    Kind.SAME_FRAMEWORK_EXACT: "{0} and {1} of one framework come out as the same",
    Kind.RELATED_AND_BROADER: "{0} is merely related to {1}, which contains it",
    Kind.BROADER_CYCLE: "{0} comes out as broader than itself",
    Kind.DENIED_BUT_DERIVED: "{0} and {1} are judged not aligned, yet an alignment follows",
    Kind.PARENT_NOT_ALIGNED: "{0} is aligned with {1}, but not what it is part of",
    Kind.PARENTS_NOT_ALIGNED: "{0} and {1} are aligned, but not what they are part of",
    Kind.CROSSING: "{0} and {1} relate one way, what they are part of the other way",
    Kind.OTHER_EDITION_ALIGNED: "{0} and {1} are judged not aligned, but another edition is",
    Kind.HUB: "{0} is aligned with {2} of the {3} competencies of {1}",
}

_MEND: Final = {
    Kind.TWO_VERDICTS: "keep one",
    Kind.EXACT_AND_OTHER: "change one relation",
    Kind.SAME_FRAMEWORK_EXACT: "make one of these close",
    Kind.RELATED_AND_BROADER: "change one relation",
    Kind.BROADER_CYCLE: "change one relation",
    Kind.DENIED_BUT_DERIVED: "change one verdict or relation",
    Kind.PARENT_NOT_ALIGNED: "change one verdict",
    Kind.PARENTS_NOT_ALIGNED: "change one verdict",
    Kind.CROSSING: "look at both relations again",
    Kind.OTHER_EDITION_ALIGNED: "say in the reason what changed, or change one verdict",
    Kind.HUB: "look again at the weakest, or say why all hold",
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Some rows that cannot all be right.

    Attributes
    ----------
    statements : tuple[str, ...]
        The statements at which they conflict.
    alignments : tuple[str, ...]
        Ids of a smallest set of rows: without any one of them the others do not conflict so.
    sentence : str
        What they say together, with CURIEs.
    """

    kind: Kind
    severity: Severity
    statements: tuple[str, ...]
    alignments: tuple[str, ...]
    sentence: str

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "kind": self.kind.value,
            "severity": self.severity.value,
            "statements": list(self.statements),
            "alignments": list(self.alignments),
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True)
class Consistency:
    """All conflicts of a release under one regime; none is the good answer."""

    regime: Regime
    conflicts: tuple[Conflict, ...]
    judged: int
    release: str

    @property
    def counts(self) -> dict[str, int]:
        """Conflicts by severity."""
        return {s.value: sum(c.severity is s for c in self.conflicts) for s in Severity}

    def record(self) -> dict[str, Any]:
        """As JSON; `judged` is the number of rows looked at."""
        return {
            "regime": self.regime.value,
            "judged": self.judged,
            "counts": self.counts,
            "items": [conflict.record() for conflict in self.conflicts],
            "total": len(self.conflicts),
            "release": self.release,
        }

    def table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Columns and rows for people."""
        columns = ("Severity", "Kind", "What conflicts", "Rows")
        return columns, [
            (c.severity.value, c.kind.value, c.sentence, " ".join(c.alignments))
            for c in self.conflicts
        ]


def conflict_of(
    by_id: Mapping[str, Alignment],
    kind: Kind,
    severity: Severity,
    statements: Sequence[str],
    rows: Sequence[str],
) -> Conflict:
    """A conflict of some rows, told in a sentence that ends with what to do.

    Parameters
    ----------
    by_id : Mapping[str, Alignment]
        Rows by id.
    statements : Sequence[str]
        What the opening of the sentence names, by place; often the statements alone.
    rows : Sequence[str]
        Ids, in the order in which they are told; a second time counts for nothing.
    """
    unique = tuple(dict.fromkeys(rows))
    sentence = f"{_OPENING[kind].format(*statements)}: {_says(by_id, unique)}; {_MEND[kind]}"
    return Conflict(kind, severity, tuple(statements), unique, sentence)


def _says(by_id: Mapping[str, Alignment], rows: Sequence[str]) -> str:
    """Rows in words."""
    parts = []
    for key in rows:
        row = by_id[key]
        relation = f"is {row.relation} match of" if row.aligned else "is not aligned with"
        parts.append(f"{row.subject_id} {relation} {row.object_id}")
    return "; ".join(parts)


def conflict_findings(
    conflicts: Iterable[Conflict], places: Mapping[str, tuple[str, int]]
) -> list[Finding]:
    """Conflicts as findings of `crosswalk check`, each at its first row.

    Parameters
    ----------
    places : Mapping[str, tuple[str, int]]
        File and line of each alignment by id: `Sources.places`.
    """
    findings = []
    for conflict in conflicts:
        path, line = places.get(conflict.alignments[0], ("crosswalks", 1))
        others = [":".join(map(str, places[a])) for a in conflict.alignments[1:] if a in places]
        also = f"; see also {', '.join(others)}" if others else ""
        message = f"{conflict.sentence} ({conflict.severity}: {conflict.kind}{also})"
        findings.append(Finding(path, line, message))
    return findings


def in_order(conflict: Conflict) -> tuple[Any, ...]:
    """Sort key of conflicts: faults first, then by kind and in the order of codes."""
    return (
        conflict.severity is not Severity.FAULT,
        _PLACE[conflict.kind],
        tuple(map(natural_key, conflict.statements)),
        conflict.alignments,
    )


_PLACE: Final = {kind: place for place, kind in enumerate(Kind)}
