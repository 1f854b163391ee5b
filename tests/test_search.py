"""Search: what an educator types finds what it should, and no text can break it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.search import KINDS, Search, hit_record
from graph.terms import natural_key

if TYPE_CHECKING:
    from graph.catalogue import Catalogue
    from graph.search import Hit


@pytest.fixture(scope="module")
def index(catalogue: Catalogue) -> Search:
    return Search.over(catalogue)


@pytest.fixture(scope="module")
def mini(mini_catalogue: Catalogue) -> Search:
    return Search.over(mini_catalogue)


def _ids(hits: list[Hit]) -> list[str]:
    return [hit.id for hit in hits]


def _marked(hit: Hit) -> list[str]:
    return [s.text for s in (*hit.title_segments, *hit.snippet) if s.marked]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("evaluating", {"epas-2022:9.a", "epas-2022:9.b", "epas-2008:2.1.10(d)"}),
        ("evaluation", {"epas-2022:9.a", "epas-2022:9.b", "epas-2008:2.1.10(d)"}),
        ("power", {"isp-2020:1.3"}),
        ("supervision", {"epas-2022:1.d", "epas-2015:1.e"}),
        ("supervisi", {"epas-2022:1.d", "epas-2015:1.e"}),
        ("co-design", {"isp-2020:1.4"}),
        ("who decides", {"isp-2020:1.3"}),
    ],
)
def test_words_find_what_an_educator_means(index: Search, words: str, expected: set[str]) -> None:
    assert expected <= set(_ids(index.find(words, limit=5)))


def test_a_word_in_the_title_comes_before_a_word_in_the_text(index: Search) -> None:
    assert index.find("power")[0].id == "isp-2020:1.3"


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("epas-2022:7", "epas-2022:7"),
        (" ISP-2020:1.3 ", "isp-2020:1.3"),
        ("EPAS 2022 competency 7", "epas-2022:7"),
        ("epas-2022:7.b", "epas-2022:7.b"),
        ("1.3", "isp-2020:1.3"),
        ("epas-2022", "epas-2022"),
        ("P4", "isp-2020:P4"),
    ],
)
def test_what_is_named_comes_first(index: Search, words: str, first: str) -> None:
    assert index.find(words)[0].id == first


def test_an_alignment_is_found_by_its_id(index: Search, catalogue: Catalogue) -> None:
    key = next(iter(catalogue.alignments))
    assert _ids(index.find(key)) == [key]
    assert _ids(index.find(f"alignment:{key}")) == [key]


def test_all_words_come_before_any_word(mini: Search) -> None:
    hits = mini.find("needs lacking", kinds=["alignment", "competency"])
    both = [hit for hit in hits if hit.score > 2 / 3]
    some = [hit for hit in hits if hit.score < 1 / 3]
    assert both
    assert some
    assert hits[: len(both)] == both


def test_matched_words_are_marked_and_nothing_is_lost(mini: Search) -> None:
    (hit,) = mini.find("power", kinds=["competency"])
    assert [(s.text, s.marked) for s in hit.title_segments] == [
        ("Addressing ", False),
        ("power", True),
    ]
    assert "".join(s.text for s in hit.snippet) == "Notice who decides."


def test_marks_follow_the_stem(index: Search) -> None:
    (hit, *_) = index.find("evaluating", kinds=["competency"])
    assert all(word.lower().startswith("evaluat") for word in _marked(hit))


def test_a_verdict_not_aligned_is_found_and_says_so(mini: Search) -> None:
    (hit, *_) = mini.find("weighing lacking", kinds=["alignment"])
    assert (hit.verdict, hit.ends) == ("not-aligned", ("sw-1:1", "imp-1:1.2"))


def test_kinds_are_all_or_those_that_were_asked_for(index: Search) -> None:
    assert {hit.kind for hit in index.find("social", limit=500)} == set(KINDS)
    assert {hit.kind for hit in index.find("social", kinds=["framework"])} == {"framework"}


def test_limit_holds_and_never_changes_the_order(index: Search) -> None:
    full = index.find("social work practice", limit=50)
    for limit in (0, 1, 7, 30):
        assert index.find("social work practice", limit=limit) == full[:limit]


def test_equals_are_listed_by_kind_and_code(index: Search) -> None:
    hits = index.find("individuals families", limit=200)
    keys = [
        (-hit.score, KINDS.index(hit.kind), [natural_key(end) for end in hit.ends]) for hit in hits
    ]
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("suprevision", "supervision"),
        ("codesign", "co-design"),
        ("behaviour", "behavior"),
        ("addressing pwoer", "addressing power"),
    ],
)
def test_a_misspelt_word_is_mended(index: Search, typed: str, meant: str) -> None:
    assert index.did_you_mean(typed) == meant


@pytest.mark.parametrize("words", ["power", "", "the", "supervis", "xqzxqzxqz", "?!"])
def test_nothing_is_suggested_where_nothing_helps(index: Search, words: str) -> None:
    assert index.did_you_mean(words) is None


@pytest.mark.parametrize("nothing", ["", "   ", "*", '"', "()", "\x00", "\ud800"])
def test_no_words_find_nothing(index: Search, nothing: str) -> None:
    assert index.find(nothing) == []


@pytest.mark.parametrize(
    "syntax",
    ['"power', "power*", "power AND", "NOT power", "title:power", "power NEAR(x)", "^power",
     "power -x", "{title}: power", "power)", "'; DROP TABLE texts; --power"],
)  # fmt: skip
def test_the_query_language_beneath_does_not_show(index: Search, syntax: str) -> None:
    assert "isp-2020:1.3" in _ids(index.find(syntax, limit=100))


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(max_size=60) | st.text("abc\"*()^:-+{}'. \x00\x01ANDORTNE", max_size=30))
def test_any_text_is_a_query(mini: Search, words: str) -> None:
    hits = mini.find(words)
    mini.did_you_mean(words)
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert len(set(_ids(hits))) == len(hits)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_every_word_of_a_description_finds_it(
    index: Search, catalogue: Catalogue, data: st.DataObject
) -> None:
    competency = data.draw(st.sampled_from(list(catalogue.competencies.values())))
    word = data.draw(st.sampled_from(competency.description.split()))
    if any(character.isalnum() for character in word):
        assert competency.id in _ids(index.find(word, limit=1000))


def test_threads_share_an_index(index: Search) -> None:
    words = ["power", "supervision", "evaluating", "trust"] * 25
    alone = {word: index.find(word) for word in set(words)}
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(index.find, words))
    assert together == [alone[word] for word in words]


def test_the_same_content_gives_the_same_answer(catalogue: Catalogue, index: Search) -> None:
    again = Search.over(catalogue)
    for words in ("power", "social justice", "trus"):
        assert again.find(words, limit=100) == index.find(words, limit=100)


def test_a_record_has_every_field(mini: Search) -> None:
    (hit, *_) = mini.find("imp-1:1.2")
    assert hit_record(hit) == {
        "kind": "competency",
        "id": "imp-1:1.2",
        "title": "Addressing power",
        "score": 1.0,
        "ends": [],
        "verdict": None,
        "title_segments": [{"text": "Addressing power", "marked": False}],
        "snippet": [{"text": "Notice who decides.", "marked": False}],
    }
