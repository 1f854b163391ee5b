"""Goals of a planner as people write them: claims to keep, and rules of choice.

`docs/planner.md` explains the file to those who write it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from graph.curriculum.claim_file import read_goal
from graph.curriculum.claim_model import Unit
from graph.curriculum.fields import Faults, Fields, head, is_text, mappings

if TYPE_CHECKING:
    from fractions import Fraction

    from graph.catalogue import Catalogue
    from graph.curriculum.claim_model import Claim
    from graph.records import Record

#: Most goals of one file.
MOST_GOALS: Final = 200

_KEYS: Final = (
    "title", "objective", "budget", "require", "exclude", "at_most_one", "prerequisites", "goals",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Goals:
    """What a plan is to reach, and what it must keep to.

    Attributes
    ----------
    objective : Unit
        What there shall be least of. Among equals courses decide, or hours if those are courses.
    budget : tuple[tuple[Unit, Fraction], ...]
        Most of each.
    required, excluded : tuple[str, ...]
        Codes of courses.
    at_most_one : tuple[tuple[str, ...], ...]
        Courses of which no two are taken together.
    prerequisites : tuple[tuple[str, tuple[str, ...]], ...]
        A course, and others all of which must be taken if it is.
    name : str
        Of the file, for messages.
    """

    goals: tuple[Claim, ...]
    objective: Unit = Unit.HOURS
    budget: tuple[tuple[Unit, Fraction], ...] = ()
    required: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    at_most_one: tuple[tuple[str, ...], ...] = ()
    prerequisites: tuple[tuple[str, tuple[str, ...]], ...] = ()
    name: str = "goals"

    def record(self) -> Record:
        """As JSON."""
        return {
            "goals": [
                {"id": g.id, "title": g.title, "sentence": g.sentence, "statements": [*g.subjects]}
                for g in self.goals
            ],
            "objective": self.objective.value,
            "budget": {unit.value: float(most) for unit, most in self.budget},
            "require": [*self.required],
            "exclude": [*self.excluded],
            "at_most_one": [[*group] for group in self.at_most_one],
            "prerequisites": {course: [*before] for course, before in self.prerequisites},
        }


def read_goals(raw: bytes, name: str, catalogue: Catalogue) -> Goals:
    """The goals of a YAML file.

    Raises
    ------
    SourcesError
        With every fault of the file, each with its line and the mend.
    """
    faults = Faults(name)
    fields, trees = head(raw, faults)
    fields.only(_KEYS)
    goals: list[Claim] = []
    ids: set[str] = set()
    for node in mappings(trees["goals"], faults, "goals") if "goals" in trees else ():
        claim = read_goal(Fields.of(node, faults, "goal"), catalogue, len(goals) + 1)
        if claim.id in ids:
            faults.add(claim.line, f"goal {claim.id}: the id stands twice; give one another")
        ids.add(claim.id)
        goals.append(claim)
    if not goals and not faults.findings:
        fields.fault("goals", "has no list 'goals' with something in it")
    if len(goals) > MOST_GOALS:
        fields.fault("goals", f"has {len(goals):,} goals; the most is {MOST_GOALS:,}")
    found = Goals(
        goals=tuple(goals),
        objective=fields.word("objective", Unit) or Unit.HOURS,
        budget=_budget(trees.get("budget"), faults),
        required=fields.texts("require"),
        excluded=fields.texts("exclude"),
        at_most_one=_groups(fields),
        prerequisites=_prerequisites(trees.get("prerequisites"), faults),
        name=name,
    )
    for code in found.required:
        if code in found.excluded:
            fields.fault("exclude", f"exclude: {code} is required as well; keep one of the two")
    faults.raise_any()
    return found


def _budget(node: Any, faults: Faults) -> tuple[tuple[Unit, Fraction], ...]:
    if node is None:
        return ()
    fields = Fields.of(node, faults, "budget")
    fields.only([*Unit])
    found = ((unit, fields.number(unit)) for unit in Unit)
    return tuple((unit, most) for unit, most in found if most is not None)


def _groups(fields: Fields) -> tuple[tuple[str, ...], ...]:
    if "at_most_one" not in fields.values:
        return ()
    value = fields.values["at_most_one"][1]
    lists = isinstance(value, list) and all(
        isinstance(group, list) and all(map(is_text, group)) for group in value
    )
    groups = tuple(tuple(str(code) for code in group) for group in value) if lists else ()
    if not groups or any(len({*group}) < 2 or len({*group}) < len(group) for group in groups):
        message = "at_most_one must be a list of lists of two or more courses, as in: - [M2, M3]"
        fields.fault("at_most_one", message)
    return groups


def _prerequisites(node: Any, faults: Faults) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if node is None:
        return ()
    fields = Fields.of(node, faults, "prerequisites")
    found = tuple((course, fields.texts(course)) for course in fields.values)
    for course, before in found:
        if course in before:
            fields.fault(course, f"{course} cannot come before itself")
    return found
