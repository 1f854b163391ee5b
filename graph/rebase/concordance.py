"""What became of the statements of one edition in another, read from the judged alignments."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from graph.model import INVERSE, Relation
from graph.rules import hands_on
from graph.terms import crosswalk_id, framework_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.catalogue import Catalogue
    from graph.model import Alignment

#: Words of a `change` after which a person has to look, also where the texts are close.
_TO_REVIEW: Final = frozenset({"merged", "split", "moved", "replaced"})


class Outcome(StrEnum):
    """What became of one row; every row has exactly one."""

    CARRIED = "carried"
    CHANGED = "changed"
    REVIEW = "review"
    ORPHANED = "orphaned"


@dataclass(frozen=True, slots=True)
class Succession:
    """How a statement of one edition lives on in a statement of another, either way in time.

    Attributes
    ----------
    relation : Relation
        Read from `old`, the statement that is left, to `new`.
    alignment : Alignment
        The judged alignment that says so.
    """

    old: str
    new: str
    new_title: str
    relation: Relation
    alignment: Alignment

    @property
    def change(self) -> str:
        """What became of the earlier statement, in the phrases of the concordance."""
        return self.alignment.change or ""


@dataclass(frozen=True, slots=True)
class Concordance:
    """What became of the statements of one edition in another.

    Attributes
    ----------
    successors : Mapping[str, tuple[Succession, ...]]
        By the statement that is left, in the order of codes.
    dropped : Mapping[str, tuple[Succession, ...]]
        Where the subject of a statement went that was only dropped: nothing stands in its place.
    """

    successors: Mapping[str, tuple[Succession, ...]]
    dropped: Mapping[str, tuple[Succession, ...]]

    def outcome(self, statement: str) -> Outcome:
        """What becomes of links to a statement."""
        found = self.successors.get(statement, ())
        if not found:
            return Outcome.ORPHANED
        if len(found) > 1:
            return Outcome.REVIEW
        only = found[0]
        if only.relation is Relation.EXACT:
            return Outcome.CARRIED
        words = frozenset(only.change.replace(";", " ").split())
        if only.relation is Relation.CLOSE and words.isdisjoint(_TO_REVIEW):
            return Outcome.CHANGED
        return Outcome.REVIEW


def editions_of(catalogue: Catalogue, framework: str) -> frozenset[str]:
    """A framework and all its editions, earlier and later ones, however many steps away.

    Raises
    ------
    NotFoundError
        If there is no such framework.
    """
    catalogue.framework(framework)
    beside: dict[str, set[str]] = defaultdict(set)
    for one in catalogue.frameworks.values():
        if one.revision_of:
            beside[one.id].add(one.revision_of)
            beside[one.revision_of].add(one.id)
    found, waiting = {framework}, [framework]
    while waiting:
        new = beside[waiting.pop()] - found
        found |= new
        waiting += sorted(new)
    return frozenset(found)


def find_concordance(catalogue: Catalogue, old: str, new: str) -> Concordance | None:
    """The concordance that leads from one edition to another; `None` if nobody made one.

    It is read backwards as well: what was merged is then split. Verdicts "not aligned" and
    withdrawn alignments lead nowhere.
    """
    names = [name for name in (crosswalk_id(old, new), crosswalk_id(new, old))
             if name in catalogue.crosswalks or catalogue.by_crosswalk.get(name)]  # fmt: skip
    if not names:
        return None
    successors: dict[str, list[Succession]] = defaultdict(list)
    dropped: dict[str, list[Succession]] = defaultdict(list)
    for alignment in (a for name in names for a in catalogue.by_crosswalk.get(name, ())):
        if not alignment.aligned or alignment.withdrawn:
            continue
        if framework_of(alignment.subject_id) == old:
            ends, relation = (alignment.subject_id, alignment.object_id), alignment.relation
        else:
            ends = alignment.object_id, alignment.subject_id
            relation = INVERSE[alignment.relation]
        title = catalogue.competency(ends[1]).title
        lives = hands_on(alignment.change)
        (successors if lives else dropped)[ends[0]].append(
            Succession(*ends, title, relation, alignment)
        )
    return Concordance(_sorted(successors), _sorted(dropped))


def _sorted(found: Mapping[str, list[Succession]]) -> dict[str, tuple[Succession, ...]]:
    return {old: tuple(sorted(them, key=_by_new)) for old, them in found.items()}


def _by_new(succession: Succession) -> tuple[Any, ...]:
    return natural_key(succession.new)
