"""A data folder of somebody's own, and what files of other tools bring into it: all or nothing.

A *workspace* is laid out like `ontology/`, so that everything that reads, builds, checks, serves
and exports the shipped content works on it unchanged. What an import would make of it is composed
apart from it, read back, built and checked there; only if nothing is wrong are files moved into
place.

A new workspace appears by one rename. In an existing one the changed files are first written below
`.import/` with a journal of what each replaces. From the moment the journal is complete the import
counts as done, and moving a file is one rename; the order keeps the tables readable at every step.
Whoever imports next finishes what a crash interrupted, or throws away what never became complete.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from graph import terms
from graph.build import build, write_build
from graph.catalogue import Catalogue
from graph.delta import Delta, diff
from graph.errors import ParameterError, SourcesError
from graph.exchange import Source
from graph.model import IMPORTED, INVERSE, Finding
from graph.tables import (
    ALIGNMENT_COLUMNS,
    COLUMNS,
    format_table,
    parse_table,
    read_sources,
    table_paths,
)
from graph.validation import built_store, check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from graph.exchange import Format
    from graph.exchange.incoming import Incoming, IncomingCrosswalk, IncomingFramework
    from graph.model import Alignment, Evidence
    from graph.tables import Sources

#: Files beside the tables that a workspace has of its own.
_BY_HAND: Final = ("vocabulary.ttl", "shapes.ttl", "context.jsonld")

#: Tables that a bare workspace begins with as they ship, and with their head only.
_BARE_KEPT: Final = ("prefixes.tsv", "schemes.tsv")
_BARE_EMPTY: Final = ("frameworks.tsv", "evidence.tsv", "resources.tsv")

#: Where the files of an import wait for their turn, and what says that they are complete.
_WAITING: Final = ".import"
_JOURNAL: Final = "journal.json"

#: Folder of files kept as they came.
ORIGINALS: Final = "imported"

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


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
    with _locked(target, created=created), tempfile.TemporaryDirectory() as scratch:
        if not created:
            recover(target)
        before, after = Path(scratch, "before"), Path(scratch, "after")
        _begin(before, target if not created else shipped, bare=created and bare)
        sources = read_sources(before)
        sources.require_sound()
        built = build(before)
        catalogue = Catalogue.load(built_store(before, built, sources.prefixes))
        incoming = format_.read(raw, Source(name, catalogue, framework_id))
        shutil.copytree(before, after)
        notes = _Composer(after, sources, name).compose(incoming)
        _keep_original(after, incoming, raw)
        _require_sound(after)
        changed = _differing(before, after)
        account = Account(
            folder=folder,
            format=format_.name,
            changes=diff(before, after),
            notes=(*incoming.notes, *notes),
            files=tuple(changed),
            created=created,
            dry_run=dry_run,
        )
        if dry_run:
            return account
        if created:
            _appear(after, target)
        else:
            stale = [f"build/{path}" for path in _differing(target / "build", after / "build")]
            _replace(after, target, [*changed, *stale])
    return account


# ---- folders -----------------------------------------------------------------------------


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
    if (source / ORIGINALS).is_dir():
        shutil.copytree(source / ORIGINALS, folder / ORIGINALS)


def _without_frameworks(content: bytes, source: Path) -> bytes:
    """The prefix table without those of the frameworks that a bare workspace does not have."""
    gone = read_sources(source).frameworks
    lines = content.decode().splitlines(keepends=True)
    return "".join(line for line in lines if line.partition("\t")[0] not in gone).encode()


def _require_sound(folder: Path) -> None:
    """Read back, build and check what the workspace would become.

    Raises
    ------
    SourcesError
    """
    read_sources(folder).require_sound()
    write_build(folder, build(folder))
    findings = check(folder)
    if findings:
        raise SourcesError(findings)


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
    (folder / ORIGINALS).mkdir(exist_ok=True)
    (folder / ORIGINALS / f"{stem}{incoming.original}").write_bytes(raw)


# ---- moving into place -------------------------------------------------------------------


@contextmanager
def _locked(target: Path, *, created: bool) -> Iterator[None]:
    """One import at a time into one workspace."""
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


def _appear(made: Path, target: Path) -> None:
    """A new workspace by one rename: whole, or not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        shutil.copytree(made, beside / "data")
        for path in (beside / "data").rglob("*"):
            if path.is_file():
                _sync(path)
        # An empty folder gives way to the rename; one that was filled meanwhile does not.
        (beside / "data").rename(target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _replace(made: Path, target: Path, names: Iterable[str]) -> None:
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


# ---- composing ---------------------------------------------------------------------------


@dataclass
class _Composer:
    """Writes what a file brings into the tables of a folder that nobody reads yet."""

    folder: Path
    sources: Sources
    name: str
    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)

    def compose(self, incoming: Incoming) -> list[Finding]:
        """Put everything into the tables; what was done otherwise than asked comes back as notes.

        Raises
        ------
        SourcesError
            If what comes contradicts what is there.
        """
        authors = self._prefixes(incoming)
        for found in incoming.frameworks:
            self._framework(found)
        for crosswalk in incoming.crosswalks:
            self._crosswalk(crosswalk, authors)
        if self.findings:
            raise SourcesError(sorted(self.findings))
        self._canonical()
        return self.notes

    def _find(self, message: str) -> None:
        self.findings.append(Finding(self.name, 1, message))

    def _note(self, message: str) -> None:
        self.notes.append(Finding(self.name, 1, message))

    # ---- tables as rows

    def _rows(self, table: str) -> list[dict[str, str]]:
        path = self.folder / table
        if not path.is_file():
            return []
        _, rows, _ = parse_table(path.read_text(encoding="utf-8"), table)
        return [dict(row.cells) for row in rows]

    def _write(self, table: str, rows: Iterable[Mapping[str, str]], head: str = "") -> None:
        kind = "frameworks/*.tsv" if table.startswith("frameworks/") else table
        columns = ALIGNMENT_COLUMNS if table.startswith("crosswalks/") else COLUMNS[kind]
        lines = ["\t".join(row.get(column, "") for column in columns) for row in rows]
        text = head + "\n".join(["\t".join(columns), *lines]) + "\n"
        path = self.folder / table
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")

    def _canonical(self) -> None:
        """Put every table in canonical form; the labels are those of the statements as they are."""
        rows = (
            row
            for path in sorted((self.folder / "frameworks").glob("*.tsv"))
            for row in self._rows(f"frameworks/{path.name}")
        )
        labels = {row["id"]: row["title"] for row in rows}
        for path in table_paths(self.folder):
            table = path.relative_to(self.folder).as_posix()
            text = path.read_text(encoding="utf-8")
            path.write_text(format_table(text, table, labels), encoding="utf-8", newline="\n")

    # ---- prefixes

    def _prefixes(self, incoming: Incoming) -> dict[str, str]:
        """Add prefixes; give back which prefix of ours stands for one of the file's."""
        iris = dict(self.sources.prefixes.iris)
        by_iri = {iri: prefix for prefix, iri in iris.items()}
        renamed: dict[str, str] = {}
        for prefix, iri in sorted((incoming.prefixes or {}).items()):
            if iri in by_iri:
                renamed[prefix] = by_iri[iri]
            elif prefix in iris:
                self._find(f"prefix {prefix!r} is {iris[prefix]} here, not {iri}; rename it there")
            else:
                iris[prefix], by_iri[iri] = iri, prefix
        for found in incoming.frameworks:
            key, iri = found.framework.id, found.prefix_iri
            if key in iris and key not in self.sources.frameworks:
                self._find(f"framework {key!r} is the name of a prefix here; add --as NAME")
            elif key in iris and iris[key] != iri:
                message = f"framework {key!r} has IRIs that begin with {iris[key]}, not {iri}"
                self._find(f"{message}; it is another one: add --as NAME")
            elif by_iri.get(iri, key) != key:
                message = f"framework {key!r} has the IRIs of {by_iri[iri]!r}"
                self._find(f"{message}; is it the same? then add --as {by_iri[iri]}")
            else:
                iris[key], by_iri[iri] = iri, key
        if not self.findings:
            self._check_ways_back(incoming, iris)
        self._write("prefixes.tsv", ({"prefix": p, "iri": iri} for p, iri in iris.items()))
        return renamed

    def _check_ways_back(self, incoming: Incoming, iris: dict[str, str]) -> None:
        """Whether every statement's IRI leads back to its id, and to that of no other."""
        prefixes = terms.Prefixes(iris)
        known = (*self.sources.competencies, *(
            c.id for found in incoming.frameworks for c in found.competencies
        ))  # fmt: skip
        for key in known:
            try:
                back = prefixes.contract(prefixes.expand(key))
            except ValueError:
                self._find(f"{key!r} has a code that cannot stand in an IRI; give it another")
                continue
            if back != key:
                self._find(f"{key!r} has the IRI of {back!r}; the two frameworks share IRIs")

    # ---- frameworks

    def _framework(self, found: IncomingFramework) -> None:
        framework = found.framework
        rows = [row for row in self._rows("frameworks.tsv") if row["id"] != framework.id]
        cells = {column: getattr(framework, column) or "" for column in COLUMNS["frameworks.tsv"]}
        self._write("frameworks.tsv", [*rows, self._flat(cells, framework.id)])
        self._levels(found)
        columns = COLUMNS["frameworks/*.tsv"]
        statements = [
            self._flat({column: getattr(c, column) or "" for column in columns}, c.id)
            for c in sorted(found.competencies, key=lambda c: c.position)
        ]
        table = f"frameworks/{framework.id}.tsv"
        if statements:
            self._write(table, statements)
        else:  # a framework that is only listed has no table
            (self.folder / table).unlink(missing_ok=True)

    def _levels(self, found: IncomingFramework) -> None:
        rows = self._rows("schemes.tsv")
        known = {(row["scheme"], row["id"]) for row in rows}
        last = max((n for n, row in enumerate(rows) if row["scheme"] == "level"), default=-1)
        new = [
            {column: getattr(level, column) or "" for column in COLUMNS["schemes.tsv"]}
            for level in found.levels
            if ("level", level.id) not in known
        ]
        self._write("schemes.tsv", [*rows[: last + 1], *new, *rows[last + 1 :]])

    def _flat(self, cells: dict[str, str], key: str) -> dict[str, str]:
        """Cells without the tabs and line ends that our tables have no place for."""
        flat = {column: " ".join(str(text).split()) for column, text in cells.items()}
        if any(c in str(text) for text in cells.values() for c in "\t\n\r"):
            self._note(f"{key}: line breaks and tabs were read as spaces")
        return flat

    # ---- crosswalks

    def _crosswalk(self, found: IncomingCrosswalk, authors: Mapping[str, str]) -> None:
        ends = found.subject_framework, found.object_framework
        alignments: Sequence[Alignment] = found.alignments
        key, turned = terms.crosswalk_id(*ends), terms.crosswalk_id(*reversed(ends))
        present = {table.crosswalk.id: table for table in self.sources.crosswalks}
        if key not in present and turned in present:
            alignments = [_turned(alignment) for alignment in alignments]
            ends = ends[1], ends[0]
            self._note(f"{key} stands here as {turned}; its rows were turned round")
            key = turned
        old = {a.id: a for a in present[key].alignments} if key in present else {}
        merged, judged = dict(old), {_pair(a): a for a in old.values() if a.status != IMPORTED}
        for alignment in alignments:
            new = _with_author(alignment, authors)
            other = judged.get(_pair(new))
            pair = f"{new.subject_id} and {new.object_id}"
            if new.status == IMPORTED != old.get(new.id, new).status:
                self._note(f"{pair}: was judged so here already; our row stays as it is")
            elif new.id in old and not _same(new, old[new.id]) and new.author != old[new.id].author:
                self._find(
                    f"{pair} were judged by {old[new.id].author} already, in other words; "
                    f"change the row of crosswalks/{key}.sssom.tsv, or leave it out here"
                )
            elif new.id not in old and other and new.status != IMPORTED:
                self._find(
                    f"{pair} are {_verdict(other)} in crosswalks/{key}.sssom.tsv and "
                    f"{_verdict(new)} here; keep one of the two"
                )
            else:
                merged[new.id] = new
        if not merged:
            self._note(f"{key} has no alignments; nothing was made of it")
            return
        self._evidence(merged.values())
        table = f"crosswalks/{key}.sssom.tsv"
        rows = [
            self._flat(_cells(a), f"{a.subject_id} \u2013 {a.object_id}") for a in merged.values()
        ]
        used = {a.author.partition(":")[0] for a in merged.values() if a.author}
        self._write(table, rows, self._head(table, found, ends, used))

    def _evidence(self, alignments: Iterable[Alignment]) -> None:
        rows = self._rows("evidence.tsv")
        urls, ids = {row["url"] for row in rows}, {row["id"] for row in rows}
        for evidence in (e for a in alignments for e in a.evidence):
            if evidence.url in urls:
                continue
            key = evidence.id
            if not _SLUG.fullmatch(key) or key in ids:
                key = f"source-{hashlib.sha256(evidence.url.encode()).hexdigest()[:8]}"
            rows.append(self._flat(_evidence_cells(evidence, key), key))
            urls.add(evidence.url)
            ids.add(key)
        self._write("evidence.tsv", rows)

    def _head(
        self, table: str, found: IncomingCrosswalk, ends: tuple[str, str], used: set[str]
    ) -> str:
        """Metadata as `#` lines: those that are there, or new ones."""
        iris = {row["prefix"]: row["iri"] for row in self._rows("prefixes.tsv")}
        frameworks = {row["id"]: row for row in self._rows("frameworks.tsv")}
        header: dict[str, Any] = {}
        path = self.folder / table
        if path.is_file():
            header, _, _ = parse_table(path.read_text(encoding="utf-8"), table)
        else:
            header = {
                "mapping_set_id": f"{iris['crosswalk']}{terms.crosswalk_id(*ends)}",
                "mapping_set_title": " ".join(found.title.split()),
                "mapping_set_description": " ".join(found.description.split()),
                "license": found.license,
                "extension_definitions": [
                    {"slot_name": slot, "property": f"xw:{slot}", "type_hint": "xsd:string"}
                    for slot in ALIGNMENT_COLUMNS
                    if slot.startswith("ext_")
                ],
            }
        for side, end in zip(("subject", "object"), ends, strict=True):
            if end not in frameworks:
                self._find(f"framework {end!r} is neither in the file nor in the workspace")
                continue
            header[f"{side}_type"] = "skos concept"
            header[f"{side}_source"] = f"framework:{end}"
            # A new edition must not slip under judgments of the old one.
            header.setdefault(f"{side}_source_version", frameworks[end]["version"])
        prefixes = {*header.get("curie_map", {}), *ends, "framework", "xw", *used}
        header["curie_map"] = {p: iris[p] for p in sorted(prefixes) if p in iris}
        text = yaml.safe_dump(header, sort_keys=False, allow_unicode=True, width=10_000)
        return "".join(f"#{line}\n" for line in text.splitlines())


