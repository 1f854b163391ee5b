"""A page per course for its syllabus: which competencies of both professions it serves, and why.

Written for students. A page is only so long: what does not fit is counted and said, best first, so
that nothing is left out silently.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from graph.curriculum.document_rows import (
    NONE,
    depths,
    reach_note,
    reasons_of,
    short_name,
    whole_of,
)
from graph.curriculum.model import Depth, Setting
from graph.curriculum.reach import reach
from graph.documents import Bullets, Column, Document, Paragraph, Section, Span, Table, render
from graph.errors import NotFoundError
from graph.model import Strength
from graph.nearest import nearest
from graph.terms import code_of, framework_of, natural_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graph.catalogue import Catalogue
    from graph.curriculum.model import Course, CoursePlan, Entry
    from graph.curriculum.reach import Reach
    from graph.curriculum.routes import Route
    from graph.documents import Block

#: Formats that briefs come in.
BRIEF_FORMATS: Final = ("docx", "markdown", "html")

#: What a depth means to a student.
_WORDS: Final = {
    Depth.INTRODUCES: "you meet it",
    Depth.PRACTISES: "you practise it",
    Depth.DEMONSTRATES: "you show it",
}

#: Height of the text of a letter page and, of it, what the rows of the first table may take; of a
#: line of a table, a paragraph and a heading; and what each has above and below. In points, as
#: `graph.word` sets them.
_PAGE: Final = 695
_OWN_ROOM: Final = 240
_LINE, _TEXT_LINE, _HEADING_LINE = 13.5, 16.2, 20
_ROW_SPACE, _TEXT_SPACE, _HEADING_SPACE, _TABLE_SPACE = 5, 6, 54, 37

#: Widths of columns in characters: about what they hold of bold letters, and less than of others;
#: and of a line of text and of a heading.
_OWN_WIDTHS: Final = (46, 15, 33)
_OTHER_WIDTHS: Final = (30, 53, 11)
_TEXT_WIDTH, _HEADING_WIDTH = 95, 66

#: Most characters of the contents of one row.
_MOST_CONTENT: Final = 120

#: Most resources on a page.
_MOST_RESOURCES: Final = 2


def write_briefs(
    plan: CoursePlan,
    catalogue: Catalogue,
    format_: str,
    codes: Sequence[str] = (),
    *,
    onto: str = "",
) -> bytes:
    """Briefs as one file, a page a course; see `brief_document`.

    Raises
    ------
    NotFoundError
        If there is no such course or framework.
    NotAcceptableError
        If there is no such format.
    """
    return render(brief_document(plan, catalogue, codes, onto=onto), format_, BRIEF_FORMATS)


def brief_document(
    plan: CoursePlan, catalogue: Catalogue, codes: Sequence[str] = (), *, onto: str = ""
) -> Document:
    """Briefs of some courses, free of any format.

    Parameters
    ----------
    codes : Sequence[str]
        Codes of the courses, in the order of the pages; all of the plan if empty.
    onto : str
        Framework of the other profession; if empty, the one that `onto_for` chooses.

    Raises
    ------
    NotFoundError
        If there is no such course, with the nearest codes, or no such framework.
    """
    courses = {course.code: course for course in plan.courses}
    for code in codes:
        if code not in courses:
            raise NotFoundError("course", code, nearest(code, courses))
    chosen = [courses[code] for code in dict.fromkeys(codes)] or [*courses.values()]
    found = reach(plan, catalogue, onto)
    sections = [
        Section(
            f"{course.code} {course.title}",
            tuple(_brief(course, plan, catalogue, found)),
            new_page=bool(place),
        )
        for place, course in enumerate(chosen)
    ]
    return Document(
        title="What this course prepares you for" if len(chosen) == 1 else "Course briefs",
        subject=f"{plan.programme or plan.name}; crosswalk release {catalogue.release}",
        sections=tuple(sections),
        footer=f"Links between professions: crosswalk release {catalogue.release[:12]}",
    )


def _brief(course: Course, plan: CoursePlan, catalogue: Catalogue, found: Reach) -> list[Block]:
    """As much as a page holds: first the competencies of the course, then where they lead."""
    entries = [entry for entry in plan.entries if entry.course == course.code]
    facts = Paragraph.of(_facts(course))
    if not entries:
        text = "The course plan does not say yet which competencies this course serves."
        return [facts, Paragraph.of(text)]
    best = [them[0] for them in found.by_course[course.code].values()]
    routes = [route for route in best if not route.direct]  # what it names stands above already
    routes.sort(key=lambda route: (route.order, natural_key(route.target)))
    head: list[Block] = [facts, _own_table(course, entries, plan, catalogue)]
    readings = _readings(routes, entries, catalogue)
    if not routes and reach_note(plan, catalogue, found.onto):
        return head  # nothing is known about where it leads, which is not the same as nowhere
    room = _PAGE - _height(head) - _HEADING_SPACE
    room -= _HEADING_LINE * _lines(f"{course.code} {course.title}", _HEADING_WIDTH)
    blocks: list[Block] = []
    for read in range(len(readings), -1, -1):
        reading: list[Block] = [Paragraph((Span("To read on", bold=True),))] if read else []
        reading += [Bullets(tuple(readings[:read]))] if read else []
        for most in range(len(routes), min(1, len(routes)) - 1, -1):
            blocks = [*_leading(routes, most, catalogue, found.onto), *reading]
            if _height(blocks) <= room:
                return [*head, *blocks]
    return [*head, *blocks]


def _leading(
    routes: Sequence[Route], most: int, catalogue: Catalogue, onto: str
) -> Iterator[Block]:
    """What the course leads to, best first: some of it with reasons, the rest by name."""
    rows = tuple(
        (
            f"{code_of(route.target)} {catalogue.competency(route.target).title}",
            f"By {code_of(route.entry.competency)}. {reasons_of(route)}",
            route.strength.value,
        )
        for route in routes[:most]
    )
    yield Table(
        "Implementation",
        f"Implementation support competencies that it serves as well ({short_name(onto)})",
        _columns(("Competency", "Why", "Link"), _OTHER_WIDTHS),
        rows,
        notes=(
            "Implementation support helps organizations to use what is known to work, and to keep "
            "using it. Links are proposals that no publisher has endorsed: strong (one ability is "
            "at the core of the other), moderate (it contributes regularly), weak (in some "
            "situations).",
        ),
        empty="None beyond what it names.",
    )
    texts = []
    for strength in (Strength.STRONG, Strength.MODERATE, Strength.WEAK):
        rest = [route for route in routes[most:] if route.strength is strength]
        if rest:
            titles = ", ".join(catalogue.competency(route.target).title for route in rest)
            texts.append(f"By {strength.value} links: {titles}.")
    if texts:
        spans = Span("It leads to more. ", bold=True), Span(" ".join(texts))
        yield Paragraph(spans, small=True)


def _facts(course: Course) -> str:
    facts = [
        "Required" if course.required else "Elective",
        "field" if course.setting is Setting.FIELD else "class",
        f"{course.level.value} practice",
    ]
    if course.credits is not None:
        facts.append(f"{course.credits:g} credits" if course.credits != 1 else "1 credit")
    if course.hours is not None:
        facts.append(f"{course.hours:g} hours")
    if course.term:
        facts.append(course.term)
    return " · ".join(facts)


def _own_table(
    course: Course, entries: Sequence[Entry], plan: CoursePlan, catalogue: Catalogue
) -> Table:
    """One row a competency with its behaviors, said as fully as there is room for."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[whole_of(catalogue, entry.competency).id].append(entry)
    keys = sorted(groups, key=lambda key: (framework_of(key) != plan.edition, natural_key(key)))
    columns = _columns(("Competency", "In this course", "By"), _OWN_WIDTHS)
    caption = f"Competencies that {course.code} serves ({short_name(plan.edition)})"
    for most, titled in ((_MOST_CONTENT, True), (60, True), (60, False), (30, False)):
        rows = tuple(
            (
                _with_behaviors(key, groups[key], plan, catalogue, titled=titled),
                _WORDS[depths(groups[key])[-1]],
                _cut("; ".join(dict.fromkeys(e.content for e in groups[key] if e.content)), most)
                or NONE,
            )
            for key in keys
        )
        table = Table(course.code, caption, columns, rows)
        if _rows_height(table) <= _OWN_ROOM:
            break
    return table


