"""The content as values: the ways in, their order, and what they say when something is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graph.build import build, write_build
from graph.catalogue import Catalogue, best_first, by_code
from graph.errors import NotFoundError, ParameterError
from graph.model import Relation, Strength, Verdict
from graph.store import open_store
from graph.tables import read_sources
from graph.terms import framework_of

if TYPE_CHECKING:
    from pathlib import Path


#: What an alignment keeps on its way from a table through RDF.
_FIELDS = (
    "relation", "verdict", "strength", "confidence", "rationale", "direction", "status", "author",
    "date", "change", "justification", "subject_label", "object_label",
)  # fmt: skip


def test_an_address_that_begins_like_a_prefix_stays_an_address(mini_data: Path) -> None:
    path = mini_data / "prefixes.tsv"
    lines = [*path.read_text(encoding="utf-8").splitlines(), "ex\thttps://example.org/"]
    lines.append("cc\thttps://creativecommons.org/licenses/")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    write_build(mini_data, build(mini_data))
    found = Catalogue.load(open_store(mini_data))
    sources = read_sources(mini_data)
    assert found.frameworks == sources.frameworks
    assert found.competencies == sources.competencies
    assert [c.license for c in found.crosswalks.values()] == [
        "https://creativecommons.org/licenses/by/4.0/"
    ]
    assert {e.url for a in found.alignments.values() for e in a.evidence} == {
        "https://example.org/source"
    }


def test_nothing_is_lost_between_tables_and_values(real_data: Path, catalogue: Catalogue) -> None:
    sources = read_sources(real_data)
    assert catalogue.frameworks == sources.frameworks
    assert catalogue.competencies == sources.competencies
    written = {a.id: a for table in sources.crosswalks for a in table.alignments}
    assert catalogue.alignments.keys() == written.keys()
    for key, alignment in catalogue.alignments.items():
        assert set(alignment.aims) == set(written[key].aims)
        assert alignment.evidence == written[key].evidence
        for name in _FIELDS:
            assert getattr(alignment, name) == getattr(written[key], name), (key, name)
    assert {c.id: c for c in catalogue.crosswalks.values()} == {
        table.crosswalk.id: table.crosswalk for table in sources.crosswalks
    }
    assert sorted(c.id for c in catalogue.concepts) == sorted(c.id for c in sources.concepts)
    assert sum(map(len, catalogue.resources.values())) == len(sources.resources)


def test_loading_twice_gives_the_same(mini_data: Path, mini_catalogue: Catalogue) -> None:
    again = Catalogue.load(open_store(mini_data))
    assert again.alignments == mini_catalogue.alignments
    assert list(again.alignments) == list(mini_catalogue.alignments)


def test_alignments_are_found_at_both_ends_best_first(mini_catalogue: Catalogue) -> None:
    found = mini_catalogue.alignments_of("imp-1:1.1")
    assert [a.subject_id for a in found] == ["sw-1:1", "sw-1:1.a"]
    every = mini_catalogue.alignments_of("sw-1:1", verdict=None)
    assert [a.verdict for a in every] == [Verdict.ALIGNED, Verdict.NOT_ALIGNED]
    assert mini_catalogue.alignments_of("imp-1:D1") == []


def test_real_lists_are_in_their_documented_order(catalogue: Catalogue) -> None:
    for found in catalogue.by_competency.values():
        assert found == sorted(found, key=best_first)
    for found in catalogue.by_crosswalk.values():
        assert found == sorted(found, key=by_code)


def test_ancestors_go_up_to_the_top(mini_catalogue: Catalogue) -> None:
    assert [c.id for c in mini_catalogue.ancestors("sw-1:1.a")] == ["sw-1:1"]
    assert mini_catalogue.ancestors("sw-1:1") == []


def test_a_crosswalk_is_found_from_either_side(mini_catalogue: Catalogue) -> None:
    assert mini_catalogue.crosswalk("sw-1", "imp-1") is mini_catalogue.crosswalk("imp-1", "sw-1")
    with pytest.raises(NotFoundError, match="there is no crosswalk 'sw-1--sw-1'"):
        mini_catalogue.crosswalk("sw-1", "sw-1")
    with pytest.raises(NotFoundError, match="there is no framework 'sw-9'; did you mean sw-1"):
        mini_catalogue.crosswalk("sw-1", "sw-9")


def test_what_is_missing_is_met_with_the_nearest(catalogue: Catalogue) -> None:
    with pytest.raises(NotFoundError) as caught:
        catalogue.competency("isp-2020:1.33")
    assert caught.value.nearest[0] == "isp-2020:1.3"
    with pytest.raises(NotFoundError, match="did you mean"):
        catalogue.framework("epas2022")
    with pytest.raises(NotFoundError):
        catalogue.alignment("0" * 16)


def _pairs(mini_catalogue: Catalogue, **filters: object) -> list[str]:
    found = mini_catalogue.select(**filters)  # type: ignore[arg-type]
    return [f"{a.subject_id} {a.object_id}" for a in found]


CLOSE, NARROW, NOT, WEAK = (
    "sw-1:1 imp-1:1.1",
    "sw-1:1.a imp-1:1.1",
    "sw-1:1 imp-1:1.2",
    "sw-1:2 imp-1:1.2",
)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [CLOSE, NOT, NARROW, WEAK]),
        ({"source": "sw-1:1"}, [CLOSE, NOT]),
        ({"target": "imp-1:1.1"}, [CLOSE, NARROW]),
        ({"source": "imp-1:1.1"}, []),
        ({"source": "sw-1:1", "target": "imp-1:1.2"}, [NOT]),
        ({"from_": "imp-1", "to": "sw-1"}, [CLOSE, NOT, NARROW, WEAK]),
        ({"from_": "sw-1", "to": "sw-1"}, []),
        ({"relation": [Relation.CLOSE, Relation.NARROW]}, [CLOSE, NARROW]),
        ({"strength": [Strength.WEAK]}, [WEAK]),
        ({"min_confidence": 0.7}, [CLOSE, WEAK]),
        ({"min_confidence": 0.8}, [CLOSE]),
        ({"status": ["proposed"], "verdict": Verdict.NOT_ALIGNED}, [NOT]),
        ({"status": ["agreed"]}, []),
        ({"aim": ["poverty"]}, [CLOSE]),
        ({"aim": ["human-rights", "racial-equity"]}, [CLOSE]),
        ({"level": "competency"}, [CLOSE, NOT, WEAK]),
        ({"words": "WHO DECIDES"}, [NOT]),
        ({"words": "collect data"}, [NARROW]),
    ],
)
def test_every_filter_narrows(
    mini_catalogue: Catalogue, filters: dict[str, object], expected: list[str]
) -> None:
    assert _pairs(mini_catalogue, **filters) == expected


@pytest.mark.parametrize(
    ("filters", "error"),
    [
        ({"source": "sw-1:9"}, NotFoundError),
        ({"target": "sw-1:9"}, NotFoundError),
        ({"from_": "sw"}, NotFoundError),
        ({"min_confidence": 1.5}, ParameterError),
        ({"min_confidence": -0.1}, ParameterError),
        ({"min_confidence": float("nan")}, ParameterError),
    ],
)
def test_a_filter_that_cannot_be_is_refused(
    mini_catalogue: Catalogue, filters: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        _pairs(mini_catalogue, **filters)


def test_ways_in_agree_with_each_other(catalogue: Catalogue) -> None:
    members = [c for found in catalogue.by_framework.values() for c in found]
    assert sorted(c.id for c in members) == sorted(catalogue.competencies)
    for parent, children in catalogue.children.items():
        assert all(child.parent == parent for child in children)
    ends = sum(map(len, catalogue.by_competency.values()))
    assert ends == 2 * len(catalogue.alignments)
    for crosswalk in catalogue.crosswalks.values():
        for alignment in catalogue.by_crosswalk[crosswalk.id]:
            assert framework_of(alignment.subject_id) == crosswalk.subject_framework
            assert framework_of(alignment.object_id) == crosswalk.object_framework


def test_questions_may_name_what_is_there(catalogue: Catalogue) -> None:
    names = catalogue.known.names
    assert set(names["competency"]) == set(catalogue.competencies)
    assert set(names["framework"]) == set(catalogue.frameworks)
    assert "poverty" in names["aim"]
    assert set(names["relation"]) == set(Relation)
