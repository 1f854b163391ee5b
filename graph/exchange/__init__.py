"""Alignments in the formats that other tools read. One module a format, one registry.

The command line and the API read their choices from `FORMATS`; a new format is a module and a
line here.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final

from graph.errors import NotAcceptableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.catalogue import Catalogue
    from graph.model import Alignment, Crosswalk


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
class Format:
    """One way of writing alignments.

    Attributes
    ----------
    module : str
        Name below `graph.exchange`; its `write(selection)` returns bytes. Imported when used, so
        that no command pays for a format it does not write.
    suffix : str
        End of a file's name.
    """

    name: str
    media_type: str
    suffix: str
    module: str
    about: str

    def write(self, selection: Selection) -> bytes:
        """Serialise a selection. The same selection gives the same bytes."""
        written: bytes = import_module(f"graph.exchange.{self.module}").write(selection, self.name)
        return written


FORMATS: Final = {
    format_.name: format_
    for format_ in (
        Format("json", "application/json", ".json", "records", "records as the API gives them"),
        Format("csv", "text/csv", ".csv", "delimited", "comma separated, one alignment a line"),
        Format("tsv", "text/tab-separated-values", ".tsv", "delimited", "tab separated"),
        Format("sssom", "application/sssom+tsv", ".sssom.tsv", "sssom", "SSSOM 1.0 TSV"),
        Format("turtle", "text/turtle", ".ttl", "rdf", "SSSOM records and SKOS triples as Turtle"),
        Format("jsonld", "application/ld+json", ".jsonld", "jsonld", "the same as JSON-LD 1.1"),
        Format("markdown", "text/markdown", ".md", "markdown", "a table for people"),
    )
}

#: Other names that callers use.
ALIASES: Final = {"ttl": "turtle", "json-ld": "jsonld", "md": "markdown"}


def find_format(name: str) -> Format:
    """A format by its name.

    Raises
    ------
    NotAcceptableError
        Listing the formats that there are.
    """
    key = ALIASES.get(name, name)
    if key not in FORMATS:
        raise NotAcceptableError(name, tuple(FORMATS))
    return FORMATS[key]
