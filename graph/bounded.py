"""Files from outside as text and plain values, with a bound on everything that could run away.

What comes in is somebody's file: too large, in another encoding, nested a million deep, or a few
bytes that unfold to gigabytes. Each of these is refused here, before a parser sees it, with the
place and the mend. Spreadsheets are `graph.sheets`.
"""

from __future__ import annotations

import csv
import io
import json
import json.scanner
import math
import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

from graph.errors import SourcesError
from graph.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Largest file that is read whole, in bytes.
MOST_BYTES: Final = 64 * 1024 * 1024

#: Deepest nesting of brackets in JSON and of indentation in YAML.
MOST_NESTING: Final = 100

_BRACKETS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_MARKS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)


def refusal(name: str, line: int, message: str) -> SourcesError:
    """An error with one finding."""
    return SourcesError([Finding(name, line, message)])


def check_size(raw: bytes, name: str, most: int = MOST_BYTES) -> None:
    """Refuse a file that is too large.

    Raises
    ------
    SourcesError
    """
    if len(raw) > most:
        message = f"is {len(raw):,} bytes; the most that is read is {most:,}; split the file"
        raise refusal(name, 1, message)


def decode_text(raw: bytes, name: str, most: int = MOST_BYTES) -> str:
    """A file as text: UTF-8, with or without a byte order mark.

    Line ends stay as they are.

    Raises
    ------
    SourcesError
        If it is too large, not UTF-8, or holds a NUL byte, as UTF-16 and spreadsheets do.
    """
    check_size(raw, name, most)
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise refusal(name, 1, "is UTF-16; save it as UTF-8")
    if raw[:4] == b"PK\x03\x04":
        raise refusal(name, 1, "is a spreadsheet or another archive; give it its ending, as .xlsx")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = f"byte {raw[error.start]:#04x} is not UTF-8; save the file as UTF-8"
        if name.lower().endswith(".csv"):
            message += ', in Excel as "CSV UTF-8"'
        raise refusal(name, line, message) from None
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise refusal(name, line, "holds a NUL character; save it as UTF-8 text")
    return text


class Placed(dict[str, Any]):
    """A record of a file, and the line on which it begins, counted from 1."""

    line: int = 0


class _PlacingDecoder(json.JSONDecoder):
    """JSON whose objects are `Placed`: slower than the usual one, for files that people write."""

    def __init__(self, text: str, **hooks: Any) -> None:
        super().__init__(**hooks)
        self._ends = [place for place, character in enumerate(text) if character == "\n"]
        self.parse_object = self._placed
        self.scan_once = json.scanner.py_make_scanner(self)  # type: ignore[attr-defined]

    def _placed(self, begin: tuple[str, int], *options: Any) -> tuple[Placed, int]:
        value, end = json.decoder.JSONObject(begin, *options)  # type: ignore[attr-defined]
        record = Placed(value)
        record.line = bisect_left(self._ends, begin[1]) + 1
        return record, end


def parse_json(
    raw: bytes, name: str, *, placed: bool = False, most_values: int | None = None
) -> Any:
    """A JSON document without half characters, names that stand twice, and endless numbers.

    Parameters
    ----------
    placed : bool
        Whether objects are to know their lines, as `Placed`.
    most_values : int, optional
        About how many values it may hold, counted by commas and brackets before it is parsed.

    Raises
    ------
    SourcesError
        Naming the line.
    """
    text = decode_text(raw, name)
    deep = values = 0
    for match in (_BRACKETS if most_values is None else _MARKS).finditer(text):
        if match[0] in "[{,":
            values += 1
            if most_values is not None and values > most_values:
                line = text.count("\n", 0, match.start()) + 1
                raise refusal(name, line, f"holds more than {most_values:,} values; split the file")
        if match[0] in "[{":
            deep += 1
            if deep > MOST_NESTING:
                line = text.count("\n", 0, match.start()) + 1
                raise refusal(name, line, f"nests deeper than {MOST_NESTING} brackets")
        elif match[0] in "]}":
            deep -= 1

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        record = dict(pairs)
        if len(record) < len(pairs):
            seen: set[str] = set()
            twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            raise ValueError(f"{twice!r} stands twice in one object; keep one")
        return record

    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is no JSON")

    def finite(digits: str) -> float:
        number = float(digits)
        if math.isinf(number):
            raise ValueError(f"{digits[:20]} is larger than a number can be")
        return number

    try:
        hooks: dict[str, Any] = {
            "object_pairs_hook": once, "parse_constant": refuse, "parse_float": finite,
        }  # fmt: skip
        decoder = _PlacingDecoder(text, **hooks) if placed else json.JSONDecoder(**hooks)
        value = decoder.decode(text)
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise refusal(name, error.lineno, f"is not JSON: {error.msg}") from None
    except UnicodeEncodeError:
        raise refusal(name, 1, "holds half of a character; write it whole") from None
    except (ValueError, RecursionError) as error:
        raise refusal(name, 1, f"cannot be read: {error}") from None
    return value


@dataclass(frozen=True, slots=True)
class CsvRecord:
    """One record of a CSV file.

    Attributes
    ----------
    line, last : int
        First and last line of the file that it takes, counted from 1.
    text : str
        As it stands in the file, with its line end.
    """

    line: int
    last: int
    cells: list[str]
    text: str


