"""A SSSOM TSV file as plain values, every rule of the format held: metadata, columns, cells.

Source: `spec-formats-tsv.md` and the schema of SSSOM 1.1 (see `sssom_slots`). In one point this
reader is stricter than the specification lets it be: a column that is neither a slot nor a declared
extension is not dropped in silence but named, because it is most often a slot misspelt.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import yaml

from graph.bounded import compose_yaml, decode_text
from graph.errors import SourcesError
from graph.exchange.sssom_slots import (
    ADDRESSES,
    BUILT_IN,
    CHOICES,
    DATES,
    LINKML,
    LITERAL,
    MAPPING_SLOTS,
    MULTIVALUED,
    NUMBERS,
    PROPAGATED,
    REFERENCES,
    SET_SLOTS,
)
from graph.model import Finding
from graph.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value = str | list[str]

#: Half a million records with their labels are about 100 MB.
_MOST_BYTES: Final = 256 * 1024 * 1024

_PREFIX: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_CURIE: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*):(?!//)([^\s<>\"{}|\\^`\x00-\x20]+)")
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_NCNAME: Final = re.compile(r"[A-Za-z_][\w.-]*")
_STEP: Final = re.compile(r"\\(.)|([^\\|]+)|(\|)|(\\$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Record:
    """One mapping: its line, and its slots that have a value; extensions by their name."""

    line: int
    slots: Mapping[str, Value]

    def text(self, slot: str) -> str:
        """The value of a slot with one value; empty if there is none."""
        value = self.slots.get(slot, "")
        return value if isinstance(value, str) else "|".join(value)

    def values(self, slot: str) -> list[str]:
        """The values of a slot with several."""
        value = self.slots.get(slot, [])
        return [value] if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class MappingSet:
    """A file, read.

    Attributes
    ----------
    metadata : dict[str, Value]
        Slots of the set itself, without those that its records were given.
    lines : dict[str, int]
        Where each slot of the metadata stands.
    prefixes : dict[str, str]
        All that a CURIE of this file may begin with, the built-in ones too.
    extensions : dict[str, str]
        Declared extension slots, with the IRI of their property (empty if they have none).
    unspread : tuple[str, ...]
        Slots of the metadata that were not given to the records, because some record has its own.
    """

    metadata: dict[str, Value]
    lines: dict[str, int]
    prefixes: dict[str, str]
    extensions: dict[str, str]
    records: list[Record]
    unspread: tuple[str, ...] = ()

    def expand(self, curie: str) -> str:
        """IRI of a CURIE of this file."""
        prefix, _, local = curie.partition(":")
        return self.prefixes[prefix] + local


def parse(raw: bytes, name: str) -> MappingSet:
    """A file as values.

    Raises
    ------
    SourcesError
        With every problem: of the metadata, the columns and each cell, by line and slot.
    """
    text = decode_text(raw, name, _MOST_BYTES)
    return _Parser(name).parse(text)


@dataclass(slots=True)
class _Parser:
    name: str
    findings: list[Finding] = field(default_factory=list)
    metadata: dict[str, Value] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=lambda: dict(BUILT_IN))
    extensions: dict[str, str] = field(default_factory=dict)
    sound: dict[tuple[str, str], str] = field(default_factory=dict)
    hints: dict[str, str] = field(default_factory=dict)

    def find(self, line: int, message: str) -> None:
        self.findings.append(Finding(self.name, line, message))

    def parse(self, text: str) -> MappingSet:
        block, table, top = _parted(text)
        if not block:
            self.find(
                1,
                "has no metadata; a set whose metadata stands in a .sssom.yml of its own is read "
                "when its lines, each with # before it, are put above the table",
            )
        else:
            self._metadata(block)
        records = self._records(table, top)
        if self.findings:
            raise SourcesError(sorted(self.findings))
        unspread = self._spread(records)
        return MappingSet(
            self.metadata, self.lines, self.prefixes, self.extensions, records, unspread
        )

    # ---- metadata --------------------------------------------------------------------------

    def _metadata(self, block: list[str]) -> None:
        indent = len(block[0]) - len(block[0].lstrip(" "))
        for number, line in enumerate(block, start=1):
            if line[:indent].strip(" "):
                self.find(number, "has fewer spaces after # than the line above; give it the same")
                return
        node = compose_yaml("\n".join(line[indent:] for line in block).encode(), self.name)
        if not isinstance(node, yaml.MappingNode):
            self.find(1, "the metadata must be `slot: value` lines")
            return
        values: dict[str, Any] = {}
        for key, value in node.value:
            line, slot = key.start_mark.line + 1, str(key.value)
            if slot in values:
                self.find(line, f"{slot} stands twice; keep one")
            values[slot] = value
            self.lines[slot] = line
        self._curie_map(values.pop("curie_map", None))
        self._extension_definitions(values.pop("extension_definitions", None))
        for slot, value in values.items():
            self._set_slot(slot, value)
        if "mapping_set_id" not in values:
            self.find(1, "metadata mapping_set_id is missing; give the set its address")

    def _curie_map(self, node: Any) -> None:
        if node is None:
            return
        if not isinstance(node, yaml.MappingNode):
            self.find(self.lines["curie_map"], "curie_map must be `prefix: IRI` lines")
            return
        seen: set[str] = set()
        for key, value in node.value:
            line, prefix, iri = key.start_mark.line + 1, str(key.value), value.value
            built_in = BUILT_IN.get(prefix)
            if prefix in seen:
                self.find(line, f"prefix {prefix!r} stands twice; keep one")
            elif not _PREFIX.fullmatch(prefix):
                self.find(line, f"prefix {prefix!r} is no prefix: a letter, then letters, digits")
            elif not isinstance(iri, str) or not _ADDRESS.fullmatch(iri):
                self.find(line, f"prefix {prefix!r} does not lead to an IRI")
            elif built_in and iri != built_in:
                self.find(line, f"prefix {prefix!r} is built in and stands for {built_in}; drop it")
            else:
                self.prefixes[prefix] = iri
            seen.add(prefix)

    def _extension_definitions(self, node: Any) -> None:
        if node is None:
            return
        if not isinstance(node, yaml.SequenceNode):
            self.find(self.lines["extension_definitions"], "extension_definitions must be a list")
            return
        for item in node.value:
            line = item.start_mark.line + 1
            pairs = item.value if isinstance(item, yaml.MappingNode) else []
            parts = {key.value: value.value for key, value in pairs}
            slot = parts.get("slot_name")
            unknown = sorted(map(str, parts.keys() - {"slot_name", "property", "type_hint"}))
            if not isinstance(slot, str) or not _NCNAME.fullmatch(slot):
                self.find(line, "an extension definition needs a slot_name, a word such as ext_x")
            elif unknown:
                self.find(line, f"extension {slot}: unknown {', '.join(unknown)}")
            elif slot in MAPPING_SLOTS or slot in SET_SLOTS:
                self.find(line, f"extension {slot} has the name of a slot of SSSOM; rename it")
            elif slot in self.extensions:
                self.find(line, f"extension {slot} is defined twice; keep one")
            else:
                iris = [self._property(line, slot, parts.get(p)) for p in ("property", "type_hint")]
                self.extensions[slot] = iris[0]

    def _property(self, line: int, slot: str, value: Any) -> str:
        """IRI of a CURIE; files from before the rule was made have whole IRIs."""
        if value is None:
            return ""
        found = _CURIE.fullmatch(value) if isinstance(value, str) else None
        known = {**self.prefixes, **LINKML}
        if found and found[1] in known:
            return known[found[1]] + found[2]
        if isinstance(value, str) and re.match("https?://", value) and _ADDRESS.fullmatch(value):
            return value
        self.find(line, f"extension {slot}: {value!r} is no CURIE with a prefix of curie_map")
        return ""

    def _set_slot(self, slot: str, node: Any) -> None:
        line = self.lines[slot]
        if slot not in SET_SLOTS and slot not in self.extensions:
            known = [*SET_SLOTS, *self.extensions]
            self.find(line, f"metadata {slot!r} is no slot of a mapping set{_hint(slot, known)}")
            return
        if isinstance(node, yaml.ScalarNode):
            values = [] if node.tag.endswith(":null") else [str(node.value)]
        elif isinstance(node, yaml.SequenceNode) and slot in MULTIVALUED:
            values = [str(item.value) for item in node.value if isinstance(item, yaml.ScalarNode)]
            if len(values) < len(node.value):
                self.find(line, f"{slot} must be a list of plain values")
        else:
            self.find(line, f"{slot} takes one plain value")
            return
        check = self._checks(slot)
        for value in values:
            if check and (message := check(value)):
                self.find(line, f"{slot} {message}")
        if slot in MULTIVALUED:
            self.metadata[slot] = values
        elif values:
            self.metadata[slot] = values[0]

    # ---- records ---------------------------------------------------------------------------

    def _records(self, table: str, top: int) -> list[Record]:
        reader = csv.reader(io.StringIO(table, newline=""), delimiter="\t", strict=True)
        records: list[Record] = []
        try:
            head = next(reader, [])
            if not self._columns(head, top):
                return []
            cells = [(slot, slot in MULTIVALUED, self._checks(slot), self.sound) for slot in head]
            before = reader.line_num
            for row in reader:
                line, before = top + before, reader.line_num
                if not row:
                    continue
                if len(row) != len(head):
                    message = f"has {len(row)} cells, not {len(head)}; did an editor move a tab?"
                    self.find(line, message)
                    continue
                slots: dict[str, Value] = {}
                for (slot, several, check, sound), text in zip(cells, row, strict=True):
                    if not text:
                        continue
                    values = list(filter(None, parted(text))) if several else [text]
                    for value in values if check else ():
                        key = slot, value
                        if key not in sound:
                            sound[key] = check(value)  # type: ignore[misc]
                        if sound[key]:
                            self.find(line, f"{slot} {sound[key]}")
                    slots[slot] = values if several else text
                records.append(Record(line, slots))
        except csv.Error as error:
            self.find(top + max(reader.line_num - 1, 0), f"cannot be read as TSV: {error}")
        self._required(records)
        return records

    def _columns(self, head: list[str], top: int) -> bool:
        before = len(self.findings)
        if not any(head):
            self.find(top, "has no table under its metadata; its first row names the columns")
            return False
        for column, times in Counter(head).items():
            if not column:
                self.find(top, "a column has no name; name it or delete it")
            elif times > 1:
                self.find(top, f"column {column!r} stands {times} times; keep one")
            elif column not in MAPPING_SLOTS and column not in self.extensions:
                known = [*MAPPING_SLOTS, *self.extensions]
                self.find(
                    top,
                    f"column {column!r} is no slot of SSSOM and no declared extension"
                    f"{_hint(column, known)}; rename it, or define it in extension_definitions",
                )
        for column in ("predicate_id", "mapping_justification"):
            if column not in head:
                self.find(top, f"column {column!r} is missing; every mapping must have it")
        for side in ("subject", "object"):
            if f"{side}_id" not in head and f"{side}_label" not in head:
                self.find(top, f"column '{side}_id' is missing; every mapping must have it")
        return len(self.findings) == before

    def _required(self, records: list[Record]) -> None:
        own = {slot for record in records for slot in record.slots}
        for record in records:
            missing = [
                s for s in ("predicate_id", "mapping_justification") if s not in record.slots
            ]
            for side in ("subject", "object"):
                kind = f"{side}_type"
                shared = "" if kind in own else self.metadata.get(kind, "")
                literal = record.slots.get(kind, shared) == LITERAL
                wanted = f"{side}_label" if literal else f"{side}_id"
                if wanted not in record.slots:
                    missing.append(wanted)
            if missing:
                self.find(record.line, f"{', '.join(missing)} must not be empty")
            if not record.slots.keys().isdisjoint(("review_date", "reviewer_agreement")) and (
                record.slots.keys().isdisjoint(("reviewer_id", "reviewer_label"))
            ):
                self.find(record.line, "says how it was reviewed and not by whom; add reviewer_id")

    def _spread(self, records: list[Record]) -> tuple[str, ...]:
        """Give the records what the set says for all of them; not where any has its own."""
        own = {slot for record in records for slot in record.slots}
        shared = [slot for slot in self.metadata if slot in PROPAGATED]
        unspread = tuple(slot for slot in shared if slot in own)
        given = {slot: self.metadata[slot] for slot in shared if slot not in own}
        if given:
            for place, record in enumerate(records):
                records[place] = Record(record.line, {**given, **record.slots})
        for slot in given:
            del self.metadata[slot]
        return unspread

    # ---- one value -------------------------------------------------------------------------

    def _checks(self, slot: str) -> Callable[[str], str] | None:
        """What says why a value cannot stand in a slot; nothing said, nothing wrong."""
        if slot in REFERENCES:
            return self._reference
        if slot in ADDRESSES:
            return _address
        if slot in DATES:
            return _day
        if slot in NUMBERS:
            least, most = NUMBERS[slot]
            return lambda value: _number(value, least, most)
        if slot in CHOICES:
            known = CHOICES[slot]
            return lambda value: "" if value in known else f"{value!r} is none of {_list(known)}"
        return None

    def _reference(self, value: str) -> str:
        found = _CURIE.fullmatch(value)
        if not found:
            if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", value):
                return f"{value!r} is an IRI; write it as a CURIE with a prefix of curie_map"
            return f"{value!r} is no CURIE, such as prefix:local"
        if found[1] not in self.prefixes:
            if found[1] not in self.hints:
                self.hints[found[1]] = _hint(found[1], self.prefixes)
            hint = self.hints[found[1]]
            return f"{value!r} has the prefix {found[1]!r}, which curie_map does not declare{hint}"
        return ""


def _parted(text: str) -> tuple[list[str], str, int]:
    """Lines of the metadata without their #, the table, and the line on which it begins."""
    block = []
    start = 0
    while text.startswith("#", start):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        block.append(text[start + 1 : end].rstrip("\r"))
        start = min(end + 1, len(text))
    return block, text[start:], len(block) + 1


def parted(text: str) -> list[str]:
    r"""Parts of a text parted by |, in which `\|` and `\\` stand for | and a backslash."""
    if "\\" not in text:
        return text.split("|")
    parts = [""]
    for escaped, plain, bar, lone in _STEP.findall(text):
        if bar:
            parts.append("")
        elif escaped and escaped not in "\\|":
            parts[-1] += "\\" + escaped
        else:
            parts[-1] += escaped or plain or lone
    return parts


def _address(value: str) -> str:
    return "" if _ADDRESS.fullmatch(value) else f"{value!r} is no address with a scheme"


def _day(value: str) -> str:
    try:
        if _DAY.fullmatch(value) and date.fromisoformat(value):
            return ""
    except ValueError:
        pass
    return f"{value!r} is no date like 2026-11-23"


def _number(value: str, least: float, most: float) -> str:
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if least <= number <= most:
        return ""
    return f"{value!r} is no number from {least:g} to {most:g}"


def _list(known: tuple[str, ...]) -> str:
    return ", ".join(known)


def _hint(name: str, known: Any) -> str:
    near = nearest(name, known)
    return f"; did you mean {' or '.join(near)}?" if near else ""
