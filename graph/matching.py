"""Which statement somebody's few words mean: candidates for a column of free text.

Search (`graph.search`) answers a person who looks on; this answers a spreadsheet, where each cell
wants its best few statements with a score that can be compared from cell to cell. A statement's
score is the share of the cell's weighted words that are found with it, less for a word that stands
only in its surroundings, more if the words make up its title. Measured against search in
`docs/reconciliation.md`.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from graph.analytics.words import fold, words_of
from graph.terms import natural_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from graph.catalogue import Catalogue
    from graph.model import Competency

#: What a word counts for by where it stands: in the statement's own title and description, in the
#: statements below it, in further reading, in the reasons of its alignments. A convention, set
#: once; the last three say what a statement is about in words that its own text does not use.
TITLE: Final = 1.0
DESCRIPTION: Final = 0.7
BELOW: Final = 0.5
READING: Final = 0.5
RATIONALE: Final = 0.3

#: How much of the score is the share of the title that was named; the rest is the share of words.
_OF_TITLE: Final = 0.15

#: A word that differs from a known one only after so many letters counts as it, a little less.
_KIN_LETTERS: Final = 7
_KIN: Final = 0.8

#: How alike an unknown word must be to a known one, to be taken for it misspelt (difflib's ratio).
_ALIKE: Final = 0.84

#: Score of a candidate that is not named outright. 100 is kept for those that are.
BEST_GUESS: Final = 95.0

_MOST_WORDS: Final = 40
_MOST_CHARACTERS: Final = 2000

#: What people write short, in this field and in spreadsheets.
_SHORT: Final = {
    "adei": "anti racism diversity equity inclusion",
    "cqi": "continuous quality improvement",
    "dei": "diversity equity inclusion",
    "ebp": "evidence based practice",
    "edi": "equity diversity inclusion",
    "pdsa": "plan do study act",
    "qi": "quality improvement",
    "sdoh": "social determinants of health",
    "w/": "with",
    "w/o": "without",
}
_SHORT_WORD: Final = re.compile(
    r"(?<![\w/])(?:" + "|".join(sorted(map(re.escape, _SHORT), key=len, reverse=True)) + r")(?!\w)"
)
_HYPHENED: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
_WORDS: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement that some words may mean.

    Attributes
    ----------
    score : float
        0 to 100. 100: the words are its id, code or title; else at most `BEST_GUESS`.
    named : bool
        Whether the words are its id, code or title.
    words, title : float
        Share of the words found with the statement, and of its title found among the words, each
        weighted by rarity, 0 to 100.
    """

    competency: Competency
    score: float
    named: bool
    words: float
    title: float


