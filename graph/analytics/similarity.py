"""Which statements of two frameworks look alike, by their words and by what surrounds them.

A pair is scored by two halves. *Text* is the cosine of weighted words of titles and descriptions,
so that it can be taken apart into the words that made it. *Structure* is what else was decided
nearby: on partners in third frameworks, on statements that were judged alike, on parents. The
verdict on a pair itself, and every rationale, stay out of its score, so that a score can be held
against the verdict.

A score is a reason to look, and no finding. How far it can be trusted was measured; the figures,
which are poor for words across professions, are in `docs/suggestions.md`.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph.analytics.project import Selection, figure, select
from graph.catalogue import best_first
from graph.errors import ParameterError
from graph.terms import crosswalk_id, framework_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

    from graph.catalogue import Catalogue
    from graph.model import Alignment, Competency, Verdict
    from graph.records import Record

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

#: What a word counts for by where it stands. A title is short and chosen with care; the words of
#: behaviors and activities say what a competency asks for, in detail. This project's convention,
#: set before anything was measured.
TITLE, DESCRIPTION, BELOW = 2.0, 1.0, 0.5

#: Partners by text that are looked at for each statement if the other framework has more.
DEPTH: Final = 50

#: Added where evidence is counted, so that one link alone is never certainty: as if one more had
#: been seen that says nothing.
_DAMPING: Final = 1.0

#: Scores are compared to this many decimals, so that equal ones are equal on every machine.
_DECIMALS: Final = 9

#: Rows of a matrix that are worked on at a time.
_BLOCK: Final = 256


# ---- words ---------------------------------------------------------------------------------

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


# ---- structure -----------------------------------------------------------------------------


class Surroundings:
    """What was decided around the pairs of two frameworks.

    Every figure about a pair leaves the verdict on that pair out.
    """

    def __init__(self, catalogue: Catalogue, from_: str, to: str) -> None:
        self._catalogue = catalogue
        ends = {from_, to}
        self.judged: dict[tuple[str, str], Alignment] = {}
        for pair in ((from_, to), (to, from_)):
            for alignment in catalogue.by_crosswalk.get(crosswalk_id(*pair), ()):
                one, other = alignment.subject_id, alignment.object_id
                key = (one, other) if framework_of(one) == from_ else (other, one)
                known = self.judged.get(key)
                if known is None or best_first(alignment) < best_first(known):
                    self.judged[key] = alignment
        self.elsewhere: dict[str, frozenset[str]] = {}
        for statement in (s for f in (from_, to) for s in catalogue.by_framework.get(f, ())):
            partners = set()
            for alignment in catalogue.by_competency.get(statement.id, ()):
                if alignment.aligned:
                    partners |= {alignment.subject_id, alignment.object_id}
            self.elsewhere[statement.id] = frozenset(
                partner for partner in partners if framework_of(partner) not in ends
            )

    def partners(self, one: str, other: str) -> tuple[str, ...]:
        """Statements of third frameworks that both ends of a pair align with, by code."""
        return tuple(sorted(self.elsewhere[one] & self.elsewhere[other], key=natural_key))

    def shared(self, one: str, other: str) -> float:
        """Shared partners over the geometric mean of both counts (Ochiai [1]_), 0 to 1.

        0 also if either end has no partner in a third framework.

        References
        ----------
        .. [1] A. Ochiai (1957), Bulletin of the Japanese Society of Scientific Fisheries 22(9).
        """
        mine, theirs = self.elsewhere[one], self.elsewhere[other]
        both = len(mine & theirs)
        return both / math.sqrt(len(mine) * len(theirs)) if both else 0.0

    def above(self, one: str, other: str) -> tuple[int, int]:
        """Verdicts on pairs of an end or its parent with the other's parent or end.

        Returns how many are aligned and how many are not; at most three are there.
        """
        return self._count(one, other, self._with_parent(one), self._with_parent(other))

    def below(self, one: str, other: str) -> tuple[int, int]:
        """Verdicts on pairs of an end or its children with the other's children or end.

        Returns how many are aligned and how many are not. They are told and never scored: what
        stands below a pair is judged because of what was decided about the pair, so that a score
        with it would repeat the verdict. The rule *roll-up* of the regime `practice` is where
        they count.
        """
        return self._count(one, other, self._with_children(one), self._with_children(other))

    def neighbors(
        self, left: Sequence[Competency], right: Sequence[Competency], rows: Ints, columns: Ints
    ) -> Floats:
        """What is decided about statements that were judged like the two ends, -1 to 1.

        The *agreement* of two statements of one framework is the sum over partners judged with
        both of +1 (same verdict) or -1, over their number plus one. The neighbors of the first
        end are the others at its level that were judged with the second end; their verdicts with
        it, +1 or -1, are averaged by agreement, as if one more spoke for neither. The same is
        done from the second end, and the mean of both is taken: user- and item-based
        collaborative filtering [1]_ over verdicts. For a pair of two levels, only verdicts
        between those two levels count.

        Parameters
        ----------
        rows, columns : array of int
            Places of the pairs in `left` and `right`.

        Notes
        -----
        Empty case: 0 where nothing is judged nearby. Memory O(block x statements); time O(pairs
        judged x statements), in products of sparse and dense matrices.

        References
        ----------
        .. [1] B. Sarwar et al. (2001), Item-based collaborative filtering recommendation
           algorithms, WWW10, 285-295.
        """
        found = np.zeros(len(rows))
        for levels in product(*(sorted({s.level for s in side}) for side in (left, right))):
            places: list[dict[str, int]] = []
            for side, level in zip((left, right), levels, strict=True):
                ids = [statement.id for statement in side if statement.level == level]
                places.append({statement: place for place, statement in enumerate(ids)})
            here = [(places[0].get(left[row].id, -1), places[1].get(right[column].id, -1))
                    for row, column in zip(rows, columns, strict=True)]  # fmt: skip
            pairs = np.array(here, dtype=np.int64).reshape(-1, 2)
            wanted = (pairs >= 0).all(axis=1)
            signs = self._signs(*places)
            if signs.nnz and wanted.any():
                ones, others = pairs[wanted].T
                found[wanted] = (
                    _by_agreement(signs, ones, others)
                    + _by_agreement(signs.T.tocsr(), others, ones)
                ) / 2
        return found

    def _signs(self, rows: dict[str, int], columns: dict[str, int]) -> Any:
        """Verdicts as a sparse matrix of +1 and -1."""
        from scipy import sparse

        known = [
            (rows[one], columns[other], 1.0 if alignment.aligned else -1.0)
            for (one, other), alignment in self.judged.items()
            if one in rows and other in columns
        ]
        at, to, verdicts = zip(*known, strict=True) if known else ((), (), ())
        return sparse.csr_matrix((verdicts, (at, to)), shape=(len(rows), len(columns)), dtype=float)

    def _with_parent(self, statement_id: str) -> list[str]:
        parent = self._catalogue.competencies[statement_id].parent
        return [statement_id, parent] if parent else [statement_id]

    def _with_children(self, statement_id: str) -> list[str]:
        children = self._catalogue.children.get(statement_id, ())
        return [statement_id, *(child.id for child in children)]

    def _count(
        self, one: str, other: str, mine: Sequence[str], theirs: Sequence[str]
    ) -> tuple[int, int]:
        aligned = against = 0
        for pair in product(mine, theirs):
            alignment = self.judged.get(pair) if pair != (one, other) else None
            if alignment is not None:
                aligned += alignment.aligned
                against += not alignment.aligned
        return aligned, against


def _by_agreement(signs: Any, rows: Ints, columns: Ints) -> Floats:
    """Verdicts of a column's other rows, averaged by their agreement with a row.

    `signs` holds +1, -1 or nothing. A row's agreement with another leaves the column in question
    out: where both are judged with it, the sum loses its product and the number loses one. The
    product is known once both signs are, so that each case is a product of matrices.
    """
    found = np.zeros(len(rows))
    absolute, plus, minus = abs(signs), signs.maximum(0), (-signs).maximum(0)
    wanted, place_of = np.unique(rows, return_inverse=True)
    for start in range(0, len(wanted), _BLOCK):
        block = wanted[start : start + _BLOCK]
        sums = (signs[block] @ signs.T).toarray()
        numbers = (absolute[block] @ absolute.T).toarray()
        counts = np.ones_like(sums)
        counts[np.arange(len(block)), block] = 0
        own = signs[block].toarray()

        def agreement(product: int, sums: Floats = sums, numbers: Floats = numbers) -> Floats:
            left = np.maximum(numbers - abs(product), 0)
            return (sums - product) / (left + _DAMPING)

        def average(sign: int, counts: Floats = counts) -> Floats:
            for_, against = agreement(sign) * counts, agreement(-sign) * counts
            above = for_ @ plus - against @ minus
            below = np.abs(for_) @ plus + np.abs(against) @ minus
            return np.asarray(above / (below + _DAMPING))

        scores = np.where(own > 0, average(1), np.where(own < 0, average(-1), average(0)))
        here = np.flatnonzero((place_of >= start) & (place_of < start + len(block)))
        found[here] = scores[place_of[here] - start, columns[here]]
    return found


# ---- pairs ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pair:
    """Two statements, how alike they look, and why.

    Attributes
    ----------
    subject_id, object_id : str
        From the *from* framework and from the other.
    score : float
        Mean of `text` and `structure`: 1 if everything agrees, 0 if nothing is known, below 0
        if what surrounds the pair speaks against it. Ordinal: fit for ranking, no probability.
    text : float
        Cosine of the weighted words, 0 to 1.
    structure : float
        Mean of `shared`, `neighbors` and `above`, -1 to 1.
    shared, neighbors, above : float
        See `Surroundings`. `above` is (aligned - not aligned) over their number plus one.
    verdicts_above, verdicts_below : tuple[int, int]
        Verdicts on pairs of parents and on pairs of children: aligned, and not aligned. Those
        below are not part of the score.
    partners : tuple[str, ...]
        Statements of third frameworks that both align with.
    words : tuple[Word, ...]
        What `text` is the sum of, greatest first.
    verdict : Verdict | None
        What was decided about the pair, `None` if nothing was. Never part of the score.
    alignment : str | None
        Id of that decision.
    """

    subject_id: str
    subject_title: str
    object_id: str
    object_title: str
    score: float
    text: float
    structure: float
    shared: float
    neighbors: float
    above: float
    verdicts_above: tuple[int, int]
    verdicts_below: tuple[int, int]
    partners: tuple[str, ...]
    words: tuple[Word, ...]
    verdict: Verdict | None
    alignment: str | None

    def record(self) -> Record:
        """As JSON."""
        return {
            "subject_id": self.subject_id,
            "subject_label": self.subject_title,
            "object_id": self.object_id,
            "object_label": self.object_title,
            "score": figure(self.score),
            "text": figure(self.text),
            "structure": figure(self.structure),
            "shared": figure(self.shared),
            "neighbors": figure(self.neighbors),
            "above": figure(self.above),
            "verdicts_above": _verdicts(self.verdicts_above),
            "verdicts_below": _verdicts(self.verdicts_below),
            "partners": [*self.partners],
            "words": [word.record() for word in self.words],
            "verdict": self.verdict.value if self.verdict else None,
            "alignment": self.alignment,
        }


@dataclass(frozen=True, slots=True)
class Similarity:
    """Pairs of two frameworks, most alike first; ties in the order of their codes."""

    selection: Selection
    pairs: tuple[Pair, ...]

    def record(self) -> Record:
        """As JSON."""
        return {
            "from": self.selection.from_,
            "to": self.selection.to,
            "level": self.selection.level,
            "total": len(self.pairs),
            "items": [pair.record() for pair in self.pairs],
        }

    def table(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Columns, and a row for each pair with its three weightiest words."""
        columns = ("From", "To", "Score", "Text", "Structure", "Verdict", "Words")
        rows: list[tuple[Any, ...]] = [
            (
                f"{pair.subject_id} {pair.subject_title}",
                f"{pair.object_id} {pair.object_title}",
                figure(pair.score),
                figure(pair.text),
                figure(pair.structure),
                pair.verdict.value if pair.verdict else "undecided",
                ", ".join(word.term for word in pair.words[:3]),
            )
            for pair in self.pairs
        ]
        return columns, rows


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Every pair that was looked at, as columns, and the means to say why.

    Attributes
    ----------
    rows, columns : Ints
        For each pair the places of its ends in `left` and `right`.
    order : Ints
        Places of the pairs, most alike first.
    verdicts : Ints
        1 aligned, -1 not aligned, 0 undecided.
    """

    selection: Selection
    left: tuple[Competency, ...]
    right: tuple[Competency, ...]
    rows: Ints
    columns: Ints
    text: Floats
    structure: Floats
    score: Floats
    verdicts: Ints
    order: Ints
    _parts: tuple[Floats, ...] = field(repr=False)
    _texts: Texts = field(repr=False)
    _around: Surroundings = field(repr=False)

    def pair(self, place: int) -> Pair:
        """One pair with its reasons."""
        one, other = self.left[self.rows[place]], self.right[self.columns[place]]
        alignment = self._around.judged.get((one.id, other.id))
        shared, neighbors, above = (float(part[place]) for part in self._parts)
        return Pair(
            subject_id=one.id,
            subject_title=one.title,
            object_id=other.id,
            object_title=other.title,
            score=float(self.score[place]),
            text=float(self.text[place]),
            structure=float(self.structure[place]),
            shared=shared,
            neighbors=neighbors,
            above=above,
            verdicts_above=self._around.above(one.id, other.id),
            verdicts_below=self._around.below(one.id, other.id),
            partners=self._around.partners(one.id, other.id),
            words=self._texts.shared(one.id, other.id),
            verdict=alignment.verdict if alignment else None,
            alignment=alignment.id if alignment else None,
        )


def similarity(
    catalogue: Catalogue,
    from_: str,
    to: str,
    level: str | None = "competency",
    *,
    top: int | None = None,
    depth: int = DEPTH,
) -> Similarity:
    """Pairs of statements of two frameworks, most alike first, with what made them so.

    Symmetric: turned round, the same pairs get the same scores, as long as all of them are
    looked at (see `depth`). Nothing that was decided about a pair counts in its own score.

    Parameters
    ----------
    level : str | None
        Level of both ends; `None` for every level with every level.
    top : int | None
        At most so many pairs for each statement of the *from* side.
    depth : int
        If the other framework has more statements than this, only so many of the nearest by text
        are looked at for each statement, besides all pairs that were judged or share a partner.

    Raises
    ------
    NotFoundError
        If a framework does not exist.
    ParameterError
        If the level is unknown, both frameworks are the same, or a number is below 1.

    Notes
    -----
    Empty case: no pairs if a side has no statements at the level. Statements without any word in
    common have text 0. With n and m statements, d = `depth` and t words a statement:
    O(n t p) for text, where p is how many statements hold a word (an inverted index in blocks),
    and O(n d) for the rest; memory O(n d).
    """
    if top is not None and top < 1:
        raise ParameterError("top", str(top), "a whole number of at least 1")
    scores = score_pairs(catalogue, from_, to, level, depth=depth)
    kept, taken = [], Counter[int]()
    for place in scores.order:
        row = int(scores.rows[place])
        if top is None or taken[row] < top:
            taken[row] += 1
            kept.append(scores.pair(int(place)))
    return Similarity(scores.selection, tuple(kept))


def score_pairs(
    catalogue: Catalogue,
    from_: str,
    to: str,
    level: str | None = "competency",
    *,
    depth: int = DEPTH,
    texts: Texts | None = None,
) -> Scores:
    """The same as `similarity`, as columns and without reasons; `texts` if they are at hand."""
    if depth < 1:
        raise ParameterError("depth", str(depth), "a whole number of at least 1")
    selection = select(catalogue, from_=from_, to=to, level=level)
    left, right = (
        tuple(
            statement
            for statement in sorted(catalogue.by_framework.get(side, ()), key=lambda s: s.position)
            if level is None or statement.level == level
        )
        for side in (from_, to)
    )
    texts = texts or Texts(catalogue, (from_, to))
    around = Surroundings(catalogue, from_, to)
    rows, columns = _looked_at(texts, around, left, right, depth)
    pairs = [(left[row].id, right[column].id) for row, column in zip(rows, columns, strict=True)]
    text = np.array([texts.cosine(*pair) for pair in pairs], dtype=np.float64)
    shared = np.array([around.shared(*pair) for pair in pairs], dtype=np.float64)
    above = np.array([_damped(*around.above(*pair)) for pair in pairs], dtype=np.float64)
    neighbors = around.neighbors(left, right, rows, columns)
    structure = (shared + neighbors + above) / 3
    score = np.round((text + structure) / 2, _DECIMALS)
    known = (around.judged.get(pair) for pair in pairs)
    verdicts = np.array([0 if a is None else 1 if a.aligned else -1 for a in known], dtype=np.int64)
    ranks = [_ranks(side) for side in (left, right)]
    order = np.lexsort((ranks[1][columns], ranks[0][rows], -score)).astype(np.int64)
    return Scores(
        selection, left, right, rows, columns, text, structure, score, verdicts, order,
        (shared, neighbors, above), texts, around,
    )  # fmt: skip


def _verdicts(counts: tuple[int, int]) -> Record:
    return {"aligned": counts[0], "not_aligned": counts[1]}


def _damped(aligned: int, against: int) -> float:
    return (aligned - against) / (aligned + against + _DAMPING)


def _ranks(side: Sequence[Competency]) -> Ints:
    """Place of each statement in the order of codes."""
    ranks = np.zeros(len(side), dtype=np.int64)
    ranks[sorted(range(len(side)), key=lambda n: natural_key(side[n].id))] = np.arange(len(side))
    return ranks


def _looked_at(
    texts: Texts,
    around: Surroundings,
    left: Sequence[Competency],
    right: Sequence[Competency],
    depth: int,
) -> tuple[Ints, Ints]:
    """Pairs to score: all of them if they are few, else those that something speaks for."""
    if len(right) <= depth:
        rows, columns = np.divmod(np.arange(len(left) * len(right)), max(len(right), 1))
        return rows.astype(np.int64), columns.astype(np.int64)
    places = [{statement.id: place for place, statement in enumerate(side)}
              for side in (left, right)]  # fmt: skip
    found: set[tuple[int, int]] = set(_nearest(texts, left, right, depth))
    for one, other in around.judged:
        if one in places[0] and other in places[1]:
            found.add((places[0][one], places[1][other]))
    holders: dict[str, list[int]] = defaultdict(list)
    for other in places[1]:
        for partner in around.elsewhere[other]:
            holders[partner].append(places[1][other])
    for one in places[0]:
        for partner in around.elsewhere[one]:
            found.update((places[0][one], place) for place in holders[partner])
    pairs = np.array(sorted(found), dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _nearest(
    texts: Texts, left: Sequence[Competency], right: Sequence[Competency], depth: int
) -> Iterable[tuple[int, int]]:
    """For each statement the others with the most alike words, among those that share any."""
    index = texts.matrix([statement.id for statement in right]).T.tocsc()
    rows = texts.matrix([statement.id for statement in left])
    for start in range(0, rows.shape[0], _BLOCK):
        block = (rows[start : start + _BLOCK] @ index).tocsr()
        block.sort_indices()
        for row in range(block.shape[0]):
            span = slice(block.indptr[row], block.indptr[row + 1])
            best = np.argsort(-np.round(block.data[span], _DECIMALS), kind="stable")[:depth]
            yield from ((start + row, int(column)) for column in block.indices[span][best])
