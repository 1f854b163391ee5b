"""The read-only part of the JSKOS API, as jskos-server has it, so that Cocoda shows our crosswalks.

Parameters, headers and answers follow the README and source of jskos-server 2.5; the client
library `cocoda-sdk` is held against them in the tests. Lists are bare arrays with `X-Total-Count`
and `Link`. What differs:

- A parameter that we do not have is refused, not ignored, as everywhere in this service.
- There are no annotations: a filter by them finds what has none, or nothing.
- `/mappings/infer` is not offered. jskos-server lets a concept inherit the mapping of its ancestor
  as a *narrowMatch*, and a close one like an exact one; by SKOS (S41 to S43) the inherited relation
  would be *broadMatch*, and nothing follows from a close one. `/api/v1/alignments?derived=true`
  has what follows, each with its proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.answer import Answer
from api.jskos.concepts import (
    ancestors,
    concepts,
    narrower,
    scheme_concepts,
    schemes,
    suggest_concepts,
    suggest_schemes,
)
from api.jskos.concordances import ConcordanceQuery, concordance, concordances
from api.jskos.lists import DEFAULT_LIMIT, MOST, MOUNT, Window, address
from api.jskos.mappings import MappingQuery, mapping, mapping_schemes, mappings
from graph import __version__

if TYPE_CHECKING:
    from api.service import Service
    from graph.records import Record

__all__ = [
    "DEFAULT_LIMIT",
    "MOST",
    "MOUNT",
    "ConcordanceQuery",
    "MappingQuery",
    "Window",
    "ancestors",
    "concepts",
    "concordance",
    "concordances",
    "mapping",
    "mapping_schemes",
    "mappings",
    "narrower",
    "scheme_concepts",
    "schemes",
    "status",
    "suggest_concepts",
    "suggest_schemes",
]

#: Where a client finds what it may ask for, by the names that `cocoda-sdk` reads. What is null we
#: do not have: a client that finds no name guesses an address.
_ENDPOINTS: Final = {
    "data": None,
    "schemes": "/voc",
    "top": "/voc/top",
    "voc-search": "/voc/search",
    "voc-suggest": "/voc/suggest",
    "voc-concepts": "/voc/concepts",
    "concepts": "/concepts",
    "narrower": "/concepts/narrower",
    "ancestors": "/concepts/ancestors",
    "search": "/concepts/search",
    "suggest": "/concepts/suggest",
    "mappings": "/mappings",
    "concordances": "/concordances",
    "annotations": None,
    "registries": None,
    "types": None,
    "validate": None,
}


def status(service: Service) -> Answer:
    """What this service offers and where, as `cocoda-sdk` asks before anything else."""
    base = address(service)
    read = {"read": {"auth": False}}
    config: Record = {
        "title": "Competency crosswalk",
        "env": "production",
        "baseUrl": f"{base}/",
        "version": "2.5",
        "serverVersion": __version__,
        "schemes": read,
        "concepts": read,
        "mappings": read | {"anonymous": False, "cardinality": "1-to-1"},
        "concordances": read,
    }
    record: Record = {"config": config, "ok": 1, "release": service.catalogue.release}
    record |= {name: path and base + path for name, path in _ENDPOINTS.items()}
    return Answer.of(record)
