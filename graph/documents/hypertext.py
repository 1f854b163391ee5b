"""A document as one HTML page that stands alone: no script, nothing loaded, pasteable into Word."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from graph.documents import Bullets, Paragraph, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.documents import Cell, Document, Span, Table

_STYLE: Final = """\
body { font: 1rem/1.5 Calibri, Carlito, Arial, sans-serif; color: #000; background: #fff;
  max-width: 80rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { font-size: 1.25rem; margin-top: 2rem; }
a { color: #003ea8; }
p, li { max-width: 45rem; }
.wide { overflow-x: auto; margin: 1rem 0; }
.wide:focus-visible { outline: 3px solid #003ea8; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: bold; padding: .25rem 0; }
th, td { border: 1px solid #555; padding: .25rem .5rem; text-align: left; vertical-align: top;
  overflow-wrap: anywhere; min-width: 3rem; }
thead th { background: #e0e0e0; border-bottom: 2px solid #000; overflow-wrap: normal; }
.centered { text-align: center; }
footer { margin-top: 2rem; border-top: 1px solid #555; }
@media print {
  body { max-width: none; padding: 0; font-size: 11pt; }
  .wide { overflow: visible; }
  tr { break-inside: avoid; }
  h2, caption { break-after: avoid; }
  .new-page { break-before: page; }
}"""


def write(document: Document) -> bytes:
    """The document with a language, headings, captions and header cells that name their scope."""
    return ("\n".join(_lines(document)) + "\n").encode()


def _lines(document: Document) -> Iterator[str]:
    title = _text(document.title)
    yield "<!DOCTYPE html>"
    yield f'<html lang="{escape(document.language)}">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    # Nothing in a cell could run or load anything even if it were not escaped.
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f'<meta name="description" content="{_text(document.subject)}">'
    yield f"<title>{title}</title>"
    yield f"<style>\n{_STYLE}\n</style>"
    yield "</head>"
    yield "<body>"
    yield "<main>"
    yield f"<h1>{title}</h1>"
    number = 0
    for section in document.sections:
        page = ' class="new-page"' if section.new_page else ""
        yield f"<section{page}>"
        yield f'<h2 dir="auto">{_text(section.title)}</h2>'
        for block in section.blocks:
            if isinstance(block, Paragraph):
                yield f'<p dir="auto">{_spans(block.spans)}</p>'
            elif isinstance(block, Bullets):
                yield "<ul>"
                yield from (f'<li dir="auto">{_spans(item)}</li>' for item in block.items)
                yield "</ul>"
            else:
                number += 1
                yield from _table(block, number)
        yield "</section>"
    yield "</main>"
    if document.footer:
        yield f"<footer><p>{_text(document.footer)}</p></footer>"
    yield "</body>"
    yield "</html>"


def _table(table: Table, number: int) -> Iterator[str]:
    caption = f"Table {number}: {_text(table.caption)}"
    for note in table.notes:
        yield f'<p dir="auto">{_text(note)}</p>'
    if not table.rows:
        yield f"<p><b>{caption}</b><br>{_text(table.empty)}</p>"
        return
    # What scrolls must be reachable by the keyboard, and what is reachable must have a name.
    yield f'<div class="wide" role="region" aria-labelledby="table-{number}" tabindex="0">'
    yield "<table>"
    yield f'<caption id="table-{number}">{caption}</caption>'
    yield "<thead>"
    yield "<tr>"
    for column in table.columns:
        yield f'<th scope="col"{_class(centered=column.centered)}>{_text(column.title)}</th>'
    yield "</tr>"
    yield "</thead>"
    yield "<tbody>"
    for row in table.rows:
        yield "<tr>"
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            attributes = f'{_class(centered=column.centered)} dir="auto"'
            if place < table.heads:
                yield f'<th scope="row"{attributes}>{_text(cell)}</th>'
            else:
                yield f"<td{attributes}>{_text(cell)}</td>"
        yield "</tr>"
    yield "</tbody>"
    yield "</table>"
    yield "</div>"


def _class(*, centered: bool) -> str:
    return ' class="centered"' if centered else ""


def _text(value: Cell) -> str:
    return escape(shown(value)).replace("\n", "<br>")


def _spans(spans: tuple[Span, ...]) -> str:
    pieces = []
    for span in spans:
        text = _text(span.text)
        if span.link:
            text = f'<a href="{escape(span.link)}">{text}</a>'
        pieces.append(f"<b>{text}</b>" if span.bold else text)
    return "".join(pieces)
