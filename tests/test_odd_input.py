"""Odd but small files: whatever stands in a field, a file is read, or refused with the place.

One valid file a reader, changed in one to three places.
"""

from __future__ import annotations

import copy
import csv
import io
import json
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import openpyxl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.planning import claims_report, solution
from api.plans import convert
from api.reconciliation.desk import Desk
from api.reconciliation.extension import extended
from api.reconciliation.queries import reconciled
from api.service import Service
from graph.curriculum.claim_file import read_claims
from graph.curriculum.document_template import read_template, template_text
from graph.curriculum.goal_file import read_goals
from graph.curriculum.reading import read_plan
from graph.errors import (
    MOST_MESSAGE,
    NotFoundError,
    ParameterError,
    QuerySizeError,
    SourcesError,
)
from graph.exchange import FORMATS, Content, Selection, Source
from graph.rebase.moving import rebase
from graph.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graph.catalogue import Catalogue
    from graph.exchange import Format

#: What no field expects; `ODD` is the only text of ours that Python could show in its own way.
ODD: Final = st.sampled_from([
    None, True, -1, 1.5, 1e40, "", "x", "\u2028", "a\tb\nc", "\u202eb", "e\u0301", "\u0660", "=1",
    "y" * 3000, "2026-13-99", "http://[", ":", "..", "|", [], {}, [None], [[]], [{}], ["odd"],
    [["odd"]], {"odd": 1}, {"odd": {"odd": 1}}, [{"odd": 1}], {"en": None}, {"en": ["a", 1]},
    {"@value": {"odd": 1}}, {"@id": 5}, {"@id": ["odd"]}, {"uri": {}}, ["imported"],
])  # fmt: skip

CHANGES: Final = ("replace", "replace", "replace", "remove", "double", "swap", "rename", "wrap")

#: As Python shows a list or an object with something of `ODD` in it, or nothing.
SHOWN: Final = ("['odd", "{'odd", "[{'odd", "[None", "[[", "{'@", "{'uri", "None", "True")


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each object or list of a tree with each of its keys."""
    for key in [*value] if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])


def changed(data: st.DataObject, value: Any) -> Any:
    """A copy of a tree with one to three members changed."""
    tree = copy.deepcopy(value)
    for _ in range(data.draw(st.integers(1, 3))):
        found = [*places(tree)]
        if not found:
            break
        at, key = data.draw(st.sampled_from(found))
        change = data.draw(st.sampled_from(CHANGES))
        if change == "remove":
            del at[key]
        elif change == "double" and isinstance(at, list):
            at.append(copy.deepcopy(at[key]))
        elif change == "rename" and isinstance(at, dict):
            at[data.draw(st.sampled_from(["", "odd", f"{key} ", str(key).upper()]))] = at.pop(key)
        elif change == "swap":
            inner, other = data.draw(st.sampled_from([p for p in found if p[1] == key]))
            at[key], inner[other] = copy.deepcopy(inner[other]), copy.deepcopy(at[key])
        elif change == "wrap":
            at[key] = [at[key]]
        else:
            at[key] = copy.deepcopy(data.draw(ODD))
    return tree


def texts(value: Any) -> Iterator[str]:
    """Everything that is said in a value."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from texts([*value, *value.values()])
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each)


def read_or_refused(read: Any, *arguments: Any) -> None:
    """A reader takes a file with nothing of Python in it, or says where and what is wrong."""
    found, refusals, said = None, (), "accepted"
    try:
        found = read(*arguments)
    except SourcesError as error:
        refusals, said = error.findings, str(error)
    except (ParameterError, NotFoundError, QuerySizeError) as error:
        said = str(error)
    assert said
    for finding in refusals:
        assert finding.path
        assert finding.line >= 1
        assert 0 < len(finding.message) <= MOST_MESSAGE
    for text in texts(found):
        assert not any(shown in text for shown in SHOWN), text[:200]


def exported(catalogue: Catalogue, format_: Format) -> list[bytes]:
    """The tiny crosswalk and framework in a format, as far as it holds them."""
    (crosswalk,) = catalogue.crosswalks.values()
    selection = Selection(catalogue, catalogue.by_crosswalk[crosswalk.id], crosswalk)
    files = [format_.write(selection)] if Content.CROSSWALK in format_.writes else []
    if Content.FRAMEWORK in format_.writes:
        files.append(format_.write_framework(catalogue, catalogue.framework("sw-1")))
    return files


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def as_csv(rows: Any, delimiter: str = ",") -> bytes:
    """Rows as CSV or TSV; what is no text stands there as JSON."""
    output = io.StringIO(newline="")
    writer = csv.writer(output, delimiter=delimiter, lineterminator="\n")
    for row in rows:
        cells = row if isinstance(row, list) else [row]
        writer.writerow([c if isinstance(c, str) else json.dumps(c) for c in cells])
    return output.getvalue().encode()


