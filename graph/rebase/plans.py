"""A course plan as a list of links: one course, one competency, one level a row.

Read from CSV, JSON or YAML and written in the same form.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final

import yaml

from graph.bounded import compose_yaml, csv_records, parse_json, refusal, yaml_items
from graph.errors import SourcesError
from graph.model import Finding
from graph.nearest import nearest
from graph.rebase.account import noted
from graph.rebase.files import Line, Moved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graph.bounded import CsvRecord
    from graph.rebase.account import Decision
    from graph.rebase.concordance import Succession

LEVELS: Final = ("introduces", "practises", "demonstrates")
PLAN_COLUMNS: Final = ("course", "title", "competency", "level")

_REQUIRED: Final = ("course", "competency", "level")


class PlanFile:
    """A course plan: one course, one competency, one level a row; other cells stay as they are."""

    kind = "course-plan"
    ends: tuple[str, ...] = ("competency",)

    def __init__(self, form: str, lines: list[Line], head: str = "", end: str = "\n") -> None:
        self.form, self.lines, self.head, self.end = form, lines, head, end

    def brief(self, cells: Mapping[str, Any]) -> str:
        """A row in one line."""
        return f"{cells['course']} {cells['level']} {cells['competency']}"

    def moved(self, line: Line, column: str, step: Succession) -> dict[str, Any]:
        """A row moved to a successor; its other cells stay as they are."""
        return line.cells | {column: step.new}

    def write(
        self, kept: list[Line], moved: list[Moved], decisions: list[Decision]
    ) -> tuple[bytes, int]:
        """The plan with each row where it stood; a row that repeats another is written once."""
        by_line: dict[int, list[Moved]] = defaultdict(list)
        for one in moved:
            by_line[one.line.number].append(one)
        known = {_key(line.cells): line.number for line in reversed(kept)}
        same = {line.number for line in kept}
        rows: list[Line] = []
        for line in self.lines:
            if line.number in same:
                rows.append(line)
            for one in by_line[line.number]:
                first = known.setdefault(_key(one.cells), line.number)
                if first == line.number:
                    rows.append(Line(line.number, one.cells))
                    continue
                note = f"{self.brief(one.cells)} stands already, from line {first}."
                decisions[one.decision] = noted(decisions[one.decision], note, review=False)
        return self._text(rows).encode(), len(rows)

    def _text(self, rows: Sequence[Line]) -> str:
        records = [row.cells for row in rows]
        if self.form == "json":
            return json.dumps(records, ensure_ascii=False, indent=2) + "\n"
        if self.form == "yaml":
            return yaml.safe_dump(records, sort_keys=False, allow_unicode=True, width=10_000)
        output = io.StringIO(newline="")
        output.write(_ended(self.head, self.end))
        for row in rows:
            output.write(_ended(row.raw or _csv_row(row.cells.values()), self.end))
        return output.getvalue()


def _ended(text: str, end: str) -> str:
    return text if text.endswith(("\n", "\r")) else text + end


def _csv_row(cells: Iterable[str]) -> str:
    """One record without its end; the writer's own end makes it quote every kind of line end."""
    output = io.StringIO(newline="")
    csv.writer(output, lineterminator="\r\n").writerow(cells)
    return output.getvalue().removesuffix("\r\n")


def _key(cells: Mapping[str, Any]) -> str:
    return json.dumps(cells, sort_keys=True, default=str)


def json_plan(text: str, name: str) -> PlanFile:
    """A plan as a JSON list of records."""
    value = parse_json(text.encode(), name, placed=True)
    if not isinstance(value, list):
        raise refusal(name, getattr(value, "line", 1), _NO_LIST)
    records = ((getattr(record, "line", 1), record) for record in value)
    return PlanFile("json", _checked_plan(_record_lines(records, name), name))


def yaml_plan(text: str, name: str) -> PlanFile:
    """A plan as a YAML list of records."""
    node = compose_yaml(text.encode(), name)
    if not isinstance(node, yaml.SequenceNode):
        raise refusal(name, node.start_mark.line + 1 if node else 1, _NO_LIST)
    records = yaml_items(node, name)
    return PlanFile("yaml", _checked_plan(_record_lines(records, name), name))


def csv_plan(text: str, name: str) -> PlanFile:
    """A plan as CSV; rows that do not change keep their text."""
    body = text.removeprefix("\ufeff")  # the mark stays in the file, and in no column's name
    lines: list[Line] = []
    findings: list[Finding] = []
    head: list[str] = []
    first: CsvRecord | None = None
    try:
        for record in csv_records(body, name):
            if first is None:
                first, head = record, [cell.strip() for cell in record.cells]
            elif len(record.cells) != len(head):
                message = (
                    f"has {len(record.cells)} cells, not {len(head)}; is a comma not in quotes?"
                )
                findings.append(Finding(name, record.line, message))
            else:
                cells = dict(zip(head, record.cells, strict=True))
                lines.append(Line(record.line, cells, record.text))
    except SourcesError as error:
        findings += error.findings
    findings = [*_column_faults(head, name, first.last if first else 1), *findings]
    if findings:
        raise SourcesError(findings)
    assert first is not None  # or columns would be missing
    end = "\r\n" if first.text.endswith("\r\n") else "\n"
    return PlanFile(
        "csv", _checked_plan(lines, name), text[: len(text) - len(body)] + first.text, end
    )


def _column_faults(head: Sequence[str], name: str, line: int) -> Iterator[Finding]:
    """A column that is missing, and the unknown one that was meant by it; a column twice."""
    for column in _REQUIRED:
        if column not in head:
            near = nearest(column, [h for h in head if h not in PLAN_COLUMNS], most=1)
            hint = f"; is unknown column {near[0]!r} meant?" if near else ""
            expected = f"a course plan has {', '.join(PLAN_COLUMNS)}"
            yield Finding(name, line, f"column {column!r} is missing; {expected}{hint}")
    for column, count in Counter(head).items():
        if count > 1:
            yield Finding(name, line, f"column {column!r} stands {count} times; keep one")


def _checked_plan(lines: list[Line], name: str) -> list[Line]:
    findings: list[Finding] = []
    for line in lines:
        missing = list(_column_faults([*line.cells], name, line.number))
        findings += missing
        if missing:
            continue
        cells = line.cells
        cells["competency"] = str(cells["competency"]).strip()
        if isinstance(cells["course"], list | dict | bool):
            findings.append(Finding(name, line.number, "course must be a text"))
        elif not str(cells["course"] or "").strip():
            findings.append(Finding(name, line.number, "course must not be empty"))
        if str(cells["level"]).strip() not in LEVELS:
            message = f"level {cells['level']!r} is none of {', '.join(LEVELS)}"
            findings.append(Finding(name, line.number, message))
    if findings:
        raise SourcesError(findings)
    return lines


_NO_LIST: Final = (
    f"must be a list of records with {', '.join(PLAN_COLUMNS)}; "
    "a course plan in another form is carried with: crosswalk plan carry"
)


def _record_lines(records: Iterable[tuple[int, Any]], name: str) -> list[Line]:
    """Records, each with the line on which it begins."""
    lines, findings = [], []
    for number, record in records:
        if isinstance(record, dict) and all(isinstance(key, str) for key in record):
            lines.append(Line(number, dict(record)))
        else:
            findings.append(Finding(name, number, _NO_LIST))
    if findings:
        raise SourcesError(findings)
    return lines
