"""The JSON paths, the linked data paths and the documentation, over HTTP."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

import docx
import openpyxl
import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import schemas
from api.problems import STATUS
from graph.exchange import FORMATS, Content, formats_writing
from graph.proofs import check_proof
from graph.reasoning import Facts
from graph.store.media import GRAPHS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2

    from graph.catalogue import Catalogue
    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

API: Final = "/api/v1"
PAREN: Final = "epas-2008:2.1.10(a)"


def problem(response: httpx2.Response, code: str) -> dict[str, Any]:
    """The problem document of an answer, checked for its shape."""
    document: dict[str, Any] = response.json()
    schemas.ProblemOut.model_validate(document)
    assert response.headers["content-type"] == "application/problem+json"
    assert document["code"] == code, document
    assert response.status_code == STATUS[code] == document["status"]
    assert response.headers["access-control-allow-origin"] == "*"
    return document


def items(server: Server, path: str, **parameters: Any) -> list[dict[str, Any]]:
    """All items of a list, page after page."""
    response = server.get(path, params=parameters or None)
    found = []
    while True:
        assert response.status_code == 200, response.text
        page = response.json()
        found += page["items"]
        if page["next"] is None:
            assert page["total"] == len(found)
            return found
        response = server.get(page["next"])


# ---- shapes ------------------------------------------------------------------------------

SHAPES: Final = {
    "/frameworks": schemas.PageOut[schemas.FrameworkOut],
    "/frameworks/epas-2022": schemas.FrameworkTreeOut,
    "/frameworks/isp-2018": schemas.FrameworkTreeOut,
    "/frameworks/isp-2020/competencies?limit=1000": schemas.PageOut[schemas.CompetencyOut],
    "/frameworks/isp-2018/competencies": schemas.PageOut[schemas.CompetencyOut],
    "/competencies/epas-2022:7": schemas.CompetencyOut,
    "/competencies/isp-2020:P4": schemas.CompetencyOut,
    f"/competencies/{PAREN}": schemas.CompetencyOut,
    "/competencies/epas-2022:7/alignments": schemas.PageOut[schemas.PartnerOut],
    "/competencies/isp-2020:1.3/alignments?verdict=any": schemas.PageOut[schemas.PartnerOut],
    f"/competencies/{PAREN}/alignments": schemas.PageOut[schemas.PartnerOut],
    "/alignments?limit=1000": schemas.PageOut[schemas.AlignmentOut],
    "/crosswalks": schemas.PageOut[schemas.CrosswalkOut],
    "/crosswalks/epas-2022/isp-2020": schemas.WholeCrosswalkOut,
    "/crosswalks/isp-2020/epas-2022": schemas.WholeCrosswalkOut,
    "/crosswalks/epas-2015/epas-2022": schemas.WholeCrosswalkOut,
    "/search?q=supervision": schemas.SearchOut,
    "/search?q=suprevision": schemas.SearchOut,
    "/queries": schemas.PageOut[schemas.QueryOut],
}


@pytest.mark.parametrize("path", SHAPES)
def test_an_answer_has_the_shape_that_is_documented(server: Server, path: str) -> None:
    response = server.get(API + path)
    assert response.headers["content-type"] == "application/json"
    SHAPES[path].model_validate_json(response.content, strict=True)


def test_every_alignment_and_competency_can_be_asked_for_by_its_id(server: Server) -> None:
    for alignment in items(server, f"{API}/alignments", limit=1000)[::17]:
        response = server.get(f"{API}/alignments/{alignment['id']}")
        assert schemas.AlignmentOut.model_validate(response.json())
        assert response.json() == alignment
    for framework in items(server, f"{API}/frameworks"):
        found = items(server, f"{API}/frameworks/{framework['id']}/competencies", limit=7)
        assert sum(framework["counts"].values()) == len(found)
        for competency in found[::9]:
            assert server.get(f"{API}/competencies/{competency['id']}").json() == competency


def test_health(server: Server) -> None:
    assert server.get("/health/live").json() == {"status": "ok"}
    ready = schemas.HealthOut.model_validate(server.get("/health/ready").json())
    assert ready.release == server.get(f"{API}/frameworks").json()["release"]
    assert ready.workers >= 1


# ---- lists -------------------------------------------------------------------------------

LISTS: Final = (
    "/frameworks",
    "/frameworks/epas-2022/competencies",
    "/competencies/epas-2022:7/alignments?verdict=any",
    "/alignments?from=epas-2022&to=isp-2020&strength=strong",
    "/crosswalks",
    "/queries/list-frameworks",
    "/queries/list-competencies?framework=epas-2022",
)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", [1, 7])
def test_following_next_gives_every_item_once_in_the_same_order(
    server: Server, path: str, limit: int
) -> None:
    address, _, query = API.__add__(path).partition("?")
    parameters = dict(pair.split("=") for pair in query.split("&") if pair)
    whole = items(server, address, limit=1000, **parameters)
    assert items(server, address, limit=limit, **parameters) == whole
    keys = [item.get("id") or json.dumps(item) for item in whole]
    assert len({*keys}) == len(keys) > 1


def test_the_last_page_has_no_next_and_a_page_keeps_its_filters(server: Server) -> None:
    page = server.get(f"{API}/alignments?from=epas-2022&to=isp-2020&limit=2").json()
    assert page["next"] == (
        f"{API}/alignments?from=epas-2022&to=isp-2020&limit=2&after={page['items'][-1]['id']}"
    )
    last = items(server, f"{API}/alignments", **{"from": "epas-2022", "to": "isp-2020"})[-1]
    after = server.get(f"{API}/alignments?from=epas-2022&to=isp-2020&after={last['id']}").json()
    assert (after["items"], after["next"]) == ([], None)


def test_what_a_competency_aligns_with_comes_best_first(server: Server) -> None:
    found = items(server, f"{API}/competencies/epas-2022:7/alignments", verdict="any")
    order = {"strong": 0, "moderate": 1, "weak": 2, None: 3}
    keys = [(item["verdict"] != "aligned", order[item["strength"]]) for item in found]
    assert keys == sorted(keys)
    for item in found:
        ends = {item["subject_id"], item["object_id"]}
        assert ends == {"epas-2022:7", item["partner_id"]}


FILTERS: Final[dict[str, Any]] = {
    "source=epas-2022:7": lambda a: a["subject_id"] == "epas-2022:7",
    "target=isp-2020:2.1": lambda a: a["object_id"] == "isp-2020:2.1",
    "source=epas-2022:7&target=isp-2020:2.1": lambda a: (
        a["subject_id"] == "epas-2022:7" and a["object_id"] == "isp-2020:2.1"
    ),
    "from=epas-2022": lambda a: "epas-2022" in _frameworks(a),
    "to=tci-2024": lambda a: "tci-2024" in _frameworks(a),
    "from=isp-2020&to=epas-2022": lambda a: _frameworks(a) == {"epas-2022", "isp-2020"},
    "relation=close": lambda a: a["relation"] == "close",
    "relation=close&relation=broad": lambda a: a["relation"] in ("close", "broad"),
    "strength=strong": lambda a: a["strength"] == "strong",
    "strength=weak&strength=moderate": lambda a: a["strength"] in ("weak", "moderate"),
    "min_confidence=0.8": lambda a: a["confidence"] >= 0.8,
    "status=proposed": lambda a: a["status"] == "proposed",
    "aim=poverty": lambda a: "poverty" in a["aims"],
    "aim=poverty&aim=human-rights": lambda a: {"poverty", "human-rights"} & {*a["aims"]},
    "verdict=not-aligned": lambda a: a["verdict"] == "not-aligned",
    "verdict=aligned": lambda a: a["verdict"] == "aligned",
    "derived=false": lambda a: not a["derived"],
    "q=POWER": lambda a: "power" in " ".join(
        (a["rationale"], a["subject_label"], a["object_label"])
    ).lower(),
}  # fmt: skip


def _frameworks(alignment: dict[str, Any]) -> set[str]:
    return {alignment[end].partition(":")[0] for end in ("subject_id", "object_id")}


@pytest.fixture(scope="module")
def all_alignments(server: Server) -> list[dict[str, Any]]:
    return items(server, f"{API}/alignments", limit=1000)


@pytest.mark.parametrize("query", FILTERS)
def test_a_filter_gives_what_passes_it_in_the_same_order(
    server: Server, all_alignments: list[dict[str, Any]], query: str
) -> None:
    page = server.get(f"{API}/alignments?limit=1000&{query}").json()
    assert page["items"] == [a for a in all_alignments if FILTERS[query](a)]
    assert page["total"] == len(page["items"]) > 0


def test_every_filter_has_a_case(server: Server) -> None:
    document = server.get("/openapi.json").json()
    parameters = document["paths"][f"{API}/alignments"]["get"]["parameters"]
    cases = {pair.partition("=")[0] for query in FILTERS for pair in query.split("&")}
    elsewhere = {"limit", "after", "format", "level", "regime"}
    assert {parameter["name"] for parameter in parameters} == cases | elsewhere


def test_the_level_of_alignments_is_that_of_both_ends(
    server: Server, all_alignments: list[dict[str, Any]]
) -> None:
    levels: dict[str, str] = {}
    for framework in items(server, f"{API}/frameworks"):
        path = f"{API}/frameworks/{framework['id']}/competencies"
        levels |= {c["id"]: c["level"] for c in items(server, path, limit=1000)}
        behaviors = items(server, path, level="behavior")
        assert {c["level"] for c in behaviors} <= {"behavior"}
    found = items(server, f"{API}/alignments", level="competency", limit=1000)
    ends = ("subject_id", "object_id")
    assert found == [
        a for a in all_alignments if all(levels[a[end]] == "competency" for end in ends)
    ]


def test_partners_in_one_framework(server: Server) -> None:
    path = f"{API}/competencies/epas-2022:7/alignments"
    found = items(server, path, to="isp-2020")
    assert found == [a for a in items(server, path) if a["partner_id"].startswith("isp-2020:")]
    assert found


# ---- bad input ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kind", "nearest"),
    [
        ("/competencies/epas-2022:77", "competency", "epas-2022:7"),
        ("/competencies/epas2022:7/alignments", "competency", "epas-2022:7"),
        ("/competencies/isp-2020:2.11", "competency", "isp-2020:2.1"),
        ("/frameworks/epas2022", "framework", "epas-2022"),
        ("/frameworks/isp/competencies", "framework", "isp-2020"),
        ("/crosswalks/epas-2022/isp-2002", "framework", "isp-2020"),
        ("/crosswalks/gis/isp-2018", "crosswalk", "epas-2022--isp-2020"),
        ("/alignments?source=epas-2022:77", "competency", "epas-2022:7"),
        ("/alignments?target=isp-2020:2.11", "competency", "isp-2020:2.1"),
        ("/alignments?from=epas", "framework", "epas-2022"),
        ("/competencies/epas-2022:7/alignments?to=isp", "framework", "isp-2020"),
        ("/queries/find-gap", "query", "find-gaps"),
    ],
)
def test_an_unknown_name_is_404_with_the_nearest(
    server: Server, path: str, kind: str, nearest: str
) -> None:
    document = problem(server.get(API + path), "not-found")
    assert document["kind"] == kind
    assert nearest in document["nearest"]
    assert document["nearest"][0] in document["detail"]


def test_an_unknown_alignment_is_404(server: Server) -> None:
    assert problem(server.get(f"{API}/alignments/0000000000000000"), "not-found")["nearest"] == []


@pytest.mark.parametrize(
    ("path", "name", "value", "accepted"),
    [
        ("/alignments?limit=0", "limit", "0", "1"),
        ("/alignments?limit=1001", "limit", "1001", "1000"),
        ("/alignments?limit=x", "limit", "x", "integer"),
        ("/alignments?limit=", "limit", "", "integer"),
        ("/alignments?after=x", "after", "x", "id"),
        ("/alignments?relation=exactly", "relation", "exactly", "close"),
        ("/alignments?relation=close&relation=no", "relation", "no", "close"),
        ("/alignments?strength=very", "strength", "very", "moderate"),
        ("/alignments?min_confidence=1.1", "min_confidence", "1.1", "1"),
        ("/alignments?min_confidence=-1", "min_confidence", "-1", "0"),
        ("/alignments?min_confidence=nan", "min_confidence", "nan", "number"),
        ("/alignments?min_confidence=high", "min_confidence", "high", "number"),
        ("/alignments?status=final", "status", "final", "proposed"),
        ("/alignments?aim=wealth", "aim", "wealth", "poverty"),
        ("/alignments?level=chapter", "level", "chapter", "behavior"),
        ("/alignments?verdict=perhaps", "verdict", "perhaps", "not-aligned"),
        ("/alignments?derived=perhaps", "derived", "perhaps", "boolean"),
        ("/alignments?regime=owl", "regime", "owl", "practice"),
        ("/frameworks?limit=-5", "limit", "-5", "1"),
        ("/frameworks/epas-2022/competencies?level=x", "level", "x", "competency"),
        ("/competencies/epas-2022:7/alignments?verdict=x", "verdict", "x", "any"),
        ("/search?q=", "q", "", "1"),
        ("/search", "q", None, "value"),
        ("/search?q=a&kind=person", "kind", "person", "alignment"),
        ("/search?q=" + "a" * 201, "q", "a" * 201, "200"),
        ("/queries/list-frameworks?limit=0", "limit", "0", "1000"),
        ("/queries/list-frameworks?limit=x", "limit", "x", "1000"),
        ("/queries/list-frameworks?after=-1", "after", "-1", "list"),
        ("/queries/list-competencies", "framework", None, "framework"),
        ("/alignments?stength=strong", "stength", "strong", "strength"),
        ("/frameworks?page=2", "page", "2", "after"),
        ("/competencies/epas-2022:7?verbose=1", "verbose", "1", "format"),
        ("/search?q=a&query=b", "query", "b", "kind"),
        ("/queries?x=1", "x", "1", "no parameters"),
        ("/queries/list-frameworks?x=1", "x", "1", "no parameters"),
        ("/crosswalks/epas-2022/isp-2020?x=1", "x", "1", "format"),
    ],
)
def test_a_wrong_parameter_is_422_with_name_value_and_what_it_takes(
    server: Server, path: str, name: str, value: str | None, accepted: str
) -> None:
    document = problem(server.get(API + path), "bad-parameter")
    assert (document["parameter"], document["value"]) == (name, value)
    assert accepted in document["accepted"]
    assert name in document["detail"]


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/api", "/api/v1", "/api/v2/frameworks", "/id", "/static/x", "/sparql/x", "/%00",
     "/%FF", f"{API}/nothing", f"{API}/competencies", f"{API}/crosswalks/epas-2022"],
)  # fmt: skip
def test_an_unknown_path_is_a_problem_document(server: Server, path: str) -> None:
    assert "/docs" in problem(server.get(path), "unknown-path")["detail"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path",
    [f"{API}/frameworks", f"{API}/competencies/epas-2022:7/alignments", f"{API}/queries",
     f"{API}/queries/list-frameworks", "/health/live", "/", "/docs", "/id/epas-2022/7",
     "/openapi.json", "/static/docs.js", f"{API}/crosswalks/epas-2022/isp-2020"],
)  # fmt: skip
def test_another_method_is_405_and_says_what_is_allowed(
    server: Server, method: str, path: str
) -> None:
    response = server.request(method, path)
    assert problem(response, "method-not-allowed")["detail"].startswith(method)
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"


# ---- formats -----------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", formats_writing(Content.ALIGNMENTS))
@pytest.mark.parametrize(
    "path", [f"{API}/crosswalks/epas-2022/isp-2020", f"{API}/alignments?from=epas-2022&to=isp-2020"]
)
def test_alignments_are_written_in_each_format(server: Server, path: str, name: str) -> None:
    """By `format=` and by Accept, and every alignment is there."""
    joined = "&" if "?" in path else "?"
    response = server.get(f"{path}{joined}format={name}&".rstrip("&"))
    media_type = FORMATS[name].media_type
    assert response.headers["content-type"].partition(";")[0] == media_type
    by_accept = server.get(path, headers={"accept": f"{media_type}, */*;q=0.1"})
    first = next(n for n, format_ in FORMATS.items() if format_.media_type == media_type)
    if name == "html":  # a browser asks for HTML whatever it opens, and gets the records
        assert by_accept.headers["content-type"] == "application/json"
    elif first == name and (name != "json" or "crosswalks" in path):  # the next page's address
        assert by_accept.content == response.content
    everything = items(server, f"{API}/alignments?from=epas-2022&to=isp-2020&limit=1000")
    ids = {alignment["id"] for alignment in everything}
    if name == "json":
        if "crosswalks" in path:
            assert {a["id"] for a in response.json()["items"]} == ids
        return
    assert response.headers["content-disposition"].endswith(f'{FORMATS[name].suffix}"')
    text = response.text
    if name == "docx":
        tables = docx.Document(io.BytesIO(response.content)).tables
        assert sum(len(table.rows) - 1 for table in tables[-2:]) == len(ids)
    elif name == "html":
        verdicts = text[text.index("Alignments and why") :]
        assert verdicts.count('<th scope="row"') == len(ids)
    elif name in ("csv", "tsv"):
        rows = [*csv.DictReader(io.StringIO(text), delimiter="," if name == "csv" else "\t")]
        assert {row["id"] for row in rows} == ids
    elif name == "xlsx":
        sheets = openpyxl.load_workbook(io.BytesIO(response.content), read_only=True)
        assert ids <= {cell for row in sheets.worksheets[0].values for cell in row}
    elif name.startswith("sssom"):
        rows = [*csv.DictReader(
            (line for line in text.splitlines() if not line.startswith("#")), delimiter="\t"
        )]  # fmt: skip
        assert len(rows) == len(ids)
        assert {row["subject_id"].partition(":")[0] for row in rows} == {"epas-2022"}
    elif name.startswith("jskos"):
        identifiers = {*re.findall(r'"uri": ?"[^"]*/alignment/([0-9a-f]+)"', text)}
        assert identifiers == {a["id"] for a in everything if a["verdict"] == "aligned"}
    elif name in ("turtle", "jsonld"):
        graph = rdflib.Graph().parse(data=text, format="json-ld" if name == "jsonld" else name)
        found = {str(s).rpartition("/")[2] for s in graph.subjects() if "/alignment/" in str(s)}
        assert ids <= found
    elif name == "case":
        package = response.json()
        denied = package["extensions"].popitem()[1]["notAligned"]
        assert len(package["CFAssociations"]) + len(denied) == len(ids)
    elif name.startswith("skos-"):
        quads = ox.parse(text, format=ox.RdfFormat.from_media_type(media_type))
        matches = [quad for quad in quads if quad.predicate.value.endswith("Match")]
        aligned = f"{API}/alignments?from=epas-2022&to=isp-2020&verdict=aligned&limit=1000"
        assert len(matches) == len(items(server, aligned))
    elif name in ("ctdlasn", "schema-org", "open-badges"):
        ends = {
            a[f"{end}_id"]
            for a in items(
                server, f"{API}/alignments?from=epas-2022&to=isp-2020&verdict=aligned&limit=1000"
            )
            for end in ("subject", "object")
        }
        assert len(response.json()["@graph"]) >= len(ends)
    else:
        assert sum(line.startswith("| ") for line in text.splitlines()) >= len(ids) - 100


@pytest.mark.parametrize("name", formats_writing(Content.FRAMEWORK))
def test_a_framework_is_written_in_each_format(
    server: Server, catalogue: Catalogue, name: str
) -> None:
    response = server.get(f"{API}/frameworks/epas-2022?format={name}")
    format_ = FORMATS[name]
    assert response.headers["content-type"].partition(";")[0] == format_.media_type
    if name == "json":
        assert response.json()["tree"]
        return
    assert response.content == format_.write_framework(catalogue, catalogue.frameworks["epas-2022"])
    name_of_file = f'epas-2022{format_.suffix}"'
    assert response.headers["content-disposition"].endswith(name_of_file)


def test_a_framework_is_a_table_to_who_accepts_tables(server: Server) -> None:
    response = server.get(f"{API}/frameworks/epas-2022", headers={"accept": "text/csv"})
    assert response.content == server.get(f"{API}/frameworks/epas-2022?format=csv").content
    available = problem(server.get(f"{API}/frameworks/epas-2022?format=pdf"), "not-acceptable")[
        "available"
    ]
    assert {"json", "ttl", "csv", "markdown"} <= set(available)


@pytest.mark.parametrize("path", [f"{API}/crosswalks/epas-2022/isp-2020", f"{API}/alignments",
                                  f"{API}/competencies/epas-2022:7", f"{API}/frameworks/gis",
                                  f"{API}/queries/list-frameworks"])  # fmt: skip
def test_an_unknown_format_is_406_with_what_there_is(server: Server, path: str) -> None:
    for response in (
        server.get(path, params={"format": "pdf"}),
        server.get(path, headers={"accept": "image/png"}),
    ):
        assert problem(response, "not-acceptable")["available"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("media_type", GRAPHS)
@pytest.mark.parametrize(
    ("path", "iri"),
    [
        ("/competencies/epas-2022:7", "epas-2022/7"),
        (f"/competencies/{PAREN}", "epas-2008/2.1.10(a)"),
        ("/frameworks/isp-2020", "isp-2020"),
    ],
)
def test_one_thing_is_described_in_rdf(
    server: Server, path: str, iri: str, media_type: str
) -> None:
    response = server.get(API + path, headers={"accept": media_type})
    assert response.headers["content-type"].partition(";")[0] == media_type
    names = {
        "text/turtle": "turtle", "application/n-triples": "nt", "application/rdf+xml": "xml",
        "application/ld+json": "json-ld", "application/trig": "trig",
        "application/n-quads": "nquads",
    }  # fmt: skip
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=response.content, format=names[media_type])
    subject = rdflib.URIRef(f"https://w3id.org/competency-crosswalk/id/{iri}")
    assert (subject, None, None) in dataset


# ---- search ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "found", "stem"),
    [
        ("evaluating", "epas-2022:9", "evaluat"),
        ("power", "isp-2020:", "power"),
        ("supervision", "epas-20", "supervis"),
        ("POLICY practice", "epas-2022:5", "polic"),
    ],
)
def test_search_finds_and_marks(server: Server, words: str, found: str, stem: str) -> None:
    answer = server.get(f"{API}/search", params={"q": words}).json()
    assert any(hit["id"].startswith(found) for hit in answer["items"])
    scores = [hit["score"] for hit in answer["items"]]
    assert scores == sorted(scores, reverse=True)
    marked = {
        piece["text"].lower()
        for hit in answer["items"]
        for piece in (*hit["title_segments"], *hit["snippet"])
        if piece["marked"]
    }
    assert any(text.startswith(stem) for text in marked)
    assert answer == server.get(f"{API}/search", params={"q": words, "limit": 50}).json()


def test_search_is_bounded_and_can_be_narrowed(server: Server) -> None:
    assert len(server.get(f"{API}/search?q=practice&limit=3").json()["items"]) == 3
    for kind in ("competency", "alignment", "framework"):
        hits = server.get(f"{API}/search?q=social+work&kind={kind}").json()["items"]
        assert {hit["kind"] for hit in hits} == {kind}
    nothing = server.get(f"{API}/search?q=suprevision").json()
    assert (nothing["items"], nothing["did_you_mean"]) == ([], "supervision")


# ---- HTTP: validators, compression, HEAD -------------------------------------------------

CACHED: Final = (
    f"{API}/competencies/epas-2022:7/alignments",
    f"{API}/competencies/epas-2022:7",
    f"{API}/crosswalks/epas-2022/isp-2020",
    f"{API}/crosswalks/epas-2022/isp-2020?format=csv",
    f"{API}/queries",
    f"{API}/queries/list-frameworks",
    "/.well-known/void",
    "/openapi.json",
    "/docs",
    "/",
    "/static/docs.js",
    "/ns",
    "/ns/context.jsonld",
)


@pytest.mark.parametrize("path", CACHED)
def test_a_validator_gives_304_and_only_a_right_one(server: Server, path: str) -> None:
    got = server.get(path)
    tag = got.headers["etag"]
    assert re.fullmatch(r'"[^"]+"', tag), "strong"
    for header in (tag, f"W/{tag}", f'"a", {tag}', f'"a",W/"b",{tag},"c"', "*"):
        again = server.get(path, headers={"if-none-match": header})
        assert (again.status_code, again.content) == (304, b""), header
        assert again.headers["etag"] == tag
        assert again.headers["vary"] == got.headers["vary"]
        assert again.headers["cache-control"] == got.headers["cache-control"]
    for header in ('"a"', tag.strip('"'), f"x{tag}"):
        assert server.get(path, headers={"if-none-match": header}).status_code == 200
    two = [("if-none-match", tag), ("if-none-match", '"other"')]
    assert server.get(path, headers=two).status_code == 304


@pytest.mark.parametrize("path", CACHED)
def test_compression_changes_nothing_but_the_encoding(server: Server, path: str) -> None:
    plain = server.get(path, headers={"accept-encoding": "identity"})
    packed = server.get(path, headers={"accept-encoding": "gzip"})
    assert packed.content == plain.content
    assert "content-encoding" not in plain.headers
    assert "accept-encoding" in plain.headers["vary"].lower()
    if len(plain.content) >= 1000:
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.headers["etag"] != plain.headers["etag"]
        with server.client.stream("GET", path, headers={"accept-encoding": "gzip"}) as stream:
            assert gzip.decompress(b"".join(stream.iter_raw())) == plain.content
    refused = server.get(path, headers={"accept-encoding": "gzip;q=0"})
    assert "content-encoding" not in refused.headers


@pytest.mark.parametrize(
    "path", [*CACHED, f"{API}/nothing", f"{API}/competencies/x:y", "/health/live", "/id/gis"]
)
def test_head_is_get_without_a_body(server: Server, path: str) -> None:
    got, head = server.get(path), server.request("HEAD", path)
    assert head.content == b""
    assert head.status_code == got.status_code
    without_date = [{k: v for k, v in r.headers.items() if k != "date"} for r in (got, head)]
    assert without_date[0] == without_date[1]


def test_an_error_and_health_are_never_kept(server: Server) -> None:
    assert server.get(f"{API}/competencies/x:y").headers["cache-control"] == "no-store"
    assert "max-age" not in server.get("/health/ready").headers["cache-control"]


def test_a_part_of_an_answer_is_never_sent(server: Server) -> None:
    for path in ("/static/docs.js", "/ns", f"{API}/frameworks"):
        whole = server.get(path)
        part = server.get(path, headers={"range": "bytes=3-9", "accept-encoding": "gzip"})
        past = server.get(path, headers={"range": "bytes=99999999-"})
        assert {part.status_code, past.status_code} == {200}
        assert part.content == past.content == whole.content


def test_the_named_questions_are_listed_whatever_a_browser_accepts(server: Server) -> None:
    plain = server.get(f"{API}/queries")
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    assert server.get(f"{API}/queries", headers=browser).content == plain.content


def test_requests_one_behind_the_other_are_answered_in_order(server: Server) -> None:
    """Pipelined, asked before and not, by GET, HEAD and with a validator."""
    paths = ["/health/live", f"{API}/frameworks", f"{API}/nothing", f"{API}/frameworks/gis"]
    tag = server.get(paths[1], headers={"accept-encoding": "identity"}).headers["etag"]
    asked = [f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n" for path in [*paths, *paths]]
    asked.append(f"HEAD {paths[1]} HTTP/1.1\r\nHost: x\r\n\r\n")
    asked.append(f"GET {paths[1]} HTTP/1.1\r\nHost: x\r\nIf-None-Match: {tag}\r\n\r\n")
    asked.append(f"GET {paths[0]} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    expected = [200, 200, 404, 200, 200, 200, 404, 200, 200, 304, 200]
    for _ in range(2):
        rest, found = server.raw("".join(asked).encode()), []
        for place, status in enumerate(expected):
            head, _, rest = rest.partition(b"\r\n\r\n")
            found.append(int(head.split()[1]))
            length = re.search(rb"(?i)content-length: (\d+)", head)
            if place != 8 and status != 304:
                assert length is not None
                body, rest = rest[: int(length[1])], rest[int(length[1]) :]
                assert json.loads(body)
        assert (found, rest) == (expected, b"")


# ---- our own IRIs ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("iri", "place"),
    [
        ("/id/epas-2022", f"{API}/frameworks/epas-2022"),
        ("/id/epas-2022/7", f"{API}/competencies/epas-2022:7"),
        ("/id/epas-2022/7.b", f"{API}/competencies/epas-2022:7.b"),
        ("/id/isp-2020/P4", f"{API}/competencies/isp-2020:P4"),
        ("/id/epas-2008/2.1.10(a)", f"{API}/competencies/{PAREN}"),
        ("/id/epas-2008/2.1.10%28a%29", f"{API}/competencies/{PAREN}"),
        ("/id/crosswalk/epas-2022--isp-2020", f"{API}/crosswalks/epas-2022/isp-2020"),
    ],
)
def test_an_iri_of_ours_leads_to_its_document(server: Server, iri: str, place: str) -> None:
    response = server.get(iri)
    assert response.status_code == 303
    assert response.headers["location"] == place
    assert server.get(place).status_code == 200


def test_every_kind_of_iri_of_ours_leads_somewhere(server: Server) -> None:
    """One subject of each kind that the data has, and it is described where it leads."""
    base = "https://w3id.org/competency-crosswalk"
    query = f"SELECT DISTINCT ?s {{ ?s ?p ?o FILTER STRSTARTS(STR(?s), '{base}/id/') }} ORDER BY ?s"
    subjects = [row["s"]["value"] for row in server.ask(query).json()["results"]["bindings"]]
    of_kind = {iri.removeprefix(base).split("/")[2]: iri.removeprefix(base) for iri in subjects}
    assert {"epas-2022", "alignment", "crosswalk", "aim", "evidence", "resource"} <= {*of_kind}
    for path in of_kind.values():
        response = server.get(path)
        assert response.status_code == 303, path
        there = server.get(response.headers["location"], headers={"accept": "text/turtle"})
        assert there.status_code == 200, path
        assert path.rpartition("/")[2].partition(".")[0] in there.text, path


@pytest.mark.parametrize(
    "path",
    ["/id/epas-2022/77", "/id/nothing", "/id/nothing/1", "/id/level/x%3E", "/id/xw/%00",
     "/id/alignment/0", "/id/crosswalk/x", "/id/aim/x%3E%20%3Fp%20%3Fo%20%7D%20%23"],
)  # fmt: skip
def test_an_iri_that_is_not_there_is_404(server: Server, path: str) -> None:
    problem(server.get(path), "not-found")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_dataset_describes_itself(server: Server) -> None:
    response = server.get("/.well-known/void")
    graph = rdflib.Graph().parse(data=response.content, format="turtle")
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    (dataset,) = graph.subjects(void.sparqlEndpoint)
    assert (dataset, rdflib.RDF.type, void.Dataset) in graph
    assert (dataset, rdflib.DCTERMS.license, None) in graph
    assert [*graph.objects(dataset, void.sparqlEndpoint)] == [rdflib.URIRef(f"{server.url}/sparql")]
    assert (None, rdflib.RDF.type, void.Linkset) in graph
    xml = server.get("/.well-known/void", headers={"accept": "application/rdf+xml"})
    assert len(rdflib.Graph().parse(data=xml.content, format="xml")) == len(graph)
    problem(server.get("/.well-known/void", headers={"accept": "image/png"}), "not-acceptable")


def test_the_vocabulary_and_the_context_are_served(server: Server) -> None:
    assert len(rdflib.Graph().parse(data=server.get("/ns").content, format="turtle")) > 100
    assert "@context" in server.get("/ns/context.jsonld").json()


# ---- OpenAPI and the pages ---------------------------------------------------------------


@pytest.fixture(scope="module")
def openapi(server: Server) -> dict[str, Any]:
    document: dict[str, Any] = server.get("/openapi.json").json()
    return document


def _example(parameter: dict[str, Any]) -> Any:
    schema = parameter["schema"]
    found = [parameter.get("example"), *schema.get("examples", ()), schema.get("default")]
    found += schema.get("enum", ())
    for option in schema.get("anyOf", ()):
        found += option.get("enum", ())
    return next((value for value in found if value is not None), None)


def _address(path: str, operation: dict[str, Any], names: set[str]) -> str:
    query = []
    for parameter in operation.get("parameters", ()):
        example = _example(parameter)
        if parameter["in"] == "path":
            assert example is not None, f"{path}: {parameter['name']} has no example"
            path = path.replace(f"{{{parameter['name']}}}", quote(str(example), safe=":"))
        elif parameter["name"] in names or parameter["required"]:
            assert example is not None, f"{path}: {parameter['name']} has no example"
            values = example if isinstance(example, list) else [example]
            query += [(parameter["name"], value) for value in values]
    return f"{path}?{urlencode(query)}" if query else path


def test_the_description_is_sound(openapi: dict[str, Any]) -> None:
    assert openapi["openapi"].startswith("3.1")
    operation_ids = []
    for path, methods in openapi["paths"].items():
        for operation in methods.values():
            operation_ids.append(operation["operationId"])
            assert operation["summary"]
            assert operation["responses"]
            declared = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
            assert declared == {*re.findall(r"\{(\w+)\}", path)}, path
    assert len({*operation_ids}) == len(operation_ids)
    for reference in re.findall(r'"\$ref": ?"#/([^"]+)"', json.dumps(openapi)):
        target: Any = openapi
        for step in reference.split("/"):
            target = target[step]
        assert target


def test_every_documented_path_answers_its_examples(
    server: Server, openapi: dict[str, Any]
) -> None:
    """With what is required alone, and with each further example added by itself."""
    for path, methods in openapi["paths"].items():
        if "get" not in methods:  # what takes a file is tried where files are
            continue
        operation = methods["get"]
        addresses = {_address(path, operation, set())}
        for parameter in operation.get("parameters", ()):
            if _example(parameter) not in (None, ""):
                addresses.add(_address(path, operation, {parameter["name"]}))
        for address in sorted(addresses):
            status = server.get(address).status_code
            assert status == (303 if path.startswith("/id/") else 200), address


def test_the_documented_post_answers_its_examples(server: Server, openapi: dict[str, Any]) -> None:
    content = openapi["paths"]["/sparql"]["post"]["requestBody"]["content"]
    form = content["application/x-www-form-urlencoded"]["example"]
    assert server.request("POST", "/sparql", data=form).status_code == 200
    direct = content["application/sparql-query"]["example"]
    headers = {"content-type": "application/sparql-query"}
    response = server.request("POST", "/sparql", content=direct.encode(), headers=headers)
    assert response.json()["results"]["bindings"]


def test_every_question_answers_its_own_example_in_every_format(server: Server) -> None:
    for question in server.get(f"{API}/queries").json()["items"]:
        given = [(p["name"], value) for p in question["parameters"] for value in p["example"]]
        answer = server.get(question["path"], params=given)
        assert answer.status_code == 200, answer.text
        for row in answer.json()["items"]:
            assert [*row] == question["columns"], question["id"]
        table = server.get(question["path"], params=[*given, ("format", "csv")])
        header, *rows = csv.reader(io.StringIO(table.text))
        assert header == question["columns"]
        assert len(rows) == answer.json()["total"]


def test_every_error_code_is_met_in_a_test_or_is_internal() -> None:
    tests = "".join(
        path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("test_*.py"))
    )
    assert [code for code in STATUS if f'"{code}"' not in tests and code not in INTERNAL] == []


#: Codes that no request over HTTP can bring about, or only one that takes ten seconds to send.
INTERNAL: Final = {"internal", "bad-source", "store", "request-timeout"}


class _Loads(HTMLParser):
    """What a page makes a browser load."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value and (name == "src" or (name == "href" and tag == "link")):
                self.addresses.append(value)


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_page_loads_nothing_from_elsewhere(server: Server, path: str) -> None:
    page = server.get(path)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    parser = _Loads()
    parser.feed(page.text)
    assert parser.addresses
    for address in parser.addresses:
        assert address.startswith(("/", "data:"))
        assert not address.startswith("//")
        if address.startswith("/"):
            loaded = server.get(address)
            assert loaded.status_code == 200
            if address.endswith((".css", "docs.js")):
                assert not re.search(r"@import|url\(\s*['\"]?(https?:)?//", loaded.text)


