"""Identifiers: CURIEs and IRIs, both ways, and nothing in between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.terms import (
    Prefixes,
    alignment_id,
    code_of,
    crosswalk_id,
    framework_of,
    natural_key,
    shipped_data,
)

if TYPE_CHECKING:
    from graph.catalogue import Catalogue

PREFIXES = Prefixes(
    {"a": "https://x.org/id/", "aa": "https://x.org/id/deep/", "s": "http://www.w3.org/s#"}
)

_LOCAL = st.text("abcXYZ019._-/%", min_size=1, max_size=12)


@given(prefix=st.sampled_from(["a", "aa", "s"]), local=_LOCAL)
def test_contracting_what_was_expanded_names_the_same(prefix: str, local: str) -> None:
    iri = PREFIXES.expand(f"{prefix}:{local}")
    assert PREFIXES.expand(PREFIXES.contract(iri)) == iri


def test_the_longest_prefix_wins() -> None:
    assert PREFIXES.contract("https://x.org/id/deep/1") == "aa:1"
    assert PREFIXES.contract("https://x.org/id/1") == "a:1"
    assert PREFIXES.contract("https://y.org/1") == "https://y.org/1"


@pytest.mark.parametrize("wrong", ["", "a", "b:1", ":1", "a:1 2", "a:<1>", 'a:"', "a:{1}", "a:\n"])
def test_what_is_no_curie_is_not_expanded(wrong: str) -> None:
    with pytest.raises(ValueError, match="is not a CURIE with a known prefix"):
        PREFIXES.expand(wrong)


@pytest.mark.parametrize(
    ("iri", "written"),
    [
        ("https://x.org/id/7", "a:7"),
        ("https://x.org/id/7.b", "a:7.b"),
        ("https://x.org/id/7.", "<https://x.org/id/7.>"),
        ("https://x.org/id/2.1.10(d)", "<https://x.org/id/2.1.10(d)>"),
        ("https://x.org/id/deep/", "<https://x.org/id/deep/>"),
        ("https://y.org/", "<https://y.org/>"),
    ],
)
def test_a_term_is_a_name_only_where_no_escape_is_needed(iri: str, written: str) -> None:
    assert PREFIXES.term(iri) == written


@pytest.mark.parametrize("wrong", ["https://x.org/>", "https://x.org/ y", "x\ny", "{}", "a|b"])
def test_no_iri_can_end_early(wrong: str) -> None:
    with pytest.raises(ValueError, match="is not an IRI"):
        PREFIXES.term(wrong)


def test_every_id_of_the_content_goes_both_ways(catalogue: Catalogue) -> None:
    for key in catalogue.competencies:
        assert catalogue.prefixes.contract(catalogue.prefixes.expand(key)) == key
        assert f"{framework_of(key)}:{code_of(key)}" == key


def test_header_declares_every_prefix_in_order() -> None:
    assert PREFIXES.header("@prefix") == (
        "@prefix a: <https://x.org/id/>\n"
        "@prefix aa: <https://x.org/id/deep/>\n"
        "@prefix s: <http://www.w3.org/s#>\n"
    )


def test_shipped_prefixes_are_read() -> None:
    prefixes = Prefixes.read(shipped_data() / "prefixes.tsv")
    assert prefixes.iris["skos"] == "http://www.w3.org/2004/02/skos/core#"
    assert list(prefixes.iris) == sorted(prefixes.iris)


def test_people_count_before_they_spell() -> None:
    wrong = ["e:10", "e:1.b", "e:2", "e:1", "d:3", "e:1.a", "e:P1", "e:1.10", "e:1.9"]
    assert sorted(wrong, key=natural_key) == [
        "d:3", "e:1", "e:1.9", "e:1.10", "e:1.a", "e:1.b", "e:2", "e:10", "e:P1"
    ]  # fmt: skip


@given(st.permutations(["e:1", "e:01", "e:001", "e:1.a", "e:01.a"]))
def test_codes_that_count_the_same_have_an_order_all_the_same(codes: list[str]) -> None:
    assert sorted(codes, key=natural_key) == ["e:001", "e:01", "e:1", "e:01.a", "e:1.a"]


@given(st.lists(st.text("ab:.019-", max_size=8)))
def test_any_ids_can_be_ordered(curies: list[str]) -> None:
    ordered = sorted(curies, key=natural_key)
    assert [natural_key(c) for c in ordered] == sorted(natural_key(c) for c in curies)


_PART = st.text("abc:.12", max_size=6)


@given(st.tuples(_PART, _PART, _PART, _PART), st.tuples(_PART, _PART, _PART, _PART))
def test_an_alignment_id_is_a_function_of_the_decision(
    one: tuple[str, str, str, str], other: tuple[str, str, str, str]
) -> None:
    assert re.fullmatch(r"[0-9a-f]{16}", alignment_id(*one))
    assert (alignment_id(*one) == alignment_id(*other)) == (one == other)


def test_an_alignment_id_never_changes() -> None:
    """IRIs are out in the world: this value may not be brought up to date."""
    key = alignment_id("epas-2022:1", "Not", "skos:relatedMatch", "isp-2020:1.1")
    assert key == "e75b0b799b36dd24"


def test_a_crosswalk_is_named_after_both_ends() -> None:
    assert crosswalk_id("epas-2022", "isp-2020") == "epas-2022--isp-2020"
