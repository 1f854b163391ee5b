"""The plain set of links that hold, without proofs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.reasoning.chains import Chains
from graph.reasoning.practice import practice
from graph.rules import Regime

if TYPE_CHECKING:
    from graph.reasoning.facts import Facts, Link


def closure(facts: Facts, regime: Regime) -> set[Link]:
    """Every link that holds under a regime, asserted ones and inverses too.

    Pure logic: negative verdicts block nothing here, links within one framework count, and no
    statement is linked to itself. Under `skos` this is what an RDF reasoner gives from the same
    alignments. What `practice` adds by its own two rules does heed verdicts.

    O(size of the answer); n statements joined by exact matches alone have n * (n - 1) links.
    """
    chains = Chains(facts, regime)
    found = {link for link in facts.asserted if link.subject_id != link.object_id}
    found.update(chains.links())
    if regime is Regime.PRACTICE:
        found.update(origin.link for origin in practice(facts, chains).values())
    found.update([link.inverse for link in found])
    return found
