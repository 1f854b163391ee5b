"""The planner beside looking at every choice and beside taking what helps most, in one run.

Modules with random hours and random statements, each statement to be served twice. Looking at every
choice is done up to 15 modules; *greedy* takes the module with the most open needs an hour until
none is open. Prints a table as Markdown.

    python -m benchmarks.planner
    python -m benchmarks.planner --modules 15 100 --seconds 60
"""

from __future__ import annotations

import argparse
import random
import time
from typing import TYPE_CHECKING, Final

from graph.curriculum.solver import Problem, at_least, solve

if TYPE_CHECKING:
    from collections.abc import Callable

#: Statements to be served, how many modules are to serve each, and how many a module serves.
_STATEMENTS: Final = 60
_TWICE: Final = 2
_SERVES: Final = (3, 8)

#: Most modules for which every choice is looked at.
_MOST_CHOICES: Final = 15


def make(modules: int, seed: int = 1) -> Problem:
    """Modules of 4 to 40 hours that serve random statements."""
    chance = random.Random(seed)
    statements = min(_STATEMENTS, modules * 2)
    hours = [chance.randint(4, 40) for _ in range(modules)]
    served = [chance.sample(range(statements), chance.randint(*_SERVES)) for _ in range(modules)]
    rules = []
    for statement in range(statements):
        options = [module for module, held in enumerate(served) if statement in held]
        if options:
            rules.append(at_least(str(statement), options, min(_TWICE, len(options))))
    return Problem(modules, (tuple(hours), (1,) * modules), tuple(rules))


def every_choice(problem: Problem) -> int:
    """Fewest hours by looking at every choice."""
    best = sum(problem.costs[0])
    for mask in range(1 << problem.options):
        chosen = frozenset(o for o in range(problem.options) if mask >> o & 1)
        if problem.kept(chosen):
            best = min(best, problem.price(chosen)[0])
    return best


def greedy(problem: Problem) -> int:
    """Hours of the plan that takes what serves most open needs an hour."""
    serves = [
        {n for n, rule in enumerate(problem.rules) if any(o == option for o, _ in rule.weights)}
        for option in range(problem.options)
    ]
    chosen: frozenset[int] = frozenset()
    while True:
        open_ = {n for n, rule in enumerate(problem.rules) if not rule.kept(chosen)}
        if not open_:
            return problem.price(chosen)[0]
        left = [option for option in range(problem.options) if option not in chosen]
        gains = [(len(serves[o] & open_) / problem.costs[0][o], -o) for o in left]
        chosen |= {-max(gains)[1]}


def timed(work: Callable[[], int]) -> tuple[str, str]:
    """Hours that come of work, and how long it took."""
    start = time.perf_counter()
    found = work()
    return f"{found} h", f"{time.perf_counter() - start:.3f} s"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--modules", type=int, nargs="+", default=[15, 100, 1000])
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    solve(make(3))  # the first call pays for importing the solver
    print("| Modules | Planner | proven | time | Every choice | time | Greedy | time |")
    print("| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |")
    for modules in options.modules:
        problem = make(modules)
        start = time.perf_counter()
        solution = solve(problem, seconds=options.seconds)
        took = f"{time.perf_counter() - start:.3f} s"
        ours = f"{solution.choices[0].price[0]} h"
        proven = "yes" if solution.proven else f"at least {solution.bound} h"
        brute = ("", "")
        if modules <= _MOST_CHOICES:
            brute = timed(lambda problem=problem: every_choice(problem))
        plain = timed(lambda problem=problem: greedy(problem))
        cells = (f"{modules:,}", ours, proven, took, *brute, *plain)
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
