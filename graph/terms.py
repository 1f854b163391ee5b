"""Identifiers: CURIEs at every Python border, IRIs in RDF, and the way between them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import ontology

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"

#: What may stand after the prefix without an escape, in Turtle and SPARQL alike (a subset of
#: PN_LOCAL that both grammars share). Anything else is written as a full IRI.
_PLAIN_LOCAL: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?\Z")

#: Characters that an IRI reference may not hold (RFC 3987; SPARQL 1.1 production IRIREF).
_NOT_IN_IRI: Final = re.compile(r'[\x00-\x20<>"{}|^`\\]')

_DIGITS: Final = re.compile(r"(\d+)")


def shipped_data() -> Path:
    """Folder of the content that ships with the software."""
    return Path(ontology.__file__).parent


@dataclass(frozen=True, slots=True)
class Prefixes:
    """A prefix table, read in both directions.

    Attributes
    ----------
    iris : dict[str, str]
        Prefix to IRI.
    """

    iris: dict[str, str]
    _prefixes: dict[str, str] = field(init=False, repr=False, compare=False)
    _lengths: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the reverse direction: prefixes by IRI, and the lengths of IRIs, longest first.

        A workspace may have hundreds of prefixes, whose IRIs have a few dozen lengths.
        """
        prefixes = {iri: prefix for prefix, iri in sorted(self.iris.items(), reverse=True)}
        lengths = sorted({len(iri) for iri in prefixes}, reverse=True)
        object.__setattr__(self, "_prefixes", prefixes)
        object.__setattr__(self, "_lengths", tuple(lengths))

    @classmethod
    def read(cls, path: Path) -> Prefixes:
        """Prefixes of a `prefixes.tsv`: two columns, `prefix` and `iri`."""
        lines = path.read_text(encoding="utf-8").splitlines()[1:]
        rows = (line.split("\t") for line in lines if line)
        return cls({row[0]: row[1] for row in rows})

    def expand(self, curie: str) -> str:
        """IRI of a CURIE.

        Raises
        ------
        ValueError
            If the prefix is unknown, or the rest cannot stand in an IRI.
        """
        prefix, colon, local = curie.partition(":")
        if not colon or prefix not in self.iris or _NOT_IN_IRI.search(local):
            raise ValueError(f"{curie!r} is not a CURIE with a known prefix")
        return self.iris[prefix] + local

    def contract(self, iri: str) -> str:
        """CURIE of an IRI by its longest matching prefix; an IRI of nobody's stays as it is."""
        for length in self._lengths:
            if length < len(iri) and (prefix := self._prefixes.get(iri[:length])) is not None:
                return f"{prefix}:{iri[length:]}"
        return iri

    def term(self, iri: str) -> str:
        """How Turtle and SPARQL write an IRI: prefixed where no escape is needed.

        Raises
        ------
        ValueError
            If the IRI holds a character that would end it early.
        """
        if _NOT_IN_IRI.search(iri):
            raise ValueError(f"{iri!r} is not an IRI")
        curie = self.contract(iri)
        prefix, _, local = curie.partition(":")
        if curie != iri and prefix in self.iris and _PLAIN_LOCAL.match(local):
            return curie
        return f"<{iri}>"

    def header(self, keyword: str = "PREFIX") -> str:
        """All prefixes as the opening lines of a SPARQL query."""
        return "".join(f"{keyword} {p}: <{iri}>\n" for p, iri in sorted(self.iris.items()))


def framework_of(competency_id: str) -> str:
    """Framework id of a competency: what stands before the colon."""
    return competency_id.partition(":")[0]


def code_of(competency_id: str) -> str:
    """Published (or local) code of a competency: what stands after the colon."""
    return competency_id.partition(":")[2]


def crosswalk_id(subject_framework: str, object_framework: str) -> str:
    """Name of the crosswalk of two frameworks, also of its table: `epas-2022--isp-2020`."""
    return f"{subject_framework}--{object_framework}"


def alignment_id(subject_id: str, modifier: str, predicate_id: str, object_id: str) -> str:
    """Stable id of an alignment: 16 hexadecimal digits of SHA-256.

    It depends on the decision alone, not on counters or files, so that two branches never
    quarrel over the next number. Among half a million alignments the chance that two share an
    id is below one in ten million.
    """
    key = "\t".join((subject_id, modifier, predicate_id, object_id))
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def natural_key(curie: str) -> tuple[str, tuple[tuple[int, int, str], ...], str]:
    """Sort key in the order people count: 2 before 10, and 1 before 1.a; the same for no two."""
    prefix, _, local = curie.partition(":")
    parts = (part for part in _DIGITS.split(local) if part)
    counted = tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts)
    return prefix, counted, local  # 1 and 01 count the same
