"""The page in a browser: offline, at desktop and phone width, in light and dark, by keyboard, without script."""

import pytest

from bench.views.leaderboard import render_html
from tests.views.chromium import SCREENS, chromium, complaints_of_axe


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def addresses(board, full, tiered, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    for name, shown in (("board", board), ("full", full), ("tiered", tiered)):
        (folder / f"{name}.html").write_text(render_html(shown), encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in ("board", "full", "tiered")}


@pytest.fixture
def visit(browser, addresses):
    contexts, requests, complaints, visited = [], [], [], []

    def opened(which="board", **options):
        context = browser.new_context(offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(addresses[which])
        visited.append(addresses[which])
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
    assert [url for url in requests if not url.startswith("data:")] == visited


def names(page, selector="#t1 .board tbody tr"):
    return [row.split("\t")[0].strip() for row in page.locator(selector).all_inner_texts()]


SEEN = (  # colours hang on the scheme and places on the width, so each page meets both schemes and both widths
    ("board", "desktop-light"),
    ("board", "phone-dark"),
    ("board", "window"),
    ("full", "phone-light"),
    ("full", "desktop-dark"),
    ("tiered", "desktop-dark"),
)


@pytest.mark.parametrize(("which", "screen"), SEEN)
def test_no_scrolling_sideways_and_nothing_for_axe_to_find(visit, screen, which):
    page = visit(which, **SCREENS[screen])
    width = SCREENS[screen]["viewport"]["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    page.locator("#t1 .fold input").check()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#t1 .wide").evaluate("(one) => one.scrollWidth - one.clientWidth") <= 0
    assert complaints_of_axe(page) == []


def test_sorting_by_buttons(visit):
    page = visit(**SCREENS["desktop-light"])
    page.locator("#t1 .fold input").check()
    head = page.locator("#t1 .board thead th", has=page.get_by_role("button", name="UAR", exact=True))
    assert head.get_attribute("aria-sort") == "descending"
    values = page.locator("#t1 .board tbody .value strong")
    assert values.all_inner_texts() == sorted(values.all_inner_texts(), reverse=True)
    head.get_by_role("button").press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert values.all_inner_texts() == sorted(values.all_inner_texts())
    assert page.locator("#t1 .board tbody tr").last.get_attribute("class") == "failed"
    page.locator("#t1").get_by_role("button", name="Layer").click()
    assert head.get_attribute("aria-sort") is None
    layers = [text for text in page.locator("#t1 .board tbody tr:not(.failed) .layer").all_inner_texts() if text]
    assert layers == [str(n) for n in range(13) for _ in range(2)] + ["best"]
    page.locator("#t2").get_by_role("button", name="Extraction").click()
    assert page.locator("#t2 .board tbody tr").count() == 2


def test_filtering_tells_how_many_match_and_how_many_are_folded(visit):
    page = visit(**SCREENS["phone-light"])
    assert page.locator("#t1 .board tbody tr:visible").count() == 11
    box = page.get_by_label("Filter rows").first
    box.fill("SVM comp")
    assert page.locator("#t1 .board tbody tr:visible").count() == 1
    status = page.locator("#t1").get_by_role("status")
    assert status.inner_text() == "1 of 37 rows match."
    box.fill("wav2vec2 svm")
    assert status.inner_text() == "13 of 37 rows match, 13 of them folded away."
    page.get_by_text("Show the 26 single-layer rows").click()
    assert status.inner_text() == "13 of 37 rows match."
    assert page.locator("#t1 .board tbody tr:visible").count() == 13
    box.fill("")
    assert page.locator("#t1 .board tbody tr:visible").count() == 37


def test_without_script_the_page_is_whole_and_unfolds(visit):
    page = visit(java_script_enabled=False, **SCREENS["desktop-light"])
    assert page.locator("#t1 .board tbody tr:visible").count() == 11
    assert page.locator(".filter:visible").count() == 0
    page.get_by_text("Show the 26 single-layer rows").click()
    assert page.locator("#t1 .board tbody tr:visible").count() == 37


def test_on_paper_every_row_and_every_number_stands(visit):
    page = visit(**SCREENS["desktop-light"])
    page.emulate_media(media="print")
    assert page.locator("#t1 .board tbody tr:visible").count() == 37
    assert page.locator("#t1 .tools:visible").count() == 0
    assert page.get_by_text("a stand-in made from emotion labels").last.is_visible()


def test_drawn_intervals_lie_where_the_numbers_say(visit):
    page = visit(**SCREENS["desktop-light"])

    def middle(locator):
        box = locator.bounding_box()
        return box["x"] + box["width"] / 2

    rows = page.locator("#t1 .board tbody tr:visible")
    dots = [middle(rows.nth(n).locator("circle")) for n in (0, 1, 7)]
    assert (dots[0] - dots[1]) / (dots[0] - dots[2]) == pytest.approx((0.652 - 0.643) / (0.652 - 0.42), abs=0.02)
    ticks = {
        text.text_content(): middle(text)
        for text in page.locator("#t1 thead svg text").all()
        if text.text_content() != "chance"
    }
    scale = (ticks["0.6"] - ticks["0.4"]) / 0.2
    assert dots[0] == pytest.approx(ticks["0.6"] + 0.052 * scale, abs=1.5)


def test_baselines_are_sorted_among_the_rows_and_bands_lie_behind_the_points(visit):
    page = visit("full", **SCREENS["desktop-light"])
    rows = page.locator("#t1 .board tbody tr:visible")
    named = page.locator("#t1 .board tbody th > bdi:visible")
    names = named.all_inner_texts()
    assert len(names) == rows.count()
    assert names.index("duration alone") == 2
    page.locator("#t1").get_by_role("button", name="UAR", exact=True).click()
    assert named.all_inner_texts().index("duration alone") == len(names) - 1 - 2 - 1  # the failed row stays last
    band, dot = (page.locator("#t1 .board .best").locator(what).bounding_box() for what in ("rect", "circle"))
    left, right = band["x"], band["x"] + band["width"]
    scale = band["width"] / 0.1
    assert dot["x"] + dot["width"] / 2 == pytest.approx(right + (0.652 - 0.4) * scale, abs=2)
    assert left < right < dot["x"]
