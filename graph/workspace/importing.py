"""One import: a workspace copied aside, changed and checked there, and only then replaced."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from graph import terms
from graph.build import build, write_build
from graph.catalogue import Catalogue
from graph.delta import Delta, compare
from graph.errors import ParameterError, SourcesError
from graph.exchange import Source
from graph.model import Finding
from graph.tables import COLUMNS, read_sources, table_paths
from graph.validation import built_store, check_content
from graph.workspace.composing import compose
from graph.workspace.placing import appear, locked, recover, replace_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.exchange import Format
    from graph.exchange.incoming import Incoming
    from graph.tables import Sources

#: Files beside the tables that a workspace has of its own.
_BY_HAND: Final = ("vocabulary.ttl", "shapes.ttl", "context.jsonld")

#: Tables that a bare workspace begins with as they ship, and with their head only.
_BARE_KEPT: Final = ("prefixes.tsv", "schemes.tsv")
_BARE_EMPTY: Final = ("frameworks.tsv", "evidence.tsv", "resources.tsv")

#: Said before what is wrong with tables that the reader of the message has never seen.
_UNFIT: Final = (
    "does not fit the workspace, which stays as it was; the places below are those of the tables "
    "that the two would have become"
)

#: Folder of files kept as they came.
_ORIGINALS: Final = "imported"


@dataclass(frozen=True, slots=True)
class Account:
    """What an import did, or would do.

    Attributes
    ----------
    changes : Delta
        In words, against the workspace as it was, or against what a new one begins with.
    notes : tuple[Finding, ...]
        What the file says otherwise than it was taken.
    files : tuple[str, ...]
        Tables and kept files that change, by path; the build is not listed.
    created : bool
        Whether the workspace is new.
    """

    folder: Path
    format: str
    changes: Delta
    notes: tuple[Finding, ...]
    files: tuple[str, ...]
    created: bool
    dry_run: bool

    @property
    def summary(self) -> str:
        """One line: what came of it."""
        dry = "; dry run, nothing was written" if self.dry_run else ""
        return f"{self.folder}: {self.changes.summary()}{dry}"

    def record(self) -> dict[str, Any]:
        """The account for machines."""
        return {
            "folder": str(self.folder),
            "format": self.format,
            "created": self.created,
            "dry_run": self.dry_run,
            "files": list(self.files),
            "notes": [
                {"path": note.path, "line": note.line, "message": note.message}
                for note in self.notes
            ],
            "changes": self.changes.record(),
        }


def import_file(
    raw: bytes,
    name: str,
    folder: Path,
    choose: Callable[[bytes, str], Format],
    *,
    framework_id: str = "",
    bare: bool = False,
    dry_run: bool = False,
) -> Account:
    """Put what a file brings into a workspace, which is made if it is not there.

    Parameters
    ----------
    choose : Callable[[bytes, str], Format]
        Names the format of a file by its content and name.
    framework_id : str
        What to call the framework that the file brings; empty: as the file suggests.
    bare : bool
        Whether a new workspace begins without the shipped frameworks and crosswalks.
    dry_run : bool
        Whether to stop before anything is written.

    Raises
    ------
    SourcesError
        With every problem of the file, or of what the workspace would become. Nothing was changed.
    ParameterError
        If the folder is no place for a workspace.
    """
    target = folder.resolve()
    shipped = terms.shipped_data().resolve()
    if target == shipped or shipped in target.parents or target in shipped.parents:
        message = "a folder of your own; the shipped tables change by pull request only"
        raise ParameterError("--into", str(folder), message)
    created = not target.exists() or not any(target.iterdir())
    if not created and not (target / "prefixes.tsv").is_file():
        message = "a folder that is new or empty, or a workspace: this one has no prefixes.tsv"
        raise ParameterError("--into", str(folder), message)
    if not created and bare:
        raise ParameterError("--bare", str(folder), "a folder that is not there yet")
    format_ = choose(raw, name)
    with locked(target, created=created), tempfile.TemporaryDirectory() as scratch:
        if not created:
            recover(target)
        before, after = Path(scratch, "before"), Path(scratch, "after")
        _begin(before, target if not created else shipped, bare=created and bare)
        sources = read_sources(before)
        sources.require_sound()
        store = built_store(before, build(before, sources), sources.prefixes)
        incoming = format_.read(raw, Source(name, Catalogue.load(store), framework_id))
        shutil.copytree(before, after)
        notes = compose(incoming, after, sources, name)
        _keep_original(after, incoming, raw)
        try:
            made = _built_and_checked(after)
        except SourcesError as error:
            raise SourcesError([Finding(name, 1, _UNFIT), *error.findings]) from None
        changed = _differing(before, after)
        account = Account(
            folder=folder,
            format=format_.name,
            changes=compare(sources, made),
            notes=(*incoming.notes, *notes),
            files=tuple(changed),
            created=created,
            dry_run=dry_run,
        )
        if dry_run:
            return account
        if created:
            appear(after, target)
        else:
            stale = [f"build/{path}" for path in _differing(target / "build", after / "build")]
            replace_files(after, target, [*changed, *stale])
    return account


def _begin(folder: Path, source: Path, *, bare: bool) -> None:
    """Copy the tables and hand-written files of a workspace; nothing else of it is touched.

    Private wording, the build and whatever else lies there stay where they are.
    """
    folder.mkdir(parents=True)
    for path in table_paths(source):
        name = path.relative_to(source).as_posix()
        if bare and name not in (*_BARE_KEPT, *_BARE_EMPTY):
            continue
        content = path.read_bytes()
        if bare and name in _BARE_EMPTY:
            content = ("\t".join(COLUMNS[name]) + "\n").encode()
        if bare and name == "prefixes.tsv":
            content = _without_frameworks(content, source)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    for name in _BY_HAND:
        if (source / name).is_file():
            (folder / name).write_bytes((source / name).read_bytes())
    if (source / _ORIGINALS).is_dir():
        shutil.copytree(source / _ORIGINALS, folder / _ORIGINALS)


def _without_frameworks(content: bytes, source: Path) -> bytes:
    """The prefix table without those of the frameworks that a bare workspace does not have."""
    gone = read_sources(source).frameworks
    lines = content.decode().splitlines(keepends=True)
    return "".join(line for line in lines if line.partition("\t")[0] not in gone).encode()


def _built_and_checked(folder: Path) -> Sources:
    """Read back, build and check what the workspace would become.

    Raises
    ------
    SourcesError
    """
    sources = read_sources(folder)
    sources.require_sound()
    built = build(folder, sources)
    findings = check_content(folder, sources, built)
    if findings:
        raise SourcesError(findings)
    write_build(folder, built)
    return sources


def _files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def _differing(old: Path, new: Path) -> list[str]:
    """Files that are not the same in two folders, whatever is below `build/` left out."""
    one, other = _files(old), _files(new)
    names = sorted(one.keys() | other.keys())
    return [
        name for name in names if one.get(name) != other.get(name) and not name.startswith("build/")
    ]


def _keep_original(folder: Path, incoming: Incoming, raw: bytes) -> None:
    if not incoming.original:
        return
    if incoming.frameworks:
        stem = incoming.frameworks[0].framework.id
    else:
        first = incoming.crosswalks[0]
        stem = terms.crosswalk_id(first.subject_framework, first.object_framework)
    (folder / _ORIGINALS).mkdir(exist_ok=True)
    (folder / _ORIGINALS / f"{stem}{incoming.original}").write_bytes(raw)
