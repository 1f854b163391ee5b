"""A provider of 1EdTech CASE 1.1: every object by its identifier, found once per release.

Only what the standard has is served: packages that were imported lose, here and not in their
export, members of others and nulls. Errors are the standard's `imsx_StatusInfo` in place of our
problem documents, since that is what a consumer of CASE reads.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from api.answer import Answer
from api.case_openapi import DISCOVERY, description
from api.case_query import CaseError, Listing
from graph.exchange import Selection
from graph.exchange.case.identity import BASE_PATH, address, link
from graph.exchange.case.package import Nodes, unwrapped
from graph.exchange.case.shape import conform
from graph.exchange.case.writing import crosswalk_package, framework_package

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.catalogue import Catalogue

PATH: Final = f"/{BASE_PATH}/"

#: Objects of a definition, and whether asking for one brings those below it in its hierarchy.
_DEFINITIONS: Final = {
    "CFConcepts": True,
    "CFSubjects": True,
    "CFItemTypes": True,
    "CFLicenses": False,
    "CFAssociationGroupings": False,
}

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass
class CaseProvider:
    """All objects of a release by kind of address and identifier.

    Where two packages bring one identifier, the first counts: ours, by name, before crosswalks.

    Attributes
    ----------
    documents : list[dict[str, Any]]
        All CFDocuments, by title.
    objects : dict[str, dict[str, Any]]
        What each path answers: by the first part of the path, then by identifier.
    """

    documents: list[dict[str, Any]] = field(default_factory=list)
    objects: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def over(cls, catalogue: Catalogue) -> CaseProvider:
        """Index a release. O(n) in everything that it holds."""
        provider = cls()
        linked: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for package in _packages(catalogue):
            provider._take(catalogue, package, linked)
        provider.documents.sort(key=lambda document: (document["title"], document["identifier"]))
        for key, item in provider.objects["CFItems"].items():
            provider.objects["CFItemAssociations"][key] = {
                "CFItem": item,
                "CFAssociations": linked[key],
            }
        return provider

    def _take(
        self, catalogue: Catalogue, package: dict[str, Any], linked: dict[str, list[dict[str, Any]]]
    ) -> None:
        document = package["CFDocument"]
        key = document["identifier"]
        whole = {
            "title": document["title"],
            "identifier": key,
            "uri": address(catalogue.prefixes, "CFPackages", key),
        }
        known = key in self.objects["CFDocuments"]
        self._put("CFPackages", package, key)
        self._put("CFDocuments", {**document, "CFPackageURI": whole})
        if not known:
            self.documents.append(self.objects["CFDocuments"][key])
        inside = {"CFDocumentURI": link(document, document["title"])}
        for item in package.get("CFItems", ()):
            self._put("CFItems", {**item, **inside})
        for association in package.get("CFAssociations", ()):
            self._put("CFAssociations", {**association, **inside})
            for side in ("originNodeURI", "destinationNodeURI"):
                linked[association[side]["identifier"]].append(association)
        definitions = package.get("CFDefinitions", {})
        for name, nested in _DEFINITIONS.items():
            for record in definitions.get(name, ()):
                below = _below(record, definitions[name]) if nested else []
                answer = {name: [record, *below]} if nested else record
                self._put(name, answer, record["identifier"])
        for rubric in package.get("CFRubrics", ()):
            self._put("CFRubrics", rubric)

    def _put(self, name: str, record: dict[str, Any], key: str = "") -> None:
        self.objects[name].setdefault(key or record["identifier"], record)


def _packages(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Strict packages of all frameworks, then of all crosswalks."""
    frameworks = [
        conform(unwrapped(framework_package(catalogue, framework)), "CFPackage")
        for framework in catalogue.frameworks.values()
    ]
    nodes = Nodes(catalogue)
    crosswalks = [
        crosswalk_package(
            Selection(catalogue, catalogue.by_crosswalk.get(key, []), crosswalk), nodes
        )
        for key, crosswalk in catalogue.crosswalks.items()
    ]
    return [_lower(package) for package in (*frameworks, *crosswalks)]


