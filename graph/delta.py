"""What changed between two data folders, in words: for a changelog, or for a reviewer.

The tables are compared, not the builds, so that a change reads as its author made it. Of an
alignment the pair of competencies is what stays: its verdict and relation may turn.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from graph.errors import SourcesError
from graph.model import Finding, Verdict
from graph.tables import read_sources
from graph.terms import natural_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from graph.model import Alignment
    from graph.records import Record
    from graph.tables import Sources

#: Parts of a delta in the order in which they are told, with their names for one and for many.
KINDS: Final = {
    "framework": ("framework", "frameworks"),
    "competency": ("competency", "competencies"),
    "crosswalk": ("crosswalk", "crosswalks"),
    "alignment": ("alignment", "alignments"),
    "concept": ("term of a controlled list", "terms of controlled lists"),
    "evidence": ("source of evidence", "sources of evidence"),
    "resource": ("resource", "resources"),
    "prefix": ("prefix", "prefixes"),
}

#: What happened, in the order in which it is told.
ACTIONS: Final = ("added", "removed", "changed")

#: Fields whose old and new text stand on lines of their own.
_LONG: Final = frozenset(("description", "rationale", "definition", "finding", "note", "citation"))

#: Fields that name the thing, or that follow from others.
_NOT_COMPARED: Final = frozenset(
    ("id", "framework", "code", "position", "subject_label", "object_label")
)

_MARKDOWN: Final = re.compile(r"([\\`*_\[\]<>|#~])")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, before and after; empty text where there was or is nothing."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was added, removed or changed.

    Attributes
    ----------
    kind : str
        A key of `KINDS`.
    within : str
        Framework of a competency, crosswalk of an alignment, scheme of a concept; else empty.
    label : str
        Title, as published after the change (before it, if removed). Of an alignment, both ends
        with their ids.
    about : str
        What was added or removed, in short.
    """

    kind: str
    action: str
    id: str
    label: str
    within: str = ""
    about: str = ""
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Delta:
    """All changes, in the order in which they are told.

    Attributes
    ----------
    verdicts : Mapping[str, tuple[Mapping[str, int], Mapping[str, int]]]
        For each crosswalk with changes: how many alignments have each verdict, before and after.
    """

    changes: tuple[Change, ...]
    verdicts: Mapping[str, tuple[Mapping[str, int], Mapping[str, int]]]

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.changes)

    def summary(self) -> str:
        """One sentence: how many of what were added, removed and changed."""
        counts = Counter((change.kind, change.action) for change in self.changes)
        parts = []
        for kind, names in KINDS.items():
            told = [(action, counts[kind, action]) for action in ACTIONS if counts[kind, action]]
            if told:
                (action, count), *others = told
                first = f"{count} {names[count != 1]} {action}"
                parts.append(", ".join([first, *(f"{n} {action}" for action, n in others)]))
        return "; ".join(parts) if parts else "nothing changed"

    def markdown(self) -> str:
        """The changes as Markdown; empty if there are none."""
        if not self.changes:
            return ""
        lines = ["# What changed", "", f"{_capital(self.summary())}.", ""]
        for (kind, within), changes in _grouped(self.changes):
            heading = _capital(KINDS[kind][1]) + (f" of {within}" if within else "")
            lines += [f"## {heading}", ""]
            if kind == "alignment":
                lines += [_verdicts_line(*self.verdicts[within]), ""]
            for action in ACTIONS:
                told = [change for change in changes if change.action == action]
                if told:
                    lines += [f"### {_capital(action)} ({len(told)})", ""]
                    lines += [line for change in told for line in _change_lines(change)]
                    lines.append("")
        return "\n".join(lines)

    def record(self) -> Record:
        """The changes as a plain record."""
        return {
            "summary": self.summary(),
            "total": len(self.changes),
            "verdicts": {
                key: {"old": dict(old), "new": dict(new)}
                for key, (old, new) in self.verdicts.items()
            },
            "items": [
                {
                    "kind": change.kind,
                    "action": change.action,
                    "id": change.id,
                    "label": change.label,
                    "within": change.within or None,
                    "about": change.about or None,
                    "fields": [
                        {"field": f.field, "old": f.old, "new": f.new} for f in change.fields
                    ],
                }
                for change in self.changes
            ],
        }


