"""How statements of somebody else get identifiers of ours.

A framework's id is a word of lower-case letters and digits joined by hyphens; a statement's code is
what follows a start that all IRIs of its framework share. Where publisher's IRIs have such a start
they stay what they are: `prefix_iri` + code is the publisher's own IRI again.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: What may be the code of a statement (`graph.tables` holds tables to the same).
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.()_-]*")

_START: Final = re.compile(r".*[/#:=]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Names:
    """Codes of the statements of one framework.

    Attributes
    ----------
    prefix_iri : str
        What the code of a statement is put after to make its IRI.
    codes : Mapping[str, str]
        By the publisher's IRI.
    kept : bool
        Whether `prefix_iri` + code is the publisher's IRI.
    """

    prefix_iri: str
    codes: Mapping[str, str]
    kept: bool


def name_statements(
    iris: Sequence[str], notations: Mapping[str, str], fallback: str, *, keep: bool = True
) -> Names:
    """Codes for the statements of a framework.

    Publisher's IRIs are kept if all start alike, up to `/`, `#`, `:` or `=`, and go on with what
    can be a code. Otherwise each statement gets an IRI below `fallback`: by its notation if all
    have one and no two the same, else by the end of its IRI, with a number of its own where two
    end the same.

    Parameters
    ----------
    notations : Mapping[str, str]
        By IRI, for statements that have one.
    keep : bool
        Whether publisher's IRIs may be kept at all.
    """
    # What sorts first and last shares with one another what all share.
    first, last = min(iris), max(iris)
    same = next(
        (i for i, pair in enumerate(zip(first, last, strict=False)) if len({*pair}) > 1), -1
    )
    start = _START.match(first[:same] if same >= 0 else min(first, last, key=len))
    stem = start[0] if start else ""
    endings = {iri: iri[len(stem) :] for iri in iris}
    if keep and stem and all(_CODE.fullmatch(ending) for ending in endings.values()):
        return Names(stem, endings, kept=True)
    values = [notations.get(iri, "") for iri in iris]
    if len(set(values)) == len(iris) and all(_CODE.fullmatch(value) for value in values):
        return Names(fallback, dict(zip(iris, values, strict=True)), kept=False)
    codes: dict[str, str] = {}
    for iri in sorted(iris):
        code = code_from(re.split(r"[/#:=]", iri.rstrip("/#"))[-1])
        if not code or code in codes:
            code = f"{code}-{_digest(iri)}".lstrip("-")
        codes[code] = iri
    return Names(fallback, {iri: code for code, iri in codes.items()}, kept=False)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _without_accents(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(part for part in parts if not unicodedata.combining(part))


def framework_id(suggestions: Iterable[str], taken: Iterable[str]) -> str:
    """The first suggestion that makes an id which is free; if none is, the first with a number."""
    used = {*taken}
    slugs = [found for found in map(_worded, suggestions) if found] or ["framework"]
    numbered = (f"{slugs[0]}-{number}" for number in count(2))
    return next(found for found in chain(slugs, numbered) if found not in used)


def slug(text: str, otherwise: str = "") -> str:
    """A text as lower-case words joined by hyphens, accents left out.

    Parameters
    ----------
    otherwise : str
        What a text of which nothing is left, in another script for example, is called, with eight
        digits of its digest; empty: an empty slug.

    >>> slug("Soins infirmiers, \u00e9tape 2"), slug("\u2026"), slug("\u2026", "kind")
    ('soins-infirmiers-etape-2', '', 'kind-b4935894')
    """
    found = "-".join(re.findall(r"[a-z0-9]+", _without_accents(text).lower()))
    return found or (f"{otherwise}-{_digest(text)}" if otherwise else "")


def code_from(text: str) -> str:
    """A text with a hyphen for whatever cannot stand in a code; empty if nothing is left."""
    return re.sub(r"[^A-Za-z0-9.()_-]+", "-", _without_accents(text)).strip("-._()")


def _worded(text: str) -> str:
    """A slug that can be a framework's id: it begins with a letter and is not too long."""
    words = slug(text).split("-")
    while words and not words[0][:1].isalpha():
        words.pop(0)
    return "-".join(words)[:60].rstrip("-")


def one_line(text: str) -> str:
    r"""A text as one cell of a table: no line ends, tabs or other control characters.

    Spaces within a line stay as they are.

    >>> one_line("Understand\n\tthe  whole ")
    'Understand the  whole'
    """
    kept = "".join(
        "\n" if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character
        for character in text
    )
    return " ".join(part for line in kept.split("\n") if (part := line.strip()))


def date_in(text: str) -> str:
    """The day, the month or the year that a date or a time begins with; empty if none."""
    found = re.match(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?(?![\d-])", text.strip())
    return found[0] if found else ""
