import html.parser
import re
from dataclasses import replace

import pytest

from bench.base.error import BenchError
from bench.views.cue_page import render_cue_page, tone, write_cues
from tests.views.chromium import SCREENS, check_on_screens, chromium
from tests.views.test_cue import made


@pytest.fixture
def board():
    return made("proxy")


class Read(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def read(page):
    found = Read()
    found.feed(page)
    return found


def test_every_cue_is_drawn_with_its_bounds_and_the_reported_way(board):
    page = render_cue_page(board)
    rows = re.findall(r'<tr role="row" class="(agrees|opposite|moves|still)">.*?</tr>', page, re.S)
    assert rows == [tone(row) for row in board.rows] == ["agrees", "opposite", "moves", "still"]
    drawn = re.findall(r'<svg role="img"><title>(.*?)</title>(.*?)</svg></td>', page, re.S)
    assert len(drawn) == len(board.rows)
    assert [svg.count('class="way"') for _, svg in drawn] == [1, 1, 0, 2]
    for row, (title, svg) in zip(board.rows, drawn, strict=True):
        assert f"{row.value.value:.3f}".replace("-", "−") in title
        span = re.search(r'class="span" x1="([\d.]+)%" x2="([\d.]+)%"', svg)
        adjusted = re.search(r'class="adjusted" x1="([\d.]+)%" x2="([\d.]+)%"', svg)
        zero = float(re.search(r'class="chance" x1="([\d.]+)%"', svg)[1])
        assert zero == pytest.approx(50.0, abs=0.01)
        low, high = map(float, adjusted.groups())
        assert low <= float(span[1]) < float(span[2]) <= high
        assert (low > zero or high < zero) == row.claimed


def test_it_loads_nothing_and_escapes_what_it_is_given(board):
    page = render_cue_page(board)
    found = read(page)
    assert "<b>" not in page
    assert "\x1b" not in page
    assert not [tag for tag, _ in found.tags if tag in ("script", "img", "iframe")]
    assert not [a for _, a in found.tags if a.get("src") or a.get("href", "data:,") != "data:,"]
    assert "proxy label" in found.text
    assert "stand-in" in found.text
    assert "not re-checked" in found.text
    assert page == render_cue_page(made("proxy"))


def test_four_speakers_draw_points_without_bounds():
    page = render_cue_page(made(n_speakers=4))
    forest = page[page.index("<tbody") :]
    assert 'class="span"' not in forest
    assert forest.count("<circle") == 4
    assert "no interval" in forest


def test_it_is_written_with_its_folder_or_the_reason_is_told(board, tmp_path):
    board = replace(board, corpus="a/../b [effect=0]")
    file = write_cues(board, tmp_path / "new")
    assert file == tmp_path / "new" / "cues-a-..-b-effect-0-kss.html"
    assert file.read_text(encoding="utf-8") == render_cue_page(board)
    with pytest.raises(BenchError, match="cannot be written"):
        write_cues(board, file)


def test_it_fits_every_screen_and_complains_of_nothing(board, tmp_path):
    file = write_cues(board, tmp_path)
    check_on_screens(file)
    complaints = []
    with chromium() as browser:
        for screen in SCREENS:
            page = browser.new_context(offline=True, **SCREENS[screen]).new_page()
            page.on("console", lambda message: complaints.append(message.text))
            page.goto(file.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), screen
            circle = page.locator(".forest circle").first
            assert circle.evaluate("e => getComputedStyle(e).fill") != "rgb(0, 0, 0)", screen
    assert complaints == []
