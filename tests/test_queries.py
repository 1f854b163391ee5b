"""The named questions: their form, the same answers from two engines, and what they mean."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Graph, Literal
from rdflib.plugins.sparql import prepareQuery

from graph.build import build, write_build
from graph.catalogue import Catalogue
from graph.errors import NotFoundError, ParameterError, StoreError
from graph.queries import NamedQuery, find_query, queries_table, read_queries, read_query
from graph.store import EmbeddedStore, open_store

FOLDER = Path(__file__).resolve().parent.parent / "queries"
QUERIES = read_queries(FOLDER)
EVERY = pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)

Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="session")
def store(real_data: Path) -> EmbeddedStore:
    return open_store(real_data)


@pytest.fixture(scope="session")
def merged(real_data: Path) -> Graph:
    """Everything in one graph: what a union default graph shows."""
    graph = Graph()
    for path in sorted((real_data / "build").rglob("*.ttl")):
        graph.parse(path)
    vocabulary = real_data / "vocabulary.ttl"
    if vocabulary.is_file():
        graph.parse(vocabulary)
    return graph


def by_rdflib(graph: Graph, text: str, store: EmbeddedStore) -> Rows:
    """Rows of rdflib's engine, with the values that ours gives."""

    def value(term: Any) -> Any:
        if term is None:
            return None
        if not isinstance(term, Literal):
            return store.prefixes.contract(str(term))
        if term.datatype and term.datatype.endswith(("#double", "#decimal")):
            return float(term)
        if term.datatype and term.datatype.endswith(("#integer", "#boolean")):
            return term.toPython()
        return str(term)

    return [tuple(value(term) for term in row) for row in graph.query(text)]


class Asker:
    """Asks a question with parameters; rows come as dictionaries."""

    def __init__(self, store: EmbeddedStore, catalogue: Catalogue) -> None:
        self.store, self.catalogue = store, catalogue

    def __call__(self, name: str, **params: str | list[str]) -> list[dict[str, Any]]:
        values = {
            key.rstrip("_"): [value] if isinstance(value, str) else value
            for key, value in params.items()
        }
        columns, rows = self.store.rows(QUERIES[name].bind(values, self.catalogue.known))
        return [dict(zip(columns, row, strict=True)) for row in rows]


@pytest.fixture(scope="session")
def ask(store: EmbeddedStore, catalogue: Catalogue) -> Asker:
    return Asker(store, catalogue)


def table(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line[:1] != "#"]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="session")
def levels(real_data: Path) -> dict[str, str]:
    """Level of every statement, straight from the tables."""
    found = {}
    for path in sorted((real_data / "frameworks").glob("*.tsv")):
        found |= {row["id"]: row["level"] for row in table(path)}
    return found


@pytest.fixture(scope="session")
def crosswalk(real_data: Path) -> list[dict[str, str]]:
    """Rows of EPAS 2022 x ISP, straight from the table."""
    return table(real_data / "crosswalks" / "epas-2022--isp-2020.sssom.tsv")


@pytest.fixture(scope="session")
def editions(real_data: Path) -> list[dict[str, str]]:
    return table(real_data / "crosswalks" / "epas-2015--epas-2022.sssom.tsv")


# Form


def body(query: NamedQuery) -> str:
    lines = query.text.splitlines()
    return "\n".join(line for line in lines if not line.startswith(("#+", "PREFIX")))


@EVERY
def test_name_is_a_verb_and_an_object(query: NamedQuery) -> None:
    verbs = "compare|count|find|list|show|trace"
    assert re.fullmatch(rf"(?:{verbs})(?:-[a-z]+)+", query.name)


@EVERY
def test_header_declares_exactly_the_marked_parameters(query: NamedQuery) -> None:
    marked = re.findall(r"VALUES \?(\w+) .*#:param$", query.text, re.MULTILINE)
    assert {param.name for param in query.params} == set(marked)
    assert query.text.count("#:param") == len(marked)


