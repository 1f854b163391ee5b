"""What the CASE provider answers, as an OpenAPI 3.0 document under the name that CASE gives it.

The binding asks a provider to serve its own official file, localised. That file is not ours to
publish; this document is our own description of the same operations, made from the table of
members that the provider itself uses (`graph.exchange.case.shape`). Names of operations and schemas
are those of the binding, so that code made from either file fits the other.
"""

from __future__ import annotations

from typing import Any, Final

from graph.exchange.case.identity import BASE_PATH
from graph.exchange.case.shape import ASSOCIATION_TYPES, CLASSES, STANDALONE, Member

DISCOVERY: Final = "discovery/imscasev1p1_openapi3_v1p0.json"

#: Minor codes of an error.
MINOR_CODES: Final = (
    "forbidden", "fullsuccess", "internal_server_error", "invalid_selection_field",
    "invalid_sort_field", "invalid_uuid", "server_busy", "unauthorised_request", "unknownobject",
)  # fmt: skip

_SIMPLE: Final[dict[str, dict[str, Any]]] = {
    "text": {"type": "string"},
    "uri": {"type": "string", "format": "uri"},
    "uuid": {
        "type": "string",
        "pattern": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    },
    "moment": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "free": {"type": "object"},
    "relation": {
        "oneOf": [
            {"type": "string", "enum": list(ASSOCIATION_TYPES)},
            {"type": "string", "pattern": "^ext:[a-zA-Z0-9.\\-_]+$"},
        ]
    },
}

#: Classes that look otherwise inside a package than by themselves.
_TWO_FORMS: Final = ("CFDocument", "CFItem", "CFAssociation")

#: Operation, summary and schema by first part of the path.
_OPERATIONS: Final = {
    "CFDocuments": ("getCFDocument", "One document", "CFDocument"),
    "CFPackages": ("getCFPackage", "A whole framework or crosswalk", "CFPackage"),
    "CFItems": ("getCFItem", "One item", "CFItem"),
    "CFItemAssociations": (
        "getCFItemAssociations",
        "An item with all associations at either end",
        "CFAssociationSet",
    ),
    "CFAssociations": ("getCFAssociation", "One association", "CFAssociation"),
    "CFAssociationGroupings": (
        "getCFAssociationGrouping",
        "One grouping of associations",
        "CFAssociationGrouping",
    ),
    "CFConcepts": ("getCFConcept", "A concept and those below it", "CFConceptSet"),
    "CFSubjects": ("getCFSubject", "A subject and those below it", "CFSubjectSet"),
    "CFItemTypes": ("getCFItemType", "A kind of item and those below it", "CFItemTypeSet"),
    "CFLicenses": ("getCFLicense", "One license", "CFLicense"),
    "CFRubrics": ("getCFRubric", "One rubric with its criteria", "CFRubric"),
}

_PARAMETERS: Final = (
    ("limit", {"type": "integer", "minimum": 1, "default": 100}, "Most documents to answer with."),
    ("offset", {"type": "integer", "minimum": 0, "default": 0}, "Documents to pass over first."),
    ("sort", {"type": "string"}, "Field to sort by; another order than the default if it exists."),
    ("orderBy", {"type": "string", "enum": ["asc", "desc"]}, "Way to sort."),
    (
        "filter",
        {"type": "string"},
        "field, one of = != > >= < <= ~, and 'value'; two of these joined by AND or OR.",
    ),
    (
        "fields",
        {"type": "array", "items": {"type": "string"}},
        "Names of the members to answer with, joined by commas.",
    ),
)


def description(base: str) -> dict[str, Any]:
    """The document.

    Parameters
    ----------
    base : str
        Address of the service as clients know it; empty: as they asked for the document.
    """
    paths = {f"/{name}/{{sourcedId}}": {"get": _one(name)} for name in _OPERATIONS}
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Competency crosswalk as a provider of 1EdTech CASE 1.1",
            "version": "1.1",
            "description": (
                "Frameworks and crosswalks as CASE packages; read only and open to everybody. "
                "This is this provider's own description of what it answers. The standard and "
                "its official OpenAPI file are at https://www.imsglobal.org/spec/case/v1p1"
            ),
            "license": {
                "name": "CC BY 4.0",
                "url": "https://creativecommons.org/licenses/by/4.0/",
            },
        },
        "servers": [{"url": f"{base}/{BASE_PATH}"}],
        "paths": {"/CFDocuments": {"get": _all_documents()}, **dict(sorted(paths.items()))},
        "components": {"schemas": schemas()},
    }


