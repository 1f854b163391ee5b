"""Claims: sentences that are tested, with a verdict for what a plan does not say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st

from api.cli import cli
from graph.curriculum.claim_file import read_claims
from graph.curriculum.claims import check_claims
from graph.curriculum.junit import junit
from graph.curriculum.model import Course, CoursePlan, Depth, Entry, Level, Setting
from graph.curriculum.serving import Serving
from graph.curriculum.verdicts import Counts, Report, Result, Verdict
from graph.errors import SourcesError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.catalogue import Catalogue

ROOT = Path(__file__).resolve().parent.parent
INTRODUCES, PRACTISES, DEMONSTRATES = Depth

COURSES = (
    Course("C1", "One", hours=45, credits=3, term="Fall 1"),
    Course("C2", "Two", hours=45, credits=3, term="Spring 1", required=False),
    Course("F1", "Field", hours=400, credits=6, term="Spring 1", setting=Setting.FIELD),
)


def entry(course: str, competency: str, depth: Depth = PRACTISES, **more: Any) -> Entry:
    return Entry(course, competency, depth, **more)


def plan_of(*entries: Entry, courses: Sequence[Course] = COURSES) -> CoursePlan:
    numbered = tuple(replace(e, line=n) for n, e in enumerate(entries, start=2))
    return CoursePlan("P", Level.GENERALIST, "epas-2022", tuple(courses), numbered, "plan.csv")


def verdict_of(catalogue: Catalogue, plan: CoursePlan, text: str, head: str = "") -> Result:
    lines = "".join(f"  {line}\n" for line in text.strip().split("; "))
    raw = f"{head}claims:\n- id: c\n  title: A claim\n{lines}"
    claims = read_claims(raw.encode(), "claims.yaml", catalogue)
    (result,) = check_claims(plan, claims, catalogue).results
    return result


TERMS = "terms: [Fall 1, Spring 1]\n"
C4, C4A = "epas-2022:4", "epas-2022:4.a"


@pytest.mark.parametrize(
    ("entries", "claim", "verdict", "why"),
    [
        # depths
        ([entry("C1", C4)], f"every: {C4}; is: practised", "holds", "practised in C1"),
        ([entry("C1", C4A)], f"every: {C4}; is: practised", "holds", "practised in C1"),
        ([entry("C1", C4)], f"every: {C4}; is: demonstrated", "fails", "in no such course"),
        ([entry("C1", C4)], f"every: {C4}; is: introduced", "fails", "introduced in no such"),
        ([entry("C1", C4)], f"every: {C4}; is: taught", "holds", "taught in C1"),
        ([], f"every: {C4}; is: taught", "fails", "taught in no such course"),
        # a whole says nothing certain of its parts
        ([entry("C1", C4)], f"every: {C4A}; is: practised", "unproven", "perhaps in C1"),
        ([entry("C1", C4)], f"every: {C4A}; is: demonstrated", "fails", "in no such course"),
        # how many, and which
        ([entry("C1", C4), entry("C2", C4)], f"every: {C4}; is: taught; in: at least 2 courses",
         "holds", "taught in C1, C2"),
        ([entry("C1", C4), entry("C2", C4)],
         f"every: {C4}; is: taught; in: at least two required courses", "fails", "taught in C1;"),
        ([entry("C1", C4), entry("C2", C4)], f"every: {C4}; is: taught; in: at most one course",
         "fails", "asked for: at most 1"),
        ([entry("C1", C4), entry("C2", C4)], f"every: {C4}; is: taught; in: no field course",
         "holds", "in no such course"),
        ([entry("F1", C4)], f"every: {C4}; is: taught; in: a required field course", "holds", "F1"),
        ([entry("C1", C4)], f"every: {C4}; is: taught; in: a course; among: [C2]", "fails", "no"),
        ([entry("C1", C4)], f"every: {C4}; is: taught; in: a course; among: [C9]", "fails",
         "the plan has no course C9"),
        ([entry("C1", C4)], f"every: {C4}; is: taught; in: a course; terms: [Fall 1]", "holds",
         "C1"),
        # quantifiers
        ([entry("C1", C4A)], f"some: behavior of {C4}; is: taught", "holds", "holds for 1 of 2"),
        ([entry("C1", C4A)], f"every: behavior of {C4}; is: taught", "fails", "fails for 1 of 2"),
        ([entry("C1", C4A)], f"none: behavior of {C4}; is: taught", "fails", "4.a"),
        ([entry("C1", C4A)], f"none: behavior of {C4}; except: {C4A}; is: taught", "holds", "no"),
        # what is reached
        ([entry("C1", C4A)], "every: isp-2020:2.3; is: reached", "holds", "reached in C1"),
        ([entry("C1", C4A)], "every: isp-2020:2.3; is: taught", "fails", "no such course"),
        ([entry("C1", C4A)], "every: isp-2020:D2; is: reached", "holds", "C1"),
        ([entry("C1", C4A)], "every: isp-2020:2.3; is: reached; confidence: 0.9", "unproven",
         "perhaps in C1"),
        ([entry("C1", C4)], "every: isp-2020:1.1; is: reached; strength: moderate", "unproven",
         "perhaps in C1"),
        ([entry("C1", C4A)], "every: isp-2020:2.3; is: reached; status: reviewed", "unproven",
         "perhaps in C1"),
        ([entry("C1", C4A)], "every: isp-2020:2.3; is: reached; depth: demonstrates", "fails",
         "no such course"),
        # exactly what is asked for is enough
        ([entry("C1", C4A)], "every: isp-2020:2.3; is: reached; depth: practises", "holds", "C1"),
        ([entry("C1", C4)], "every: isp-2020:1.1; is: reached; strength: weak", "holds", "C1"),
        ([entry("C1", "isp-2020:2.3")],
         "every: isp-2020:2.3; is: reached; status: reviewed; confidence: 1; strength: strong",
         "holds", "C1"),
        ([entry("C1", "epas-2022:1")], "every: isp-2020:2.3; is: reached", "fails", "no such"),
        # what rows show
        ([entry("C1", C4, dimensions=("skills",)), entry("C2", C4, dimensions=("values",))],
         f"every: {C4}; is: taught; dimensions: [skills, values]", "holds", "skills: taught in C1"),
        ([entry("C1", C4, dimensions=("skills",))],
         f"every: {C4}; is: taught; dimensions: [skills, values]", "fails", "values: taught in no"),
        ([entry("C1", C4, dimensions=("skills",)), entry("C2", C4)],
         f"every: {C4}; is: taught; dimensions: [skills, values]", "unproven",
         "values: taught in no such course, perhaps in C2"),
        ([entry("C1", C4, systems=("family",))], f"every: {C4}; is: taught; systems: group",
         "fails", "group: taught in no"),
        ([entry("C1", C4)], f"every: {C4}; is: taught; says: page", "unproven", "perhaps in C1"),
        ([entry("C1", C4, page="p. 3")], f"every: {C4}; is: taught; says: page", "holds", "C1"),
        ([entry("C1", C4, dimensions=("values",), systems=("group",)),
          entry("C2", C4, systems=("family",))],
         f"every: {C4}; is: taught; dimensions: skills; systems: group", "unproven",
         "skills: taught in no such course, perhaps in C2"),
        # hours
        ([entry("C1", C4, hours=2.5), entry("C2", C4A, hours=3.5)],
         f"every: {C4}; is: taught; hours: at least 6", "holds", "6 hours"),
        ([entry("C1", C4, hours=2.5)], f"every: {C4}; is: taught; hours: at least 6", "fails",
         "2.5 hours"),
        ([entry("C1", C4, hours=2.5), entry("C2", C4)],
         f"every: {C4}; is: taught; hours: at least 6", "unproven", "1 row does not say"),
        ([entry("C1", C4, hours=7), entry("C2", C4)],
         f"every: {C4}; is: taught; hours: at most 6", "fails", "at most 6"),
        # resting on one course
        ([entry("C2", C4)], f"none: {C4}; is: taught; rests_on: one elective course", "fails",
         "taught in C2 alone"),
        ([entry("C1", C4)], f"none: {C4}; is: taught; rests_on: one elective course", "holds",
         "C1 alone"),
        ([entry("C1", C4), entry("C2", C4)],
         f"none: {C4}; is: taught; rests_on: one elective course", "holds", "taught in C1, C2"),
        ([], f"none: {C4}; is: taught; rests_on: one elective course", "holds", "rests on none"),
        ([entry("C1", C4), entry("C2", C4A)],
         f"none: {C4A}; is: taught; rests_on: one elective course", "unproven", "perhaps in C1"),
        ([entry("C1", C4), entry("C2", C4, DEMONSTRATES)],
         f"none: {C4}; is: demonstrated; rests_on: one elective course", "fails", "C2 alone"),
        # totals
        ([], "courses: field courses; have: at least 400 hours", "holds", "400 hours"),
        ([], "courses: field courses; have: at least 900 hours", "fails", "1 course has 400"),
        ([], "courses: required courses; have: exactly 9 credits", "holds", "9 credits"),
        ([], "courses: elective courses; have: at most 2 courses", "holds", "there is 1"),
        ([], "courses: specialised courses; have: at least 1 course", "fails", "there are 0"),
    ],
)  # fmt: skip
def test_verdict_and_reason(
    catalogue: Catalogue, entries: list[Entry], claim: str, verdict: str, why: str
) -> None:
    result = verdict_of(catalogue, plan_of(*entries), claim)
    assert (result.verdict, why in result.summary) == (verdict, True), result.summary


@settings(max_examples=60, deadline=None)
@given(
    terms=st.lists(st.sampled_from(["Fall 1", "Spring 1", "Fall 2", "", "Someday"]), min_size=4,
                   max_size=4),
    entries=st.lists(st.tuples(st.integers(0, 3), st.sampled_from([*Depth])), max_size=8,
                     unique=True),
    verbs=st.sampled_from([("introduced", "demonstrated"), ("practised", "taught")]),
)  # fmt: skip
def test_an_order_is_what_a_look_at_all_pairs_of_rows_says(
    catalogue: Catalogue, terms: list[str], entries: list[tuple[int, Depth]], verbs: tuple[str, str]
) -> None:
    order = ["Fall 1", "Spring 1", "Fall 2"]
    does = {
        "introduced": {INTRODUCES}, "practised": {PRACTISES, DEMONSTRATES},
        "demonstrated": {DEMONSTRATES}, "taught": {*Depth},
    }  # fmt: skip
    courses = tuple(Course(f"C{n}", "", term=term) for n, term in enumerate(terms))
    plan = plan_of(*(entry(f"C{n}", C4A, depth) for n, depth in entries), courses=courses)
    best: dict[int, int] = {}
    for later in plan.entries:
        for earlier in plan.entries:
            first, second = (terms[int(e.course[1])] for e in (earlier, later))
            known = first in order and second in order
            if (
                later.course == earlier.course
                or later.depth not in does[verbs[0]]
                or earlier.depth not in does[verbs[1]]
                or (known and order.index(first) >= order.index(second))
            ):
                continue
            for e in (earlier, later):
                best[e.line] = max(best.get(e.line, 0), 2 if known else 1)
    expected = {0: Verdict.FAILS, 1: Verdict.UNPROVEN, 2: Verdict.HOLDS}
    claim = f"every: {C4A}; is: {verbs[0]}; after: {verbs[1]}"
    result = verdict_of(catalogue, plan, claim, f"terms: [{', '.join(order)}]\n")
    assert result.verdict is expected[max(best.values(), default=0)]
    counts = {Counts.PERHAPS: 1, Counts.YES: 2}
    assert {row.line: counts[row.counts] for row in result.judged[0].rows} == best


def test_whatever_is_claimed_often_is_searched_once(catalogue: Catalogue) -> None:
    """Claims that no row bears on count towards no bound: they must cost next to nothing."""
    serving = Serving(plan_of(entry("C1", C4A), entry("C2", "epas-2022:7")), catalogue)
    for statement in (C4, C4A, "isp-2020:1.1"):
        assert serving.routes(statement) is serving.routes(statement)
        assert serving.taught(statement) is serving.taught(statement)
    assert [route.entry.competency for route in serving.taught(C4)] == [C4A]
    assert not serving.taught("isp-2020:1.1")
    assert serving.routes("isp-2020:1.1")


def test_rows_that_are_looked_at_for_an_order_count_towards_the_most(catalogue: Catalogue) -> None:
    plan = plan_of(*(entry("C1", C4A, content=str(n)) for n in range(5)))
    raw = f"{TERMS}claims:\n- {{id: c, title: A, every: '{C4A}', is: practised, after: taught}}\n"
    claims = read_claims(raw.encode(), "claims.yaml", catalogue)
    check_claims(plan, claims, catalogue, most_rows=5)
    with pytest.raises(SourcesError, match="more than 4 rows"):
        check_claims(plan, claims, catalogue, most_rows=4)


@pytest.mark.parametrize(
    "text",
    [
        f"every: {C4}; is: taught; in: at least {'9' * 400} courses",
        f"every: {C4}; is: taught; hours: at least 1e300",
        f"courses: courses; have: at least 1{'0' * 40} hours",
        f"every: {C4}; is: reached; confidence: 1.0e+60",
    ],
)
def test_a_number_that_no_programme_has_is_refused_in_a_sentence(
    catalogue: Catalogue, text: str
) -> None:
    with pytest.raises(SourcesError, match=r"claims.yaml:\d: claim c: "):
        verdict_of(catalogue, plan_of(), text)


@pytest.mark.parametrize(
    ("terms", "verdict"),
    [
        (("Fall 1", "Spring 1"), "fails"),
        (("Spring 1", "Fall 1"), "holds"),
        (("Fall 1", "Fall 1"), "holds"),
        (("Fall 1", ""), "unproven"),
        (("", "Spring 1"), "unproven"),
        (("Fall 1", "Summer"), "unproven"),
    ],
)
def test_nothing_is_introduced_after_it_was_demonstrated(
    catalogue: Catalogue, terms: tuple[str, str], verdict: str
) -> None:
    courses = [replace(c, term=t) for c, t in zip(COURSES[:2], terms, strict=True)]
    plan = plan_of(entry("C1", C4A, DEMONSTRATES), entry("C2", C4A, INTRODUCES), courses=courses)
    claim = "none: statement of epas-2022; is: introduced; after: demonstrated"
    result = verdict_of(catalogue, plan, claim, TERMS)
    assert result.verdict == verdict
    if verdict == "fails":
        assert result.summary == f"fails for 1 of 29 statements: {C4A}."
        (judged,) = result.shown
        assert judged.why == "C2 introduces what C1 demonstrates in an earlier term"
        assert [row.line for row in judged.rows] == [2, 3]


def test_order_and_hours_tell_courses_of_one_line_apart(catalogue: Catalogue) -> None:
    """In a matrix several courses stand in the line of one competency."""
    entries = (
        Entry("C1", C4A, DEMONSTRATES, hours=4, line=5),
        Entry("C2", C4A, INTRODUCES, hours=4, line=5),
    )
    plan = replace(plan_of(), entries=entries)
    claim = f"none: {C4A}; is: introduced; after: demonstrated"
    (judged,) = verdict_of(catalogue, plan, claim, TERMS).judged
    assert [row.course for row in judged.rows] == ["C1", "C2"]
    result = verdict_of(catalogue, plan, f"every: {C4A}; is: taught; hours: at least 8")
    assert result.verdict is Verdict.HOLDS


def test_a_course_that_does_both_is_not_out_of_order(catalogue: Catalogue) -> None:
    plan = plan_of(entry("C1", C4A, DEMONSTRATES), entry("C1", C4A, INTRODUCES))
    claim = f"none: {C4A}; is: introduced; after: demonstrated"
    assert verdict_of(catalogue, plan, claim, TERMS).verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("hours", "verdict"), [((400, None), "unproven"), ((900, None), "holds"), ((400, 400), "fails")]
)
def test_missing_hours_leave_open_only_what_they_could_change(
    catalogue: Catalogue, hours: tuple[float | None, ...], verdict: str
) -> None:
    courses = [Course(f"F{n}", "", hours=h, setting=Setting.FIELD) for n, h in enumerate(hours)]
    claim = "courses: field courses; have: at least 900 hours"
    result = verdict_of(catalogue, plan_of(courses=courses), claim)
    assert result.verdict == verdict
    assert ("the plan does not say the hours of F1" in result.summary) is (hours[1] is None)


def test_a_term_that_the_plan_does_not_say_leaves_a_claim_open(catalogue: Catalogue) -> None:
    plan = plan_of(entry("C1", C4), courses=[replace(COURSES[0], term="")])
    result = verdict_of(catalogue, plan, f"every: {C4}; is: taught; in: a course; terms: Fall 1")
    assert result.verdict is Verdict.UNPROVEN
    assert result.judged[0].rows[0].why == "the plan does not say the term of C1"


def test_rows_say_where_they_stand_and_why_they_do_not_count(catalogue: Catalogue) -> None:
    plan = plan_of(
        entry("C1", C4A, DEMONSTRATES), entry("C2", C4, DEMONSTRATES), entry("F1", C4, INTRODUCES)
    )
    claim = f"every: {C4}; is: demonstrated; in: at least two required courses"
    result = verdict_of(catalogue, plan, claim)
    assert [(row.counts.value, row.text) for row in result.judged[0].rows] == [
        ("yes", "line 2: C1 demonstrates epas-2022:4.a \u2192 epas-2022:4"),
        ("no", "line 3: C2 demonstrates epas-2022:4; C2 is an elective"),
        ("no", "line 4: F1 introduces epas-2022:4; only introduces"),
    ]


def test_a_route_says_on_what_it_rests(catalogue: Catalogue) -> None:
    claim = "every: isp-2020:2.3; is: reached; confidence: 0.9; status: reviewed"
    result = verdict_of(catalogue, plan_of(entry("C1", C4A)), claim)
    assert result.judged[0].rows[0].text == (
        "line 2: C1 practises epas-2022:4.a \u2192 isp-2020:2.3 (strong, 0.7, proposed); rests on "
        "confidence 0.7, not 0.9, epas-2022:4.a \u2192 isp-2020:2.3 is proposed, not reviewed"
    )


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        (f"every: {C4}; is: demonstrated; in: at least two required courses",
         "epas-2022:4 is demonstrated in at least 2 required courses."),
        ("every: domain of isp-2020; is: reached; in: a field course; strength: moderate",
         "Every domain of isp-2020 is reached in at least 1 field course through alignments of "
         "strength moderate or more."),
        ("none: competency of epas-2022; is: taught; rests_on: one elective course",
         "No competency of epas-2022 is taught in one elective course and in no other."),
        ("courses: required field courses; have: at least 900 hours",
         "The required field courses together have at least 900 hours."),
        ("courses: elective courses; have: at most 4 courses",
         "The elective courses are at most 4 in number."),
        ("some: behavior of epas-2022:4; is: practised; in: exactly one course; terms: [Fall 1]",
         "Some behavior of epas-2022:4 is practised in exactly 1 course of Fall 1."),
    ],
)  # fmt: skip
def test_a_claim_reads_back_as_a_sentence(catalogue: Catalogue, claim: str, sentence: str) -> None:
    assert verdict_of(catalogue, plan_of(), claim).claim.sentence == sentence


# ---- the file ----------------------------------------------------------------------------


BAD = """\
terms: [Fall 1, Spring 1]
clams: []
claims:
- id: Research Twice
  title: A
  every: epas-2022:4
  is: demonstratd
  in: at least two requird courses
