"""Releases over HTTP: their files, and answers that are pinned to one of them.

Every answer names its release. The address of an answer with `release=HASH` added gives the same
bytes as long as that release is served, and otherwise says which one is, and what changed since.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote_plus

from api.answer import Answer
from api.pages.view import Column, DataTable, View
from graph.delta import diff
from graph.errors import NotFoundError, ParameterError, ReleaseDiffersError
from graph.nearest import nearest
from graph.release.bundle import SUMS
from graph.release.folder import SHORTEST, Release, find_release, releases

if TYPE_CHECKING:
    from api.http import Scope
    from api.service import Service
    from graph.records import Record

_PINNED: Final = re.compile(rb"(?:^|&)release=([^&]*)")
_HEX: Final = re.compile(rf"[0-9a-f]{{{SHORTEST},64}}")

_FILES = (
    Column("path", "File"),
    Column("media_type", "Media type"),
    Column("bytes", "Bytes", "number"),
    Column("sha256", "SHA-256"),
    Column("url", "Address", "url"),
)
_RELEASES = (
    Column("hash", "Release"),
    Column("previous", "Before"),
    Column("modified", "Newest verdict"),
    Column("software", "Software"),
    Column("url", "Address", "url"),
)


def unpinned(scope: Scope) -> tuple[Scope, str]:
    """A request without `release=HASH`, and the hash; so a pinned answer has the same bytes."""
    query: bytes = scope["query_string"]
    if b"release=" not in query or (match := _PINNED.search(query)) is None:
        return scope, ""
    rest = _PINNED.sub(b"", query).lstrip(b"&")
    pin = unquote_plus(match[1].decode("latin-1")) or "nothing"
    return {**scope, "query_string": rest}, pin


def require_release(service: Service, pin: str) -> None:
    """See that an answer of the release that is served was asked for.

    Raises
    ------
    ReleaseDiffersError
        Saying what changed, if the release asked for is at hand.
    ParameterError
        If the name is no beginning of a hash.
    """
    current = service.catalogue.release
    if not _HEX.fullmatch(pin):
        raise ParameterError("release", pin, f"{SHORTEST} to 64 hexadecimal digits of a release")
    if current.startswith(pin):
        return
    try:
        found = find_release(service.settings.releases_dir, pin)
    except NotFoundError:
        raise ReleaseDiffersError(pin, current) from None
    changes = diff(found.data, service.settings.data_dir).summary()
    raise ReleaseDiffersError(pin, current, changes, _address(found.hash))


def list_releases(service: Service) -> View:
    """All releases at hand, from the first to the last, and the one that is served."""
    known = releases(service.settings.releases_dir)
    current = service.catalogue.release
    items = [_outline(found) for found in known.values()]
    return View(
        "releases.html",
        "Releases",
        {"current": current, "bundled": current in known, "items": items},
        about="Immutable states of the data, to be cited, checked and downloaded.",
        tables=(DataTable("releases", f"{len(items)} releases", _RELEASES, items),),
        section="about",
    )


def show_release(service: Service, name: str) -> View:
    """One release: its files with their checksums.

    Raises
    ------
    NotFoundError
    """
    found = find_release(service.settings.releases_dir, name)
    files = [
        {**file, "url": f"{_address(found.hash)}/{quote(file['path'])}"}
        for file in found.record["files"]
    ]
    record = {**_outline(found), "files": files, "left_out": found.record["left_out"]}
    return View(
        "release.html",
        f"Release {found.hash[:12]}",
        record,
        tables=(DataTable("files", f"{len(files)} files", _FILES, files),),
        trail=(("Releases", "/releases"),),
        section="about",
    )


def release_file(service: Service, name: str, path: str) -> Answer:
    """A file of a release, as it was made.

    Only files that the release lists are looked for, so that no path leads elsewhere.

    Raises
    ------
    NotFoundError
        With the nearest files.
    """
    found = find_release(service.settings.releases_dir, name)
    types = {file["path"]: file["media_type"] for file in found.record["files"]}
    types |= {"release.json": "application/json", SUMS: "text/plain"}
    if path not in types:
        raise NotFoundError("file", path, nearest(path, types))
    stem = path.rpartition("/")[2]
    headers = (("content-disposition", f'inline; filename="{stem}"'),)
    return Answer((found.path / path).read_bytes(), types[path], headers=headers)


def _outline(found: Release) -> Record:
    return {
        "hash": found.hash,
        "previous": found.record["previous"],
        "modified": found.record["modified"],
        "software": found.record["software"],
        "license": found.record["license"],
        "digest": found.digest(),
        "url": _address(found.hash),
    }


def _address(release: str) -> str:
    return f"/releases/{release}"
