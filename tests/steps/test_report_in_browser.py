"""The report in headless Chromium, opened from file:// as a reader opens it."""

import os
import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tasks import render
from tests.steps.test_render import ALPHA, BETA, GAMMA, build_home

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> str:
    return render.render.fn(build_home(tmp_path_factory.mktemp("browser"))).as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        pytest.skip("no Chromium found: run `apt-get install -y chromium`, or set CHROMIUM to its path")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def report(browser, address) -> Iterator[Page]:
    """Yield the open report; whatever the browser complains of, fetches or runs besides it fails the test."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on("dialog", lambda dialog: (complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: request.url != address and complaints.append(f"request: {request.url}"))
    page.goto(address)
    page.wait_for_selector("html[data-ready=yes]")
    yield page
    assert page.evaluate("window.hacked") is None
    assert page.url.split("#")[0] == address
    context.close()
    assert complaints == []


def _column(page: Page, number: int) -> list[str]:
    return [cell.strip() for cell in page.locator(f"#leaderboard tbody td:nth-child({number})").all_inner_texts()]


def _cell(page: Page, target: str, reference: str):
    rows = [title.removesuffix("\ufffd") for title in page.locator("#map tbody th").all_inner_texts()]
    heads = [title.removesuffix("\ufffd") for title in page.locator("#map thead th span").all_inner_texts()]
    row, column = rows.index(target.removesuffix("\u202e")), heads.index(reference.removesuffix("\u202e"))
    return page.locator("#map tbody tr").nth(row).locator("td").nth(column)


def test_leaderboard_sorts_by_its_headings(report) -> None:
    head = report.locator("#leaderboard th").nth(1)
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    ascending = _column(report, 2)
    assert ascending == sorted(ascending)
    head.locator("button").press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert _column(report, 2) == ascending[::-1]


def test_missing_values_sort_last_both_ways(report) -> None:
    values = [float(row.splitlines()[0]) for row in _column(report, 4) if not row.startswith("-\n") and row != "-"]
    for is_ascending in (False, True):
        report.locator("#leaderboard th").nth(3).locator("button").click()
        found = _column(report, 4)
        numbers = [float(row.splitlines()[0]) for row in found if row.splitlines()[0] != "-"]
        assert numbers == sorted(values, reverse=not is_ascending)
        assert all(row.splitlines()[0] == "-" for row in found[len(numbers) :])


def test_clicked_cell_shows_replies_side_by_side(report) -> None:
    _cell(report, ALPHA, BETA).click()
    expect(report.locator("#pair-heading")).to_have_text(f"{ALPHA} beside {BETA}")
    assert report.locator("#map td.chosen").count() == 1
    cards = report.locator(".prompt")
    assert cards.count() == 5
    for card in cards.all():
        left, right = (side.bounding_box() for side in card.locator(".side").all())
        assert left["y"] == right["y"]
        assert left["x"] + left["width"] <= right["x"] + 1
        assert re.fullmatch(r"reply [0-9a-f]{32}", card.locator(".side > small").first.inner_text())


def test_shared_opening_is_marked(report) -> None:
    _cell(report, ALPHA, BETA).click()
    marks = report.locator(".prompt").first.locator("mark").all_inner_texts()
    assert marks == ["word0 word1 word2 word3 word4 word5"] * 2
    _cell(report, ALPHA, GAMMA).click()
    assert report.locator(".side mark").count() == 0


def test_cut_text_says_how_much_is_missing(report) -> None:
    _cell(report, ALPHA, BETA).click()
    assert re.search(r"\.\.\. 99,\d{3} more characters", report.locator("#pair-replies").inner_text())


def test_hostile_text_is_shown_as_text(report) -> None:
    _cell(report, ALPHA, BETA).click()
    shown = report.locator("#pair-replies").inner_text()
    assert "<img src=x onerror='window.hacked=1'><svg onload=window.hacked=1>" in shown
    assert "</template></td></table></textarea></style><!-- <base href='http://evil.invalid/'>" in shown
    assert "abc\ufffddef\ufffdghi\ufffdjkl\ufffdmno\ufffd" in shown
    assert "{{ 7 * 7 }} {% raw %} ${7*7} &lt;b&gt; \\u003cscript\\u003e" in shown
    assert report.locator("img, svg, base, template, iframe").count() == 0
    assert report.locator(".hidden-character").count() > 0


def test_keyboard_moves_and_chooses(report) -> None:
    first = report.locator("#map td[tabindex='0']")
    first.focus()
    report.keyboard.press("ArrowRight")
    report.keyboard.press("ArrowDown")
    report.keyboard.press("ArrowLeft")
    expect(_cell(report, BETA, ALPHA)).to_be_focused()
    report.keyboard.press("Enter")
    expect(report.locator("#pair-heading")).to_have_text(f"{BETA} beside {ALPHA}")
    expect(report.locator("#pair-heading")).to_be_focused()
    assert report.locator("#map td[tabindex='0']").count() == 1


def test_link_of_the_leaderboard_leads_to_the_pair(report) -> None:
    link = report.locator("#leaderboard tbody a").first
    target = link.locator("xpath=ancestor::tr/td[2]").inner_text().splitlines()[0]
    for _ in range(2):
        link.click()
        expect(report.locator("#pair-heading")).to_contain_text(f"{target} beside ")
        expect(report.locator("#pair-heading")).to_be_in_viewport()


def test_selects_choose_the_pair_and_the_measure(report) -> None:
    report.select_option("#target", label=BETA)
    report.select_option("#reference", label=BETA)
    expect(report.locator("#pair-numbers")).to_contain_text("one and the same model")
    report.select_option("#reference", label=ALPHA)
    expect(report.locator("#pair-heading")).to_have_text(f"{BETA} beside {ALPHA}")
    assert re.fullmatch(r"-?\d\.\d{3}", _cell(report, ALPHA, BETA).inner_text())
    report.select_option("#measure", value="centred_cos")
    assert _cell(report, ALPHA, BETA).inner_text() == "-"
    expect(report.locator("#scale")).to_contain_text("No value of this measure")


def test_long_words_and_phones_do_not_widen_the_page(report) -> None:
    _cell(report, ALPHA, BETA).click()
    for width in (1400, 390):
        report.set_viewport_size({"width": width, "height": 844})
        assert report.evaluate("document.documentElement.scrollWidth") <= width
    left, right = (side.bounding_box() for side in report.locator(".prompt").first.locator(".side").all())
    assert left["x"] == right["x"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_cells_are_readable_in_both_themes(report, scheme) -> None:
    report.emulate_media(color_scheme=scheme)
    script = """() => [...document.querySelectorAll("#map td.above, #map td.below, #leaderboard td, mark")].map((cell) => {
        const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
        const level = (colour) => {
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
            const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((v) => v / 255)
                .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const style = getComputedStyle(cell);
        const [low, high] = [level(style.color), level(style.backgroundColor)].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    })"""
    assert min(report.evaluate(script)) >= 4.5
