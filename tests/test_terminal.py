"""Text for a terminal: it fits, and nothing of it is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.terminal import Column, labelled, paragraph, table, terminal_width

_WORDS = st.lists(st.text("abcd\u00e9,", min_size=1, max_size=7), max_size=30).map(" ".join)
_COLUMNS = (Column("Id"), Column("Long", wraps=True), Column("Longer", wraps=True))


@given(
    rows=st.lists(st.tuples(_WORDS.map(lambda t: t[:6]), _WORDS, _WORDS)),
    width=st.integers(40, 160),
)
def test_a_table_fits_and_keeps_every_word(rows: list[tuple[str, str, str]], width: int) -> None:
    text = table(_COLUMNS, rows, width)
    assert max(map(len, text.split("\n"))) <= width
    for row in rows:
        for cell in row:
            assert all(word in text for word in cell.split())


def test_a_narrow_table_becomes_blocks() -> None:
    rows = [("a-very-long-id", "some words", "other words")]
    assert table(_COLUMNS, rows, 20) == (
        "Id      a-very-long-id\nLong    some words\nLonger  other words"
    )


def test_a_cell_cannot_move_the_cursor() -> None:
    text = table([Column("A"), Column("B")], [("\x1b[2Jx\r", "y\ny")], 40)
    assert "\x1b" not in text
    assert "\r" not in text
    assert text.count("\n") == 2


def test_an_empty_table_has_its_head() -> None:
    assert table([Column("A"), Column("B")], [], 40) == "A  B\n\u2500  \u2500"


@given(text=_WORDS, width=st.integers(20, 100))
def test_a_label_stands_clear_of_its_text(text: str, width: int) -> None:
    first, *rest = labelled("Label", text, width).split("\n")
    assert first.startswith("Label       ")
    assert all(line.startswith(" " * 12) for line in rest)
    assert " ".join(" ".join([first[12:], *rest]).split()) == " ".join(text.split())


def test_an_address_is_never_broken() -> None:
    address = "https://example.org/" + "x" * 90
    assert address in paragraph(f"see {address} there", 40)


@pytest.mark.parametrize(("columns", "width"), [("100", 100), ("5", 20), ("9999", 160)])
def test_the_width_is_that_of_columns_within_reason(
    monkeypatch: pytest.MonkeyPatch, columns: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert terminal_width() == width
