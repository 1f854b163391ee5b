"""Bounds hold for every joint distribution, and cannot be made tighter."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.bounds import Bounds, any_of, chain, evidence, weakest
from graph.errors import ParameterError

_ROUNDING = 1e-9


def _joint_distribution(rng: random.Random, parts: int) -> list[float]:
    """Probabilities of all 2 ** parts outcomes, from even to nearly certain."""
    sharpness = rng.choice([0.05, 0.3, 1.0, 4.0])
    weights = [rng.gammavariate(sharpness, 1) + 1e-300 for _ in range(2**parts)]
    total = sum(weights)
    return [weight / total for weight in weights]


def _marginals(joint: list[float], parts: int) -> list[float]:
    return [
        min(1.0, sum(p for outcome, p in enumerate(joint) if outcome >> part & 1))
        for part in range(parts)
    ]


def test_the_truth_lies_within_the_bounds_of_10000_joint_distributions() -> None:
    rng = random.Random(3)
    for number in range(10_000):
        parts = 1 + number % 5
        joint = _joint_distribution(rng, parts)
        marginals = _marginals(joint, parts)
        all_hold, none_holds = joint[-1], joint[0]
        chained, supported = chain(marginals), evidence(marginals)
        assert chained.lower - _ROUNDING <= all_hold <= chained.upper + _ROUNDING
        assert supported.lower - _ROUNDING <= 1 - none_holds <= supported.upper + _ROUNDING


def test_a_chain_attains_its_lower_bound_where_the_failures_exclude_each_other() -> None:
    # Four outcomes: only the first part fails (0.1), only the second (0.3), neither (0.6).
    first, second, both = 0.6 + 0.3, 0.6 + 0.1, 0.6
    assert chain([first, second]).lower == pytest.approx(both)


def test_a_chain_attains_zero_where_the_parts_can_never_hold_together() -> None:
    # The first holds with 0.4 and then the second fails; both fail with 0.2.
    assert chain([0.4, 0.4]).lower == 0


def test_a_chain_attains_its_upper_bound_where_the_less_sure_part_implies_the_other() -> None:
    # Both hold with 0.7, only the first with 0.2, neither with 0.1.
    assert chain([0.9, 0.7]).upper == 0.7


def test_evidence_attains_its_lower_bound_where_the_pieces_are_the_same_observation() -> None:
    # The weaker piece holds only if the stronger does: together they say no more than it.
    assert evidence([0.6, 0.2]).lower == 0.6


def test_evidence_attains_its_upper_bound_where_the_pieces_never_hold_together() -> None:
    # Only the first with 0.5, only the second with 0.3, neither with 0.2.
    assert evidence([0.5, 0.3]).upper == 0.8
    assert evidence([0.7, 0.6]).upper == 1  # one at least holds in every outcome


def test_product_and_noisy_or_are_the_truth_under_independence() -> None:
    a, b = 0.9, 0.7
    assert chain([a, b]).product == pytest.approx(a * b)
    assert evidence([a, b]).noisy_or == pytest.approx(a * b + a * (1 - b) + (1 - a) * b)


_confidences = st.lists(st.floats(0, 1), max_size=8)


@given(_confidences)
def test_figures_under_independence_lie_within_the_bounds(confidences: list[float]) -> None:
    chained, supported = chain(confidences), evidence(confidences)
    assert chained.product is not None
    assert supported.noisy_or is not None
    assert 0 <= chained.lower <= chained.product + _ROUNDING
    assert chained.product <= chained.upper + _ROUNDING <= 1 + _ROUNDING
    assert 0 <= supported.lower <= supported.noisy_or + _ROUNDING
    assert supported.noisy_or <= supported.upper + _ROUNDING <= 1 + 2 * _ROUNDING


@given(_confidences, st.floats(0, 1))
def test_a_longer_chain_is_never_surer_and_more_evidence_never_less(
    confidences: list[float], another: float
) -> None:
    longer, more = chain([*confidences, another]), evidence([*confidences, another])
    assert longer.lower <= chain(confidences).lower + _ROUNDING
    assert longer.upper <= chain(confidences).upper
    assert more.lower >= evidence(confidences).lower
    assert more.upper >= evidence(confidences).upper - _ROUNDING


def test_no_premise_is_certain_and_no_evidence_supports_nothing() -> None:
    assert chain([]) == Bounds(1, 1, product=1)
    assert evidence([]) == Bounds(0, 0, noisy_or=0)
    assert any_of([]) == Bounds(0, 0, noisy_or=0)


def test_several_proofs_together_use_the_bounds_of_each() -> None:
    pieces = [chain([0.9, 0.7]), chain([0.5])]
    assert any_of(pieces) == Bounds(0.6, 1, noisy_or=pytest.approx(1 - 0.37 * 0.5))
    assert any_of([evidence([0.4])]).noisy_or is None


def test_records_name_what_a_figure_assumes() -> None:
    assert chain([0.9, 0.7]).record() == {
        "lower": 0.6,
        "upper": 0.7,
        "product_if_independent": 0.63,
    }
    assert evidence([0.6, 0.5]).record() == {
        "lower": 0.6,
        "upper": 1.0,
        "noisy_or_if_independent": 0.8,
    }


def test_the_weakest_is_the_first_of_the_least_sure() -> None:
    assert weakest([0.9, 0.5, 0.5]) == 1
    assert weakest([]) is None


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan"), float("inf")])
def test_what_is_no_probability_is_refused(wrong: float) -> None:
    for bound in (chain, evidence):
        with pytest.raises(ParameterError, match="between 0 and 1"):
            bound([0.5, wrong])
