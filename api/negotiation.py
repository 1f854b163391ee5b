"""Which representation a client gets: the Accept header, in one function (RFC 9110, 12.5.1)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from graph.errors import NotAcceptableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NOTHING: Mapping[str, str] = {}


def negotiate(accept: str, available: Sequence[str], aliases: Mapping[str, str] = _NOTHING) -> str:
    """The available media type that an Accept header prefers.

    The header's q-values decide, the most specific range first; among equals the order of
    `available`. No header, or an empty one, accepts anything.

    Parameters
    ----------
    aliases : Mapping[str, str]
        Other names of available types, `application/json` for example. They count only where the
        header spells them out: `text/*` must not get a type whose mere alias begins with `text/`,
        and the q-value of a type's own name wins over that of its aliases.

    Raises
    ------
    NotAcceptableError
        If the header accepts none of them.
    """
    return _negotiate(accept, tuple(available), tuple(aliases.items()))


@lru_cache(maxsize=512)
def _negotiate(
    accept: str, available: tuple[str, ...], aliases: tuple[tuple[str, str], ...]
) -> str:
    if not accept.strip():
        return available[0]
    ranges = list(_ranges(accept))
    names = {name: [name] for name in available}
    for alias, name in aliases:
        if name in names:
            names[name].append(alias)
    best, best_quality = "", 0.0
    for name in available:
        quality = _quality(names[name], ranges)
        if quality > best_quality:
            best, best_quality = name, quality
    if not best:
        raise NotAcceptableError(accept, available)
    return best


def _ranges(accept: str) -> list[tuple[str, float]]:
    """Media ranges with their q-values; a malformed q counts as 0, a malformed range not at all."""
    found = []
    for part in accept.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if "/" not in name:
            continue
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                quality = _number(value.strip())
        found.append((name.lower(), quality))
    return found


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0 <= value <= 1 else 0.0


def _quality(names: list[str], ranges: list[tuple[str, float]]) -> float:
    """Quality of the most specific range that covers a media type; 0 if none does.

    The first name is the type's own, the others are its aliases.
    """
    name, *aliases = names
    kind = name.partition("/")[0]
    for wanted in ((name,), aliases, (f"{kind}/*",), ("*/*",)):
        matching = [quality for range_, quality in ranges if range_ in wanted]
        if matching:
            return max(matching)
    return 0.0