def diff(old: Path, new: Path) -> Delta:
    """Compare two data folders.

    Raises
    ------
    SourcesError
        If a table of either is wrong; the findings name the file with its folder.
    """
    return compare(_read(old), _read(new))


def compare(before: Sources, after: Sources) -> Delta:
    """Compare what the sound tables of two data folders say."""
    changes = [
        *_compare("framework", before.frameworks, after.frameworks, label="title"),
        *_competencies(before, after),
        *_crosswalks(before, after),
        *_alignments(before, after),
        *_compare(
            "concept",
            {f"{c.scheme}:{c.id}": c for c in before.concepts},
            {f"{c.scheme}:{c.id}": c for c in after.concepts},
            label="label",
        ),
        *_compare("evidence", _cells(before.evidence), _cells(after.evidence), label="citation"),
        *_compare(
            "resource",
            {resource.id: resource for resource in before.resources},
            {resource.id: resource for resource in after.resources},
            label="title",
        ),
        *_compare("prefix", _prefixes(before), _prefixes(after), label="iri"),
    ]
    touched = dict.fromkeys(c.within for c in changes if c.kind == "alignment")
    counts = _verdict_counts(before), _verdict_counts(after)
    verdicts = {key: (counts[0][key], counts[1][key]) for key in touched}
    return Delta(tuple(changes), verdicts)


def _read(data: Path) -> Sources:
    try:
        sources = read_sources(data)
        sources.require_sound()
    except SourcesError as error:
        named = [Finding(str(data / f.path), f.line, f.message) for f in error.findings]
        raise SourcesError(named) from None
    return sources


# ---- comparing ----------------------------------------------------------------------------


def _compare(
    kind: str,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    *,
    label: str,
    within: str = "",
) -> Iterator[Change]:
    """Changes between two collections of the same kind of values, by id."""
    for action, ids in (("added", new.keys() - old.keys()), ("removed", old.keys() - new.keys())):
        values = new if action == "added" else old
        for key in sorted(ids, key=natural_key):
            yield Change(kind, action, key, str(_field(values[key], label)), within)
    for key in sorted(old.keys() & new.keys(), key=natural_key):
        changed = _changed_fields(old[key], new[key])
        if changed:
            title = str(_field(new[key], label))
            yield Change(kind, "changed", key, title, within, fields=changed)


def _changed_fields(old: Any, new: Any) -> tuple[FieldChange, ...]:
    names = new if isinstance(new, dict) else [field.name for field in fields(new)]
    pairs = (
        (name, _text(_field(old, name)), _text(_field(new, name)))
        for name in names
        if name not in _NOT_COMPARED
    )
    return tuple(FieldChange(*pair) for pair in pairs if pair[1] != pair[2])


def _field(value: Any, name: str) -> Any:
    return value[name] if isinstance(value, dict) else getattr(value, name)


def _text(value: Any) -> str:
    """A field as people write it."""
    if value is None:
        return ""
    if isinstance(value, Verdict):
        return value.replace("-", " ")
    if isinstance(value, tuple):
        return "; ".join(
            part if isinstance(part, str) else f"{part.citation} ({part.supports})"
            for part in value
        )
    return str(value)


def _competencies(before: Sources, after: Sources) -> Iterator[Change]:
    for framework in sorted(before.frameworks.keys() | after.frameworks.keys()):
        old = {k: c for k, c in before.competencies.items() if c.framework == framework}
        new = {k: c for k, c in after.competencies.items() if c.framework == framework}
        yield from _compare("competency", old, new, label="title", within=framework)
        kept_old, kept_new = [k for k in old if k in new], [k for k in new if k in old]
        if kept_old != kept_new:
            order = FieldChange("order", " ".join(kept_old), " ".join(kept_new))
            title = after.frameworks[framework].title
            yield Change("competency", "changed", framework, title, framework, fields=(order,))


def _crosswalks(before: Sources, after: Sources) -> Iterator[Change]:
    def outlines(sources: Sources) -> dict[str, dict[str, str]]:
        return {
            table.crosswalk.id: {
                "title": table.crosswalk.title,
                "description": table.crosswalk.description,
                "license": table.crosswalk.license,
                "subject version": table.subject_version,
                "object version": table.object_version,
            }
            for table in sources.crosswalks
        }

    return _compare("crosswalk", outlines(before), outlines(after), label="title")