- id: b
  titel: B
  every: behaviour of epas-2022
  is: taught
  in: courses
- id: b
  title: B again
  every: [epas-2022:99]
  some: epas-2022:4
  is: taught
  confidence: 0.5
  dimensions: [skils]
- id: d
  title: D
  courses: field courses
  have: at least 900 days
- id: e
  title: E
  no: epas-2022
  is: reached
  after: demonstrated
  status: proposed
  confidence: 2
- id: f
  title: F
  every: epas-2022:4
  is: taught
  terms: [Fal 1]
  rests_on: two elective courses
"""


def test_all_faults_of_a_file_come_together_with_their_lines(catalogue: Catalogue) -> None:
    with pytest.raises(SourcesError) as caught:
        read_claims(BAD.encode(), "claims.yaml", catalogue)
    assert str(caught.value).split("\n") == [
        "claims.yaml:2: there is no key 'clams' here; did you mean claims?",
        "claims.yaml:4: claim: id 'Research Twice' must be lower case letters, digits and - "
        "_ . between",
        "claims.yaml:7: claim Research Twice: is cannot be 'demonstratd'; did you mean "
        "demonstrated?",
        "claims.yaml:8: claim Research Twice: in: 'at least two requird courses': 'requird' "
        "is no kind of course; did you mean required?",
        "claims.yaml:9: claim b: has no title; say in words what is claimed",
        "claims.yaml:10: claim b: there is no key 'titel' here; did you mean title?",
        "claims.yaml:11: claim b: every: 'behaviour of epas-2022': there is no level "
        "'behaviour'; did you mean behavior?",
        "claims.yaml:13: claim b: in: 'courses': must begin with how many, as in: at least 2 "
        "required courses",
        "claims.yaml:14: claim b: the id stands already in line 9; give one of them another",
        "claims.yaml:15: claim b: must have one of the keys every, some or none, with the "
        "statements; or courses, with have",
        "claims.yaml:16: claim b: every: 'epas-2022:99': there is no statement "
        "'epas-2022:99'; did you mean epas-2022:9?",
        "claims.yaml:19: claim b: confidence is about what is reached; it goes with is: reached",
        "claims.yaml:20: claim b: dimensions: there is no dimension 'skils'; did you mean skills?",
        "claims.yaml:24: claim d: have: 'at least 900 days': must end with hours, credits, courses",
        "claims.yaml:27: claim e: none: 'epas-2022': a framework is no statement; write: "
        "competency of epas-2022",
        "claims.yaml:27: claim e: write none instead of no, which many readers of YAML take for "
        "false",
        "claims.yaml:28: claim e: is: reached does not go with after",
        "claims.yaml:30: claim e: status cannot be 'proposed'; it takes reviewed",
        "claims.yaml:31: claim e: confidence cannot be 2; it takes a number from 0 to 1 with "
        "at most 2 decimal places",
        "claims.yaml:36: claim f: there is no term 'Fal 1' in terms above; did you mean Fall 1?",
        "claims.yaml:37: claim f: rests_on: 'two elective courses': must be one course, as "
        "in: one elective course",
    ]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "claims.yaml:1: is empty"),
        (b"- a\n", "claims.yaml:1: must be keys with values, as in key: value"),
        (b"title: A\n", "claims.yaml:1: has no list 'claims'"),
        (b"claims: {}\n", "claims.yaml:1: must be a list of claims, each beginning with -"),
        (b"claims: []\n", "claims.yaml:1: has no claims"),
        (b"claims: &a []\n", "anchors and aliases"),
        (b'claims: [{id: a, title: "\\ud83d"}]', "claim a: title holds half of a character"),
        ("claims: [\u00e9]".encode("latin-1"), "is not UTF-8"),
    ],
)
def test_what_is_no_file_of_claims_is_refused(
    catalogue: Catalogue, raw: bytes, message: str
) -> None:
    with pytest.raises(SourcesError) as caught:
        read_claims(raw, "claims.yaml", catalogue)
    assert message in str(caught.value)


def test_a_bound_on_rows_is_told_before_all_are_looked_at(catalogue: Catalogue) -> None:
    raw = f"claims:\n- id: a\n  title: A\n  every: statement of {C4[:9]}\n  is: taught\n"
    claims = read_claims(raw.encode(), "claims.yaml", catalogue)
    plan = plan_of(entry("C1", C4A), entry("C2", C4A))
    assert check_claims(plan, claims, catalogue, most_rows=4).results
    with pytest.raises(SourcesError, match="claims:1: ask for a look at more than 3 rows"):
        check_claims(plan, claims, catalogue, most_rows=3)


# ---- JUnit -------------------------------------------------------------------------------


def three(catalogue: Catalogue, title: str = "A claim") -> Report:
    """A claim of each verdict."""
    raw = "claims:\n" + "".join(
        f"- id: {key}\n  title: {json.dumps(title, ensure_ascii=False)}\n"
        f"  every: {C4}\n  is: taught\n  in: {courses}\n  says: {says}\n"
        for key, courses, says in (
            ("holds", "a course", "content"), ("fails", "nine courses", "content"),
            ("open", "a course", "page"),
        )
    )  # fmt: skip
    claims = read_claims(raw.encode(), "claims.yaml", catalogue)
    plan = plan_of(entry("C1", C4, content='Reading <1> & "2"'))
    return check_claims(plan, claims, catalogue, "claims.yaml")


@pytest.mark.parametrize("strict", [False, True])
def test_junit_has_what_its_readers_look_for(catalogue: Catalogue, *, strict: bool) -> None:
    root = ElementTree.fromstring(junit(three(catalogue), strict=strict))
    assert root.tag == "testsuites"
    (suite,) = root
    counts = {"tests": "3", "failures": "2" if strict else "1", "errors": "0",
              "skipped": "0" if strict else "1", "time": "0"}  # fmt: skip
    for element in (root, suite):
        assert element.attrib == {"name": "claims.yaml: plan.csv", **counts}
    assert [child.tag for child in suite] == ["properties", *["testcase"] * 3]
    cases = suite.findall("testcase")
    assert [case.get("classname") for case in cases] == ["claims.claims"] * 3
    assert [case.get("name") for case in cases] == [
        "holds: A claim", "fails: A claim", "open: A claim",
    ]  # fmt: skip
    outcomes = [[child.tag for child in case] for case in cases]
    unproven = ["failure"] if strict else ["skipped", "system-out"]
    assert outcomes == [["system-out"], ["failure"], unproven]
    assert cases[1][0].get("type") == "fails"
    assert cases[1][0].get("message") == "epas-2022:4: taught in C1; asked for: at least 9."


def test_junit_escapes_what_xml_cannot_hold(catalogue: Catalogue) -> None:
    title = "<b> & \"quotes\" 'and' \x07 \ud7ff \U0001f600 ]]>"
    root = ElementTree.fromstring(junit(three(catalogue, title)))
    names = [case.get("name") for case in root.iter("testcase")]
    assert names[0] == "holds: " + title.replace("\x07", "\ufffd")


def test_junit_is_the_same_every_time(catalogue: Catalogue) -> None:
    assert junit(three(catalogue)) == junit(three(catalogue))


# ---- command -----------------------------------------------------------------------------


def run(*words: str) -> Any:
    return CliRunner().invoke(cli, ["plan", "check", *words], env={"COLUMNS": "92"})


PLAN = """\
course,title,required,competency,depth,content,page
C1,One,yes,epas-2022:4,demonstrates,Brief,p. 2
C2,Two,no,epas-2022:4,demonstrates,Essay,
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    plan, claims = tmp_path / "plan.csv", tmp_path / "claims.yaml"
    plan.write_text(PLAN, encoding="utf-8")
    return plan, claims


