"""What every handler returns: bytes, and what HTTP must know about them."""

from __future__ import annotations

from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response, before the edge adds validators, compression and CORS.

    Attributes
    ----------
    keep : bool
        Whether the same request gives the same bytes for as long as the release lasts, so that
        they may be kept here and by caches.
    private : bool
        Whether it is for nobody but who asked: kept nowhere, closed to scripts of other origins.
    """

    body: bytes
    media_type: str = "application/json"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    keep: bool = True
    private: bool = False

    @classmethod
    def of(cls, record: object, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
        """A record as JSON."""
        return cls(orjson.dumps(record), headers=headers)