class Matcher:
    """An index over one release for free text. Read by any number of threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._postings: dict[str, dict[str, float]] = defaultdict(dict)
        self._titles: dict[str, frozenset[str]] = {}
        self._names: dict[str, list[str]] = defaultdict(list)
        own: Counter[str] = Counter()
        for competency in catalogue.competencies.values():
            places: dict[str, float] = {}
            for weight, text in _passages(catalogue, competency):
                for stem in _stems(text):
                    places[stem] = max(weight, places.get(stem, 0.0))
            for stem, weight in places.items():
                self._postings[stem][competency.id] = weight
            own.update(stem for stem, weight in places.items() if weight >= DESCRIPTION)
            self._titles[competency.id] = frozenset(_stems(competency.title))
            iri = catalogue.prefixes.expand(competency.id)
            for name in {competency.id, competency.code, competency.title, iri}:
                self._names[_plain(name)].append(competency.id)
        count = len(catalogue.competencies)
        self._rarity = {stem: _rarity(count, own[stem]) for stem in self._postings}
        self._unknown = _rarity(count, 0)
        self._by_letter: dict[str, list[str]] = defaultdict(list)
        for stem in sorted(self._postings):
            self._by_letter[stem[0]].append(stem)
        self._read = lru_cache(maxsize=4096)(self._readings)

    def find(self, text: str, among: Collection[str], limit: int) -> list[Candidate]:
        """Statements that a text may mean, best first; ties in the order of codes.

        Parameters
        ----------
        among : Collection[str]
            Ids of the statements that come into question.
        """
        text = text[:_MOST_CHARACTERS]
        named = {key for key in self._names.get(_plain(text), ()) if key in among}
        stems = [*dict.fromkeys(_stems(_spelled_out(text)))][:_MOST_WORDS]
        whole = math.fsum(self._weight(stem) for stem in stems)
        found: dict[str, float] = dict.fromkeys(named, 0.0)
        heard: dict[str, set[str]] = defaultdict(set)
        for stem in stems:
            best: dict[str, float] = {}
            for known, factor in self._read(stem):
                for key, weight in self._postings[known].items():
                    best[key] = max(weight * factor, best.get(key, 0.0))
                    heard[key].add(known)
            for key, weight in best.items():
                if key in among:
                    found[key] = found.get(key, 0.0) + weight * self._weight(stem)
        candidates = [
            self._candidate(key, value / whole if whole else 0.0, heard[key], key in named)
            for key, value in found.items()
        ]
        candidates.sort(key=lambda c: (-c.score, natural_key(c.competency.id)))
        return candidates[:limit]

    def _candidate(self, key: str, words: float, heard: set[str], named: bool) -> Candidate:
        title = self._titles[key]
        whole = math.fsum(self._rarity[stem] for stem in title)
        share = math.fsum(self._rarity[stem] for stem in title & heard) / whole if whole else 0.0
        score = BEST_GUESS * ((1 - _OF_TITLE) * words + _OF_TITLE * share)
        return Candidate(
            competency=self._catalogue.competencies[key],
            score=100.0 if named else round(score, 1),
            named=named,
            words=round(100 * words, 1),
            title=round(100 * share, 1),
        )

    def _weight(self, stem: str) -> float:
        """Rarity of a word of the text: of what it is read as, else that of a word nobody uses."""
        readings = self._read(stem)
        return max((self._rarity[known] for known, _ in readings), default=self._unknown)

    def _readings(self, stem: str) -> tuple[tuple[str, float], ...]:
        """Known stems that a word may be, each with what it counts for then."""
        alike = self._by_letter.get(stem[0], [])
        kin = [
            known
            for known in alike
            if known != stem
            and len(known) >= _KIN_LETTERS <= len(stem)
            and known[:_KIN_LETTERS] == stem[:_KIN_LETTERS]
        ]
        if stem in self._postings:
            return ((stem, 1.0), *((known, _KIN) for known in kin))
        if kin:
            return tuple((known, _KIN) for known in kin)
        near = [known for known in alike if abs(len(known) - len(stem)) <= 2]
        return tuple((known, _KIN) for known in get_close_matches(stem, near, 1, _ALIKE))


def _passages(catalogue: Catalogue, competency: Competency) -> Iterator[tuple[float, str]]:
    """Texts that say what a statement is about, with what their words count for."""
    yield TITLE, competency.title
    yield DESCRIPTION, competency.description
    waiting: list[Competency] = [*catalogue.children.get(competency.id, ())]
    while waiting:
        child = waiting.pop()
        yield BELOW, child.title
        yield BELOW, child.description
        waiting += catalogue.children.get(child.id, ())
    for resource in catalogue.resources.get(competency.id, ()):
        yield READING, resource.title
        yield READING, resource.description
    for alignment in catalogue.by_competency.get(competency.id, ()):
        if alignment.aligned:
            yield RATIONALE, alignment.rationale


def _rarity(count: int, holding: int) -> float:
    """Inverse document frequency, never 0: ln((1 + n) / (1 + df)) + 1."""
    return math.log((1 + count) / (1 + holding)) + 1


def _stems(text: str) -> list[str]:
    """Stems of the words of a text; of one with a hyphen both parts, and both written as one."""
    joined = (match[0].replace("-", "") for match in _HYPHENED.finditer(text.lower()))
    return [fold(word) for word in (*words_of(text), *joined)]


def _spelled_out(text: str) -> str:
    """A text in lower case, with what people write short written out."""
    return _SHORT_WORD.sub(lambda match: f" {_SHORT[match[0]]} ", text.lower())


def _plain(text: str) -> str:
    """A name without case, punctuation and spacing, by which it is known again."""
    return " ".join(_WORDS.findall(text.casefold().replace("&", " and ")))
