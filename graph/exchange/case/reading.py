"""A CASE package of anybody as a framework, and its links to frameworks of the workspace."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from graph.errors import SourcesError
from graph.exchange.case.identity import own
from graph.exchange.case.package import (
    ORIGINAL,
    Nodes,
    Package,
    ends,
    original_package,
    particulars,
    read_package,
    unwrapped,
)
from graph.exchange.incoming import (
    UNSTATED_CONFIDENCE,
    UNSTATED_JUSTIFICATION,
    UNSTATED_LICENSE,
    UNSTATED_RATIONALE,
    Incoming,
    IncomingCrosswalk,
    IncomingFramework,
)
from graph.exchange.naming import framework_id, one_line, slug
from graph.model import (
    CURATED,
    IMPORTED,
    INVERSE,
    Alignment,
    Competency,
    Concept,
    Direction,
    Evidence,
    Finding,
    Framework,
    Relation,
    Strength,
    Verdict,
)
from graph.tables import FRAMEWORK_ID
from graph.terms import alignment_id, framework_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.catalogue import Catalogue
    from graph.exchange import Source

#: What an association between two frameworks says in our words. A translation says the same in
#: another language. The others say nothing that an alignment could: order, example, level.
RELATIONS: Final = {
    "exactMatchOf": Relation.EXACT,
    "isTranslationOf": Relation.EXACT,
    "isRelatedTo": Relation.RELATED,
    "isPeerOf": Relation.RELATED,
    **{f"ext:{relation}Match": relation for relation in Relation},
}

_JUSTIFICATION: Final = re.compile(r"semapv:[A-Za-z]+")
_HTTP: Final = re.compile(r"https?://\S+\Z")


def read(raw: bytes, source: Source) -> Incoming:
    """Read a package: a framework, or links between frameworks of the workspace, or both.

    Raises
    ------
    SourcesError
        With everything that is wrong with it.
    """
    package = read_package(raw, source.name)
    framework = read_framework(package, source) if package.items else None
    links = _Links(package, source, framework)
    crosswalks = links.crosswalks()
    if links.findings:
        raise SourcesError(links.findings)
    if framework is None and not crosswalks:
        message = "holds no item and no link between frameworks of this workspace"
        raise SourcesError([Finding(source.name, 1, message)])
    notes = package.notes + links.notes
    return Incoming(
        frameworks=(framework,) if framework else (),
        crosswalks=tuple(crosswalks),
        prefixes=links.prefixes,
        notes=tuple(
            Finding(source.name, 1, text if count == 1 else f"{text} ({count} times)")
            for text, count in sorted(notes.items())
        ),
        original=ORIGINAL if framework else "",
    )


# ---- frameworks --------------------------------------------------------------------------


def read_framework(package: Package, source: Source) -> IncomingFramework:
    """The document and the items of a package, in published order."""
    framework = _framework(package, source)
    known = {concept.id for concept in source.catalogue.concepts if concept.scheme == "level"}
    levels: dict[str, Concept] = {}
    competencies = []
    for position, key in enumerate(package.order, start=1):
        level = _level(package, key, framework)
        if level.id not in known:
            levels.setdefault(level.id, level)
        competencies.append(_competency(package, key, level.id, position, framework))
    return IncomingFramework(
        framework=framework,
        prefix_iri=_prefix(package, framework, source.catalogue),
        competencies=tuple(competencies),
        levels=tuple(levels.values()),
    )


def _framework(package: Package, source: Source) -> Framework:
    document = package.document
    texts = {name: _text(document, name) for name in _DOCUMENT_TEXTS}
    ours = particulars(document, "id", "issued", "citation", "confidence", "revisionOf", "note")
    issued = ours["issued"] or texts["statusStartDate"]
    creator, title = texts["creator"], texts["title"]
    year = f" ({issued[:4]})" if issued else ""
    changed = document["lastChangeDateTime"][:10]
    return Framework(
        id=source.framework_id or _framework_id(ours["id"], package, source.catalogue),
        title=title,
        version=texts["version"] or changed,
        issued=issued,
        # A framework of ours without a publisher has its citation for a creator.
        publisher=texts["publisher"] or ("" if creator == ours["citation"] else creator),
        description=texts["description"] or texts["notes"] or title,
        citation=ours["citation"] or f"{creator.rstrip('.')}{year}. {title}.",
        url=_address(texts["officialSourceURL"], document["uri"]),
        confidence=ours["confidence"] or IMPORTED,
        revision_of=_revised(ours["revisionOf"], package, source.catalogue),
        note=ours["note"],
    )


_DOCUMENT_TEXTS: Final = (
    "creator", "title", "publisher", "description", "notes", "version", "statusStartDate",
    "officialSourceURL",
)  # fmt: skip


def _revised(given: str, package: Package, catalogue: Catalogue) -> str | None:
    """The older edition, if it is in the workspace too."""
    if given and given not in catalogue.frameworks:
        note = f"the older edition {given} is not in this workspace; the link to it is left out"
        package.notes[note] = 1
    return given if given in catalogue.frameworks else None


def _text(record: dict[str, Any], name: str) -> str:
    return one_line(record.get(name) or "")


def _framework_id(given: str, package: Package, catalogue: Catalogue) -> str:
    """A name for a framework.

    Its own if we wrote the package; that of the workspace if it was imported there before; else
    one after its title.
    """
    if FRAMEWORK_ID.fullmatch(given):
        return given
    key = package.document["identifier"].lower()
    for framework in catalogue.frameworks:
        original = unwrapped(original_package(catalogue, framework))
        if original and original["CFDocument"]["identifier"].lower() == key:
            return framework
    taken = {*catalogue.frameworks, *catalogue.prefixes.iris}
    return framework_id([_text(package.document, "title"), f"case {key[:8]}"], taken)


def _address(*addresses: str) -> str:
    """The first that a browser can open; the first at all if none can."""
    return next((a for a in addresses if _HTTP.match(a)), addresses[-1])


def _level(package: Package, key: str, framework: Framework) -> Concept:
    """Kind of an item: its CFItemType, or how deep it stands."""
    item = package.items[key]
    label = _text(item, "CFItemType")
    ours = particulars(item, "level")["level"]
    if label:
        definition = _type_description(package, item) or (
            f"a statement that {framework.title} calls {label}"
        )
        name = ours if slug(ours, "kind") == ours else slug(label, "kind")
    else:
        depth = package.depths[key]
        name, label = f"level-{depth}", f"Level {depth}"
        definition = f"a statement at depth {depth} of a framework that names no kinds"
    return Concept("level", name, label, definition, None, framework.url)


def _type_description(package: Package, item: dict[str, Any]) -> str:
    wanted = (item.get("CFItemTypeURI") or {}).get("identifier") or ""
    return _text(package.types.get(wanted, {}), "description")


def _competency(
    package: Package, key: str, level: str, position: int, framework: Framework
) -> Competency:
    item, parent = package.items[key], package.parents[key]
    ours = particulars(item, "citation", "source", "confidence")
    short, full = _text(item, "abbreviatedStatement"), _text(item, "fullStatement")
    code = package.codes[key]
    return Competency(
        id=f"{framework.id}:{code}",
        framework=framework.id,
        code=code,
        level=level,
        parent=f"{framework.id}:{package.codes[parent]}" if parent else None,
        title=short or full,
        description=full if short else _text(item, "notes"),
        citation=ours["citation"] or f"{framework.citation} {code}.",
        url=ours["source"] or _address(item["uri"], framework.url),
        confidence=ours["confidence"] or IMPORTED,
        position=position,
    )


def _prefix(package: Package, framework: Framework, catalogue: Catalogue) -> str:
    """Start of the IRIs of the items: the publisher's, if their codes end them; else ours.

    A start belongs to one framework: of two from one server, the second gets ours.
    """
    starts = set()
    for key, item in package.items.items():
        uri, code = item["uri"], package.codes[key]
        starts.add(uri.removesuffix(code) if uri.endswith(code) else "")
    taken = {iri for key, iri in catalogue.prefixes.iris.items() if key != framework.id}
    start = starts.pop() if len(starts) == 1 else ""
    if _HTTP.match(start) and start[-1] in "/#" and start not in taken:
        return start
    return f"{catalogue.prefixes.iris['framework']}{framework.id}/"


# ---- links -------------------------------------------------------------------------------


class _Links:
    """Associations of a package that say something between two frameworks of the workspace."""

    def __init__(
        self, package: Package, source: Source, framework: IncomingFramework | None
    ) -> None:
        self.package, self.source, self.catalogue = package, source, source.catalogue
        self.nodes = Nodes(self.catalogue)
        self.findings: list[Finding] = []
        self.notes: Counter[str] = Counter()
        self.prefixes: dict[str, str] = {}
        self.here = framework.framework.id if framework else ""
        self.titles = {c.id: c.title for c in self.catalogue.competencies.values()}
        if framework:
            self.titles |= {c.id: c.title for c in framework.competencies}
        known = self.catalogue.concepts
        self.statuses = {concept.id for concept in known if concept.scheme == "status"}
        self.aims = {concept.id for concept in known if concept.scheme == "aim"}

    def crosswalks(self) -> list[IncomingCrosswalk]:
        """The links by pair of frameworks, in the order of the file."""
        found: dict[tuple[str, str], dict[str, Alignment]] = defaultdict(dict)
        for alignment in (*self._associated(), *self._denied()):
            pair = framework_of(alignment.subject_id), framework_of(alignment.object_id)
            if pair[::-1] in found or (pair[1] == self.here and pair not in found):
                alignment, pair = _inverted(alignment), pair[::-1]
            if alignment.id in found[pair]:
                self.notes["a link is stated twice; read once"] += 1
            found[pair].setdefault(alignment.id, alignment)
        return [self._crosswalk(pair, tuple(rows.values())) for pair, rows in found.items()]

    def _crosswalk(
        self, pair: tuple[str, str], alignments: tuple[Alignment, ...]
    ) -> IncomingCrosswalk:
        document = self.package.document
        title = _text(document, "title")
        license_ = (document.get("licenseURI") or {}).get("uri") or UNSTATED_LICENSE
        return IncomingCrosswalk(
            subject_framework=pair[0],
            object_framework=pair[1],
            title=title,
            description=_text(document, "description") or title,
            license=license_,
            alignments=alignments,
        )

    def _associated(self) -> Iterator[Alignment]:
        for association in self.package.links:
            place = f"association {association['identifier']}"
            origin, destination = ends(association)
            keys = self._curie(origin), self._curie(destination)
            type_ = association["associationType"]
            if not self.package.items and not all(keys):
                which = origin if not keys[0] else destination
                self._find(place, f"node {which['identifier']} is no item of this workspace; "
                           "import its framework first")  # fmt: skip
            elif not any(keys):
                self._find(place, "neither end is an item of this package or this workspace")
            elif own(association).get("derived"):
                self.notes["a link was derived by a rule; it will be derived again"] += 1
            elif not all(keys) or framework_of(keys[0]) == framework_of(keys[1]):
                self.notes[f"{type_} inside the framework, or to one that is not here, is kept"
                           " in the file only"] += 1  # fmt: skip
            elif type_ not in RELATIONS:
                self.notes[
                    f"{type_} between frameworks is no alignment; kept in the file only"
                ] += 1
            else:
                yield self._alignment(association, own(association), keys, RELATIONS[type_])

    def _curie(self, node: dict[str, Any]) -> str:
        key = node["identifier"].lower()
        if key in self.package.codes:
            return f"{self.here}:{self.package.codes[key]}"
        return self.nodes.curie(node)

    def _denied(self) -> Iterator[Alignment]:
        """Pairs that were judged not aligned, from our own extension of the package."""
        denied = own(self.package.content).get("notAligned")
        for index, record in enumerate(denied if isinstance(denied, list) else []):
            keys = _texts(record, "subject", "object")
            if all(key in self.titles for key in keys):
                yield self._alignment({}, record, keys, Relation.RELATED)
            else:
                ends_ = " or ".join(key or "(no text)" for key in keys)
                self._find(f"notAligned[{index}]", f"{ends_} is not in this workspace")

    def _find(self, place: str, message: str) -> None:
        self.findings.append(Finding(self.source.name, 1, f"{place}: {message}"))

    def _alignment(
        self, association: dict[str, Any], ours: dict[str, Any], keys: Any, relation: Relation
    ) -> Alignment:
        """A link as an alignment: everything that we wrote of it, or what a stranger can say."""
        place = f"{keys[0]} and {keys[1]}"
        status = self._told(ours, "status", place)
        stated = status in self.statuses
        told = ours if stated else {}
        relation = self._member(told, "relation", Relation.of, place) or relation
        verdict = self._member(told, "verdict", Verdict, place) or Verdict.ALIGNED
        modifier = "" if verdict is Verdict.ALIGNED else "Not"
        day = str(association.get("lastChangeDateTime", ""))[:10]
        author = f"agent:{slug(_text(self.package.document, 'creator'), 'agent')}"
        rationale = _text(association, "notes") or self._told(told, "rationale", place)
        return Alignment(
            id=alignment_id(keys[0], modifier, relation.predicate_id, keys[1]),
            subject_id=keys[0],
            subject_label=self.titles[keys[0]],
            relation=relation,
            object_id=keys[1],
            object_label=self.titles[keys[1]],
            verdict=verdict,
            strength=self._member(told, "strength", Strength, place),
            confidence=self._confidence(told, place),
            rationale=rationale or ("" if stated else UNSTATED_RATIONALE),
            direction=self._member(told, "direction", Direction, place),
            aims=self._aims(told, place),
            evidence=self._evidence(told, place),
            status=status if stated else IMPORTED,
            author=self._told(told, "author", place) if stated else author,
            date=self._told(told, "date", place) if stated else day,
            change=self._told(told, "change", place) or None,
            justification=self._justification(told, place) if stated else UNSTATED_JUSTIFICATION,
        )

    def _told(self, told: dict[str, Any], name: str, place: str) -> str:
        """A text of our extension; empty if it says nothing."""
        value = told.get(name)
        if value is None or isinstance(value, str):
            return one_line(value or "")
        self._find(place, f"extension {name} {value!r} is no text")
        return ""

    def _member(self, told: dict[str, Any], name: str, kind: Any, place: str) -> Any:
        """One of a controlled list; None if nothing is told."""
        value = told.get(name)
        if value is None:
            return None
        try:
            return kind(value)
        except (ValueError, AttributeError):
            self._find(place, f"extension {name} {value!r} is none that there is")
            return None

    def _confidence(self, told: dict[str, Any], place: str) -> float:
        value = told.get("confidence", UNSTATED_CONFIDENCE)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
            return float(value)
        self._find(place, f"extension confidence {value!r} is no number from 0 to 1")
        return UNSTATED_CONFIDENCE

    def _justification(self, told: dict[str, Any], place: str) -> str:
        value = told.get("justification", CURATED)
        if isinstance(value, str) and _JUSTIFICATION.fullmatch(value):
            return value
        self._find(place, f"extension justification {value!r} is no term of semapv")
        return CURATED

    def _aims(self, told: dict[str, Any], place: str) -> tuple[str, ...]:
        aims = told.get("aims", [])
        if isinstance(aims, list) and all(isinstance(aim, str) for aim in aims):
            if unknown := [aim for aim in aims if aim not in self.aims]:
                self._find(place, f"extension aims {', '.join(unknown)} are none that there are")
            return tuple(aims)
        self._find(place, "extension aims is no list of texts")
        return ()

    def _evidence(self, told: dict[str, Any], place: str) -> tuple[Evidence, ...]:
        records = told.get("evidence", [])
        found = []
        for record in records if isinstance(records, list) else [None]:
            texts = _texts(record, "id", "kind", "citation", "url", "supports")
            if all(texts):
                found.append(Evidence(*texts))
            else:
                self._find(place, "extension evidence lacks id, kind, citation, url or supports")
        return tuple(found)


def _texts(record: Any, *names: str) -> list[str]:
    """Texts of a record of anybody; empty for what is missing or no text."""
    values = [record.get(name) if isinstance(record, dict) else None for name in names]
    return [one_line(value) if isinstance(value, str) else "" for value in values]


def _inverted(alignment: Alignment) -> Alignment:
    """The same alignment read from its other end."""
    relation = INVERSE[alignment.relation]
    modifier = "" if alignment.aligned else "Not"
    return replace(
        alignment,
        id=alignment_id(alignment.object_id, modifier, relation.predicate_id, alignment.subject_id),
        subject_id=alignment.object_id,
        subject_label=alignment.object_label,
        relation=relation,
        object_id=alignment.subject_id,
        object_label=alignment.subject_label,
    )
