"""What is looked at before any parser sees a foreign query: size, nesting, forbidden words.

A linear scan over the text, nothing more. It knows strings, IRIs and comments, and errs on the
side of refusing: what it lets through still meets the worker's own fences (`graph.store.worker`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.errors import QueryNestingError, QueryRefusedError, QuerySizeError, QuerySyntaxError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

#: One token. Quantifiers are possessive and no alternative looks ahead, so the scan is linear; a
#: quotation mark that no string alternative takes opens a string that is never closed. A word may
#: hold dots, because a prefix may; `_words` takes it apart again.
_TOKEN: Final = re.compile(
    r"""
      (?P<space>\s++)
    | (?P<comment>\#[^\n\r]*+)
    | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>)
    | (?P<long>"{3}|'{3})
    | (?P<string>"(?:[^"\\\n\r]|\\.)*+"|'(?:[^'\\\n\r]|\\.)*+')
    | (?P<variable>[?$]\w++)
    | (?P<language>@[A-Za-z][A-Za-z0-9-]*+)
    | (?P<word>[^\W\d][\w.\-]*+)?(?P<local>:
        (?:(?:[\w:%]|\\[_~.\-!$&'()*+,;=/?\#@%])(?:[\w:.%\-]|\\[_~.\-!$&'()*+,;=/?\#@%])*+)?)
    | (?P<bare>[^\W\d][\w.\-]*+)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<quote>["'])
    | (?P<digit>\d)
    | .
    """,
    re.VERBOSE | re.DOTALL,
)

_KEYWORD_IN_PREFIX: Final = re.compile(r"(TRUE|FALSE)*SERVICE")

#: Keywords that a parser without a separate lexer reads at the start of `FROMx:y`.
_DATASET_IN_PREFIX: Final = re.compile(r"FROM(NAMED)?|NAMED", re.IGNORECASE)

#: An IRI that cannot be read as a comparison, because no expression continues with `//`.
_ABSOLUTE: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")

#: What would hide something from the scan, were `<…>` a comparison instead of an IRI.
_HIDES: Final = re.compile(r"[#'(\[]")

#: Tokens after which `<` may be a comparison.
_OPERANDS: Final = frozenset(
    {"iri", "string", "long", "variable", "language", "local", "bare", "close", "digit"}
)

#: A long string of the grammar; the engine reads `""` and goes on where an escape is none.
_BAD_ESCAPE: Final = re.compile(
    r"""\\(?:[^tbnrf\\"'uU]|u(?![0-9A-Fa-f]{4})|U(?![0-9A-Fa-f]{8}))""", re.DOTALL
)
_ANY_ESCAPE: Final = re.compile(r"\\.", re.DOTALL)

_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")

_LOCAL_ESCAPE: Final = re.compile(r"\\(.)")

_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES: Final = (
    "INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH",
)  # fmt: skip

_SERVICE: Final = "SERVICE would ask another server, which this endpoint never does"

#: Functions whose answer depends on more than the data: such an answer is never kept.
_UNSTEADY: Final = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})


#: What most queries begin with: comments and prefixes, then the word that says their form.
_PLAIN: Final = re.compile(
    r"(?:\s|\#[^\n\r]*+[\n\r]|PREFIX\s+[\w.\-]*+:\s*+<[^<>\s]*+>)*+(SELECT|ASK|CONSTRUCT|DESCRIBE)\b",
    re.IGNORECASE,
)

#: Most queries hold none of these anywhere, not even in a comment: then there is nothing to find.
_WORTH_A_LOOK: Final = re.compile(
    r"SERVICE|FROM|NAMED|NOW|RAND|UUID|BNODE|\\[uU]|[\"']", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the scan learnt of a query that it lets through.

    Attributes
    ----------
    form : str
        `SELECT`, `ASK`, `CONSTRUCT` or `DESCRIBE`; empty if none was seen (a syntax error).
    names_dataset : bool
        Whether the query has a FROM clause of its own.
    steady : bool
        Whether the answer is a function of the data and the query alone.
    """

    form: str
    names_dataset: bool
    steady: bool

    @property
    def returns_graph(self) -> bool:
        """Whether the answer is a graph rather than rows or a truth value."""
        return self.form in ("CONSTRUCT", "DESCRIBE")


def scan(
    text: str,
    *,
    most_bytes: int,
    most_nesting: int,
    graphs: Collection[str],
    prefixes: Mapping[str, str],
) -> Scanned:
    """Look a foreign query over, in time linear to its length.

    Parameters
    ----------
    graphs : Collection[str]
        IRIs that a FROM clause may name.
    prefixes : Mapping[str, str]
        Prefixes that are declared beforehand.

    Raises
    ------
    QuerySizeError, QueryNestingError
        If it is longer or nested deeper than allowed.
    QueryRefusedError
        If it is an update, asks a remote service, or names a graph that is not ours.
    QuerySyntaxError
        If a string is not closed: what follows could not be judged.
    """
    if len(text) > most_bytes or len(text.encode()) > most_bytes:
        message = f"the query is longer than {most_bytes // 1000} kB; send a shorter one"
        raise QuerySizeError(message, limit="query_text_kb")
    plain = _PLAIN.match(text)
    if plain and not _WORTH_A_LOOK.search(text) and _brackets(text) <= most_nesting:
        return Scanned(plain[1].upper(), names_dataset=False, steady=True)
    found = _look(text, most_nesting, graphs, prefixes)
    if "\\u" in text or "\\U" in text:
        # Engines differ in where they resolve these escapes, so both readings must be harmless.
        _look(_ESCAPE.sub(_unescape, text), most_nesting, graphs, prefixes)
    return found


def _brackets(text: str) -> int:
    return text.count("(") + text.count("[") + text.count("{")


def _unescape(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code <= 0x10FFFF else match[0]


def _look(
    text: str, most_nesting: int, graphs: Collection[str], prefixes: Mapping[str, str]
) -> Scanned:
    declared = dict(prefixes)
    form, depth, names_dataset, steady = "", 0, False, True
    tokens = _tokens(text)
    before, name_before = "", ""
    for kind, token, place in tokens:
        words = token.upper().split(".") if kind == "bare" else []
        if kind in ("open", "close"):
            depth += 1 if kind == "open" else -1
            if depth > most_nesting:
                line, column = place_of(text, place)
                message = (
                    f"brackets nest deeper than {most_nesting} at line {line}, column {column}"
                )
                raise QueryNestingError(message, limit="query_nesting")
            if "SERVICE" in name_before and text[place] == "{":
                _refuse(text, place, _SERVICE)
        elif _asks_a_service(kind, token):
            _refuse(text, place, _SERVICE)
        elif kind == "name" and before == "PREFIX":
            following = next(tokens, ("", "", 0))
            if following[0] == "iri":
                declared[token.partition(":")[0]] = following[1][1:-1]
        elif kind in ("iri", "name") and before in ("FROM", "NAMED") and depth == 0:
            names_dataset = True
            _check_graph(text, place, token, graphs, declared)
        elif (
            kind == "name"
            and depth == 0
            and token.partition(":")[0] not in declared
            and (glued := _DATASET_IN_PREFIX.match(token))
        ):
            names_dataset = True
            _check_graph(text, place, token[glued.end() :], graphs, declared)
        for word in words:
            if word in _UPDATES and not form:
                _refuse(text, place, f"{word} is an update, and this endpoint is read-only")
            form = form or (word if word in _FORMS else "")
            steady = steady and word not in _UNSTEADY
        before = words[-1] if words else ""
        name_before = token.partition(":")[0].upper() if kind == "name" else ""
    return Scanned(form, names_dataset, steady)


def _asks_a_service(kind: str, token: str) -> bool:
    """Whether a parser without a separate lexer could read the keyword SERVICE in a token.

    `SERVICE:x` is the keyword and the name `:x` to such a parser, and `trueSERVICE` two words.
    A longer prefix, as in `SERVICEx:y`, is the keyword only where a group follows: see `_look`.
    """
    words = token.upper().partition(":")[0].split(".")
    if kind == "bare":
        return any("SERVICE" in word for word in words)
    return kind == "name" and any(_KEYWORD_IN_PREFIX.fullmatch(word) for word in words)


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Kind, text and place of every token that is no space, comment or string.

    `<` begins an IRI or is a comparison, and engines decide that by context. Where both readings
    are possible and differ in what they hide, the query is refused.
    """
    place = 0
    brackets: list[str] = []
    after_operand = False
    while place < len(text):
        match = _TOKEN.match(text, place)
        assert match is not None  # the last alternative takes any character
        kind = match.lastgroup
        if match["long"]:
            place = _end_of_long_string(text, match)
            after_operand = True
            continue
        if match["quote"]:
            line, column = place_of(text, place)
            message = f"the string that begins at line {line}, column {column} is not closed"
            raise QuerySyntaxError(message, line=line, column=column)
        if kind == "iri":
            comparable = after_operand and brackets and brackets[-1] == "("
            doubled = place > 0 and text[place - 1] == "<"
            if (comparable or doubled) and _HIDES.search(match[0]):
                _require_absolute(text, match)
            yield kind, match[0], place
        elif match["local"]:
            yield "name", match[0], place
        elif kind in ("bare", "open", "close"):
            yield kind, match[0], place
        if kind == "open":
            brackets.append(match[0])
        elif kind == "close" and brackets:
            brackets.pop()
        if kind not in ("space", "comment"):
            after_operand = kind in _OPERANDS
        place = match.end()


def _require_absolute(text: str, match: re.Match[str]) -> None:
    if _ABSOLUTE.match(match[0]):
        return
    line, column = place_of(text, match.start())
    message = (
        f"line {line}, column {column}: this could be an IRI or a comparison; write an IRI in "
        "full, or put a space after <"
    )
    raise QuerySyntaxError(message, line=line, column=column)


def _end_of_long_string(text: str, opening: re.Match[str]) -> int:
    """Where a long string ends that begins with `opening`.

    Raises
    ------
    QuerySyntaxError
        If it does not end, or holds an escape that is none: the engine would take the first two
        quotation marks for an empty string then and go on behind them.
    """
    quotes, start = opening[0], opening.end()
    place = start
    while (end := text.find(quotes, place)) >= 0:
        backslashes = end - len(text[place:end].rstrip("\\")) - place
        if backslashes % 2 == 0:
            _require_escapes(text, start, end)
            return end + 3
        place = end + 1
    line, column = place_of(text, opening.start())
    message = f"the string that begins at line {line}, column {column} is not closed"
    raise QuerySyntaxError(message, line=line, column=column)


def _require_escapes(text: str, start: int, end: int) -> None:
    for escape in _ANY_ESCAPE.finditer(text, start, end):
        if _BAD_ESCAPE.match(text, escape.start(), end):
            line, column = place_of(text, escape.start())
            message = f"line {line}, column {column}: there is no escape {escape[0]!r} in a string"
            raise QuerySyntaxError(message, line=line, column=column)


def _check_graph(
    text: str, place: int, token: str, graphs: Collection[str], declared: Mapping[str, str]
) -> None:
    if token.startswith("<"):
        iri = _ESCAPE.sub(_unescape, token[1:-1])
    else:
        prefix, _, local = token.partition(":")
        if prefix not in declared:
            return  # the parser will say so, with more precision
        iri = declared[prefix] + _LOCAL_ESCAPE.sub(r"\1", local)
    if iri not in graphs:
        message = f"FROM names <{iri}>, which is no graph of this service; list them with "
        _refuse(text, place, message + "SELECT DISTINCT ?g { GRAPH ?g { } }")


def _refuse(text: str, place: int, reason: str) -> None:
    line, column = place_of(text, place)
    raise QueryRefusedError(f"{reason} (line {line}, column {column})")


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
