"""Course plans over HTTP: a template to fill in, analysis and documents of one that is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from api.answer import Answer
from api.negotiation import negotiate
from graph.curriculum.analysis import analyze
from graph.curriculum.briefs import BRIEF_FORMATS, write_briefs
from graph.curriculum.carrying import usual_ends
from graph.curriculum.documents import MATRIX_FORMATS, write_matrix
from graph.curriculum.reading import read_plan
from graph.curriculum.report import markdown
from graph.curriculum.template import write_template
from graph.curriculum.writing import FORMS, check_form, write_plan
from graph.documents import RENDERERS
from graph.errors import NotAcceptableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.catalogue import Catalogue
    from graph.curriculum.reach import Filters

_MARKDOWN: Final = "text/markdown"
_AVAILABLE: Final = ("application/json", _MARKDOWN)


def template(catalogue: Catalogue, form: str, edition: str, onto: str) -> Answer:
    """A course plan to fill in; to the usual edition, if none is named."""
    edition = edition or usual_ends(catalogue)[0]
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


def matrix(
    catalogue: Catalogue, raw: bytes, name: str, onto: str, format_: str, accept: str
) -> Answer:
    """What accreditors ask for, of a plan that was sent, as a file."""
    chosen = _format(format_, accept, MATRIX_FORMATS)
    plan = read_plan(raw, name, catalogue)
    return _file(write_matrix(plan, catalogue, chosen, onto=onto), chosen, "curriculum-matrix")


def briefs(
    catalogue: Catalogue,
    raw: bytes,
    name: str,
    onto: str,
    courses: Sequence[str],
    format_: str,
    accept: str,
) -> Answer:
    """A page for each course of a plan that was sent, as one file."""
    chosen = _format(format_, accept, BRIEF_FORMATS)
    plan = read_plan(raw, name, catalogue)
    content = write_briefs(plan, catalogue, chosen, courses, onto=onto)
    return _file(content, chosen, "course-briefs")


def _format(short: str, accept: str, formats: Sequence[str]) -> str:
    """Name of the format that is wanted; the first, if the caller takes anything."""
    if short:
        if short not in formats:
            raise NotAcceptableError(short, formats)
        return short
    by_type = {RENDERERS[name].media_type: name for name in formats}
    return by_type[negotiate(accept, tuple(by_type), {})]


def _file(content: bytes, format_: str, stem: str) -> Answer:
    renderer = RENDERERS[format_]
    disposition = f'attachment; filename="{stem}{renderer.suffix}"'
    headers = (("content-disposition", disposition),)
    return Answer(content, renderer.media_type, headers=headers, keep=False)


def convert(catalogue: Catalogue, raw: bytes, name: str, form: str) -> Answer:
    """A plan that was sent, as a file in another form.

    Raises
    ------
    SourcesError
        With every fault of the plan.
    ParameterError
        If there is no such form, or a matrix would lose something.
    """
    ending, media_type = FORMS[check_form(form)]
    content = write_plan(read_plan(raw, name, catalogue), form, catalogue)
    headers = (("content-disposition", f'attachment; filename="course-plan{ending}"'),)
    return Answer(content, media_type, headers=headers, keep=False)
