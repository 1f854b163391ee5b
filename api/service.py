"""What the handlers share: one loaded release, and the ways to work on it without blocking."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from api.turns import Turns
from graph.catalogue import Catalogue
from graph.errors import QueryBusyError
from graph.queries import NamedQuery, shipped_queries
from graph.reasoning import Facts, derived_alignments
from graph.search import Search
from graph.store import EmbeddedStore, open_store
from graph.store.pool import WorkerPool

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeVar

    from api.case import CaseProvider
    from graph.matching import Matcher
    from graph.model import Alignment
    from graph.rules import Regime
    from graph.settings import Settings

    Result = TypeVar("Result")

#: A job that took longer than this the last time is done in a thread the next time.
_INLINE_SECONDS: Final = 0.002

_THREADS: Final = 2
_WAITING_MOST: Final = 256


@dataclass
class Service:
    """A loaded release and everything that answers from it.

    Attributes
    ----------
    durations : dict[str, float]
        How long each kind of job took the last time, in seconds.
    analytics_turns : Turns
        Whose turn it is to work long, whether the API asks or a page.
    """

    settings: Settings
    store: EmbeddedStore
    catalogue: Catalogue
    queries: Mapping[str, NamedQuery]
    pool: WorkerPool
    durations: dict[str, float] = field(default_factory=dict)
    analytics_turns: Turns = field(default_factory=lambda: Turns("analytics"))
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_THREADS, thread_name_prefix="answer")
    )
    _waiting: int = 0
    _derived: dict[Regime, list[Alignment]] = field(default_factory=dict)

    @classmethod
    def load(cls, settings: Settings) -> Service:
        """Load the data that the settings name.

        Raises
        ------
        StoreError
            If there is no sound build.
        """
        store = open_store(settings.data_dir)
        return cls(
            settings=settings,
            store=store,
            catalogue=Catalogue.load(store),
            queries=shipped_queries(),
            pool=WorkerPool(settings),
        )

    @cached_property
    def search(self) -> Search:
        """The search index, made when it is first needed."""
        return Search.over(self.catalogue)

    @cached_property
    def case(self) -> CaseProvider:
        """The release as a provider of CASE has it, indexed when it is first needed."""
        from api.case import CaseProvider

        return CaseProvider.over(self.catalogue)

    @cached_property
    def matcher(self) -> Matcher:
        """The index for free text, made when it is first needed."""
        from graph.matching import Matcher

        return Matcher(self.catalogue)

    def derived(self, regime: Regime) -> list[Alignment]:
        """What follows from the asserted alignments under a regime, each with its proof."""
        if regime not in self._derived:
            self._derived[regime] = derived_alignments(self.catalogue, regime)
        return self._derived[regime]

    @cached_property
    def facts(self) -> Facts:
        """What reasoning may use."""
        return Facts.of(self.catalogue)

    async def run(self, kind: str, job: Callable[[], Result]) -> Result:
        """Do a job at once if its kind is quick, else in a thread.

        A lookup of 0.2 ms is done sooner than it is handed over; a query of 8 ms would hold up
        everybody else.

        Raises
        ------
        QueryBusyError
            If too many jobs wait for a thread already.
        """
        if self.durations.get(kind, _INLINE_SECONDS) < _INLINE_SECONDS:
            self.durations[kind], result = _timed(job)
            return result
        if self._waiting >= _WAITING_MOST:
            raise QueryBusyError("too many requests wait; try again soon", retry_after=1)
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            self.durations[kind], result = await loop.run_in_executor(self._threads, _timed, job)
        finally:
            self._waiting -= 1
        return result

    async def close(self) -> None:
        """End the workers and threads."""
        await self.pool.close()
        self._threads.shutdown(wait=False, cancel_futures=True)


def _timed(job: Callable[[], Result]) -> tuple[float, Result]:
    """What a job made, after the seconds that it took."""
    begun = time.perf_counter()
    result = job()
    return time.perf_counter() - begun, result
