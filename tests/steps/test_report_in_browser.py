"""The report in headless Chromium, opened from file:// as a reader opens it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tasks.publish import render
from tests.steps.test_render import ALPHA, BETA, GAMMA, build_home
from tests.support import reported_home

pytestmark = pytest.mark.browser

AXE_CORE = "4.14.1"
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


@pytest.fixture(scope="module")
def whole_address(reported) -> str:
    """Return the address of a report in which every section but the tree has rows."""
    latest = render.render.fn(reported)
    assert latest.read_bytes() == (reported.reports / "run-1.html").read_bytes()
    return latest.as_uri()


@pytest.fixture
def report(browser, address) -> Iterator[Page]:
    yield from _opened(browser, address)


@pytest.fixture
def whole(browser, whole_address) -> Iterator[Page]:
    yield from _opened(browser, whole_address)


def _opened(browser: Browser, address: str) -> Iterator[Page]:
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
    return [
        cell.strip() for cell in page.locator(f"#leaderboard tbody tr:visible td:nth-child({number})").all_inner_texts()
    ]


def _cell(page: Page, target: str, reference: str):
    """Return the cell of the heat map, as it lies on top and as assistive technology reads it."""
    label = f"reference: {reference}; target: {target};"
    cells = page.locator("#chart-heat path[aria-label]")
    labels = cells.evaluate_all("(cells) => cells.map((cell) => cell.getAttribute('aria-label'))")
    return cells.nth(max(at for at, own in enumerate(labels) if own.startswith(label)))


def test_leaderboard_sorts_by_its_headings(report) -> None:
    head = report.locator("#leaderboard th").nth(0)
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    ascending = _column(report, 1)
    assert ascending == sorted(ascending)
    head.locator("button").press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert _column(report, 1) == ascending[::-1]


def test_missing_values_sort_last_both_ways(report) -> None:
    report.get_by_role("button", name="More columns").click()
    column = [head.strip() for head in report.locator("#leaderboard th").all_inner_texts()].index("next nearest")
    report.evaluate("(at) => { document.querySelector('#leaderboard tbody tr').cells[at].dataset.sort = ''; }", column)
    first = _column(report, 1)[0]
    for _ in range(2):
        # Anywhere in the heading's cell, not on its words alone.
        report.locator("#leaderboard th").nth(column).click(position={"x": 2, "y": 2})
        assert _column(report, 1)[-1] == first


def test_leaderboard_is_filtered_by_what_is_typed_and_chosen(report) -> None:
    box = report.get_by_label("Filter leaderboard")
    texts = [row.lower() for row in report.locator("#leaderboard tbody tr").all_inner_texts()]
    box.fill("GAMMA hacked")
    n_found = sum("gamma" in text and "hacked" in text for text in texts)
    assert len(_column(report, 1)) == n_found
    expect(report.locator(".filter[data-table=leaderboard] output")).to_have_text(f"{n_found} of 3 rows")
    box.fill("nobody of that name")
    assert _column(report, 1) == []
    box.fill("")
    report.locator(".filter[data-table=leaderboard] select").select_option(index=1)
    assert len(_column(report, 1)) == 3


def test_what_stands_in_a_hidden_column_is_found_once_it_is_shown(report) -> None:
    report.evaluate("document.querySelector('#leaderboard tbody td.extra').textContent = 'stands nowhere else'")
    report.get_by_label("Filter leaderboard").fill("stands nowhere else")
    assert _column(report, 1) == []
    report.get_by_role("button", name="More columns").click()
    assert len(_column(report, 1)) == 1


def test_number_leads_to_its_evidence_and_back(report) -> None:
    report.evaluate("document.querySelector('#board').scrollIntoView()")
    report.get_by_role("button", name="More columns").click()
    start = report.url
    number = report.locator("#leaderboard tbody td.number a").first
    target = number.locator("xpath=ancestor::tr/td[1]").inner_text().splitlines()[0]
    number.click()
    expect(report.locator("#pair-heading")).to_be_in_viewport()
    expect(report.locator("#pair-heading")).to_contain_text(f"{target} beside ")
    assert re.fullmatch(r"[0-9a-f]{32}", report.locator("#pair-replies .prompt .side code").first.inner_text())
    expect(report.locator("#pair-replies .query").last).to_contain_text(
        "select * from mart.pair_evidence where target = "
    )
    report.go_back()
    assert report.url == start
    expect(number).to_be_in_viewport()


def test_clicked_cell_shows_replies_side_by_side(report) -> None:
    _cell(report, ALPHA, BETA).click()
    expect(report.locator("#pair-heading")).to_have_text(f"{ALPHA} beside {BETA}")
    cards = report.locator("#pair-replies .prompt")
    assert cards.count() == 5
    for card in cards.all():
        left, right = (side.bounding_box() for side in card.locator(".side").all())
        assert left["y"] == right["y"]
        assert left["x"] + left["width"] <= right["x"] + 1
        assert re.fullmatch(r"reply [0-9a-f]{32}", card.locator(".side > small").first.inner_text())


def test_shared_prefix_overlap_is_marked(report) -> None:
    _cell(report, ALPHA, BETA).click()
    marks = report.locator("#pair-replies .prompt").first.locator("mark.prefix_overlap").all_inner_texts()
    assert marks == ["word0 word1 word2 word3 word4 word5"] * 2
    _cell(report, ALPHA, GAMMA).click()
    expect(report.locator("#pair-heading")).to_contain_text("beside gamma")
    assert report.locator("#pair-replies .side mark.prefix_overlap").count() == 0


def test_cut_text_says_how_much_is_missing(report) -> None:
    _cell(report, ALPHA, BETA).click()
    assert re.search(r"\.\.\. 99,\d{3} more characters", report.locator("#pair-replies").inner_text())


@pytest.mark.fault
def test_hostile_text_is_shown_as_text(report) -> None:
    _cell(report, ALPHA, BETA).click()
    shown = report.locator("#pair-replies").inner_text()
    assert "<img src=x onerror='window.hacked=1'><svg onload=window.hacked=1>" in shown
    assert "</template></td></table></textarea></style><!-- <base href='http://evil.invalid/'>" in shown
    assert "abc\ufffddef\ufffdghi\ufffdjkl\ufffdmno\ufffd" in shown
    assert "{{ 7 * 7 }} {% raw %} ${7*7} &lt;b&gt; \\u003cscript\\u003e" in shown
    assert report.locator("img, svg:not(.marks), base, template, iframe").count() == 0
    assert report.locator(".hidden-character").count() > 0


def test_keyboard_moves_and_chooses(report) -> None:
    _cell(report, ALPHA, BETA).click()
    report.locator("#heat-scroll").focus()
    for key in ("ArrowDown", "ArrowLeft"):
        report.keyboard.press(key)
    expect(report.locator("#heat-cell")).to_contain_text(f"{BETA} beside {ALPHA}: ")
    report.keyboard.press("Enter")
    expect(report.locator("#pair-heading")).to_have_text(f"{BETA} beside {ALPHA}")
    expect(report.locator("#pair-heading")).to_be_focused()


def test_link_of_the_leaderboard_leads_to_the_pair(report) -> None:
    link = report.locator("#leaderboard tbody a[href^='#pair']").first
    target = link.locator("xpath=ancestor::tr/td[1]").inner_text().splitlines()[0]
    for _ in range(2):
        link.click()
        expect(report.locator("#pair-heading")).to_contain_text(f"{target} beside ")
        expect(report.locator("#pair-heading")).to_be_in_viewport()


def test_name_on_the_leaderboard_leads_to_the_verdict_in_words_and_on_to_the_replies(whole) -> None:
    whole.locator("#leaderboard tbody tr").first.locator("td").first.get_by_role("link").click()
    expect(whole.locator("#model-heading")).to_have_text("alpha-2")
    expect(whole.locator("#model-heading")).to_be_in_viewport()
    answer = "alpha-2 shares lineage with beta models (p .010 over 2 vendors; nearest: beta)."
    expect(whole.locator("#model-answer")).to_have_text(answer)
    expect(whole.locator("#model-grounds")).to_contain_text("Statistic composite, version 1")
    assert whole.locator("#model-candidates tbody tr").count() == 3
    headings = whole.locator("#model-grounds dt").all_inner_texts()
    assert headings[:4] == ["Chance", "Same base", "Length", "Controls"], "in the order in which one would doubt it"
    first = whole.locator("#model-replies .prompt").first
    expect(first.locator(".shared")).to_contain_text("unrelated models share")
    whole.get_by_text("The SQL of each number").click()
    expect(whole.locator("#model-queries")).to_contain_text("select * from mart.verdict where target = 'alpha-2'")
    whole.locator("#model-links a").click()
    expect(whole.locator("#pair-heading")).to_have_text("alpha-2 beside beta-1")
    expect(whole.locator("#pair-answer")).to_contain_text(answer)
    whole.locator("#pair-answer a").click()
    expect(whole.locator("#model-heading")).to_be_in_viewport()


def test_questions_of_a_newcomer_are_answered_in_two_clicks(whole) -> None:
    first, name = ".answers li:not(.scale) >> nth=0", ".answers li:not(.scale) >> nth=0 >> a >> nth=0"
    for question, clicks, place, answer in (
        ("was alpha-2 trained on beta's output?", [], first, "alpha-2"),
        ("how sure?", [], first, "p .010 over 2 vendors"),
        ("how sure is that over all models?", [name], "#model-grounds", "the chance of even one false finding"),
        ("show me", [name], "#model-replies .prompt >> nth=0", "unrelated models share"),
        ("show me all of it", [name, "#model-links a"], "#pair-heading", "alpha-2 beside beta-1"),
        ("what if it is only length?", [name], "#model-grounds", "Length\nNo test at equal length"),
        ("what would change your mind?", [name], "#model-grounds", "What would change it\nIt would fall with"),
    ):
        whole.evaluate("location.hash = ''")
        assert len(clicks) <= 2, question
        for click in clicks:
            whole.locator(click).click()
        expect(whole.locator(place)).to_be_in_viewport()
        assert answer in whole.locator(place).inner_text(), question


def test_what_was_not_expected_is_found_first(whole) -> None:
    headings = whole.locator("header h3").all_inner_texts()
    assert headings[0] == "Not expected (1)"
    line = whole.locator(".answers li:not(.scale)").first
    expect(line).to_contain_text("alpha-2")
    expect(line).to_contain_text("beta")
    expect(line).to_contain_text("p .010 over 2 vendors")
    assert "as unrelated models, to 1, as the same model" in line.locator(".picture").get_attribute("aria-label")
    line.get_by_role("link").click()
    expect(whole.locator("#model-heading")).to_have_text("alpha-2")
    expect(whole.locator("#board")).to_contain_text("Score and p: composite, version 1")


def test_finding_leads_to_what_it_rests_on(whole) -> None:
    finding = whole.locator(".findings li").filter(has_text="alpha-2 claimed another vendor")
    finding.get_by_role("link", name="Evidence").click()
    expect(whole.locator("#leaks-heading")).to_be_in_viewport()
    expect(whole.locator("#leak-count")).to_contain_text("2 leaks of alpha-2")


def test_a_pair_is_found_by_typing_and_a_measure_is_chosen(report) -> None:
    report.locator("#target").fill(BETA)
    report.locator("#reference").fill(BETA)
    expect(report.locator("#pair-numbers")).to_contain_text("one and the same model")
    report.locator("#reference").fill(ALPHA)
    expect(report.locator("#pair-heading")).to_have_text(f"{BETA} beside {ALPHA}")
    assert "prefix overlap score D: " in _cell(report, ALPHA, BETA).get_attribute("aria-label")
    report.select_option("#measure", value="bigram_jaccard")
    expect(report.locator("#chart-heat")).to_contain_text("shared word pairs")
    report.select_option("#measure", value="centred_cos")
    expect(report.locator("#chart-heat")).to_contain_text("No value of this measure")


def test_long_words_and_phones_do_not_widen_the_page(report) -> None:
    _cell(report, ALPHA, BETA).click()
    for width in (1400, 390):
        report.set_viewport_size({"width": width, "height": 844})
        assert report.evaluate("document.documentElement.scrollWidth") <= width
    left, right = (side.bounding_box() for side in report.locator("#pair-replies .prompt").first.locator(".side").all())
    assert left["x"] == right["x"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_in_both_themes(report, scheme) -> None:
    report.emulate_media(color_scheme=scheme)
    script = """() => [...document.querySelectorAll("#leaderboard td, #leaderboard .mark, .prompt mark")].map((cell) => {
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


def _mark(page: Page, chart: str, words: str):
    """Return the mark of a chart that assistive technology reads so."""
    marks = page.locator(f"#chart-{chart} path[aria-label]")
    labels = marks.evaluate_all("(marks) => marks.map((mark) => mark.getAttribute('aria-label'))")
    return marks.nth(max(at for at, label in enumerate(labels) if words in label))


def test_every_section_has_its_chart_or_table(whole) -> None:
    for chart in ("map", "lineage", "heat", "strip", "curve", "claims", "rates", "slices", "drift"):
        assert whole.locator(f"#chart-{chart} svg.marks").count() == 1, chart
    for table in (
        "leaderboard",
        "identity-scores",
        "changes",
        "agreement",
        "position",
        "read",
        "spending",
        "incomplete",
    ):
        assert whole.locator(f"#{table} tbody tr").count() > 0, table
    heads = whole.locator("nav a").evaluate_all("(links) => links.map((link) => link.hash)")
    assert all(whole.locator(head).count() == 1 for head in heads)


def test_point_of_the_map_leads_to_its_pair(whole) -> None:
    _mark(whole, "map", "target: alpha-2").click()
    expect(whole.locator("#pair-heading")).to_have_text("alpha-2 beside beta-1")
    expect(whole.locator("#pair-verdict")).to_contain_text("shares lineage (strong)")


def test_bar_leads_to_the_leaks_of_its_target(whole) -> None:
    _mark(whole, "claims", "target: alpha-2").click()
    expect(whole.locator("#leaks-heading")).to_be_in_viewport()
    expect(whole.locator("#leak-count")).to_contain_text("2 leaks of alpha-2")
    first = whole.locator(".leak").first
    for said in (
        "leading",
        "template",
        "plain-zh",
        "judge",
        "text_claim",
        "Judge: made by Beta",
        "request alpha-2/plain-zh/maker/1",
    ):
        expect(first).to_contain_text(said)


@pytest.mark.fault
def test_share_in_the_leaderboard_leads_to_leaks_and_they_are_inert(whole) -> None:
    row = whole.locator("#leaderboard tbody tr").filter(has_text=reported_home.FORMULA)
    row.get_by_role("link", name="1.000").first.click()
    expect(whole.locator("#leak-count")).to_contain_text(f"2 leaks of {reported_home.FORMULA}")
    shown = whole.locator("#leak-list").inner_text()
    assert (
        "<script>window.hacked=1</script><img src=x onerror='window.hacked=1'> I am \ufffdBeta\ufffd One </template>"
        in shown
    )
    assert "Judge: I am <b>Beta</b>" in shown
    assert "... 999,600 more characters" in shown
    assert whole.evaluate("document.documentElement.scrollWidth") <= 1400
    whole.select_option("#leak-leading", "true")
    expect(whole.locator("#leak-count")).to_contain_text("0 leaks")
    whole.go_back()
    expect(row).to_be_in_viewport()


@pytest.mark.parametrize("width", [390, 1280])
def test_whole_report_fits_its_window_and_prints(whole, width) -> None:
    whole.set_viewport_size({"width": width, "height": 844})
    # Charts follow the window a moment later.
    whole.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width)
    assert whole.pdf(format="A4", landscape=True)[:5] == b"%PDF-"


OUTSIDE = """() => [...document.querySelectorAll("svg.marks")].flatMap((svg) => {
  const all = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("text")].filter((text) => {
    const own = text.getBoundingClientRect();
    return own.width && (own.right > all.right + 1 || own.left < all.left - 1 || own.top < all.top - 1);
  }).map((text) => text.textContent);
})"""


@pytest.mark.parametrize("width", [1440, 390])
def test_no_word_of_a_chart_is_cut(browser, whole_address, width) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto(whole_address)
    page.wait_for_selector("html[data-ready=yes]")
    assert page.locator("svg.marks text").count() > 50
    assert page.evaluate(OUTSIDE) == []
    page.close()


@pytest.fixture(scope="module")
def axe(tmp_path_factory) -> str:
    """Return the text of axe-core, fetched from the registry of npm, where that is there."""
    folder = tmp_path_factory.mktemp("axe")
    if shutil.which("npm") is None:
        pytest.skip("no npm found: axe-core comes with it")
    command = ["npm", "install", "--no-save", "--silent", "--fetch-retries=0", f"axe-core@{AXE_CORE}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"axe-core can't be fetched: {done.stderr.strip()[-200:] or 'npm ended without a word'}")
    return Path(folder, "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_the_front_page_and_on_a_model_s(whole, axe, scheme) -> None:
    whole.emulate_media(color_scheme=scheme)
    whole.evaluate(axe)
    for click in (None, ".answers li:not(.scale) a"):
        if click:
            whole.locator(click).first.click()
            expect(whole.locator("#model-heading")).to_be_in_viewport()
        violations = whole.evaluate(
            "async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map("
            "(one) => [one.impact, one.id, one.nodes.map((node) => node.html.slice(0, 200))])"
        )
        assert [one for one in violations if one[0] in ("serious", "critical")] == []
