"""A CASE package of anybody, resolved: codes, kinds, tree, and which node is which competency."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from graph.bounded import parse_json
from graph.errors import SourcesError
from graph.exchange.case.identity import identifier, own
from graph.exchange.case.shape import Check, whole_number
from graph.exchange.naming import one_line
from graph.model import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.catalogue import Catalogue

#: Ending of the name under which a package that was imported is kept.
ORIGINAL: Final = ".case.json"

_NOT_IN_CODE: Final = re.compile(r"[^A-Za-z0-9.()_-]+")
_NOT_FIRST: Final = re.compile(r"^[^A-Za-z0-9]+")
_NOT_IN_SLUG: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Package:
    """A package whose parts can be found by their identifiers, which are lower case here.

    Attributes
    ----------
    content : dict[str, Any]
        The package itself, without a wrapper around it.
    items : dict[str, dict[str, Any]]
        By identifier, in the order of the file.
    parents : dict[str, str]
        Identifier of the item that each item is the child of; empty for one of the document.
    child_of : dict[str, dict[str, Any]]
        The association that makes an item a child, if there is one.
    depths : dict[str, int]
        How deep each item stands, from 1 at the top, in published order: each item before its
        children, siblings by sequence number.
    codes : dict[str, str]
        Code of each item, unique within the package.
    links : tuple[dict[str, Any], ...]
        Associations other than isChildOf.
    notes : Counter[str]
        What was read otherwise than one might expect, with how often.
    """

    content: dict[str, Any]
    items: dict[str, dict[str, Any]]
    parents: dict[str, str]
    child_of: dict[str, dict[str, Any]]
    depths: dict[str, int]
    codes: dict[str, str]
    links: tuple[dict[str, Any], ...]
    notes: Counter[str]

    @property
    def document(self) -> dict[str, Any]:
        """The CFDocument."""
        document: dict[str, Any] = self.content["CFDocument"]
        return document

    @property
    def order(self) -> tuple[str, ...]:
        """Identifiers of the items in published order."""
        return tuple(self.depths)

    @cached_property
    def types(self) -> dict[str, dict[str, Any]]:
        """Kinds of item that the package defines, by identifier."""
        defined = (self.content.get("CFDefinitions") or {}).get("CFItemTypes") or []
        return {type_["identifier"]: type_ for type_ in defined if type_.get("identifier")}


def unwrapped(value: Any) -> Any:
    """The package inside `{"CFPackage": …}`, as OpenCASE sends it, or as it stands."""
    if isinstance(value, dict) and value.keys() == {"CFPackage"}:
        return value["CFPackage"]
    return value


def read_package(raw: bytes, name: str) -> Package:
    """A package from its bytes.

    Raises
    ------
    SourcesError
        With everything that is wrong with it.
    """
    return resolve(parse_json(raw, name), name)


def resolve(value: Any, name: str, codes: Mapping[str, str] | None = None) -> Package:
    """A parsed package, checked and resolved.

    Parameters
    ----------
    codes : Mapping[str, str] | None
        Codes that items have already, by identifier.

    Raises
    ------
    SourcesError
        With everything that is wrong with it: members that are missing or of a wrong kind; or, if
        none is, identifiers that stand twice, nodes that are nowhere, circles of isChildOf.
    """
    content, check = unwrapped(value), Check(name)
    if not isinstance(content, dict) or "CFDocument" not in content:
        message = 'is no CASE package: an object with a CFDocument, or one in {"CFPackage": …}'
        raise SourcesError([Finding(name, 1, message)])
    if content is not value:
        check.notes["the package stands inside a CFPackage member; read all the same"] += 1
    check.look(content, "CFPackage", "CFPackage")
    if not check.findings:
        package = _Resolver(content, check).resolved(codes)
    if check.findings:
        raise SourcesError(check.findings)
    return package


@dataclass
class _Resolver:
    content: dict[str, Any]
    check: Check
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def resolved(self, codes: Mapping[str, str] | None) -> Package:
        """The whole package; what is wrong with it is in the check."""
        document = self.content["CFDocument"]["identifier"].lower()
        self._place(document, "CFDocument")
        for index, item in enumerate(self.content.get("CFItems") or []):
            if self._place(item["identifier"].lower(), f"CFItems[{index}]"):
                self.items[item["identifier"].lower()] = item
        child_of, links, places = {}, [], {}
        further: dict[tuple[str, str], str] = {}
        for index, association in enumerate(self.content.get("CFAssociations") or []):
            place = f"CFAssociations[{index}]"
            self._place(association["identifier"].lower(), place)
            if association["associationType"] != "isChildOf":
                links.append(association)
                continue
            child, parent = _ends(association)
            if self._is_inside(child, parent, document, place):
                if child in child_of:
                    self.check.notes[
                        "an item has a second parent; the first one is read, both are kept"
                    ] += 1
                    further.setdefault((child, parent), place)
                    continue
                child_of[child], places[child] = association, place
        parents = {
            key: _ends(child_of[key])[1] if key in child_of else document for key in self.items
        }
        parents = {key: "" if parent == document else parent for key, parent in parents.items()}
        if orphans := self.items.keys() - child_of.keys():
            self.check.notes["an item is the child of nothing; it is put at the top"] += len(
                orphans
            )
        depths = self._depths(parents, child_of, places)
        if further and not self.check.findings:
            self._refuse_circle_over(further, parents)
        return Package(
            content=self.content,
            items=self.items,
            parents=parents,
            child_of=child_of,
            depths=depths,
            codes=_codes(self.items, self.check.notes) | dict(codes or {}),
            links=tuple(links),
            notes=self.check.notes,
        )

    def _place(self, key: str, place: str) -> bool:
        if key in self.places:
            message = f"identifier {key} is that of {self.places[key]} too; give each its own"
            self.check.find(place, message)
            return False
        self.places[key] = place
        return True

    def _is_inside(self, child: str, parent: str, document: str, place: str) -> bool:
        inside = True
        for side, key, also in (
            ("originNodeURI", child, ""),
            ("destinationNodeURI", parent, document),
        ):
            if key not in self.items and key != also:
                message = f"{key} is no item of this package; isChildOf holds inside a package"
                self.check.find(f"{place}.{side}", message)
                inside = False
        return inside

    def _depths(
        self,
        parents: dict[str, str],
        child_of: dict[str, dict[str, Any]],
        places: dict[str, str],
    ) -> dict[str, int]:
        children = defaultdict(list)
        for key, parent in parents.items():
            children[parent].append(key)

        def sequence(key: str) -> tuple[bool, int]:
            number = whole_number(child_of.get(key, {}).get("sequenceNumber"))
            return number is None, number or 0

        for siblings in children.values():
            siblings.sort(key=sequence)
        depths: dict[str, int] = {"": 0}
        waiting = children[""][::-1]
        while waiting:
            key = waiting.pop()
            depths[key] = depths[parents[key]] + 1
            waiting += children[key][::-1]
        del depths[""]
        met = set(depths)
        for start in sorted(self.items):
            if start not in met:
                circle = _circle(start, parents)
                statement = self.items[circle[0]]["fullStatement"]
                message = f"isChildOf runs in a circle of {len(circle)} from {circle[0]}"
                self.check.find(
                    places[circle[0]],
                    f"{message} ({statement!r}); give one of them another parent",
                )
                met |= _below(circle, children)
        return depths

    def _refuse_circle_over(
        self, further: dict[tuple[str, str], str], parents: dict[str, str]
    ) -> None:
        """Refuse a circle that only second parents close: no consumer can draw that tree."""
        above = {key: [parent] for key, parent in parents.items()}
        for child, parent in further:
            above[child].append(parent)
        try:
            TopologicalSorter(above).prepare()
        except CycleError as error:
            upwards = error.args[1][::-1]
            place = next(further[end] for end in pairwise(upwards) if end in further)
            first = min(upwards)
            statement = self.items[first]["fullStatement"]
            message = f"isChildOf runs in a circle of {len(upwards) - 1} from {first}"
            self.check.find(place, f"{message} ({statement!r}) over a second parent; take it out")


def _ends(association: dict[str, Any]) -> tuple[str, str]:
    """Identifiers at both ends, in lower case."""
    origin, destination = association["originNodeURI"], association["destinationNodeURI"]
    return origin["identifier"].lower(), destination["identifier"].lower()


def _circle(start: str, parents: dict[str, str]) -> list[str]:
    """The circle that the way up from an item ends in, from its least identifier on."""
    seen: dict[str, None] = {}
    key = start
    while key not in seen:
        seen[key] = None
        key = parents[key]
    way = list(seen)
    circle = way[way.index(key) :]
    first = circle.index(min(circle))
    return circle[first:] + circle[:first]


def _below(circle: list[str], children: dict[str, list[str]]) -> set[str]:
    """A circle and everything that hangs on it."""
    found: set[str] = set()
    waiting = list(circle)
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += children[key]
    return found


def _codes(items: dict[str, dict[str, Any]], notes: Counter[str]) -> dict[str, str]:
    """A code for each item that is unique in the package and stays the same when others are added.

    The human coding scheme, if no other item has it and it can stand in an identifier; else the
    same with hyphens for what cannot, if that is nobody else's; else the item's own identifier.
    """
    given = {key: one_line(item.get("humanCodingScheme") or "") for key, item in items.items()}
    usable = {
        key: _NOT_FIRST.sub("", _NOT_IN_CODE.sub("-", code)).rstrip("-")
        for key, code in given.items()
    }
    exact, claims = Counter(given.values()), Counter(usable.values())
    found = {}
    for key, code in usable.items():
        whole = code == given[key] and exact[code] == 1
        if code and (whole or claims[code] == 1):
            found[key] = code
            if not whole:
                notes["a code is written with hyphens for what an identifier cannot hold"] += 1
        else:
            found[key] = key
            notes["an item has no code of its own; its identifier serves as one"] += 1
    return found


# ---- nodes and competencies --------------------------------------------------------------


def original_package(catalogue: Catalogue, framework: str) -> Any:
    """The package that a framework was imported from, parsed; None if it came otherwise."""
    raw = catalogue.original(framework, ORIGINAL)
    return None if raw is None else parse_json(raw, f"{framework}{ORIGINAL}")


class Nodes:
    """Which node of CASE stands for which competency, both ways.

    A competency of a framework that was imported from a package keeps the identifier and the URI
    of that package; any other has those of its IRI.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._by_curie: dict[str, dict[str, Any]] = {}
        for framework in catalogue.frameworks:
            original = original_package(catalogue, framework)
            imported = {}
            if original is not None:
                package = resolve(original, f"{framework}{ORIGINAL}")
                imported = {code: package.items[key] for key, code in package.codes.items()}
            for member in catalogue.by_framework.get(framework, []):
                item = imported.get(member.code)
                iri = catalogue.prefixes.expand(member.id)
                self._by_curie[member.id] = {
                    "title": member.title,
                    "identifier": item["identifier"] if item else identifier(iri),
                    "uri": item["uri"] if item else iri,
                    "targetType": "CASE",
                }
        self._by_key = {node["identifier"].lower(): c for c, node in self._by_curie.items()}
        self._by_uri = {node["uri"]: c for c, node in self._by_curie.items()}

    def node(self, curie: str) -> dict[str, Any]:
        """A LinkGenURI to a competency."""
        return dict(self._by_curie[curie])

    def curie(self, node: dict[str, Any]) -> str:
        """The competency that a node stands for; empty if it is none of the workspace."""
        key = str(node["identifier"]).lower()
        return self._by_key.get(key) or self._by_uri.get(node.get("uri") or "", "")


def ends(association: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Origin and destination."""
    return association["originNodeURI"], association["destinationNodeURI"]


def particulars(record: dict[str, Any], *names: str) -> dict[str, str]:
    """Texts of ours in the extensions of an object; empty where there is none."""
    found = own(record)
    return {
        name: one_line(found[name]) if isinstance(found.get(name), str) else "" for name in names
    }
