"""What the command line shows of one thing: records as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from graph.records import DIRECTION_WORDS, partner_of
from graph.terminal import Column, labelled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.cli import Session
    from graph.model import Alignment
    from graph.records import Record

#: Relations as a sentence about the partner: "isp-2020:1.3 is broader".
RELATION_WORDS: Final = {
    "exact": "says the same",
    "close": "is close",
    "broad": "is broader",
    "narrow": "is narrower",
    "related": "is related",
}

_READING_WORDS: Final = {
    "high": "high confidence: seen in full",
    "medium": "medium confidence: seen in part",
    "imported": "imported from a file; described by nobody here",
}


def show_competency(session: Session, record: Record) -> None:
    """A competency: what it is, where it stands, where it comes from."""
    session.heading(f"{record['id']}  {record['title']}")
    click.echo()
    session.labelled("What it is", record["description"] or "The source says no more.")
    framework = session.outline.framework(record["framework"])
    session.labelled("Level", f"{record['level']} of {framework.title} ({framework.id})")
    for label, key in (("Within", "parents"), ("Contains", "children")):
        for number, other in enumerate(record[key]):
            session.labelled("" if number else label, f"{other['id']}  {other['title']}")
    counts = record["alignments"]
    aligned = f"{counts['aligned']} aligned, {counts['not_aligned']} judged and not aligned"
    session.labelled("Alignments", f"{aligned}; see: crosswalk align {record['id']}")
    _show_source(session, record)
    for number, resource in enumerate(record["resources"]):
        text = f"{resource['title']}. {resource['description']} {resource['citation']}"
        session.labelled("" if number else "Resources", text)
        session.labelled("", resource["url"])


def _show_source(session: Session, record: Record) -> None:
    session.labelled("Source", record["citation"])
    session.labelled("", record["url"])
    session.labelled("Reading", _READING_WORDS[record["confidence"]])


def show_framework(session: Session, record: Record) -> None:
    """A framework, and the tree of what it holds."""
    session.heading(f"{record['id']}  {record['title']}")
    click.echo()
    session.labelled("What it is", record["description"])
    session.labelled("Edition", " ".join(filter(None, (record["version"], record["issued"]))))
    for label, key in (("Publisher", "publisher"), ("Revises", "revision_of"), ("Note", "note")):
        if record[key]:
            session.labelled(label, record[key])
    counts = ", ".join(f"{count} {level}" for level, count in record["counts"].items())
    session.labelled("Holds", counts or "nothing; it is listed as a source only")
    if record["crosswalks"]:
        session.labelled("Crosswalks", ", ".join(record["crosswalks"]))
    _show_source(session, record)
    if record["tree"]:
        click.echo()
    for branch in record["tree"]:
        _show_branch(session, branch, 0)


def _show_branch(session: Session, branch: Record, depth: int) -> None:
    name = "  " * depth + branch["id"]
    click.echo(labelled(name, branch["title"], session.width, column=max(24, len(name) + 2)))
    for child in branch["children"]:
        _show_branch(session, child, depth + 1)


def show_crosswalk(session: Session, record: Record) -> None:
    """A crosswalk in outline."""
    session.heading(f"{record['id']}  {record['title']}")
    click.echo()
    session.labelled("What it is", record["description"])
    counts = record["counts"]
    total = f"{counts['aligned']} aligned, {counts['not_aligned']} not aligned"
    session.labelled("Verdicts", total)
    for label, key in (("Relations", "by_relation"), ("Strengths", "by_strength")):
        session.labelled(label, ", ".join(f"{n} {name}" for name, n in counts[key].items()))
    session.labelled("License", record["license"])


def show_alignment(session: Session, record: Record) -> None:
    """One decision, and everything that is known of it."""
    session.heading(f"Alignment {record['id']}")
    click.echo()
    session.labelled("From", f"{record['subject_id']}  {record['subject_label']}")
    session.labelled("To", f"{record['object_id']}  {record['object_label']}")
    if record["verdict"] == "aligned":
        session.labelled("Verdict", f"aligned: the second {RELATION_WORDS[record['relation']]}")
        session.labelled("Strength", record["strength"] or "not stated")
    else:
        session.labelled("Verdict", "not aligned")
    session.labelled("Confidence", f"{record['confidence']:.2f}")
    session.labelled("Why", record["rationale"])
    if record["change"]:
        session.labelled("Change", record["change"])
    if record["direction"]:
        session.labelled("Who gains", DIRECTION_WORDS[record["direction"]])
    if record["aims"]:
        session.labelled("Aims", ", ".join(record["aims"]))
    for number, evidence in enumerate(record["evidence"]):
        text = f"{evidence['citation']}. Supports: {evidence['supports']}"
        session.labelled("" if number else "Evidence", text)
        session.labelled("", evidence["url"])
    author, day = record["author"] or "no author stated", record["date"] or "no day stated"
    session.labelled("Status", f"{record['status']}, {author}, {day}")
    session.labelled("Arrived at", record["justification"])


def show_partners(session: Session, competency_id: str, found: Sequence[Alignment]) -> None:
    """What a competency aligns with, as a table that reads as sentences about the partner."""
    if not found:
        click.echo("Nothing aligns with it.")
        return
    rows = []
    for alignment in found:
        partner_id, label, relation = partner_of(alignment, competency_id)
        words = RELATION_WORDS[relation] if alignment.aligned else "not aligned"
        rows.append(
            (
                f"{partner_id} {label}",
                words,
                alignment.strength or "",
                f"{alignment.confidence:.2f}",
                alignment.rationale,
            )
        )
    columns = (
        Column("Partner", wraps=True),
        Column("Relation"),
        Column("Strength"),
        Column("Sure"),
        Column("Why", wraps=True),
    )
    session.table(columns, rows)
