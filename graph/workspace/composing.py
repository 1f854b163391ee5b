"""What a file brings, written into the tables of a folder that nobody reads yet."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import yaml

from graph import terms
from graph.errors import SourcesError
from graph.model import IMPORTED, INVERSE, Finding
from graph.tables import ALIGNMENT_COLUMNS, COLUMNS, format_table, parse_table, table_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from graph.exchange.incoming import Incoming, IncomingCrosswalk, IncomingFramework
    from graph.model import Alignment, Evidence
    from graph.tables import Sources

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def compose(incoming: Incoming, folder: Path, sources: Sources, name: str) -> list[Finding]:
    """Put everything into the tables; what was done otherwise than asked comes back as notes.

    Parameters
    ----------
    folder : Path
        A copy of the workspace; what is written there before an error is of no use.
    sources : Sources
        The tables of the copy, as they are.
    name : str
        Of the file, for messages.

    Raises
    ------
    SourcesError
        If what comes contradicts what is there.
    """
    return _Composer(folder, sources, name).compose(incoming)


@dataclass
class _Composer:
    """Writes what a file brings into the tables of a folder that nobody reads yet."""

    folder: Path
    sources: Sources
    name: str
    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)

    def compose(self, incoming: Incoming) -> list[Finding]:
        authors = self._prefixes(incoming)
        for found in incoming.frameworks:
            self._framework(found)
        for crosswalk in incoming.crosswalks:
            self._crosswalk(crosswalk, authors)
        if self.findings:
            raise SourcesError(sorted(self.findings))
        self._canonical()
        return self.notes

    def _find(self, message: str) -> None:
        self.findings.append(Finding(self.name, 1, message))

    def _note(self, message: str) -> None:
        self.notes.append(Finding(self.name, 1, message))

    # ---- tables as rows

    def _rows(self, table: str) -> list[dict[str, str]]:
        path = self.folder / table
        if not path.is_file():
            return []
        _, rows, _ = parse_table(path.read_text(encoding="utf-8"), table)
        return [dict(row.cells) for row in rows]

    def _write(self, table: str, rows: Iterable[Mapping[str, str]], head: str = "") -> None:
        kind = "frameworks/*.tsv" if table.startswith("frameworks/") else table
        columns = ALIGNMENT_COLUMNS if table.startswith("crosswalks/") else COLUMNS[kind]
        lines = ["\t".join(row.get(column, "") for column in columns) for row in rows]
        text = head + "\n".join(["\t".join(columns), *lines]) + "\n"
        path = self.folder / table
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")

    def _canonical(self) -> None:
        """Put every table in canonical form; the labels are those of the statements as they are."""
        rows = (
            row
            for path in sorted((self.folder / "frameworks").glob("*.tsv"))
            for row in self._rows(f"frameworks/{path.name}")
        )
        labels = {row["id"]: row["title"] for row in rows}
        for path in table_paths(self.folder):
            table = path.relative_to(self.folder).as_posix()
            text = path.read_text(encoding="utf-8")
            path.write_text(format_table(text, table, labels), encoding="utf-8", newline="\n")

    # ---- prefixes

    def _prefixes(self, incoming: Incoming) -> dict[str, str]:
        """Add prefixes; give back which prefix of ours stands for one of the file's."""
        iris = dict(self.sources.prefixes.iris)
        by_iri = {iri: prefix for prefix, iri in iris.items()}
        renamed: dict[str, str] = {}
        for prefix, iri in sorted((incoming.prefixes or {}).items()):
            if iri in by_iri:
                renamed[prefix] = by_iri[iri]
            elif prefix in iris:
                self._find(f"prefix {prefix!r} is {iris[prefix]} here, not {iri}; rename it there")
            else:
                iris[prefix], by_iri[iri] = iri, prefix
        for found in incoming.frameworks:
            key, iri = found.framework.id, found.prefix_iri
            if key in iris and key not in self.sources.frameworks:
                self._find(f"framework {key!r} is the name of a prefix here; add --as NAME")
            elif key in iris and iris[key] != iri:
                message = f"framework {key!r} has IRIs that begin with {iris[key]}, not {iri}"
                self._find(f"{message}; it is another one: add --as NAME")
            elif by_iri.get(iri, key) != key:
                message = f"framework {key!r} has the IRIs of {by_iri[iri]!r}"
                self._find(f"{message}; is it the same? then add --as {by_iri[iri]}")
            else:
                iris[key], by_iri[iri] = iri, key
        if not self.findings:
            self._check_ways_back(incoming, iris)
        self._write("prefixes.tsv", ({"prefix": p, "iri": iri} for p, iri in iris.items()))
        return renamed

    def _check_ways_back(self, incoming: Incoming, iris: dict[str, str]) -> None:
        """Whether every statement's IRI leads back to its id, and to that of no other."""
        prefixes = terms.Prefixes(iris)
        known = (*self.sources.competencies, *(
            c.id for found in incoming.frameworks for c in found.competencies
        ))  # fmt: skip
        for key in known:
            try:
                back = prefixes.contract(prefixes.expand(key))
            except ValueError:
                self._find(f"{key!r} has a code that cannot stand in an IRI; give it another")
                continue
            if back != key:
                self._find(f"{key!r} has the IRI of {back!r}; the two frameworks share IRIs")

    # ---- frameworks

    def _framework(self, found: IncomingFramework) -> None:
        framework = found.framework
        rows = [row for row in self._rows("frameworks.tsv") if row["id"] != framework.id]
        cells = {column: getattr(framework, column) or "" for column in COLUMNS["frameworks.tsv"]}
        self._write("frameworks.tsv", [*rows, self._flat(cells, framework.id)])
        self._levels(found)
        columns = COLUMNS["frameworks/*.tsv"]
        statements = [
            self._flat({column: getattr(c, column) or "" for column in columns}, c.id)
            for c in sorted(found.competencies, key=lambda c: c.position)
        ]
        table = f"frameworks/{framework.id}.tsv"
        if statements:
            self._write(table, statements)
        else:  # a framework that is only listed has no table
            (self.folder / table).unlink(missing_ok=True)

    def _levels(self, found: IncomingFramework) -> None:
        rows = self._rows("schemes.tsv")
        known = {(row["scheme"], row["id"]) for row in rows}
        last = max((n for n, row in enumerate(rows) if row["scheme"] == "level"), default=-1)
        new = [
            {column: getattr(level, column) or "" for column in COLUMNS["schemes.tsv"]}
            for level in found.levels
            if ("level", level.id) not in known
        ]
        self._write("schemes.tsv", [*rows[: last + 1], *new, *rows[last + 1 :]])

    def _flat(self, cells: dict[str, str], key: str) -> dict[str, str]:
        """Cells without the tabs and line ends that our tables have no place for."""
        flat = {column: " ".join(str(text).split()) for column, text in cells.items()}
        if any(c in str(text) for text in cells.values() for c in "\t\n\r"):
            self._note(f"{key}: line breaks and tabs were read as spaces")
        return flat

    # ---- crosswalks

    def _crosswalk(self, found: IncomingCrosswalk, authors: Mapping[str, str]) -> None:
        ends = found.subject_framework, found.object_framework
        alignments: Sequence[Alignment] = found.alignments
        key, turned = terms.crosswalk_id(*ends), terms.crosswalk_id(*reversed(ends))
        present = {table.crosswalk.id: table for table in self.sources.crosswalks}
        if key not in present and turned in present:
            alignments = [_turned(alignment) for alignment in alignments]
            ends = ends[1], ends[0]
            self._note(f"{key} stands here as {turned}; its rows were turned round")
            key = turned
        old = {a.id: a for a in present[key].alignments} if key in present else {}
        merged, judged = dict(old), {_pair(a): a for a in old.values() if a.status != IMPORTED}
        for alignment in alignments:
            new = _with_author(alignment, authors)
            other = judged.get(_pair(new))
            pair = f"{new.subject_id} and {new.object_id}"
            if new.status == IMPORTED != old.get(new.id, new).status:
                self._note(f"{pair}: was judged so here already; our row stays as it is")
            elif new.id in old and not _same(new, old[new.id]) and new.author != old[new.id].author:
                self._find(
                    f"{pair} were judged by {old[new.id].author} already, in other words; "
                    f"change the row of crosswalks/{key}.sssom.tsv, or leave it out here"
                )
            elif new.id not in old and other and new.status != IMPORTED:
                self._find(
                    f"{pair} are {_verdict(other)} in crosswalks/{key}.sssom.tsv and "
                    f"{_verdict(new)} here; keep one of the two"
                )
            else:
                merged[new.id] = new
        if not merged:
            self._note(f"{key} has no alignments; nothing was made of it")
            return
        self._evidence(merged.values())
        table = f"crosswalks/{key}.sssom.tsv"
        rows = [
            self._flat(_cells(a), f"{a.subject_id} \u2013 {a.object_id}") for a in merged.values()
        ]
        used = {a.author.partition(":")[0] for a in merged.values() if a.author}
        self._write(table, rows, self._head(table, found, ends, used))

    def _evidence(self, alignments: Iterable[Alignment]) -> None:
        rows = self._rows("evidence.tsv")
        urls, ids = {row["url"] for row in rows}, {row["id"] for row in rows}
        for evidence in (e for a in alignments for e in a.evidence):
            if evidence.url in urls:
                continue
            key = evidence.id
            if not _SLUG.fullmatch(key) or key in ids:
                key = f"source-{hashlib.sha256(evidence.url.encode()).hexdigest()[:8]}"
            rows.append(self._flat(_evidence_cells(evidence, key), key))
            urls.add(evidence.url)
            ids.add(key)
        self._write("evidence.tsv", rows)

    def _head(
        self, table: str, found: IncomingCrosswalk, ends: tuple[str, str], used: set[str]
    ) -> str:
        """Metadata as `#` lines: those that are there, or new ones."""
        iris = {row["prefix"]: row["iri"] for row in self._rows("prefixes.tsv")}
        frameworks = {row["id"]: row for row in self._rows("frameworks.tsv")}
        header: dict[str, Any] = {}
        path = self.folder / table
        if path.is_file():
            header, _, _ = parse_table(path.read_text(encoding="utf-8"), table)
        else:
            header = {
                "mapping_set_id": f"{iris['crosswalk']}{terms.crosswalk_id(*ends)}",
                "mapping_set_title": " ".join(found.title.split()),
                "mapping_set_description": " ".join(found.description.split()),
                "license": found.license,
                "extension_definitions": [
                    {"slot_name": slot, "property": f"xw:{slot}", "type_hint": "xsd:string"}
                    for slot in ALIGNMENT_COLUMNS
                    if slot.startswith("ext_")
                ],
            }
        for side, end in zip(("subject", "object"), ends, strict=True):
            if end not in frameworks:
                self._find(f"framework {end!r} is neither in the file nor in the workspace")
                continue
            header[f"{side}_type"] = "skos concept"
            header[f"{side}_source"] = f"framework:{end}"
            # A new edition must not slip under judgments of the old one.
            header.setdefault(f"{side}_source_version", frameworks[end]["version"])
        prefixes = {*header.get("curie_map", {}), *ends, "framework", "xw", *used}
        header["curie_map"] = {p: iris[p] for p in sorted(prefixes) if p in iris}
        text = yaml.safe_dump(header, sort_keys=False, allow_unicode=True, width=10_000)
        return "".join(f"#{line}\n" for line in text.splitlines())