def _all_documents() -> dict[str, Any]:
    operation = _operation("getAllCFDocuments", "All documents", "CFDocumentSet")
    operation["responses"]["200"]["headers"] = {
        "X-Total-Count": {
            "description": "how many documents pass the filter",
            "schema": {"type": "integer"},
        },
        "Link": {
            "description": "other pages: first, prev, next, last (RFC 8288)",
            "schema": {"type": "string"},
        },
    }
    operation["parameters"] = [
        {"name": name, "in": "query", "required": False, "description": about, "schema": schema}
        | ({"style": "form", "explode": False} if name == "fields" else {})
        for name, schema, about in _PARAMETERS
    ]
    return operation


def _one(name: str) -> dict[str, Any]:
    operation = _operation(*_OPERATIONS[name])
    operation["parameters"] = [
        {
            "name": "sourcedId",
            "in": "path",
            "required": True,
            "description": "the identifier, a UUID",
            "schema": {"type": "string"},
        }
    ]
    return operation


def _operation(name: str, summary: str, schema: str) -> dict[str, Any]:
    def content(of: str) -> dict[str, Any]:
        return {"application/json": {"schema": {"$ref": f"#/components/schemas/{of}DType"}}}

    failures = {
        "400": "a parameter cannot be followed",
        "404": "there is no such object, or the identifier is no UUID",
        "429": "too many requests at once; Retry-After says when to come again",
        "500": "a fault of the service; it was logged",
    }
    if name != "getAllCFDocuments":
        del failures["400"]
    return {
        "operationId": name,
        "summary": summary,
        "responses": {
            "200": {"description": summary, "content": content(schema)},
            **{
                status: {"description": about, "content": content("imsx_StatusInfo")}
                for status, about in failures.items()
            },
        },
    }


# ---- schemas -----------------------------------------------------------------------------


def schemas() -> dict[str, Any]:
    """A JSON Schema for each class, closed: what is not named is not answered."""
    found = {}
    for name, members in CLASSES.items():
        inside = name.replace("CF", "CFPckg", 1) if name in _TWO_FORMS else name
        found[f"{inside}DType"] = _object(name, members)
        if name in _TWO_FORMS:
            found[f"{name}DType"] = _object(name, members | STANDALONE[name])
    for name, inner in (
        ("CFDocument", "CFDocument"),
        ("CFConcept", "CFConcept"),
        ("CFSubject", "CFSubject"),
        ("CFItemType", "CFItemType"),
    ):
        found[f"{name}SetDType"] = _closed({f"{name}s": _list(_reference(inner))}, [f"{name}s"])
    found["CFAssociationSetDType"] = _closed(
        {
            "CFItem": _reference("CFItem"),
            "CFAssociations": _list(_reference("CFPckgAssociation")),
        },
        ["CFItem", "CFAssociations"],
    )
    return dict(sorted((found | _errors()).items()))


def _object(name: str, members: dict[str, Member]) -> dict[str, Any]:
    properties = {key: _property(name, key, member) for key, member in members.items()}
    return _closed(properties, [key for key, member in members.items() if member.required])


def _property(class_: str, name: str, member: Member) -> dict[str, Any]:
    if name == "caseVersion":
        return {"type": "string", "enum": ["1.1"]}
    if name == "targetType":
        pattern = {"type": "string", "pattern": "^ext:[a-zA-Z0-9.\\-_]+$"}
        return {"oneOf": [{"type": "string", "enum": ["CASE"]}, pattern]}
    if member.kind in CLASSES:
        packed = class_ == "CFPackage" and member.kind in _TWO_FORMS
        schema = _reference(member.kind.replace("CF", "CFPckg", 1) if packed else member.kind)
    else:
        schema = dict(_SIMPLE[member.kind])
    return _list(schema) if member.listed else schema


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}DType"}


def _list(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


def _closed(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": required} if required else {})


def _errors() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "imsx_StatusInfoDType": _closed(
            {
                "imsx_codeMajor": {
                    "type": "string",
                    "enum": ["failure", "processing", "success", "unsupported"],
                },
                "imsx_severity": {"type": "string", "enum": ["error", "status", "warning"]},
                "imsx_description": text,
                "imsx_codeMinor": _reference("imsx_CodeMinor"),
            },
            ["imsx_codeMajor", "imsx_severity"],
        ),
        "imsx_CodeMinorDType": _closed(
            {"imsx_codeMinorField": _list(_reference("imsx_CodeMinorField"))},
            ["imsx_codeMinorField"],
        ),
        "imsx_CodeMinorFieldDType": _closed(
            {
                "imsx_codeMinorFieldName": text,
                "imsx_codeMinorFieldValue": {"type": "string", "enum": list(MINOR_CODES)},
            },
            ["imsx_codeMinorFieldName", "imsx_codeMinorFieldValue"],
        ),
    }
