"""The page of course plans in a real browser: drop, build by keyboard, keep, export, forget."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from graph.sheets import Table, write_workbook
from graph.terms import shipped_data
from tests.browser import chromium
from tests.test_pages_browser import AXE, TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.http_server import Server

pytest_plugins = ("tests.http_server",)

EXAMPLES: Final = shipped_data().parent / "examples"
KEY: Final = "crosswalk.plan"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(base_url=server.url, bypass_csp=True)
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.goto("/plan")
    yield opened
    context.close()
    assert faults == []


def kept(page: Page) -> Any:
    return json.loads(page.evaluate(f"localStorage.getItem({KEY!r})") or "null")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def build(page: Page) -> None:
    """Two courses and three entries, by keyboard alone, from the first field of a course on."""
    page.locator("#c-code").focus()
    for code, title in (("SW 1", "Foundations"), ("SW 2", "Policy")):
        page.keyboard.type(code)
        press(page, "Tab")
        page.keyboard.type(title)
        press(page, "Enter")
        page.get_by_role("button", name=f"Edit {code}").wait_for()
    page.locator("#e-course").focus()
    for course, competency, depth in (
        ("SW 1", "epas-2022:7", "practises"),
        ("SW 2", "epas-2022:5.a", "demonstrates"),
        ("SW 2", "isp-2020:2.1", "introduces"),
    ):
        page.locator("#e-course").focus()
        page.keyboard.type(course)
        press(page, "Tab")
        page.keyboard.type(competency)
        press(page, "Escape", "Tab")
        page.keyboard.type(depth)
        press(page, "Tab")
        page.keyboard.type(f"Work on {competency}")
        press(page, "Enter")
        page.get_by_role("button", name=f"Edit {course} {depth} {competency}").wait_for()


def test_a_dropped_workbook_shows_the_figures_of_the_api(page: Page, server: Server) -> None:
    raw = (EXAMPLES / "msw-2022.xlsx").read_bytes()
    said = server.request(
        "POST",
        "/api/v1/course-plans/analysis?name=msw-2022.xlsx",
        content=raw,
        headers={"content-type": "application/octet-stream"},
    ).json()
    data = page.evaluate_handle(
        """(bytes) => {
            const found = new DataTransfer();
            found.items.add(new File([new Uint8Array(bytes)], "msw-2022.xlsx"));
            return found;
        }""",
        list(raw),
    )
    page.dispatch_event("#plan-drop", "drop", {"dataTransfer": data})
    page.locator("#analysis-title").wait_for()
    shares = said["coverage"]["shares"]
    tiles = [text.split("\n")[0] for text in page.locator(".tiles li").all_inner_texts()]
    alone = sum(loss["single_point"] for loss in said["losses"])
    assert tiles == [
        f"{shares[0]['covered']}/{shares[0]['total']}",
        f"{shares[1]['covered']}/{shares[1]['total']}",
        f"{said['reach']['reached']}/{said['reach']['total']}",
        str(len(said["gaps"])),
        f"{alone}/{len(said['losses'])}",
    ]
    page.locator("#analysis-title:focus").wait_for()
    page.locator("#plan-status", has_text="20 of 21").wait_for()
    assert page.locator("#gaps tbody tr").count() == len(said["gaps"])
    assert sum(len(course.get("serves", ())) for course in kept(page)["courses"]) == 89
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    options = json.dumps({"runOnly": {"type": "tag", "values": TAGS}})
    found = page.evaluate(f"axe.run(document, {options})")
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found["violations"]] == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_example_gives_its_word_file_by_keyboard(page: Page) -> None:
    page.get_by_role("link", name="Show the worked example").press("Enter")
    page.locator("#plan-given").wait_for()
    with page.expect_download() as download:
        page.locator("button[value='accreditation-docx']").press("Enter")
    assert download.value.suggested_filename == "curriculum-matrix.docx"


def test_the_example_is_filtered_and_downloaded_without_script(
    browser: Browser, server: Server
) -> None:
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/plan?example=msw-2022")
    assert not page.locator("#builder, #plan-drop, #claims-form").filter(visible=True).count()
    page.select_option("#r-strength", "strong")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**min_strength=strong**")
    assert page.locator("#r-strength").input_value() == "strong"
    with page.expect_download() as download:
        page.locator("button[value='gaps.csv']").click()
    assert download.value.suggested_filename == "gaps.csv"
    context.close()


def test_a_faulty_file_lists_its_faults_and_loses_nothing(page: Page, tmp_path: Path) -> None:
    build(page)
    before = kept(page)
    faulty = tmp_path / "faulty.csv"
    faulty.write_text("course,competency,depth\nA,epas-2022:77,I\nA,epas-2022:1,X\n")
    page.set_input_files("#plan-file", faulty)
    box = page.locator("#plan-faults")
    box.wait_for()
    assert "2 faults" in box.inner_text()
    assert "faulty.csv, line 2" in box.inner_text()
    page.locator("#plan-faults:focus").wait_for()
    assert kept(page) == before
    assert page.locator("#entries-table tbody tr").count() == 3


def test_a_fault_of_a_workbook_names_its_sheet_and_row(page: Page, tmp_path: Path) -> None:
    faulty = tmp_path / "mine.xlsx"
    rows = [["A 1", "epas-2022:1", "I"], ["A 1", "epas-2022:2", "x"]]
    sheet = Table("Our #1 map", ["course", "competency", "depth"], rows)
    faulty.write_bytes(write_workbook([sheet], title="Mine"))
    page.set_input_files("#plan-file", faulty)
    box = page.locator("#plan-faults")
    box.wait_for()
    assert "mine.xlsx, sheet Our #1 map, row 3: column depth: 'x' is unknown" in box.inner_text()


def test_a_plan_built_by_keyboard_stays_exports_and_comes_back_equal(
    page: Page, tmp_path: Path
) -> None:
    build(page)
    page.get_by_text("covers 2 of 9 competencies").first.wait_for()
    built = kept(page)
    page.reload()
    page.get_by_role("button", name="Edit SW 2 introduces isp-2020:2.1").wait_for()
    assert kept(page) == built
    page.locator("#analysis-title").wait_for()
    saved = tmp_path / "plan.xlsx"
    with page.expect_download() as download:
        page.locator("#plan-files button[value='xlsx']").press("Enter")
    download.value.save_as(saved)
    page.locator("#plan-forget").press("Enter")
    assert kept(page) is None
    page.set_input_files("#plan-file", saved)
    page.get_by_role("button", name="Edit SW 1 practises epas-2022:7").wait_for()
    again = kept(page)
    assert _entries(again) == _entries(built)
    assert [c["title"] for c in again["courses"]] == ["Foundations", "Policy"]


def _entries(plan: Any) -> set[tuple[str, str, str, str]]:
    return {
        (course["code"], entry["competency"], entry["depth"], entry["content"])
        for course in plan["courses"]
        for entry in course["serves"]
    }


def test_forget_removes_the_plan_and_can_be_undone_once(page: Page) -> None:
    build(page)
    page.locator("#plan-forget").press("Enter")
    assert kept(page) is None
    assert page.locator("#courses-table tbody tr").count() == 0
    page.locator("#plan-undo button").press("Enter")
    assert page.locator("#courses-table tbody tr").count() == 2
    page.locator("#plan-forget").press("Enter")
    page.reload()
    assert kept(page) is None
    assert page.locator("#courses-table tbody tr").count() == 0


def test_courses_and_entries_are_changed_and_deleted_in_place(page: Page) -> None:
    build(page)
    page.get_by_role("button", name="Edit SW 2", exact=True).press("Enter")
    page.locator("#c-code").fill("SW 3")
    page.locator("#c-code").press("Enter")
    page.get_by_role("button", name="Edit SW 3", exact=True).wait_for()
    assert [c["code"] for c in kept(page)["courses"]] == ["SW 1", "SW 3"]
    page.get_by_role("button", name="Edit SW 3 demonstrates epas-2022:5.a").press("Enter")
    page.select_option("#e-course", "SW 1")
    page.locator("#e-competency").press("Enter")
    page.get_by_role("button", name="Delete SW 1 demonstrates epas-2022:5.a").press("Enter")
    assert [len(c.get("serves", ())) for c in kept(page)["courses"]] == [1, 1]
    assert "is deleted" in page.locator("#plan-undo").inner_text()
    page.locator("#plan-undo button").press("Enter")
    assert [len(c["serves"]) for c in kept(page)["courses"]] == [2, 1]


def test_what_is_no_competency_and_a_code_that_is_taken_are_refused_at_the_field(
    page: Page,
) -> None:
    build(page)
    page.locator("#c-code").fill("SW 1")
    page.locator("#c-code").press("Enter")
    assert "already" in page.locator("#c-code").evaluate("field => field.validationMessage")
    page.locator("#e-competency").fill("epas-2022:77")
    page.locator("#e-competency").press("Enter")
    assert "from the list" in page.locator("#e-competency").evaluate("f => f.validationMessage")
    assert len(kept(page)["courses"]) == 2


def test_a_competency_page_leads_to_its_entry(page: Page) -> None:
    page.goto("/competencies/epas-2022:7")
    page.get_by_role("link", name="Add to a course plan").press("Enter")
    page.locator("#builder").wait_for()
    assert page.locator("#e-competency").input_value() == "epas-2022:7"


def test_claims_are_tested_in_the_page_and_the_example_becomes_ones_own_plan(
    page: Page, server: Server
) -> None:
    page.goto("/plan?example=msw-2022")
    page.select_option("#r-strength", "strong")
    page.wait_for_url("**min_strength=strong**")
    strong = server.get("/plan.json?example=msw-2022&min_strength=strong").json()["analysis"]
    reached = f"reaches {strong['reach']['reached']} of 21"
    page.locator("#analysis-says", has_text=reached).wait_for()
    page.locator("#plan-copy").press("Enter")
    page.wait_for_url("**/plan?min_strength=strong")
    assert len(kept(page)["courses"]) == 20
    page.locator("#claims-example").press("Enter")
    page.locator("#claims-form button:not([type])").press("Enter")
    page.get_by_text("11 of 16 claims hold").wait_for()
    page.locator("#claims-text").fill("claims: 3")
    page.locator("#claims-form button:not([type])").press("Enter")
    page.get_by_text("The claims were not tested").wait_for()


def test_a_failed_analysis_says_so_and_keeps_the_page(page: Page) -> None:
    build(page)
    page.get_by_text("covers 2 of 9 competencies").first.wait_for()
    page.context.set_offline(True)
    page.get_by_role("button", name="Delete SW 2", exact=True).press("Enter")
    page.locator("#plan-faults").wait_for()
    assert "cannot be reached" in page.locator("#plan-faults").inner_text()
    assert "covers 2 of 9" in page.locator("#analysis-says").inner_text()
    assert len(kept(page)["courses"]) == 1
