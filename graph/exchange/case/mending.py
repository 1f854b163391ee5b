"""A package that was imported, as it came, with what was edited in our tables since.

Nothing is written anew: the package is read again as it was read on import, and only where the
tables now say otherwise is a member of it changed. What the tables have no place for, members that
nobody knows and extensions of others included, stays as it is. `lastChangeDateTime` stays too: the
tables do not say when a row was edited.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from graph.exchange import Source
from graph.exchange.case.identity import EXTENSION, link
from graph.exchange.case.package import ORIGINAL, Package, resolve
from graph.exchange.case.parts import (
    child_of,
    framework_particulars,
    item,
    item_particulars,
    item_types,
)
from graph.exchange.case.reading import read_framework

if TYPE_CHECKING:
    from graph.catalogue import Catalogue
    from graph.exchange.incoming import IncomingFramework
    from graph.model import Competency, Framework

_DOCUMENT_MEMBERS = {
    "title": "title",
    "version": "version",
    "publisher": "publisher",
    "description": "description",
    "url": "officialSourceURL",
}


def mended(catalogue: Catalogue, framework: Framework, original: Any) -> Any:
    """The original, in its wrapper if it came in one, with the edits in it.

    A statement whose code was changed is another statement: the old one goes, and a new one comes.
    """
    now = catalogue.by_framework.get(framework.id, [])
    mender = _Mender(catalogue, framework, copy.deepcopy(original))
    if mender.unedited(now):
        return original
    mender.describe()
    mender.remove({competency.id for competency in now})
    mender.arrange(now)
    mender.reword(now)
    return mender.value


class _Mender:
    """One package, changed step by step, and read again before each step."""

    def __init__(self, catalogue: Catalogue, framework: Framework, value: Any) -> None:
        self.catalogue, self.framework, self.value = catalogue, framework, value
        self.codes = dict(resolve(value, self._name()).codes)

    def _name(self) -> str:
        return f"{self.framework.id}{ORIGINAL}"

    def _read(self) -> tuple[Package, IncomingFramework]:
        """The package as it is now. Items keep their codes, also when another one goes."""
        package = resolve(self.value, self._name(), self.codes)
        source = Source(self._name(), self.catalogue, self.framework.id)
        return package, read_framework(package, source)

    def unedited(self, now: list[Competency]) -> bool:
        """Whether the tables still say what the package said."""
        _, read = self._read()
        return read.framework == self.framework and list(read.competencies) == now

    def describe(self) -> None:
        """What is said of the framework as a whole.

        Twice, because what the package does not say is read from what it does: a description
        that is the title does not follow when the title is edited.
        """
        for _ in range(2):
            package, read = self._read()
            was, now = read.framework, self.framework
            for name, member in _DOCUMENT_MEMBERS.items():
                if getattr(now, name) != getattr(was, name):
                    package.document[member] = getattr(now, name)
            if framework_particulars(now) != framework_particulars(was):
                _extend(package.document, framework_particulars(now))

    def remove(self, kept: set[str]) -> None:
        """Take out statements that are no longer there, with everything that hangs on them."""
        package, read = self._read()
        gone = {
            key
            for key, competency in zip(package.order, read.competencies, strict=True)
            if competency.id not in kept
        }
        if not gone:
            return
        content = package.content
        content["CFItems"] = [i for i in content["CFItems"] if i["identifier"].lower() not in gone]
        content["CFAssociations"] = [
            association
            for association in content.get("CFAssociations") or []
            if gone.isdisjoint(
                association[side]["identifier"].lower()
                for side in ("originNodeURI", "destinationNodeURI")
            )
        ]

    def arrange(self, now: list[Competency]) -> None:
        """Add statements, put each under its parent, and number siblings in their new order."""
        package, read = self._read()
        keys = {c.id: k for c, k in zip(read.competencies, package.order, strict=True)}
        records = {curie: package.items[key] for curie, key in keys.items()}
        for competency in now:
            if competency.id not in records:
                records[competency.id] = self._add(package, competency)
        was, is_ = _families(read.competencies), _families(now)
        for parent, children in is_.items():
            if children == was.get(parent):
                continue
            target = records[parent] if parent else package.document
            for place, child in enumerate(children, start=1):
                new = child_of(self.catalogue, records[child], target, place)
                old = package.child_of.get(keys.get(child, ""))
                if old is None:
                    _list(package.content, "CFAssociations").append(new)
                    continue
                old["sequenceNumber"] = place
                if child not in was.get(parent, ()):
                    old["destinationNodeURI"] = new["destinationNodeURI"]

    def _add(self, package: Package, competency: Competency) -> dict[str, Any]:
        changed = package.document["lastChangeDateTime"]
        type_ = self._type(package, competency.level)
        record = item(self.catalogue, competency, type_, changed)
        _list(package.content, "CFItems").append(record)
        self.codes[record["identifier"]] = competency.code
        return record

    def _type(self, package: Package, level: str) -> dict[str, Any]:
        """A kind of item, defined in the package."""
        type_ = item_types(self.catalogue, {level})[level]
        if package.content.get("CFDefinitions") is None:
            package.content["CFDefinitions"] = {}
        types = _list(package.content["CFDefinitions"], "CFItemTypes")
        if all(known["identifier"] != type_["identifier"] for known in types):
            types.append(type_)
        return type_

    def reword(self, now: list[Competency]) -> None:
        """Titles, descriptions, kinds, and what stands in our extension."""
        package, read = self._read()
        was = dict(zip((c.id for c in read.competencies), package.order, strict=True))
        before = {competency.id: competency for competency in read.competencies}
        for competency in now:
            old, record = before[competency.id], package.items[was[competency.id]]
            if (competency.title, competency.description) != (old.title, old.description):
                _reword(record, competency)
            said, says = item_particulars(old), item_particulars(competency)
            if competency.level != old.level:
                type_ = self._type(package, competency.level)
                record["CFItemType"] = type_["title"]
                record["CFItemTypeURI"] = link(type_, type_["title"])
            if says != said:
                _extend(record, {name: text for name, text in says.items() if text != said[name]})


def _list(record: dict[str, Any], name: str) -> list[Any]:
    """A list of an object, made if it is absent or null."""
    if record.get(name) is None:
        record[name] = []
    found: list[Any] = record[name]
    return found


def _families(competencies: Any) -> dict[str, list[str]]:
    """Children in their order by parent; those at the top by an empty text."""
    found = defaultdict(list)
    for competency in competencies:
        found[competency.parent or ""].append(competency.id)
    return dict(found)


def _reword(record: dict[str, Any], now: Competency) -> None:
    """Title and description, where the reading takes them from."""
    if (record.get("abbreviatedStatement") or "").strip() and now.description:
        record["abbreviatedStatement"] = now.title
        record["fullStatement"] = now.description
        return
    record.pop("abbreviatedStatement", None)
    record["fullStatement"] = now.title
    if now.description or record.get("notes"):
        record["notes"] = now.description


def _extend(record: dict[str, Any], particulars: dict[str, Any]) -> None:
    """Our particulars beside the extensions of others."""
    extensions = record.get("extensions") or {}
    ours = extensions.get(EXTENSION)
    base = ours if isinstance(ours, dict) else {}
    record["extensions"] = {**extensions, EXTENSION: {**base, **particulars}}
