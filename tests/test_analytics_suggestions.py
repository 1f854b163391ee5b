"""Pairs worth a second look, and the figures that say what they are worth."""

from __future__ import annotations

import importlib
import itertools
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics.similarity import similarity
from graph.analytics.suggestions import JUSTIFICATION, Kind, suggest
from graph.errors import NotFoundError, ParameterError
from graph.model import Verdict

if TYPE_CHECKING:
    from graph.catalogue import Catalogue

ENDS = "epas-2022", "isp-2020"
ROOT = Path(__file__).parents[1]


def test_candidates_are_open_pairs_and_faults_are_aligned_ones(catalogue: Catalogue) -> None:
    found = suggest(catalogue, *ENDS)
    assert len(found.candidate_alignments) == len(found.candidate_faults) == 10
    assert {s.pair.verdict for s in found.candidate_alignments} == {Verdict.NOT_ALIGNED}
    assert {s.pair.verdict for s in found.candidate_faults} == {Verdict.ALIGNED}
    assert {s.kind for s in found.candidate_alignments} == {Kind.ALIGNMENT}
    assert {s.kind for s in found.candidate_faults} == {Kind.FAULT}


def test_the_most_telling_come_first(catalogue: Catalogue) -> None:
    found = suggest(catalogue, *ENDS, limit=135)
    alike = [s.pair.score for s in found.candidate_alignments]
    unlike = [s.pair.score for s in found.candidate_faults]
    assert alike == sorted(alike, reverse=True)
    assert unlike == sorted(unlike)
    assert min(alike) > 0


def test_peers_are_counted_among_the_other_judged_pairs(catalogue: Catalogue) -> None:
    everything = similarity(catalogue, *ENDS).pairs
    found = suggest(catalogue, *ENDS, limit=135)
    for suggestion in (*found.candidate_alignments, *found.candidate_faults):
        fault = suggestion.kind is Kind.FAULT
        others = [pair for pair in everything if pair != suggestion.pair]
        wanted = Verdict.NOT_ALIGNED if fault else Verdict.ALIGNED
        score = suggestion.pair.score
        alike = [p for p in others if (p.score <= score if fault else p.score >= score)]
        assert suggestion.peers.record() == {
            "count": len(alike),
            "agreeing": sum(pair.verdict is wanted for pair in alike),
            "all": 134,
            "all_agreeing": sum(pair.verdict is wanted for pair in others),
        }


def test_undecided_pairs_are_candidates(catalogue: Catalogue) -> None:
    left_out = {
        key: a
        for key, a in catalogue.alignments.items()
        if (a.subject_id, a.object_id) != ("epas-2022:6", "isp-2020:3.1")
    }
    found = suggest(replace(catalogue, alignments=left_out), *ENDS)
    assert (found.judged, found.aligned, found.undecided) == (134, 62, 1)
    first = found.candidate_alignments[0]
    assert (first.pair.subject_id, first.pair.object_id) == ("epas-2022:6", "isp-2020:3.1")
    assert first.pair.verdict is None
    assert first.why.startswith("Not judged; the texts share “relationships”")


def test_every_suggestion_says_why_in_sentences(catalogue: Catalogue) -> None:
    frameworks = [key for key in catalogue.frameworks if key in catalogue.by_framework]
    for from_, to in itertools.permutations(frameworks, 2):
        found = suggest(catalogue, from_, to, None)
        for suggestion in (*found.candidate_alignments, *found.candidate_faults):
            assert re.match(r"(Judged (not )?aligned, but|Not judged;) .*\. .*\.$", suggestion.why)
            for word in suggestion.pair.words[:3]:
                assert f"“{word.term}”" in suggestion.why


def test_the_sentence_of_a_small_crosswalk(mini_catalogue: Catalogue) -> None:
    found = suggest(mini_catalogue, "sw-1", "imp-1")
    assert [s.why for s in found.candidate_faults] == [
        "Judged aligned, but the texts share no word, no third framework has a statement that both "
        "align with, and nothing below them was judged. Among judged pairs that look no more "
        "alike, 1 of 1 is not aligned; among all others judged, 1 of 2.",
        "Judged aligned, but the texts share only “assess / assessing” and “needs”, and no third "
        "framework has a statement that both align with. Among judged pairs that look no more "
        "alike, 1 of 2 are not aligned; among all others judged, 1 of 2.",
    ]


