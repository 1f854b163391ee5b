"""Moodle's competency framework CSV read: anybody's framework, or a crosswalk that we wrote.

What Moodle does with a file is told in `graph.exchange.moodle`. Here a file that Moodle would take
in part only is refused, because what it leaves out nobody would miss in time.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from graph.bounded import decode_text
from graph.errors import SourcesError
from graph.exchange.incoming import (
    UNSTATED_LICENSE,
    Incoming,
    IncomingCrosswalk,
    IncomingFramework,
    bare_alignment,
)
from graph.exchange.moodle import COLUMNS
from graph.exchange.naming import code_from, framework_id
from graph.model import (
    IMPORTED,
    Alignment,
    Competency,
    Concept,
    Finding,
    Framework,
    Relation,
)
from graph.terms import code_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graph.exchange import Source


@dataclass(frozen=True, slots=True)
class _Node:
    line: int
    parent: str
    id_number: str
    title: str
    description: str
    related: tuple[str, ...]


def read(raw: bytes, source: Source) -> Incoming:
    """A framework that Moodle exported; or a crosswalk that we wrote: two frameworks and links.

    Moodle's cross-references say *related* and nothing more. Between the two branches of a
    crosswalk they become alignments of that relation; inside one framework they are noted.

    Raises
    ------
    SourcesError
        With every problem: columns, the framework's row, ID numbers, parents, cycles.
    """
    head, nodes = _nodes(raw, source.name)
    branches = [node for node in nodes if not node.parent]
    ours = all(node.id_number.startswith("framework:") for node in branches)
    if branches and ours:
        return _read_branches(nodes, branches, source)
    taken = source.catalogue.frameworks
    key = source.framework_id or framework_id([head.id_number, head.title], taken)
    framework = _framework(key, head, source)
    notes = [
        Finding(source.name, node.line, "cross-references inside one framework are not kept")
        for node in nodes
        if node.related
    ]
    return Incoming(frameworks=(_incoming(framework, nodes, "", source),), notes=tuple(notes))


def _nodes(raw: bytes, name: str) -> tuple[_Node, list[_Node]]:
    """The framework's row, and the others by line; checked."""
    records = csv.reader(io.StringIO(decode_text(raw, name), newline=""), strict=True)
    heads: list[_Node] = []
    nodes: list[_Node] = []
    findings: list[Finding] = []
    start = 1
    try:
        for place, record in enumerate(records):
            line, start = start, records.line_num + 1
            if not place or not any(record):
                continue
            if len(record) != len(COLUMNS):
                message = f"has {len(record)} cells, not the {len(COLUMNS)} of a Moodle framework"
                findings.append(Finding(name, line, message))
                continue
            node = _node(line, record)
            if record[12].strip() not in ("", "0"):
                heads.append(node)
                if not node.title:
                    findings.append(Finding(name, line, "the framework has no short name"))
            elif not node.id_number or not node.title:
                message = "has no ID number or no short name; Moodle would leave it out"
                findings.append(Finding(name, line, message))
            else:
                nodes.append(node)
    except csv.Error as error:
        findings.append(Finding(name, start, f"is not CSV: {error}"))
    if len(heads) != 1:
        message = f"has {len(heads)} rows with 'Is framework' set; a Moodle framework has one"
        findings.append(Finding(name, heads[1].line if heads else 1, message))
    findings += _faults(nodes, name)
    if findings:
        raise SourcesError(sorted(findings))
    return heads[0], nodes


def _node(line: int, record: Sequence[str]) -> _Node:
    related = tuple(r.replace("%2C", ",").strip() for r in record[10].split(",") if r.strip())
    text = _without_markup(record[3])
    return _Node(line, record[0].strip(), record[1].strip(), record[2].strip(), text, related)


def _faults(nodes: Sequence[_Node], name: str) -> Iterator[Finding]:
    by_id: dict[str, _Node] = {}
    for node in nodes:
        if node.id_number in by_id:
            first = by_id[node.id_number].line
            message = f"ID number {node.id_number!r} stands already at line {first}; keep one"
            yield Finding(name, node.line, message)
        by_id.setdefault(node.id_number, node)
    for node in nodes:
        if node.parent and node.parent not in by_id:
            message = f"parent {node.parent!r} is no ID number of this file"
            yield Finding(name, node.line, message)
        seen = {node.id_number}
        above = by_id.get(node.parent)
        while above and above.id_number not in seen:
            seen.add(above.id_number)
            above = by_id.get(above.parent)
        if above and above.id_number == node.id_number:
            yield Finding(name, node.line, f"{node.id_number!r} is its own ancestor")
        for key in node.related:
            if key not in by_id:
                message = f"cross-reference {key!r} is no ID number of this file"
                yield Finding(name, node.line, message)


