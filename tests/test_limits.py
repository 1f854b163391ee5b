"""What happens when somebody asks too much: cut off, said so, and everything given back.

No test here looks at a clock to judge: what is asserted is outcome and order. The processor time
that processes use is read from the system. Where something must happen while a hostile query runs,
that query has a limit that no test reaches, and ends when its client goes away.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from http.client import HTTPResponse
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


@pytest.fixture(scope="module")
def patient_server(served_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that cuts off nothing for its time; four queries run, and one may wait."""
    log = tmp_path_factory.mktemp("patient") / "log.txt"
    with running(
        served_data,
        log,
        query_seconds=10 * PATIENCE_SECONDS,
        query_memory_mib=256,
        query_answer_mib=1,
        query_workers_warm=2,
        query_workers_most=4,
        query_waiting_most=1,
    ) as found:
        yield found


def pose(server: Server, query: str) -> httpx2.Response:
    """A query over a connection of its own."""
    return httpx2.post(
        f"{server.url}/sparql", content=query.encode(), headers=DIRECT, timeout=PATIENCE_SECONDS
    )


def insist(server: Server, query: str) -> httpx2.Response:
    """The answer to a query that is posed again for as long as the server says that it is busy."""
    answers: list[httpx2.Response] = []

    def is_answered() -> bool:
        answers.append(pose(server, query))
        return answers[-1].status_code != STATUS["query-busy"]

    eventually(is_answered)
    return answers[-1]


def post(query: str) -> bytes:
    """A query as the bytes of a request."""
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {DIRECT['content-type']}\r\n"
    return f"{head}Content-Length: {len(query.encode())}\r\n\r\n{query}".encode()


@contextmanager
def held(server: Server, queries: list[str]) -> Iterator[list[socket.socket]]:
    """Queries asked over connections of their own, and given up at the end."""
    wires = [socket.create_connection(("127.0.0.1", server.port)) for _ in queries]
    try:
        for wire, query in zip(wires, queries, strict=True):
            wire.sendall(post(query))
        yield wires
    finally:
        for wire in wires:
            wire.close()


def answered(wires: list[socket.socket], wait: float = 0.0) -> list[socket.socket]:
    """Those connections over which something has come back, after at most so many seconds."""
    return select.select(wires, [], [], wait)[0]


def assert_cut_off(response: httpx2.Response, code: str, limit: str) -> None:
    document = response.json()
    assert document["code"] == code, document
    assert response.status_code == STATUS[code] == document["status"]
    assert document["limit"] == limit
    assert document["detail"]
    assert response.headers["content-type"] == "application/problem+json"
    assert int(response.headers["content-length"]) == len(response.content)


# ---- what processes use ------------------------------------------------------------------


def zygote(server: Server) -> int:
    """The process that bears workers: the server's only child."""
    children = [pid for pid in server.processes() if parent(pid) == server.pid]
    assert len(children) == 1
    return children[0]


def workers(server: Server) -> list[int]:
    """The processes that evaluate queries: the server's grandchildren."""
    return [pid for pid in server.processes() if pid != server.pid and parent(pid) != server.pid]


