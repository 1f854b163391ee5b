"""The tools for assistants, called by the protocol's own client from a process of its own."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import pytest
from mcp import Client, StdioServerParameters

if TYPE_CHECKING:
    from graph.catalogue import Catalogue

_RUN = "import sys; from api.cli import main; sys.argv = ['crosswalk', 'mcp']; main()"


def _call(*calls: tuple[str, dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    """Tools that a server has, and results of calls in turn."""

    async def talk() -> tuple[list[Any], list[Any]]:
        server = StdioServerParameters(command=sys.executable, args=["-c", _RUN])
        async with Client(server) as client:
            tools = (await client.list_tools()).tools
            return list(tools), [await client.call_tool(name, given) for name, given in calls]

    return asyncio.run(talk())


def test_an_assistant_finds_five_tools_that_only_read() -> None:
    tools, _ = _call()
    assert [tool.name for tool in tools] == [
        "find_competency", "align", "explain", "coverage", "query",
    ]  # fmt: skip
    assert all(tool.annotations.read_only_hint for tool in tools)
    assert all(tool.description for tool in tools)
    assert all(tool.input_schema["additionalProperties"] is False for tool in tools)


def test_every_answer_carries_its_release_and_alignments_their_reasons(
    catalogue: Catalogue,
) -> None:
    _, (found, aligned, explained, covered, asked, listed) = _call(
        ("find_competency", {"words": "power differentials"}),
        ("align", {"competency": "epas-2022:7", "to": "isp-2020", "verdict": "any"}),
        ("explain", {"a": "epas-2015:2", "b": "isp-2020:1.3"}),
        ("coverage", {"from_framework": "epas-2022", "to_framework": "isp-2020"}),
        ("query", {"name": "find-resources", "parameters": {"competency": "isp-2020:1.3"}}),
        ("query", {}),
    )
    answers = [
        result.structured_content for result in (found, aligned, explained, covered, asked, listed)
    ]
    assert {answer["release"] for answer in answers} == {catalogue.release}
    assert answers[0]["items"][0]["id"] == "isp-2020:1.3"
    judged = catalogue.alignments_of("epas-2022:7", verdict=None)
    to_isp = [a for a in judged if "isp-2020:" in a.subject_id + a.object_id]
    assert [item["rationale"] for item in answers[1]["items"]] == [a.rationale for a in to_isp]
    assert answers[2]["sentences"]
    assert "of 9" in answers[3]["says"] or "9 competencies" in answers[3]["says"]
    assert all(row["url"].startswith("http") for row in answers[4]["items"])
    assert "SELECT" in answers[4]["sparql"]
    assert "find-resources" in {item["name"] for item in answers[5]["items"]}


@pytest.mark.parametrize(
    ("tool", "given", "said"),
    [
        ("align", {"competency": "epas-2022:77"}, "epas-2022:7"),
        ("align", {"competency": "epas-2022:7", "to": "isp"}, "isp-2020"),
        ("query", {"name": "find-resource"}, "find-resources"),
        ("query", {"name": "find-resources", "parameters": {"x": "y"}}, "x"),
        ("explain", {"a": "epas-2022:7", "b": "epas-2022:7"}, "another statement"),
        ("find_competency", {"words": "power", "framework": "isp-2020"}, "framework"),
        ("query", {"question": "find-gaps"}, "question"),
    ],
)
def test_what_does_not_exist_is_answered_with_what_does(
    tool: str, given: dict[str, Any], said: str
) -> None:
    _, (result,) = _call((tool, given))
    assert result.is_error
    assert said in result.content[0].text
