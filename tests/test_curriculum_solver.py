"""The solver: equal to looking at every choice there is, also where there is none."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.curriculum.solver import (
    Choice,
    Problem,
    Rule,
    Solution,
    at_least,
    at_most,
    conflict,
    solve,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def every_choice(options: int) -> Iterator[tuple[int, ...]]:
    for size in range(options + 1):
        yield from combinations(range(options), size)


def brute_force(problem: Problem, most: int) -> list[Choice]:
    """The best choices by looking at every one: those that hold no other choice that would do."""
    good: list[frozenset[int]] = []
    for chosen in every_choice(problem.options):  # smaller ones first
        choice = frozenset(chosen)
        if problem.kept(choice) and not any(other < choice for other in good):
            good.append(choice)
    ranked = sorted((problem.price(choice), tuple(sorted(choice))) for choice in good)
    return [Choice(chosen, price) for price, chosen in ranked[:most]]


@st.composite
def problems(draw: Callable[..., int], most: int) -> Problem:
    options = draw(st.integers(0, most))
    hours = draw(st.lists(st.integers(0, 9), min_size=options, max_size=options))
    rules: list[Rule] = []
    if options:
        option = st.integers(0, options - 1)
        group = st.sets(option, min_size=1)
        for _ in range(draw(st.integers(0, 8))):
            rules.append(at_least("goal", draw(group), draw(st.integers(1, 2))))
        for _ in range(draw(st.integers(0, 2))):
            rules.append(at_most("one of", [(o, 1) for o in sorted(draw(group))], 1))
        for _ in range(draw(st.integers(0, 2))):
            taken, needs = draw(option), draw(option)
            if taken != needs:
                rules.append(Rule("before", ((taken, -1), (needs, 1)), 0))
        if draw(st.booleans()):
            rules.append(at_most("budget", [*enumerate(hours)], draw(st.integers(0, 30))))
        if draw(st.booleans()):
            rules.append(at_most("excluded", [(draw(option), 1)], 0))
    costs = (tuple(hours), (1,) * options)
    return Problem(options, costs if draw(st.booleans()) else costs[::-1], tuple(rules))


@given(problems(8), st.integers(1, 4))
@settings(max_examples=150, deadline=None)
def test_choices_and_their_order_equal_brute_force(problem: Problem, most: int) -> None:
    expected = brute_force(problem, most)
    found = solve(problem, most=most, seconds=60)
    assert [*found.choices] == expected
    assert found.proven
    assert found.complete
    if expected:
        assert found.bound == expected[0].price[0]


@given(problems(15))
@settings(max_examples=12, deadline=None)
def test_up_to_fifteen_options_equal_brute_force(problem: Problem) -> None:
    expected = brute_force(problem, 1)
    assert [*solve(problem, seconds=60).choices] == expected


@given(problems(7))
@settings(max_examples=60, deadline=None)
def test_conflict_is_impossible_and_nothing_in_it_can_be_spared(problem: Problem) -> None:
    if brute_force(problem, 1):
        return
    rules = conflict(problem, seconds=60)

    def possible(rules: tuple[Rule, ...]) -> bool:
        return any(
            all(rule.kept(frozenset(c)) for rule in rules) for c in every_choice(problem.options)
        )

    assert not possible(rules)
    for spared in range(len(rules)):
        assert possible(rules[:spared] + rules[spared + 1 :])


def test_without_time_a_choice_comes_back_with_what_is_proven() -> None:
    rules = (at_least("a", [0, 1]), at_least("b", [1, 2]))
    problem = Problem(3, ((2, 3, 2), (1, 1, 1)), rules)
    assert solve(problem, seconds=0) == Solution((Choice((0, 2), (4, 2)),), False, 0, False)
    assert solve(problem) == Solution((Choice((1,), (3, 1)),), True, 3, True)


def test_without_time_and_without_a_choice_nothing_is_said_to_be_proven() -> None:
    rules = (at_least("a", [0, 1], 2), at_most("one of", [(0, 1), (1, 1)], 1))
    assert solve(Problem(2, ((1, 1),), rules), seconds=0) == Solution((), False, 0, False)
    assert solve(Problem(2, ((1, 1),), rules)) == Solution((), True, 0, True)


def test_ties_go_to_what_comes_first() -> None:
    rules = (at_least("two of forty", range(40), 2),)
    found = solve(Problem(40, ((3,) * 40, (1,) * 40), rules), most=3)
    assert [choice.chosen for choice in found.choices] == [(0, 1), (0, 2), (0, 3)]


@pytest.mark.parametrize("scale", [1, 10_000_000])
def test_great_costs_are_told_apart(scale: int) -> None:
    costs = (tuple(scale + option for option in (2, 1, 0)), (1, 1, 1))
    assert solve(Problem(3, costs, (at_least("one", range(3)),))).choices[0].chosen == (2,)