def _pair(a: Alignment) -> frozenset[str]:
    return frozenset((a.subject_id, a.object_id))


def _verdict(a: Alignment) -> str:
    return f"{a.relation} matches" if a.aligned else "not aligned"


def _same(one: Alignment, other: Alignment) -> bool:
    return _cells(one) == _cells(other)


def _with_author(a: Alignment, prefixes: Mapping[str, str]) -> Alignment:
    """An alignment whose author has our prefix for the same IRI."""
    prefix, _, name = a.author.partition(":")
    return replace(a, author=f"{prefixes[prefix]}:{name}") if prefix in prefixes else a


def _turned(a: Alignment) -> Alignment:
    """An alignment from its other end (SKOS Reference, S43 and S44)."""
    relation = INVERSE[a.relation]
    modifier = "" if a.aligned else "Not"
    return replace(
        a,
        id=terms.alignment_id(a.object_id, modifier, relation.predicate_id, a.subject_id),
        subject_id=a.object_id,
        subject_label=a.object_label,
        relation=relation,
        object_id=a.subject_id,
        object_label=a.subject_label,
    )


def _cells(a: Alignment) -> dict[str, str]:
    """One alignment as a row of our table."""
    return {
        "subject_id": a.subject_id,
        "subject_label": a.subject_label,
        "predicate_id": a.relation.predicate_id,
        "predicate_modifier": "" if a.aligned else "Not",
        "object_id": a.object_id,
        "object_label": a.object_label,
        "mapping_justification": a.justification,
        "author_id": a.author,
        "mapping_date": a.date,
        "confidence": f"{a.confidence:.3f}".rstrip("0").rstrip("."),
        "see_also": "|".join(evidence.url for evidence in a.evidence),
        "comment": a.rationale,
        "ext_strength": a.strength or "",
        "ext_direction": a.direction or "",
        "ext_aims": " ".join(a.aims),
        "ext_evidence_supports": "|".join(e.supports.replace("|", "/") for e in a.evidence),
        "ext_status": a.status,
        "ext_change": a.change or "",
    }


def _evidence_cells(evidence: Evidence, key: str) -> dict[str, str]:
    return {
        "id": key,
        "kind": evidence.kind or "publication",
        "citation": evidence.citation or evidence.url,
        "url": evidence.url,
        "finding": evidence.supports,
    }
