"""What serves a statement: the routes of `graph.curriculum.reach`, for a statement of any level.

A *domain* only holds competencies together: what serves one of these serves the domain.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from graph.curriculum.reach import Reach, reach
from graph.curriculum.routes import ALIGNED, Route
from graph.terms import framework_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graph.catalogue import Catalogue
    from graph.curriculum.model import CoursePlan, Entry
    from graph.model import Competency

_HOLDS_TOGETHER: Final = "domain"


@dataclass
class Serving:
    """A plan with the routes to every statement, each searched once."""

    plan: CoursePlan
    catalogue: Catalogue
    _reach: dict[str, Reach] = field(default_factory=dict)
    _routes: dict[str, list[Route]] = field(default_factory=dict)
    _taught: dict[str, list[Route]] = field(default_factory=dict)

    def routes(self, statement: str) -> Sequence[Route]:
        """Routes of all courses to a statement, in the order of the courses, best first in each.

        Raises
        ------
        NotFoundError
            If there is no such statement.
        """
        if statement not in self._routes:
            self._routes[statement] = self._search(statement)
        return self._routes[statement]

    def _search(self, statement: str) -> list[Route]:
        found = self._of(framework_of(statement))
        own = [self.catalogue.competency(statement)]
        if own[0].level == _HOLDS_TOGETHER:
            own += below(statement, self.catalogue)
        routes: list[Route] = []
        for code in found.courses:
            to = found.by_course[code]
            routes += sorted(
                (route for held in own for route in to.get(held.id, ())), key=_best_first
            )
        return routes

    def taught(self, statement: str) -> Sequence[Route]:
        """Those that go without an alignment: the course teaches the statement or a part of it."""
        if statement not in self._taught:
            self._taught[statement] = [r for r in self.routes(statement) if _is_taught(r)]
        return self._taught[statement]

    def wholes(self, statement: str) -> list[Entry]:
        """Entries that name what a statement is part of: whether they serve it stays open."""
        above = {
            whole.id
            for whole in self.catalogue.ancestors(statement)
            if whole.level != _HOLDS_TOGETHER
        }
        found = sorted(pair for key in above for pair in self._naming.get(key, ()))
        return [entry for _, entry in found]

    def naming(self, statement: str) -> list[Entry]:
        """Entries that name a statement itself, in the order of the plan."""
        return [entry for _, entry in self._naming.get(statement, ())]

    @cached_property
    def _naming(self) -> dict[str, list[tuple[int, Entry]]]:
        """Entries with their places in the plan, by the statement that they name."""
        found: defaultdict[str, list[tuple[int, Entry]]] = defaultdict(list)
        for place, entry in enumerate(self.plan.entries):
            found[entry.competency].append((place, entry))
        return dict(found)

    def _of(self, framework: str) -> Reach:
        if framework not in self._reach:
            members = self.catalogue.by_framework.get(framework, ())
            levels = {member.level for member in members} - {_HOLDS_TOGETHER}
            self._reach[framework] = reach(
                self.plan, self.catalogue, framework, levels=sorted(levels)
            )
        return self._reach[framework]


def _best_first(route: Route) -> tuple[object, ...]:
    return route.order


def _is_taught(route: Route) -> bool:
    """Whether a route goes without an alignment: the course teaches the statement or a part."""
    return all(link.kind != ALIGNED for link in route.links)


def below(statement: str, catalogue: Catalogue) -> list[Competency]:
    """A statement's parts at every level, in published order, without itself."""
    found: list[Competency] = []
    waiting = [*catalogue.children.get(statement, ())][::-1]
    while waiting:
        found.append(waiting.pop())
        waiting += [*catalogue.children.get(found[-1].id, ())][::-1]
    return found


def published(statements: Iterable[str], catalogue: Catalogue) -> tuple[str, ...]:
    """Statements in published order, framework by framework."""

    def place(key: str) -> tuple[object, ...]:
        return framework_of(key), catalogue.competencies[key].position, natural_key(key)

    return tuple(sorted(statements, key=place))
