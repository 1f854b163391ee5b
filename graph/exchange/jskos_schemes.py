"""Concept schemes of a JSKOS file as frameworks, their concepts as competencies."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from graph.exchange.incoming import IncomingFramework
from graph.exchange.jskos import SKOS
from graph.exchange.naming import Names, date_in, framework_id, name_statements, one_line, slug
from graph.model import IMPORTED, Competency, Concept, Framework

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.exchange import Source
    from graph.exchange.jskos_file import JskosFile, Place, Record

_HTTP: Final = re.compile(r"https?://\S+")


class SchemeReader:
    """Makes frameworks of the concept schemes of a file.

    Attributes
    ----------
    ends : dict[str, tuple[str, str]]
        CURIE and title of each concept by its URI, once `frameworks` has run.
    """

    def __init__(self, file: JskosFile, source: Source) -> None:
        self.file = file
        self.source, self.catalogue = source, source.catalogue
        self.ends: dict[str, tuple[str, str]] = {}
        #: Ids of the frameworks of this file.
        self._taken: set[str] = set()
        self._levels = {c.id for c in self.catalogue.concepts if c.scheme == "level"}

    def frameworks(self) -> list[IncomingFramework]:
        """Concept schemes of which the file brings concepts, in its order."""
        members: dict[str, list[str]] = defaultdict(list)
        for uri, (place, _, scheme) in self.file.concepts.items():
            if not scheme and len(self.file.schemes) == 1:
                scheme = next(iter(self.file.schemes))
            if scheme not in self.file.schemes:
                self.file.find(place, f"concept {uri} is of no concept scheme of this file")
                continue
            members[scheme].append(uri)
        wanted = self.source.framework_id if len(members) == 1 else ""
        return [
            self._framework(*self.file.schemes[scheme], uris, wanted)
            for scheme, uris in members.items()
        ]

    def _framework(
        self, place: Place, record: Record, uris: list[str], wanted: str
    ) -> IncomingFramework:
        title = self.file.text(place, record, "prefLabel")
        if not title:
            self.file.find(place, "is a concept scheme without `prefLabel`")
        key, names = self._names(place, record, title, uris, wanted)
        codes = names.codes
        days = [date_in(str(record.get(name) or "")) for name in ("issued", "modified", "created")]
        day = next(filter(None, days), "")
        publishers = [
            self.file.text(place, each, "prefLabel")
            for each in self.file.members(place, record, "publisher")
            if isinstance(each, dict)
        ]
        publisher = next(filter(None, publishers), "")
        url = self.file.plain(place, record, "url") or str(record["uri"])
        year = f" ({day[:4]})" if day else ""
        framework = Framework(
            id=key,
            title=title,
            version=self.file.plain(place, record, "version") or day or "undated",
            issued=days[0],
            publisher=publisher,
            description=self.file.text(place, record, "definition", "scopeNote") or title,
            citation=self._cited(place, record) or f"{publisher or title}{year}. {title}.",
            url=url,
            confidence=IMPORTED,
            revision_of=None,
            note=self.file.text(place, record, "note"),
        )
        parents = self._parents(uris)
        self._refuse_cycles(parents)
        labels = {
            str(each.get("uri")): self.file.text(place, each, "prefLabel")
            for each in self.file.members(place, record, "types")
            if isinstance(each, dict)
        }
        levels: dict[str, Concept] = {}
        competencies = []
        for position, uri in enumerate(uris, start=1):
            level = self._level(uri, labels, parents, framework)
            if level.id not in self._levels:
                levels.setdefault(level.id, level)
            competency = self._competency(uri, codes, parents, level.id, position, framework)
            self.ends[uri] = competency.id, competency.title
            competencies.append(competency)
        return IncomingFramework(
            framework, names.prefix_iri, tuple(competencies), tuple(levels.values())
        )

    def _names(
        self, place: Place, record: Record, title: str, uris: list[str], wanted: str
    ) -> tuple[str, Names]:
        """Id of a framework, and the codes of its concepts.

        A start of URIs belongs to one framework: a scheme that the workspace has already keeps its
        name, so that reading it again mends it and adds no second one.
        """
        iris = self.catalogue.prefixes.iris
        notations = {}
        for uri in uris:
            found = self.file.words(*self.file.concepts[uri][:2], "notation")
            if found:
                notations[uri] = found[0]
        names = name_statements(uris, notations, "")
        owner = next((p for p, iri in iris.items() if names.kept and iri == names.prefix_iri), "")
        given = self.file.words(place, record, "notation")
        suggestions = (given[0] if given else "", title)
        known = owner if owner in self.catalogue.frameworks else ""
        taken = ({*self.catalogue.frameworks, *iris} - {owner}) | self._taken
        key = wanted or known or framework_id(suggestions, taken)
        self._taken.add(key)
        if not names.kept or owner not in ("", key):
            names = name_statements(uris, notations, f"{iris['framework']}{key}/", keep=False)
            self.file.notes["URIs cannot be kept as they are; concepts get addresses of ours"] += 1
        return key, names

    def _parents(self, uris: list[str]) -> dict[str, str]:
        """What stands directly above each concept, by `broader`, else by the other's `narrower`."""
        inside = set(uris)
        parents: dict[str, str] = {}
        for uri in uris:
            place, record, _ = self.file.concepts[uri]
            above = [
                str(each.get("uri"))
                for each in self.file.members(place, record, "broader")
                if isinstance(each, dict)
            ]
            here = [each for each in above if each in inside]
            if len(above) > len(here):
                self.file.notes["a broader concept is not in the same scheme; left out"] += 1
            if len(here) > 1:
                self.file.notes["a concept has several broader ones; the first is kept"] += 1
            if here:
                parents[uri] = here[0]
        for uri in uris:
            place, record, _ = self.file.concepts[uri]
            for each in self.file.members(place, record, "narrower"):
                below = each.get("uri") if isinstance(each, dict) else None
                if isinstance(below, str) and below in inside:
                    parents.setdefault(below, uri)
        return parents

    def _refuse_cycles(self, parents: dict[str, str]) -> None:
        clear: set[str] = set()
        for uri in parents:
            line: dict[str, None] = {}
            at = uri
            while at in parents and at not in clear and at not in line:
                line[at] = None
                at = parents[at]
            if at in line:
                circle = [*line][[*line].index(at) :]
                message = f"concept {at} is above itself by {' < '.join([*circle, at])}"
                self.file.find(self.file.concepts[at][0], message)
                for each in circle:
                    parents.pop(each)
                return self._refuse_cycles(parents)
            clear |= set(line)
        return None

    def _level(
        self, uri: str, labels: Mapping[str, str], parents: Mapping[str, str], framework: Framework
    ) -> Concept:
        """Kind of a concept: its second type, or how deep it stands."""
        for type_ in self.file.words(*self.file.concepts[uri][:2], "type"):
            if type_ == f"{SKOS}Concept":
                continue
            name = self.catalogue.prefixes.contract(type_)
            if name.startswith("level:") and name[6:] in self._levels:
                return Concept("level", name[6:], labels.get(type_, name[6:]), "", None, "")
            label = labels.get(type_) or re.split(r"[/#:]", type_.rstrip("/#"))[-1]
            definition = f"a concept that {framework.title} calls {label}"
            return Concept("level", slug(label, "kind"), label, definition, None, framework.url)
        depth, at = 1, uri
        while at in parents:
            depth, at = depth + 1, parents[at]
        definition = f"a statement at depth {depth} of a framework that names no kinds"
        return Concept("level", f"level-{depth}", f"Level {depth}", definition, None, framework.url)

    def _competency(
        self, uri: str, codes: Mapping[str, str], parents: Mapping[str, str], level: str,
        position: int, framework: Framework,
    ) -> Competency:  # fmt: skip
        place, record, _ = self.file.concepts[uri]
        notations = self.file.words(place, record, "notation")
        title = self.file.text(place, record, "prefLabel")
        if not title and notations:
            title = one_line(notations[0])
            self.file.notes["a concept has no label; its notation stands for one"] += 1
        if not title:
            self.file.find(place, f"concept {uri} has neither `prefLabel` nor `notation`")
        if notations and notations[0] != codes[uri]:
            self.file.notes[
                "a notation differs from the end of its URI, which is the code here"
            ] += 1
        parent = parents.get(uri)
        pages = [
            str(e.get("uri"))
            for e in self.file.members(place, record, "source")
            if isinstance(e, dict)
        ]
        page = next((p for p in (str(record.get("url") or ""), *pages) if _HTTP.fullmatch(p)), uri)
        return Competency(
            id=f"{framework.id}:{codes[uri]}",
            framework=framework.id,
            code=codes[uri],
            level=level,
            parent=f"{framework.id}:{codes[parent]}" if parent else None,
            title=title,
            description=self.file.text(place, record, "definition", "scopeNote", "note"),
            citation=self._cited(place, record) or f"{framework.citation} {codes[uri]}.",
            url=page,
            confidence=IMPORTED,
            position=position,
        )

    def _cited(self, place: Place, record: Record) -> str:
        """Citation of a record: the note of its first source."""
        sources = [
            each for each in self.file.members(place, record, "source") if isinstance(each, dict)
        ]
        return self.file.text(place, sources[0], "note", "prefLabel") if sources else ""