@EVERY
def test_header_says_what_a_row_is(query: NamedQuery) -> None:
    assert query.summary.endswith("?")
    assert query.returns.startswith("one row")


@EVERY
def test_a_parameter_stated_twice_has_one_example(query: NamedQuery) -> None:
    stated = re.findall(r"VALUES \?(\w+) (\{.*\})  #:param", query.text)
    assert len(set(stated)) == len(query.params)


@EVERY
def test_prefixes_are_sorted_aligned_and_used(query: NamedQuery) -> None:
    declared = re.findall(r"^PREFIX (\S+): +<(.*)>$", query.text, re.MULTILINE)
    names = [name for name, _ in declared]
    assert names == sorted(names)
    code = re.sub(r'"[^"\n]*"|# .*', "", body(query))
    assert set(names) == set(re.findall(r"(?<![\w?:-])([a-z][a-z0-9-]*):(?=\w)", code))
    columns = {line.index("<") for line in query.text.splitlines() if line.startswith("PREFIX")}
    assert len(columns) == 1


@EVERY
def test_prefixes_are_those_of_the_table(query: NamedQuery, catalogue: Catalogue) -> None:
    for name, iri in re.findall(r"^PREFIX (\S+): +<(.*)>$", query.text, re.MULTILINE):
        assert catalogue.prefixes.iris[name] == iri


@EVERY
def test_query_is_short_and_ordered_and_names_its_columns(query: NamedQuery) -> None:
    text = body(query).strip()
    assert len(text.splitlines()) <= 40
    assert re.search(r"^ORDER BY ", text, re.MULTILINE)
    assert not re.search(r"SELECT\s+(DISTINCT\s+)?\*", text)


@EVERY
def test_optional_parts_and_paths_say_why(query: NamedQuery) -> None:
    if re.search(r"OPTIONAL|:\w+[|?*+]", body(query)):
        assert re.search(r"^ *# ", body(query), re.MULTILINE)


@EVERY
def test_optional_parameters_say_what_is_kept_when_left_out(query: NamedQuery) -> None:
    for param in query.params:
        assert param.required or "if left out" in param.about


@EVERY
def test_an_optional_filter_keeps_all_unless_it_says_otherwise(
    query: NamedQuery, catalogue: Catalogue
) -> None:
    for param in query.params:
        if f"VALUES ?{param.name} {{ UNDEF }}" in query.text:  # a list that imports add to
            assert "all if left out" in param.about
        elif "all if left out" in param.about or "both if left out" in param.about:
            assert list(param.example) == list(catalogue.known.names[param.type])


def test_readme_table_is_the_generated_one() -> None:
    generated = queries_table(QUERIES.values())
    assert generated in (FOLDER / "README.md").read_text(encoding="utf-8"), generated


def test_an_alignment_without_a_strength_is_found_unless_one_is_asked_for(
    mini_data: Path,
) -> None:
    path = mini_data / "crosswalks/sw-1--imp-1.sssom.tsv"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("\tstrong\t", "\t\t").replace("\tproposed", "\timported"), encoding="utf-8"
    )
    write_build(mini_data, build(mini_data))
    own = open_store(mini_data)
    known = Catalogue.load(own).known
    query = QUERIES["find-alignments"]

    def found(**values: str) -> list[tuple[str, str | None]]:
        given = {"competency": ["imp-1:1.1"], **{name: [v] for name, v in values.items()}}
        columns, rows = own.rows(query.bind(given, known))
        places = columns.index("partner"), columns.index("strength")
        return [tuple(row[place] for place in places) for row in rows]

    assert found() == [("sw-1:1.a", "strength:moderate"), ("sw-1:1", None)]
    assert found(strength="moderate") == [("sw-1:1.a", "strength:moderate")]


# Answers of two engines


