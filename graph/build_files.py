"""The manifest of a build: which files it has, and the hash of the release.

Apart from `graph.build` so that loading a build needs none of what making one needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MANIFEST: Final = "MANIFEST.tsv"
MANIFEST_COLUMNS: Final = ("file", "graph", "triples", "items", "sha256")

#: The one file of a release that is written by hand: beside `build/`, not in it.
VOCABULARY_FILE: Final = "vocabulary.ttl"


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """One file of a build: its named graph, how much it holds, and its checksum.

    Attributes
    ----------
    items : int
        What the file is about: competencies, alignments, concepts or resources.
    """

    file: str
    graph: str
    triples: int
    items: int
    sha256: str


def read_manifest(data: Path) -> tuple[str, list[ManifestEntry]]:
    """Release hash and files of a build on disk.

    Raises
    ------
    FileNotFoundError
        If the folder has no build.
    """
    return parse_manifest((data / "build" / MANIFEST).read_text(encoding="utf-8"))


def parse_manifest(text: str) -> tuple[str, list[ManifestEntry]]:
    """Release hash and files that a manifest's text names."""
    lines = text.splitlines()
    release = lines[0].removeprefix("#release: ")
    rows = (line.split("\t") for line in lines[2:])
    return release, [ManifestEntry(r[0], r[1], int(r[2]), int(r[3]), r[4]) for r in rows]


def manifest_text(entries: Iterable[ManifestEntry], release: str) -> str:
    """Text of a manifest: the release hash, then one line a file."""
    rows = ("\t".join(map(str, (e.file, e.graph, e.triples, e.items, e.sha256))) for e in entries)
    return "\n".join([f"#release: {release}", "\t".join(MANIFEST_COLUMNS), *rows]) + "\n"