def _lower(value: Any) -> Any:
    """Identifiers in lower case, as the standard writes them."""
    if isinstance(value, list):
        return [_lower(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: inner.lower()
        if name == "identifier" and _UUID.fullmatch(str(inner).lower())
        else (inner if name == "extensions" else _lower(inner))
        for name, inner in value.items()
    }


def _below(record: dict[str, Any], records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Objects whose hierarchy code continues that of another, in the order of their codes."""
    start = record.get("hierarchyCode")
    below = [r for r in records if start and str(r.get("hierarchyCode")).startswith(f"{start}.")]
    return sorted(below, key=lambda r: (str(r["hierarchyCode"]), r["identifier"]))


# ---- answers -----------------------------------------------------------------------------


def read(
    provider: CaseProvider, path: str, parameters: Sequence[tuple[str, str]], base: str
) -> Answer:
    """Answer a request below `/ims/case/v1p1/`.

    Parameters
    ----------
    path : str
        What follows.
    base : str
        Address of the service as clients know it, without a slash at its end; empty: as they asked.

    Raises
    ------
    CaseError
        If there is no such object, or a parameter of the list cannot be followed.
    """
    if path == "CFDocuments":
        return _documents(provider, parameters)
    if path == DISCOVERY:
        return _json(description(base))
    kind, _, key = path.partition("/")
    if kind not in PATHS or not key:
        raise CaseError(HTTPStatus.NOT_FOUND, "unknownobject", f"nothing is at {PATH}{path}")
    found = provider.objects[kind].get(key.lower())
    if found is None:
        code = "unknownobject" if _UUID.fullmatch(key.lower()) else "invalid_uuid"
        shown = key if code == "unknownobject" else f"{key!r}, which is no UUID"
        raise CaseError(HTTPStatus.NOT_FOUND, code, f"nothing under {kind} has identifier {shown}")
    return _json(found)


#: First parts of paths that take an identifier.
PATHS: Final = (
    "CFDocuments", "CFPackages", "CFItems", "CFItemAssociations", "CFAssociations", "CFRubrics",
    *_DEFINITIONS,
)  # fmt: skip


def _documents(provider: CaseProvider, parameters: Sequence[tuple[str, str]]) -> Answer:
    page = Listing.of(parameters).page(provider.documents, f"{PATH}CFDocuments")
    headers = [("x-total-count", str(page.total))]
    if page.links:
        headers.append(("link", page.links))
    return _json({"CFDocuments": page.records}, tuple(headers))


def _json(value: Any, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    # The standard library's: a package of somebody else may hold numbers past 64 bits.
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Answer(body.encode(), headers=headers)


def moved(path: str, query: str) -> Answer:
    """The same below the address of version 1.1, whose objects have all that 1.0 has."""
    target = PATH + quote(path) + (f"?{query}" if query else "")
    status = HTTPStatus.MOVED_PERMANENTLY
    return Answer(b"", "", status.value, (("location", target),))


def refused(error: CaseError, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """An error as CASE has it (REST binding, `imsx_StatusInfo`)."""
    field_ = {
        "imsx_codeMinorFieldName": "TargetEndSystem",
        "imsx_codeMinorFieldValue": error.code,
    }
    minor = {"imsx_codeMinor": {"imsx_codeMinorField": [field_]}}
    return _status("failure", str(error), error.status, minor, headers)


def unsupported(method: str) -> Answer:
    """A request to change something; CASE has no minor code for it."""
    detail = f"{method} is not for this path; it is read only"
    allow = (("allow", "GET, HEAD, OPTIONS"),)
    return _status("unsupported", detail, HTTPStatus.METHOD_NOT_ALLOWED, {}, allow)


def _status(
    major: str,
    detail: str,
    status: HTTPStatus,
    minor: dict[str, Any],
    headers: tuple[tuple[str, str], ...],
) -> Answer:
    body = {
        "imsx_codeMajor": major,
        "imsx_severity": "error",
        "imsx_description": detail,
        **minor,
    }
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(raw, status=status.value, headers=headers, keep=False)
