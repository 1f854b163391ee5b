"""The terms that a mapping set names, as statements of frameworks.

A framework that the workspace does not know is made of the terms that the set names, one for each
prefix, with the IRIs of the set. It says of itself that no other terms are known. Of a term there
is no place for, whose code could not stand in an address of ours (`/`, `?`, `#` or a letter beyond
ASCII) or whose prefix stands for something else than a framework, it is said why.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain, count
from typing import TYPE_CHECKING, Final

from graph.exchange.incoming import IncomingFramework
from graph.exchange.sssom_slots import NO_TERM
from graph.model import IMPORTED, Competency, Concept, Finding, Framework
from graph.nearest import nearest
from graph.tables import CODE, FRAMEWORK_ID
from graph.terms import natural_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.exchange import Source
    from graph.exchange.sssom_file import MappingSet, Record
    from graph.exchange.sssom_remarks import Remarks

#: Where a reader learns what a mapping set is, if the set has no address of its own.
_SPEC: Final = "https://mapping-commons.github.io/sssom/"

_BREAKS: Final = re.compile(r"\s*[\x00-\x1f\x7f\x85\u2028\u2029]\s*")

#: An address of the web.
WEB: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")

#: A kind of statement for what is only known by name.
_LEVEL: Final = Concept(
    scheme="level",
    id="term",
    label="Term",
    definition="a term of another vocabulary, known here by what a mapping set says of it",
    broader=None,
    source="SSSOM https://mapping-commons.github.io/sssom/",
)


@dataclass(slots=True)
class Term:
    """A term that the set names: in which framework, by which code, with which labels."""

    framework: str
    code: str
    labels: Counter[str] = field(default_factory=Counter)
    stands: bool = False  # in an alignment

    @property
    def id(self) -> str:
        """CURIE in the workspace."""
        return f"{self.framework}:{self.code}"


@dataclass(slots=True)
class Made:
    """A framework that the set brings, while its terms are gathered."""

    id: str
    prefix: str
    iri: str
    line: int
    terms: dict[str, Term] = field(default_factory=dict)
    versions: Counter[str] = field(default_factory=Counter)

    @property
    def stands(self) -> bool:
        """Whether some term of it stands in an alignment."""
        return any(term.stands for term in self.terms.values())


class Terms:
    """Says of each end of a record which term it is, and makes frameworks of those that are new.

    Attributes
    ----------
    made : dict[str, Made]
        Frameworks that the set brings, by the IRI with which those of their terms begin.
    taken : dict[str, str]
        Prefixes of the workspace by IRI.
    """

    def __init__(self, mappings: MappingSet, source: Source, remarks: Remarks) -> None:
        self.mappings = mappings
        self.remarks = remarks
        self.catalogue = source.catalogue
        self.wanted = source.framework_id
        iris = self.catalogue.prefixes.iris
        self.taken = {iri: prefix for prefix, iri in iris.items()}
        self.made: dict[str, Made] = {}
        self._known = {iris[key]: key for key in self.catalogue.frameworks}
        self._ends: dict[str, Term | str] = {}  # by CURIE of the file; text says why there is none
        self._has_level = any(
            (c.scheme, c.id) == (_LEVEL.scheme, _LEVEL.id) for c in self.catalogue.concepts
        )
        self._gather()

    def _gather(self) -> None:
        """Say for each prefix of an end which framework its terms belong to."""
        lines: dict[str, int] = {}
        for record in self.mappings.records:
            for side in ("subject_id", "object_id"):
                prefix = record.text(side).partition(":")[0]
                if prefix and prefix not in lines:
                    lines[prefix] = record.line
        free = {*self.catalogue.prefixes.iris}
        for prefix in sorted(lines):
            iri = self.mappings.prefixes[prefix]
            if iri in self._known or iri in self.taken or iri in self.made:
                continue
            key = unused(_slug(prefix), free)
            free.add(key)
            self.made[iri] = Made(key, prefix, iri, lines[prefix])
        if self.wanted:
            self._rename(free)
        self._by_id = {made.id: made for made in self.made.values()}
        homes = [*self.made, *self.taken]
        self._nested = {
            iri: sorted(
                (other for other in homes if other.startswith(iri) and other != iri),
                key=len,
                reverse=True,
            )
            for iri in {self.mappings.prefixes[prefix] for prefix in lines}
        }

    def _rename(self, free: set[str]) -> None:
        if len(self.made) != 1:
            many = ", ".join(made.id for made in self.made.values()) or "none"
            self.remarks.find(
                1,
                f"brings {len(self.made)} frameworks ({many}); a name can be given to one only, "
                "so leave it out",
            )
            return
        (made,) = self.made.values()
        if not FRAMEWORK_ID.fullmatch(self.wanted):
            self.remarks.find(
                1, f"{self.wanted!r} is no name; it takes lower-case words joined by hyphens"
            )
        if self.wanted != made.id and self.wanted in free:
            self.remarks.find(1, f"{self.wanted!r} is taken in this workspace; choose another name")
        made.id = self.wanted

    def end(self, record: Record, side: str) -> Term | str:
        """The term at one end; text says why there is no place for it."""
        curie = record.text(f"{side}_id")
        if curie not in self._ends:
            self._ends[curie] = self._term(record, side, curie)
        return self._ends[curie]

    def _term(self, record: Record, side: str, curie: str) -> Term | str:
        prefix, _, code = curie.partition(":")
        home = self.mappings.prefixes[prefix]
        iri = home + code
        if iri == NO_TERM:
            return "sssom:NoTermFound says that there is no second term"
        # The longest prefix wins when the graph is read again, so it must win here.
        for longer in self._nested[home]:
            if iri.startswith(longer) and len(iri) > len(longer):
                home, code = longer, iri[len(longer) :]
                break
        if not CODE.fullmatch(code):
            return (
                f"a code of {prefix} has /, ?, # or a letter beyond ASCII and cannot end an "
                "address of ours; a longer prefix in curie_map leaves a shorter code"
            )
        if home in self._known:
            key = f"{self._known[home]}:{code}"
            if key not in self.catalogue.competencies:
                near = nearest(key, self.catalogue.competencies)
                hint = f"; did you mean {' or '.join(near)}?" if near else ""
                self.remarks.find(
                    record.line, f"{side}_id {curie!r} is no statement of a framework{hint}"
                )
            return Term(self._known[home], code)
        if home in self.made:
            made = self.made[home]
            return made.terms.setdefault(code, Term(made.id, code))
        return f"prefix {self.taken[home]!r} stands for something else than a framework here"

    def name(self, record: Record, side: str, term: Term) -> None:
        """Take what a record says of a term that stands in an alignment: label and version."""
        term.stands = True
        label = one_line(record.text(f"{side}_label"))
        if label:
            term.labels[label] += 1
        elif term.id not in self.catalogue.competencies:
            self.remarks.note(record.line, f"has no {side}_label; the code stands for it")
        # By its framework, not by its prefix: a longer prefix may have taken the term.
        made = self._by_id.get(term.framework)
        version = record.text(f"{side}_source_version")
        if made and version:
            made.versions[version] += 1

    def title(self, term: Term) -> str:
        """As the workspace has it, else the commonest label, else the code."""
        competency = self.catalogue.competencies.get(term.id)
        return competency.title if competency else _commonest(term.labels) or term.code

    def used(self) -> list[Made]:
        """Frameworks of whose terms some stand in an alignment, by id."""
        return sorted((m for m in self.made.values() if m.stands), key=lambda made: made.id)

    def framework(self, made: Made) -> IncomingFramework:
        """A framework of the terms that stand in alignments, in the order of their codes."""
        title, home = set_title(self.mappings), set_address(self.mappings)
        address = next(a for a in (home, made.iri, _SPEC) if WEB.fullmatch(a))
        citation = ", ".join(dict.fromkeys((title, home)))
        terms = [term for term in made.terms.values() if term.stands]
        terms.sort(key=lambda term: natural_key(term.id))
        version = ", ".join(sorted(made.versions)) or "not stated"
        framework = Framework(
            id=made.id,
            title=f"Terms with the prefix {made.prefix}",
            version=version,
            issued="",
            publisher="",
            description=(
                f"What the mapping set {title} names of the vocabulary that it calls "
                f"{made.prefix}: {len(terms)} terms."
            ),
            citation=citation,
            url=address,
            confidence=IMPORTED,
            revision_of=None,
            note="Only terms that the mapping set names are known, and only by their labels.",
        )
        competencies = tuple(
            Competency(
                id=term.id,
                framework=made.id,
                code=term.code,
                level=_LEVEL.id,
                parent=None,
                title=self.title(term),
                description="",
                citation=citation,
                url=next(a for a in (made.iri + term.code, address) if WEB.fullmatch(a)),
                confidence=IMPORTED,
                position=position,
            )
            for position, term in enumerate(terms, start=1)
        )
        levels = () if self._has_level else (_LEVEL,)
        return IncomingFramework(framework, made.iri, competencies, levels)

    def notes(self) -> Iterator[Finding]:
        """What the frameworks that are made are called otherwise, and terms with several labels."""
        for made in self.used():
            if made.id != made.prefix:
                message = f"prefix {made.prefix!r} is called {made.id!r} here"
                yield Finding(self.remarks.name, made.line, message)
            unlike = [t for t in made.terms.values() if t.stands and len(t.labels) > 1]
            if unlike:
                term = unlike[0]
                yield Finding(
                    self.remarks.name,
                    made.line,
                    f"{len(unlike)} terms of {made.id} have several labels, the commonest is "
                    f"taken: {term.id} is {' and '.join(map(repr, sorted(term.labels)))}",
                )


def set_title(mappings: MappingSet) -> str:
    """Title of a mapping set, or else its address."""
    return one_line(str(mappings.metadata.get("mapping_set_title") or set_address(mappings)))


def set_address(mappings: MappingSet) -> str:
    """IRI of a mapping set, as it is written."""
    return str(mappings.metadata["mapping_set_id"])


def one_line(text: str) -> str:
    """Text as one line of a table: no tabs, no line breaks, no spaces outside."""
    return _BREAKS.sub(" ", text).strip()


def _commonest(labels: Counter[str]) -> str:
    """The label given most often, of equals the first in the alphabet; empty if there is none."""
    return min(labels, key=lambda label: (-labels[label], label), default="")


def _slug(prefix: str) -> str:
    """A prefix as a framework's id: lower-case words joined by hyphens."""
    words = "-".join(re.findall("[a-z0-9]+", prefix.lower()))
    return words if FRAMEWORK_ID.fullmatch(words) else f"set-{words}".rstrip("-")


def unused(name: str, taken: set[str]) -> str:
    """A name, with `-terms` and a number after it if it is taken."""
    candidates = chain([name, f"{name}-terms"], (f"{name}-terms-{n}" for n in count(2)))
    return next(candidate for candidate in candidates if candidate not in taken)
