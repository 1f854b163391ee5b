"""A crosswalk as SSSOM TSV: read it, move its rows, write it as a table of ours."""

from __future__ import annotations

import csv
import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

import yaml

from graph.bounds import chain
from graph.errors import SourcesError
from graph.model import RELATION_ORDER, STRENGTH_ORDER, Direction, Finding, Relation, Strength
from graph.rebase.account import noted
from graph.rebase.files import Line, Moved
from graph.rules import LINEAGE, LOWERED
from graph.tables import ALIGNMENT_COLUMNS, Row, format_table, parse_table
from graph.terms import crosswalk_id, framework_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graph.catalogue import Catalogue
    from graph.rebase.account import Decision
    from graph.rebase.concordance import Succession
    from graph.terms import Prefixes

_REQUIRED: Final = ("subject_id", "predicate_id", "object_id", "confidence")
_TABLE: Final = "crosswalks/rebased.sssom.tsv"  # a name that makes it a table of ours
_NOTE: Final = " [Rebased from "


class CrosswalkFile:
    """A crosswalk as SSSOM TSV: a table of ours, or what `crosswalk export` made of one."""

    kind = "crosswalk"
    ends: tuple[str, ...] = ("subject_id", "object_id")

    def __init__(self, header: dict[str, Any], lines: list[Line], catalogue: Catalogue) -> None:
        self.header = header
        self.lines = lines
        self.catalogue = catalogue

    @classmethod
    def read(cls, text: str, name: str, catalogue: Catalogue) -> CrosswalkFile:
        """A file from its text.

        Raises
        ------
        SourcesError
            With every fault of its columns and cells.
        """
        header, rows, findings = _sssom_rows(text, name)
        findings += [row.finding(message) for row in rows for message in _row_faults(row)]
        if findings:
            raise SourcesError(sorted(findings))
        return cls(header, [Line(row.line, dict(row.cells)) for row in rows], catalogue)

    def brief(self, cells: Mapping[str, Any]) -> str:
        """A row in one line."""
        relation = Relation.of(cells["predicate_id"])
        how = "not aligned with" if cells["predicate_modifier"] else f"{relation} match of"
        return f"{cells['subject_id']} {how} {cells['object_id']}"

    def moved(self, line: Line, column: str, step: Succession) -> dict[str, str]:
        """A row moved to a successor, weakened by the rules of edition lineage.

        Confidence is the guaranteed lower bound that both the row and the step between the
        editions hold, rounded down; author and date are those of the two, if they agree, the
        later one. A negative verdict stays negative.
        """
        cells = dict(line.cells)
        side = column.removesuffix("_id")
        edition = step.alignment
        relation, strength = Relation.of(cells["predicate_id"]), cells["ext_strength"]
        if not cells["predicate_modifier"]:
            relation, loss = LINEAGE[step.relation, relation]
            strength = _weakened(strength, loss, edition.strength)
        bound = chain([float(cells["confidence"]), edition.confidence]).lower
        confidence = math.floor(bound * 100 + 1e-9) / 100
        parts = f"{cells['confidence']} and {edition.confidence}"
        change = f" ({step.change})" if step.change else ""
        note = f"{_NOTE}{step.old}{change}; confidence is the lower bound of {parts}.]"
        return cells | {
            column: step.new,
            f"{side}_label": step.new_title,
            "predicate_id": relation.predicate_id,
            "mapping_justification": "semapv:MappingChaining",
            "author_id": _author([cells["author_id"], edition.author]),
            "mapping_date": max(cells["mapping_date"], edition.date),
            "confidence": f"{confidence:.2f}".rstrip("0").rstrip("."),
            "comment": f"{cells['comment']}{note}".strip(),
            "ext_strength": strength,
            "ext_status": "proposed",
            "ext_change": step.change,
        }

    def write(
        self, kept: list[Line], moved: list[Moved], decisions: list[Decision]
    ) -> tuple[bytes, int]:
        """The table in canonical form, with one verdict a pair.

        Where several rows come to judge one pair, a row that was there already stays alone;
        otherwise aligned goes before not aligned, strong before weak, sure before unsure, and
        what the others say is joined to it. Rows that disagree are all to be reviewed.
        """
        judged: dict[frozenset[str], list[Line]] = defaultdict(list)
        for line in kept:
            judged[_pair(line.cells)].append(line)
        meeting: dict[frozenset[str], list[Moved]] = defaultdict(list)
        for one in moved:
            meeting[_pair(one.cells)].append(one)
        rows = [line.cells for line in kept]
        for pair, them in meeting.items():
            there = judged.get(pair, [])
            them.sort(key=_best_first)
            lead = there[0].cells if there else them[0].cells
            if not there:
                rows.append(_joined([one.cells for one in them]))
            self._note(them, there, lead, decisions)
        labels = {key: c.title for key, c in self.catalogue.competencies.items()}
        lines = ["\t".join(row[column] for column in ALIGNMENT_COLUMNS) for row in rows]
        head = yaml.safe_dump(self._header(rows), sort_keys=False, allow_unicode=True, width=10_000)
        text = "".join(f"#{line}\n" for line in head.rstrip("\n").split("\n"))
        text += "\n".join(["\t".join(ALIGNMENT_COLUMNS), *lines]) + "\n"
        return format_table(text, _TABLE, labels).encode(), len(rows)

    def _note(
        self,
        them: list[Moved],
        there: list[Line],
        lead: Mapping[str, str],
        decisions: list[Decision],
    ) -> None:
        if len(them) + len(there) < 2:
            return
        differ = len({_verdict(cells) for cells in (lead, *(one.cells for one in them))}) > 1
        numbers = sorted({one.line.number for one in them} | {line.number for line in there})
        for one in them:
            others = [str(n) for n in numbers if n != one.line.number]
            stays = f"; line {there[0].number} stays alone" if there else ""
            says = "differs from" if differ else "says the same as"
            pair = f"{one.cells['subject_id']} and {one.cells['object_id']}"
            note = (
                f"On {pair} it {says} line {', '.join(others)}{stays}; written: {self.brief(lead)}."
            )
            place = one.decision
            decisions[place] = noted(decisions[place], note, review=differ)

    def _header(self, rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        prefixes = self.catalogue.prefixes
        header = {key: value for key, value in self.header.items() if key != "mapping_date"}
        sides = {
            side: sorted({framework_of(row[f"{side}_id"]) for row in rows})
            for side in ("subject", "object")
        }
        for side, frameworks in sides.items():
            header[f"{side}_type"] = header.get(f"{side}_type", "skos concept")
            header.pop(f"{side}_source", None)
            header.pop(f"{side}_source_version", None)
            if len(frameworks) == 1:
                version = self.catalogue.framework(frameworks[0]).version
                header[f"{side}_source"] = f"framework:{frameworks[0]}"
                header[f"{side}_source_version"] = version
        ends = sides["subject"], sides["object"]
        whole = len(ends[0]) == len(ends[1]) == 1
        stem = crosswalk_id(ends[0][0], ends[1][0]) if whole else "rebased"
        used = {"framework", "xw", *ends[0], *ends[1]}
        used |= {framework_of(row["author_id"]) for row in rows if ":" in row["author_id"]}
        title = str(header.get("mapping_set_title", "Crosswalk"))
        about = str(header.get("mapping_set_description", ""))
        names = " and ".join("--".join(pair) for pair in zip(*ends, strict=False)) or "no rows"
        note = (
            f"Rebased, now {names}: derived row by row from the crosswalk before, unreviewed; "
            "confidence is the guaranteed lower bound."
        )
        return header | {
            "curie_map": _curie_map(self.header, prefixes, used),
            "mapping_set_id": prefixes.expand(f"crosswalk:{stem}"),
            "mapping_set_title": f"{title}, rebased",
            "mapping_set_description": f"{about} {note}".strip(),
            "license": header.get("license", "https://creativecommons.org/licenses/by/4.0/"),
            "extension_definitions": [
                {"slot_name": slot, "property": f"xw:{slot}", "type_hint": "xsd:string"}
                for slot in ALIGNMENT_COLUMNS
                if slot.startswith("ext_")
            ],
        }  # fmt: skip


def _curie_map(header: Mapping[str, Any], prefixes: Prefixes, used: set[str]) -> dict[str, str]:
    given = header.get("curie_map")
    known = {**(given if isinstance(given, dict) else {}), **prefixes.iris}
    return {prefix: known[prefix] for prefix in sorted(used) if prefix in known}


def _sssom_rows(text: str, name: str) -> tuple[dict[str, Any], list[Row], list[Finding]]:
    """Rows with all our columns, also from an export: fewer columns, one date, quoted cells."""
    text = text.replace("\r\n", "\n")
    lines = text.split("\n")
    top = next(n for n, line in enumerate(lines) if not line.startswith("#"))
    head = lines[top].split("\t")
    dates = [n for n, line in enumerate(lines[:top]) if line.startswith("#mapping_date:")]
    if tuple(head) == ALIGNMENT_COLUMNS and not dates:
        return parse_table(text, name)
    unknown = [column for column in head if column not in ALIGNMENT_COLUMNS]
    missing = [column for column in _REQUIRED if column not in head]
    twice = [column for column, count in Counter(head).items() if count > 1]
    parts = [
        f"{what} {', '.join(map(repr, columns))}"
        for what, columns in (
            ("unknown columns", unknown),
            ("missing columns", missing),
            ("repeated columns", twice),
        )
        if columns
    ]
    if parts:
        message = (
            f"{'; '.join(parts)}; the columns of a crosswalk are {' '.join(ALIGNMENT_COLUMNS)}"
        )
        return {}, [], [Finding(name, top + 1, message)]
    date = lines[dates[0]].partition(":")[2].strip().strip("'\"") if dates else ""
    comments = ["#" if n in dates else line for n, line in enumerate(lines[:top])]
    columns = "\t".join(ALIGNMENT_COLUMNS)
    header, _, findings = parse_table("\n".join([*comments, columns, ""]), name)
    empty = dict.fromkeys(ALIGNMENT_COLUMNS, "") | {"mapping_date": date}
    rows = []
    records = csv.reader(lines[top + 1 :], delimiter="\t")
    try:
        for record in records:
            number = top + 1 + records.line_num
            if not record:
                continue
            if len(record) != len(head):
                message = f"has {len(record)} cells, not {len(head)}; did an editor move a tab?"
                findings.append(Finding(name, number, message))
                continue
            cells = {c: " ".join(cell.split()) for c, cell in zip(head, record, strict=True)}
            rows.append(Row(empty | cells, name, number))
    except csv.Error as error:
        findings.append(Finding(name, top + 1 + records.line_num, f"cannot be read: {error}"))
    return header, rows, findings


def _row_faults(row: Row) -> Iterator[str]:
    """What is wrong with the cells that rebasing reads, its ends apart."""
    accepted = {
        "predicate_id": [relation.predicate_id for relation in Relation],
        "predicate_modifier": ["", "Not"],
        "ext_strength": ["", *Strength],
        "ext_direction": ["", *Direction],
    }
    for column, values in accepted.items():
        if row[column] not in values:
            known = ", ".join(value for value in values if value)
            empty = ", or empty" if "" in values else ""
            yield f"{column} {row[column]!r} is none of {known}{empty}"
    try:
        sound = 0 <= float(row["confidence"]) <= 1
    except ValueError:
        sound = False
    if not sound:
        yield f"confidence {row['confidence']!r} is no number from 0 to 1; write it like 0.65"


def _pair(cells: Mapping[str, str]) -> frozenset[str]:
    return frozenset((cells["subject_id"], cells["object_id"]))


def _verdict(cells: Mapping[str, str]) -> tuple[str, str]:
    """What a row says of its pair; of a pair that is not aligned there is nothing more to say."""
    modifier = cells["predicate_modifier"]
    return modifier, "" if modifier else cells["predicate_id"]


def _best_first(one: Moved) -> tuple[Any, ...]:
    cells = one.cells
    strength = Strength(cells["ext_strength"]) if cells["ext_strength"] else None
    return (
        bool(cells["predicate_modifier"]),
        STRENGTH_ORDER[strength],
        RELATION_ORDER[Relation.of(cells["predicate_id"])],
        -float(cells["confidence"]),
        natural_key(cells["subject_id"]),
        natural_key(cells["object_id"]),
        tuple(cells.values()),
    )


def _joined(rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The first of some rows on one pair, with what the others say of the same verdict."""
    lead = dict(rows[0])
    same = [row for row in rows if _verdict(row) == _verdict(lead)]
    sources: dict[str, str] = {}
    for row in same:
        # Equal numbers of both are a rule of the table; a row that breaks it keeps its own cells.
        urls, supports = row["see_also"].split("|"), row["ext_evidence_supports"].split("|")
        if len(urls) == len(supports):
            sources |= {u: s for u, s in zip(urls, supports, strict=True) if u not in sources and u}
    directions = {row["ext_direction"] for row in same}
    lead |= {
        "author_id": _author([row["author_id"] for row in same]),
        "mapping_date": max(row["mapping_date"] for row in same),
        "confidence": max((row["confidence"] for row in same), key=float),
        "comment": _comment([row["comment"] for row in same]),
        "ext_direction": lead["ext_direction"] if len(directions) == 1 else Direction.MUTUAL.value,
        "ext_aims": " ".join(_unique(aim for row in same for aim in row["ext_aims"].split())),
        "ext_change": "; ".join(
            _unique(kind.strip() for row in same for kind in row["ext_change"].split(";"))
        ),
    }
    if sources:
        lead["see_also"] = "|".join(sources)
        lead["ext_evidence_supports"] = "|".join(sources.values())
    return lead


def _comment(comments: Sequence[str]) -> str:
    """Each reason once, and after them each note on where they come from."""
    parts = [comment.partition(_NOTE) for comment in comments]
    notes = _unique(f"{opening}{note}" for _, opening, note in parts)
    return " / ".join(_unique(reason for reason, _, _ in parts)) + "".join(notes)


def _unique(values: Iterable[str]) -> list[str]:
    return [value for value in dict.fromkeys(values) if value]


def _author(authors: Iterable[str]) -> str:
    found = set(authors)
    return found.pop() if len(found) == 1 else "agent:project"


def _weakened(strength: str, loss: int, most: Strength | None) -> str:
    """A strength lowered by some steps, and never above that of the edition link."""
    found: Strength | None = Strength(strength) if strength else None
    for _ in range(loss):
        found = LOWERED[found]
    if found is None or most is None:
        return found.value if found else ""
    return max(found, most, key=STRENGTH_ORDER.__getitem__).value
