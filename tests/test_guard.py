"""The scan that every foreign query passes before any parser sees it.

The engine itself is the judge here: what the scan lets through is evaluated, and must never try
to reach another server.
"""

from __future__ import annotations

import re
from typing import Final

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graph.errors import (
    CrosswalkError,
    QueryNestingError,
    QueryRefusedError,
    QuerySizeError,
    QuerySyntaxError,
)
from graph.store.guard import Scanned, place_of, scan

GRAPH: Final = "http://ours.example/graph/a"
PREFIXES: Final = {
    "g": "http://ours.example/graph/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}

#: A port on which nobody listens: an attempt to ask it fails at once, and shows as an `OSError`.
NOBODY: Final = "<http://127.0.0.1:4/>"
CALL: Final = f"SERVICE{NOBODY}{{?c ?d ?e}}"


def look(text: str, *, most_bytes: int = 256_000, most_nesting: int = 200) -> Scanned:
    return scan(
        text,
        most_bytes=most_bytes,
        most_nesting=most_nesting,
        graphs={GRAPH},
        prefixes=PREFIXES,
    )


def outcome(text: str) -> str:
    """What the scan says, whether it lets a text through or refuses it."""
    try:
        return repr(look(text))
    except CrosswalkError as error:
        return str(error)


def is_refused(text: str) -> bool:
    try:
        look(text)
    except CrosswalkError:
        return True
    return False


# ---- SERVICE -----------------------------------------------------------------------------

#: Every spelling that reaches another server in an engine without a separate lexer, or would in
#: one that resolves escapes first.
CALLS: Final = {
    "plain": f"SELECT * {{ {CALL} }}",
    "small letters": "select * { service <http://x> {} }",
    "silent": f"SELECT * {{ SERVICE SILENT {NOBODY} {{}} }}",
    "variable": "SELECT * { SERVICE ?where {} }",
    "variable at once": "SELECT * { ?s ?p ?where. SERVICE?where{?c ?d ?e} }",
    "prefixed": "PREFIX x: <http://127.0.0.1:4/> SELECT * { SERVICE x:a {} }",
    "empty prefix at once": "PREFIX : <http://127.0.0.1:4/> SELECT * { ?s ?p 1.SERVICE:x{} }",
    "prefix at once": "PREFIX x: <http://127.0.0.1:4/> SELECT * { ?s ?p 1.SERVICEx:y{} }",
    "silent at once": f"SELECT * {{ ?s ?p 1.SERVICESILENT{NOBODY}{{}} }}",
    "silent and empty prefix": "PREFIX : <http://x/> SELECT * { ?s ?p 1.SERVICESILENT:x{} }",
    "silent and prefix": "PREFIX x: <http://x/> SELECT * { ?s ?p 1.SERVICESILENTx:y {} }",
    "subquery": f"SELECT * {{ {{ SELECT * {{ {CALL} }} }} }}",
    "exists": f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ {CALL} }} }}",
    "minus": f"SELECT * {{ ?s ?p ?o MINUS{{{CALL}}} }}",
    "optional": f"SELECT * {{ OPTIONAL{{{CALL}}} }}",
    "graph": f"SELECT * {{ GRAPH ?g {{{CALL}}} }}",
    "construct": f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {CALL} }}",
    "describe": f"DESCRIBE ?s {{ {CALL} }}",
    "escaped letter": r"SELECT * { \u0053ERVICE <http://x> {} }",
    "long escape": r"SELECT * { \U00000053ERVICE <http://x> {} }",
    "all letters escaped": r"SELECT*{\u0053\u0045\u0052\u0056\u0049\u0043\u0045 <http://x> {}}",
    "after a comment": f"SELECT * {{ # harmless\n{CALL} }}",
    "after a comment ended by CR": f"SELECT * {{ # harmless\r{CALL} }}",
    "comment between": f"SELECT * {{ SERVICE # really\n {NOBODY} {{}} }}",
    "number before": f"SELECT * {{ ?s ?p 1{CALL} }}",
    "exponent before": f"SELECT * {{ ?s ?p 1e0{CALL} }}",
    "boolean before": f"SELECT * {{ ?s ?p true{CALL} }}",
    "point before": f"SELECT * {{ ?s ?p true.{CALL} }}",
    "string before": f"SELECT * {{ ?s ?p 'a'{CALL} }}",
    "datatype before": f"SELECT * {{ ?s ?p '1'^^<http://x>{CALL} }}",
    "name that ends at the point": f"PREFIX x: <http://x/> SELECT * {{ ?s ?p x:.{CALL} }}",
    "string with an escaped quote": f"SELECT * {{ ?s ?p 'a\\'#'. {CALL} }}",
    "string of the other quote": f"SELECT * {{ ?s ?p \"'\". {CALL} #'\n }}",
    "long string with quotes": f"SELECT * {{ ?s ?p '''a''b'''. {CALL} }}",
    "string that looks long": f'SELECT * {{ VALUES ?x {{"""a"}}{CALL}#\\q """\n }}',
    "comment in a comparison": f"SELECT * {{ ?s ?p ?o FILTER(0<?o)SERVICE#>\n{NOBODY}{{}} }}",
    "string in a comparison": f"SELECT * {{ ?s ?p ?o FILTER(''<'>'){CALL}FILTER(''='') }}",
    "long string in a comment": f'SELECT * {{ ?s ?p ?o FILTER(0<?o#>"""\n){CALL}#"""\n }}',
    "no space after a comparison": f"SELECT * {{ ?s ?p ?o FILTER(?o<<http://x#>||1=1){CALL} }}",
    "quote in a triple term": f"SELECT * {{ OPTIONAL{{<<?s?p'>'>>?y?z}}{CALL}#'\n }}",
    "escape in an IRI": f"SELECT * {{ ?s <http://ours.example/\\u0041#> ?o . {CALL} }}",
    "escapes in an IRI and strings": (
        r'SELECT * { FILTER("\u0022\u0022"!="a") ?s <http://ours.example/\u0041#> ?o . '
        f"{CALL}\n" + r'FILTER("a\u0022\u0022"!="b") }'
    ),
    "long s": "SELECT * { ſERVICE <http://x> {} }",
}


