"""What an analytic is: its parameters, what is asked of it, and what comes of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from graph.errors import ParameterError, UnknownParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graph.analytics.edges import Edges
    from graph.catalogue import Catalogue
    from graph.records import Record

    #: Called as `progress(done, total)` while long work runs; it may raise to stop the work.
    Progress = Callable[[int, int], None]
    Options = Mapping[str, Any]

#: How alignments are called that nobody derived.
ASSERTED: Final = "asserted"

#: Every level at once.
ALL_LEVELS: Final = "all"

REGIMES: Final = (ASSERTED, "skos", "sssom", "practice")


class Result(Protocol):
    """What every analytic gives."""

    def record(self) -> Record:
        """As JSON."""

    def table(self) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        """Columns and rows."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What an analytic can be told.

    Attributes
    ----------
    type : type
        `str`, `int`, `float` or `bool`.
    default : str | int | float | bool | None
        `None` where nothing is chosen.
    choices : tuple[str, ...]
        All values there are, if they do not depend on the data.
    least, most : float | None
        Ends of a range, both included.
    many : bool
        Whether several values may be given, separated by commas.
    """

    name: str
    about: str
    type: type = str
    default: str | int | float | bool | None = None
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    many: bool = False
    example: str | int | float | bool | None = None

    @property
    def accepts(self) -> str:
        """What values it takes, in words."""
        if self.choices:
            return f"{'some' if self.many else 'one'} of {', '.join(self.choices)}"
        if self.type is bool:
            return "true or false"
        if self.type is str:
            return "a name"
        kind = "a whole number" if self.type is int else "a number"
        if self.least is not None and self.most is not None:
            return f"{kind} from {self.least:g} to {self.most:g}"
        return kind if self.least is None else f"{kind} of at least {self.least:g}"

    def parse(self, text: str) -> Any:
        """The value that a text means.

        Raises
        ------
        ParameterError
            If it means none that this parameter takes.
        """
        text = text.strip()
        if self.many:
            return tuple(self._one(part.strip(), text) for part in text.split(","))
        return self._one(text, text)

    def _one(self, text: str, given: str) -> Any:
        refused = ParameterError(self.name, given, self.accepts)
        if self.type is bool:
            if text.lower() not in ("true", "false"):
                raise refused
            return text.lower() == "true"
        if self.type is str:
            if not text or (self.choices and text not in self.choices):
                raise refused
            return text
        try:
            value = self.type(text)
        except ValueError:
            raise refused from None
        low = -math.inf if self.least is None else self.least
        high = math.inf if self.most is None else self.most
        if not (math.isfinite(value) and low <= value <= high):
            raise refused
        return value

    def record(self) -> Record:
        """As JSON."""
        return {
            "name": self.name,
            "about": self.about,
            "type": {str: "string", int: "integer", float: "number", bool: "boolean"}[self.type],
            "default": self.default,
            "accepts": self.accepts,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer: what was asked, what was found, and what can be drawn of it.

    Attributes
    ----------
    says : str
        What one sees, in a sentence or three, with the denominator.
    parameters : dict
        Every parameter as it was understood, so that the same can be asked again.
    regime : str
        By which rules alignments were derived; `asserted` if none were.
    drawings : dict
        Pictures by name; the first is the one to show if none is named.
    """

    analytic: str
    result: Result
    says: str
    parameters: Record
    regime: str
    release: str
    drawings: Mapping[str, Callable[[], str]] = field(repr=False)

    def record(self) -> Record:
        """As JSON: the fields of the result beside what was asked."""
        return {
            "analytic": self.analytic,
            "says": self.says,
            "parameters": self.parameters,
            **self.result.record(),
            "regime": self.regime,
            "release": self.release,
        }

    def table(self) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        """Columns and rows of the result."""
        return self.result.table()

    def picture(self, name: str | None = None) -> str:
        """A picture as SVG, drawn from the values of the table.

        Raises
        ------
        ParameterError
            If there is no such picture of this.
        """
        if name is None:
            name = next(iter(self.drawings))
        if name not in self.drawings:
            raise ParameterError("picture", name, f"one of {', '.join(self.drawings)}")
        return self.drawings[name]()


