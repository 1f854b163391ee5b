"""Words and surroundings that make two statements look alike."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analytics.similarity import score_pairs, similarity
from graph.analytics.surroundings import Surroundings
from graph.analytics.words import Texts, fold, words_of
from graph.errors import NotFoundError, ParameterError
from graph.model import Alignment, Competency, Framework, Relation, Strength, Verdict
from graph.terms import crosswalk_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.catalogue import Catalogue

ENDS = "epas-2022", "isp-2020"


def _statement(key: str, title: str = "", parent: str | None = None) -> Competency:
    framework, _, code = key.partition(":")
    level = "behavior" if parent else "competency"
    return Competency(
        id=key,
        framework=framework,
        code=code,
        level=level,
        parent=parent,
        title=title or key,
        description="",
        citation="",
        url="",
        confidence="high",
        position=1,
    )


def _alignment(one: str, other: str, aligned: bool) -> Alignment:
    return Alignment(
        id=f"{one} {other}",
        subject_id=one,
        subject_label=one,
        relation=Relation.RELATED,
        object_id=other,
        object_label=other,
        verdict=Verdict.ALIGNED if aligned else Verdict.NOT_ALIGNED,
        strength=Strength.STRONG if aligned else None,
        confidence=0.5,
        rationale="",
        direction=None,
        aims=(),
        evidence=(),
        status="proposed",
        author="agent:project",
        date="2026-11-23",
    )


def _catalogue(
    model: Catalogue,
    statements: list[Competency],
    verdicts: Mapping[tuple[str, str], bool],
) -> Catalogue:
    """A catalogue made by hand; `model` lends its prefixes and lists."""
    one = next(iter(model.frameworks.values()))
    frameworks: dict[str, Framework] = {
        s.framework: replace(one, id=s.framework) for s in statements
    }
    alignments = [_alignment(*pair, aligned) for pair, aligned in verdicts.items()]
    return replace(
        model,
        frameworks=frameworks,
        competencies={
            s.id: replace(s, position=place) for place, s in enumerate(statements, start=1)
        },
        alignments={a.id: a for a in alignments},
    )


# ---- words -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "family",
    [
        "assess assessing assessment assessments assesses",
        "ethics ethical",
        "culture cultures cultural culturally",
        "organization organisation organizations organise",
        "policy policies",
        "community communities",
        "communicate communication communicating",
        "evaluate evaluation evaluating",
        "advocate advocacy",
        "race racism racist racial",
        "lead leader leaders leadership",
        "plan planning plans",
        "oppression oppressive",
        "equity equitable",
        "analysis analyse analyze",
        "behavior behaviour behaviors",
        "practise practice practices",
        "bias biases",
        "relationship relationships",
    ],
)
def test_forms_of_a_word_have_one_stem(family: str) -> None:
    assert len({fold(word) for word in family.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("community", "communication"),
        ("policy", "practice"),
        ("need", "new"),
        ("ring", "run"),
        ("justice", "just"),
    ],
)
def test_different_words_keep_different_stems(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(alphabet="abcdeilmnorstuy", min_size=1, max_size=16))
def test_folding_twice_is_folding_once(word: str) -> None:
    assert fold(fold(word)) == fold(word)
    assert fold(word)


def test_empty_words_and_numbers_are_no_words() -> None:
    assert words_of("Engage with the 2022 Families, and one's groups!") == [
        "engage",
        "families",
        "groups",
    ]


def test_the_contributions_of_the_words_add_up_to_the_score(catalogue: Catalogue) -> None:
    for pair in similarity(catalogue, *ENDS).pairs:
        assert math.fsum(word.contribution for word in pair.words) == pytest.approx(pair.text)
        assert 0 <= pair.text <= 1


def test_a_text_is_like_itself_and_unlike_one_without_its_words(mini_catalogue: Catalogue) -> None:
    texts = Texts(mini_catalogue, ("sw-1", "imp-1"))
    assert texts.cosine("sw-1:1", "sw-1:1") == pytest.approx(1)
    assert texts.cosine("sw-1:2", "imp-1:1.1") == 0
    assert texts.shared("sw-1:2", "imp-1:1.1") == ()


def test_words_are_shown_as_they_stand_in_the_texts(mini_catalogue: Catalogue) -> None:
    best = similarity(mini_catalogue, "sw-1", "imp-1").pairs[0]
    assert (best.subject_id, best.object_id) == ("sw-1:1", "imp-1:1.1")
    assert {word.term for word in best.words} == {"assess / assessing", "needs"}


def test_the_index_finds_the_same_cosines_as_pair_by_pair(catalogue: Catalogue) -> None:
    texts = Texts(catalogue, ENDS)
    sides = [[s.id for s in catalogue.by_framework[framework]] for framework in ENDS]
    product_ = (texts.matrix(sides[0]) @ texts.matrix(sides[1]).T).toarray()
    for (row, one), (column, other) in product(*map(enumerate, sides)):
        assert product_[row, column] == pytest.approx(texts.cosine(one, other), abs=1e-12)


def test_an_unrelated_framework_changes_no_text_score(mini_catalogue: Catalogue) -> None:
    statements = [*mini_catalogue.competencies.values(), _statement("x:1", "Assess needs")]
    larger = _catalogue(mini_catalogue, statements, {})
    before = {
        p.subject_id + p.object_id: p.text
        for p in similarity(mini_catalogue, "sw-1", "imp-1").pairs
    }
    after = {p.subject_id + p.object_id: p.text for p in similarity(larger, "sw-1", "imp-1").pairs}
    assert before == after


# ---- surroundings ------------------------------------------------------------------------


def _neighbors_by_hand(verdicts: Mapping[tuple[str, str], int], one: str, other: str) -> float:
    """The definition in the docstring of `Surroundings.neighbors`, word by word."""

    def half(known: Mapping[tuple[str, str], int], mine: str, theirs: str) -> float:
        above = below = 0.0
        for neighbor in {row for row, column in known if column == theirs} - {mine}:
            common = [
                column
                for row, column in known
                if row == mine and column != theirs and (neighbor, column) in known
            ]
            agreement = sum(known[mine, c] * known[neighbor, c] for c in common) / (len(common) + 1)
            above += agreement * known[neighbor, theirs]
            below += abs(agreement)
        return above / (below + 1)

    turned = {(column, row): sign for (row, column), sign in verdicts.items()}
    return (half(verdicts, one, other) + half(turned, other, one)) / 2


@given(st.dictionaries(st.tuples(st.integers(1, 5), st.integers(1, 6)), st.booleans(), max_size=24))
def test_neighbors_follow_their_definition(
    mini_catalogue: Catalogue, drawn: dict[tuple[int, int], bool]
) -> None:
    rows, columns = [f"a:{n}" for n in range(1, 6)], [f"b:{n}" for n in range(1, 7)]
    verdicts = {(f"a:{one}", f"b:{other}"): aligned for (one, other), aligned in drawn.items()}
    made = _catalogue(mini_catalogue, [_statement(key) for key in [*rows, *columns]], verdicts)
    scores = score_pairs(made, "a", "b")
    signs = {pair: 1 if aligned else -1 for pair, aligned in verdicts.items()}
    for place in range(len(scores.rows)):
        pair = scores.pair(place)
        expected = _neighbors_by_hand(signs, pair.subject_id, pair.object_id)
        assert pair.neighbors == pytest.approx(expected, abs=1e-12)
        assert -1 < pair.neighbors < 1


def test_shared_partners_count_in_third_frameworks_only(mini_catalogue: Catalogue) -> None:
    statements = [_statement(key) for key in ("a:1", "a:2", "b:1", "c:1", "c:2")]
    verdicts = {
        ("a:1", "c:1"): True,
        ("a:1", "c:2"): True,
        ("b:1", "c:1"): True,
        ("a:2", "c:1"): False,
    }
    around = Surroundings(_catalogue(mini_catalogue, statements, verdicts), "a", "b")
    assert around.partners("a:1", "b:1") == ("c:1",)
    assert around.shared("a:1", "b:1") == pytest.approx(1 / math.sqrt(2))
    assert around.shared("a:2", "b:1") == 0


def test_verdicts_above_are_scored_and_verdicts_below_are_only_told(
    mini_catalogue: Catalogue,
) -> None:
    statements = [
        _statement("a:1", "Bake"),
        _statement("a:1.a", "Knead", "a:1"),
        _statement("b:1", "Sail"),
        _statement("b:1.a", "Steer", "b:1"),
    ]
    verdicts = {("a:1", "b:1"): True, ("a:1.a", "b:1.a"): True}
    made = _catalogue(mini_catalogue, statements, verdicts)
    (parents,) = similarity(made, "a", "b").pairs
    (children,) = similarity(made, "a", "b", "behavior").pairs
    assert (parents.verdicts_above, parents.verdicts_below) == ((0, 0), (1, 0))
    assert (parents.above, parents.score) == (0, 0)
    assert (children.verdicts_above, children.verdicts_below) == ((1, 0), (0, 0))
    assert children.above == pytest.approx(1 / 2)
    assert children.score == pytest.approx(1 / 12)


# ---- pairs -------------------------------------------------------------------------------


def test_no_score_contains_the_verdict_on_its_own_pair(catalogue: Catalogue) -> None:
    scores = score_pairs(catalogue, *ENDS)
    for place in range(len(scores.rows)):
        pair = scores.pair(place)
        kept = {key: a for key, a in catalogue.alignments.items() if key != pair.alignment}
        without = score_pairs(replace(catalogue, alignments=kept), *ENDS, texts=scores._texts)
        left = without.pair(place)
        assert (left.subject_id, left.object_id) == (pair.subject_id, pair.object_id)
        assert left.verdict is None
        assert left.score == pytest.approx(pair.score, abs=1e-9)


def test_no_score_contains_a_rationale(catalogue: Catalogue) -> None:
    mute = {key: replace(a, rationale="x") for key, a in catalogue.alignments.items()}
    silent = similarity(replace(catalogue, alignments=mute), *ENDS)
    assert silent == similarity(catalogue, *ENDS)


def test_every_pair_of_the_level_is_ranked_best_first(catalogue: Catalogue) -> None:
    found = similarity(catalogue, *ENDS)
    assert len(found.pairs) == len({(p.subject_id, p.object_id) for p in found.pairs}) == 9 * 15
    assert [p.score for p in found.pairs] == sorted((p.score for p in found.pairs), reverse=True)


def test_turning_the_frameworks_round_keeps_the_scores(catalogue: Catalogue) -> None:
    there = {(p.subject_id, p.object_id): p for p in similarity(catalogue, *ENDS).pairs}
    for pair in similarity(catalogue, *reversed(ENDS)).pairs:
        same = there[pair.object_id, pair.subject_id]
        assert pair.score == pytest.approx(same.score, abs=1e-9)
        assert pair.verdict is same.verdict


def test_top_keeps_the_best_of_each_competency(catalogue: Catalogue) -> None:
    everything = similarity(catalogue, *ENDS).pairs
    best = similarity(catalogue, *ENDS, top=2).pairs
    for statement in {pair.subject_id for pair in everything}:
        mine = [pair for pair in everything if pair.subject_id == statement]
        assert [pair for pair in best if pair.subject_id == statement] == mine[:2]


def test_depth_leaves_out_only_pairs_that_nothing_speaks_for(catalogue: Catalogue) -> None:
    ends = "epas-2015", "epas-2022"
    everything = {(p.subject_id, p.object_id): p for p in similarity(catalogue, *ends, None).pairs}
    some = {
        (p.subject_id, p.object_id): p for p in similarity(catalogue, *ends, None, depth=3).pairs
    }
    assert len(some) < len(everything)
    assert some == {key: everything[key] for key in some}
    assert {key for key, pair in everything.items() if pair.verdict} <= some.keys()
    for statement in {one for one, _ in everything}:
        mine = sorted(
            (p.text for (one, _), p in everything.items() if one == statement), reverse=True
        )
        kept = sorted((p.text for (one, _), p in some.items() if one == statement), reverse=True)
        positive = [text for text in mine[:3] if text > 0]
        assert kept[: len(positive)] == pytest.approx(positive)


def test_a_level_that_one_side_lacks_has_no_pairs(catalogue: Catalogue) -> None:
    empty = similarity(catalogue, *ENDS, "domain")
    assert empty.pairs == ()
    assert empty.record()["items"] == []
    assert empty.table()[1] == []


def test_statements_without_words_are_unlike_everything(mini_catalogue: Catalogue) -> None:
    statements = [_statement("a:1", "The"), _statement("b:1", "2020"), _statement("b:2", "Bake")]
    found = similarity(_catalogue(mini_catalogue, statements, {}), "a", "b", depth=1)
    assert found.pairs == ()
    (first, second) = similarity(_catalogue(mini_catalogue, statements, {}), "a", "b").pairs
    assert (first.score, second.score) == (0, 0)


def test_records_and_tables_say_the_same(catalogue: Catalogue) -> None:
    found = similarity(catalogue, *ENDS, top=1)
    record = found.record()
    columns, rows = found.table()
    assert record["total"] == len(record["items"]) == len(rows)
    for item, row in zip(record["items"], rows, strict=True):
        named = dict(zip(columns, row, strict=True))
        assert named["Score"] == item["score"]
        assert named["From"].startswith(item["subject_id"])
        assert not math.isnan(item["score"])


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("epas-2022", "isp-2021"), NotFoundError),
        (("epas-2022", "epas-2022"), ParameterError),
        (("epas-2022", "isp-2020", "chapter"), ParameterError),
    ],
)
def test_what_does_not_exist_is_a_named_error(
    catalogue: Catalogue, arguments: tuple[str, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        similarity(catalogue, *arguments)


@pytest.mark.parametrize("option", [{"top": 0}, {"depth": 0}])
def test_numbers_below_one_are_refused(catalogue: Catalogue, option: dict[str, int]) -> None:
    with pytest.raises(ParameterError):
        similarity(catalogue, *ENDS, **option)


def test_large_frameworks_are_scored_without_all_their_pairs(mini_catalogue: Catalogue) -> None:
    generator = np.random.default_rng(1)
    vocabulary = [f"{a}{b}{c}o" for a, b, c in product("bdfgk", "aeiou", "lmnprt")]
    statements = [
        _statement(f"{side}:{n}", " ".join(generator.choice(vocabulary, 4)))
        for side in "ab"
        for n in range(400)
    ]
    made = _catalogue(mini_catalogue, statements, {("a:1", "b:1"): True})
    scores = score_pairs(made, "a", "b", depth=5)
    assert len(scores.rows) <= 400 * 5 + 1
    assert crosswalk_id("a", "b") in made.by_crosswalk
