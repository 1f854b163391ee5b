"""Derived alignments: what follows from judged ones, by which rule, with a proof for each."""

from graph.reasoning.closure import closure
from graph.reasoning.derivation import Derived, Inference, Proof, derive, derived_alignments
from graph.reasoning.explain import Explanation, explain, explanation_text
from graph.reasoning.facts import Edition, Facts, Link, Statement
from graph.rules import Regime

__all__ = [
    "Derived",
    "Edition",
    "Explanation",
    "Facts",
    "Inference",
    "Link",
    "Proof",
    "Regime",
    "Statement",
    "closure",
    "derive",
    "derived_alignments",
    "explain",
    "explanation_text",
]
