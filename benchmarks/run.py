"""Measure everything beside the peers, in one run on the same data, and print ratios.

Contenders take turns, a few times round, so that whatever else the machine does meets all of
them. A ratio is the median of the ratios of the rounds; no absolute number means anything beyond
its own run.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import engines, servers
from benchmarks.generate import Size, generate
from benchmarks.load import CONNECTIONS, get, has_wrk, offer, send, with_header
from graph.catalogue import Catalogue
from graph.queries import shipped_queries
from graph.store import open_store
from graph.terms import Prefixes, shipped_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.servers import Server

_QUERIES: Final = "/api/v1/queries/"
_RESULTS: Final = "application/sparql-results+json"

#: How many different requests a contender is given at first; later, twice what it can answer.
_REQUESTS_FOR_WARMING: Final = 8_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    ours: str
    peer: str
    against: str
    ratio: str
    goal: str
    met: bool | None

    def markdown(self) -> str:
        """The line in Markdown."""
        met = {True: "yes", False: "**no**", None: ""}[self.met]
        cells = (self.what, self.ours, self.against, self.peer, self.ratio, self.goal, met)
        return f"| {' | '.join(cells)} |"


HEAD: Final = (
    "| What | Ours | Beside | Theirs | Ratio | Goal | Met |\n"
    "| --- | --- | --- | --- | --- | --- | --- |"
)


@dataclass
class Bench:
    """A run: the data, the contenders that are there, and what was measured so far."""

    data: Path
    folder: Path
    seconds: float
    rounds: int
    oxigraph: str | None
    rdflib: str | None
    rows: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.catalogue = Catalogue.load(open_store(self.data))
        self.prefixes = Prefixes.read(self.data / "prefixes.tsv")
        self.quads = self.folder / "generated.nq"
        servers.write_quads(self.data, self.quads)
        self.real_quads = self.folder / "real.nq"
        servers.write_quads(shipped_data(), self.real_quads)
        self.frameworks = sorted(self.catalogue.frameworks)
        self.pairs = [*itertools.combinations(self.frameworks, 2)]

    def text(self, name: str, **values: str) -> str:
        """A named question bound to values, with every prefix that it uses declared."""
        lists = {key: [value] for key, value in values.items()}
        text = shipped_queries()[name].bind(lists, self.catalogue.known)
        used = set(re.findall(r"(?<![\w<?/])([a-z][\w-]*):", text))
        declared = set(re.findall(r"PREFIX ([\w-]+):", text))
        missing = sorted((used - declared) & self.prefixes.iris.keys())
        return "".join(f"PREFIX {p}: <{self.prefixes.iris[p]}>\n" for p in missing) + text

    # ---- requests ---------------------------------------------------------------------------

    def lookups(self) -> Iterator[tuple[dict[str, str], str]]:
        """A lookup as parameters and as a query, never twice the same."""
        texts = {key: self.text("show-competency", competency=key) for key in self.competencies}
        for number in itertools.count():
            key = self.competencies[number % len(self.competencies)]
            limit = str(1 + number // len(self.competencies) % 1000)
            yield {"competency": key, "limit": limit}, f"{texts[key]}# {number}\n"

    def partners(self) -> Iterator[tuple[dict[str, str], str]]:
        """What a competency aligns with, never twice the same."""
        for number in itertools.count():
            key = self.competencies[number % len(self.competencies)]
            least = f"{number // len(self.competencies) % 1000 / 10_000:.4f}"
            values = {"competency": key, "min_confidence": least}
            yield values, self.text("find-alignments", **values)

    def crosswalks(self, name: str = "show-crosswalk") -> Iterator[tuple[dict[str, str], str]]:
        """Each pair of frameworks, the other way round after that, with another page size then."""
        both = [*self.pairs, *((to, from_) for from_, to in self.pairs)]
        texts = [self.text(name, **{"from": a, "to": b}) for a, b in both]
        for number in itertools.count():
            place = number % len(both)
            from_, to = both[place]
            limit = str(1000 - number // len(both) % 800)
            yield {"from": from_, "to": to, "limit": limit}, f"{texts[place]}# {number}\n"

    @property
    def competencies(self) -> list[str]:
        """All of them by CURIE."""
        return [*self.catalogue.competencies]

    # ---- measuring --------------------------------------------------------------------------

    def race(
        self,
        what: str,
        contenders: dict[str, tuple[int, Callable[[int], list[str]]]],
        goals: dict[str, float],
        *,
        heavy: bool = False,
    ) -> None:
        """Let contenders answer in turn; a row for each peer.

        Parameters
        ----------
        contenders : dict[str, tuple[int, Callable[[int], list[str]]]]
            Port, and a source of that many further requests, by name; ours first.
        goals : dict[str, float]
            Least ratio to reach, by name of the peer.
        heavy : bool
            Whether an answer takes so long that those under way at the end count. wrk would drop
            them, and the server would go on with them during the next turn.
        """
        rates: dict[str, list[float]] = {name: [] for name in contenders}
        enough = dict.fromkeys(contenders, _REQUESTS_FOR_WARMING)
        for turn in range(self.rounds + 1):
            seconds = self.seconds if turn else 1.0
            for name, (port, requests) in contenders.items():
                listed = requests(enough[name])
                load = (send if heavy else offer)(port, listed, seconds=seconds)
                enough[name] = int(2 * max(load.rate, 100) * self.seconds)
                if load.failed:
                    print(f"{what}: {load.failed} failed at {name}", file=sys.stderr)
                if turn:
                    rates[name].append(load.rate)
        ours, *peers = contenders
        for peer in peers:
            ratio = statistics.median(
                a / b if b else math.inf for a, b in zip(rates[ours], rates[peer], strict=False)
            )
            goal = goals.get(peer)
            self.add(
                what,
                f"{statistics.median(rates[ours]):,.0f}/s",
                f"{statistics.median(rates[peer]):,.{0 if rates[peer][-1] > 10 else 1}f}/s",
                peer,
                ratio,
                f"≥ {goal:g}" if goal else "",
                None if goal is None else ratio >= goal,
            )

    def add(
        self,
        what: str,
        ours: str,
        theirs: str,
        against: str,
        ratio: float,
        goal: str = "",
        met: bool | None = None,
    ) -> None:
        """Note a row and print it, so that one sees how far the run is."""
        shown = f"{ratio:,.1f}" if ratio < 100 else f"{ratio:,.0f}"
        if ratio < 10:
            shown = f"{ratio:.2f}"
        row = Row(what, ours, theirs, against, "" if math.isnan(ratio) else shown, goal, met)
        self.rows.append(row)
        print(row.markdown(), flush=True)


def _some(source: Iterator[str]) -> Callable[[int], list[str]]:
    return lambda count: [*itertools.islice(source, count)]


def _always(request: str) -> Callable[[int], list[str]]:
    return lambda _: [request]


# ---- requests a second -------------------------------------------------------------------


def measure_rates(bench: Bench) -> None:
    """Everything that is measured in answers a second."""
    ours = servers.start_ours(bench.data)
    fresh = servers.start_ours(bench.data, {"CROSSWALK_CACHE_MIB": "0"})
    peers = []
    try:
        if bench.oxigraph:
            peers.append(servers.start_oxigraph(bench.oxigraph, bench.quads))
        if bench.rdflib:
            peers.append(servers.start_rdflib(bench.rdflib, bench.quads))
        _measure_memory(bench, ours, "after start", peers)
        _race_cached(bench, ours, peers)
        _race_named(bench, ours, peers)
        _race_crosswalks(bench, ours, fresh, peers)
        _race_sparql(bench, ours, peers)
        servers.ask(ours.port, "/api/v1/search?q=supervision")
        _measure_memory(bench, ours, "after all of the above, and a search", peers)
    finally:
        for server in (ours, fresh, *peers):
            server.stop()


def _quick(peers: list[Server]) -> list[Server]:
    """Without rdflib-endpoint, which takes seconds to minutes for one join on this data.

    It goes on with a query that nobody waits for, and everybody would be measured beside that.
    """
    return [peer for peer in peers if peer.name != servers.RDFLIB]


def _queries(bench: Bench, peer: Server, kind: str) -> Callable[[int], list[str]]:
    source = {"lookup": bench.lookups, "partners": bench.partners}.get(kind)
    pairs = source() if source else bench.crosswalks(kind)
    return _some(peer.query(text) for _, text in pairs)


def _race_cached(bench: Bench, ours: Server, peers: list[Server]) -> None:
    values, text = next(bench.lookups())
    for what, request in (
        ("answer given before, named question", get(_QUERIES + "show-competency", **values)),
        ("answer given before, `/sparql`", ours.query(text)),
    ):
        contenders = {ours.name: (ours.port, _always(request))}
        contenders |= {peer.name: (peer.port, _always(peer.query(text))) for peer in peers}
        bench.race(what, contenders, {servers.OXIGRAPH: 5, servers.RDFLIB: 40})
    request = get(_QUERIES + "show-competency", **values)
    path = request.split(" ")[1]
    etag = servers.exchange(ours.port, path, {"accept": "application/json"})[1]["etag"]
    conditional = with_header(request, "If-None-Match", etag)
    bench.race(
        "304, given before",
        {ours.name: (ours.port, _always(conditional)), "our 200": (ours.port, _always(request))},
        {"our 200": 1},
    )


def _race_named(bench: Bench, ours: Server, peers: list[Server]) -> None:
    goals = {servers.OXIGRAPH: 0.7, servers.RDFLIB: 8}
    for what, question, kind, source, format_, goal in (
        ("lookup, JSON", "show-competency", "lookup", bench.lookups, "json", goals),
        ("lookup, SPARQL JSON", "show-competency", "lookup", bench.lookups, _RESULTS, goals),
        ("alignments of a competency, JSON", "find-alignments", "partners", bench.partners,
         "json", {}),
    ):  # fmt: skip
        path = _QUERIES + question
        made = source()
        requests = (get(path, **values, format=format_) for values, _ in made)
        contenders = {ours.name: (ours.port, _some(requests))}
        beside = peers if kind == "lookup" else _quick(peers)
        contenders |= {peer.name: (peer.port, _queries(bench, peer, kind)) for peer in beside}
        bench.race(f"not given before: {what}", contenders, goal)


def _race_crosswalks(bench: Bench, ours: Server, fresh: Server, peers: list[Server]) -> None:
    kind = "show-crosswalk"
    paths = itertools.cycle(get(f"/api/v1/crosswalks/{a}/{b}") for a, b in bench.pairs)
    made = bench.crosswalks()
    asked = (get(_QUERIES + kind, **values) for values, _ in made)
    for what, server, requests, goals in (
        ("crosswalk, `/api/v1/crosswalks/…`", fresh, paths, {servers.OXIGRAPH: 2.0}),
        ("crosswalk, named question", ours, asked, {}),
    ):
        contenders = {ours.name: (server.port, _some(requests))}
        contenders |= {
            peer.name: (peer.port, _queries(bench, peer, kind)) for peer in _quick(peers)
        }
        bench.race(f"not given before: {what}", contenders, goals, heavy=True)


def _race_sparql(bench: Bench, ours: Server, peers: list[Server]) -> None:
    for what, kind, goal in (
        ("lookup", "lookup", 0.5),
        ("joins, a competency's alignments", "partners", 1),
        ("joins, a crosswalk", "show-crosswalk", 1),
        ("groups, a crosswalk by strength", "count-by-strength", 1),
        ("groups, gaps", "find-gaps", 1),
    ):
        contenders = {
            server.name: (server.port, _queries(bench, server, kind))
            for server in (ours, *_quick(peers))
        }
        heavy = kind != "lookup"
        bench.race(f"`/sparql`: {what}", contenders, {servers.OXIGRAPH: goal}, heavy=heavy)


def _measure_memory(bench: Bench, ours: Server, when: str, peers: list[Server]) -> None:
    time.sleep(3)  # the workers are there by then
    pss, rss = servers.memory_mib(ours.process.pid)
    bench.add(f"memory of all processes {when}, PSS", f"{pss:,.0f} MiB", "", "", math.nan,
              "< 400 MiB", pss < 400)  # fmt: skip
    bench.add(f"memory of all processes {when}, RSS", f"{rss:,.0f} MiB", "", "", math.nan)
    for peer in peers:
        theirs, _ = servers.memory_mib(peer.process.pid)
        bench.add("memory, PSS", f"{pss:,.0f} MiB", f"{theirs:,.0f} MiB", peer.name, pss / theirs)


# ---- under attack ------------------------------------------------------------------------

_HOSTILE: Final = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o }",
    "SELECT ?a { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f LIMIT 1",
    "SELECT ?b (COUNT(?f) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?b",
    "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER (REGEX(STR(?c), '(a+)+$')) }",
)


def measure_attack(bench: Bench, deadline: float) -> None:
    """Eight hostile queries at once: when each is cut off, and what a light request notices."""
    environment = {"CROSSWALK_QUERY_SECONDS": str(deadline)}
    ours = servers.start_ours(bench.data, environment)
    try:
        time.sleep(3)
        light = [
            get(_QUERIES + "show-competency", **v)
            for v, _ in itertools.islice(bench.lookups(), 50_000)
        ]
        served = iter(light)
        calm = send(ours.port, _take(served, 5_000), seconds=deadline, connections=1, pause=0.002)
        late: list[float] = []
        answers: list[str] = []

        def attack(number: int) -> None:
            text = f"{_HOSTILE[number % len(_HOSTILE)]} # {number}"
            path = ours.query(text).split(" ")[1]
            begun = time.perf_counter()
            status, body = servers.ask(ours.port, path)
            late.append((time.perf_counter() - begun - deadline) * 1000)
            answers.append(f"{status}{'' if body.endswith(b'}') else ' torn'}")

        attackers = [threading.Thread(target=attack, args=(number,)) for number in range(8)]
        for attacker in attackers:
            attacker.start()
        time.sleep(0.5)
        during = send(
            ours.port, _take(served, 5_000), seconds=deadline - 1, connections=1, pause=0.002
        )
        for attacker in attackers:
            attacker.join()
        after = send(ours.port, _take(served, 5_000), seconds=2, connections=1, pause=0.002)
    finally:
        ours.stop()
    kinds = ", ".join(f"{answers.count(kind)} × {kind}" for kind in sorted(set(answers)))
    bench.add(f"8 hostile queries, deadline {deadline:g} s: latest answer after it ({kinds})",
              f"{max(late):+,.0f} ms", "", "", math.nan, "≤ +100 ms", max(late) <= 100)  # fmt: skip
    for name in ("p50", "p99"):
        idle, busy, calmed = (getattr(load, name) * 1000 for load in (calm, during, after))
        goal, met = ("≤ 3", busy / idle <= 3) if name == "p99" else ("", None)
        bench.add(f"lookup under attack, {name}", f"{busy:.2f} ms", f"{idle:.2f} ms",
                  f"idle (after the attack {calmed:.2f} ms)", busy / idle, goal, met)  # fmt: skip
    failed = during.failed
    bench.add("lookups that failed under attack", f"{failed} of {failed + during.answers}",
              "", "", math.nan, "0", not failed)  # fmt: skip


def _first(
    source: Iterator[tuple[dict[str, str], str]], count: int
) -> list[tuple[dict[str, str], str]]:
    return [*itertools.islice(source, count)]


def _take(source: Iterator[str], count: int) -> list[str]:
    return [*itertools.islice(source, count)]


# ---- starting ----------------------------------------------------------------------------


def measure_starts(bench: Bench) -> None:
    """Start to ready with the real content, and what the command line adds to its imports."""
    starts: dict[str, Callable[[], Server]] = {
        servers.OURS: lambda: servers.start_ours(shipped_data())
    }
    if bench.oxigraph:
        oxigraph = bench.oxigraph
        starts[servers.OXIGRAPH] = lambda: servers.start_oxigraph(oxigraph, bench.real_quads)
    if bench.rdflib:
        rdflib = bench.rdflib
        starts[servers.RDFLIB] = lambda: servers.start_rdflib(rdflib, bench.real_quads)
    times: dict[str, list[float]] = {name: [] for name in starts}
    for _ in range(bench.rounds + 2):
        for name, start in starts.items():
            begun = time.perf_counter()
            server = start()
            times[name].append(time.perf_counter() - begun)
            server.stop()
    for name in [*times][1:]:
        _compare_times(bench, "start to ready, real content", times[servers.OURS], times[name],
                       name, {servers.RDFLIB: 2.0}.get(name))  # fmt: skip
    commands = {
        "show": ["-c", "from api.cli import main; main()", "show", "isp-2020:1.3"],
        "imports": ["-c", "import click, pyoxigraph"],
    }
    spent: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(4 * bench.rounds + 3):
        for name, command in commands.items():
            begun = time.perf_counter()
            subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
            spent[name].append(time.perf_counter() - begun)
    ratio = statistics.median(a / b for a, b in zip(*spent.values(), strict=True))
    bench.add("`crosswalk show isp-2020:1.3`", _ms(spent["show"]), _ms(spent["imports"]),
              "`python -c \"import click, pyoxigraph\"`", ratio, "≤ 3", ratio <= 3)  # fmt: skip


def _compare_times(
    bench: Bench, what: str, ours: list[float], theirs: list[float], peer: str, goal: float | None
) -> None:
    ratio = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
    met = None if goal is None else ratio >= goal
    bench.add(what, _ms(ours), _ms(theirs), peer, ratio, f"≥ {goal:g}" if goal else "", met)


def _ms(times: list[float]) -> str:
    return f"{statistics.median(times) * 1000:,.0f} ms"


# ---- engines -----------------------------------------------------------------------------


def measure_questions(bench: Bench, cap: float) -> None:
    """Every named question on our engine and on rdflib's, on the real and the generated data."""
    for name, data in (("real", shipped_data()), ("generated", bench.data)):
        for result in engines.compare(data, cap):
            capped = result.theirs >= cap
            bench.add(
                f"`{result.question}`, {name} data",
                f"{result.ours * 1000:,.2f} ms",
                f"> {cap:g} s" if capped else f"{result.theirs * 1000:,.2f} ms",
                "rdflib's engine",
                result.theirs / result.ours,
                "≥ 1",
                result.theirs >= result.ours,
            )


