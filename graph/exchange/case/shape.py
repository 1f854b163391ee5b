"""Which members the classes of CASE have, and what is wrong with a package.

The facts are those of the information model of CASE 1.1 and of its JSON binding; the check accepts
what providers in use send beside it (OpenSALT, OpenCASE): `null` for a member that is absent,
members that only stand-alone objects should have, and whole numbers between quotation marks.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from graph.model import Finding

#: Types of association, without the `ext:` that anybody may add. The last one is new in 1.1.
ASSOCIATION_TYPES: Final = (
    "isChildOf", "isPeerOf", "isPartOf", "exactMatchOf", "precedes", "isRelatedTo", "replacedBy",
    "exemplar", "hasSkillLevel", "isTranslationOf",
)  # fmt: skip

EXTENDED: Final = re.compile(r"ext:[A-Za-z0-9._-]+\Z")
_NUMERAL: Final = re.compile(r"-?[0-9]{1,9}\Z", re.ASCII)
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)

_COMMON: Final = "identifier:uuid! uri:uri! lastChangeDateTime:moment! extensions:free"

#: Members by class: `name:kind`, and `!` where the standard requires it. `*` is a list of a kind;
#: a kind with a capital is a class. Members of stand-alone objects only are in `STANDALONE`.
_MEMBERS: Final = {
    "CFPackage": (
        "CFDocument:CFDocument! CFItems:CFItem* CFAssociations:CFAssociation*"
        " CFDefinitions:CFDefinition CFRubrics:CFRubric* extensions:free"
    ),
    "CFDocument": (
        f"{_COMMON} creator:text! title:text! frameworkType:text caseVersion:text"
        " officialSourceURL:uri publisher:text description:text subject:text* subjectURI:LinkURI*"
        " language:text version:text adoptionStatus:text statusStartDate:date statusEndDate:date"
        " licenseURI:LinkURI notes:text"
    ),
    "CFItem": (
        f"{_COMMON} fullStatement:text! alternativeLabel:text CFItemType:text"
        " humanCodingScheme:text listEnumeration:text abbreviatedStatement:text"
        " conceptKeywords:text* conceptKeywordsURI:LinkURI notes:text subject:text*"
        " subjectURI:LinkURI* language:text educationLevel:text* CFItemTypeURI:LinkURI"
        " licenseURI:LinkURI statusStartDate:date statusEndDate:date"
    ),
    "CFAssociation": (
        f"{_COMMON} associationType:relation! sequenceNumber:integer originNodeURI:LinkGenURI!"
        " destinationNodeURI:LinkGenURI! CFAssociationGroupingURI:LinkURI notes:text"
    ),
    "CFDefinition": (
        "CFConcepts:CFConcept* CFSubjects:CFSubject* CFLicenses:CFLicense* CFItemTypes:CFItemType*"
        " CFAssociationGroupings:CFAssociationGrouping* extensions:free"
    ),
    "CFConcept": (
        f"{_COMMON} title:text! hierarchyCode:text! keywords:text description:text"
    ),
    "CFSubject": f"{_COMMON} title:text! hierarchyCode:text! description:text",
    "CFItemType": (
        f"{_COMMON} title:text! description:text! hierarchyCode:text! typeCode:text"
    ),
    "CFLicense": f"{_COMMON} title:text! licenseText:text! description:text",
    "CFAssociationGrouping": f"{_COMMON} title:text! description:text",
    "CFRubric": f"{_COMMON} title:text description:text CFRubricCriteria:CFRubricCriterion*",
    "CFRubricCriterion": (
        f"{_COMMON} category:text description:text CFItemURI:LinkURI weight:number"
        " position:integer rubricId:uuid CFRubricCriterionLevels:CFRubricCriterionLevel*"
    ),
    "CFRubricCriterionLevel": (
        "identifier:uuid! uri:uri! lastChangeDateTime:moment! extensions:free* description:text"
        " quality:text score:number feedback:text position:integer rubricCriterionId:uuid"
    ),
    "LinkURI": "title:text! identifier:uuid! uri:uri!",
    "LinkGenURI": "title:text! identifier:text! uri:uri! targetType:text",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a class.

    Attributes
    ----------
    kind : str
        A simple kind, or the name of a class.
    """

    kind: str
    listed: bool
    required: bool


def _members(text: str) -> dict[str, Member]:
    found = {}
    for part in text.split():
        name, _, kind = part.partition(":")
        found[name] = Member(kind.rstrip("!*"), "*" in kind, kind.endswith("!"))
    return found


CLASSES: Final = {name: _members(text) for name, text in _MEMBERS.items()}

#: What an object has beside, when it is served outside a package.
STANDALONE: Final = {
    "CFDocument": {"CFPackageURI": Member("LinkURI", listed=False, required=True)},
    "CFItem": {"CFDocumentURI": Member("LinkURI", listed=False, required=True)},
    "CFAssociation": {"CFDocumentURI": Member("LinkURI", listed=False, required=False)},
}

