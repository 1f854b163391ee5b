"""From rows to values: every cell is looked at, and what is wrong is told with its place."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any, Final

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
from graph.tables.layout import HEADER_KEYS, kind_of, table_paths
from graph.tables.sources import CrosswalkTable, Sources
from graph.tables.text import decode, parse_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from graph.tables.layout import Row

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

#: What can be written between `<` and `>` in Turtle.
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]+")
_ISSUED: Final = re.compile(r"(\d{4}(-\d{2}(-\d{2})?)?)?")


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
    text, _ = decode((data / "prefixes.tsv").read_bytes(), "prefixes.tsv")
    # Whatever can be used of a faulty table, so that its own faults are told and no others.
    cells = (line.split("\t") for line in text.split("\n")[1:] if "\t" in line)
    sources = Sources(terms.Prefixes({prefix: iri for prefix, iri, *_ in cells}))
    reader = _Reader(sources)
    for path in table_paths(data):
        name = path.relative_to(data).as_posix()
        kind = kind_of(name)
        assert kind is not None  # table_paths lists only kinds of ours
        text, findings = decode(path.read_bytes(), name)
        sources.findings += findings
        header, rows, findings = parse_table(text, name)
        sources.findings += findings
        reader.take(kind, name, header, rows)
    reader.close()
    sources.findings.sort()
    return sources


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
        if not self._filled(row, "prefix", "iri"):
            return
        self._place(f"prefix {row['prefix']}", row)
        if not _IRI.fullmatch(row["iri"]):
            self._find(row, f"iri {row['iri']!r} is no IRI; write one like https://example.org/x/")

    def _take_framework(self, row: Row) -> None:
        sound = all(
            [
                self._matches(row, "id", FRAMEWORK_ID, "lower-case words joined by hyphens"),
                self._filled(row, "title", "version", "description", "citation"),
                self._url(row),
                self._matches(row, "issued", _ISSUED, "write 2026, 2026-11 or 2026-11-23"),
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
        if not sound or not self._place(f"evidence:{row['id']}", row):
            return
        # An alignment cites its evidence by the address alone.
        known = self.evidence_by_url.setdefault(row["url"], row)
        if known is row:
            self.sources.evidence[row["id"]] = row
        else:
            message = f"url {row['url']} is that of {known['id']!r} already; keep one of the two"
            self._find(row, message)

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
            *(f"metadata {key!r} is missing" for key in HEADER_KEYS if key not in header),
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
        if "crosswalk" not in self.sources.prefixes.iris:
            yield "prefix 'crosswalk' has no line in prefixes.tsv; add one"
            return
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
        for key in ("mapping_set_title", "mapping_set_description", "license"):
            if not isinstance(header[key], str):
                yield f"metadata {key} is {header[key]!r}, which is no text; put it in quotes"
            elif key == "license" and not _IRI.fullmatch(header[key]):
                yield f"metadata license {header[key]!r} is no web address; write that of the text"

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
            self._author(row, empty=imported),
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

    def _author(self, row: Row, *, empty: bool) -> bool:
        if not row["author_id"]:
            return empty or self._filled(row, "author_id")
        try:
            self.sources.prefixes.expand(row["author_id"])
        except ValueError:
            message = f"author_id {row['author_id']!r} is no name with a prefix of prefixes.tsv"
            self._find(row, f"{message}, like agent:project")
            return False
        return True

    def _date(self, row: Row) -> bool:
        day = row["mapping_date"]
        try:
            # Python also reads `20261123` and `2026-W48-1`, which are no dates of XML Schema.
            sound = date.fromisoformat(day).isoformat() == day
        except ValueError:
            sound = False
        if not sound:
            self._find(row, f"mapping_date {day!r} is no date like 2026-11-23")
        return sound

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
