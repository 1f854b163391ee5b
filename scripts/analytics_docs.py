"""Make the answers and pictures of `docs/analytics.md` again; with `--check` only say what is old.

A text block that begins with a command shows the beginning of its output; a comment that holds a
command draws the picture below it. Words between them are written by hand.
"""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner

from api.cli import cli

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "analytics.md"
_BLOCK = re.compile(r"```text\n\$ crosswalk (.*)\n\n((?:(?!```).*\n)*)```")
_PICTURE = re.compile(r"<!-- crosswalk (.*) --picture (docs/pictures/\S+\.svg) -->")


def main() -> int:
    """Write what is old, or with `--check` name it and return 1."""
    check = "--check" in sys.argv[1:]
    stale = []
    old = PAGE.read_text(encoding="utf-8")
    new = _BLOCK.sub(lambda found: _block(found[1], found[2]), old)
    if new != old:
        stale.append(PAGE)
        if not check:
            PAGE.write_text(new, encoding="utf-8", newline="\n")
    for command, name in _PICTURE.findall(new):
        path = ROOT / name
        drawn = _picture(command)
        if not path.exists() or path.read_bytes() != drawn:
            stale.append(path)
            if not check:
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(drawn)
    for path in stale:
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
    return int(check and bool(stale))


def _run(command: str, *more: str) -> str:
    words = [*shlex.split(command), *more]
    result = CliRunner(env={"COLUMNS": "92", "NO_COLOR": "1"}).invoke(cli, words)
    if result.exit_code != 0:
        raise SystemExit(f"crosswalk {command}: {result.stderr}")
    return result.stdout.rstrip()


def _block(command: str, shown: str) -> str:
    """A block with as many lines as it has, the whole output if it is not cut now."""
    lines = _run(command).split("\n")
    if shown.endswith("…\n"):
        kept = shown.count("\n") - 1
        if len(lines) > kept:
            lines = [*"\n".join(lines[:kept]).rstrip().split("\n"), "…"]
    return "\n".join(["```text", f"$ crosswalk {command}", "", *lines, "```"])


def _picture(command: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "picture.svg"
        _run(command, "--picture", str(path))
        return path.read_bytes()


if __name__ == "__main__":
    sys.exit(main())
