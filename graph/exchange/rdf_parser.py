"""A process that parses one foreign RDF file: `python -m graph.exchange.rdf_parser TURTLE`.

The engine parses some syntaxes by recursion, and a few kilobytes can end the process that does it.
So it is another process, with a bound on its memory and its processor time. The file comes on
standard input; every statement leaves as one line of JSON, `[subject, predicate, object]`. IRIs and
`_:` blank nodes are strings, a literal is `[text, language, datatype]`; which named graph a
statement stands in is not said. A file that cannot be parsed ends in one line `{"error", "line"}`.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any, Final

import pyoxigraph as ox

#: Memory that the parser may take altogether, in bytes, and its processor time, in seconds.
MOST_MEMORY: Final = 2 * 1024 * 1024 * 1024
MOST_SECONDS: Final = 60


def main(format_: str) -> None:
    """Parse standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    write = sys.stdout.write
    try:
        for quad in ox.parse(sys.stdin.buffer.read(), format=getattr(ox.RdfFormat, format_)):
            row = [_plain(quad.subject), _plain(quad.predicate), _plain(quad.object)]
            write(json.dumps(row) + "\n")
    except SyntaxError as error:
        write(json.dumps({"error": error.msg, "line": error.lineno or 1}) + "\n")
    except (MemoryError, OSError, ValueError) as error:
        write(json.dumps({"error": str(error) or "is too large to be parsed", "line": 1}) + "\n")


def _plain(term: Any) -> Any:
    if isinstance(term, ox.NamedNode):
        return term.value
    if isinstance(term, ox.BlankNode):
        return f"_:{term.value}"
    if isinstance(term, ox.Literal):
        return [term.value, term.language or "", term.datatype.value]
    raise ValueError("states something about a statement (RDF 1.2); leave such statements out")


if __name__ == "__main__":
    main(sys.argv[1])
