"""What a release is, in RDF: DCAT 3 for the dataset and its files, VoID and PROV-O for the rest.

Sources: DCAT 3 (W3C Recommendation, 22 August 2024), sections 6.6 to 6.8 and 11 for versions;
SPDX for checksums, as DCAT 3 advises (section 6.8.17). Linksets and provenance are those of the
build. Everything has a name: no blank node, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, XSD, Namespace

from graph.terms import Prefixes
from graph.turtle import write_turtle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rdflib.term import Node

    from graph.catalogue import Catalogue

#: In full: rdflib's own namespace is that of DCAT 2.
DCAT: Final = Namespace("http://www.w3.org/ns/dcat#")
_SPDX: Final = "http://spdx.org/rdf/terms#"
_VOID: Final = "http://rdfs.org/ns/void#"
_PROV: Final = "http://www.w3.org/ns/prov#"
_MEDIA: Final = "https://www.iana.org/assignments/media-types/"
_BY: Final = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of a release as a distribution.

    Attributes
    ----------
    subject : str
        CURIE of what the file holds.
    """

    path: str
    media_type: str
    about: str
    subject: str


def describe(
    catalogue: Catalogue,
    files: Sequence[Listed],
    checks: Mapping[str, tuple[str, int]],
    previous: str | None,
) -> str:
    """Turtle about a release and its files.

    Parameters
    ----------
    checks : Mapping[str, tuple[str, int]]
        SHA-256 and size in bytes by path.
    previous : str | None
        Hash of the release before.
    """
    base = catalogue.prefixes.iris["framework"].removesuffix("id/") + "release/"
    prefixes = Prefixes(
        {**catalogue.prefixes.iris, "release": base, "spdx": _SPDX, "media": _MEDIA}
    )
    graph = Graph(bind_namespaces="none")
    series = URIRef(prefixes.expand("graph:provenance"))
    release = URIRef(base + catalogue.release)

    def say(subject: Node, predicate: Node, *values: Node) -> None:
        for value in values:
            graph.add((subject, predicate, value))

    dates = sorted(a.date for a in catalogue.alignments.values() if a.date)
    say(series, RDF.type, DCAT.DatasetSeries)
    say(series, DCTERMS.title, Literal("Competency crosswalk", lang="en"))
    say(release, RDF.type, DCAT.Dataset, URIRef(_VOID + "Dataset"), URIRef(_PROV + "Entity"))
    title = f"Competency crosswalk, release {catalogue.release[:12]}"
    say(release, DCTERMS.title, Literal(title, lang="en"))
    say(release, DCTERMS.license, URIRef(_BY))
    say(release, DCTERMS.creator, URIRef(prefixes.expand("agent:project")))
    say(release, DCTERMS.identifier, Literal(f"sha256:{catalogue.release}"))
    say(release, DCAT.version, Literal(catalogue.release))
    say(release, DCAT.inSeries, series)
    say(release, URIRef(_PROV + "specializationOf"), series)
    if dates:
        say(release, DCTERMS.modified, Literal(dates[-1], datatype=XSD.date))
    if previous:
        say(release, DCAT.previousVersion, URIRef(base + previous))
        say(release, URIRef(_PROV + "wasRevisionOf"), URIRef(base + previous))
    for name in ("framework", "crosswalk"):
        held = catalogue.frameworks if name == "framework" else catalogue.crosswalks
        for key in held:
            say(release, DCTERMS.hasPart, URIRef(prefixes.expand(f"{name}:{key}")))
    for crosswalk in catalogue.crosswalks.values():
        linkset = URIRef(prefixes.expand(f"crosswalk:{crosswalk.id}"))
        say(release, URIRef(_VOID + "subset"), linkset)
        say(linkset, RDF.type, URIRef(_VOID + "Linkset"))
        for role, end in (
            ("subjectsTarget", crosswalk.subject_framework),
            ("objectsTarget", crosswalk.object_framework),
        ):
            say(linkset, URIRef(_VOID + role), URIRef(prefixes.expand(f"framework:{end}")))
    for file in files:
        digest, size = checks[file.path]
        distribution = URIRef(f"{base}{catalogue.release}/{quote(file.path)}")
        checksum = URIRef(f"{distribution}#checksum")
        say(release, DCAT.distribution, distribution)
        say(distribution, RDF.type, DCAT.Distribution)
        say(distribution, DCTERMS.title, Literal(file.path))
        say(distribution, RDFS.comment, Literal(file.about, lang="en"))
        say(distribution, DCTERMS.subject, URIRef(prefixes.expand(file.subject)))
        say(distribution, DCAT.downloadURL, distribution)
        say(distribution, DCAT.mediaType, URIRef(_MEDIA + file.media_type))
        say(distribution, DCAT.byteSize, Literal(size, datatype=XSD.nonNegativeInteger))
        say(distribution, URIRef(_SPDX + "checksum"), checksum)
        say(checksum, RDF.type, URIRef(_SPDX + "Checksum"))
        algorithm = URIRef(_SPDX + "checksumAlgorithm_sha256")
        say(checksum, URIRef(_SPDX + "algorithm"), algorithm)
        value = Literal(digest, datatype=XSD.hexBinary)
        say(checksum, URIRef(_SPDX + "checksumValue"), value)
    return write_turtle(graph, prefixes, banner=f"{title}.")
