"""The content of the crosswalk: data, no code. The file makes `files("ontology")` a real folder."""
