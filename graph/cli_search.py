"""The command that searches texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from graph.cli_io import json_option, print_json, talk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.cli import Session
    from graph.search import Segment


@click.command(epilog="Example: crosswalk search power")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(["competency", "framework", "alignment"]),
    help="Only this kind; may be repeated.",
)
@json_option
@click.pass_obj
def search(
    session: Session, words: tuple[str, ...], limit: int, kinds: tuple[str, ...], *, as_json: bool
) -> None:
    """Search titles, descriptions and rationales, best first."""
    from graph.records import listing
    from graph.search import Search, hit_record
    from graph.terminal import paragraph

    catalogue = session.catalogue
    index = Search.over(catalogue)
    q = " ".join(words)
    hits = index.find(q, limit=limit, kinds=kinds)
    suggestion = index.did_you_mean(q)
    if as_json:
        record = listing([hit_record(hit) for hit in hits], catalogue.release)
        print_json({**record, "did_you_mean": suggestion})
        return
    for number, hit in enumerate(hits):
        if number:
            click.echo()
        kind = "not aligned" if hit.verdict == "not-aligned" else hit.kind
        name = " \u2013 ".join(hit.ends) or hit.id
        title = f"{name}  {_marked(hit.title_segments, colour=session.colour)}"
        # A terminal breaks the line itself, and would count marks that take no room.
        title = title if session.colour else paragraph(title, session.width)
        click.echo(title, color=session.colour)
        text = paragraph("".join(segment.text for segment in hit.snippet), session.width, indent=4)
        if text.strip():
            click.echo(text)
        click.echo(f"    {kind} {hit.id}" if hit.ends else f"    {kind}")
    if not hits:
        talk(f"nothing found for {q!r}")
    if suggestion:
        talk(f"did you mean: {suggestion}")


def _marked(segments: Iterable[Segment], *, colour: bool) -> str:
    from graph.terminal import bold

    return "".join(bold(s.text, colour=colour and s.marked) for s in segments)
