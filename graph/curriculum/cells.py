"""One cell of a course plan as a value, whatever form of file it stands in."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from graph.curriculum.model import Depth, Level, Setting
from graph.nearest import nearest
from graph.sheets import unguarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graph.catalogue import Catalogue
    from graph.curriculum.fields import Faults

#: Words for what a course does, as programmes write them.
DEPTHS: Final = {
    "i": Depth.INTRODUCES, "introduces": Depth.INTRODUCES, "introduced": Depth.INTRODUCES,
    "introduce": Depth.INTRODUCES,
    "p": Depth.PRACTISES, "practises": Depth.PRACTISES, "practised": Depth.PRACTISES,
    "practices": Depth.PRACTISES, "practiced": Depth.PRACTISES, "practise": Depth.PRACTISES,
    "practice": Depth.PRACTISES,
    "d": Depth.DEMONSTRATES, "demonstrates": Depth.DEMONSTRATES,
    "demonstrated": Depth.DEMONSTRATES, "demonstrate": Depth.DEMONSTRATES,
}  # fmt: skip
LEVELS: Final = {
    "generalist": Level.GENERALIST, "specialised": Level.SPECIALISED,
    "specialized": Level.SPECIALISED,
}  # fmt: skip
SETTINGS: Final = {"class": Setting.CLASS, "field": Setting.FIELD}
REQUIRED: Final = {
    "yes": True, "required": True, "true": True, "no": False, "elective": False, "false": False,
}  # fmt: skip

#: What programmes write for the dimensions and systems of EPAS, by the id of the concept.
DIMENSION_WORDS: Final = {
    "k": "knowledge", "v": "values", "s": "skills", "c/a": "cognitive-and-affective-processes",
    "ca": "cognitive-and-affective-processes",
    "cognitive and affective processes": "cognitive-and-affective-processes",
}  # fmt: skip
SYSTEM_WORDS: Final = {
    "individuals": "individual", "families": "family", "groups": "group",
    "organizations": "organization", "organisation": "organization",
    "organisations": "organization", "communities": "community",
}  # fmt: skip

_BETWEEN_WORDS: Final = re.compile(r"[,;|\n]+")
_DECIMAL_COMMA: Final = re.compile(r"[0-9]+,[0-9]{1,2}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

#: Longest text, in characters: a cell of a spreadsheet holds no more than 32,767.
MOST_TEXT: Final = 10_000

#: Largest number of hours or credits.
_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Row:
    """A record of a file, whichever form it has: where it stands, and its cells by column."""

    path: str
    line: int
    cells: Mapping[str, Any]


def given(value: Any) -> bool:
    """Whether a cell says anything."""
    return value is not None and value != [] and str(value).strip() != ""


def as_seen(code: str) -> str:
    """A code without what people do not see or mean: capitals, and signs without a width."""
    seen = unicodedata.normalize("NFKC", code).casefold()
    return "".join(sign for sign in seen if unicodedata.category(sign) != "Cf")


def listed(words: Iterable[str]) -> str:
    """Words for a message."""
    return ", ".join(words)


def meant(word: str, known: Iterable[str]) -> str:
    """The known word that is most like an unknown one, as a question; empty if none is."""
    near = nearest(word, known, most=1)
    return f"did you mean {near[0]!r}? " if near else ""


@dataclass
class Cells:
    """Reads cells; one that is wrong is a fault, and reads as if it were empty."""

    catalogue: Catalogue
    faults: Faults

    def text(self, row: Row, column: str) -> str:
        """One line of text: runs of white space become one space, a list is joined."""
        value = row.cells.get(column)
        if value is None:
            return ""
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            value = "; ".join(value)
        if isinstance(value, bool | list | dict):
            self._fault(row, column, "must be a text")
            return ""
        text = " ".join(str(value).split())
        # A spreadsheet guards a text that looks like a formula by an apostrophe before it.
        while (plain := unguarded(text)) != text:
            text = plain
        if _CONTROL.search(text):
            self._fault(row, column, "holds a control character")
            return ""
        if len(text) > MOST_TEXT:
            self._fault(row, column, f"is longer than {MOST_TEXT:,} characters; say it shorter")
            return ""
        return text

    def number(self, row: Row, column: str) -> float | None:
        """A number above 0 and up to 10,000; `None` if the cell says nothing."""
        value = row.cells.get(column)
        if not given(value):
            return None
        try:
            number = math.nan if isinstance(value, bool) else float(str(value))
        except (TypeError, ValueError):
            number = math.nan
        if not 0 < number <= _MOST:
            message = f"{value!r} is no number above 0 and up to {_MOST:,}"
            if _DECIMAL_COMMA.fullmatch(str(value).strip()):
                message += f"; write {str(value).strip().replace(',', '.')}, with a point"
            self._fault(row, column, message)
            return None
        return number

    def one(
        self, row: Row, column: str, words: Mapping[str, Any], *, empty: str = ""
    ) -> Any | None:
        """The value that one word of a short list stands for.

        Parameters
        ----------
        empty : str
            What to do about an empty cell, if it is a fault.
        """
        value = row.cells.get(column)
        word = " ".join(str(value).split()).lower() if given(value) else ""
        if not word and not empty:
            return None
        if not word:
            self.faults.add(row.line, f"column {column} is empty; {empty}", row.path)
            return None
        if word not in words:
            near = nearest(word, words, most=1)
            hint = f"did you mean {near[0]!r}? It" if near else "it"
            first = dict.fromkeys(words.values())
            names = [next(w for w, v in words.items() if v is value_) for value_ in first]
            shown = [w if len(w) > 1 else f"{w.upper()} ({words[w]})" for w in names]
            self._fault(row, column, f"{value!r} is unknown; {hint} is one of {listed(shown)}")
            return None
        return words[word]

    def several(
        self, row: Row, column: str, scheme: str, words: Mapping[str, str]
    ) -> tuple[str, ...]:
        """Ids of concepts of a scheme in the order of their list, each once."""
        value = row.cells.get(column)
        if not given(value):
            return ()
        parts = value if isinstance(value, list) else _BETWEEN_WORDS.split(str(value))
        known = [c.id for c in self.catalogue.concepts if c.scheme == scheme]
        found = set()
        for one in parts:
            word = " ".join(str(one).split()).lower()
            if not word:
                continue
            key = words.get(word, word)
            if key in known:
                found.add(key)
                continue
            near = nearest(word, [*words, *known], most=1)
            hint = f"did you mean {near[0]!r}? It" if near else "it"
            self._fault(row, column, f"{one!r} is no {scheme}; {hint} is one of {listed(known)}")
        return tuple(key for key in known if key in found)

    def _fault(self, row: Row, column: str, message: str) -> None:
        self.faults.add(row.line, f"column {column}: {message}", row.path)
