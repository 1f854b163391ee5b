"""Which tables a plan's document has and what they are called: a template that people edit.

Accreditors change their forms. A template renames titles and columns, puts them in another order,
leaves some out and sets other abbreviations, so that a form can be met without a new version of the
software. It can hide what is there; it cannot add what the plan does not say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

from graph.bounded import compose_yaml
from graph.errors import SourcesError
from graph.model import Finding
from graph.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Largest template in bytes; the default one takes 5 kB.
MOST_TEMPLATE_BYTES: Final = 256 * 1024

#: Longest title of anything, in characters.
_MOST_TITLE: Final = 200
_MOST_TEXT: Final = 4000

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")

PAPERS: Final = ("letter", "a4")

#: Where the code of a course goes in the titles of the columns that stand for courses.
CODE: Final = "{code}"


@dataclass(frozen=True, slots=True)
class ColumnKind:
    """A column that a table can have.

    Attributes
    ----------
    usual : bool
        Whether it is there if no template says otherwise.
    """

    key: str
    title: str
    width: int
    centered: bool = False
    usual: bool = True


@dataclass(frozen=True, slots=True)
class TableKind:
    """A table that a document can have."""

    key: str
    title: str
    note: str
    columns: tuple[ColumnKind, ...]

    def column(self, key: str) -> ColumnKind:
        """A column by its key, which must exist."""
        return next(column for column in self.columns if column.key == key)


@dataclass(frozen=True, slots=True)
class ChosenTable:
    """A table as a template wants it.

    Attributes
    ----------
    columns : tuple[tuple[str, str], ...]
        Key and title of each column, in the order of the table.
    """

    key: str
    title: str
    note: str
    columns: tuple[tuple[str, str], ...]

    @property
    def kind(self) -> TableKind:
        """What the table is."""
        return TABLES[self.key]


@dataclass(frozen=True, slots=True)
class Template:
    """What a document is called and made of.

    Attributes
    ----------
    introduction : str
        A paragraph of the programme's own at the top; empty for none.
    abbreviations : Mapping[str, str]
        How depths, dimensions and system levels are written, by their id.
    """

    title: str
    introduction: str
    language: str
    paper: str
    tables: tuple[ChosenTable, ...]
    abbreviations: Mapping[str, str]


#: Depths, dimensions (K, V, S, C/A as programmes write them) and system levels.
ABBREVIATIONS: Final = {
    "introduces": "I",
    "practises": "P",
    "demonstrates": "D",
    "knowledge": "K",
    "values": "V",
    "skills": "S",
    "cognitive-and-affective-processes": "C/A",
    "individual": "individual",
    "family": "family",
    "group": "group",
    "organization": "organization",
    "community": "community",
}

TABLES: Final = {
    kind.key: kind
    for kind in (
        TableKind(
            "matrix",
            "Curriculum matrix",
            "",
            (
                ColumnKind("competency", "Competency", 30),
                ColumnKind("behavior", "Behavior", 22),
                ColumnKind("course", "Course", 11),
                ColumnKind("content", "Course content", 30),
                ColumnKind("dimensions", "Dimension(s)", 14),
                ColumnKind("systems", "Systems level", 15),
                ColumnKind("page", "Document and page", 14),
                ColumnKind("depth", "Depth", 9, centered=True, usual=False),
                ColumnKind("id", "Identifier", 15, usual=False),
                ColumnKind("course_title", "Course title", 24, usual=False),
                ColumnKind("required", "Required", 11, usual=False),
                ColumnKind("setting", "Class or field", 10, usual=False),
                ColumnKind("level", "Level", 13, usual=False),
                ColumnKind("term", "Term", 10, usual=False),
                ColumnKind("hours", "Hours", 8, centered=True, usual=False),
            ),
        ),
        TableKind(
            "map",
            "Curriculum map",
            "A course serves a competency if it serves the competency itself or one of its "
            "behaviors. An empty cell: it does not.",
            (
                ColumnKind("competency", "Competency", 36),
                ColumnKind("courses", CODE, 12, centered=True),
            ),
        ),
        TableKind(
            "evidence",
            "Evidence by competency",
            "Where each competency is taught, and where a reviewer finds it. The last column names "
            "the courses whose entries have no document and page yet.",
            (
                ColumnKind("competency", "Competency", 26),
                ColumnKind("introduced", "Introduced in", 14),
                ColumnKind("practised", "Practised in", 14),
                ColumnKind("demonstrated", "Demonstrated in", 16),
                ColumnKind("field", "Of these, in field", 14),
                ColumnKind("location", "Document and page", 36),
                ColumnKind("missing", "Page missing", 14),
            ),
        ),
        TableKind(
            "courses",
            "Courses",
            "",
            (
                ColumnKind("code", "Course", 12),
                ColumnKind("title", "Title", 44),
                ColumnKind("required", "Required", 12),
                ColumnKind("setting", "Class or field", 11),
                ColumnKind("level", "Level", 14),
                ColumnKind("term", "Term", 13),
                ColumnKind("credits", "Credits", 10, centered=True),
                ColumnKind("hours", "Hours", 9, centered=True),
            ),
        ),
        TableKind(
            "reach",
            "Implementation competencies reached",
            "The best way from a course to each competency, over the alignments of the crosswalk. "
            "A way is as strong as its weakest link, and as sure as its least sure one (0 to 1).",
            (
                ColumnKind("competency", "Implementation competency", 22),
                ColumnKind("through", "Reached through", 24),
                ColumnKind("course", "Course", 11),
                ColumnKind("weakest", "Weakest link", 18),
                ColumnKind("rationale", "Why", 38),
                ColumnKind("others", "Also by", 23),
            ),
        ),
        TableKind(
            "gaps",
            "Gaps",
            "What a reviewer would ask about: statements that no course serves, competencies that "
            "no required course lets students demonstrate, and implementation competencies that "
            "nothing in the plan leads to.",
            (
                ColumnKind("framework", "Framework", 14),
                ColumnKind("competency", "Competency or behavior", 46),
                ColumnKind("missing", "What is missing", 74),
            ),
        ),
        TableKind(
            "assessment",
            "Assessment plan, to be filled in",
            "Empty cells are for the programme: nothing in them can be known from a course plan. "
            "At least two measures a competency; one of them rests on real or simulated practice, "
            "as in field. One copy for each programme option and level. Compare with the current "
            "form (2015: AS 4.0.3; 2022: Form AS 5.0.1(d)) before use.",
            (
                ColumnKind("competency", "Competency", 24),
                ColumnKind("measure", "Measure", 10),
                ColumnKind("candidates", "Courses where students demonstrate it", 16),
                ColumnKind("instrument", "Instrument", 17),
                ColumnKind("dimensions", "Dimension(s) assessed", 13),
                ColumnKind("where", "When and where", 13),
                ColumnKind("who", "Who assesses", 12),
                ColumnKind("minimum", "Minimum score", 12),
                ColumnKind("benchmark", "Expected, in percent", 12),
            ),
        ),
        TableKind(
            "outcomes",
            "Assessment outcomes, to be filled in",
            "For the public report, renewed at least every two years: for each programme option "
            "and level, and for all options together.",
            (
                ColumnKind("competency", "Competency", 40),
                ColumnKind("benchmark", "Expected, in percent", 16),
                ColumnKind("first", "Attained, measure 1, in percent", 18),
                ColumnKind("second", "Attained, measure 2, in percent", 18),
                ColumnKind("aggregated", "Attained, both, in percent", 18),
                ColumnKind("met", "Benchmark met", 14),
            ),
        ),
    )
}


def default_template() -> Template:
    """All tables, with their usual columns."""
    return Template(
        title="Curriculum matrix and evidence",
        introduction="",
        language="en-US",
        paper="letter",
        tables=tuple(_usual(kind) for kind in TABLES.values()),
        abbreviations=ABBREVIATIONS,
    )


def _usual(kind: TableKind) -> ChosenTable:
    columns = tuple((column.key, column.title) for column in kind.columns if column.usual)
    return ChosenTable(kind.key, kind.title, kind.note, columns)


def template_text() -> str:
    """The default template as YAML to begin with; reading it gives the default template."""
    default = default_template()
    lines = [
        "# What the documents of a course plan are called and made of.",
        "# Rename what stands after a colon. Move lines to change the order. Delete lines to leave",
        "# something out. A line that begins with # and a name can be had by deleting the #.",
        f"title: {_quoted(default.title)}",
        f"introduction: {_quoted(default.introduction)}",
        f"language: {default.language}",
        f"paper: {default.paper}  # {' or '.join(PAPERS)}",
        "abbreviations:",
        *(f"  {key}: {_quoted(text)}" for key, text in default.abbreviations.items()),
        "tables:",
    ]
    for kind in TABLES.values():
        lines += [
            f"  {kind.key}:",
            f"    title: {_quoted(kind.title)}",
            f"    note: {_quoted(kind.note)}",
            "    columns:",
        ]
        for column in kind.columns:
            mark = "" if column.usual else "# "
            lines.append(f"      {mark}{column.key}: {_quoted(column.title)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A YAML scalar in double quotation marks; our own texts hold none and no backslash."""
    return f'"{text}"'


