"""Views as HTML: one environment, one policy, addresses of assets that follow their content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.answer import Answer
from api.pages.values import (
    JUSTIFICATION_WORDS,
    REGIME_WORDS,
    RELATION_ABOUT,
    author_words,
    counted,
    shown,
    terms,
)
from graph import __version__
from graph.records import DIRECTION_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.pages.view import View

TEMPLATES: Final = Path(__file__).parent.parent / "templates"
STATIC: Final = Path(__file__).parent.parent / "static"

#: Nothing but our own files: no inline script, no inline style, no other host.
_POLICY: Final[Mapping[str, str]] = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "img-src": "'self' data:",
    "script-src": "'self'",
    "style-src": "'self'",
}

#: Relations as the end of a sentence: "epas-2022:7 … isp-2020:2.1".
RELATION_WORDS: Final = {
    "exact": "says the same as",
    "close": "is close to",
    "broad": "is contained in",
    "narrow": "contains",
    "related": "is related to",
}

#: Strengths as a mark that shade alone does not have to carry.
STRENGTH_MARKS: Final = {"strong": "●●●", "moderate": "●●○", "weak": "●○○"}

#: How a course plan comes to a statement, with the mark of each.
REACH_MARKS: Final = {"direct": "◆", **STRENGTH_MARKS, "missing": "○○○"}

#: Entries of the navigation: section, label, address.
NAVIGATION: Final[tuple[tuple[str, str, str], ...]] = (
    ("crosswalks", "Crosswalks", "/crosswalks"),
    ("frameworks", "Frameworks", "/frameworks"),
    ("plan", "Plan", "/plan"),
    ("graph", "Graph", "/graph"),
    ("analytics", "Analytics", "/analytics"),
    ("query", "Questions", "/query"),
    ("about", "About", "/about"),
    ("docs", "API", "/docs"),
)


def html_answer(view: View, release: str, address: str) -> Answer:
    """A page with its security headers.

    Parameters
    ----------
    address : str
        Path and query of the page, from which the addresses of its twin and downloads are made.
    """
    policy = {**_POLICY, **view.policy}
    headers = (
        ("content-security-policy", "; ".join(f"{k} {v}" for k, v in sorted(policy.items()))),
        ("referrer-policy", "no-referrer"),
    )
    body = render(view, release, address).encode()
    return Answer(body, "text/html", view.status, headers, keep=view.keep)


def render(view: View, release: str, address: str) -> str:
    """The HTML of a page. Everything is escaped; a name that the record lacks is an error."""
    return (
        environment()
        .get_template(view.template)
        .render(
            **view.context(),
            page=view,
            release=release,
            version=__version__,
            address=address,
            navigation=NAVIGATION,
        )
    )


@cache
def environment() -> Environment:
    """The templates, compiled once."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "asset": asset,
        "direction_words": DIRECTION_WORDS,
        "justification_words": JUSTIFICATION_WORDS,
        "reach_marks": REACH_MARKS,
        "regime_words": REGIME_WORDS,
        "relation_about": RELATION_ABOUT,
        "relation_words": RELATION_WORDS,
        "strength_marks": STRENGTH_MARKS,
        "with_query": with_query,
    }
    made.filters |= {
        "author_words": author_words,
        "counted": counted,
        "labelled": lambda item: (item["id"], item["label"]),
        "pair": lambda value: (value, value),
        "path": _path,
        "percent": _percent,
        "plural": lambda noun: noun[:-1] + "ies" if noun.endswith("y") else noun + "s",
        "shown": shown,
        "terms": terms,
    }
    return made


@cache
def asset(name: str) -> str:
    """Address of a file below `api/static` that changes when the file does.

    Raises
    ------
    FileNotFoundError
    """
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def with_query(address: str, **values: object) -> str:
    """An address with some parameters of its query set, or taken out where they are None."""
    path, _, query = address.partition("?")
    kept = [part for part in query.split("&") if part and part.partition("=")[0] not in values]
    added = urlencode({key: value for key, value in values.items() if value is not None})
    joined = "&".join([*kept, *([added] if added else [])])
    return f"{path}?{joined}" if joined else path


def _path(text: object) -> str:
    """A name as one segment of a path; the colon of a CURIE stays readable."""
    return quote(str(text), safe=":")


def _percent(value: Any) -> str:
    return "–" if value is None else f"{value:.0%}"
