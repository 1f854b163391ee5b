"""The tables that experts edit: read them, put them in canonical form, name what is wrong.

A table is UTF-8 text, one row a line, cells separated by a tab and never quoted, so that one
decision is always one line of a diff. Crosswalks are SSSOM TSV with the metadata as YAML in
`#` lines above the header row (SSSOM 1.0, "TSV format").

What a single cell must look like is checked here, because a wrong one cannot become a value.
What a statement must look like is `ontology/shapes.ttl`; what must hold across statements is
`queries/checks/`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import yaml

from graph import terms
from graph.errors import SourcesError
from graph.model import (
    IMPORTED,
    Alignment,
    Competency,
    Concept,
    Crosswalk,
    Direction,
    Evidence,
    Finding,
    Framework,
    Relation,
    Resource,
    Strength,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

ALIGNMENT_COLUMNS: Final = (
    "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id",
    "object_label", "mapping_justification", "author_id", "mapping_date", "confidence",
    "see_also", "comment", "ext_strength", "ext_direction", "ext_aims",
    "ext_evidence_supports", "ext_status", "ext_change",
)  # fmt: skip

#: Columns of each table, by its path below the data folder; `*` stands for a framework's name.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "prefixes.tsv": ("prefix", "iri"),
    "frameworks.tsv": (
        "id", "title", "version", "issued", "publisher", "description", "citation", "url",
        "confidence", "revision_of", "note",
    ),
    "frameworks/*.tsv": (
        "id", "level", "parent", "title", "description", "citation", "url", "confidence",
    ),
    "resources.tsv": ("competency", "title", "description", "citation", "url"),
    "evidence.tsv": ("id", "kind", "citation", "url", "finding"),
    "schemes.tsv": ("scheme", "id", "label", "definition", "broader", "source"),
    "crosswalks/*.sssom.tsv": ALIGNMENT_COLUMNS,
}  # fmt: skip

#: What a row is sorted by. The other tables keep the order of their authors: published order.
_SORT_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "prefixes.tsv": ("prefix",),
    "frameworks.tsv": ("id",),
    "resources.tsv": ("competency", "title"),
    "evidence.tsv": ("id",),
    "crosswalks/*.sssom.tsv": ("subject_id", "object_id", "predicate_id"),
}

_HEADER_KEYS: Final = (
    "curie_map", "mapping_set_id", "mapping_set_title", "mapping_set_description", "license",
    "subject_type", "subject_source", "subject_source_version", "object_type", "object_source",
    "object_source_version", "extension_definitions",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its cells by column, and where it stands."""

    cells: Mapping[str, str]
    path: str
    line: int

    def __getitem__(self, column: str) -> str:
        """Text of one cell."""
        return self.cells[column]

    def finding(self, message: str) -> Finding:
        """A finding at this row."""
        return Finding(self.path, self.line, message)


@dataclass(frozen=True, slots=True)
class CrosswalkTable:
    """One crosswalk as its table has it: metadata, and the alignments row by row."""

    crosswalk: Crosswalk
    subject_version: str
    object_version: str
    alignments: tuple[Alignment, ...]


@dataclass(slots=True)
class Sources:
    """All tables of a data folder, read.

    Attributes
    ----------
    places : dict[str, tuple[str, int]]
        Where each competency, alignment (by id), evidence and framework stands.
    findings : list[Finding]
        What is wrong, in the order of the files. Rows with a finding are left out.
    """

    prefixes: terms.Prefixes
    frameworks: dict[str, Framework] = field(default_factory=dict)
    competencies: dict[str, Competency] = field(default_factory=dict)
    concepts: list[Concept] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    evidence: dict[str, Row] = field(default_factory=dict)
    crosswalks: list[CrosswalkTable] = field(default_factory=list)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def concept_ids(self, scheme: str) -> list[str]:
        """Ids of a controlled list, in its own order."""
        return [concept.id for concept in self.concepts if concept.scheme == scheme]

    def require_sound(self) -> None:
        """Raise with all findings, if there are any.

        Raises
        ------
        SourcesError
        """
        if self.findings:
            raise SourcesError(self.findings)


