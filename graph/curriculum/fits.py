"""Where a missing or weakly reached competency would fit best, and what helps to teach it.

A proposal rests on what a course does already. The score of a course for a target is between 0 and
1.1:

    strength / 3 x confidence x nearness  +  0.1 x hold on the domain

*strength* is 3, 2 or 1 and *confidence* that of one alignment of the target, the one that gives
most. *nearness* is 1 if the course serves the other end of it (for a behavior counted through its
competency: the weaker of the two links, as in `reach`), and 1/2 if it serves another part of the
same competency that was not itself judged against the target. *Hold on the domain* is the mean,
over the other statements under the target's parent, of strength / 3 x confidence of the best route
by which the course reaches them (named 1, not reached 0); 0 without a parent. Courses without any
of this are not proposed. Ties: the course that serves more alignments of the target first, then
required before elective, then the order of the plan. The score orders proposals; it measures
nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.curriculum.routes import find_paths
from graph.model import Strength
from graph.terms import framework_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.catalogue import Catalogue
    from graph.curriculum.model import Course, CoursePlan
    from graph.curriculum.reach import Reach
    from graph.model import Alignment, Resource
    from graph.records import Record

#: Courses proposed for one target.
MOST_COURSES: Final = 3

#: What another part of the same competency counts, and what the whole domain adds.
NEAR, DOMAIN = 0.5, 0.1

_WEIGHT: Final = {Strength.STRONG: 3, Strength.MODERATE: 2, Strength.WEAK: 1}


@dataclass(frozen=True, slots=True)
class Reason:
    """One alignment through which a course is near a target.

    Attributes
    ----------
    kind : str
        `serves` if the course serves its other end or a behavior of that, `near` if it serves
        another part of the same competency.
    served : str
        Competency or behavior that an entry of the course names.
    partner : str
        The end of the alignment that is not the target.
    value : float
        Its part of the score, 0 to 1.
    """

    kind: str
    served: str
    partner: str
    alignment: str
    strength: Strength
    confidence: float
    rationale: str
    value: float

    def record(self) -> Record:
        """As JSON."""
        return {
            "kind": self.kind,
            "served": self.served,
            "partner": self.partner,
            "alignment": self.alignment,
            "strength": self.strength.value,
            "confidence": self.confidence,
            "rationale": self.rationale,
            "value": round(self.value, 4),
        }


@dataclass(frozen=True, slots=True)
class Fit:
    """A course in which a target would fit.

    Attributes
    ----------
    reason : Reason | None
        The one that counts most; None if only the domain speaks for the course.
    support : int
        Alignments of the target of which it serves the other end, or another part of that.
    beside : tuple[str, ...]
        Other statements of the target's domain that the course reaches, in published order.
    """

    course: str
    required: bool
    score: float
    support: int
    reason: Reason | None
    beside: tuple[str, ...]

    def record(self) -> Record:
        """As JSON."""
        return {
            "course": self.course,
            "required": self.required,
            "score": round(self.score, 4),
            "support": self.support,
            "reason": self.reason.record() if self.reason else None,
            "beside": list(self.beside),
        }


@dataclass(frozen=True, slots=True)
class Proposal:
    """A target that is missing or weak, where it would fit, and what helps to teach it."""

    target: str
    title: str
    kind: str
    fits: tuple[Fit, ...]
    resources: tuple[Resource, ...]

    def record(self) -> Record:
        """As JSON."""
        return {
            "id": self.target,
            "title": self.title,
            "kind": self.kind,
            "courses": [fit.record() for fit in self.fits],
            "resources": [
                {
                    "title": resource.title,
                    "description": resource.description,
                    "citation": resource.citation,
                    "url": resource.url,
                }
                for resource in self.resources
            ],
        }


def propose(
    plan: CoursePlan, catalogue: Catalogue, reach: Reach, *, most: int = MOST_COURSES
) -> tuple[Proposal, ...]:
    """For each target that is missing or only weakly reached, the best courses; published order."""
    served = {
        code: tuple(dict.fromkeys(entry.competency for entry in own))
        for code, own in plan.by_course().items()
    }
    found = []
    for reached in reach.all:
        if reached.best is not None and reached.strength is not Strength.WEAK:
            continue
        target = catalogue.competency(reached.target)
        fits = [
            _fit(course, served[course.code], plan.edition, catalogue, reach, target.id)
            for course in plan.courses
        ]
        known = [fit for fit in fits if fit is not None and fit.course in reach.courses]
        known.sort(key=lambda fit: (-round(fit.score, 4), -fit.support, not fit.required))
        proposal = Proposal(
            target=target.id,
            title=target.title,
            kind="weak" if reached.best else "missing",
            fits=tuple(known[:most]),
            resources=resources_for(catalogue, target.id),
        )
        found.append(proposal)
    return tuple(found)


def resources_for(catalogue: Catalogue, target: str) -> tuple[Resource, ...]:
    """Further reading on a statement and on what it holds."""
    keys = [target, *(child.id for child in catalogue.children.get(target, ()))]
    return tuple(resource for key in keys for resource in catalogue.resources.get(key, ()))


def _fit(
    course: Course,
    own: Sequence[str],
    edition: str,
    catalogue: Catalogue,
    reach: Reach,
    target: str,
) -> Fit | None:
    reasons = [
        *_serving(own, catalogue, reach.onto, target),
        *_nearby(own, edition, catalogue, target),
    ]
    best = max(reasons, key=lambda reason: reason.value, default=None)
    parent = catalogue.competency(target).parent
    domain = [t for t in reach.targets if t != target and parent and _under(catalogue, t, parent)]
    routes = reach.by_course[course.code]
    beside = tuple(t for t in domain if t in routes)
    holds = (_WEIGHT[routes[t][0].strength] / 3 * routes[t][0].confidence for t in beside)
    hold = sum(holds) / len(domain) if domain else 0.0
    score = (best.value if best else 0.0) + DOMAIN * hold
    support = len({reason.alignment for reason in reasons})
    return Fit(course.code, course.required, score, support, best, beside) if score else None


def _under(catalogue: Catalogue, statement: str, parent: str) -> bool:
    return catalogue.competency(statement).parent == parent


def _serving(own: Sequence[str], catalogue: Catalogue, onto: str, target: str) -> list[Reason]:
    """Routes of the course to the target, also those that the filters of the reach left out."""
    found = []
    for served in own:
        for path in find_paths(catalogue, served, onto, targets=[target]):
            link = next((link for link in path.links if link.alignment), None)
            if link is None or link.alignment is None:
                continue
            value = _WEIGHT[path.strength] / 3 * path.confidence
            found.append(
                Reason(
                    "serves", served, link.source, link.alignment,
                    path.strength, path.confidence, link.rationale, value,
                )
            )  # fmt: skip
    return found


def _nearby(own: Sequence[str], edition: str, catalogue: Catalogue, target: str) -> list[Reason]:
    """Alignments of the target with another part of a competency that the course serves."""
    judged = {_partner(a, target) for a in catalogue.by_competency.get(target, ())}
    found = []
    for alignment in catalogue.alignments_of(target):
        partner = _partner(alignment, target)
        if framework_of(partner) != edition or alignment.status == "withdrawn":
            continue
        assert alignment.strength is not None
        whole = catalogue.competency(partner).parent or partner
        for served in own:
            family = catalogue.competency(served).parent or served
            if family != whole or served in judged:
                continue
            value = _WEIGHT[alignment.strength] / 3 * alignment.confidence * NEAR
            found.append(
                Reason(
                    "near", served, partner, alignment.id,
                    alignment.strength, alignment.confidence, alignment.rationale, value,
                )
            )  # fmt: skip
    return found


def _partner(alignment: Alignment, target: str) -> str:
    return alignment.object_id if alignment.subject_id == target else alignment.subject_id
