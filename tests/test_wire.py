"""Requests that are repeated byte for byte get the same answer as the first one got.

`api.wire` answers them before HTTP is parsed, so these tests speak in raw bytes over one
connection and hold the short way against the ordinary one.
"""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

PATH = "/api/v1/competencies/isp-2020:1.3"


class Connection:
    """One connection, spoken to in bytes; reads whole responses off it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.received = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def response(self, *, bodiless: bool = False) -> tuple[int, dict[str, str], bytes]:
        while b"\r\n\r\n" not in self.received:
            self.more()
        head, self.received = self.received.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
        status = int(first.split()[1])
        length = 0 if bodiless or status == 304 else int(headers["content-length"])
        while len(self.received) < length:
            self.more()
        body, self.received = self.received[:length], self.received[length:]
        return status, headers, body

    def more(self) -> None:
        part = self.socket.recv(65536)
        assert part, "the server closed the connection"
        self.received += part

    def closed_by_server(self) -> bool:
        return self.socket.recv(1) == b""


@pytest.fixture
def connection(server: Server) -> Iterator[Connection]:
    opened = Connection(server.port)
    yield opened
    opened.socket.close()


def request(path: str = PATH, method: str = "GET", **headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "host: test"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def without_date(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "date"}


def test_repeated_requests_get_the_same_status_headers_and_body(connection: Connection) -> None:
    answers = []
    for _ in range(6):
        connection.send(request())
        answers.append(connection.response())
    assert answers[0][0] == 200
    assert all(re.fullmatch(r"\w{3}, .* GMT", headers["date"]) for _, headers, _ in answers)
    kinds = {(s, tuple(sorted(without_date(h).items())), b) for s, h, b in answers}
    assert len(kinds) == 1


def test_many_in_one_write_are_answered_in_order(connection: Connection) -> None:
    other = request("/api/v1/competencies/isp-2020:1.4")
    for single in (request(), request(), other, other):
        connection.send(single)
        connection.response()
    connection.send(request() + other + request())
    bodies = [connection.response()[2] for _ in range(3)]
    assert bodies[0] == bodies[2] != bodies[1]
    assert b'"isp-2020:1.3"' in bodies[0]
    assert b'"isp-2020:1.4"' in bodies[1]


def test_a_known_request_in_pieces_is_answered_once(connection: Connection) -> None:
    for _ in range(3):
        connection.send(request())
        whole = connection.response()[2]
    data = request()
    connection.send(data[:20])
    connection.send(data[20:])
    assert connection.response()[2] == whole
    connection.send(request())
    assert connection.response()[2] == whole
    assert connection.received == b""


def test_a_known_request_after_half_of_another_waits_its_turn(connection: Connection) -> None:
    for _ in range(3):
        connection.send(request())
        known = connection.response()[2]
    other = request("/health/live")
    connection.send(other[:-2])
    connection.send(other[-2:] + request())
    assert connection.response()[2] == b'{"status":"ok"}'
    assert connection.response()[2] == known


def test_head_has_the_headers_of_get_and_no_body(connection: Connection) -> None:
    for _ in range(4):
        connection.send(request())
        _, got, _ = connection.response()
        connection.send(request(method="HEAD"))
        status, headers, _ = connection.response(bodiless=True)
        assert status == 200
        assert without_date(headers) == without_date(got)


def test_a_validator_that_holds_gets_304_every_time(connection: Connection) -> None:
    connection.send(request())
    etag = connection.response()[1]["etag"]
    for _ in range(4):
        connection.send(request(if_none_match=etag))
        status, headers, body = connection.response()
        assert (status, headers["etag"], body) == (304, etag, b"")
        connection.send(request(if_none_match='"another"'))
        assert connection.response()[0] == 200


def test_a_client_that_says_close_is_closed(server: Server) -> None:
    for _ in range(4):
        connection = Connection(server.port)
        connection.send(request(connection="close"))
        assert connection.response()[0] == 200
        assert connection.closed_by_server()
        connection.socket.close()


def test_what_must_be_fresh_is_fresh(connection: Connection) -> None:
    for _ in range(4):
        connection.send(request("/health/ready"))
        status, headers, _ = connection.response()
        assert (status, headers["cache-control"]) == (200, "no-cache")


def test_another_accept_header_is_another_request(connection: Connection) -> None:
    for _ in range(4):
        connection.send(request(accept="text/turtle"))
        assert connection.response()[1]["content-type"].startswith("text/turtle")
        connection.send(request(accept="application/json"))
        assert connection.response()[1]["content-type"] == "application/json"
