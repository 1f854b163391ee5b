"""Forms that are made from parameters: a field for each, set to what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from api.pages.values import REGIME_WORDS, heading
from graph.analytics.analytic import ALL_LEVELS
from graph.errors import NotFoundError, ParameterError, UnknownParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.analytics.analytic import Parameter
    from graph.catalogue import Catalogue
    from graph.errors import CrosswalkError
    from graph.records import Record

#: What a parameter is called beside its field.
_LABELS: Final = {
    "from": "From",
    "to": "To",
    "level": "Level",
    "min_strength": "Strength at least",
    "at_least": "Strength at least",
    "min_confidence": "Confidence at least",
    "max_confidence": "Confidence at most",
    "aim": "Serving",
    "direction": "Who gains",
    "partner": "Other competency",
    "q": "Words",
    "within": "Only within",
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

#: What is asked for, in the words of a reader, where the name of its kind is a developer's.
_KINDS: Final = {"query": "question", "analytic": "answer by that name"}

#: What an open field is called.
_OPEN: Final = {"min_strength": "any strength", "aim": "any aim or none", "measures": "all"}


def label_of(name: str) -> str:
    """What a page calls a parameter."""
    return _LABELS.get(name) or heading(name)


def fault_words(error: CrosswalkError, *, hint: bool = True) -> str:
    """Why there is no answer, as a sentence for a reader: fields by their labels, not their keys.

    Parameters
    ----------
    hint : bool
        Whether to name what may have been meant; not where links to it stand below.

    >>> from graph.errors import ParameterError
    >>> fault_words(ParameterError("min_confidence", "7", "a number from 0 to 1"))
    '“Confidence at least” cannot be “7”; it takes a number from 0 to 1.'
    """
    says = str(error)
    if isinstance(error, NotFoundError):
        meant = f" Did you mean {' or '.join(error.nearest)}?" if hint and error.nearest else ""
        return f"There is no {_KINDS.get(error.kind, error.kind)} “{error.id}”.{meant}"
    if isinstance(error, ParameterError) and not isinstance(error, UnknownParameterError):
        given = "is missing" if error.value is None else f"cannot be “{error.value}”"
        says = f"“{label_of(error.name)}” {given}; it takes {error.accepted}"
    return f"{says[:1].upper()}{says[1:].rstrip('.')}."


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
    return {
        "name": name,
        "label": label_of(name),
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
    words = REGIME_WORDS if name == "regime" else {}
    choices = [(choice, words.get(choice, choice)) for choice in parameter.choices]
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