def _pair(a: Alignment) -> frozenset[str]:
    return frozenset((a.subject_id, a.object_id))


def _verdict(a: Alignment) -> str:
    return f"{a.relation} matches" if a.aligned else "not aligned"


def _same(one: Alignment, other: Alignment) -> bool:
    return _cells(one) == _cells(other)


def _with_author(a: Alignment, prefixes: Mapping[str, str]) -> Alignment:
    """An alignment whose author has our prefix for the same IRI."""
    prefix, _, name = a.author.partition(":")
    return replace(a, author=f"{prefixes[prefix]}:{name}") if prefix in prefixes else a


def _turned(a: Alignment) -> Alignment:
    """An alignment from its other end (SKOS Reference, S43 and S44)."""
    relation = INVERSE[a.relation]
    modifier = "" if a.aligned else "Not"
    return replace(
        a,
        id=terms.alignment_id(a.object_id, modifier, relation.predicate_id, a.subject_id),
        subject_id=a.object_id,
        subject_label=a.object_label,
        relation=relation,
        object_id=a.subject_id,
        object_label=a.subject_label,
    )


def _cells(a: Alignment) -> dict[str, str]:
    """One alignment as a row of our table."""
    return {
        "subject_id": a.subject_id,
        "subject_label": a.subject_label,
        "predicate_id": a.relation.predicate_id,
        "predicate_modifier": "" if a.aligned else "Not",
        "object_id": a.object_id,
        "object_label": a.object_label,
        "mapping_justification": a.justification,
        "author_id": a.author,
        "mapping_date": a.date,
        "confidence": f"{a.confidence:.3f}".rstrip("0").rstrip("."),
        "see_also": "|".join(evidence.url for evidence in a.evidence),
        "comment": a.rationale,
        "ext_strength": a.strength or "",
        "ext_direction": a.direction or "",
        "ext_aims": " ".join(a.aims),
        "ext_evidence_supports": "|".join(e.supports.replace("|", "/") for e in a.evidence),
        "ext_status": a.status,
        "ext_change": a.change or "",
    }


def _evidence_cells(evidence: Evidence, key: str) -> dict[str, str]:
    return {
        "id": key,
        "kind": evidence.kind or "publication",
        "citation": evidence.citation or evidence.url,
        "url": evidence.url,
        "finding": evidence.supports,
    }
