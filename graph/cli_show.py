"""The commands that show one thing, what it aligns with, and the frameworks there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from graph.cli_io import json_option, print_json, talk
from graph.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.catalogue import Catalogue
    from graph.cli import Session
    from graph.records import Record


@click.command(epilog="Example: crosswalk show isp-2020:1.3")
@click.argument("id_", metavar="ID")
@json_option
@click.pass_obj
def show(session: Session, id_: str, *, as_json: bool) -> None:
    """Show a competency, a framework, a crosswalk or an alignment by its ID."""
    from graph import records, views

    catalogue = session.outline
    key = id_.strip()
    for prefix in ("framework:", "crosswalk:", "alignment:"):
        key = key.removeprefix(prefix)
    record: Record
    view: Callable[[Session, Record], None]
    if key in catalogue.competencies:
        record = records.competency_record(catalogue, catalogue.competencies[key])
        record["alignments"] = _judged(session, key)
        view = views.show_competency
    elif key in catalogue.frameworks:
        record = records.framework_record(catalogue, catalogue.frameworks[key], tree=True)
        view = views.show_framework
    elif key in catalogue.crosswalks:
        record = records.crosswalk_record(session.catalogue, catalogue.crosswalks[key])
        view = views.show_crosswalk
    elif key in session.catalogue.alignments:
        record = records.alignment_record(session.catalogue.alignments[key])
        view = views.show_alignment
    else:
        raise _unknown(catalogue, key)
    if as_json:
        print_json(record)
    else:
        view(session, record)
        if key in catalogue.competencies:
            _show_private(session, key)


def _show_private(session: Session, competency_id: str) -> None:
    """Official wording under a licence, to who sits here; never in a record for machines."""
    from graph.private import FILE, read_wording

    found = read_wording(session.settings.data_dir).get(competency_id)
    if found:
        click.echo()
        session.labelled("Private", found.wording)
        session.labelled("", f"Official wording; {found.source}; licence: {found.licence}.")
        session.labelled("", f"From {FILE}: shown here only, in no export and no public answer.")


def _judged(session: Session, competency_id: str) -> Record:
    """How many verdicts a competency has, by kind."""
    from graph.queries import internal_query
    from graph.terms import code_of

    _, rows = session.store.rows(internal_query("judged"))
    counts = {code_of(str(verdict)): n for key, verdict, n in rows if key == competency_id}
    return {"aligned": counts.get("aligned", 0), "not_aligned": counts.get("not-aligned", 0)}


def _unknown(catalogue: Catalogue, key: str) -> NotFoundError:
    from graph.nearest import nearest

    if ":" in key:
        return NotFoundError("competency", key, nearest(key, catalogue.competencies))
    names = (*catalogue.frameworks, *catalogue.crosswalks)
    return NotFoundError("competency, framework, crosswalk or alignment", key, nearest(key, names))


@click.command(epilog="Example: crosswalk align epas-2022:7 --to isp-2020")
@click.argument("competency_id", metavar="ID")
@click.option("--to", metavar="FRAMEWORK", help="Partners in this framework only.")
@click.option("--all", "every", is_flag=True, help='Also "not aligned", with the reasons.')
@json_option
@click.pass_obj
def align(
    session: Session, competency_id: str, to: str | None, *, every: bool, as_json: bool
) -> None:
    """Show what a competency aligns with and why, best first."""
    from graph import views
    from graph.model import Verdict
    from graph.records import listing, partner_of, partner_record
    from graph.terms import framework_of

    catalogue = session.catalogue
    competency = catalogue.competency(competency_id)
    if to:
        catalogue.framework(to)
    verdict = None if every else Verdict.ALIGNED
    found = [
        alignment
        for alignment in catalogue.alignments_of(competency.id, verdict=verdict)
        if not to or framework_of(partner_of(alignment, competency.id)[0]) == to
    ]
    if as_json:
        items = [partner_record(alignment, competency.id) for alignment in found]
        print_json(listing(items, catalogue.release))
        return
    session.heading(f"{competency.id}  {competency.title}")
    click.echo()
    views.show_partners(session, competency.id, found)
    judged = catalogue.alignments_of(competency.id, verdict=Verdict.NOT_ALIGNED)
    hidden = sum(
        not to or framework_of(partner_of(alignment, competency.id)[0]) == to
        for alignment in judged
    )
    if hidden and not every:
        talk(f"\nJudged and not aligned: {hidden}; add --all to see why.")


@click.command(epilog="Example: crosswalk frameworks")
@json_option
@click.pass_obj
def frameworks(session: Session, *, as_json: bool) -> None:
    """List the frameworks."""
    from graph.records import framework_record, listing
    from graph.terminal import Column

    catalogue = session.catalogue
    items = [framework_record(catalogue, f) for f in catalogue.frameworks.values()]
    if as_json:
        print_json(listing(items, catalogue.release))
        return
    rows = [
        (
            item["id"],
            item["title"],
            ", ".join(f"{count} {level}" for level, count in item["counts"].items()),
            str(len(item["crosswalks"])),
        )
        for item in items
    ]
    columns = (
        Column("Framework"),
        Column("Title", wraps=True),
        Column("Holds", wraps=True),
        Column("Crosswalks"),
    )
    session.table(columns, rows)