def csv_records(text: str, name: str, delimiter: str = ",") -> Iterator[CsvRecord]:
    """The records of a CSV file; those whose cells are all empty are passed over.

    Raises
    ------
    SourcesError
        If a quotation mark is not closed or a cell goes on after one.
    """
    lines = io.StringIO(text, newline="").readlines()
    records = csv.reader(lines, delimiter=delimiter, strict=True)
    before = 0
    try:
        for cells in records:
            if any(cell.strip() for cell in cells):
                whole = "".join(lines[before : records.line_num])
                yield CsvRecord(before + 1, records.line_num, cells, whole)
            before = records.line_num
    except csv.Error as error:
        message = f"is not CSV: {error}; close the quotation mark, or write it twice"
        raise refusal(name, before + 1, message) from None


class _PlainLoader(yaml.SafeLoader):
    """YAML without anchors and tags, and without dates: a date stays the text that it was.

    An alias lets a hundred bytes stand for gigabytes; nothing that people write by hand needs one.
    """

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            message = "anchors and aliases (& and *) are not read; write the value out"
            raise yaml.MarkedYAMLError(problem=message, problem_mark=event.start_mark)
        if getattr(event, "tag", None):
            message = f"tags such as {event.tag} are not read; write the plain value"
            raise yaml.MarkedYAMLError(problem=message, problem_mark=event.start_mark)
        if event.start_mark.column > MOST_NESTING * 4:
            raise yaml.MarkedYAMLError(problem="nests too deep", problem_mark=event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        keys = [key.value for key, _ in node.value]
        for place, (key, _) in enumerate(node.value):
            if key.value in keys[:place]:
                message = f"{key.value!r} stands twice; keep one"
                raise yaml.MarkedYAMLError(problem=message, problem_mark=key.start_mark)
        return super().construct_mapping(node, deep=deep)


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _PlacingLoader(_PlainLoader):
    """The same, with mappings that are `Placed`."""


def _place(loader: Any, node: Any) -> Placed:
    record = Placed(loader.construct_mapping(node, deep=True))
    record.line = node.start_mark.line + 1
    return record


_PlacingLoader.add_constructor("tag:yaml.org,2002:map", _place)


def parse_yaml(raw: bytes, name: str, *, placed: bool = False) -> Any:
    """A YAML document of plain values; see `yaml_items` for where those of a list stand.

    Parameters
    ----------
    placed : bool
        Whether mappings are to know their lines, as `Placed`.

    Raises
    ------
    SourcesError
        Naming the line; also if it has anchors, aliases or tags.
    """
    node = compose_yaml(raw, name)
    if node is None:
        return None
    return _construct(node, name, _PlacingLoader if placed else _PlainLoader)


def compose_yaml(raw: bytes, name: str) -> Any:
    """The tree of a YAML document, whose nodes know their lines; `None` for an empty one.

    Raises
    ------
    SourcesError
        Naming the line.
    """
    text = decode_text(raw, name)
    try:
        return yaml.compose(text, Loader=_PlainLoader)
    except yaml.YAMLError as error:
        raise _yaml_refusal(error, name) from None
    except RecursionError:
        raise refusal(name, 1, "nests too deep") from None


def _construct(node: Any, name: str, loader_class: type[_PlainLoader] = _PlainLoader) -> Any:
    loader = loader_class("")
    try:
        return loader.construct_document(node)
    except yaml.YAMLError as error:
        raise _yaml_refusal(error, name) from None
    except (ValueError, RecursionError) as error:
        raise refusal(name, node.start_mark.line + 1, f"cannot be read: {error}") from None
    finally:
        loader.dispose()


def yaml_items(node: Any, name: str) -> Iterator[tuple[int, Any]]:
    """Line and value of each item of a YAML list's tree.

    Raises
    ------
    SourcesError
        If a value cannot be read.
    """
    for child in node.value:
        yield child.start_mark.line + 1, _construct(child, name)


def yaml_fields(node: Any, name: str) -> Iterator[tuple[str, int, Any]]:
    """Key, line and value of each pair of a YAML mapping's tree.

    Raises
    ------
    SourcesError
        If it is no mapping, a key is no plain word, or a value cannot be read.
    """
    if not isinstance(node, yaml.MappingNode):
        raise refusal(name, node.start_mark.line + 1, "must be keys with values, as in key: value")
    seen: set[str] = set()
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise refusal(name, line, "has a key that is no plain word")
        if key.value in seen:
            raise refusal(name, line, f"{key.value!r} stands twice; keep one")
        seen.add(key.value)
        yield key.value, line, _construct(value, name)


def _yaml_refusal(error: yaml.YAMLError, name: str) -> SourcesError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "cannot be read"
    return refusal(name, mark.line + 1 if mark else 1, f"is not plain YAML: {problem}")


_DOCTYPE: Final = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def refuse_doctype(raw: bytes, name: str) -> None:
    """Refuse XML that declares entities, which a parser would unfold, before it is parsed.

    Raises
    ------
    SourcesError
    """
    check_size(raw, name)
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in raw[:400]:
        raise refusal(name, 1, "is not UTF-8; save it as UTF-8")
    found = _DOCTYPE.search(raw)
    if found:
        line = raw[: found.start()].count(b"\n") + 1
        raise refusal(name, line, "declares a DOCTYPE or entities; write the text out without them")
