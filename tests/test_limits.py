"""What happens when somebody asks too much: cut off, said so, and everything given back.

No test here looks at a clock to judge: what is asserted is outcome and order. The processor time
that processes use is read from the system.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx2
import pytest

from api.problems import STATUS
from graph.errors import QueryBusyError
from graph.settings import Settings
from graph.store.pool import Request, WorkerPool
from tests.http_server import PATIENCE_SECONDS, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

CROSS_PRODUCT: Final = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o }"
)
DIRECT: Final = {"content-type": "application/sparql-query"}


def pose(server: Server, query: str) -> httpx2.Response:
    """A query over a connection of its own."""
    return httpx2.post(
        f"{server.url}/sparql", content=query.encode(), headers=DIRECT, timeout=PATIENCE_SECONDS
    )


def assert_cut_off(response: httpx2.Response, code: str, limit: str) -> None:
    document = response.json()
    assert document["code"] == code, document
    assert response.status_code == STATUS[code] == document["status"]
    assert document["limit"] == limit
    assert document["detail"]
    assert response.headers["content-type"] == "application/problem+json"
    assert int(response.headers["content-length"]) == len(response.content)


# ---- what processes use ------------------------------------------------------------------


def ticks(pids: list[int]) -> dict[int, int]:
    """Processor time that processes have used, in clock ticks."""
    found = {}
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
        except OSError:
            continue
        user, system = fields.split()[11:13]
        found[pid] = int(user) + int(system)
    return found


def resident_mib(pids: list[int]) -> float:
    """Memory that processes hold for themselves."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
    return total / 1024


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether something comes true before patience ends."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def is_at_rest(server: Server) -> bool:
    """Whether no process of the server used more than a hint of processor time for a moment."""
    pids = server.processes()
    before = ticks(pids)
    time.sleep(0.4)
    after = ticks(server.processes())
    return sum(after[pid] - before.get(pid, 0) for pid in after) <= 4


def assert_well(server: Server) -> None:
    """The server answers both kinds of question and does nothing else."""
    assert eventually(lambda: is_at_rest(server)), "a process still burns processor time"
    assert pose(server, "ASK {}").json()["boolean"] is True
    assert server.get("/api/v1/competencies/epas-2022:7").status_code == 200
    assert "Traceback" not in server.log.read_text(encoding="utf-8")


# ---- the runaway query -------------------------------------------------------------------


def test_light_requests_are_answered_while_a_runaway_query_is_cut_off(
    strict_server: Server,
) -> None:
    lookups = [
        "/api/v1/competencies/epas-2022:7/alignments",
        "/api/v1/competencies/isp-2020:2.1",
        "/api/v1/frameworks",
        "/sparql?query=ASK+%7B%7D",
        "/api/v1/queries",
    ]
    statuses: list[int] = []
    with ThreadPoolExecutor(1) as threads:
        hostile = threads.submit(pose, strict_server, CROSS_PRODUCT)
        while not hostile.done() or len(statuses) < 200:
            # each differs from all before it, so that none is answered from memory alone
            path = lookups[len(statuses) % len(lookups)]
            light = strict_server.get(path, headers={"accept": f"*/*, text/x{len(statuses)}"})
            statuses.append(light.status_code)
            if len(statuses) == 20:
                assert not hostile.done(), "twenty light answers come before the hostile one ends"
    assert set(statuses) == {200}
    assert len(statuses) >= 200
    assert_cut_off(hostile.result(), "query-timeout", "query_seconds")
    assert_well(strict_server)


def test_light_queries_are_evaluated_while_hostile_ones_run(strict_server: Server) -> None:
    with ThreadPoolExecutor(3) as threads:
        hostile = [threads.submit(pose, strict_server, f"{CROSS_PRODUCT}#{n}") for n in range(3)]
        answered = 0
        while not any(one.done() for one in hostile) and answered < 100:
            light = pose(strict_server, f"ASK {{ ?s ?p ?o }} # {answered}")
            assert light.json()["boolean"] is True
            answered += 1
        assert answered > 3, "light queries are answered before any hostile one ends"
    for one in hostile:
        assert_cut_off(one.result(), "query-timeout", "query_seconds")
    assert_well(strict_server)


