"""The pool of workers that evaluate foreign queries, as the service's event loop sees it.

A query is bounded by time, memory, processor, size of answer, and by how many run and wait at
once. Past its time the worker is killed, because nothing gentler stops the engine; what it held
goes back to the system, and the zygote bears another.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import math
import os
import re
import signal
import socket
import struct
import subprocess
import sys
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from graph.errors import (
    CrosswalkError,
    QueryBusyError,
    QueryError,
    QueryLimitError,
    QueryNestingError,
    QuerySyntaxError,
    QueryTimeoutError,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from graph.settings import Settings

_log = logging.getLogger(__name__)

#: A query that runs longer than this leaves one processor to everybody else.
_PATIENCE_SECONDS: Final = 0.5

_PROCESSORS: Final = frozenset(os.sched_getaffinity(0))

#: How long queries wait for a busy worker before another one is born.
_GROW_AFTER_SECONDS: Final = 0.02

#: How long a worker beyond the warm ones stays without work.
_RETIRE_AFTER_SECONDS: Final = 5.0

_PLACE: Final = re.compile(r"error at (\d+):(\d+): ?(.*)", re.DOTALL)

#: Ranges of characters in the parser's list of what it expected: true, and of no help to anyone.
_CHARACTER_RANGES: Final = re.compile(r"\[[^\]]*\](?:, | or )?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Request:
    """A foreign query that passed the guard, and how it is to be answered."""

    query: str
    media_type: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    names_dataset: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Serialised answer to a foreign query."""

    media_type: str
    body: bytes


@dataclass(eq=False, slots=True)
class _Worker:
    pid: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    ended: asyncio.Future[int]
    served: int = 0
    gave_way: bool = False
    spent: bool = False

    async def ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        text = json.dumps(request).encode()
        self.writer.write(struct.pack("!I", len(text)) + text)
        (length,) = struct.unpack("!I", await self.reader.readexactly(4))
        reply = json.loads(await self.reader.readexactly(length))
        return reply, await self.reader.readexactly(reply["length"])

    def give_way(self) -> None:
        """Leave one processor to everybody else from now on, if there is more than one."""
        self.gave_way = True
        self._use(sorted(_PROCESSORS)[1:])

    def resume(self) -> None:
        """Use all processors again, after giving way."""
        if self.gave_way and not self.spent:
            self._use(_PROCESSORS)
        self.gave_way = False

    def _use(self, processors: Collection[int]) -> None:
        if processors:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.sched_setaffinity(self.pid, processors)

    def kill(self) -> None:
        self.spent = True
        self.writer.close()
        if not self.ended.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


@dataclass(slots=True)
class _Zygote:
    process: subprocess.Popen[bytes]
    control: socket.socket
    births: deque[tuple[asyncio.Future[int], socket.socket]] = field(default_factory=deque)


