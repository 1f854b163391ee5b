"""Text for a terminal: tables and paragraphs that fit its width.

A table writer of our own because a command that shows one competency answers in the time that
importing a larger one takes.
"""

from __future__ import annotations

import os
import shutil
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_GAP: Final = "  "
_NARROWEST: Final = 8
_WIDEST: Final = 160


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    wraps : bool
        Whether its cells may be broken over several lines; others keep their width.
    """

    title: str
    wraps: bool = False


def terminal_width() -> int:
    """Columns of the terminal: `COLUMNS` if set, else what it says, 80 if there is none."""
    return max(20, min(shutil.get_terminal_size((80, 24)).columns, _WIDEST))


def bold(text: str, *, colour: bool) -> str:
    """Text in bold, where the terminal shows it."""
    return f"\x1b[1m{text}\x1b[0m" if colour and text else text


def shows_colour(stream: object) -> bool:
    """Whether to write control sequences: to a terminal only, and not with `NO_COLOR`."""
    is_terminal = getattr(stream, "isatty", lambda: False)()
    return bool(is_terminal) and not os.environ.get("NO_COLOR")


def paragraph(text: str, width: int, *, indent: int = 0) -> str:
    """Text broken at the width; long words such as addresses are left whole."""
    space = " " * indent
    return textwrap.fill(
        text,
        max(width, indent + _NARROWEST),
        initial_indent=space,
        subsequent_indent=space,
        break_long_words=False,
        break_on_hyphens=False,
    )


def labelled(label: str, text: str, width: int, *, column: int = 12) -> str:
    """A label, and beside it a text that keeps clear of it on every line."""
    lines = paragraph(text, width, indent=column).split("\n") if text else [""]
    return f"{label:<{column}}" + "\n".join([lines[0][column:], *lines[1:]])


def table(
    columns: Sequence[Column], rows: Iterable[Sequence[str]], width: int, *, colour: bool = False
) -> str:
    """A table at most `width` wide, or one block a row where a table would be too narrow."""
    cells = [[_clean(cell) for cell in row] for row in rows]
    widths = _widths(columns, cells, width)
    if widths is None:
        return _blocks(columns, cells, width)
    heads = [column.title for column in columns]
    lines = [bold(line, colour=colour) for line in _lines(heads, columns, widths)]
    lines.append(_GAP.join("\u2500" * w for w in widths))
    several = any(len(cell) > w for row in cells for cell, w in zip(row, widths, strict=True))
    for number, row in enumerate(cells):
        if several and number:
            lines.append("")
        lines += _lines(row, columns, widths)
    return "\n".join(lines)


def _clean(cell: str) -> str:
    """A cell without characters that would move the cursor."""
    return "".join(character if character.isprintable() else " " for character in cell)


def _widths(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int
) -> list[int] | None:
    """Width of each column; `None` if they do not fit.

    What is left beside the columns that do not wrap is given out so that long columns get more,
    by the square root of their text, and none more than it needs.
    """
    longest = [
        max([len(column.title), *(len(row[n]) for row in rows)]) for n, column in enumerate(columns)
    ]
    left = width - len(_GAP) * (len(columns) - 1)
    left -= sum(w for w, column in zip(longest, columns, strict=True) if not column.wraps)
    open_ = [n for n, column in enumerate(columns) if column.wraps]
    widths = list(longest)
    while open_:
        shares = {n: longest[n] ** 0.5 for n in open_}
        total = sum(shares.values())
        fitting = [n for n in open_ if longest[n] <= left * shares[n] / total]
        if not fitting:
            for n in open_:
                widths[n] = int(left * shares[n] / total)
                if widths[n] < min(longest[n], _NARROWEST + 4):
                    return None
            break
        for n in fitting:
            left -= longest[n]
            open_.remove(n)
    return widths if left >= 0 else None


def _lines(row: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> Iterator[str]:
    wrapped = [
        textwrap.wrap(cell, w, break_on_hyphens=False) or [""] if column.wraps else [cell]
        for cell, column, w in zip(row, columns, widths, strict=True)
    ]
    for n in range(max(map(len, wrapped))):
        pieces = (cell[n] if n < len(cell) else "" for cell in wrapped)
        padded = (f"{piece:<{w}}" for piece, w in zip(pieces, widths, strict=True))
        yield _GAP.join(padded).rstrip()


def _blocks(columns: Sequence[Column], rows: Iterable[Sequence[str]], width: int) -> str:
    column = min(max(len(c.title) for c in columns) + 2, width // 2)
    blocks = (
        "\n".join(
            labelled(c.title, cell, width, column=column)
            for c, cell in zip(columns, row, strict=True)
            if cell
        )
        for row in rows
    )
    return "\n\n".join(blocks)