def test_the_documentation_page_forbids_what_is_not_ours(server: Server) -> None:
    policy = server.get("/docs").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy


# ---- anything at all ---------------------------------------------------------------------

_PIECES: Final = st.sampled_from([
    "api", "v1", "frameworks", "competencies", "alignments", "crosswalks", "search", "queries",
    "sparql", "id", "ns", "health", "ready", "static", "docs", ".well-known", "void", "epas-2022",
    "epas-2022:7", "isp-2020", "find-gaps", "list-frameworks", "show-alignment", "aim", "poverty",
    "..", ".", "%2e%2e", "%2F", "%00", "%FF", "%C3%A9", "(", ")", "'", ";x=1", "<", "a" * 300, "",
    "xw", "skos", "alignment", "0123456789abcdef", "%3Cscript%3E", "{x}", "~", "@", "+", "😀",
])  # fmt: skip
_NAMES: Final = st.sampled_from([
    "limit", "after", "format", "from", "to", "source", "target", "relation", "strength",
    "min_confidence", "status", "aim", "level", "verdict", "derived", "q", "kind", "framework",
    "competency", "query", "default-graph-uri", "named-graph-uri", "update", "alignment", "x", "",
])  # fmt: skip
_VALUES: Final = st.one_of(
    st.sampled_from(
        ["1", "0", "-1", "1e309", "nan", "inf", "epas-2022", "isp-2020:1.3", "json", "csv", "ttl",
         "strong", "ASK {}", "SELECT * {} #", "\x00", "٣", "²", "'\"\\", "{}", "💥", "\u2028",
         "9" * 400, "true", "a" * 3000, "https://w3id.org/competency-crosswalk/graph/schemes"]
    ),
    st.text(max_size=12),
)  # fmt: skip
_HEADERS: Final = st.dictionaries(
    st.sampled_from(["accept", "accept-encoding", "if-none-match", "content-type", "range", "host",
                     "origin", "content-encoding", "x-forwarded-host", "if-modified-since"]),
    st.one_of(
        st.sampled_from(["*/*", "text/turtle;q=", "gzip;q=0.0001", "bytes=0-1", '"', "W/", "*",
                         "identity, *;q=0", ",,,", "text/*;q=0.1", "application/sparql-query",
                         "application/x-www-form-urlencoded; charset=\x7f"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20).map(str.strip),
    ),
    max_size=3,
)  # fmt: skip


@settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    method=st.sampled_from(["GET"] * 6 + ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]),
    path=st.lists(_PIECES, min_size=1, max_size=5).map("/".join),
    query=st.lists(st.tuples(_NAMES, _VALUES), max_size=4),
    headers=_HEADERS,
    body=st.binary(max_size=30),
)
def test_no_request_ends_in_an_internal_error(
    server: Server,
    method: str,
    path: str,
    query: list[tuple[str, str]],
    headers: dict[str, str],
    body: bytes,
) -> None:
    encoded = urlencode(query, errors="surrogatepass")
    address = f"{server.url}/{quote(path, safe='/%:;()@+')}" + (f"?{encoded}" if query else "")
    content = body if method in ("POST", "PUT", "PATCH") else None
    response = server.request(method, address, headers=headers, content=content)
    assert response.status_code < 500, response.text
    if response.status_code >= 400 and method != "HEAD":
        kind = response.headers["content-type"]
        kinds = {"application/problem+json", "text/plain; charset=utf-8"}
        if "text/" in headers.get("accept", ""):  # somebody who reads gets a page
            kinds.add("text/html; charset=utf-8")
        assert kind in kinds
        if kind == "application/problem+json":
            assert response.json()["code"] in STATUS


