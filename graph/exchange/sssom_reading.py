"""Somebody's SSSOM mapping set as frameworks and crosswalks of ours.

What is not valid SSSOM is a problem, and nothing is read. What is valid and has no place in our
tables is left out of them, said in a note with its line, and kept in the original file:

- a predicate that is none of the five SKOS mapping relations. Equivalence and sameness in OWL are
  read as exact, subclasses and subproperties as broad (SSSOM chaining rules, RG1 and RG2), each
  with a note; but not where they are negated: "not equivalent" does not say "not an exact match";
- `sssom:NoTermFound` and literals, which name no second term;
- a record between two terms of one framework;
- a record with a reviewer's agreement of 0 or below: who is not sure has judged nothing;
- a second record of the same subject, predicate and object; the surest stays, then the latest;
- a term whose code could not stand in an address of ours: `/`, `?`, `#` or a letter beyond ASCII.

A framework that the workspace does not know is made of the terms that the set names, one for each
prefix, with the IRIs of the set. It says of itself that no other terms are known.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain, count
from typing import TYPE_CHECKING, Final

from graph.catalogue import by_code
from graph.errors import SourcesError
from graph.exchange.incoming import (
    UNSTATED_LICENSE,
    UNSTATED_RATIONALE,
    Incoming,
    IncomingCrosswalk,
    IncomingFramework,
)
from graph.exchange.sssom_file import MappingSet, Record, parse, parted
from graph.exchange.sssom_slots import BUILT_IN, LITERAL, NO_TERM
from graph.model import (
    CURATED,
    IMPORTED,
    Alignment,
    Competency,
    Concept,
    Direction,
    Evidence,
    Finding,
    Framework,
    Relation,
    Strength,
    Verdict,
)
from graph.nearest import nearest
from graph.tables import CODE, FRAMEWORK_ID
from graph.terms import alignment_id, natural_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.catalogue import Catalogue
    from graph.exchange import Source

_SKOS: Final = {BUILT_IN["skos"] + f"{r.value}Match": r for r in Relation}

#: Stronger predicates, and the relation that follows from each (SSSOM chaining rules, RG1, RG2).
_WEAKENED: Final = {
    BUILT_IN["owl"] + "equivalentClass": Relation.EXACT,
    BUILT_IN["owl"] + "equivalentProperty": Relation.EXACT,
    BUILT_IN["owl"] + "sameAs": Relation.EXACT,
    BUILT_IN["rdfs"] + "subClassOf": Relation.BROAD,
    BUILT_IN["rdfs"] + "subPropertyOf": Relation.BROAD,
}

#: Slots that our tables have a place for; the rest of a record stays in the original.
_TAKEN: Final = frozenset({
    "record_id", "subject_id", "subject_label", "subject_type", "subject_source",
    "subject_source_version", "predicate_id", "predicate_modifier", "object_id", "object_label",
    "object_type", "object_source", "object_source_version", "mapping_justification", "author_id",
    "mapping_date", "confidence", "see_also", "comment",
})  # fmt: skip
_TAKEN_OF_SET: Final = frozenset({
    "sssom_version", "mapping_set_id", "mapping_set_title", "mapping_set_description", "license",
})  # fmt: skip

_OURS: Final = (
    "ext_strength", "ext_direction", "ext_aims", "ext_evidence_supports", "ext_status",
    "ext_change",
)  # fmt: skip

#: Where a reader learns what a mapping set is, if the set has no address of its own.
_SPEC: Final = "https://mapping-commons.github.io/sssom/"

_BREAKS: Final = re.compile(r"\s*[\x00-\x1f\x7f\x85\u2028\u2029]\s*")
_WEB: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_JUSTIFICATION: Final = re.compile(re.escape(BUILT_IN["semapv"]) + "[A-Za-z]+")

#: A kind of statement for what is only known by name.
_TERM: Final = Concept(
    scheme="level",
    id="term",
    label="Term",
    definition="a term of another vocabulary, known here by what a mapping set says of it",
    broader=None,
    source="SSSOM https://mapping-commons.github.io/sssom/",
)


def read(raw: bytes, source: Source) -> Incoming:
    """A mapping set as frameworks, crosswalks and notes. Linear in the size of the file.

    Confidence that a record does not state is 1, as the schema of SSSOM has it; strength, author
    and day that it does not state stay empty, and its status is then `imported`.

    Raises
    ------
    SourcesError
        With every problem of the file.
    """
    reader = _Reader(parse(raw, source.name), source)
    return reader.read()


@dataclass(slots=True)
class _Term:
    """A term that the set names: in which framework, by which code, with which labels."""

    framework: str
    code: str
    labels: Counter[str] = field(default_factory=Counter)
    stands: bool = False  # in an alignment

    @property
    def id(self) -> str:
        return f"{self.framework}:{self.code}"


@dataclass(slots=True)
class _Made:
    """A framework that the set brings, while its terms are gathered."""

    id: str
    prefix: str
    iri: str
    line: int
    terms: dict[str, _Term] = field(default_factory=dict)
    versions: Counter[str] = field(default_factory=Counter)

    @property
    def stands(self) -> bool:
        """Whether some term of it stands in an alignment."""
        return any(term.stands for term in self.terms.values())


class _Reader:
    def __init__(self, mappings: MappingSet, source: Source) -> None:
        self.mappings = mappings
        self.name = source.name
        self.catalogue: Catalogue = source.catalogue
        self.wanted = source.framework_id
        self.findings: list[Finding] = []
        self.said: dict[str, list[int]] = defaultdict(list)  # notes, and the lines they are about
        self.kept: set[str] = set()  # notes on what is in the original file alone
        self.made: dict[str, _Made] = {}  # by IRI
        self.prefixes: dict[str, str] = {}
        self.authors: dict[str, str] = {}  # prefix in the workspace, by IRI
        self.ends: dict[str, _Term | str] = {}  # by CURIE of the file; text says why there is none
        self.evidence = {e.url: e for a in self.catalogue.alignments.values() for e in a.evidence}
        iris = self.catalogue.prefixes.iris
        self.known = {iris[key]: key for key in self.catalogue.frameworks}
        self.taken = {iri: prefix for prefix, iri in iris.items()}
        ns = iris.get("xw", "")
        self.ours = {slot for slot in _OURS if mappings.extensions.get(slot) == f"{ns}{slot}"}
        self.lists = {
            scheme: [c.id for c in self.catalogue.concepts if c.scheme == scheme]
            for scheme in ("aim", "level", "status")
        }

    def find(self, line: int, message: str) -> None:
        self.findings.append(Finding(self.name, line, message))

    def note(self, record: Record, message: str) -> None:
        """Say something about a record; records of which the same is said are counted together."""
        self.said[message].append(record.line)

    def keep(self, record: Record, message: str) -> None:
        """The same, where something of the record is in the original file alone."""
        self.kept.add(message)
        self.note(record, message)

    def read(self) -> Incoming:
        self._frameworks()
        found: dict[tuple[str, str], dict[str, tuple[Record, _Term, Relation, _Term]]] = (
            defaultdict(dict)
        )
        for record in self.mappings.records:
            link = self._link(record)
            if link is None:
                continue
            subject, relation, object_ = link
            key = alignment_id(
                subject.id, record.text("predicate_modifier"), relation.predicate_id, object_.id
            )
            pair = found[subject.framework, object_.framework]
            self._place(pair, key, (record, *link))
        alignments = {
            pair: [self._alignment(key, *entry) for key, entry in entries.items()]
            for pair, entries in found.items()
        }
        self._note_slots()
        if not alignments and not self.findings:
            lines = [line for lines in self.said.values() for line in lines]
            why = "; ".join(m for m in self.said if m in self.kept) or "it has no record"
            self.find(min(lines, default=1), f"brings no alignment: {why}")
        if self.findings:
            raise SourcesError(sorted(self.findings))
        return Incoming(
            frameworks=tuple(self._framework(made) for made in self._used()),
            crosswalks=tuple(
                self._crosswalk(pair, rows, only=len(alignments) == 1)
                for pair, rows in sorted(alignments.items())
            ),
            prefixes=self.prefixes,
            notes=tuple(sorted(self._notes())),
            original=".sssom.tsv" if self.kept else "",
        )

    # ---- ends ------------------------------------------------------------------------------

    def _frameworks(self) -> None:
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
            if iri in self.known or iri in self.taken or iri in self.made:
                continue
            key = _unused(_slug(prefix), free)
            free.add(key)
            self.made[iri] = _Made(key, prefix, iri, lines[prefix])
        if self.wanted:
            self._rename(free)
        homes = [*self.made, *self.taken]
        self.nested = {
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
            self.find(
                1,
                f"brings {len(self.made)} frameworks ({many}); a name can be given to one only, "
                "so leave it out",
            )
            return
        (made,) = self.made.values()
        if not FRAMEWORK_ID.fullmatch(self.wanted):
            self.find(1, f"{self.wanted!r} is no name; it takes lower-case words joined by hyphens")
        if self.wanted != made.id and self.wanted in free:
            self.find(1, f"{self.wanted!r} is taken in this workspace; choose another name")
        made.id = self.wanted

    def _end(self, record: Record, side: str) -> _Term | str:
        """The term at one end; text says why there is no place for it."""
        curie = record.text(f"{side}_id")
        if curie not in self.ends:
            self.ends[curie] = self._term(record, side, curie)
        return self.ends[curie]

    def _term(self, record: Record, side: str, curie: str) -> _Term | str:
        prefix, _, code = curie.partition(":")
        home = self.mappings.prefixes[prefix]
        iri = home + code
        if iri == NO_TERM:
            return "sssom:NoTermFound says that there is no second term"
        # The longest prefix wins when the graph is read again, so it must win here.
        for longer in self.nested[home]:
            if iri.startswith(longer) and len(iri) > len(longer):
                home, code = longer, iri[len(longer) :]
                break
        if not CODE.fullmatch(code):
            return (
                f"a code of {prefix} has /, ?, # or a letter beyond ASCII and cannot end an "
                "address of ours; a longer prefix in curie_map leaves a shorter code"
            )
        if home in self.known:
            key = f"{self.known[home]}:{code}"
            if key not in self.catalogue.competencies:
                near = nearest(key, self.catalogue.competencies)
                hint = f"; did you mean {' or '.join(near)}?" if near else ""
                self.find(record.line, f"{side}_id {curie!r} is no statement of a framework{hint}")
            return _Term(self.known[home], code)
        if home in self.made:
            made = self.made[home]
            return made.terms.setdefault(code, _Term(made.id, code))
        return f"prefix {self.taken[home]!r} stands for something else than a framework here"

    def _link(self, record: Record) -> tuple[_Term, Relation, _Term] | None:
        """Ends and relation of a record, if our tables have a place for it."""
        for side in ("subject", "object"):
            if record.slots.get(f"{side}_type") == LITERAL:
                self.keep(record, "left out: a literal is no term")
                return None
        if float(record.text("reviewer_agreement") or 1) <= 0:
            self.keep(record, "left out: its reviewer is not sure or does not agree")
            return None
        ends = []
        for side in ("subject", "object"):
            end = self._end(record, side)
            if isinstance(end, str):
                self.keep(record, f"left out: {end}")
                return None
            ends.append(end)
        predicate = self.mappings.expand(record.text("predicate_id"))
        relation = _SKOS.get(predicate)
        if relation is None:
            relation = _WEAKENED.get(predicate)
            said = record.text("predicate_id")
            if relation is None or record.text("predicate_modifier"):
                negated = "Not " if record.text("predicate_modifier") else ""
                self.keep(record, f"left out: {negated}{said} is no mapping relation of SKOS")
                return None
            self.keep(record, f"{said} is read as {relation.predicate_id}, which follows from it")
        subject, object_ = ends
        if subject.framework == object_.framework:
            self.keep(record, "left out: both ends are of one framework")
            return None
        for side, end in zip(("subject", "object"), ends, strict=True):
            self._name(record, side, end)
        return subject, relation, object_

    def _name(self, record: Record, side: str, term: _Term) -> None:
        term.stands = True
        label = _line(record.text(f"{side}_label"))
        if label:
            term.labels[label] += 1
        elif term.id not in self.catalogue.competencies:
            self.note(record, f"has no {side}_label; the code stands for it")
        made = self.made.get(self.mappings.prefixes[record.text(f"{side}_id").partition(":")[0]])
        version = record.text(f"{side}_source_version")
        if made and version:
            made.versions[version] += 1

    # ---- alignments ------------------------------------------------------------------------

    def _place(
        self,
        entries: dict[str, tuple[Record, _Term, Relation, _Term]],
        key: str,
        entry: tuple[Record, _Term, Relation, _Term],
    ) -> None:
        other = entries.get(key)
        if other is None:
            entries[key] = entry
            return
        less, more = sorted((other[0], entry[0]), key=_weight)
        if more is entry[0]:
            entries[key] = entry
        self.keep(less, "left out: another record says the same, surer or later")

    def _alignment(
        self, key: str, record: Record, subject: _Term, relation: Relation, object_: _Term
    ) -> Alignment:
        negated = bool(record.text("predicate_modifier"))
        ours = {slot: _line(record.text(slot)) if slot in self.ours else "" for slot in _OURS}
        strength = self._one_of(record, "ext_strength", ours["ext_strength"], list(Strength))
        direction = self._one_of(record, "ext_direction", ours["ext_direction"], list(Direction))
        status = self._one_of(record, "ext_status", ours["ext_status"], self.lists["status"])
        if status not in ("", IMPORTED) and not negated and not ours["ext_strength"]:
            self.find(record.line, f"ext_strength is empty; an alignment that is {status} has one")
        aims = [
            self._one_of(record, "ext_aims", aim, self.lists["aim"])
            for aim in ours["ext_aims"].split()
        ]
        return Alignment(
            id=key,
            subject_id=subject.id,
            subject_label=self._title(subject),
            relation=relation,
            object_id=object_.id,
            object_label=self._title(object_),
            verdict=Verdict.NOT_ALIGNED if negated else Verdict.ALIGNED,
            strength=Strength(strength) if strength else None,
            confidence=self._confidence(record),
            rationale=self._rationale(record),
            direction=Direction(direction) if direction else None,
            aims=tuple(aims),
            evidence=self._cited(record, negated=negated),
            status=status or IMPORTED,
            author=self._author(record),
            date=record.text("mapping_date"),
            change=ours["ext_change"] or None,
            justification=self._justification(record),
        )

    def _one_of(self, record: Record, slot: str, value: str, known: Sequence[str]) -> str:
        """A value of a closed list; empty, with a finding, if it is none of it."""
        if not value or value in known:
            return value
        self.find(record.line, f"{slot} {value!r} is none of {', '.join(known)}")
        return ""

    def _title(self, term: _Term) -> str:
        competency = self.catalogue.competencies.get(term.id)
        return competency.title if competency else _commonest(term.labels) or term.code

    def _confidence(self, record: Record) -> float:
        given = record.text("confidence")
        if not given:
            self.note(record, "states no confidence; SSSOM counts that as 1")
            return 1.0
        exact = Decimal(given)
        rounded = exact.quantize(Decimal("0.001"), ROUND_HALF_UP)
        if rounded != exact:
            self.keep(record, "confidence was rounded to three decimals")
        return float(rounded)

    def _rationale(self, record: Record) -> str:
        given = record.text("comment")
        said = _line(given)
        if said != given:
            self.keep(record, "line breaks, tabs and outer spaces of the comment are one space now")
        return said or UNSTATED_RATIONALE

    def _justification(self, record: Record) -> str:
        given = record.text("mapping_justification")
        iri = self.mappings.expand(given)
        if not _JUSTIFICATION.fullmatch(iri):
            self.find(record.line, f"mapping_justification {given!r} is no term of semapv")
            return CURATED
        return f"semapv:{iri.removeprefix(BUILT_IN['semapv'])}"

    def _author(self, record: Record) -> str:
        authors = record.values("author_id")
        if not authors:
            return ""
        if len(authors) > 1:
            self.keep(record, "several authors; our tables have room for the first")
        prefix, _, local = authors[0].partition(":")
        return f"{self._prefix(prefix)}:{local}"

    def _prefix(self, prefix: str) -> str:
        """What a prefix of the file is called in the workspace."""
        iri = self.mappings.prefixes[prefix]
        if iri not in self.authors:
            made = self.made.get(iri)
            if iri in self.taken:
                self.authors[iri] = self.taken[iri]
            elif made and made.stands:
                self.authors[iri] = made.id
            else:
                own = {made.id for made in self.made.values()}
                name = _unused(prefix, {*self.catalogue.prefixes.iris, *self.prefixes, *own})
                self.authors[iri] = name
                self.prefixes[name] = iri
        return self.authors[iri]

    def _cited(self, record: Record, *, negated: bool) -> tuple[Evidence, ...]:
        urls = record.values("see_also")
        if not urls:
            return ()
        if negated:
            self.keep(record, "see_also of a negated record; our tables cite for what is aligned")
            return ()
        supports = []
        if "ext_evidence_supports" in self.ours:
            supports = [_line(part) for part in parted(record.text("ext_evidence_supports"))]
        if supports and len(supports) != len(urls):
            self.find(
                record.line,
                f"see_also names {len(urls)} sources, ext_evidence_supports {len(supports)}",
            )
            return ()
        found = []
        for place, url in enumerate(urls):
            if not _WEB.fullmatch(url):
                self.keep(record, "see_also has an address that is not of the web")
                continue
            says = supports[place] if supports else "Cited by the set, which does not say for what."
            known = self.evidence.get(url)
            if known is None:
                digest = hashlib.sha256(url.encode()).hexdigest()[:12]
                known = Evidence(f"cited-{digest}", "link", url, url, says)
                self.evidence[url] = known
            found.append(Evidence(known.id, known.kind, known.citation, url, says))
        return tuple(found)

    # ---- frameworks and crosswalks ---------------------------------------------------------

    def _set_title(self) -> str:
        title = self.mappings.metadata.get("mapping_set_title")
        return _line(str(title or self.mappings.metadata["mapping_set_id"]))

    def _address(self) -> str:
        return str(self.mappings.metadata["mapping_set_id"])

    def _license(self) -> str:
        return str(self.mappings.metadata.get("license") or UNSTATED_LICENSE)

    def _used(self) -> list[_Made]:
        """Frameworks of whose terms some stand in an alignment, by id."""
        return sorted((m for m in self.made.values() if m.stands), key=lambda made: made.id)

    def _framework(self, made: _Made) -> IncomingFramework:
        address = next(a for a in (self._address(), made.iri, _SPEC) if _WEB.fullmatch(a))
        citation = ", ".join(dict.fromkeys((self._set_title(), self._address())))
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
                f"What the mapping set {self._set_title()} names of the vocabulary that it calls "
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
                level=_TERM.id,
                parent=None,
                title=self._title(term),
                description="",
                citation=citation,
                url=next(a for a in (made.iri + term.code, address) if _WEB.fullmatch(a)),
                confidence=IMPORTED,
                position=position,
            )
            for position, term in enumerate(terms, start=1)
        )
        levels = () if "term" in self.lists["level"] else (_TERM,)
        return IncomingFramework(framework, made.iri, competencies, levels)

    def _crosswalk(
        self, pair: tuple[str, str], rows: Sequence[Alignment], *, only: bool
    ) -> IncomingCrosswalk:
        subject, object_ = pair
        title = self._set_title()
        said = self.mappings.metadata.get("mapping_set_description")
        return IncomingCrosswalk(
            subject_framework=subject,
            object_framework=object_,
            title=title if only else f"{title}: {subject} and {object_}",
            description=_line(str(said or "")) or f"Taken over from {self._address()}.",
            license=self._license(),
            alignments=tuple(sorted(rows, key=by_code)),
        )

    # ---- notes -----------------------------------------------------------------------------

    def _note_slots(self) -> None:
        """Note which slots stay in the original alone."""
        extensions = self.mappings.extensions.keys() - self.ours
        for record in self.mappings.records:
            for slot in record.slots.keys() - _TAKEN:
                if slot in extensions or slot not in self.ours:
                    self.keep(record, f"{slot} has no place in our tables")
        for slot in sorted(self.mappings.metadata.keys() - _TAKEN_OF_SET):
            message = f"metadata {slot} has no place in our tables"
            self.kept.add(message)
            self.said[message].append(self.mappings.lines[slot])

    def _notes(self) -> Iterator[Finding]:
        for message, lines in self.said.items():
            count = f" ({len(lines)} records, this one first)" if len(lines) > 1 else ""
            kept = "; kept in the original file" if message in self.kept else ""
            yield Finding(self.name, min(lines), f"{message}{count}{kept}")
        for made in self._used():
            if made.id != made.prefix:
                message = f"prefix {made.prefix!r} is called {made.id!r} here"
                yield Finding(self.name, made.line, message)
            unlike = [t for t in made.terms.values() if t.stands and len(t.labels) > 1]
            if unlike:
                term = unlike[0]
                yield Finding(
                    self.name,
                    made.line,
                    f"{len(unlike)} terms of {made.id} have several labels, the commonest is "
                    f"taken: {term.id} is {' and '.join(map(repr, sorted(term.labels)))}",
                )
        if "license" not in self.mappings.metadata:
            message = "states no license; ask its makers before you publish what it brings"
            yield Finding(self.name, 1, message)
        for slot in self.mappings.unspread:
            message = f"{slot} is not given to the records, because some of them have their own"
            yield Finding(self.name, self.mappings.lines[slot], message)


def _line(text: str) -> str:
    """Text as one line of a table: no tabs, no line breaks, no spaces outside."""
    return _BREAKS.sub(" ", text).strip()


def _commonest(labels: Counter[str]) -> str:
    """The label given most often, of equals the first in the alphabet; empty if there is none."""
    return min(labels, key=lambda label: (-labels[label], label), default="")


def _slug(prefix: str) -> str:
    """A prefix as a framework's id: lower-case words joined by hyphens."""
    words = "-".join(re.findall("[a-z0-9]+", prefix.lower()))
    return words if FRAMEWORK_ID.fullmatch(words) else f"set-{words}".rstrip("-")


def _unused(name: str, taken: set[str]) -> str:
    """A name, with `-terms` and a number after it if it is taken."""
    candidates = chain([name, f"{name}-terms"], (f"{name}-terms-{n}" for n in count(2)))
    return next(candidate for candidate in candidates if candidate not in taken)


def _weight(record: Record) -> tuple[float, str, int]:
    """Surer after less sure, later after earlier; of equals the first in the file is the last."""
    return float(record.text("confidence") or 1), record.text("mapping_date"), -record.line
