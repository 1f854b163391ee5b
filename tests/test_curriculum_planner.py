"""The planner: as good as looking at every choice, and plain about what cannot be."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.cli import cli
from graph.curriculum.claim_model import Claim, Quantifier, Range, Unit, Verb
from graph.curriculum.claims import check_claims
from graph.curriculum.goal_file import Goals, read_goals
from graph.curriculum.model import Course, CoursePlan, Depth, Entry, Level
from graph.curriculum.planner import plan_courses
from graph.curriculum.proposals import Planned, Why
from graph.curriculum.reading import read_plan
from graph.curriculum.verdicts import Verdict
from graph.errors import ParameterError, SourcesError

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.catalogue import Catalogue

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "examples/modules.yaml"
GOALS = ROOT / "examples/goals.yaml"

STATEMENTS = (
    "epas-2022:4", "epas-2022:4.a", "epas-2022:9", "isp-2020:2.3", "isp-2020:2.6", "isp-2020:D3",
)  # fmt: skip
TAUGHT = ("epas-2022:4", "epas-2022:4.a", "epas-2022:8.a", "epas-2022:9", "isp-2020:2.6")


def plan_of(courses: list[tuple[float | None, list[tuple[str, Depth]]]]) -> CoursePlan:
    return CoursePlan(
        programme="",
        level=Level.GENERALIST,
        edition="epas-2022",
        courses=tuple(Course(f"M{n}", "", hours=h) for n, (h, _) in enumerate(courses)),
        entries=tuple(
            Entry(f"M{n}", key, depth, line=1)
            for n, (_, es) in enumerate(courses)
            for key, depth in es
        ),
    )


def part_of(plan: CoursePlan, codes: set[str]) -> CoursePlan:
    """A plan with some of its courses only."""
    return replace(
        plan,
        courses=tuple(c for c in plan.courses if c.code in codes),
        entries=tuple(e for e in plan.entries if e.course in codes),
    )


def goal(statement: str, verb: Verb = Verb.REACHED, least: int = 1) -> Claim:
    return Claim(
        id=f"{statement} {verb} {least}", title="", line=1, quantifier=Quantifier.EVERY,
        subjects=(statement,), about=statement, verb=verb, count=Range(Fraction(least)),
    )  # fmt: skip


def brute_force(
    plan: CoursePlan, goals: Goals, catalogue: Catalogue, most: int, *, without: str = ""
) -> list[tuple[tuple[Fraction, ...], tuple[str, ...]]]:
    """The best plans by looking at every choice, in fractions.

    Which single courses serve a statement is asked of the claims; nothing is asked of the planner.
    """
    codes = [course.code for course in plan.courses]
    hours = [Fraction(str(course.hours)) for course in plan.courses]
    wanted = []
    for claim in goals.goals:
        one = replace(claim, count=Range(Fraction(1)))
        alone = (check_claims(part_of(plan, {code}), [one], catalogue) for code in codes)
        serving = sum(1 << n for n, report in enumerate(alone) if report.passes(strict=True))
        open_ = serving & ~sum(1 << codes.index(code) for code in goals.excluded)
        wanted.append((open_, min(int(claim.count.least), open_.bit_count())))

    def mask(group: tuple[str, ...]) -> int:
        return sum(1 << codes.index(code) for code in group)

    def good(choice: int) -> bool:
        total = sum((hours[n] for n in range(len(codes)) if choice >> n & 1), Fraction(0))
        return (
            all((serving & choice).bit_count() >= least for serving, least in wanted)
            and choice & mask(goals.required) == mask(goals.required)
            and not choice & mask(goals.excluded)
            and not (without and choice & mask((without,)))
            and all((choice & mask(group)).bit_count() <= 1 for group in goals.at_most_one)
            and all(
                choice & mask(before) == mask(before)
                for course, before in goals.prerequisites
                if choice & mask((course,))
            )
            and all(total <= budget for _, budget in goals.budget)
        )

    smallest: list[int] = []
    for choice in sorted(range(1 << len(codes)), key=int.bit_count):
        if not any(choice & held == held for held in smallest) and good(choice):
            smallest.append(choice)
    ranked = []
    for choice in smallest:
        chosen = [n for n in range(len(codes)) if choice >> n & 1]
        total, count = sum((hours[n] for n in chosen), Fraction(0)), Fraction(len(chosen))
        price = (count, total) if goals.objective is Unit.COURSES else (total, count)
        ranked.append((price, chosen))
    return [(price, tuple(codes[n] for n in chosen)) for price, chosen in sorted(ranked)[:most]]


@st.composite
def questions(draw: Callable[..., Any], least: int, most: int) -> tuple[CoursePlan, Goals]:
    depth = st.sampled_from(Depth)
    entries = st.lists(st.tuples(st.sampled_from(TAUGHT), depth), max_size=3)
    hours = st.integers(1, 400).map(lambda tenths: tenths / 10)
    modules = draw(st.lists(st.tuples(hours, entries), min_size=least, max_size=most))
    plan = plan_of(modules)
    verbs = st.sampled_from([Verb.REACHED, Verb.TAUGHT, Verb.PRACTISED, Verb.DEMONSTRATED])
    goals = draw(
        st.lists(
            st.builds(goal, st.sampled_from(STATEMENTS), verbs, st.integers(1, 2)),
            min_size=1, max_size=5, unique_by=lambda claim: claim.id,
        )
    )  # fmt: skip
    codes = st.sampled_from([course.code for course in plan.courses])
    pair = st.lists(codes, min_size=2, max_size=2, unique=True)
    required = draw(st.lists(codes, max_size=1))
    excluded = [code for code in draw(st.lists(codes, max_size=1)) if code not in required]
    budget = draw(st.none() | st.integers(1, 600))
    return plan, Goals(
        goals=tuple(goals),
        objective=draw(st.sampled_from([Unit.HOURS, Unit.COURSES])),
        budget=() if budget is None else ((Unit.HOURS, Fraction(budget, 10)),),
        required=tuple(required),
        excluded=tuple(excluded),
        at_most_one=tuple(map(tuple, draw(st.lists(pair, max_size=1)))),
        prerequisites=tuple((a, (b,)) for a, b in draw(st.lists(pair, max_size=2))),
    )


def agrees(question: tuple[CoursePlan, Goals], catalogue: Catalogue, most: int) -> Planned:
    plan, goals = question
    expected = brute_force(plan, goals, catalogue, most)
    found = plan_courses(plan, goals, catalogue, alternatives=most - 1, seconds=120)
    assert [proposal.courses for proposal in found.plans] == [codes for _, codes in expected]
    assert found.proven
    assert found.complete
    for proposal, (price, _) in zip(found.plans, expected, strict=True):
        assert proposal.amount(goals.objective) == price[0]
        assert proposal.hours in price
    return found


@given(questions(2, 7))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_plans_and_their_order_equal_brute_force(
    catalogue: Catalogue, question: tuple[CoursePlan, Goals]
) -> None:
    found = agrees(question, catalogue, 3)
    plan, goals = question
    if not found.plans:
        assert found.conflict
        return
    chosen = {*found.plans[0].courses}
    missed = {(one.goal, one.statement) for one in found.unreached}
    kept = [claim for claim in goals.goals if (claim.id, claim.subjects[0]) not in missed]
    assert check_claims(part_of(plan, chosen), kept, catalogue).passes(strict=True)
    for member in found.members:
        assert member.reasons
        other = brute_force(plan, goals, catalogue, 1, without=member.course.code)
        instead = [member.instead.courses] if member.instead else []
        assert instead == [codes for _, codes in other]
        if other and goals.objective is Unit.HOURS:
            assert member.dearer == other[0][0][0] - (found.plans[0].hours or 0)


@pytest.mark.parametrize("size", range(8, 16))
@given(data=st.data())
@settings(max_examples=4)
def test_every_size_up_to_fifteen_modules_equals_brute_force(
    catalogue: Catalogue, size: int, data: st.DataObject
) -> None:
    agrees(data.draw(questions(size, size)), catalogue, 2)


@pytest.mark.parametrize(
    ("rule", "best"),
    [
        ({}, ("M0", "M1")),
        ({"at_most_one": (("M0", "M1"),)}, ("M0", "M2")),
        ({"excluded": ("M1",)}, ("M0", "M2")),
        ({"required": ("M2",)}, ("M0", "M2")),
        ({"prerequisites": (("M1", ("M3",)),)}, ("M0", "M2")),
        ({"objective": Unit.COURSES}, ("M4",)),
        ({"objective": Unit.COURSES, "budget": ((Unit.HOURS, Fraction(50)),)}, ("M0", "M1")),
    ],
)
def test_each_rule_alone_changes_the_best_plan(
    catalogue: Catalogue, rule: dict[str, Any], best: tuple[str, ...]
) -> None:
    """Drawn rules seldom stand in the way of the best plan; each of these does."""
    one, other = ("epas-2022:4", Depth.PRACTISES), ("epas-2022:9", Depth.PRACTISES)
    plan = plan_of([(5, [one]), (5, [other]), (20, [other]), (30, []), (60, [one, other])])
    goals = Goals((goal("epas-2022:4", Verb.TAUGHT), goal("epas-2022:9", Verb.TAUGHT)), **rule)
    assert agrees((plan, goals), catalogue, 3).plans[0].courses == best


def test_tenths_of_hours_are_added_exactly(catalogue: Catalogue) -> None:
    """0.1 + 0.2 is 0.3, which floating point denies."""
    plan = plan_of([
        (0.1, [("epas-2022:4", Depth.PRACTISES)]),
        (0.2, [("epas-2022:9", Depth.PRACTISES)]),
    ])  # fmt: skip
    goals = Goals(
        (goal("epas-2022:4", Verb.TAUGHT), goal("epas-2022:9", Verb.TAUGHT)),
        budget=((Unit.HOURS, Fraction("0.3")),),
    )
    found = plan_courses(plan, goals, catalogue)
    assert found.plans[0].courses == ("M0", "M1")
    assert found.plans[0].hours == Fraction(3, 10)


def test_what_no_candidate_reaches_is_named_with_what_is_closest(catalogue: Catalogue) -> None:
    plan = plan_of([
        (3, [("epas-2022:4", Depth.INTRODUCES)]),
        (2, [("epas-2022:4", Depth.DEMONSTRATES)]),
    ])  # fmt: skip
    goals = Goals((
        goal("epas-2022:4", Verb.DEMONSTRATED, 2),
        goal("epas-2022:4.a", Verb.TAUGHT),
        goal("isp-2020:1.5"),
    ))  # fmt: skip
    found = plan_courses(plan, goals, catalogue)
    assert not found.reaches_all
    assert found.plans[0].courses == ("M1",)
    assert [(one.statement, one.needed, one.possible) for one in found.unreached] == [
        ("epas-2022:4", 2, 1), ("epas-2022:4.a", 1, 0), ("isp-2020:1.5", 1, 0),
    ]  # fmt: skip
    assert [one.closest[0] for one in found.unreached] == [
        "M1 counts",
        "perhaps line 1: M0 introduces epas-2022:4; "
        "names epas-2022:4 as a whole, not epas-2022:4.a",
        "no candidate teaches epas-2022:7, which is aligned with it (moderate, 0.6)",
    ]


def test_a_budget_that_is_too_small_is_told_with_what_it_would_take(catalogue: Catalogue) -> None:
    plan = plan_of([
        (30, [("epas-2022:4", Depth.PRACTISES)]), (20, [("epas-2022:9", Depth.PRACTISES)]),
        (1, []),
    ])  # fmt: skip
    goals = Goals(
        (goal("epas-2022:4", Verb.TAUGHT), goal("epas-2022:9", Verb.TAUGHT)),
        budget=((Unit.HOURS, Fraction(40)),), required=("M2",),
    )  # fmt: skip
    found = plan_courses(plan, goals, catalogue)
    assert (found.plans, found.proven, found.gap) == ((), True, None)
    assert found.conflict == (
        "goal epas-2022:4 taught 1: epas-2022:4 in 1 course of M0",
        "goal epas-2022:9 taught 1: epas-2022:9 in 1 course of M1",
        "at most 40 hours",
    )
    assert found.without_budget is not None
    assert found.without_budget.hours == 51


def test_without_time_the_plan_comes_with_its_gap(catalogue: Catalogue) -> None:
    plan = read_plan(MODULES.read_bytes(), "modules.yaml", catalogue)
    goals = read_goals(GOALS.read_bytes(), "goals.yaml", catalogue)
    found = plan_courses(plan, goals, catalogue, seconds=0)
    assert found.plans
    assert (found.proven, found.complete, found.bound, found.gap) == (False, False, 0, 1.0)
    assert not any(member.known for member in found.members)
    claims = check_claims(part_of(plan, {*found.plans[0].courses}), goals.goals, catalogue)
    assert claims.count(Verdict.HOLDS) == len(goals.goals)


def test_each_course_says_what_it_alone_is_for(catalogue: Catalogue) -> None:
    plan = plan_of([
        (5, [("epas-2022:4", Depth.PRACTISES)]),
        (9, [("epas-2022:9", Depth.PRACTISES)]),
        (7, [("epas-2022:9", Depth.PRACTISES)]),
        (4, []), (1, []),
    ])  # fmt: skip
    goals = Goals(
        (goal("epas-2022:4", Verb.TAUGHT), goal("epas-2022:9", Verb.TAUGHT)),
        required=("M3",), prerequisites=(("M3", ("M4",)),),
    )  # fmt: skip
    found = plan_courses(plan, goals, catalogue)
    told = {m.course.code: (m.sole_for, m.only_for, m.dearer) for m in found.members}
    assert told == {
        "M0": (("epas-2022:4",), ("epas-2022:4",), None),
        "M2": ((), ("epas-2022:9",), 2),
        "M3": ((), (), None),
        "M4": ((), (), None),
    }
    assert [[reason.why for reason in m.reasons] for m in found.members] == [
        [Why.SOLE], [Why.GOAL], [Why.REQUIRED], [Why.PREREQUISITE],
    ]  # fmt: skip


# ---- bad input ---------------------------------------------------------------------------


BAD = """\
objectiv: hours
budget: {hour: 20, credits: -1}
require: [M1]
exclude: [M1]
at_most_one: [M1]
prerequisites:
  M1: [M1]
