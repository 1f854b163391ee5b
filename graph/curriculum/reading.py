"""A course plan from a file that people filled in: XLSX, CSV (long or matrix), YAML or JSON.

A file is read whole or not at all. Whatever is wrong with it is found in one go, each fault with
its sheet, row and column and the mend: an unknown column is never ignored, an unknown competency
never dropped, an unknown depth never guessed.

Forms
-----
*Long* (CSV, a sheet `map`, a list of records in JSON or YAML): one course, one competency, one
depth a row. *Matrix* (CSV, a sheet `matrix`): a row for each competency, a column for each course,
and in the cells I, P and D or the words. *Nested* (YAML, JSON): courses, each with what it
`serves`. What a programme is called, its level and its edition stand in the sheet `programme`, in
lines like `# edition: epas-2022` above a CSV, or beside `courses` in YAML and JSON.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from graph.bounded import Placed, check_size, decode_text, parse_json, parse_yaml
from graph.curriculum.model import DEPTH_ORDER, Course, CoursePlan, Depth, Entry, Level, Setting
from graph.errors import SourcesError
from graph.model import Finding
from graph.nearest import nearest
from graph.rebase.concordance import editions_of
from graph.sheets import MOST_COLUMNS, looks_like_xlsx, read_sheets, unguarded
from graph.terms import framework_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from graph.catalogue import Catalogue

#: Largest plan in bytes; a programme of a hundred courses takes about 200 kB.
MOST_PLAN_BYTES: Final = 4 * 1024 * 1024

#: Largest plan in YAML, which takes five times as long to read as JSON, and largest workbook
#: unpacked.
MOST_YAML_BYTES: Final = 1024 * 1024
MOST_UNPACKED_BYTES: Final = 24 * 1024 * 1024

#: Most courses, and most entries, of one plan.
MOST_COURSES: Final = 300
MOST_ENTRIES: Final = 10_000

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

_COURSE_OF_LONG: Final = {
    "course": "code", "title": "title", "course_hours": "hours", "credits": "credits",
    "required": "required", "term": "term", "setting": "setting", "course_level": "level",
}  # fmt: skip

#: Other words for a column that mean the same; `level` of a row was the older word for its depth.
_COLUMN_ALIASES: Final = {"program": "programme"}
_LONG_ALIASES: Final = {"level": "depth"}

_DEPTHS: Final = {
    "i": Depth.INTRODUCES, "introduces": Depth.INTRODUCES, "introduced": Depth.INTRODUCES,
    "introduce": Depth.INTRODUCES,
    "p": Depth.PRACTISES, "practises": Depth.PRACTISES, "practised": Depth.PRACTISES,
    "practices": Depth.PRACTISES, "practiced": Depth.PRACTISES, "practise": Depth.PRACTISES,
    "practice": Depth.PRACTISES,
    "d": Depth.DEMONSTRATES, "demonstrates": Depth.DEMONSTRATES,
    "demonstrated": Depth.DEMONSTRATES, "demonstrate": Depth.DEMONSTRATES,
}  # fmt: skip
_LEVELS: Final = {
    "generalist": Level.GENERALIST, "specialised": Level.SPECIALISED,
    "specialized": Level.SPECIALISED,
}  # fmt: skip
_SETTINGS: Final = {"class": Setting.CLASS, "field": Setting.FIELD}
_REQUIRED: Final = {
    "yes": True, "required": True, "true": True, "no": False, "elective": False, "false": False,
}  # fmt: skip

#: What programmes write for the dimensions and systems of EPAS, by the id of the concept.
_DIMENSION_WORDS: Final = {
    "k": "knowledge", "v": "values", "s": "skills", "c/a": "cognitive-and-affective-processes",
    "ca": "cognitive-and-affective-processes",
    "cognitive and affective processes": "cognitive-and-affective-processes",
}  # fmt: skip
_SYSTEM_WORDS: Final = {
    "individuals": "individual", "families": "family", "groups": "group",
    "organizations": "organization", "organisation": "organization",
    "organisations": "organization", "communities": "community",
}  # fmt: skip

_BETWEEN_DEPTHS: Final = re.compile(r"[\s,;/|+&]+|\band\b")
_BETWEEN_WORDS: Final = re.compile(r"[,;|\n]+")
_DECIMAL_COMMA: Final = re.compile(r"[0-9]+,[0-9]{1,2}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_COMMENT: Final = re.compile(r"#\s*(\w+)\s*:\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Row:
    """A record of a file, whichever form it has: where it stands, and its cells by column."""

    path: str
    line: int
    cells: Mapping[str, Any]


@dataclass(slots=True)
class _Parts:
    """A file taken apart into rows of three kinds, before any of them is checked.

    Attributes
    ----------
    listed : bool
        Whether the file lists its courses apart; then a row about another course is a fault.
    """

    programme: list[_Row] = field(default_factory=list)
    courses: list[_Row] = field(default_factory=list)
    entries: list[_Row] = field(default_factory=list)
    listed: bool = True


def read_plan(raw: bytes, name: str, catalogue: Catalogue) -> CoursePlan:
    """A course plan from a file.

    Parameters
    ----------
    name : str
        Name of the file. Its ending tells the form; without one that is known, the content does.

    Raises
    ------
    SourcesError
        With every fault at its place; nothing of a faulty plan is returned.
    """
    return _Reader(name, catalogue).read(raw)


class _Reader:
    """One file on its way to a plan; collects what is wrong with it."""

    def __init__(self, name: str, catalogue: Catalogue) -> None:
        self.name, self.catalogue = name, catalogue
        self.findings: list[Finding] = []
        self.misshapen = False

    def fault(self, path: str, line: int, message: str) -> None:
        """Take down what is wrong with the file's shape: its rows cannot be judged."""
        self.misshapen = True
        self.note(path, line, message)

    def note(self, path: str, line: int, message: str) -> None:
        """Take down a fault beside which the rest of the file can still be judged."""
        self.findings.append(Finding(path, line, message))

    def stop_if_faulty(self) -> None:
        """Raise what was found so far, each fault once, in the order of the file."""
        if self.findings:
            raise SourcesError(sorted(dict.fromkeys(self.findings)))

    # ---- from bytes to rows ---------------------------------------------------------------

    def read(self, raw: bytes) -> CoursePlan:
        ending = self.name.lower().rpartition(".")[2]
        if looks_like_xlsx(raw) or ending == "xlsx":
            parts = self._book(raw)
        else:
            text = decode_text(raw, self.name, MOST_PLAN_BYTES)
            first = text.lstrip()[:1]
            if ending == "json" or (ending not in ("csv", "tsv", "yaml", "yml") and first in "[{"):
                parts = self._tree(parse_json(raw, self.name, placed=True, most_values=MOST_VALUES))
            elif ending in ("yaml", "yml") or (ending not in ("csv", "tsv") and _is_yaml(text)):
                check_size(raw, self.name, MOST_YAML_BYTES)
                parts = self._tree(parse_yaml(raw, self.name, placed=True))
            else:
                parts = self._csv(text)
        # A missing column would make every row faulty.
        if self.misshapen:
            self.stop_if_faulty()
        return self._plan(parts)

    def _book(self, raw: bytes) -> _Parts:
        sheets = read_sheets(
            raw, self.name, most_unpacked=MOST_UNPACKED_BYTES, most_cells=MOST_CELLS
        )
        by_name = {sheet.name.strip().lower(): sheet for sheet in sheets}
        if len(sheets) == 1 and not set(by_name) & {*SHEETS}:
            return self._table(f"{self.name}#{sheets[0].name}", sheets[0].rows)
        parts = _Parts()
        for key, sheet in by_name.items():
            path = f"{self.name}#{sheet.name}"
            if key in SHEETS_NOT_READ:
                continue
            if key not in SHEETS:
                near = nearest(key, SHEETS, most=1)
                hint = f"did you mean {near[0]!r}? " if near else ""
                message = (
                    f"sheet is unknown; {hint}A plan has {_all(SHEETS)}; delete or hide others"
                )
                self.fault(path, 1, message)
            elif key == "programme":
                parts.programme = self._fields(path, sheet.rows)
            elif key == "courses":
                parts.courses = self._records(path, sheet.rows, COURSE_FIELDS, ("code", "title"))
            elif key == "map":
                needed = ("course", "competency", "depth")
                parts.entries += self._records(path, sheet.rows, MAP_COLUMNS, needed, _LONG_ALIASES)
            else:
                found = self._matrix(path, sheet.rows)
                parts.entries += found.entries
                parts.courses = parts.courses or found.courses
        if "map" not in by_name and "matrix" not in by_name:
            message = "has no sheet 'map' and no sheet 'matrix'; rename the sheet that is one"
            self.fault(self.name, 1, message)
        parts.listed = bool(parts.courses)
        return parts

    def _csv(self, text: str) -> _Parts:
        sample = next((line for line in text.splitlines() if line.strip(' ,;\t"')[:1] != "#"), "")
        delimiter = max(",;\t", key=sample.count)
        records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        rows: list[tuple[int, list[str]]] = []
        start = 1
        try:
            for record in records:
                if any(cell.strip() for cell in record):
                    rows.append((start, record))
                if len(rows) > MOST_ROWS or len(record) > MOST_COLUMNS:
                    message = f"is larger than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns"
                    self.fault(self.name, start, f"{message}; a plan needs fewer")
                    self.stop_if_faulty()
                start = records.line_num + 1
        except csv.Error as error:
            message = f"is not CSV: {error}; close the quotation mark, or write it twice"
            self.fault(self.name, start, message)
            self.stop_if_faulty()
        return self._table(self.name, rows)

    def _table(self, path: str, rows: Sequence[tuple[int, list[str]]]) -> _Parts:
        """A single table, long or matrix, with what is said above it."""
        programme: list[_Row] = []
        place = 0
        for number, record in rows:
            if not record[0].strip().startswith("#"):
                break
            place += 1
            said = _COMMENT.fullmatch(record[0].strip())
            if said and not any(cell.strip() for cell in record[1:]):
                programme.append(_Row(path, number, {said[1].lower(): said[2]}))
            else:
                self.fault(path, number, "is no line like: # edition: epas-2022")
        body = rows[place:]
        if not body:
            self.fault(path, 1, "has no header row; get one with: crosswalk plan template")
            return _Parts()
        heads = [_head(cell) for cell in body[0][1]]
        if heads[0] == "competency" and "course" not in heads and not {"depth", "level"} & {*heads}:
            parts = self._matrix(path, body)
        else:
            needed = ("course", "competency", "depth")
            parts = _Parts(listed=False)
            for row in self._records(path, body, LONG_COLUMNS, needed, _LONG_ALIASES):
                course = {
                    to: row.cells[column]
                    for column, to in _COURSE_OF_LONG.items()
                    if row.cells.get(column, "")
                }
                entry = {column: row.cells.get(column, "") for column in ("course", *ENTRY_FIELDS)}
                if course:
                    parts.courses.append(_Row(path, row.line, course))
                if any(entry[column] for column in ENTRY_FIELDS):
                    parts.entries.append(_Row(path, row.line, entry))
        parts.programme = programme
        return parts

    def _fields(self, path: str, rows: Sequence[tuple[int, list[str]]]) -> list[_Row]:
        """A sheet of two columns, field and value; further columns are for people."""
        found = []
        for number, record in rows:
            key = _head(record[0])
            if key and key != "field":
                found.append(_Row(path, number, {key: record[1] if len(record) > 1 else ""}))
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
                near = nearest(head, known, most=1) if head else []
                hint = f"did you mean {near[0]!r}? " if near else ""
                what = f"column {head!r} is unknown" if head else f"column {place} has no name"
                self.note(path, line, f"{what}; {hint}Columns are {_all(known)}")
        for head, count in Counter(heads).items():
            if count > 1 and head in known:
                self.fault(path, line, f"column {head!r} stands {count} times; keep one")
        for column in needed:
            if column not in heads:
                self.fault(path, line, f"column {column!r} is missing; columns are {_all(known)}")
        return heads

    def _records(
        self,
        path: str,
        rows: Sequence[tuple[int, list[str]]],
        known: Sequence[str],
        needed: Sequence[str],
        aliases: Mapping[str, str] | None = None,
    ) -> list[_Row]:
        if not rows:
            self.fault(path, 1, f"has no header row; columns are {_all(known)}")
            return []
        line, record = rows[0]
        heads = self._header(path, line, record, known, needed, aliases or {})
        found = []
        for number, cells in rows[1:]:
            if len(cells) > len(heads) and any(cell.strip() for cell in cells[len(heads) :]):
                message = f"has {len(cells)} cells, not {len(heads)}; is a comma not in quotes?"
                self.fault(path, number, message)
                continue
            found.append(_Row(path, number, dict(zip(heads, cells, strict=False))))
        return found

    def _matrix(self, path: str, rows: Sequence[tuple[int, list[str]]]) -> _Parts:
        """Competencies down, courses across; above the competencies, what the courses are."""
        parts = _Parts()
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
            if any(cell.strip() for cell in cells[first + len(codes) :]):
                self.fault(path, number, f"has a cell beyond the last course, {codes[-1:]}")
            if not key:
                self.fault(path, number, "column competency is empty")
                continue
            if key in seen:
                self.fault(path, number, f"{key!r} stands already in row {seen[key]}; keep one row")
                continue
            seen[key] = number
            pairs = zip(codes, cells[first:], strict=False)
            if _head(key) in MATRIX_FIELDS:
                for code, cell in pairs:
                    about[code][_head(key)] = cell
                continue
            for code, cell in pairs:
                for depth in self._depths(path, number, code, cell):
                    cells_of = {"course": code, "competency": key, "depth": depth}
                    parts.entries.append(_Row(path, number, cells_of))
        parts.courses = [_Row(path, line, cells) for cells in about.values()]
        return parts

    def _depths(self, path: str, line: int, course: str, cell: str) -> list[str]:
        words = [word for word in _BETWEEN_DEPTHS.split(cell.strip().lower()) if word]
        for word in words:
            if word not in _DEPTHS:
                message = (
                    f"column {course}: {word!r} is no depth; write I (introduces), P (practises) "
                    "or D (demonstrates), several with a comma between"
                )
                self.note(path, line, message)
        known = [word for word in words if word in _DEPTHS]
        for depth, count in Counter(_DEPTHS[word] for word in known).items():
            if count > 1:
                self.fault(path, line, f"column {course}: {depth} stands {count} times; keep one")
        return known

    def _tree(self, tree: Any) -> _Parts:
        """YAML or JSON: courses that serve competencies, or a list of records in long form."""
        if isinstance(tree, list):
            return self._listed(tree)
        parts = _Parts()
        if not isinstance(tree, Placed):
            self.fault(self.name, 1, "must have programme, level, edition and courses")
            return parts
        self._known(tree, (*PROGRAMME_FIELDS, "courses", "competencies"), _COLUMN_ALIASES)
        for key in PROGRAMME_FIELDS:
            if key in tree:
                parts.programme.append(_Row(self.name, tree.line, {key: tree[key]}))
        courses = tree.get("courses")
        if not isinstance(courses, list):
            self.fault(self.name, tree.line, "courses must be a list")
            courses = []
        for course in courses:
            if not isinstance(course, Placed):
                message = f"a course must be a record with {_all((*COURSE_FIELDS, 'serves'))}"
                self.fault(self.name, tree.line, message)
                continue
            self._known(course, (*COURSE_FIELDS, "serves"), {})
            own = {key: value for key, value in course.items() if key in COURSE_FIELDS}
            parts.courses.append(_Row(self.name, course.line, own))
            served = course.get("serves")
            if served is not None and not isinstance(served, list):
                self.fault(self.name, course.line, "serves must be a list")
                continue
            for entry in served or ():
                if not isinstance(entry, Placed):
                    message = f"what a course serves is a record with {_all(ENTRY_FIELDS)}"
                    self.fault(self.name, course.line, message)
                    continue
                self._known(entry, (*ENTRY_FIELDS, "label"), {})
                cells = {**entry, "course": course.get("code", "")}
                parts.entries.append(_Row(self.name, entry.line, cells))
        return parts

    def _listed(self, records: list[Any]) -> _Parts:
        parts = _Parts(listed=False)
        for record in records:
            if not isinstance(record, Placed):
                message = f"must be a list of records with {_all(LONG_COLUMNS)}"
                self.fault(self.name, 1, message)
                continue
            self._known(record, LONG_COLUMNS, _LONG_ALIASES)
            cells = {_LONG_ALIASES.get(key, key): value for key, value in record.items()}
            course = {to: cells[key] for key, to in _COURSE_OF_LONG.items() if key in cells}
            parts.courses.append(_Row(self.name, record.line, course))
            entry: dict[str, Any] = {
                key: cells[key] for key in ("course", *ENTRY_FIELDS) if key in cells
            }
            if any(entry.get(key) not in (None, "") for key in ENTRY_FIELDS):
                parts.entries.append(_Row(self.name, record.line, entry))
        return parts

    def _known(self, record: Placed, known: Sequence[str], aliases: Mapping[str, str]) -> None:
        for key in record:
            if not isinstance(key, str) or (key not in known and key not in aliases):
                near = nearest(str(key), known, most=1)
                hint = f"did you mean {near[0]!r}? " if near else ""
                self.note(self.name, record.line, f"{key!r} is unknown; {hint}Known: {_all(known)}")

    # ---- from rows to values --------------------------------------------------------------

    def _plan(self, parts: _Parts) -> CoursePlan:
        said = self._said(parts.programme)
        courses = self._courses(parts)
        places = {code: place for place, code in enumerate(courses)}
        edition = self._edition(said.get("edition"), parts)
        if len(parts.entries) > MOST_ENTRIES:
            message = f"has {len(parts.entries):,} entries; the most is {MOST_ENTRIES:,}"
            self.fault(self.name, 1, message)
            self.stop_if_faulty()
        entries: list[Entry] = []
        seen: dict[Entry, int] = {}
        editions = editions_of(self.catalogue, edition) if edition else frozenset()
        for row in parts.entries:
            entry = self._entry(row, courses, edition, editions, listed=parts.listed)
            if entry is None:
                continue
            bare = replace(entry, line=0)
            if bare in seen:
                message = f"repeats row {seen[bare]}: {_brief(entry)}; take one of them out"
                self.fault(row.path, row.line, message)
                continue
            seen[bare] = row.line
            entries.append(entry)
        if not entries and not self.findings:
            self.fault(self.name, 1, "no course serves any competency; fill in the map")
        level = said.get("level")
        programme_level = None
        if level is not None and _given(level.cells["level"]):
            programme_level = self._one(level, "level", _LEVELS)
        self.stop_if_faulty()
        if programme_level is None:
            levels = {course.level for course in courses.values()}
            specialised = Level.SPECIALISED in levels
            programme_level = Level.SPECIALISED if specialised else Level.GENERALIST
        assert edition is not None

        def place(entry: Entry) -> tuple[Any, ...]:
            own = framework_of(entry.competency) != edition
            key = natural_key(entry.competency)
            return places[entry.course], own, key, DEPTH_ORDER[entry.depth]

        programme = said.get("programme")
        return CoursePlan(
            programme=self._text(programme, "programme") if programme else "",
            level=programme_level,
            edition=edition,
            courses=tuple(courses.values()),
            entries=tuple(sorted(entries, key=place)),
            name=self.name,
        )

    def _said(self, rows: Iterable[_Row]) -> dict[str, _Row]:
        """What is said of the programme, each thing once."""
        said: dict[str, _Row] = {}
        for row in rows:
            for given, value in row.cells.items():
                key = _COLUMN_ALIASES.get(given, given)
                if key not in PROGRAMME_FIELDS:
                    near = nearest(key, PROGRAMME_FIELDS, most=1)
                    hint = f"did you mean {near[0]!r}? " if near else ""
                    message = f"{key!r} is unknown; {hint}Known: {_all(PROGRAMME_FIELDS)}"
                    self.fault(row.path, row.line, message)
                elif key in said:
                    message = f"{key} is said already in row {said[key].line}; keep one"
                    self.fault(row.path, row.line, message)
                else:
                    said[key] = _Row(row.path, row.line, {key: value})
        return said

    def _courses(self, parts: _Parts) -> dict[str, Course]:
        """Courses by code, in the order of the file."""
        found: dict[str, Course] = {}
        given: dict[str, dict[str, tuple[Any, int]]] = {}
        folded: dict[str, str] = {}
        for row in parts.courses:
            code = self._text(row, "code")
            if not code:
                self.fault(row.path, row.line, "course must not be empty; write its code")
                continue
            if parts.listed and code in found:
                first = given[code]["code"][1]
                message = f"course {code!r} stands already in row {first}; keep one"
                self.fault(row.path, row.line, message)
                continue
            if code not in found and (other := folded.setdefault(code.casefold(), code)) != code:
                message = (
                    f"course {code!r} and course {other!r} in row {given[other]['code'][1]} differ "
                    "in capital letters only; write one as the other, or give it another code"
                )
                self.note(row.path, row.line, message)
            values = self._course_values(row)
            known = given.setdefault(code, {})
            for key, value in values.items():
                first_value, first_line = known.setdefault(key, (value, row.line))
                if first_value != value:
                    column = key if parts.listed else _column_of(key)
                    message = (
                        f"column {column}: {code} has {_shown(value)} here and "
                        f"{_shown(first_value)} in row {first_line}; make them the same"
                    )
                    self.fault(row.path, row.line, message)
            attributes = {key: value for key, (value, _) in known.items()}
            found[code] = Course(**{"title": "", **attributes})
        if len(found) > MOST_COURSES:
            message = f"has {len(found):,} courses; the most is {MOST_COURSES:,}"
            self.fault(self.name, 1, message)
            self.stop_if_faulty()
        return found

    def _course_values(self, row: _Row) -> dict[str, Any]:
        """What one row says about a course; what it leaves empty it does not say."""
        readers: dict[str, Callable[[], Any]] = {
            "code": lambda: self._text(row, "code"),
            "title": lambda: self._text(row, "title"),
            "hours": lambda: self._number(row, "hours"),
            "credits": lambda: self._number(row, "credits"),
            "required": lambda: self._one(row, "required", _REQUIRED),
            "term": lambda: self._text(row, "term"),
            "setting": lambda: self._one(row, "setting", _SETTINGS),
            "level": lambda: self._one(row, "level", _LEVELS),
        }
        values = {key: read() for key, read in readers.items() if _given(row.cells.get(key))}
        return {key: value for key, value in values.items() if value is not None}

    def _edition(self, said: _Row | None, parts: _Parts) -> str | None:
        """The edition that the plan says, or the only one that it names."""
        if said is not None and _given(said.cells["edition"]):
            edition = self._text(said, "edition")
            if edition in self.catalogue.frameworks:
                return edition
            near = nearest(edition, self.catalogue.frameworks)
            hint = f"did you mean {' or '.join(near)}?" if near else "write for example epas-2022"
            self.fault(said.path, said.line, f"edition {edition!r} is no framework; {hint}")
            return None
        named: dict[str, _Row] = {}
        for row in parts.entries:
            framework = framework_of(str(row.cells.get("competency", "")).strip())
            if framework in self.catalogue.frameworks:
                named.setdefault(framework, row)
        # Older plans did not say their edition; all of them were made to one of EPAS.
        candidates = [f for f in named if f.startswith("epas-")] or [*named]
        if len(candidates) == 1:
            return candidates[0]
        if not candidates:
            said_nothing = "say to which edition it is made, for example epas-2022"
            unknown = "names no competency of a known framework; " + said_nothing
            self.fault(self.name, 1, unknown if parts.entries else said_nothing)
            return None
        first, second = candidates[:2]
        row = named[second]
        message = (
            f"names {second}, and row {named[first].line} names {first}; a plan is made to one "
            "edition: say which with edition, and name what took the place of the others"
        )
        self.fault(row.path, row.line, message)
        return None

    def _entry(
        self,
        row: _Row,
        courses: Mapping[str, Course],
        edition: str | None,
        editions: frozenset[str],
        *,
        listed: bool,
    ) -> Entry | None:
        """One entry, or nothing if it is faulty or a line of a template that was left empty."""
        course = self._text(row, "course")
        given = {key for key in ENTRY_FIELDS if _given(row.cells.get(key))}
        if not course and given <= {"competency"}:
            return None
        before = len(self.findings)
        if not course:
            self.fault(row.path, row.line, "column course is empty; write the code of a course")
        elif course not in courses:
            near = nearest(course, courses, most=1)
            hint = f"did you mean {near[0]!r}?" if near else "add it there"
            where = "the sheet courses" if listed else "the plan"
            self.fault(row.path, row.line, f"course {course!r} is not in {where}; {hint}")
        competency = self._text(row, "competency")
        self._check_competency(row, competency, edition, editions)
        depth = self._one(row, "depth", _DEPTHS, empty="write I, P or D")
        entry = Entry(
            course=course,
            competency=competency,
            depth=depth or Depth.INTRODUCES,
            content=self._text(row, "content"),
            dimensions=self._several(row, "dimensions", "dimension", _DIMENSION_WORDS),
            systems=self._several(row, "systems", "system", _SYSTEM_WORDS),
            page=self._text(row, "page"),
            hours=self._number(row, "hours"),
            line=row.line,
        )
        return entry if len(self.findings) == before else None

    def _check_competency(
        self, row: _Row, key: str, edition: str | None, editions: frozenset[str]
    ) -> None:
        catalogue = self.catalogue
        if not key:
            self.fault(row.path, row.line, "column competency is empty")
            return
        found = catalogue.competencies.get(key)
        if found is None:
            bare = f"{edition}:{key}"
            near = [bare] if bare in catalogue.competencies else self._nearest(key)
            hint = f"did you mean {' or '.join(near)}?" if near else "write it like epas-2022:7"
            self.fault(row.path, row.line, f"column competency: there is no {key!r}; {hint}")
        elif found.framework != edition and found.framework in editions:
            message = (
                f"column competency: {key} is of {found.framework}, but the plan is made to "
                f"{edition}; see what took its place: crosswalk align {key} --to {edition}"
            )
            self.fault(row.path, row.line, message)
        elif found.level == "domain":
            members = ", ".join(child.id for child in catalogue.children.get(key, ())[:3])
            message = f"column competency: {key} is a domain; name what it holds: {members} \u2026"
            self.fault(row.path, row.line, message)

    def _nearest(self, key: str) -> list[str]:
        by_framework = self.catalogue.by_framework
        members = by_framework.get(framework_of(key))
        return nearest(key, [c.id for c in members] if members else self.catalogue.competencies)

    def _text(self, row: _Row, column: str) -> str:
        """One line of text: runs of white space become one space, a list is joined."""
        value = row.cells.get(column)
        if value is None:
            return ""
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            value = "; ".join(value)
        if isinstance(value, bool | list | dict):
            self.fault(row.path, row.line, f"column {column}: must be a text")
            return ""
        text = " ".join(str(value).split())
        # A spreadsheet guards a text that looks like a formula by an apostrophe before it.
        while (plain := unguarded(text)) != text:
            text = plain
        if _CONTROL.search(text):
            self.fault(row.path, row.line, f"column {column}: holds a control character")
            return ""
        return text

    def _number(self, row: _Row, column: str) -> float | None:
        value = row.cells.get(column)
        if not _given(value):
            return None
        try:
            number = math.nan if isinstance(value, bool) else float(str(value))
        except (TypeError, ValueError):
            number = math.nan
        if not 0 < number <= 10_000:
            message = f"column {column}: {value!r} is no number above 0 and up to 10,000"
            if _DECIMAL_COMMA.fullmatch(str(value).strip()):
                message += f"; write {str(value).strip().replace(',', '.')}, with a point"
            self.fault(row.path, row.line, message)
            return None
        return number

    def _one(
        self, row: _Row, column: str, words: Mapping[str, Any], *, empty: str = ""
    ) -> Any | None:
        """The value that one word of a short list stands for."""
        value = row.cells.get(column)
        word = " ".join(str(value).split()).lower() if _given(value) else ""
        if not word and not empty:
            return None
        if word not in words:
            if not word:
                self.fault(row.path, row.line, f"column {column} is empty; {empty}")
                return None
            near = nearest(word, words, most=1)
            hint = f"did you mean {near[0]!r}? It" if near else "it"
            first = dict.fromkeys(words.values())
            names = [next(w for w, v in words.items() if v is value_) for value_ in first]
            shown = [w if len(w) > 1 else f"{w.upper()} ({words[w]})" for w in names]
            message = f"column {column}: {value!r} is unknown; {hint} is one of {_all(shown)}"
            self.fault(row.path, row.line, message)
            return None
        return words[word]

    def _several(
        self, row: _Row, column: str, scheme: str, words: Mapping[str, str]
    ) -> tuple[str, ...]:
        """Ids of concepts in the order of their list, each once."""
        value = row.cells.get(column)
        if not _given(value):
            return ()
        given = value if isinstance(value, list) else _BETWEEN_WORDS.split(str(value))
        listed = [c.id for c in self.catalogue.concepts if c.scheme == scheme]
        found = set()
        for one in given:
            word = " ".join(str(one).split()).lower()
            if not word:
                continue
            key = words.get(word, word)
            if key in listed:
                found.add(key)
                continue
            near = nearest(word, [*words, *listed], most=1)
            hint = f"did you mean {near[0]!r}? It" if near else "it"
            message = f"column {column}: {one!r} is no {scheme}; {hint} is one of {_all(listed)}"
            self.fault(row.path, row.line, message)
        return tuple(key for key in listed if key in found)


def _is_yaml(text: str) -> bool:
    """Whether a text without a telling name begins as a plan in YAML does."""
    lines = (line for line in text.splitlines() if line.strip() and line[:1] != "#")
    return bool(re.match(r"(- |-$|---|(programme|level|edition|courses)\s*:)", next(lines, "")))


def _head(cell: str) -> str:
    """A column's name as it is compared: lower case, words joined by one line."""
    return re.sub(r"[\s_-]+", "_", cell.strip().lower())


def _given(value: Any) -> bool:
    return value is not None and value != [] and str(value).strip() != ""


def _column_of(course_field: str) -> str:
    return next(column for column, to in _COURSE_OF_LONG.items() if to == course_field)


def _shown(value: Any) -> str:
    return repr(value) if isinstance(value, str) else str(value)


def _brief(entry: Entry) -> str:
    return f"{entry.course} {entry.depth} {entry.competency}"


def _all(words: Iterable[str]) -> str:
    return ", ".join(words)
