"""The commands about releases. `graph.cli` adds the group to its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from graph.cli_io import FINDINGS, json_option, print_findings, print_json

if TYPE_CHECKING:
    from graph.cli import Session
    from graph.records import Record


@click.group("release", epilog="Example: crosswalk release list")
def release() -> None:
    """Make, list and verify releases: one state of the data, whole and unchanging."""


@release.command(epilog="Example: crosswalk release make --into releases")
@click.option(
    "--into",
    "folder",
    default="releases",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of releases; each has one of its own in it, named by its hash.",
)
@click.option("--previous", metavar="HASH", help="Release before; otherwise the folder's last.")
@json_option
@click.pass_obj
def make(session: Session, folder: Path, previous: str | None, *, as_json: bool) -> None:
    """Write the built data in all formats, with checksums, description and changes.

    The same data gives the same bytes. Nothing private is in it.
    """
    from graph.release.folder import make_release

    bar: Any
    with click.progressbar(length=100, label="writing formats", file=sys.stderr) as bar:

        def progress(done: int, total: int) -> None:
            bar.update(max(0, done * 100 // max(total, 1) - bar.pos))

        made, bundle, new = make_release(
            session.settings.data_dir, folder, previous=previous, progress=progress
        )
    record: Record = {
        "release": made.hash,
        "previous": bundle.previous,
        "path": str(made.path),
        "files": len(bundle.files),
        "bytes": sum(map(len, bundle.files.values())),
        "digest": bundle.digest,
        "left_out": bundle.left_out,
        "new": new,
    }
    if as_json:
        print_json(record)
        return
    click.echo(made.path)
    size = record["bytes"] / 1_000_000
    state = "written" if new else "is there already, byte for byte"
    click.echo(f"{record['files']} files, {size:.1f} MB {state}", err=True)
    click.echo(f"bundle sha256:{bundle.digest}", err=True)
    for path, reason in sorted(bundle.left_out.items()):
        click.echo(f"left out {path}: {reason}", err=True)


@release.command("list", epilog="Example: crosswalk release list --from releases")
@click.option(
    "--from",
    "folder",
    default="releases",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
)
@json_option
@click.pass_obj
def list_(session: Session, folder: Path, *, as_json: bool) -> None:
    """List the releases of a folder, from the first to the last."""
    from graph.release.folder import releases
    from graph.terminal import Column

    items: list[Record] = [
        {
            "release": key,
            "previous": found.record.get("previous"),
            "modified": found.record.get("modified"),
            "software": found.record.get("software"),
            "digest": found.digest(),
        }
        for key, found in releases(folder).items()
    ]
    if as_json:
        print_json({"items": items, "total": len(items), "next": None})
        return
    columns = (Column("Release"), Column("Before"), Column("Modified"), Column("Software"))
    rows = [
        (item["release"][:12], (item["previous"] or "")[:12], item["modified"], item["software"])
        for item in items
    ]
    if rows:
        session.table(columns, rows)
    click.echo(f"{len(items)} in {folder}", err=True)


@release.command(epilog="Example: crosswalk release verify --help")
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--quick", is_flag=True, help="Checksums only; do not make the release again.")
@json_option
def verify(path: Path, *, quick: bool, as_json: bool) -> None:
    """Say what of a release was changed, taken away or added since it was made.

    Exit status 0: nothing; 1: something; 2: PATH is no release.
    """
    from graph.release.folder import verify as find_faults

    found = find_faults(path, again=not quick)
    print_findings(found, as_json=as_json)
    count = f"{len(found)} {'finding' if len(found) == 1 else 'findings'}"
    click.echo(count if found else "as it was made", err=True)
    if found:
        raise click.exceptions.Exit(FINDINGS)
