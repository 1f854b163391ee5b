"""Terms of SKOS and of the vocabularies that concept schemes use beside it, as IRIs."""

from __future__ import annotations

from typing import Final

from graph.model import Relation

RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
SKOSXL: Final = "http://www.w3.org/2008/05/skos-xl#"
DCTERMS: Final = "http://purl.org/dc/terms/"
DC: Final = "http://purl.org/dc/elements/1.1/"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
SCHEMAS: Final = ("https://schema.org/", "http://schema.org/")

TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

# Where something may stand, best first.
NAMES: Final = (
    f"{DCTERMS}title", f"{SKOS}prefLabel", f"{RDFS}label", f"{DC}title", f"{FOAF}name",
    *(f"{schema}name" for schema in SCHEMAS),
)  # fmt: skip
DESCRIPTIONS: Final = (
    f"{DCTERMS}description", f"{SKOS}definition", f"{DCTERMS}abstract", f"{DC}description",
    f"{RDFS}comment", f"{SKOS}scopeNote",
)  # fmt: skip
LABELS: Final = (f"{SKOS}prefLabel", f"{RDFS}label")
DEFINITIONS: Final = (
    f"{SKOS}definition", f"{SKOS}scopeNote", f"{DCTERMS}description", f"{RDFS}comment",
)  # fmt: skip
PUBLISHERS: Final = (
    f"{DCTERMS}publisher", f"{DC}publisher", f"{DCTERMS}creator", f"{DC}creator",
)  # fmt: skip
DATES: Final = (
    f"{DCTERMS}issued", f"{DCTERMS}created", f"{DCTERMS}modified", f"{DCTERMS}date", f"{DC}date",
)  # fmt: skip
VERSIONS: Final = (
    "http://www.w3.org/2002/07/owl#versionInfo", "http://purl.org/pav/version",
    *(f"{schema}version" for schema in SCHEMAS),
)  # fmt: skip
PAGES: Final = (f"{DCTERMS}source", f"{FOAF}homepage", f"{FOAF}page")
LICENSES: Final = (f"{DCTERMS}license", "http://creativecommons.org/ns#license")

#: A short name that a publisher asks others to use.
PREFIX: Final = "http://purl.org/vocab/vann/preferredNamespacePrefix"

#: The five mapping relations by their IRIs.
MATCHES: Final = {f"{SKOS}{relation.value}Match": relation for relation in Relation}
