"""The read paths as functions from a loaded release to an answer; no framework in sight.

FastAPI's handlers and the hot paths at the edge call the same functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from api.answer import Answer
from api.negotiation import negotiate
from api.paging import listed
from graph import __version__
from graph.errors import NotAcceptableError
from graph.exchange import (
    ALIASES,
    FORMATS,
    Content,
    Selection,
    find_format,
    formats_writing,
)
from graph.model import Verdict
from graph.reasoning import explain
from graph.records import (
    alignment_record,
    competency_record,
    crosswalk_record,
    framework_record,
    listing,
    partner_record,
)
from graph.search import hit_record
from graph.store.media import GRAPHS, SHORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from api.paging import Page
    from api.service import Service
    from graph.exchange import Format
    from graph.model import Alignment
    from graph.rules import Regime

JSON: Final = "application/json"

#: What a browser asks for whatever it opens; who wants a file of it says so by its name.
_PAGE: Final = "text/html"


def _identified(item: object) -> str:
    return str(item.id)  # type: ignore[attr-defined]


def frameworks(service: Service, page: Page) -> Answer:
    """All frameworks, by id."""
    catalogue = service.catalogue
    return listed(
        [*catalogue.frameworks.values()],
        lambda framework: framework_record(catalogue, framework),
        _identified,
        page=page,
        release=catalogue.release,
    )


def framework(service: Service, key: str, accept: str, format_: str) -> Answer:
    """One framework with its tree; what RDF says of it; or, as a file, with all that it holds."""
    catalogue = service.catalogue
    found = catalogue.framework(key)
    files = {n: f for n, f in formats_writing(Content.FRAMEWORK).items() if n != "json"}
    name = ALIASES.get(format_, format_)
    if name not in files:
        by_type = {
            f.media_type: n for n, f in reversed(files.items()) if f.media_type not in GRAPHS
        }
        by_type.pop(JSON, None)
        by_type.pop(_PAGE, None)
        media_type = _described_as(accept, format_, files, by_type)
        if media_type == JSON:
            return _json(framework_record(catalogue, found, tree=True))
        if media_type not in by_type:
            return _described(service, f"framework:{key}", media_type)
        name = by_type[media_type]
    return _file(files[name], files[name].write_framework(catalogue, found), key)


def framework_competencies(service: Service, key: str, level: str | None, page: Page) -> Answer:
    """Competencies of a framework in published order."""
    catalogue = service.catalogue
    catalogue.framework(key)
    members = catalogue.by_framework.get(key, [])
    return listed(
        [member for member in members if not level or member.level == level],
        lambda competency: competency_record(catalogue, competency),
        _identified,
        page=page,
        release=catalogue.release,
    )


def competency(service: Service, key: str, accept: str, format_: str) -> Answer:
    """One competency, or what RDF says of it."""
    found = service.catalogue.competency(key)
    if (media_type := _described_as(accept, format_)) != JSON:
        return _described(service, key, media_type)
    return _json(competency_record(service.catalogue, found))


def competency_alignments(
    service: Service,
    key: str,
    *,
    verdict: Verdict | None = Verdict.ALIGNED,
    to: str | None = None,
    page: Page,
) -> Answer:
    """What a competency aligns with, at either end, best first."""
    catalogue = service.catalogue
    found = catalogue.alignments_of(key, verdict=verdict)
    if to:
        catalogue.framework(to)
        found = [a for a in found if to in _partner_frameworks(a, key)]
    return listed(
        found,
        lambda alignment: partner_record(alignment, key),
        _identified,
        page=page,
        release=catalogue.release,
    )


def _partner_frameworks(alignment: Alignment, key: str) -> tuple[str, ...]:
    ends = (alignment.subject_id, alignment.object_id)
    return tuple(end.partition(":")[0] for end in ends if end != key)


def alignments(
    service: Service,
    found: list[Alignment],
    accept: str,
    format_: str,
    page: Page,
) -> Answer:
    """Alignments as a page of records; in any other format, all of them."""
    chosen = _format(accept, format_, Content.ALIGNMENTS)
    if chosen != "json":
        return _written(FORMATS[chosen], Selection(service.catalogue, found), "alignments")
    return listed(
        found,
        alignment_record,
        _identified,
        page=page,
        release=service.catalogue.release,
    )


def alignment(service: Service, key: str, accept: str, format_: str) -> Answer:
    """One alignment, or what RDF says of it."""
    found = service.catalogue.alignment(key)
    if (media_type := _described_as(accept, format_)) != JSON:
        return _described(service, f"alignment:{key}", media_type)
    return _json(alignment_record(found))


def explanation(service: Service, a: str, b: str, regime: Regime) -> Answer:
    """What links two competencies under a regime, with its proof."""
    for key in (a, b):
        service.catalogue.competency(key)
    record = explain(service.facts, a, b, regime).record()
    return _json({**record, "release": service.catalogue.release})


def crosswalks(service: Service, page: Page) -> Answer:
    """All crosswalks in outline, by id."""
    catalogue = service.catalogue
    return listed(
        [*catalogue.crosswalks.values()],
        lambda crosswalk: crosswalk_record(catalogue, crosswalk),
        _identified,
        page=page,
        release=catalogue.release,
    )


def crosswalk(service: Service, from_: str, to: str, accept: str, format_: str) -> Answer:
    """A whole crosswalk: every verdict and the matrix, or a file of another format."""
    chosen = _format(accept, format_, Content.CROSSWALK)
    found = service.catalogue.crosswalk(from_, to)
    rows = service.catalogue.by_crosswalk.get(found.id, [])
    return _written(FORMATS[chosen], Selection(service.catalogue, rows, found), found.id)


def health(service: Service) -> Answer:
    """Which release is loaded, and how many workers wait for queries."""
    record = {
        "status": "ok",
        "release": service.catalogue.release,
        "version": __version__,
        "workers": service.pool.alive,
        "workers_without_network": service.pool.network_denied,
    }
    return Answer(orjson.dumps(record), JSON, keep=False)


def searched(service: Service, q: str, kinds: Sequence[str], limit: int) -> Answer:
    """What a search found, best first, and a better spelling if nothing was."""
    hits = service.search.find(q, limit=limit, kinds=kinds)
    found = listing([hit_record(hit) for hit in hits], service.catalogue.release)
    suggestion = None if hits else service.search.did_you_mean(q)
    return _json({**found, "did_you_mean": suggestion})


def _json(record: object) -> Answer:
    return Answer(orjson.dumps(record), JSON)


def _format(accept: str, short: str, content: Content) -> str:
    """Name of the exchange format that is wanted."""
    if short:
        return find_format(short, content).name
    # Several formats are JSON; by its media type alone one gets the first of them.
    by_type: dict[str, str] = {}
    for name, format_ in formats_writing(content).items():
        if format_.media_type != _PAGE:
            by_type.setdefault(format_.media_type, name)
    return by_type[negotiate(accept, tuple(by_type), {_PAGE: JSON})]


def _written(format_: Format, selection: Selection, stem: str) -> Answer:
    return _file(format_, format_.write(selection), stem)


def _file(format_: Format, content: bytes, stem: str) -> Answer:
    """What a format wrote, under the name that a browser should give it."""
    headers: tuple[tuple[str, str], ...] = ()
    if format_.name != "json":
        file_name = f"{stem}{format_.suffix}"
        headers = (("content-disposition", f'inline; filename="{file_name}"'),)
    return Answer(content, format_.media_type, headers=headers)


def _described_as(
    accept: str, short: str, names: Iterable[str] = (), media_types: Iterable[str] = ()
) -> str:
    """Media type for one resource: JSON, a graph that describes it, or a file.

    Parameters
    ----------
    names, media_types : Iterable[str]
        Of files that there are besides; the names only for the error that lists them.
    """
    available = (JSON, *GRAPHS, *media_types)
    if short:
        wanted = JSON if short == "json" else SHORT.get(short, short)
        if wanted not in (JSON, *GRAPHS):
            own = ("json", "ttl", "nt", "rdf", "jsonld", "trig", "nq")
            raise NotAcceptableError(short, tuple(dict.fromkeys((*own, *names))))
        return wanted
    return negotiate(accept, available, {_PAGE: JSON})


def _described(service: Service, curie: str, media_type: str) -> Answer:
    # In full: the engine cannot parse a prefixed name with two dots at the end of a query.
    iri = service.store.prefixes.expand(curie)
    return Answer(service.store.serialise(f"DESCRIBE <{iri}>", media_type), media_type)
