"""Which format a file is of: by a telling end of its name, otherwise by what it holds."""

from __future__ import annotations

from typing import Final

from graph.bounded import refusal
from graph.errors import NotAcceptableError
from graph.exchange import ALIASES, Format, formats_reading
from graph.sheets import looks_like_xlsx

#: How much of a file is looked at, in bytes.
_LOOKED_AT: Final = 65_536

_SKOS: Final = (b"http://www.w3.org/2004/02/skos/core#", b"skos:")


def choose_format(raw: bytes, name: str, asked: str | None = None) -> Format:
    """The format to read a file in.

    Parameters
    ----------
    asked : str | None
        Name of a format, if somebody said which.

    Raises
    ------
    NotAcceptableError
        If the format that was asked for is none that can be read.
    SourcesError
        If nothing tells the format; it lists those that there are.
    """
    readable = formats_reading()
    if asked is not None:
        key = ALIASES.get(asked, asked)
        if key not in readable:
            raise NotAcceptableError(asked, tuple(readable))
        return readable[key]
    # `.case.json` tells the format; `.json` and `.csv` could be anything.
    telling = [f for f in readable.values() if f.suffix.count(".") > 1]
    named = [f for f in telling if name.lower().endswith(f.suffix)]
    if len(named) == 1:
        return named[0]
    found = _by_content(raw)
    if found in readable:
        return readable[found]
    message = f"is of no known format; say which with --format: {', '.join(readable)}"
    raise refusal(name, 1, message)


def _by_content(raw: bytes) -> str:
    """Name of the format whose marks stand near the start of a file; empty if there are none."""
    if looks_like_xlsx(raw):
        return "xlsx"
    start = raw[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip()
    skos = any(mark in start for mark in _SKOS)
    if start[:1] in (b"{", b"["):
        return _json_format(start, skos=skos)
    if start[:5] in (b"<?xml", b"<rdf:"):
        return "skos-rdfxml" if skos else ""
    if start[:1] == b"<" and b"> <" in start.partition(b"\n")[0]:
        return "skos-nquads" if skos else ""
    # Turtle and SSSOM may begin with lines of comment.
    lines = (line for line in start.split(b"\n") if line.strip() and not line.startswith(b"#"))
    head = next(lines, b"")
    if head[:7].lower() in (b"@prefix", b"prefix ") or head[:5].lower() == b"@base":
        return "skos-turtle" if skos else ""
    if b"Parent ID number" in head:
        return "moodle"
    if b"\t" in head:
        return "sssom" if b"predicate_id" in head else "tsv"
    return "csv" if b"," in head or b";" in head else ""


def _json_format(start: bytes, *, skos: bool) -> str:
    if b'"CFDocument"' in start or b'"CFItems"' in start or b'"CFPackages"' in start:
        return "case"
    if b"ceasn:" in start:
        return "ctdlasn"
    if any(mark in start for mark in (b'"fromScheme"', b'"memberSet"', b"/jskos/", b'"inScheme"')):
        return "jskos-ndjson" if b"}\n{" in start.replace(b"\r", b"") else "jskos"
    return "skos-jsonld" if skos else ""
