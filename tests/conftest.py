"""Fixtures: a tiny crosswalk to change at will, and the real one to read."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from graph.build import build, write_build
from graph.catalogue import Catalogue
from graph.store import open_store
from graph.tables import ALIGNMENT_COLUMNS, COLUMNS, format_table
from graph.terms import shipped_data

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

collect_ignore = ["outside"]  # runs with the libraries of others, in their own environment

# The same examples at every run and no clock, so that a busy machine proves what an idle one does;
# `--hypothesis-profile=default` looks for new ones.
settings.register_profile(
    "same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("same")

_URL = "https://example.org/source"

_FRAMEWORKS = [
    {"id": "sw-1", "title": "Social work, first edition", "version": "1", "issued": "2020"},
    {"id": "imp-1", "title": "Implementation support", "version": "1.0", "issued": "2020-11-05"},
]

_COMPETENCIES = {
    "sw-1": [
        ("sw-1:1", "competency", "", "Assess needs", "Gather and weigh what people lack."),
        ("sw-1:1.a", "behavior", "sw-1:1", "Collect data", "Ask, observe, write down."),
        ("sw-1:2", "competency", "", "Engage in policy", "Change rules with those they bind."),
    ],
    "imp-1": [
        ("imp-1:D1", "domain", "", "Working together", "What is done in company."),
        ("imp-1:1.1", "competency", "imp-1:D1", "Assessing needs and assets", "Find out both."),
        ("imp-1:1.2", "competency", "imp-1:D1", "Addressing power", "Notice who decides."),
    ],
}

_LABELS = {row[0]: row[3] for rows in _COMPETENCIES.values() for row in rows}

_ALIGNMENTS: list[dict[str, str]] = [
    {
        "subject_id": "sw-1:1",
        "predicate_id": "skos:closeMatch",
        "object_id": "imp-1:1.1",
        "confidence": "0.8",
        "see_also": _URL,
        "comment": 'Both find out what is lacking; one says "assets", the other, in <1> way, not.',
        "ext_strength": "strong",
        "ext_direction": "mutual",
        "ext_aims": "poverty racial-equity",
        "ext_evidence_supports": "needs are assessed in both ways",
    },
    {
        "subject_id": "sw-1:1.a",
        "predicate_id": "skos:narrowMatch",
        "object_id": "imp-1:1.1",
        "confidence": "0.55",
        "comment": "Collecting data is where an assessment starts, \u00e9tape par \u00e9tape.",
        "ext_strength": "moderate",
    },
    {
        "subject_id": "sw-1:1",
        "predicate_id": "skos:relatedMatch",
        "predicate_modifier": "Not",
        "object_id": "imp-1:1.2",
        "confidence": "0.6",
        "comment": "Weighing what is lacking leaves open who decides about it.",
    },
    {
        "subject_id": "sw-1:2",
        "predicate_id": "skos:relatedMatch",
        "object_id": "imp-1:1.2",
        "confidence": "0.7",
        "comment": "Rules are one place where power is settled, and policy practice reopens them.",
        "ext_strength": "weak",
        "ext_direction": "sw-enhances-isp",
    },
]


def _table(kind: str, rows: Iterable[Mapping[str, str]]) -> str:
    columns = COLUMNS[kind]
    lines = ["\t".join(row.get(column, "") for column in columns) for row in rows]
    return "\n".join(["\t".join(columns), *lines]) + "\n"


def _crosswalk_text(prefixes: str) -> str:
    iris = dict(line.split("\t") for line in prefixes.splitlines()[1:])
    extensions = [column for column in ALIGNMENT_COLUMNS if column.startswith("ext_")]
    header = [
        "curie_map:",
        *(
            f"  {prefix}: {iris[prefix]}"
            for prefix in ("agent", "framework", "imp-1", "sw-1", "xw")
        ),
        f"mapping_set_id: {iris['crosswalk']}sw-1--imp-1",
        "mapping_set_title: Social work and implementation",
        "mapping_set_description: A tiny crosswalk.",
        "license: https://creativecommons.org/licenses/by/4.0/",
        "subject_type: skos concept",
        "subject_source: framework:sw-1",
        "subject_source_version: '1'",
        "object_type: skos concept",
        "object_source: framework:imp-1",
        "object_source_version: '1.0'",
        "extension_definitions:",
        *(f"- slot_name: {slot}\n#  property: xw:{slot}" for slot in extensions),
    ]
    rows = [
        {
            "subject_label": _LABELS[row["subject_id"]],
            "object_label": _LABELS[row["object_id"]],
            "mapping_justification": "semapv:ManualMappingCuration",
            "author_id": "agent:project",
            "mapping_date": "2026-11-23",
            "ext_status": "proposed",
            **row,
        }
        for row in _ALIGNMENTS
    ]
    head = "".join(f"#{line}\n" for line in header)
    return head + _table("crosswalks/*.sssom.tsv", rows)


def _write_mini(data: Path) -> None:
    """A data folder with two frameworks, six competencies and four alignments, built."""
    shipped = shipped_data()
    iris = dict(
        line.split("\t")
        for line in (shipped / "prefixes.tsv").read_text(encoding="utf-8").splitlines()[1:]
    )
    iris |= {key: f"{iris['framework']}{key}/" for key in _COMPETENCIES}
    texts = {
        "prefixes.tsv": "prefix\tiri\n" + "".join(f"{p}\t{iri}\n" for p, iri in iris.items()),
        "schemes.tsv": (shipped / "schemes.tsv").read_text(encoding="utf-8"),
        "frameworks.tsv": _table(
            "frameworks.tsv",
            (
                {
                    "publisher": "Someone",
                    "description": f"What {row['title']} asks for.",
                    "citation": "Someone (2020).",
                    "url": _URL,
                    "confidence": "high",
                    **row,
                }
                for row in _FRAMEWORKS
            ),
        ),
        "evidence.tsv": _table(
            "evidence.tsv",
            [{"id": "one", "kind": "publication", "citation": "One (2020)", "url": _URL,
              "finding": "Needs are assessed."}],
        ),
        "resources.tsv": _table(
            "resources.tsv",
            [{"competency": "imp-1:1.2", "title": "A story of power", "description": "Told well.",
              "citation": "Teller (2021).", "url": _URL}],
        ),
    }  # fmt: skip
    for framework, rows in _COMPETENCIES.items():
        texts[f"frameworks/{framework}.tsv"] = _table(
            "frameworks/*.tsv",
            (
                dict(
                    zip(("id", "level", "parent", "title", "description"), row, strict=True),
                    citation="Someone (2020).",
                    url=_URL,
                    confidence="high",
                )
                for row in rows
            ),
        )
    texts["crosswalks/sw-1--imp-1.sssom.tsv"] = _crosswalk_text(
        format_table(texts["prefixes.tsv"], "prefixes.tsv", {})
    )
    for name, text in texts.items():
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        canonical = format_table(text, name, _LABELS)
        (data / name).write_text(canonical, encoding="utf-8", newline="\n")
    write_build(data, build(data))


@pytest.fixture(scope="session")
def _mini_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("mini") / "data"
    data.mkdir()
    _write_mini(data)
    return data


@pytest.fixture
def mini_data(_mini_template: Path, tmp_path: Path) -> Path:
    """A tiny data folder of the test's own, built."""
    data = tmp_path / "mini"
    shutil.copytree(_mini_template, data)
    return data


@pytest.fixture(scope="session")
def mini_catalogue(_mini_template: Path) -> Catalogue:
    """The tiny data as values; not to be changed."""
    return Catalogue.load(open_store(_mini_template))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The data folder that ships; not to be changed."""
    return shipped_data()


@pytest.fixture(scope="session")
def catalogue(real_data: Path) -> Catalogue:
    """The real content as values."""
    return Catalogue.load(open_store(real_data))