@pytest.mark.parametrize("query", CALLS.values(), ids=CALLS)
def test_every_spelling_of_a_call_to_another_server_is_refused(query: str) -> None:
    with pytest.raises((QueryRefusedError, QuerySyntaxError)):
        look(query)


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?s ?p "SERVICE <http://x> {}" }',
        "SELECT * { ?s ?p 'SERVICE' }",
        'SELECT * { ?s ?p """a " SERVICE "" b""" }',
        "SELECT * { ?s ?p '''SERVICE <http://x>''' }",
        r"SELECT * { ?s ?p 'it\'s a SERVICE' }",
        r'SELECT * { ?s ?p "\\" . ?s ?q "SERVICE" }',
        "SELECT * { ?s ?p ?o } # SERVICE <http://x>",
        "# SERVICE\nSELECT * { ?s ?p ?o }",
        "SELECT * { ?s <http://x/SERVICE#SERVICE> ?o }",
        "SELECT * { <http://x/a#SERVICE> ?p ?o FILTER(?o < 3 && ?o > 1) }",
        "SELECT ?SERVICE $service { ?SERVICE ?p $service }",
        "SELECT * { ?s skos:SERVICE ?o }",
        "SELECT * { ?s skos:service ?o }",
        "PREFIX services: <http://x/> SELECT * { ?s services:offered ?o }",
        "SELECT * { ?s ?p 'a'@service }",
        "SELECT * { ?s ?p ?o FILTER(?o<?p) }",
        "SELECT * { ?s ?p ?o FILTER(?o<3&&?o>1) }",
        "SELECT * { ?s ?p ?o FILTER(?o IN(<http://x/a(b)#c>,<http://x/it's>)) }",
        "BASE <http://x/> SELECT * { <#a> <#b> <#c> }",
        "SELECT * { ?s ?p ?o FILTER(STR(?o) < 'a#b') }",
        "SELECT * { <http://x/isp-2020/2.1.10(a)> ?p ?o }",
        r"SELECT * { ?s <http://x/\u0041> ?o }",
    ],
)
def test_the_word_elsewhere_is_let_through(query: str) -> None:
    assert look(query).form == "SELECT"


_LOCAL_ESCAPE: Final = r"\\[_~.!$&'()*+,;=/?#@%-]"  # SPARQL 1.1, rule 173 (PN_LOCAL_ESC)