goals:
- every: competency of isp-2021
  is: reached
  depht: practises
- every: epas-2022:4
  is: tought
  in: at most two courses
- some: epas-2022:4
  is: taught
  strength: strong
- just a text
"""


def test_groups_of_anything_but_codes_are_a_fault(catalogue: Catalogue) -> None:
    raw = b"at_most_one: [[M1, {a: b}]]\ngoals: [{every: epas-2022:4, is: taught}]"
    with pytest.raises(SourcesError, match="1: at_most_one must be a list of lists"):
        read_goals(raw, "goals.yaml", catalogue)


def test_all_faults_of_the_goals_come_together(catalogue: Catalogue) -> None:
    with pytest.raises(SourcesError) as caught:
        read_goals(BAD.encode(), "goals.yaml", catalogue)
    assert str(caught.value).split("\n") == [
        "goals.yaml:1: there is no key 'objectiv' here; did you mean objective?",
        "goals.yaml:2: budget: credits cannot be -1; it takes a number from 0 to 1,000,000 "
        "with at most 2 decimal places",
        "goals.yaml:2: budget: there is no key 'hour' here; did you mean hours?",
        "goals.yaml:4: exclude: M1 is required as well; keep one of the two",
        "goals.yaml:5: at_most_one must be a list of lists of two or more courses, as in: "
        "- [M2, M3]",
        "goals.yaml:7: prerequisites: M1 cannot come before itself",
        "goals.yaml:9: goal goal-1: every: 'competency of isp-2021': there is no framework or "
        "statement 'isp-2021'; did you mean isp-2020?",
        "goals.yaml:11: goal goal-1: there is no key 'depht' here; did you mean depth?",
        "goals.yaml:13: goal goal-2: is cannot be 'tought'; did you mean taught?",
        "goals.yaml:14: goal goal-2: in: a goal asks for at least so many courses, not for fewer",
        "goals.yaml:15: goal goal-3: a goal is about every statement that it names, not some",
        "goals.yaml:17: goal goal-3: strength is about what is reached; it goes with is: reached",
        "goals.yaml:18: must be keys with values, as in goals",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"required": ("M01",)}, "require: plan has no course 'M01'; did you mean M0?"),
        ({"objective": Unit.CREDITS}, "course M0 has no credits; write them, or choose another"),
    ],
)
def test_goals_that_do_not_fit_the_plan_are_refused(
    catalogue: Catalogue, change: dict[str, Any], message: str
) -> None:
    goals = replace(Goals((goal("epas-2022:4"),)), **change)
    with pytest.raises(SourcesError, match=message.replace("?", r"\?")):
        plan_courses(plan_of([(1, [])]), goals, catalogue)


def test_hours_in_thirds_are_refused_if_they_are_added_up(catalogue: Catalogue) -> None:
    plan = plan_of([(1 / 3, [("epas-2022:4", Depth.PRACTISES)])])
    goals = Goals((goal("epas-2022:4"),))
    with pytest.raises(SourcesError, match="at most two decimal places"):
        plan_courses(plan, goals, catalogue)
    by_courses = replace(goals, objective=Unit.COURSES)
    assert plan_courses(plan, by_courses, catalogue).plans[0].hours is None


@pytest.mark.parametrize("options", [{"alternatives": 50}, {"seconds": -1}])
def test_options_out_of_range_are_refused(catalogue: Catalogue, options: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        plan_courses(plan_of([(1, [])]), Goals((goal("epas-2022:4"),)), catalogue, **options)


# ---- command -----------------------------------------------------------------------------


def run(*words: str) -> Any:
    return CliRunner().invoke(cli, ["plan", "solve", *words], env={"COLUMNS": "92"})


def changed(tmp_path: Path, old: str, new: str) -> str:
    text = GOALS.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "goals.yaml").write_text(text.replace(old, new), encoding="utf-8")
    return str(tmp_path / "goals.yaml")


def test_command_prints_the_plan_and_what_is_next() -> None:
    result = run(str(MODULES), "--goals", str(GOALS))
    assert result.exit_code == 0
    assert result.stdout.startswith("8 of 14 candidates: 126 hours; no plan has fewer hours.\n")
    assert "131 hours: M9 instead of M13" in result.stdout


def test_command_writes_records() -> None:
    result = run(str(MODULES), "--goals", str(GOALS), "--json", "--alternatives", "1")
    record = json.loads(result.stdout)
    assert [plan["hours"] for plan in record["plans"]] == [126.0, 131.0]
    assert record["members"][4] == {
        "course": "M7", "title": "Needs, assets and fit", "hours": 12.0, "credits": None,
        "only_for": ["epas-2022:7"], "sole_for": [],
        "reasons": [{"why": "goal", "goal": "epas", "of": "epas-2022:7"}],
        "replaceable": True,
        "instead": {
            "courses": ["M3", "M4", "M5", "M6", "M11", "M12", "M13", "M14"],
            "count": 8, "hours": 134.0, "credits": None,
        },
        "dearer": 8.0,
    }  # fmt: skip


def test_command_says_what_stands_in_the_way(tmp_path: Path) -> None:
    result = run(str(MODULES), "--goals", changed(tmp_path, "hours: 150", "hours: 100"))
    assert result.exit_code == 1
    assert "None of 14 candidates together keep all the rules." in result.stdout
    assert "Without the budget: 126 hours with M3, M4" in result.stdout


def test_command_names_goals_that_cannot_be_reached(tmp_path: Path) -> None:
    result = run(str(MODULES), "--goals", changed(tmp_path, "two courses", "five courses"))
    assert result.exit_code == 1
    told = " ".join(result.stdout.split())
    assert "Goal frameworks cannot be reached for isp-2020:2.3 " in told
    assert "2 of 5 of the candidates count. Closest: M6 counts; M14 counts" in told


def test_command_tells_a_gap_when_time_ran_out() -> None:
    result = run(str(MODULES), "--goals", str(GOALS), "--seconds", "0")
    assert result.exit_code == 1
    assert "time ran out: a plan of 0 hours may exist (gap 100.0 %)" in " ".join(
        result.stdout.split()
    )


def test_the_same_question_gives_the_same_bytes() -> None:
    words = (str(MODULES), "--goals", str(GOALS), "--json")
    assert run(*words).stdout_bytes == run(*words).stdout_bytes


def test_faulty_goals_are_no_finding(tmp_path: Path) -> None:
    result = run(str(MODULES), "--goals", changed(tmp_path, "hours: 150", "hours: many"))
    assert result.exit_code == 2
    assert result.stderr == (
        "goals.yaml:3: budget: hours cannot be 'many'; it takes a number from 0 to 1,000,000 "
        "with at most 2 decimal places\n"
    )