def parent(pid: int) -> int:
    """The process that started one; 0 if it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[1])


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


def burns(server: Server) -> bool:
    """Whether a worker has used more processor time than to be born and to answer could cost it."""
    return max(ticks(workers(server)).values(), default=0) > os.sysconf("SC_CLK_TCK")


def assert_well(server: Server) -> None:
    """The server answers both kinds of question and does nothing else."""
    assert eventually(lambda: is_at_rest(server)), "a process still burns processor time"
    assert insist(server, "ASK {}").json()["boolean"] is True
    assert server.get("/api/v1/competencies/epas-2022:7").status_code == 200
    assert "Traceback" not in server.log.read_text(encoding="utf-8")


# ---- the runaway query -------------------------------------------------------------------


def test_light_requests_are_answered_while_a_runaway_query_runs(patient_server: Server) -> None:
    lookups = [
        "/api/v1/competencies/epas-2022:7/alignments",
        "/api/v1/competencies/isp-2020:2.1",
        "/api/v1/frameworks",
        "/sparql?query=ASK+%7B%7D",
        "/api/v1/queries",
    ]
    with held(patient_server, [CROSS_PRODUCT]) as hostile:
        assert eventually(lambda: burns(patient_server))
        # each differs from all before it, so that none is answered from memory alone
        statuses = {
            patient_server.get(
                lookups[number % len(lookups)], headers={"accept": f"*/*, text/x{number}"}
            ).status_code
            for number in range(200)
        }
        assert not answered(hostile), "the runaway query still runs"
    assert statuses == {200}
    assert_well(patient_server)


def test_light_queries_are_evaluated_while_hostile_ones_run(patient_server: Server) -> None:
    with held(patient_server, [f"{CROSS_PRODUCT}#{n}" for n in range(3)]) as hostile:
        for number in range(100):
            light = insist(patient_server, f"ASK {{ ?s ?p ?o }} # {number}")
            assert light.json()["boolean"] is True
        assert not answered(hostile), "the hostile queries still run"
    assert_well(patient_server)


def test_eight_hostile_queries_are_all_cut_off(strict_server: Server) -> None:
    before = resident_mib(strict_server.processes())
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(insist, strict_server, f"{CROSS_PRODUCT}#{n}") for n in range(8)]
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
    response = insist(strict_server, query)
    if response.status_code != 200:
        document = response.json()
        assert document["code"] in ("query-timeout", "query-limit", "bad-query"), document
        assert response.status_code == STATUS[document["code"]]
    assert_well(strict_server)


def test_a_query_that_eats_memory_meets_the_limit_of_memory(patient_server: Server) -> None:
    response = insist(patient_server, BOMBS["doubled string"])
    assert_cut_off(response, "query-limit", "query_memory_mib")
    assert_well(patient_server)


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
    patient_server: Server, query: str, accept: str
) -> None:
    response = patient_server.ask(query, accept=accept)
    assert_cut_off(response, "query-limit", "query_answer_mib")
    assert_well(patient_server)


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
    response = insist(strict_server, query)
    found = response.json().get("code", "")
    if code:
        assert found == code
    assert found in (code, "", "query-nesting", "query-timeout", "query-limit", "query-syntax")
    assert response.status_code == STATUS.get(found, 200)
    assert_well(strict_server)


def test_a_query_as_long_as_is_allowed_is_answered(patient_server: Server) -> None:
    query = "ASK{}#" + "a" * (256_000 - len("ASK{}#"))
    assert insist(patient_server, query).json()["boolean"] is True
    assert patient_server.ask("ASK{}#" + "a" * 60_000).status_code == 200


# ---- too many at once --------------------------------------------------------------------


def test_too_many_queries_at_once_are_refused_while_the_others_run(patient_server: Server) -> None:
    with held(patient_server, [f"{CROSS_PRODUCT}#{n}" for n in range(9)]) as asked:
        # at least these: whoever comes before the third and fourth worker are born finds no place
        assert eventually(lambda: len(answered(asked)) >= 4), "all but four and the one that waits"
        refused = answered(asked)
        assert len(refused) < len(asked), "the first ones run"
        for wire in refused:
            response = HTTPResponse(wire)
            response.begin()
            assert response.status == 503
            assert json.load(response)["code"] == "query-busy"
            assert int(response.headers["retry-after"]) >= 1
            assert response.headers["content-type"] == "application/problem+json"
    assert_well(patient_server)


# ---- clients that go away ----------------------------------------------------------------


def _abandon(server: Server, method: str) -> None:
    data = post(CROSS_PRODUCT)
    if method == "GET":
        path = CROSS_PRODUCT.replace(" ", "+").replace("{", "%7B").replace("}", "%7D")
        data = f"GET /sparql?query={path.replace('?', '%3F')} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    if method == "half":
        data = data[:-10]
    with socket.create_connection(("127.0.0.1", server.port)) as wire:
        wire.sendall(data)


@pytest.mark.parametrize("method", ["GET", "POST", "half"])
def test_a_client_that_goes_away_leaves_no_burning_worker(
    patient_server: Server, method: str
) -> None:
    for _ in range(4):
        _abandon(patient_server, method)
    assert_well(patient_server)


# ---- processes that die ------------------------------------------------------------------


@pytest.fixture(scope="module")
def mortal_server(served_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose processes are killed."""
    log = tmp_path_factory.mktemp("mortal") / "log.txt"
    with running(
        served_data, log, query_seconds=10 * PATIENCE_SECONDS, query_workers_warm=2
    ) as found:
        yield found


def _answers(server: Server) -> bool:
    response = pose(server, "ASK {}")
    assert response.status_code in (200, 422, 503), response.text
    return response.status_code == 200


def test_the_service_recovers_when_the_process_that_bears_workers_is_killed(
    mortal_server: Server,
) -> None:
    killed = zygote(mortal_server)
    lost = workers(mortal_server)
    os.kill(killed, signal.SIGKILL)
    assert mortal_server.get("/health/live").status_code == 200
    assert eventually(lambda: killed not in mortal_server.processes())
    assert eventually(lambda: _answers(mortal_server))
    assert zygote(mortal_server) != killed
    assert not {*lost} & {*workers(mortal_server)}
    assert_well(mortal_server)


def test_a_query_that_runs_when_all_its_processes_are_killed_gets_an_error(
    mortal_server: Server,
) -> None:
    with ThreadPoolExecutor(1) as threads:
        running_query = threads.submit(pose, mortal_server, CROSS_PRODUCT)
        assert eventually(lambda: burns(mortal_server))
        os.kill(zygote(mortal_server), signal.SIGKILL)
        response = running_query.result()
    assert response.json()["code"] == "query-busy"
    assert int(response.headers["retry-after"]) >= 1
    assert eventually(lambda: _answers(mortal_server))
    assert_well(mortal_server)


def test_idle_workers_that_are_killed_are_replaced(mortal_server: Server) -> None:
    assert eventually(lambda: len(workers(mortal_server)) >= 2)
    killed = workers(mortal_server)
    for worker in killed:
        os.kill(worker, signal.SIGKILL)
    assert eventually(lambda: _answers(mortal_server))
    assert eventually(lambda: len(workers(mortal_server)) >= 2)
    assert not {*killed} & {*workers(mortal_server)}
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
