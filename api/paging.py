"""Lists as the contract has them: `items`, `total`, `next`, `release`, in a stable order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import orjson

from api.answer import Answer
from graph.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DEFAULT_LIMIT: Final = 50
MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of which list is wanted.

    Attributes
    ----------
    path : str
        Where the list is.
    given : tuple[tuple[str, str], ...]
        Parameters of the request, for the address of the next page.
    after : str
        The `id` of the last item that the caller has; empty to begin at the start.
    """

    path: str
    given: tuple[tuple[str, str], ...] = ()
    limit: int = DEFAULT_LIMIT
    after: str = ""


def listed(
    items: Sequence[Any],
    record: Callable[[Any], Any],
    key: Callable[[Any], str],
    *,
    page: Page,
    release: str,
) -> Answer:
    """One page of a list; `next` is the address of the following one, or null.

    Raises
    ------
    ParameterError
        If `after` is not the id of an item of this list.
    """
    start = 0
    if page.after:
        places = (place for place, item in enumerate(items, start=1) if key(item) == page.after)
        start = next(places, 0)
        if not start:
            raise ParameterError("after", page.after, "the id of an item of this list")
    shown = items[start : start + page.limit]
    rest = len(items) > start + page.limit
    return Answer(
        orjson.dumps(
            {
                "items": [record(item) for item in shown],
                "total": len(items),
                "next": _address(page, key(shown[-1])) if rest else None,
                "release": release,
            }
        )
    )


def _address(page: Page, after: str) -> str:
    kept = [(name, value) for name, value in page.given if name != "after"]
    return f"{page.path}?{urlencode([*kept, ('after', after)])}"
