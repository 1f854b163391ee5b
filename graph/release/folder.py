"""Releases side by side in a folder, each below its hash; what was touched is found.

A release never changes. Making one again gives the same bytes or is refused; `verify` finds every
file that was changed, taken away or added since, also where somebody mended the checksums to match.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from graph import __version__
from graph.bounded import parse_json
from graph.errors import CrosswalkError, NotFoundError, SourcesError, StoreError
from graph.model import Finding
from graph.nearest import nearest
from graph.release.bundle import DATA, DATASET, RECORD, SUMS, Bundle, make_bundle

if TYPE_CHECKING:
    from collections.abc import Callable

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_SUM: Final = re.compile(r"([0-9a-f]{64})  (\S.*)")

#: Shortest beginning of a hash by which a release may be named.
SHORTEST: Final = 8


@dataclass(frozen=True, slots=True)
class Release:
    """A release on disk.

    Attributes
    ----------
    record : dict[str, Any]
        What `release.json` says.
    """

    path: Path
    record: dict[str, Any]

    @property
    def hash(self) -> str:
        """Its name."""
        return str(self.record["release"])

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.path / DATA

    def digest(self) -> str:
        """SHA-256 of its list of checksums."""
        return hashlib.sha256((self.path / SUMS).read_bytes()).hexdigest()


def releases(folder: Path) -> dict[str, Release]:
    """All releases of a folder by hash, from the first to the last as each names the one before.

    Raises
    ------
    SourcesError
        If a record cannot be read.
    """
    found: dict[str, Release] = {}
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if _HASH.fullmatch(path.name) and (path / RECORD).is_file():
                record = parse_json((path / RECORD).read_bytes(), f"{path.name}/{RECORD}")
                found[path.name] = Release(path, record)
    ordered: dict[str, Release] = {}
    waiting = [*found.values()]
    while waiting:
        ready = [r for r in waiting if r.record.get("previous") not in {w.hash for w in waiting}]
        for release in ready or waiting:
            ordered[release.hash] = release
        waiting = [release for release in waiting if release.hash not in ordered]
    return ordered


def find_release(folder: Path, name: str) -> Release:
    """A release by its hash or the beginning of it.

    Raises
    ------
    NotFoundError
        If none, or more than one, begins so.
    """
    known = releases(folder)
    found = [r for key, r in known.items() if len(name) >= SHORTEST and key.startswith(name)]
    if len(found) != 1:
        raise NotFoundError("release", name, nearest(name, known) or [*known][-3:])
    return found[0]


def make_release(
    data: Path,
    folder: Path,
    *,
    previous: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Release, Bundle, bool]:
    """Put the release of a data folder into a folder of releases.

    Parameters
    ----------
    previous : str | None
        Hash of the release before; otherwise the last one in the folder, if there is just one.

    Returns
    -------
    tuple[Release, Bundle, bool]
        The release, its files, and whether it was not there before.

    Raises
    ------
    StoreError
        If the release is there with other bytes: it was touched, or made by other software.
    NotFoundError
        If there is no release `previous`.
    """
    known = releases(folder)
    hash_ = release_hash(data)
    before = _previous(folder, known, hash_, previous)
    bundle = make_bundle(
        data,
        previous=before.data if before else None,
        previous_hash=before.hash if before else None,
        progress=progress,
    )
    path = folder / bundle.release
    if path.exists():
        differing = _differing(path, bundle)
        if differing:
            raise StoreError(
                f"{path} differs from what this software makes of {data}, in "
                f"{', '.join(differing[:5])}; a release never changes: verify it, or make it "
                "elsewhere"
            )
        return releases(folder)[bundle.release], bundle, False
    folder.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".release-", dir=folder))
    try:
        for name, content in bundle.files.items():
            file = made / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            file.chmod(0o444)
        made.chmod(0o755)
        made.replace(path)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return releases(folder)[bundle.release], bundle, True


def release_hash(data: Path) -> str:
    """Hash of the release that a data folder was built to.

    Raises
    ------
    StoreError
        If it was not built.
    """
    from graph.build_files import read_manifest

    try:
        return read_manifest(data)[0]
    except (OSError, IndexError):
        raise StoreError(f"{data} has no build; run: crosswalk build", path=data) from None


def _previous(
    folder: Path, known: dict[str, Release], hash_: str, previous: str | None
) -> Release | None:
    if previous is not None:
        return find_release(folder, previous)
    if hash_ in known:
        before = known[hash_].record.get("previous")
        return known.get(before) if before else None
    named = {release.record.get("previous") for release in known.values()}
    last = [release for release in known.values() if release.hash not in named]
    if len(last) > 1:
        names = " or ".join(release.hash[:12] for release in last)
        raise StoreError(f"{folder} has several last releases; say which is before: {names}")
    return last[0] if last else None


def _differing(path: Path, bundle: Bundle) -> list[str]:
    present = {p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file()}
    return sorted(
        name
        for name in present | bundle.files.keys()
        if name not in present
        or name not in bundle.files
        or (path / name).read_bytes() != bundle.files[name]
    )


# ---- verification --------------------------------------------------------------------------


def verify(path: Path, *, again: bool = True) -> list[Finding]:
    """Everything about a release on disk that is not as it was made.

    Checksums find what was changed. That `dataset.nq` hashes to the release hash finds a change of
    the data whose checksums were mended. With `again`, the same software makes the release anew
    from its data and compares every byte, which finds the rest.

    Raises
    ------
    StoreError
        If the folder is no release.
    """
    if not (path / RECORD).is_file() or not (path / SUMS).is_file():
        raise StoreError(f"{path} is no release: {RECORD} or {SUMS} is missing", path=path)
    findings, sums = _read_sums(path)
    present = {p.relative_to(path).as_posix(): p for p in path.rglob("*") if p.is_file()}
    for name, (line, digest) in sums.items():
        if name not in present:
            findings.append(Finding(SUMS, line, f"{name} is missing"))
        elif hashlib.sha256(present[name].read_bytes()).hexdigest() != digest:
            findings.append(Finding(name, 1, f"is not what {SUMS} says; its bytes were changed"))
    findings += [
        Finding(name, 1, f"is not in {SUMS}; it was added")
        for name in sorted(present.keys() - sums.keys() - {SUMS})
    ]
    record, release = _read_record(path, findings)
    if release and _HASH.fullmatch(path.resolve().name) and path.resolve().name != release:
        findings.append(Finding(RECORD, 1, f"names release {release}, and the folder another"))
    dataset = present.get(DATASET)
    if dataset and release and hashlib.sha256(dataset.read_bytes()).hexdigest() != release:
        findings.append(Finding(DATASET, 1, f"does not hash to the release hash {release}"))
    if again and not findings:
        findings += _made_again(path, record)
    return sorted(findings)


def _read_sums(path: Path) -> tuple[list[Finding], dict[str, tuple[int, str]]]:
    findings, sums = [], {}
    text = (path / SUMS).read_text(encoding="utf-8", errors="replace")
    for line, content in enumerate(text.splitlines(), start=1):
        match = _SUM.fullmatch(content)
        if match is None:
            findings.append(Finding(SUMS, line, "is no line of checksums"))
        else:
            sums[match[2]] = (line, match[1])
    return findings, sums


def _read_record(path: Path, findings: list[Finding]) -> tuple[dict[str, Any], str]:
    try:
        record = parse_json((path / RECORD).read_bytes(), RECORD)
        release = record["release"]
        if not _HASH.fullmatch(release):
            raise ValueError(release)
    except SourcesError as error:
        findings += error.findings
    except (KeyError, TypeError, ValueError):
        findings.append(Finding(RECORD, 1, "names no release"))
    else:
        return record, release
    return {}, ""


def _made_again(path: Path, record: dict[str, Any]) -> list[Finding]:
    """Files that differ from what this software makes of the release's own data."""
    if record.get("software") != __version__:
        return []
    before = record.get("previous")
    known = releases(path.resolve().parent)
    if before and before not in known:
        return []  # what changed since cannot be told again without it
    try:
        bundle = make_bundle(
            path / DATA,
            previous=known[before].data if before else None,
            previous_hash=before,
        )
    except CrosswalkError as error:
        return [Finding(DATA, 1, f"cannot be made into a release again: {error}")]
    return [
        Finding(name, 1, "is not what this software makes of the data; checksums were mended")
        for name in _differing(path, bundle)
    ]