def kind_of(path: str) -> str | None:
    """Which kind of table a path below the data folder is; None if it is no table of ours."""
    folder, _, name = path.rpartition("/")
    if folder == "crosswalks":
        return "crosswalks/*.sssom.tsv" if name.endswith(".sssom.tsv") else None
    if folder == "frameworks":
        return "frameworks/*.tsv" if name.endswith(".tsv") else None
    return path if path in COLUMNS else None


def table_paths(data: Path) -> list[Path]:
    """All tables of a data folder, in the order in which they are read."""
    single = [data / kind for kind in COLUMNS if "*" not in kind and (data / kind).is_file()]
    return [
        *single,
        *sorted((data / "frameworks").glob("*.tsv")),
        *sorted((data / "crosswalks").glob("*.sssom.tsv")),
    ]


# ---- reading -----------------------------------------------------------------------------


def read_sources(data: Path) -> Sources:
    """Read every table of a data folder. All findings are kept; the caller decides.

    Parameters
    ----------
    data : Path
        A folder laid out like `ontology/`.

    Raises
    ------
    SourcesError
        If `prefixes.tsv` is missing, without which nothing can be read.
    """
    if not (data / "prefixes.tsv").is_file():
        raise SourcesError([Finding("prefixes.tsv", 1, f"is missing in {data}")])
    sources = Sources(terms.Prefixes.read(data / "prefixes.tsv"))
    reader = _Reader(sources)
    for path in table_paths(data):
        name = path.relative_to(data).as_posix()
        kind = kind_of(name)
        assert kind is not None  # table_paths lists only kinds of ours
        text, findings = _decode(path.read_bytes(), name)
        sources.findings += findings
        header, rows, findings = parse_table(text, name)
        sources.findings += findings
        reader.take(kind, name, header, rows)
    reader.close()
    sources.findings.sort()
    return sources


def _decode(raw: bytes, name: str) -> tuple[str, list[Finding]]:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = f"byte {raw[error.start]:#04x} is not UTF-8; save the table as UTF-8"
        return raw.decode("utf-8", errors="replace"), [Finding(name, line, message)]
    findings = []
    if text.startswith("\ufeff"):
        findings.append(Finding(name, 1, "starts with a byte order mark; save without BOM"))
        text = text.removeprefix("\ufeff")
    if "\r" in text:
        line = text[: text.index("\r")].count("\n") + 1
        message = "has Windows line ends; run: crosswalk format"
        findings.append(Finding(name, line, message))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, findings


def parse_table(text: str, name: str) -> tuple[dict[str, Any], list[Row], list[Finding]]:
    """Metadata, rows and findings of one table's text; rows of a wrong width are left out."""
    kind = kind_of(name)
    columns = COLUMNS[kind] if kind else ALIGNMENT_COLUMNS
    lines = text.split("\n")
    top = 0
    while top < len(lines) and lines[top].startswith("#"):
        top += 1
    header, findings = _parse_header([line[1:] for line in lines[:top]], name)
    head = tuple(lines[top].split("\t")) if top < len(lines) else ()
    if head != columns:
        findings.append(Finding(name, top + 1, _wrong_columns(head, columns)))
        return header, [], findings
    rows: list[Row] = []
    for line, content in enumerate(lines[top + 1 :], start=top + 2):
        if not content:
            if line < len(lines):
                findings.append(Finding(name, line, "is empty; delete the line"))
            continue
        cells = content.split("\t")
        if len(cells) != len(columns):
            message = f"has {len(cells)} cells, not {len(columns)}; did an editor move a tab?"
            findings.append(Finding(name, line, message))
            continue
        rows.append(Row(dict(zip(columns, (c.strip() for c in cells), strict=True)), name, line))
    return header, rows, findings


def _wrong_columns(head: tuple[str, ...], columns: tuple[str, ...]) -> str:
    unknown = [column for column in head if column not in columns]
    missing = [column for column in columns if column not in head]
    parts = []
    if unknown:
        parts.append(f"unknown columns {', '.join(map(repr, unknown))}")
    if missing:
        parts.append(f"missing columns {', '.join(map(repr, missing))}")
    return f"{'; '.join(parts) or 'columns out of order'}; expected {' '.join(columns)}"


