"""The forms that a course plan comes in, taken apart into rows of three kinds.

Rows say what the programme is, what its courses are, or what these serve. They are not judged here,
only whether the file has a shape that rows can be read from.

Forms
-----
*Long* (CSV, a sheet `map`, a list of records in JSON or YAML): one course, one competency, one
depth a row. *Matrix* (CSV, a sheet `matrix`): a row for each competency, a column for each course,
and in the cells I, P and D or the words. *Nested* (YAML, JSON): courses, each with what it
`serves`. What a programme is called, its level and its edition stand in the sheet `programme`, in
lines like `# edition: epas-2022` above a CSV, or beside `courses` in YAML and JSON.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from graph.bounded import (
    Placed,
    check_size,
    csv_records,
    decode_text,
    parse_json,
    parse_yaml,
    refusal,
)
from graph.curriculum.cells import DEPTHS, Row, given, listed, meant
from graph.sheets import MOST_COLUMNS, looks_like_xlsx, read_sheets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.curriculum.fields import Faults
    from graph.sheets import Sheet

#: Largest plan in bytes; a programme of a hundred courses takes about 200 kB.
MOST_PLAN_BYTES: Final = 4 * 1024 * 1024

#: Largest plan in YAML, which takes five times as long to read as JSON, and largest workbook
#: unpacked.
MOST_YAML_BYTES: Final = 1024 * 1024
MOST_UNPACKED_BYTES: Final = 24 * 1024 * 1024

#: Most rows of a table that are not empty, most cells of a sheet, and most values of a JSON file.
#: A plan as large as it may be has fewer; a file of a few megabytes that is not one can have
#: millions, and would be minutes in reading.
MOST_ROWS: Final = 20_000
MOST_CELLS: Final = 500_000
MOST_VALUES: Final = 200_000

PROGRAMME_FIELDS: Final = ("programme", "level", "edition")
COURSE_FIELDS: Final = (
    "code", "title", "hours", "credits", "required", "term", "setting", "level",
)  # fmt: skip
ENTRY_FIELDS: Final = (
    "competency", "depth", "content", "dimensions", "systems", "page", "hours",
)  # fmt: skip

#: Columns of a CSV in long form. What a course is may stand in each of its rows or in one of them.
LONG_COLUMNS: Final = (
    "course", "title", "course_hours", "credits", "required", "term", "setting", "course_level",
    "competency", "label", "depth", "content", "dimensions", "systems", "page", "hours",
)  # fmt: skip

#: Columns of the sheet `map`; `label` is there for people and is not read.
MAP_COLUMNS: Final = ("course", "competency", "label", *ENTRY_FIELDS[1:])

#: Rows above the competencies of a matrix that say what the courses are.
MATRIX_FIELDS: Final = COURSE_FIELDS[1:]

#: Sheets that are read, and those that are there for people.
SHEETS: Final = ("programme", "courses", "map", "matrix")
SHEETS_NOT_READ: Final = ("how to", "competencies", "lists")

#: What a column of the long form says of a course.
COURSE_OF_LONG: Final = {
    "course": "code", "title": "title", "course_hours": "hours", "credits": "credits",
    "required": "required", "term": "term", "setting": "setting", "course_level": "level",
}  # fmt: skip

#: Other words that mean the same; `level` of a row was the older word for its depth.
PROGRAMME_ALIASES: Final = {"program": "programme"}
_LONG_ALIASES: Final = {"level": "depth"}

_BETWEEN_DEPTHS: Final = re.compile(r"[\s,;/|+&]+|\band\b")
_COMMENT: Final = re.compile(r"#\s*(\w+)\s*:\s*(.*)", re.DOTALL)


@dataclass(slots=True)
class Parts:
    """A file taken apart, before any of its rows is checked.

    Attributes
    ----------
    listed : bool
        Whether the file lists its courses apart; then a row about another course is a fault.
    """

    programme: list[Row] = field(default_factory=list)
    courses: list[Row] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)
    listed: bool = True


def take_apart(raw: bytes, name: str, faults: Faults) -> Parts:
    """The rows of a file.

    Parameters
    ----------
    faults : Faults
        Takes what is wrong beside which the rows can still be judged, such as an unknown column.

    Raises
    ------
    SourcesError
        If the file has no shape that rows can be read from, with all that was found.
    """
    taking = _Taking(name, faults)
    parts = taking.parts(raw)
    # A missing column would make every row faulty.
    if taking.misshapen:
        faults.raise_any()
    return parts


class _Taking:
    """One file on its way to rows."""

    def __init__(self, name: str, faults: Faults) -> None:
        self.name, self.faults = name, faults
        self.misshapen = False

    def fault(self, path: str, line: int, message: str) -> None:
        """Take down what is wrong with the file's shape: its rows cannot be judged."""
        self.misshapen = True
        self.note(path, line, message)

    def note(self, path: str, line: int, message: str) -> None:
        """Take down a fault beside which the rest of the file can still be judged."""
        self.faults.add(line, message, path)

    def parts(self, raw: bytes) -> Parts:
        ending = self.name.lower().rpartition(".")[2]
        if looks_like_xlsx(raw) or ending == "xlsx":
            return self._book(raw)
        text = decode_text(raw, self.name, MOST_PLAN_BYTES)
        first = text.lstrip()[:1]
        if ending == "json" or (ending not in ("csv", "tsv", "yaml", "yml") and first in "[{"):
            return self._tree(parse_json(raw, self.name, placed=True, most_values=MOST_VALUES))
        if ending in ("yaml", "yml") or (ending not in ("csv", "tsv") and _is_yaml(text)):
            check_size(raw, self.name, MOST_YAML_BYTES)
            return self._tree(parse_yaml(raw, self.name, placed=True))
        return self._csv(text)

    def _book(self, raw: bytes) -> Parts:
        sheets = read_sheets(
            raw, self.name, most_unpacked=MOST_UNPACKED_BYTES, most_cells=MOST_CELLS
        )
        by_name: dict[str, Sheet] = {}
        for sheet in sheets:
            other = by_name.setdefault(sheet.name.strip().lower(), sheet)
            if other is not sheet:
                message = f"sheet has the name of {other.name!r}; delete or rename one"
                self.fault(f"{self.name}#{sheet.name}", 1, message)
        if len(sheets) == 1 and not set(by_name) & {*SHEETS}:
            return self._table(f"{self.name}#{sheets[0].name}", sheets[0].rows)
        parts, columns = Parts(), Parts()
        for key, sheet in by_name.items():
            path = f"{self.name}#{sheet.name}"
            if key in SHEETS_NOT_READ:
                continue
            if key not in SHEETS:
                hint = meant(key, SHEETS)
                message = f"sheet is unknown; {hint}A plan has {listed(SHEETS)}"
                self.fault(path, 1, f"{message}; delete or hide others")
            elif key == "programme":
                parts.programme = self._fields(path, sheet.rows)
            elif key == "courses":
                parts.courses = self._records(path, sheet.rows, COURSE_FIELDS, ("code", "title"))
            elif key == "map":
                needed = ("course", "competency", "depth")
                parts.entries += self._records(path, sheet.rows, MAP_COLUMNS, needed, _LONG_ALIASES)
            else:
                columns = self._matrix(path, sheet.rows)
                parts.entries += columns.entries
        if "map" not in by_name and "matrix" not in by_name:
            message = "has no sheet 'map' and no sheet 'matrix'; rename the sheet that is one"
            self.fault(self.name, 1, message)
        if parts.courses:
            self._check_columns(columns.courses, parts.courses)
        else:
            parts.courses = columns.courses
        parts.listed = bool(parts.courses)
        return parts

    def _check_columns(self, columns: Sequence[Row], courses: Sequence[Row]) -> None:
        """Refuse a matrix that says more of the courses than the list beside it."""
        codes = {" ".join(str(row.cells.get("code", "")).split()) for row in courses}
        for column in columns:
            code = column.cells["code"]
            said = [key for key, cell in column.cells.items() if key != "code" and given(cell)]
            if code not in codes:
                hint = meant(code, codes).strip() or "add it there"
                message = f"course {code!r} is not in the sheet courses; {hint}"
                self.note(column.path, column.line, message)
            elif said:
                message = f"course {code!r} has {listed(said)} here; keep them in the sheet courses"
                self.note(column.path, column.line, message)

    def _csv(self, text: str) -> Parts:
        heads = (line for line in text.splitlines() if line.strip(' ,;\t"')[:1] not in ("", "#"))
        sample = next(heads, "")
        delimiter = max(",;\t", key=sample.count)
        rows: list[tuple[int, list[str]]] = []
        for record in csv_records(text, self.name, delimiter):
            if len(rows) == MOST_ROWS or len(record.cells) > MOST_COLUMNS:
                message = f"is larger than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns"
                raise refusal(self.name, record.line, f"{message}; a plan needs fewer")
            rows.append((record.line, record.cells))
        return self._table(self.name, rows)

    def _table(self, path: str, rows: Sequence[tuple[int, list[str]]]) -> Parts:
        """A single table, long or matrix, with what is said above it."""
        programme: list[Row] = []
        place = 0
        for number, record in rows:
            if not record[0].strip().startswith("#"):
                break
            place += 1
            said = _COMMENT.fullmatch(record[0].strip())
            if said and not any(cell.strip() for cell in record[1:]):
                programme.append(Row(path, number, {said[1].lower(): said[2]}))
            else:
                self.fault(path, number, "is no line like: # edition: epas-2022")
        body = rows[place:]
        if not body:
            self.fault(path, 1, "has no header row; get one with: crosswalk plan template")
            return Parts()
        heads = [_head(cell) for cell in body[0][1]]
        if heads[0] == "competency" and "course" not in heads and not {"depth", "level"} & {*heads}:
            parts = self._matrix(path, body)
        else:
            needed = ("course", "competency", "depth")
            parts = Parts(listed=False)
            for row in self._records(path, body, LONG_COLUMNS, needed, _LONG_ALIASES):
                course = {
                    to: row.cells[column]
                    for column, to in COURSE_OF_LONG.items()
                    if row.cells.get(column, "")
                }
                entry = {column: row.cells.get(column, "") for column in ("course", *ENTRY_FIELDS)}
                if course:
                    parts.courses.append(Row(path, row.line, course))
                if any(entry[column] for column in ENTRY_FIELDS):
                    parts.entries.append(Row(path, row.line, entry))
        parts.programme = programme
        return parts

    def _fields(self, path: str, rows: Sequence[tuple[int, list[str]]]) -> list[Row]:
        """A sheet of two columns, field and value; further columns are for people."""
        found = []
        for number, record in rows:
            key, value = _head(record[0]), record[1] if len(record) > 1 else ""
            if not key and given(value):
                self.fault(path, number, f"column field is empty beside {value!r}; say what it is")
            elif key and key != "field":
                found.append(Row(path, number, {key: value}))
        return found

    def _header(
        self,
        path: str,
        line: int,
        record: Sequence[str],
        known: Sequence[str],
        needed: Sequence[str],
        aliases: Mapping[str, str],
    ) -> list[str]:
        """Columns of a table by the names that we know; every other one is a fault."""
        heads = [_head(cell) for cell in record]
        while heads and not heads[-1]:
            heads.pop()
        heads = [h if h in known else aliases.get(h, h) for h in heads]
        for place, head in enumerate(heads, start=1):
            if head not in known:
                hint = meant(head, known) if head else ""
                what = f"column {head!r} is unknown" if head else f"column {place} has no name"
                self.note(path, line, f"{what}; {hint}Columns are {listed(known)}")
        for head, count in Counter(heads).items():
            if count > 1 and head in known:
                self.fault(path, line, f"column {head!r} stands {count} times; keep one")
        for column in needed:
            if column not in heads:
                self.fault(path, line, f"column {column!r} is missing; columns are {listed(known)}")
        return heads

    def _records(
        self,
        path: str,
        rows: Sequence[tuple[int, list[str]]],
        known: Sequence[str],
        needed: Sequence[str],
        aliases: Mapping[str, str] | None = None,
    ) -> list[Row]:
        if not rows:
            self.fault(path, 1, f"has no header row; columns are {listed(known)}")
            return []
        line, record = rows[0]
        heads = self._header(path, line, record, known, needed, aliases or {})
        found = []
        for number, cells in rows[1:]:
            if len(cells) > len(heads) and any(cell.strip() for cell in cells[len(heads) :]):
                message = f"has {len(cells)} cells, not {len(heads)}; is a comma not in quotes?"
                self.fault(path, number, message)
                continue
            found.append(Row(path, number, dict(zip(heads, cells, strict=False))))
        return found

    def _matrix(self, path: str, rows: Sequence[tuple[int, list[str]]]) -> Parts:
        """Competencies down, courses across; above the competencies, what the courses are."""
        parts = Parts()
        if not rows:
            self.fault(path, 1, "has no header row; it is: competency, label, and course codes")
            return parts
        line, record = rows[0]
        heads = ["competency", *(" ".join(cell.split()) for cell in record[1:])]
        while heads and not heads[-1]:
            heads.pop()
        first = 2 if len(heads) > 1 and heads[1].lower() == "label" else 1
        if _head(record[0]) != "competency":
            self.fault(path, line, f"column 1 is {record[0]!r}; a matrix begins with 'competency'")
        codes = heads[first:]
        for place, code in enumerate(codes, start=first + 1):
            if not code:
                self.fault(
                    path, line, f"column {place} has no course; write its code, or delete it"
                )
        for code, count in Counter(codes).items():
            if code and count > 1:
                self.fault(path, line, f"course {code!r} stands in {count} columns; keep one")
        about: dict[str, dict[str, str]] = {code: {"code": code} for code in codes}
        seen: dict[str, int] = {}
        for number, cells in rows[1:]:
            key = cells[0].strip()
            fact = _head(key) in MATRIX_FIELDS
            if any(cell.strip() for cell in cells[first + len(codes) :]):
                self.fault(path, number, f"has a cell beyond the last course, {codes[-1:]}")
            if not key:
                self.fault(path, number, "column competency is empty")
                continue
            first_row = seen.setdefault(_head(key) if fact else key, number)
            if first_row != number:
                self.fault(path, number, f"{key!r} stands already in row {first_row}; keep one row")
                continue
            pairs = zip(codes, cells[first:], strict=False)
            if fact:
                for code, cell in pairs:
                    about[code][_head(key)] = cell
                continue
            for code, cell in pairs:
                for depth in self._depths(path, number, code, cell):
                    cells_of = {"course": code, "competency": key, "depth": depth}
                    parts.entries.append(Row(path, number, cells_of))
        parts.courses = [Row(path, line, cells) for cells in about.values()]
        return parts

    def _depths(self, path: str, line: int, course: str, cell: str) -> list[str]:
        words = [word for word in _BETWEEN_DEPTHS.split(cell.strip().lower()) if word]
        for word in words:
            if word not in DEPTHS:
                message = (
                    f"column {course}: {word!r} is no depth; write I (introduces), P (practises) "
                    "or D (demonstrates), several with a comma between"
                )
                self.note(path, line, message)
        known = [word for word in words if word in DEPTHS]
        for depth, count in Counter(DEPTHS[word] for word in known).items():
            if count > 1:
                self.fault(path, line, f"column {course}: {depth} stands {count} times; keep one")
        return known

    def _tree(self, tree: Any) -> Parts:
        """YAML or JSON: courses that serve competencies, or a list of records in long form."""
        if isinstance(tree, list):
            return self._listed(tree)
        parts = Parts()
        if not isinstance(tree, Placed):
            self.fault(self.name, 1, "must have programme, level, edition and courses")
            return parts
        self._known(tree, (*PROGRAMME_FIELDS, "courses", "competencies"), PROGRAMME_ALIASES)
        for key, value in tree.items():
            if PROGRAMME_ALIASES.get(key, key) in PROGRAMME_FIELDS:
                parts.programme.append(Row(self.name, tree.line, {key: value}))
        courses = tree.get("courses")
        if not isinstance(courses, list):
            self.fault(self.name, tree.line, "courses must be a list")
            courses = []
        for course in courses:
            if not isinstance(course, Placed):
                message = f"a course must be a record with {listed((*COURSE_FIELDS, 'serves'))}"
                self.fault(self.name, tree.line, message)
                continue
            self._known(course, (*COURSE_FIELDS, "serves"), {})
            own = {key: value for key, value in course.items() if key in COURSE_FIELDS}
            parts.courses.append(Row(self.name, course.line, own))
            served = course.get("serves")
            if served is not None and not isinstance(served, list):
                self.fault(self.name, course.line, "serves must be a list")
                continue
            for entry in served or ():
                if not isinstance(entry, Placed):
                    message = f"what a course serves is a record with {listed(ENTRY_FIELDS)}"
                    self.fault(self.name, course.line, message)
                    continue
                self._known(entry, (*ENTRY_FIELDS, "label"), {})
                cells = {**entry, "course": course.get("code", "")}
                parts.entries.append(Row(self.name, entry.line, cells))
        return parts

    def _listed(self, records: list[Any]) -> Parts:
        parts = Parts(listed=False)
        for record in records:
            if not isinstance(record, Placed):
                message = f"must be a list of records with {listed(LONG_COLUMNS)}"
                self.fault(self.name, 1, message)
                continue
            self._known(record, LONG_COLUMNS, _LONG_ALIASES)
            cells = {_LONG_ALIASES.get(key, key): value for key, value in record.items()}
            if len(cells) < len(record):
                self.fault(self.name, record.line, "has both level and depth; keep one")
            course = {to: cells[key] for key, to in COURSE_OF_LONG.items() if key in cells}
            parts.courses.append(Row(self.name, record.line, course))
            entry: dict[str, Any] = {
                key: cells[key] for key in ("course", *ENTRY_FIELDS) if key in cells
            }
            if any(entry.get(key) not in (None, "") for key in ENTRY_FIELDS):
                parts.entries.append(Row(self.name, record.line, entry))
        return parts

    def _known(self, record: Placed, known: Sequence[str], aliases: Mapping[str, str]) -> None:
        for key in record:
            if not isinstance(key, str) or (key not in known and key not in aliases):
                hint = meant(str(key), known)
                message = f"{key!r} is unknown; {hint}Known: {listed(known)}"
                self.note(self.name, record.line, message)


def _is_yaml(text: str) -> bool:
    """Whether a text without a telling name begins as a plan in YAML does."""
    lines = (line for line in text.splitlines() if line.strip() and line[:1] != "#")
    return bool(re.match(r"(- |-$|---|(programme|level|edition|courses)\s*:)", next(lines, "")))


def _head(cell: str) -> str:
    """A column's name as it is compared: lower case, words joined by one line."""
    return re.sub(r"[\s_-]+", "_", cell.strip().lower())
