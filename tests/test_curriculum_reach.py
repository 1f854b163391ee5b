"""What a plan reaches, by which chain, and how surely."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from graph.curriculum.model import Course, CoursePlan, Depth, Entry, Level
from graph.curriculum.reach import Filters, reach
from graph.curriculum.routes import find_paths
from graph.errors import NotFoundError, ParameterError
from graph.model import Strength

if TYPE_CHECKING:
    from graph.catalogue import Catalogue


def _plan(*entries: tuple[str, str, Depth]) -> CoursePlan:
    codes = dict.fromkeys(course for course, _, _ in entries)
    return CoursePlan(
        programme="Made up",
        level=Level.GENERALIST,
        edition="epas-2022",
        courses=tuple(Course(code, f"Course {code}") for code in codes),
        entries=tuple(Entry(*entry) for entry in entries),
    )


def test_a_course_reaches_what_its_competency_is_aligned_with(catalogue: Catalogue) -> None:
    found = reach(_plan(("A", "epas-2022:7", Depth.PRACTISES)), catalogue)
    aligned = {
        a.object_id for a in catalogue.alignments_of("epas-2022:7")
        if a.object_id in found.targets
    }  # fmt: skip
    assert {*found.reached} == aligned
    assert len(found.targets) == 15 + 6
    assert {*found.reached}.isdisjoint(found.missing)


def test_an_entry_that_names_the_target_is_direct_strong_and_sure(catalogue: Catalogue) -> None:
    plan = _plan(("A", "isp-2020:2.3", Depth.DEMONSTRATES), ("B", "epas-2022:4", Depth.INTRODUCES))
    found = reach(plan, catalogue).of("isp-2020:2.3")
    assert found.best is not None
    assert found.best.direct
    assert (found.best.course, found.strength, found.confidence) == ("A", Strength.STRONG, 1.0)
    assert found.best.weakest is None


def test_a_behavior_counts_for_its_competency_as_a_moderate_part(catalogue: Catalogue) -> None:
    found = find_paths(catalogue, "epas-2022:7.a", "isp-2020")
    over_part = [path for path in found if path.links[0].kind == "part"]
    assert over_part
    for path in over_part:
        assert path.links[0].target == "epas-2022:7"
        assert path.strength is not Strength.STRONG
        assert path.weakest in path.links


def test_what_was_judged_of_the_behavior_itself_decides(catalogue: Catalogue) -> None:
    for behavior in (c for c in catalogue.by_framework["epas-2022"] if c.level == "behavior"):
        judged = {a.object_id for a in catalogue.by_competency.get(behavior.id, ())}
        for path in find_paths(catalogue, behavior.id, "isp-2020"):
            if path.links[0].kind == "part":
                assert path.target not in judged


def test_that_verdict_also_decides_where_a_part_of_the_target_is_reached(
    catalogue: Catalogue,
) -> None:
    path = next(
        path
        for part in catalogue.by_framework["isp-2020"]
        for path in find_paths(catalogue, part.id, "epas-2022")
        if [link.kind for link in path.links] == ["part", "aligned", "part"]
    )
    some = next(a for a in catalogue.alignments.values() if not a.aligned)
    judged = replace(some, id="made-up", subject_id=path.source, object_id=path.target)
    other = replace(catalogue, alignments={**catalogue.alignments, judged.id: judged})
    found = find_paths(other, path.source, "epas-2022")
    assert path.target not in {one.target for one in found if one.links[0].kind == "part"}


def test_the_plans_own_edition_is_reached_directly_or_over_a_part(catalogue: Catalogue) -> None:
    plan = _plan(("A", "epas-2022:4.a", Depth.PRACTISES), ("A", "epas-2022:5", Depth.INTRODUCES))
    found = reach(plan, catalogue, "epas-2022", levels=("competency", "behavior"))
    assert found.reached == ("epas-2022:4", "epas-2022:4.a", "epas-2022:5")
    assert found.of("epas-2022:4").strength is Strength.MODERATE
    assert found.of("epas-2022:4.a").strength is Strength.STRONG


def test_the_best_route_is_the_one_whose_weakest_link_is_strongest(catalogue: Catalogue) -> None:
    every = [c.id for c in catalogue.by_framework["epas-2022"]]
    found = reach(_plan(*(("A", key, Depth.INTRODUCES) for key in every)), catalogue)
    order = [Strength.STRONG, Strength.MODERATE, Strength.WEAK]
    for reached in found.all:
        routes = reached.routes
        assert [order.index(r.strength) for r in routes] == sorted(
            order.index(r.strength) for r in routes
        )
        for route in routes:
            assert order.index(route.strength) == max(
                order.index(link.strength) for link in route.links
            )


def test_filters_leave_routes_out_and_never_add_any(catalogue: Catalogue) -> None:
    plan = _plan(("A", "epas-2022:7", Depth.PRACTISES), ("B", "epas-2022:9", Depth.INTRODUCES))
    whole = reach(plan, catalogue)
    for filters in (
        Filters(min_strength=Strength.MODERATE),
        Filters(min_confidence=0.6),
        Filters(min_depth=Depth.PRACTISES),
    ):
        found = reach(plan, catalogue, filters=filters)
        assert {*found.reached} < {*whole.reached}
        assert found == whole.filtered(filters)
        assert all(filters.passes(route) for one in found.all for route in one.routes)


def test_the_reach_of_some_courses_is_the_union_of_what_each_reaches(catalogue: Catalogue) -> None:
    plan = _plan(
        ("A", "epas-2022:7", Depth.PRACTISES),
        ("B", "epas-2022:9", Depth.INTRODUCES),
        ("C", "isp-2020:2.3", Depth.INTRODUCES),
    )
    whole = reach(plan, catalogue)
    some = whole.within(["A", "C"])
    assert {*some.reached} == whole.sets["A"] | whole.sets["C"] == whole.reached_by(["A", "C"])
    assert some == reach(plan, catalogue, courses=["C", "A"])
    with pytest.raises(NotFoundError, match="there is no course 'D'"):
        whole.within(["D"])


def test_depth_is_the_greatest_of_all_routes(catalogue: Catalogue) -> None:
    plan = _plan(("A", "isp-2020:2.1", Depth.INTRODUCES), ("B", "epas-2022:7", Depth.DEMONSTRATES))
    found = reach(plan, catalogue).of("isp-2020:2.1")
    assert found.best is not None
    assert found.best.course == "A"
    assert found.depth is Depth.DEMONSTRATES


def test_a_confidence_that_is_none_is_refused(catalogue: Catalogue) -> None:
    plan = _plan(("A", "epas-2022:7", Depth.PRACTISES))
    with pytest.raises(ParameterError, match="a number from 0 to 1"):
        reach(plan, catalogue, filters=Filters(min_confidence=1.5))
    with pytest.raises(NotFoundError, match="did you mean isp-2020"):
        reach(plan, catalogue, "isp-2021")