def _alignments(before: Sources, after: Sources) -> Iterator[Change]:
    old, new = _by_crosswalk(before), _by_crosswalk(after)
    for crosswalk in sorted(old.keys() | new.keys()):
        added, removed, changed = [], [], []
        pairs = old[crosswalk].keys() | new[crosswalk].keys()
        for pair in sorted(pairs, key=lambda pair: tuple(map(natural_key, pair))):
            gone, come, kept = _matched(old[crosswalk][pair], new[crosswalk][pair])
            removed += [_whole("removed", crosswalk, alignment) for alignment in gone]
            added += [_whole("added", crosswalk, alignment) for alignment in come]
            for one, other in kept:
                difference = _changed_fields(one, other)
                if difference:
                    label = _ends(other)
                    changed.append(
                        Change("alignment", "changed", other.id, label, crosswalk, "", difference)
                    )
        yield from (*added, *removed, *changed)


def _by_crosswalk(sources: Sources) -> dict[str, dict[tuple[str, str], list[Alignment]]]:
    found: dict[str, dict[tuple[str, str], list[Alignment]]]
    found = defaultdict(lambda: defaultdict(list))
    for table in sources.crosswalks:
        for alignment in table.alignments:
            pair = alignment.subject_id, alignment.object_id
            found[table.crosswalk.id][pair].append(alignment)
    return found


def _matched(
    old: Sequence[Alignment], new: Sequence[Alignment]
) -> tuple[list[Alignment], list[Alignment], list[tuple[Alignment, Alignment]]]:
    """Of one pair of competencies: what went, what came, and what became of the others.

    The same decision is matched first; what is left over turned into what is left over.
    """
    by_id = {alignment.id: alignment for alignment in new}
    kept = [(alignment, by_id[alignment.id]) for alignment in old if alignment.id in by_id]
    same = {alignment.id for alignment, _ in kept}
    gone = [alignment for alignment in old if alignment.id not in same]
    come = [alignment for alignment in new if alignment.id not in same]
    turned = min(len(gone), len(come))
    return gone[turned:], come[turned:], [*kept, *zip(gone, come, strict=False)]


def _whole(action: str, crosswalk: str, a: Alignment) -> Change:
    told = [a.relation.value, *filter(None, [a.strength])] if a.aligned else ["not aligned"]
    about = f"{', '.join(told)}, confidence {a.confidence}: {a.rationale}"
    return Change("alignment", action, a.id, _ends(a), crosswalk, about)


def _ends(a: Alignment) -> str:
    return f"{a.subject_id} {a.subject_label} \u2013 {a.object_id} {a.object_label}"


def _verdict_counts(sources: Sources) -> defaultdict[str, Counter[str]]:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for table in sources.crosswalks:
        counts[table.crosswalk.id].update(_text(a.verdict) for a in table.alignments)
    return counts


def _cells(rows: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    return {key: dict(row.cells) for key, row in rows.items()}


def _prefixes(sources: Sources) -> dict[str, dict[str, str]]:
    return {prefix: {"iri": iri} for prefix, iri in sources.prefixes.iris.items()}


# ---- telling ------------------------------------------------------------------------------


def _grouped(changes: Iterable[Change]) -> Iterator[tuple[tuple[str, str], list[Change]]]:
    groups: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in changes:
        groups[change.kind, change.within].append(change)
    yield from groups.items()


def _verdicts_line(old: Mapping[str, int], new: Mapping[str, int]) -> str:
    told = [
        f"{verdict} {old.get(verdict, 0)} \u2192 {new.get(verdict, 0)}"
        for verdict in (_text(verdict) for verdict in Verdict)
    ]
    return _capital(", ".join(told)) + "."


def _change_lines(change: Change) -> Iterator[str]:
    name = "" if change.kind == "alignment" else f"`{change.id}` "
    line = f"- {name}{_escaped(change.label)}"
    if change.about:
        line += f": {_escaped(change.about)}"
    yield line
    for field in change.fields:
        if field.field in _LONG and field.old and field.new:
            yield f"  - {field.field} reworded"
            yield f"    - was: {_escaped(field.old)}"
            yield f"    - now: {_escaped(field.new)}"
        else:
            old, new = _escaped(field.old) or "none", _escaped(field.new) or "none"
            turned = " turned" if field.field == "verdict" else ""
            yield f"  - {field.field}{turned}: {old} \u2192 {new}"


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
