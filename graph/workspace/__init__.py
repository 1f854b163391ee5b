"""A data folder of somebody's own, and what files of other tools bring into it: all or nothing.

A *workspace* is laid out like `ontology/`, so that everything that reads, builds, checks, serves
and exports the shipped content works on it unchanged. What an import would make of it is composed
apart from it (`composing`), read back, built and checked there (`importing`); only if nothing is
wrong are files moved into place (`placing`).
"""

from graph.workspace.importing import Account, import_file

__all__ = ["Account", "import_file"]
