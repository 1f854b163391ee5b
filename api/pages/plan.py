"""The page of course plans: the worked example, a plan that was sent, and the parts of both.

The script of the page and its plain form send a plan to the same functions and get the same HTML,
so that nothing is said in two ways. Nothing that is sent is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import orjson

from api.answer import Answer
from api.pages import twins
from api.pages.plan_tables import analysis_record, analysis_tables, matrix_table
from api.pages.render import html_answer, render
from api.pages.view import View
from api.planning import MOST_ROWS, claims_report
from api.plans import briefs, convert, matrix
from api.problems import UploadError
from graph.curriculum.analysis import analyze
from graph.curriculum.carrying import onto_for, usual_ends
from graph.curriculum.claim_file import read_claims
from graph.curriculum.claims import check_claims
from graph.curriculum.model import Depth, Level, Setting
from graph.curriculum.reach import Filters
from graph.curriculum.reading import read_plan
from graph.curriculum.report import markdown
from graph.curriculum.routes import TARGET_LEVELS, targets_of
from graph.curriculum.writing import FORMS, plan_record
from graph.errors import NotFoundError, ParameterError, SourcesError
from graph.model import Strength
from graph.nearest import nearest
from graph.rebase import editions_of
from graph.terms import shipped_data

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.service import Service
    from graph.catalogue import Catalogue
    from graph.curriculum.model import CoursePlan
    from graph.records import Record

#: Worked examples that ship with the software: the plan, and claims about it.
EXAMPLES: Final = {"msw-2022": ("msw-2022.yaml", "claims-msw-2022.yaml")}

#: The framework to which they are made; without it they are not offered.
_EXAMPLE_EDITION: Final = "epas-2022"

#: What a text that is pasted may be.
KINDS: Final = ("csv", "yaml", "json")

#: Documents for accreditation that the page offers, with the format of each.
DOCUMENTS: Final = {"accreditation-docx": "docx", "accreditation-xlsx": "xlsx"}

#: How a plan in YAML begins, and none in CSV.
_YAML: Final = re.compile(r"[\w ]+:(\s|$)", re.MULTILINE)

_SCRIPTS: Final = ("plan.js",)
_STYLES: Final = ("plan.css",)


@dataclass(frozen=True, slots=True)
class Sent:
    """What the form of the page sends.

    Attributes
    ----------
    kind : str
        Of `KINDS`.
    plan, claims : str
        Texts of the two files; no claims if empty.
    """

    kind: str = "csv"
    plan: str = ""
    claims: str = ""


#: Fields of the form.
FIELDS: Final = ("kind", "plan", "claims")


def sent_of(form: Mapping[str, str]) -> Sent:
    """What a form says.

    Raises
    ------
    ParameterError
        If its kind is none of `KINDS`.
    """
    kind = form.get("kind") or KINDS[0]
    if kind not in KINDS:
        raise ParameterError("kind", kind, f"one of {', '.join(KINDS)}")
    return Sent(kind, form.get("plan", ""), form.get("claims", ""))


def plan_page(
    service: Service, example: str = "", add: str = "", filters: Filters | None = None
) -> View:
    """The page as it is opened: with a worked example, or with a statement to add.

    Raises
    ------
    NotFoundError
        If there is no such example or statement.
    """
    catalogue = service.catalogue
    record = _frame(catalogue, filters or Filters())
    if add:
        found = catalogue.competency(add)
        record |= {"add": {"id": found.id, "title": found.title}}
    if not example:
        return _view(record)
    if example not in EXAMPLES:
        raise NotFoundError("example", example, nearest(example, EXAMPLES))
    plan_file, claims_file = EXAMPLES[example]
    plan = read_plan(example_bytes(plan_file), plan_file, catalogue)
    shown = _analyzed(plan, catalogue, filters or Filters())
    claims = read_claims(example_bytes(claims_file), claims_file, catalogue)
    report = check_claims(plan, claims, catalogue).record()
    return _view({**record, **shown.record, "example": example, "claims": report}, shown)


def sent_page(service: Service, sent: Sent, filters: Filters) -> View:
    """The page with a plan that its form sent, or with every fault of the plan or its claims."""
    catalogue = service.catalogue
    shown = None
    record = {
        **_frame(catalogue, filters),
        "sent": {"kind": sent.kind, "plan": sent.plan, "claims": sent.claims},
    }
    try:
        plan = read_plan(sent.plan.encode(), f"plan.{sent.kind}", catalogue)
        shown = _analyzed(plan, catalogue, filters)
        record |= shown.record
        if sent.claims.strip():
            claims = read_claims(sent.claims.encode(), "claims", catalogue)
            report = check_claims(plan, claims, catalogue, most_rows=MOST_ROWS)
            record["claims"] = report.record()
    except SourcesError as error:
        listed = error.findings[: UploadError.MOST_LISTED]
        record["faults"] = [
            {"path": one.path, "line": one.line, "message": one.message} for one in listed
        ]
        record["faults_total"] = len(error.findings)
        record["seems"] = _seems(sent) if shown is None else ""
        return replace(_view(record, shown), status=422)
    return _view(record, shown)


def _seems(sent: Sent) -> str:
    """The kind that a text looks like, if that is not what the form said; else empty."""
    text = sent.plan.lstrip()
    seems = "json" if text[:1] in ("{", "[") else "yaml" if _YAML.match(text) else sent.kind
    return seems if seems != sent.kind else ""


def analysis_part(catalogue: Catalogue, raw: bytes, name: str, filters: Filters) -> Answer:
    """The part of the page that says what a plan covers, reaches and lacks.

    Raises
    ------
    SourcesError
        With every fault of the plan.
    """
    shown = _analyzed(read_plan(raw, name, catalogue), catalogue, filters)
    view = replace(shown, template="plan_analysis.html")
    return Answer(render(view, catalogue.release, "/plan").encode(), "text/html", keep=False)


def claims_part(catalogue: Catalogue, raw: bytes) -> Answer:
    """The part of the page that says which claims hold.

    Raises
    ------
    SourcesError
        With every fault of the body, the plan or the claims.
    """
    report = orjson.loads(claims_report(catalogue, raw, "", strict=False).body)
    view = View("plan_claims.html", "Claims", {"claims": report})
    return Answer(render(view, catalogue.release, "/plan").encode(), "text/html", keep=False)


def file_answer(service: Service, text: str, form: str, filters: Filters) -> Answer:
    """A plan as the file that a button of the page asks for; a page, if the plan is faulty.

    Parameters
    ----------
    text : str
        The plan as JSON.
    form : str
        A form of a plan, a document, `markdown` for the report, or a table of the page with its
        ending (`gaps.csv`, `depths.xlsx`).

    Raises
    ------
    ParameterError, NotFoundError
        If there is no such form or table.
    """
    try:
        return _plan_file(service.catalogue, text.encode(), form, filters)
    except SourcesError:
        return page_answer(service, sent_page(service, Sent("json", text), filters))


def _plan_file(catalogue: Catalogue, raw: bytes, form: str, filters: Filters) -> Answer:
    name = "plan.json"
    if form in FORMS:
        return convert(catalogue, raw, name, form)
    if form == "syllabi-docx":
        return briefs(catalogue, raw, name, "", (), "docx", "")
    if form in DOCUMENTS:
        return matrix(catalogue, raw, name, "", DOCUMENTS[form], "")
    plan = read_plan(raw, name, catalogue)
    if form == "markdown":
        onto = onto_for(plan, catalogue)
        body = markdown(analyze(plan, catalogue, onto, filters=filters)).encode()
        headers = (("content-disposition", 'attachment; filename="course-plan.md"'),)
        return Answer(body, "text/markdown", headers=headers, keep=False)
    table, _, ending = form.rpartition(".")
    if ending not in ("csv", "xlsx"):
        known = ", ".join((*FORMS, *DOCUMENTS, "syllabi-docx", "markdown"))
        raise ParameterError("form", form, f"one of {known}, or a table: gaps.csv, gaps.xlsx")
    view = _analyzed(plan, catalogue, filters)
    return replace(twins.answer(view, catalogue.release, "/plan", ending, table), keep=False)


def example_bytes(name: str) -> bytes:
    """A file of the worked examples, which ship beside the content."""
    return (shipped_data().parent / "examples" / name).read_bytes()


def page_answer(service: Service, view: View) -> Answer:
    """A page with what somebody sent: not to be kept by anybody."""
    return replace(html_answer(view, service.catalogue.release, "/plan"), keep=False)


def _view(record: Record, shown: View | None = None) -> View:
    return View(
        "plan.html",
        "Course plan",
        record,
        about="What the courses of a programme cover of social work’s competencies and reach of "
        "implementation support, what is missing, and what hangs on one course.",
        tables=shown.tables if shown else (),
        section="plan",
        scripts=_SCRIPTS,
        styles=_STYLES,
    )


def _analyzed(plan: CoursePlan, catalogue: Catalogue, filters: Filters) -> View:
    """A plan with its analysis, as a record and tables."""
    onto = onto_for(plan, catalogue)
    found = analyze(plan, catalogue, onto, filters=filters)
    record = analysis_record(found, catalogue)
    tables = (
        matrix_table("depths", f"Depths of {found.plan.edition} by course", record["depths"]),
        matrix_table("reached", f"Reach of {onto} by course", record["reached"]),
        *analysis_tables(found),
    )
    return View("", "", {"plan": plan_record(plan), "analysis": record}, tables=tables)


def _frame(catalogue: Catalogue, filters: Filters) -> Record:
    """What the page holds in every state: what may be chosen, and nothing chosen."""
    edition, onto = usual_ends(catalogue)
    editions = sorted(editions_of(catalogue, edition), reverse=True)
    examples = [key for key in EXAMPLES if _EXAMPLE_EDITION in catalogue.frameworks]
    levels = (*TARGET_LEVELS, "behavior")
    keys = [key for edition in editions for key in targets_of(catalogue, edition, levels)]
    keys += targets_of(catalogue, onto)
    return {
        "editions": [{"id": e, "title": catalogue.framework(e).title} for e in editions],
        "onto": {"id": onto, "title": catalogue.framework(onto).title},
        "statements": [{"id": key, "title": catalogue.competency(key).title} for key in keys],
        "choices": _choices(catalogue),
        "examples": examples,
        "example_claims": example_bytes(EXAMPLES["msw-2022"][1]).decode() if examples else "",
        "filters": filters.record(),
        "example": None,
        "add": None,
        "sent": {"kind": "csv", "plan": "", "claims": ""},
        "faults": [],
        "faults_total": 0,
        "seems": "",
        "plan": None,
        "analysis": None,
        "claims": None,
    }


def _choices(catalogue: Catalogue) -> Mapping[str, Any]:
    def ids(scheme: str) -> list[str]:
        return [concept.id for concept in catalogue.concepts if concept.scheme == scheme]

    return {
        "depths": [depth.value for depth in Depth],
        "levels": [level.value for level in Level],
        "settings": [setting.value for setting in Setting],
        "strengths": [strength.value for strength in Strength],
        "dimensions": ids("dimension"),
        "systems": ids("system"),
        "kinds": [*KINDS],
    }
