"""The cheapest choice of options that keeps all rules, exactly, with the next best ones.

Options, rules and costs are integers here; `graph.curriculum.planner` says what they stand for.
HiGHS, a mixed-integer solver, does the search. It reckons in floating point: every choice that it
returns is checked here in integers, its lower bound is taken from it.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: Options whose order is settled in one step. Their powers of two must stay far below the inverse
#: of the solver's tolerance for integers, 1e-6.
_BLOCK: Final = 12


@dataclass(frozen=True, slots=True)
class Rule:
    """A sum over the chosen options that must be at least `least`.

    Attributes
    ----------
    about : str
        Name by which the caller knows the rule.
    weights : tuple[tuple[int, int], ...]
        Option and weight; an option that is not named weighs nothing.
    """

    about: str
    weights: tuple[tuple[int, int], ...]
    least: int

    def kept(self, chosen: frozenset[int]) -> bool:
        """Whether a choice keeps the rule."""
        return sum(weight for option, weight in self.weights if option in chosen) >= self.least


def at_least(about: str, options: Iterable[int], least: int = 1) -> Rule:
    """A rule that asks for some of the options."""
    return Rule(about, tuple((option, 1) for option in sorted(options)), least)


def at_most(about: str, weights: Iterable[tuple[int, int]], most: int) -> Rule:
    """A rule that sets a limit."""
    return Rule(about, tuple((option, -weight) for option, weight in weights), -most)


@dataclass(frozen=True, slots=True)
class Problem:
    """What to choose from, the rules, and what a choice costs.

    Attributes
    ----------
    options : int
        How many there are; they are called 0, 1, 2, ...
    costs : tuple[tuple[int, ...], ...]
        What each option costs, none below zero: the first kind of cost decides, the next among
        equals, and so on. One of the kinds must be positive for every option.
    """

    options: int
    costs: tuple[tuple[int, ...], ...]
    rules: tuple[Rule, ...]

    def kept(self, chosen: frozenset[int]) -> bool:
        """Whether a choice keeps all rules."""
        return all(rule.kept(chosen) for rule in self.rules)

    def price(self, chosen: Iterable[int]) -> tuple[int, ...]:
        """What a choice costs, by kind."""
        taken = [*chosen]
        return tuple(sum(cost[option] for option in taken) for cost in self.costs)


@dataclass(frozen=True, slots=True)
class Choice:
    """Options that keep all rules together, in their order, and their price by kind."""

    chosen: tuple[int, ...]
    price: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """The best choices.

    Attributes
    ----------
    choices : tuple[Choice, ...]
        Best first: by price, and among equals the one whose list of options comes first. A choice
        that only adds options to a better one is left out.
    proven : bool
        Whether no choice costs less of the first kind than the first; without any, that there is
        none.
    bound : int
        Nothing costs less of the first kind: proven even if time ran out.
    complete : bool
        Whether the list is in order and has all the choices that were asked for, or all there are.
    """

    choices: tuple[Choice, ...]
    proven: bool
    bound: int
    complete: bool


def solve(problem: Problem, *, most: int = 1, seconds: float = 10.0) -> Solution:
    """The cheapest choice and the next best ones, at most `most` together.

    Past `seconds` the best choice found so far comes back, with the proven bound.

    Notes
    -----
    Deterministic unless time runs out. Each kind of cost is minimised in turn, with those before
    it held at their least; then the order of the options decides. A choice that was found is
    barred with all that contain it. The next one found cannot contain another choice that keeps
    the rules: that one would cost less in the kind of cost that is positive everywhere, and no more
    in any other.
    """
    deadline = time.monotonic() + seconds
    barred: list[Rule] = []
    choices: list[Choice] = []
    proven, bound, complete = False, 0, False
    while len(choices) < most:
        search = _Search(replace(problem, rules=(*problem.rules, *barred)), deadline)
        found = search.best()
        if not choices:
            proven, bound = search.proven, search.bound
        complete = search.complete
        if found is None:
            break
        choices.append(found)
        if not complete:
            break
        weights = [(option, 1) for option in found.chosen]
        barred.append(at_most("found", weights, len(weights) - 1))
    return Solution(tuple(choices), proven, bound, complete)


def conflict(problem: Problem, *, seconds: float = 10.0) -> tuple[Rule, ...]:
    """Rules that cannot be kept together, of which none can be spared, in their order.

    To be asked where nothing keeps all rules. Rules are dropped one after the other, from the
    last, as long as the rest stays impossible; what time does not allow to try stays.
    """
    deadline = time.monotonic() + seconds
    kept = list(problem.rules)
    for rule in reversed(problem.rules):
        rest = [other for other in kept if other is not rule]
        search = _Search(replace(problem, rules=tuple(rest), costs=problem.costs[:1]), deadline)
        if search.impossible():
            kept = rest
    return tuple(kept)


class _OutOfTimeError(Exception):
    """The solver stopped before it knew."""


class _Search:
    """One run of the solver over the kinds of cost and the order of the options."""

    def __init__(self, problem: Problem, deadline: float) -> None:
        self.problem, self.deadline = problem, deadline
        self.proven = self.complete = False
        self.bound = 0
        self.incumbent: frozenset[int] | None = None

    def impossible(self) -> bool:
        """Whether it is proven that nothing keeps the rules."""
        try:
            return self._least([0] * self.problem.options, ()) is None
        except _OutOfTimeError:
            return False

    def best(self) -> Choice | None:
        """The best choice, or the best one found in time, or None."""
        problem = self.problem
        held: list[Rule] = []
        chosen: frozenset[int] | None = None
        try:
            for kind, cost in enumerate(problem.costs):
                chosen = self._least(cost, held)
                if chosen is None:
                    self.proven = self.complete = True
                    return None
                least = sum(cost[option] for option in chosen)
                if kind == 0:
                    self.bound = least
                held.append(at_most("held", enumerate(cost), least))
            chosen = self._first(chosen or frozenset(), held)
            self.complete = True
        except _OutOfTimeError:
            self._offer(chosen)
            self._offer(self._pruned())
            chosen = self.incumbent
        if chosen is None:
            return None
        price = problem.price(chosen)
        self.proven = price[0] <= self.bound
        return Choice(tuple(sorted(chosen)), price)

    def _offer(self, chosen: frozenset[int] | None) -> None:
        """Keep a choice if it is the best so far."""
        if chosen is None or not self.problem.kept(chosen):
            return
        best = self.incumbent
        if best is None or self._rank(chosen) < self._rank(best):
            self.incumbent = chosen

    def _rank(self, chosen: frozenset[int]) -> tuple[tuple[int, ...], list[int]]:
        return self.problem.price(chosen), sorted(chosen)

    def _pruned(self) -> frozenset[int] | None:
        """A choice without the solver: all options but the barred, then fewer, dearest first.

        Limits are looked at last: they can only be kept better by fewer options.
        """
        problem = self.problem
        barred = {
            option
            for rule in problem.rules
            if len(rule.weights) == 1
            for option, weight in rule.weights
            if weight < rule.least
        }
        asking = [rule for rule in problem.rules if any(weight > 0 for _, weight in rule.weights)]
        chosen = frozenset(range(problem.options)) - barred
        for option in sorted(chosen, key=lambda o: (*(-cost[o] for cost in problem.costs), -o)):
            fewer = chosen - {option}
            if all(rule.kept(fewer) for rule in asking):
                chosen = fewer
        return chosen

    def _first(self, chosen: frozenset[int], held: Sequence[Rule]) -> frozenset[int]:
        """Among choices of the same price the one whose list of options comes first."""
        settled: list[Rule] = []
        options = self.problem.options
        for start in range(0, options, _BLOCK):
            block = range(start, min(start + _BLOCK, options))
            before = sum(option < start for option in chosen)
            if before == len(chosen):
                break
            worth = [0] * options
            for place, option in enumerate(reversed(block)):
                worth[option] = -(1 << place)
            chosen = self._least(worth, [*held, *settled]) or chosen
            settled += [
                at_least("settled", [option])
                if option in chosen
                else at_most("settled", [(option, 1)], 0)
                for option in block
            ]
        return chosen

    def _least(self, cost: Sequence[int], held: Iterable[Rule]) -> frozenset[int] | None:
        """A choice of least cost that keeps the rules and those held, None if there is none.

        What the solver's tolerance let through although it breaks a rule is barred, and the solver
        asked again.

        Raises
        ------
        _OutOfTimeError
            If that is not proven in time.
        """
        rules = [*self.problem.rules, *held]
        while True:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise _OutOfTimeError
            chosen, bound, finished = _highs(cost, rules, left)
            if chosen is not None and not all(rule.kept(chosen) for rule in rules):
                rules.append(_other_than(chosen, len(cost)))
                continue
            if chosen is None and finished:
                return None
            if cost is self.problem.costs[0]:
                self.bound = max(self.bound, bound)
            if chosen is not None and finished and sum(cost[o] for o in chosen) <= bound:
                return chosen
            self._offer(chosen)
            raise _OutOfTimeError


def _other_than(chosen: frozenset[int], options: int) -> Rule:
    """A rule that exactly one choice breaks."""
    weights = tuple((option, -1 if option in chosen else 1) for option in range(options))
    return Rule("other", weights, 1 - len(chosen))


def _highs(
    cost: Sequence[int], rules: Sequence[Rule], seconds: float
) -> tuple[frozenset[int] | None, int, bool]:
    """A choice, a lower bound on its cost, and whether the solver finished.

    A finished search without a choice means that there is none.
    """
    if not cost:
        empty: frozenset[int] = frozenset()
        return (empty if all(rule.kept(empty) for rule in rules) else None), 0, True

    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    low, high = [0.0] * len(cost), [1.0] * len(cost)
    rows: list[Rule] = []
    for rule in rules:
        if not any(weight for _, weight in rule.weights):
            if rule.least > 0:
                return None, 0, True
        elif len(rule.weights) == 1:
            _narrow(rule, low, high)
        else:
            rows.append(rule)
    if any(least > most for least, most in zip(low, high, strict=True)):
        return None, 0, True
    cells = [*_cells(rows)]
    matrix = csr_array(
        ([float(w) for _, _, w in cells], ([r for r, _, _ in cells], [o for _, o, _ in cells])),
        shape=(len(rows), len(cost)),
    )
    solved = milp(
        [float(value) for value in cost],
        constraints=LinearConstraint(matrix, [float(rule.least) for rule in rows]) if rows else (),
        integrality=[1] * len(cost),
        bounds=Bounds(low, high),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    finished = solved.status in (0, 2)
    dual = solved.mip_dual_bound
    floor = sum(value for value in cost if value < 0)
    known = dual is not None and math.isfinite(dual)
    bound = math.ceil(dual - max(1e-4, 1e-9 * abs(dual))) if known else floor
    if solved.x is None:
        return None, bound, solved.status == 2
    return frozenset(o for o, x in enumerate(solved.x.tolist()) if x > 0.5), bound, finished


def _narrow(rule: Rule, low: list[float], high: list[float]) -> None:
    """A rule about one option, as its bounds; they cross if it can be neither in nor out."""
    ((option, weight),) = rule.weights
    if rule.least > 0:
        low[option] = 1.0
    if weight < rule.least:
        high[option] = 0.0


def _cells(rules: Sequence[Rule]) -> Iterator[tuple[int, int, int]]:
    for row, rule in enumerate(rules):
        for option, weight in rule.weights:
            yield row, option, weight
