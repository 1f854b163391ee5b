"""Alignments and frameworks in the formats of other tools. One module a format, one registry.

The command line and the API read their choices from `FORMATS`; a new format is a module and a
line here. A module has, as far as its format can,

- `write(selection, name) -> bytes` for alignments and crosswalks,
- `write_framework(catalogue, framework, name) -> bytes`,
- `read(raw, source) -> Incoming`, which raises `SourcesError` with every problem of the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from graph.errors import NotAcceptableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.catalogue import Catalogue
    from graph.exchange.incoming import Incoming
    from graph.model import Alignment, Crosswalk, Framework


class Content(StrEnum):
    """What a file can hold."""

    ALIGNMENTS = "alignments"  # any selection; a format that has them has whole crosswalks too
    CROSSWALK = "crosswalk"
    FRAMEWORK = "framework"


@dataclass(frozen=True, slots=True)
class Selection:
    """Alignments to be written: those of one crosswalk, or whatever was asked for.

    Attributes
    ----------
    crosswalk : Crosswalk | None
        The crosswalk that they are the whole of, if they are.
    """

    catalogue: Catalogue
    alignments: Sequence[Alignment]
    crosswalk: Crosswalk | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be read, and what is known where it is read.

    Attributes
    ----------
    name : str
        Of the file, for messages and for guessing its format.
    catalogue : Catalogue
        What the workspace holds already: alignments may name its competencies.
    framework_id : str
        What to call the framework that the file brings; empty: as the file suggests.
    """

    name: str
    catalogue: Catalogue
    framework_id: str = ""


@dataclass(frozen=True, slots=True)
class Format:
    """One way of writing, and perhaps reading, alignments or frameworks.

    Attributes
    ----------
    module : str
        Name below `graph.exchange`. Imported when used, so that no command pays for a format that
        it does not write.
    suffix : str
        End of a file's name.
    writes, reads : frozenset[Content]
        What it can hold on the way out and on the way in.
    """

    name: str
    media_type: str
    suffix: str
    module: str
    about: str
    writes: frozenset[Content]
    reads: frozenset[Content] = frozenset()

    def write(self, selection: Selection) -> bytes:
        """Serialise a selection. The same selection gives the same bytes."""
        written: bytes = self._module().write(selection, self.name)
        return written

    def write_framework(self, catalogue: Catalogue, framework: Framework) -> bytes:
        """Serialise a framework with its statements. The same release gives the same bytes."""
        written: bytes = self._module().write_framework(catalogue, framework, self.name)
        return written

    def read(self, raw: bytes, source: Source) -> Incoming:
        """Read a file.

        Raises
        ------
        SourcesError
            With every problem that was found, each with its place and the mend.
        """
        incoming: Incoming = self._module().read(raw, source)
        return incoming

    def _module(self) -> Any:
        return import_module(f"graph.exchange.{self.module}")


def _holding(*contents: Content) -> frozenset[Content]:
    return frozenset(contents)


_ALIGNMENTS: Final = _holding(Content.ALIGNMENTS, Content.CROSSWALK)
_EVERYTHING: Final = _ALIGNMENTS | {Content.FRAMEWORK}
_WHOLE: Final = _holding(Content.CROSSWALK, Content.FRAMEWORK)

