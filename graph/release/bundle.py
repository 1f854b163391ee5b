"""The files of a release: the data in every format, its description, its checksums.

The same data made with the same software gives the same bytes: dates come from the data, never from
a clock. `dataset.nq` is the dataset in canonical form (RDF Dataset Canonicalization 1.0), and the
release hash is its SHA-256, so that anybody can check the one against the other with a tool that
every system has.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from graph import __version__
from graph.build import build, canonical_quads, stale_files
from graph.catalogue import Catalogue
from graph.delta import diff
from graph.errors import CrosswalkError, StoreError
from graph.exchange import Content, Selection, formats_writing
from graph.release.describe import Listed, describe
from graph.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from graph.exchange import Format
    from graph.records import Record

RECORD: Final = "release.json"
SUMS: Final = "SHA256SUMS"
DATASET: Final = "dataset.nq"
DATA: Final = "data"

#: What a data folder may hold that never leaves it.
_NOT_PUBLIC: Final = frozenset({"private", "__pycache__", ".import"})

_UNKNOWN: Final = "application/octet-stream"
_CONTENT_LICENSE: Final = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A release in memory.

    Attributes
    ----------
    files : dict[str, bytes]
        By path below the folder of the release, `SHA256SUMS` among them.
    left_out : dict[str, str]
        Files of formats that cannot hold this content, with the reason.
    """

    release: str
    previous: str | None
    files: dict[str, bytes]
    left_out: dict[str, str]

    @property
    def digest(self) -> str:
        """SHA-256 of the list of checksums: names the bundle with every byte in it."""
        return hashlib.sha256(self.files[SUMS]).hexdigest()