#: Tokens by the letter of the grammar; only the last of them is what we look for.
_SLOW: Final = (
    r"#[^\n\r]*",
    r'"""(?:(?:""|")?(?:[^"\\]|\\.))*"""',
    r"'''(?:(?:''|')?(?:[^'\\]|\\.))*'''",
    r'"(?:[^"\\\n\r]|\\.)*"',
    r"'(?:[^'\\\n\r]|\\.)*'",
    r'<[^<>"{}|^`\\\x00-\x20]*>',
    r"[?$]\w+",
    r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*",
    r"(?:[^\W\d][\w.-]*)?:"
    rf"(?:(?:[\w:%]|{_LOCAL_ESCAPE})(?:(?:[\w:.%-]|{_LOCAL_ESCAPE})*(?:[\w:%-]|{_LOCAL_ESCAPE}))?)?",
    r"(?P<word>[^\W\d]\w*)",
)


def _slow_words(text: str) -> list[str]:
    """Bare words of a query, a token at a time."""
    words, place = [], 0
    while place < len(text):
        matches = (re.compile(pattern, re.DOTALL).match(text, place) for pattern in _SLOW)
        found = next((match for match in matches if match), None)
        if found and found.groupdict().get("word"):
            words.append(found[0].upper())
        place = found.end() if found else place + 1
    return words


PIECES: Final = st.sampled_from([
    "SERVICE", "service", "SERVICE ", f"{CALL}", f" {CALL} ", f"SERVICE{NOBODY}", "SILENT", "{",
    "}", "(", ")", "[", "]", "<", ">", "<<", ">>", "<=", "=", "!=", "#", "\n", "\r", " ", " ",
    " ", ".", ";", ",", "'", '"', "'''", '"""', "''", '""', "\\", "\\'", '\\"', "\\\\", r"\u0053",
    r"\u0022", r"\u0027", r"\u0023", r"\u003e", r"\u000a", "\\q", "?s", "?o", "$x", "?SERVICE",
    ":", "x:", "x:y", "x:.", ":a", "skos:broader", "_:b", "1", "1.", "1e0", "true", "a", "@en",
    "^^", "^", "<http://ours.example/a>", "<http://ours.example/a#b>", "<#a>", "<a'b>", "<?s>",
    "FILTER", "FILTER(0<?o", "FILTER(", ")", "OPTIONAL{", "{SELECT*{", "GRAPH ?g{", "VALUES ?x {",
    "UNION", "BIND(1 AS ?y)", "EXISTS{", "MINUS{", "?s ?p ?o", "?s ?p ?o.", "||", "&&", "-", "·",
    "é", "%", "/",
])  # fmt: skip

_TEXTS: Final = st.lists(PIECES, max_size=16).map("".join)

_RELAXED: Final = settings(
    max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@_RELAXED
@example(r":\SERVICE")
@example(r":\'SERVICE")
@given(_TEXTS)
def test_a_slow_reference_tokenizer_finds_no_call_that_the_scan_misses(text: str) -> None:
    if not is_refused(text):
        assert "SERVICE" not in _slow_words(text)


def _engine() -> ox.Store:
    store = ox.Store()
    for value in (1, 2):
        store.add(
            ox.Quad(
                ox.NamedNode("http://ours.example/a"),
                ox.NamedNode("http://ours.example/A#"),
                ox.Literal(value),
                ox.DefaultGraph(),
            )
        )
    return store


ENGINE: Final = _engine()


def _reaches_out(query: str) -> bool:
    """Whether the engine, when it evaluates a query, tries to reach another server."""
    prefixes = {"": "http://127.0.0.1:4/", "x": "http://127.0.0.1:4/", **PREFIXES}
    try:
        found = ENGINE.query(query, prefixes=prefixes)
        if not isinstance(found, ox.QueryBoolean):
            for _ in found:
                pass
    except OSError:
        return True
    except (SyntaxError, ValueError):
        return False
    except RuntimeError as error:
        return "service name" in str(error)
    return False


def test_the_judge_sees_a_call() -> None:
    assert _reaches_out(CALLS["plain"])
    assert not _reaches_out("SELECT * { ?s ?p ?o }")


_GROUPS: Final = st.lists(PIECES, max_size=8).map("".join)


@_RELAXED
@given(_GROUPS, _GROUPS, st.sampled_from(["", "\n", "'", '"""', "#\n", "#'\n", '#"""\n']))
@example("?s ?p ?o FILTER(0<?o)SERVICE#>\n", NOBODY + "{?c ?d ?e}", "")
@example("?s ?p ?o FILTER(''<'>')", CALL + "FILTER(''='')", "")
@example('?s ?p ?o FILTER(0<?o#>"""\n)', CALL, '#"""\n')
@example("OPTIONAL{<<?s?p'>'>>?y?z}", CALL, "#'\n")
def test_nothing_that_passes_the_scan_reaches_another_server(
    before: str, after: str, end: str
) -> None:
    for call in (CALL, ""):
        query = f"SELECT * {{ {before}{call}{after}{end} }}"
        if not is_refused(query):
            assert not _reaches_out(query), query


# ---- updates, FROM, what is learnt ------------------------------------------------------


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <http://a> <http://b> 1 }",
        "DELETE WHERE { ?s ?p ?o }",
        "DELETE { ?s ?p ?o } INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "WITH <http://g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "LOAD <http://127.0.0.1:4/>",
        "load silent <http://127.0.0.1:4/>",
        r"\u004COAD <http://127.0.0.1:4/>",
        "PREFIX x: <http://x/> CLEAR ALL",
        "# comment\nDROP GRAPH <http://g>",
        "CREATE GRAPH <http://g>",
        "ADD DEFAULT TO <http://g>",
        "MOVE DEFAULT TO <http://g>",
        "COPY DEFAULT TO <http://g>",
    ],
)
def test_an_update_is_refused_by_its_name(update: str) -> None:
    with pytest.raises(QueryRefusedError, match="read-only"):
        look(update)


