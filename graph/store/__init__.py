"""The one door to query engines.

`Store` is what the rest of the project sees: our own questions go in as text with bound
parameters, rows or serialised bytes come out. `EmbeddedStore` keeps the dataset in this process
(Oxigraph, in memory). A store that asks a remote SPARQL endpoint fits behind the same protocol.

Queries that somebody sends us never come here: they go through `guard` and then to `pool`, which
lets worker processes evaluate them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from graph.store.embedded import EmbeddedStore, Value

if TYPE_CHECKING:
    from pathlib import Path

    from graph.terms import Prefixes

__all__ = ["EmbeddedStore", "Store", "Value", "open_store"]


class Store(Protocol):
    """A released dataset, loaded once and read many times. Safe to share between threads.

    Attributes
    ----------
    folder : Path | None
        Where its sources are, if they are at hand.
    """

    prefixes: Prefixes
    release: str
    folder: Path | None

    def rows(self, query: str) -> tuple[list[str], list[tuple[Value, ...]]]:
        """Columns and rows of a SELECT; IRIs of ours as CURIEs, literals as Python values."""
        ...

    def serialise(self, query: str, media_type: str) -> bytes:
        """The answer to a query in one of the media types of `media.RESULTS` or `media.GRAPHS`."""
        ...


def open_store(data: Path) -> EmbeddedStore:
    """The store of a built data folder.

    Raises
    ------
    StoreError
        If there is no build, or its files are not those of its manifest.
    """
    return EmbeddedStore.open(data)