def _read_branches(nodes: list[_Node], branches: list[_Node], source: Source) -> Incoming:
    """The two frameworks of a crosswalk, unless the workspace has them, and the links."""
    catalogue = source.catalogue
    children: dict[str, list[_Node]] = {}
    for node in nodes:
        children.setdefault(node.parent, []).append(node)
    frameworks: list[IncomingFramework] = []
    branch_of: dict[str, str] = {}
    for branch in branches:
        key = code_of(branch.id_number)
        below, pending = [], [*children.get(branch.id_number, ())]
        while pending:
            node = pending.pop(0)
            below.append(node)
            pending[:0] = children.get(node.id_number, ())
        branch_of |= {node.id_number: key for node in below}
        if not all(node.id_number in catalogue.competencies for node in below):
            framework = _framework(key, branch, source)
            frameworks.append(_incoming(framework, below, branch.id_number, source))
    known = {c.id for f in frameworks for c in f.competencies} | catalogue.competencies.keys()
    notes = [
        Finding(source.name, node.line, f"{node.id_number!r} is not named like a competency")
        for node in nodes
        if node.id_number in branch_of and node.id_number not in known
    ]
    if notes:
        raise SourcesError(notes)
    titles = {c.id: c.title for c in catalogue.competencies.values()}
    titles |= {c.id: c.title for f in frameworks for c in f.competencies}
    place = {branch.id_number: n for n, branch in enumerate(branches)}
    found: dict[tuple[str, str], list[Alignment]] = {}
    for node in nodes:
        for other in node.related:
            ends = node.id_number, other
            pair = branch_of.get(ends[0], ""), branch_of.get(ends[1], "")
            if "" in pair or pair[0] == pair[1]:
                message = f"a cross-reference to {other!r} does not join the two frameworks"
                notes.append(Finding(source.name, node.line, message))
            elif place[f"framework:{pair[0]}"] < place[f"framework:{pair[1]}"]:
                found.setdefault(pair, []).append(bare_alignment(*ends, Relation.RELATED, titles))
    crosswalks = tuple(
        IncomingCrosswalk(
            subject_framework=subject,
            object_framework=object_,
            title=f"{subject} and {object_}, as related in Moodle",
            description=f"Cross-references of the Moodle framework file {source.name}.",
            license=UNSTATED_LICENSE,
            alignments=tuple(alignments),
        )
        for (subject, object_), alignments in found.items()
    )
    return Incoming(tuple(frameworks), crosswalks, notes=tuple(notes))


def _framework(key: str, head: _Node, source: Source) -> Framework:
    return Framework(
        id=key,
        title=head.title,
        version="as exported",
        issued="",
        publisher="",
        description=head.description or head.title,
        citation=f"Moodle competency framework {head.id_number}, file {source.name}.",
        url=source.catalogue.prefixes.expand("framework:" + key),
        confidence=IMPORTED,
        revision_of=None,
        note="",
    )


def _incoming(
    framework: Framework, nodes: Sequence[_Node], top: str, source: Source
) -> IncomingFramework:
    """A framework of the rows below `top`, in the order of the file."""
    start = f"{framework.url}/"
    ids: dict[str, str] = {}
    taken: dict[str, _Node] = {}
    findings = []
    for node in nodes:
        code = code_from(node.id_number.removeprefix(f"{framework.id}:")) or "item"
        if code in taken:
            message = f"ID number {node.id_number!r} gives the code {code!r}, as does line "
            findings.append(Finding(source.name, node.line, message + str(taken[code].line)))
        taken.setdefault(code, node)
        ids[node.id_number] = f"{framework.id}:{code}"
    if findings:
        raise SourcesError(findings)
    depths, by_id = {top: 0}, {node.id_number: node for node in nodes}
    for node in nodes:
        _depth(node, by_id, depths)
    known = {c.id for c in source.catalogue.concepts if c.scheme == "level"}
    names = {depth: f"level-{depth}" for depth in sorted({depths[n.id_number] for n in nodes})}
    levels = tuple(
        Concept(
            "level", name, f"Level {depth}",
            f"a statement at depth {depth} of a framework that names no kinds", None,
            framework.url,
        )
        for depth, name in names.items()
        if name not in known
    )  # fmt: skip
    competencies = tuple(
        Competency(
            id=ids[node.id_number],
            framework=framework.id,
            code=code_of(ids[node.id_number]),
            level=names[depths[node.id_number]],
            parent=ids.get(node.parent),
            title=_title(node, code_of(ids[node.id_number])),
            description=node.description,
            citation=framework.citation,
            url=start + code_of(ids[node.id_number]),
            confidence=IMPORTED,
            position=place,
        )
        for place, node in enumerate(nodes, start=1)
    )
    return IncomingFramework(framework, start, competencies, levels)


def _depth(node: _Node, by_id: Mapping[str, _Node], depths: dict[str, int]) -> int:
    """How deep a row stands, from 1; the parents of a checked file end at the top."""
    trail = []
    at: _Node | None = node
    while at is not None and at.id_number not in depths:
        trail.append(at)
        at = by_id.get(at.parent)
    deep = depths[at.id_number] if at is not None else 0
    for above in reversed(trail):
        deep += 1
        depths[above.id_number] = deep
    return depths[node.id_number]


def _title(node: _Node, code: str) -> str:
    """The short name without the code that we put before it."""
    return node.title.removeprefix(f"{code} ")


class _Text(HTMLParser):
    """The text of a description; blocks and breaks separate words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Keep words apart where a block begins."""
        self.parts.append(" ")


def _without_markup(markup: str) -> str:
    parser = _Text()
    parser.feed(markup)
    parser.close()
    return " ".join("".join(parser.parts).split())