@EVERY
def test_examples_can_be_given_as_parameters(
    query: NamedQuery, store: EmbeddedStore, catalogue: Catalogue
) -> None:
    values = {param.name: list(param.example) for param in query.params}
    assert store.rows(query.bind(values, catalogue.known)) == store.rows(query.text)


@EVERY
def test_both_engines_give_the_same_rows_in_the_same_order(
    query: NamedQuery, store: EmbeddedStore, merged: Graph
) -> None:
    columns, rows = store.rows(query.text)
    assert tuple(columns) == query.columns
    assert rows
    expected = by_rdflib(merged, query.text, store)
    assert Counter(rows) == Counter(expected)
    assert rows == expected


@EVERY
def test_file_needs_no_prefixes_from_outside(query: NamedQuery) -> None:
    prepareQuery(query.text)


def test_bound_text_needs_no_prefixes_from_outside(catalogue: Catalogue) -> None:
    values = {"competency": ["isp-2020:2.1"]}
    prepareQuery(QUERIES["show-competency"].bind(values, catalogue.known))


# No value becomes syntax

NASTY = st.text(
    st.one_of(
        st.sampled_from("\"'\\{}<>#?$\n\r\t u0022U}.;\u2028\u00e9\U0001f600"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
    ),
    min_size=1,
    max_size=30,
)


@pytest.mark.parametrize("name", ["find-labels", "find-rationales"])
@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(value=NASTY)
def test_any_text_is_only_text(name: str, value: str, ask: Asker) -> None:
    rows = ask(name, text=value)
    if name == "find-labels":
        texts = [row["label"] + "\n" + row["definition"] for row in rows]
    else:
        texts = [row["rationale"] for row in rows]
    assert all(value.lower() in text.lower() for text in texts)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(value=NASTY)
def test_both_engines_read_the_same_text(
    value: str, store: EmbeddedStore, catalogue: Catalogue
) -> None:
    bound = QUERIES["find-labels"].bind({"text": [value]}, catalogue.known)
    line = next(line for line in bound.split("\n") if "#:param" in line or "VALUES ?text" in line)
    text = f"SELECT ?text WHERE {{ {line}\n }} ORDER BY ?text"
    assert store.rows(text)[1] == by_rdflib(Graph(), text, store) == [(value,)]


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(value=NASTY)
def test_only_numbers_and_names_pass_elsewhere(value: str, ask: Asker) -> None:
    with pytest.raises(NotFoundError):
        ask("show-competency", competency=f"x{value}")
    with pytest.raises(ParameterError):
        ask("find-alignments", competency="isp-2020:1.3", min_confidence=f"x{value}")
    with pytest.raises(ParameterError):
        ask("find-alignments", competency="isp-2020:1.3", strength=f"x{value}")


@pytest.mark.parametrize(
    "value",
    ['" } SELECT', "}", "{ }", "#", "\\", '\\"', "\\u0022 }", "\\\\U00000022", "a\nb", "\r", "?x"],
)
def test_text_that_looks_like_syntax_finds_nothing(value: str, ask: Asker) -> None:
    assert ask("find-labels", text=value) == []


@pytest.mark.parametrize("value", ["\x00", "\ud800", "a\udfffb"])
def test_what_is_no_text_is_refused(value: str, ask: Asker) -> None:
    with pytest.raises(ParameterError, match="text cannot be"):
        ask("find-labels", text=value)


@pytest.mark.parametrize(
    "value", ["1e3", "-1", "\u0663", "0.5 1", "1 }", "1.", "0x1", "\n1", "1\n"]
)
def test_a_number_is_only_digits(value: str, ask: Asker) -> None:
    with pytest.raises(ParameterError, match=r"a number such as 0\.5"):
        ask("find-alignments", competency="isp-2020:1.3", min_confidence=value)


def test_a_value_given_twice_counts_once(ask: Asker) -> None:
    once = ask("find-alignments", competency="isp-2020:1.3", strength="strong")
    assert ask("find-alignments", competency="isp-2020:1.3", strength=["strong"] * 2) == once


# Errors that help


def test_unknown_question_names_the_nearest() -> None:
    with pytest.raises(NotFoundError, match=r"no query 'find-gap'; did you mean find-gaps"):
        find_query("find-gap", QUERIES)


def test_unknown_parameter_names_those_there_are(ask: Asker) -> None:
    with pytest.raises(ParameterError, match=r"'colour'.*from, to, at_least, level"):
        ask("find-gaps", colour="red")


def test_missing_parameter_says_what_it_takes(ask: Asker) -> None:
    with pytest.raises(ParameterError, match=r"^competency is missing; it takes competency: the"):
        ask("find-alignments")


def test_empty_value_counts_as_missing(ask: Asker) -> None:
    with pytest.raises(ParameterError, match=r"^text is missing"):
        ask("find-labels", text="")


def test_wrong_term_of_a_list_names_the_list(ask: Asker) -> None:
    with pytest.raises(ParameterError, match=r"'medium'; it takes one of strong, moderate, weak"):
        ask("find-gaps", from_="isp-2020", to="epas-2022", at_least="medium")


def test_unknown_competency_names_the_nearest(ask: Asker) -> None:
    with pytest.raises(NotFoundError, match=r"no competency 'isp-2020:1.33'; did you mean"):
        ask("find-alignments", competency="isp-2020:1.33")


def test_unknown_framework_names_the_nearest(ask: Asker) -> None:
    with pytest.raises(NotFoundError, match=r"no framework 'epas-2023'; did you mean.*epas-2022"):
        ask("find-gaps", from_="epas-2023", to="isp-2020")


def test_two_values_where_one_is_asked_for(ask: Asker) -> None:
    with pytest.raises(ParameterError, match=r"it takes one competency"):
        ask("show-competency", competency=["isp-2020:1.1", "isp-2020:1.2"])


def test_undeclared_parameter_in_a_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "find-it.rq"
    path.write_text("#+ summary: What?\nSELECT ?x WHERE {\n  VALUES ?x { 1 }  #:param\n}\n")
    with pytest.raises(StoreError, match=r"find-it.rq: declared and marked parameters differ: x"):
        read_query(path)


def test_broken_header_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "find-it.rq"
    path.write_text("#+ summary: [What?\nSELECT ?x WHERE { VALUES ?x { 1 } }\n")
    with pytest.raises(StoreError, match=r"find-it.rq: the header is not YAML"):
        read_query(path)


# What the answers mean, computed a second time from the tables

ORDER = ("strong", "moderate", "weak")
PAIR = {"from_": "epas-2022", "to": "isp-2020"}
BACK = {"from_": "isp-2020", "to": "epas-2022"}


def strengths_by_end(rows: list[dict[str, str]], end: str) -> dict[str, list[str]]:
    found = defaultdict(list)
    for row in rows:
        if row["ext_strength"]:
            found[row[f"{end}_id"]].append(row["ext_strength"])
    return found


@pytest.mark.parametrize("at_least", ORDER)
@pytest.mark.parametrize("framework", ["epas-2022", "isp-2020"])
def test_gaps_are_those_of_the_tables(
    framework: str,
    at_least: str,
    ask: Asker,
    crosswalk: list[dict[str, str]],
    levels: dict[str, str],
) -> None:
    end, sides = ("subject", PAIR) if framework == "epas-2022" else ("object", BACK)
    strengths = strengths_by_end(crosswalk, end)
    enough = set(ORDER[: ORDER.index(at_least) + 1])
    expected = [
        key
        for key, level in levels.items()
        if key.startswith(f"{framework}:")
        and level == "competency"
        and enough.isdisjoint(strengths[key])
    ]
    rows = ask("find-gaps", **sides, at_least=at_least)
    assert [row["competency"] for row in rows] == expected
    for row in rows:
        counts = Counter(strengths[row["competency"]])
        assert [row[strength] for strength in ORDER] == [counts[s] for s in ORDER]


def test_gaps_keep_what_nobody_judged_apart(ask: Asker) -> None:
    rows = ask("find-gaps", **BACK, at_least="weak", level="activity")
    assert [row["not_aligned"] for row in rows] == [0] * 6


def test_coverage_has_the_published_denominators(
    ask: Asker, crosswalk: list[dict[str, str]], levels: dict[str, str]
) -> None:
    rows = {(row["framework"], row["level"]): row for row in ask("compare-coverage", **PAIR)}
    assert {key: row["total"] for key, row in rows.items()} == {
        ("framework:epas-2022", "level:competency"): 9,
        ("framework:epas-2022", "level:behavior"): 20,
        ("framework:isp-2020", "level:domain"): 3,
        ("framework:isp-2020", "level:competency"): 15,
        ("framework:isp-2020", "level:behavior"): 9,
        ("framework:isp-2020", "level:principle"): 6,
        ("framework:isp-2020", "level:activity"): 6,
    }
    for (framework, level), row in rows.items():
        end = "subject" if framework.endswith("epas-2022") else "object"
        reached = {k: v for k, v in strengths_by_end(crosswalk, end).items()
                   if f"level:{levels[k]}" == level}  # fmt: skip
        strongly = [key for key, found in reached.items() if "strong" in found]
        judged = {r[f"{end}_id"] for r in crosswalk if f"level:{levels[r[f'{end}_id']]}" == level}
        assert row["judged"] == len(judged)
        assert (row["reached"], row["reached_strongly"]) == (len(reached), len(strongly))
        assert row["share"] == pytest.approx(len(reached) / row["total"], abs=0.0005)
        assert row["share_strongly"] == pytest.approx(len(strongly) / row["total"], abs=0.0005)


def test_coverage_is_the_same_from_the_other_side(ask: Asker) -> None:
    assert ask("compare-coverage", **PAIR) == ask("compare-coverage", **BACK)


def test_competency_two_of_2015_became_three_of_2022(ask: Asker) -> None:
    for statement in ("epas-2015:2", "epas-2022:3"):
        (row,) = ask("trace-editions", statement=statement)
        assert (row["competency"], row["successor"]) == ("epas-2015:2", "epas-2022:3")
        assert row["change"].startswith("renumbered")


def test_dropped_behaviors_are_those_without_exact_or_close_successor(
    ask: Asker, editions: list[dict[str, str]], levels: dict[str, str]
) -> None:
    kept = {
        row["subject_id"]
        for row in editions
        if row["predicate_id"] in ("skos:exactMatch", "skos:closeMatch")
    }
    expected = [
        key
        for key, level in levels.items()
        if key.startswith("epas-2015:") and level == "behavior" and key not in kept
    ]
    rows = ask("list-dropped-behaviors", from_="epas-2015", to="epas-2022")
    assert list(dict.fromkeys(row["competency"] for row in rows)) == expected


def test_dropped_behaviors_work_towards_the_earlier_edition(
    ask: Asker, editions: list[dict[str, str]], levels: dict[str, str]
) -> None:
    old = {
        row["object_id"]
        for row in editions
        if row["predicate_id"] in ("skos:exactMatch", "skos:closeMatch")
    }
    rows = ask("list-dropped-behaviors", from_="epas-2022", to="epas-2015")
    expected = {k for k, v in levels.items() if k.startswith("epas-2022:") and v == "behavior"}
    assert {row["competency"] for row in rows} == expected - old


@pytest.mark.parametrize("key", ["epas-2022:9", "isp-2020:1.3", "tci-2024:2", "isp-2020:D1"])
def test_alignments_are_those_of_the_catalogue_best_first(
    key: str, ask: Asker, catalogue: Catalogue
) -> None:
    expected = catalogue.alignments_of(key)
    rows = ask("find-alignments", competency=key)
    assert {row["alignment"] for row in rows} == {f"alignment:{a.id}" for a in expected}
    ranks = [(ORDER.index(row["strength"].partition(":")[2])) for row in rows]
    assert ranks == sorted(ranks)


def test_alignments_are_seen_from_the_competency_asked_for(
    ask: Asker, editions: list[dict[str, str]]
) -> None:
    """What is broader than the old statement sees the old one as narrower."""
    (old, new) = next(
        (row["subject_id"], row["object_id"])
        for row in editions
        if row["predicate_id"] == "skos:broadMatch"
    )
    there = {row["partner"]: row["relation"] for row in ask("find-alignments", competency=old)}
    back = {row["partner"]: row["relation"] for row in ask("find-alignments", competency=new)}
    assert (there[new], back[old]) == ("skos:broadMatch", "skos:narrowMatch")


def test_least_confidence_is_included(ask: Asker, catalogue: Catalogue) -> None:
    rows = ask("find-alignments", competency="isp-2020:1.3", min_confidence="0.6")
    expected = [a for a in catalogue.alignments_of("isp-2020:1.3") if a.confidence >= 0.6]
    assert len(rows) == len(expected) > 0


def test_crosswalk_holds_every_row_of_the_table_from_either_side(
    ask: Asker, crosswalk: list[dict[str, str]]
) -> None:
    pairs = {(row["subject_id"], row["object_id"]) for row in crosswalk}
    rows = ask("show-crosswalk", **PAIR)
    assert len(rows) == len(crosswalk)
    assert {(row["competency"], row["partner"]) for row in rows} == pairs
    assert {(row["partner"], row["competency"]) for row in ask("show-crosswalk", **BACK)} == pairs


def test_not_aligned_are_the_negated_rows(ask: Asker, crosswalk: list[dict[str, str]]) -> None:
    expected = {
        (row["subject_id"], row["object_id"], row["comment"])
        for row in crosswalk
        if row["predicate_modifier"] == "Not"
    }
    rows = ask("list-not-aligned", **PAIR)
    assert {(r["competency"], r["partner"], r["rationale"]) for r in rows} == expected


def test_every_pair_of_competencies_of_epas_and_isp_is_decided(ask: Asker) -> None:
    assert ask("find-undecided", **PAIR) == []


def test_undecided_and_decided_pairs_are_all_pairs(ask: Asker, levels: dict[str, str]) -> None:
    sides = {"from_": "isp-2020", "to": "tci-2024"}
    open_ = {(row["competency"], row["partner"]) for row in ask("find-undecided", **sides)}
    judged = {
        (row["competency"], row["partner"])
        for row in ask("show-crosswalk", **sides)
        if levels[row["competency"]] == levels[row["partner"]] == "competency"
    }
    assert not open_ & judged
    assert len(open_ | judged) == 15 * 10


def test_domains_are_weighted_by_strength(ask: Asker, catalogue: Catalogue) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    for alignment in catalogue.by_crosswalk["epas-2022--isp-2020"]:
        domain = catalogue.competencies[alignment.object_id].parent
        if alignment.strength and domain and "." not in alignment.subject_id:
            weight = 3 - ORDER.index(alignment.strength)
            expected[alignment.subject_id, domain] += weight
    rows = ask("compare-domains", **PAIR)
    assert {(row["competency"], row["domain"]): row["weight"] for row in rows} == expected
    for competency in {row["competency"] for row in rows}:
        weights = [row["weight"] for row in rows if row["competency"] == competency]
        assert weights == sorted(weights, reverse=True)


def test_evidence_and_its_absence_share_out_the_alignments(
    ask: Asker, crosswalk: list[dict[str, str]]
) -> None:
    cited = {row["alignment"] for row in ask("list-evidence", **PAIR)}
    bare = {row["alignment"] for row in ask("find-unsupported", **PAIR)}
    aligned = [row for row in crosswalk if row["ext_strength"]]
    assert not cited & bare
    assert len(cited) == sum(bool(row["see_also"]) for row in aligned)
    assert len(cited) + len(bare) == len(aligned)


def test_counts_by_strength_are_those_of_the_table(
    ask: Asker, crosswalk: list[dict[str, str]]
) -> None:
    expected = Counter(row["ext_strength"] for row in crosswalk if row["ext_strength"])
    rows = ask("count-by-strength", **PAIR)
    assert {r["strength"].partition(":")[2]: r["alignments"] for r in rows} == expected
    assert [row["strength"].partition(":")[2] for row in rows] == list(ORDER)


def test_aims_count_what_the_tables_say(ask: Asker, catalogue: Catalogue) -> None:
    expected: Counter[str] = Counter()
    for alignment in catalogue.alignments.values():
        expected.update(alignment.aims)
    rows = {row["aim"].partition(":")[2]: row for row in ask("list-aims")}
    assert {aim: row["alignments"] for aim, row in rows.items()} == expected
    for aim, row in rows.items():
        best = min(
            (ORDER.index(a.strength), -a.confidence)
            for a in catalogue.alignments.values()
            if a.strength and aim in a.aims
        )
        found = catalogue.alignments[row["alignment"].partition(":")[2]]
        assert found.strength is not None
        assert (ORDER.index(found.strength), -found.confidence) == best


def test_strongest_partners_have_no_stronger_rival(
    ask: Asker, crosswalk: list[dict[str, str]], levels: dict[str, str]
) -> None:
    strengths = strengths_by_end(crosswalk, "subject")
    rows = ask("find-strongest-partners", **PAIR)
    best = {k: min(v, key=ORDER.index) for k, v in strengths.items() if levels[k] == "behavior"}
    assert {row["competency"]: row["strength"].partition(":")[2] for row in rows} == best


def test_sole_partners_have_one_alignment(
    ask: Asker, crosswalk: list[dict[str, str]], levels: dict[str, str]
) -> None:
    strengths = strengths_by_end(crosswalk, "subject")
    rows = ask("list-sole-partners", **PAIR)
    expected = {k for k, v in strengths.items() if len(v) == 1 and levels[k] == "behavior"}
    assert {row["competency"] for row in rows} == expected


def test_an_older_statement_reaches_what_its_successor_aligns_with(
    ask: Asker, catalogue: Catalogue
) -> None:
    rows = ask("trace-through-editions", competency="epas-2015:2", to="isp-2020")
    expected = [a for a in catalogue.alignments_of("epas-2022:3") if a.object_id[:3] == "isp"]
    assert {row["alignment"] for row in rows} == {f"alignment:{a.id}" for a in expected}
    assert {row["successor"] for row in rows} == {"epas-2022:3"}


def test_resources_for_a_course_are_those_of_its_strong_partners(
    ask: Asker, catalogue: Catalogue
) -> None:
    course = ["epas-2022:6", "epas-2022:8", "epas-2022:9"]
    reached = {
        a.object_id
        for key in course
        for a in catalogue.alignments_of(key)
        if a.strength == "strong" and a.subject_id == key
    }
    expected = {f"resource:{r.id}" for key in reached for r in catalogue.resources.get(key, [])}
    rows = ask("find-resources-for-course", competency=course)
    assert {row["resource"] for row in rows} == expected


def test_undecided_pair_has_two_texts_and_no_verdict(ask: Asker) -> None:
    (row,) = ask("compare-competencies", competency="epas-2008:2.1.1", partner="gis:D1")
    assert row["verdict"] is None
    assert row["definition"]
    assert row["partner_definition"]


def test_search_ignores_capitals_and_puts_titles_first(ask: Asker) -> None:
    rows = ask("find-labels", text="EVALUAT")
    assert rows == ask("find-labels", text="evaluat")
    in_label = ["evaluat" in row["label"].lower() for row in rows]
    assert in_label == sorted(in_label, reverse=True)
    assert in_label[0]
