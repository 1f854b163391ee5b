"""Real servers for the tests that speak HTTP, one of each kind a test process.

A module that needs them says `pytest_plugins = ("tests.http_server",)`. The data is built from the
tables into a folder of its own, so that a half-edited `ontology/build/` disturbs nobody.

Test modules also import names from here, before it is a plugin: PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx2
import pytest

from graph.build import build, write_build
from graph.terms import shipped_data

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAIN: Final = """
import os
from api.server import serve
from graph.settings import Settings
serve(Settings.from_environment(os.environ))
"""

#: How long a server may take to answer, and a request to be answered, on a busy machine.
PATIENCE_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    port: int
    pid: int
    client: httpx2.Client
    log: Path

    def get(self, path: str, **options: Any) -> httpx2.Response:
        return self.client.get(path, **options)

    def request(self, method: str, path: str, **options: Any) -> httpx2.Response:
        return self.client.request(method, path, **options)

    def ask(self, query: str, *, accept: str = "", **parameters: Any) -> httpx2.Response:
        """A query by GET."""
        headers = {"accept": accept} if accept else {}
        return self.client.get("/sparql", params={"query": query, **parameters}, headers=headers)

    def raw(self, data: bytes) -> bytes:
        """What comes back for bytes that no client library would send, until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS) as wire:
            wire.sendall(data)
            received = b""
            while part := wire.recv(65536):
                received += part
        return received

    def processes(self) -> list[int]:
        """Pids of the server and all that it has started."""
        return [self.pid, *_descendants(self.pid)]


def _descendants(pid: int) -> list[int]:
    found = []
    for child in _children(pid):
        found += [child, *_descendants(child)]
    return found


def _children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            state, parent = stat.rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                found.append(int(entry.name))
    return found


@contextmanager
def running(data: Path, log: Path, **settings: object) -> Iterator[Server]:
    """A server of its own, with settings by their names."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    values = {"data_dir": data, "host": "127.0.0.1", "port": port, **settings}
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CROSSWALK_")}
    environment |= {f"CROSSWALK_{name.upper()}": str(value) for name, value in values.items()}
    environment["PYTHONWARNINGS"] = "default"
    url = f"http://127.0.0.1:{port}"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-c", _MAIN],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
        httpx2.Client(base_url=url, timeout=PATIENCE_SECONDS) as client,
    ):
        try:
            _wait_until_ready(client, process, log)
            yield Server(url, port, process.pid, client, log)
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_ready(client: httpx2.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if client.get("/sparql?query=ASK%7B%7D").status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start: {log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="session")
def served_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real content, built from its tables into a folder of its own."""
    data = tmp_path_factory.mktemp("served") / "data"
    shutil.copytree(
        shipped_data(), data, ignore=shutil.ignore_patterns("build", "__pycache__", "*.py")
    )
    write_build(data, build(data))
    return data


@pytest.fixture(scope="session")
def server(served_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the limits that it has when nothing is set."""
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with running(served_data, log) as found:
        yield found


@pytest.fixture(scope="session")
def strict_server(served_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with short limits, to be attacked."""
    log = tmp_path_factory.mktemp("strict") / "log.txt"
    with running(
        served_data,
        log,
        query_seconds=1.5,
        query_memory_mib=256,
        query_answer_mib=1,
        query_workers_warm=2,
        query_workers_most=8,
        query_waiting_most=16,
    ) as found:
        yield found
