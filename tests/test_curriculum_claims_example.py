"""The worked example and its claims: a fault turns exactly the claims red that it touches."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from graph.curriculum.claim_file import read_claims
from graph.curriculum.claims import check_claims
from graph.curriculum.coverage import cover
from graph.curriculum.model import Course, CoursePlan, Depth, Entry, Level, Setting
from graph.curriculum.reading import read_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.catalogue import Catalogue
    from graph.curriculum.claim_model import Claim

    Change = Callable[[CoursePlan], CoursePlan]

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"

#: What the example comes to as it stands; every other claim holds.
AS_IT_STANDS = {
    "behaviors-practised": "unproven",
    "no-single-elective-isp": "fails",
    "values": "fails",
    "isp-reached": "unproven",
    "isp-reviewed": "unproven",
}


@pytest.fixture(scope="module")
def plan(catalogue: Catalogue) -> CoursePlan:
    raw = (EXAMPLES / "msw-2022.yaml").read_bytes()
    return read_plan(raw, "msw-2022.yaml", catalogue)


@pytest.fixture(scope="module")
def claims(catalogue: Catalogue) -> tuple[Claim, ...]:
    raw = (EXAMPLES / "claims-msw-2022.yaml").read_bytes()
    return read_claims(raw, "claims-msw-2022.yaml", catalogue)


def verdicts(plan: CoursePlan, claims: tuple[Claim, ...], catalogue: Catalogue) -> dict[str, str]:
    results = check_claims(plan, claims, catalogue).results
    return {result.claim.id: result.verdict.value for result in results}


# ---- faults ------------------------------------------------------------------------------


def dropped(code: str) -> Change:
    """A course is given up."""
    return lambda plan: replace(
        plan,
        courses=tuple(c for c in plan.courses if c.code != code),
        entries=tuple(e for e in plan.entries if e.course != code),
    )


def course(chosen: Callable[[Course], bool] | str, **values: Any) -> Change:
    """Something about some courses changes."""

    def change(plan: CoursePlan) -> CoursePlan:
        meant = [
            c for c in plan.courses if (c.code == chosen if isinstance(chosen, str) else chosen(c))
        ]
        assert meant
        return replace(
            plan,
            courses=tuple(replace(c, **values) if c in meant else c for c in plan.courses),
        )

    return change


def entries(competency: str, values: dict[str, Any] | None, among: tuple[str, ...] = ()) -> Change:
    """Something about the rows on a competency and its behaviors changes, or they go."""

    def change(plan: CoursePlan) -> CoursePlan:
        meant = [
            e
            for e in plan.entries
            if (e.competency == competency or e.competency.startswith(f"{competency}."))
            and (not among or e.course in among)
        ]
        assert meant
        found = (
            (replace(e, **values) if values is not None else None) if e in meant else e
            for e in plan.entries
        )
        return replace(plan, entries=tuple(e for e in found if e is not None))

    return change


def added(course_code: str, competency: str, depth: Depth) -> Change:
    """A row is added."""
    return lambda plan: replace(
        plan, entries=(*plan.entries, Entry(course_code, competency, depth, line=2000))
    )


def both(first: Change, second: Change) -> Change:
    return lambda plan: second(first(plan))


E4, E5, E6, E9 = (f"epas-2022:{n}" for n in (4, 5, 6, 9))
FEWER_SYSTEMS = {"systems": ("individual", "family", "group", "organization")}


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        pytest.param(dropped("SW 610"), {"research-twice": "fails", "frameworks": "fails",
                     "credits": "fails"}, id="the course on implementation is given up"),
        pytest.param(dropped("SW 651"), {"demonstrated": "fails", "field-hours": "fails",
                     "credits": "fails"}, id="a practicum is given up"),
        pytest.param(dropped("SW 530"), {"competency-hours": "fails", "credits": "fails"},
                     id="half of the policy teaching is given up"),
        pytest.param(dropped("SW 674"), {"no-single-elective-isp": "holds", "credits": "fails"},
                     id="the elective on which facilitation rests is given up"),
        pytest.param(course("SW 674", required=True), {"no-single-elective-isp": "holds"},
                     id="the elective on which facilitation rests becomes required"),
        pytest.param(course("SW 660", required=False), {"research-twice": "fails"},
                     id="the capstone becomes an elective"),
        pytest.param(course("SW 610", required=False),
                     {"research-twice": "fails", "frameworks": "fails"},
                     id="the implementation course becomes an elective"),
        pytest.param(course("SW 610", level=Level.GENERALIST), {"frameworks": "fails"},
                     id="the implementation course becomes a generalist one"),
        pytest.param(entries(E4, {"depth": Depth.PRACTISES}, ("SW 660",)),
                     {"research-twice": "fails"}, id="the capstone only practises research"),
        pytest.param(entries("isp-2020:2.3", {"depth": Depth.PRACTISES}), {"frameworks": "fails"},
                     id="frameworks are only practised"),
        pytest.param(entries("epas-2022:6.b", None), {"behaviors-practised": "unproven"},
                     id="rows of a behavior go, its competency keeps it open"),
        pytest.param(entries(E5, {"dimensions": ("knowledge", "values")}), {"skills": "fails"},
                     id="policy is taught without skills"),
        pytest.param(entries(E5, {"dimensions": ()}), {"skills": "unproven"},
                     id="policy rows no longer say their dimensions"),
        pytest.param(both(entries(E9, {"dimensions": ("values", "skills", "knowledge")}),
                          entries(E6, {"dimensions": ("values", "skills", "knowledge")})),
                     {"values": "holds"}, id="values are shown where they were missing"),
        pytest.param(entries(E6, FEWER_SYSTEMS), {"engagement-systems": "fails"},
                     id="engagement leaves communities out"),
        pytest.param(entries(E6, {"systems": ()}), {"engagement-systems": "unproven"},
                     id="engagement no longer says its systems"),
        pytest.param(course("SW 651", hours=None), {"field-hours": "unproven"},
                     id="the hours of a practicum are left out"),
        pytest.param(course("SW 651", hours=200.0), {"field-hours": "fails"},
                     id="a practicum loses hours"),
        pytest.param(entries(E5, {"hours": None}), {"competency-hours": "unproven"},
                     id="the hours of policy are left out"),
        pytest.param(entries(E5, {"hours": 1.0}), {"competency-hours": "fails"},
                     id="policy gets an hour a row"),
        pytest.param(course("SW 674", credits=None), {"credits": "unproven"},
                     id="the credits of an elective are left out"),
        pytest.param(entries(E5, {"page": ""}), {"demonstrated": "unproven"},
                     id="policy rows no longer say their page"),
        pytest.param(course("SW 501", term="Spring 2"), {"order": "fails"},
                     id="the first course moves to the last term"),
        pytest.param(course("SW 501", term=""), {"order": "unproven"},
                     id="the term of the first course is left out"),
        pytest.param(course(lambda c: c.setting is Setting.FIELD, setting=Setting.CLASS),
                     {"field-hours": "fails", "field-domains": "fails"},
                     id="nothing takes place in the field"),
        pytest.param(both(entries(E5, None), added("SW 674", "epas-2022:5.a", Depth.DEMONSTRATES)),
                     {"demonstrated": "fails", "no-single-elective": "fails", "values": "fails",
                      "skills": "unproven", "behaviors-practised": "fails",
                      "competency-hours": "unproven"},
                     id="policy is left to one elective"),
        pytest.param(added("SW 605", "isp-2020:3.4", Depth.INTRODUCES), {"isp-reached": "holds"},
                     id="a required course names what was only weakly reached"),
    ],
)  # fmt: skip
def test_a_fault_changes_exactly_the_claims_that_it_touches(
    plan: CoursePlan,
    claims: tuple[Claim, ...],
    catalogue: Catalogue,
    change: Change,
    changed: dict[str, str],
) -> None:
    before = verdicts(plan, claims, catalogue)
    after = verdicts(change(plan), claims, catalogue)
    expected = {key: verdict for key, verdict in changed.items() if before[key] != verdict}
    assert {key: after[key] for key in after if after[key] != before[key]} == expected
    for key, verdict in changed.items():
        assert after[key] == verdict


def test_the_example_comes_to_what_its_page_says(
    plan: CoursePlan, claims: tuple[Claim, ...], catalogue: Catalogue
) -> None:
    found = verdicts(plan, claims, catalogue)
    assert {key: verdict for key, verdict in found.items() if verdict != "holds"} == AS_IT_STANDS


def test_only_reviews_make_what_rests_on_them_hold(
    plan: CoursePlan, claims: tuple[Claim, ...], catalogue: Catalogue
) -> None:
    reviewed = replace(
        catalogue,
        alignments={k: replace(a, status="reviewed") for k, a in catalogue.alignments.items()},
    )
    expected = verdicts(plan, claims, catalogue) | {"isp-reviewed": "holds"}
    assert verdicts(plan, claims, reviewed) == expected


@pytest.mark.parametrize("name", ["msw-2022.yaml", "modules.yaml", "bsw-matrix.csv"])
def test_taught_means_what_the_analysis_calls_covered(catalogue: Catalogue, name: str) -> None:
    plan = read_plan((EXAMPLES / name).read_bytes(), name, catalogue)
    text = (
        f"claims:\n- id: a\n  title: A\n  every: statement of {plan.edition}\n  is: taught\n"
        "  hours: at least 0\n"
    )
    claims = read_claims(text.encode(), "claims.yaml", catalogue)
    (result,) = check_claims(plan, claims, catalogue).results
    found = {
        judged.statement: sorted({row.line for row in judged.rows if row.counts.value == "yes"})
        for judged in result.judged
    }
    statements = cover(plan, catalogue).statements
    assert found == {one.id: sorted({e.line for e in one.entries}) for one in statements}
