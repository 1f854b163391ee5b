"""The named questions: read a `.rq` file, bind its parameters without touching its syntax.

A file states its parameters in a YAML header of `#+` lines and marks, for each, one `VALUES`
line with `#:param`. As it stands the file runs in any SPARQL tool, with its example values.
Binding replaces what is between the braces of a marked line with serialised terms, and nothing
else, so that no value can become syntax.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import queries
from graph.errors import NotFoundError, ParameterError, StoreError, UnknownParameterError
from graph.model import Relation
from graph.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graph.terms import Prefixes

#: The folder of the questions that ship with the software.
FOLDER: Final = Path(queries.__file__).parent

_PARAM: Final = re.compile(
    r"^(?P<head>[ ]*VALUES \?(?P<name>\w+) )\{(?P<example>[^{}\n]*)\}[ ]*#:param$", re.MULTILINE
)

_LITERAL_ESCAPES: Final = str.maketrans(
    {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
)

#: A backslash of the value before a letter that makes it look like a code point escape. Those are
#: resolved before parsing (SPARQL 1.1, section 19.2), by some engines even after a backslash.
_BEFORE_CODE_POINT: Final = re.compile(r"\\\\([uU])")

#: Not characters of any text: NUL, and halves of surrogate pairs.
_NOT_TEXT: Final = re.compile(r"[\x00\ud800-\udfff]")

#: Parameter types whose values are plain literals.
_LITERAL_TYPES: Final = ("text", "number")


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a question.

    Attributes
    ----------
    type : str
        `competency`, `framework`, `alignment`, `relation`, `text`, `number`, or the name of a
        controlled list such as `aim`: its values are then that list's.
    many : bool
        Whether it takes several values.
    required : bool
        Whether the question makes no sense without it. Others keep the values in the file.
    example : tuple[str, ...]
        The values in the file, as a caller would write them.
    """

    name: str
    type: str
    about: str
    many: bool
    required: bool
    example: tuple[str, ...]

    def record(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "name": self.name,
            "type": self.type,
            "about": self.about,
            "many": self.many,
            "required": self.required,
            "example": list(self.example),
        }


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A question kept in `queries/`, with its declared parameters.

    Attributes
    ----------
    returns : str
        What one row is, and the order of the rows.
    columns : tuple[str, ...]
        What each answer has, in order.
    """

    name: str
    summary: str
    returns: str
    params: tuple[Param, ...]
    columns: tuple[str, ...]
    text: str

    def bind(self, values: Mapping[str, Sequence[str]], known: Known) -> str:
        """The query with values in place of its examples.

        Parameters
        ----------
        values : Mapping[str, Sequence[str]]
            Raw text by parameter name, as it came from a caller.
        known : Known
            What can be named.

        Raises
        ------
        ParameterError
            If a parameter is unknown, missing, given too often or malformed.
        NotFoundError
            If a value names something that does not exist.
        """
        declared = {param.name: param for param in self.params}
        for name, given in values.items():
            if name not in declared:
                raise UnknownParameterError(name, given[0] if given else None, [*declared])
        terms = {}
        for param in self.params:
            given = [*dict.fromkeys(value for value in values.get(param.name, ()) if value)]
            if not given:
                if param.required:
                    raise ParameterError(param.name, None, f"{param.type}: {param.about}")
                continue
            if len(given) > 1 and not param.many:
                raise ParameterError(param.name, " ".join(given), f"one {param.type}")
            terms[param.name] = " ".join(known.term(param, value) for value in given)

        def fill(match: re.Match[str]) -> str:
            bound = terms.get(match["name"])
            return match[0] if bound is None else f"{match['head']}{{ {bound} }}"

        return _PARAM.sub(fill, self.text)


@dataclass(frozen=True, slots=True)
class Known:
    """What a parameter may name: competencies, frameworks, alignments, controlled lists.

    Attributes
    ----------
    names : Mapping[str, Mapping[str, str]]
        For each parameter type, the accepted values and the CURIE that each stands for.
    """

    names: Mapping[str, Mapping[str, str]]
    prefixes: Prefixes

    def term(self, param: Param, value: str) -> str:
        """One value as SPARQL writes it.

        Raises
        ------
        ParameterError
            If it is not one of a short list, not a number, or not text.
        NotFoundError
            If it names no competency, framework or alignment.
        """
        if param.type == "text":
            return _literal(param.name, value)
        if param.type == "number":
            if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value):
                raise ParameterError(param.name, value, "a number such as 0.5")
            return value
        return f"<{self.prefixes.expand(self.curie(param.type, value, name=param.name))}>"

    def curie(self, kind: str, value: str, *, name: str) -> str:
        """What a value stands for.

        Parameters
        ----------
        name : str
            What the caller calls the parameter.

        Raises
        ------
        ParameterError
            If it is not on a short list.
        NotFoundError
            If it names no competency, framework or alignment.
        """
        accepted = self.names[kind]
        if value in accepted:
            return accepted[value]
        if kind in ("competency", "framework", "alignment"):
            raise NotFoundError(kind, value, nearest(value, accepted))
        raise ParameterError(name, value, f"one of {', '.join(accepted)}")


def _literal(name: str, value: str) -> str:
    r"""Any text as SPARQL writes it.

    >>> print(_literal("text", 'a "quoted" \\u0022'))
    "a \"quoted\" \\\U000000750022"
    """
    if _NOT_TEXT.search(value):
        raise ParameterError(name, value, "text in Unicode without NUL")
    escaped = value.translate(_LITERAL_ESCAPES)
    return f'"{_BEFORE_CODE_POINT.sub(_code_point, escaped)}"'


def _code_point(match: re.Match[str]) -> str:
    return f"\\\\\\U{ord(match[1]):08X}"


RELATIONS: Final = {relation.value: relation.predicate_id for relation in Relation}


def read_query(path: Path) -> NamedQuery:
    """Read one `.rq` file.

    Raises
    ------
    StoreError
        If the header is not YAML, or does not declare exactly the marked parameters.
    """
    import yaml  # here, because commands that ask no question need not wait for it

    text = path.read_text(encoding="utf-8")
    lines = [line[3:] for line in text.splitlines() if line.startswith("#+ ")]
    try:
        # The loader in C reads the headers in a tenth of the time that the one in Python takes.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        header: dict[str, Any] = yaml.load("\n".join(lines), loader) or {}  # noqa: S506
    except yaml.YAMLError as error:
        raise StoreError(f"{path.name}: the header is not YAML: {error}", path=path) from None
    declared: dict[str, dict[str, Any]] = header.get("params") or {}
    examples = {match["name"]: match["example"] for match in _PARAM.finditer(text)}
    if declared.keys() != examples.keys():
        difference = ", ".join(sorted(declared.keys() ^ examples.keys()))
        message = f"{path.name}: declared and marked parameters differ: {difference}"
        raise StoreError(message, path=path)
    params = tuple(
        Param(
            name=name,
            type=spec["type"],
            about=spec["about"],
            many=spec.get("many", False),
            required=spec.get("required", False),
            example=tuple(_example(part, spec["type"]) for part in _parts(examples[name])),
        )
        for name, spec in declared.items()
    )
    return NamedQuery(
        name=path.stem,
        summary=header["summary"],
        returns=header.get("returns", ""),
        params=params,
        columns=_columns(text),
        text=text,
    )


def _parts(example: str) -> list[str]:
    """Terms of a VALUES line; `UNDEF` among them is for the file alone, no caller can give it."""
    return [p for p in re.findall(r'"(?:[^"\\]|\\.)*"|\S+', example) if p != "UNDEF"]


def _example(part: str, kind: str) -> str:
    """A value in the file as a caller would write it: `aim:poverty` as `poverty`."""
    if kind == "text":
        return part[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if kind == "relation":
        return part.removeprefix("skos:").removesuffix("Match")
    return part if kind in ("competency", "number") else part.partition(":")[2]


def _columns(text: str) -> tuple[str, ...]:
    """Names in the outermost SELECT clause: plain variables, and those after AS."""
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    match = re.search(r"\bSELECT\s+(?:DISTINCT\s+)?(.*?)\bWHERE\b", body, re.DOTALL)
    depth, named, names = 0, False, []
    for piece in re.findall(r"[()]|\?\w+|\bAS\b", match[1] if match else ""):
        depth += (piece == "(") - (piece == ")")
        if piece.startswith("?") and (depth == 0 or named):
            names.append(piece[1:])
        named = piece == "AS"
    return tuple(names)


def read_queries(folder: Path) -> dict[str, NamedQuery]:
    """All questions directly in a folder, by name."""
    return {path.stem: read_query(path) for path in sorted(folder.glob("*.rq"))}


@cache
def shipped_queries() -> dict[str, NamedQuery]:
    """The questions that ship with the software, by name."""
    return read_queries(FOLDER)


def find_query(name: str, queries: Mapping[str, NamedQuery] | None = None) -> NamedQuery:
    """One question by name.

    Raises
    ------
    NotFoundError
        With the nearest names.
    """
    available = shipped_queries() if queries is None else queries
    if name not in available:
        raise NotFoundError("query", name, nearest(name, available))
    return available[name]


def internal_query(name: str) -> str:
    """Text of a query that the software itself asks, from `queries/load/`."""
    return (FOLDER / "load" / f"{name}.rq").read_text(encoding="utf-8")


def queries_table(queries: Iterable[NamedQuery]) -> str:
    """All questions as a Markdown table, for `queries/README.md`."""
    lines = ["| Question | What it answers | Parameters |", "| --- | --- | --- |"]
    for query in queries:
        params = ", ".join(
            f"`{param.name}`{'' if param.required else ' (optional)'}" for param in query.params
        )
        lines.append(f"| [`{query.name}`]({query.name}.rq) | {query.summary} | {params or '–'} |")
    return "\n".join(lines)
