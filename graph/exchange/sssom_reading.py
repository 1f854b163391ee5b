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
- a term for which `sssom_terms` finds no place.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from graph.catalogue import by_code
from graph.errors import SourcesError
from graph.exchange.incoming import (
    UNSTATED_LICENSE,
    UNSTATED_RATIONALE,
    Incoming,
    IncomingCrosswalk,
)
from graph.exchange.sssom_file import MappingSet, Record, parse, parted
from graph.exchange.sssom_remarks import Remarks
from graph.exchange.sssom_slots import BUILT_IN, LITERAL
from graph.exchange.sssom_terms import WEB, Term, Terms, one_line, set_address, set_title, unused
from graph.model import (
    CURATED,
    IMPORTED,
    Alignment,
    Direction,
    Evidence,
    Finding,
    Relation,
    Strength,
    Verdict,
)
from graph.terms import alignment_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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

_JUSTIFICATION: Final = re.compile(re.escape(BUILT_IN["semapv"]) + "[A-Za-z]+")


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


class _Reader:
    def __init__(self, mappings: MappingSet, source: Source) -> None:
        self.mappings = mappings
        self.catalogue = source.catalogue
        self.remarks = Remarks(source.name)
        self.terms = Terms(mappings, source, self.remarks)
        self.prefixes: dict[str, str] = {}
        self.authors: dict[str, str] = {}  # prefix in the workspace, by IRI
        self.evidence = {e.url: e for a in self.catalogue.alignments.values() for e in a.evidence}
        ns = self.catalogue.prefixes.iris.get("xw", "")
        self.ours = {slot for slot in _OURS if mappings.extensions.get(slot) == f"{ns}{slot}"}
        self.lists = {
            scheme: [c.id for c in self.catalogue.concepts if c.scheme == scheme]
            for scheme in ("aim", "status")
        }

    def read(self) -> Incoming:
        found: dict[tuple[str, str], dict[str, tuple[Record, Term, Relation, Term]]] = defaultdict(
            dict
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
        if not alignments and not self.remarks.findings:
            lines = [line for lines in self.remarks.said.values() for line in lines]
            why = (
                "; ".join(m for m in self.remarks.said if m in self.remarks.kept)
                or "it has no record"
            )
            self.remarks.find(min(lines, default=1), f"brings no alignment: {why}")
        if self.remarks.findings:
            raise SourcesError(sorted(self.remarks.findings))
        return Incoming(
            frameworks=tuple(self.terms.framework(made) for made in self.terms.used()),
            crosswalks=tuple(
                self._crosswalk(pair, rows, only=len(alignments) == 1)
                for pair, rows in sorted(alignments.items())
            ),
            prefixes=self.prefixes,
            notes=tuple(sorted(self._notes())),
            original=".sssom.tsv" if self.remarks.kept else "",
        )

    def _link(self, record: Record) -> tuple[Term, Relation, Term] | None:
        """Ends and relation of a record, if our tables have a place for it."""
        for side in ("subject", "object"):
            if record.slots.get(f"{side}_type") == LITERAL:
                self.remarks.keep(record.line, "left out: a literal is no term")
                return None
        if float(record.text("reviewer_agreement") or 1) <= 0:
            self.remarks.keep(record.line, "left out: its reviewer is not sure or does not agree")
            return None
        ends = []
        for side in ("subject", "object"):
            end = self.terms.end(record, side)
            if isinstance(end, str):
                self.remarks.keep(record.line, f"left out: {end}")
                return None
            ends.append(end)
        predicate = self.mappings.expand(record.text("predicate_id"))
        relation = _SKOS.get(predicate)
        if relation is None:
            relation = _WEAKENED.get(predicate)
            said = record.text("predicate_id")
            if relation is None or record.text("predicate_modifier"):
                negated = "Not " if record.text("predicate_modifier") else ""
                self.remarks.keep(
                    record.line, f"left out: {negated}{said} is no mapping relation of SKOS"
                )
                return None
            self.remarks.keep(
                record.line, f"{said} is read as {relation.predicate_id}, which follows from it"
            )
        subject, object_ = ends
        if subject.framework == object_.framework:
            self.remarks.keep(record.line, "left out: both ends are of one framework")
            return None
        for side, end in zip(("subject", "object"), ends, strict=True):
            self.terms.name(record, side, end)
        return subject, relation, object_

    # ---- alignments ------------------------------------------------------------------------

    def _place(
        self,
        entries: dict[str, tuple[Record, Term, Relation, Term]],
        key: str,
        entry: tuple[Record, Term, Relation, Term],
    ) -> None:
        other = entries.get(key)
        if other is None:
            entries[key] = entry
            return
        less, more = sorted((other[0], entry[0]), key=_weight)
        if more is entry[0]:
            entries[key] = entry
        self.remarks.keep(less.line, "left out: another record says the same, surer or later")

    def _alignment(
        self, key: str, record: Record, subject: Term, relation: Relation, object_: Term
    ) -> Alignment:
        negated = bool(record.text("predicate_modifier"))
        ours = {slot: one_line(record.text(slot)) if slot in self.ours else "" for slot in _OURS}
        strength = self._one_of(record, "ext_strength", ours["ext_strength"], list(Strength))
        direction = self._one_of(record, "ext_direction", ours["ext_direction"], list(Direction))
        status = self._one_of(record, "ext_status", ours["ext_status"], self.lists["status"])
        if status not in ("", IMPORTED) and not negated and not ours["ext_strength"]:
            self.remarks.find(
                record.line, f"ext_strength is empty; an alignment that is {status} has one"
            )
        aims = [
            self._one_of(record, "ext_aims", aim, self.lists["aim"])
            for aim in ours["ext_aims"].split()
        ]
        return Alignment(
            id=key,
            subject_id=subject.id,
            subject_label=self.terms.title(subject),
            relation=relation,
            object_id=object_.id,
            object_label=self.terms.title(object_),
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
        self.remarks.find(record.line, f"{slot} {value!r} is none of {', '.join(known)}")
        return ""

    def _confidence(self, record: Record) -> float:
        given = record.text("confidence")
        if not given:
            self.remarks.note(record.line, "states no confidence; SSSOM counts that as 1")
            return 1.0
        exact = Decimal(given)
        rounded = exact.quantize(Decimal("0.001"), ROUND_HALF_UP)
        if rounded != exact:
            self.remarks.keep(record.line, "confidence was rounded to three decimals")
        return float(rounded)

    def _rationale(self, record: Record) -> str:
        given = record.text("comment")
        said = one_line(given)
        if said != given:
            self.remarks.keep(
                record.line, "line breaks, tabs and outer spaces of the comment are one space now"
            )
        return said or UNSTATED_RATIONALE

    def _justification(self, record: Record) -> str:
        given = record.text("mapping_justification")
        iri = self.mappings.expand(given)
        if not _JUSTIFICATION.fullmatch(iri):
            self.remarks.find(record.line, f"mapping_justification {given!r} is no term of semapv")
            return CURATED
        return f"semapv:{iri.removeprefix(BUILT_IN['semapv'])}"

    def _author(self, record: Record) -> str:
        authors = record.values("author_id")
        if not authors:
            return ""
        if len(authors) > 1:
            self.remarks.keep(record.line, "several authors; our tables have room for the first")
        prefix, _, local = authors[0].partition(":")
        return f"{self._prefix(prefix)}:{local}"

    def _prefix(self, prefix: str) -> str:
        """What a prefix of the file is called in the workspace."""
        iri = self.mappings.prefixes[prefix]
        if iri not in self.authors:
            made = self.terms.made.get(iri)
            if iri in self.terms.taken:
                self.authors[iri] = self.terms.taken[iri]
            elif made and made.stands:
                self.authors[iri] = made.id
            else:
                own = {made.id for made in self.terms.made.values()}
                name = unused(prefix, {*self.catalogue.prefixes.iris, *self.prefixes, *own})
                self.authors[iri] = name
                self.prefixes[name] = iri
        return self.authors[iri]

    def _cited(self, record: Record, *, negated: bool) -> tuple[Evidence, ...]:
        urls = record.values("see_also")
        if not urls:
            return ()
        if negated:
            self.remarks.keep(
                record.line, "see_also of a negated record; our tables cite for what is aligned"
            )
            return ()
        supports = []
        if "ext_evidence_supports" in self.ours:
            supports = [one_line(part) for part in parted(record.text("ext_evidence_supports"))]
        if supports and len(supports) != len(urls):
            self.remarks.find(
                record.line,
                f"see_also names {len(urls)} sources, ext_evidence_supports {len(supports)}",
            )
            return ()
        found = []
        for place, url in enumerate(urls):
            if not WEB.fullmatch(url):
                self.remarks.keep(record.line, "see_also has an address that is not of the web")
                continue
            says = supports[place] if supports else "Cited by the set, which does not say for what."
            known = self.evidence.get(url)
            if known is None:
                digest = hashlib.sha256(url.encode()).hexdigest()[:12]
                known = Evidence(f"cited-{digest}", "link", url, url, says)
                self.evidence[url] = known
            found.append(Evidence(known.id, known.kind, known.citation, url, says))
        return tuple(found)

    # ---- crosswalks and notes --------------------------------------------------------------

    def _license(self) -> str:
        return str(self.mappings.metadata.get("license") or UNSTATED_LICENSE)

    def _crosswalk(
        self, pair: tuple[str, str], rows: Sequence[Alignment], *, only: bool
    ) -> IncomingCrosswalk:
        subject, object_ = pair
        title = set_title(self.mappings)
        said = self.mappings.metadata.get("mapping_set_description")
        return IncomingCrosswalk(
            subject_framework=subject,
            object_framework=object_,
            title=title if only else f"{title}: {subject} and {object_}",
            description=one_line(str(said or ""))
            or f"Taken over from {set_address(self.mappings)}.",
            license=self._license(),
            alignments=tuple(sorted(rows, key=by_code)),
        )

    def _note_slots(self) -> None:
        """Note which slots stay in the original alone."""
        extensions = self.mappings.extensions.keys() - self.ours
        for record in self.mappings.records:
            for slot in record.slots.keys() - _TAKEN:
                if slot in extensions or slot not in self.ours:
                    self.remarks.keep(record.line, f"{slot} has no place in our tables")
        for slot in sorted(self.mappings.metadata.keys() - _TAKEN_OF_SET):
            message = f"metadata {slot} has no place in our tables"
            self.remarks.keep(self.mappings.lines[slot], message)

    def _notes(self) -> Iterator[Finding]:
        yield from self.remarks.notes()
        yield from self.terms.notes()
        if "license" not in self.mappings.metadata:
            message = "states no license; ask its makers before you publish what it brings"
            yield Finding(self.remarks.name, 1, message)
        for slot in self.mappings.unspread:
            message = f"{slot} is not given to the records, because some of them have their own"
            yield Finding(self.remarks.name, self.mappings.lines[slot], message)


def _weight(record: Record) -> tuple[float, str, int]:
    """Surer after less sure, later after earlier; of equals the first in the file is the last."""
    return float(record.text("confidence") or 1), record.text("mapping_date"), -record.line
