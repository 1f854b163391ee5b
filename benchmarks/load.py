"""Load: `wrk` where it is installed, else a generator of our own in a process of its own.

Both send prepared requests over connections that stay open and count whole answers. Run as a
program, this module is the generator: `python -m benchmarks.load PORT FILE OPTIONS`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Sequence

CONNECTIONS: Final = 16

#: A single answer that takes longer than this ends the measurement of a slow contender.
_PATIENCE_SECONDS: Final = 60

_END: Final = "\0"

_WRK_SCRIPT: Final = """
local requests, place = {}, 0
function init(arguments)
  local file = io.open(arguments[1], "rb")
  for request in file:read("*a"):gmatch("([^%z]+)%z") do requests[#requests + 1] = request end
  file:close()
end
function request()
  place = place % #requests + 1
  return requests[place]
end
function done(summary, latency)
  local failed = summary.errors
  io.write(string.format(
    '\\n{"answers": %d, "failed": %d, "seconds": %f, "p50": %f, "p99": %f}\\n',
    summary.requests - failed.status,
    failed.status + failed.connect + failed.read + failed.write + failed.timeout,
    summary.duration / 1e6, latency:percentile(50) / 1e6, latency:percentile(99) / 1e6))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What came back: answers of status 200 or 304, the others, and how long they took."""

    answers: int
    failed: int
    seconds: float
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds if self.seconds else 0.0


def get(path: str, accept: str = "application/json", **parameters: str) -> str:
    """A GET request as it goes over the wire."""
    address = f"{path}?{urlencode(parameters)}" if parameters else path
    return f"GET {address} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n\r\n"


def with_header(request: str, name: str, value: str) -> str:
    """A request with another header."""
    return f"{request[:-2]}{name}: {value}\r\n\r\n"


def has_wrk() -> bool:
    """Whether the fast generator is there."""
    return shutil.which("wrk") is not None


def offer(port: int, requests: Sequence[str], seconds: float) -> Load:
    """Send requests over 16 connections for some time, in their order, as fast as they go."""
    if not has_wrk():
        return send(port, requests, seconds=seconds)
    with tempfile.TemporaryDirectory() as folder:
        script, listed = Path(folder) / "load.lua", _write(Path(folder), requests)
        script.write_text(_WRK_SCRIPT, encoding="utf-8")
        command = [
            "wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--timeout", "30s",
            "--duration", f"{math.ceil(seconds)}s", "--script", str(script),
            f"http://127.0.0.1:{port}", "--", str(listed),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Load(**json.loads(done.stdout.strip().splitlines()[-1]))


def send(
    port: int,
    requests: Sequence[str],
    *,
    seconds: float = math.inf,
    connections: int = CONNECTIONS,
    pause: float = 0.0,
    once: bool = False,
) -> Load:
    """Send requests with our own generator, which waits for the last answer too.

    Parameters
    ----------
    seconds : float
        No further request is sent after this time.
    pause : float
        Seconds between an answer and the next request of a connection.
    once : bool
        Whether to stop after the last request instead of beginning again.
    """
    with tempfile.TemporaryDirectory() as folder:
        listed = _write(Path(folder), requests)
        command = [
            sys.executable, "-m", "benchmarks.load", str(port), str(listed),
            "--seconds", str(seconds), "--connections", str(connections), "--pause", str(pause),
        ]  # fmt: skip
        command += ["--once"] if once else []
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Load(**json.loads(done.stdout))


def _write(folder: Path, requests: Sequence[str]) -> Path:
    path = folder / "requests"
    path.write_text("".join(f"{request}{_END}" for request in requests), encoding="utf-8")
    return path


# ---- the generator -----------------------------------------------------------------------


class _Connection(asyncio.Protocol):
    """One connection with one request under way; tells a future when the answer is whole."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.whole: asyncio.Future[bool] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        if self.whole and not self.whole.done() and _is_whole(self.received):
            self.whole.set_result(bytes(self.received[9:12]) in (b"200", b"304"))

    def connection_lost(self, _: Exception | None) -> None:
        if self.whole and not self.whole.done():
            self.whole.set_result(False)

    def ask(self, request: bytes) -> asyncio.Future[bool]:
        self.received.clear()
        self.whole = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.whole


def _is_whole(received: bytearray) -> bool:
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return False
    head = bytes(received[:end]).lower()
    if head[9:12] in (b"304", b"204"):
        return True
    start = head.find(b"content-length:")
    if start >= 0:
        length = int(head[start + 15 :].split(b"\r\n", 1)[0])
        return len(received) >= end + 4 + length
    return received.endswith(b"0\r\n\r\n")  # chunked: nothing follows on this connection


async def _generate(given: argparse.Namespace) -> Load:
    requests = given.file.read_bytes().split(_END.encode())[:-1]
    loop = asyncio.get_running_loop()
    times: list[float] = []
    state = {"next": 0, "failed": 0}
    begun = time.perf_counter()

    async def connection() -> None:
        _, protocol = await loop.create_connection(_Connection, "127.0.0.1", given.port)
        while time.perf_counter() - begun < given.seconds:
            place = state["next"]
            if given.once and place == len(requests):
                break
            state["next"] += 1
            sent = time.perf_counter()
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    good = await protocol.ask(requests[place % len(requests)])
            except TimeoutError:
                good = False
            if good:
                times.append(time.perf_counter() - sent)
            else:
                state["failed"] += 1
            if protocol.transport.is_closing() or not good:
                protocol.transport.close()
                _, protocol = await loop.create_connection(_Connection, "127.0.0.1", given.port)
            if given.pause:
                await asyncio.sleep(given.pause)
        protocol.transport.close()

    await asyncio.gather(*(connection() for _ in range(given.connections)))
    times.sort()
    return Load(
        answers=len(times),
        failed=state["failed"],
        seconds=time.perf_counter() - begun,
        p50=_quantile(times, 0.5),
        p99=_quantile(times, 0.99),
    )


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else math.nan


def main() -> None:
    """Command line of the generator; prints one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load")
    parser.add_argument("port", type=int)
    parser.add_argument("file", type=Path, help="requests, each ended by a zero byte")
    parser.add_argument("--seconds", type=float, default=math.inf)
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("--pause", type=float, default=0.0)
    parser.add_argument("--once", action="store_true")
    print(json.dumps(asdict(asyncio.run(_generate(parser.parse_args())))))


if __name__ == "__main__":
    main()
