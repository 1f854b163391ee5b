"""What is said of a plan: each figure against a count made by hand or in another way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from graph.curriculum.analysis import Analysis, analyze
from graph.curriculum.model import Course, CoursePlan, Depth, Entry, Level
from graph.curriculum.reach import Filters
from graph.curriculum.reading import read_plan
from graph.curriculum.report import markdown
from graph.curriculum.template import write_template
from graph.curriculum.writing import FORMS
from graph.errors import NotFoundError, ParameterError, SourcesError
from graph.model import Strength
from graph.rebase import rebase
from graph.terms import shipped_data

if TYPE_CHECKING:
    from graph.catalogue import Catalogue

EXAMPLES = shipped_data().parent / "examples"


def _read(name: str, catalogue: Catalogue) -> CoursePlan:
    return read_plan((EXAMPLES / name).read_bytes(), name, catalogue)


@pytest.fixture(scope="module")
def example(catalogue: Catalogue) -> CoursePlan:
    return _read("msw-2022.yaml", catalogue)


@pytest.fixture(scope="module")
def analysis(catalogue: Catalogue, example: CoursePlan) -> Analysis:
    return analyze(example, catalogue)


def _bare(plan: CoursePlan) -> CoursePlan:
    entries = tuple(replace(entry, line=0) for entry in plan.entries)
    return replace(plan, entries=entries, name="plan")


def test_the_workbook_of_the_example_is_its_yaml(catalogue: Catalogue, example: CoursePlan) -> None:
    assert _bare(_read("msw-2022.xlsx", catalogue)) == _bare(example), (
        "write it again: crosswalk plan convert examples/msw-2022.yaml --form xlsx "
        "--output examples/msw-2022.xlsx"
    )


def test_the_examples_say_that_they_are_fictional(catalogue: Catalogue) -> None:
    for name in ("msw-2022.xlsx", "bsw-matrix.csv"):
        assert "fictional" in _read(name, catalogue).programme


def test_coverage_counts_courses_of_a_competency_and_of_its_behaviors(
    example: CoursePlan, analysis: Analysis
) -> None:
    for one in analysis.coverage.competencies:
        own = {
            entry.course
            for entry in example.entries
            if entry.competency == one.id or entry.competency.startswith(f"{one.id}.")
        }
        assert {*one.courses} == own == {*one.required, *one.electives}
        assert own == {*one.generalist, *one.specialised}
    for one in analysis.coverage.behaviors:
        own = {entry.course for entry in example.entries if entry.competency == one.id}
        assert {*one.courses} == own


def test_shares_stand_beside_their_denominators(analysis: Analysis) -> None:
    shares = {(share["by"], share["id"]): share for share in analysis.coverage.shares()}
    assert shares["all", "competencies"] == {
        "by": "all", "id": "competencies", "covered": 9, "total": 9,
    }  # fmt: skip
    assert shares["all", "behaviors"]["covered"] == 18
    assert shares["all", "behaviors"]["total"] == 20
    assert shares["dimension", "cognitive-and-affective-processes"]["covered"] == 4


def test_all_fifteen_competencies_stand_by_domain_and_the_principles_after_them(
    analysis: Analysis,
) -> None:
    assert [(group.id, len(group.targets)) for group in analysis.groups] == [
        ("isp-2020:D1", 5),
        ("isp-2020:D2", 6),
        ("isp-2020:D3", 4),
        (None, 6),
    ]
    assert analysis.groups[-1].title == "Principles"


def test_the_example_shows_gaps_in_both_professions(analysis: Analysis) -> None:
    found = {(gap.statement, gap.kind) for gap in analysis.gaps}
    assert {
        ("epas-2022:6.a", "missing"),
        ("epas-2022:1.c", "introduced-only"),
        ("epas-2022:8.b", "electives-only"),
        ("epas-2022:9", "systems"),
        ("epas-2022:9", "dimensions"),
        ("isp-2020:P6", "missing"),
        ("isp-2020:3.4", "weak"),
    } <= found


def test_what_a_loss_says_is_what_an_analysis_without_the_course_finds(
    catalogue: Catalogue, example: CoursePlan, analysis: Analysis
) -> None:
    codes = [course.code for course in example.courses]
    before = {one.id for one in analysis.coverage.statements if one.covered}
    assert len(analysis.losses) == len(codes)
    for loss in analysis.losses:
        without = analyze(
            example, catalogue, courses=[code for code in codes if code != loss.course]
        )
        after = {one.id for one in without.coverage.statements if one.covered}
        assert before - after == {*loss.covered}
        assert {*analysis.reach.reached} - {*without.reach.reached} == {*loss.reached}
        weaker = {
            (target, str(without.reach.of(target).strength))
            for target in without.reach.reached
            if without.reach.of(target).strength != analysis.reach.of(target).strength
        }
        assert weaker == {(one.target, one.without.value) for one in loss.weakened}
    assert "SW 620" in {loss.course for loss in analysis.single_points}


def test_the_same_content_twice_and_a_crowded_competency_are_found(analysis: Analysis) -> None:
    assert [
        (one.competency, [entry.course for entry in one.entries]) for one in analysis.repetitions
    ] == [("epas-2022:6.b", ["SW 501", "SW 550"]), ("epas-2022:7.a", ["SW 502", "SW 672"])]
    assert [one.competency for one in analysis.crowded] == ["epas-2022:1"]
    assert len(analysis.crowded[0].courses) > 2 * analysis.crowded[0].median


def test_a_short_content_is_no_repetition(catalogue: Catalogue) -> None:
    def plan(content: str) -> CoursePlan:
        return CoursePlan(
            "Made up", Level.GENERALIST, "epas-2022",
            (Course("A", ""), Course("B", "")),
            tuple(
                Entry(code, "epas-2022:1", Depth.PRACTISES, content) for code in ("A", "B")
            ),
        )  # fmt: skip

    assert not analyze(plan("Lecture"), catalogue).repetitions
    assert analyze(plan("Case study of an office"), catalogue).repetitions


def test_each_missing_or_weak_statement_gets_courses_with_reasons(
    catalogue: Catalogue, analysis: Analysis
) -> None:
    weak = {one.target for one in analysis.reach.all if one.strength in (None, Strength.WEAK)}
    assert {proposal.target for proposal in analysis.proposals} == weak
    for proposal in analysis.proposals:
        scores = [fit.score for fit in proposal.fits]
        assert scores == sorted(scores, reverse=True)
        for fit in proposal.fits:
            assert fit.reason is not None
            alignment = catalogue.alignment(fit.reason.alignment)
            assert proposal.target in (alignment.subject_id, alignment.object_id)
            assert fit.reason.rationale == alignment.rationale
    leaders = next(p for p in analysis.proposals if p.target == "isp-2020:3.4")
    assert leaders.fits[0].course == "SW 605"
    assert leaders.resources


def test_a_score_is_what_the_documentation_says(analysis: Analysis) -> None:
    proposal = next(p for p in analysis.proposals if p.target == "isp-2020:3.4")
    fit = proposal.fits[0]
    assert fit.reason is not None
    routes = analysis.reach.by_course[fit.course]
    weight = {"strong": 3, "moderate": 2, "weak": 1}
    hold = (
        sum(
            weight[routes[t][0].strength] / 3 * routes[t][0].confidence
            for t in ("isp-2020:3.1", "isp-2020:3.2", "isp-2020:3.3")
        )
        / 3
    )
    assert fit.score == pytest.approx(1 / 3 * 0.4 + 0.1 * hold)


def test_filters_turn_weak_reach_into_gaps(catalogue: Catalogue, example: CoursePlan) -> None:
    found = analyze(example, catalogue, filters=Filters(min_strength=Strength.MODERATE))
    missing = {gap.statement for gap in found.gaps if gap.kind == "missing"}
    assert {"isp-2020:3.4", "isp-2020:P3"} <= missing
    proposal = next(p for p in found.proposals if p.target == "isp-2020:3.4")
    assert proposal.kind == "missing"
    assert proposal.fits[0].reason is not None


def test_a_plan_to_2015_is_carried_with_a_list_to_review(catalogue: Catalogue) -> None:
    plan = _read("msw-2015.csv", catalogue)
    found = analyze(plan, catalogue)
    assert found.carried is not None
    assert (found.carried.from_edition, found.plan.edition) == ("epas-2015", "epas-2022")
    same = rebase((EXAMPLES / "msw-2015.csv").read_bytes(), "msw-2015.csv", catalogue, "epas-2022")
    assert found.carried.account.counts == same.counts
    assert {e.competency.partition(":")[0] for e in found.plan.entries} == {"epas-2022", "isp-2020"}
    old, name = same.content, "plan.csv"
    head = "# edition: epas-2022\n"
    assert _bare(read_plan(head.encode() + old, name, catalogue)).entries == (
        _bare(found.plan).entries
    )
    lines = {decision.line: decision.outcome for decision in same.decisions}
    assert {d.line: d.outcome for d in found.carried.account.decisions} == lines
    assert found.carried.review
    assert found.record()["carried"]["review"][0]["to_decide"]


def test_a_plan_that_no_crosswalk_joins_is_refused(catalogue: Catalogue) -> None:
    plan = CoursePlan(
        "Made up", Level.GENERALIST, "epas-2008", (Course("A", ""),),
        (Entry("A", "epas-2008:2.1.3", Depth.PRACTISES),),
    )  # fmt: skip
    with pytest.raises(ParameterError, match="a crosswalk joins with epas-2008: there is none"):
        analyze(plan, catalogue)
    with pytest.raises(NotFoundError):
        analyze(plan, catalogue, "isp-2021")


@pytest.mark.parametrize("onto", ["isp-2020", "tci-2024"])
def test_an_analysis_is_the_same_twice_and_has_a_report(
    catalogue: Catalogue, example: CoursePlan, onto: str
) -> None:
    first, second = (analyze(example, catalogue, onto) for _ in range(2))
    assert first.record() == second.record()
    assert markdown(first) == markdown(second)
    assert markdown(first).startswith("# Master of Social Work of a fictional university")


def test_a_plan_without_dimensions_lacks_none(catalogue: Catalogue) -> None:
    found = analyze(_read("bsw-matrix.csv", catalogue), catalogue)
    kinds = {gap.kind for gap in found.gaps}
    assert kinds.isdisjoint({"dimensions", "systems", "no-specialised"})


@pytest.mark.parametrize("form", FORMS)
def test_a_template_names_what_it_lacks_and_every_competency(
    catalogue: Catalogue, form: str
) -> None:
    raw = write_template(catalogue, form)
    with pytest.raises(SourcesError) as caught:
        read_plan(raw, f"template{FORMS[form][0]}", catalogue)
    assert [finding.message for finding in caught.value.findings] == [
        "no course serves any competency; fill in the map"
    ]
    if form != "xlsx":
        text = raw.decode()
        for framework in ("epas-2022", "isp-2020"):
            for statement in catalogue.by_framework[framework]:
                if statement.level == "competency":
                    assert statement.id in text
                    assert statement.title in text


def test_a_template_that_is_filled_in_reads(catalogue: Catalogue) -> None:
    text = write_template(catalogue, "matrix").decode()
    filled = text.replace(
        "epas-2022:1.a,Ethical decision-making,", "epas-2022:1.a,Ethical decision-making,I"
    )
    plan = read_plan(filled.encode(), "plan.csv", catalogue)
    assert [entry.competency for entry in plan.entries] == ["epas-2022:1.a"]
    assert plan.courses[0].hours == 45
