"""The words of statements, weighted, and how alike they make two statements.

The cosine of two statements can be taken apart into the words that made it. Rationales are no part
of a statement's words.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from graph.records import figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.catalogue import Catalogue
    from graph.model import Competency
    from graph.records import Record

#: What a word counts for by where it stands. A title is short and chosen with care; the words of
#: behaviors and activities say what a competency asks for, in detail. This project's convention,
#: set before anything was measured.
TITLE, DESCRIPTION, BELOW = 2.0, 1.0, 0.5

_WORD: Final = re.compile(r"[^\W\d_]{2,}")

#: Words that only hold sentences together (closed classes). Words that are merely frequent stay:
#: their weight is low by itself.
_EMPTY: Final = frozenset((
    "about", "across", "after", "against", "all", "along", "alongside", "also", "among", "an",
    "and", "another", "any", "anything", "are", "around", "as", "at", "be", "because", "been",
    "before", "beside", "between", "both", "but", "by", "can", "could", "did", "do", "does",
    "each", "either", "every", "everyone", "for", "from", "had", "has", "have", "he", "her",
    "his", "how", "if", "in", "inside", "instead", "into", "is", "it", "its", "itself", "many",
    "may", "more", "most", "much", "must", "no", "nor", "not", "of", "off", "on", "one", "ones",
    "only", "or", "other", "others", "our", "out", "over", "own", "rather", "same", "she",
    "should", "since", "so", "some", "such", "than", "that", "the", "their", "them",
    "themselves", "then", "there", "thereby", "these", "they", "this", "those", "through", "to",
    "together", "toward", "towards", "under", "until", "up", "upon", "us", "was", "we", "were",
    "what", "when", "where", "wherever", "whether", "which", "while", "who", "whole", "whom",
    "whose", "why", "will", "with", "within", "without", "would", "you", "your",
))  # fmt: skip

#: The texts mix spellings; these beginnings are read as American ones.
_SPELLING: Final = {
    "analys": "analyz", "behaviour": "behavior", "centre": "center", "honour": "honor",
    "neighbour": "neighbor", "organis": "organiz", "practis": "practic", "prioritis": "prioritiz",
    "programme": "program", "realis": "realiz", "recognis": "recogniz", "summaris": "summariz",
    "synthesis": "synthesiz",
}  # fmt: skip

#: Endings that are cut off, each with the fewest letters that must stay. Longer ones come first.
_SHORT_STEM: Final = ("ed", "ial", "ing", "ism", "ist", "ly")

_LONG_STEM: Final = (
    "able", "acy", "al", "ally", "ance", "ant", "ate", "ated", "ating", "ation", "ational",
    "ations", "ative", "atively", "ator", "ators", "ence", "ent", "er", "ful", "ible", "ical",
    "ion", "is", "ity", "ive", "ization", "ize", "less", "ment", "ments", "ness", "or", "ship",
)  # fmt: skip

_ENDINGS: Final = tuple(
    sorted(
        [*((ending, 3) for ending in _SHORT_STEM), *((ending, 4) for ending in _LONG_STEM)],
        key=lambda ending: (-len(ending[0]), ending[0]),
    )
)


@cache
def fold(word: str) -> str:
    """The stem of a word in lower case, by cutting endings off until nothing changes.

    A light relative of Porter's stemmer [1]_: one table of endings, each with the fewest letters
    that must stay, in place of his measure of syllables. Unlike his, it keeps *community* and
    *communication* apart, which would be a fault in this field. Like his, it joins some words
    that have little in common (*general*, *generate*). Idempotent.

    Examples
    --------
    >>> {fold(word) for word in ("assess", "assessing", "assessment")}
    {'assess'}
    >>> fold("communities"), fold("communication")
    ('commun', 'communic')

    References
    ----------
    .. [1] M. F. Porter (1980), An algorithm for suffix stripping, Program 14(3), 130-137.
    """
    for british, american in _SPELLING.items():
        if word.startswith(british):
            word = american + word[len(british) :]
    before = ""
    while word != before:
        before = word
        if len(word) > 4 and word.endswith("ies"):
            word = word[:-3] + "y"
        elif len(word) > 3 and word[-1] == "s" and not word.endswith(("is", "ss", "us")):
            word = word[:-1]
        for ending, least in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= least:
                word = word[: -len(ending)]
                break
        if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
            word = word[:-1]
        if len(word) > 3 and word[-1] in "ey":
            word = word[:-1]
    return word


def words_of(text: str) -> list[str]:
    """Words of a text in lower case and in order, without numbers and empty words."""
    return [word for word in _WORD.findall(text.lower()) if word not in _EMPTY]


@dataclass(frozen=True, slots=True)
class Word:
    """A word that two statements share.

    Attributes
    ----------
    term : str
        As it stands in the texts; both forms if they differ: `assess / assessing`.
    contribution : float
        Its part of the cosine.
    """

    term: str
    contribution: float

    def record(self) -> Record:
        """As JSON."""
        return {"term": self.term, "contribution": figure(self.contribution)}


class Texts:
    """The weighted words of the statements of two frameworks.

    The weight of a word in a statement is its damped frequency (1 + ln f; f itself below 1) times
    its rarity, ln((1 + n) / (1 + df)) + 1 with n statements of which df hold it; weights of a
    statement have length 1 [1]_. Rarity is counted over both frameworks at every level, so that
    an answer does not change when an unrelated framework joins the registry.

    Parameters
    ----------
    titles_only, stemming, below : bool
        Switches by which the choices made here can be measured.

    Notes
    -----
    O(length of the texts).

    References
    ----------
    .. [1] G. Salton, C. Buckley (1988), Term-weighting approaches in automatic text retrieval,
       Information Processing & Management 24(5), 513-523.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        frameworks: Sequence[str],
        *,
        titles_only: bool = False,
        stemming: bool = True,
        below: bool = True,
    ) -> None:
        self._forms: dict[str, dict[str, Counter[str]]] = {}
        counts: dict[str, dict[str, float]] = {}
        for framework in frameworks:
            for statement in catalogue.by_framework.get(framework, ()):
                found: dict[str, float] = defaultdict(float)
                forms: dict[str, Counter[str]] = defaultdict(Counter)
                for weight, text in _passages(catalogue, statement, titles_only, below):
                    for word in words_of(text):
                        stem = fold(word) if stemming else word
                        found[stem] += weight
                        forms[stem][word] += 1
                counts[statement.id] = dict(sorted(found.items()))
                self._forms[statement.id] = forms
        documents = Counter(stem for found in counts.values() for stem in found)
        self._places = {stem: place for place, stem in enumerate(sorted(documents))}
        self._weights = {
            statement: _unit(
                {
                    stem: (1 + math.log(f) if f >= 1 else f)
                    * (math.log((1 + len(counts)) / (1 + documents[stem])) + 1)
                    for stem, f in found.items()
                }
            )
            for statement, found in counts.items()
        }

    def matrix(self, statements: Sequence[str]) -> Any:
        """Rows of weights as a `scipy.sparse` matrix with a column for each word."""
        import numpy as np
        from scipy import sparse

        rows = [self._weights[statement] for statement in statements]
        return sparse.csr_matrix(
            (
                np.array([w for row in rows for w in row.values()], dtype=np.float64),
                np.array([self._places[stem] for row in rows for stem in row], dtype=np.int64),
                np.cumsum([0, *map(len, rows)]),
            ),
            shape=(len(rows), len(self._places)),
        )

    def cosine(self, one: str, other: str) -> float:
        """How alike the words of two statements are: 0 none shared, 1 the same mixture."""
        mine, theirs = self._weights[one], self._weights[other]
        return math.fsum(weight * theirs[stem] for stem, weight in mine.items() if stem in theirs)

    def shared(self, one: str, other: str) -> tuple[Word, ...]:
        """The words that two statements share, greatest contribution first.

        The contributions add up to the cosine.
        """
        mine, theirs = self._weights[one], self._weights[other]
        found = []
        for stem in mine.keys() & theirs.keys():
            forms = dict.fromkeys(_commonest(self._forms[end][stem]) for end in (one, other))
            found.append(Word(" / ".join(forms), mine[stem] * theirs[stem]))
        return tuple(sorted(found, key=lambda word: (-round(word.contribution, 9), word.term)))


def _passages(
    catalogue: Catalogue, statement: Competency, titles_only: bool, below: bool
) -> Iterator[tuple[float, str]]:
    """Texts of a statement and of all that stands below it, with what their words count for."""
    yield TITLE, statement.title
    if titles_only:
        return
    yield DESCRIPTION, statement.description
    waiting = [*catalogue.children.get(statement.id, ())] if below else []
    while waiting:
        child = waiting.pop()
        yield BELOW, child.title
        yield BELOW, child.description
        waiting += catalogue.children.get(child.id, ())


def _unit(weights: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(math.fsum(weight * weight for weight in weights.values()))
    return {stem: weight / length for stem, weight in weights.items()}


def _commonest(forms: Counter[str]) -> str:
    return min(forms, key=lambda form: (-forms[form], form))