def test_eight_hostile_queries_are_all_cut_off(strict_server: Server) -> None:
    before = resident_mib(strict_server.processes())
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(pose, strict_server, f"{CROSS_PRODUCT}#{n}") for n in range(8)]
        answers = [one.result() for one in as_completed(asked)]
    for answer in answers:
        assert_cut_off(answer, "query-timeout", "query_seconds")
    assert_well(strict_server)
    assert eventually(lambda: resident_mib(strict_server.processes()) < before + 100)


BOMBS: Final = {
    "cross product sorted": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?f ?c",
    "cross product grouped": (
        "SELECT ?a (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?a"
    ),
    "distinct": "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } OFFSET 99999999",
    "deep path": "SELECT (COUNT(*) AS ?n) { ?a (!<a:>|^!<a:>)* ?b . ?c (!<a:>|^!<a:>)* ?d }",
    "nested path": "SELECT (COUNT(*) AS ?n) { ?a ((((!<a:>)*)*)+/((^!<a:>)*)*)* ?b }",
    "long strings": (
        'SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d), STR(?g)); separator="x") AS ?x) '
        "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    ),
    "doubled string": "SELECT ?x30 { BIND('aaaaaaaa' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(30))
    + " }",
    "pattern": (
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER REGEX(CONCAT(STR(?c), "
        'STR(?f)), "^(([a-z])+.)+[A-Z]([a-z])+$|(a+)+$|(.*.*.*)*x") }'
    ),
    "huge pattern": 'ASK { FILTER REGEX("aaaa", "((((a{1,99}){1,99}){1,99}){1,99}){1,99}") }',
    "not exists": (
        "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l "
        "FILTER NOT EXISTS { ?a ?x ?y . ?y ?z ?d } FILTER(?c = ?unbound) }"
    ),
    "minus": (
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i MINUS { ?a ?b ?i . ?j ?k ?l } }"
    ),
    "values": (
        "SELECT (COUNT(*) AS ?n) { "
        + " ".join(f"VALUES ?v{n} {{ {' '.join(map(str, range(60)))} }}" for n in range(7))
        + " }"
    ),
    "describe": "DESCRIBE ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "construct": "CONSTRUCT { ?a ?b ?i } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
}


@pytest.mark.parametrize("query", BOMBS.values(), ids=BOMBS)
def test_a_bomb_ends_in_an_answer_or_at_a_limit(strict_server: Server, query: str) -> None:
    response = pose(strict_server, query)
    if response.status_code != 200:
        document = response.json()
        assert document["code"] in ("query-timeout", "query-limit", "bad-query"), document
        assert response.status_code == STATUS[document["code"]]
    assert_well(strict_server)


def test_a_query_that_eats_memory_meets_the_limit_of_memory(strict_server: Server) -> None:
    response = pose(strict_server, BOMBS["doubled string"])
    assert_cut_off(response, "query-limit", "query_memory_mib")
    assert_well(strict_server)


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        ("SELECT * { ?a ?b ?c . ?d ?e ?f }", "application/sparql-results+json"),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f }", "text/csv"),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f }", "application/sparql-results+xml"),
        ("CONSTRUCT { ?a ?b ?f } { ?a ?b ?c . ?d ?e ?f }", "application/n-triples"),
        ("CONSTRUCT { ?a ?b ?f } { ?a ?b ?c . ?d ?e ?f }", "application/rdf+xml"),
    ],
)
def test_an_answer_too_large_is_an_error_and_not_a_part(
    strict_server: Server, query: str, accept: str
) -> None:
    response = strict_server.ask(query, accept=accept)
    assert_cut_off(response, "query-limit", "query_answer_mib")
    assert_well(strict_server)


# ---- texts that would crash a parser -----------------------------------------------------


