"""What a planner proposes: plans, why each course is in the first, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from graph.curriculum.claim_model import Unit

if TYPE_CHECKING:
    from graph.curriculum.goal_file import Goals
    from graph.curriculum.model import Course
    from graph.records import Record


class Why(StrEnum):
    """Why a course is in a plan."""

    #: Without it the plan misses a goal.
    GOAL = "goal"
    #: Without it no candidates at all could reach a goal.
    SOLE = "sole"
    REQUIRED = "required"
    PREREQUISITE = "prerequisite"


@dataclass(frozen=True, slots=True)
class Reason:
    """What a plan would break without a course.

    Attributes
    ----------
    goal : str
        Id of the goal, empty for another rule.
    statement : str
        CURIE that the goal asks for; for a prerequisite the course that needs it.
    """

    why: Why
    goal: str = ""
    statement: str = ""

    def record(self) -> Record:
        """As JSON."""
        return {"why": self.why.value, "goal": self.goal or None, "of": self.statement or None}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan: its courses in the order of the file, and what they add up to.

    Attributes
    ----------
    hours, credits : Fraction | None
        `None` if the plan does not say them of each.
    """

    courses: tuple[str, ...]
    hours: Fraction | None
    credits: Fraction | None

    def amount(self, unit: Unit) -> Fraction | None:
        """What the courses add up to."""
        if unit is Unit.COURSES:
            return Fraction(len(self.courses))
        return self.hours if unit is Unit.HOURS else self.credits

    def record(self) -> Record:
        """As JSON."""
        return {
            "courses": [*self.courses],
            "count": len(self.courses),
            "hours": _float(self.hours),
            "credits": _float(self.credits),
        }


@dataclass(frozen=True, slots=True)
class Member:
    """One course of the plan, and why it is there.

    Attributes
    ----------
    reasons : tuple[Reason, ...]
        Never empty: a course that nothing needs would not be in the smallest plan.
    instead : Proposal | None
        The smallest plan without it; `None` if there is none, or if `known` is false.
    dearer : Fraction | None
        How much more of the objective that plan takes.
    known : bool
        Whether time allowed to look for a plan without it.
    """

    course: Course
    reasons: tuple[Reason, ...]
    instead: Proposal | None
    dearer: Fraction | None
    known: bool

    @property
    def only_for(self) -> tuple[str, ...]:
        """Statements that the plan reaches enough only with it."""
        wanted = (Why.GOAL, Why.SOLE)
        return tuple(dict.fromkeys(r.statement for r in self.reasons if r.why in wanted))

    @property
    def sole_for(self) -> tuple[str, ...]:
        """Of these, statements for which no other candidates suffice."""
        return tuple(dict.fromkeys(r.statement for r in self.reasons if r.why is Why.SOLE))

    def record(self) -> Record:
        """As JSON."""
        return {
            "course": self.course.code,
            "title": self.course.title,
            "hours": self.course.hours,
            "credits": self.course.credits,
            "only_for": [*self.only_for],
            "sole_for": [*self.sole_for],
            "reasons": [reason.record() for reason in self.reasons],
            "replaceable": None if not self.known else self.instead is not None,
            "instead": self.instead.record() if self.instead else None,
            "dearer": _float(self.dearer),
        }


@dataclass(frozen=True, slots=True)
class Unreached:
    """A goal that no candidates can reach, for one statement.

    Attributes
    ----------
    needed, possible : int
        How many courses it asks for, and how many candidates count. The plan is made for those.
    closest : tuple[str, ...]
        What comes closest, in sentences without a full stop.
    """

    goal: str
    statement: str
    title: str
    facet: str
    needed: int
    possible: int
    closest: tuple[str, ...]

    def record(self) -> Record:
        """As JSON."""
        return {
            "goal": self.goal,
            "statement": self.statement,
            "title": self.title,
            "facet": self.facet or None,
            "needed": self.needed,
            "possible": self.possible,
            "closest": [*self.closest],
        }


@dataclass(frozen=True, slots=True)
class Planned:
    """The smallest plan, those next to it, and what stands in the way.

    Attributes
    ----------
    plans : tuple[Proposal, ...]
        The smallest first; empty if nothing keeps all rules, or none was found in time.
    proven : bool
        Whether no plan takes less of the objective than the first; without plans, that there is
        none.
    bound : Fraction
        No plan takes less of the objective: proven even if time ran out.
    complete : bool
        Whether `plans` has all that were asked for, or all there are, in their order.
    members : tuple[Member, ...]
        The courses of the first plan.
    unreached : tuple[Unreached, ...]
        What no candidates can reach; the plans reach all the rest.
    conflict : tuple[str, ...]
        If there is no plan: rules that cannot be kept together, of which none can be spared.
    without_budget : Proposal | None
        If the budget is what stands in the way: the smallest plan without it.
    candidates : int
        How many courses there were to choose from.
    """

    plan: str
    release: str
    goals: Goals
    plans: tuple[Proposal, ...]
    proven: bool
    bound: Fraction
    complete: bool
    members: tuple[Member, ...]
    unreached: tuple[Unreached, ...]
    conflict: tuple[str, ...]
    without_budget: Proposal | None
    candidates: int

    @property
    def gap(self) -> float | None:
        """How much smaller a plan could be at most, as a share of the first; `None` without one."""
        if not self.plans:
            return None
        amount = self.plans[0].amount(self.goals.objective)
        return float((amount - self.bound) / amount) if amount and not self.proven else 0.0

    @property
    def reaches_all(self) -> bool:
        """Whether there is a plan and it reaches every goal."""
        return bool(self.plans) and not self.unreached

    def record(self) -> Record:
        """As JSON."""
        return {
            "plan": self.plan,
            "release": self.release,
            "asked": self.goals.record(),
            "candidates": self.candidates,
            "reaches_all": self.reaches_all,
            "proven": self.proven,
            "bound": float(self.bound),
            "gap": self.gap,
            "complete": self.complete,
            "plans": [proposal.record() for proposal in self.plans],
            "members": [member.record() for member in self.members],
            "unreached": [unreached.record() for unreached in self.unreached],
            "conflict": [*self.conflict],
            "without_budget": self.without_budget.record() if self.without_budget else None,
        }


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