def _with_behaviors(
    key: str, entries: Sequence[Entry], plan: CoursePlan, catalogue: Catalogue, *, titled: bool
) -> str:
    framework = framework_of(key)
    name = "" if framework == plan.edition else f"{short_name(framework)} "
    text = f"{name}{code_of(key)} {catalogue.competency(key).title}"
    parts = sorted({e.competency for e in entries if e.competency != key}, key=natural_key)
    if not parts:
        return text
    if titled:
        return "\n".join([text, *(f"{code_of(p)} {catalogue.competency(p).title}" for p in parts)])
    return f"{text} ({', '.join(code_of(part) for part in parts)})"


def _columns(titles: Sequence[str], widths: Sequence[int]) -> tuple[Column, ...]:
    return tuple(Column(*column) for column in zip(titles, widths, strict=True))


def _readings(
    routes: Sequence[Route], entries: Sequence[Entry], catalogue: Catalogue
) -> list[tuple[Span, ...]]:
    """Further reading for what the course serves, best links first, one for each competency."""
    keys = dict.fromkeys([*(e.competency for e in entries), *(r.target for r in routes)])
    items: list[tuple[Span, ...]] = []
    for key in keys:
        for resource in catalogue.resources.get(key, ())[:1]:
            items.append(
                (
                    Span(resource.title, url=resource.url),
                    Span(f" (for {code_of(key)}). {resource.citation}"),
                )
            )
    return items[:_MOST_RESOURCES]


def _cut(text: str, most: int) -> str:
    """A text of at most `most` characters, cut between words and marked where it was cut."""
    return text if len(text) <= most else f"{text[: most - 2].rsplit(' ', 1)[0]} …"


def _height(blocks: Sequence[Block]) -> float:
    """About how much of a page some blocks take, in points."""
    height: float = 0
    for block in blocks:
        if isinstance(block, Table):
            notes = sum(_LINE * _lines(note, _TEXT_WIDTH) + _TEXT_SPACE for note in block.notes)
            height += notes + _TABLE_SPACE + _LINE + _ROW_SPACE + _rows_height(block)
        else:
            texts = block.items if isinstance(block, Bullets) else (block.spans,)
            line = _LINE if isinstance(block, Paragraph) and block.small else _TEXT_LINE
            for spans in texts:
                text = "".join(span.text for span in spans)
                height += line * _lines(text, _TEXT_WIDTH) + _TEXT_SPACE
    return height


def _rows_height(table: Table) -> float:
    return sum(
        _ROW_SPACE
        + _LINE
        * max(_lines(str(cell), c.width) for cell, c in zip(row, table.columns, strict=True))
        for row in table.rows
    )


def _lines(text: str, width: int) -> int:
    return sum(max(-(-len(line) // width), 1) for line in text.split("\n"))