# ---- the command -------------------------------------------------------------------------

_PARTS: Final = ("rates", "attack", "starts", "questions")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure this service beside its peers."
    )
    parser.add_argument("--data", type=Path, help="a generated folder; otherwise made for this run")
    parser.add_argument("--alignments", type=int, default=Size().alignments)
    parser.add_argument("--frameworks", type=int, default=Size().frameworks)
    parser.add_argument(
        "--peers",
        type=Path,
        default=Path(os.environ["BENCH_PEERS"]) if "BENCH_PEERS" in os.environ else None,
        help="folder of `oxigraph` and `rdflib-endpoint` [BENCH_PEERS; otherwise the PATH]",
    )
    parser.add_argument("--seconds", type=float, default=3, help="for each turn of a contender")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each contender")
    parser.add_argument("--deadline", type=float, default=5, help="of hostile queries, in seconds")
    parser.add_argument("--cap", type=float, default=10, help="longest that rdflib may take")
    parser.add_argument("--only", choices=_PARTS, action="append", help="parts to measure")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that no server is left behind
    with tempfile.TemporaryDirectory() as scratch:
        data = given.data or Path(scratch) / "generated"
        if not given.data:
            print("making the generated crosswalk …", file=sys.stderr)
            generate(data, Size(frameworks=given.frameworks, alignments=given.alignments))
        bench = Bench(
            data=data,
            folder=Path(scratch),
            seconds=given.seconds,
            rounds=given.rounds,
            oxigraph=servers.program("oxigraph", given.peers),
            rdflib=servers.program("rdflib-endpoint", given.peers),
        )
        print(f"{len(bench.catalogue.frameworks)} frameworks, {len(bench.catalogue.alignments):,} "
              f"alignments; {CONNECTIONS} connections; load from "
              f"{'wrk' if has_wrk() else 'benchmarks.load (wrk is not installed)'}")  # fmt: skip
        for name, found in (("oxigraph", bench.oxigraph), ("rdflib-endpoint", bench.rdflib)):
            if not found:
                print(f"{name} is not installed: its rows are left out; see benchmarks/README.md")
        print(f"\n{HEAD}")
        parts = given.only or _PARTS
        if "rates" in parts:
            measure_rates(bench)
        if "attack" in parts:
            measure_attack(bench, given.deadline)
        if "starts" in parts:
            measure_starts(bench)
        if "questions" in parts:
            measure_questions(bench, given.cap)
    missed = [row.what for row in bench.rows if row.met is False]
    print(f"\n{len(missed)} of {len(bench.rows)} rows fall short{': ' if missed else ''}"
          f"{'; '.join(missed)}")  # fmt: skip
