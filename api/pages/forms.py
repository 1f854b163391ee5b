"""Forms that are made from parameters: a field for each, set to what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from graph.analytics.analytic import ALL_LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.analytics.analytic import Parameter
    from graph.catalogue import Catalogue
    from graph.records import Record

#: What a parameter is called beside its field.
_LABELS: Final = {
    "from": "From",
    "to": "To",
    "level": "Level",
    "min_strength": "At least",
    "min_confidence": "Least confidence",
    "aim": "Serving",
    "regime": "Derived links",
    "editions": "Editions side by side",
    "most": "Most entries",
    "k": "Most ways",
    "a": "Path from",
    "b": "Path to",
    "limit": "Most of each kind",
    "top": "Most for each statement",
    "share": "Share to reach",
    "group": "Group by",
}

#: What an open field is called.
_OPEN: Final = {"min_strength": "any strength", "aim": "any aim or none", "measures": "all"}


def field(
    name: str, about: str, value: Any, choices: Sequence[tuple[str, str]] = (), every: str = ""
) -> Record:
    """A field to choose from if there are choices, else one to write in.

    Parameters
    ----------
    choices : Sequence[tuple[str, str]]
        Values and what they are called.
    every : str
        What leaving it open is called; empty if it must not be left open.
    """
    options = [{"value": key, "label": label} for key, label in choices]
    if every:
        options.insert(0, {"value": "", "label": every})
    if options and value not in [option["value"] for option in options]:
        options.append({"value": value, "label": value})
    label = _LABELS.get(name, name.replace("_", " ").capitalize())
    return {
        "name": name,
        "label": label,
        "help": about,
        "value": value,
        "options": options,
        "kind": "select" if options else "text",
    }


def framework_fields(catalogue: Catalogue, from_: str, to: str, every: str = "") -> list[Record]:
    """A field for each of two frameworks, of those that have statements."""
    choices = [(key, key) for key in catalogue.frameworks if catalogue.by_framework.get(key)]
    return [
        field("from", "The framework that is looked at.", from_, choices, every),
        field("to", "The one that it is compared with.", to, choices, every),
    ]


def parameter_field(catalogue: Catalogue, parameter: Parameter, given: str | None) -> Record:
    """A field for a parameter, set to what was asked or to the default."""
    name, default = parameter.name, "" if parameter.default is None else str(parameter.default)
    value = default if given is None else given
    choices = [(choice, choice) for choice in parameter.choices]
    if name == "level":
        choices = [(level, level) for level in levels_of(catalogue)] + [(ALL_LEVELS, "all levels")]
    if name == "aim":
        choices = [(c.id, c.label) for c in catalogue.concepts if c.scheme == "aim"]
    every = "" if default else _OPEN.get(name, "by default")
    made = field(name, parameter.about, value, choices, every if choices else "")
    kind = {bool: "checkbox", int: "number", float: "number"}.get(parameter.type, "text")
    return made | {
        "kind": "select" if choices else kind,
        "least": parameter.least,
        "most": parameter.most,
        "step": "1" if parameter.type is int else "any",
    }


def levels_of(catalogue: Catalogue) -> list[str]:
    """Levels that some statement has, in the order of their list."""
    present = {c.level for c in catalogue.competencies.values()}
    listed = [c.id for c in catalogue.concepts if c.scheme == "level" and c.id in present]
    return listed + sorted(present - set(listed))


def statements(catalogue: Catalogue) -> list[Record]:
    """Every statement, to choose from while writing."""
    return [{"id": c.id, "title": c.title} for c in catalogue.competencies.values()]