FORMATS: Final = {
    format_.name: format_
    for format_ in (
        Format(
            "json", "application/json", ".json", "records", "records as the API gives them",
            writes=_EVERYTHING,
        ),
        Format(
            "csv", "text/csv", ".csv", "delimited", "comma separated, one row a line",
            writes=_EVERYTHING, reads=_EVERYTHING,
        ),
        Format(
            "tsv", "text/tab-separated-values", ".tsv", "delimited", "tab separated",
            writes=_EVERYTHING, reads=_EVERYTHING,
        ),
        Format(
            "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx",
            "spreadsheet", "a workbook with filters: rows, matrix, about",
            writes=_EVERYTHING, reads=_EVERYTHING,
        ),
        Format(
            "sssom", "application/sssom+tsv", ".sssom.tsv", "sssom", "SSSOM 1.0 TSV",
            writes=_ALIGNMENTS, reads=_ALIGNMENTS,
        ),
        Format(
            "sssom-1.1", "application/sssom+tsv", ".sssom.tsv", "sssom",
            "SSSOM 1.1 TSV, with the identifier of each record",
            writes=_ALIGNMENTS,
        ),
        Format(
            "turtle", "text/turtle", ".ttl", "rdf", "SSSOM records and SKOS triples as Turtle",
            writes=_ALIGNMENTS,
        ),
        Format(
            "jsonld", "application/ld+json", ".jsonld", "jsonld", "the same as JSON-LD 1.1",
            writes=_ALIGNMENTS,
        ),
        Format(
            "case", "application/json", ".case.json", "case", "1EdTech CASE 1.1 package",
            writes=_ALIGNMENTS | _holding(Content.FRAMEWORK),
            reads=_holding(Content.CROSSWALK, Content.FRAMEWORK),
        ),
        Format(
            "skos-turtle", "text/turtle", ".skos.ttl", "skos", "SKOS alone as Turtle",
            writes=_EVERYTHING, reads=_WHOLE,
        ),
        Format(
            "skos-jsonld", "application/ld+json", ".skos.jsonld", "skos", "SKOS alone as JSON-LD",
            writes=_EVERYTHING, reads=_WHOLE,
        ),
        Format(
            "skos-rdfxml", "application/rdf+xml", ".skos.rdf", "skos", "SKOS alone as RDF/XML",
            writes=_EVERYTHING, reads=_WHOLE,
        ),
        Format(
            "skos-nquads", "application/n-quads", ".skos.nq", "skos", "SKOS alone as N-Quads",
            writes=_EVERYTHING, reads=_WHOLE,
        ),
        Format(
            "jskos", "application/json", ".jskos.json", "jskos",
            "JSKOS: a concordance or concept scheme",
            writes=_EVERYTHING, reads=_WHOLE,
        ),
        Format(
            "jskos-ndjson", "application/x-ndjson", ".jskos.ndjson", "jskos",
            "JSKOS, one mapping or concept a line",
            writes=_EVERYTHING, reads=_WHOLE,
        ),
        Format(
            "ctdlasn", "application/ld+json", ".ctdlasn.jsonld", "ctdlasn", "CTDL-ASN JSON-LD",
            writes=_EVERYTHING, reads=_WHOLE,
        ),
        Format(
            "schema-org", "application/ld+json", ".schema.jsonld", "schema_org",
            "schema.org terms for web pages", writes=_EVERYTHING,
        ),
        Format(
            "open-badges", "application/ld+json", ".badges.jsonld", "open_badges",
            "Open Badges 3.0 achievements with their alignments", writes=_EVERYTHING,
        ),
        Format(
            "markdown", "text/markdown", ".md", "markdown", "a table for people",
            writes=_EVERYTHING,
        ),
        Format(
            "canvas", "text/csv", ".canvas.csv", "canvas", "outcomes of Canvas",
            writes=_holding(Content.CROSSWALK, Content.FRAMEWORK),
        ),
        Format(
            "moodle", "text/csv", ".moodle.csv", "moodle", "a competency framework of Moodle",
            writes=_holding(Content.CROSSWALK, Content.FRAMEWORK),
            reads=_holding(Content.CROSSWALK, Content.FRAMEWORK),
        ),
        Format(
            "docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ".docx", "document", "a Word document: the matrix, and every verdict with its reason",
            writes=_EVERYTHING,
        ),
        Format(
            "html", "text/html", ".html", "document", "the same as a page to paste from",
            writes=_EVERYTHING,
        ),
    )
}  # fmt: skip

#: Other names that callers use.
ALIASES: Final = {"ttl": "turtle", "json-ld": "jsonld", "md": "markdown"}


def formats_writing(content: Content) -> dict[str, Format]:
    """Formats that can hold something on the way out, by name."""
    return {name: format_ for name, format_ in FORMATS.items() if content in format_.writes}


def formats_reading() -> dict[str, Format]:
    """Formats that can be imported, by name."""
    return {name: format_ for name, format_ in FORMATS.items() if format_.reads}


def find_format(name: str, content: Content = Content.ALIGNMENTS) -> Format:
    """A format by its name, for something that it can hold.

    Raises
    ------
    NotAcceptableError
        Listing the formats that there are.
    """
    available = formats_writing(content)
    key = ALIASES.get(name, name)
    if key not in available:
        raise NotAcceptableError(name, tuple(available))
    return available[key]
