"""Moving a checked workspace into place, so that a crash leaves the old state or the new one.

A new workspace appears by one rename. In an existing one the changed files are first written below
`.import/` with a journal of what each replaces. From the moment the journal is complete the import
counts as done, and moving a file is one rename; the order keeps the tables readable at every step.
Whoever imports next finishes what a crash interrupted, or throws away what never became complete.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graph.errors import ParameterError, SourcesError
from graph.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Where the files of an import wait for their turn, and what says that they are complete.
_WAITING: Final = ".import"
_JOURNAL: Final = "journal.json"


@contextmanager
def locked(target: Path, *, created: bool) -> Iterator[None]:
    """One import at a time into one workspace; a new one is guarded by its rename.

    Raises
    ------
    ParameterError
        If somebody else imports into it now.
    """
    if created:
        yield
        return
    import fcntl

    handle = os.open(target, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = "a workspace that nobody else imports into now; try again soon"
            raise ParameterError("--into", str(target), message) from None
        yield
    finally:
        os.close(handle)


def appear(made: Path, target: Path) -> None:
    """A new workspace by one rename: whole, or not there.

    Raises
    ------
    ParameterError
        If somebody has filled its place meanwhile.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        shutil.copytree(made, beside / "data")
        for path in (beside / "data").rglob("*"):
            if path.is_file():
                _sync(path)
        # An empty folder gives way to the rename; one that was filled meanwhile does not.
        try:
            (beside / "data").rename(target)
        except OSError as error:
            if not target.exists():
                raise
            message = f"a folder that is still new or empty ({error.strerror}); try again"
            raise ParameterError("--into", str(target), message) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def replace_files(made: Path, target: Path, names: Iterable[str]) -> None:
    """Write the changed files aside, complete the journal, then move them one by one."""
    waiting = target / _WAITING
    shutil.rmtree(waiting, ignore_errors=True)
    waiting.mkdir()
    moves = []
    for number, name in enumerate(sorted(names, key=_readable_order)):
        new = made / name
        move = {"name": name, "old": _digest(target / name), "new": _digest(new), "file": ""}
        if new.is_file():
            move["file"] = str(number)
            (waiting / str(number)).write_bytes(new.read_bytes())
            _sync(waiting / str(number))
        moves.append(move)
    if not moves:
        waiting.rmdir()
        return
    draft = waiting / "draft"
    draft.write_text(json.dumps(moves, indent=1), encoding="utf-8")
    _sync(draft)
    draft.rename(waiting / _JOURNAL)  # from here on it is done, whatever happens
    _sync(waiting)
    recover(target)


def _readable_order(name: str) -> tuple[int, str]:
    """What others refer to comes before what refers to it, and the manifest of the build last."""
    order = ("prefixes.tsv", "schemes.tsv", "evidence.tsv", "frameworks.tsv", "frameworks/",
             "resources.tsv", "crosswalks/")  # fmt: skip
    if name == "build/MANIFEST.tsv":
        return len(order) + 1, name
    ranks = (rank for rank, start in enumerate(order) if name.startswith(start))
    return next(ranks, len(order)), name


def recover(target: Path) -> bool:
    """Finish an import that was complete when something interrupted it; drop one that was not.

    Returns
    -------
    bool
        Whether there was one to finish.

    Raises
    ------
    SourcesError
        If somebody has changed one of its files since: neither state is ours to overwrite.
    """
    waiting = target / _WAITING
    journal = waiting / _JOURNAL
    if not journal.is_file():
        shutil.rmtree(waiting, ignore_errors=True)
        return False
    moves = json.loads(journal.read_text(encoding="utf-8"))
    touched = [
        move["name"]
        for move in moves
        if _digest(target / move["name"]) not in (move["old"], move["new"])
    ]
    if touched:
        message = f"was changed after an import was interrupted; keep it and delete {_WAITING}/"
        raise SourcesError([Finding(name, 1, message) for name in touched])
    for move in moves:
        path = target / move["name"]
        if _digest(path) == move["new"]:
            continue
        if move["file"]:
            path.parent.mkdir(parents=True, exist_ok=True)
            (waiting / move["file"]).rename(path)
        else:
            path.unlink()
    journal.unlink()  # before the rest: what is edited from now on is no leftover of ours
    shutil.rmtree(waiting)
    return True


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
