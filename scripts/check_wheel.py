"""Build the wheel, install it into an empty environment, and serve the crosswalk from there.

Proves that the wheel has its data and its dependencies: the check runs outside the checkout.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run the check; 0 if a served answer came from the wheel."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        run(str(ROOT / ".venv/bin/python"), "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
        (wheel,) = place.glob("*.whl")
        run(sys.executable, "-m", "venv", "--without-pip", str(place / "venv"))
        python = place / "venv/bin/python"
        pip = (sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet",
               "--disable-pip-version-check")  # fmt: skip
        run(*pip, "--require-hashes", "-r", str(ROOT / "requirements.lock"))
        run(*pip, "--no-deps", str(wheel))
        return serve_and_ask(place / "venv/bin/crosswalk", place)


def run(*command: str) -> None:
    """Run a command in the checkout; its failure is ours."""
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def serve_and_ask(crosswalk: Path, place: Path) -> int:
    """Start the installed service on a free port, ask one question, stop it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {"PATH": os.environ["PATH"]}
    server = subprocess.Popen([crosswalk, "serve", "--port", str(port)], cwd=place, env=environment)
    try:
        address = f"http://127.0.0.1:{port}/api/v1/competencies/epas-2022:7/alignments"
        found = json.loads(fetch(address))
        print(f"wheel: served {found['total']} alignments of epas-2022:7 from {crosswalk.name}")
        return 0 if found["total"] else 1
    finally:
        server.terminate()
        server.wait(10)


def fetch(address: str) -> bytes:
    """Body of an address, as soon as somebody answers there; gives up after 30 seconds."""
    until = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(address) as response:
                body: bytes = response.read()
                return body
        except urllib.error.HTTPError:
            raise
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
