"""Values of an answer as a page writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from graph.store import Value

#: Prefixes that a page leaves out, because the column already says what its values are.
LISTS: Final = (
    "aim", "alignment", "confidence", "crosswalk", "dimension", "direction", "evidence",
    "framework", "level", "resource", "scheme", "sector", "skos", "status", "strength", "system",
    "verdict",
)  # fmt: skip

#: Lists whose terms are words, which a page writes without hyphens.
WORDED: Final = ("aim", "sector", "verdict")


def shown(value: Value) -> str:
    """A value as a page writes it: a term of a controlled list without the list's name.

    >>> shown("strength:strong"), shown("skos:closeMatch"), shown("epas-2022:7")
    ('strong', 'close', 'epas-2022:7')
    """
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # as scripts write it, in whatever form the engine gave it
    if not isinstance(value, str):
        return str(value)
    list_, colon, term = value.partition(":")
    if not colon or list_ not in LISTS:
        return value
    if list_ == "skos":
        return term.removesuffix("Match")
    return term.replace("-", " ") if list_ in WORDED else term