#: Texts, and whether the scan already refuses them; the others may crash a worker, no more.
CRASHERS: Final = {
    "round brackets": ("ASK {" + "(" * 10_000, "query-nesting"),
    "groups": ("ASK " + "{" * 5_000 + "}" * 5_000, "query-nesting"),
    "square brackets": ("ASK { ?s ?p " + "[" * 5_000 + "]" * 5_000 + "}", "query-nesting"),
    "nots": ("ASK { FILTER(" + "!" * 250_000 + "1) }", ""),
    "ors": ("ASK { FILTER(1" + "||1" * 80_000 + ") }", ""),
    "minuses": ("ASK { FILTER(" + "-" * 200_000 + "1) }", ""),
    "inverses": ("ASK { ?s " + "^" * 200_000 + "<a:> ?o }", ""),
    "steps": ("ASK { ?s <a:>" + "/<a:>" * 50_000 + " ?o }", ""),
    "unions": ("ASK { {}" + "UNION{}" * 36_000 + " }", ""),
    "optionals": ("ASK {" + "OPTIONAL{}" * 25_000 + "}", ""),
    "a comparison": ("ASK{FILTER(0<" + "(" * 300 + "1" + ")" * 301 + "}", "query-nesting"),
    "140,000 ors": ("ASK { FILTER(1" + "||1" * 140_000 + ") }", "too-large"),
    "a byte too many": ("ASK{}#" + "a" * 255_995, "too-large"),
}


@pytest.mark.parametrize(("query", "code"), CRASHERS.values(), ids=CRASHERS)
def test_a_text_made_to_crash_a_parser_is_answered(
    strict_server: Server, query: str, code: str
) -> None:
    response = pose(strict_server, query)
    found = response.json().get("code", "")
    if code:
        assert found == code
    assert found in (code, "", "query-nesting", "query-timeout", "query-limit", "query-syntax")
    assert response.status_code == STATUS.get(found, 200)
    assert_well(strict_server)


def test_a_query_as_long_as_is_allowed_is_answered(strict_server: Server) -> None:
    query = "ASK{}#" + "a" * (256_000 - len("ASK{}#"))
    assert pose(strict_server, query).json()["boolean"] is True
    assert strict_server.ask("ASK{}#" + "a" * 60_000).status_code == 200


# ---- too many at once --------------------------------------------------------------------


def test_too_many_queries_at_once_are_refused_before_the_others_end(
    served_data: Path, tmp_path: Path
) -> None:
    limits = {"query_workers_most": 2, "query_waiting_most": 1, "query_seconds": 3}
    with running(served_data, tmp_path / "log.txt", **limits) as server:
        with ThreadPoolExecutor(8) as threads:
            asked = [threads.submit(pose, server, f"{CROSS_PRODUCT}#{n}") for n in range(8)]
            ended = [one.result() for one in as_completed(asked)]
        codes = [answer.json()["code"] for answer in ended]
        # who waits may be given a worker in the last moment of its time
        assert codes.count("query-timeout") in (2, 3)
        assert codes.count("query-timeout") + codes.count("query-busy") == 8
        assert codes[:5] == ["query-busy"] * 5, "refused at once, before any runs out of time"
        for answer in ended:
            if answer.status_code == 503:
                assert int(answer.headers["retry-after"]) >= 1
                assert answer.headers["content-type"] == "application/problem+json"
        assert_well(server)


# ---- clients that go away ----------------------------------------------------------------


def _abandon(server: Server, method: str) -> None:
    query = CROSS_PRODUCT.encode()
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {DIRECT['content-type']}\r\n"
    if method == "GET":
        path = CROSS_PRODUCT.replace(" ", "+").replace("{", "%7B").replace("}", "%7D")
        data = f"GET /sparql?query={path.replace('?', '%3F')} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    else:
        data = f"{head}Content-Length: {len(query)}\r\n\r\n".encode() + query
    if method == "half":
        data = data[:-10]
    with socket.create_connection(("127.0.0.1", server.port)) as wire:
        wire.sendall(data)


@pytest.mark.parametrize("method", ["GET", "POST", "half"])
def test_a_client_that_goes_away_leaves_no_burning_worker(
    strict_server: Server, method: str
) -> None:
    for _ in range(4):
        _abandon(strict_server, method)
    assert_well(strict_server)


# ---- processes that die ------------------------------------------------------------------