def rows_of(raw: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode(), newline=""), delimiter=delimiter))


def as_yaml(value: Any) -> bytes:
    raw: bytes = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, encoding="utf-8")
    return raw


def odd(examples: int) -> Any:
    """Settings of a test that changes files, for so many of them."""
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=examples, suppress_health_check=quiet)


def read_in(catalogue: Catalogue, name: str, raw: bytes) -> Any:
    format_ = FORMATS[name]
    return format_.read(raw, Source(f"file{format_.suffix}", catalogue))


@pytest.mark.parametrize("name", ["case", "ctdlasn", "jskos-ndjson"])
@odd(120)
@given(data=st.data())
def test_linked_records_are_read_or_refused(
    mini_catalogue: Catalogue, name: str, data: st.DataObject
) -> None:
    raw = data.draw(st.sampled_from(exported(mini_catalogue, FORMATS[name])))
    if name == "jskos-ndjson":
        tree = changed(data, [json.loads(line) for line in raw.splitlines()])
        raw = "\n".join(map(json.dumps, tree)).encode()
    else:
        raw = as_json(changed(data, json.loads(raw)))
    read_or_refused(read_in, mini_catalogue, name, raw)


@pytest.mark.parametrize("name", ["csv", "tsv", "moodle"])
@odd(100)
@given(data=st.data())
def test_tables_are_read_or_refused(
    mini_catalogue: Catalogue, name: str, data: st.DataObject
) -> None:
    delimiter = "\t" if name == "tsv" else ","
    raw = data.draw(st.sampled_from(exported(mini_catalogue, FORMATS[name])))
    raw = as_csv(changed(data, rows_of(raw, delimiter)), delimiter)
    with suppress(SourcesError):
        read_in(mini_catalogue, name, raw)


@odd(100)
@given(data=st.data())
def test_sssom_and_its_head_are_read_or_refused(
    mini_catalogue: Catalogue, data: st.DataObject
) -> None:
    (raw,) = exported(mini_catalogue, FORMATS["sssom"])
    lines = raw.decode().splitlines(keepends=True)
    head = yaml.safe_load("".join(line[1:] for line in lines if line.startswith("#")))
    rows = rows_of("".join(line for line in lines if not line.startswith("#")).encode(), "\t")
    if data.draw(st.booleans()):
        head = changed(data, head)
        said = as_yaml(head).decode().splitlines(keepends=True)
        raw = "".join(f"#{line}" for line in said).encode() + as_csv(rows, "\t")
        read_or_refused(read_in, mini_catalogue, "sssom", raw)
    else:
        said = as_yaml(head).decode().splitlines(keepends=True)
        raw = "".join(f"#{line}" for line in said).encode() + as_csv(changed(data, rows), "\t")
        with suppress(SourcesError):
            read_in(mini_catalogue, "sssom", raw)


@odd(12)
@given(data=st.data())
def test_skos_is_read_or_refused(mini_catalogue: Catalogue, data: st.DataObject) -> None:
    raw = data.draw(st.sampled_from(exported(mini_catalogue, FORMATS["skos-jsonld"])))
    read_or_refused(read_in, mini_catalogue, "skos-jsonld", as_json(changed(data, json.loads(raw))))


@odd(20)
@given(data=st.data())
def test_workbooks_are_read_or_refused(
    mini_catalogue: Catalogue, catalogue: Catalogue, data: st.DataObject
) -> None:
    book = openpyxl.Workbook()
    plan = data.draw(st.booleans())
    table = PLAN_ROWS if plan else rows_of(exported(mini_catalogue, FORMATS["csv"])[1])
    book.active.title = "map" if plan else "framework"  # type: ignore[union-attr]
    for row in changed(data, table):
        cells = row if isinstance(row, list) else [row]
        book.active.append(  # type: ignore[union-attr]
            [json.dumps(cell) if isinstance(cell, dict | list) else cell for cell in cells]
        )
    output = io.BytesIO()
    book.save(output)
    with suppress(SourcesError):
        if plan:
            read_plan(output.getvalue(), "plan.xlsx", catalogue)
        else:
            read_in(mini_catalogue, "xlsx", output.getvalue())


# ---- course plans, claims, goals, templates --------------------------------------------------

PLAN_ROWS: Final = [
    ["course", "title", "hours", "competency", "depth", "content", "dimensions"],
    ["SW 1", "Policy", "30", "epas-2022:5", "I", "a week of policy", "knowledge; skills"],
    ["SW 2", "Research", "", "epas-2022:4", "D", "", ""],
]

