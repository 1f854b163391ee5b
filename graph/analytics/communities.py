"""Themes that cut across two professions: groups of competencies that align among themselves."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from graph.analytics import engines
from graph.analytics.edges import Edges
from graph.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.analytics.analytic import Progress
    from graph.analytics.edges import Ints, Projected, Selection
    from graph.analytics.engines import Links
    from graph.records import Record

#: `auto` is Louvain by networkx for small graphs and Leiden by igraph for large ones.
Method: TypeAlias = Literal["auto", "louvain", "leiden", "greedy"]

#: Edges above which `auto` takes Leiden.
LARGE: Final = 2_000

_RUNS: Final = 100
_RUNS_LARGE: Final = 10

#: Most runs that may be asked for.
MOST_RUNS: Final = 200

_WORD: Final = re.compile(r"[a-z]+(?:-[a-z]+)*")

#: Words of no theme: English function words, and those that any statement of a profession uses.
STOP_WORDS: Final = frozenset(
    _WORD.findall(
        "a about across after against all also among an and any are as at be because been before "
        "being below between both but by can cannot could did do does each every for from further "
        "had has have having he her his how i if in into is it its itself just like may might more "
        "most must no nor not of off on one ones only onto or other others our out over own same "
        "self she should so some such than that the their them themselves then there these they "
        "this those through to together toward towards under until up upon us via was we were what "
        "when where whether which while who whom whose why will with within without would yet you "
        "your ability activity competency competencies demonstrate engage field framework give "
        "gives given implementation individuals keep keeps make makes making people person persons "
        "practice practices practitioner practitioners profession professional professionals put "
        "puts skill skills social support supports supporting take takes thing things use used "
        "uses using way ways well work working works"
    )
)

#: A word of a title counts as much as so many of a description.
_TITLE: Final = 2

#: So many words in a row that several statements of a framework share are a formula, as are the
#: `individuals, families, groups, organizations, and communities` of EPAS: no mark of any theme.
_FORMULA: Final = 4

_COLUMNS: Final = (
    "theme",
    "label",
    "competency",
    "title",
    "framework",
    "stability",
    "links inside",
    "links outside",
    "density",
)


@dataclass(frozen=True, slots=True)
class Member:
    """A competency of a theme.

    Attributes
    ----------
    inside : float
        Share of the weight of its alignments that stays within the theme, 0 to 1. Below a half
        it belongs elsewhere as much as here.
    """

    id: str
    title: str
    framework: str
    side: int
    inside: float

    def record(self) -> Record:
        """As JSON."""
        return {
            "id": self.id,
            "title": self.title,
            "framework": self.framework,
            "side": None if self.side < 0 else self.side,
            "inside": round(self.inside, 6),
        }


@dataclass(frozen=True, slots=True)
class Community:
    """A theme.

    Attributes
    ----------
    number : int
        From 1: most members first, ties in the order of the first member's code.
    words : tuple[str, ...]
        What its members' texts say more than others do, most salient first.
    members : tuple[Member, ...]
        By side, then in the order of their codes.
    links, outside : int
        Alignments between two members, and from a member to another theme.
    density : float | None
        Alignments between members, as a share of all pairs of members from different sides;
        `None` where there is no such pair.
    stability : float | None
        Over all runs, how often two of its members were together, 0 to 1, mean of all pairs;
        `None` for a single member or a single run.
    """

    number: int
    words: tuple[str, ...]
    members: tuple[Member, ...]
    links: int
    outside: int
    density: float | None
    stability: float | None

    @property
    def label(self) -> str:
        """Its words; the title of its first member if it has none."""
        return ", ".join(self.words) or self.members[0].title

    def of_side(self, side: int) -> tuple[Member, ...]:
        """Members of one side."""
        return tuple(member for member in self.members if member.side == side)

    @property
    def crosses(self) -> bool:
        """Whether it has members of more than one framework."""
        return len({member.framework for member in self.members}) > 1

    @property
    def inside(self) -> float:
        """Share of its members' alignments that stay within it, 0 to 1."""
        return self.links / (self.links + self.outside) if self.links else 0.0

    def record(self) -> Record:
        """As JSON."""
        return {
            "number": self.number,
            "label": self.label,
            "words": [*self.words],
            "members": [member.record() for member in self.members],
            "crosses": self.crosses,
            "links": self.links,
            "outside": self.outside,
            "inside": round(self.inside, 6),
            "density": None if self.density is None else round(self.density, 6),
            "stability": None if self.stability is None else round(self.stability, 6),
        }


