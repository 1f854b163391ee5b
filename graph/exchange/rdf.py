"""Alignments as Turtle: the same statements as in the build, for any selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.build import alignments_graph
from graph.turtle import write_turtle

if TYPE_CHECKING:
    from graph.exchange import Selection


def write(selection: Selection, _name: str) -> bytes:
    """SSSOM records, and the SKOS triple of each positive verdict."""
    prefixes = selection.catalogue.prefixes
    graph = alignments_graph(selection.alignments, prefixes)
    banner = f"Competency crosswalk, release {selection.catalogue.release}, CC BY 4.0."
    return write_turtle(graph, prefixes, banner=banner).encode()
