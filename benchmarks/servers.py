"""The contenders as processes: this service, `oxigraph serve` and rdflib-endpoint."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from benchmarks.load import get
from graph.build_files import VOCABULARY_FILE, read_manifest
from graph.terms import Prefixes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OURS: Final = "crosswalk"
OXIGRAPH: Final = "oxigraph serve"
RDFLIB: Final = "rdflib-endpoint"

_READY_WITHIN_SECONDS: Final = 300
_JSON_RESULTS: Final = "application/sparql-results+json"


@dataclass(frozen=True, slots=True)
class Server:
    """A running contender."""

    name: str
    process: subprocess.Popen[bytes]
    port: int
    path: str

    def query(self, text: str) -> str:
        """The request that asks this contender a SPARQL query."""
        return get(self.path, _JSON_RESULTS, query=text)

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def program(name: str, folder: Path | None) -> str | None:
    """Path of a peer's program: from a folder, from beside this Python, or from the PATH."""
    places = [str(folder)] if folder else [str(Path(sys.executable).parent), os.environ["PATH"]]
    return shutil.which(name, path=os.pathsep.join(places))


def start_ours(data: Path, environment: Mapping[str, str] | None = None) -> Server:
    """This service, answering from a data folder."""
    port = _free_port()
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve"]
    command += ["--data", str(data), "--port", str(port)]
    server = Server(OURS, _spawn(command, environment), port, "/sparql")
    _await(server, "/health/ready")
    return server


def start_oxigraph(program_: str, quads: Path) -> Server:
    """`oxigraph serve` with everything in memory and all graphs as one, as we have it."""
    port = _free_port()
    command = [program_, "serve", "--union-default-graph", "--bind", f"127.0.0.1:{port}"]
    server = Server(OXIGRAPH, _spawn(command), port, "/query")
    _await(server, "/query?query=ASK%7B%7D")
    connection = http.client.HTTPConnection("127.0.0.1", port)
    body = quads.read_bytes()
    connection.request("POST", "/store", body, {"content-type": "application/n-quads"})
    assert connection.getresponse().status in (200, 201, 204), "oxigraph did not take the data"
    return server


def start_rdflib(program_: str, quads: Path) -> Server:
    """rdflib-endpoint with its own store, which is in memory and has all graphs as one."""
    port = _free_port()
    command = [program_, "serve", "--host", "127.0.0.1", "--port", str(port), str(quads)]
    server = Server(RDFLIB, _spawn(command), port, "/")
    _await(server, "/?query=ASK%7B%7D")
    return server


def _spawn(
    command: list[str], environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        env=os.environ | (environment or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _await(server: Server, path: str) -> None:
    """Wait for the first answer of status 200."""
    for _ in range(_READY_WITHIN_SECONDS * 200):
        if server.process.poll() is not None:
            raise RuntimeError(f"{server.name} ended before it was ready")
        with contextlib.suppress(OSError, http.client.HTTPException):
            if ask(server.port, path)[0] == http.HTTPStatus.OK:
                return
        time.sleep(0.005)
    raise RuntimeError(f"{server.name} was not ready in time")


def ask(port: int, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
    """One request on a connection of its own: status and body."""
    status, _, body = exchange(port, path, headers)
    return status, body


def exchange(
    port: int, path: str, headers: Mapping[str, str] | None = None
) -> tuple[int, Mapping[str, str], bytes]:
    """One request on a connection of its own: status, headers and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    with contextlib.closing(connection):
        connection.request("GET", path, headers=dict(headers or {}))
        response = connection.getresponse()
        return response.status, dict(response.headers.items()), response.read()


def write_quads(data: Path, path: Path) -> int:
    """A built data folder as N-Quads for the peers, one named graph a file; counts them."""
    prefixes, (_, entries) = Prefixes.read(data / "prefixes.tsv"), read_manifest(data)
    count = 0
    with path.open("wb") as output:
        for entry in entries:
            folder = data if entry.file == VOCABULARY_FILE else data / "build"
            graph = ox.NamedNode(prefixes.expand(entry.graph))
            triples = ox.parse((folder / entry.file).read_bytes(), format=ox.RdfFormat.TURTLE)
            quads = [ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples]
            ox.serialize(quads, output, format=ox.RdfFormat.N_QUADS)
            count += len(quads)
    return count


# ---- memory ------------------------------------------------------------------------------


def memory_mib(pid: int) -> tuple[float, float]:
    """PSS and RSS of a process and all below it, in MiB; PSS counts a shared page once."""
    pss = rss = 0.0
    for member in _family(pid):
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{member}/smaps_rollup").read_text(encoding="ascii")
            sizes = {line.split(":")[0]: line for line in text.splitlines()[1:]}
            pss += int(sizes["Pss"].split()[1]) / 1024
            rss += int(sizes["Rss"].split()[1]) / 1024
    return pss, rss


def _family(pid: int) -> Iterator[int]:
    yield pid
    children = Path(f"/proc/{pid}/task/{pid}/children")
    with contextlib.suppress(OSError):
        for child in children.read_text(encoding="ascii").split():
            yield from _family(int(child))
