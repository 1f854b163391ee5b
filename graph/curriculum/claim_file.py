"""Accreditation claims as people write them: a small language that reads as sentences.

`docs/claims.md` explains it to those who write claims. A claim says how many of which statements
(`every`, `some`, `none`) are done what (`is`), in which courses (`in`), or what some courses add up
to (`courses`, `have`). What is written is kept as a `Claim`, whose `sentence` says it back.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from graph.curriculum.claim_model import (
    ONE,
    Bar,
    Claim,
    Courses,
    Facet,
    Quantifier,
    Said,
    Unit,
    Verb,
)
from graph.curriculum.claim_phrases import amount, counted, hours, kinds, resting, select
from graph.curriculum.fields import Faults, Fields, head, mappings
from graph.curriculum.model import Depth
from graph.curriculum.serving import published
from graph.model import Strength
from graph.nearest import nearest

if TYPE_CHECKING:
    from graph.catalogue import Catalogue

#: Most claims of one file.
MOST_CLAIMS: Final = 1000

_FILE_KEYS: Final = ("title", "terms", "claims")
_COMMON: Final = ("id", "title", "note")
_STATEMENT_KEYS: Final = (
    *_COMMON, "every", "some", "none", "except", "is", "in", "terms", "among", "strength",
    "confidence", "status", "depth", "dimensions", "systems", "says", "hours", "rests_on", "after",
)  # fmt: skip
_GOAL_KEYS: Final = tuple(
    key for key in _STATEMENT_KEYS if key not in ("some", "none", "hours", "rests_on", "after")
)
_TOTAL_KEYS: Final = (*_COMMON, "courses", "have", "terms", "among")

#: Statuses that a claim can ask for: what nobody has reviewed is proposed, or worse.
_STATUSES: Final = ("reviewed",)
_ID: Final = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*\Z")


def read_claims(raw: bytes, name: str, catalogue: Catalogue) -> tuple[Claim, ...]:
    """The claims of a YAML file, in their order.

    Raises
    ------
    SourcesError
        With every fault of the file, each with its line and the mend.
    """
    faults = Faults(name)
    fields, trees = head(raw, faults)
    fields.only(_FILE_KEYS)
    terms = fields.texts("terms")
    if "claims" not in trees:
        fields.fault("claims", "has no list 'claims'")
        faults.raise_any()
    claims: list[Claim] = []
    lines: dict[str, int] = {}
    for node in mappings(trees["claims"], faults, "claims"):
        claim = _Reading(Fields.of(node, faults, "claim"), catalogue, terms).claim()
        if claim.id in lines:
            message = f"claim {claim.id}: the id stands already in line {lines[claim.id]}"
            faults.add(claim.line, f"{message}; give one of them another")
        lines.setdefault(claim.id, claim.line)
        claims.append(claim)
    if not claims and not faults.findings:
        fields.fault("claims", "has no claims")
    if len(claims) > MOST_CLAIMS:
        fields.fault("claims", f"has {len(claims):,} claims; the most is {MOST_CLAIMS:,}")
    faults.raise_any()
    return tuple(claims)


def read_goal(fields: Fields, catalogue: Catalogue, place: int) -> Claim:
    """One goal of a planner: a claim that a plan can be made to keep, by courses that count.

    Parameters
    ----------
    place : int
        Of the goal in its file, from 1; its id if it gives none.
    """
    return _Reading(fields, catalogue, ()).goal(place)


class _Reading:
    """One claim on its way from fields to a value."""

    def __init__(self, fields: Fields, catalogue: Catalogue, terms: tuple[str, ...]) -> None:
        self.fields, self.catalogue, self.terms = fields, catalogue, terms

    def claim(self) -> Claim:
        fields = self.fields
        key = fields.text("id") or ""
        if "id" not in fields.values:
            fields.fault("id", "has no id; give it a short name such as research-twice")
        elif key and not _ID.match(key):
            fields.fault("id", f"id {key!r} must be lower case letters, digits and - _ . between")
        if key:
            fields.about = f"claim {key}"
        title = fields.text("title") or ""
        if "title" not in fields.values:
            fields.fault("title", "has no title; say in words what is claimed")
        common = {
            "id": key, "title": title, "line": fields.line, "note": fields.text("note") or "",
        }  # fmt: skip
        if "courses" in fields.values or "have" in fields.values:
            return self._total(common)
        if "no" in fields.values:
            fields.fault(
                "no", "write none instead of no, which many readers of YAML take for false"
            )
            fields.values["none"] = fields.values.pop("no")
        fields.only(_STATEMENT_KEYS)
        wants = "every, some or none, with the statements; or courses, with have"
        return self._statements(common, wants)

    def goal(self, place: int) -> Claim:
        fields = self.fields
        key = fields.text("id") or f"goal-{place}"
        fields.about = f"goal {key}"
        for other in ("some", "none"):
            if other in fields.values:
                fields.fault(other, f"a goal is about every statement that it names, not {other}")
                fields.values["every"] = fields.values.pop(other)
        fields.only(_GOAL_KEYS)
        common = {"id": key, "title": fields.text("title") or "", "line": fields.line,
                  "note": fields.text("note") or ""}  # fmt: skip
        claim = self._statements(common, "every, with the statements")
        if claim.count.most is not None or claim.count.least == 0:
            fields.fault("in", "in: a goal asks for at least so many courses, not for fewer")
        return replace(claim, title=claim.title or claim.sentence)

    def _total(self, common: dict[str, Any]) -> Claim:
        fields = self.fields
        fields.only(_TOTAL_KEYS)
        for key in ("courses", "have"):
            if key not in fields.values:
                fields.fault(key, f"has no {key!r}; write courses: … and have: at least … hours")
        courses = self._filter(self._phrase("courses", kinds))
        found = self._phrase("have", amount)
        count, unit = found if found else (ONE, Unit.COURSES)
        return Claim(
            **common, quantifier=None, subjects=(), about="", count=count, courses=courses,
            unit=unit,
        )  # fmt: skip

    def _statements(self, common: dict[str, Any], wants: str) -> Claim:
        fields = self.fields
        quantifiers = [q for q in Quantifier if q in fields.values]
        if len(quantifiers) != 1:
            fields.fault("title", f"must have one of the keys {wants}")
        quantifier = quantifiers[0] if quantifiers else Quantifier.EVERY
        subjects, about = self._subjects(quantifier)
        verb = fields.word("is", Verb)
        if "is" not in fields.values:
            fields.fault("is", f"does not say what is done; write is: {', '.join(Verb)}")
        verb = verb or Verb.TAUGHT
        values: dict[str, Any] = {"bar": self._bar(verb)}
        forms = [key for key in ("in", "rests_on", "after") if key in fields.values]
        if len(forms) > 1:
            fields.fault(forms[1], f"has both {forms[0]} and {forms[1]}; make two claims of it")
        if forms and forms[0] != "in":
            for key in ("dimensions", "systems", "says", "hours"):
                if key in fields.values:
                    fields.fault(key, f"{key} does not go with {forms[0]}")
        courses = Courses()
        if "rests_on" in fields.values:
            courses = self._phrase("rests_on", resting) or courses
            values["rests"] = True
        elif "after" in fields.values:
            values |= self._after(verb)
        elif found := self._phrase("in", counted):
            values["count"], courses = found
        if "hours" in fields.values:
            values["hours"] = self._phrase("hours", hours)
        facets = [(Facet.DIMENSION, word) for word in self._concepts("dimensions", "dimension")]
        facets += [(Facet.SYSTEM, word) for word in self._concepts("systems", "system")]
        return Claim(
            **common,
            **values,
            quantifier=quantifier,
            subjects=subjects,
            about=about,
            verb=verb,
            courses=self._filter(courses),
            facets=tuple(facets),
            says=fields.words("says", Said),
        )

    # ---- parts ------------------------------------------------------------------------------

    def _phrase(self, key: str, parse: Any) -> Any:
        """A text parsed by a function that tells what it misses by a `ValueError`."""
        text = self.fields.text(key)
        if text is None:
            return None
        try:
            return parse(text)
        except ValueError as error:
            self.fields.fault(key, f"{key}: {text!r}: {error}")
            return None

    def _subjects(self, quantifier: Quantifier) -> tuple[tuple[str, ...], str]:
        fields = self.fields
        chosen: set[str] = set()
        phrases = fields.texts(quantifier)
        for phrase in phrases:
            chosen |= self._selected(quantifier, phrase)
        left_out = fields.texts("except")
        for phrase in left_out:
            out = self._selected("except", phrase)
            if out and chosen and not out & chosen:
                fields.fault("except", f"except: {phrase!r} is none of the statements meant")
            chosen -= out
        if phrases and not chosen and not fields.faults.findings:
            fields.fault(quantifier, f"{quantifier}: leaves no statement")
        about = " or ".join(phrases) + (f" except {', '.join(left_out)}" if left_out else "")
        return published(chosen, self.catalogue), about

    def _selected(self, key: str, phrase: str) -> set[str]:
        try:
            return {*select(phrase, self.catalogue)}
        except ValueError as error:
            self.fields.fault(key, f"{key}: {phrase!r}: {error}")
            return set()

    def _filter(self, courses: Courses | None) -> Courses:
        """The kinds of course with the terms and codes of their own keys."""
        found = courses or Courses()
        terms = self.fields.texts("terms")
        for term in terms:
            if self.terms and term not in self.terms:
                near = nearest(term, self.terms, most=1)
                hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(self.terms)}"
                self.fields.fault("terms", f"there is no term {term!r} in terms above; {hint}")
        return Courses(
            found.required, found.setting, found.level, terms, self.fields.texts("among")
        )

    def _bar(self, verb: Verb) -> Bar:
        fields = self.fields
        status = fields.text("status")
        if status is not None and status not in _STATUSES:
            fields.fault("status", f"status cannot be {status!r}; it takes {_STATUSES[0]}")
        if verb is not Verb.REACHED:
            for key in ("strength", "confidence", "status", "depth"):
                if key in fields.values:
                    fields.fault(key, f"{key} is about what is reached; it goes with is: reached")
        return Bar(
            fields.word("depth", Depth),
            fields.word("strength", Strength),
            fields.number("confidence", most=1),
            status,
        )

    def _after(self, verb: Verb) -> dict[str, Any]:
        fields = self.fields
        after = fields.word("after", Verb)
        for key, word in (("is", verb), ("after", after)):
            if word is Verb.REACHED:
                fields.fault(key, f"{key}: reached does not go with after")
        if not self.terms:
            message = "needs the order of the terms; list them above the claims, as in"
            fields.fault("after", f"after {message} terms: [Fall 1, Spring 1]")
        for key in ("terms", "among"):
            if key in fields.values:
                fields.fault(key, f"{key} does not go with after")
        return {"after": after or Verb.TAUGHT, "terms": self.terms}

    def _concepts(self, key: str, scheme: str) -> tuple[str, ...]:
        known = [c.id for c in self.catalogue.concepts if c.scheme == scheme]
        found = []
        for word in self.fields.texts(key):
            if word in known:
                found.append(word)
                continue
            near = nearest(word, known, most=1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
            self.fields.fault(key, f"{key}: there is no {scheme} {word!r}; {hint}")
        return tuple(found)
