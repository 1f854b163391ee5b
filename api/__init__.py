"""The query service: SPARQL and JSON over HTTP."""
