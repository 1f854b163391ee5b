"""The phrases of a claim: which statements, how many of which courses, how much.

Every function says what is wrong with its phrase by a `ValueError`.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from graph.curriculum.claim_model import ONE, Courses, Range, Unit
from graph.curriculum.fields import exact
from graph.curriculum.model import Level, Setting
from graph.curriculum.serving import below
from graph.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graph.catalogue import Catalogue

_NUMBERS: Final = {
    word: value
    for value, words in enumerate(
        ("no", "a an one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
    for word in words.split()
}
_KINDS: Final[dict[str, tuple[str, Any]]] = {
    "required": ("required", True),
    "elective": ("required", False),
    "class": ("setting", Setting.CLASS),
    "field": ("setting", Setting.FIELD),
    "generalist": ("level", Level.GENERALIST),
    "specialised": ("level", Level.SPECIALISED),
    "specialized": ("level", Level.SPECIALISED),
}
#: Digits of a number of courses.
_MOST_DIGITS: Final = 6

_HOW_MANY: Final = re.compile(r"(at least|at most|exactly)?\s*([\w.]+)\s+(.*)")


def select(phrase: str, catalogue: Catalogue) -> list[str]:
    """Statements that a phrase names: a CURIE, or `<level> of <framework or CURIE>`.

    `statement` stands for any level.

    Raises
    ------
    ValueError
        Saying what is wrong with the phrase, with the nearest name.
    """
    level, of, whole = phrase.rpartition(" of ")
    if not of:
        if phrase in catalogue.competencies:
            return [phrase]
        if phrase in catalogue.frameworks:
            raise ValueError(f"a framework is no statement; write: competency of {phrase}")
        raise _unknown("statement", phrase, [*catalogue.competencies], "write it like epas-2022:4")
    if whole in catalogue.frameworks:
        members: Iterable[str] = [c.id for c in catalogue.by_framework.get(whole, ())]
    elif whole in catalogue.competencies:
        members = [part.id for part in below(whole, catalogue)]
    else:
        names = [*catalogue.frameworks, *catalogue.competencies]
        raise _unknown("framework or statement", whole, names, "write it like epas-2022")
    levels = sorted({c.level for c in catalogue.competencies.values()} | {"statement"})
    if level not in levels:
        raise _unknown("level", level, levels, f"levels are {', '.join(levels)}")
    found = [key for key in members if level in ("statement", catalogue.competencies[key].level)]
    if not found:
        raise ValueError(f"{whole} has no {level}")
    return found


def _unknown(kind: str, word: str, known: Sequence[str], otherwise: str) -> ValueError:
    near = nearest(word, known, most=1)
    hint = f"did you mean {near[0]}?" if near else otherwise
    return ValueError(f"there is no {kind} {word!r}; {hint}")


def kinds(text: str) -> Courses:
    """Kinds of courses, as in `required field courses`.

    Raises
    ------
    ValueError
    """
    *words, noun = text.lower().split()
    if noun not in ("course", "courses"):
        raise ValueError("must end with course or courses")
    found: dict[str, Any] = {}
    for word in words:
        if word not in _KINDS:
            near = nearest(word, _KINDS, most=1)
            hint = f"did you mean {near[0]}?" if near else f"kinds are {', '.join(_KINDS)}"
            raise ValueError(f"{word!r} is no kind of course; {hint}")
        attribute, value = _KINDS[word]
        if attribute in found:
            raise ValueError(f"{word!r} and another word say the same kind of thing; keep one")
        found[attribute] = value
    return Courses(**found)


def counted(text: str) -> tuple[Range, Courses]:
    """How many courses of which kinds, as in `at least two required courses`.

    Raises
    ------
    ValueError
    """
    count, rest = _how_many(text)
    return count, kinds(rest)


def resting(text: str) -> Courses:
    """The one course that something rests on, as in `one elective course`.

    Raises
    ------
    ValueError
    """
    count, rest = _how_many(text)
    if count != ONE or text.lower().startswith("at "):
        raise ValueError("must be one course, as in: one elective course")
    return kinds(rest)


def _how_many(text: str) -> tuple[Range, str]:
    """How many, and the words that follow."""
    match = _HOW_MANY.fullmatch(text.strip().lower())
    how, word, rest = match.groups() if match else (None, "", "")
    value = _NUMBERS.get(word)
    if value is None and word.isdecimal() and len(word) <= _MOST_DIGITS:
        value = int(word)
    if value is None:
        raise ValueError("must begin with how many, as in: at least 2 required courses")
    count = Fraction(value)
    if value == 0 or how in ("at most", "exactly"):
        return Range(count if how == "exactly" else Fraction(0), count), rest
    return Range(count), rest


def amount(text: str) -> tuple[Range, Unit]:
    """How much, and its unit, as in `at least 900 hours`.

    Raises
    ------
    ValueError
    """
    count, rest = _measured(text)
    unit = {u.removesuffix("s"): u for u in Unit}.get(rest.strip().removesuffix("s"))
    if unit is None:
        raise ValueError(f"must end with {', '.join(Unit)}")
    return count, unit


def hours(text: str) -> Range:
    """A number of hours, as in `at least 6`.

    Raises
    ------
    ValueError
    """
    count, rest = _measured(f"{text} hours" if not text.endswith("hours") else text)
    if rest != "hours":
        raise ValueError("must be a number of hours, as in: at least 6")
    return count


def _measured(text: str) -> tuple[Range, str]:
    """How much, decimals allowed, and the words that follow."""
    match = _HOW_MANY.fullmatch(text.strip().lower())
    try:
        value = exact(float(match[2])) if match else None
    except ValueError:
        value = None
    if match is None or value is None:
        raise ValueError("must say how much, as in: at least 900 hours")
    if match[1] in ("at most", "exactly"):
        return Range(value if match[1] == "exactly" else Fraction(0), value), match[3]
    return Range(value), match[3]