PLAN: Final[dict[str, Any]] = {
    "programme": "A programme",
    "edition": "epas-2022",
    "level": "generalist",
    "courses": [
        {
            "code": "SW 1", "title": "Policy", "hours": 30, "required": True, "term": "1",
            "serves": [
                {"competency": "epas-2022:5", "depth": "introduces", "content": "a week",
                 "dimensions": ["knowledge"], "systems": ["group"], "page": "2"},
                {"competency": "epas-2022:4", "depth": "practises", "hours": 2},
            ],
        },
        {"code": "SW 2", "title": "Research", "credits": 3, "setting": "class",
         "serves": [{"competency": "epas-2022:4", "depth": "demonstrates"}]},
    ],
}  # fmt: skip

CLAIMS: Final[dict[str, Any]] = {
    "title": "What we claim",
    "terms": ["1", "2"],
    "claims": [
        {"id": "all", "title": "All", "every": "epas-2022:5", "is": "taught",
         "in": "at least 1 course", "dimensions": ["knowledge"], "says": ["content"]},
        {"id": "hours", "title": "Hours", "courses": "required courses",
         "have": "at least 10 hours"},
    ],
}  # fmt: skip

GOALS: Final[dict[str, Any]] = {
    "title": "Goals",
    "objective": "hours",
    "budget": {"hours": 100},
    "require": ["SW 1"],
    "at_most_one": [["SW 1", "SW 2"]],
    "prerequisites": {"SW 2": ["SW 1"]},
    "goals": [{"id": "some", "every": "epas-2022:5", "is": "reached", "confidence": 0.5}],
}

LINES: Final = [
    {"course": "SW 1", "title": "Policy", "competency": "epas-2015:5", "level": "introduces"},
    {"course": "SW 2", "competency": "epas-2015:4", "level": "demonstrates", "tags": ["a"]},
]


@pytest.mark.parametrize("kind", ["plan.json", "plan.yaml", "plan.csv", "claims", "goals",
                                  "template", "lines.json", "lines.yaml"])  # fmt: skip
@odd(60)
@given(data=st.data())
def test_what_programmes_write_is_read_or_refused(
    catalogue: Catalogue, kind: str, data: st.DataObject
) -> None:
    if kind == "plan.csv":
        raw = as_csv(changed(data, PLAN_ROWS))
        with suppress(SourcesError):
            read_plan(raw, kind, catalogue)
    elif kind.startswith("plan"):
        written = as_json if kind == "plan.json" else as_yaml
        read_or_refused(read_plan, written(changed(data, PLAN)), kind, catalogue)
    elif kind == "claims":
        read_or_refused(read_claims, as_yaml(changed(data, CLAIMS)), kind, catalogue)
    elif kind == "goals":
        read_or_refused(read_goals, as_yaml(changed(data, GOALS)), kind, catalogue)
    elif kind == "template":
        read_or_refused(read_template, as_yaml(changed(data, TEMPLATE)), kind)
    else:
        written = as_json if kind == "lines.json" else as_yaml
        raw = written(changed(data, LINES))
        with suppress(SourcesError, ParameterError, NotFoundError):
            rebase(raw, kind, catalogue, "epas-2022")


TEMPLATE: Final = yaml.safe_load(template_text())


# ---- requests --------------------------------------------------------------------------------

QUERIES: Final = {
    "q0": {
        "query": "Engage diversity", "type": ["level:competency"], "limit": 3,
        "type_strict": "should",
        "properties": [{"pid": "code", "v": "1"}, {"pid": "title", "v": ["a", {"id": "x"}]}],
    },
    "q1": {"query": "epas-2022:7"},
}  # fmt: skip

EXTENSION: Final = {
    "ids": ["epas-2022:7"],
    "properties": [{"id": "title"}, {"id": "code", "settings": {"limit": 2}}],
}


@pytest.fixture(scope="module")
def desk(real_data: Path) -> Desk:
    return Desk(Service.load(Settings(data_dir=real_data)))


@odd(80)
@given(data=st.data())
def test_requests_are_answered_or_refused(desk: Desk, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["queries", "extend", "claims", "goals", "convert"]))
    catalogue = desk.catalogue
    if kind == "queries":
        read_or_refused(reconciled, desk, as_json(changed(data, QUERIES)).decode())
    elif kind == "extend":
        read_or_refused(extended, desk, as_json(changed(data, EXTENSION)).decode())
    elif kind == "claims":
        body = as_json(changed(data, {"plan": PLAN, "claims": CLAIMS}))
        read_or_refused(partial(claims_report, strict=True), catalogue, body, "*/*")
    elif kind == "goals":
        body = as_json(changed(data, {"plan": PLAN, "goals": GOALS}))
        read_or_refused(solution, catalogue, body, 1, 1.0)
    else:
        read_or_refused(convert, catalogue, as_json(changed(data, PLAN)), "plan.json", "csv")