def make_bundle(
    data: Path,
    *,
    previous: Path | None = None,
    previous_hash: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Bundle:
    """All files of the release that a data folder holds. Memory: all of them at once.

    Parameters
    ----------
    previous : Path | None
        Data folder of the release before, to tell what changed since.
    previous_hash : str | None
        Hash of the release before.
    progress : Callable[[int, int], None] | None
        Called with the files written so far and their number.

    Raises
    ------
    SourcesError
        If a table is wrong.
    StoreError
        If the build is not what the tables say.
    """
    built = build(data)
    if stale_files(data, built):
        raise StoreError(f"the build in {data} is not what its tables say; run: crosswalk build")
    catalogue = Catalogue.load(open_store(data))
    files: dict[str, bytes] = {}
    about: dict[str, Listed] = {}
    left_out: dict[str, str] = {}
    jobs = [*_jobs(catalogue)]
    for number, (path, format_, subject, write) in enumerate(jobs):
        if progress:
            progress(number, len(jobs))
        try:
            files[path] = write()
        except CrosswalkError as error:
            left_out[path] = str(error)
            continue
        about[path] = Listed(path, format_.media_type, format_.about, subject)
    files[DATASET] = "".join(canonical_quads(data, built)).encode()
    about[DATASET] = Listed(
        DATASET, "application/n-quads", "the whole dataset in canonical form", "graph:provenance"
    )
    for path, content in _data_files(data):
        files[path] = content
    changes = diff(previous, data) if previous else None
    files["CHANGES.md"] = _changes(previous_hash, changes.markdown() if changes else "").encode()
    files["CITATION.cff"] = _citation(catalogue).encode()
    files["README.md"] = _readme(catalogue, left_out).encode()
    checks = {
        path: (hashlib.sha256(content).hexdigest(), len(content)) for path, content in files.items()
    }
    files["dataset.ttl"] = describe(
        catalogue, [about[path] for path in sorted(about)], checks, previous_hash
    ).encode()
    if progress:
        progress(len(jobs), len(jobs))
    types = {path: listed.media_type for path, listed in about.items()}
    return _sealed(catalogue, previous_hash, files, left_out, types)


#: Media types of files that no format wrote, by their ending.
_TYPES: Final = {
    "cff": "text/yaml",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "md": "text/markdown",
    "tsv": "text/tab-separated-values",
    "ttl": "text/turtle",
}


def _sealed(
    catalogue: Catalogue,
    previous: str | None,
    files: dict[str, bytes],
    left_out: dict[str, str],
    types: dict[str, str],
) -> Bundle:
    """The bundle with its record and, last of all, its checksums."""
    record: Record = {
        "release": catalogue.release,
        "previous": previous,
        "modified": _modified(catalogue),
        "software": __version__,
        "license": _CONTENT_LICENSE,
        "files": [
            {
                "path": path,
                "media_type": types.get(path) or _TYPES.get(path.rpartition(".")[2], _UNKNOWN),
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            for path, content in sorted(files.items())
        ],
        "left_out": left_out,
    }
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    sealed = {**files, RECORD: text.encode()}
    sums = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {path}\n"
        for path, content in sorted(sealed.items())
    )
    sealed[SUMS] = sums.encode()
    return Bundle(catalogue.release, previous, dict(sorted(sealed.items())), left_out)


def _jobs(catalogue: Catalogue) -> Iterator[tuple[str, Format, str, Callable[[], bytes]]]:
    """Path, format, subject and writer of every framework and crosswalk in every format."""
    for framework in catalogue.frameworks.values():
        for path, format_ in _paths("frameworks", framework.id, Content.FRAMEWORK):
            write = partial(format_.write_framework, catalogue, framework)
            yield path, format_, f"framework:{framework.id}", write
    for crosswalk in catalogue.crosswalks.values():
        alignments = catalogue.by_crosswalk.get(crosswalk.id, [])
        selection = Selection(catalogue, alignments, crosswalk)
        for path, format_ in _paths("crosswalks", crosswalk.id, Content.CROSSWALK):
            yield path, format_, f"crosswalk:{crosswalk.id}", partial(format_.write, selection)


def _paths(folder: str, stem: str, content: Content) -> Iterator[tuple[str, Format]]:
    """A path for each format; of two with one ending the second has its name in the path."""
    taken: set[str] = set()
    for name, format_ in formats_writing(content).items():
        path = f"{folder}/{stem}{format_.suffix}"
        if path in taken:
            path = f"{folder}/{stem}.{name}{format_.suffix}"
        taken.add(path)
        yield path, format_


def _data_files(data: Path) -> Iterator[tuple[str, bytes]]:
    """The data folder itself, so that a release can be loaded, served and compared."""
    for path in sorted(data.rglob("*")):
        parts = path.relative_to(data).parts
        hidden = any(part in _NOT_PUBLIC or part.startswith(".") for part in parts)
        if path.is_file() and not hidden and path.suffix != ".py":
            yield f"{DATA}/{path.relative_to(data).as_posix()}", path.read_bytes()


def _modified(catalogue: Catalogue) -> str:
    """Day of the newest verdict; empty if there is none."""
    return max((alignment.date for alignment in catalogue.alignments.values()), default="")


# ---- for people ----------------------------------------------------------------------------


def _changes(previous: str | None, markdown: str) -> str:
    if previous is None:
        return "# What changed\n\nThis release names no release before it.\n"
    heading = f"Since release `{previous}`.\n"
    if not markdown:
        return f"# What changed\n\n{heading}\nNothing in the tables changed.\n"
    title, _, rest = markdown.partition("\n")
    return f"{title}\n\n{heading}{rest}\n"


def _citation(catalogue: Catalogue) -> str:
    """CITATION.cff 1.2.0 of this release."""
    lines = [
        "cff-version: 1.2.0",
        "title: Competency crosswalk",
        "message: >-",
        "  Cite the release that you used by its hash. If you use a framework, cite its publisher",
        "  too; README.md has the list.",
        "type: dataset",
        f'version: "{catalogue.release}"',
        "license: CC-BY-4.0",
        "authors:",
        "  - name: Competency Crosswalk project",
        "identifiers:",
        "  - type: other",
        f'    value: "sha256:{catalogue.release}"',
        "    description: SHA-256 of dataset.nq",
    ]
    if modified := _modified(catalogue):
        lines.insert(7, f"date-released: {modified}")
    return "\n".join(lines) + "\n"


def _readme(catalogue: Catalogue, left_out: dict[str, str]) -> str:
    lines = [
        "# Competency crosswalk, one release",
        "",
        f"Release `{catalogue.release}`, made with software {__version__}.",
        "",
        "## What is here",
        "",
        "| Path | What it is |",
        "| --- | --- |",
        "| `dataset.nq` | the whole dataset in canonical form; its SHA-256 is the release hash |",
        "| `dataset.ttl` | what the files are: DCAT 3, VoID linksets, PROV-O |",
        "| `frameworks/`, `crosswalks/` | each in every format that can hold it |",
        "| `data/` | the tables and the build: `crosswalk --data data serve` answers from them |",
        "| `CHANGES.md` | what changed since the release before |",
        "| `SHA256SUMS` | checksums of all the others |",
        "",
        "## Check it",
        "",
        "```console",
        "$ sha256sum --check SHA256SUMS",
        "$ sha256sum dataset.nq   # must print the release hash",
        "$ crosswalk release verify .",
        "```",
        "",
        "## Rights",
        "",
        "Descriptions, reasons and verdicts: CC BY 4.0, Competency Crosswalk project, unless a",
        "crosswalk or framework was imported, which keeps the licence of its source. Titles and",
        "codes belong to the publishers; none of them has endorsed this.",
        "",
        "| Framework | Publisher | Cite |",
        "| --- | --- | --- |",
        *(
            f"| `{f.id}` | {_cell(f.publisher)} | {_cell(f.citation)} |"
            for f in catalogue.frameworks.values()
        ),
        "",
    ]
    if left_out:
        lines += ["## Left out", "", "Formats that cannot hold this content:", ""]
        lines += [f"- `{path}`: {reason}" for path, reason in sorted(left_out.items())]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|") or "–"
