"""The command that explains a link. `graph.cli` adds it to its group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from graph.cli_io import json_option, print_json
from graph.rules import Regime

if TYPE_CHECKING:
    from graph.cli import Session


@click.command(epilog="Example: crosswalk explain epas-2015:2 isp-2020:1.3")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option(
    "--regime",
    type=click.Choice([regime.value for regime in Regime]),
    default=Regime.PRACTICE.value,
    show_default=True,
    help="Which conclusions are allowed: what SKOS licenses; also the SSSOM chaining rules; "
    "also this project's edition lineage and roll-up, which need review.",
)
@json_option
@click.pass_obj
def explain(session: Session, a: str, b: str, regime: str, *, as_json: bool) -> None:
    """Explain in sentences what links A and B, or why nothing follows.

    A and B are competencies. An alignment that somebody judged comes first, then the shortest
    proof of a derived one, with what is uncertain about it.
    """
    from graph.reasoning import Facts, explain, explanation_text

    catalogue = session.catalogue
    for key in (a, b):
        catalogue.competency(key)
    explanation = explain(Facts.of(catalogue), a, b, Regime(regime))
    if as_json:
        print_json({**explanation.record(), "release": catalogue.release})
        return
    from graph.terminal import paragraph

    for sentence in explanation_text(explanation).split("\n"):
        click.echo(paragraph(sentence, session.width))
