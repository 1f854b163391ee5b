"""What a reconciliation service covers: competencies, their types, and their properties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from api.description import public_address
from graph.errors import ParameterError
from graph.records import partner_of
from graph.terms import framework_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.service import Service
    from graph.catalogue import Catalogue
    from graph.model import Competency
    from graph.records import Record

MOUNT: Final = "/reconcile"

#: Begins the property of what a competency aligns with in a framework.
ALIGNED_WITH: Final = "aligned-with:"


@dataclass(frozen=True, slots=True)
class Property:
    """Something that can be asked for, or asked of, a competency."""

    id: str
    name: str
    description: str

    def record(self) -> Record:
        """As suggestions and proposals have it."""
        return {"id": self.id, "name": self.name, "description": self.description}


_PROPERTIES: Final = (
    Property("title", "Title", "as published"),
    Property("code", "Code", "as published, or ours where nothing is published"),
    Property("description", "Description", "in this project's own words"),
    Property("level", "Level", "domain, competency, behavior, principle, activity, function"),
    Property("framework", "Framework", "the edition to which it belongs"),
    Property("parent", "Parent", "what stands directly above it"),
    Property("iri", "IRI", "its name on the web"),
    Property("citation", "Citation", "where it is published"),
)


@dataclass(frozen=True, slots=True)
class Desk:
    """A reconciliation service: over everything, or over one framework.

    Attributes
    ----------
    framework : str
        Id; empty for all.
    """

    service: Service
    framework: str = ""

    @property
    def catalogue(self) -> Catalogue:
        """The loaded release."""
        return self.service.catalogue

    @property
    def address(self) -> str:
        """Where clients reach it."""
        below = f"/{self.framework}" if self.framework else ""
        return public_address(self.service.settings) + MOUNT + below

    def frameworks(self) -> list[str]:
        """Ids of the frameworks that it covers and of which there are statements, in order."""
        catalogue = self.catalogue
        found = [key for key in catalogue.frameworks if catalogue.by_framework.get(key)]
        return [key for key in found if self.framework in ("", key)]

    def competencies(self) -> Iterable[Competency]:
        """What can be found, in published order."""
        for key in self.frameworks():
            yield from self.catalogue.by_framework[key]


def open_desk(service: Service, framework: str = "") -> Desk:
    """A reconciliation service by the framework that it covers.

    Raises
    ------
    NotFoundError
        If there is no such framework.
    """
    if framework:
        service.catalogue.framework(framework)
    return Desk(service, framework)


def types_of(desk: Desk) -> dict[str, str]:
    """Names of types by id, the most useful first.

    The level of one framework (`framework:isp-2020/competency`), a whole framework, and a level
    wherever it occurs.
    """
    catalogue = desk.catalogue
    levels = {c.id: c.label for c in catalogue.concepts if c.scheme == "level"}
    inner: dict[str, str] = {}
    found: dict[str, None] = {}
    for key in desk.frameworks():
        for level in dict.fromkeys(member.level for member in catalogue.by_framework[key]):
            inner[f"framework:{key}/{level}"] = f"{levels[level]} of {key}"
            found[level] = None
    # Whole competencies are what most columns mean.
    first = {k: name for k, name in inner.items() if k.endswith("/competency")}
    whole = {f"framework:{k}": catalogue.frameworks[k].title for k in desk.frameworks()}
    return first | inner | whole | {f"level:{level}": levels[level] for level in found}


def own_types(competency: Competency) -> list[str]:
    """Ids of the types of a competency, the narrowest first."""
    return [
        f"framework:{competency.framework}/{competency.level}",
        f"framework:{competency.framework}",
        f"level:{competency.level}",
    ]


def properties_of(desk: Desk) -> list[Property]:
    """What can be asked for: facts about a competency, and its partners in each framework."""
    catalogue = desk.catalogue
    ends = [(c.subject_framework, c.object_framework) for c in catalogue.crosswalks.values()]
    partners = {
        other for pair in ends for one, other in (pair, pair[::-1]) if desk.framework in ("", one)
    }
    return [
        *_PROPERTIES,
        *(
            Property(
                f"{ALIGNED_WITH}{key}",
                f"Aligned with {key}",
                f"aligned competencies of {catalogue.frameworks[key].title}, best first",
            )
            for key in catalogue.frameworks
            if key in partners
        ),
    ]


def find_property(desk: Desk, key: str, name: str) -> Property:
    """A property by its id.

    Raises
    ------
    ParameterError
        If there is none, saying under `name` which there are.
    """
    known = {found.id: found for found in properties_of(desk)}
    if key not in known:
        raise ParameterError(name, key, f"one of {', '.join(known)}")
    return known[key]


def values_of(desk: Desk, competency: Competency, property_: Property) -> list[dict[str, str]]:
    """Values of a property: texts under `str`, competencies with `id` and `name`."""
    catalogue = desk.catalogue
    if property_.id.startswith(ALIGNED_WITH):
        wanted = property_.id.removeprefix(ALIGNED_WITH)
        partners = (partner_of(a, competency.id) for a in catalogue.alignments_of(competency.id))
        return [
            {"id": key, "name": label} for key, label, _ in partners if framework_of(key) == wanted
        ]
    if property_.id == "parent":
        if competency.parent is None:
            return []
        return [{"id": competency.parent, "name": catalogue.competency(competency.parent).title}]
    texts = {
        "title": competency.title,
        "code": competency.code,
        "description": competency.description,
        "level": competency.level,
        "framework": competency.framework,
        "iri": catalogue.prefixes.expand(competency.id),
        "citation": competency.citation,
    }
    text = texts[property_.id]
    return [{"str": text}] if text else []


def described(competency: Competency) -> str:
    """What tells a competency from others of a like title."""
    return f"{competency.level} of {competency.framework}: {competency.description}"
