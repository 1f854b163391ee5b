"""The smallest plan: of candidate courses or modules those that together reach stated goals.

Each goal is a claim (`graph.curriculum.claim_file`), and a course serves it by the same rules by
which the claim is tested: the plan that comes back keeps every goal as a claim. Only rows that
count for certain are used.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from graph.curriculum.claim_model import Unit, number
from graph.curriculum.fields import exact
from graph.curriculum.needs import Need, needs_of
from graph.curriculum.proposals import Member, Planned, Proposal, Reason, Unreached, Why
from graph.curriculum.serving import Serving
from graph.curriculum.solver import Choice, Problem, Rule, at_least, at_most, conflict, solve
from graph.curriculum.verdicts import Counts
from graph.errors import ParameterError, SourcesError
from graph.model import Finding
from graph.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.catalogue import Catalogue
    from graph.curriculum.goal_file import Goals
    from graph.curriculum.model import CoursePlan

#: Most plans that are listed.
MOST_PLANS: Final = 50

#: What is closest to a goal that cannot be reached: most things named.
_MOST_CLOSEST: Final = 5


def plan_courses(
    plan: CoursePlan,
    goals: Goals,
    catalogue: Catalogue,
    *,
    alternatives: int = 3,
    seconds: float = 10.0,
    most_rows: int | None = None,
) -> Planned:
    """The smallest choice of the courses of a plan that reaches the goals.

    Parameters
    ----------
    plan : CoursePlan
        Its courses are the candidates.
    alternatives : int
        How many of the next best plans to list. A plan that only adds courses to a better one is
        no alternative.
    seconds : float
        Longest to search. Past it the best plan found so far comes back, with the proven bound.
    most_rows : int | None
        Most rows of the plan to look at, one that bears on several goals counting for each.

    Raises
    ------
    SourcesError
        If the goals name a course that is no candidate, a candidate does not say the hours or
        credits that are to be added up, or there are more rows to look at.
    ParameterError
        If `alternatives` or `seconds` is out of range.

    Notes
    -----
    Deterministic unless time runs out. Ties: the objective decides, then the number of courses (or
    the hours, if the objective is courses and all hours are known), then the order of the file:
    of two plans the one whose list of courses comes first.
    """
    if not 0 <= alternatives < MOST_PLANS:
        raise ParameterError("alternatives", str(alternatives), f"0 to {MOST_PLANS - 1}")
    if not 0 <= seconds < math.inf:
        raise ParameterError("seconds", str(seconds), "a number of at least 0")
    planning = _Planning(plan, goals, catalogue, time.monotonic() + seconds, most_rows)
    return planning.planned(alternatives + 1)


@dataclass(frozen=True, slots=True)
class _Told:
    """A rule with what it stands for."""

    rule: Rule
    text: str
    need: Need | None = None
    limit: bool = False
    #: Course that needs another before it.
    later: str = ""
    required: bool = False


class _Planning:
    """One question to the planner."""

    def __init__(
        self,
        plan: CoursePlan,
        goals: Goals,
        catalogue: Catalogue,
        deadline: float,
        most_rows: int | None,
    ) -> None:
        self.plan, self.goals, self.catalogue, self.deadline = plan, goals, catalogue, deadline
        self.most_rows = most_rows
        self.courses = plan.courses
        self.place = {course.code: place for place, course in enumerate(plan.courses)}
        self._check_codes()
        self.amounts = {unit: self._amounts(unit) for unit in Unit}
        self.scale = {unit: self._scale(unit) for unit in Unit}
        self.unreached: list[Unreached] = []
        self.told = [*self._needs(), *self._other_rules()]
        self.problem = Problem(
            len(self.courses), self._costs(), tuple(told.rule for told in self.told)
        )

    def planned(self, most: int) -> Planned:
        solution = solve(self.problem, most=most, seconds=self._left())
        plans = tuple(self._proposal(choice) for choice in solution.choices)
        scale = self.scale[self.goals.objective]
        clash: tuple[str, ...] = ()
        without_budget = None
        if not plans and solution.proven:
            clash, without_budget = self._clash()
        members = self._members(solution.choices[0]) if plans else ()
        return Planned(
            plan=self.plan.name,
            release=self.catalogue.release,
            goals=self.goals,
            plans=plans,
            proven=solution.proven,
            bound=Fraction(solution.bound, scale),
            complete=solution.complete,
            members=members,
            unreached=tuple(self.unreached),
            conflict=clash,
            without_budget=without_budget,
            candidates=len(self.courses) - len(self.goals.excluded),
        )

    def _left(self) -> float:
        return max(0.0, self.deadline - time.monotonic())

    # ---- the problem ------------------------------------------------------------------------

    def _check_codes(self) -> None:
        goals = self.goals
        named: list[tuple[str, str]] = [("require", code) for code in goals.required]
        named += [("exclude", code) for code in goals.excluded]
        named += [("at_most_one", code) for group in goals.at_most_one for code in group]
        for course, before in goals.prerequisites:
            named += [("prerequisites", code) for code in (course, *before)]
        findings = []
        for key, code in named:
            if code not in self.place:
                near = nearest(code, self.place, most=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                message = f"{key}: {self.plan.name} has no course {code!r}{hint}"
                findings.append(Finding(goals.name, 1, message))
        if findings:
            raise SourcesError(sorted(set(findings)))

    def _amounts(self, unit: Unit) -> tuple[Fraction, ...] | None:
        """What each course takes; `None` if nobody asks and it is not known of each.

        Raises
        ------
        SourcesError
            If it is asked for.
        """
        if unit is Unit.COURSES:
            return (Fraction(1),) * len(self.courses)
        asked = unit is self.goals.objective or unit in dict(self.goals.budget)
        found: list[Fraction] = []
        findings: list[Finding] = []
        for course in self.courses:
            said = course.hours if unit is Unit.HOURS else course.credits
            value = None if said is None else exact(said)
            if value is None and course.code in self.goals.excluded:
                value = Fraction(0)
            if value is not None:
                found.append(value)
                continue
            message = f"course {course.code} has no {unit}; write them, or choose another objective"
            if said is not None:
                message = f"course {course.code} has {said} {unit}; at most two decimal places"
            findings.append(Finding(self.plan.name, 1, message))
        if findings and asked:
            raise SourcesError(findings)
        return None if findings else tuple(found)

    def _scale(self, unit: Unit) -> int:
        amounts = self.amounts[unit] or ()
        budget = dict(self.goals.budget).get(unit, Fraction(0))
        return math.lcm(budget.denominator, *(amount.denominator for amount in amounts))

    def _whole(self, unit: Unit) -> tuple[int, ...]:
        amounts, scale = self.amounts[unit], self.scale[unit]
        assert amounts is not None
        return tuple(int(amount * scale) for amount in amounts)

    def _costs(self) -> tuple[tuple[int, ...], ...]:
        kinds = [self.goals.objective, Unit.COURSES]
        if self.goals.objective is Unit.COURSES:
            kinds = [Unit.COURSES, Unit.HOURS]
        return tuple(self._whole(unit) for unit in kinds if self.amounts[unit] is not None)

    def _needs(self) -> Iterator[_Told]:
        """What the goals ask for, as far as candidates can give it."""
        serving = Serving(self.plan, self.catalogue)
        out = {*self.goals.excluded}
        goals = self.goals
        for need in needs_of(goals.goals, serving, goals.name, most_rows=self.most_rows):
            open_ = [code for code in need.courses if code not in out]
            if len(open_) < need.least:
                self.unreached.append(self._missed(need, open_))
            least = min(need.least, len(open_))
            if least:
                options = [self.place[code] for code in open_]
                yield _Told(at_least(need.goal, options, least), _asked(need, least), need)

    def _other_rules(self) -> Iterator[_Told]:
        goals, place = self.goals, self.place
        for code in goals.required:
            rule = at_least("require", [place[code]])
            yield _Told(rule, f"{code} is required", required=True)
        for code in goals.excluded:
            yield _Told(at_most("exclude", [(place[code], 1)], 0), f"{code} is excluded")
        for group in goals.at_most_one:
            rule = at_most("at_most_one", [(place[code], 1) for code in sorted(group)], 1)
            yield _Told(rule, f"at most one of {', '.join(group)}")
        for course, before in goals.prerequisites:
            for earlier in before:
                weights = ((place[course], -1), (place[earlier], 1))
                text = f"{course} needs {earlier} before it"
                yield _Told(Rule("prerequisites", weights, 0), text, later=course)
        for unit, most in goals.budget:
            whole = int(most * self.scale[unit])
            rule = at_most("budget", [*enumerate(self._whole(unit))], whole)
            yield _Told(rule, f"at most {number(most)} {unit}", limit=True)

    # ---- what comes of it -------------------------------------------------------------------

    def _proposal(self, choice: Choice) -> Proposal:
        def total(unit: Unit) -> Fraction | None:
            amounts = self.amounts[unit]
            if amounts is None:
                return None
            return sum((amounts[option] for option in choice.chosen), Fraction(0))

        codes = tuple(self.courses[option].code for option in choice.chosen)
        return Proposal(codes, total(Unit.HOURS), total(Unit.CREDITS))

    def _members(self, choice: Choice) -> tuple[Member, ...]:
        return tuple(self._member(choice, option) for option in choice.chosen)

    def _member(self, choice: Choice, option: int) -> Member:
        course = self.courses[option]
        rest = frozenset(choice.chosen) - {option}
        reasons: list[Reason] = []
        for told in self.told:
            if told.rule.kept(rest):
                continue
            if told.need:
                sole = len(told.rule.weights) == told.rule.least
                why = Why.SOLE if sole else Why.GOAL
                reasons.append(Reason(why, told.need.goal, told.need.statement))
            elif told.later:
                reasons.append(Reason(Why.PREREQUISITE, statement=told.later))
            else:
                reasons.append(Reason(Why.REQUIRED))
        without = at_most("without", [(option, 1)], 0)
        problem = replace(self.problem, rules=(*self.problem.rules, without))
        solution = solve(problem, seconds=self._left())
        found = (
            self._proposal(solution.choices[0]) if solution.proven and solution.choices else None
        )
        dearer = None
        if found:
            price, other = choice.price[0], solution.choices[0].price[0]
            dearer = Fraction(other - price, self.scale[self.goals.objective])
        return Member(course, tuple(dict.fromkeys(reasons)), found, dearer, known=solution.proven)

    def _clash(self) -> tuple[tuple[str, ...], Proposal | None]:
        """Rules that cannot be kept together, and the smallest plan without the budget."""
        free = tuple(told.rule for told in self.told if not told.limit)
        without_budget = None
        if len(free) < len(self.told):
            solution = solve(replace(self.problem, rules=free), seconds=self._left())
            if solution.choices:
                without_budget = self._proposal(solution.choices[0])
        rules = conflict(self.problem, seconds=self._left())
        told = [t.text for t in self.told if any(t.rule is rule for rule in rules)]
        return tuple(told), without_budget

    def _missed(self, need: Need, open_: Sequence[str]) -> Unreached:
        """A need that no candidates meet, with what comes closest to it."""
        out = [code for code in need.courses if code not in open_]
        closest = [f"{code} counts" for code in open_]
        closest += [f"{code} would count, but is excluded" for code in out]
        closest += [
            f"perhaps {row.text}" if row.counts is Counts.PERHAPS else row.text
            for row in need.rows
            if row.counts is not Counts.YES
        ]
        if not closest:
            closest = [*self._ways(need.statement)]
        if not closest:
            closest = ["no competency is aligned with it, and no candidate names it"]
        return Unreached(
            goal=need.goal,
            statement=need.statement,
            title=self.catalogue.competency(need.statement).title,
            facet=need.facet,
            needed=need.least,
            possible=len(open_),
            closest=tuple(dict.fromkeys(closest))[:_MOST_CLOSEST],
        )

    def _ways(self, statement: str) -> Iterator[str]:
        """Alignments by which a course could reach a statement that none reaches."""
        for alignment in self.catalogue.alignments_of(statement):
            ends = {alignment.subject_id, alignment.object_id} - {statement}
            how = f"{alignment.strength}, {alignment.confidence:g}"
            yield f"no candidate teaches {', '.join(ends)}, which is aligned with it ({how})"


def _asked(need: Need, least: int) -> str:
    facet = f" with {need.facet}" if need.facet else ""
    courses = f"{least} course" + ("s" if least > 1 else "")
    return f"goal {need.goal}: {need.statement}{facet} in {courses} of {', '.join(need.courses)}"
