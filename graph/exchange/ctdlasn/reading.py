"""CTDL-ASN of somebody else as frameworks and alignments.

Files are read by the names that the published context gives, whether they name it or not; nothing
is fetched. Where a value may be a text, a map by language, or a list of either, all are read.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from graph.bounded import decode_text, parse_json
from graph.errors import SourcesError
from graph.exchange.ctdlasn.words import CEASN, CETERMS, PROPERTIES
from graph.exchange.incoming import UNSTATED_LICENSE, Incoming, IncomingFramework
from graph.exchange.linked import LinkedReading, Match, by_notation
from graph.exchange.naming import date_in, one_line
from graph.model import IMPORTED, Competency, Framework

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graph.exchange import Source

_FRAMEWORK: Final = "ceasn:CompetencyFramework"
_COMPETENCY: Final = "ceasn:Competency"

#: Contexts that give the names which are read here, by what their addresses begin with.
_KNOWN_CONTEXT: Final = re.compile(
    r"https?://(www\.)?credreg\.net/ctdl(asn)?/schema/context/json\b"
)

#: Properties that become something. Others are counted in a note.
_READ: Final = frozenset(
    {"@type", "@id", "@context", "ceterms:ctid"}
    | {f"ceasn:{name}" for name in (
        "competencyText", "competencyLabel", "comment", "description", "codedNotation", "listID",
        "competencyCategory", "conceptTerm", "inLanguage", "isPartOf", "isTopChildOf", "isChildOf",
        "hasChild", *PROPERTIES.values(),
    )}
)  # fmt: skip

#: Properties whose values are read as texts.
_TEXTS: Final = (
    "name", "competencyText", "competencyLabel", "comment", "description", "codedNotation",
    "listID", "competencyCategory", "publisherName", "dateCreated", "dateValidFrom",
    "dateCopyrighted",
)  # fmt: skip

_MOST_NAMED: Final = 8

_WEB: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_ctdlasn(raw: bytes, source: Source) -> Incoming:
    """Every framework of a file, and the alignments between what it and the workspace hold.

    Raises
    ------
    SourcesError
        With every problem that was found.
    """
    reading = _Reading(source, decode_text(raw, source.name))
    incoming = reading.incoming(parse_json(raw, source.name))
    if reading.findings:
        raise SourcesError(sorted(set(reading.findings)))
    return incoming


@dataclass(frozen=True, slots=True)
class _Node:
    """One object of the file."""

    iri: str
    record: Mapping[str, Any]

    def iris(self, name: str) -> list[str]:
        """What a property points to, in the order of the file."""
        return [
            iri
            for item in _list(self.record.get(f"ceasn:{name}"))
            if isinstance(iri := item.get("@id") if isinstance(item, dict) else item, str)
        ]

    def text(self, name: str) -> str:
        """One line of text: in English if there is any, else in the first language by tag."""
        texts = dict(_texts(self.record.get(f"ceasn:{name}")))
        for tag in sorted(texts, key=lambda tag: (tag != "en", not tag.startswith("en-"), tag)):
            return texts[tag]
        return ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _literals(value: Any) -> Iterator[tuple[str, Any]]:
    """Language and value of each literal, in whichever of the ways of JSON-LD it is written."""
    for item in _list(value):
        if not isinstance(item, dict):
            yield "en", item
        elif "@value" in item:
            yield str(item.get("@language") or "en"), item["@value"]
        else:
            for tag, texts in item.items():
                yield from ((tag, text) for text in _list(texts))


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    """Texts by language, those of one language joined; what names no language is English."""
    found: dict[str, list[str]] = defaultdict(list)
    for tag, text in _literals(value):
        if _is_plain(text):
            found[tag.lower()].append(str(text))
    for tag, texts in found.items():
        if joined := one_line(" ".join(texts)):
            yield tag, joined


class _Reading(LinkedReading):
    """A file of CTDL-ASN on its way to values."""

    def incoming(self, value: Any) -> Incoming:
        """What the file brings; not to be used if there are findings."""
        nodes = self._nodes(value)
        frameworks = {n.iri: n for n in nodes if _FRAMEWORK in _list(n.record.get("@type"))}
        competencies = {n.iri: n for n in nodes if _COMPETENCY in _list(n.record.get("@type"))}
        inside: dict[str, list[str]] = {iri: [] for iri in frameworks}
        for iri, node in competencies.items():
            of = [
                f for f in (*node.iris("isPartOf"), *node.iris("isTopChildOf")) if f in frameworks
            ]
            if of:
                inside[of[0]].append(iri)
            elif len(frameworks) == 1:
                inside[next(iter(frameworks))].append(iri)
            else:
                self.wrong(iri, "is part of no framework of the file; add ceasn:isPartOf")
        matches = [
            Match(iri, relation, object_)
            for iri, node in sorted(competencies.items())
            for relation, name in PROPERTIES.items()
            for object_ in node.iris(name)
        ]
        filled = {iri: sorted(members) for iri, members in inside.items() if members}
        known = self.known(filled) if matches else set()
        new = {iri: members for iri, members in filled.items() if iri not in known}
        if self.source.framework_id and len(new) > 1:
            message = f"holds {len(new)} frameworks ({', '.join(new)}); leave the name out, or"
            self.wrong(1, f"{message} split the file")
        found: list[IncomingFramework] = []
        for iri, members in sorted(new.items()):
            taken = [incoming.framework.id for incoming in found]
            own = {member: competencies[member] for member in members}
            found.append(self._framework(frameworks[iri], own, taken))
        crosswalks = self.crosswalks(matches, found, UNSTATED_LICENSE)
        if not found and not crosswalks and not self.findings:
            self.wrong(
                1, f"holds no {_FRAMEWORK} with competencies, and no alignment that is known"
            )
        return Incoming(tuple(found), crosswalks, notes=tuple(sorted(set(self.notes))))

    def _nodes(self, value: Any) -> list[_Node]:
        """Objects of the file, under their short names."""
        top = value if isinstance(value, dict) else {}
        self._check_context(top.get("@context"))
        items = top.get("@graph", [value]) if top else value
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            self.wrong(1, "is no CTDL-ASN: it must be an object, or hold objects in @graph")
            return []
        nodes: list[_Node] = []
        for item in items:
            self._check_context(item.get("@context"))
            iri = item.get("@id") or item.get("ceterms:ctid")
            if not isinstance(iri, str):
                self.wrong(1, f"holds an object without @id ({_shown(item)}); give it one")
            elif any(node.iri == iri for node in nodes):
                self.wrong(iri, "stands twice; keep one")
            else:
                self._check_texts(iri, item)
                nodes.append(_Node(iri, item))
        return nodes

    def _check_texts(self, iri: str, item: Mapping[str, Any]) -> None:
        """Whether properties that are read as texts hold some."""
        for name in _TEXTS:
            if not all(_is_plain(text) for _, text in _literals(item.get(f"ceasn:{name}"))):
                self.wrong(iri, f"has something in ceasn:{name} that is no text")

    def _check_context(self, context: Any) -> None:
        for item in _list(context):
            if isinstance(item, str) and not _KNOWN_CONTEXT.match(item):
                message = f"has its context at {item}, and nothing is fetched; only the context of"
                self.wrong(1, f"{message} CTDL-ASN is known here")
            elif isinstance(item, dict):
                for prefix, iri in (("ceasn", CEASN), ("ceterms", CETERMS)):
                    if item.get(prefix, iri) != iri:
                        self.wrong(1, f"gives {prefix}: another meaning than {iri}")

    def _framework(
        self, node: _Node, members: Mapping[str, _Node], taken: Sequence[str]
    ) -> IncomingFramework:
        title = node.text("name") or PurePath(self.source.name).stem
        notations = {iri: m.text("codedNotation") for iri, m in members.items()}
        notations = {iri: notation for iri, notation in notations.items() if notation}
        ending = re.split(r"[/#:]", node.iri)[-1]
        suggestions = [title] if ending.startswith("ce-") else [ending, title]
        key, prefix_iri, codes = self.names(node.iri, [*members], notations, suggestions, taken)
        for iri, code in codes.items():
            self.curies[iri] = f"{key}:{code}"
        publisher = node.text("publisherName") or "; ".join(node.iris("publisher"))
        issued = next(
            (d for name in ("dateCreated", "dateValidFrom", "dateCopyrighted")
             if (d := date_in(node.text(name)))), "",
        )  # fmt: skip
        pages = [page for page in (*node.iris("source"), node.iri) if _WEB.fullmatch(page)]
        framework = Framework(
            id=key,
            title=title,
            version=issued or "unversioned",
            issued=issued,
            publisher=publisher,
            description=node.text("description") or title,
            citation=". ".join(filter(None, [publisher, f"{title} ({issued[:4] or 'undated'})."])),
            url=pages[0] if pages else prefix_iri,
            confidence=IMPORTED,
            revision_of=None,
            note="",
        )
        broader = {iri: above - {node.iri} for iri, above in _broader(members).items()}
        parents = self.parents([*members], broader, notations)
        self._check_circles(parents)
        levels = {iri: self._level(member) for iri, member in members.items()}
        statements = []
        for position, iri in enumerate(_ordered(node, members, parents, notations), start=1):
            text, label = members[iri].text("competencyText"), members[iri].text("competencyLabel")
            if not text and not label:
                self.wrong(iri, "has no ceasn:competencyText; give it one")
            self.titles[self.curies[iri]] = label or text
            statements.append(
                Competency(
                    id=self.curies[iri],
                    framework=key,
                    code=codes[iri],
                    level=levels[iri][0],
                    parent=self.curies[parents[iri]] if iri in parents else None,
                    title=label or text,
                    description=text if label and label != text else members[iri].text("comment"),
                    citation=framework.citation,
                    url=iri if _WEB.fullmatch(iri) else framework.url,
                    confidence=IMPORTED,
                    position=position,
                )
            )
        self._note_left_out(members, codes)
        new = self.new_levels(dict(levels.values()), title)
        return IncomingFramework(framework, prefix_iri, tuple(statements), new)

    def _level(self, node: _Node) -> tuple[str, str]:
        """What kind of statement it is: id and label; a competency if it does not say."""
        ours = self.catalogue.prefixes.iris["level"]
        for iri in node.iris("conceptTerm"):
            if iri.startswith(ours) and _SLUG.fullmatch(iri[len(ours) :]):
                return iri[len(ours) :], node.text("competencyCategory") or iri[len(ours) :]
        label = node.text("competencyCategory")
        slug = "-".join(re.findall(r"[a-z0-9]+", label.lower()))
        return (slug, label) if slug else ("competency", "Competency")

    def _check_circles(self, parents: Mapping[str, str]) -> None:
        """No statement may be above itself."""
        for start in parents:
            seen, node = {start}, parents.get(start)
            while node and node not in seen:
                seen.add(node)
                node = parents.get(node)
            if node == start:
                self.wrong(start, f"is below itself, by way of {parents[start]}; mend isChildOf")

    def _note_left_out(self, members: Mapping[str, _Node], codes: Mapping[str, str]) -> None:
        names = Counter(name for node in members.values() for name in node.record)
        left = [name for name in names if name not in _READ]
        if left:
            listed = ", ".join(sorted(left)[:_MOST_NAMED]) + (
                ", …" if len(left) > _MOST_NAMED else ""
            )
            self.note(1, f"has properties that our tables have no place for: {listed}")
        other = [
            iri
            for iri, node in members.items()
            if (notation := node.text("codedNotation")) and notation != codes[iri]
        ]
        self.note_each(other, "has a codedNotation that is not its code, which ends its IRI")


def _broader(members: Mapping[str, _Node]) -> dict[str, set[str]]:
    """What stands above each competency, whichever of the two says so."""
    found: dict[str, set[str]] = defaultdict(set)
    for iri, node in members.items():
        found[iri].update(node.iris("isChildOf"))
        for child in node.iris("hasChild"):
            found[child].add(iri)
    return found


def _ordered(
    framework: _Node,
    members: Mapping[str, _Node],
    parents: Mapping[str, str],
    notations: Mapping[str, str],
) -> list[str]:
    """By list ids if these number all statements; else down the tree, as the file lists children.

    What is listed nowhere follows, by list id, notation and IRI.
    """
    places = {iri: node.text("listID") for iri, node in members.items()}
    numbers = {iri: int(place) for iri, place in places.items() if place.isdecimal()}
    if len({*numbers.values()}) == len(members):
        return sorted(members, key=lambda iri: numbers[iri])
    below: dict[str, list[str]] = defaultdict(list)
    for iri in members:
        below[parents.get(iri, framework.iri)].append(iri)

    def arranged(above: str, listed: Sequence[str]) -> list[str]:
        rank = {iri: place for place, iri in enumerate(listed)}
        keys = {iri: places[iri] or notations.get(iri, "") for iri in below[above]}
        keys = {iri: key for iri, key in keys.items() if key}
        return sorted(
            below[above], key=lambda iri: (rank.get(iri, len(rank)), by_notation(iri, keys))
        )

    found: list[str] = []
    open_ = arranged(framework.iri, framework.iris("hasTopChild"))[::-1]
    while open_:
        found.append(open_.pop())
        open_ += arranged(found[-1], members[found[-1]].iris("hasChild"))[::-1]
    return found


def _shown(item: Mapping[str, Any]) -> str:
    return str(item.get("@type", "of no type"))
