"""Which representation an Accept header gets (RFC 9110, sections 12.4.2 and 12.5.1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.negotiation import negotiate
from api.sparql import choose_media_type
from graph.errors import NotAcceptableError
from graph.store.guard import Scanned
from graph.store.media import ALIASES, GRAPHS, RESULTS, SHORT

JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
CSV = "text/csv"
TSV = "text/tab-separated-values"
NOTHING = None


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", JSON),
        ("   ", JSON),
        ("*/*", JSON),
        (JSON, JSON),
        (XML, XML),
        (CSV, CSV),
        (TSV, TSV),
        ("TEXT/CSV", CSV),
        (" text/csv ", CSV),
        ("text/csv;header=present", CSV),
        ("text/csv ; q=0.3", CSV),
        ("text/csv;Q=0.3", CSV),
        ("text/*", CSV),
        ("application/*", JSON),
        (f"{JSON};q=0.5, {XML}", XML),
        (f"{JSON};q=0.5,{XML};q=0.5", JSON),
        (f"{XML},{JSON}", JSON),
        (f"{XML};q=0.001", XML),
        ("*/*;q=0.1, text/csv", CSV),
        ("text/*;q=0.9, text/csv;q=0.1", TSV),
        (f"{JSON};q=0, */*", XML),
        (f"{JSON};q=0, {XML};q=0, */*;q=0.1", CSV),
        ("application/*;q=0, */*;q=0.5", CSV),
        ("*/*;q=0, text/csv", CSV),
        ("image/png, text/csv;q=0.2", CSV),
        ("application/json", JSON),
        ("application/xml", XML),
        ("text/xml;q=0.9, application/json;q=0.8", XML),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", XML),
        (f"application/json;q=0.4, {XML};q=0.6", XML),
        (",,text/csv,,", CSV),
        ("text, text/csv", CSV),
        ("*/*;q=nonsense, text/csv;q=0.1", CSV),
        ("text/csv;q=2", NOTHING),
        ("text/csv;q=-1", NOTHING),
        ("text/csv;q=nan", NOTHING),
        ("text/csv;q=", NOTHING),
        ("text/csv;q=0", NOTHING),
        ("text/csv;q=0.000", NOTHING),
        ("*/*;q=0", NOTHING),
        ("image/png", NOTHING),
        ("image/*", NOTHING),
        ("text/turtle", NOTHING),
        ("nonsense", NOTHING),
        ("*", NOTHING),
    ],
)
def test_an_accept_header_chooses_a_result_format(accept: str, chosen: str | None) -> None:
    if chosen is NOTHING:
        with pytest.raises(NotAcceptableError) as caught:
            negotiate(accept, tuple(RESULTS), ALIASES)
        assert caught.value.available == tuple(RESULTS)
    else:
        assert negotiate(accept, tuple(RESULTS), ALIASES) == chosen


@pytest.mark.parametrize(
    ("form", "accept", "short", "chosen"),
    [
        ("SELECT", "", "", JSON),
        ("ASK", "", "xml", XML),
        ("ASK", CSV, "json", JSON),
        ("SELECT", "", "text/csv", CSV),
        ("CONSTRUCT", "", "", "text/turtle"),
        ("CONSTRUCT", "application/json", "", "application/ld+json"),
        ("CONSTRUCT", "application/xml", "", "application/rdf+xml"),
        ("CONSTRUCT", "text/plain", "", "application/n-triples"),
        ("CONSTRUCT", "text/*", "", "text/turtle"),
        ("DESCRIBE", "", "json", "application/ld+json"),
        ("DESCRIBE", "", "xml", "application/rdf+xml"),
        ("DESCRIBE", "application/n-triples;q=0.1,image/png", "", "application/n-triples"),
        ("CONSTRUCT", "text/turtle", "csv", NOTHING),
        ("CONSTRUCT", "text/csv", "", NOTHING),
        ("SELECT", CSV, "ttl", NOTHING),
        ("SELECT", CSV, "nonsense", NOTHING),
    ],
)
def test_the_form_of_a_query_decides_what_is_available(
    form: str, accept: str, short: str, chosen: str | None
) -> None:
    scanned = Scanned(form, names_dataset=False, steady=True)
    if chosen is NOTHING:
        with pytest.raises(NotAcceptableError):
            choose_media_type(accept, short, scanned)
    else:
        assert choose_media_type(accept, short, scanned) == chosen


def test_every_short_name_names_a_format_that_can_be_written() -> None:
    assert set(SHORT.values()) == {*RESULTS, *GRAPHS}


TYPES = st.sampled_from(["text/a", "text/b", "image/c", "image/d"])
RANGES = st.one_of(TYPES, st.sampled_from(["text/*", "image/*", "*/*", "audio/e"]))
QUALITIES = st.integers(0, 1000).map(lambda n: n / 1000)
HEADERS = st.dictionaries(RANGES, QUALITIES, min_size=1, max_size=6)
AVAILABLE = st.lists(TYPES, min_size=1, max_size=4, unique=True)


def _written(header: dict[str, float]) -> str:
    return ", ".join(f"{name};q={quality:.3f}" for name, quality in header.items())


def _quality(name: str, header: dict[str, float]) -> float:
    for range_ in (name, name.partition("/")[0] + "/*", "*/*"):
        if range_ in header:
            return header[range_]
    return 0.0


@given(HEADERS, AVAILABLE)
def test_the_choice_is_the_first_of_the_best(
    header: dict[str, float], available: list[str]
) -> None:
    qualities = [_quality(name, header) for name in available]
    best = max(qualities)
    if best == 0:
        with pytest.raises(NotAcceptableError):
            negotiate(_written(header), available)
    else:
        expected = available[qualities.index(best)]
        assert negotiate(_written(header), available) == expected


@given(HEADERS, AVAILABLE, st.randoms())
def test_the_order_of_ranges_in_the_header_does_not_matter(
    header: dict[str, float], available: list[str], random: object
) -> None:
    shuffled = list(header.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert _outcome(_written(header), available) == _outcome(_written(dict(shuffled)), available)


@given(st.text(max_size=80), AVAILABLE)
def test_any_header_gives_an_available_type_or_not_acceptable(
    accept: str, available: list[str]
) -> None:
    assert _outcome(accept, available) in (*available, "")


def _outcome(accept: str, available: list[str]) -> str:
    try:
        return negotiate(accept, available)
    except NotAcceptableError:
        return ""
