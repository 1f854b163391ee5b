"""Alignments that cannot all be right, each with the smallest set of rows that conflict.

A *fault* contradicts a rule of SKOS, a chaining rule of the regime, or a verdict. A *warning* is
possible, but looks like a slip: a statement aligned with nearly everything distinguishes nothing.
Trees of frameworks and editions are taken as given; what conflicts is always rows of crosswalks,
and withdrawn rows do not count.
"""

from graph.consistency.conflicts import (
    HUB_LEAST,
    HUB_SHARE,
    KINDS,
    Conflict,
    Consistency,
    Kind,
    Severity,
    conflict_findings,
)
from graph.consistency.finders import consistency, find_conflicts

__all__ = [
    "HUB_LEAST",
    "HUB_SHARE",
    "KINDS",
    "Conflict",
    "Consistency",
    "Kind",
    "Severity",
    "conflict_findings",
    "consistency",
    "find_conflicts",
]
