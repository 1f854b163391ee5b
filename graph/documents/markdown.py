"""A document as Markdown (CommonMark with the tables of GitHub Flavored Markdown)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from graph.documents import Bullets, Paragraph, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.documents import Document, Span, Table

#: Punctuation that can begin markup anywhere in a line (CommonMark 0.31, sections 2.4 and 6).
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]|~$])")

#: What begins a block at the start of a line: headings, lists, quotations, rules, numbers.
_BLOCK: Final = re.compile(r"^(\s*)([#>+=-]|\d{1,9}[.)])")


def write(document: Document) -> bytes:
    """The document with headings, numbered captions in bold, and pipe tables."""
    lines = [f"# {line_of(document.title)}", ""]
    number = 0
    for section in document.sections:
        lines += [f"## {line_of(section.title)}", ""]
        for block in section.blocks:
            if isinstance(block, Paragraph):
                lines += [_spans(block.spans), ""]
            elif isinstance(block, Bullets):
                lines += [*(f"- {_spans(item)}" for item in block.items), ""]
            else:
                number += 1
                lines += _table(block, number)
    return ("\n".join(lines).rstrip("\n") + "\n").encode()


def _table(table: Table, number: int) -> Iterator[str]:
    for note in table.notes:
        yield from (line_of(note), "")
    yield from (f"**Table {number}: {line_of(table.caption)}**", "")
    if not table.rows:
        yield from (line_of(table.empty), "")
        return
    yield _row(column.title for column in table.columns)
    yield _rule(table)
    for row in table.rows:
        yield _row(shown(cell) for cell in row)
    yield ""


def _rule(table: Table) -> str:
    return "| " + " | ".join(":-:" if column.centered else "---" for column in table.columns) + " |"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell_of(cell) for cell in cells) + " |"


def cell_of(text: str) -> str:
    """A text for a cell of a pipe table: one line, no markup."""
    return "<br>".join(_escaped(line.strip()) for line in shown(text).strip().split("\n"))


def line_of(text: str) -> str:
    """A text as one line of its own that begins no block and holds no markup."""
    line = _escaped(" ".join(shown(text).split()))
    found = _BLOCK.match(line)
    return line[: found.end() - 1] + "\\" + line[found.end() - 1 :] if found else line


def _escaped(text: str) -> str:
    text = _MARKUP.sub(r"\\\1", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _spans(spans: tuple[Span, ...]) -> str:
    pieces = []
    for place, span in enumerate(spans):
        text = shown(span.text).replace("\n", " ")
        lead, body, tail = _trimmed(text)
        marked = _escaped(body) if place else line_of(body)
        if span.link and body:
            address = span.link.replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C")
            marked = f"[{marked}](<{address}>)"
        if span.bold and body:
            marked = f"**{marked}**"
        pieces.append(lead + marked + tail)
    return "".join(pieces).strip()


def _trimmed(text: str) -> tuple[str, str, str]:
    """Space before, the text, and space after: marks must touch what they mark."""
    body = text.strip()
    start = text.index(body) if body else 0
    return text[:start], body, text[start + len(body) :]
