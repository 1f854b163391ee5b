"""How sure a conclusion is that rests on several judgments, with and without assumptions.

A confidence is read as a probability. Nothing is known of how the judgments depend on each
other: one author wrote most of them. The Fréchet bounds hold whatever the dependence is, and
cannot be made tighter without knowing it. The product and the noisy-or assume independence.

References
----------
.. [1] Fréchet, M. (1935). Généralisation du théorème des probabilités totales. Fundamenta
   Mathematicae 25, 379-387.
.. [2] Pearl, J. (1988). Probabilistic Reasoning in Intelligent Systems, section 4.3 (noisy-or).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least and most that a probability can be, beside the figure under independence.

    Attributes
    ----------
    lower, upper : float
        Between 0 and 1; the truth lies within, whatever the parts have to do with each other.
    product : float | None
        That all parts hold, if they are independent. `None` for several pieces of evidence.
    noisy_or : float | None
        That at least one part holds, if they are independent. `None` for a chain.
    """

    lower: float
    upper: float
    product: float | None = None
    noisy_or: float | None = None

    def record(self) -> dict[str, Any]:
        """As JSON; figures named for what they assume."""
        named = {"product_if_independent": self.product, "noisy_or_if_independent": self.noisy_or}
        given = {name: round(value, 6) for name, value in named.items() if value is not None}
        return {"lower": round(self.lower, 6), "upper": round(self.upper, 6), **given}


def chain(confidences: Sequence[float]) -> Bounds:
    """Bounds of a conclusion that needs every one of its premises.

    The lower bound is `max(0, sum - (n - 1))`, the upper one the least premise. A conclusion
    without premises is certain. A rule that joins the premises is taken as sound here; one that
    is not says so by *needs review*.

    Raises
    ------
    ParameterError
        If a confidence is not between 0 and 1.

    >>> chain([0.9, 0.7])
    Bounds(lower=0.6, upper=0.7, product=0.63, noisy_or=None)
    """
    _check(confidences)
    missing = math.fsum(1 - p for p in confidences)
    return Bounds(
        lower=_tidy(max(0.0, 1 - missing)),
        upper=min(confidences, default=1.0),
        product=_tidy(math.prod(confidences)),
    )


def evidence(confidences: Sequence[float]) -> Bounds:
    """Bounds of a conclusion that any one of several pieces of evidence would support.

    The lower bound is the best piece, the upper one `min(1, sum)`. No evidence supports
    nothing: all figures are 0.

    Raises
    ------
    ParameterError
        If a confidence is not between 0 and 1.

    >>> evidence([0.6, 0.5])
    Bounds(lower=0.6, upper=1.0, product=None, noisy_or=0.8)
    """
    _check(confidences)
    return Bounds(
        lower=max(confidences, default=0.0),
        upper=_tidy(min(1.0, math.fsum(confidences))),
        noisy_or=_tidy(1 - math.prod(1 - p for p in confidences)),
    )


def any_of(pieces: Sequence[Bounds]) -> Bounds:
    """Bounds of a conclusion with several proofs, each known by its own bounds only.

    The noisy-or is over the products, so it assumes independence throughout; it is `None` if a
    piece has no product.
    """
    lower = max((piece.lower for piece in pieces), default=0.0)
    upper = min(1.0, math.fsum(piece.upper for piece in pieces))
    products = [piece.product for piece in pieces if piece.product is not None]
    whole = len(products) == len(pieces)
    return Bounds(lower, _tidy(upper), noisy_or=evidence(products).noisy_or if whole else None)


def weakest(confidences: Sequence[float]) -> int | None:
    """Place of the least confidence, the first of several; `None` if there is none at all."""
    return min(range(len(confidences)), key=lambda n: confidences[n], default=None)


def _check(confidences: Sequence[float]) -> None:
    for p in confidences:
        if not 0 <= p <= 1:  # refuses NaN too
            raise ParameterError("confidence", str(p), "a number between 0 and 1")


def _tidy(value: float) -> float:
    """Without the noise of binary fractions: 0.6, not 0.6000000000000001."""
    return round(value, 12)