def _parse_header(lines: list[str], name: str) -> tuple[dict[str, Any], list[Finding]]:
    if not lines:
        return {}, []
    try:
        header = yaml.safe_load("\n".join(lines))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "cannot be read"
        return {}, [Finding(name, line, f"the metadata is not YAML: {problem}")]
    if not isinstance(header, dict):
        return {}, [Finding(name, 1, "the metadata must be `key: value` lines")]
    unknown = [key for key in header if key not in _HEADER_KEYS]
    message = f"unknown metadata {', '.join(map(repr, unknown))}; known: {', '.join(_HEADER_KEYS)}"
    return header, [Finding(name, 1, message)] if unknown else []


# ---- canonical form ----------------------------------------------------------------------


def format_table(text: str, name: str, labels: Mapping[str, str]) -> str:
    """Canonical text of a table: fixed column order, sorted rows, LF, labels as published.

    Idempotent, and it loses no row: a table that cannot be read is refused.

    Parameters
    ----------
    name : str
        Path below the data folder, which decides the kind of table.
    labels : Mapping[str, str]
        Published title by competency id; ids that are not there keep their label.

    Raises
    ------
    SourcesError
        If the table cannot be read without loss.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    kind = kind_of(name)
    assert kind is not None
    text = _columns_in_order(text, COLUMNS[kind])
    header, rows, findings = parse_table(text, name)
    findings = [finding for finding in findings if "is empty" not in finding.message]
    if findings:
        raise SourcesError(findings)
    cells = [_relabelled(row.cells, labels) for row in rows]
    if kind in _SORT_BY:
        # Whole rows break ties (`1` and `01` count the same), so that every order of lines in has
        # one order of lines out.
        cells.sort(
            key=lambda row: (
                tuple(terms.natural_key(row[column]) for column in _SORT_BY[kind]),
                tuple(row.values()),
            )
        )
    lines = ["\t".join(COLUMNS[kind]), *("\t".join(row.values()) for row in cells)]
    return "\n".join([*_header_lines(header), *lines]) + "\n"


def _columns_in_order(text: str, columns: tuple[str, ...]) -> str:
    """Put known columns that stand in another order into ours; leave anything else alone."""
    lines = text.split("\n")
    top = next((i for i, line in enumerate(lines) if not line.startswith("#")), 0)
    head = lines[top].split("\t")
    if tuple(head) == columns or sorted(head) != sorted(columns):
        return text
    places = [head.index(column) for column in columns]
    for i in range(top, len(lines)):
        cells = lines[i].split("\t")
        if len(cells) == len(head):
            lines[i] = "\t".join(cells[place] for place in places)
    return "\n".join(lines)


def _relabelled(cells: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    changed = dict(cells)
    for side in ("subject", "object"):
        if f"{side}_label" in changed:
            own = changed[f"{side}_label"]
            changed[f"{side}_label"] = labels.get(changed[f"{side}_id"], own)
    return changed


def _header_lines(header: Mapping[str, Any]) -> Iterator[str]:
    """Metadata in the order of the SSSOM schema, prefixes A to Z."""
    ordered = {key: header[key] for key in _HEADER_KEYS if key in header}
    if isinstance(ordered.get("curie_map"), dict):
        ordered["curie_map"] = dict(sorted(ordered["curie_map"].items()))
    if ordered:
        text = yaml.safe_dump(ordered, sort_keys=False, allow_unicode=True, width=10_000)
        yield from (f"#{line}" for line in text.rstrip("\n").split("\n"))


# ---- from rows to values -----------------------------------------------------------------

_CONFIDENCE: Final = re.compile(r"0(\.\d{1,3})?|1(\.0)?")
_JUSTIFICATION: Final = re.compile(r"semapv:[A-Za-z]+")

#: How far a framework or statement was read. What is imported may lack its description.
_READINGS: Final = ("high", "medium", IMPORTED)

FRAMEWORK_ID: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

#: One segment of a path and nothing that would part it (RFC 3986, `segment`), because a code stands
#: at the end of its IRI and in addresses of ours. Published codes of other people use all of it.
CODE: Final = re.compile(
    r"(?:[A-Za-z0-9_]|%[0-9A-Fa-f]{2})(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*"
)
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class _Reader:
    """Turns rows into values, in the order of `table_paths`, and collects what is wrong."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.evidence_by_url: dict[str, Row] = {}
        self.positions: Counter[str] = Counter()
        self.takers: Mapping[str, Callable[[Row], None]] = {
            "prefixes.tsv": self._take_prefix,
            "frameworks.tsv": self._take_framework,
            "frameworks/*.tsv": self._take_competency,
            "resources.tsv": self._take_resource,
            "evidence.tsv": self._take_evidence,
            "schemes.tsv": self._take_concept,
        }

    def take(self, kind: str, name: str, header: dict[str, Any], rows: list[Row]) -> None:
        if kind == "crosswalks/*.sssom.tsv":
            self._take_crosswalk(name, header, rows)
            return
        for row in rows:
            self.takers[kind](row)

    def close(self) -> None:
        """Check the references that may point forward: parents, resources, older editions."""
        for competency in self.sources.competencies.values():
            if competency.parent and competency.parent not in self.sources.competencies:
                self._fault(competency.id, f"parent {competency.parent!r} is not in this table")
        for resource in self.sources.resources:
            if resource.competency not in self.sources.competencies:
                self._fault(resource.id, f"competency {resource.competency!r} is in no framework")
        for framework in self.sources.frameworks.values():
            if framework.revision_of and framework.revision_of not in self.sources.frameworks:
                known = ", ".join(self.sources.frameworks)
                message = f"revision_of {framework.revision_of!r} is none of {known}"
                self._fault(framework.id, message)

    def _fault(self, key: str, message: str) -> None:
        path, line = self.sources.places[key]
        self.sources.findings.append(Finding(path, line, message))

    def _find(self, row: Row, message: str) -> None:
        self.sources.findings.append(row.finding(message))

    def _place(self, key: str, row: Row) -> bool:
        """Remember where `key` stands; false, with a finding, if it stands elsewhere already."""
        if key in self.sources.places:
            path, line = self.sources.places[key]
            self._find(row, f"{key!r} stands already at {path}:{line}; keep one of the two")
            return False
        self.sources.places[key] = (row.path, row.line)
        return True

    def _one_of(
        self, row: Row, column: str, accepted: Sequence[str], *, empty: bool = False
    ) -> bool:
        if row[column] in accepted or (empty and not row[column]):
            return True
        self._find(row, f"{column} {row[column]!r} is none of {', '.join(accepted)}")
        return False

    def _filled(self, row: Row, *columns: str) -> bool:
        missing = [column for column in columns if not row[column]]
        if missing:
            self._find(row, f"{', '.join(missing)} must not be empty")
        return not missing

    def _matches(self, row: Row, column: str, pattern: re.Pattern[str], hint: str) -> bool:
        if pattern.fullmatch(row[column]):
            return True
        self._find(row, f"{column} {row[column]!r} does not match {pattern.pattern}; {hint}")
        return False

    def _url(self, row: Row) -> bool:
        if re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", row["url"]):
            return True
        self._find(row, f"url {row['url']!r} is no web address; it must start with http")
        return False

    def _take_prefix(self, row: Row) -> None:
        self._filled(row, "prefix", "iri")

    def _take_framework(self, row: Row) -> None:
        sound = all(
            [
                self._matches(row, "id", FRAMEWORK_ID, "lower-case words joined by hyphens"),
                self._filled(row, "title", "version", "description", "citation"),
                self._url(row),
                self._one_of(row, "confidence", _READINGS),
            ]
        )
        if sound and row["id"] not in self.sources.prefixes.iris:
            self._find(row, f"framework {row['id']!r} has no line in prefixes.tsv; add one")
        elif sound and self._place(row["id"], row):
            values: dict[str, Any] = {**row.cells, "revision_of": row["revision_of"] or None}
            self.sources.frameworks[row["id"]] = Framework(**values)

    def _take_competency(self, row: Row) -> None:
        framework = row.path.removeprefix("frameworks/").removesuffix(".tsv")
        levels = self.sources.concept_ids("level")
        sound = all(
            [
                self._filled(row, "id", "title", "citation"),
                row["confidence"] == IMPORTED or self._filled(row, "description"),
                self._url(row),
                self._one_of(row, "level", levels),
                self._one_of(row, "confidence", _READINGS),
            ]
        )
        prefix, code = terms.framework_of(row["id"]), terms.code_of(row["id"])
        if prefix != framework or not CODE.fullmatch(code):
            message = (
                f"id {row['id']!r} must be {framework}: and a code; did a spreadsheet edit it?"
            )
            self._find(row, message)
        elif framework not in self.sources.frameworks:
            self._find(row, f"framework {framework!r} has no line in frameworks.tsv; add one")
        elif sound and self._place(row["id"], row):
            self.positions[framework] += 1
            values: dict[str, Any] = {**row.cells, "parent": row["parent"] or None}
            self.sources.competencies[row["id"]] = Competency(
                **values,
                framework=framework,
                code=code,
                position=self.positions[framework],
            )

    def _take_resource(self, row: Row) -> None:
        sound = all([self._filled(row, "competency", "title", "citation"), self._url(row)])
        key = terms.alignment_id(row["competency"], "", row["title"], row["url"])
        if sound and self._place(key, row):
            self.sources.resources.append(Resource(id=key, **row.cells))

    def _take_evidence(self, row: Row) -> None:
        sound = all(
            [
                self._matches(row, "id", _SLUG, "lower-case words joined by hyphens"),
                self._filled(row, "kind", "citation", "finding"),
                self._url(row),
            ]
        )
        if sound and self._place(f"evidence:{row['id']}", row):
            self.sources.evidence[row["id"]] = row
            self.evidence_by_url[row["url"]] = row

    def _take_concept(self, row: Row) -> None:
        sound = all(
            [
                self._matches(row, "id", _SLUG, "lower-case words joined by hyphens"),
                self._filled(row, "scheme", "label", "definition", "source"),
            ]
        )
        if sound and self._place(f"{row['scheme']}:{row['id']}", row):
            values: dict[str, Any] = {**row.cells, "broader": row["broader"] or None}
            self.sources.concepts.append(Concept(**values))

    def _take_crosswalk(self, name: str, header: dict[str, Any], rows: list[Row]) -> None:
        stem = name.removeprefix("crosswalks/").removesuffix(".sssom.tsv")
        subject, separator, object_ = stem.partition("--")
        faults = [
            *(f"metadata {key!r} is missing" for key in _HEADER_KEYS if key not in header),
            *(
                f"{framework!r} in the file name is no framework of frameworks.tsv"
                for framework in (subject, object_)
                if framework not in self.sources.frameworks
            ),
        ]
        if not separator:
            faults.append("the file name must be SUBJECT--OBJECT.sssom.tsv")
        if not faults:
            faults += self._check_header(stem, subject, object_, header)
        if faults:
            self.sources.findings += [Finding(name, 1, fault) for fault in faults]
            return
        alignments = [self._alignment(row, subject, object_) for row in rows]
        self.sources.crosswalks.append(
            CrosswalkTable(
                Crosswalk(
                    id=stem,
                    title=header["mapping_set_title"],
                    description=header["mapping_set_description"],
                    subject_framework=subject,
                    object_framework=object_,
                    license=header["license"],
                ),
                subject_version=header["subject_source_version"],
                object_version=header["object_source_version"],
                alignments=tuple(alignment for alignment in alignments if alignment),
            )
        )

    def _check_header(
        self, stem: str, subject: str, object_: str, header: dict[str, Any]
    ) -> Iterator[str]:
        expected = {
            "mapping_set_id": self.sources.prefixes.expand(f"crosswalk:{stem}"),
            "subject_source": f"framework:{subject}",
            "object_source": f"framework:{object_}",
            "subject_source_version": self.sources.frameworks[subject].version,
            "object_source_version": self.sources.frameworks[object_].version,
        }
        for key, value in expected.items():
            if header[key] != value:
                yield f"metadata {key} is {header[key]!r}, not {value!r}; correct the header"

    def _alignment(self, row: Row, subject: str, object_: str) -> Alignment | None:
        modifier = row["predicate_modifier"]
        aims = row["ext_aims"].split()
        known_aims = self.sources.concept_ids("aim")
        statuses = self.sources.concept_ids("status")
        # Whoever judged an imported row may have left out what our own rows must say.
        imported = row["ext_status"] == IMPORTED
        sound = [
            self._end(row, "subject", subject),
            self._end(row, "object", object_),
            self._one_of(row, "predicate_id", [relation.predicate_id for relation in Relation]),
            self._one_of(row, "predicate_modifier", ["Not"], empty=True),
            self._one_of(row, "ext_strength", list(Strength), empty=imported or bool(modifier)),
            self._one_of(row, "ext_direction", list(Direction), empty=True),
            self._one_of(row, "ext_status", statuses),
            self._matches(row, "confidence", _CONFIDENCE, "write 0 to 1 with a dot, like 0.65"),
            (imported and not row["mapping_date"]) or self._date(row),
            imported or self._filled(row, "author_id"),
            self._justification(row),
        ]
        for aim in aims:
            if aim not in known_aims:
                self._find(row, f"ext_aims {aim!r} is none of {', '.join(known_aims)}")
                sound.append(False)
        evidence = self._evidence(row)
        if evidence is None or not all(sound):
            return None
        key = terms.alignment_id(row["subject_id"], modifier, row["predicate_id"], row["object_id"])
        if not self._place(key, row):
            return None
        return Alignment(
            id=key,
            subject_id=row["subject_id"],
            subject_label=row["subject_label"],
            relation=Relation.of(row["predicate_id"]),
            object_id=row["object_id"],
            object_label=row["object_label"],
            verdict=Verdict.NOT_ALIGNED if modifier else Verdict.ALIGNED,
            strength=Strength(row["ext_strength"]) if row["ext_strength"] else None,
            confidence=float(row["confidence"]),
            rationale=row["comment"],
            direction=Direction(row["ext_direction"]) if row["ext_direction"] else None,
            aims=tuple(aims),
            evidence=evidence,
            status=row["ext_status"],
            author=row["author_id"],
            date=row["mapping_date"],
            change=row["ext_change"] or None,
            justification=row["mapping_justification"],
        )

    def _end(self, row: Row, side: str, framework: str) -> bool:
        """One end of an alignment: a known competency of the right framework, rightly named."""
        key, label = row[f"{side}_id"], row[f"{side}_label"]
        if terms.framework_of(key) != framework:
            self._find(row, f"{side}_id {key!r} is not of {framework}, as the file name says")
            return False
        competency = self.sources.competencies.get(key)
        if competency is None:
            self._find(row, f"{side}_id {key!r} is in no line of frameworks/{framework}.tsv")
            return False
        if label != competency.title:
            message = f"{side}_label {label!r} is not {competency.title!r}; run: crosswalk format"
            self._find(row, message)
            return False
        return True

    def _date(self, row: Row) -> bool:
        try:
            date.fromisoformat(row["mapping_date"])
        except ValueError:
            self._find(row, f"mapping_date {row['mapping_date']!r} is no date like 2026-11-23")
            return False
        return True

    def _justification(self, row: Row) -> bool:
        return self._filled(row, "mapping_justification") and self._matches(
            row, "mapping_justification", _JUSTIFICATION, "write a term of semapv"
        )

    def _evidence(self, row: Row) -> tuple[Evidence, ...] | None:
        urls = [url for url in row["see_also"].split("|") if url]
        supports = [text.strip() for text in row["ext_evidence_supports"].split("|") if text]
        if len(urls) != len(supports):
            message = f"see_also names {len(urls)} sources, ext_evidence_supports {len(supports)}"
            self._find(row, f"{message}; say for each source what it supports")
            return None
        items = []
        for url, text in zip(urls, supports, strict=True):
            source = self.evidence_by_url.get(url)
            if source is None:
                self._find(row, f"see_also {url} is not in evidence.tsv; add a line there")
                return None
            items.append(Evidence(source["id"], source["kind"], source["citation"], url, text))
        return tuple(items)
