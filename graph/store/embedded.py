"""The dataset in this process: Oxigraph in memory, one named graph a file of the build.

Only our own questions are evaluated here. A query that a stranger wrote can neither be cut off
nor parsed safely in this process; `graph.store.pool` is for those.
"""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph import terms
from graph.build_files import VOCABULARY_FILE, read_manifest
from graph.errors import StoreError
from graph.store.media import write_answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: IRIs whose CURIEs are remembered: the same few come up in answer after answer.
_KEPT_CURIES: Final = 8_192

Value = str | int | float | bool | None

_NUMBERS: Final = {
    f"{terms.XSD}integer": int,
    f"{terms.XSD}decimal": float,
    f"{terms.XSD}double": float,
}


class EmbeddedStore:
    """A built data folder, loaded. Read only, and safe to share between threads.

    Attributes
    ----------
    release : str
        Hash of the dataset, from the manifest.
    graphs : frozenset[str]
        IRIs of the named graphs.
    folder : Path | None
        Where it was loaded from.
    """

    def __init__(
        self,
        engine: ox.Store,
        prefixes: terms.Prefixes,
        release: str,
        folder: Path | None = None,
    ) -> None:
        self._engine = engine
        self._contract = lru_cache(_KEPT_CURIES)(prefixes.contract)
        self.prefixes = prefixes
        self.release = release
        self.folder = folder
        self.graphs = frozenset(
            name.value for name in engine.named_graphs() if isinstance(name, ox.NamedNode)
        )

    @classmethod
    def open(cls, data: Path) -> EmbeddedStore:
        """Load the build of a data folder.

        Raises
        ------
        StoreError
            If there is no build, or its files are not those of its manifest.
        """
        try:
            release, entries = read_manifest(data)
        except FileNotFoundError:
            raise StoreError(f"{data} has no build; run: crosswalk build", path=data) from None
        prefixes = terms.Prefixes.read(data / "prefixes.tsv")
        engine = ox.Store()
        for entry in entries:
            path = (
                data / entry.file if entry.file == VOCABULARY_FILE else data / "build" / entry.file
            )
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                raise StoreError(f"{path} is missing; run: crosswalk build", path=path) from None
            if hashlib.sha256(content).hexdigest() != entry.sha256:
                message = f"{path} is not the file of the manifest; run: crosswalk build"
                raise StoreError(message, path=path)
            engine.bulk_load(
                content,
                format=ox.RdfFormat.TURTLE,
                to_graph=ox.NamedNode(prefixes.expand(entry.graph)),
            )
        return cls(engine, prefixes, release, data)

    @classmethod
    def from_turtle(
        cls,
        graphs: Mapping[str, str],
        prefixes: terms.Prefixes,
        release: str = "",
        folder: Path | None = None,
    ) -> EmbeddedStore:
        """A store of Turtle texts by the CURIE of their named graph: what is not on disk yet."""
        engine = ox.Store()
        for name, text in graphs.items():
            engine.bulk_load(
                text.encode(),
                format=ox.RdfFormat.TURTLE,
                to_graph=ox.NamedNode(prefixes.expand(name)),
            )
        return cls(engine, prefixes, release, folder)

    def query(
        self,
        text: str,
        *,
        default_graphs: list[str] | None = None,
        named_graphs: list[str] | None = None,
        union: bool = True,
        prefixes: dict[str, str] | None = None,
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Evaluate a query over the union of all graphs, or over a dataset that is named.

        Parameters
        ----------
        default_graphs, named_graphs : list[str] | None
            IRIs. With either given, the dataset consists of those graphs alone (SPARQL 1.1
            Protocol, section 2.1.4).
        union : bool
            False where the query's own FROM clauses are to decide; the engine would let the
            union win over them.
        prefixes : dict[str, str] | None
            What need not be declared. Our own questions declare theirs, and to declare all of
            ours for each takes a fifth of the time of a lookup.
        """
        if default_graphs is None and named_graphs is None:
            return self._engine.query(text, prefixes=prefixes, use_default_graph_as_union=union)
        return self._engine.query(
            text,
            prefixes=prefixes,
            default_graph=[ox.NamedNode(iri) for iri in default_graphs or ()],
            named_graphs=[ox.NamedNode(iri) for iri in named_graphs or ()],
        )

    def rows(self, query: str) -> tuple[list[str], list[tuple[Value, ...]]]:
        """Columns and rows of a SELECT; IRIs of ours as CURIEs, literals as Python values."""
        answer = self.query(query)
        assert isinstance(answer, ox.QuerySolutions)
        columns = [variable.value for variable in answer.variables]
        return columns, [tuple(self._value(term) for term in row) for row in answer]

    def _value(self, term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> Value:
        if term is None:
            return None
        if isinstance(term, ox.NamedNode):
            return self._contract(term.value)
        assert isinstance(term, ox.Literal)
        datatype = term.datatype.value
        if datatype in _NUMBERS:
            number: Value = _NUMBERS[datatype](term.value)
            return number
        if datatype == f"{terms.XSD}boolean":
            return term.value == "true"
        return term.value

    def quads(self) -> bytes:
        """The whole dataset as N-Quads, in the order of its lines."""
        output = io.BytesIO()
        self._engine.dump(output, format=ox.RdfFormat.N_QUADS)
        return b"".join(sorted(output.getvalue().splitlines(keepends=True)))

    def serialise(self, query: str, media_type: str) -> bytes:
        """The answer to a query, serialised by the engine."""
        output = io.BytesIO()
        write_answer(self.query(query), media_type, self.prefixes.iris, output)
        return output.getvalue()
