"""The named questions as SPARQL: data, no code. The file makes `files("queries")` a real folder."""
