"""What pages show when nobody said which frameworks: the pair that most people come for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from graph.catalogue import Catalogue
    from graph.model import Crosswalk

_FIRST: Final = "epas-2022--isp-2020"


def first_crosswalk(catalogue: Catalogue) -> Crosswalk | None:
    """The crosswalk to begin with: EPAS 2022 and ISP, else the first; None if there is none.

    A workspace of somebody's own may hold other frameworks, or no crosswalk yet.
    """
    known = catalogue.crosswalks
    return known.get(_FIRST) or next(iter(known.values()), None)
