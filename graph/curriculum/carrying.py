"""A plan made to one edition, carried to another by the concordance, with a list to review."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from graph.curriculum.model import DEPTH_ORDER, CoursePlan
from graph.errors import NoCrosswalkError, ParameterError
from graph.rebase import Outcome, editions_of, find_concordance, rebase
from graph.terms import crosswalk_id, framework_of, natural_key

if TYPE_CHECKING:
    from graph.catalogue import Catalogue
    from graph.curriculum.model import Entry
    from graph.rebase import Decision, Rebased
    from graph.records import Record


@dataclass(frozen=True, slots=True)
class Carried:
    """A plan on another edition.

    Attributes
    ----------
    plan : CoursePlan
        With every entry that lives on. An entry whose statement was split stands once for each
        part, all of them for review; entries that become equal stand once.
    from_edition : str
        Edition that the plan was made to.
    account : Rebased
        What became of each entry, by its line in the file.
    """

    plan: CoursePlan
    from_edition: str
    account: Rebased

    @property
    def review(self) -> tuple[Decision, ...]:
        """Entries about which a person has to decide, in the order of the plan."""
        return tuple(d for d in self.account.decisions if d.to_decide)

    def record(self) -> Record:
        """As JSON."""
        return {
            "from": self.from_edition,
            "to": self.plan.edition,
            "counts": {**self.account.counts, "out": len(self.plan.entries)},
            "review": [decision.record() for decision in self.review],
        }


def usual_ends(catalogue: Catalogue) -> tuple[str, str]:
    """The framework that plans are made to and the one whose reach is told, if nobody says which.

    Raises
    ------
    NoCrosswalkError
        If the data have no crosswalk, without which nothing is reached.
    """
    found = catalogue.usual_crosswalk()
    if found is None:
        raise NoCrosswalkError("a course plan is analyzed over one")
    return found.subject_framework, found.object_framework


def onto_for(plan: CoursePlan, catalogue: Catalogue) -> str:
    """The framework whose reach is told of a plan, if nobody says which.

    That of `usual_ends`; of a plan to editions that have nothing to do with it, the first one that
    a crosswalk joins with any of them.

    Raises
    ------
    NoCrosswalkError
        If the data have no crosswalk.
    """
    usual = usual_ends(catalogue)[1]
    editions = editions_of(catalogue, plan.edition)
    if usual in editions or any(_joined(catalogue, e, usual) for e in editions):
        return usual
    others = [f for f in catalogue.frameworks if f not in editions]
    joined = (f for e in sorted(editions, reverse=True) for f in others if _joined(catalogue, e, f))
    return next(joined, usual)


def edition_for(plan: CoursePlan, catalogue: Catalogue, onto: str) -> str:
    """The edition in which a plan can be compared with a framework.

    Its own, if a crosswalk joins it with `onto`; otherwise the latest edition that a crosswalk
    joins with `onto` and a concordance with the plan's own.

    Raises
    ------
    NotFoundError
        If there is no such framework.
    ParameterError
        If no edition will do.
    """
    catalogue.framework(onto)
    editions = editions_of(catalogue, plan.edition)
    joined = {e for e in editions if e == onto or _joined(catalogue, e, onto)}
    if plan.edition in joined:
        return plan.edition
    usable = [e for e in joined if find_concordance(catalogue, plan.edition, e) is not None]
    if not usable:
        joins = sorted(f for f in catalogue.frameworks if _joined(catalogue, plan.edition, f))
        accepted = f"a framework that a crosswalk joins with {plan.edition}"
        raise ParameterError("onto", onto, f"{accepted}: {', '.join(joins) or 'there is none'}")
    return max(usable, key=lambda e: (catalogue.frameworks[e].issued, e))


def carry(plan: CoursePlan, catalogue: Catalogue, edition: str) -> Carried:
    """A plan on another edition of its framework; `graph.rebase` decides what becomes of an entry.

    Raises
    ------
    NotFoundError
        If there is no such framework.
    SourcesError
        If no concordance joins the two editions.
    """
    records = [
        {
            "course": entry.course,
            "title": "",
            "competency": entry.competency,
            "level": entry.depth.value,
            "entry": place,
        }
        for place, entry in enumerate(plan.entries)
    ]
    # One record a line: rebasing knows rows by their lines.
    raw = "[\n" + ",\n".join(json.dumps(record) for record in records) + "\n]"
    account = rebase(raw.encode(), "plan.json", catalogue, edition)
    entries: dict[Entry, Entry] = {}
    for row in json.loads(account.content):
        entry = replace(plan.entries[row["entry"]], competency=row["competency"])
        entries.setdefault(replace(entry, line=0), entry)
    places = {course.code: place for place, course in enumerate(plan.courses)}

    def place_of(entry: Entry) -> tuple[Any, ...]:
        other = framework_of(entry.competency) != edition
        key = natural_key(entry.competency)
        return places[entry.course], other, key, DEPTH_ORDER[entry.depth]

    decisions = tuple(
        replace(decision, line=entry.line)
        for decision, entry in zip(account.decisions, plan.entries, strict=True)
    )
    moved = replace(plan, edition=edition, entries=tuple(sorted(entries.values(), key=place_of)))
    account = replace(account, name=plan.name, decisions=decisions, rows_out=len(moved.entries))
    return Carried(moved, plan.edition, account)


def orphaned(carried: Carried) -> tuple[Decision, ...]:
    """Entries that the other edition has no place for."""
    return tuple(d for d in carried.account.decisions if d.outcome is Outcome.ORPHANED)


def _joined(catalogue: Catalogue, one: str, other: str) -> bool:
    names = crosswalk_id(one, other), crosswalk_id(other, one)
    return any(catalogue.by_crosswalk.get(name) for name in names)
