"""RDF of somebody else as plain values: any syntax, parsed where it can do no harm.

What could run away is refused before a parser sees it: too many bytes, too deep a nesting, a
DOCTYPE with its entities, a JSON-LD context that would have to be fetched. Then another process
parses (`graph.exchange.rdf_parser`); if it crashes or runs out of its bounds, that is a finding.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from graph.bounded import MOST_NESTING, check_size, decode_text, parse_json, refusal, refuse_doctype

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Largest RDF file that is read, in bytes, and how long its parser may take, in seconds.
MOST_BYTES: Final = 32 * 1024 * 1024
_MOST_SECONDS: Final = 120

#: Endings of names, and what the engine calls the syntax. A file with another name is looked into.
_BY_ENDING: Final[Mapping[str, str]] = {
    ".ttl": "TURTLE",
    ".nt": "N_TRIPLES",
    ".nq": "N_QUADS",
    ".trig": "TRIG",
    ".jsonld": "JSON_LD",
    ".json": "JSON_LD",
    ".rdf": "RDF_XML",
    ".xml": "RDF_XML",
    ".owl": "RDF_XML",
}

#: Tokens of Turtle and TriG in which a bracket is no bracket, and the brackets. Quantifiers are
#: possessive: the scan is linear.
_BRACKETS: Final = re.compile(
    r"""
      (?:\"{3}(?:[^"\\]|\\.|"(?!""))*+\"{3}) | (?:'{3}(?:[^'\\]|\\.|'(?!''))*+'{3})
    | (?:"(?:[^"\\\n\r]|\\.)*+") | (?:'(?:[^'\\\n\r]|\\.)*+')
    | <[^<>"{}|^`\\\s]*+> | \#[^\n\r]*+ | \\.
    | (?P<open><<|[\[({]) | (?P<close>>>|[\])}])
    """,
    re.VERBOSE | re.DOTALL,
)

#: One statement of N-Quads that names its graph.
_QUAD: Final = re.compile(
    r'(?:<[^<>\s]*>|_:\S+)\s+<[^<>\s]*>\s+(?:<[^<>\s]*>|_:\S+|"(?:[^"\\\n]|\\.)*+"\S*)'
    r"\s+(?:<[^<>\s]*>|_:\S+)\s*\.\s*(?:\#.*)?",
)

#: Tags of XML, and what opens a stretch without tags.
_MARKUP: Final = re.compile(
    r"""<!--|<!\[CDATA\[|<\?|</|<[^!?/\s<>](?:[^"'<>]|"[^"<]*+"|'[^'<]*+')*+>"""
)
_CLOSED_BY: Final = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}

_ENCODING: Final = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")


@dataclass(frozen=True, slots=True)
class Text:
    """A literal.

    Attributes
    ----------
    language : str
        Lower-case tag, or empty.
    """

    value: str
    language: str = ""
    datatype: str = ""


#: An IRI, a blank node (`_:…`), or a literal.
Node = str | Text


@dataclass(frozen=True)
class Statements:
    """What a file states, without repetitions, in the order of the file.

    Attributes
    ----------
    by_subject : dict[str, dict[str, list[Node]]]
        Objects by subject and predicate, all as IRIs.
    text : str
        The file itself, for saying where something stands.
    """

    name: str
    text: str
    by_subject: dict[str, dict[str, list[Node]]]

    @cached_property
    def _subjects(self) -> dict[tuple[str, Node], list[str]]:
        found: dict[tuple[str, Node], list[str]] = defaultdict(list)
        for subject, predicates in self.by_subject.items():
            for predicate, objects in predicates.items():
                for node in objects:
                    found[predicate, node].append(subject)
        return found

    def objects(self, subject: str, predicate: str) -> list[Node]:
        """What a subject has by a predicate."""
        return self.by_subject.get(subject, {}).get(predicate, [])

    def nodes(self, subject: str, predicate: str) -> list[str]:
        """IRIs and blank nodes that a subject has by a predicate."""
        return [node for node in self.objects(subject, predicate) if isinstance(node, str)]

    def texts(self, subject: str, *predicates: str) -> list[Text]:
        """Literals that a subject has by the first of some predicates that it has any by."""
        for predicate in predicates:
            found = [o for o in self.objects(subject, predicate) if isinstance(o, Text)]
            if found:
                return found
        return []

    def subjects(self, predicate: str, node: Node) -> list[str]:
        """What has something by a predicate."""
        return self._subjects.get((predicate, node), [])

    def pairs(self, predicate: str) -> Iterator[tuple[str, str]]:
        """Subjects and objects of a predicate, those that are no literals."""
        for subject, predicates in self.by_subject.items():
            for node in predicates.get(predicate, ()):
                if isinstance(node, str):
                    yield subject, node


def read_statements(raw: bytes, name: str) -> Statements:
    """Parse an RDF file: Turtle, TriG, N-Triples, N-Quads, RDF/XML or JSON-LD.

    Parameters
    ----------
    name : str
        Of the file; its ending tells the syntax, and where it does not the text does.

    Raises
    ------
    SourcesError
        If it is too large, nested too deep, not well formed, or would need something fetched.
    """
    check_size(raw, name, MOST_BYTES)
    text = decode_text(raw, name)
    syntax = _syntax(text, name)
    if syntax == "RDF_XML":
        _check_xml(raw, text, name)
    elif syntax == "JSON_LD":
        _check_contexts(parse_json(raw, name), name)
    else:
        _check_nesting(text, name)
    return Statements(name, text, _by_subject(_parse(text.encode(), syntax, name)))


def _syntax(text: str, name: str) -> str:
    for ending, syntax in _BY_ENDING.items():
        if name.lower().endswith(ending):
            return syntax
    start = text.lstrip()
    if start.startswith(("{", "[")) and not start.startswith("[]"):
        return "JSON_LD"
    if re.match(r"<(\?xml|!--|[\w-]+:RDF|RDF)", start):
        return "RDF_XML"
    first = next((line for line in start.splitlines() if line and line[0] != "#"), "")
    return "N_QUADS" if _QUAD.fullmatch(first.strip()) else "TRIG"  # Turtle is TriG, too


def _check_nesting(text: str, name: str) -> None:
    deep = 0
    for match in _BRACKETS.finditer(text):
        if match["open"]:
            deep += 1
            if deep > MOST_NESTING:
                line = text.count("\n", 0, match.start()) + 1
                raise refusal(name, line, f"nests deeper than {MOST_NESTING} brackets")
        elif match["close"]:
            deep -= 1


def _check_xml(raw: bytes, text: str, name: str) -> None:
    refuse_doctype(raw, name)
    declared = _ENCODING.search(raw[:400])
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii"):
        encoding = declared[1].decode()
        raise refusal(name, 1, f"declares the encoding {encoding}; save it as UTF-8 and say so")
    deep = place = 0
    while match := _MARKUP.search(text, place):
        place = match.end()
        if match[0] in _CLOSED_BY:
            # What is not closed is for the parser to refuse.
            place = text.find(_CLOSED_BY[match[0]], place)
            if place < 0:
                return
        elif match[0].startswith("</"):
            deep -= 1
        elif not match[0].endswith("/>"):
            deep += 1
            if deep > MOST_NESTING:
                line = text.count("\n", 0, match.start()) + 1
                raise refusal(name, line, f"nests deeper than {MOST_NESTING} elements")


def _check_contexts(value: Any, name: str) -> None:
    """Refuse whatever an expansion would have to fetch (JSON-LD 1.1, sections 3.1 and 4.1.5).

    The nesting is bounded already.
    """
    if isinstance(value, list):
        for item in value:
            _check_contexts(item, name)
    elif isinstance(value, dict):
        contexts = value.get("@context")
        remote = [c for c in (contexts if isinstance(contexts, list) else [contexts])
                  if isinstance(c, str)]  # fmt: skip
        remote += [value["@import"]] if "@import" in value else []
        if remote:
            message = f"has its context at {remote[0]}, and nothing is fetched; write it out"
            raise refusal(name, 1, message)
        for item in value.values():
            _check_contexts(item, name)


def _parse(raw: bytes, syntax: str, name: str) -> Iterator[tuple[str, str, Node]]:
    command = [sys.executable, "-m", "graph.exchange.rdf_parser", syntax]
    try:
        done = subprocess.run(  # noqa: S603 (this project's own parser, with a word of ours)
            command, input=raw, capture_output=True, timeout=_MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise refusal(name, 1, f"is not parsed within {_MOST_SECONDS} seconds") from None
    rows = [json.loads(line) for line in done.stdout.splitlines()] if not done.returncode else None
    if rows is None:
        raise refusal(name, 1, "breaks the parser: it is nested too deep or unfolds too far")
    for row in rows:
        if isinstance(row, dict):
            raise refusal(name, row["line"], f"is not well formed: {row['error']}")
        subject, predicate, node = row
        if isinstance(node, list):
            value, language, datatype = node
            yield subject, predicate, Text(value, language.lower(), datatype)
        else:
            yield subject, predicate, node


def _by_subject(rows: Iterator[tuple[str, str, Node]]) -> dict[str, dict[str, list[Node]]]:
    found: dict[str, dict[str, dict[Node, None]]] = defaultdict(lambda: defaultdict(dict))
    for subject, predicate, node in rows:
        found[subject][predicate][node] = None
    return {s: {p: [*objects] for p, objects in ps.items()} for s, ps in found.items()}
