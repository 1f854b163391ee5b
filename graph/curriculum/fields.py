"""The keys of a small YAML file, read with their lines; all faults of a file come back together."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, TypeVar

from graph.bounded import compose_yaml, refusal, yaml_fields
from graph.errors import SourcesError
from graph.model import Finding
from graph.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from enum import StrEnum

    Word = TypeVar("Word", bound=StrEnum)

#: Decimal places that a number of hours or credits may have, and the largest number.
PLACES: Final = 2
MOST_NUMBER: Final = 1_000_000

#: A surrogate, which YAML lets one write as an escape.
_HALF: Final = re.compile("[\ud800-\udfff]")


@dataclass
class Faults:
    """What is wrong with one file, gathered while it is read."""

    name: str
    findings: list[Finding] = field(default_factory=list)

    def add(self, line: int, message: str, path: str = "") -> None:
        """Note a fault; `path` names a part of the file, such as a sheet of a workbook."""
        self.findings.append(Finding(path or self.name, line, message))

    def raise_any(self) -> None:
        """End the reading if anything is wrong.

        Raises
        ------
        SourcesError
        """
        if self.findings:
            raise SourcesError(sorted(set(self.findings)))


@dataclass
class Fields:
    """One mapping: its values by key, each with its line.

    Every method that finds a value of the wrong kind notes a fault and returns as if the key were
    not there, so that one reading finds all faults.

    Attributes
    ----------
    about : str
        What the mapping is, to begin messages with; empty for the file itself.
    """

    faults: Faults
    line: int
    about: str
    values: dict[str, tuple[int, Any]]

    @classmethod
    def of(cls, node: Any, faults: Faults, about: str = "") -> Fields:
        """The pairs of a mapping's tree.

        Raises
        ------
        SourcesError
            If it is no mapping.
        """
        line = node.start_mark.line + 1
        values = {key: (at, value) for key, at, value in yaml_fields(node, faults.name)}
        return cls(faults, line, about, values)

    def fault(self, key: str, message: str) -> None:
        """Note a fault at a key, or at the head of the mapping if the key is not there."""
        line = self.values.get(key, (self.line,))[0]
        self.faults.add(line, f"{self.about}: {message}" if self.about else message)

    def only(self, known: Sequence[str]) -> None:
        """Note every key that is not known, with the nearest that is."""
        for key in self.values:
            if key not in known:
                near = nearest(key, known, most=1)
                hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
                self.fault(key, f"there is no key {key!r} here; {hint}")

    def text(self, key: str) -> str | None:
        """A text; a number stands for its digits."""
        if key not in self.values:
            return None
        value = self.values[key][1]
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            text = " ".join(str(value).split())
            if text:
                return None if self._half(key, text) else text
            self.fault(key, f"{key} must not be empty")
            return None
        self.fault(key, f"{key} must be a text")
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        """A text or a list of texts."""
        if key not in self.values:
            return ()
        value = self.values[key][1]
        items = value if isinstance(value, list) else [value]
        found = [" ".join(str(item).split()) for item in items if is_text(item)]
        if len(found) != len(items) or not items:
            self.fault(key, f"{key} must be a text or a list of texts")
            return ()
        if any(self._half(key, item) for item in found):
            return ()
        for item in sorted({item for item in found if found.count(item) > 1}):
            self.fault(key, f"{key} names {item!r} twice; keep one")
        return tuple(found)

    def _half(self, key: str, text: str) -> bool:
        """Whether a text holds half of a character, which no file can hold."""
        if _HALF.search(text):
            self.fault(key, f"{key} holds half of a character; write it whole")
            return True
        return False

    def word(self, key: str, words: type[Word]) -> Word | None:
        """One word of a list."""
        value = self.text(key)
        return None if value is None else self._known(key, value, words)

    def words(self, key: str, words: type[Word]) -> tuple[Word, ...]:
        """Some words of a list."""
        found = (self._known(key, value, words) for value in self.texts(key))
        return tuple(word for word in found if word is not None)

    def _known(self, key: str, value: str, words: type[Word]) -> Word | None:
        if value in {*words}:
            return words(value)
        self.fault(key, f"{key} cannot be {value!r}; {_one_of(value, words)}")
        return None

    def number(self, key: str, *, most: float | None = None) -> Fraction | None:
        """A number from 0, exact as it is written, with at most two decimal places."""
        if key not in self.values:
            return None
        value = self.values[key][1]
        found = exact(value) if isinstance(value, int | float) else None
        if found is None or isinstance(value, bool) or (most is not None and found > most):
            upper = f"{most:g}" if most is not None else f"{MOST_NUMBER:,}"
            message = f"a number from 0 to {upper} with at most {PLACES} decimal places"
            self.fault(key, f"{key} cannot be {value!r}; it takes {message}")
            return None
        return found

    def count(self, key: str) -> int | None:
        """A whole number from 1."""
        if key not in self.values:
            return None
        value = self.values[key][1]
        if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
            return value
        self.fault(key, f"{key} cannot be {value!r}; it takes a whole number from 1")
        return None


def exact(value: float) -> Fraction | None:
    """A number as the decimal that it is written as; None out of range or past two places."""
    try:
        decimal = Decimal(str(value))
    except InvalidOperation:
        return None
    if not decimal.is_finite() or not 0 <= decimal <= MOST_NUMBER:
        return None
    return Fraction(decimal) if decimal == round(decimal, PLACES) else None


def is_text(item: object) -> bool:
    """Whether a value can stand for a text: a number does for its digits."""
    return isinstance(item, str | int | float) and not isinstance(item, bool) and bool(str(item))


def _one_of(value: str, words: Iterable[str]) -> str:
    known = [*map(str, words)]
    near = nearest(value, known, most=1)
    return f"did you mean {near[0]}?" if near else f"it takes one of {', '.join(known)}"


def head(raw: bytes, faults: Faults) -> tuple[Fields, dict[str, Any]]:
    """A file that is one mapping: its fields, and the trees of those that hold further ones.

    Raises
    ------
    SourcesError
        If it cannot be read, is empty, or is no mapping.
    """
    node = compose_yaml(raw, faults.name)
    if node is None:
        raise refusal(faults.name, 1, "is empty")
    fields = Fields.of(node, faults)
    return fields, {key.value: value for key, value in node.value}


def mappings(node: Any, faults: Faults, what: str) -> Iterator[Any]:
    """The trees of a list of mappings; anything else in it is a fault."""
    if not isinstance(getattr(node, "value", None), list) or node.tag != "tag:yaml.org,2002:seq":
        faults.add(node.start_mark.line + 1, f"must be a list of {what}, each beginning with -")
        return
    for child in node.value:
        if child.tag != "tag:yaml.org,2002:map":
            faults.add(child.start_mark.line + 1, f"must be keys with values, as in {what}")
        else:
            yield child
