"""Whose turn it is: long work must neither block the loop nor take every thread."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graph.errors import QueryBusyError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@dataclass
class Turns:
    """One at work, a few waiting. The other thread of the service stays free for everything else.

    Attributes
    ----------
    what : str
        What is waited for, in the plural, for the error.
    """

    what: str
    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    waiting: int = 0

    @asynccontextmanager
    async def turn(self, waiting_most: int) -> AsyncIterator[None]:
        """Wait for a turn, and give it back.

        Raises
        ------
        QueryBusyError
            If too many wait already.
        """
        if self.waiting >= waiting_most:
            raise QueryBusyError(f"too many {self.what} wait; try again soon", retry_after=5)
        self.waiting += 1
        try:
            await self.free.acquire()
        finally:
            self.waiting -= 1
        try:
            yield
        finally:
            self.free.release()
