"""What the JSON looks like, for the OpenAPI document. Tests hold real answers against these."""

from __future__ import annotations

from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")


class Wire(BaseModel):
    """Base of all wire models: nothing beyond what is declared."""

    model_config = ConfigDict(extra="forbid")


class PageOut(Wire, Generic[Item]):
    """One page of a list, in a stable order."""

    items: list[Item]
    total: int = Field(description="Items in the whole list.")
    next: str | None = Field(description="Address of the next page.")
    release: str = Field(description="Hash of the data that this answer comes from.")


class ProblemOut(BaseModel):
    """An error (RFC 9457). `code` is stable; more members depend on it."""

    type: str
    title: str
    status: int
    code: str = Field(examples=["not-found"])
    detail: str


class BriefOut(Wire):
    """A competency as a neighbour."""

    id: str = Field(examples=["epas-2022:7"])
    level: str
    title: str


class BranchOut(BriefOut):
    """A competency with all that is below it."""

    children: list[BranchOut]


class EvidenceOut(Wire):
    """A source, and what exactly it supports."""

    id: str
    kind: str
    citation: str
    url: str
    supports: str


class AlignmentOut(Wire):
    """One judged link between competencies of two frameworks."""

    id: str = Field(description="16 hexadecimal digits.", examples=["0123456789abcdef"])
    subject_id: str = Field(examples=["epas-2022:7"])
    subject_label: str
    relation: Literal["exact", "close", "broad", "narrow", "related"] = Field(
        description="SKOS mapping relation; broad: the object is the broader."
    )
    object_id: str = Field(examples=["isp-2020:2.1"])
    object_label: str
    verdict: Literal["aligned", "not-aligned"]
    strength: Literal["strong", "moderate", "weak"] | None
    confidence: float = Field(ge=0, le=1, description="How sure the author is of the verdict.")
    rationale: str
    direction: Literal["sw-enhances-isp", "isp-enhances-sw", "mutual"] | None
    aims: list[str]
    evidence: list[EvidenceOut]
    status: str = Field(examples=["proposed"])
    author: str | None = Field(description="None only where an imported alignment states none.")
    date: str | None = Field(description="None only where an imported alignment states none.")
    change: str | None
    justification: str = Field(
        description="How it was arrived at, as a term of semapv.",
        examples=["semapv:ManualMappingCuration"],
    )
    derived: bool
    proof: dict[str, Any] | None = Field(
        description="Of a derived alignment: the facts and rules that it rests on, step by step."
    )


class PartnerOut(AlignmentOut):
    """An alignment as one of its competencies sees it."""

    partner_id: str
    partner_label: str
    relation_to_partner: str


class CountsOut(Wire):
    """How many verdicts of each kind."""

    aligned: int
    not_aligned: int


class ResourceOut(Wire):
    """Further reading that helps to teach a competency."""

    id: str
    title: str
    description: str
    citation: str
    url: str


class CompetencyOut(Wire):
    """One competency with its place, source, resources and counts."""

    id: str = Field(examples=["epas-2022:7"])
    iri: str
    framework: str
    code: str
    level: str
    title: str = Field(description="As published.")
    description: str = Field(description="In this project's own words.")
    citation: str
    url: str
    confidence: str = Field(description="How far the source was read: high, medium or imported.")
    position: int
    parents: list[BriefOut]
    children: list[BriefOut]
    alignments: CountsOut
    resources: list[ResourceOut]


class FrameworkOut(Wire):
    """A published set of competencies in one edition."""

    id: str = Field(examples=["epas-2022"])
    iri: str
    title: str
    version: str
    issued: str | None
    publisher: str | None
    description: str
    citation: str
    url: str
    confidence: str
    revision_of: str | None
    note: str | None
    counts: dict[str, int] = Field(description="Competencies by level.")
    crosswalks: list[str]


class FrameworkTreeOut(FrameworkOut):
    """A framework with its tree."""

    tree: list[BranchOut]


class CrosswalkCountsOut(CountsOut):
    """How a crosswalk came out."""

    by_relation: dict[str, int]
    by_strength: dict[str, int]


class CrosswalkOut(Wire):
    """All alignments between two frameworks, in outline."""

    id: str = Field(examples=["epas-2022--isp-2020"])
    title: str
    description: str
    subject_framework: str
    object_framework: str
    license: str
    counts: CrosswalkCountsOut


class CellOut(Wire):
    """A verdict in a cell of a matrix."""

    id: str
    verdict: str
    relation: str | None
    strength: str | None
    confidence: float


class MatrixRowOut(BriefOut):
    """A subject, and a verdict (or null) for each object."""

    cells: list[CellOut | None]


class MatrixOut(Wire):
    """A crosswalk as a table."""

    level: str
    columns: list[BriefOut]
    rows: list[MatrixRowOut]
    pairs: int
    decided: int


class WholeCrosswalkOut(CrosswalkOut, PageOut[AlignmentOut]):
    """A crosswalk with every verdict, and as a matrix."""

    matrix: MatrixOut


class SegmentOut(Wire):
    """A piece of text, and whether it matched."""

    text: str
    marked: bool


class HitOut(Wire):
    """One thing that a search found."""

    kind: Literal["competency", "alignment", "framework"]
    id: str
    title: str
    score: float = Field(description="Greater is better; comparable within one answer only.")
    ends: list[str] = Field(description="Subject and object of an alignment.")
    verdict: str | None
    title_segments: list[SegmentOut]
    snippet: list[SegmentOut]


class SearchOut(PageOut[HitOut]):
    """What a search found, best first."""

    did_you_mean: str | None


