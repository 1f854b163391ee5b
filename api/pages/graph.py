"""The graph explorer: two frameworks as a net, its table twin, and the path between two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from api.analyzing import outcome_of
from api.pages.analytics import alignment_page, first_frameworks, outcome_table, with_level
from api.pages.competency import counterpart
from api.pages.forms import fault_words, framework_fields, parameter_field, statements
from api.pages.view import Column, DataTable, View
from graph.analytics.analytic import ALL_LEVELS, ASSERTED, Parameter
from graph.analytics.explorer import Net, Show, explore
from graph.analytics.registry import ANALYTICS
from graph.errors import ParameterError
from graph.terms import framework_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graph.analytics.analytic import Outcome, Progress
    from graph.catalogue import Catalogue
    from graph.errors import CrosswalkError
    from graph.records import Record

#: What the analytics of two frameworks are filtered by, and this page with them.
_FILTERS: Final = tuple(
    p
    for p in ANALYTICS["communities"].parameters
    if p.name in ("level", "min_strength", "aim", "regime")
)

#: What can be asked of the net besides its two frameworks.
PARAMETERS: Final = (
    *_FILTERS,
    Parameter(
        "min_confidence", "Leave out what is less sure, 0 to 1.", type=float, default=0.0, least=0,
        most=1,
    ),
    Parameter(
        "verdict", "Which verdicts are drawn as links.", default=Show.ALIGNED.value,
        choices=tuple(show.value for show in Show),
    ),
    Parameter(
        "group", "Domains as published, or themes that were found.", default="domain",
        choices=("domain", "theme"),
    ),
    Parameter("focus", "Only this statement and what it is linked with."),
    Parameter("a", "Statement where a path begins."),
    Parameter("b", "Statement where it ends."),
)  # fmt: skip

NAMES: Final = ("from", "to", *(parameter.name for parameter in PARAMETERS))

#: Parameters of the analytic of paths that this page sets.
_PATH: Final = ("from", "to", "a", "b", *(parameter.name for parameter in _FILTERS))

#: The links of the net.
_LINKS: Final = (
    Column("from", "From", "competency"),
    Column("from_title", "Title"),
    Column("verdict", "Verdict", "terms"),
    Column("relation", "Relation", "relation"),
    Column("strength", "Strength", "strength"),
    Column("to", "To", "competency"),
    Column("to_title", "Title"),
    Column("confidence", "Confidence", "confidence"),
    Column("rationale", "Why"),
    Column("aims", "Aims", "terms"),
    Column("derived", "Derived"),
    Column("step", "Step of the path", "number"),
    Column("alignment", "More", "why"),
)

_NODES: Final = (
    Column("id", "Statement", "competency"),
    Column("title", "Title"),
    Column("framework", "Framework", "framework"),
    Column("level", "Level"),
    Column("group_label", "Group"),
    Column("links", "Aligned with", "number"),
)

_ABOUT: Final = (
    "Two frameworks as a net: statements in two columns, alignments as lines. Filter it, look at "
    "one statement and what it is linked with, or find how two statements connect."
)


def question_of(catalogue: Catalogue, given: Mapping[str, str]) -> dict[str, str]:
    """What a form asks: open fields left out; frameworks and level as the statements need them.

    Raises
    ------
    NotFoundError
        If there is no such statement, with the nearest that are.
    """
    asked = {name: given[name] for name in NAMES if given.get(name)}
    focus = asked.get("focus")
    found = catalogue.competency(focus) if focus else None
    if not {"from", "to"} & set(asked):
        ends = first_frameworks(catalogue)
        if found is not None and found.framework not in ends.values():
            other = counterpart(catalogue, found.framework) or ends.get("to", "")
            ends = {"from": found.framework, "to": other}
        asked |= ends
    return with_level(catalogue, asked, ("focus", "a", "b"))


def graph_page(catalogue: Catalogue, question: Mapping[str, str], progress: Progress) -> View:
    """The net that is asked for.

    Raises
    ------
    NotFoundError
        If a framework or statement does not exist, or the focus is not in the net.
    ParameterError
        If a parameter has a value that it cannot have.
    """
    from graph.analytics.project import project_edges

    options: dict[str, Any] = {
        p.name: p.parse(question[p.name]) if p.name in question else p.default for p in PARAMETERS
    }
    for name in ("from", "to"):
        if name not in question:
            raise ParameterError(name, None, "the id of a framework")
    edges = project_edges(
        catalogue,
        from_=question["from"],
        to=question["to"],
        level=None if options["level"] == ALL_LEVELS else options["level"],
        min_strength=options["min_strength"],
        aim=options["aim"],
        regime=None if options["regime"] == ASSERTED else options["regime"],
    )
    themes = _themes(catalogue, question, progress) if options["group"] == "theme" else None
    path = _path(catalogue, question, progress)
    net = explore(
        edges,
        show=Show(options["verdict"]),
        min_confidence=options["min_confidence"],
        focus=options["focus"],
        themes=themes.result if themes else None,  # type: ignore[arg-type]
        path=path.result if path else None,  # type: ignore[arg-type]
    )
    titles = {node.id: node.title for node in net.nodes}
    labels = {group.number: group.label for group in net.groups}
    record: Record = {
        **net.record(),
        "question": dict(question),
        "says": net.says,
        "fields": _fields(catalogue, question),
        "statements": statements(catalogue),
        "frameworks": [question["from"], question["to"]],
        "framework_titles": [catalogue.framework(question[end]).title for end in ("from", "to")],
        "focus": {"id": net.focus, "title": titles[net.focus]} if net.focus else None,
        "themes": themes.record() if themes else None,
        "path": _path_record(path) if path else None,
        "path_half": path is None and bool({"a", "b"} & set(question)),
        "failed": None,
    }
    links = [
        {
            **link,
            "from_title": titles[link["from"]],
            "to_title": titles[link["to"]],
            "step": link["step"] or None,  # 0 is no step
            "pages": {"alignment": alignment_page(catalogue, link)},
        }
        for link in record["edges"]
    ]
    nodes = [{**node, "group_label": labels.get(node["group"], "")} for node in record["nodes"]]
    counted = f"{len(links)} link" if len(links) == 1 else f"{len(links)} links"
    columns = tuple(column for column in _LINKS if path or column.key != "step")
    tables = (
        DataTable("links", f"{counted} between {len(nodes)} statements", columns, links),
        DataTable("statements", f"{len(nodes)} statements", _NODES, nodes),
        *([outcome_table(catalogue, path)] if path else []),
    )
    return View(
        "graph.html",
        "Graph",
        record,
        about=_ABOUT,
        tables=tables,
        section="graph",
        scripts=("graph.js",),
        picture=_picture(net, options, themes, path),
    )


def failed_page(
    catalogue: Catalogue, question: Mapping[str, str], error: CrosswalkError, status: int
) -> View:
    """The form alone, and why there is no net."""
    record: Record = {
        "question": dict(question),
        "fields": _fields(catalogue, question),
        "statements": statements(catalogue),
        "failed": fault_words(error),
    }
    return View(
        "graph.html", "Graph", record, about=_ABOUT, section="graph", status=status,
        scripts=("graph.js",),
    )  # fmt: skip


def _fields(catalogue: Catalogue, question: Mapping[str, str]) -> list[Record]:
    ends = framework_fields(catalogue, question.get("from", ""), question.get("to", ""))
    return [*ends, *(parameter_field(catalogue, p, question.get(p.name)) for p in PARAMETERS)]


def _filters(question: Mapping[str, str]) -> dict[str, str]:
    return {p.name: question[p.name] for p in _FILTERS if p.name in question}


def _themes(catalogue: Catalogue, question: Mapping[str, str], progress: Progress) -> Outcome:
    """The themes of the two frameworks, as the analytic finds them under the same filters."""
    asked = {"from": question["from"], "to": question["to"], **_filters(question)}
    return outcome_of(catalogue, ANALYTICS["communities"], asked, progress)


def _path(catalogue: Catalogue, question: Mapping[str, str], progress: Progress) -> Outcome | None:
    """The ways between two statements, as the analytic finds them; None while an end is open.

    They stay within the two frameworks if both ends do, and else lead over all crosswalks.
    """
    ends = {name: question[name] for name in ("a", "b") if name in question}
    if len(ends) < 2:
        return None
    asked = {**ends, **_filters(question)}
    shown = {name: question[name] for name in ("from", "to")}
    if {framework_of(end) for end in ends.values()} <= set(shown.values()):
        asked = {**shown, **asked}
    return outcome_of(catalogue, ANALYTICS["paths"], asked, progress)


def _path_record(path: Outcome) -> Record:
    """The answer of the analytic, and where the API gives the same."""
    asked = {
        name: str(value)
        for name, value in path.parameters.items()
        if value is not None and name in _PATH
    }
    return {**path.record(), "api": f"/api/v1/analytics/paths?{urlencode(asked)}"}


def _picture(
    net: Net, options: Mapping[str, Any], themes: Outcome | None, path: Outcome | None
) -> Callable[[], str]:
    """The net as the pictures of the analytics draw it, where nothing can be walked through."""
    from graph.analytics import pictures

    if path is not None:
        return path.picture
    if options["verdict"] != Show.ALIGNED.value:
        return lambda: pictures.matrix(net.edges, net.says)
    if themes is not None and net.focus is None:
        return lambda: pictures.community_map(net.edges, themes.result, net.says)  # type: ignore[arg-type]
    chosen = {net.focus} if net.focus else set()
    return lambda: pictures.bipartite(net.edges, net.says, chosen=chosen)
