"""What we write as JSKOS, in the hands of the tools that others wrote for JSKOS.

`jskos-validate` has the schemas of the specification, `cocoda-sdk` is the library with which Cocoda
reads. Both run in Node, in an environment of their own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from graph.exchange import FORMATS, Selection
from graph.exchange.jskos import concept_record, scheme_record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.catalogue import Catalogue
    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

ROOT: Final = Path(__file__).parent.parent
OUTSIDE: Final = ROOT / ".venv-outside"
PATIENCE_SECONDS: Final = 120


def node(script: str, *arguments: str, text: str = "", folder: Path) -> Any:
    """What a script of `tests/outside` prints as JSON, run beside the modules that it imports."""
    program = OUTSIDE / "bin" / "node"
    assert program.exists(), "the tools of others are not there; run: make outside"
    # A module finds what it imports by where it stands itself.
    shutil.copy(ROOT / "tests/outside" / script, folder)
    modules = folder / "node_modules"
    if not modules.exists():
        modules.symlink_to((OUTSIDE / "node_modules").resolve())
    done = subprocess.run(
        [program, script, *arguments],
        input=text,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def checked(records: Iterable[tuple[str, Any]], folder: Path) -> Any:
    lines = (json.dumps({"kind": kind, "record": record}) for kind, record in records)
    return node("check_jskos.mjs", text="\n".join(lines), folder=folder)


def test_jskos_validate_accepts_everything_that_is_written(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    """Schemes first: concepts are held against the namespace of theirs."""
    jskos = FORMATS["jskos"]
    records: list[tuple[str, Any]] = []
    for framework in catalogue.frameworks.values():
        scheme = json.loads(jskos.write_framework(catalogue, framework))
        records.append(("scheme", scheme))
        records += [("concept", concept) for concept in scheme["concepts"]]
    for crosswalk in catalogue.crosswalks.values():
        rows = catalogue.by_crosswalk[crosswalk.id]
        concordance = json.loads(jskos.write(Selection(catalogue, rows, crosswalk)))
        records.append(("concordance", concordance))
        records += [("mapping", mapping) for mapping in concordance["mappings"]]
    found = checked(records, tmp_path)
    assert found["errors"] == []
    assert found["version"] == "0.7.1"
    aligned = sum(alignment.aligned for alignment in catalogue.alignments.values())
    assert found["accepted"] == {
        "scheme": len(catalogue.frameworks),
        "concept": len(catalogue.competencies),
        "concordance": len(catalogue.crosswalks),
        "mapping": aligned,
    }


def test_jskos_validate_would_see_a_fault(catalogue: Catalogue, tmp_path: Path) -> None:
    framework = catalogue.frameworks["isp-2020"]
    scheme = scheme_record(catalogue, framework)
    concept = concept_record(catalogue, catalogue.by_framework["isp-2020"][0])
    astray = concept | {"uri": "https://example.org/elsewhere"}
    found = checked([("scheme", scheme), ("concept", astray), ("scheme", {"version": 4})], tmp_path)
    assert [error["kind"] for error in found["errors"]] == ["concept", "scheme"]


def test_jskos_validate_has_no_way_to_say_not_aligned(tmp_path: Path) -> None:
    """Why verdicts *not aligned* are left out; if this fails, they need not be any longer."""
    ends = {"from": {"memberSet": []}, "to": {"memberSet": []}, "identifier": []}
    negated = ends | {"type": [False, "http://www.w3.org/2004/02/skos/core#closeMatch"]}
    assert checked([("mapping", negated)], tmp_path)["accepted"] == {}


@pytest.fixture(scope="module")
def cocoda(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """All that cocoda-sdk reads from the running service."""
    folder = tmp_path_factory.mktemp("cocoda")
    return node("read_with_cocoda.mjs", f"{server.url}/jskos/", folder=folder)


def test_cocoda_finds_out_what_the_service_offers(cocoda: Any) -> None:
    able = {name for name, value in cocoda["has"].items() if value}
    assert {"schemes", "top", "concepts", "narrower", "ancestors", "suggest", "search"} <= able
    assert cocoda["has"]["mappings"]["read"] is True
    assert cocoda["has"]["mappings"]["create"] is False
    assert cocoda["has"]["concordances"]["read"] is True
    assert not able & {"annotations", "registries", "types", "data", "auth"}


def test_cocoda_reads_every_scheme_with_its_tree(cocoda: Any, catalogue: Catalogue) -> None:
    expand = catalogue.prefixes.expand
    assert [scheme["notation"] for scheme in cocoda["schemes"]] == [
        [key] for key in catalogue.frameworks
    ]
    for scheme in cocoda["schemes"]:
        members = catalogue.by_framework.get(scheme["notation"][0], [])
        read = {
            concept["uri"]: (
                concept["notation"],
                concept["prefLabel"],
                concept["ancestors"],
            )
            for concept in scheme["concepts"]
        }
        assert read == {
            expand(member.id): (
                [member.code],
                {"en": member.title},
                [expand(above.id) for above in reversed(catalogue.ancestors(member.id))],
            )
            for member in members
        }


def test_cocoda_reads_every_concordance_with_its_rows(cocoda: Any, catalogue: Catalogue) -> None:
    expand = catalogue.prefixes.expand
    assert len(cocoda["concordances"]) == len(catalogue.crosswalks)
    for concordance in cocoda["concordances"]:
        key = catalogue.prefixes.contract(concordance["uri"]).partition(":")[2]
        rows = [a for a in catalogue.by_crosswalk[key] if a.aligned]
        assert concordance["total"] == len(rows)
        read = {
            (
                mapping["from"]["memberSet"][0]["uri"],
                mapping["type"][0],
                mapping["to"]["memberSet"][0]["uri"],
                mapping["mappingRelevance"],
                mapping["note"]["en"][0],
            )
            for mapping in concordance["mappings"]
        }
        assert read == {
            (
                expand(a.subject_id),
                expand(a.relation.predicate_id),
                expand(a.object_id),
                a.confidence,
                a.rationale,
            )
            for a in rows
        }


def test_cocoda_reads_one_mapping_by_its_address(cocoda: Any) -> None:
    listed = cocoda["concordances"][0]["mappings"][0]
    # What the library adds of its own begins with an underscore.
    one, first = ({k: v for k, v in m.items() if k[:1] != "_"} for m in (cocoda["one"], listed))
    assert one == first
    assert cocoda["one"]["uri"] in {mapping["uri"] for mapping in cocoda["backward"]}


def test_cocoda_searches(cocoda: Any) -> None:
    words, labels, _, uris = cocoda["suggested"]
    assert words == "supervision"
    assert any("Supervision" in label for label in labels)
    assert len(labels) == len(uris)
    schemes = {concept["inScheme"][0]["uri"] for concept in cocoda["searched"]}
    assert schemes == {cocoda["schemes"][-2]["uri"]}