def test_nothing_is_written_anywhere(catalogue: Catalogue) -> None:
    before = dict(catalogue.alignments)
    record = suggest(catalogue, *ENDS).record()
    assert catalogue.alignments == before
    assert record["justification"] == JUSTIFICATION == "semapv:LexicalSimilarityThresholdMatching"
    assert not any(key in catalogue.alignments for key in record)


def test_without_verdicts_there_are_no_faults_and_nothing_to_compare_with(
    catalogue: Catalogue,
) -> None:
    found = suggest(catalogue, "epas-2008", "isp-2020")
    assert (found.judged, found.aligned) == (0, 0)
    assert found.undecided == 10 * 15
    assert found.candidate_faults == ()
    for suggestion in found.candidate_alignments:
        assert suggestion.why.endswith("There are no judged pairs of both kinds to compare with.")


def test_a_level_that_one_side_lacks_gives_no_suggestions(catalogue: Catalogue) -> None:
    found = suggest(catalogue, *ENDS, "domain")
    assert found.table()[1] == []
    assert (found.judged, found.aligned, found.undecided) == (0, 0, 0)


def test_records_and_tables_say_the_same(catalogue: Catalogue) -> None:
    found = suggest(catalogue, *ENDS)
    record = found.record()
    columns, rows = found.table()
    items = [*record["candidate_alignments"], *record["candidate_faults"]]
    assert [dict(zip(columns, row, strict=True))["Why"] for row in rows] == [
        i["why"] for i in items
    ]
    assert [dict(zip(columns, row, strict=True))["Score"] for row in rows] == [
        i["score"] for i in items
    ]


def test_the_same_question_has_the_same_answer(catalogue: Catalogue) -> None:
    assert suggest(catalogue, *ENDS) == suggest(catalogue, *ENDS)


def test_bad_questions_are_named_errors(catalogue: Catalogue) -> None:
    with pytest.raises(ParameterError):
        suggest(catalogue, *ENDS, limit=0)
    with pytest.raises(NotFoundError):
        suggest(catalogue, "epas-2023", "isp-2020")


# ---- the figures -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bench() -> Any:
    """The module that measures; `benchmarks` is not installed."""
    sys.path.insert(0, str(ROOT))
    try:
        return importlib.import_module("benchmarks.suggestions")
    finally:
        sys.path.remove(str(ROOT))


@given(
    st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=6), st.integers(1, 6)
)
def test_tied_figures_are_means_over_all_orders(
    bench: Any, items: list[tuple[int, bool]], k: int
) -> None:
    k = min(k, len(items))
    orders = [
        [relevant for _, relevant in order]
        for order in itertools.permutations(items)
        if all(one[0] >= two[0] for one, two in itertools.pairwise(order))
    ]

    def precise(order: list[bool]) -> float:
        hits = [sum(order[: n + 1]) / (n + 1) for n, relevant in enumerate(order) if relevant]
        return sum(hits) / len(hits) if hits else 0

    def first(order: list[bool]) -> float:
        return 1 / (order.index(True) + 1) if any(order) else 0

    scores = np.array([float(score) for score, _ in items])
    relevant = np.array([int(is_) for _, is_ in items])
    assert bench.average_precision(scores, relevant) == pytest.approx(
        np.mean([precise(order) for order in orders])
    )
    assert bench.reciprocal_rank(scores, relevant) == pytest.approx(
        np.mean([first(order) for order in orders])
    )
    assert bench.precision_at(scores, relevant, k) == pytest.approx(
        np.mean([sum(order[:k]) / k for order in orders])
    )


def test_the_page_has_the_figures_that_the_command_makes(bench: Any, catalogue: Catalogue) -> None:
    page = (ROOT / "docs" / "suggestions.md").read_text(encoding="utf-8")
    intervals = re.compile(r" \([-+0-9.]+(?:–| to )[-+0-9.]+\)")
    shown = bench.figures_of(page)
    assert intervals.search(shown)
    made = bench.tables(catalogue, samples=0)
    assert intervals.sub("", shown) == made, "run: python -m benchmarks.suggestions --write"


def test_intervals_are_the_same_for_the_same_seed(bench: Any, catalogue: Catalogue) -> None:
    task = bench.crosswalk_task(catalogue)
    measures = {"Average precision": bench.CROSSWALK_MEASURES["Average precision"]}
    figures = [
        bench.measure_all(task, measures, against=bench.RANDOM, samples=20, seed=seed)
        for seed in (1, 1, 2)
    ]
    assert figures[0] == figures[1] != figures[2]
    for first, *_ in figures[0].values():
        assert first.low <= first.high
