"""Answers about a crosswalk, counted on a graph projected from it.

`project` decides what nodes and edges are; each other module is one family of pure functions over
that graph. Every result is a frozen value with `record()` (JSON) and `table()` (columns and rows).
The modules are imported by name, so that a command loads only what it needs.
"""
