"""Search over titles, descriptions and rationales, as an educator would want it.

SQLite's FTS5 in memory: words are found by their stem, the last one also by its beginning, and
what has all words comes before what has any. Nobody sees the query language of FTS5: a caller's
words are only ever quoted.
"""

from __future__ import annotations

import re
import sqlite3
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice, takewhile
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal

from graph.terms import natural_key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from graph.catalogue import Catalogue
    from graph.records import Record

Kind = Literal["competency", "framework", "alignment"]

#: Kinds of hits, in the order in which equals are listed.
KINDS: Final[tuple[Kind, ...]] = ("competency", "framework", "alignment")

#: What a word counts for by where it stands: title, description, rationale, and the names at the
#: ends of an alignment, which say little about the alignment itself.
_WEIGHTS: Final = (10.0, 4.0, 2.0, 0.3)

#: Words that people type and nobody searches for. Kept if there are no others.
_EMPTY_WORDS: Final = frozenset((
    "a", "about", "all", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for",
    "from", "how", "i", "in", "is", "it", "its", "of", "on", "or", "our", "that", "the", "their",
    "them", "this", "to", "we", "what", "when", "where", "which", "who", "why", "with", "you",
    "your",
))  # fmt: skip

#: Words in a query that only say what kind of thing an id names: "EPAS 2022 competency 7".
_KIND_WORDS: Final = frozenset(("activity", "behavior", "competency", "domain", "principle"))

_WORD: Final = re.compile(r"[^\W_]+(?:[-'\u2019][^\W_]+)*")
_DIGIT: Final = re.compile(r"[0-9]")
_ID_PARTS: Final = re.compile(r"[a-z]+|[0-9]+")

_OPEN, _CLOSE = "\x01", "\x02"
_CONTROL: Final = re.compile(r"[\x00-\x1f]+")