@pytest.fixture(scope="module")
def mortal_server(served_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose processes are killed."""
    log = tmp_path_factory.mktemp("mortal") / "log.txt"
    with running(served_data, log, query_seconds=5, query_workers_warm=2) as found:
        yield found


def _zygote(server: Server) -> int:
    """The process that bears workers: the server's only child."""
    children = [
        pid for pid in server.processes() if pid != server.pid and _parent(pid) == server.pid
    ]
    assert len(children) == 1
    return children[0]


def _parent(pid: int) -> int:
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return int(stat.rpartition(")")[2].split()[1])


def _workers(server: Server) -> list[int]:
    return [pid for pid in server.processes() if pid not in (server.pid, _zygote(server))]


def _answers(server: Server) -> bool:
    response = pose(server, "ASK {}")
    assert response.status_code in (200, 422, 503), response.text
    return response.status_code == 200


def test_the_service_recovers_when_the_process_that_bears_workers_is_killed(
    mortal_server: Server,
) -> None:
    killed = _zygote(mortal_server)
    workers = _workers(mortal_server)
    os.kill(killed, signal.SIGKILL)
    assert mortal_server.get("/health/live").status_code == 200
    assert eventually(lambda: killed not in mortal_server.processes())
    assert eventually(lambda: _answers(mortal_server))
    assert _zygote(mortal_server) != killed
    assert not {*workers} & {*_workers(mortal_server)}
    assert_well(mortal_server)


def test_a_query_that_runs_when_all_its_processes_are_killed_gets_an_error(
    mortal_server: Server,
) -> None:
    with ThreadPoolExecutor(1) as threads:
        running_query = threads.submit(pose, mortal_server, CROSS_PRODUCT)
        assert eventually(lambda: not is_at_rest(mortal_server))
        os.kill(_zygote(mortal_server), signal.SIGKILL)
        response = running_query.result()
    assert response.json()["code"] == "query-busy"
    assert int(response.headers["retry-after"]) >= 1
    assert eventually(lambda: _answers(mortal_server))
    assert_well(mortal_server)


def test_idle_workers_that_are_killed_are_replaced(mortal_server: Server) -> None:
    assert eventually(lambda: len(_workers(mortal_server)) >= 2)
    killed = _workers(mortal_server)
    for worker in killed:
        os.kill(worker, signal.SIGKILL)
    assert eventually(lambda: _answers(mortal_server))
    assert eventually(lambda: len(_workers(mortal_server)) >= 2)
    assert not {*killed} & {*_workers(mortal_server)}
    assert_well(mortal_server)


def test_nothing_is_left_when_the_server_ends(served_data: Path, tmp_path: Path) -> None:
    with running(served_data, tmp_path / "log.txt") as server:
        pids = server.processes()
        assert len(pids) >= 4
    assert eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))


def test_nothing_is_left_when_the_server_is_killed(served_data: Path, tmp_path: Path) -> None:
    with running(served_data, tmp_path / "log.txt") as server:
        pids = server.processes()
        os.kill(server.pid, signal.SIGKILL)
        children = [pid for pid in pids if pid != server.pid]
        assert eventually(lambda: not any(_is_alive(pid) for pid in children))


def _is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


# ---- the line of the pool ----------------------------------------------------------------


def test_a_worker_that_comes_as_its_client_gives_up_is_not_lost(served_data: Path) -> None:
    async def scenario() -> Any:
        pool = WorkerPool(
            Settings(data_dir=served_data, query_workers_warm=1, query_workers_most=1)
        )
        await pool.start()
        try:
            loop = asyncio.get_running_loop()
            worker = await pool._acquire(loop.time() + PATIENCE_SECONDS)
            waiting = loop.create_task(pool._acquire(loop.time() + PATIENCE_SECONDS))
            await asyncio.sleep(0)
            pool._offer(worker)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            return await pool.run(Request("ASK {}", "text/csv"))
        finally:
            await pool.close()

    assert asyncio.run(scenario()).body.strip() == b"true"


def test_the_line_is_as_long_as_its_setting(served_data: Path) -> None:
    async def scenario() -> None:
        pool = WorkerPool(
            Settings(
                data_dir=served_data,
                query_workers_warm=1,
                query_workers_most=1,
                query_waiting_most=0,
            )
        )
        await pool.start()
        try:
            with pytest.raises(QueryBusyError) as caught:  # the first worker is not born yet
                await pool.run(Request("ASK {}", "text/csv"))
            assert caught.value.retry_after >= 1
        finally:
            await pool.close()

    asyncio.run(scenario())
