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

from graph.errors import SourcesError
from graph.model import Finding
from graph.nearest import nearest
from graph.rebase.account import noted
from graph.rebase.files import Line, Moved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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
    return PlanFile("json", _checked_plan(_json_lines(text, name), name))


def yaml_plan(text: str, name: str) -> PlanFile:
    """A plan as a YAML list of records."""
    return PlanFile("yaml", _checked_plan(_yaml_lines(text, name), name))


def csv_plan(text: str, name: str) -> PlanFile:
    """A plan as CSV; rows that do not change keep their text."""
    texts = io.StringIO(text, newline="").readlines()
    records = csv.reader(texts, strict=True)
    lines: list[Line] = []
    findings: list[Finding] = []
    head: list[str] = []
    top = start = 0
    try:
        for record in records:
            raw, number = "".join(texts[start : records.line_num]), start + 1
            start = records.line_num
            if not head:
                head = [cell.strip() for cell in record]
                head = [head[0].removeprefix("\ufeff"), *head[1:]] if head else []
                top = start
            elif not any(cell.strip() for cell in record):
                continue
            elif len(record) != len(head):
                message = f"has {len(record)} cells, not {len(head)}; is a comma not in quotes?"
                findings.append(Finding(name, number, message))
            else:
                lines.append(Line(number, dict(zip(head, record, strict=True)), raw))
    except csv.Error as error:
        message = f"is not CSV: {error}; close the quotation mark, or write it twice"
        findings.append(Finding(name, start + 1, message))
    findings = [*_column_faults(head, name, top or 1), *findings]
    if findings:
        raise SourcesError(findings)
    end = "\r\n" if texts[0].endswith("\r\n") else "\n"
    return PlanFile("csv", _checked_plan(lines, name), "".join(texts[:top]), end)


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
        if not str(cells["course"] or "").strip():
            findings.append(Finding(name, line.number, "course must not be empty"))
        if str(cells["level"]).strip() not in LEVELS:
            message = f"level {cells['level']!r} is none of {', '.join(LEVELS)}"
            findings.append(Finding(name, line.number, message))
    if findings:
        raise SourcesError(findings)
    return lines


_NO_LIST: Final = "must be a list of records with " + ", ".join(PLAN_COLUMNS)


def _json_lines(text: str, name: str) -> list[Line]:
    """Records of a JSON list, each with the line on which it begins."""

    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is no JSON")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        twice = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
        if twice:
            raise ValueError(f"{twice[0]!r} stands twice in one record; keep one")
        return dict(pairs)

    decoder = json.JSONDecoder(parse_constant=refuse, object_pairs_hook=once)
    lines: list[Line] = []

    def space(place: int) -> int:
        while place < len(text) and text[place] in " \t\n\r":
            place += 1
        return place

    def fault(place: int, message: str) -> SourcesError:
        return SourcesError([Finding(name, text.count("\n", 0, place) + 1, message)])

    place = space(0)
    if text[place : place + 1] != "[":
        raise fault(place, _NO_LIST)
    place = space(place + 1)
    number, counted = 1, 0
    while text[place : place + 1] != "]":
        if lines:
            if text[place : place + 1] != ",":
                raise fault(place, "is not JSON: a comma or ] is missing")
            place = space(place + 1)
        number, counted = number + text.count("\n", counted, place), place
        try:
            value, end = decoder.raw_decode(text, place)
            json.dumps(value, ensure_ascii=False).encode()
        except json.JSONDecodeError as error:
            raise fault(error.pos, f"is not JSON: {error.msg}") from None
        except UnicodeEncodeError:
            raise fault(place, "holds half of a character; write it whole") from None
        except (ValueError, RecursionError) as error:
            raise fault(place, f"cannot be read: {error}") from None
        if not isinstance(value, dict):
            raise fault(place, _NO_LIST)
        lines.append(Line(number, value))
        place = space(end)
    if space(place + 1) != len(text):
        raise fault(space(place + 1), "is not JSON: something stands after the list")
    return lines


def _yaml_lines(text: str, name: str) -> list[Line]:
    """Records of a YAML list, each with the line on which it begins."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "cannot be read"
        line = mark.line + 1 if mark else 1
        raise SourcesError([Finding(name, line, f"is not YAML: {problem}")]) from None
    except (ValueError, RecursionError) as error:
        raise SourcesError([Finding(name, 1, f"cannot be read: {error}")]) from None
    if not isinstance(node, yaml.SequenceNode):
        raise SourcesError([Finding(name, 1, _NO_LIST)])
    lines = []
    findings = []
    for child, value in zip(node.value, values, strict=True):
        number = child.start_mark.line + 1
        if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
            findings.append(Finding(name, number, _NO_LIST))
            continue
        if len(child.value) != len(value):
            findings.append(Finding(name, number, "names a column twice; keep one"))
        lines.append(Line(number, value))
    if findings:
        raise SourcesError(findings)
    return lines
