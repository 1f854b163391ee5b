"""Fetch the assets of others that the pages use, and keep watch over them.

    python scripts/vendor.py            fetch what the table names, and note the hashes
    python scripts/vendor.py --check    compare the files with the notes; needs no network

The files stand below `api/static/vendor/<folder>/`, each package with its license, and are served
from there: no page loads anything from another host. `VENDORED.tsv` beside the folders says of each
file from which package and version it comes and what its SHA-256 is.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

VENDOR: Final = Path(__file__).parent.parent / "api/static/vendor"
NOTES: Final = VENDOR / "VENDORED.tsv"

_COLUMNS: Final = ("folder", "package", "version", "license", "file", "sha256")


@dataclass(frozen=True, slots=True)
class Package:
    """A package of npm and the files of it that are taken.

    Attributes
    ----------
    folder : str
        Below `api/static/vendor`.
    license : str
        As an SPDX expression.
    files : tuple[str, ...]
        Paths inside the package; the license is one of them, or else what states it. Only their
        names are kept.
    """

    folder: str
    name: str
    version: str
    license: str
    files: tuple[str, ...]


PACKAGES: Final = (
    Package("cytoscape", "cytoscape", "3.35.0", "MIT", ("LICENSE", "dist/cytoscape.esm.min.mjs")),
    # Neither oxigraph nor yasgui brings the text of its license; package.json names it and the
    # authors. The text of Apache-2.0, under which oxigraph is taken, is this project's own LICENSE.
    Package(
        "oxigraph",
        "oxigraph",
        "0.5.11",
        "MIT OR Apache-2.0",
        ("package.json", "web.js", "web_bg.wasm"),
    ),
    Package(
        "swagger-ui",
        "swagger-ui-dist",
        "5.35.0",
        "Apache-2.0",
        ("LICENSE", "NOTICE", "swagger-ui-bundle.js", "swagger-ui.css"),
    ),
    Package(
        "yasgui",
        "@zazuko/yasgui",
        "4.6.2",
        "MIT",
        ("package.json", "build/yasgui.min.css", "build/yasgui.min.js"),
    ),
)


def main(arguments: list[str] | None = None) -> int:
    """Fetch, or check; 1 if the check found something."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--check", action="store_true", help="compare files and notes, fetch nothing"
    )
    if parser.parse_args(arguments).check:
        found = faults()
        for fault in found:
            print(fault)
        return int(bool(found))
    for package in PACKAGES:
        fetch(package)
        print(f"{package.name} {package.version}: {len(package.files)} files")
    NOTES.write_text(notes(), encoding="utf-8")
    return 0


def fetch(package: Package) -> None:
    """Put the files of a package in its folder, in place of what was there.

    npm compares the package with the hash that the registry has of it.

    Raises
    ------
    subprocess.CalledProcessError
        If npm cannot get the package.
    FileNotFoundError
        If npm is missing, or the package lacks one of the files; then nothing has changed.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("npm is missing; it comes with Node.js")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [npm, "pack", "--silent", f"{package.name}@{package.version}"],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        contents = _contents(next(Path(folder).glob("*.tgz")), package)
    target = VENDOR / package.folder
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name, content in contents.items():
        (target / name).write_bytes(content)


def _contents(archive: Path, package: Package) -> dict[str, bytes]:
    found = {}
    with tarfile.open(archive) as packed:
        for file in package.files:
            try:
                member = packed.extractfile(f"package/{file}")
            except KeyError:
                member = None
            if member is None:
                raise FileNotFoundError(f"{package.name} {package.version} has no file {file}")
            found[PurePosixPath(file).name] = member.read()
    return found


def notes(vendor: Path = VENDOR) -> str:
    """What the notes say of the table and of the files as they are."""
    output = io.StringIO()
    writer = csv.writer(output, delimiter="\t", lineterminator="\n")
    writer.writerow(_COLUMNS)
    for package in PACKAGES:
        for file in package.files:
            name = PurePosixPath(file).name
            digest = hashlib.sha256((vendor / package.folder / name).read_bytes()).hexdigest()
            row = (package.folder, package.name, package.version, package.license, file, digest)
            writer.writerow(row)
    return output.getvalue()


def faults(vendor: Path = VENDOR) -> list[str]:
    """What differs between the table, the notes and the files; empty if nothing does."""
    wanted = {f"{p.folder}/{PurePosixPath(f).name}" for p in PACKAGES for f in p.files}
    noted = vendor / NOTES.name
    present = {
        path.relative_to(vendor).as_posix()
        for path in vendor.rglob("*")
        if path.is_file() and path != noted
    }
    found = [f"{name} is missing; run scripts/vendor.py" for name in sorted(wanted - present)]
    found += [f"{name} is in no package of the table" for name in sorted(present - wanted)]
    if not found and (not noted.is_file() or noted.read_text(encoding="utf-8") != notes(vendor)):
        found.append(f"{NOTES.name} does not fit the files and the table; run scripts/vendor.py")
    return found


if __name__ == "__main__":
    sys.exit(main())
