"""The names most like one that does not exist, for error messages that help."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(name: str, names: Iterable[str], *, most: int = 3) -> list[str]:
    """Up to `most` names like `name`, best first; none if nothing is at all alike.

    Names that begin alike are looked at first, so that the time stays in proportion to them
    and not to all names.
    """
    wanted = name.strip().lower()
    by_lower = {candidate.lower(): candidate for candidate in names}
    prefix = wanted.partition(":")[0] + ":"
    alike = [candidate for candidate in by_lower if candidate.startswith(prefix)] or list(by_lower)
    close = get_close_matches(wanted[:100], alike[:5000], n=most, cutoff=0.5)
    return [by_lower[candidate] for candidate in close]
