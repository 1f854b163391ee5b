"""Recognise a file, check it, and move its rows to the other edition."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from graph.errors import SourcesError
from graph.model import Finding
from graph.nearest import nearest
from graph.rebase.account import Decision, Rebased
from graph.rebase.concordance import Outcome, editions_of, find_concordance
from graph.rebase.crosswalks import CrosswalkFile
from graph.rebase.files import Line, Moved
from graph.rebase.plans import PLAN_COLUMNS, csv_plan, json_plan, yaml_plan
from graph.terms import crosswalk_id, framework_of

if TYPE_CHECKING:
    from graph.catalogue import Catalogue
    from graph.rebase.concordance import Concordance
    from graph.rebase.files import Document


def rebase(raw: bytes, name: str, catalogue: Catalogue, onto: str) -> Rebased:
    """Put a crosswalk (SSSOM TSV of this project) or a course plan onto another edition.

    Parameters
    ----------
    raw : bytes
        The file. Which of the two it is, and in which form, its text tells.
    name : str
        What to call the file in findings and in the review list.
    onto : str
        Framework id of the edition to arrive at, earlier or later.

    Returns
    -------
    Rebased
        Rows that name other frameworks, or `onto` itself, stay as they are and count as carried.
        If that is all rows, the content is `raw`, byte for byte.

    Raises
    ------
    NotFoundError
        If there is no framework `onto`.
    SourcesError
        With each fault at its line: unknown columns, unknown competencies, a file that is
        neither, a row between two editions, an edition without a concordance with `onto`.
    """
    editions = editions_of(catalogue, onto)
    document = _read(raw, name, catalogue)
    others = editions - {onto}
    _check(document, name, catalogue, editions, others, onto)
    concordances = _concordances(document, name, catalogue, others, onto)
    decisions: list[Decision] = []
    kept: list[Line] = []
    moved: list[Moved] = []
    for place, line in enumerate(document.lines):
        column = next((c for c in document.ends if framework_of(line.cells[c]) in others), None)
        row = document.brief(line.cells)
        if column is None:
            kept.append(line)
            decisions.append(Decision(line.number, row, Outcome.CARRIED, written=(row,)))
            continue
        old = line.cells[column]
        concordance = concordances[framework_of(old)]
        successions = concordance.successors.get(old, ())
        rows = [document.moved(line, column, step) for step in successions]
        moved += [Moved(line, cells, place) for cells in rows]
        decisions.append(
            Decision(
                line.number,
                row,
                concordance.outcome(old),
                old,
                catalogue.competency(old).title,
                successions or concordance.dropped.get(old, ()),
                tuple(document.brief(cells) for cells in rows),
            )
        )
    if len(kept) == len(document.lines):
        content, rows_out = raw, len(kept)
    else:
        content, rows_out = document.write(kept, moved, decisions)
    return Rebased(
        name, document.kind, onto, content, tuple(decisions), rows_out, catalogue.release
    )


def _read(raw: bytes, name: str, catalogue: Catalogue) -> Document:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = f"byte {raw[error.start]:#04x} is not UTF-8; save the file as UTF-8"
        raise SourcesError([Finding(name, line, message)]) from None
    body = text.removeprefix("\ufeff")
    first = next((line for line in body.splitlines() if line and not line.startswith("#")), "")
    if "subject_id" in first.split("\t"):
        return CrosswalkFile.read(body, name, catalogue)
    if name.endswith(".json") or first.lstrip()[:1] in ("[", "{"):
        return json_plan(body, name)
    if name.endswith((".yaml", ".yml")) or first.startswith("- "):
        return yaml_plan(body, name)
    heads = [head.strip().lower() for head in next(csv.reader([first[:10_000]]), [])]
    if any(nearest(head, PLAN_COLUMNS) for head in heads if head):
        return csv_plan(text, name)
    message = (
        "is neither a crosswalk (SSSOM TSV with a column 'subject_id') nor a course plan "
        f"(CSV, JSON or YAML with columns {', '.join(PLAN_COLUMNS)}); "
        "write a crosswalk with: crosswalk export --format sssom"
    )
    raise SourcesError([Finding(name, 1, message)])


def _check(
    document: Document,
    name: str,
    catalogue: Catalogue,
    editions: frozenset[str],
    others: frozenset[str],
    onto: str,
) -> None:
    """Every end is a competency that we know, and no row joins two editions."""
    findings = []
    named = False
    for line in document.lines:
        ends = [line.cells[column] for column in document.ends]
        for column, end in zip(document.ends, ends, strict=True):
            if end not in catalogue.competencies:
                findings.append(Finding(name, line.number, _unknown(column, end, catalogue)))
        found = [end for end in ends if framework_of(end) in editions]
        named = named or bool(found)
        if len(found) > 1 and not others.isdisjoint(map(framework_of, found)):
            message = (
                f"joins {found[0]} and {found[1]}, two editions of one framework; "
                "rebasing follows such rows and cannot move them; take the row out"
            )
            findings.append(Finding(name, line.number, message))
    if not findings and document.lines and not named:
        message = f"names no statement of {onto} nor of another edition of it; editions: "
        findings.append(
            Finding(name, document.lines[0].number, message + ", ".join(sorted(editions)))
        )
    if findings:
        raise SourcesError(findings)


def _unknown(column: str, end: str, catalogue: Catalogue) -> str:
    framework = framework_of(end)
    if framework not in catalogue.frameworks:
        near = nearest(end, catalogue.competencies)
        hint = near or [f"one of {', '.join(catalogue.frameworks)} and a code, like epas-2022:7"]
        return f"{column} {end!r} names no framework; did you mean {' or '.join(hint)}?"
    near = nearest(end, [c.id for c in catalogue.by_framework.get(framework, ())])
    hint = [f"did you mean {' or '.join(near)}?"] if near else []
    return "; ".join([f"{column} {end!r} is no statement of {framework}", *hint])


def _concordances(
    document: Document, name: str, catalogue: Catalogue, others: frozenset[str], onto: str
) -> dict[str, Concordance]:
    first: dict[str, Line] = {}
    for line in document.lines:
        for column in document.ends:
            framework = framework_of(line.cells[column])
            if framework in others:
                first.setdefault(framework, line)
    found: dict[str, Concordance] = {}
    findings = []
    for framework, line in first.items():
        concordance = find_concordance(catalogue, framework, onto)
        if concordance is None:
            findings.append(
                Finding(name, line.number, _no_concordance(catalogue, framework, onto, others))
            )
        else:
            found[framework] = concordance
    if findings:
        raise SourcesError(findings)
    return found


def _no_concordance(catalogue: Catalogue, framework: str, onto: str, others: frozenset[str]) -> str:
    says = f"names {framework}, and no concordance joins {framework} and {onto}"
    via = [
        middle
        for middle in sorted(others - {framework})
        if find_concordance(catalogue, framework, middle)
        and find_concordance(catalogue, middle, onto)
    ]
    if via:
        return f"{says}; rebase onto {via[0]} first, and then onto {onto}"
    older = sorted([framework, onto], key=lambda f: (catalogue.frameworks[f].issued, f))
    table = f"crosswalks/{crosswalk_id(*older)}.sssom.tsv"
    return f"{says}; make {table}, or take out the rows of {framework}"