_MOST_WORDS = 12
_LONGEST_WORD = 40
_MOST_EXPANSIONS = 60
_SNIPPET_TOKENS = 48


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text, and whether it is what was searched for."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found.

    Attributes
    ----------
    title : str
        Of an alignment: the titles of both ends.
    score : float
        Between 0 and 1, for this answer only. Above 2/3: has all words; above 1/3: has them if
        the last one is only the beginning of a word; else: has some.
    ends : tuple[str, ...]
        Subject and object of an alignment; empty for anything else.
    verdict : str | None
        Of an alignment: one that says "not aligned" is found by its words all the same.
    title_segments, snippet : tuple[Segment, ...]
        Title, and description or rationale, with the matched words marked. Plain text: whoever
        shows it escapes it.
    """

    kind: Kind
    id: str
    title: str
    score: float
    ends: tuple[str, ...]
    verdict: str | None
    title_segments: tuple[Segment, ...]
    snippet: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class _Document:
    kind: Kind
    id: str
    title: str
    text: str
    names: str = ""
    ends: tuple[str, ...] = ()
    verdict: str | None = None

    def columns(self) -> tuple[str, str, str, str]:
        """What is indexed: title, description, rationale, names."""
        title, text = _plain(self.title), _plain(self.text)
        if self.kind == "alignment":
            return "", "", text, title
        return title, text, "", _plain(self.names)


class Search:
    """An index over one release. Built once, read by any number of threads."""

    def __init__(self, documents: Iterable[_Document]) -> None:
        self._documents = list(documents)
        self._lock = Lock()
        self._index = sqlite3.connect(":memory:", check_same_thread=False)
        self._index.execute(
            "CREATE VIRTUAL TABLE texts USING fts5(title, description, rationale, names, "
            "tokenize = 'porter unicode61 remove_diacritics 2')"
        )
        rows = [(n, *document.columns()) for n, document in enumerate(self._documents)]
        self._index.executemany(
            "INSERT INTO texts(rowid, title, description, rationale, names) VALUES (?, ?, ?, ?, ?)",
            rows,
        )
        self._index.commit()
        self._vocabulary = Counter(
            word for row in rows for column in row[1:] for word in _words(str(column))
        )
        self._sorted = sorted(self._vocabulary)
        self._by_name: dict[str, list[int]] = defaultdict(list)
        for number, document in enumerate(self._documents):
            if document.kind == "alignment":
                self._by_name[document.id].append(number)
                continue
            self._by_name[_name_key(document.id)].append(number)
            prefix, colon, code = document.id.partition(":")
            if prefix and colon:
                self._by_name[code.lower()].append(number)

    @classmethod
    def over(cls, catalogue: Catalogue) -> Search:
        """Index a release. O(n) in its text, about 30 ms for 300 alignments."""
        return cls(_documents(catalogue))

    def find(self, q: str, *, limit: int = 20, kinds: Collection[str] = ()) -> list[Hit]:
        """What matches some words, best first; ties in the order of kinds and codes.

        Any text is a query. What the text names (`isp-2020:1.3`, `EPAS 2022 competency 7`, `1.3`)
        comes first; then what has all of the words, then what has any.

        Parameters
        ----------
        limit : int
            Most hits.
        kinds : Collection[str]
            Of `KINDS`; empty means all.
        """
        wanted = frozenset(kinds or KINDS)
        named = self._named(q)
        found: dict[int, tuple[float, str]] = dict.fromkeys(named, (1.0, ""))
        # Whoever types an id does not ask for the digits that it is made of.
        tiers = [] if named and _DIGIT.search(q) else _tiers(q, self._beginning_with)
        with self._lock:
            for tier, match in enumerate(tiers):
                if sum(self._documents[n].kind in wanted for n in found) >= limit:
                    break
                for number, rank in self._ranked(match):
                    if number not in found:
                        score = (len(tiers) - 1 - tier + -rank / (1 - rank)) / len(tiers)
                        found[number] = (round(score, 4), match)
            best = [n for n in found if self._documents[n].kind in wanted]
            best.sort(key=lambda n: (-found[n][0], self._place(n)))
            best = best[: max(limit, 0)]
            marked = self._marked({number: found[number][1] for number in best})
        return [self._hit(number, found[number][0], *marked[number]) for number in best]

    def did_you_mean(self, q: str) -> str | None:
        """The query with each word that stands nowhere replaced by the word most like it.

        `None` if every word is known, or if no word is like an unknown one.
        """
        replaced = {}
        for word in _words(q)[:_MOST_WORDS]:
            if self._is_known(word):
                continue
            alike = [
                known
                for known in self._sorted
                if abs(len(known) - len(word)) <= 2
                and (known[0] == word[0] or known[1:] == word[1:])
            ]
            close = get_close_matches(word, alike, n=3, cutoff=0.7)
            if close:
                replaced[word] = close[0]
        if not replaced:
            return None
        return " ".join(replaced.get(word, word) for word in _words(q)[:_MOST_WORDS])

    def _is_known(self, word: str) -> bool:
        if word in self._vocabulary or word in _EMPTY_WORDS or self._beginning_with(word):
            return True
        with self._lock:
            return bool(self._ranked(_quoted(word)))

    def _named(self, q: str) -> list[int]:
        """Documents that the query names by id, or by code alone."""
        if len(q) > 200:
            return []
        words = [word for word in q.lower().split() if word not in _KIND_WORDS]
        text = " ".join(words).removeprefix("alignment:").removeprefix("framework:")
        return self._by_name.get(text) or self._by_name.get(_name_key(text)) or []

    def _beginning_with(self, beginning: str) -> list[str]:
        """Words of the vocabulary with a beginning, the frequent ones first.

        FTS5 stems before it looks for a prefix, so that "supervisi" would not find "supervision".
        """
        if len(beginning) < 2:
            return []
        start = bisect_left(self._sorted, beginning)
        alike = takewhile(
            lambda word: word.startswith(beginning), islice(self._sorted, start, None)
        )
        found = list(alike)
        found.sort(key=lambda word: (-self._vocabulary[word], word))
        return found[:_MOST_EXPANSIONS]

    def _ranked(self, match: str) -> list[tuple[int, float]]:
        return self._index.execute(
            "SELECT rowid, bm25(texts, ?, ?, ?, ?) FROM texts WHERE texts MATCH ?",
            (*_WEIGHTS, match),
        ).fetchall()

    def _marked(self, matches: dict[int, str]) -> dict[int, tuple[str, str]]:
        """Title and text of some documents, with matched words between the two marks."""
        marked = {
            number: (_plain(self._documents[number].title), _plain(self._documents[number].text))
            for number in matches
        }
        by_match: dict[str, list[int]] = defaultdict(list)
        for number, match in matches.items():
            by_match[match].append(number)
        for match, numbers in by_match.items():
            if not match:
                continue
            rows = self._index.execute(
                "SELECT rowid, highlight(texts, 0, :open, :close),"
                " highlight(texts, 3, :open, :close),"
                " snippet(texts, 1, :open, :close, '\u2026', :tokens),"
                " snippet(texts, 2, :open, :close, '\u2026', :tokens)"
                " FROM texts WHERE texts MATCH :match"
                " AND rowid IN (SELECT value FROM json_each(:numbers))",
                {
                    "open": _OPEN,
                    "close": _CLOSE,
                    "tokens": _SNIPPET_TOKENS,
                    "match": match,
                    "numbers": str(numbers),
                },
            )
            for number, title, names, description, rationale in rows:
                alignment = self._documents[number].kind == "alignment"
                marked[number] = (names, rationale) if alignment else (title, description)
        return marked

    def _place(self, number: int) -> tuple[int, object, object]:
        document = self._documents[number]
        ends = tuple(natural_key(end) for end in document.ends)
        return KINDS.index(document.kind), ends, natural_key(document.id)

    def _hit(self, number: int, score: float, title: str, text: str) -> Hit:
        document = self._documents[number]
        return Hit(
            kind=document.kind,
            id=document.id,
            title=document.title,
            score=score,
            ends=document.ends,
            verdict=document.verdict,
            title_segments=_segments(title),
            snippet=_segments(text),
        )


def hit_record(hit: Hit) -> Record:
    """One hit by the contract of the API."""
    return {
        "kind": hit.kind,
        "id": hit.id,
        "title": hit.title,
        "score": hit.score,
        "ends": list(hit.ends),
        "verdict": hit.verdict,
        "title_segments": [{"text": s.text, "marked": s.marked} for s in hit.title_segments],
        "snippet": [{"text": s.text, "marked": s.marked} for s in hit.snippet],
    }


def _documents(catalogue: Catalogue) -> Iterator[_Document]:
    for competency in catalogue.competencies.values():
        yield _Document("competency", competency.id, competency.title, competency.description)
    for framework in catalogue.frameworks.values():
        names = f"{framework.id} {framework.publisher} {framework.version}"
        yield _Document("framework", framework.id, framework.title, framework.description, names)
    for a in catalogue.alignments.values():
        yield _Document(
            kind="alignment",
            id=a.id,
            title=f"{a.subject_label} \u2013 {a.object_label}",
            text=a.rationale,
            ends=(a.subject_id, a.object_id),
            verdict=a.verdict.value,
        )


# ---- from words to FTS5 -------------------------------------------------------------------


def _words(text: str) -> list[str]:
    """Words in lower case; one with a hyphen or an apostrophe is one word."""
    return [match[0].lower()[:_LONGEST_WORD] for match in _WORD.finditer(text[:2000])]


def _wanted(q: str) -> list[str]:
    words = list(dict.fromkeys(_words(q)))
    return ([word for word in words if word not in _EMPTY_WORDS] or words)[:_MOST_WORDS]


def _quoted(word: str) -> str:
    """A word as an FTS5 string; with a hyphen it is a phrase. Holds no quotation mark."""
    return f'"{word}"'


def _tiers(q: str, beginning_with: Callable[[str], Sequence[str]]) -> list[str]:
    """FTS5 queries, the strictest first: all words; the last as a beginning; any of them."""
    words = _wanted(q)
    if not words:
        return []
    *first, last = words
    longer = [word for word in beginning_with(last) if word != last]
    beginning = "(" + " OR ".join(_quoted(word) for word in (last, *longer)) + ")"
    return [
        " AND ".join(_quoted(word) for word in words),
        " AND ".join([*(_quoted(word) for word in first), beginning]),
        " OR ".join([*(_quoted(word) for word in first), beginning]),
    ]


def _name_key(name: str) -> str:
    """An id without its punctuation: `epas-2022:7.b` and "EPAS 2022 7b" are the same."""
    return " ".join(_ID_PARTS.findall(name.lower()))


def _plain(text: str) -> str:
    return _CONTROL.sub(" ", text)


def _segments(text: str) -> tuple[Segment, ...]:
    segments = []
    for number, piece in enumerate(text.split(_OPEN)):
        marked, close, rest = piece.partition(_CLOSE)
        if number == 0 or not close:
            segments.append(Segment(piece, marked=False))
        else:
            segments += [Segment(marked, marked=True), Segment(rest, marked=False)]
    return tuple(segment for segment in segments if segment.text)