def test_every_filter_value_that_is_listed_is_accepted_by_many_at_once(server: Server) -> None:
    """Requests at the same time get the same answers as one after the other."""
    paths = [f"{API}/alignments?{query}&limit=5" for query in FILTERS]
    alone = [server.get(path).content for path in paths]
    with ThreadPoolExecutor(8) as threads:
        for _ in range(3):
            assert [r.content for r in threads.map(server.get, paths)] == alone


@pytest.fixture(scope="module", autouse=True)
def _no_traceback(server: Server) -> Iterator[None]:
    yield
    assert "Traceback" not in server.log.read_text(encoding="utf-8")


# ---- what follows from others -------------------------------------------------------------


@pytest.mark.parametrize("regime", ["skos", "sssom", "practice"])
def test_derived_alignments_come_with_proofs_that_the_checker_accepts(
    server: Server, catalogue: Catalogue, regime: str
) -> None:
    found = items(server, f"{API}/alignments", derived=True, regime=regime, limit=1000)
    derived = [alignment for alignment in found if alignment["derived"]]
    assert len(found) - len(derived) == len(catalogue.alignments)
    raw = Facts.of(catalogue).raw()
    for alignment in derived:
        check_proof(alignment["proof"], raw)
        conclusion = alignment["proof"]["conclusion"]
        assert conclusion["subject_id"] == alignment["subject_id"]
        assert conclusion["object_id"] == alignment["object_id"]
    assert derived or regime != "practice"


def test_an_explanation_reads_as_sentences_and_names_the_regime(server: Server) -> None:
    path = f"{API}/explanations/epas-2015:2/isp-2020:1.3"
    practice = server.get(path).json()
    schemas.ExplanationOut.model_validate(practice)
    assert practice["kind"] == "derived"
    assert practice["derived"]["needs_review"] is True
    assert "Edition link" in " ".join(practice["sentences"])
    skos = server.get(path, params={"regime": "skos"}).json()
    assert skos["kind"] == "nothing"
    assert "never chain" in " ".join(skos["sentences"])


def test_an_explanation_of_an_unknown_competency_is_404(server: Server) -> None:
    answer = server.get(f"{API}/explanations/epas-2015:2/isp-2020:1.33")
    assert answer.status_code == 404
    assert "isp-2020:1.3" in answer.json()["nearest"]
