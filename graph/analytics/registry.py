"""The analytics by name, for the command line and the service.

Each takes the same kind of question (two frameworks and options) and gives an `Outcome`: a
sentence that says what one sees with its denominator, a record, a table, and pictures drawn from
the same values. What an analytic needs is imported when it runs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from graph.analytics.analytic import ALL_LEVELS, ASSERTED, REGIMES, Analytic, Parameter
from graph.analytics.answers import (
    GRAPHS,
    answer_agenda,
    answer_centrality,
    answer_communities,
    answer_consistency,
    answer_core,
    answer_coverage,
    answer_gaps,
    answer_paths,
    answer_similarity,
    answer_suggestions,
)
from graph.analytics.sentences import MEASURES
from graph.errors import NotFoundError
from graph.model import Strength

_LEVEL: Final = Parameter(
    "level", f"Level of both ends; {ALL_LEVELS} for every level.", default="competency",
    example="competency",
)  # fmt: skip
_MIN_STRENGTH: Final = Parameter(
    "min_strength", "Weakest strength that counts; any if left out.",
    choices=tuple(strength.value for strength in Strength), example="moderate",
)  # fmt: skip
_AIM: Final = Parameter("aim", "Only alignments that serve this aim.", example="racial-equity")
_REGIME: Final = Parameter(
    "regime", "Add alignments derived by these rules; asserted adds none.", default=ASSERTED,
    choices=REGIMES, example="practice",
)  # fmt: skip
_SEED: Final = Parameter(
    "seed", "Where chance begins; the same seed gives the same answer.", type=int, default=0,
    least=0, most=2**31 - 1, example=1,
)  # fmt: skip
_FILTERS: Final = (_LEVEL, _MIN_STRENGTH, _AIM, _REGIME)
_MOST: Final = Parameter(
    "most", "Most entries of each kind to list.", type=int, default=5, least=0, most=1000,
    example=3,
)  # fmt: skip
_SECONDS: Final = Parameter(
    "seconds", "Longest to search; past it the best found, with its proven bound.", type=float,
    default=5.0, least=0, most=10, example=2.0,
)  # fmt: skip

#: The analytics, in the order in which an educator would ask.
ANALYTICS: Final = {
    analytic.name: analytic
    for analytic in (
        Analytic(
            "coverage",
            "How much of each framework the other reaches, by level, domain, strength, aim and "
            "direction; editions side by side",
            (
                *_FILTERS,
                Parameter(
                    "editions", "All editions of the from framework side by side.", type=bool,
                    default=False, example=True,
                ),
            ),
            ("bars", *GRAPHS),
            answer_coverage,
        ),
        Analytic(
            "gaps",
            "What is not reached in either direction, and what comes nearest to it",
            (*_FILTERS, _MOST),
            GRAPHS,
            answer_gaps,
        ),
        Analytic(
            "core",
            "The smallest set of competencies that together reach the other framework, proven",
            (
                *_FILTERS,
                Parameter(
                    "share", "Share of the reachable competencies to reach.", type=float,
                    default=1.0, least=0, most=1, example=0.8,
                ),
                _SECONDS,
            ),
            ("bipartite", "matrix", "chord"),
            answer_core,
        ),
        Analytic(
            "centrality",
            "Which competencies bridge the professions, and how sure their order is",
            (
                *_FILTERS,
                Parameter(
                    "measures", "Which measures; all if left out. Several with commas.",
                    choices=tuple(MEASURES), many=True, example="degree",
                ),
                Parameter(
                    "samples", "Bootstrap samples over confidence; 0 for no intervals.", type=int,
                    default=200, least=0, most=2000, example=50,
                ),
                _SEED,
            ),
            ("ranks", *GRAPHS),
            answer_centrality,
        ),
        Analytic(
            "communities",
            "Themes that cut across the two professions, with their words and their stability",
            (
                *_FILTERS,
                Parameter(
                    "method", "How themes are found.", default="auto",
                    choices=("auto", "louvain", "leiden", "greedy"), example="leiden",
                ),
                Parameter(
                    "resolution", "Above 1 more and smaller themes, below 1 fewer.", type=float,
                    default=1.0, least=0.01, most=100, example=1.2,
                ),
                Parameter(
                    "runs", "Runs with different seeds; by default by size.", type=int, least=1,
                    most=200, example=20,
                ),
                _SEED,
            ),
            ("map", *GRAPHS),
            answer_communities,
        ),
        Analytic(
            "paths",
            "How two competencies connect, with the reason for each step",
            (
                Parameter("a", "Where the paths begin.", example="epas-2015:2"),
                Parameter("b", "Where they end.", example="isp-2020:1.3"),
                *_FILTERS,
                Parameter(
                    "k", "Most paths.", type=int, default=3, least=1, most=100, example=2
                ),
                Parameter(
                    "cost", "What makes a path short.", default="strength",
                    choices=("strength", "confidence", "steps"), example="confidence",
                ),
            ),
            ("ways",),
            answer_paths,
            needs_frameworks=False,
        ),
        Analytic(
            "similarity",
            "Which pairs look alike, by their words and by what surrounds them",
            (
                _LEVEL,
                Parameter(
                    "top", "Most pairs for each statement of the from framework; all if left out.",
                    type=int, least=1, most=1000, example=1,
                ),
            ),
            ("ranking",),
            answer_similarity,
        ),
        Analytic(
            "suggestions",
            "Pairs worth a second look: candidate alignments and candidate faults",
            (
                _LEVEL,
                Parameter(
                    "limit", "Most suggestions of each kind.", type=int, default=10, least=1,
                    most=1000, example=3,
                ),
            ),
            ("ranking",),
            answer_suggestions,
        ),
        Analytic(
            "agenda",
            "Which verdict to review next: the one that would change the most claims",
            (*_FILTERS, replace(_MOST, about="Most verdicts to list.", default=20), _SECONDS),
            ("ranking",),
            answer_agenda,
        ),
        Analytic(
            "consistency",
            "Alignments that cannot all be right, each with the smallest set of rows that conflict",
            (
                Parameter(
                    "regime", "Through which derived links to look.", default="skos",
                    choices=REGIMES[1:], example="practice",
                ),
            ),
            ("ranking",),
            answer_consistency,
            needs_frameworks=False,
        ),
    )
}  # fmt: skip


def find_analytic(name: str) -> Analytic:
    """An analytic by name.

    Raises
    ------
    NotFoundError
        With the nearest names.
    """
    if name not in ANALYTICS:
        from graph.nearest import nearest

        raise NotFoundError("analytic", name, nearest(name, ANALYTICS) or [*ANALYTICS])
    return ANALYTICS[name]
