"""The sentences of the analytics say no more than was found."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import pytest

from graph.analytics.core import core
from graph.analytics.edges import Edges
from graph.analytics.sentences import say_consistency, say_core
from graph.consistency import Conflict, Consistency, Kind, Severity
from graph.rules import Regime


def equals(count: int) -> Edges:
    """So many competencies, each of which reaches the one of the other framework."""
    G = nx.Graph()
    G.add_nodes_from((f"a:{n}" for n in range(count)), side=0)
    G.add_node("b:1", side=1)
    G.add_edges_from(((f"a:{n}", "b:1") for n in range(count)), weight=1)
    return Edges.of(G)


@pytest.mark.parametrize(
    ("count", "complete", "end"),
    [
        (1, True, "It is the only set of that size."),
        (1, False, "Whether another set of that size does was not settled in the time."),
        (3, True, " 3 sets of that size do; shown is the one that reaches most strongly."),
        (
            3,
            False,
            " At least 3 sets of that size do; shown is the one that reaches most strongly.",
        ),
    ],
)
def test_a_core_says_of_its_equals_only_what_the_search_settled(
    count: int, complete: bool, end: str
) -> None:
    edges = equals(count)
    assert say_core(replace(core(edges), complete=complete), edges).endswith(end)


def test_one_of_a_thing_is_said_as_one() -> None:
    conflict = Conflict(Kind.HUB, Severity.WARNING, ("a:1",), ("x",), "It is.")
    found = Consistency(Regime.SKOS, (conflict,), 1, "test")
    assert say_consistency(found, "all crosswalks") == (
        "Among the 1 row of all crosswalks there are 0 faults and 1 warning (skos)."
    )