class ParameterOut(Wire):
    """A parameter of a named question."""

    name: str
    type: str
    about: str
    many: bool
    required: bool
    example: list[str]


class QueryOut(Wire):
    """A named question."""

    id: str
    summary: str
    returns: str
    parameters: list[ParameterOut]
    columns: list[str]
    path: str
    sparql: str


class HealthOut(Wire):
    """Whether the service can answer, and from what."""

    status: Literal["ok"]
    release: str
    version: str
    workers: int
    workers_without_network: bool | None


class BoundsOut(Wire):
    """Confidence of a derived link: what is guaranteed, and what independence would give."""

    lower: float
    upper: float
    product_if_independent: float | None = None
    noisy_or_if_independent: float | None = None


class DerivedOut(Wire):
    """A link that follows from others, with its proof."""

    relation: str
    strength: str | None
    confidence: BoundsOut | None
    needs_review: bool
    proof: dict[str, Any]


class ExplanationOut(Wire):
    """What links two competencies, in sentences."""

    subject_id: str
    object_id: str
    regime: str
    kind: str = Field(description="asserted, not-aligned, derived or nothing")
    sentences: list[str]
    alignments: list[str]
    derived: DerivedOut | None
    others: list[DerivedOut]
    together: BoundsOut | None
    release: str


class PlanSummaryOut(Wire):
    """A course plan in figures."""

    programme: str
    name: str
    level: Literal["generalist", "specialised"]
    edition: str
    courses: int
    required: int
    entries: int


class PlanFiltersOut(Wire):
    """Which routes were counted."""

    min_strength: Literal["strong", "moderate", "weak"] | None
    min_confidence: float
    min_depth: Literal["introduces", "practises", "demonstrates"]


class PlanGapOut(Wire):
    """Something that a statement lacks."""

    framework: str
    id: str
    title: str
    kind: Literal[
        "missing", "weak", "introduced-only", "electives-only", "no-generalist", "no-specialised",
        "dimensions", "systems",
    ]  # fmt: skip
    lacks: list[str]
    message: str


class PlanWeakeningOut(Wire):
    """A statement that would be reached less strongly."""

    id: str
    strength: Literal["strong", "moderate", "weak"]
    without: Literal["strong", "moderate", "weak"]


class PlanLossOut(Wire):
    """What would be lost with one course."""

    course: str
    required: bool
    single_point: bool
    covered: list[str]
    reached: list[str]
    weakened: list[PlanWeakeningOut]


class PlanAnalysisOut(Wire):
    """What a course plan covers, reaches and lacks."""

    plan: PlanSummaryOut
    onto: str
    filters: PlanFiltersOut
    counted_courses: list[str]
    carried: dict[str, Any] | None = Field(
        description="How it came to the edition, with what to review; null if it was made to it."
    )
    coverage: dict[str, Any] = Field(description="Of the edition: shares, statements, courses.")
    reach: dict[str, Any] = Field(description="Of the framework: by domain, with best routes.")
    gaps: list[PlanGapOut]
    losses: list[PlanLossOut]
    repetitions: list[dict[str, Any]]
    crowded: list[dict[str, Any]]
    proposals: list[dict[str, Any]] = Field(
        description="For each missing or weak statement: courses with reasons, and resources."
    )
    release: str


class ClaimStatementOut(Wire):
    """What a claim comes to for one statement, or for courses together."""

    statement: str | None = Field(description="A CURIE; null for courses together.")
    title: str
    verdict: Literal["holds", "fails", "unproven"]
    why: str
    rows: list[dict[str, Any]] = Field(description="Rows of the plan, each counting or not.")


class ClaimResultOut(Wire):
    """One claim, tested."""

    id: str
    title: str
    note: str
    line: int
    sentence: str = Field(description="What was tested, read back.")
    verdict: Literal["holds", "fails", "unproven"]
    summary: str
    statements: list[ClaimStatementOut]


class ClaimsReportOut(Wire):
    """Claims about a course plan, in their order."""

    plan: str
    claims: str
    release: str
    total: int
    holds: int
    fails: int
    unproven: int
    passes: bool = Field(description="Whether none fails; if strict, whether all hold.")
    results: list[ClaimResultOut]


class ProposalOut(Wire):
    """A choice of courses."""

    courses: list[str]
    count: int
    hours: float | None = Field(description="Null if not known of every candidate.")
    credits: float | None


class PlanMemberOut(Wire):
    """A course of the smallest plan, and why it is there."""

    course: str
    title: str
    hours: float | None
    credits: float | None
    only_for: list[str] = Field(description="Statements that the plan would miss without it.")
    sole_for: list[str] = Field(description="Of these, what no other candidates suffice for.")
    reasons: list[dict[str, Any]]
    replaceable: bool | None = Field(description="Null if time ran out.")
    instead: ProposalOut | None = Field(description="The smallest plan without it.")
    dearer: float | None = Field(description="How much more of the objective that takes.")


class UnreachedOut(Wire):
    """A goal that no candidates reach."""

    goal: str
    statement: str
    title: str
    facet: str | None
    needed: int
    possible: int
    closest: list[str]


class PlanSolutionOut(Wire):
    """The smallest plan, those next to it, and what stands in the way."""

    plan: str
    release: str
    asked: dict[str, Any]
    candidates: int
    reaches_all: bool
    proven: bool = Field(
        description="Whether no plan takes less of the objective; without plans, that none is."
    )
    bound: float = Field(description="No plan takes less of the objective.")
    gap: float | None
    complete: bool = Field(description="Whether the list is whole and in its order.")
    plans: list[ProposalOut]
    members: list[PlanMemberOut]
    unreached: list[UnreachedOut]
    conflict: list[str]
    without_budget: ProposalOut | None
