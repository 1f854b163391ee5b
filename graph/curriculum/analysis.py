"""Everything that is said of a course plan, in one value: covered, reached, missing, at risk.

`coverage` counts what the plan covers of its edition, `reach` what it reaches of the other
framework, `gaps` what is missing or hangs on one course, `fits` where a missing competency would
go. This module brings them together; `report` writes it for people.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.curriculum.carrying import Carried, carry, edition_for, onto_for
from graph.curriculum.coverage import Coverage, cover
from graph.curriculum.fits import Proposal, propose
from graph.curriculum.gaps import (
    Crowded,
    Gap,
    Loss,
    Repetition,
    find_crowded,
    find_gaps,
    find_losses,
    find_repetitions,
)
from graph.curriculum.reach import Filters, Reach, Reached, reach

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.catalogue import Catalogue
    from graph.curriculum.model import CoursePlan
    from graph.model import Competency
    from graph.records import Record


@dataclass(frozen=True, slots=True)
class Group:
    """Targets that belong together: a domain with its competencies, or the principles."""

    id: str | None
    title: str
    targets: tuple[Reached, ...]

    @property
    def reached(self) -> int:
        """How many of them are reached."""
        return sum(one.best is not None for one in self.targets)

    @property
    def strengths(self) -> dict[str, int]:
        """Reached targets by the strength of their best route; those that a course names apart."""
        found = Counter(
            "direct" if one.best.direct else one.best.strength.value
            for one in self.targets
            if one.best
        )
        return {name: found[name] for name in ("direct", "strong", "moderate", "weak")}


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is said of a plan.

    Attributes
    ----------
    plan : CoursePlan
        As analyzed: on the edition that a crosswalk joins with the framework asked about.
    carried : Carried | None
        How it came to that edition; None if it was made to it.
    groups : tuple[Group, ...]
        Targets by domain, those without one after them, in published order.
    losses : tuple[Loss, ...]
        For each course, in the order of the plan.
    """

    plan: CoursePlan
    carried: Carried | None
    coverage: Coverage
    reach: Reach
    groups: tuple[Group, ...]
    gaps: tuple[Gap, ...]
    losses: tuple[Loss, ...]
    repetitions: tuple[Repetition, ...]
    crowded: tuple[Crowded, ...]
    proposals: tuple[Proposal, ...]
    titles: dict[str, str]
    release: str

    @property
    def single_points(self) -> tuple[Loss, ...]:
        """Courses whose loss breaks a coverage."""
        return tuple(loss for loss in self.losses if loss.breaks)

    def record(self) -> Record:
        """As JSON."""
        plan = self.plan
        return {
            "plan": {
                "programme": plan.programme,
                "name": plan.name,
                "level": plan.level.value,
                "edition": plan.edition,
                "courses": len(plan.courses),
                "required": sum(course.required for course in plan.courses),
                "entries": len(plan.entries),
            },
            "onto": self.reach.onto,
            "filters": self.reach.filters.record(),
            "counted_courses": list(self.reach.courses),
            "carried": self.carried.record() if self.carried else None,
            "coverage": self.coverage.record(),
            "reach": {
                "framework": self.reach.onto,
                "total": len(self.reach.targets),
                "reached": len(self.reach.reached),
                "groups": [
                    {
                        "id": group.id,
                        "title": group.title,
                        "total": len(group.targets),
                        "reached": group.reached,
                        "strengths": group.strengths,
                        "targets": [self._target(one) for one in group.targets],
                    }
                    for group in self.groups
                ],
            },
            "gaps": [gap.record() for gap in self.gaps],
            "losses": [loss.record() for loss in self.losses],
            "repetitions": [one.record() for one in self.repetitions],
            "crowded": [one.record() for one in self.crowded],
            "proposals": [proposal.record() for proposal in self.proposals],
            "release": self.release,
        }

    def _target(self, one: Reached) -> Record:
        return {
            "id": one.target,
            "title": self.titles[one.target],
            "reached": one.best is not None,
            "strength": one.strength.value if one.strength else None,
            "confidence": one.confidence,
            "depth": one.depth.value if one.depth else None,
            "courses": list(one.courses),
            "routes": len(one.routes),
            "best": one.best.record() if one.best else None,
            "by_course": [
                {
                    "course": route.course,
                    "competency": route.entry.competency,
                    "depth": route.depth.value,
                    "direct": route.direct,
                    "strength": route.strength.value,
                    "confidence": route.confidence,
                    "over": [link.target for link in route.links],
                    "alignments": [link.alignment for link in route.links if link.alignment],
                }
                for route in one.best_by_course()
            ],
        }


def analyze(
    plan: CoursePlan,
    catalogue: Catalogue,
    onto: str = "",
    *,
    filters: Filters | None = None,
    courses: Iterable[str] | None = None,
) -> Analysis:
    """Everything that is said of a plan.

    Parameters
    ----------
    onto : str
        Framework whose statements the plan may reach through the crosswalk; if empty, the one
        that `onto_for` chooses.
    filters : Filters | None
        Which routes count for the reach, and so for what is missing of that framework.
    courses : Iterable[str] | None
        Codes of the courses that count, as if the others were not given; all if left out.

    Raises
    ------
    NotFoundError
        If there is no such framework or course.
    ParameterError
        If no crosswalk joins the framework with an edition of the plan's, or a filter is wrong.
    SourcesError
        If the plan cannot be carried to that edition.
    """
    onto = onto or onto_for(plan, catalogue)
    edition = edition_for(plan, catalogue, onto)
    carried = carry(plan, catalogue, edition) if edition != plan.edition else None
    if carried:
        plan = carried.plan
    found = reach(plan, catalogue, onto, filters=filters, courses=courses)
    if courses is not None:
        plan = plan.within(found.courses)
    coverage = cover(plan, catalogue)
    titles = {
        member.id: member.title
        for framework in (plan.edition, onto)
        for member in catalogue.by_framework.get(framework, ())
    }
    return Analysis(
        plan=plan,
        carried=carried,
        coverage=coverage,
        reach=found,
        groups=_groups(found, catalogue),
        gaps=find_gaps(plan, coverage, found, titles),
        losses=find_losses(plan, coverage, found),
        repetitions=find_repetitions(plan),
        crowded=find_crowded(coverage),
        proposals=propose(plan, catalogue, found),
        titles=titles,
        release=catalogue.release,
    )


def _groups(found: Reach, catalogue: Catalogue) -> tuple[Group, ...]:
    by_parent: dict[str | None, list[Reached]] = {}
    levels: dict[str | None, str] = {}
    for one in found.all:
        statement = catalogue.competency(one.target)
        by_parent.setdefault(statement.parent, []).append(one)
        levels[statement.parent] = statement.level

    def place(parent: str | None) -> tuple[bool, int]:
        whole: Competency | None = catalogue.competency(parent) if parent else None
        return whole is None, whole.position if whole else 0

    return tuple(
        Group(
            parent,
            catalogue.competency(parent).title if parent else f"{levels[None].capitalize()}s",
            tuple(by_parent[parent]),
        )
        for parent in sorted(by_parent, key=place)
    )
