"""The process that bears workers: it loads the data once and forks a worker when asked.

A fork shares the loaded data copy-on-write, so a further worker costs milliseconds and next to
no memory. The service process cannot fork safely itself, having threads. One message a request
on a `SOCK_SEQPACKET` pair: the service sends a socket, the zygote answers with the worker's pid,
and says when a worker has ended and how. It ends when the service does.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
from pathlib import Path

from graph.store import worker
from graph.store.embedded import EmbeddedStore


def main(control_fd: int, data: Path, memory_mib: int) -> None:
    """Serve one service process until it goes away.

    Parameters
    ----------
    control_fd : int
        Descriptor of the socket to the service.
    memory_mib : int
        Memory that a worker may take beyond what the zygote holds.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the service decides when to stop
    control = socket.socket(fileno=control_fd)
    store = EmbeddedStore.open(data)
    wakeup = _wake_when_a_child_ends()
    fenced = worker.can_leave_network()
    control.send(json.dumps({"ready": store.release, "network_denied": fenced}).encode())
    while True:
        readable, _, _ = select.select([control.fileno(), wakeup], [], [])
        if wakeup in readable:
            os.read(wakeup, 4096)
            _report_ended(control)
        if control.fileno() not in readable:
            continue
        message, descriptors, _, _ = socket.recv_fds(control, 64, 1)
        if not message:
            return
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            worker.run(descriptors[0], store, memory_mib)
            os._exit(0)
        os.close(descriptors[0])
        control.send(json.dumps({"born": pid}).encode())


def _wake_when_a_child_ends() -> int:
    """A descriptor that becomes readable with each SIGCHLD."""
    reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(writing)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return reading


def _report_ended(control: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        control.send(json.dumps({"ended": pid, "signal": os.WTERMSIG(status)}).encode())


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