@pytest.mark.parametrize(
    ("claim", "plain", "strict"),
    [("in: a course", 0, 0), ("says: page\n  in: two courses", 0, 1), ("in: nine courses", 1, 1)],
)
def test_exit_status_tells_the_worst(
    files: tuple[Path, Path], claim: str, plain: int, strict: int
) -> None:
    plan, claims = files
    text = f"claims:\n- id: a\n  title: A\n  every: {C4}\n  is: taught\n  {claim}\n"
    claims.write_text(text, encoding="utf-8")
    words = (str(plan), "--claims", str(claims))
    assert run(*words).exit_code == plain
    assert run(*words, "--strict").exit_code == strict


def test_command_prints_why_and_writes_junit(files: tuple[Path, Path]) -> None:
    plan, claims = files
    claims.write_text(
        "claims:\n- id: twice\n  title: Research twice\n  every: epas-2022:4\n"
        "  is: demonstrated\n  in: at least two required courses\n",
        encoding="utf-8",
    )
    report = plan.with_name("report.xml")
    result = run(str(plan), "--claims", str(claims), "--junit", str(report))
    assert result.exit_code == 1
    assert result.stdout == (
        "fails       Research twice [twice]\n"
        "            Tested: epas-2022:4 is demonstrated in at least 2 required courses.\n"
        "            epas-2022:4 Engage in Practice-Informed Research and "
        "Research-Informed Practice:\n"
        "            demonstrated in C1; asked for: at least 2.\n"
        "              yes: line 2: C1 demonstrates epas-2022:4\n"
        "              no: line 3: C2 demonstrates epas-2022:4; C2 is an elective\n"
    )
    assert result.stderr == "1 claims: 0 hold, 1 fail, 0 unproven\n"
    assert ElementTree.parse(report).getroot().get("failures") == "1"