#: What the function of an analytic gives: result, sentence, regime, pictures.
Found = tuple[Result, str, str, "Mapping[str, Callable[[], str]]"]


@dataclass(frozen=True, slots=True)
class Analytic:
    """One analytic.

    Attributes
    ----------
    pictures : tuple[str, ...]
        What can be drawn, first what is drawn if nothing is said.
    needs_frameworks : bool
        Whether both frameworks must be named.
    """

    name: str
    summary: str
    parameters: tuple[Parameter, ...]
    pictures: tuple[str, ...]
    _find: Callable[[Asked], Found] = field(repr=False)
    needs_frameworks: bool = True

    @property
    def picture_parameter(self) -> Parameter:
        """Which picture is wanted."""
        return Parameter(
            "picture",
            "Which picture to draw.",
            default=self.pictures[0],
            choices=self.pictures,
            example=self.pictures[0],
        )

    def options(self, given: Mapping[str, str]) -> dict[str, Any]:
        """Texts as values, by parameter; what is not given has its default.

        Raises
        ------
        UnknownParameterError, ParameterError
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name, text in given.items():
            if name not in known:
                raise UnknownParameterError(name, text, sorted(known))
        return {
            name: parameter.parse(given[name]) if name in given else parameter.default
            for name, parameter in known.items()
        }

    def run(
        self,
        catalogue: Catalogue,
        from_: str | None,
        to: str | None,
        options: Options | None = None,
        *,
        progress: Progress | None = None,
    ) -> Outcome:
        """Answer for two frameworks.

        Parameters
        ----------
        options : Mapping[str, Any] | None
            Values by parameter, as `options` makes them; what is missing has its default.
        progress : Progress | None
            Called while long work runs.

        Raises
        ------
        NotFoundError
            If a framework or competency does not exist, with the nearest that do.
        ParameterError
            If an option has a value that it cannot have, or something needed is missing.
        """
        values = {parameter.name: parameter.default for parameter in self.parameters}
        for name, value in (options or {}).items():
            if name not in values:
                raise UnknownParameterError(name, str(value), sorted(values))
            values[name] = value
        if self.needs_frameworks:
            for name, framework in (("from", from_), ("to", to)):
                if framework is None:
                    raise ParameterError(name, None, "the id of a framework")
        asked = Asked(catalogue, from_, to, values, progress)
        result, says, regime, drawings = self._find(asked)
        parameters = {"from": asked.from_, "to": asked.to} | {
            name: [*value] if isinstance(value, tuple) else value
            for name, value in asked.options.items()
        }
        return Outcome(self.name, result, says, parameters, regime, catalogue.release, drawings)

    def record(self) -> Record:
        """As JSON."""
        return {
            "id": self.name,
            "summary": self.summary,
            "parameters": [parameter.record() for parameter in self.parameters],
            "pictures": [*self.pictures],
        }


@dataclass(slots=True)
class Asked:
    """One question."""

    catalogue: Catalogue
    from_: str | None
    to: str | None
    options: dict[str, Any]
    progress: Progress | None

    @property
    def level(self) -> str | None:
        """Level of the statements; `None` for every level."""
        level: str = self.options["level"]
        return None if level == ALL_LEVELS else level

    @property
    def regime(self) -> str | None:
        """Rules to derive by; `None` for none."""
        regime = self.options.get("regime")
        return None if regime in (None, ASSERTED) else str(regime)

    @property
    def frameworks(self) -> tuple[str, str]:
        """Both frameworks of a question that has two."""
        assert self.from_ is not None
        assert self.to is not None
        return self.from_, self.to

    @property
    def filters(self) -> dict[str, Any]:
        """Arguments of a projection, without the regime."""
        from_, to = self.frameworks
        return {
            "from_": from_,
            "to": to,
            "level": self.level,
            "min_strength": self.options.get("min_strength"),
            "aim": self.options.get("aim"),
        }

    def edges(self) -> Edges:
        """The projection that is asked for, as columns."""
        from graph.analytics.project import project_edges

        return project_edges(self.catalogue, **self.filters, regime=self.regime)
