"""The account of a rebase: what became of every row, why, and what is left to decide."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from graph.model import Relation
from graph.rebase.concordance import Outcome

if TYPE_CHECKING:
    from graph.rebase.concordance import Succession

_ABOUT: Final = {
    Outcome.CARRIED: "the statement reads the same in the new edition",
    Outcome.CHANGED: "carried; the text of the statement changed",
    Outcome.REVIEW: "carried as a proposal; a person has to decide",
    Outcome.ORPHANED: "left out; no statement of the new edition stands in its place",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one row of the file.

    Attributes
    ----------
    line : int
        Where the row stands in the file that came in, from 1.
    row : str
        The row in brief.
    old, old_title : str
        The statement that the row named; empty if it names no other edition: it stays as it is.
    successions : tuple[Succession, ...]
        Where the statement lives on; for an orphaned row, where its subject went.
    written : tuple[str, ...]
        Rows that came of it, in brief.
    notes : tuple[str, ...]
        What else a person should know, such as another row that says the same.
    """

    line: int
    row: str
    outcome: Outcome
    old: str = ""
    old_title: str = ""
    successions: tuple[Succession, ...] = ()
    written: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def what_changed(self) -> str:
        """The concordance's change and rationale, for each statement that it leads to."""
        found = [
            f"{s.new}: {s.change or s.relation}. {s.alignment.rationale}" for s in self.successions
        ]
        if not found and self.outcome is Outcome.ORPHANED:
            found = ["the concordance does not trace it"]
        return " ".join([*found, *self.notes])

    @property
    def to_decide(self) -> str:
        """The question that is left for a person; empty if there is none."""
        names = [s.new for s in self.successions]
        if self.outcome is Outcome.CARRIED:
            return ""
        if self.outcome is Outcome.CHANGED:
            return f"Does it still hold of the new wording of {names[0]}?"
        if self.outcome is Outcome.ORPHANED:
            where = f"Is {' or '.join(names)} meant, where its subject went? " if names else ""
            return f"{where}If nothing is put in its place, it ends here."
        if len(names) > 1:
            return f"Which of {', '.join(names)} does it hold of? Delete the others."
        if not names:
            return "Which of the verdicts holds?"
        asks = {
            Relation.BROAD: "which contains more than the old statement",
            Relation.NARROW: "which keeps only a part of the old statement",
        }.get(self.successions[0].relation, "which took up only some of the old statement")
        return f"Does it hold of {names[0]}, {asks}?"

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "line": self.line,
            "row": self.row,
            "outcome": self.outcome.value,
            "old_id": self.old,
            "old_title": self.old_title,
            "new": [
                {
                    "id": s.new,
                    "title": s.new_title,
                    "relation": s.relation.value,
                    "change": s.change or None,
                    "rationale": s.alignment.rationale,
                    "alignment": s.alignment.id,
                }
                for s in self.successions
            ],
            "written": list(self.written),
            "notes": list(self.notes),
            "what_changed": self.what_changed,
            "to_decide": self.to_decide or None,
        }


@dataclass(frozen=True, slots=True)
class Rebased:
    """A file on another edition, and an account of every row that it had.

    Attributes
    ----------
    content : bytes
        The new file; the bytes of the old one if no row names another edition.
    decisions : tuple[Decision, ...]
        One for each row that came in, in the order of lines.
    rows_out : int
        Rows of the new file. Several successors make it more, equal rows fewer, than came in.
    """

    name: str
    kind: str
    onto: str
    content: bytes = field(repr=False)
    decisions: tuple[Decision, ...] = field(repr=False)
    rows_out: int
    release: str

    @property
    def counts(self) -> dict[str, int]:
        """Rows by outcome; they add up to the rows that came in."""
        found = Counter(decision.outcome for decision in self.decisions)
        return {outcome.value: found[outcome] for outcome in Outcome}

    @property
    def summary(self) -> str:
        """The account in one line."""
        parts = " + ".join(f"{count} {name}" for name, count in self.counts.items())
        return f"{len(self.decisions)} rows in = {parts}; {self.rows_out} rows out"

    def record(self) -> dict[str, Any]:
        """As JSON: the account, and each row that names another edition."""
        items = [decision.record() for decision in self.decisions if decision.old]
        return {
            "file": self.name,
            "kind": self.kind,
            "onto": self.onto,
            "counts": {"in": len(self.decisions), **self.counts, "out": self.rows_out},
            "items": items,
            "total": len(items),
            "release": self.release,
        }

    def table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Columns and rows of what a person should look at, in the order of lines."""
        columns = ("Line", "Row", "Outcome", "Old", "New", "What changed", "To decide")
        return columns, [
            (str(d.line), d.row, d.outcome.value, *_cells(d)) for d in self.decisions if d.to_decide
        ]

    def markdown(self) -> str:
        """The review list: what to decide first, each row with old and new statement."""
        edition = f"{self.kind.replace('-', ' ')} rebased onto {self.onto}"
        lines = [f"# {self.name}: {edition}", "", f"{self.summary}.", ""]
        lines += [f"- {outcome}: {about}" for outcome, about in _ABOUT.items()]
        lines += ["", f"Release {self.release}. Nothing here was reviewed by a person."]
        for outcome, title in (
            (Outcome.REVIEW, "Needs review"),
            (Outcome.ORPHANED, "Orphaned"),
            (Outcome.CHANGED, "Carried with changed text"),
        ):
            found = [d for d in self.decisions if d.outcome is outcome]
            if not found:
                continue
            lines += [
                "", f"## {title} ({len(found)})", "",
                "| Line | Row | Old | New | What changed | To decide |",
                "| ---: | --- | --- | --- | --- | --- |",
            ]  # fmt: skip
            for d in found:
                cells = [str(d.line), d.row, *_cells(d)]
                lines.append("| " + " | ".join(_escaped(cell) for cell in cells) + " |")
        return "\n".join(lines) + "\n"


def _cells(d: Decision) -> tuple[str, str, str, str]:
    new = "; ".join(f"{s.new} {s.new_title}" for s in d.successions)
    if d.outcome is Outcome.ORPHANED:
        new = ""
    return f"{d.old} {d.old_title}".strip(), new, d.what_changed, d.to_decide


def _escaped(cell: str) -> str:
    text = " ".join(cell.split())
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def noted(decision: Decision, note: str, *, review: bool) -> Decision:
    """A decision with one more note; for review, whatever its outcome was."""
    outcome = Outcome.REVIEW if review else decision.outcome
    return replace(decision, outcome=outcome, notes=(*decision.notes, note))