@pytest.mark.parametrize(
    ("clause", "ours"),
    [
        (f"FROM <{GRAPH}>", True),
        (f"FROM NAMED <{GRAPH}>", True),
        (f"FROM<{GRAPH}>", True),
        ("FROM g:a", True),
        ("from named g:a", True),
        ("FROM <http://127.0.0.1:4/>", False),
        ("FROM NAMED <http://127.0.0.1:4/>", False),
        ("FROM<http://127.0.0.1:4/>", False),
        ("FROM g:b", False),
        ("FROM # comment\n g:b", False),
        (f"FROM <{GRAPH}> FROM <http://127.0.0.1:4/>", False),
        ("FROMg:b", False),
        ("FROM NAMED\tg:b", False),
        (r"FROM <http://127.0.0.1:4/\u0061>", False),
    ],
)
def test_from_may_name_our_graphs_only(clause: str, ours: bool) -> None:
    query = f"SELECT * {clause} WHERE {{ ?s ?p ?o }}"
    if ours:
        assert look(query).names_dataset
    else:
        with pytest.raises(QueryRefusedError, match="no graph of this service"):
            look(query)


def test_from_follows_the_prefixes_that_the_query_declares() -> None:
    declared = "PREFIX mine: <http://ours.example/graph/> PREFIX g: <http://else.example/> "
    assert look(f"{declared} ASK FROM mine:a {{ ?s ?p ?o }}").names_dataset
    with pytest.raises(QueryRefusedError, match=r"else\.example"):
        look(f"{declared} ASK FROM g:a {{ ?s ?p ?o }}")


def test_the_word_from_is_no_clause_elsewhere() -> None:
    for query in (
        "SELECT ?from { ?from <http://x/from> 'FROM <http://x>' } # FROM <http://x>",
        "SELECT * { ?s skos:from skos:named }",
    ):
        assert not look(query).names_dataset


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * {}", Scanned("SELECT", False, True)),
        ("PREFIX x: <http://x/>\nBASE <http://y/> ask {}", Scanned("ASK", False, True)),
        ("CONSTRUCT WHERE { ?s ?p ?o }", Scanned("CONSTRUCT", False, True)),
        ("DESCRIBE <http://x>", Scanned("DESCRIBE", False, True)),
        (f"ASK FROM <{GRAPH}> {{}}", Scanned("ASK", True, True)),
        ("SELECT (NOW() AS ?x) {}", Scanned("SELECT", False, False)),
        ("SELECT ?now { ?now ?p 'NOW()' }", Scanned("SELECT", False, True)),
        ("SELECT * { ?s ?p ?o } ORDER BY RAND()", Scanned("SELECT", False, False)),
        ("", Scanned("", False, True)),
        ("nonsense", Scanned("", False, True)),
    ],
)
def test_the_scan_learns_form_dataset_and_steadiness(query: str, expected: Scanned) -> None:
    assert look(query) == expected


