"""The JSON that a client of reconciliation sends, and what to say of a value that has no place."""

from __future__ import annotations

import json
from typing import Any

from graph.bounded import parse_json
from graph.errors import ParameterError, SourcesError


def parsed(name: str, text: str) -> Any:
    """The JSON of a parameter.

    Raises
    ------
    ParameterError
        If it is none, or nests too deep.
    """
    try:
        return parse_json(text.encode(), name)
    except SourcesError as error:
        accepted = f"JSON, and it {error.findings[0].message}"
        raise ParameterError(name, excerpt(text), accepted) from None


def excerpt(value: object) -> str:
    """A value that was sent, for a message; at most 60 characters of it."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "\u2026"


def expect(value: Any, kind: type, name: str, accepted: str) -> Any:
    """A value, if it is of a type of Python that JSON has.

    Raises
    ------
    ParameterError
        Saying under `name` what is accepted.
    """
    if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
        raise ParameterError(name, excerpt(value), accepted)
    return value
