"""A worker: evaluates one foreign query after another, fenced in, until its socket closes.

It can be killed at any moment without loss. The fences, outermost first: no network (a namespace
of its own where the kernel allows it, and no free file descriptor in any case, so that it can
open neither a socket nor a file), a memory limit, a limit on processor time, a limit on the size
of the answer. The wall clock is the service's: it kills.

Frames in both directions: four bytes of length, then JSON; a worker's frame is followed by the
`length` bytes of the answer.
"""

from __future__ import annotations

import ctypes
import json
import math
import os
import resource
import signal
import socket
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from graph.store.media import GRAPHS, RESULTS, write_answer

if TYPE_CHECKING:
    from graph.store.embedded import EmbeddedStore

_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_PR_SET_PDEATHSIG: Final = 1

#: Workers give way to the process that answers everybody else, however many of them run.
_NICENESS: Final = 10

#: The only descriptor that a worker keeps besides the standard three, which lead nowhere.
_CHANNEL: Final = 3

#: Processor seconds past the wall clock limit after which the kernel ends a worker by itself.
_CPU_GRACE: Final = 2

_libc: Final = ctypes.CDLL(None, use_errno=True)


class _AnswerTooLargeError(Exception):
    """The answer passed its limit; raised into the engine's writer, which stops it."""


class _Answer:
    """A writable buffer that refuses to grow past its limit."""

    def __init__(self, most: int) -> None:
        self.parts: list[bytes] = []
        self.size = 0
        self.most = most

    def write(self, data: bytes) -> int:
        self.size += len(data)
        if self.size > self.most:
            raise _AnswerTooLargeError
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


def can_leave_network() -> bool:
    """Whether a child process may enter a network namespace of its own, tried in one."""
    pid = os.fork()
    if pid == 0:
        os._exit(0 if _leave_network() else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def _leave_network() -> bool:
    return bool(
        _libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0 or _libc.unshare(_CLONE_NEWNET) == 0
    )


def run(descriptor: int, store: EmbeddedStore, memory_mib: int) -> None:
    """Answer queries that arrive on a socket until the service closes it."""
    channel = _fence(descriptor, memory_mib)
    while (request := _receive(channel)) is not None:
        _limit_cpu(request["seconds"])
        reply, body = _evaluate(store, request)
        reply["length"] = len(body)
        head = json.dumps(reply).encode()
        channel.sendall(struct.pack("!I", len(head)) + head)
        channel.sendall(body)


def _fence(descriptor: int, memory_mib: int) -> socket.socket:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    for number in (signal.SIGCHLD, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    os.nice(_NICENESS)
    _leave_network()
    most_memory = _address_space_bytes() + memory_mib * 1024 * 1024
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.dup2(descriptor, _CHANNEL)
    os.closerange(_CHANNEL + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_CHANNEL + 1, _CHANNEL + 1))
    resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))
    return socket.socket(fileno=_CHANNEL)


def _address_space_bytes() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


def _limit_cpu(seconds: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds) + _CPU_GRACE
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _receive(channel: socket.socket) -> dict[str, Any] | None:
    head = _receive_bytes(channel, 4)
    if head is None:
        return None
    body = _receive_bytes(channel, struct.unpack("!I", head)[0])
    return None if body is None else json.loads(body)


def _receive_bytes(channel: socket.socket, count: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < count:
        part = channel.recv(min(count - len(parts), 1 << 16))
        if not part:
            return None
        parts += part
    return bytes(parts)


def _evaluate(store: EmbeddedStore, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    answer = _Answer(request["answer_bytes"])
    try:
        found = store.query(
            request["query"],
            default_graphs=request["default_graphs"],
            named_graphs=request["named_graphs"],
            union=not request["names_dataset"],
            prefixes=store.prefixes.iris,
        )
        is_graph = type(found).__name__ == "QueryTriples"
        media_type = request["media_type"]
        if media_type not in (GRAPHS if is_graph else RESULTS):
            media_type = next(iter(GRAPHS if is_graph else RESULTS))
        write_answer(found, media_type, store.prefixes.iris, answer)
    except SyntaxError as error:
        return {"outcome": "syntax", "message": str(error)}, b""
    except MemoryError:
        return {"outcome": "memory"}, b""
    except _AnswerTooLargeError:
        return {"outcome": "too-large"}, b""
    except (OSError, ValueError, RuntimeError) as error:
        if isinstance(error.__context__, _AnswerTooLargeError) or answer.size > answer.most:
            return {"outcome": "too-large"}, b""
        return {"outcome": "failed", "message": str(error)}, b""
    return {"outcome": "answer", "media_type": media_type}, b"".join(answer.parts)
