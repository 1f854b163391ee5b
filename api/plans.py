"""Course plans over HTTP: a template to fill in, and the analysis of one that is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from api.answer import Answer
from api.negotiation import negotiate
from graph.curriculum.analysis import analyze
from graph.curriculum.reading import read_plan
from graph.curriculum.report import markdown
from graph.curriculum.template import write_template
from graph.curriculum.writing import FORMS, check_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.catalogue import Catalogue
    from graph.curriculum.reach import Filters

_MARKDOWN: Final = "text/markdown"
_AVAILABLE: Final = ("application/json", _MARKDOWN)


def template(catalogue: Catalogue, form: str, edition: str, onto: str) -> Answer:
    """A course plan to fill in."""
    ending, media_type = FORMS[check_form(form)]
    content = write_template(catalogue, form, edition, onto)
    headers = (("content-disposition", f'attachment; filename="course-plan-{edition}{ending}"'),)
    return Answer(content, media_type, headers=headers)


def analysis(
    catalogue: Catalogue,
    raw: bytes,
    name: str,
    onto: str,
    filters: Filters,
    courses: Sequence[str],
    accept: str,
) -> Answer:
    """What is said of a plan that was sent, as JSON or as Markdown."""
    media_type = negotiate(accept, _AVAILABLE, {"text/html": "application/json"})
    plan = read_plan(raw, name, catalogue)
    found = analyze(plan, catalogue, onto, filters=filters, courses=courses or None)
    if media_type == _MARKDOWN:
        return Answer(markdown(found).encode(), _MARKDOWN, keep=False)
    return Answer(orjson.dumps(found.record()), keep=False)