def read_template(raw: bytes, name: str) -> Template:
    """A template from YAML. What it does not mention stays as usual.

    Parameters
    ----------
    name : str
        Of the file, for messages.

    Raises
    ------
    SourcesError
        With every fault at its line: unknown names with the nearest known one, titles that are
        empty, too long or stand twice.
    """
    if len(raw) > MOST_TEMPLATE_BYTES:
        message = f"is {len(raw):,} bytes; the most for a template is {MOST_TEMPLATE_BYTES:,}"
        raise SourcesError([Finding(name, 1, message)])
    reader = _Reader(name)
    template = reader.template(compose_yaml(raw, name))
    if reader.findings:
        raise SourcesError(sorted(reader.findings))
    return template


class _Reader:
    """One template on its way in; collects what is wrong with it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []

    def fault(self, node: Any, message: str) -> None:
        self.findings.append(Finding(self.name, node.start_mark.line + 1, message))

    def template(self, node: Any) -> Template:
        default = default_template()
        if node is None:
            return default
        found = dict(self._pairs(node, "the template", _KEYS))
        abbreviations = dict(default.abbreviations)
        if "abbreviations" in found:
            for key, value in self._pairs(found["abbreviations"], "abbreviations", ABBREVIATIONS):
                abbreviations[key] = self._title(value, key)
            self._refuse_same(found["abbreviations"], abbreviations)
        tables = default.tables
        if "tables" in found:
            chosen = self._pairs(found["tables"], "tables", TABLES)
            tables = tuple(self._table(TABLES[key], value) for key, value in chosen)
            if isinstance(found["tables"], yaml.MappingNode) and not found["tables"].value:
                self.fault(found["tables"], f"tables: name at least one of {', '.join(TABLES)}")
        return Template(
            title=self._title(found["title"], "title") if "title" in found else default.title,
            introduction=self._text(found.get("introduction"), "introduction"),
            language=self._language(found.get("language"), default.language),
            paper=self._paper(found.get("paper"), default.paper),
            tables=tables,
            abbreviations=abbreviations,
        )

    def _table(self, kind: TableKind, node: Any) -> ChosenTable:
        usual = _usual(kind)
        if _is_null(node):
            return usual
        found = dict(self._pairs(node, f"table {kind.key}", ("title", "note", "columns")))
        columns = usual.columns
        if "columns" in found:
            known = [column.key for column in kind.columns]
            columns = tuple(
                (key, self._column(kind, key, value))
                for key, value in self._pairs(found["columns"], f"columns of {kind.key}", known)
            )
            self._check_columns(found["columns"], kind, columns)
        return ChosenTable(
            kind.key,
            self._title(found["title"], "title") if "title" in found else usual.title,
            self._text(found["note"], "note") if "note" in found else usual.note,
            columns,
        )

    def _column(self, kind: TableKind, key: str, node: Any) -> str:
        title = kind.column(key).title if _is_null(node) else self._title(node, key)
        if kind.column(key).title == CODE and CODE not in title:
            self.fault(node, f"{key}: the title must hold {CODE}, or all courses are called alike")
        return title

    def _check_columns(
        self, node: Any, kind: TableKind, columns: tuple[tuple[str, str], ...]
    ) -> None:
        if isinstance(node, yaml.MappingNode) and not node.value:
            known = ", ".join(column.key for column in kind.columns)
            self.fault(node, f"columns of {kind.key}: name at least one of {known}")
        titles = [title.casefold() for _, title in columns]
        twice = sorted({title for _, title in columns if titles.count(title.casefold()) > 1})
        for title in twice:
            self.fault(node, f"columns of {kind.key}: {title!r} stands twice; rename one")

    def _refuse_same(self, node: Any, abbreviations: Mapping[str, str]) -> None:
        """Two dimensions with one abbreviation could not be told apart."""
        for group in _GROUPS:
            texts = [abbreviations[key].casefold() for key in group]
            for key in group:
                if texts.count(abbreviations[key].casefold()) > 1:
                    self.fault(node, f"abbreviations: {key} is written like another; change one")

    def _pairs(self, node: Any, what: str, known: Any) -> Iterator[tuple[str, Any]]:
        """Key and value of each line of a mapping whose keys are known."""
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, f"{what}: write `name: value` lines, of {', '.join(known)}")
            return
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value not in known:
                given = key.value if isinstance(key, yaml.ScalarNode) else "…"
                near = nearest(given, known, most=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
                self.fault(key, f"{what}: there is no {given!r}; {hint}")
            else:
                yield key.value, value

    def _title(self, node: Any, what: str) -> str:
        text = " ".join(self._text(node, what, _MOST_TITLE).split())
        if not text and isinstance(node, yaml.ScalarNode):
            self.fault(node, f"{what}: must not be empty; delete the line to leave it out")
        return text

    def _text(self, node: Any, what: str, most: int = _MOST_TEXT) -> str:
        if node is None or _is_null(node):
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self.fault(node, f"{what}: must be a text")
            return ""
        if len(node.value) > most:
            self.fault(node, f"{what}: is {len(node.value):,} characters; the most is {most:,}")
        return str(node.value).strip()

    def _language(self, node: Any, usual: str) -> str:
        language = self._text(node, "language") or usual
        if not _LANGUAGE.fullmatch(language):
            self.fault(node, f"language: {language!r} is no language tag; write en-US or es, say")
        return language

    def _paper(self, node: Any, usual: str) -> str:
        paper = (self._text(node, "paper") or usual).lower()
        if paper not in PAPERS:
            self.fault(node, f"paper: cannot be {paper!r}; it takes {' or '.join(PAPERS)}")
        return paper


_KEYS: Final = ("title", "introduction", "language", "paper", "abbreviations", "tables")

#: Ids that must not be abbreviated alike, because they stand in the same cells.
_GROUPS: Final = (
    ("introduces", "practises", "demonstrates"),
    ("knowledge", "values", "skills", "cognitive-and-affective-processes"),
    ("individual", "family", "group", "organization", "community"),
)


def _is_null(node: Any) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"
