"""The named questions on our engine and on rdflib's own, one after the other on the same data."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rdflib import Graph

from graph.build_files import VOCABULARY_FILE, read_manifest
from graph.catalogue import Catalogue
from graph.queries import shipped_queries
from graph.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

    from graph.queries import Param

_TURNS: Final = 3


@dataclass(frozen=True, slots=True)
class Compared:
    """Median seconds for one question on both engines; theirs is the cap if it was cut off."""

    question: str
    ours: float
    theirs: float


def compare(data: Path, cap: float) -> Iterator[Compared]:
    """Ask every named question of both engines.

    rdflib gets all statements in one plain graph, which is faster for it than a dataset, and an
    answer that takes longer than `cap` seconds is not waited for.
    """
    store = open_store(data)
    catalogue = Catalogue.load(store)
    graph = Graph()
    for entry in read_manifest(data)[1]:
        folder = data if entry.file == VOCABULARY_FILE else data / "build"
        graph.parse(folder / entry.file)
    for name, query in shipped_queries().items():
        values = _values(query.params, catalogue)
        text = store.prefixes.header() + query.bind(values, catalogue.known)
        ours = []
        store.rows(text)
        for _ in range(_TURNS):
            begun = time.perf_counter()
            store.rows(text)
            ours.append(time.perf_counter() - begun)
        yield Compared(name, statistics.median(ours), _ask_rdflib(graph, text, cap))


def _values(params: tuple[Param, ...], catalogue: Catalogue) -> dict[str, list[str]]:
    """Parameters that fit the data: those in the file where it knows them, else the first ones."""
    chosen: dict[str, list[str]] = {}
    taken: dict[str, int] = {}
    for param in params:
        names = catalogue.known.names.get(param.type)
        if names is None or all(value in names for value in param.example):
            chosen[param.name] = [*param.example]
            continue
        place = taken.setdefault(param.type, 0)
        taken[param.type] += 1
        chosen[param.name] = [[*names][place % len(names)]]
    return chosen


def _ask_rdflib(graph: Graph, text: str, cap: float) -> float:
    """Median seconds of rdflib, in a child process that can be ended."""
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    child = context.Process(target=_answer, args=(graph, text, sending))
    child.start()
    times: list[float] = []
    while len(times) < _TURNS and receiving.poll(cap):
        times.append(receiving.recv())
    child.kill()
    child.join()
    return statistics.median(times) if times else cap


def _answer(graph: Graph, text: str, sending: Connection[float, float]) -> None:
    for _ in range(_TURNS):
        begun = time.perf_counter()
        len(graph.query(text))
        sending.send(time.perf_counter() - begun)