@dataclass(frozen=True, slots=True)
class Communities:
    """The themes of a graph.

    Attributes
    ----------
    found : tuple[Community, ...]
        Largest first. A theme is of one profession only where `crosses` is false.
    alone : tuple[str, ...]
        Competencies without any alignment: of no theme.
    modularity : float
        Weight within themes beyond chance (Newman); -0.5 to 1.
    bipartite_modularity : float | None
        The same by a chance model that links the two sides only (Barber): the one to cite for two
        professions. `None` in a graph without sides.
    stability : float | None
        Mean adjusted Rand index of all pairs of runs: 1 if all seeds agree, about 0 if they agree
        no more than chance. `None` for a single run or without themes.
    crossing : float
        Share of all alignments that run between two themes, 0 to 1: what the picture of separate
        themes leaves out.
    method : str
        Method and library that were used.
    """

    selection: Selection | None
    found: tuple[Community, ...]
    alone: tuple[str, ...]
    modularity: float
    bipartite_modularity: float | None
    stability: float | None
    crossing: float
    method: str
    resolution: float
    runs: int
    seed: int

    def record(self) -> Record:
        """As JSON."""
        return {
            **(self.selection.record() if self.selection else {}),
            "communities": [community.record() for community in self.found],
            "alone": [*self.alone],
            "modularity": round(self.modularity, 6),
            "bipartite_modularity": None
            if self.bipartite_modularity is None
            else round(self.bipartite_modularity, 6),
            "stability": None if self.stability is None else round(self.stability, 6),
            "crossing": round(self.crossing, 6),
            "method": self.method,
            "resolution": self.resolution,
            "runs": self.runs,
            "seed": self.seed,
        }

    def table(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Columns and rows: one row for each member; figures of its theme beside it."""
        return _COLUMNS, [
            (
                community.number,
                community.label,
                member.id,
                member.title,
                member.framework,
                None if community.stability is None else round(community.stability, 4),
                community.links,
                community.outside,
                None if community.density is None else round(community.density, 4),
            )
            for community in self.found
            for member in community.members
        ]


def communities(
    G: Projected,
    *,
    method: Method = "auto",
    resolution: float = 1.0,
    runs: int | None = None,
    seed: int = 0,
    words: int = 4,
    texts: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Communities:
    """Themes: groups of competencies with more alignment among themselves than by chance.

    The method is run with the seeds `seed`, `seed + 1`, ...; the partition with the highest
    modularity is given, the first in order of its codes if several have it. How far the runs
    agree is part of the answer: where they do not, another partition is as good.

    Parameters
    ----------
    G : networkx.Graph | graph.analytics.edges.Edges
        Edges with `weight`: stronger alignments pull harder. Direction is not used.
    method : Method
        `louvain` [1]_, `leiden` [2]_, `greedy` [3]_, or `auto`: Louvain up to 2,000 edges, Leiden
        above. `greedy` knows no chance: all its runs are one, and `resolution` must be 1.
    resolution : float
        Above 1 for more and smaller themes, below 1 for fewer and larger. Above 0.
    runs : int | None
        How many seeds, 1 to 200; by default 100, for more than 2,000 edges 10.
    seed : int
        The first of them.
    words : int
        Most words of a label.
    texts : Mapping[str, str] | None
        Description of each competency; by default those of the statements in the projection.
    progress : Progress | None
        Called after each run.

    Returns
    -------
    Communities
        Without edges there are no themes: all competencies are `alone`.

    Raises
    ------
    ParameterError
        If an option has a value that it cannot have, or a weight cannot be used.

    Notes
    -----
    About O(m log n) a run. Labels in the manner of TF-IDF, a theme being a document: how often its
    members say a word, times the logarithm of how much oftener than all competencies do. Words
    that members of both sides say come first, words of a single member last; phrases that a
    framework repeats are left out. Modularity cannot
    see themes below a certain size in a large graph (resolution limit) [4]_.

    References
    ----------
    .. [1] Blondel et al. (2008). Fast unfolding of communities in large networks. J. Stat. Mech.
    .. [2] Traag, Waltman and van Eck (2019). From Louvain to Leiden. Scientific Reports 9.
    .. [3] Clauset, Newman and Moore (2004). Finding community structure in very large networks.
    .. [4] Fortunato and Barthélemy (2007). Resolution limit in community detection. PNAS 104(1).
    .. [5] Barber (2007). Modularity and community detection in bipartite networks. PRE 76.
    .. [6] Hubert and Arabie (1985). Comparing partitions. Journal of Classification 2.
    """
    if not 0 < resolution < math.inf:
        raise ParameterError("resolution", str(resolution), "a number above 0")
    if runs is not None and not 1 <= runs <= MOST_RUNS:
        raise ParameterError("runs", str(runs), f"a number from 1 to {MOST_RUNS}")
    if seed < 0:
        raise ParameterError("seed", str(seed), "a number from 0")
    if words < 0:
        raise ParameterError("words", str(words), "a number from 0")
    links = engines.links_of(G)
    chosen = _method(method, links)
    if chosen == "greedy" and resolution != 1:
        raise ParameterError("resolution", str(resolution), "1 with the method greedy")
    if runs is None:
        runs = _RUNS_LARGE if len(links.tails) > LARGE else _RUNS
    partitions: list[Ints] = []
    for number in range(runs):
        if chosen == "greedy" and partitions:
            partitions.append(partitions[0])
        else:
            partitions.append(_partition(links, chosen, resolution, seed + number))
        if progress:
            progress(number + 1, runs)
    scores = [
        round(engines.modularity(links, labels, resolution=resolution), 12) for labels in partitions
    ]
    best = min(zip(scores, partitions, strict=True), key=lambda pair: (-pair[0], [*pair[1]]))[1]
    linked = np.flatnonzero(~links.loose)
    return Communities(
        selection=engines.selection_of(G),
        found=_communities(
            links, best, [labels[linked] for labels in partitions], texts or _texts(G), words
        ),
        alone=tuple(links.nodes[place] for place in np.flatnonzero(links.loose)),
        modularity=engines.modularity(links, best),
        bipartite_modularity=None
        if (links.sides < 0).any()
        else engines.bipartite_modularity(links, best),
        stability=_agreement([labels[linked] for labels in partitions]),
        crossing=float((best[links.tails] != best[links.heads]).mean())
        if len(links.tails)
        else 0.0,
        method=_NAMES[chosen],
        resolution=resolution,
        runs=runs,
        seed=seed,
    )


_NAMES: Final = {
    "louvain": "Louvain (networkx)",
    "leiden": "Leiden (igraph)",
    "greedy": "greedy (igraph)",
}


def _method(method: str, links: Links) -> str:
    if method == "auto":
        return "leiden" if len(links.tails) > LARGE else "louvain"
    if method not in _NAMES:
        raise ParameterError("method", method, f"one of auto, {', '.join(_NAMES)}")
    return method


def _partition(links: Links, method: str, resolution: float, seed: int) -> Ints:
    if not len(links.tails):
        return np.arange(len(links.nodes))
    if method == "louvain":
        return engines.louvain(links, resolution=resolution, seed=seed)
    if method == "leiden":
        return engines.leiden(links, resolution=resolution, seed=seed)
    return engines.greedy(links, arrays=True)


def _agreement(partitions: Sequence[Ints]) -> float | None:
    """Mean adjusted Rand index of all pairs; the same partition twice costs nothing."""
    if len(partitions) < 2 or not len(partitions[0]):
        return None
    counts = Counter(engines.canonical(labels).tobytes() for labels in partitions)
    distinct = [np.frombuffer(key, dtype=np.int64) for key in counts]
    times = [*counts.values()]
    total = float(sum(count * (count - 1) // 2 for count in times))
    for (a, of_a), (b, of_b) in itertools.combinations(zip(distinct, times, strict=True), 2):
        total += engines.adjusted_rand(a, b) * of_a * of_b
    return total / (len(partitions) * (len(partitions) - 1) / 2)


def _communities(
    links: Links,
    labels: Ints,
    runs: Sequence[Ints],
    texts: Mapping[str, str],
    words: int,
) -> tuple[Community, ...]:
    linked = np.flatnonzero(~links.loose)
    groups: dict[int, list[int]] = defaultdict(list)
    for place in linked.tolist():
        groups[int(labels[place])].append(place)
    ordered = sorted(groups.values(), key=lambda group: (-len(group), group))
    position = {place: number for number, place in enumerate(linked.tolist())}
    same = labels[links.tails] == labels[links.heads]
    inner = engines.degrees(links, np.where(same, links.weights, 0))
    whole = engines.degrees(links, links.weights)
    ends = np.bincount(labels[links.tails], minlength=len(links.nodes))
    ends += np.bincount(labels[links.heads], minlength=len(links.nodes))
    inside = np.bincount(labels[links.tails[same]], minlength=len(links.nodes))
    salient = _salient(links, ordered, texts, words)
    made = []
    for number, group in enumerate(ordered, start=1):
        label = int(labels[group[0]])
        sides = Counter(links.sides[group].tolist())
        pairs = sides[0] * sides[1]
        members = tuple(
            Member(
                links.nodes[place],
                links.titles[place],
                links.frameworks[place],
                int(links.sides[place]),
                float(inner[place] / whole[place]),
            )
            for place in group
        )
        made.append(
            Community(
                number,
                salient[number - 1],
                members,
                int(inside[label]),
                int(ends[label] - 2 * inside[label]),
                int(inside[label]) / pairs if pairs else None,
                _together([position[place] for place in group], runs),
            )
        )
    return tuple(made)


def _together(group: Sequence[int], runs: Sequence[Ints]) -> float | None:
    """How often two of a group were together, over all pairs and runs."""
    pairs = len(group) * (len(group) - 1) / 2
    if not pairs or len(runs) < 2:
        return None
    total = 0.0
    for labels in runs:
        counts = np.unique(labels[group], return_counts=True)[1]
        total += float((counts * (counts - 1)).sum()) / 2
    return total / pairs / len(runs)


def _texts(G: Projected) -> dict[str, str]:
    """Descriptions of the statements of a projection, as far as they are known."""
    statements = G.statements if isinstance(G, Edges) else G.graph.get("statements", {})
    return {key: statement.description for key, statement in statements.items()}


def _salient(
    links: Links, groups: Sequence[Sequence[int]], texts: Mapping[str, str], count: int
) -> list[tuple[str, ...]]:
    """The words of each group: salient stems, each in the form that its members use most."""
    said = [
        (title, texts.get(node, "")) for node, title in zip(links.nodes, links.titles, strict=True)
    ]
    formulas = _formulas(links.frameworks, said)
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    used: list[dict[str, float]] = []
    for framework, own in zip(links.frameworks, said, strict=True):
        votes: Counter[str] = Counter()
        for text, weight in zip(own, (_TITLE, 1), strict=True):
            words = _all_words(text)
            kept = [*words]
            for place, run in enumerate(_runs(words)):
                if (framework, run) in formulas:
                    kept[place : place + _FORMULA] = [""] * _FORMULA
            for word in kept:
                if len(word) > 2 and word not in STOP_WORDS:
                    votes[_stem(word)] += weight
                    forms[_stem(word)][word] += weight
        # A word twice in one statement is hardly a second vote.
        used.append({stem: min(votes[stem], 1 + _TITLE) for stem in votes})
    everywhere: dict[str, float] = defaultdict(float)
    for votes_of in used:
        for stem, vote in votes_of.items():
            everywhere[stem] += vote / len(used)
    found = []
    for group in groups:
        here: dict[str, float] = defaultdict(float)
        frameworks: dict[str, set[str]] = defaultdict(set)
        members: Counter[str] = Counter()
        for place in group:
            for stem, vote in used[place].items():
                here[stem] += vote / len(group)
                frameworks[stem].add(links.frameworks[place])
                members[stem] += 1

        def rank(
            stem: str,
            here: dict[str, float] = here,
            frameworks: dict[str, set[str]] = frameworks,
            members: Counter[str] = members,
        ) -> tuple[Any, ...]:
            score = here[stem] * math.log(here[stem] / everywhere[stem])
            # What both sides say, or several members, says more of a theme than what one
            # framework repeats or one member insists on.
            shared = (len(frameworks[stem]) > 1) + (members[stem] > 1)
            return score <= 0, -shared, -round(score, 9), -round(here[stem], 9), stem

        found.append(tuple(_form(forms[stem]) for stem in sorted(here, key=rank)[:count]))
    return found


def _formulas(
    frameworks: Sequence[str], said: Sequence[tuple[str, str]]
) -> set[tuple[str, tuple[str, ...]]]:
    """Runs of words that several statements of one framework repeat: they mark none of them."""
    counts = Counter(
        (framework, run)
        for framework, texts in zip(frameworks, said, strict=True)
        for run in {run for text in texts for run in _runs(_all_words(text))}
    )
    return {key for key, count in counts.items() if count > 1}


def _runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(words[place : place + _FORMULA]) for place in range(len(words) - _FORMULA + 1)]


def _all_words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _form(counts: Mapping[str, int]) -> str:
    """Most used form of a word; of equals the shortest, then the first of the alphabet."""
    return min(counts, key=lambda form: (-counts[form], len(form), form))


def _stem(word: str) -> str:
    """A word without the commonest English endings: enough to count `needs` with `need`."""
    for ending in ("ments", "ment"):
        if word.endswith(ending) and len(word) > len(ending) + 3:
            return word.removesuffix(ending).removesuffix("e")
    for ending, rest in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("s", "")):
        if word.endswith(ending) and not word.endswith(("ss", "us", "is")):
            base = word[: -len(ending)] + rest
            if len(base) > 3:
                # `sharing`, `shared` and `shares` meet `share`.
                return base.removesuffix("e")
    return word.removesuffix("e") if len(word) > 4 else word
