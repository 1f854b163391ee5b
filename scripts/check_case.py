"""Validate a CASE provider, and the packages of files, against the official schemas of CASE 1.1.

    python scripts/check_case.py SCHEMA OPENAPI ADDRESS [FILE …]

SCHEMA is 1EdTech's JSON Schema of a CFPackage (`case_v1p1_cfpackage-jsonschema1.json`), OPENAPI its
OpenAPI file (`imscasev1p1_openapi3_v1p0.json`). Their license lets nobody publish copies: get them
from 1EdTech. ADDRESS is that of a running service. Every object of every package is asked for, each
answer is validated, errors too, and the discovery file is compared with the official one.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import jsonschema

_UNKNOWN = "00000000-0000-4000-8000-000000000000"


class Checker:
    """Official schemas, and a count of what they accepted."""

    def __init__(self, schema: dict[str, Any], openapi: dict[str, Any]) -> None:
        self._openapi = openapi
        formats = jsonschema.FormatChecker()
        self._package = jsonschema.Draft201909Validator(schema, format_checker=formats)
        self._types: dict[str, Any] = {}
        self.accepted: Counter[str] = Counter()
        self.faults: list[str] = []

    def package(self, value: Any, where: str) -> None:
        """A package by the JSON Schema."""
        self._take("JSON Schema CFPackage", self._package, value, where)

    def type(self, name: str, value: Any, where: str) -> None:
        """A value by a type of the OpenAPI file, whose dialect of JSON Schema draft 4 suffices."""
        if name not in self._types:
            document = {"$ref": f"#/components/schemas/{name}", **self._openapi}
            formats = jsonschema.FormatChecker()
            self._types[name] = jsonschema.Draft202012Validator(document, format_checker=formats)
        self._take(f"OpenAPI {name}", self._types[name], value, where)

    def _take(self, what: str, validator: Any, value: Any, where: str) -> None:
        faults = [
            f"{where}: {e.json_path}: {e.message[:200]}" for e in validator.iter_errors(value)
        ]
        self.faults += faults
        self.accepted[what] += not faults


def main() -> int:
    """Print what was accepted and every fault; 1 if there is one."""
    schema, openapi, address, *files = sys.argv[1:]
    official = json.loads(Path(openapi).read_text(encoding="utf-8"))
    checker = Checker(json.loads(Path(schema).read_text(encoding="utf-8")), official)
    for name in files:
        checker.package(json.loads(Path(name).read_text(encoding="utf-8")), name)
    with httpx2.Client(base_url=f"{address.rstrip('/')}/ims/case/v1p1/", timeout=60) as client:
        _walk(client, checker, official)
        _compare(client.get("discovery/imscasev1p1_openapi3_v1p0.json").json(), official, checker)
    for what, count in sorted(checker.accepted.items()):
        sys.stdout.write(f"{count:6} accepted by {what}\n")
    for fault in checker.faults:
        sys.stdout.write(f"{fault}\n")
    return int(bool(checker.faults))


def _walk(client: httpx2.Client, checker: Checker, official: dict[str, Any]) -> None:
    """Every object of every package, by the type that the official file gives its path."""
    types = {
        path: next(iter(methods["get"]["responses"]["200"]["content"].values()))["schema"]["$ref"]
        for path, methods in official["paths"].items()
    }

    def get(path: str, status: int = 200) -> Any:
        response = client.get(path)
        kind, _, key = path.partition("?")[0].partition("/")
        name = types[f"/{kind}/{{sourcedId}}" if key else f"/{kind}"].rpartition("/")[2]
        checker.type(name if status == 200 else "imsx_StatusInfoDType", response.json(), path)
        if response.status_code != status:
            checker.faults.append(f"{path}: answered {response.status_code}")
        return response.json()

    for document in get("CFDocuments")["CFDocuments"]:
        package = get(f"CFPackages/{document['identifier']}")
        checker.package(package, document["title"])
        definitions = package.get("CFDefinitions", {})
        for kind, records in (
            ("CFDocuments", [document]),
            ("CFItems", package.get("CFItems", [])),
            ("CFItemAssociations", package.get("CFItems", [])),
            ("CFAssociations", package.get("CFAssociations", [])),
            ("CFRubrics", package.get("CFRubrics", [])),
            *definitions.items(),
        ):
            for record in records if kind != "extensions" else ():
                get(f"{kind}/{record['identifier']}")
    for path in types:
        if "{" in path:
            get(path[1:].replace("{sourcedId}", _UNKNOWN), 404)
            get(path[1:].replace("{sourcedId}", "no-uuid"), 404)
    get("CFDocuments?filter=nothing='x'", 400)
    get("CFDocuments?fields=", 400)


def _compare(ours: dict[str, Any], official: dict[str, Any], checker: Checker) -> None:
    """Operations, parameters, and members of every type that both files have."""

    def operations(document: dict[str, Any]) -> dict[str, Any]:
        return {
            path: (
                methods["get"]["operationId"],
                sorted(parameter["name"] for parameter in methods["get"].get("parameters", ())),
                methods["get"]["responses"]["200"]["content"],
            )
            for path, methods in document["paths"].items()
        }

    def members(schema: dict[str, Any]) -> Any:
        return (
            sorted(schema.get("properties", {})),
            sorted(schema.get("required", ())),
            schema.get("additionalProperties"),
        )

    if operations(ours) != operations(official):
        checker.faults.append("the discovery file has other operations than the official one")
    mine, theirs = ours["components"]["schemas"], official["components"]["schemas"]
    for name, schema in sorted(theirs.items()):
        if name.endswith("ExtensionDType"):
            continue  # an open object; the discovery file writes it in place
        if name not in mine or members(mine[name]) != members(schema):
            checker.faults.append(f"the discovery file has another {name} than the official one")
        else:
            checker.accepted["comparison of the discovery files"] += 1


if __name__ == "__main__":
    sys.exit(main())
