"""What the courses of a plan reach of a framework.

Everything else about a plan (analysis, claims, planner, documents) asks this module, so that all of
them mean the same by *reached*: `graph.curriculum.routes` says which routes there are, `Filters`
which of them count.

A statement is *reached* if at least one route passes the filters. Its depth is the greatest of
those routes, which need not be the depth of the best one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from graph.curriculum.carrying import onto_for
from graph.curriculum.model import DEPTH_ORDER, CoursePlan, Depth
from graph.curriculum.routes import TARGET_LEVELS, Route, find_paths, targets_of
from graph.errors import NotFoundError, ParameterError
from graph.model import STRENGTH_ORDER, Strength
from graph.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graph.catalogue import Catalogue
    from graph.records import Record


@dataclass(frozen=True, slots=True)
class Filters:
    """Which routes count.

    Attributes
    ----------
    min_strength : Strength | None
        Least strength of the weakest link; None for any.
    min_confidence : float
        Least confidence of every link, 0 to 1, itself included.
    min_depth : Depth
        Least that a course must do.
    """

    min_strength: Strength | None = None
    min_confidence: float = 0.0
    min_depth: Depth = Depth.INTRODUCES

    def passes(self, route: Route) -> bool:
        """Whether a route counts."""
        weakest = self.min_strength
        return (
            (weakest is None or STRENGTH_ORDER[route.strength] <= STRENGTH_ORDER[weakest])
            and route.confidence >= self.min_confidence
            and DEPTH_ORDER[route.depth] >= DEPTH_ORDER[self.min_depth]
        )

    def record(self) -> Record:
        """As JSON."""
        return {
            "min_strength": self.min_strength.value if self.min_strength else None,
            "min_confidence": self.min_confidence,
            "min_depth": self.min_depth.value,
        }


@dataclass(frozen=True, slots=True)
class Reached:
    """One target, and every route of the plan that leads to it.

    Attributes
    ----------
    routes : tuple[Route, ...]
        Best first; empty if it is not reached.
    """

    target: str
    routes: tuple[Route, ...]

    @property
    def best(self) -> Route | None:
        """The route that says most; None if there is none."""
        return self.routes[0] if self.routes else None

    @property
    def strength(self) -> Strength | None:
        """Of the best route."""
        return self.routes[0].strength if self.routes else None

    @property
    def confidence(self) -> float:
        """Of the best route, 0 if there is none."""
        return self.routes[0].confidence if self.routes else 0.0

    @property
    def depth(self) -> Depth | None:
        """Greatest depth of any route."""
        return max((r.depth for r in self.routes), key=DEPTH_ORDER.__getitem__, default=None)

    @property
    def courses(self) -> tuple[str, ...]:
        """Codes of the courses that reach it, the one with the best route first."""
        return tuple(dict.fromkeys(route.course for route in self.routes))

    def best_by_course(self) -> tuple[Route, ...]:
        """The best route of each course that reaches it, best first."""
        found: dict[str, Route] = {}
        for route in self.routes:
            found.setdefault(route.course, route)
        return tuple(found.values())


@dataclass(frozen=True)
class Reach:
    """What a plan reaches of one framework.

    Attributes
    ----------
    onto : str
        Framework id.
    targets : tuple[str, ...]
        Everything that could be reached, in published order.
    by_course : Mapping[str, Mapping[str, tuple[Route, ...]]]
        By course and target, the routes that pass the filters, best first. Every course of the plan
        is a key, also one that reaches nothing.
    courses : tuple[str, ...]
        Codes of the courses that count, in the order of the plan.
    """

    onto: str
    filters: Filters
    targets: tuple[str, ...]
    by_course: Mapping[str, Mapping[str, tuple[Route, ...]]]
    courses: tuple[str, ...]
    _merged: dict[str, Reached] = field(default_factory=dict, repr=False, compare=False)

    def of(self, target: str) -> Reached:
        """One target with its routes.

        Raises
        ------
        NotFoundError
            If it is none of the targets.
        """
        if target not in self._merged:
            if target not in self.targets:
                raise NotFoundError("target", target, nearest(target, self.targets))
            routes = [r for code in self.courses for r in self.by_course[code].get(target, ())]
            routes.sort(key=_route_order)
            self._merged[target] = Reached(target, tuple(routes))
        return self._merged[target]

    @property
    def all(self) -> tuple[Reached, ...]:
        """Each target, reached or not, in published order."""
        return tuple(self.of(target) for target in self.targets)

    @cached_property
    def reached(self) -> tuple[str, ...]:
        """Targets with a route, in published order."""
        found = self.reached_by(self.courses)
        return tuple(target for target in self.targets if target in found)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Targets without a route, in published order."""
        found = self.reached_by(self.courses)
        return tuple(target for target in self.targets if target not in found)

    @cached_property
    def sets(self) -> dict[str, frozenset[str]]:
        """What each course reaches by itself: the reach of some courses is the union of theirs."""
        return {code: frozenset(found) for code, found in self.by_course.items()}

    def reached_by(self, courses: Iterable[str]) -> frozenset[str]:
        """What some courses reach together. O(courses x targets); nothing is searched again."""
        return frozenset().union(*(self.sets[code] for code in courses))

    def within(self, courses: Iterable[str]) -> Reach:
        """The same with some of the courses only.

        Raises
        ------
        NotFoundError
            If the plan has no such course.
        """
        wanted = set(courses)
        for code in sorted(wanted - {*self.by_course}):
            raise NotFoundError("course", code, nearest(code, self.by_course))
        kept = tuple(code for code in self.courses if code in wanted)
        return replace(self, courses=kept, _merged={})

    def filtered(self, filters: Filters) -> Reach:
        """The same with stricter filters; laxer ones cannot bring back what was left out."""
        by_course = {code: _kept(found, filters) for code, found in self.by_course.items()}
        return replace(self, filters=filters, by_course=by_course, _merged={})


