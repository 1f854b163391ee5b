"""The slots of SSSOM: which there are, and what each may hold.

Source: the LinkML schema of SSSOM 1.1 (`src/sssom_schema/schema/sssom_schema.yaml`), which is the
authority on the model (`spec-model.md`). Slots that came with 1.1 are in `ADDED_IN_1_1`.
"""

from __future__ import annotations

from typing import Final

#: Prefixes that every reader knows (`spec-intro.md`, "IRI prefixes").
BUILT_IN: Final = {
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

#: Also in use without declaration; as a property or type of an extension only.
LINKML: Final = {"linkml": "https://w3id.org/linkml/"}

#: Slots of a mapping, in the order of the schema, which is that of the columns.
MAPPING_SLOTS: Final = (
    "record_id", "subject_id", "subject_label", "subject_category", "predicate_id",
    "predicate_label", "predicate_modifier", "object_id", "object_label", "object_category",
    "mapping_justification", "author_id", "author_label", "reviewer_id", "reviewer_label",
    "creator_id", "creator_label", "license", "subject_type", "subject_source",
    "subject_source_version", "object_type", "object_source", "object_source_version",
    "predicate_type", "mapping_provider", "mapping_source", "mapping_cardinality",
    "cardinality_scope", "mapping_tool", "mapping_tool_id", "mapping_tool_version", "mapping_date",
    "publication_date", "review_date", "confidence", "reviewer_agreement", "curation_rule",
    "curation_rule_text", "subject_match_field", "object_match_field", "match_string",
    "subject_preprocessing", "object_preprocessing", "similarity_score", "similarity_measure",
    "see_also", "issue_tracker_item", "other", "comment",
)  # fmt: skip

#: Slots of a mapping set, in the order of the schema; `curie_map` comes first in a file.
SET_SLOTS: Final = (
    "curie_map", "sssom_version", "mapping_set_id", "mapping_set_version", "mapping_set_source",
    "mapping_set_title", "mapping_set_description", "mapping_set_confidence", "creator_id",
    "creator_label", "license", "subject_type", "subject_source", "subject_source_version",
    "object_type", "object_source", "object_source_version", "predicate_type", "mapping_provider",
    "cardinality_scope", "mapping_tool", "mapping_tool_id", "mapping_tool_version", "mapping_date",
    "publication_date", "subject_match_field", "object_match_field", "subject_preprocessing",
    "object_preprocessing", "similarity_measure", "curation_rule", "curation_rule_text",
    "see_also", "issue_tracker", "other", "comment", "extension_definitions",
)  # fmt: skip

#: A value of the set that is meant for each of its mappings.
PROPAGATED: Final = frozenset({
    "subject_type", "subject_source", "subject_source_version", "object_type", "object_source",
    "object_source_version", "predicate_type", "mapping_provider", "cardinality_scope",
    "mapping_tool", "mapping_tool_id", "mapping_tool_version", "mapping_date",
    "subject_match_field", "object_match_field", "subject_preprocessing", "object_preprocessing",
    "similarity_measure", "curation_rule", "curation_rule_text",
})  # fmt: skip

MULTIVALUED: Final = frozenset({
    "author_id", "author_label", "reviewer_id", "reviewer_label", "creator_id", "creator_label",
    "cardinality_scope", "curation_rule", "curation_rule_text", "subject_match_field",
    "object_match_field", "match_string", "subject_preprocessing", "object_preprocessing",
    "see_also", "mapping_set_source",
})  # fmt: skip

ADDED_IN_1_1: Final = frozenset({
    "sssom_version", "record_id", "predicate_type", "cardinality_scope", "mapping_tool_id",
    "review_date", "reviewer_agreement", "mapping_set_confidence",
})  # fmt: skip

#: CURIEs (type EntityReference).
REFERENCES: Final = frozenset({
    "record_id", "subject_id", "predicate_id", "object_id", "mapping_justification", "author_id",
    "reviewer_id", "creator_id", "subject_source", "object_source", "mapping_source",
    "mapping_tool_id", "curation_rule", "subject_match_field", "object_match_field",
    "subject_preprocessing", "object_preprocessing", "issue_tracker_item",
})  # fmt: skip

#: Addresses with a scheme (type NonRelativeURI).
ADDRESSES: Final = frozenset({
    "license", "mapping_provider", "see_also", "mapping_set_id", "mapping_set_source",
    "issue_tracker",
})  # fmt: skip

DATES: Final = frozenset({"mapping_date", "publication_date", "review_date"})

#: Numbers, with the least and the most that each may be.
NUMBERS: Final = {
    "confidence": (0.0, 1.0),
    "similarity_score": (0.0, 1.0),
    "mapping_set_confidence": (0.0, 1.0),
    "reviewer_agreement": (-1.0, 1.0),
}

_TYPES: Final = (
    "owl class", "owl object property", "owl data property", "owl annotation property",
    "owl named individual", "skos concept", "rdfs resource", "rdfs class", "rdfs literal",
    "rdfs datatype", "rdf property", "composed entity expression",
)  # fmt: skip

#: Slots with a closed list of values.
CHOICES: Final = {
    "predicate_modifier": ("Not",),
    "mapping_cardinality": ("1:1", "1:n", "n:1", "n:n", "1:0", "0:1", "0:0"),
    "subject_type": _TYPES,
    "object_type": _TYPES,
    "predicate_type": tuple(
        t for t in _TYPES if t not in ("rdfs literal", "composed entity expression")
    ),
    "sssom_version": ("1.0", "1.1"),
}

LITERAL: Final = "rdfs literal"
NO_TERM: Final = BUILT_IN["sssom"] + "NoTermFound"
