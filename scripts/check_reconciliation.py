"""Hold a running reconciliation service against the JSON Schemas of its specification.

    python scripts/check_reconciliation.py SCHEMAS URL

SCHEMAS is the folder `0.2/schemas` of https://github.com/reconciliation-api/specs, which no package
ships; URL is the address of a service, as http://127.0.0.1:8000/reconcile. Needs `jsonschema`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

#: A definition of Swagger that the manifest refers to; a service without log-in has no use for it.
_SWAGGER = "http://swagger.io/v2/schema.json"


def read(url: str, **form: Any) -> Any:
    """JSON of an address; with a form, of a POST."""
    data = urlencode({k: json.dumps(v) for k, v in form.items()}).encode() if form else None
    with urlopen(url, data) as answer:
        return json.load(answer)


def main(schemas: Path, url: str) -> int:
    """Check every kind of request and answer; 0 if all are as the schemas have them."""
    documents = {path.name: json.loads(path.read_text()) for path in schemas.glob("*.json")}
    resources = [
        (document["$id"], Resource(document, DRAFT202012))
        for document in documents.values()
        if "$id" in document
    ]
    empty = {"definitions": {"securityDefinitions": {"additionalProperties": {}}}}
    resources.append((_SWAGGER, Resource(empty, DRAFT202012)))
    registry = Registry().with_resources(resources)
    manifest = read(url)
    types = [type_["id"] for type_ in manifest["defaultTypes"]]
    queries = {
        f"q{n}": {"query": text, "type": type_, "type_strict": "should", "limit": 100}
        for n, (text, type_) in enumerate(
            zip(("assess needs", "Facilitation", "x"), types, strict=False)
        )
    }
    queries["p"] = {"properties": [{"pid": "code", "v": ["7", {"id": "8"}]}]}
    found = read(url, queries=queries)
    extend = manifest["extend"]["propose_properties"]
    proposed = read(f"{extend['service_url']}{extend['service_path']}?type={types[0]}&limit=50")
    asked = {
        "ids": [hit["id"] for row in found.values() for hit in row["result"]] + ["none:1"],
        "properties": [{"id": property_["id"]} for property_ in proposed["properties"]],
    }
    asked["ids"] = asked["ids"][: manifest["batchSize"]]
    checked = {
        "manifest": manifest,
        "reconciliation-query-batch": queries,
        "reconciliation-result-batch": found,
        "data-extension-property-proposal": proposed,
        "data-extension-query": asked,
        "data-extension-response": read(url, extend=asked),
    }
    for kind, name in (("entity", "entities"), ("type", "types"), ("property", "properties")):
        service = manifest["suggest"][kind]
        address = f"{service['service_url']}{service['service_path']}?prefix=a"
        checked[f"suggest-{name}-response"] = read(address)
    faults = 0
    for name, document in checked.items():
        validator = Draft202012Validator(documents[f"{name}.json"], registry=registry)
        errors = [*validator.iter_errors(document)]
        faults += len(errors)
        print(f"{name}: {len(errors)} faults", *(e.message for e in errors[:3]), sep="\n  ")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