class WorkerPool:
    """Workers that evaluate foreign queries, few and warm.

    Attributes
    ----------
    network_denied : bool | None
        Whether workers live in a network namespace of their own; None until the zygote has said.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._zygote: _Zygote | None = None
        self._idle: list[_Worker] = []
        self._workers: dict[int, _Worker] = {}
        self._being_born = 0
        self._waiting: deque[asyncio.Future[_Worker]] = deque()
        self._births: set[asyncio.Task[None]] = set()
        self.network_denied: bool | None = None

    @property
    def alive(self) -> int:
        """Workers that exist or are about to."""
        return len(self._workers) + self._being_born

    async def start(self) -> None:
        """Start the zygote and the warm workers; returns before they are ready."""
        self._start_zygote()
        for _ in range(self._settings.query_workers_warm):
            self._bear()

    async def close(self) -> None:
        """End all workers, running ones too."""
        for worker in [*self._workers.values()]:
            worker.kill()
        for birth in self._births:
            birth.cancel()
        zygote, self._zygote = self._zygote, None
        if zygote:
            asyncio.get_running_loop().remove_reader(zygote.control)
            zygote.control.close()
            zygote.process.kill()
            zygote.process.wait()

    async def run(self, request: Request) -> Answer:
        """Evaluate one query within its bounds.

        Raises
        ------
        QuerySyntaxError, QueryError
            If the query is wrong.
        QueryLimitError, QueryTimeoutError, QueryNestingError
            If it was cut off, with the limit's name.
        QueryBusyError
            If too many queries are under way.
        """
        settings = self._settings
        loop = asyncio.get_running_loop()
        deadline = loop.time() + settings.query_seconds
        worker = await self._acquire(deadline)
        impatience = loop.call_later(_PATIENCE_SECONDS, worker.give_way)
        try:
            async with asyncio.timeout_at(deadline):
                reply, body = await worker.ask({
                    "query": request.query,
                    "media_type": request.media_type,
                    "default_graphs": request.default_graphs,
                    "named_graphs": request.named_graphs,
                    "names_dataset": request.names_dataset,
                    "answer_bytes": settings.query_answer_mib * 1024 * 1024,
                    "seconds": settings.query_seconds,
                })  # fmt: skip
        except TimeoutError:
            worker.kill()
            raise _out_of_time(settings) from None
        except (asyncio.IncompleteReadError, ConnectionError):
            worker.kill()
            raise await self._post_mortem(worker) from None
        except asyncio.CancelledError:
            worker.kill()
            raise
        finally:
            impatience.cancel()
            worker.resume()
            self._release(worker)
        if reply["outcome"] == "answer":
            return Answer(reply["media_type"], body)
        raise self._error(reply)

    # ---- the line ------------------------------------------------------------------------

    async def _acquire(self, deadline: float) -> _Worker:
        while self._idle:
            worker = self._idle.pop()
            if not worker.ended.done():
                return worker
        if len(self._waiting) >= self._settings.query_waiting_most:
            raise self._busy()
        loop = asyncio.get_running_loop()
        place: asyncio.Future[_Worker] = loop.create_future()
        self._waiting.append(place)
        growth = loop.call_later(_GROW_AFTER_SECONDS, self._grow)
        try:
            async with asyncio.timeout_at(deadline):
                return await place
        except BaseException as error:
            if place.done() and not place.cancelled():
                self._offer(place.result())  # it came in the very moment that we gave up
            if isinstance(error, TimeoutError):
                raise self._busy() from None
            raise
        finally:
            growth.cancel()
            if place in self._waiting:
                self._waiting.remove(place)

    def _busy(self) -> QueryBusyError:
        most = self._settings.query_workers_most
        message = f"{most} queries are running and others wait; try again in a few seconds"
        return QueryBusyError(message, retry_after=math.ceil(self._settings.query_seconds))

    def _grow(self) -> None:
        waiting = any(not place.done() for place in self._waiting)
        if waiting and self.alive < self._settings.query_workers_most:
            self._bear()
            asyncio.get_running_loop().call_later(_GROW_AFTER_SECONDS, self._grow)

    def _release(self, worker: _Worker) -> None:
        worker.served += 1
        if worker.spent:
            if not worker.writer.is_closing():
                worker.writer.close()  # it reads the end of its channel and leaves
            self._forget(worker)
            return
        self._offer(worker)

    def _offer(self, worker: _Worker) -> None:
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(worker)
                return
        self._idle.append(worker)
        loop = asyncio.get_running_loop()
        if self.alive > self._settings.query_workers_warm:
            loop.call_later(_RETIRE_AFTER_SECONDS, self._retire, worker, worker.served)

    def _retire(self, worker: _Worker, served: int) -> None:
        unused = worker in self._idle and worker.served == served
        if unused and self.alive > self._settings.query_workers_warm:
            worker.writer.close()
            self._forget(worker)

    def _forget(self, worker: _Worker) -> None:
        self._workers.pop(worker.pid, None)
        if worker in self._idle:
            self._idle.remove(worker)
        if self._zygote and self.alive < self._settings.query_workers_warm:
            self._bear()

    # ---- births and deaths ---------------------------------------------------------------

    def _start_zygote(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        with theirs:
            process = subprocess.Popen(
                [
                    sys.executable, "-m", "graph.store.zygote", str(theirs.fileno()),
                    str(self._settings.data_dir.resolve()), str(self._settings.query_memory_mib),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        self._zygote = _Zygote(process, ours)
        asyncio.get_running_loop().add_reader(ours, self._hear, self._zygote)

    def _bear(self) -> None:
        """Ask for another worker; it joins the line when it is there."""
        self._being_born += 1
        task = asyncio.get_running_loop().create_task(self._raise_worker())
        self._births.add(task)
        task.add_done_callback(self._births.discard)

    async def _raise_worker(self) -> None:
        zygote = self._zygote
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        loop = asyncio.get_running_loop()
        born: asyncio.Future[int] = loop.create_future()
        try:
            if zygote is None:
                return
            with theirs:
                socket.send_fds(zygote.control, [b"bear"], [theirs.fileno()])
            zygote.births.append((born, ours))
            pid = await born
            reader, writer = await asyncio.open_connection(sock=ours)
        except (OSError, asyncio.CancelledError):
            ours.close()
            return
        finally:
            self._being_born -= 1
        worker = _Worker(pid, reader, writer, loop.create_future())
        self._workers[pid] = worker
        self._offer(worker)

    def _hear(self, zygote: _Zygote) -> None:
        """A message of the zygote: it is ready, a worker was born, or one has ended."""
        try:
            text = zygote.control.recv(4096)
        except BlockingIOError:
            return
        except ConnectionError:
            text = b""
        if not text:
            self._zygote_died(zygote)
            return
        message = json.loads(text)
        if "born" in message:
            born, _ = zygote.births.popleft()
            if not born.done():
                born.set_result(message["born"])
        elif "ended" in message:
            worker = self._workers.get(message["ended"])
            if worker is not None:
                self._note_end(worker, message["signal"])
        else:
            self.network_denied = message["network_denied"]
            if not self.network_denied:
                _log.warning(
                    "workers cannot have a network namespace of their own here; "
                    "only the lack of file descriptors keeps them off the network"
                )

    def _note_end(self, worker: _Worker, number: int) -> None:
        if not worker.ended.done():
            worker.ended.set_result(number)
        if worker in self._idle:
            self._forget(worker)

    def _zygote_died(self, zygote: _Zygote) -> None:
        """Begin again: the workers of a dead zygote die with it."""
        loop = asyncio.get_running_loop()
        loop.remove_reader(zygote.control)
        zygote.control.close()
        for born, ours in zygote.births:
            ours.close()
            born.cancel()
        code = zygote.process.wait()
        if self._zygote is not zygote:
            return
        _log.error("the process that bears query workers ended with code %s; restarting it", code)
        for worker in [*self._workers.values()]:
            self._note_end(worker, signal.SIGKILL)
        self._zygote = None
        loop.call_later(1.0, self._restart)

    def _restart(self) -> None:
        self._start_zygote()
        while self.alive < self._settings.query_workers_warm:
            self._bear()

    async def _post_mortem(self, worker: _Worker) -> CrosswalkError:
        """Why a worker went away in the middle of a query, as an error about that query."""
        try:
            number = await asyncio.wait_for(asyncio.shield(worker.ended), 1.0)
        except TimeoutError:
            number = 0
        if self._zygote is None:
            message = "the processes that evaluate queries are being restarted; try again"
            return QueryBusyError(message, retry_after=2)
        if number == signal.SIGSEGV:
            message = "the query nests too deep to be parsed; write it flatter"
            return QueryNestingError(message, limit="query_nesting")
        if number == signal.SIGXCPU:
            return _out_of_time(self._settings)
        return self._error({"outcome": "memory"})

    def _error(self, reply: dict[str, Any]) -> CrosswalkError:
        settings = self._settings
        outcome = reply["outcome"]
        if outcome == "syntax":
            match = _PLACE.match(reply["message"])
            if match is None:
                return QuerySyntaxError(reply["message"])
            line, column = int(match[1]), int(match[2])
            expected = _CHARACTER_RANGES.sub("", match[3]).strip().rstrip(",")
            if expected in ("", "expected"):
                expected = "the query cannot go on like this"
            text = f"line {line}, column {column}: {expected}"
            return QuerySyntaxError(text, line=line, column=column)
        if outcome == "memory":
            message = (
                f"the query needed more than {settings.query_memory_mib} MiB of memory and was cut "
                "off; ask for less at once, with LIMIT or narrower patterns"
            )
            return QueryLimitError(message, limit="query_memory_mib")
        if outcome == "too-large":
            message = (
                f"the answer is larger than {settings.query_answer_mib} MiB and was not sent; "
                "page through it with ORDER BY, LIMIT and OFFSET"
            )
            return QueryLimitError(message, limit="query_answer_mib")
        return QueryError(reply["message"])


def _out_of_time(settings: Settings) -> QueryTimeoutError:
    message = (
        f"the query ran longer than {settings.query_seconds:g} s and was cut off; narrow its "
        "patterns, bind more of its terms, or ask one of the named questions"
    )
    return QueryTimeoutError(message, limit="query_seconds")
