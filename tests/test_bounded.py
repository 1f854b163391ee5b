"""Text of strangers: bounded, in one encoding, and wrong at a place that is named."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.bounded import (
    MOST_NESTING,
    check_size,
    compose_yaml,
    csv_records,
    decode_text,
    parse_json,
    parse_yaml,
    yaml_items,
)
from graph.errors import SourcesError

_bounded = settings(max_examples=60, deadline=None)

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=5),
        inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def refused(call: object, *arguments: object) -> str:
    with pytest.raises(SourcesError) as caught:
        call(*arguments)  # type: ignore[operator]
    (finding,) = caught.value.findings
    return str(finding)


# ---- text ---------------------------------------------------------------------------------


def test_text_is_utf_8_with_or_without_a_mark() -> None:
    assert decode_text("é\r\n".encode(), "f") == decode_text("\ufeffé\r\n".encode(), "f") == "é\r\n"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"a\nb\xe9c", "f:2: byte 0xe9 is not UTF-8; save the file as UTF-8"),
        ("a".encode("utf-16-le"), "f:1: holds a NUL character; save it as UTF-8 text"),
        ("a".encode("utf-16"), "f:1: is UTF-16; save it as UTF-8"),
        (b"a\n\x00", "f:2: holds a NUL character; save it as UTF-8 text"),
        (b"PK\x03\x04", "f:1: is a spreadsheet or another archive; give it its ending, as .xlsx"),
        (b"\xed\xa0\x80", "f:1: byte 0xed is not UTF-8; save the file as UTF-8"),
    ],
)
def test_what_is_no_utf_8_text_says_so(raw: bytes, message: str) -> None:
    assert refused(decode_text, raw, "f") == message


def test_a_file_past_its_size_is_told_the_limit() -> None:
    check_size(b"1234", "f", 4)
    message = "f:1: is 5 bytes; the most that is read is 4; split the file"
    assert refused(check_size, b"12345", "f", 4) == message
    assert refused(decode_text, b"12345", "f", 4) == message


# ---- JSON ---------------------------------------------------------------------------------


@_bounded
@given(_JSON)
def test_json_is_read_as_it_was_written(value: object) -> None:
    assert parse_json(json.dumps(value).encode(), "f") == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1,\n "a": 2}', "cannot be read: 'a' stands twice in one object; keep one"),
        ('{"a":\n}', "is not JSON: Expecting value"),
        ("[NaN]", "cannot be read: NaN is no JSON"),
        ("[-Infinity]", "cannot be read: -Infinity is no JSON"),
        ("[-1e400]", "cannot be read: -1e400 is larger than a number can be"),
        ('["\\ud800"]', "holds half of a character; write it whole"),
        ("", "is not JSON: Expecting value"),
        ("[1] [2]", "is not JSON: Extra data"),
        ("[" + "9" * 5_000 + "]", "cannot be read: "),
    ],
)
def test_json_that_readers_would_read_differently_is_refused(text: str, message: str) -> None:
    assert message in refused(parse_json, text.encode(), "f")


def test_json_names_the_line() -> None:
    assert refused(parse_json, b'{\n "a": 1\n "b": 2}', "f").startswith("f:3: is not JSON")


def test_json_of_too_many_values_is_refused_before_it_is_parsed() -> None:
    """A few megabytes of brackets would take longer to read than anybody waits."""
    text = '[\n[1, 2], "a, [b]", {}]'
    assert parse_json(text.encode(), "f.json", most_values=6) == [[1, 2], "a, [b]", {}]
    with pytest.raises(SourcesError, match=r"f.json:2: holds more than 5 values; split the file"):
        parse_json(text.encode(), "f.json", most_values=5)


def test_json_nests_only_so_deep() -> None:
    deep = "[" * MOST_NESTING + "]" * MOST_NESTING
    assert parse_json(deep.encode(), "f")
    assert refused(parse_json, f"\n[{deep}]".encode(), "f") == "f:2: nests deeper than 100 brackets"
    for bomb in ("[" * 1_000_000, '{"a":' * 1_000_000):
        assert "nests deeper" in refused(parse_json, bomb.encode(), "f")
    brackets_in_text = json.dumps("[{" * 1_000 + '"\\')
    assert parse_json(brackets_in_text.encode(), "f") == "[{" * 1_000 + '"\\'


# ---- YAML ---------------------------------------------------------------------------------


def test_records_of_a_csv_know_their_lines_and_keep_their_text() -> None:
    text = 'a,b\r\n,\r\n"1\n2",x\r\ny,"z"'
    found = [*csv_records(text, "x.csv")]
    assert [(r.line, r.last, r.cells) for r in found] == [
        (1, 1, ["a", "b"]), (3, 4, ["1\n2", "x"]), (5, 5, ["y", "z"]),
    ]  # fmt: skip
    assert [r.text for r in found] == ["a,b\r\n", '"1\n2",x\r\n', 'y,"z"']
    with pytest.raises(SourcesError, match=r"x.csv:2: is not CSV: .*close the quotation mark"):
        [*csv_records('a,b\n"x,y\n', "x.csv")]


def test_yaml_is_plain_values_and_a_date_stays_text() -> None:
    text = b"day: 2026-11-26\nlist:\n- 1\n- yes\n- null\n- 1.5\n"
    assert parse_yaml(text, "f") == {"day": "2026-11-26", "list": [1, True, None, 1.5]}
    assert parse_yaml(b"", "f") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x 1\nb: *x", "anchors and aliases (& and *) are not read; write the value out"),
        ("a: !!python/object/apply:os.system [ls]", "tags such as tag:yaml.org,2002:python"),
        ("a: !!bool maybe", "tags such as tag:yaml.org,2002:bool are not read"),
        ("a: !!map [1]", "tags such as tag:yaml.org,2002:map are not read"),
        ("a: 1\na: 2", "'a' stands twice; keep one"),
        ("a: [1", "expected ',' or ']'"),
        ("a: 1\n--- \nb: 2", "but found another document"),
        ("\ta: 1", "found character"),
    ],
)
def test_yaml_that_could_run_away_or_mean_two_things_is_refused(text: str, message: str) -> None:
    assert message in refused(parse_yaml, text.encode(), "f")


def test_yaml_that_would_unfold_to_gigabytes_is_refused_at_its_first_anchor() -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))]
    assert refused(parse_yaml, "\n".join(lines).encode(), "f").startswith("f:1: ")


def test_yaml_nests_only_so_deep() -> None:
    assert "nest" in refused(parse_yaml, ("[" * 5_000).encode(), "f")
    indented = "\n".join(" " * n + "a:" for n in range(600))
    assert "nests too deep" in refused(parse_yaml, indented.encode(), "f")


def test_items_of_a_list_know_their_lines() -> None:
    node = compose_yaml(b"# course plan\n- a: 1\n\n- b\n", "f")
    assert [*yaml_items(node, "f")] == [(2, {"a": 1}), (4, "b")]