def reach(
    plan: CoursePlan,
    catalogue: Catalogue,
    onto: str = "",
    *,
    filters: Filters | None = None,
    courses: Iterable[str] | None = None,
    levels: Iterable[str] = TARGET_LEVELS,
) -> Reach:
    """What a plan reaches of a framework.

    Parameters
    ----------
    onto : str
        Framework asked about; the plan's own edition for what it covers of that. If empty, the
        one that `onto_for` chooses.
    filters : Filters | None
        Which routes count; all of them if left out.
    courses : Iterable[str] | None
        Codes of the courses that count; all if left out.
    levels : Iterable[str]
        Levels of statement that are targets.

    Raises
    ------
    NotFoundError
        If there is no such framework or course.
    ParameterError
        If the least confidence is not between 0 and 1.
    """
    chosen = filters or Filters()
    if not 0 <= chosen.min_confidence <= 1:
        value = str(chosen.min_confidence)
        raise ParameterError("min_confidence", value, "a number from 0 to 1")
    onto = onto or onto_for(plan, catalogue)
    targets = targets_of(catalogue, onto, levels)
    paths = {
        source: find_paths(catalogue, source, onto, targets=targets)
        for source in sorted({entry.competency for entry in plan.entries})
    }
    routes: dict[str, dict[str, list[Route]]] = {c.code: defaultdict(list) for c in plan.courses}
    for entry in plan.entries:
        for path in paths[entry.competency]:
            route = Route(entry, path)
            if chosen.passes(route):
                routes[entry.course][path.target].append(route)
    by_course = {
        code: {target: tuple(sorted(them, key=_route_order)) for target, them in found.items()}
        for code, found in routes.items()
    }
    whole = Reach(onto, chosen, targets, by_course, tuple(by_course))
    return whole if courses is None else whole.within(courses)


def _kept(found: Mapping[str, tuple[Route, ...]], filters: Filters) -> dict[str, tuple[Route, ...]]:
    kept = {target: tuple(filter(filters.passes, routes)) for target, routes in found.items()}
    return {target: routes for target, routes in kept.items() if routes}


def _route_order(route: Route) -> tuple[Any, ...]:
    return route.order
