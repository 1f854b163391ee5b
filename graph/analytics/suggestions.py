"""Pairs worth a second look: candidate alignments and candidate faults, each with its reason.

A suggestion is not a finding and never enters a crosswalk by itself. Whoever adopts one judges the
pair, writes a rationale and signs it; a row that rested on likeness alone would have to say
`semapv:LexicalSimilarityThresholdMatching`. What the scores are worth was measured; see
`docs/suggestions.md` before relying on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph.analytics.similarity import DEPTH, Pair, score_pairs
from graph.errors import ParameterError
from graph.records import figure

if TYPE_CHECKING:
    from graph.analytics.edges import Ints, Selection
    from graph.analytics.similarity import Scores
    from graph.catalogue import Catalogue
    from graph.records import Record

#: What SSSOM calls a mapping that was found this way.
JUSTIFICATION: Final = "semapv:LexicalSimilarityThresholdMatching"


class Kind(StrEnum):
    """What a suggestion asks to be looked at."""

    ALIGNMENT = "candidate-alignment"
    FAULT = "candidate-fault"


@dataclass(frozen=True, slots=True)
class Peers:
    """Other pairs judged between the same two frameworks at the level.

    Attributes
    ----------
    count : int
        Those that look at least as alike (for a candidate alignment) or at most as alike (for a
        candidate fault).
    agreeing : int
        How many of those have the verdict that the suggestion would give the pair.
    all, all_agreeing : int
        The same over all of them, whatever they look like: what a share has to be compared with.
    """

    count: int
    agreeing: int
    all: int
    all_agreeing: int

    def record(self) -> Record:
        """As JSON."""
        return {
            "count": self.count,
            "agreeing": self.agreeing,
            "all": self.all,
            "all_agreeing": self.all_agreeing,
        }


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A pair whose verdict, or lack of one, does not fit how alike it looks.

    Attributes
    ----------
    peers : Peers
        How other pairs that look like it were judged.
    why : str
        One or two sentences.
    """

    kind: Kind
    pair: Pair
    peers: Peers
    why: str

    def record(self) -> Record:
        """As JSON: the fields of the pair, and what is suggested."""
        return {
            "kind": self.kind.value,
            **self.pair.record(),
            "peers": self.peers.record(),
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What to look at between two frameworks, most telling first.

    Attributes
    ----------
    judged, aligned : int
        Pairs that were judged at the level, and those with verdict *aligned* among them.
    undecided : int
        Pairs without a verdict that were looked at.
    """

    selection: Selection
    judged: int
    aligned: int
    undecided: int
    candidate_alignments: tuple[Suggestion, ...]
    candidate_faults: tuple[Suggestion, ...]

    def record(self) -> Record:
        """As JSON."""
        return {
            "from": self.selection.from_,
            "to": self.selection.to,
            "level": self.selection.level,
            "judged": self.judged,
            "aligned": self.aligned,
            "undecided": self.undecided,
            "justification": JUSTIFICATION,
            "candidate_alignments": [s.record() for s in self.candidate_alignments],
            "candidate_faults": [s.record() for s in self.candidate_faults],
        }

    def table(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Columns, and a row for each suggestion, candidate alignments first."""
        columns = ("Suggestion", "From", "To", "Score", "Verdict", "Why")
        rows: list[tuple[Any, ...]] = [
            (
                suggestion.kind.value,
                f"{suggestion.pair.subject_id} {suggestion.pair.subject_title}",
                f"{suggestion.pair.object_id} {suggestion.pair.object_title}",
                figure(suggestion.pair.score),
                suggestion.pair.verdict.value if suggestion.pair.verdict else "undecided",
                suggestion.why,
            )
            for suggestion in (*self.candidate_alignments, *self.candidate_faults)
        ]
        return columns, rows


def suggest(
    catalogue: Catalogue,
    from_: str,
    to: str,
    level: str | None = "competency",
    *,
    limit: int = 10,
    depth: int = DEPTH,
) -> Suggestions:
    """Pairs of two frameworks that deserve a second look.

    A *candidate alignment* is a pair judged not aligned, or not judged, with a score above 0;
    the most alike come first. A *candidate fault* is an aligned pair; the least alike come first.
    Scores are those of `graph.analytics.similarity` and never contain the verdict on the pair
    itself. Ties are in the order of codes.

    Parameters
    ----------
    level : str | None
        Level of both ends; `None` for every level with every level.
    limit : int
        Most suggestions of each kind.
    depth : int
        See `graph.analytics.similarity.similarity`.

    Raises
    ------
    NotFoundError
        If a framework does not exist.
    ParameterError
        If the level is unknown, both frameworks are the same, or a number is below 1.

    Notes
    -----
    Empty case: no candidate faults where nothing is aligned; no candidate alignments where every
    pair is, or where nothing speaks for any other. Shares of peers are in-sample: they describe
    the judged pairs, and promise nothing about others. Cost: that of `similarity`, plus a sort.
    """
    if limit < 1:
        raise ParameterError("limit", str(limit), "a whole number of at least 1")
    scores = score_pairs(catalogue, from_, to, level, depth=depth)
    order = scores.order
    open_ = order[(scores.verdicts[order] < 1) & (scores.score[order] > 0)]
    # Stable, so that ties stay in the order of codes when the order is turned round.
    aligned = order[scores.verdicts[order] == 1]
    aligned = aligned[np.argsort(scores.score[aligned], kind="stable")]
    judged = int(np.count_nonzero(scores.verdicts))
    return Suggestions(
        selection=scores.selection,
        judged=judged,
        aligned=len(aligned),
        undecided=len(order) - judged,
        candidate_alignments=_suggestions(Kind.ALIGNMENT, scores, open_[:limit]),
        candidate_faults=_suggestions(Kind.FAULT, scores, aligned[:limit]),
    )


def _suggestions(kind: Kind, scores: Scores, places: Ints) -> tuple[Suggestion, ...]:
    wanted = 1 if kind is Kind.ALIGNMENT else -1
    found = []
    for place in places:
        score = scores.score[place]
        others = scores.verdicts != 0
        others[place] = False
        alike = scores.score >= score if kind is Kind.ALIGNMENT else scores.score <= score
        agreeing = scores.verdicts == wanted
        peers = Peers(*(
            int(np.count_nonzero(which))
            for which in (others & alike, others & alike & agreeing, others, others & agreeing)
        ))  # fmt: skip
        pair = scores.pair(int(place))
        found.append(Suggestion(kind, pair, peers, _why(kind, pair, peers)))
    return tuple(found)


# ---- sentences -----------------------------------------------------------------------------


def _why(kind: Kind, pair: Pair, peers: Peers) -> str:
    """What speaks for a suggestion, and how pairs like it were judged."""
    if kind is Kind.FAULT:
        first = f"Judged aligned, but {_joined(_against(pair))}"
        return f"{first}. {_compared(peers, 'no more', 'not aligned')}"
    opening = "Judged not aligned, but" if pair.verdict else "Not judged;"
    return f"{opening} {_joined(_for(pair))}. {_compared(peers, 'at least as', 'aligned')}"


def _for(pair: Pair) -> list[str]:
    """What makes a pair look alike; at least one thing, since its score is above 0."""
    reasons = []
    if pair.words:
        reasons.append(f"the texts share {_words(pair)}")
    if pair.partners:
        reasons.append(f"both align with {_listed(pair.partners)}")
    if pair.neighbors > 0:
        reasons.append("statements judged like them mostly align")
    if pair.above > 0:
        reasons.append(_verdicts(pair.verdicts_above, "above"))
    if pair.verdicts_below[0]:
        reasons.append(_verdicts(pair.verdicts_below, "below"))
    return reasons


def _against(pair: Pair) -> list[str]:
    """What makes a pair look unlike."""
    reasons = [f"the texts share only {_words(pair)}" if pair.words else "the texts share no word"]
    if not pair.partners:
        reasons.append("no third framework has a statement that both align with")
    if pair.neighbors < 0:
        reasons.append("statements judged like them mostly do not align")
    if pair.verdicts_above[1]:
        reasons.append(_verdicts(pair.verdicts_above, "above"))
    if not sum(pair.verdicts_below):
        reasons.append("nothing below them was judged")
    elif not pair.verdicts_below[0]:
        reasons.append(_verdicts(pair.verdicts_below, "below"))
    return reasons


def _compared(peers: Peers, bound: str, verdict: str) -> str:
    """How the judged pairs that look so alike, or so little alike, were judged."""
    if peers.all_agreeing in (0, peers.all):
        return "There are no judged pairs of both kinds to compare with."
    if not peers.count:
        return f"No other judged pair looks {bound} alike."
    return (
        f"Among judged pairs that look {bound} alike, {peers.agreeing} of {peers.count} "
        f"{'is' if peers.count == 1 else 'are'} {verdict}; among all others judged, "
        f"{peers.all_agreeing} of {peers.all}."
    )


def _joined(reasons: list[str]) -> str:
    *first, last = reasons
    return f"{', '.join(first)}, and {last}" if first else last


def _words(pair: Pair) -> str:
    return _listed(tuple(f"“{word.term}”" for word in pair.words), most=3)


def _listed(names: tuple[str, ...], most: int = 2) -> str:
    """The first names, and how many more there are."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _verdicts(counts: tuple[int, int], where: str) -> str:
    aligned, judged = counts[0], sum(counts)
    if judged == 1:
        return f"the one pair judged {where} them is {'' if aligned else 'not '}aligned"
    return f"of {judged} pairs judged {where} them {aligned} are aligned"
