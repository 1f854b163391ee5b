"""The crosswalk for assistants: five read-only tools over the Model Context Protocol.

An assistant gets what a person would get, with its sources: every answer carries the release, and
every alignment its reason, confidence, status and evidence. Needs the extra `mcp`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.types import ToolAnnotations
from pydantic import Field

from graph import __version__
from graph.analytics.registry import find_analytic
from graph.errors import CrosswalkError
from graph.model import Verdict
from graph.queries import find_query
from graph.reasoning import Facts, explain
from graph.records import competency_record, listing, partner_of, partner_record
from graph.rules import Regime
from graph.search import Search, hit_record
from graph.terms import framework_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.catalogue import Catalogue
    from graph.store import EmbeddedStore

    Record = dict[str, Any]

_INSTRUCTIONS: Final = (
    "Which social work competencies (EPAS) align with which competencies of implementation "
    "support practitioners (ISP), why, and how sure the authors are. Begin with find_competency; "
    "name competencies like epas-2022:7 or isp-2020:1.3 and frameworks like epas-2022. Every "
    "alignment is a proposal until people review it (see its status): say so, give its reason and "
    "confidence, and cite the release. 'not aligned' is a verdict with a reason; a pair without a "
    "verdict is undecided. Descriptions are this project's words, not the publishers'."
)

#: Most rows that an answer to a named question holds; an assistant has a small desk.
_MOST_ROWS: Final = 200

_READ_ONLY: Final = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)

Competency = Annotated[str, Field(description="A competency, like epas-2022:7 or isp-2020:1.3.")]
FrameworkId = Annotated[str, Field(description="A framework, like epas-2022 or isp-2020.")]


def create_server(store: EmbeddedStore, catalogue: Catalogue) -> MCPServer:
    """A server whose tools answer from one release."""
    return MCPServer(
        "competency-crosswalk",
        title="Competency crosswalk",
        instructions=_INSTRUCTIONS,
        version=__version__,
        log_level="WARNING",
        tools=[_strict(_answering(tool)) for tool in _tools(store, catalogue)],
    )


def _strict(answering: Callable[..., Record]) -> Tool:
    """A tool that refuses arguments which it does not have.

    The SDK passes over them: who asks for `find_competency(words, framework=…)` would take the
    answer for one that was narrowed.
    """
    tool = Tool.from_function(answering, annotations=_READ_ONLY, structured_output=True)
    model = tool.fn_metadata.arg_model
    model.model_config["extra"] = "forbid"
    model.model_rebuild(force=True)
    tool.parameters = model.model_json_schema(by_alias=True)
    return tool


def _answering(tool: Callable[..., Record]) -> Callable[..., Record]:
    """A tool whose errors reach the assistant as sentences, with the nearest names."""
    from functools import wraps

    @wraps(tool)
    def answer(*given: Any, **named: Any) -> Record:
        try:
            return tool(*given, **named)
        except CrosswalkError as error:
            raise ToolError(str(error)) from None

    return answer


def _tools(store: EmbeddedStore, catalogue: Catalogue) -> list[Callable[..., Record]]:
    index = Search.over(catalogue)
    facts = Facts.of(catalogue)

    def find_competency(
        words: Annotated[str, Field(max_length=200, description="Words, or a name.")],
        limit: Annotated[int, Field(ge=1, le=50)] = 10,
    ) -> dict[str, Any]:
        """Find competencies by words in title or description, or one by its name; best first."""
        if words.strip() in catalogue.competencies:
            found = catalogue.competencies[words.strip()]
            return listing([competency_record(catalogue, found)], catalogue.release)
        hits = index.find(words, limit=limit, kinds=["competency"])
        items = [
            {
                **competency_record(catalogue, catalogue.competencies[hit.id]),
                "score": hit_record(hit)["score"],
            }
            for hit in hits
        ]
        found_all = listing(items, catalogue.release)
        return {**found_all, "did_you_mean": None if hits else index.did_you_mean(words)}

    def align(
        competency: Competency,
        to: Annotated[str, Field(description="Only partners in this framework.")] = "",
        verdict: Annotated[
            Literal["aligned", "not-aligned", "any"],
            Field(description="'any' also tells what was judged not aligned, and why not."),
        ] = "aligned",
    ) -> dict[str, Any]:
        """What a competency aligns with: relation, strength, confidence, reason, evidence."""
        if to:
            catalogue.framework(to)
        wanted = None if verdict == "any" else Verdict(verdict)
        items = [
            partner_record(alignment, competency)
            for alignment in catalogue.alignments_of(competency, verdict=wanted)
            if not to or framework_of(partner_of(alignment, competency)[0]) == to
        ]
        return listing(items, catalogue.release)

    def explain_link(
        a: Competency,
        b: Competency,
        regime: Annotated[
            Regime, Field(description="Rules that a link which nobody judged may use.")
        ] = Regime.PRACTICE,
    ) -> dict[str, Any]:
        """What links two competencies, in sentences: a verdict, else a proof, else why nothing."""
        return {**explain(facts, a, b, regime).record(), "release": catalogue.release}

    def coverage(
        from_framework: FrameworkId,
        to_framework: FrameworkId,
        min_strength: Literal["strong", "moderate", "weak"] = "weak",
    ) -> dict[str, Any]:
        """How much of each of two frameworks the other reaches, with the denominators."""
        analytic = find_analytic("coverage")
        options = analytic.options({"min_strength": min_strength})
        return analytic.run(catalogue, from_framework, to_framework, options).record()

    def query(
        name: Annotated[
            str, Field(description="Name of a question; empty lists the questions.")
        ] = "",
        parameters: Annotated[
            dict[str, str | list[str]] | None, Field(description="Its parameters by name.")
        ] = None,
    ) -> dict[str, Any]:
        """Answer a named question, or list the questions with their parameters."""
        if not name:
            return _questions(catalogue.release)
        question = find_query(name)
        values = {
            key: [value] if isinstance(value, str) else value
            for key, value in (parameters or {}).items()
        }
        columns, rows = store.rows(question.bind(values, catalogue.known))
        items = [dict(zip(columns, row, strict=True)) for row in rows]
        shown = listing(items[:_MOST_ROWS], catalogue.release)
        return {**shown, "total": len(items), "sparql": question.text}

    explain_link.__name__ = "explain"
    return [find_competency, align, explain_link, coverage, query]


def _questions(release: str) -> Record:
    from graph.queries import shipped_queries

    items = [
        {
            "name": question.name,
            "summary": question.summary,
            "parameters": [
                {
                    "name": parameter.name,
                    "about": parameter.about,
                    "required": parameter.required,
                    "example": list(parameter.example),
                }
                for parameter in question.params
            ],
        }
        for question in shipped_queries().values()
    ]
    return listing(items, release)