def test_command_writes_records(files: tuple[Path, Path]) -> None:
    plan, claims = files
    claims.write_text(
        "claims:\n- id: a\n  title: A\n  every: epas-2022:4\n  is: taught\n", encoding="utf-8"
    )
    record = json.loads(run(str(plan), "--claims", str(claims), "--json").stdout)
    assert (record["total"], record["holds"], record["fails"], record["unproven"]) == (1, 1, 0, 0)
    (statement,) = record["results"][0]["statements"]
    assert [row["line"] for row in statement["rows"]] == [2, 3]


def test_faulty_claims_are_told_and_nothing_is_written(files: tuple[Path, Path]) -> None:
    plan, claims = files
    claims.write_text("claims:\n- id: a\n", encoding="utf-8")
    report = plan.with_name("report.xml")
    result = run(str(plan), "--claims", str(claims), "--junit", str(report))
    assert result.exit_code == 2
    assert "claims.yaml:2: claim a: has no title; say in words what is claimed" in result.output
    assert not report.exists()


@pytest.mark.parametrize("missing", [0, 1])
def test_a_file_that_is_not_there_is_no_finding(files: tuple[Path, Path], missing: int) -> None:
    files[1].write_text(f"claims:\n- id: a\n  title: A\n  every: {C4}\n  is: taught\n")
    names = [str(path) for path in files]
    names[missing] += ".gone"
    assert run(names[0], "--claims", names[1]).exit_code == 2
