"""What comes of testing claims about a course plan: verdicts, and everything that shows them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from graph.curriculum.claim_model import Quantifier

if TYPE_CHECKING:
    from graph.curriculum.claim_model import Claim
    from graph.curriculum.model import Depth, Entry
    from graph.curriculum.routes import Link
    from graph.records import Record

#: Names that a sentence lists before it only counts them.
MOST_NAMED: Final = 6


class Verdict(StrEnum):
    """What comes of testing a claim."""

    HOLDS = "holds"
    FAILS = "fails"
    #: The plan does not say enough.
    UNPROVEN = "unproven"


class Counts(StrEnum):
    """Whether a row counts for a claim."""

    YES = "yes"
    PERHAPS = "perhaps"
    NO = "no"


#: By how much a row counts.
LEAST_FIRST: Final = {Counts.NO: 0, Counts.PERHAPS: 1, Counts.YES: 2}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the plan, or one course, as far as it bears on a claim.

    Attributes
    ----------
    line : int
        In the file of the plan; 0 for a course as a whole.
    why : str
        Why it counts only perhaps or not at all; empty if it counts.
    links : tuple[Link, ...]
        From the competency of the row to the statement; none if it names the statement itself.
    """

    course: str
    line: int
    counts: Counts
    why: str = ""
    competency: str = ""
    depth: Depth | None = None
    links: tuple[Link, ...] = ()
    entry: Entry | None = None
    value: str = ""

    @property
    def text(self) -> str:
        """In one line."""
        parts = [f"line {self.line}:" if self.line else "", f"{self.course}"]
        if self.depth:
            parts.append(f"{self.depth} {self.competency}")
        parts.append(self.value)
        text = " ".join(filter(None, parts))
        for link in self.links:
            how = f" ({link.strength}, {link.confidence:g}, {link.status})" if link.status else ""
            text += f" \u2192 {link.target}{how}"
        return f"{text}; {self.why}" if self.why else text

    def record(self) -> Record:
        """As JSON."""
        return {
            "course": self.course,
            "line": self.line or None,
            "competency": self.competency or None,
            "depth": self.depth.value if self.depth else None,
            "counts": self.counts.value,
            "why": self.why,
            "links": [link.record() for link in self.links],
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Judged:
    """What a claim comes to for one statement, or for courses together.

    Attributes
    ----------
    statement, title : str
        Empty for courses together.
    why : str
        In one sentence without a full stop.
    rows : tuple[Row, ...]
        Those that count first, then those that perhaps do, then those that do not.
    """

    statement: str
    title: str
    verdict: Verdict
    why: str
    rows: tuple[Row, ...]

    def record(self) -> Record:
        """As JSON."""
        return {
            "statement": self.statement or None,
            "title": self.title,
            "verdict": self.verdict.value,
            "why": self.why,
            "rows": [row.record() for row in self.rows],
        }


@dataclass(frozen=True, slots=True)
class Result:
    """A claim with its verdict and everything that shows it."""

    claim: Claim
    verdict: Verdict
    judged: tuple[Judged, ...]

    @property
    def summary(self) -> str:
        """Why, in one sentence."""
        total = len(self.judged)
        if total == 1:
            first = self.judged[0]
            text = f"{first.statement}: {first.why}" if first.statement else first.why
            return f"{text}."
        deciding = [j for j in self.judged if j.verdict is self.verdict]
        if self.verdict is Verdict.HOLDS and self.claim.quantifier is not Quantifier.SOME:
            return f"holds for all {total} statements."
        names = ", ".join(j.statement for j in deciding[:MOST_NAMED])
        more = f" and {len(deciding) - MOST_NAMED} more" if len(deciding) > MOST_NAMED else ""
        verb = "is unproven" if self.verdict is Verdict.UNPROVEN else self.verdict.value
        return f"{verb} for {len(deciding)} of {total} statements: {names}{more}."

    @property
    def shown(self) -> tuple[Judged, ...]:
        """The statements that decide the verdict."""
        return tuple(j for j in self.judged if j.verdict is self.verdict)

    def record(self) -> Record:
        """As JSON."""
        return {
            "id": self.claim.id,
            "title": self.claim.title,
            "note": self.claim.note,
            "line": self.claim.line,
            "sentence": self.claim.sentence,
            "verdict": self.verdict.value,
            "summary": self.summary,
            "statements": [judged.record() for judged in self.judged],
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All claims of a file about one plan, in their order.

    Attributes
    ----------
    plan, claims : str
        Names of the files.
    release : str
        Of the content that says what is reached.
    """

    plan: str
    claims: str
    release: str
    results: tuple[Result, ...]

    def count(self, verdict: Verdict) -> int:
        """How many claims came to a verdict."""
        return sum(result.verdict is verdict for result in self.results)

    def passes(self, *, strict: bool = False) -> bool:
        """Whether no claim fails; if strict, whether every claim holds."""
        bad = {Verdict.FAILS, Verdict.UNPROVEN} if strict else {Verdict.FAILS}
        return not any(result.verdict in bad for result in self.results)

    @property
    def summary(self) -> str:
        """Counts of the verdicts."""
        counts = ", ".join(f"{self.count(v)} {_PLURAL[v]}" for v in Verdict)
        return f"{len(self.results)} claims: {counts}"

    def record(self) -> Record:
        """As JSON."""
        return {
            "plan": self.plan,
            "claims": self.claims,
            "release": self.release,
            "total": len(self.results),
            **{verdict.value: self.count(verdict) for verdict in Verdict},
            "results": [result.record() for result in self.results],
        }


_PLURAL: Final = {Verdict.HOLDS: "hold", Verdict.FAILS: "fail", Verdict.UNPROVEN: "unproven"}