def test_only_construct_and_describe_return_a_graph() -> None:
    found = {form: Scanned(form, False, True).returns_graph for form in ("SELECT", "ASK", "")}
    assert found == {"SELECT": False, "ASK": False, "": False}
    assert Scanned("CONSTRUCT", False, True).returns_graph
    assert Scanned("DESCRIBE", False, True).returns_graph


# ---- size, nesting, linear time ---------------------------------------------------------


def test_size_counts_bytes_and_the_limit_itself_is_allowed() -> None:
    assert look("ASK{}" + " " * 5, most_bytes=10).form == "ASK"
    with pytest.raises(QuerySizeError):
        look("ASK{}" + " " * 6, most_bytes=10)
    with pytest.raises(QuerySizeError):
        look("ASK{}#é" + "é" * 2, most_bytes=10)


@pytest.mark.parametrize("pair", ["()", "[]", "{}"])
def test_nesting_is_allowed_up_to_its_limit(pair: str) -> None:
    opening, closing = pair
    assert look(opening * 200 + closing * 200) == Scanned("", False, True)
    with pytest.raises(QueryNestingError, match="line 1, column 201"):
        look(opening * 201)


def test_brackets_cannot_hide_in_a_comparison() -> None:
    with pytest.raises((QueryNestingError, QuerySyntaxError)):
        look("ASK{FILTER(0<" + "(" * 300 + "1>0" + ")" * 301 + "}")


def test_brackets_in_strings_and_comments_are_not_nested() -> None:
    assert look('ASK { ?s ?p "' + "(" * 500 + '" } #' + "{" * 500).form == "ASK"


#: Texts that make a scanner with any backtracking slow, as long as a query may be.
ADVERSARIAL: Final = {
    "open string": '"' + "a" * 255_000,
    "escapes": "'" + "\\a" * 127_000,
    "open IRI": "<" + "a" * 255_000,
    "open IRIs": "<a" * 127_000,
    "IRIs": "<a>" * 85_000,
    "word": "a" * 255_000,
    "dotted word": "a." * 127_000,
    "digits": "1" * 255_000,
    "colons": ":" * 255_000,
    "prefixes": "a:" * 127_000,
    "long string of quotes": '"""' + '\\"' * 127_000,
    "long string of two quotes": '"""' + '""a' * 85_000,
    "long string of backslashes": '"""' + "\\" * 255_000,
    "backslashes": "\\" * 255_000,
    "unicode escapes": r"\u0053" * 42_000,
    "escaped IRIs": r"<\u0041" * 36_000,
    "half escapes": r"\u005" * 51_000,
    "comments": "#\n" * 127_000,
    "variables": "?" * 255_000,
    "at signs": "@a" * 127_000,
    "ors": "ASK{FILTER(1" + "||1" * 84_000 + ")}",
    "froms": "FROM " * 51_000,
    "prefix declarations": "PREFIX a: <b> " * 18_000,
    "service words": "?SERVICE " * 28_000,
    "lines": "\n" * 250_000 + "(" * 201,
    "brackets in turn": "()" * 127_000,
    "closing": ")" * 255_000,
    "comparisons": "(?a<?b>" * 36_000,
    "quotes in comparisons": "?a<'>'" * 42_000,
}


@pytest.mark.parametrize("text", ADVERSARIAL.values(), ids=ADVERSARIAL)
def test_a_hostile_text_is_scanned_to_its_end_or_refused(text: str) -> None:
    """Work that grows with the square of 256 kB does not end; no clock is needed."""
    assert outcome(text)


@_RELAXED
@given(st.text(max_size=400))
def test_any_text_passes_or_is_refused_with_an_error_of_ours(text: str) -> None:
    assert outcome(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('ASK {\n  ?s ?p "abc\n}', (2, 9)),
        ("ASK { ?s ?p '", (1, 13)),
        ('ASK { ?s ?p """abc" \n }', (1, 13)),
    ],
)
def test_an_open_string_is_shown_where_it_begins(text: str, place: tuple[int, int]) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        look(text)
    assert (caught.value.line, caught.value.column) == place


@given(st.text(alphabet="ab\né", max_size=60), st.integers(0, 60))
def test_places_count_lines_and_columns_from_one(text: str, offset: int) -> None:
    offset = min(offset, len(text))
    before = text[:offset].split("\n")
    assert place_of(text, offset) == (len(before), len(before[-1]) + 1)