#: Classes whose required members cannot be missing: nothing could be read without them. What is
#: missing from the others is noted, since providers in use leave much of it out.
_STRICT: Final = frozenset({"CFPackage", "CFDocument", "CFItem", "CFAssociation"})

_KINDS: Final[dict[str, tuple[type | tuple[type, ...], str]]] = {
    "text": (str, "a text"),
    "uri": (str, "a URI"),
    "uuid": (str, "a UUID, 8-4-4-4-12 hexadecimal digits"),
    "moment": (str, "a date and time like 2026-11-26T00:00:00Z"),
    "date": (str, "a date like 2026-11-26"),
    "relation": (str, f"one of {', '.join(ASSOCIATION_TYPES)}, or ext: and a name"),
    "integer": (int, "a whole number"),
    "number": ((int, float), "a number"),
    "free": (dict, "an object"),
}


@dataclass
class Check:
    """What a look over a package found.

    Attributes
    ----------
    findings : list[Finding]
        What makes it unreadable. JSON has no lines of its own: each message begins with the place
        inside the document, and the line is 1.
    notes : Counter[str]
        What is otherwise than the standard has it, with how often.
    """

    name: str
    findings: list[Finding] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    def find(self, place: str, message: str) -> None:
        """Take down something that is wrong."""
        self.findings.append(Finding(self.name, 1, f"{place}: {message}"))

    def look(self, value: Any, class_: str, place: str) -> None:
        """An object and everything in it."""
        if not isinstance(value, dict):
            self.find(place, "is no object; write one between braces")
            return
        members = CLASSES[class_]
        for name, member in members.items():
            if value.get(name) is None:
                self._miss(value, class_, name, member, place)
            elif member.kind == "integer" and whole_number(value[name]) != value[name]:
                self.notes[f"{class_}.{name} is a text; read as the number that it shows"] += 1
            else:
                self._look_member(value[name], member, f"{place}.{name}")
        beside = STANDALONE.get(class_, {})
        for name in value.keys() - members.keys():
            where = "stands in objects outside packages only" if name in beside else "is unknown"
            self.notes[f"{class_}.{name} {where}; kept as it is"] += 1

    def _miss(
        self, value: dict[str, Any], class_: str, name: str, member: Member, place: str
    ) -> None:
        if member.required and class_ in _STRICT:
            self.find(place, f"{name} is missing; CASE requires it")
        elif member.required and class_ == "LinkGenURI" and name == "identifier":
            self.find(place, "identifier is missing; nothing else names the node")
        elif member.required:
            self.notes[f"{class_}.{name} is missing, though CASE requires it"] += 1
        elif name in value:
            self.notes[f"{class_}.{name} is null; read as absent"] += 1

    def _look_member(self, value: Any, member: Member, place: str) -> None:
        if member.listed:
            if not isinstance(value, list):
                self.find(place, "is no list; write its values between square brackets")
                return
            for index, item in enumerate(value):
                self._look_value(item, member.kind, f"{place}[{index}]")
        else:
            self._look_value(value, member.kind, place)

    def _look_value(self, value: Any, kind: str, place: str) -> None:
        if kind in CLASSES:
            self.look(value, kind, place)
            return
        type_, wanted = _KINDS[kind]
        if not isinstance(value, type_) or isinstance(value, bool) or not _fits(value, kind):
            shown = repr(value) if len(repr(value)) <= 80 else f"{repr(value)[:80]}…"
            self.find(place, f"{shown} is not {wanted}")


def _fits(value: Any, kind: str) -> bool:
    if kind == "uuid":
        return bool(_UUID.match(value))
    if kind == "relation":
        return value in ASSOCIATION_TYPES or bool(EXTENDED.match(value))
    if kind == "uri":
        return bool(value) and not any(c.isspace() for c in value)
    if kind in ("moment", "date"):
        try:
            (datetime if kind == "moment" else date).fromisoformat(value)
        except ValueError:
            return False
    return True


def whole_number(value: Any) -> Any:
    """The number that a text like "20" shows, as OpenSALT has written some; else the value."""
    return int(value) if isinstance(value, str) and _NUMERAL.match(value) else value


def conform(value: dict[str, Any], class_: str) -> dict[str, Any]:
    """An object as the standard has it: no nulls, no members of others, numbers as numbers."""
    found: dict[str, Any] = {}
    for name, member in CLASSES[class_].items():
        inner = value.get(name)
        if inner is None:
            continue
        if member.kind in CLASSES:
            one = [conform(item, member.kind) for item in (inner if member.listed else [inner])]
            found[name] = one if member.listed else one[0]
        elif member.kind == "integer":
            found[name] = whole_number(inner)
        else:
            found[name] = inner
    return found
