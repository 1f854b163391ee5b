"""Rebase a crosswalk or a course plan made to one edition of a framework onto another edition.

What became of a statement is what the concordance says: the judged alignments between the two
editions. Every row of a file has one outcome, so that rows in = carried + changed + review +
orphaned. A rebased alignment is derived: it says from which row and by which change it came, it is
`proposed` whatever the row was, and its relation and strength are weakened by the rules of edition
lineage (`graph.rules`).

A course plan is, for now, a list of links: one course, one competency, one level a row, as CSV,
JSON or YAML. All of it is O(rows + size of the concordance).
"""

from graph.rebase.account import Decision, Rebased
from graph.rebase.concordance import (
    Concordance,
    Outcome,
    Succession,
    editions_of,
    find_concordance,
)
from graph.rebase.moving import rebase
from graph.rebase.plans import LEVELS, PLAN_COLUMNS

__all__ = [
    "LEVELS",
    "PLAN_COLUMNS",
    "Concordance",
    "Decision",
    "Outcome",
    "Rebased",
    "Succession",
    "editions_of",
    "find_concordance",
    "rebase",
]
