"""The smallest plan: of candidate courses or modules those that together reach stated goals.

Each goal is a claim (`graph.curriculum.claim_file`), and a course serves it by the same rules by
which the claim is tested: the plan that comes back keeps every goal as a claim. Only rows that
count for certain are used.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from graph.curriculum.claim_file import Claim, Unit, number, read_goal
from graph.curriculum.claims import Counts, Need, needs_of
from graph.curriculum.fields import Faults, Fields, exact, head, mappings
from graph.curriculum.serving import Serving
from graph.curriculum.solver import Choice, Problem, Rule, at_least, at_most, conflict, solve
from graph.errors import ParameterError, SourcesError
from graph.model import Finding
from graph.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.catalogue import Catalogue
    from graph.curriculum.model import Course, CoursePlan
    from graph.records import Record

#: Most goals of one file, and most plans that are listed.
MOST_GOALS: Final = 200
MOST_PLANS: Final = 50

#: What is closest to a goal that cannot be reached: most things named.
_MOST_CLOSEST: Final = 5

_KEYS: Final = (
    "title", "objective", "budget", "require", "exclude", "at_most_one", "prerequisites", "goals",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Goals:
    """What a plan is to reach, and what it must keep to.

    Attributes
    ----------
    objective : Unit
        What there shall be least of. Among equals courses decide, or hours if those are courses.
    budget : tuple[tuple[Unit, Fraction], ...]
        Most of each.
    required, excluded : tuple[str, ...]
        Codes of courses.
    at_most_one : tuple[tuple[str, ...], ...]
        Courses of which no two are taken together.
    prerequisites : tuple[tuple[str, tuple[str, ...]], ...]
        A course, and others all of which must be taken if it is.
    name : str
        Of the file, for messages.
    """

    goals: tuple[Claim, ...]
    objective: Unit = Unit.HOURS
    budget: tuple[tuple[Unit, Fraction], ...] = ()
    required: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    at_most_one: tuple[tuple[str, ...], ...] = ()
    prerequisites: tuple[tuple[str, tuple[str, ...]], ...] = ()
    name: str = "goals"

    def record(self) -> Record:
        """As JSON."""
        return {
            "goals": [
                {"id": g.id, "title": g.title, "sentence": g.sentence, "statements": [*g.subjects]}
                for g in self.goals
            ],
            "objective": self.objective.value,
            "budget": {unit.value: float(most) for unit, most in self.budget},
            "require": [*self.required],
            "exclude": [*self.excluded],
            "at_most_one": [[*group] for group in self.at_most_one],
            "prerequisites": {course: [*before] for course, before in self.prerequisites},
        }


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


def read_goals(raw: bytes, name: str, catalogue: Catalogue) -> Goals:
    """The goals of a YAML file.

    Raises
    ------
    SourcesError
        With every fault of the file, each with its line and the mend.
    """
    faults = Faults(name)
    fields, trees = head(raw, faults)
    fields.only(_KEYS)
    goals: list[Claim] = []
    for node in mappings(trees["goals"], faults, "goals") if "goals" in trees else ():
        claim = read_goal(Fields.of(node, faults, "goal"), catalogue, len(goals) + 1)
        if any(claim.id == other.id for other in goals):
            faults.add(claim.line, f"goal {claim.id}: the id stands twice; give one another")
        goals.append(claim)
    if not goals and not faults.findings:
        fields.fault("goals", "has no list 'goals' with something in it")
    if len(goals) > MOST_GOALS:
        fields.fault("goals", f"has {len(goals):,} goals; the most is {MOST_GOALS:,}")
    found = Goals(
        goals=tuple(goals),
        objective=fields.word("objective", Unit) or Unit.HOURS,
        budget=_budget(trees.get("budget"), faults),
        required=fields.texts("require"),
        excluded=fields.texts("exclude"),
        at_most_one=_groups(fields),
        prerequisites=_prerequisites(trees.get("prerequisites"), faults),
        name=name,
    )
    for code in found.required:
        if code in found.excluded:
            fields.fault("exclude", f"exclude: {code} is required as well; keep one of the two")
    faults.raise_any()
    return found


def _budget(node: Any, faults: Faults) -> tuple[tuple[Unit, Fraction], ...]:
    if node is None:
        return ()
    fields = Fields.of(node, faults, "budget")
    fields.only([*Unit])
    found = ((unit, fields.number(unit)) for unit in Unit)
    return tuple((unit, most) for unit, most in found if most is not None)


def _groups(fields: Fields) -> tuple[tuple[str, ...], ...]:
    if "at_most_one" not in fields.values:
        return ()
    value = fields.values["at_most_one"][1]
    lists = isinstance(value, list) and all(isinstance(group, list) for group in value)
    groups = tuple(tuple(str(code) for code in group) for group in value) if lists else ()
    if not groups or any(len({*group}) < 2 or len({*group}) < len(group) for group in groups):
        message = "at_most_one must be a list of lists of two or more courses, as in: - [M2, M3]"
        fields.fault("at_most_one", message)
    return groups


def _prerequisites(node: Any, faults: Faults) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if node is None:
        return ()
    fields = Fields.of(node, faults, "prerequisites")
    found = tuple((course, fields.texts(course)) for course in fields.values)
    for course, before in found:
        if course in before:
            fields.fault(course, f"{course} cannot come before itself")
    return found


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


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
