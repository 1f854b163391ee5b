"""Every analytic by name: in Python and on the command line, on the real content."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from api.cli import cli
from graph.analytics.core import core
from graph.analytics.project import project
from graph.analytics.registry import ANALYTICS, find_analytic
from graph.errors import CrosswalkError, NotFoundError, ParameterError, UnknownParameterError

if TYPE_CHECKING:
    from click.testing import Result

    from graph.analytics.analytic import Outcome
    from graph.catalogue import Catalogue

ROOT = Path(__file__).resolve().parent.parent
SW, ISP = "epas-2022", "isp-2020"
ENDS = {"paths": ("epas-2015:2", "isp-2020:1.3")}
QUICK = {"centrality": {"samples": "5"}, "communities": {"runs": "3"}}


def ends(name: str) -> tuple[str, str]:
    return ENDS.get(name, (SW, ISP))


def ask(catalogue: Catalogue, name: str, *between: str, **given: str) -> Outcome:
    analytic = ANALYTICS[name]
    options = analytic.options(QUICK.get(name, {}) | given)
    from_, to = between or ends(name)
    return analytic.run(catalogue, from_, to, options)


def run(*words: str, width: int = 100) -> Result:
    return CliRunner(env={"COLUMNS": str(width)}).invoke(cli, ["analyze", *words])


def quick(name: str) -> list[str]:
    return [part for key, text in QUICK.get(name, {}).items() for part in (f"--{key}", text)]


def numbers(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [n for inner in value.values() for n in numbers(inner)]
    if isinstance(value, list):
        return [n for inner in value for n in numbers(inner)]
    return [value] if isinstance(value, float) else []


def test_the_analytics_that_are_promised_are_there() -> None:
    assert {*ANALYTICS} >= {
        "coverage", "gaps", "core", "centrality", "communities", "paths", "suggestions", "agenda",
        "consistency",
    }  # fmt: skip


# ---- answers -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ANALYTICS)
def test_every_analytic_answers_with_sentence_record_table_and_pictures(
    catalogue: Catalogue, name: str
) -> None:
    found = ask(catalogue, name)
    record = json.loads(json.dumps(found.record(), allow_nan=False))
    assert record["analytic"] == name
    assert record["release"] == catalogue.release
    assert record["regime"] == ("skos" if name == "consistency" else "asserted")
    assert record["says"].endswith(".")
    assert any(character.isdigit() for character in record["says"])
    expected = {"from", "to", *(parameter.name for parameter in ANALYTICS[name].parameters)}
    assert record["parameters"].keys() == expected
    columns, rows = found.table()
    assert all(len(row) == len(columns) for row in rows)
    assert tuple(found.drawings) == ANALYTICS[name].pictures
    for picture in found.drawings:
        title = ET.fromstring(found.picture(picture)).find("{http://www.w3.org/2000/svg}title")
        assert title is not None
        assert title.text == record["says"]


@pytest.mark.parametrize("name", ANALYTICS)
def test_the_parameters_of_an_answer_ask_for_it_again(catalogue: Catalogue, name: str) -> None:
    first = ask(catalogue, name).record()
    parameters = dict(first["parameters"])
    from_, to = parameters.pop("from"), parameters.pop("to")
    asked = {key: value for key, value in parameters.items() if value is not None}
    assert ANALYTICS[name].run(catalogue, from_, to, asked).record() == first


@pytest.mark.parametrize("name", [n for n in ANALYTICS if n not in ("paths", "consistency")])
def test_what_is_asked_by_default_is_asserted_alignments_of_any_strength_at_competency_level(
    catalogue: Catalogue, name: str
) -> None:
    parameters = ask(catalogue, name).parameters
    assert parameters["level"] == "competency"
    assert parameters.get("min_strength") is None
    assert parameters.get("aim") is None
    assert parameters.get("regime", "asserted") == "asserted"


def test_the_core_is_the_proven_minimum(catalogue: Catalogue) -> None:
    found = ask(catalogue, "core")
    plain = core(project(catalogue, from_=SW, to=ISP))
    assert found.result == plain
    assert found.says.startswith(
        f"{plain.size} of the 9 competencies of {SW} together reach all 15 competencies of {ISP}. "
        f"No smaller set does, which is proven. {len(plain.optimal_sets)} sets of that size do"
    )


def test_sentences_have_their_denominators(catalogue: Catalogue) -> None:
    assert "9 competencies of epas-2022" in ask(catalogue, "coverage").says
    assert "15 competencies of isp-2020" in ask(catalogue, "coverage").says
    strong = ask(catalogue, "gaps", min_strength="strong").says
    assert " of the 15 competencies of isp-2020 are not reached (isp-2020:" in strong
    assert strong.endswith("Counted: asserted alignments, at least strong.")
    assert "of 63 alignments" in ask(catalogue, "communities").says.replace("the 63", "63")
    assert "of the 9 competencies" in ask(catalogue, "centrality").says
    assert "Of 135 verdicts" in ask(catalogue, "agenda").says
    half = ask(catalogue, "core", share="0.5").says
    assert "of the 15 competencies of isp-2020 (8 of the 15 that can be reached were asked" in half


def test_derived_alignments_are_named_where_they_count(catalogue: Catalogue) -> None:
    found = ask(catalogue, "coverage", "epas-2015", ISP, regime="practice")
    assert found.regime == found.record()["regime"] == "practice"
    assert "derived by the regime practice" in found.says
    assert found.record()["derived"] > 0


def test_editions_side_by_side(catalogue: Catalogue) -> None:
    found = ask(catalogue, "coverage", editions="true")
    assert [row[0] for row in found.table()[1]][-2:] == [SW, SW]
    assert "epas-2015" in found.says
    with pytest.raises(ParameterError, match="picture cannot be 'chord'; it takes one of bars"):
        found.picture("chord")
    with pytest.raises(ParameterError, match="regime"):
        ask(catalogue, "coverage", editions="true", regime="practice")


def test_paths_within_two_frameworks_and_over_all(catalogue: Catalogue) -> None:
    analytic = ANALYTICS["paths"]
    far = {"a": "epas-2015:2", "b": "isp-2020:1.3"}
    assert analytic.run(catalogue, None, None, far).record()["connected"]
    within = analytic.run(catalogue, SW, ISP, {"a": "epas-2022:2", "b": "isp-2020:1.3"})
    assert within.parameters["from"] == SW
    assert within.record()["connected"]
    with pytest.raises(ParameterError, match="a cannot be 'epas-2015:2'"):
        analytic.run(catalogue, SW, ISP, far)
    with pytest.raises(ParameterError, match="to is missing"):
        analytic.run(catalogue, SW, None, far)
    with pytest.raises(ParameterError, match=r"it takes all here, because epas-2022:7\.a is"):
        analytic.run(catalogue, "epas-2022:7.a", "isp-2020:1.3")
    below = analytic.run(catalogue, "epas-2022:7.a", "isp-2020:1.3", {"level": "all"})
    assert below.parameters["a"] == "epas-2022:7.a"


def test_consistency_of_one_crosswalk_counts_its_rows(catalogue: Catalogue) -> None:
    whole = ANALYTICS["consistency"].run(catalogue, None, None).record()
    one = ask(catalogue, "consistency").record()
    assert 135 <= one["judged"] < whole["judged"] == len(catalogue.alignments)


# ---- nothing to see ----------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n in ANALYTICS if n != "paths"])
@pytest.mark.parametrize(
    ("between", "given"),
    [
        (("epas-2008", ISP), {}),
        ((SW, ISP), {"level": "function"}),
        ((SW, ISP), {"aim": "poverty", "min_strength": "strong"}),
        ((SW, "gis"), {"level": "domain"}),
    ],
    ids=str,
)
def test_an_empty_projection_has_an_answer_without_nan(
    catalogue: Catalogue, name: str, between: tuple[str, str], given: dict[str, str]
) -> None:
    known = {parameter.name for parameter in ANALYTICS[name].parameters}
    found = ask(catalogue, name, *between, **{k: v for k, v in given.items() if k in known})
    record = json.loads(json.dumps(found.record(), allow_nan=False))
    assert all(math.isfinite(number) for number in numbers(record))
    assert found.says
    for picture in found.drawings:
        ET.fromstring(found.picture(picture))


def test_a_disconnected_pair_is_told_apart_from_an_error(catalogue: Catalogue) -> None:
    found = ask(catalogue, "paths", "epas-2008:2.1.1", "isp-2020:1.3")
    assert (found.record()["connected"], found.record()["paths"]) == (False, [])
    assert found.says.startswith("No alignments connect epas-2008:2.1.1 with isp-2020:1.3")
    ET.fromstring(found.picture())


# ---- bad input ---------------------------------------------------------------------------

WRONG: list[tuple[str, tuple[str, ...], dict[str, str], str]] = [
    ("coverage", ("epas2022", ISP), {}, "no framework 'epas2022'; did you mean epas-2022"),
    ("gaps", (SW, "isp"), {}, "no framework 'isp'; did you mean"),
    ("core", (SW, SW), {}, "a framework other than epas-2022"),
    ("core", (SW, ISP), {"level": "chapter"}, "level cannot be 'chapter'; it takes one of"),
    ("core", (SW, ISP), {"aim": "fame"}, "aim cannot be 'fame'; it takes one of social-justice"),
    ("core", (SW, ISP), {"min_strength": "huge"}, "min_strength cannot be 'huge'"),
    ("core", (SW, ISP), {"regime": "wishful"}, "regime cannot be 'wishful'; it takes one of ass"),
    ("core", (SW, ISP), {"share": "1.01"}, "share cannot be '1.01'; it takes a number from 0 to 1"),
    ("core", (SW, ISP), {"share": "-0.1"}, "share cannot be '-0.1'"),
    ("core", (SW, ISP), {"share": "nan"}, "share cannot be 'nan'"),
    ("core", (SW, ISP), {"share": "half"}, "share cannot be 'half'"),
    ("core", (SW, ISP), {"seconds": "inf"}, "seconds cannot be 'inf'"),
    ("core", (SW, ISP), {"color": "red"}, "there is no parameter 'color' here; known: one of aim"),
    ("coverage", (SW, ISP), {"editions": "maybe"}, "it takes true or false"),
    ("centrality", (SW, ISP), {"samples": "2.5"}, "a whole number from 0 to 2000"),
    ("centrality", (SW, ISP), {"measures": "degree,fame"}, "some of degree, betweenness"),
    ("centrality", (SW, ISP), {"seed": "-1"}, "seed cannot be '-1'"),
    ("communities", (SW, ISP), {"resolution": "0"}, "resolution cannot be '0'"),
    ("communities", (SW, ISP), {"method": "magic"}, "method cannot be 'magic'"),
    ("paths", ("epas-2022:77", "isp-2020:1.3"), {}, "no competency 'epas-2022:77'; did you mean"),
    ("paths", (SW, ISP), {}, "a is missing; it takes the id of a competency"),
    ("paths", ("epas-2022:7", "isp-2020:1.3"), {"k": "0"}, "k cannot be '0'"),
    ("suggestions", (SW, ISP), {"limit": "0"}, "limit cannot be '0'"),
    ("similarity", (SW, ISP), {"top": "x"}, "top cannot be 'x'"),
    ("agenda", (SW, ISP), {"most": "-3"}, "most cannot be '-3'"),
    ("consistency", (SW, "nothing"), {}, "no framework 'nothing'"),
    ("consistency", (SW, ISP), {"regime": "asserted"}, "regime cannot be 'asserted'"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "between", "given", "message"), WRONG)
def test_bad_input_is_a_named_error(
    catalogue: Catalogue, name: str, between: tuple[str, ...], given: dict[str, str], message: str
) -> None:
    with pytest.raises(CrosswalkError) as caught:
        ask(catalogue, name, *between, **given)
    assert isinstance(caught.value, NotFoundError | ParameterError)
    assert message in str(caught.value)
    options = [part for key, text in given.items() for part in (f"--{key}".replace("_", "-"), text)]
    if given.keys() <= {"color", "editions"} and given:
        return  # the command line has no such option, or takes no value for it
    result = run(name, *between, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_a_framework_that_is_missing_and_a_name_that_is_unknown(catalogue: Catalogue) -> None:
    with pytest.raises(ParameterError, match="from is missing; it takes the id of a framework"):
        ANALYTICS["core"].run(catalogue, None, ISP)
    with pytest.raises(NotFoundError, match="no analytic 'coverge'; did you mean coverage"):
        find_analytic("coverge")
    with pytest.raises(UnknownParameterError, match="'k' here"):
        ANALYTICS["core"].run(catalogue, SW, ISP, {"k": 1})


# ---- command line ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ANALYTICS)
def test_the_command_prints_the_sentence_and_the_table(catalogue: Catalogue, name: str) -> None:
    result = run(name, *ends(name), *quick(name), width=160)
    assert result.exit_code == 0, result.output
    said, _, table = result.stdout.partition("\n\n")
    found = ask(catalogue, name)
    assert " ".join(said.split()) == " ".join(found.says.split())
    assert bool(table.strip()) == bool(found.table()[1])


@pytest.mark.parametrize("name", ANALYTICS)
def test_the_command_writes_the_record(catalogue: Catalogue, name: str) -> None:
    result = run(name, *ends(name), *quick(name), "--json")
    assert json.loads(result.stdout) == json.loads(json.dumps(ask(catalogue, name).record()))


def test_the_command_prints_the_minimum_set(catalogue: Catalogue) -> None:
    printed = run("core", SW, ISP).stdout
    found = core(project(catalogue, from_=SW, to=ISP))
    for member in found.members:
        assert f"\n{member.id}  " in printed
    for optimal in found.optimal_sets:
        assert ", ".join(optimal) in printed


def test_the_command_draws(catalogue: Catalogue, tmp_path: Path) -> None:
    for name in ("picture.svg", "picture.PNG"):
        result = run("core", SW, ISP, "--picture", str(tmp_path / name), "--draw", "matrix")
        assert (result.exit_code, result.stderr) == (0, f"drew {tmp_path / name}\n")
    assert (tmp_path / "picture.svg").read_text(encoding="utf-8") == ask(catalogue, "core").picture(
        "matrix"
    )
    assert (tmp_path / "picture.PNG").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--picture", "x.pdf"], "a file that ends in .svg or .png"),
        (["--picture", "x.svg", "--draw", "pie"], "picture cannot be 'pie'; it takes one of bip"),
        (["--draw", "matrix"], "--picture is missing"),
        (["--picture", "no/such/folder/x.svg"], "No such file or directory"),
        (["--aim", ""], "aim cannot be ''"),
        (["--top", "3"], "there is no parameter 'top' here"),
    ],
    ids=str,
)
def test_a_picture_that_cannot_be_drawn(options: list[str], message: str) -> None:
    result = run("core", SW, ISP, *options)
    assert result.exit_code != 0
    assert message in result.stderr


def test_without_a_name_the_analytics_are_listed() -> None:
    printed = run().stdout
    assert all(f"\n{name} " in printed for name in ANALYTICS)
    items = json.loads(run("--json").stdout)["items"]
    assert [item["id"] for item in items] == [*ANALYTICS]


def test_the_answers_and_pictures_of_the_page_are_those_of_the_commands() -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / "scripts" / "analytics_docs.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert checked.stdout == "", "run: python scripts/analytics_docs.py"
    assert (checked.returncode, checked.stderr) == (0, "")


def test_every_analytic_has_its_section() -> None:
    page = (ROOT / "docs" / "analytics.md").read_text(encoding="utf-8")
    for name in ANALYTICS:
        assert f"$ crosswalk analyze {name} " in page
    for target in re.findall(r"\]\(([^)#:]+)\)", page):
        assert (ROOT / "docs" / target).exists(), target
