"""Build the wheel, install it into an empty environment, and work with it there.

Proves that the wheel has its data, templates, assets, queries and dependencies: everything runs
outside the checkout, with no more of the environment than a path, as at a stranger's.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parent.parent


#: What a program of ours knows of the environment.
BARE: Final = {"PATH": "/usr/bin:/bin"}

#: Addresses that need a file of each kind in the wheel, and how the answers begin.
ANSWERS: Final = {
    "/": b"<!doctype html>",
    "/competencies/epas-2022:7": b"<!doctype html>",
    "/crosswalks/epas-2022/isp-2020": b"<!doctype html>",
    "/docs": b"<!doctype html>",
    "/api/v1/frameworks/epas-2022?format=xlsx": b"PK",
    "/api/v1/crosswalks/epas-2022/isp-2020?format=docx": b"PK",
    "/ns/context.jsonld": b"{",
}


def main() -> int:
    """Run the check; 0 if everything came from the wheel."""
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
        command(place / "venv/bin/crosswalk", place)
        return serve_and_ask(place / "venv/bin/crosswalk", place)


def command(crosswalk: Path, place: Path) -> None:
    """Analyze a plan, export a crosswalk, and check the data, in a folder that has a plan only."""
    plan = place / "plan.xlsx"
    shutil.copy(ROOT / "examples/msw-2022.xlsx", plan)
    document = place / "crosswalk.docx"
    for words, sign in (
        (("check",), "0 findings"),
        (("plan", "analyze", str(plan), "--only", "coverage"), "Coverage of epas-2022"),
        (("export", "epas-2022--isp-2020", "--format", "docx", "--output", str(document)), ""),
    ):
        done = subprocess.run(
            [crosswalk, *words], cwd=place, env=BARE, capture_output=True, text=True, check=False
        )
        said = done.stdout + done.stderr
        if done.returncode or sign not in said:
            raise SystemExit(f"wheel: crosswalk {' '.join(words)}\n{said}")
    if not document.read_bytes().startswith(b"PK"):
        raise SystemExit("wheel: the export is no Word document")


def run(*command: str) -> None:
    """Run a command in the checkout; its failure is ours."""
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def serve_and_ask(crosswalk: Path, place: Path) -> int:
    """Start the installed service on a free port, ask for something of each kind, stop it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([crosswalk, "serve", "--port", str(port)], cwd=place, env=BARE)
    base = f"http://127.0.0.1:{port}"
    try:
        found = json.loads(fetch(f"{base}/api/v1/competencies/epas-2022:7/alignments"))
        questions = json.loads(fetch(f"{base}/api/v1/queries"))
        if not (found["total"] and questions["items"]):
            raise SystemExit("wheel: the alignments or the named questions are missing")
        assets: set[str] = set()
        for path, start in ANSWERS.items():
            body = fetch(base + path)
            if body[: len(start)].lower() != start.lower():
                raise SystemExit(f"wheel: {path} begins with {body[:40]!r}, not {start!r}")
            assets |= set(
                re.findall(r'(?:src|href)="(/static/[^"]+)"', body.decode(errors="replace"))
            )
        if not assets or not all(fetch(base + asset) for asset in sorted(assets)):
            raise SystemExit("wheel: pages are without assets")
        print(
            f"wheel: {found['total']} alignments of epas-2022:7, {len(ANSWERS)} pages and files, "
            f"{len(assets)} assets, a plan and an export, from the wheel alone"
        )
        return 0
    finally:
        server.terminate()
        server.wait(10)


def fetch(address: str) -> bytes:
    """Body of an address for a browser, as soon as somebody answers; gives up after a minute."""
    until = time.monotonic() + 60
    request = urllib.request.Request(address, headers={"accept": "text/html, */*;q=0.8"})
    while True:
        try:
            with urllib.request.urlopen(request) as response:
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
